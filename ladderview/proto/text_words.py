"""What do the first bytes of a message say, if they are text?

For protocols that have no reader of their own: many speak in lines (SMTP, RFC 5321 section 2.3.8; FTP, RFC 959 section
4; POP3, IMAP, IRC, and the first line of SSH, RFC 4253 section 4.2), and the first line names the command or the reply.
Redis puts the length of each word on a line of its own (RESP, the Redis serialization protocol): there the words are
what is worth reading, not the lengths.

Traps: bytes of a binary protocol may look like text for a while. A line counts if all of it is printable; bytes without
a line end count if there is nothing else among them. Characters that draw nothing or turn the direction of writing
(Unicode category Cf) are not printable: no label can be made to lie by them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

#: Bytes of a message that are enough for ``words_of``.
ENOUGH: Final = 1024
#: Characters of text that are kept.
LONGEST: Final = 200
#: Bytes of a line without anything before its end that make it a line: fewer turn up in binary protocols by chance.
_SHORTEST_LINE: Final = 3

#: What begins an aggregate or a bulk string of RESP, and the length that stands behind it.
_RESP_HEAD = re.compile(rb"([*>~%$])(\d{1,6})\r\n")
_RESP_SIMPLE = re.compile(rb"[+:,#(-]([^\r\n]*)\r\n|_\r\n")
#: Words of RESP that are read.
_MOST_WORDS: Final = 64


@dataclass(frozen=True, slots=True)
class Words:
    """What a message begins with.

    Attributes:
        text: its first line that is not empty, or what it says in RESP.
        more: how many lines that are not empty follow; -1 where not all that follows is lines, or is known.
        is_line: it ends with a line end; else it is a piece of text, such as a key that was typed.
    """

    text: str
    more: int
    is_line: bool


def words_of(octets: bytes, *, whole: bool) -> Words | None:
    """The words of a message, or None where it begins with no text.

    Args:
        octets: its first bytes; ``ENOUGH`` of them tell.
        whole: they are all of it.
    """
    if _RESP_HEAD.match(octets):
        told = " ".join(_resp_words(octets))
        return Words(told[:LONGEST], 0, True) if told else None
    stripped = octets.lstrip(b"\r\n")
    line, end, rest = stripped.partition(b"\n")
    text = _text(line.rstrip(b"\r"), cut=not end and not whole)
    if not text or (end and len(line) < _SHORTEST_LINE and not text.isalnum()):
        return None
    return Words(text[:LONGEST], _lines(rest) if whole else -1, bool(end))


def _lines(octets: bytes) -> int:
    """How many lines are not empty; -1 where not all is text."""
    lines = [line for line in octets.replace(b"\r\n", b"\n").split(b"\n") if line]
    return len(lines) if all(_text(line, cut=False) or line.isspace() for line in lines) else -1


def _text(octets: bytes, *, cut: bool) -> str:
    """The bytes as text, tabs as spaces; empty where they are none. ``cut``: a character may be cut at their end."""
    try:
        text = octets.decode("utf-8")
    except UnicodeDecodeError as error:
        if not cut or error.start < len(octets) - 3 or error.reason != "unexpected end of data":
            return ""
        text = octets[: error.start].decode("utf-8")
    text = " ".join(text.replace("\t", " ").split(" ")).strip()
    return text if text.isprintable() else ""


def _resp_words(octets: bytes) -> Iterator[str]:
    """The words of the first value of RESP, as far as they are there and text."""
    at, values = 0, 1
    for _ in range(_MOST_WORDS):
        if values <= 0:
            return
        values -= 1
        head = _RESP_HEAD.match(octets, at)
        if head is None:
            simple = _RESP_SIMPLE.match(octets, at)
            if simple is None:
                return
            at, word = simple.end(), simple[1] or b""
        elif head[1] == b"$":
            size = int(head[2])
            word, at = octets[head.end() : head.end() + size], head.end() + size + 2
        else:
            values += int(head[2]) * (2 if head[1] == b"%" else 1)
            at = head.end()
            continue
        text = _text(word, cut=at > len(octets))
        if word and not text:
            yield "…"
        elif text:
            yield text
