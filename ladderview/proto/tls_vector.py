"""How is a vector of TLS read? Length in bytes, then what it counts (RFC 8446 section 3.4).

Traps: the length may lie. What it counts is read up to the end of what is there, and the length field gets a note; a
last element that is cut is shown as bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from ladderview.proto.fields import Field, FieldReader, Span, Words, byte_count

#: Bytes that are written out in hexadecimal.
_SHOWN = 36


@contextmanager
def vector(r: FieldReader, name: str, size: int) -> Iterator[None]:
    """Read the length, a number of ``size`` bytes; inside the block nothing is read past what it counts.

    What the block leaves unread is shown as bytes.
    """
    with r.within(_end(r, name, size)):
        yield
        r.raw("Unread bytes", r.left, octets)


def opaque(r: FieldReader, length_name: str, size: int, name: str, text: Callable[[bytes], str] | None = None) -> bytes:
    """Bytes behind their length; nothing is added for none."""
    return r.raw(name, min(_end(r, length_name, size), r.end) - r.at, text or octets)


def _end(r: FieldReader, name: str, size: int) -> int:
    """Read a length; where what it counts should end."""
    length = {1: r.u8, 2: r.u16, 3: r.u24}[size](name)
    if length > r.left:
        r.note(f"only {byte_count(r.left)} left")
    return r.at + length


@dataclass(frozen=True, slots=True)
class NumberList:
    """How a list of numbers is worded.

    Attributes:
        length_name: of the length field.
        length_size: bytes of the length field.
        group_name: of the list.
        noun: what is counted ("suite").
        name: of one number.
        size: bytes of one number, 1 or 2.
        text: words for one number.
    """

    length_name: str
    length_size: int
    group_name: str
    noun: str
    name: str
    size: int
    text: Words


def numbers(r: FieldReader, words: NumberList) -> tuple[int, ...]:
    """A list of numbers behind its length, as a group that tells how many there are ("3 suites")."""
    found: list[int] = []
    with vector(r, words.length_name, words.length_size), r.group(words.group_name) as group:
        read = r.u8 if words.size == 1 else r.u16
        while r.left >= words.size:
            found.append(read(words.name, words.text))
        group.text = counted(len(found), words.noun)
    return tuple(found)


def octets(value: bytes) -> str:
    """Bytes in hexadecimal, as many as Wireshark writes out: a random and a session ID are shown whole."""
    return value[:_SHOWN].hex() + ("…" if len(value) > _SHOWN else "")


def counted(count: int, noun: str) -> str:
    """A number of things ("1 group", "2 groups")."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def some(names: list[str], limit: int = 6) -> str:
    """Names on one line, cut short with "…" where there are many."""
    return ", ".join(names[:limit]) + (", …" if len(names) > limit else "")


def printable(value: bytes) -> str:
    """Bytes that should be text (ASCII or UTF-8); what cannot be shown is escaped."""
    return safe_text(value.decode("utf-8", "backslashreplace"))


def safe_text(text: str) -> str:
    """The text without control characters and changes of direction, which are escaped: no name can break a line."""
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)


def moved(fields: tuple[Field, ...], base: int) -> tuple[Field, ...]:
    """The same fields with their spans moved by ``base``."""
    if not base:
        return fields
    # By name and not by ``replace``, which takes three times as long: a hostile message has tens of thousands of them.
    return tuple(
        Field(
            field.name,
            field.value,
            field.text,
            Span(field.span.start + base, field.span.end + base),
            moved(field.children, base) if field.children else (),
            field.note,
        )
        for field in fields
    )
