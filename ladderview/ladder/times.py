"""How is the time of a row written in the time column?

Plan: one form for all rows of a column, so that the decimal points stand below each other: its unit and its decimals
follow from how long the flow is. Differences ("+43 µs") differ by powers of ten from row to row: each is written as a
label's duration is, in the unit that suits it.

Traps: a nanosecond since the epoch does not fit a float; arithmetic is on integers until the very end.
"""

from __future__ import annotations

import time
from functools import lru_cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from ladderview.analysis.words import short_duration

TimeReference = Literal["flow", "previous", "selected", "absolute", "local"]
TIME_REFERENCES: tuple[TimeReference, ...] = ("flow", "previous", "selected", "absolute", "local")

_US, _MS, _S = 1_000, 1_000_000, 1_000_000_000

#: (longest flow in ns, unit in ns, name, decimals), shortest first; the last holds for any longer flow.
_COLUMN_FORMS = (
    (_MS, _US, "µs", 1),
    (100 * _MS, _MS, "ms", 3),
    (100 * _S, _MS, "ms", 1),
    (100_000 * _S, _S, "s", 3),
    (0, _S, "s", 0),
)


class TimeColumn:
    """The time texts of one flow. ``text(row)`` is cheap; ``widest`` is for laying out the column."""

    def __init__(
        self,
        ts_ns: NDArray[np.int64],
        span_ns: int,
        reference: TimeReference = "flow",
        selected: int = -1,
        start_ns: int | None = None,
    ) -> None:
        """Times of a ladder.

        Args:
            ts_ns: int64 by row.
            span_ns: from the earliest to the latest of all times.
            reference: what they count from.
            selected: the selected row, or -1.
            start_ns: when the flow began; with the first row by default.
        """
        self._ts_ns = ts_ns
        self._span_ns = span_ns
        self._reference = reference
        self._start_ns = start_ns if start_ns is not None else int(ts_ns[0]) if len(ts_ns) else 0
        counts_from_row = reference == "selected" and 0 <= selected < len(ts_ns)
        self._zero_ns = int(ts_ns[selected]) if counts_from_row else self._start_ns
        self._form = next((form for form in _COLUMN_FORMS if span_ns < form[0]), _COLUMN_FORMS[-1])

    def text(self, row: int) -> str:
        """The time of a row, as the column's reference has it."""
        ts_ns = int(self._ts_ns[row])
        if self._reference == "absolute":
            return _clock(ts_ns)
        if self._reference == "local":
            return _clock(ts_ns, offset_s=_local_offset(ts_ns // _S))
        if self._reference == "previous":
            before_ns = int(self._ts_ns[row - 1]) if row else self._start_ns
            return _signed_duration(ts_ns - before_ns) if row or ts_ns != before_ns else "0"
        since_ns = ts_ns - self._zero_ns
        sign = "−" if since_ns < 0 else "+" if self._reference == "selected" and since_ns else ""
        return sign + self._in_column(abs(since_ns))

    def _in_column(self, ns: int) -> str:
        _, unit_ns, name, decimals = self._form
        return f"{ns / unit_ns:,.{decimals}f} {name}".replace(",", " ")

    @property
    def widest(self) -> str:
        """A text as wide as any of this column."""
        if self._reference in {"absolute", "local"}:
            return "00:00:00.000000"
        if self._reference == "previous":
            return "+00 min 00 s"
        return ("+" if self._reference == "selected" else "") + self._in_column(self._span_ns)


def _signed_duration(ns: int) -> str:
    return f"−{short_duration(-ns)}" if ns < 0 else f"+{short_duration(ns)}"


@lru_cache(maxsize=4096)
def _local_offset(seconds: int) -> int:
    """Seconds that the clock of this machine's time zone is ahead of UTC at that time; 0 where it cannot tell."""
    try:
        return time.localtime(seconds).tm_gmtoff
    except (OverflowError, OSError, ValueError):
        return 0


def _clock(ts_ns: int, offset_s: int = 0) -> str:
    """The time of day, by UTC or so much ahead of it, with microseconds."""
    seconds, rest_ns = divmod(ts_ns, _S)
    seconds += offset_s
    minutes, hours = seconds // 60, seconds // 3600
    return f"{hours % 24:02d}:{minutes % 60:02d}:{seconds % 60:02d}.{rest_ns // _US:06d}"
