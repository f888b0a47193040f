"""How did each flow begin and end? One word group a flow, and the round-trip time of its handshake.

Plan: the flags of a flow's packets, told apart by direction and in which order the decisive ones came, settle the
outcome by a few columns; all flows are taken at once, a block of whole flows at a time so that memory stays flat.

Traps: a reset after both ends have sent their FIN ends nothing that was still open (a socket with unread data closes
so), and such a flow is complete. A 4-tuple that is used again is a flow of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ladderview.capture.capture import Capture
from ladderview.proto.tcp import Flags

#: Rows looked at together; one flow may be longer.
BLOCK_ROWS: Final = 1 << 18

_SYN, _ACK, _FIN, _RST = Flags.SYN.value, Flags.ACK.value, Flags.FIN.value, Flags.RST.value

#: Later than any row.
_NEVER: Final = np.iinfo(np.int64).max


class Outcome(IntEnum):
    """How a flow went, by RFC 9293 sections 3.5 and 3.6."""

    COMPLETE = 0
    OPEN = 1
    CLOSED_BY_CLIENT = 2
    CLOSED_BY_SERVER = 3
    RESET_BY_CLIENT = 4
    RESET_BY_SERVER = 5
    REFUSED = 6
    NO_ANSWER = 7
    HANDSHAKE_INCOMPLETE = 8
    NO_HANDSHAKE = 9


WORDS: dict[Outcome, str] = {
    Outcome.COMPLETE: "complete",
    Outcome.OPEN: "still open at the end",
    Outcome.CLOSED_BY_CLIENT: "closed by client only",
    Outcome.CLOSED_BY_SERVER: "closed by server only",
    Outcome.RESET_BY_CLIENT: "reset by client",
    Outcome.RESET_BY_SERVER: "reset by server",
    Outcome.REFUSED: "refused by server",
    Outcome.NO_ANSWER: "no answer to SYN",
    Outcome.HANDSHAKE_INCOMPLETE: "handshake not completed",
    Outcome.NO_HANDSHAKE: "no handshake seen",
}


@dataclass(frozen=True, slots=True)
class Outcomes:
    """One row a flow.

    Attributes:
        outcome: uint8, an ``Outcome``.
        handshake_rtt_ns: int64, from the latest SYN to the first ACK after the SYN, ACK (``tcp.analysis.initial_rtt``),
            nanoseconds; -1 where the handshake is not in the capture.
    """

    outcome: NDArray[np.uint8]
    handshake_rtt_ns: NDArray[np.int64]

    @property
    def words(self) -> list[str]:
        """The outcome of each flow as a person reads it."""
        return [WORDS[Outcome(outcome)] for outcome in self.outcome.tolist()]


def outcomes(capture: Capture) -> Outcomes:
    """The outcome and the handshake's round trip of every flow, in the order of ``tcp.stream``."""
    count = len(capture.flows)
    found = Outcomes(np.zeros(count, np.uint8), np.full(count, -1, np.int64))
    for first, last in _blocks(capture.flows.first):
        block = _Block(capture, first, last)
        found.outcome[first:last] = block.outcome()
        found.handshake_rtt_ns[first:last] = block.handshake_rtt_ns()
    return found


def _blocks(first_row: NDArray[np.int64]) -> Iterator[tuple[int, int]]:
    """Ranges of flows of about ``BLOCK_ROWS`` rows, one flow at least."""
    count, first = len(first_row) - 1, 0
    while first < count:
        last = int(np.searchsorted(first_row, first_row[first] + BLOCK_ROWS, "right")) - 1
        last = max(first + 1, min(last, count))
        yield first, last
        first = last


class _Block:
    """The decisive rows of the flows ``first`` to ``last``."""

    def __init__(self, capture: Capture, first: int, last: int) -> None:
        flows, table = capture.flows, capture.packets
        begin, end = flows.first[first], flows.first[last]
        packets = flows.order[begin:end]
        self._starts = flows.first[first:last] - begin
        self._sizes = flows.first[first + 1 : last + 1] - flows.first[first:last]
        self._ts_ns = table.ts_ns[packets]
        self._flags = table.tcp_flags[packets]
        self._from_server = table.direction[packets] == 1
        self._rows = np.arange(end - begin, dtype=np.int64)

    def _first(self, flags: int, unset: int, *, from_server: bool) -> NDArray[np.int64]:
        """The first row of each flow that one end sent with these flags set and those not, or ``_NEVER``."""
        fits = (self._flags & (flags | unset)) == flags
        fits &= self._from_server if from_server else ~self._from_server
        return np.minimum.reduceat(np.where(fits, self._rows, _NEVER), self._starts)

    def outcome(self) -> NDArray[np.uint8]:
        """The rules from the strongest evidence to the weakest; the first that holds decides."""
        syn = self._first(_SYN, _ACK, from_server=False)
        syn_ack = self._first(_SYN | _ACK, 0, from_server=True)
        client_ack = self._first(_ACK, _SYN | _RST, from_server=False)
        client_fin, server_fin = (self._first(_FIN, 0, from_server=side) for side in (False, True))
        client_rst, server_rst = (self._first(_RST, 0, from_server=side) for side in (False, True))
        reset = np.minimum(client_rst, server_rst)
        began = (syn != _NEVER) | (syn_ack != _NEVER)
        both_closed = np.maximum(client_fin, server_fin)
        server_spoke = np.bitwise_or.reduceat(self._from_server, self._starts)
        rules: tuple[tuple[NDArray[np.bool_], Outcome], ...] = (
            (began & (both_closed < reset), Outcome.COMPLETE),
            ((syn_ack == _NEVER) & (syn < server_rst) & (server_rst != _NEVER) & ~self._spoken(), Outcome.REFUSED),
            ((reset != _NEVER) & (both_closed > reset) & (client_rst < server_rst), Outcome.RESET_BY_CLIENT),
            ((reset != _NEVER) & (both_closed > reset), Outcome.RESET_BY_SERVER),
            (~began, Outcome.NO_HANDSHAKE),
            (~server_spoke, Outcome.NO_ANSWER),
            (client_ack == _NEVER, Outcome.HANDSHAKE_INCOMPLETE),
            (client_fin != _NEVER, Outcome.CLOSED_BY_CLIENT),
            (server_fin != _NEVER, Outcome.CLOSED_BY_SERVER),
        )
        conditions = [condition for condition, _ in rules]
        choices = [np.uint8(outcome) for _, outcome in rules]
        return np.select(conditions, choices, np.uint8(Outcome.OPEN)).astype(np.uint8)

    def _spoken(self) -> NDArray[np.bool_]:
        """Whether the server sent anything but resets."""
        spoken = self._from_server & ((self._flags & _RST) == 0)
        return np.bitwise_or.reduceat(spoken, self._starts)

    def handshake_rtt_ns(self) -> NDArray[np.int64]:
        """From the latest SYN to the first ACK that is no SYN and comes at another time, in flows with a SYN, ACK."""
        syn = (self._flags & _SYN) != 0
        starts = np.repeat(self._starts, self._sizes)
        latest_syn = np.maximum.accumulate(np.where(syn, self._rows, -1))
        rtt_ns = np.where(latest_syn >= starts, self._ts_ns - self._ts_ns[latest_syn], 0)
        answers = ((self._flags & _ACK) != 0) & ~syn & (rtt_ns != 0)
        first = np.minimum.reduceat(np.where(answers, self._rows, _NEVER), self._starts)
        syn_ack = self._first(_SYN | _ACK, 0, from_server=True)
        known = (first != _NEVER) & (syn_ack < first) & (self._first(_SYN, _ACK, from_server=False) < first)
        return np.where(known, rtt_ns[np.where(known, first, 0)], -1)
