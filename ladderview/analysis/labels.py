"""What stands on a segment's arrow: Wireshark's Info column without the port pair.

Called for the rows in view only, since the options are read from the packet.

Traps: Wireshark puts each further verdict in front of the line, so the one it tests last stands first
(``VERDICT_ORDER``). SACK edges are relative to the ISN of the other end, whose bytes they count.
"""

from __future__ import annotations

from dataclasses import dataclass

from ladderview.analysis.flow_analysis import FlowAnalysis
from ladderview.analysis.segments import FIXED_HEADER_LEN
from ladderview.analysis.sequence import MASK
from ladderview.analysis.verdicts import LABELS, Verdict
from ladderview.proto.tcp import MAX_WSCALE, Flags, OptionValue, flags_text


@dataclass(frozen=True, slots=True)
class Label:
    """The text of one arrow in three parts, so that each can have its own weight; any may be empty but ``flags``.

    Attributes:
        verdict: "[TCP Retransmission]"; several are separated by a space, in Wireshark's order.
        flags: "[PSH, ACK]".
        numbers: "Seq=1 Ack=1 Win=64256 Len=30 TSval=2148248663 TSecr=3057226407".
        unquoted: what stands for ``flags`` where nobody is to read what was said; empty where they quote nothing.
    """

    verdict: str
    flags: str
    numbers: str
    unquoted: str = ""

    def __str__(self) -> str:
        return " ".join(part for part in (self.verdict, self.flags, self.numbers) if part)


#: The verdicts in the order in which the Info column of Wireshark 4.0 shows them, left to right. A reset is no
#: bracketed verdict there: its flag says it.
VERDICT_ORDER = (
    Verdict.ZERO_WINDOW_PROBE_ACK,
    Verdict.ZERO_WINDOW,
    Verdict.ZERO_WINDOW_PROBE,
    Verdict.DUPLICATE_ACK,
    Verdict.KEEP_ALIVE_ACK,
    Verdict.KEEP_ALIVE,
    Verdict.WINDOW_FULL,
    Verdict.WINDOW_UPDATE,
    Verdict.ACK_LOST_SEGMENT,
    Verdict.LOST_SEGMENT,
    Verdict.OUT_OF_ORDER,
    Verdict.SPURIOUS_RETRANSMISSION,
    Verdict.FAST_RETRANSMISSION,
    Verdict.RETRANSMISSION,
    Verdict.REUSED_PORTS,
)

# Plain integers, and ``item()`` for cells: the operators of an IntFlag, and the format of a numpy integer, would cost
# more than the rest of a label.
_ORDERED_BITS = tuple((verdict.value, f"[{LABELS[verdict]}]") for verdict in VERDICT_ORDER)
_DUPLICATE_ACK = Verdict.DUPLICATE_ACK.value
_ACK, _SYN, _URG = Flags.ACK.value, Flags.SYN.value, Flags.URG.value
_ACE = (Flags.AE | Flags.CWR | Flags.ECE).value
_ACCURATE_ECN_SYN = _ACE | _SYN

#: Values that come in pairs, the first with its second.
_SECOND_HALVES = {"TSval": "TSecr", "SLE": "SRE"}


def segment_label(fa: FlowAnalysis, row: int) -> Label:
    """The label of one segment; reads the packet for its options.

    Raises:
        CaptureChanged: the file was cut short or replaced since it was read.
    """
    segments, tcp = fa.segments, fa.tcp
    flags = segments.flags.item(row)
    numbers = f"Seq={tcp.rel_seq.item(row)}"
    if flags & _ACK:
        numbers += f" Ack={tcp.rel_ack.item(row)}"
    numbers += f" Win={tcp.scaled_window.item(row)}"
    header_len = FIXED_HEADER_LEN if segments.header_len is None else segments.header_len.item(row)
    if header_len < FIXED_HEADER_LEN:
        numbers += f", bogus TCP header length ({header_len}, must be at least {FIXED_HEADER_LEN})"
        return Label(verdict_label(fa, row), f"[{_flags_text(fa, flags)}]", numbers)
    if flags & _URG and segments.urgent is not None:
        numbers += f" Urg={segments.urgent(row)}"
    numbers += f" Len={segments.payload_len.item(row)}"
    options = segments.options(row)
    if options.values:
        numbers += _options_text(options.values, _peer_base(fa, row, flags))
    if options.error:
        numbers += f"[{options.error}]"
    return Label(verdict_label(fa, row), f"[{_flags_text(fa, flags)}]", numbers)


def _flags_text(fa: FlowAnalysis, flags: int) -> str:
    """The flags; where accurate ECN was asked for, its three bits are one number after the handshake (RFC 9768)."""
    if flags & _SYN or fa.segments.flags.item(0) & _ACCURATE_ECN_SYN != _ACCURATE_ECN_SYN:
        return flags_text(flags)
    return f"{flags_text(flags & ~_ACE)}, ACE={(flags & _ACE) >> 6}"


def _peer_base(fa: FlowAnalysis, row: int, flags: int) -> int:
    """The raw number from which the peer's bytes are counted."""
    if flags & _ACK:
        return fa.segments.ack.item(row) - fa.tcp.rel_ack.item(row)
    return fa.tcp.base_seq[1 - fa.segments.direction.item(row)] or 0


def verdict_label(fa: FlowAnalysis, row: int) -> str:
    """The bracketed verdicts of one segment, or the empty string; reads no packet."""
    verdicts = fa.tcp.verdicts.item(row)
    if not verdicts:
        return ""
    words = []
    for bit, label in _ORDERED_BITS:
        if not verdicts & bit:
            continue
        if bit == _DUPLICATE_ACK:
            first = int(fa.tcp.duplicate_ack_of[row])
            number = int(fa.segments.packet[first]) + 1 if first >= 0 else 0
            words.append(f"{label[:-1]} {number}#{fa.tcp.duplicate_ack_num[row]}]")
        else:
            words.append(label)
    return " ".join(words)


def _options_text(values: tuple[OptionValue, ...], peer_base: int) -> str:
    """The options as the Info column appends them, each with a space in front."""
    text = ""
    for at, (name, value) in enumerate(values):
        second = _SECOND_HALVES.get(name)
        if second is not None and (at + 1 == len(values) or values[at + 1][0] != second):
            continue  # the capture ends between the two, and Wireshark shows both or none
        if name == "WS":
            text += f" WS={1 << min(int(value), MAX_WSCALE)}"
        elif name in {"SLE", "SRE"}:
            text += f" {name}={(int(value) - peer_base) & MASK}"
        else:
            text += f" {name}" if value == "" else f" {name}={value}"
    return text
