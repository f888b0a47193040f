"""What is a segment of this kind for, and what happens next? One short paragraph a kind, with the RFC section.

Plan: ``_KINDS`` is a list of (kind, test), asked in order, so what is most remarkable about a segment decides;
``_PARAGRAPHS`` has the words. What *this* segment's numbers say is told by ``arithmetic`` and ``sentences``.
"""

from __future__ import annotations

from collections.abc import Callable

from ladderview.analysis.around import Around
from ladderview.analysis.flow_analysis import FlowAnalysis
from ladderview.analysis.verdicts import Verdict
from ladderview.analysis.words import ENDS
from ladderview.proto.tcp import Flags

_PARAGRAPHS: dict[str, str] = {
    "syn": (
        "The {me} asks for a connection. It chooses an initial sequence number, from which all its bytes are "
        "counted, and may offer options, such as MSS, window scale, SACK and timestamps. The {peer} should answer "
        "with SYN, ACK, or refuse with a reset; without an answer within a second or so the SYN is sent again (RFC "
        "9293 §3.5)."
    ),
    "simultaneous syn": (
        "Both ends asked for a connection at the same time. Each acknowledges the other's SYN, and one connection "
        "comes of it, not two (RFC 9293 §3.5, simultaneous open)."
    ),
    "syn ack": (
        "The {me} accepts: it acknowledges the {peer}'s SYN, which counts one number, and sends its own with its "
        "own initial sequence number. Options that both SYNs carry are agreed from here on. The {peer} "
        "acknowledges, and both ends are ESTABLISHED (RFC 9293 §3.5)."
    ),
    "third": (
        "The third step of the handshake: the {me} acknowledges the {peer}'s SYN. Both ends now know each other's "
        "initial sequence number, so that an old, stray segment cannot be taken for part of this connection. Data "
        "may follow at once (RFC 9293 §3.5)."
    ),
    "refused": (
        "A reset in answer to a SYN: nobody listens on this port at the {me}, or something on the way forbids it. "
        "Ack covers the SYN, so that the {peer} knows that the refusal is meant for it (RFC 9293 §3.5.2, "
        "§3.10.7.1)."
    ),
    "reset": (
        "A reset ends the connection at once, without the exchange of FINs. What was not yet delivered is thrown "
        "away, the reset is not acknowledged and nothing follows; the {peer}'s program is told “connection reset” "
        "(RFC 9293 §3.5.2, §3.5.3)."
    ),
    "fin": (
        "The {me} has nothing more to send. The FIN counts one number and is acknowledged like a byte. The {peer} "
        "may go on sending, and closes its own direction with a FIN of its own (RFC 9293 §3.6)."
    ),
    "second fin": (
        "The {me} closes its direction too. When the {peer} has acknowledged this FIN, both directions are closed; "
        "the end that closed first then waits in TIME-WAIT, twice the longest life of a segment, so that a stray "
        "copy cannot disturb a new connection on the same ports (RFC 9293 §3.6, §3.3.2)."
    ),
    "crossed fin": (
        "The {me} closes its direction before the {peer}'s FIN has reached it: both close at the same time, and their "
        "FINs cross. Each acknowledges the other's; both go through CLOSING, and both wait in TIME-WAIT (RFC 9293 "
        "§3.6, simultaneous close)."
    ),
    "ack of fin": (
        "The {me} acknowledges the {peer}'s FIN, which counts one number: Ack is one more than the FIN's own. That "
        "direction is closed; the other stays open until the {me}'s FIN (RFC 9293 §3.6)."
    ),
    "last ack": (
        "The {me} acknowledges the {peer}'s FIN, which counts one number: Ack is one more than the FIN's own. Now both "
        "directions are closed. The end that closed first waits in TIME-WAIT: if this ACK is lost the other sends its "
        "FIN again, and somebody has to be there to answer (RFC 9293 §3.6, §3.3.2)."
    ),
    "ack of crossed fin": (
        "The {me} acknowledges the {peer}'s FIN, which crossed its own: Ack is one more than the FIN's own number. The "
        "{me} is in CLOSING until its own FIN is acknowledged, then both wait in TIME-WAIT (RFC 9293 §3.6, "
        "simultaneous close)."
    ),
    "keep-alive": (
        "Nothing has been said for a while and the {me} wants to know whether the {peer} is still there. It sends a"
        " number that was acknowledged long ago; the {peer} has to answer with the ACK it sent before. Routers and "
        "firewalls on the way see traffic and keep the connection in their tables (RFC 9293 §3.8.4, RFC 1122 "
        "§4.2.3.6)."
    ),
    "keep-alive ack": (
        "The answer to a keep-alive: the segment had an old number, and an unacceptable segment is answered with "
        "the current ACK. The connection is alive (RFC 9293 §3.8.4, §3.10.7.4)."
    ),
    "zero window probe": (
        "The {peer}'s window is 0. An ACK that opens it again carries no data and so is not retransmitted: if it "
        "were lost, both ends would wait for ever. So the {me} probes from time to time (RFC 9293 §3.8.6.1)."
    ),
    "zero window probe ack": (
        "The answer to a zero window probe says Ack and window as they are. The {me} will send a window update as "
        "soon as its program has read something (RFC 9293 §3.8.6.1)."
    ),
    "zero window": (
        "The {me}'s program does not read as fast as data arrives and its buffer is full. The {peer} has to stop "
        "and probes from time to time; a window update will let it go on. The slowness is in the program that "
        "reads, not in the network (RFC 9293 §3.8.6)."
    ),
    "window full": (
        "The {me} has filled the window that the {peer} allows. It waits for an ACK, so that here the {peer}'s "
        "buffer limits the speed, not the network (RFC 9293 §3.8.6)."
    ),
    "window update": (
        "The {me}'s program has read data and made room: the new window lets the {peer} send more. Nothing is "
        "acknowledged that was not before (RFC 9293 §3.8.6)."
    ),
    "duplicate ack": (
        "An ACK says which byte is expected next. When a later byte comes first, the receiver repeats its last ACK "
        "at once, for each segment that comes out of turn. After the third repetition the sender takes the segment "
        "for lost and sends it again (RFC 5681 §3.2). Few repetitions may also mean reordering on the way."
    ),
    "spurious retransmission": (
        "Sent again although it had been acknowledged: the ACK was late or lost, or the sender's timer is too short"
        " for this path. It costs bandwidth and slows the sender down; the {peer} drops the copy and acknowledges "
        "again (RFC 6298 §5, RFC 9293 §3.8.1)."
    ),
    "fast retransmission": (
        "Three duplicate ACKs are strong evidence for one lost segment while later ones arrive. The sender fills "
        "the gap without waiting for its timer and reduces its congestion window (RFC 5681 §3.2). Once it arrives, "
        "one ACK covers everything that was waiting behind it."
    ),
    "fast retransmission unasked": (
        "It comes right after an ACK, as a fast retransmission does, but the capture has no duplicate ACKs that ask for"
        " it. What the {peer} sent may have made the {me} say it again, or its timer ran out just then (RFC 5681 "
        "§3.2, RFC 6298 §5)."
    ),
    "sack retransmission": (
        "SACK tells the {me} which bytes the {peer} holds, and so which are missing. In recovery the gaps are filled "
        "one after the other, without waiting for the timer (RFC 2018 §5, RFC 6675 §5); where the timer runs out "
        "first, they are filled all the same (RFC 6298 §5)."
    ),
    "retransmission": (
        "Every byte is kept until it is acknowledged. When the retransmission timer runs out first, it is sent "
        "again, the timer is doubled and the congestion window shrinks to one segment (RFC 9293 §3.8.1, RFC 6298 "
        "§5, RFC 5681 §3.1). The segment or its ACK was lost, or is later than the timer."
    ),
    "out of order": (
        "The network may deliver segments in another order than they were sent. The receiver keeps what came too "
        "early, sends duplicate ACKs meanwhile, and the sequence numbers put everything into its place (RFC 9293 "
        "§3.4, §3.10.7.4)."
    ),
    "gap": (
        "The sequence number jumps: something before this segment was lost on the way, took longer, or was not "
        "captured. If it was lost, duplicate ACKs and a retransmission follow; if only the capture lacks it, the "
        "{peer} acknowledges as though nothing had happened (RFC 9293 §3.4)."
    ),
    "unseen": (
        "An ACK is cumulative: it says that every byte before it has arrived. Here it covers bytes that the capture"
        " never saw, so the capture has a gap, not the connection (RFC 9293 §3.4)."
    ),
    "push": (
        "The {me} sends data. PSH asks the {peer} to hand what it has to its program without waiting for more; a "
        "sender sets it on the last segment of what its program wrote at once. The {peer} acknowledges with Seq + "
        "Len (RFC 9293 §3.4, §3.9.1.2)."
    ),
    "data": (
        "The {me} sends data, and more follows at once. Seq is the number of its first byte; the {peer} "
        "acknowledges with the number of the byte it expects next, Seq + Len, often for every second segment only "
        "(RFC 9293 §3.4, §3.8.6.3)."
    ),
    "ack": (
        "The {me} has no data to send and only acknowledges: Ack is the number of the byte it expects next, "
        "everything before has arrived. Such a segment takes no sequence number, so it is itself never acknowledged"
        " (RFC 9293 §3.4)."
    ),
    "other": (
        "This segment carries no ACK, and after the handshake every segment has to: the {peer} drops it (RFC 9293 "
        "§3.10.7.4)."
    ),
}


def why(fa: FlowAnalysis, row: int) -> str:
    """The paragraph for one segment."""
    direction = int(fa.segments.direction[row])
    return _PARAGRAPHS[kind_of(fa, row)].format(me=ENDS[direction], peer=ENDS[1 - direction])


def kind_of(fa: FlowAnalysis, row: int) -> str:
    """What is most remarkable about one segment: a key of the paragraphs."""
    at = Around(fa, row)
    return next((name for name, test in _KINDS if test(at)), "other")


def _flagged(verdict: Verdict) -> Callable[[Around], bool]:
    return lambda at: bool(int(at.fa.tcp.verdicts[at.row]) & verdict)


def _is_unasked(at: Around) -> bool:
    return _flagged(Verdict.FAST_RETRANSMISSION)(at) and not at.duplicates_asking()


def _fills_told_gap(at: Around) -> bool:
    return _flagged(Verdict.RETRANSMISSION)(at) and at.gap_told_by() is not None


def _is_refusal(at: Around) -> bool:
    previous = at.previous_peer()
    if not at.has(Flags.RST) or previous is None or at.previous_own(Flags.SYN) is not None:
        return False
    return int(at.fa.segments.flags[previous]) & (Flags.SYN | Flags.ACK) == Flags.SYN


def _is_bare_syn(at: Around) -> bool:
    return at.has(Flags.SYN) and not at.has(Flags.ACK)


def _is_simultaneous_syn(at: Around) -> bool:
    """Both ends have sent a SYN without ACK: this is the second of them, or the SYN, ACK that answers it."""
    other = at.previous_peer(Flags.SYN)
    if not at.has(Flags.SYN) or other is None or int(at.fa.segments.flags[other]) & Flags.ACK:
        return False
    mine = at.previous_own(Flags.SYN)
    return not at.has(Flags.ACK) or (mine is not None and not int(at.fa.segments.flags[mine]) & Flags.ACK)


def _acknowledges_first(flag: Flags) -> Callable[[Around], bool]:
    """Whether this pure ACK is the first that reaches the end of the peer's segment with this flag."""

    def test(at: Around) -> bool:
        flagged = at.previous_peer(flag)
        if flagged is None or at.ack is None or at.payload_len or at.has(Flags.SYN | Flags.FIN | Flags.RST):
            return False
        if at.ack != int(at.peer.end[at.peer.before(flagged)]):
            return False
        previous = at.previous_own(Flags.ACK)
        return previous is None or int(at.fa.segments.ack[previous]) != int(at.fa.segments.ack[at.row])

    return test


def _is_crossed_fin(at: Around) -> bool:
    """Whether this FIN was sent after the peer's without acknowledging it."""
    other = at.previous_peer(Flags.FIN)
    if not at.has(Flags.FIN) or other is None or at.ack is None:
        return False
    return at.ack < int(at.peer.end[at.peer.before(other)])


def _acknowledges_last_fin(at: Around) -> bool:
    """Whether this pure ACK is the first of the peer's FIN, and its own end has closed before."""
    return at.previous_own(Flags.FIN) is not None and _acknowledges_first(Flags.FIN)(at)


def _acknowledges_crossed_fin(at: Around) -> bool:
    """Whether, besides, the peer had not acknowledged this end's FIN when it sent its own."""
    mine, other = at.previous_own(Flags.FIN), at.previous_peer(Flags.FIN)
    if mine is None or other is None or not _acknowledges_last_fin(at):
        return False
    acked = at.acknowledged_by(int(at.own.end[at.own.before(mine)]), mine)
    return acked is None or acked > other


def _asks_for_window(at: Around) -> bool:
    """A probe of a closed window; many senders give it the form of a keep-alive."""
    verdicts = int(at.fa.tcp.verdicts[at.row])
    if not verdicts & Verdict.KEEP_ALIVE:
        return bool(verdicts & Verdict.ZERO_WINDOW_PROBE)
    source = at.previous_peer(Flags.ACK)
    return source is not None and not at.fa.segments.window[source]


def _is_plain_ack(at: Around) -> bool:
    return at.has(Flags.ACK) and not at.payload_len


#: (kind, test), the first that holds decides.
_KINDS: tuple[tuple[str, Callable[[Around], bool]], ...] = (
    ("refused", _is_refusal),
    ("reset", lambda at: at.has(Flags.RST)),
    ("simultaneous syn", _is_simultaneous_syn),
    ("spurious retransmission", _flagged(Verdict.SPURIOUS_RETRANSMISSION)),
    ("fast retransmission unasked", _is_unasked),
    ("fast retransmission", _flagged(Verdict.FAST_RETRANSMISSION)),
    ("out of order", _flagged(Verdict.OUT_OF_ORDER)),
    ("sack retransmission", _fills_told_gap),
    ("retransmission", _flagged(Verdict.RETRANSMISSION)),
    ("syn", _is_bare_syn),
    ("syn ack", lambda at: at.has(Flags.SYN)),
    ("zero window probe", _asks_for_window),
    ("keep-alive", _flagged(Verdict.KEEP_ALIVE)),
    ("keep-alive ack", _flagged(Verdict.KEEP_ALIVE_ACK)),
    ("zero window probe ack", _flagged(Verdict.ZERO_WINDOW_PROBE_ACK)),
    ("zero window", _flagged(Verdict.ZERO_WINDOW)),
    ("duplicate ack", _flagged(Verdict.DUPLICATE_ACK)),
    ("window full", _flagged(Verdict.WINDOW_FULL)),
    ("window update", _flagged(Verdict.WINDOW_UPDATE)),
    ("crossed fin", _is_crossed_fin),
    ("second fin", lambda at: at.has(Flags.FIN) and at.previous_peer(Flags.FIN) is not None),
    ("fin", lambda at: at.has(Flags.FIN)),
    ("gap", _flagged(Verdict.LOST_SEGMENT)),
    ("unseen", _flagged(Verdict.ACK_LOST_SEGMENT)),
    ("push", lambda at: bool(at.payload_len) and at.has(Flags.PSH)),
    ("data", lambda at: bool(at.payload_len)),
    ("third", _acknowledges_first(Flags.SYN)),
    ("ack of crossed fin", _acknowledges_crossed_fin),
    ("last ack", _acknowledges_last_fin),
    ("ack of fin", _acknowledges_first(Flags.FIN)),
    ("ack", _is_plain_ack),
)
