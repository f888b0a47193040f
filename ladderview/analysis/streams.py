"""Which bytes did each end of a flow send?

RFC 9293 section 3.10.7.4: a receiver puts segments in sequence order, takes of each what it does not have yet (the
first copy of a byte wins, which is also Wireshark's rule) and hands bytes on once all bytes before them are there.

Plan: sequence numbers become offsets from the first byte of the direction (64 bits, so a flow of more than 4 GB does
not wrap). Nearly all segments begin where the last one ended; numpy takes those as they are. What lies below the
highest byte seen fills holes or repeats: only such segments are looked at one by one. Bytes stay in the file; a piece
remembers the segment that has it.

Traps:
- Bytes that the snap length cut off were received but not captured: they are a gap for us, and ``gap_cut`` says so.
- A keep-alive probe may carry one byte that was sent long ago (RFC 9293 section 3.8.4): in the middle of a stream the
  first copy wins, in a capture that begins late it would become the first byte. ``_origin`` leaves it out.
- An unwrapped offset is only as good as the one before it. A wild number may move an offset by 2**32, never crash.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ladderview.analysis.distinct import distinct
from ladderview.analysis.payloads import Payload, Payloads
from ladderview.analysis.segments import Segments
from ladderview.analysis.sequence import difference
from ladderview.proto.fields import Span
from ladderview.proto.tcp import Flags

if TYPE_CHECKING:
    from ladderview.capture.capture import Capture

#: Pieces from which on a stretch of the file is read at once.
_WORTH_READING_AHEAD = 8
#: A FIN this far behind the last byte, the largest window (RFC 7323 section 2.3), is believed.
_BELIEVED = 1 << 30

#: Of a segment whose payload is not in the stream.
NO_OFFSET = -(1 << 62)

_SYN, _FIN, _RST = Flags.SYN.value, Flags.FIN.value, Flags.RST.value


@dataclass(frozen=True, slots=True)
class ByteStream:
    """One direction of a flow, reassembled. Offsets count from its first byte, 0.

    Attributes:
        direction: 0 sent by the client, 1 by the server.
        piece_start, piece_end: int64, ascending and disjoint: bytes that the capture has.
        piece_row: int32, the segment that brought them.
        piece_at: uint32, where they begin in the payload of that segment.
        gap_start, gap_end: int64, ascending: bytes that it does not have.
        gap_cut: bool, a segment with these bytes was captured, but cut by the snap length.
        begins: whether offset 0 is the first byte that was sent (the SYN was captured).
        first_seq: raw sequence number of offset 0.
        end: offset past the last byte that is known to have been sent; ``end_row`` is the segment that tells it.
        fin: offset of the FIN, or -1; ``fin_row`` is its segment, or -1.
        payload: by row, the captured payload bytes of a segment.
        in_order: makes a reader of the same that is faster for rows in about the order of the file.
    """

    direction: int
    piece_start: NDArray[np.int64]
    piece_end: NDArray[np.int64]
    piece_row: NDArray[np.int32]
    piece_at: NDArray[np.uint32]
    gap_start: NDArray[np.int64]
    gap_end: NDArray[np.int64]
    gap_cut: NDArray[np.bool_]
    begins: bool
    first_seq: int
    end: int
    end_row: int
    fin: int
    fin_row: int
    payload: Payload
    in_order: Callable[[], Payload]

    def __len__(self) -> int:
        """Offset past the last byte that is known to have been sent."""
        return self.end

    def packets_for(self, span: Span) -> NDArray[np.int64]:
        """int64, ascending and distinct: rows of the segments that brought these bytes."""
        first, last = self._pieces(span.start, span.end)
        return distinct(self.piece_row[first:last].astype(np.int64))

    def missing(self, span: Span) -> int:
        """Bytes of the span that the capture does not have."""
        first, last = self._pieces(span.start, span.end)
        start = np.maximum(self.piece_start[first:last], span.start)
        end = np.minimum(self.piece_end[first:last], span.end)
        return max(span.end - span.start, 0) - int((end - start).sum())

    def parts(self, start: int, end: int) -> Iterator[tuple[int, bytes]]:
        """The bytes of ``[start, end)`` that there are, as (offset, bytes) in order.

        Raises:
            CaptureChanged: the file was cut short or replaced since it was read.
        """
        first, last = self._pieces(start, end)
        payload = self.payload if last - first < _WORTH_READING_AHEAD else self.in_order()
        for piece in range(first, last):
            at = int(self.piece_start[piece])
            skip = max(start - at, 0)
            inside = int(self.piece_at[piece])
            held = payload(int(self.piece_row[piece]))
            yield at + skip, held[inside + skip : inside + min(int(self.piece_end[piece]), end) - at]

    def read(self, start: int, end: int) -> bytes:
        """The bytes of ``[start, end)``, as far as there are any; lost ones are left out (``missing`` counts them).

        Raises:
            CaptureChanged: the file was cut short or replaced since it was read.
        """
        return b"".join(data for _, data in self.parts(start, end))

    def _pieces(self, start: int, end: int) -> tuple[int, int]:
        """The range of pieces that have bytes of ``[start, end)``."""
        first = int(np.searchsorted(self.piece_end, start, side="right"))
        return first, max(int(np.searchsorted(self.piece_start, end, side="left")), first)


Streams = tuple[ByteStream, ByteStream]


def payload_span(stream: ByteStream, row: int, seq: int, size: int) -> Span:
    """Where the payload of a segment lies in its stream, also where it repeats what an earlier one brought.

    Args:
        stream: of its direction.
        row: the segment.
        seq: raw sequence number of its first payload byte.
        size: bytes of payload.
    """
    own = np.flatnonzero(stream.piece_row == row)
    if len(own):
        at = int(stream.piece_start[own[0]]) - int(stream.piece_at[own[0]])
        return Span(at, at + size)
    before = np.flatnonzero(stream.piece_row < row)
    near = int(stream.piece_end[before].max()) if len(before) else 0
    at = near + ((seq - stream.first_seq - near + (1 << 31)) & 0xFFFF_FFFF) - (1 << 31)
    return Span(at, at + size)


def payload_offsets(stream: ByteStream, segments: Segments) -> NDArray[np.int64]:
    """int64, by row: where the payload of each segment of this direction begins, below 0 before the first byte.

    ``NO_OFFSET`` for rows that have none in the stream: of the other direction, without payload, resets.
    """
    own = (segments.direction == stream.direction) & (segments.payload_len > 0) & ((segments.flags & _RST) == 0)
    rows = np.flatnonzero(own)
    offsets = np.full(len(segments), NO_OFFSET, np.int64)
    offsets[rows] = _offsets(segments, rows, stream.first_seq)
    return offsets


def streams_of(capture: Capture, segments: Segments) -> Streams:
    """Both directions of a flow of this capture, the client's first; bytes are read when they are asked for."""
    payloads = Payloads(capture, segments.packet)
    return reassemble(segments, payloads.lengths, payloads.of, payloads.in_order)


def reassemble(
    segments: Segments, held: NDArray[np.int64], payload: Payload, in_order: Callable[[], Payload] | None = None
) -> Streams:
    """Both directions from segments.

    Args:
        segments: of one flow.
        held: int64, how many payload bytes of each row were captured.
        payload: by row, those bytes.
        in_order: makes a faster reader for rows that come in about the order of the file.
    """
    readers = payload, in_order or (lambda: payload)
    return _reassemble_one(segments, held, readers, 0), _reassemble_one(segments, held, readers, 1)


def _reassemble_one(
    segments: Segments, held: NDArray[np.int64], readers: tuple[Payload, Callable[[], Payload]], direction: int
) -> ByteStream:
    own = segments.direction == direction
    rows = np.flatnonzero(own & (segments.payload_len > 0) & ((segments.flags & _RST) == 0))
    first_seq, begins = _origin(segments, rows, direction)
    start = _offsets(segments, rows, first_seq)
    got_end = start + held[rows]
    below = np.minimum(np.maximum(-start, 0), held[rows])
    pieces = _first_copies(start + below, got_end, below, rows)
    wire_end = start + segments.payload_len[rows]
    fin, fin_row = _fin(segments, np.flatnonzero(own & ((segments.flags & _FIN) != 0)), first_seq, rows, start)
    end, end_row = _end(wire_end, rows, fin, fin_row)
    gap_start = np.concatenate((np.zeros(1, np.int64), pieces[1]))
    gap_end = np.concatenate((pieces[0], np.array([end], np.int64)))
    hole = gap_end > gap_start
    gap_start, gap_end = gap_start[hole], gap_end[hole]
    return ByteStream(
        direction,
        *pieces,
        gap_start,
        gap_end,
        _covered(gap_start, gap_end, start, wire_end),
        begins,
        first_seq,
        end,
        end_row,
        fin,
        fin_row,
        *readers,
    )


def _origin(segments: Segments, rows: NDArray[np.int64], direction: int) -> tuple[int, bool]:
    """Raw sequence number of the first byte of a direction, and whether it is the first that was sent.

    Without a SYN it is the lowest number that came before the other end acknowledged anything from the first segment
    on: what comes below it later repeats what that end had read before the capture began.
    """
    own = segments.direction == direction
    syn = np.flatnonzero(own & ((segments.flags & _SYN) != 0))
    if len(rows):
        syn = syn[syn <= rows[0]]
    if len(syn):
        return (int(segments.seq[syn[-1]]) + 1) & 0xFFFF_FFFF, True
    if not len(rows):
        return 0, False
    first = _first_of_late_capture(segments, rows)
    base = int(segments.seq[first])
    acks = np.flatnonzero(~own & ((segments.flags & Flags.ACK.value) != 0))
    ahead = (segments.ack[acks] - np.uint32(base)).view(np.int32)
    known = acks[(ahead > 0) & (acks > first)]
    early = rows[(rows >= first) & (rows < (known[0] if len(known) else len(segments)))]
    behind = (segments.seq[early] - np.uint32(base)).view(np.int32)
    lowest = int(behind.min()) if len(behind) else 0
    return (base + min(lowest, 0)) & 0xFFFF_FFFF, False


def _first_of_late_capture(segments: Segments, rows: NDArray[np.int64]) -> int:
    """The first segment that brings something new: a probe of one byte that the other end had acknowledged does not."""
    direction = int(segments.direction[rows[0]])
    for row in rows[:64].tolist():
        acks = np.flatnonzero((segments.direction[:row] != direction) & ((segments.flags[:row] & Flags.ACK.value) != 0))
        if not len(acks):
            return int(row)
        end = int(segments.seq[row]) + int(segments.payload_len[row])
        if difference(end & 0xFFFF_FFFF, int(segments.ack[acks[-1]])) > 0:
            return int(row)
    return int(rows[0])


def _offsets(segments: Segments, rows: NDArray[np.int64], first_seq: int) -> NDArray[np.int64]:
    """int64: where the payload of each row begins, counted from ``first_seq``; past 2**32 in a long stream."""
    numbers = segments.seq[rows].copy()
    numbers[(segments.flags[rows] & _SYN) != 0] += np.uint32(1)  # a SYN takes a number of its own; data follow it
    steps = np.diff(numbers, prepend=np.uint32(first_seq)).view(np.int32)
    return np.cumsum(steps, dtype=np.int64)


_Pieces = tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int32], NDArray[np.uint32]]


def _first_copies(
    start: NDArray[np.int64], end: NDArray[np.int64], at: NDArray[np.int64], rows: NDArray[np.int64]
) -> _Pieces:
    """The bytes of each segment that no segment before it brought, sorted by offset."""
    kept = end > start
    start, end, at, rows = start[kept], end[kept], at[kept], rows[kept]
    top = np.maximum.accumulate(np.concatenate((np.zeros(1, np.int64), end)))[:-1]
    new_start = np.maximum(start, top)
    fresh = end > new_start
    pieces = [
        new_start[fresh],
        end[fresh],
        rows[fresh].astype(np.int32),
        (at + new_start - start)[fresh].astype(np.uint32),
    ]
    jumps = start > top
    filling = _fill_holes(top[jumps], start[jumps], start, np.minimum(end, top))
    if filling:
        index, fill_start, fill_end = np.array(filling, np.int64).T
        extra = (
            fill_start,
            fill_end,
            rows[index].astype(np.int32),
            (at[index] + fill_start - start[index]).astype(np.uint32),
        )
        pieces = [np.concatenate(pair) for pair in zip(pieces, extra, strict=True)]
        order = np.argsort(pieces[0])
        pieces = [column[order] for column in pieces]
    return pieces[0], pieces[1], pieces[2], pieces[3]


def _fill_holes(
    hole_start: NDArray[np.int64], hole_end: NDArray[np.int64], start: NDArray[np.int64], end: NDArray[np.int64]
) -> list[tuple[int, int, int]]:
    """What segments bring below the highest byte seen before them, ``[start, end)``: (index, from, to) by index.

    Holes are ascending and disjoint by the way they arise. Each keeps a list of what is left of it, so a
    segment costs as many steps as there are holes under it, and no flow can make that many more than its bytes.
    """
    if not len(hole_start):
        return []
    first = np.searchsorted(hole_end, start, side="right")
    last = np.searchsorted(hole_start, end, side="left")
    left: dict[int, list[tuple[int, int]]] = {}
    filled: list[tuple[int, int, int]] = []
    for index in np.flatnonzero((end > start) & (last > first)).tolist():
        low, high = int(start[index]), int(end[index])
        for hole in range(int(first[index]), int(last[index])):
            open_parts = left.get(hole)
            if open_parts is None:
                open_parts = left[hole] = [(int(hole_start[hole]), int(hole_end[hole]))]
            _fill(open_parts, low, high, index, filled)
    return filled


def _fill(parts: list[tuple[int, int]], low: int, high: int, index: int, filled: list[tuple[int, int, int]]) -> None:
    """Take ``[low, high)`` out of the open parts of one hole, and note what was taken."""
    first = max(bisect_right(parts, (low, low)) - 1, 0)
    last = bisect_left(parts, (high, high))
    rest: list[tuple[int, int]] = []
    for start, end in parts[first:last]:
        taken_from, taken_to = max(start, low), min(end, high)
        if taken_from >= taken_to:
            rest.append((start, end))
            continue
        filled.append((index, taken_from, taken_to))
        if start < taken_from:
            rest.append((start, taken_from))
        if taken_to < end:
            rest.append((taken_to, end))
    parts[first:last] = rest


def _covered(
    gap_start: NDArray[np.int64], gap_end: NDArray[np.int64], start: NDArray[np.int64], end: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """Whether any segment, as it was on the wire, has bytes of each gap."""
    if not len(gap_start) or not len(start):
        return np.zeros(len(gap_start), np.bool_)
    order = np.argsort(start, kind="stable")
    start, top = start[order], np.maximum.accumulate(end[order])
    before = np.searchsorted(start, gap_end, side="left") - 1
    covered: NDArray[np.bool_] = (before >= 0) & (top[np.maximum(before, 0)] > gap_start)
    return covered


def _fin(
    segments: Segments,
    fins: NDArray[np.int64],
    first_seq: int,
    rows: NDArray[np.int64],
    start: NDArray[np.int64],
) -> tuple[int, int]:
    """Offset and row of the first FIN, or (-1, -1). It stands behind the payload of its segment."""
    if not len(fins):
        return -1, -1
    row = int(fins[0])
    # Counted from the nearest segment with payload, so that a stream of more than 2 GB does not wrap.
    near = int(np.searchsorted(rows, row, side="right")) - 1
    base, number = (int(start[near]), int(segments.seq[rows[near]])) if near >= 0 else (0, first_seq)
    if near >= 0 and segments.flags[rows[near]] & _SYN:
        number += 1
    offset = base + difference(int(segments.seq[row]), number & 0xFFFF_FFFF) + int(segments.payload_len[row])
    return (offset, row) if offset >= 0 else (-1, -1)


def _end(wire_end: NDArray[np.int64], rows: NDArray[np.int64], fin: int, fin_row: int) -> tuple[int, int]:
    """Where a direction ends and the segment that tells: its last byte on the wire, or a FIN that is not far behind."""
    last = int(wire_end.argmax()) if len(wire_end) else -1
    end, row = (max(int(wire_end[last]), 0), int(rows[last])) if last >= 0 else (0, -1)
    return (fin, fin_row) if end < fin <= end + _BELIEVED else (end, row)
