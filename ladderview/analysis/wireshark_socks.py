"""What does Wireshark read inside a SOCKS connection? (RFC 1928, and the SOCKS 4 memo)

A client on port 1080 names the port that it wants to be connected to; once the proxy agrees, what follows is read as
on that port.
"""

from __future__ import annotations

from collections.abc import Callable

from ladderview.analysis.wireshark_desegment import Chunk, Taken
from ladderview.analysis.wireshark_http import Add, NextReader

PORT = 1080

_V4, _V5, _CONNECT = 4, 5, 1
#: Bytes of an address by its type; a name (type 3) states its own length.
_ADDRESS_SIZES = {1: 4, 4: 16}


class WiresharkSocks:
    """One SOCKS connection."""

    __slots__ = ("_choose", "_inside", "_port", "_version")

    def __init__(self, choose: Callable[[int], NextReader]) -> None:
        """``choose`` names the reader for a port."""
        self._choose = choose
        self._inside: NextReader | None = None
        self._port = 0
        self._version = 0

    def dissect(self, chunk: Chunk, direction: int, add: Add, ends: bool) -> Taken:
        """Take bytes."""
        if self._inside is not None:
            return self._inside.dissect(chunk, direction, add, ends)
        data = chunk.data
        if direction == 0:
            self._request(data)
        elif self._port and self._is_granted(data):
            self._inside = self._choose(self._port)
        return Taken(chunk.length)

    def _request(self, data: bytes) -> None:
        if len(data) >= 8 and data[0] == _V4 and data[1] == _CONNECT:
            self._version, self._port = _V4, int.from_bytes(data[2:4], "big")
        elif len(data) >= 7 and data[0] == _V5 and data[1] == _CONNECT and not data[2]:
            size = _ADDRESS_SIZES.get(data[3], data[4] + 1)
            self._version, self._port = _V5, int.from_bytes(data[4 + size : 6 + size], "big")

    def _is_granted(self, data: bytes) -> bool:
        return len(data) >= 2 and (data[1] == 0x5A if self._version == _V4 else data[0] == _V5 and not data[1])
