"""Conversations as a capture whose packets come mixed, with no file behind it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from types import SimpleNamespace
from typing import cast

import numpy as np

from ladderview.capture.capture import Capture
from ladderview.capture.flows import ClientKnownBy, FlowTable
from ladderview.capture.table import Kind, PacketTable
from tests.analysis.conversation import CLIENT, SERVER, Seg, columns_of
from tests.analysis.wire import option_bytes


class MadeCapture(SimpleNamespace):
    """As much of a ``Capture`` as looks at packets through their columns."""

    packets: PacketTable
    flows: FlowTable

    def segment_bytes(self, index: int) -> bytes:
        return bytes(20) + option_bytes(self.segments[index].options)


def capture_of(
    conversations: Sequence[Sequence[Seg]], order: Sequence[int] = (), reused_ports: Sequence[int] = ()
) -> Capture:
    """A capture of these flows.

    Args:
        conversations: the segments of each flow.
        order: the flow of each packet in turn; what it leaves out comes at the end, flow by flow.
        reused_ports: the flows whose endpoints were used before.
    """
    waiting = [
        [replace(seg, ms=row * 10.0 if seg.ms is None else seg.ms) for row, seg in enumerate(segments)]
        for segments in conversations
    ]
    turns = [*order, *(flow for flow, segments in enumerate(waiting) for _ in segments)]
    packets = [(flow, waiting[flow].pop(0)) for flow in turns if waiting[flow]]
    numbers = np.array([flow for flow, _ in packets], np.int32)
    segments = [seg for _, seg in packets]
    columns = columns_of(*segments)
    count = len(segments)
    header_len = np.array([20 + len(option_bytes(seg.options)) for seg in segments], np.uint16)
    table = PacketTable(
        ts_ns=columns.ts_ns,
        offset=np.zeros(count, np.uint64),
        caplen=np.zeros(count, np.uint32),
        orig_len=np.zeros(count, np.uint32),
        iface=np.zeros(count, np.uint16),
        kind=np.full(count, Kind.TCP, np.uint8),
        flow=numbers,
        direction=columns.direction,
        seq=columns.seq,
        ack=columns.ack,
        payload_len=columns.payload_len,
        l4_off=np.zeros(count, np.uint16),
        payload_off=header_len,
        window=columns.window,
        tcp_flags=columns.flags,
    )
    sizes = np.array([len(segments) for segments in conversations], np.uint32)
    rows = np.argsort(numbers, kind="stable").astype(np.uint32)
    flows = FlowTable(
        client=[CLIENT] * len(sizes),
        server=[SERVER] * len(sizes),
        client_known_by=np.full(len(sizes), ClientKnownBy.SYN, np.uint8),
        packets=sizes,
        client_bytes=np.zeros(len(sizes), np.uint64),
        server_bytes=np.zeros(len(sizes), np.uint64),
        start_ns=np.zeros(len(sizes), np.int64),
        end_ns=np.zeros(len(sizes), np.int64),
        order=rows,
        first=np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64),
        reused_ports=np.isin(np.arange(len(sizes)), np.array(reused_ports, np.int64)),
    )
    return cast(Capture, MadeCapture(packets=table, flows=flows, segments=segments))
