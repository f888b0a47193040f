"""How do packets become flows? Numbered as Wireshark numbers ``tcp.stream``, with a client and a server each.

Plan: while blocks come in, each packet gets the number of its endpoint pair. At the end pairs are split where a new
SYN began a new connection (``incarnations``), the client is decided, and one pass over the packets in chunks sorts
their rows by flow and sums them up.

Traps: everything is done in chunks and with sorted runs, so that ten million packets in one flow and ten million
flows of one packet cost the same, and no step holds the interpreter for long.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ladderview.capture.flows import ClientKnownBy, Endpoints, FlowTable
from ladderview.capture.incarnations import SynEvents, split_incarnations
from ladderview.capture.packets import Headers
from ladderview.capture.pairs import PairTable, pair_words
from ladderview.capture.table import PacketTable
from ladderview.proto.tcp import Flags

_CHUNK = 1 << 16
_NO_ROWS = np.zeros(0, np.int64)
_EARLIEST, _LATEST = np.iinfo(np.int64).min, np.iinfo(np.int64).max


class FlowBuilder:
    """Collects the TCP packets of a capture, block by block, and makes the ``FlowTable`` of them.

    While packets come, the ``flow`` column holds the number of the endpoint pair and ``direction`` is 1 for a packet
    of the pair's high endpoint. ``finish`` turns them into what ``PacketTable`` says they are.
    """

    def __init__(self) -> None:
        self._pairs = PairTable()
        self._first_rows: list[NDArray[np.int64]] = [_NO_ROWS]
        self._syn_rows: list[NDArray[np.int64]] = [_NO_ROWS]
        self._unsized: list[NDArray[np.int64]] = [_NO_ROWS]
        self._extra_syns: list[tuple[int, int, int, bool, int, bool]] = []
        self._samples: list[tuple[int, int]] = []
        self._sampled: dict[int, tuple[int, ...]] = {}

    def add(self, headers: Headers, base: int, extras: list[Extra]) -> tuple[NDArray[np.int32], NDArray[np.bool_]]:
        """Take a block whose first packet is row ``base``; return its ``flow`` and ``direction`` columns for now.

        ``extras`` are the headers that number flows but are no packets of their own, ascending by row.
        """
        flow = np.full(len(headers.kind), -1, np.int32)
        direction = np.zeros(len(headers.kind), np.bool_)
        rows = np.flatnonzero(headers.family)
        words, from_high = pair_words(
            headers.family[rows],
            (headers.src0[rows], headers.src1[rows]),
            (headers.dst0[rows], headers.dst1[rows]),
            headers.sport[rows],
            headers.dport[rows],
        )
        all_rows = rows
        own = np.ones(len(rows), np.bool_)
        if extras:
            extra_words, extra_high = _extra_words(extras)
            extra_rows = np.array([extra.row for extra in extras])
            places = np.searchsorted(rows, extra_rows, "right")
            words = np.insert(words, places, extra_words, axis=1)
            all_rows, own = np.insert(rows, places, extra_rows), np.insert(own, places, False)
        interned = self._pairs.intern(words)
        self._first_rows.append(all_rows[interned.new] + base)
        flow[rows] = interned.numbers[own]
        direction[rows] = from_high
        self._syn_rows.append(np.flatnonzero((headers.tcp_flags & np.uint16(Flags.SYN) != 0) & (flow >= 0)) + base)
        if extras:
            numbers = interned.numbers[~own].tolist()
            for extra, pair, high in zip(extras, numbers, extra_high.tolist(), strict=True):
                if extra.flags & Flags.SYN:
                    with_ack = bool(extra.flags & Flags.ACK)
                    self._extra_syns.append((pair, extra.row + base, int(high), with_ack, extra.seq, extra.sets_base))
                if extra.sampled:
                    self._samples.append((extra.row + base, pair))
        self._unsized.append(np.flatnonzero(headers.unsized) + base)
        return flow, direction

    @property
    def unsized(self) -> NDArray[np.int64]:
        """Rows of the segments of unknown length, ascending."""
        return np.concatenate(self._unsized)

    @property
    def samples(self) -> dict[int, tuple[int, ...]]:
        """Packet -> the flows whose headers it holds as samples; known when ``finish`` has returned."""
        return self._sampled

    def finish(self, table: PacketTable, tick: Callable[[], None]) -> FlowTable:
        """Number the flows and sum them up; ``tick`` is called often and may raise ``Cancelled``."""
        syn_rows = np.concatenate(self._syn_rows)
        events = self._events(table, syn_rows)
        pair, first_row = split_incarnations(table, np.concatenate(self._first_rows), events, self.unsized, tick)
        self._sampled = _flows_of_samples(self._samples, pair, first_row)
        words = self._pairs.words
        known_by, client_is_high = _clients(table, words[4, pair], first_row, syn_rows)
        reused_ports = np.ones(len(pair), np.bool_)
        reused_ports[np.unique(pair, return_index=True)[1]] = False
        sums = _sort_and_sum(table, client_is_high, tick)
        client, server = Endpoints(words, pair, client_is_high), Endpoints(words, pair, ~client_is_high)
        return FlowTable(client, server, known_by, reused_ports, *sums)

    def _events(self, table: PacketTable, syn_rows: NDArray[np.int64]) -> SynEvents:
        """All SYNs, by pair then row."""
        events = SynEvents(
            table.flow[syn_rows].astype(np.int64),
            syn_rows,
            table.direction[syn_rows].astype(np.int64),
            table.tcp_flags[syn_rows] & np.uint16(Flags.ACK) != 0,
            table.seq[syn_rows].astype(np.int64),
            ~np.isin(syn_rows, self.unsized),
        )
        if self._extra_syns:
            pair, row, way, with_ack, seq, sets_base = zip(*self._extra_syns, strict=True)
            events = SynEvents(
                np.append(events.pair, pair),
                np.append(events.row, row),
                np.append(events.direction, way),
                np.append(events.with_ack, with_ack),
                np.append(events.seq, seq),
                np.append(events.sets_base, sets_base),
            )
        order = np.lexsort((events.row, events.pair))
        return events.only(order)


@dataclass(frozen=True, slots=True)
class Extra:
    """A TCP header that numbers flows as the packets do but is no packet: quoted in an ICMP error, or one of several
    in a packet.

    Attributes:
        row: of the packet, in its block.
        sets_base: see ``incarnations``: not so for a quoted header.
        sampled: it stands in an sFlow sample, whose flows are told with the packet.
    """

    row: int
    src: bytes
    dst: bytes
    sport: int
    dport: int
    flags: int
    seq: int
    sets_base: bool
    sampled: bool = False


def _flows_of_samples(
    samples: list[tuple[int, int]], pair: NDArray[np.int32], first_row: NDArray[np.int64]
) -> dict[int, tuple[int, ...]]:
    """Packet -> flows: of each sample's pair the flow that had begun last."""
    found: dict[int, tuple[int, ...]] = {}
    if samples:
        rows, numbers = np.array(samples, np.int64).T
        spread = max(int(rows.max()), int(first_row.max())) + 1
        begins = pair * np.int64(spread) + first_row
        order = np.argsort(begins)
        flows = order[np.searchsorted(begins[order], numbers * spread + rows, "right") - 1]
        for row, flow in zip(rows.tolist(), flows.tolist(), strict=True):
            found[row] = (*found.get(row, ()), flow)
    return found


def _extra_words(extras: list[Extra]) -> tuple[NDArray[np.uint64], NDArray[np.bool_]]:
    """``pair_words`` of these headers."""
    halves = [
        np.array([int.from_bytes(half, "big") for half in part], np.uint64)
        for part in (
            [extra.src[:-8] for extra in extras],
            [extra.src[-8:] for extra in extras],
            [extra.dst[:-8] for extra in extras],
            [extra.dst[-8:] for extra in extras],
        )
    ]
    return pair_words(
        np.array([4 if len(extra.src) == 4 else 6 for extra in extras], np.uint8),
        (halves[0], halves[1]),
        (halves[2], halves[3]),
        np.array([extra.sport for extra in extras], np.uint16),
        np.array([extra.dport for extra in extras], np.uint16),
    )


def _clients(
    table: PacketTable, ports: NDArray[np.uint64], first_row: NDArray[np.int64], syn_rows: NDArray[np.int64]
) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
    """How each flow's client is known, and whether it is the pair's high endpoint."""
    low_port, high_port = ports >> np.uint64(16) & np.uint64(0xFFFF), ports & np.uint64(0xFFFF)
    known_by = np.where(low_port == high_port, ClientKnownBy.FIRST_PACKET, ClientKnownBy.PORT).astype(np.uint8)
    client_is_high = np.where(low_port == high_port, table.direction[first_row] == 1, high_port > low_port)
    with_ack = table.tcp_flags[syn_rows] & np.uint16(Flags.ACK) != 0
    evidence = (
        (ClientKnownBy.SYN_ACK, syn_rows[with_ack], 0),  # sent by the server
        (ClientKnownBy.SYN, syn_rows[~with_ack], 1),
    )
    for known, packets, from_client in evidence:
        rows = packets[::-1]  # of several values written to one place the last stays: here, the earliest packet's
        flows = table.flow[rows]
        client_is_high[flows] = table.direction[rows] == from_client
        known_by[flows] = known
    return known_by, client_is_high


class _Sums(NamedTuple):
    """The columns of the ``FlowTable`` from ``packets`` on."""

    packets: NDArray[np.uint32]
    client_bytes: NDArray[np.uint64]
    server_bytes: NDArray[np.uint64]
    start_ns: NDArray[np.int64]
    end_ns: NDArray[np.int64]
    order: NDArray[np.uint32] | NDArray[np.int64]
    first: NDArray[np.int64]


def _sort_and_sum(table: PacketTable, client_is_high: NDArray[np.bool_], tick: Callable[[], None]) -> _Sums:
    """The columns of the ``FlowTable`` from ``packets`` on; turns ``table.direction`` into client and server."""
    flow_count = len(client_is_high)
    packets = _count(table, flow_count, tick)
    first = np.zeros(flow_count + 1, np.int64)
    np.cumsum(packets, out=first[1:])
    order: NDArray[np.uint32] | NDArray[np.int64] = np.empty(int(first[-1]), np.uint32)
    if len(table) > 2**32:
        order = order.astype(np.int64)
    client_bytes, server_bytes = np.zeros(flow_count, np.uint64), np.zeros(flow_count, np.uint64)
    start_ns, end_ns = np.full(flow_count, _LATEST, np.int64), np.full(flow_count, _EARLIEST, np.int64)
    free = first[:-1].copy()
    for rows, starts, flows in _sorted_chunks(table):
        lengths = np.diff(starts, append=len(rows))
        order[np.repeat(free[flows] - starts, lengths) + np.arange(len(rows))] = rows
        free[flows] += lengths
        from_server = table.direction[rows] != np.repeat(client_is_high[flows], lengths)
        table.direction[rows] = from_server
        sent = table.payload_len[rows].astype(np.uint64)
        all_bytes = np.add.reduceat(sent, starts)
        sent *= from_server
        from_servers = np.add.reduceat(sent, starts)
        server_bytes[flows] += from_servers
        client_bytes[flows] += all_bytes - from_servers
        ts_ns = table.ts_ns[rows]
        start_ns[flows] = np.minimum(start_ns[flows], np.minimum.reduceat(ts_ns, starts))
        end_ns[flows] = np.maximum(end_ns[flows], np.maximum.reduceat(ts_ns, starts))
        tick()
    start_ns[packets == 0] = end_ns[packets == 0] = 0
    return _Sums(packets, client_bytes, server_bytes, start_ns, end_ns, order, first)


def _count(table: PacketTable, flow_count: int, tick: Callable[[], None]) -> NDArray[np.uint32]:
    """Packets of each flow."""
    packets = np.zeros(flow_count, np.uint32)
    for low in range(0, len(table), _CHUNK):
        flow = table.flow[low : low + _CHUNK]
        np.add.at(packets, flow[flow >= 0], np.uint32(1))
        tick()
    return packets


def _sorted_chunks(table: PacketTable) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]]:
    """The rows of a chunk sorted by flow then row, where each flow's run begins in them, and the flow of each run."""
    for low in range(0, len(table), _CHUNK):
        flow = table.flow[low : low + _CHUNK]
        rows = np.flatnonzero(flow >= 0)
        if len(rows):
            # One sort of one number, flow before row: faster than a stable sort of the flows, and numpy has it in SIMD.
            keys = flow[rows].astype(np.int64) << 16 | rows
            keys.sort()
            flows = keys >> 16
            starts = np.flatnonzero(np.diff(flows, prepend=-1))
            yield (keys & (_CHUNK - 1)) + low, starts, flows[starts]
