"""Which protocol does each flow speak, and whom did its client ask for? For the list of flows, cheaply.

Plan: of every flow the first payload of either end is read and looked at (``proto.peek``); a Client Hello of several
segments costs some more reads. Rows are found with numpy, among the first packets of each flow; packets are read in the
order of the file.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ladderview.capture.capture import Capture
from ladderview.progress import Progress, no_progress
from ladderview.proto.peek import glimpse

#: Packets of a flow among which its first payload is looked for.
FIRST_PACKETS: Final = 24
#: Segments of the client that are read for one message.
_MAX_SEGMENTS: Final = 4
#: Flows that are looked at in one go.
_BATCH: Final = 1 << 13

BETWEEN: Final = " · "
#: What stands for a flow of TLS 1.3, in which the protocol inside is agreed under encryption.
TLS13: Final = "TLS 1.3"


@dataclass(frozen=True, slots=True)
class FlowProtocols:
    """One entry a flow, in the order of ``tcp.stream``.

    Attributes:
        protocol: "TLS 1.3", "TLS 1.2 · h2", "HTTP/1.1"; empty where none was recognised.
        host: whom the client asked for (SNI, Host), or the empty string.
    """

    protocol: list[str]
    host: list[str]


def flow_protocols(capture: Capture, progress: Progress = no_progress) -> FlowProtocols:
    """Look at every flow.

    Raises:
        CaptureChanged: the file was cut short or replaced since it was read.
        Cancelled: by ``progress``, which counts flows.
    """
    count = len(capture.flows)
    protocol, host = [""] * count, [""] * count
    for start in range(0, count, _BATCH):
        progress(start, count)
        first = first_payloads(capture, start, min(start + _BATCH, count))
        has_any = np.flatnonzero((first >= 0).any(axis=1))
        order = has_any[np.argsort(first[has_any].max(axis=1))]  # of the file
        for row, client, server in zip(order.tolist(), *first[order].T.tolist(), strict=True):
            protocol[start + row], host[start + row] = _look(capture, start + row, client, server)
    return FlowProtocols(protocol, host)


def first_payloads(capture: Capture, start: int, end: int) -> NDArray[np.int64]:
    """int64, shape (flows, 2): of each flow the first packet with payload of the client and of the server, or -1."""
    flows, table = capture.flows, capture.packets
    places = flows.first[start:end, None] + np.arange(FIRST_PACKETS)
    inside = places < flows.first[start + 1 : end + 1, None]
    packets = flows.order[np.where(inside, places, 0)].astype(np.int64)
    has_payload = inside & (table.payload_len[packets] > 0)
    direction = table.direction[packets]
    found = np.full((end - start, 2), -1, np.int64)
    rows = np.arange(end - start)
    for side in (0, 1):
        own = has_payload & (direction == side)
        at = own.argmax(axis=1)
        found[:, side] = np.where(own[rows, at], packets[rows, at], -1)
    return found


def _look(capture: Capture, flow_id: int, client_packet: int, server_packet: int) -> tuple[str, str]:
    """Protocol and host of one flow, from the first packet with payload of either end (-1 for none)."""
    client, server = (
        payload_bytes(capture, packet) if packet >= 0 else b"" for packet in (client_packet, server_packet)
    )
    seen = glimpse(client, server)
    if seen.wants_more:
        for packet in _following(capture, flow_id, client_packet):
            client += payload_bytes(capture, packet)
            seen = glimpse(client, server)
            if not seen.wants_more:
                break
    if not seen.protocols:
        seen = glimpse(server, client)  # the capture may take one end for the other
    return BETWEEN.join(seen.protocols), seen.host


def _following(capture: Capture, flow_id: int, packet: int) -> list[int]:
    """The next packets with payload that the sender of ``packet`` sent, as many as one message is believed to need."""
    flows, table = capture.flows, capture.packets
    start = int(flows.first[flow_id])
    own = flows.order[start : min(start + FIRST_PACKETS, int(flows.first[flow_id + 1]))].astype(np.int64)
    wanted = (own > packet) & (table.payload_len[own] > 0) & (table.direction[own] == table.direction[packet])
    return [int(each) for each in own[wanted][: _MAX_SEGMENTS - 1]]


def payload_bytes(capture: Capture, packet: int) -> bytes:
    """The payload of one packet. Raises CaptureChanged."""
    table = capture.packets
    return capture.segment_bytes(packet)[int(table.payload_off[packet]) - int(table.l4_off[packet]) :]
