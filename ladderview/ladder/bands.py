"""Which phases does a ladder show as bands, and over which of its arrows does each reach?

Plan: phases are stretches of the message level. On another level an arrow belongs to the phase of the message arrow
that its segment belongs to; segments of two phases can lie among each other, and then the later phase begins where its
first segment lies. A phase that is one arrow itself needs no band.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ladderview.analysis.phases import Phase, PhaseKind, exchange_ends
from ladderview.analysis.reading import FlowReading
from ladderview.analysis.step_labels import phase_detail
from ladderview.analysis.steps import StepKind, Steps
from ladderview.analysis.words import short_duration
from ladderview.ladder.unfolding import base_of

#: What a band is coloured by, by number: the theme has the fill ``<key>.band`` for each.
BAND_KEYS: tuple[str, ...] = ("tcp", "tls", "http", "trouble", "idle")
_TCP, _TLS, _HTTP, _TROUBLE, _IDLE = range(5)

#: Names for bands that have little room beside their arrows.
_SHORT = {
    "HTTP/2 preface": "HTTP/2",
    "HTTP/2 control frames": "HTTP/2",
    "Connection initialization": "Opening",
    "TLS handshake": "TLS",
    "Application data": "Data",
    "Connection termination": "Closing",
    "Connection termination, reset": "Closing",
    "Connection aborted": "Aborted",
    "Connection refused": "Refused",
}


@dataclass(frozen=True, slots=True)
class BandWords:
    """What a band says: its name, what it is called where there is little room, how long it lasted, and what the time
    went into.
    """

    name: str
    short: str
    duration: str
    details: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """Its name and how long it lasted, if it lasted."""
        return ", ".join(filter(None, (self.name, self.duration)))

    def __str__(self) -> str:
        return f"{self.title}: {', '.join(self.details)}" if self.details else self.title


@dataclass(frozen=True, slots=True)
class Bands:
    """Bands in the order of the ladder; int64 columns, one row a band.

    Attributes:
        first, end: its arrows are the steps ``first`` to ``end - 1`` of the plan.
        key: uint8, a place in ``BAND_KEYS``.
        begin_ns: int64, when its phase begins.
        phase: the number of its phase.
        words: what the band of this row says.
    """

    first: NDArray[np.int64]
    end: NDArray[np.int64]
    key: NDArray[np.uint8]
    begin_ns: NDArray[np.int64]
    phase: NDArray[np.int64]
    words: Callable[[int], BandWords]

    def __len__(self) -> int:
        return len(self.first)

    def at(self, step: int) -> int:
        """The band that a step lies in, or -1."""
        band = int(np.searchsorted(self.first, step, side="right")) - 1
        return band if band >= 0 and step < self.end[band] else -1


_NONE = np.empty(0, np.int64)
NO_BANDS = Bands(_NONE, _NONE, np.empty(0, np.uint8), _NONE, _NONE, lambda band: BandWords("", "", ""))


def bands_of(reading: FlowReading, steps: Steps) -> tuple[Bands, NDArray[np.int64]]:
    """The bands of a flow at a level, and the steps before which a pause lies that has no arrow of its own."""
    phases = reading.phases
    if not phases or not len(steps):
        return NO_BANDS, _NONE
    phase_of = _phase_of_step(reading, steps)
    every = np.arange(len(phases))
    first = np.searchsorted(phase_of, every, side="left")
    end = np.searchsorted(phase_of, every, side="right")
    paused = np.array([phase.kind is PhaseKind.IDLE for phase in phases])
    pauses = first[paused & (first == end)]
    shown = np.flatnonzero(first < end)
    shown = shown[steps.kind[first[shown]] != StepKind.PHASE]
    keys = np.array([_key(reading, phases[number]) for number in shown.tolist()], np.uint8)
    numbers = shown.tolist()
    bands = Bands(
        first[shown],
        end[shown],
        keys,
        np.array([phases[number].begin_ns for number in numbers], np.int64),
        shown.astype(np.int64),
        lambda band: _words(reading, phases[numbers[band]]),
    )
    return bands, np.unique(pauses[(pauses > 0) & (pauses < len(steps))])


def _phase_of_step(reading: FlowReading, steps: Steps) -> NDArray[np.int64]:
    """int64 by step, ascending: the phase that it belongs to."""
    firsts = np.array([phase.first for phase in reading.phases], np.int64)
    phase_of = np.searchsorted(firsts, base_of(reading, steps), side="right") - 1
    of_phases = steps.kind == StepKind.PHASE
    phase_of[of_phases] = steps.number[of_phases]
    return np.maximum.accumulate(phase_of)


def _key(reading: FlowReading, phase: Phase) -> int:
    match phase.kind:
        case PhaseKind.TLS:
            return _TLS
        case PhaseKind.EXCHANGE:
            return _HTTP
        case PhaseKind.ABORT:
            return _TROUBLE
        case PhaseKind.IDLE:
            return _IDLE
        case PhaseKind.DATA if phase.name != PhaseKind.DATA.value:  # what it carries is known: HTTP/2, WebSocket
            return _HTTP
        case PhaseKind.DATA if reading.messages.tls:
            return _TLS
        case _:
            return _TCP


def _words(reading: FlowReading, phase: Phase) -> BandWords:
    details = tuple(part for part in phase_detail(reading, phase).split(", ") if part)
    lasting = short_duration(phase.duration_ns) if phase.duration_ns else ""
    return BandWords(phase.name, _short(reading, phase), lasting, details)


def _short(reading: FlowReading, phase: Phase) -> str:
    """The name where there is little room: of an exchange "GET → 200", of more of them "GET × 4"."""
    if not phase.exchanges:
        return _SHORT.get(phase.name, phase.name)
    methods, statuses = exchange_ends(reading.messages, phase.exchanges)
    if len(methods) > 1:
        return f"{methods[0] if len(set(methods)) == 1 else 'requests'} × {len(methods)}"
    return f"{methods[0]} → {statuses[0]}" if statuses[0] else methods[0]
