"""Which packet completes an IP datagram that came in fragments, and which packets carried it?

Plan: pieces wait under their key until those without a gap reach the piece that says it is the last; the packet
that closes the last gap carries the datagram's content, as Wireshark shows it. The datagram is then read once more
as a packet of its own.

Traps: pieces may overlap and come twice (what came first stays, RFC 791 leaves it open and this is what shows a
forged piece); a piece may never come, so what waits is bounded in bytes and the oldest is given up; a datagram may
itself be a piece of an outer one (tunnels), so completion is tried again on what came out.
"""

from __future__ import annotations

import zlib
from bisect import bisect_left
from collections import OrderedDict
from dataclasses import dataclass, field

from ladderview.capture.slow_lane import SlowRow, row_of
from ladderview.proto.stack import Fragment, walk

#: Bytes of pieces that may wait for the rest; far more than any receiver keeps (RFC 791: 15 to 120 seconds).
MAX_WAITING = 16 << 20

#: What a piece takes beside its bytes, roughly; counted too, so that tiny pieces are bounded as well.
PIECE_OVERHEAD = 200

#: Most packets that one datagram is collected from: all of 8 bytes, and each of them twice.
MAX_PACKETS = 16384

#: Longest datagram: IPv4's total length has 16 bits, IPv6's payload length too.
MAX_DATAGRAM = 65535

#: How many times what was put together may itself be a piece.
MAX_NESTING = 4

LINKTYPE_IPV4, LINKTYPE_IPV6 = 228, 229


@dataclass(frozen=True, slots=True)
class Datagram:
    """A datagram that is complete.

    Attributes:
        row: the row of the packet that completed it, read from the whole datagram: its offsets count from the
            first byte of ``data``.
        packets: indices of the packets that carry it, ascending, the completing one last.
        data: the datagram, IP header first; lengths, fragment fields and checksum as if it had come in one piece.
        linktype: LINKTYPE_IPV4 or LINKTYPE_IPV6, which ``data`` is to be read as.
    """

    row: SlowRow
    packets: tuple[int, ...]
    data: bytes
    linktype: int


@dataclass(slots=True)
class _Waiting:
    """The pieces of one datagram.

    Attributes:
        pieces: content by offset and length, in order of arrival.
        ranges: what is covered, as disjoint ``[start, end)`` in ascending order: asking it is cheap however
            many pieces an attacker sends.
        packets: the packets they came in.
        length: of the whole payload, -1 until the last piece came.
        header, next_header_off, next_protocol: of the piece at offset 0.
        size: bytes that ``pieces`` hold.
    """

    pieces: dict[tuple[int, int], bytes] = field(default_factory=dict)
    ranges: list[tuple[int, int]] = field(default_factory=list)
    packets: list[int] = field(default_factory=list)
    length: int = -1
    header: bytes = b""
    next_header_off: int = 0
    next_protocol: int = 0
    size: int = 0

    def cover(self, start: int, end: int) -> None:
        """Add to ``ranges``."""
        first = bisect_left(self.ranges, (start, start))
        if first and self.ranges[first - 1][1] >= start:
            first -= 1
        last = first
        while last < len(self.ranges) and self.ranges[last][0] <= end:
            start, end = min(start, self.ranges[last][0]), max(end, self.ranges[last][1])
            last += 1
        self.ranges[first:last] = [(start, end)]

    def complete(self) -> bool:
        """Whether no gap is left before the end."""
        return bool(self.header) and self.ranges[0][0] == 0 and 0 <= self.length <= self.ranges[0][1]

    def payload(self) -> bytes:
        """The content of all pieces; where they overlap the one that came first."""
        whole = bytearray(self.length)
        for (offset, _), content in reversed(self.pieces.items()):
            part = content[: max(0, self.length - offset)]
            whole[offset : offset + len(part)] = part
        return bytes(whole)


class Defragmenter:
    """Collects the fragments of a capture in file order."""

    def __init__(self) -> None:
        self._waiting: OrderedDict[bytes, _Waiting] = OrderedDict()
        self._size = 0

    def add(self, index: int, row: SlowRow, data: bytes) -> Datagram | None:
        """Take packet ``index`` whose ``row.fragment`` is set, with its captured bytes.

        Returns the datagram where this packet completes one, else None. A piece of which the snap length cut a
        part counts for nothing: what is missing cannot be invented.
        """
        fragment = row.fragment
        packets: tuple[int, ...] = (index,)
        result: Datagram | None = None
        for _ in range(MAX_NESTING):
            if fragment is None:
                break
            whole = self._put_together(packets, fragment, data)
            if whole is None:
                return result
            data, packets = whole
            linktype = LINKTYPE_IPV4 if data[0] >> 4 == 4 else LINKTYPE_IPV6
            inner = row_of(data, walk(data, linktype, len(data)))
            result = Datagram(inner, packets, data, linktype)
            fragment = inner.fragment
        return result

    def _put_together(
        self, packets: tuple[int, ...], fragment: Fragment, data: bytes
    ) -> tuple[bytes, tuple[int, ...]] | None:
        """The datagram and its packets, where this piece is the last that was missing."""
        content = data[fragment.start : fragment.start + fragment.length]
        header = data[fragment.ip_start : fragment.header_end]
        place = fragment.next_header_off - fragment.ip_start
        if fragment.compressed:
            inflated = _inflate(content)
            return (_datagram(header, place, fragment.next_protocol, inflated), packets) if inflated else None
        if len(content) < fragment.length or not content or fragment.offset + len(content) > MAX_DATAGRAM:
            return None
        waiting = self._waiting.setdefault(fragment.key, _Waiting())
        self._waiting.move_to_end(fragment.key)
        waiting.packets.extend(packets)
        if (fragment.offset, len(content)) not in waiting.pieces:
            waiting.pieces[fragment.offset, len(content)] = content
            waiting.cover(fragment.offset, fragment.offset + len(content))
            waiting.size += len(content) + PIECE_OVERHEAD
            self._size += len(content) + PIECE_OVERHEAD
        if fragment.offset == 0 and not waiting.header:
            waiting.header, waiting.next_header_off, waiting.next_protocol = header, place, fragment.next_protocol
        if not fragment.more and waiting.length < 0:
            waiting.length = fragment.offset + len(content)
        if not waiting.complete():
            if len(waiting.packets) > MAX_PACKETS:
                self._forget(fragment.key)
            while self._size > MAX_WAITING:
                self._forget(next(iter(self._waiting)))
            return None
        self._forget(fragment.key)
        whole = _datagram(waiting.header, waiting.next_header_off, waiting.next_protocol, waiting.payload())
        return whole, tuple(sorted(set(waiting.packets)))

    def _forget(self, key: bytes) -> None:
        self._size -= self._waiting.pop(key).size


def _inflate(content: bytes) -> bytes:
    """What DEFLATE makes of an IPComp payload (RFC 2394), bounded; empty where it is something else."""
    try:
        return zlib.decompressobj(-zlib.MAX_WBITS).decompress(content, MAX_DATAGRAM)
    except zlib.error:
        return b""


def _datagram(header: bytes, next_header_off: int, protocol: int, payload: bytes) -> bytes:
    """The headers of the first piece, made to fit the whole."""
    patched = bytearray(header)
    patched[next_header_off] = protocol
    if patched[0] >> 4 == 6:
        length = len(patched) - 40 + len(payload)
        patched[4:6] = min(length, MAX_DATAGRAM).to_bytes(2, "big")
        return bytes(patched) + payload
    total = len(patched) + len(payload)
    # A total length of 0 is how offload says "the frame decides": the one way to say more than 65535.
    patched[2:4] = (total if total <= MAX_DATAGRAM else 0).to_bytes(2, "big")
    patched[6:8] = bytes([patched[6] & 0xC0, 0])
    patched[10:12] = b"\0\0"
    words = sum(int.from_bytes(patched[i : i + 2], "big") for i in range(0, len(patched), 2))
    while words >> 16:
        words = (words & 0xFFFF) + (words >> 16)
    patched[10:12] = (words ^ 0xFFFF).to_bytes(2, "big")
    return bytes(patched) + payload
