"""How are a number, a duration, a size written? One way for the explanations, the tables and the drawing."""

from __future__ import annotations

#: A narrow no-break space groups digits by three (ISO 80000-1 section 7.3.1) and never breaks a number at a line end.
_GROUP_SPACE = "\u202f"

#: A unit of time: its nanoseconds, its name, how many of it are written at most, and with how many decimals in a text.
#: Seconds up to 100, because time-outs are known by them: 75 s between keep-alives, not 1 min 15 s.
_UNITS = ((1_000, "µs", 100, 1), (1_000_000, "ms", 1_000, 1), (1_000_000_000, "s", 100, 2))

#: Digits of an exponent: 2⁸.
_SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")

_SMALL_ORDINALS = {1: "first", 2: "second", 3: "third"}

#: The two ends by direction (``Segments.direction``), as a sentence names them.
ENDS = ("client", "server")


def grouped(number: int) -> str:
    """1234567 as "1 234 567"."""
    return f"{number:,}".replace(",", _GROUP_SPACE)


def duration(ns: int) -> str:
    """Nanoseconds as a text or a table has them: "300 ns", "32 µs", "0.2 ms", "1.80 s", "5 min 12 s", "46 d 7 h"."""
    return _in_units(ns, short=False)


def short_duration(ns: int) -> str:
    """Nanoseconds as a label of the drawing has them, with two digits: "32 µs", "0.2 ms", "41 ms", "1.8 s"."""
    return _in_units(ns, short=True)


def _in_units(ns: int, short: bool) -> str:
    if ns < 0:
        return f"−{_in_units(-ns, short)}"
    if 0 < ns < 1_000:
        return f"{ns} ns"
    for unit_ns, name, limit, text_decimals in _UNITS:
        value, decimals = ns / unit_ns, text_decimals
        if short or name == "µs":
            # Most captures tell whole microseconds: "1.0 µs" would claim more than was measured.
            decimals = 0 if value >= 9.95 or (name == "µs" and ns % unit_ns == 0) else 1
        written = f"{value:.{decimals}f}"
        if float(written) < limit:
            return f"{written} {name}"
    seconds = round(ns / 1_000_000_000)
    if seconds < 3_600:
        return f"{seconds // 60} min {seconds % 60} s"
    minutes = round(seconds / 60)
    if minutes >= 48 * 60:
        hours = round(seconds / 3_600)
        return f"{grouped(hours // 24)} d {hours % 24} h"
    return f"{grouped(minutes // 60)} h {minutes % 60} min"


def byte_words(count: int) -> str:
    """A number of bytes as a person says it, three digits at most: "830 B", "14.2 kB", "1.20 MB"."""
    if count < 1000:
        return f"{count} B"
    size, units = count / 1000, ["TB", "GB", "MB", "kB"]
    while size >= 999.5 and len(units) > 1:
        size /= 1000
        units.pop()
    digits = 2 if size < 9.995 else 1 if size < 99.95 else 0
    return f"{size:.{digits}f} {units[-1]}"


def count(number: int, noun: str) -> str:
    """The number with its noun: "1 byte", "1 440 bytes"."""
    return f"{grouped(number)} {noun}" if number == 1 else f"{grouped(number)} {noun}s"


def ordinal(number: int) -> str:
    """A place in a row: "second", "third", "4th", "21st"."""
    if number in _SMALL_ORDINALS:
        return _SMALL_ORDINALS[number]
    ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{grouped(number)}{ending}"


def superscript(number: int) -> str:
    """An exponent: 8 as "⁸"."""
    return str(number).translate(_SUPERSCRIPTS)


def listed(parts: list[str], most: int = 4) -> str:
    """ "a", "a and b", "a, b and c"; past ``most`` the first and the last: "a, b, c … z"."""
    if len(parts) > most:
        return ", ".join(parts[: most - 1]) + f" … {parts[-1]}"
    if len(parts) < 2:
        return "".join(parts)
    return ", ".join(parts[:-1]) + f" and {parts[-1]}"
