"""How do the numbers of one segment come about? The seq/ack card: each number, where it comes from, whether it fits.

Plan: one function a line of the card, in the order of the card; each says what was expected, by how much the number
differs and why. RFC 9293 section 3.4 is the arithmetic, RFC 7323 section 2 the window scale.

Traps: relative numbers count from the ISN of the end whose bytes they count (Seq from the sender's, Ack from the
peer's). SYN and FIN take one number each and carry no byte. The window of a SYN is never scaled.
"""

from __future__ import annotations

from dataclasses import dataclass

from ladderview.analysis.around import Around
from ladderview.analysis.flow_analysis import FlowAnalysis
from ladderview.analysis.verdicts import Verdict
from ladderview.analysis.words import ENDS, count, duration, grouped, listed, superscript
from ladderview.proto.tcp import Flags


@dataclass(frozen=True, slots=True)
class MathLine:
    """One line of the card.

    Attributes:
        term: what it is: "Seq", "+ Len", "= Next seq", "Acked by", "Ack", "Window", "In flight".
        value: the number, grouped, or "#29" for a packet, or "—" for none.
        remark: where it comes from, or what was expected and why it differs.
        ok: True where the number is the expected one, False where it is not, None where there is nothing to compare.
        rows: rows of the flow that the remark names.
    """

    term: str
    value: str
    remark: str
    ok: bool | None = None
    rows: tuple[int, ...] = ()


def seq_ack_math(fa: FlowAnalysis, row: int, raw: bool = False) -> tuple[MathLine, ...]:
    """The card of one segment, in relative numbers or in the raw ones that stand in its header."""
    at = Around(fa, row)
    lines = [
        _seq(at, raw),
        MathLine("+ Len", grouped(at.payload_len), "payload bytes" if at.payload_len else "no payload"),
    ]
    if at.has(Flags.SYN):
        lines.append(MathLine("+ SYN", "1", "a SYN takes one sequence number"))
    if at.has(Flags.FIN):
        lines.append(MathLine("+ FIN", "1", "a FIN takes one sequence number"))
    lines.append(_next_seq(at, raw))
    if at.end > at.seq and not at.has(Flags.RST):
        lines.append(_acked_by(at, raw))
    if at.has(Flags.ACK):
        lines.append(_ack(at, raw))
    if not at.has(Flags.RST):
        lines.append(_window(at))
    in_flight = _in_flight(at) if not at.has(Flags.RST) else None
    return (*lines, in_flight) if in_flight else tuple(lines)


# -- Seq --------------------------------------------------------------------------------------------------------------


def _seq(at: Around, raw: bool) -> MathLine:
    me = ENDS[at.direction]
    value = grouped(at.seq_of(at.seq, raw))
    highest = at.own.highest(at.row)
    if at.has(Flags.SYN) and (highest is None or highest[0] != at.seq + 1):
        meaning = f"chosen by the {me}" if raw else "which counts as 0"
        return MathLine("Seq", value, f"= the {me}'s initial sequence number (ISN), {meaning}")
    if highest is None:
        return MathLine("Seq", value, f"the first segment of the {me} in the capture: nothing to compare with")
    expected, source = highest
    if at.seq == expected:
        remark = f"= next Seq expected from the {me}, after {at.number(source)}"
        return MathLine("Seq", value, remark, True, (source,))
    if at.has(Flags.RST) and not at.payload_len:
        return _seq_of_reset(at, raw, expected, source)
    return (_seq_ahead if at.seq > expected else _seq_behind)(at, raw, expected, source)


def _seq_of_reset(at: Around, raw: bool, expected: int, source: int) -> MathLine:
    remark = f"a reset may stand anywhere in the window; next Seq expected was {grouped(at.seq_of(expected, raw))}"
    return MathLine("Seq", grouped(at.seq_of(at.seq, raw)), remark, None, (source,))


def _seq_ahead(at: Around, raw: bool, expected: int, source: int) -> MathLine:
    """The number lies past what was expected: bytes before it are missing here."""
    missing = at.seq - expected
    remark = f"expected {grouped(at.seq_of(expected, raw))} after {at.number(source)}: {count(missing, 'byte')} missing"
    fillers = at.own.carriers(expected, at.seq, at.row + 1, at.row + len(at.fa.segments))
    if fillers:
        remark += (
            f", sent in {at.number(fillers[0])}" if len(fillers) == 1 else f", sent from {at.number(fillers[0])} on"
        )
        return MathLine("Seq", grouped(at.seq_of(at.seq, raw)), remark, False, (source, fillers[0]))
    witness = at.acknowledged_by(at.seq, source)
    if witness is not None:
        remark += f" in the capture; {at.number(witness)} acknowledges them, so they arrived"
        return MathLine("Seq", grouped(at.seq_of(at.seq, raw)), remark, False, (source, witness))
    return MathLine("Seq", grouped(at.seq_of(at.seq, raw)), remark + " in the capture", False, (source,))


def _seq_behind(at: Around, raw: bool, expected: int, source: int) -> MathLine:
    """The number was used before, or fills a gap."""
    behind = expected - at.seq
    value = grouped(at.seq_of(at.seq, raw))
    wanted = f"next expected was {grouped(at.seq_of(expected, raw))}"
    verdicts = int(at.fa.tcp.verdicts[at.row])
    if verdicts & Verdict.KEEP_ALIVE and behind == 1:
        return MathLine("Seq", value, f"= next Seq − 1: a keep-alive steps back by one ({wanted})", None, (source,))
    if at.end == at.seq:
        remark = f"{wanted}: {grouped(behind)} less, the segment was sent before {at.number(source)} or is a copy"
        return MathLine("Seq", value, remark, False, (source,))
    earlier = at.own.carriers(at.seq, at.end, 0, at.row)
    if not earlier:
        fills = count(at.end - at.seq, "byte")
        return MathLine(
            "Seq", value, f"{wanted}: fills a gap of {fills} that {at.number(source)} left open", False, (source,)
        )
    known = min(at.end, expected) - at.seq
    what = count(known, "byte") if at.payload_len else "SYN" if at.has(Flags.SYN) else "FIN"
    remark = f"{wanted}: {what} already sent in {listed([at.number(row) for row in earlier], 2)}"
    new = at.end - expected
    if new > 0:
        remark += f", {count(new, 'byte')} new"
    return MathLine("Seq", value, remark, False, tuple(earlier[:2]))


# -- Next seq and who acknowledges it ---------------------------------------------------------------------------------


def _next_seq(at: Around, raw: bool) -> MathLine:
    peer = ENDS[1 - at.direction]
    value = grouped(at.seq_of(at.end, raw))
    wrap = _wrap_remark(at)
    if at.has(Flags.RST):
        return MathLine("= Next seq", value, "nothing comes after a reset")
    if at.end == at.seq:
        return MathLine("= Next seq", value, "takes no sequence number: nothing to acknowledge")
    highest = at.own.highest(at.row)
    more = " or more" if highest is not None and highest[0] > at.end else ""
    return MathLine("= Next seq", value, f"the {peer} will answer Ack = {value}{more}{wrap}")


def _wrap_remark(at: Around) -> str:
    """Says it where the raw numbers pass 2**32 within this segment."""
    first, last = at.seq_of(at.seq, True), at.seq_of(at.end, True)
    if last >= first:
        return ""
    return f"; the raw numbers wrap around here: {grouped(first)} + {grouped(at.end - at.seq)} − 2³² = {grouped(last)}"


def _acked_by(at: Around, raw: bool) -> MathLine:
    peer = ENDS[1 - at.direction]
    acker: int | None = int(at.fa.tcp.acked_by_row[at.row])
    if acker == -1:
        acker = at.acknowledged_by(at.end)
    if acker is None:
        seen = len(at.peer.rows) > 0
        return MathLine(
            "Acked by", "—", "no ACK of it in the capture" if seen else f"no segment of the {peer} in the capture"
        )
    remark = f"after {duration(at.time_since(at.row, acker))}"
    answered = int(at.fa.segments.ack[acker])
    beyond = (answered - at.seq_of(at.end, True)) % 2**32
    if 0 < beyond < 2**31:
        remark += f"; its Ack = {grouped(at.seq_of(at.end + beyond, raw))} covers {count(beyond, 'byte')} more"
    return MathLine("Acked by", at.number(acker), remark, None, (acker,))


# -- Ack --------------------------------------------------------------------------------------------------------------


def _ack(at: Around, raw: bool) -> MathLine:
    peer = ENDS[1 - at.direction]
    if at.ack is None:
        return MathLine("Ack", grouped(at.ack_of(0, raw)), f"no segment of the {peer} in the capture to compare with")
    value = grouped(at.ack_of(at.ack, raw))
    highest = at.peer.highest(at.row)
    if highest is None:
        return MathLine("Ack", value, f"no earlier segment of the {peer} in the capture to compare with")
    top, top_row = highest
    if at.ack > top:
        unseen = count(at.ack - top, "byte")
        remark = f"acknowledges {unseen} not captured: next Seq of the {peer} was {grouped(at.ack_of(top, raw))} after"
        return MathLine("Ack", value, f"{remark} {at.number(top_row)}", False, (top_row,))
    remark, rows, ok = _ack_source(at, at.ack, raw)
    if top > at.ack:
        remark += f"; {count(top - at.ack, 'byte')} up to {at.number(top_row)} not yet acknowledged"
        rows += (top_row,)
    return MathLine("Ack", value, remark, ok, rows)


def _ack_source(at: Around, ack: int, raw: bool) -> tuple[str, tuple[int, ...], bool | None]:
    """Which segment of the peer ends where this Ack points, and whether that was said before."""
    peer = ENDS[1 - at.direction]
    carrier = at.peer.ending_at(ack, at.row)
    if carrier is None:
        inside = at.peer.carriers(ack, ack + 1, 0, at.row)
        if inside:
            return f"inside segment {at.number(inside[0])} of the {peer}", (inside[0],), None
        highest = at.peer.highest(at.row)
        if highest is not None and ack == highest[0]:
            return f"= next Seq expected from the {peer}, after {at.number(highest[1])}", (highest[1],), True
        return f"lies before everything of the {peer} in the capture", (), None
    remark = f"= the {peer}'s {_sum_of(at, carrier, raw)}, segment {at.number(carrier)}"
    rows: tuple[int, ...] = (carrier,)
    first = at.first_own_ack(carrier)
    if first is not None:
        remark += f", already acknowledged in {at.number(first)}"
        rows += (first,)
    return remark, rows, True


def _sum_of(at: Around, row: int, raw: bool) -> str:
    """A segment of the peer as a sum: "Seq 720 + Len 124", with SYN and FIN as + 1."""
    segments = at.fa.segments
    flags, length = int(segments.flags[row]), int(segments.payload_len[row])
    seq = int(segments.seq[row]) if raw else int(at.fa.tcp.rel_seq[row])
    text = f"Seq {grouped(seq)}"
    if length:
        text += f" + Len {grouped(length)}"
    if flags & Flags.SYN:
        text += " + 1 for the SYN"
    if flags & Flags.FIN:
        text += " + 1 for the FIN"
    if raw and seq + length + bool(flags & Flags.SYN) + bool(flags & Flags.FIN) >= 2**32:
        text += " − 2³²"
    return text


# -- Window and bytes in flight ---------------------------------------------------------------------------------------


def _window(at: Around) -> MathLine:
    me = ENDS[at.direction]
    raw_window = int(at.fa.segments.window[at.row])
    value = grouped(int(at.fa.tcp.scaled_window[at.row]))
    full = f"; the {me}'s buffer is full" if raw_window == 0 else ""
    if at.has(Flags.SYN):
        return MathLine("Window", value, f"as it stands: the window of a SYN is never scaled{full}")
    shift = _shift(at)
    if shift == -1:
        return MathLine("Window", value, f"as it stands: the SYN is not in the capture, so the scale is unknown{full}")
    if shift == -2:
        return MathLine("Window", value, f"as it stands: no window scale was agreed in the SYNs{full}")
    syn = at.previous_own(Flags.SYN)
    kind = "SYN" if syn is None or not int(at.fa.segments.flags[syn]) & Flags.ACK else "SYN, ACK"
    where = kind if syn is None else f"{kind} {at.number(syn)}"
    remark = f"= {grouped(raw_window)} × 2{superscript(shift)}, the scale agreed in the {where}{full}"
    return MathLine("Window", value, remark, None, () if syn is None else (syn,))


def _shift(at: Around) -> int:
    """The shift count used for this window; -1 unknown, -2 none. The analysis tells it for the end of the flow only."""
    raw_window, scaled = int(at.fa.segments.window[at.row]), int(at.fa.tcp.scaled_window[at.row])
    shift = at.fa.tcp.wscale[at.direction]
    if raw_window and scaled != raw_window << max(shift, 0):
        return (scaled // raw_window).bit_length() - 1
    return shift


def _in_flight(at: Around) -> MathLine | None:
    in_flight = int(at.fa.tcp.bytes_in_flight[at.row])
    if in_flight < 0:
        return None
    peer = ENDS[1 - at.direction]
    source = at.previous_peer(Flags.ACK)
    if source is None:
        return MathLine("In flight", grouped(in_flight), "bytes sent and not yet acknowledged")
    allowed = int(at.fa.tcp.scaled_window[source])
    remark = f"of {count(allowed, 'byte')} that the {peer} allows, since {at.number(source)}"
    return MathLine("In flight", grouped(in_flight), remark, in_flight <= allowed, (source,))
