"""Packets to flows: one flow is one TCP connection, one incarnation of its 4-tuple."""

from __future__ import annotations

import socket
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import overload

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, order=True)
class Endpoint:
    """One end of a flow.

    Attributes:
        address: as RFC 5952 writes it (IPv6) or dotted (IPv4).
        port: 0 to 65535.
    """

    address: str
    port: int

    def __str__(self) -> str:
        return f"[{self.address}]:{self.port}" if ":" in self.address else f"{self.address}:{self.port}"


class ClientKnownBy(IntEnum):
    """How the client of a flow was decided, best evidence first."""

    SYN = 0
    SYN_ACK = 1
    PORT = 2
    FIRST_PACKET = 3


@dataclass(frozen=True, slots=True)
class Flow:
    """One TCP connection.

    Attributes:
        id: Wireshark's ``tcp.stream``.
        client: who opened it, see ``client_known_by``.
        server: the other end.
        packets: int64, the rows of its packets in the ``PacketTable``, ascending.
        client_known_by: how the client was decided.
    """

    id: int
    client: Endpoint
    server: Endpoint
    packets: NDArray[np.int64]
    client_known_by: ClientKnownBy


@dataclass(frozen=True, slots=True)
class FlowTable:
    """One row a flow, in the order of ``tcp.stream``; columns for the list and for screening.

    Attributes:
        client, server: endpoints, a sequence each; an endpoint is worded when it is asked for.
        client_known_by: uint8, a ``ClientKnownBy``.
        reused_ports: bool, an earlier flow had the same two endpoints (``tcp.analysis.reused_ports`` of its SYN).
        packets: uint32, packets of the flow.
        client_bytes, server_bytes: uint64, TCP payload bytes sent by each (retransmitted bytes count again).
        start_ns, end_ns: int64, the first and the last packet, nanoseconds since the epoch.
        order: uint32 (int64 past 2**32 packets), rows of the ``PacketTable`` sorted by flow, then by row;
            packets without a flow are left out.
        first: int64, shape (flows + 1,): flow ``i`` owns ``order[first[i]:first[i + 1]]``.
    """

    client: Sequence[Endpoint]
    server: Sequence[Endpoint]
    client_known_by: NDArray[np.uint8]
    reused_ports: NDArray[np.bool_]
    packets: NDArray[np.uint32]
    client_bytes: NDArray[np.uint64]
    server_bytes: NDArray[np.uint64]
    start_ns: NDArray[np.int64]
    end_ns: NDArray[np.int64]
    order: NDArray[np.uint32] | NDArray[np.int64]
    first: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.client)

    def flow(self, flow_id: int) -> Flow:
        """The flow with this ``tcp.stream``; IndexError where there is none."""
        if not 0 <= flow_id < len(self):
            raise IndexError(flow_id)
        rows = self.order[self.first[flow_id] : self.first[flow_id + 1]].astype(np.int64)
        known_by = ClientKnownBy(int(self.client_known_by[flow_id]))
        return Flow(flow_id, self.client[flow_id], self.server[flow_id], rows, known_by)


class Endpoints(Sequence[Endpoint]):
    """One end of each flow, from the words of its pair; ten million endpoint objects would be gigabytes."""

    def __init__(self, words: NDArray[np.uint64], pair: NDArray[np.int32], high: NDArray[np.bool_]) -> None:
        """Take the words of all pairs (see ``pairs``), the pair of each flow, and which end of it is meant."""
        self._words, self._pair, self._high = words, pair, high

    def __len__(self) -> int:
        return len(self._pair)

    @overload
    def __getitem__(self, index: int) -> Endpoint: ...
    @overload
    def __getitem__(self, index: slice) -> list[Endpoint]: ...
    def __getitem__(self, index: int | slice) -> Endpoint | list[Endpoint]:
        if isinstance(index, slice):
            words = self._words[:, self._pair[index]].T.tolist()
            return [_endpoint(*both) for both in zip(words, self._high[index].tolist(), strict=True)]
        return _endpoint(self._words[:, self._pair[index]].tolist(), bool(self._high[index]))


def _endpoint(words: list[int], high: bool) -> Endpoint:
    """One end of a pair: its upper words where ``high``, else its lower ones."""
    first, second = words[2:4] if high else words[:2]
    port = words[4] & 0xFFFF if high else words[4] >> 16 & 0xFFFF
    if words[4] >> 32 == 4:
        return Endpoint(socket.inet_ntop(socket.AF_INET, second.to_bytes(4, "big")), port)
    return Endpoint(socket.inet_ntop(socket.AF_INET6, (first << 64 | second).to_bytes(16, "big")), port)
