"""How is each line of a scenario written? One reader for each first word, in one table.

A reader gets the line behind the words that chose it, and makes the act. Names of flags, options and states are those
of RFC 9293, RFC 7323, RFC 2018 and RFC 9110; whoever knows the field should be able to write a scenario from memory.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

from ladderview.capture.scenario.cursor import Cursor
from ladderview.capture.scenario.grammar_ends import ends_act
from ladderview.capture.scenario.grammar_parts import fate_times, selector
from ladderview.capture.scenario.words import (
    BOTH,
    SECOND,
    Act,
    CapturePoint,
    CaptureSwitch,
    Close,
    Connection,
    Doom,
    Fate,
    Open,
    Path,
    Remark,
    Scenario,
    Side,
    Step,
    Tls,
    Wait,
)

_BITS = {"bit/s": 1, "kbit/s": 1000, "mbit/s": 1_000_000, "gbit/s": 1_000_000_000}
_DATE = "a date, such as 2026-01-01"
_TIME = "a time of day, such as 12:00:00"


# -- what is said of the whole -----------------------------------------------------------------------------------------


def _title(scenario: Scenario, cursor: Cursor, under: str) -> Scenario:
    return replace(scenario, title=" ".join(filter(None, (cursor.rest(), under))))


def _about(scenario: Scenario, cursor: Cursor, under: str) -> Scenario:
    return replace(scenario, about=" ".join(filter(None, (scenario.about, cursor.rest(), under))))


def _start(scenario: Scenario, cursor: Cursor, under: str) -> Scenario:
    date = cursor.word(_DATE, r"\d{4}-\d\d-\d\d")
    time = "00:00:00" if cursor.at_end else cursor.word(_TIME, r"\d\d:\d\d:\d\d(\.\d{1,6})?")
    cursor.take("UTC")
    try:
        moment = datetime.fromisoformat(f"{date}T{time}").replace(tzinfo=UTC)
    except ValueError:
        cursor.wrong(f"there is no {date} {time}")
    since = moment - datetime(1970, 1, 1, tzinfo=UTC)
    start_ns = (since.days * 86_400 + since.seconds) * SECOND + since.microseconds * 1000
    if not 0 <= since.days < 100_000:
        cursor.wrong("a scenario begins in 1970 or later, and not after 2243")
    return replace(scenario, start_ns=start_ns)


def _capture(scenario: Scenario, cursor: Cursor, under: str) -> Scenario:
    if cursor.take("at"):
        if cursor.take("client"):
            place = CapturePoint.CLIENT
        else:
            cursor.need("server")
            place = CapturePoint.SERVER
    else:
        cursor.need("in", "the", "middle")
        place = CapturePoint.MIDDLE
    snaplen = 0
    cursor.separator()
    if cursor.take("snaplen"):
        snaplen = cursor.number("a number of bytes", 68, 262_144)
    return replace(scenario, capture_at=place, snaplen=snaplen)


#: First words of lines that say something of the whole.
WHOLE: dict[str, Callable[[Scenario, Cursor, str], Scenario]] = {
    "title": _title,
    "about": _about,
    "start": _start,
    "capture": _capture,
}


def read_whole(scenario: Scenario, cursor: Cursor, under: str) -> Scenario:
    """The scenario with what a line says of it; ``under`` is the text that is indented under the line."""
    for word, read in WHOLE.items():
        if cursor.take(word):
            scenario = read(scenario, cursor, under)
            cursor.finish()
            return scenario
    raise cursor.failure()


# -- steps -------------------------------------------------------------------------------------------------------------


def _open(cursor: Cursor) -> Act:
    return Open((Side.CLIENT,), refused=cursor.take("refused"))


def _both(cursor: Cursor) -> Act:
    if cursor.take("open"):
        return Open(BOTH)
    cursor.need("close")
    return Close(BOTH)


def _tls(cursor: Cursor) -> Act:
    version = "1.3" if cursor.take("1.3") else "1.2"
    if version == "1.2":
        cursor.need("1.2")
    act = Tls(version)
    while not cursor.at_end:
        cursor.separator()
        cursor.take("with")
        if cursor.take("client", "certificate"):
            act = replace(act, client_certificate=True)
        elif version == "1.2" and cursor.take("RSA", "key", "exchange"):
            act = replace(act, rsa_key_exchange=True)
        elif cursor.take("tickets"):
            act = replace(act, tickets=cursor.number("a number of tickets", 0, 4 if version == "1.3" else 1))
        elif cursor.take("alpn"):
            act = replace(act, alpn=cursor.word("a protocol, such as http/1.1", r"[!-~]{1,40}"))
        else:
            cursor.fail()
    return act


def _path(cursor: Cursor) -> Act:
    act = Path()
    while act == Path() or not cursor.at_end:
        cursor.separator()
        if cursor.take("delay"):
            act = replace(act, delay_ns=cursor.duration())
        elif cursor.take("rate"):
            rate = cursor.number("a rate, such as 10 Mbit/s", 1, 10**9)
            unit = next((unit for unit in _BITS if cursor.take(unit)), None)
            if unit is None:
                cursor.fail()
            if rate * _BITS[unit] < 1000:
                cursor.wrong("a rate is at least 1 kbit/s")
            act = replace(act, bits_per_second=rate * _BITS[unit])
        else:
            cursor.fail()
    return act


def _connection(cursor: Cursor) -> Act:
    name = ""
    if not cursor.at_end and not cursor.stands("same", "port"):
        name = cursor.word("a name", r"[^\s,]{1,40}")
    return Connection(name, cursor.take("same", "port"))


def _wait(cursor: Cursor) -> Act:
    return Wait(cursor.duration())


def _doom(fate: Fate) -> Callable[[Cursor], Act]:
    def read(cursor: Cursor) -> Act:
        cursor.take("the")
        chosen = selector(cursor)
        delay_ns, times, before = 0, 1, False
        if fate is Fate.DELAY:
            cursor.need("by")
            delay_ns = cursor.duration()
        if fate in (Fate.LOSE, Fate.MISS):
            times = fate_times(cursor)
        cursor.separator()
        if fate is not Fate.MISS and cursor.take("before", "the", "capture"):
            before = True
        return Doom(fate, chosen, times, delay_ns, before)

    return read


def _remark(cursor: Cursor) -> Act:
    if not (cursor.stands("on", "client") or cursor.stands("on", "server")):
        return Remark(cursor.rest())
    place, text = cursor.split(":")
    place.need("on")
    chosen = selector(place)
    place.finish()
    return Remark(text, chosen)


def _capture_switch(cursor: Cursor) -> Act:
    if cursor.take("stops"):
        return CaptureSwitch(False)
    cursor.need("starts")
    return CaptureSwitch(True)


#: First words of steps. The words of a line's end itself (client, server) are in ``grammar_ends``.
STEPS: dict[str, Callable[[Cursor], Act]] = {
    "open": _open,
    "client": ends_act(Side.CLIENT),
    "server": ends_act(Side.SERVER),
    "both": _both,
    "tls": _tls,
    "wait": _wait,
    **{fate.value: _doom(fate) for fate in Fate},
    "remark": _remark,
    "connection": _connection,
    "path": _path,
    "capture": _capture_switch,
}


def read_step(cursor: Cursor) -> Step:
    """Read one line.

    Raises:
        ScenarioError: with the place, and what was expected there.
    """
    meanwhile = cursor.take("meanwhile")
    after_ns = cursor.duration() if cursor.take("after") else 0
    for word, read in STEPS.items():
        if cursor.take(word):
            act = read(cursor)
            cursor.finish()
            return Step(cursor.line, *cursor.span, act, meanwhile, after_ns)
    if not meanwhile and not after_ns:
        for word in WHOLE:
            cursor.take(word)  # is named among what could stand here
    raise cursor.failure()
