"""Which segments need no second look? A proof, for whole columns at once, that no rule has a problem to tell.

A segment is plain if it fits the segment before it in its own direction and the last one in the other direction, and
if both ends were calm: each end's last segment ended where everything it had sent ended, without a hole. Then no rule
of ``tcp_rules`` but ``window_update`` applies, and after it both ends are calm again. So from a calm point on, all
segments up to the first doubtful one can be skipped; what the rules would have remembered stands in the columns.

Plan: rows are sorted by flow. One running maximum a direction tells each row the row before it in either direction;
the rest is comparison of neighbours. Each condition below names the rule that it keeps quiet.

Traps: every condition errs on the side of doubt. A doubtful segment costs some microseconds, a wrongly plain one a
wrong count; tests compare the counts with those of the full analysis.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ladderview.analysis.sequence import HALF, MASK
from ladderview.analysis.tcp_rules import UNSEEN_WINDOW
from ladderview.proto.tcp import MAX_WSCALE, Flags

Bools = NDArray[np.bool_]
Index = NDArray[np.int32]
Numbers = NDArray[np.uint32]

_FIN: Final = np.uint16(Flags.FIN)
_SYN: Final = np.uint16(Flags.SYN)
_RST: Final = np.uint16(Flags.RST)
_ACK: Final = np.uint16(Flags.ACK)
_HALF: Final = np.uint32(HALF)


@dataclass(slots=True)
class Block:
    """Rows sorted by flow, then by time; the first may be context: known rows that only their followers look at.

    Attributes:
        position: int64, where each row stands in ``FlowTable.order``.
        flow: int32.
        from_server: bool.
        seq, ack, payload_len: uint32; window, flags: uint16; as in ``PacketTable``.
        context: how many of the first rows are context.
        continues: the last flow has more rows after this block.
    """

    position: NDArray[np.int64]
    flow: NDArray[np.int32]
    from_server: Bools
    seq: Numbers
    ack: Numbers
    payload_len: Numbers
    window: NDArray[np.uint16]
    flags: NDArray[np.uint16]
    context: int
    continues: bool

    def __len__(self) -> int:
        return len(self.position)


@dataclass(slots=True)
class Proof:
    """What is known about the rows of a block.

    Attributes:
        doubtful: bool; the rows that must be walked even from a calm point.
        options_matter: bool; the verdict depends on what the SYNs offered: ``window_full`` is true for some window
            scale, or ``duplicate_ack`` is unless the flow is Multipath TCP.
        tail_reset: bool; a reset without payload with nothing but such resets after it in its flow: its only verdicts
            are ``RESET`` and, where the ends were not calm, ``ACK_LOST_SEGMENT``.
        next_seq: uint32, raw number after each row.
        begin: int32, the first row of each row's flow.
        last: (client, server) int32, the last row of that end up to each row, -1 or a row of another flow if none.
        last_moving: likewise, counting only rows that take sequence numbers or are their end's first.
    """

    doubtful: Bools
    options_matter: Bools
    tail_reset: Bools
    next_seq: Numbers
    begin: Index
    last: tuple[Index, Index]
    last_moving: tuple[Index, Index]


@dataclass(slots=True)
class _Before:
    """Of each row: the row before it in its own direction (``same``) and the last one in the other (``other``)."""

    same: Index
    other: Index
    has_same: Bools
    has_other: Bools


def prove(block: Block) -> Proof:
    """Look at every row of the block and its two neighbours."""
    rows = np.arange(len(block), dtype=np.int32)
    new_flow = np.ones(len(block), np.bool_)
    np.not_equal(block.flow[1:], block.flow[:-1], out=new_flow[1:])
    begin = np.maximum.accumulate(np.where(new_flow, rows, np.int32(0)))
    one = (block.flags & (_SYN | _FIN)) != 0
    next_seq = block.seq + block.payload_len + one
    from_client = ~block.from_server
    last = (_last_where(from_client, rows), _last_where(block.from_server, rows))
    before = _before(block, begin, last)
    moving = (next_seq != block.seq) | ~before.has_same
    options_matter = _fills_window(block, before) | _repeats(block, before)
    doubtful = options_matter | _doubtful_numbers(block, before, next_seq) | _doubtful_flags(block, before)
    ack_past = _acks_past(block, before, next_seq)
    doubtful |= ack_past
    tail_reset = _tail_resets(block, before, ack_past, new_flow)
    doubtful[tail_reset] = False
    doubtful[: block.context] = tail_reset[: block.context] = False
    return Proof(
        doubtful=doubtful,
        options_matter=options_matter,
        tail_reset=tail_reset,
        next_seq=next_seq,
        begin=begin,
        last=last,
        last_moving=(_last_where(from_client & moving, rows), _last_where(block.from_server & moving, rows)),
    )


def _last_where(condition: Bools, rows: Index) -> Index:
    """For each row the last row up to it where the condition holds, or -1."""
    return np.maximum.accumulate(np.where(condition, rows, np.int32(-1)))


def _before(block: Block, begin: Index, last: tuple[Index, Index]) -> _Before:
    earlier = np.where(block.from_server[1:], last[1][:-1], last[0][:-1])
    same = np.concatenate([np.full(min(1, len(block)), -1, np.int32), earlier])
    other = np.where(block.from_server, last[0], last[1])
    return _Before(same, other, same >= begin, other >= begin)


def _doubtful_numbers(block: Block, before: _Before, next_seq: Numbers) -> Bools:
    """Rows whose numbers or window could mean something."""
    has_same, has_other = before.has_same, before.has_other
    seq, ack, payload_len = block.seq, block.ack, block.payload_len
    other_ack = ack[before.other]
    end = seq + payload_len
    # lost_segment, keep_alive and all that comes again: it must begin where its sender's last segment ended.
    doubtful: Bools = has_same & (seq != next_seq[before.same])
    # 0 means "nothing sent yet" to the rules, and 0 - 1 one before it.
    doubtful |= (seq == 0) | (~has_same & (seq == MASK))
    # zero_window; zero_window_probe
    doubtful |= block.window == 0
    doubtful |= (payload_len == 1) & has_other & (block.window[before.other] == 0)
    # An ACK number that goes back does no harm, but hides from the count of duplicates that it had gone on.
    goes_back = ack - ack[before.same] >= _HALF
    doubtful |= has_same & goes_back & ((block.flags[before.same] & _ACK) != 0)
    # spurious_retransmission
    past = end - other_ack
    doubtful |= has_other & (payload_len > 0) & (other_ack != 0) & ((past == 0) | (past >= _HALF))
    return doubtful


def _repeats(block: Block, before: _Before) -> Bools:
    """keep_alive_ack, zero_window_probe_ack, duplicate_ack: rows without payload that say nothing new.

    One with a new window is a window_update, which is no problem and changes nothing.
    """
    repeats: Bools = before.has_same & (block.payload_len == 0) & ((block.flags & (_SYN | _FIN)) == 0)
    repeats &= block.ack == block.ack[before.same]
    repeats &= block.window == block.window[before.same]
    return repeats


def _acks_past(block: Block, before: _Before, next_seq: Numbers) -> Bools:
    """ack_lost_segment: rows that acknowledge more than the other end's last segment reached."""
    past = next_seq[before.other] - block.ack >= _HALF
    acks_past: Bools = before.has_other & past & ((block.flags & _ACK) != 0)
    return acks_past


def _doubtful_flags(block: Block, before: _Before) -> Bools:
    """Resets, segments without ACK, and SYNs anywhere but at the beginning, where reused ports are told by them."""
    flags = block.flags
    doubtful: Bools = (flags & (_RST | _SYN | _ACK)) == 0
    doubtful |= (flags & _RST) != 0
    syn = np.flatnonzero(flags & _SYN)
    other = before.other[syn]
    # What stands before a context row is not known here.
    begins = ((flags[other] & (_SYN | _ACK)) == _SYN) & ~before.has_same[other] & (other >= block.context)
    answers_syn = ((flags[syn] & _ACK) != 0) & begins
    doubtful[syn] |= before.has_same[syn] | (before.has_other[syn] & ~answers_syn)
    return doubtful


def _fills_window(block: Block, before: _Before) -> Bools:
    """window_full for any window scale: the bytes past the other end's ACK are its window times a power of two."""
    fills = np.zeros(len(block), np.bool_)
    has_other = before.has_other
    window = np.where(has_other, block.window[before.other], np.uint32(UNSEEN_WINDOW))
    other_ack = np.where(has_other, block.ack[before.other], np.uint32(0))
    reached = block.seq + block.payload_len - other_ack
    rows = np.flatnonzero((block.payload_len > 0) & (reached >= window))
    window, reached = window[rows], reached[rows]
    times = reached // np.maximum(window, np.uint32(1))
    is_power = (times & (times - np.uint32(1))) == 0
    fills[rows] = is_power & (times <= 1 << MAX_WSCALE) & (times * window == reached)
    return fills


def _tail_resets(block: Block, before: _Before, ack_past: Bools, new_flow: Bools) -> Bools:
    """Resets that nothing but resets follow; see ``Proof.tail_reset``."""
    flags = block.flags
    simple = ((flags & (_RST | _SYN)) == _RST) & (block.payload_len == 0) & ~ack_past
    rows = np.flatnonzero(simple)
    # Where the other end's last segment is a reset itself its numbers may be no measure.
    unsure = before.has_other[rows] & ((flags[before.other[rows]] & _RST) != 0) & ((flags[rows] & _ACK) != 0)
    rows = rows[~unsure]
    tail = np.zeros(len(block), np.bool_)
    if not len(rows):
        return tail
    simple[:] = False
    simple[rows] = True
    ends = np.append(np.flatnonzero(new_flow)[1:], len(block))
    end = ends[np.searchsorted(ends, rows, side="right")]
    counted = np.cumsum(simple)
    tail[rows] = counted[end - 1] - counted[rows] + 1 == end - rows
    if block.continues:
        tail[block.flow == block.flow[-1]] = False
    return tail
