"""What does the analysis know about the fields of a TCP header that is not in the packet?

Relative numbers, the scaled window, which segment is acknowledged: Wireshark shows them in brackets among the fields.
Here they are put as remarks on the fields that ``proto.tcp_fields`` read, or as derived fields (empty span) beside
them.
"""

from __future__ import annotations

from dataclasses import replace

from ladderview.analysis.flow_analysis import FlowAnalysis
from ladderview.analysis.labels import verdict_label
from ladderview.proto.fields import Dissection, Field, Span


def tcp_fields(fa: FlowAnalysis, row: int, dissections: list[Dissection]) -> list[Dissection]:
    """The same layers, with what is known about this segment among the fields of its TCP header."""
    raw_seq = int(fa.segments.seq[row])
    for number, dissection in enumerate(dissections):
        if dissection.protocol == "TCP" and _value(dissection, "Sequence Number") == raw_seq:
            fields = _with_notes(fa, row, dissection)
            return [*dissections[:number], replace(dissection, fields=fields), *dissections[number + 1 :]]
    return list(dissections)


def _value(dissection: Dissection, name: str) -> int | bytes | str | None:
    return next((field.value for field in dissection.fields if field.name == name), None)


def _with_notes(fa: FlowAnalysis, row: int, dissection: Dissection) -> tuple[Field, ...]:
    notes = _notes(fa, row)
    beside = _beside(fa, row)
    fields: list[Field] = []
    for field in dissection.fields:
        note = notes.get(field.name)
        fields.append(replace(field, note=note) if note else field)
        place = Span(field.span.end, field.span.end)
        fields += [Field(name, value, text, place) for name, value, text in beside.get(field.name, ())]
    end = Span(dissection.header.end, dissection.header.end)
    analysis = tuple(Field(name, value, text, end) for name, value, text in _analysis(fa, row))
    if analysis:
        fields.append(Field("SEQ/ACK analysis", None, "", end, analysis))
    return tuple(fields)


#: A derived field: name, value, text.
_Derived = tuple[str, int | str | None, str]


def _notes(fa: FlowAnalysis, row: int) -> dict[str, str]:
    tcp, segments = fa.tcp, fa.segments
    notes = {
        "Sequence Number": f"relative sequence number: {tcp.rel_seq[row]}",
        "Acknowledgment Number": f"relative ack number: {tcp.rel_ack[row]}",
    }
    window, scaled = int(segments.window[row]), int(tcp.scaled_window[row])
    if scaled != window:
        notes["Window"] = f"calculated window size: {scaled} (scaling factor {scaled // window})"
    return notes


def _beside(fa: FlowAnalysis, row: int) -> dict[str, tuple[_Derived, ...]]:
    stream, length = fa.flow.id, int(fa.segments.payload_len[row])
    following = int(fa.tcp.next_seq[row])
    return {
        "Destination Port": (("Stream index", stream, str(stream)), ("TCP Segment Len", length, str(length))),
        "Sequence Number": (("Next Sequence Number", following, f"{following} (relative sequence number)"),),
    }


def _analysis(fa: FlowAnalysis, row: int) -> list[_Derived]:
    """What Wireshark lists under "SEQ/ACK analysis"."""
    tcp = fa.tcp
    found: list[_Derived] = []
    acked = int(tcp.acks_row[row])
    if acked >= 0:
        frame, rtt_ns = int(fa.segments.packet[acked]) + 1, int(tcp.ack_rtt_ns[row])
        found.append(("This is an ACK to the segment in frame", frame, str(frame)))
        found.append(("The RTT to ACK the segment was", rtt_ns, f"{rtt_ns / 1e9:.9f} seconds"))
    if tcp.noted[row] and 0 <= tcp.initial_rtt_row <= row:
        found.append(("iRTT", tcp.initial_rtt_ns, f"{tcp.initial_rtt_ns / 1e9:.9f} seconds"))
    if tcp.bytes_in_flight[row] >= 0:
        found.append(("Bytes in flight", int(tcp.bytes_in_flight[row]), str(tcp.bytes_in_flight[row])))
    verdict = verdict_label(fa, row)
    if verdict:
        found.append(("TCP Analysis Flags", verdict, verdict))
    return found
