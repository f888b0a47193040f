"""Why does a segment have its verdicts? One or two sentences each, naming the packets it is concluded from.

Plan: one function a verdict, in a table; ``Around`` finds the packets. What a verdict means in general is told by
``reasons``, not here.

Traps: the packet that a verdict follows from may not be in the capture. Then the sentence says that, not a number.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ladderview.analysis.around import Around, Side
from ladderview.analysis.flow_analysis import FlowAnalysis
from ladderview.analysis.labels import VERDICT_ORDER
from ladderview.analysis.sequence import is_before
from ladderview.analysis.verdicts import Verdict
from ladderview.analysis.words import ENDS, count, duration, grouped, listed, ordinal
from ladderview.proto.tcp import Flags


def verdict_sentences(fa: FlowAnalysis, row: int) -> tuple[str, ...]:
    """One text for each verdict of a segment, in the order of its label, the reset last; empty where it has none."""
    verdicts = int(fa.tcp.verdicts[row])
    if not verdicts:
        return ()
    at = Around(fa, row)
    return tuple(_SENTENCES[verdict](at) for verdict in (*VERDICT_ORDER, Verdict.RESET) if verdicts & verdict)


def copied_from(fa: FlowAnalysis, row: int) -> int:
    """The row of which a segment is probably a copy that the capture holds twice, or -1."""
    verdicts = int(fa.tcp.verdicts[row])
    if not verdicts & (_REPEATS | Verdict.DUPLICATE_ACK):
        return -1
    at = Around(fa, row)
    if verdicts & _REPEATS:
        original = _original(at)
        return original if original is not None and _is_copy(at, original) else -1
    return int(fa.tcp.duplicate_ack_of[row]) if verdicts & Verdict.DUPLICATE_ACK and _asks_for_nothing(at) else -1


#: Verdicts on what was sent before.
_REPEATS = Verdict.RETRANSMISSION | Verdict.FAST_RETRANSMISSION | Verdict.SPURIOUS_RETRANSMISSION

#: No retransmission timer runs out sooner than this: timers tick in milliseconds (RFC 6298 asks for a second).
_SOONEST_RETRANSMISSION_NS = 1_000_000


def _me(at: Around) -> str:
    return ENDS[at.direction]


def _peer(at: Around) -> str:
    return ENDS[1 - at.direction]


def _has(at: Around, row: int, flag: int) -> bool:
    return bool(int(at.fa.segments.flags[row]) & flag)


def _what(at: Around) -> str:
    """What the segment carries: "these 1 440 bytes", "this SYN", "this FIN"."""
    if at.payload_len:
        return f"these {count(at.payload_len, 'byte')}" if at.payload_len > 1 else "this byte"
    return "this SYN" if at.has(Flags.SYN) else "this FIN"


def _original(at: Around) -> int | None:
    """The earlier segment that carried the first of these numbers: the analysis knows, or the first that did."""
    related = int(at.fa.tcp.related_row[at.row])
    if 0 <= related < at.row and int(at.fa.segments.direction[related]) == at.direction:
        return related
    carriers = at.own.carriers(at.seq, min(at.seq + 1, at.end), 0, at.row)
    return carriers[0] if carriers else None


def _sent_before(at: Around, original: int | None) -> str:
    """The sentence on the original of a retransmission."""
    seq = grouped(at.seq_of(at.seq, False))
    end = int(at.own.end[at.own.before(original)]) if original is not None else at.seq
    if original is None or (end <= at.seq and at.end > at.seq):
        highest = at.own.highest(at.row)
        after = f" by packet {at.number(highest[1])}" if highest is not None else ""
        return f"Seq {seq} lies before what the {_me(at)} had already sent{after}."
    earlier = duration(at.time_since(original, at.row))
    if end < at.end and at.payload_len:
        shared = count(end - at.seq, "byte")
        return f"Packet {at.number(original)} already carried the first {shared} of these, {earlier} earlier."
    return f"Packet {at.number(original)} already carried {_what(at)}, {earlier} earlier."


def _too_soon(at: Around, original: int | None) -> str:
    """The remark on a copy that comes sooner than any sender could have missed an answer, or the empty string."""
    if original is None or not _is_copy(at, original):
        return ""
    return "That is too soon for the sender to have missed an answer: the packet was probably captured twice."


def _is_copy(at: Around, original: int) -> bool:
    elapsed_ns, rtt_ns = at.time_since(original, at.row), at.fa.tcp.initial_rtt_ns
    return elapsed_ns < _SOONEST_RETRANSMISSION_NS or elapsed_ns * 2 < rtt_ns


def _retransmission(at: Around) -> str:
    original = _original(at)
    before = _sent_before(at, original)
    # What is not named before cannot be "them".
    them = ("them" if at.payload_len > 1 else "it") if "already carried" in before else _what(at)
    answer = "acknowledgment" if at.payload_len else "answer"
    reason = f"No {answer} reached the {_me(at)} in time, so it sends {them} again."
    if original is not None and at.has(Flags.SYN) and at.has(Flags.ACK) and not _has(at, original, Flags.ACK):
        reason = f"Here it acknowledges the {_peer(at)}'s own SYN as well: both ends asked at the same time."
        return f"{before} {reason}"
    told = at.gap_told_by()
    if told is not None:
        they = {"them": "they", "it": "it"}.get(them, them)
        reason = (
            f"Packet {at.number(told)} tells by SACK that {they} {'are' if at.payload_len > 1 else 'is'} missing while "
            f"later bytes have arrived, so the {_me(at)} sends {'them' if at.payload_len > 1 else 'it'} again."
        )
    return f"{before} {_too_soon(at, original) or reason}"


def _fast_retransmission(at: Around) -> str:
    original, repeats = _original(at), at.duplicates_asking()
    text, copy = _sent_before(at, original), _too_soon(at, original)
    if not repeats:
        return f"{text} {copy or _counted_as_fast(at)}"
    names = listed([at.number(row) for row in repeats], 4)
    acks = "duplicate ACKs" if len(repeats) > 1 else "duplicate ACK"
    asked = f"The {acks} {names} {'ask' if len(repeats) > 1 else 'asks'} for Seq {grouped(at.seq_of(at.seq, False))}"
    return f"{text} {asked}." + (f" {copy}" if copy else f" The {_me(at)} does not wait for its timer.")


def _counted_as_fast(at: Around) -> str:
    """Wireshark's rule counts every segment that repeats the number, with data or without."""
    source = at.previous_peer(Flags.ACK)
    name = f"packet {at.number(source)}" if source is not None else "an ACK"
    return (
        f"It comes within 20 ms of {name}, whose Ack is this Seq, so it counts as fast; but no duplicate ACK in the "
        "capture asks for it."
    )


def _spurious_retransmission(at: Around) -> str:
    original = _original(at)
    acker = at.acknowledged_by(at.end, original) if original is not None else _acked_before(at)
    text, copy = _sent_before(at, original), _too_soon(at, original)
    them = "them" if at.payload_len > 1 else "it"
    if acker is not None and acker < at.row:
        text += f" Packet {at.number(acker)} had acknowledged {them} ({_ack_text(at, acker)}): nothing was missing."
    else:
        text += f" The {_peer(at)} had acknowledged {them} before: nothing was missing."
    return f"{text} {copy}".rstrip()


def _acked_before(at: Around) -> int | None:
    """The last segment of the peer before this one, if it acknowledges all of it."""
    acker = at.acknowledged_by(at.end, -1)
    return acker if acker is not None and acker < at.row else None


def _ack_text(at: Around, row: int) -> str:
    return f"Ack = {grouped(int(at.fa.tcp.rel_ack[row]))}"


def _out_of_order(at: Around) -> str:
    highest = at.own.highest(at.row)
    seq = grouped(at.seq_of(at.seq, False))
    if highest is None:
        return f"Seq {seq} comes later than its place."
    later = at.own.carriers(at.end, highest[0] + 1, 0, at.row)
    before = at.number(later[0]) if later else at.number(highest[1])
    gap = duration(at.time_since(later[0] if later else highest[1], at.row))
    return (
        f"Seq {seq} belongs before packet {before}, which the capture has {gap} earlier. That is too soon for a "
        "retransmission: the segment was overtaken on its way."
    )


def _lost_segment(at: Around) -> str:
    highest = at.own.highest(at.row)
    if highest is None or highest[0] >= at.seq:
        return f"Bytes of the {_me(at)} before this segment are not in the capture."
    expected, source = highest
    missing = count(at.seq - expected, "byte")
    text = (
        f"After packet {at.number(source)} the next Seq of the {_me(at)} is {grouped(at.seq_of(expected, False))}, but "
        f"this one has {grouped(at.seq_of(at.seq, False))}: {missing} missing."
    )
    fillers = at.own.carriers(expected, at.seq, at.row + 1, len(at.fa.segments))
    if fillers:
        names = listed([at.number(row) for row in fillers], 3)
        return f"{text} They come later, in {names}."
    witness = at.acknowledged_by(at.seq, source)
    if witness is not None:
        return f"{text} Packet {at.number(witness)} acknowledges them, so they arrived and only the capture lacks them."
    return f"{text} They never come, and nothing in the capture acknowledges them."


def _ack_lost_segment(at: Around) -> str:
    text = f"Ack = {grouped(int(at.fa.tcp.rel_ack[at.row]))} acknowledges bytes of the {_peer(at)} that the capture "
    highest = at.peer.highest(at.row)
    if highest is None or at.ack is None or at.ack <= highest[0]:
        return f"{text}does not have, or not in order, before this packet."
    top, source = highest
    return (
        f"{text}has not shown: after packet {at.number(source)} its next Seq is {grouped(at.ack_of(top, False))}. So "
        f"{count(at.ack - top, 'byte')} reached the {_me(at)} without being captured."
    )


def _duplicate_ack(at: Around) -> str:
    first, number = int(at.fa.tcp.duplicate_ack_of[at.row]), int(at.fa.tcp.duplicate_ack_num[at.row])
    ack = grouped(int(at.fa.tcp.rel_ack[at.row]))
    source = f"packet {at.number(first)}" if first >= 0 else "an earlier packet"
    times = "" if number <= 1 else f", for the {ordinal(number)} time"
    if _asks_for_nothing(at):
        return (
            f"Repeats Ack = {ack} of {source}{times}, {duration(at.time_since(first, at.row))} later, though the "
            f"{_peer(at)} had sent nothing beyond it: the packet was probably captured twice."
        )
    text = (
        f"Repeats Ack = {ack} of {source}{times}, with no data and the same window: the {_me(at)} got a segment, but "
        f"not the one that begins at {ack}."
    )
    return text + _sack_text(at)


def _asks_for_nothing(at: Around) -> bool:
    """Whether a duplicate ACK follows what it repeats at once, and the peer had sent nothing that it could ask for."""
    first, highest = int(at.fa.tcp.duplicate_ack_of[at.row]), at.peer.highest(at.row)
    if first < 0 or at.ack is None or highest is None or highest[0] > at.ack:
        return False
    return at.time_since(first, at.row) < _SOONEST_RETRANSMISSION_NS


def _sack_text(at: Around) -> str:
    """What the SACK option says: blocks that are held, or that came twice (RFC 2883: a first block below Ack)."""
    if at.ack is None:
        return ""
    base = int(at.fa.segments.ack[at.row])
    held: list[str] = []
    twice: list[str] = []
    for left, right in at.fa.segments.options(at.row).sack:
        first, last = (at.ack_of(at.ack + edge - base, False) for edge in (left, right))
        before_ack = is_before(left, base)
        (twice if before_ack else held).append(f"{grouped(first)}–{grouped(last)}")
    text = f" It holds {listed(held)} (SACK)." if held else ""
    return text + (f" It got {listed(twice)} twice (D-SACK, RFC 2883)." if twice else "")


def _zero_window(at: Around) -> str:
    segments = at.fa.segments
    since = _shut_since(at, at.own)
    text = f"The {_me(at)} announces a window of 0: its receive buffer is full and the {_peer(at)} has to stop sending"
    if since is not None:
        text = f"The window of the {_me(at)} is still 0, as it has been since packet {at.number(since)}, and stays so"
    rows = at.next_own()
    opened = rows[segments.window[rows] > 0]
    if len(opened):
        after = duration(at.time_since(at.row, int(opened[0])))
        return f"{text} until packet {at.number(int(opened[0]))} opens it again, {after} later."
    return f"{text}{' ' if since is not None else '. It stays shut '}to the end of the capture."


def _shut_since(at: Around, side: Side) -> int | None:
    """The first of an end's segments just before this one that all have a window of 0."""
    rows = side.rows[: side.before(at.row)]
    open_at = np.flatnonzero(at.fa.segments.window[rows] > 0)
    shut = rows[int(open_at[-1]) + 1 :] if len(open_at) else rows
    return int(shut[0]) if len(shut) else None


def _closed_window(at: Around) -> str:
    """The packet in which the peer shut its window, and has not opened it since."""
    since = _shut_since(at, at.peer)
    return f"packet {at.number(since)}" if since is not None else "its last packet"


def _zero_window_probe(at: Around) -> str:
    return (
        f"The {_peer(at)} shut its window in {_closed_window(at)}. The {_me(at)} sends one byte, the next in turn, "
        "only to be told the window again."
    )


def _zero_window_probe_ack(at: Around) -> str:
    probe = at.previous_peer()
    name = f"the probe, packet {at.number(probe)}" if probe is not None else "a probe"
    return f"Answers {name}: the window of the {_me(at)} is still 0 and the byte was not taken."


def _keep_alive(at: Around) -> str:
    highest = at.own.highest(at.row)
    after = f" after packet {at.number(highest[1])}" if highest is not None else ""
    carried = "one byte that was sent before" if at.payload_len else "no data"
    text = (
        f"Seq {grouped(at.seq_of(at.seq, False))} is one less than the next Seq of the {_me(at)}{after} and the "
        f"segment carries {carried}"
    )
    source = at.previous_peer(Flags.ACK)
    if source is not None and not at.fa.segments.window[source]:
        return (
            f"{text}. Packet {at.number(source)} says that the window of the {_peer(at)} is 0, so this is how the "
            f"{_me(at)} asks whether it is open again: a zero window probe in the form of a keep-alive."
        )
    return f"{text}: it asks whether the {_peer(at)} is still there."


def _keep_alive_ack(at: Around) -> str:
    probe = at.previous_peer()
    name = f"the keep-alive, packet {at.number(probe)}," if probe is not None else "a keep-alive"
    return f"Answers {name} with the same numbers as before: the {_me(at)} is still there."


def _window_update(at: Around) -> str:
    previous = at.previous_own()
    now = grouped(int(at.fa.tcp.scaled_window[at.row]))
    text = "Carries no data and acknowledges nothing new:"
    if previous is None:
        return f"{text} it only sets the window to {now}."
    before = grouped(int(at.fa.tcp.scaled_window[previous]))
    return f"{text} it only changes the window, from {before} in packet {at.number(previous)} to {now} bytes."


def _window_full(at: Around) -> str:
    source = at.previous_peer(Flags.ACK)
    if source is None:
        return f"The {_me(at)} fills the window that the {_peer(at)} allows: it has to wait for an ACK."
    allowed = count(int(at.fa.tcp.scaled_window[source]), "byte")
    return (
        f"Packet {at.number(source)} allows {allowed} from Seq {grouped(int(at.fa.tcp.rel_ack[source]))} on, and this "
        f"segment ends exactly there: the {_me(at)} may send nothing more before the {_peer(at)} acknowledges or opens "
        "the window."
    )


def _reused_ports(at: Around) -> str:
    flow = at.fa.flow
    return (
        f"{flow.client} and {flow.server} had a connection earlier in this capture. This SYN has another initial "
        "sequence number, so it opens a new one on the same ports."
    )


def _reset(at: Around) -> str:
    previous = at.previous_peer()
    if previous is None:
        return f"The {_me(at)} gives the connection up at once (RST)."
    flags = int(at.fa.segments.flags[previous])
    if flags & Flags.SYN and not flags & Flags.ACK:
        return (
            f"The {_me(at)} answers the SYN, packet {at.number(previous)}, with a reset: nothing accepts connections "
            f"on port {at.fa.flow.server.port if at.direction else at.fa.flow.client.port}."
        )
    closing = at.previous_own(Flags.FIN)
    if closing is not None and int(at.fa.segments.payload_len[previous]):
        return (
            f"The {_me(at)} had closed in packet {at.number(closing)}; packet {at.number(previous)} brings data that "
            "nobody will read, and the reset says so."
        )
    return (
        f"The {_me(at)} gives the connection up at once (RST), after packet {at.number(previous)} of the {_peer(at)}."
    )


_SENTENCES: dict[Verdict, Callable[[Around], str]] = {
    Verdict.REUSED_PORTS: _reused_ports,
    Verdict.ZERO_WINDOW_PROBE: _zero_window_probe,
    Verdict.ZERO_WINDOW: _zero_window,
    Verdict.LOST_SEGMENT: _lost_segment,
    Verdict.KEEP_ALIVE: _keep_alive,
    Verdict.WINDOW_UPDATE: _window_update,
    Verdict.WINDOW_FULL: _window_full,
    Verdict.KEEP_ALIVE_ACK: _keep_alive_ack,
    Verdict.ZERO_WINDOW_PROBE_ACK: _zero_window_probe_ack,
    Verdict.DUPLICATE_ACK: _duplicate_ack,
    Verdict.ACK_LOST_SEGMENT: _ack_lost_segment,
    Verdict.SPURIOUS_RETRANSMISSION: _spurious_retransmission,
    Verdict.FAST_RETRANSMISSION: _fast_retransmission,
    Verdict.OUT_OF_ORDER: _out_of_order,
    Verdict.RETRANSMISSION: _retransmission,
    Verdict.RESET: _reset,
}
