"""What a dissector hands back: named fields that know their bytes.

Tree, hex view and text all come from the same ``Field`` objects, so they cannot disagree.

Traps: a length field may lie. ``FieldReader`` is bounded by the bytes it was given, and a read past
the end raises ``Truncated`` *after* everything before it has been kept; a dissector catches nothing:
``Dissection.error`` is filled in by the caller that owns the reader (see ``proto.registry``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address
from typing import Literal


@dataclass(frozen=True, slots=True)
class Span:
    """A half-open range of byte offsets ``[start, end)`` within one packet (or one reassembled datagram)."""

    start: int
    end: int

    def __len__(self) -> int:
        return self.end - self.start


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a header, in the words of its RFC.

    Attributes:
        name: the RFC's word, as a person reads it ("Sequence Number").
        value: the raw value as it stands in the packet, or None for a group.
        text: the value as Wireshark words it ("0x010 (ACK)").
        span: the bytes it was read from; a bit field has the bytes it lies in; a derived field has an empty span.
        children: sub-fields, in wire order.
        note: a remark that is not in the bytes ("relative", "scaled by 128"), or the empty string.
    """

    name: str
    value: int | bytes | str | None
    text: str
    span: Span
    children: tuple[Field, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Dissection:
    """One layer of a packet.

    Attributes:
        protocol: its name as the encapsulation box shows it ("Ethernet II", "IPv4", "TCP").
        summary: one line for the box ("50944 → 443 [PSH, ACK]").
        fields: what was read, in wire order; those read before an error are kept.
        header: the bytes of this layer's own header.
        payload: the bytes that the next layer (or the data) occupies, without padding and trailers. Both are what
            was on the wire: where the snap length cut the packet they end past the captured bytes.
        error: why reading stopped early, or the empty string.
    """

    protocol: str
    summary: str
    fields: tuple[Field, ...]
    header: Span
    payload: Span
    error: str = ""


class Truncated(Exception):
    """A field was to be read past the end of its layer; ``str()`` says which and how much was missing."""


#: How a number is worded: Wireshark's text for the value.
Words = Callable[[int], str]


class Group:
    """What a ``FieldReader.group`` block may still say about the group while its children are being read."""

    __slots__ = ("note", "text", "value")

    def __init__(self, text: str) -> None:
        self.text = text
        self.note = ""
        self.value: int | bytes | str | None = None


class FieldReader:
    """Reads one layer's header front to back; everything read becomes a ``Field`` that knows its bytes.

    Bounded by ``[start, end)`` of ``data``: a read that would pass ``end`` raises ``Truncated`` and adds nothing.
    Numbers are big-endian unless said otherwise. Every reading method returns the value and appends the field to the
    innermost open group, so that a reader function reads like the header's diagram in the RFC.

    Attributes:
        data: the whole packet, so that a reader may look at the layer around it (a pseudo-header).
        at: offset of the next byte.
        end: offset past the last byte that may be read.
    """

    __slots__ = ("_bit", "_open", "at", "data", "end")

    def __init__(self, data: bytes, start: int, end: int) -> None:
        self.data = data
        self.at = start
        self.end = min(end, len(data))
        self._bit = 0
        self._open: list[list[Field]] = [[]]

    @property
    def fields(self) -> tuple[Field, ...]:
        """What was read so far, outside of groups that are still open."""
        return tuple(self._open[0])

    @property
    def left(self) -> int:
        """Bytes that may still be read."""
        return self.end - self.at

    # -- numbers --------------------------------------------------------------------------------------------------

    def u8(self, name: str, words: Words = str, note: str = "") -> int:
        """One byte."""
        return self._number(name, 1, words, note)

    def u16(self, name: str, words: Words = str, note: str = "") -> int:
        """Two bytes."""
        return self._number(name, 2, words, note)

    def u24(self, name: str, words: Words = str, note: str = "") -> int:
        """Three bytes."""
        return self._number(name, 3, words, note)

    def u32(self, name: str, words: Words = str, note: str = "") -> int:
        """Four bytes."""
        return self._number(name, 4, words, note)

    def u64(self, name: str, words: Words = str, note: str = "") -> int:
        """Eight bytes."""
        return self._number(name, 8, words, note)

    def little(self, name: str, size: int, words: Words = str, note: str = "") -> int:
        """``size`` bytes, least significant first."""
        return self._number(name, size, words, note, "little")

    def bits(self, name: str, count: int, words: Words = str, note: str = "") -> int:
        """The next ``count`` bits, most significant first; its span is the bytes that the bits lie in."""
        last = self._bit + count
        size = (last + 7) // 8
        self._want(name, size)
        word = int.from_bytes(self.data[self.at : self.at + size], "big")
        value = word >> (size * 8 - last) & ((1 << count) - 1)
        self._add(Field(name, value, words(value), Span(self.at, self.at + size), note=note))
        self.at += last // 8
        self._bit = last % 8
        return value

    # -- bytes and addresses --------------------------------------------------------------------------------------

    def raw(self, name: str, size: int, words: Callable[[bytes], str] | None = None, note: str = "") -> bytes:
        """``size`` bytes, in hexadecimal unless worded otherwise; nothing is added for none."""
        if size <= 0:
            return b""
        value = self._take(name, size)
        text = words(value) if words else hex_bytes(value)
        self._add(Field(name, value, text, Span(self.at - size, self.at), note=note))
        return value

    def mac(self, name: str) -> str:
        """Six bytes, an IEEE 802 address."""
        return self._address(name, 6, lambda octets: octets.hex(":"))

    def ipv4(self, name: str) -> str:
        """Four bytes, an IPv4 address."""
        return self._address(name, 4, lambda octets: str(IPv4Address(octets)))

    def ipv6(self, name: str) -> str:
        """Sixteen bytes, an IPv6 address as RFC 5952 writes it."""
        return self._address(name, 16, lambda octets: str(IPv6Address(octets)))

    # -- what is not read -----------------------------------------------------------------------------------------

    def peek(self, size: int, ahead: int = 0) -> bytes:
        """Up to ``size`` bytes from ``ahead`` bytes further on, without reading them."""
        return self.data[self.at + ahead : min(self.at + ahead + size, self.end)]

    def derive(self, name: str, text: str, value: int | str | None = None, note: str = "") -> None:
        """A field that is concluded from others and stands in no byte of its own."""
        self._add(Field(name, value, text, Span(self.at, self.at), note=note))

    def note(self, note: str) -> None:
        """Put a remark on the field that was read last."""
        last = self._open[-1][-1]
        self._open[-1][-1] = Field(last.name, last.value, last.text, last.span, last.children, note)

    # -- structure ------------------------------------------------------------------------------------------------

    @contextmanager
    def group(self, name: str, text: str = "") -> Iterator[Group]:
        """The fields read inside become children of one field; kept also where reading breaks off in the middle."""
        start = self.at
        group = Group(text)
        self._open.append([])
        try:
            yield group
        finally:
            children = tuple(self._open.pop())
            end = self.at + (self._bit > 0)
            if children or end > start:
                self._add(Field(name, group.value, group.text, Span(start, end), children, group.note))

    @contextmanager
    def within(self, end: int) -> Iterator[None]:
        """Nothing inside reads past ``end``, however its own length fields may lie."""
        outer, self.end = self.end, min(self.end, end)
        try:
            yield
        finally:
            self.end = outer

    # -- inside ---------------------------------------------------------------------------------------------------

    def _add(self, field: Field) -> None:
        self._open[-1].append(field)

    def _want(self, name: str, size: int) -> None:
        if size > self.left:
            raise Truncated(f"{name}: {byte_count(size)} wanted, {max(self.left, 0)} left")

    def _take(self, name: str, size: int) -> bytes:
        if self._bit:
            raise ValueError(f"{name} does not begin at a byte")
        self._want(name, size)
        self.at += size
        return self.data[self.at - size : self.at]

    def _number(self, name: str, size: int, words: Words, note: str, order: Literal["big", "little"] = "big") -> int:
        value = int.from_bytes(self._take(name, size), order)
        self._add(Field(name, value, words(value), Span(self.at - size, self.at), note=note))
        return value

    def _address(self, name: str, size: int, words: Callable[[bytes], str]) -> str:
        text = words(self._take(name, size))
        self._add(Field(name, text, text, Span(self.at - size, self.at)))
        return text


# -- words for values -------------------------------------------------------------------------------------------------

#: Bytes of a field that are written out before "…" (Wireshark stops at about the same length).
_SHOWN_BYTES = 24


def hex_bytes(value: bytes) -> str:
    """Bytes in hexadecimal, cut short with "…" where there are many."""
    return value[:_SHOWN_BYTES].hex() + ("…" if len(value) > _SHOWN_BYTES else "")


def set_or_not(value: int) -> str:
    """A flag bit."""
    return "Set" if value else "Not set"


def hexadecimal(digits: int) -> Words:
    """0x and at least so many digits."""
    return lambda value: f"0x{value:0{digits}x}"


def hex_and_decimal(digits: int) -> Words:
    """As Wireshark has an identification: "0x1c46 (7238)"."""
    return lambda value: f"0x{value:0{digits}x} ({value})"


def named(names: Mapping[int, str], digits: int = 0, unknown: str = "Unknown") -> Words:
    """The name with the number behind it: "TCP (6)", or "IPv4 (0x0800)" with so many hexadecimal digits."""

    def words(value: int) -> str:
        number = f"0x{value:0{digits}x}" if digits else str(value)
        return f"{names.get(value, unknown)} ({number})"

    return words


def byte_count(value: int) -> str:
    """A length in bytes."""
    return "1 byte" if value == 1 else f"{value} bytes"
