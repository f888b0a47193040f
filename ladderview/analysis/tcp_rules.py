"""When does a segment earn a verdict? Wireshark's rules (4.0, its TCP dissector), one function a rule.

A rule is a question about one segment, what its sender has shown before it, and what the other end has shown. It
answers and changes nothing; ``judge`` asks the rules in Wireshark's order and does the book-keeping between them,
``remember`` does the book-keeping after a segment. Whoever calls them for every segment of a flow, in capture order,
has Wireshark's verdicts.

Traps, all of them Wireshark's own ways, kept because its users read our verdicts beside its:
- A number that happens to be 0 counts as "not seen yet" (``next_seq``, ``max_ackable``, and the peer's ``last_ack``).
- A segment's ACK field is compared and remembered even where the ACK flag is not set.
- ``max_ackable`` stays behind at a hole until the very segment that begins there has come; only then it jumps to
  ``next_seq``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple

from ladderview.analysis.sequence import MASK, is_after, is_at_or_before, is_before
from ladderview.analysis.verdicts import Verdict
from ladderview.proto.tcp import Flags

FIN: Final = int(Flags.FIN)
SYN: Final = int(Flags.SYN)
RST: Final = int(Flags.RST)
ACK: Final = int(Flags.ACK)
#: The flags that open or end a connection; most rules do not look at such segments.
OPEN_OR_END: Final = SYN | FIN | RST

#: The window of an end that has sent nothing yet: no window field can hold it.
UNSEEN_WINDOW: Final = MASK
#: ``End.wscale`` while nothing is known, and once it is known that windows are not scaled.
WSCALE_UNKNOWN: Final = -1
WSCALE_UNUSED: Final = -2

#: A shift that leaves nothing of a window: where its scale is not known.
NO_SHIFT: Final = 32

#: How long after the last duplicate ACK a retransmission still counts as fast.
FAST_RETRANSMISSION_NS: Final = 20_000_000
#: How late a segment may come and still be out of order, where no handshake tells the round-trip time.
REORDER_NS: Final = 3_000_000
#: ``End.duplicate_acks`` after the count was used to keep quiet about a loss. Wireshark's counter has no sign, so that
#: there this is a very large number of duplicate ACKs.
KEPT_QUIET: Final = -1
#: Wireshark counts nanoseconds in 64 bits without sign: time that runs backwards is a very long time.
_MASK_64: Final = 2**64 - 1


class Segment(NamedTuple):
    """One segment as the rules see it; numbers are raw, ``row`` counts within the flow."""

    row: int
    ts_ns: int
    seq: int
    ack: int
    payload_len: int
    window: int
    flags: int

    @property
    def next_seq(self) -> int:
        """The sequence number after this segment (SYN and FIN count one between them, as in Wireshark)."""
        return (self.seq + self.payload_len + (1 if self.flags & (SYN | FIN) else 0)) & MASK


class End:
    """What the segments of one end have shown so far.

    Attributes:
        base_seq: raw number that relative 0 stands for, or None while unknown.
        next_seq: the highest number after any of its segments, 0 while there is none; ``next_seq_ns`` is the time of
            that segment.
        max_ackable: up to where its segments were seen without a hole, 0 while none was seen.
        last_ack, last_ack_ns, window: of its latest segment.
        last_verdicts: of its latest segment.
        last_new_ack_row: the row at which its ACK number last changed.
        duplicate_acks: how often it has repeated that number, or ``KEPT_QUIET``.
        wscale: shift count of its windows, or ``WSCALE_UNKNOWN``, ``WSCALE_UNUSED``.
        is_first_ack: it has sent a SYN and no ACK after it: its window is the unscaled one of the SYN.
        shift: by how much its latest window counts, ``NO_SHIFT`` while the scale is not known.
        multipath_news: since its latest segment the flow has used a kind of Multipath TCP option for the first time.
        in_flight_known: no hole in what it sent since the other end last acknowledged.
        reorder_ns: how late a segment may come and still be out of order.
    """

    __slots__ = (
        "base_seq",
        "duplicate_acks",
        "in_flight_known",
        "is_first_ack",
        "last_ack",
        "last_ack_ns",
        "last_new_ack_row",
        "last_verdicts",
        "max_ackable",
        "multipath_news",
        "next_seq",
        "next_seq_ns",
        "reorder_ns",
        "shift",
        "window",
        "wscale",
    )

    def __init__(self) -> None:
        self.base_seq: int | None = None
        self.next_seq = 0
        self.next_seq_ns = 0
        self.max_ackable = 0
        self.last_ack = 0
        self.last_ack_ns = 0
        self.window = UNSEEN_WINDOW
        self.last_verdicts = 0
        self.last_new_ack_row = -1
        self.duplicate_acks = 0
        self.wscale = WSCALE_UNKNOWN
        self.is_first_ack = False
        self.shift = NO_SHIFT
        self.multipath_news = False
        self.in_flight_known = True
        self.reorder_ns = REORDER_NS

    def find_shift(self) -> None:
        """Set ``shift`` after ``wscale`` or ``is_first_ack`` has changed."""
        if self.wscale == WSCALE_UNKNOWN:
            self.shift = NO_SHIFT
        else:
            self.shift = 0 if self.is_first_ack or self.wscale == WSCALE_UNUSED else self.wscale

    def has_acked(self) -> None:
        """Note that it has sent an ACK that is no SYN."""
        if self.is_first_ack:
            self.is_first_ack = False
            self.find_shift()


# -- rules about the numbers and the window, in Wireshark's order ---------------------------------------------------


def zero_window_probe(segment: Segment, sender: End, peer: End) -> bool:
    """One new byte, exactly the next expected, sent while the other end's window is closed."""
    return segment.payload_len == 1 and segment.seq == sender.next_seq and peer.window == 0


def zero_window(segment: Segment, sender: End, peer: End) -> bool:
    """The window is 0 on a segment that neither opens nor ends the connection."""
    return segment.window == 0 and not segment.flags & OPEN_OR_END


def lost_segment(segment: Segment, sender: End, peer: End) -> bool:
    """The segment begins past everything its sender was seen to send, and is no reset."""
    return bool(sender.next_seq) and is_after(segment.seq, sender.next_seq) and not segment.flags & RST


def keep_alive(segment: Segment, sender: End, peer: End) -> bool:
    """At most one byte, beginning one before the next expected number."""
    return segment.payload_len <= 1 and segment.seq == (sender.next_seq - 1) & MASK and not segment.flags & OPEN_OR_END


def _repeats_numbers(segment: Segment, sender: End) -> bool:
    """An empty segment in order that acknowledges the same as its sender's segment before."""
    return (
        segment.payload_len == 0
        and segment.seq == sender.next_seq
        and segment.ack == sender.last_ack
        and not segment.flags & OPEN_OR_END
    )


def window_update(segment: Segment, sender: End, peer: End) -> bool:
    """Nothing new but the window, and that is open."""
    return segment.window not in (0, sender.window) and _repeats_numbers(segment, sender)


def window_full(segment: Segment, sender: End, peer: End) -> bool:
    """The payload reaches exactly to the right edge of the window that the other end offers."""
    if segment.payload_len == 0 or segment.flags & OPEN_OR_END or peer.shift == NO_SHIFT:
        return False
    return (segment.seq + segment.payload_len) & MASK == (peer.last_ack + (peer.window << peer.shift)) & MASK


def _repeats_all(segment: Segment, sender: End) -> bool:
    """Nothing new at all, not even the window."""
    return segment.window == sender.window and _repeats_numbers(segment, sender)


def keep_alive_ack(segment: Segment, sender: End, peer: End) -> bool:
    """An open window and old numbers repeated right after the other end's keep-alive."""
    return bool(segment.window and peer.last_verdicts & Verdict.KEEP_ALIVE.value and _repeats_all(segment, sender))


def zero_window_probe_ack(segment: Segment, sender: End, peer: End) -> bool:
    """A closed window and old numbers repeated right after the other end's zero window probe."""
    return bool(
        not segment.window and peer.last_verdicts & Verdict.ZERO_WINDOW_PROBE.value and _repeats_all(segment, sender)
    )


def duplicate_ack(segment: Segment, sender: End, peer: End) -> bool:
    """An empty segment that says again, with an open window, what its sender's segment before it said.

    Multipath TCP sends such segments for the sake of their options (RFC 8684 section 3.4.1), which are no duplicates.
    """
    return segment.window != 0 and _repeats_all(segment, sender) and not sender.multipath_news


def ack_lost_segment(segment: Segment, sender: End, peer: End) -> bool:
    """It acknowledges more than the other end was seen to send without a hole."""
    return bool(peer.max_ackable and segment.flags & ACK) and is_after(segment.ack, peer.max_ackable)


# -- rules about bytes that come again or late, in Wireshark's order ------------------------------------------------


def does_not_advance(segment: Segment, sender: End) -> bool:
    """The segment begins before the next expected number; one byte before does not count if it has more than that."""
    if not sender.next_seq or not is_before(segment.seq, sender.next_seq):
        return False
    return not (segment.payload_len > 1 and segment.seq == (sender.next_seq - 1) & MASK)


def spurious_retransmission(segment: Segment, sender: End, peer: End) -> bool:
    """All its bytes had been acknowledged by the other end's latest segment."""
    return (
        segment.payload_len > 0
        and peer.last_ack != 0
        and is_at_or_before((segment.seq + segment.payload_len) & MASK, peer.last_ack)
    )


def fast_retransmission(segment: Segment, sender: End, peer: End) -> bool:
    """It sends again what at least two duplicate ACKs ask for, less than 20 ms after the last of them."""
    return (
        (peer.duplicate_acks >= 2 or peer.duplicate_acks == KEPT_QUIET)
        and peer.last_ack == segment.seq
        and (segment.ts_ns - peer.last_ack_ns) & _MASK_64 < FAST_RETRANSMISSION_NS
        and does_not_advance(segment, sender)
    )


def out_of_order(segment: Segment, sender: End, peer: End) -> bool:
    """It comes late by less than a round trip, and does not end just where the latest data ended."""
    return (
        (segment.ts_ns - sender.next_seq_ns) & _MASK_64 < sender.reorder_ns & _MASK_64
        and does_not_advance(segment, sender)
        and segment.next_seq != sender.next_seq
    )


def retransmission(segment: Segment, sender: End, peer: End) -> bool:
    """It begins before the next expected number, and no rule above has a better explanation."""
    return does_not_advance(segment, sender)


Rule = Callable[[Segment, End, End], bool]

#: (verdict, rule, whether a yes ends the questions about numbers and window).
_Asked = tuple[int, Rule, bool]
_PROBE_RULE: Final[_Asked] = (Verdict.ZERO_WINDOW_PROBE.value, zero_window_probe, True)
_ZERO_WINDOW_RULE: Final[_Asked] = (Verdict.ZERO_WINDOW.value, zero_window, False)
_LOST_RULE: Final[_Asked] = (Verdict.LOST_SEGMENT.value, lost_segment, False)
_KEEP_ALIVE_RULE: Final[_Asked] = (Verdict.KEEP_ALIVE.value, keep_alive, False)

#: What is asked of which segment, in Wireshark's order; left out are rules that could not say yes.
OPEN_OR_END_RULES: Final[tuple[_Asked, ...]] = (_PROBE_RULE, _LOST_RULE)
DATA_RULES: Final[tuple[_Asked, ...]] = (
    _PROBE_RULE,
    _ZERO_WINDOW_RULE,
    _LOST_RULE,
    _KEEP_ALIVE_RULE,
    (Verdict.WINDOW_FULL.value, window_full, False),
)
EMPTY_RULES: Final[tuple[_Asked, ...]] = (
    _ZERO_WINDOW_RULE,
    _LOST_RULE,
    _KEEP_ALIVE_RULE,
    (Verdict.WINDOW_UPDATE.value, window_update, False),
    (Verdict.KEEP_ALIVE_ACK.value, keep_alive_ack, True),
    (Verdict.ZERO_WINDOW_PROBE_ACK.value, zero_window_probe_ack, True),
    (Verdict.DUPLICATE_ACK.value, duplicate_ack, False),
)

#: Asked of a segment with payload, SYN or FIN that is no keep-alive; the first yes is the verdict.
AGAIN_RULES: Final[tuple[tuple[int, Rule], ...]] = (
    (Verdict.SPURIOUS_RETRANSMISSION.value, spurious_retransmission),
    (Verdict.FAST_RETRANSMISSION.value, fast_retransmission),
    (Verdict.OUT_OF_ORDER.value, out_of_order),
    (Verdict.RETRANSMISSION.value, retransmission),
)

#: Beside verdicts, though none: Wireshark has something to note about the segment and then says nothing.
NOTED: Final = 1 << 31

_LOST: Final = Verdict.LOST_SEGMENT.value
_DUPLICATE: Final = Verdict.DUPLICATE_ACK.value
_ACK_LOST: Final = Verdict.ACK_LOST_SEGMENT.value
_KEEP_ALIVE: Final = Verdict.KEEP_ALIVE.value
_PROBE: Final = Verdict.ZERO_WINDOW_PROBE.value
_RESET: Final = Verdict.RESET.value


def judge(segment: Segment, sender: End, peer: End) -> int:
    """All verdicts on a segment but ``REUSED_PORTS``, and ``NOTED``; changes ``sender`` and ``peer`` accordingly."""
    verdicts = _RESET if segment.flags & RST else 0
    rules = DATA_RULES if segment.payload_len else EMPTY_RULES
    if segment.flags & OPEN_OR_END:
        rules = OPEN_OR_END_RULES
    for verdict, rule, ends_questions in rules:
        if rule(segment, sender, peer):
            verdicts |= verdict
            if ends_questions:
                break
    if verdicts & _LOST:
        sender.in_flight_known = False
    if verdicts & _DUPLICATE:
        sender.duplicate_acks = max(sender.duplicate_acks, 0) + 1
    if segment.ack != sender.last_ack:
        sender.last_new_ack_row = segment.row
        sender.duplicate_acks = 0
    if ack_lost_segment(segment, sender, peer):
        verdicts |= _say_once(peer)
    if (segment.payload_len or segment.flags & (SYN | FIN)) and not verdicts & _KEEP_ALIVE:
        for verdict, rule in AGAIN_RULES:
            if rule(segment, sender, peer):
                return verdicts | verdict
    return verdicts


def _say_once(peer: End) -> int:
    """The verdict on an ACK of something lost, or ``NOTED`` where the same loss was pointed out before."""
    if is_before(peer.max_ackable, peer.next_seq):
        peer.max_ackable = peer.next_seq
        return _ACK_LOST
    told = peer.duplicate_acks != 0
    peer.duplicate_acks = KEPT_QUIET
    return NOTED if told else _ACK_LOST


def remember(segment: Segment, verdicts: int, sender: End) -> None:
    """Note in ``sender`` what later segments are compared with."""
    next_seq = segment.next_seq
    if not verdicts & _PROBE:
        if not sender.next_seq or is_after(next_seq, sender.next_seq):
            sender.next_seq = next_seq
            sender.next_seq_ns = segment.ts_ns
        if not sender.max_ackable or segment.seq == sender.max_ackable:
            sender.max_ackable = sender.next_seq
    sender.window = segment.window
    sender.last_ack = segment.ack
    sender.last_ack_ns = segment.ts_ns
    sender.last_verdicts = verdicts
    sender.multipath_news = False
