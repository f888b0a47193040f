"""How are the lines written that begin with ``client`` or ``server``? What an end is like, and what it does."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable
from dataclasses import replace

from ladderview.capture.scenario.cursor import Cursor
from ladderview.capture.scenario.grammar_parts import MAX_CONTENT, content, flags, number
from ladderview.capture.scenario.words import (
    MS,
    Act,
    Close,
    Describe,
    Explicit,
    KeepAlive,
    Open,
    Read,
    Request,
    Reset,
    Response,
    Send,
    Side,
    StopReading,
)
from ladderview.proto.http_names import STATUS_WORDS

#: What an end's ACKs wait for company where a scenario does not say how long (RFC 9293 section 3.8.6.3: below 500 ms).
_DELAYED_ACK_NS = 40 * MS

_ADDRESS = "an address, such as 10.0.0.1:50944"
_HOST = r"[A-Za-z0-9_](?:[A-Za-z0-9._-]{0,251}[A-Za-z0-9_])?"

#: What a setting changes: its name, and the value that stands behind its words.
Setting = Callable[[Cursor], tuple[tuple[str, object], ...]]


def _number(name: str, what: str, least: int, most: int) -> Setting:
    return lambda cursor: ((name, cursor.number(what, least, most)),)


def _fixed(*changes: tuple[str, object]) -> Setting:
    return lambda cursor: changes


def _duration(name: str) -> Setting:
    return lambda cursor: ((name, cursor.duration()),)


def _delayed_ack(cursor: Cursor) -> tuple[tuple[str, object], ...]:
    given = cursor.next[:1].isdigit()
    return (("delayed_ack_ns", cursor.duration() if given else _DELAYED_ACK_NS),)


#: Words of a setting, in the order in which they are tried.
SETTINGS: dict[str, Setting] = {
    "isn": _number("isn", "an initial sequence number", 0, 2**32 - 1),
    "mss": _number("mss", "a number of bytes", 64, 65_495),
    "window": _number("window", "a number of bytes", 1, 1 << 30),
    "scale": _number("scale", "a shift count", 0, 14),
    "sack": _fixed(("sack", True)),
    "timestamps": _fixed(("timestamps", True)),
    "delayed ack": _delayed_ack,
    "no options": _fixed(("mss", None), ("scale", None), ("sack", False), ("timestamps", False)),
    "no mss": _fixed(("mss", None)),
    "no scale": _fixed(("scale", None)),
    "no sack": _fixed(("sack", False)),
    "no timestamps": _fixed(("timestamps", False)),
    "no delayed ack": _fixed(("delayed_ack_ns", 0)),
    "rto": _duration("rto_ns"),
    "retries": _number("retries", "a number", 0, 15),
    "cwnd": _number("cwnd", "a number of segments", 1, 1000),
    "think": _duration("think_ns"),
    "name": lambda cursor: (("name", cursor.word("a host name, such as www.example.org", _HOST)),),
    "port": _number("port", "a port", 1, 65_535),
}


def _describe(side: Side, cursor: Cursor) -> Act:
    """``client ADDRESS:PORT SETTING ...``; at least one of them."""
    changes: list[tuple[str, object]] = []
    if cursor.next[:1].isdigit() or cursor.next[:1] == "[" or cursor.next.count(":") > 1:
        changes += _address(cursor)
    while not changes or not cursor.at_end:
        cursor.separator()
        for words, read in SETTINGS.items():
            if cursor.take(*words.split()):
                changes += read(cursor)
                break
        else:
            cursor.fail()
    return Describe(side, tuple(changes))


def _address(cursor: Cursor) -> list[tuple[str, object]]:
    """``10.0.0.1``, ``10.0.0.1:443``, ``2001:db8::1``, ``[2001:db8::1]:443``."""
    text = cursor.word(_ADDRESS)
    match = re.fullmatch(r"\[([0-9a-fA-F:.]+)\](?::(\d{1,5}))?|([0-9.]+)(?::(\d{1,5}))?|([0-9a-fA-F:.]+)", text)
    try:
        address = ipaddress.ip_address((match[1] or match[3] or match[5]) if match else text)
    except ValueError:
        cursor.wrong(f"expected {_ADDRESS}; {text} is none")
    port = match[2] or match[4] if match else None
    if port is None:
        return [("address", str(address))]
    if not 0 < int(port) < 65536:
        cursor.wrong("a port is from 1 to 65535")
    return [("address", str(address)), ("port", int(port))]


# -- what an end does --------------------------------------------------------------------------------------------------


def _sends(side: Side, cursor: Cursor) -> Act:
    if cursor.take("keep-alive"):
        return KeepAlive(side)
    return Send(side, content(cursor))


def _reads(side: Side, cursor: Cursor) -> Act:
    return Read(side, None if cursor.at_end or cursor.take("everything") else cursor.size(MAX_CONTENT))


def _stops(side: Side, cursor: Cursor) -> Act:
    cursor.need("reading")
    return StopReading(side)


def _requests(side: Side, cursor: Cursor) -> Act:
    """RFC 9112 section 3."""
    method = cursor.word("a method, such as GET", r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,40}")
    target = cursor.word("a target, such as /index.html", r"[!-~]{1,4000}")
    version = _version(cursor) or "HTTP/1.1"
    cursor.separator()
    return Request(method, target, version, (), content(cursor) if cursor.take("with") else b"")


def _responds(side: Side, cursor: Cursor) -> Act:
    """RFC 9112 section 4; the reason phrase is the registered one where none is given."""
    version = _version(cursor)
    status = cursor.number("a status code, such as 200", 100, 599)
    words = []
    while not cursor.at_end and not cursor.stands("with") and cursor.next != ",":
        after = _version(cursor)
        version = after or version
        if not after:
            words.append(cursor.word("a reason phrase", r"[!-~]{1,60}"))
    cursor.separator()
    body = content(cursor) if cursor.take("with") else None
    reason = " ".join(words) or STATUS_WORDS.get(status, "")
    return Response(status, reason, version or "HTTP/1.1", (), body)


def _version(cursor: Cursor) -> str:
    """The version of HTTP if one stands here."""
    return next((version for version in ("HTTP/1.1", "HTTP/1.0") if cursor.take(version)), "")


def _segment(side: Side, cursor: Cursor) -> Act:
    """``segment FLAGS seq N ack N window N OPTION ... N bytes``."""
    act = Explicit(side, flags(cursor))
    while not cursor.at_end:
        cursor.separator()
        if cursor.take("seq"):
            act = replace(act, seq=number(cursor))
        elif cursor.take("ack"):
            act = replace(act, ack=number(cursor))
        elif cursor.take("window"):
            act = replace(act, window=cursor.number("what the window field holds", 0, 65_535))
        elif cursor.take("urgent"):
            act = replace(act, urgent=cursor.number("an urgent pointer", 0, 65_535))
        elif not (option := _option(act, cursor)) and (cursor.at_text or cursor.next[:1].isdigit()):
            act = replace(act, content=content(cursor))
        elif option:
            act = option
        else:
            cursor.take("a number of bytes")
            cursor.fail()
    return act


def _option(act: Explicit, cursor: Cursor) -> Explicit | None:
    """The act with one more TCP option, or None where none stands here."""
    if cursor.take("mss"):
        return replace(act, mss=cursor.number("a number of bytes", 0, 65_535))
    if cursor.take("scale"):
        return replace(act, scale=cursor.number("a shift count", 0, 255))
    if cursor.take("sack", "permitted"):
        return replace(act, sack_permitted=True)
    if cursor.take("sack"):
        left = number(cursor)
        cursor.need("to")
        return replace(act, sack=(*act.sack, (left, number(cursor))))
    if cursor.take("timestamps"):
        return replace(act, timestamps=(cursor.number("TSval"), cursor.number("TSecr")))
    return None


_VERBS: dict[str, Callable[[Side, Cursor], Act]] = {
    "sends": _sends,
    "closes": lambda side, cursor: Close((side,)),
    "half-closes": lambda side, cursor: Close((side,), half=True),
    "resets": lambda side, cursor: Reset(side),
    "stops": _stops,
    "reads": _reads,
    "segment": _segment,
    "opens": lambda side, cursor: Open((side,)),
}
_CLIENTS_VERBS: dict[str, Callable[[Side, Cursor], Act]] = {"requests": _requests}
_SERVERS_VERBS: dict[str, Callable[[Side, Cursor], Act]] = {"responds": _responds}


def ends_act(side: Side) -> Callable[[Cursor], Act]:
    """The reader of lines that begin with this end."""
    verbs = _VERBS | (_SERVERS_VERBS if side else _CLIENTS_VERBS)

    def read(cursor: Cursor) -> Act:
        for verb, read_act in verbs.items():
            if cursor.take(verb):
                return read_act(side, cursor)
        return _describe(side, cursor)

    return read
