"""How did each connection end, and how long did its handshake take? For all flows at once.

Plan: SYN, FIN and RST are a few packets a flow; they are found by one scan of the flags and summed up by flow. The
handshake is looked for in the first rows of each flow, one row of all flows at a time.

Traps: a RST after both FINs is bad manners and no abort; a RST that answers the SYN is a refusal.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ladderview.capture.capture import Capture
from ladderview.capture.flows import FlowTable
from ladderview.capture.table import PacketTable
from ladderview.proto.tcp import Flags


class Outcome(IntEnum):
    """What became of a connection, as far as it was captured; by RFC 9293 sections 3.5 and 3.6."""

    NO_HANDSHAKE = 0
    OPEN = 1
    CLOSED_BY_CLIENT = 2
    CLOSED_BY_SERVER = 3
    COMPLETE = 4
    CLOSED = 5
    RESET_BY_CLIENT = 6
    RESET_BY_SERVER = 7
    REFUSED = 8
    NO_ANSWER = 9
    HANDSHAKE_INCOMPLETE = 10


#: How the flow list words each outcome.
WORDS: Final[dict[Outcome, str]] = {
    Outcome.NO_HANDSHAKE: "no handshake seen",
    Outcome.OPEN: "still open at the end",
    Outcome.CLOSED_BY_CLIENT: "closed by client only",
    Outcome.CLOSED_BY_SERVER: "closed by server only",
    Outcome.COMPLETE: "complete",
    Outcome.CLOSED: "closed, no handshake seen",
    Outcome.RESET_BY_CLIENT: "reset by client",
    Outcome.RESET_BY_SERVER: "reset by server",
    Outcome.REFUSED: "refused by server",
    Outcome.NO_ANSWER: "no answer to SYN",
    Outcome.HANDSHAKE_INCOMPLETE: "handshake not completed",
}

#: Packets whose flags are scanned at a time.
CHUNK: Final = 1 << 18
#: Rows at the start of a flow in which nearly every handshake is found; the few others are looked through one by one.
HANDSHAKE_ROWS: Final = 8

_FIN: Final = np.uint16(Flags.FIN)
_SYN: Final = np.uint16(Flags.SYN)
_RST: Final = np.uint16(Flags.RST)
_ACK: Final = np.uint16(Flags.ACK)
_NEVER: Final = np.iinfo(np.int64).max


@dataclass(frozen=True, slots=True)
class Outcomes:
    """One row a flow.

    Attributes:
        outcome: uint8, an ``Outcome``.
        words: each outcome as the flow list words it.
        handshake_rtt_ns: int64, nanoseconds from the SYN to the ACK of the SYN,ACK (``tcp.analysis.initial_rtt``), or
            -1 where the handshake is not in the capture.
    """

    outcome: NDArray[np.uint8]
    words: list[str]
    handshake_rtt_ns: NDArray[np.int64]


def outcomes(capture: Capture) -> Outcomes:
    """How each flow of a capture ended."""
    outcome = _outcome(capture.packets, capture.flows)
    worded = [WORDS[Outcome(value)] for value in range(len(Outcome))]
    words = [worded[value] for value in outcome.tolist()]
    return Outcomes(outcome, words, _handshake_rtt_ns(capture.packets, capture.flows))


class _Marks:
    """What the SYNs, FINs and RSTs of each flow tell; columns, one row a flow.

    Attributes:
        syns, syn_acks, resets: how many.
        first_fin: (of the client, of the server) packet, ``_NEVER`` if none.
        first_reset: packet, ``_NEVER`` if none; ``reset_by_server`` tells by whom.
    """

    def __init__(self, table: PacketTable, flows: int) -> None:
        self.syns = np.zeros(flows, np.int64)
        self.syn_acks = np.zeros(flows, np.int64)
        self.resets = np.zeros(flows, np.int64)
        self.first_fin = (np.full(flows, _NEVER), np.full(flows, _NEVER))
        self.first_reset = np.full(flows, _NEVER)
        for start in range(0, len(table), CHUNK):
            self._scan(table, start)
        known = np.minimum(self.first_reset, max(0, len(table) - 1))
        self.reset_by_server = table.direction[known] == 1 if len(table) else np.zeros(flows, np.bool_)

    def _scan(self, table: PacketTable, start: int) -> None:
        chunk = slice(start, start + CHUNK)
        marked = np.flatnonzero(((table.tcp_flags[chunk] & (_SYN | _FIN | _RST)) != 0) & (table.flow[chunk] >= 0))
        packets = marked + start
        flow, flags, from_server = table.flow[packets], table.tcp_flags[packets], table.direction[packets] == 1
        is_syn, has_ack, is_fin, is_reset = ((flags & bit) != 0 for bit in (_SYN, _ACK, _FIN, _RST))
        for count, condition in (
            (self.syns, is_syn & ~has_ack),
            (self.syn_acks, is_syn & has_ack),
            (self.resets, is_reset & ~is_syn),
        ):
            np.add.at(count, flow[condition], 1)
        for first, condition in (
            (self.first_fin[0], is_fin & ~from_server),
            (self.first_fin[1], is_fin & from_server),
            (self.first_reset, is_reset),
        ):
            np.minimum.at(first, flow[condition], packets[condition])


def _outcome(table: PacketTable, flows: FlowTable) -> NDArray[np.uint8]:
    """The first condition that holds decides."""
    marks = _Marks(table, len(flows))
    packets = flows.packets.astype(np.int64)
    is_reset = marks.first_reset != _NEVER
    client_fin, server_fin = (first < marks.first_reset for first in marks.first_fin)
    has_handshake = (marks.syns > 0) | (marks.syn_acks > 0)
    conditions = {
        Outcome.NO_ANSWER: packets == marks.syns,
        Outcome.REFUSED: is_reset & (marks.syns > 0) & marks.reset_by_server & (packets == marks.syns + marks.resets),
        Outcome.COMPLETE: client_fin & server_fin & has_handshake,
        Outcome.CLOSED: client_fin & server_fin,
        Outcome.RESET_BY_CLIENT: is_reset & ~marks.reset_by_server,
        Outcome.RESET_BY_SERVER: is_reset,
        Outcome.HANDSHAKE_INCOMPLETE: packets == marks.syns + marks.syn_acks,
        Outcome.CLOSED_BY_CLIENT: client_fin,
        Outcome.CLOSED_BY_SERVER: server_fin,
        Outcome.OPEN: has_handshake,
    }
    values = [np.uint8(outcome) for outcome in conditions]
    return np.select(list(conditions.values()), values, np.uint8(Outcome.NO_HANDSHAKE)).astype(np.uint8)


def _handshake_rtt_ns(table: PacketTable, flows: FlowTable) -> NDArray[np.int64]:
    """From the latest SYN to the first ACK after it; -1 where the capture shows no handshake (see ``_is_answered``)."""
    rtt_ns = np.full(len(flows), -1, np.int64)
    syn_ns = np.zeros(len(flows), np.int64)
    seen = np.zeros(len(flows), np.uint16)  # _SYN: a SYN; _ACK: a SYN,ACK
    open_flows = np.arange(len(flows))
    for row in range(HANDSHAKE_ROWS):
        open_flows = open_flows[flows.packets[open_flows] > row]
        packets = flows.order[flows.first[open_flows] + row].astype(np.intp)
        flags, ts_ns = table.tcp_flags[packets], table.ts_ns[packets]
        has_syn = (flags & _SYN) != 0
        is_syn = has_syn & ((flags & _ACK) == 0)
        syn_ns[open_flows[is_syn]] = ts_ns[is_syn]
        seen[open_flows] |= np.where(is_syn, _SYN, np.where(has_syn, _ACK, np.uint16(0)))
        # Wireshark takes the next ACK where no time has passed.
        is_last = ~has_syn & (ts_ns != syn_ns[open_flows])
        found = is_last & _is_answered(flags, seen[open_flows], table.direction[packets])
        rtt_ns[open_flows[found]] = ts_ns[found] - syn_ns[open_flows[found]]
        open_flows = open_flows[~is_last]
    for flow in open_flows.tolist():
        rtt_ns[flow] = _late_handshake(table, flows.order[flows.first[flow] : flows.first[flow + 1]].astype(np.intp))
    return rtt_ns


def _is_answered(
    flags: NDArray[np.uint16], seen: NDArray[np.uint16], direction: NDArray[np.uint8]
) -> NDArray[np.bool_]:
    """Whether an ACK ends a handshake: a SYN before it, and a SYN,ACK unless the client itself goes on."""
    is_ack: NDArray[np.bool_] = (flags & (_ACK | _RST)) == _ACK
    ends: NDArray[np.bool_] = is_ack & ((seen & _SYN) != 0) & (((seen & _ACK) != 0) | (direction == 0))
    return ends


def _late_handshake(table: PacketTable, packets: NDArray[np.intp]) -> int:
    """The same for one flow, where it begins with many SYNs or with ACKs of the same time."""
    flags, ts_ns = table.tcp_flags[packets], table.ts_ns[packets]
    is_syn = (flags & (_SYN | _ACK)) == _SYN
    latest_syn = np.maximum.accumulate(np.where(is_syn, np.arange(len(packets)), -1))
    seen = np.where(latest_syn >= 0, _SYN, np.uint16(0))
    seen |= np.where(np.logical_or.accumulate((flags & (_SYN | _ACK)) == (_SYN | _ACK)), _ACK, np.uint16(0))
    elapsed = ts_ns - np.where(latest_syn >= 0, ts_ns[latest_syn], 0)
    last = np.flatnonzero(((flags & _SYN) == 0) & (elapsed != 0))[:1]
    found = last[_is_answered(flags[last], seen[last], table.direction[packets[last]])]
    return int(elapsed[found[0]]) if len(found) else -1
