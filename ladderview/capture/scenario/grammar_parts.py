"""How are the parts written that several lines of a scenario have: which segments, which bytes, which flags?"""

from __future__ import annotations

from ladderview.capture.scenario.cursor import Cursor
from ladderview.capture.scenario.words import Kind, Number, Selector, Side
from ladderview.proto.tcp import Flags

#: Bytes that one line may send.
MAX_CONTENT = 10_000_000
#: Highest number of a segment and of times that a line may name; as good as all.
MANY = 1_000_000

_FILLER = b"abcdefghijklmnopqrstuvwxyz0123456789"


def side(cursor: Cursor) -> Side:
    """``client`` or ``server``."""
    if cursor.take("client"):
        return Side.CLIENT
    cursor.need("server")
    return Side.SERVER


def selector(cursor: Cursor) -> Selector:
    """Which segments: ``server SYN, ACK``, ``client data 2 again``, ``server ACK 1 to 4``."""
    sender = side(cursor)
    kind = _kind(cursor)
    first = last = 1
    if cursor.next.isdigit() and not cursor.stands(cursor.next, "times"):  # that is how often, not which
        first = last = cursor.number("the number of a segment", 1, MANY)
        if cursor.take("to"):
            last = cursor.number("the number of a segment", first, MANY)
    again = kind not in (Kind.ACK, Kind.SEGMENT) and cursor.take("again")
    return Selector(sender, kind, first, last, again)


def _kind(cursor: Cursor) -> Kind:
    if cursor.take("SYN"):
        cursor.separator()
        return Kind.SYN_ACK if cursor.take("ACK") else Kind.SYN
    for word in ("SYN-ACK", "SYN+ACK", "SYN/ACK", "SYNACK"):
        if cursor.stands(word):
            cursor.need(word)
            return Kind.SYN_ACK
    for kind in (Kind.ACK, Kind.DATA, Kind.FIN, Kind.RST, Kind.SEGMENT):
        if cursor.take(kind.value):
            return kind
    raise cursor.failure()


def fate_times(cursor: Cursor) -> int:
    """How often: nothing, ``twice``, ``3 times``, ``always``."""
    if cursor.take("once"):
        return 1
    if cursor.take("twice"):
        return 2
    if cursor.take("always"):
        return MANY
    if cursor.next.isdigit():
        times = cursor.number("a number", 1, MANY)
        cursor.need("times")
        return times
    return 1


def content(cursor: Cursor) -> bytes:
    """Which bytes: ``30 bytes``, ``2 kB`` (letters and digits, over and over), or a text in quotation marks."""
    if cursor.at_text:
        return cursor.quoted()
    if not cursor.next[:1].isdigit():
        cursor.take("a number of bytes")
        cursor.take("a text in quotation marks")
        cursor.fail()
    return filler(cursor.size(MAX_CONTENT))


def filler(size: int) -> bytes:
    """So many letters and digits."""
    return (_FILLER * (size // len(_FILLER) + 1))[:size]


_FLAGS = {flag.name: flag for flag in Flags if flag.name}


def flags(cursor: Cursor) -> Flags:
    """At least one flag: ``SYN, ACK``."""
    found = Flags(0)
    while True:
        name = next((name for name in _FLAGS if name and cursor.take(name)), "")
        if not name:
            break
        found |= _FLAGS[name]
        if cursor.separator() and not any(name and cursor.stands(name) for name in _FLAGS):
            break
    if not found:
        cursor.fail()
    return found


def number(cursor: Cursor) -> Number:
    """A sequence number: ``105`` is the number on the wire, ``+5`` and ``-1`` count from the next one."""
    if cursor.next[:1] in ("+", "-"):
        text = cursor.word("a sequence number", r"[+-][0-9]{1,10}")
        return Number(int(text), True)
    return Number(cursor.number("a sequence number"))
