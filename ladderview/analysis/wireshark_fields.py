"""Each TCP packet under Wireshark's field names: what ``ladderview packets`` prints, one JSON object a line.

A field that a packet lacks is absent, one with several values is a list, a ``tcp.analysis.*`` flag is true.

Plan: packets come in file order, their meaning flow by flow. A flow is analysed when its first packet comes and
let go after its last, so memory follows the flows that are open at one place of the file, not the file.

Trap: a nanosecond time has 19 digits and a float carries 17, so ``frame.time_epoch`` is written as text.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from ipaddress import ip_address

import numpy as np

from ladderview.analysis.flow_analysis import FlowAnalysis, analyse_flow
from ladderview.analysis.keys import Keys
from ladderview.analysis.segments import reading_ahead
from ladderview.analysis.verdicts import FIELD_NAMES, Verdict
from ladderview.analysis.wireshark_dissection import WiresharkDissection
from ladderview.capture.capture import Capture
from ladderview.capture.read_ahead import ReadAhead
from ladderview.capture.slow_lane import SlowRow, read_packet
from ladderview.capture.table import Kind
from ladderview.proto.tcp import TcpOptions, parse_options

_encode = json.JSONEncoder(ensure_ascii=False).encode

#: Least length of a TCP header (RFC 9293 section 3.1).
_FIXED_HEADER_LEN = 20

#: The field of each option value, by its name in the Info column.
_OPTION_FIELDS = {
    "MSS": "tcp.options.mss_val",
    "WS": "tcp.options.wscale.shift",
    "TSval": "tcp.options.timestamp.tsval",
    "TSecr": "tcp.options.timestamp.tsecr",
}
_EDGE_FIELDS = {"SLE": "tcp.options.sack_le", "SRE": "tcp.options.sack_re"}

#: The field that each verdict sets. A fast or spurious retransmission is a retransmission too: Wireshark notes both.
_FLAG_FIELDS = {
    **FIELD_NAMES,
    Verdict.RETRANSMISSION | Verdict.FAST_RETRANSMISSION | Verdict.SPURIOUS_RETRANSMISSION: FIELD_NAMES[
        Verdict.RETRANSMISSION
    ],
}


def packet_lines(capture: Capture, flow_id: int | None = None, keys: Keys | None = None) -> Iterator[str]:
    """JSON Lines (each ending in a newline) of all TCP packets in file order, or of one flow's.

    ``keys`` open TLS; without any it is shown closed.

    Raises:
        CaptureChanged: the file was cut short or replaced since it was read.
    """
    keys = keys or Keys()
    ahead = ReadAhead(capture.source, capture.size)
    if flow_id is not None:
        flow = _FlowFields(capture, analyse_flow(capture, flow_id), keys, ahead)
        for row in range(len(flow)):
            yield flow.line(row)
        return
    table = capture.packets
    shown = ((table.kind == Kind.TCP) & (table.flow >= 0)) | (table.kind == Kind.BROKEN)
    shown[list(capture.samples)] = True
    packets = np.flatnonzero(shown)
    open_flows: dict[int, tuple[_FlowFields, Iterator[int]]] = {}
    for packet, number in zip(packets.tolist(), table.flow[packets].tolist(), strict=True):
        if number < 0:
            yield from _without_flow(capture, packet)
            continue
        if number not in open_flows:
            flow = _FlowFields(capture, analyse_flow(capture, number), keys, ahead)
            open_flows[number] = flow, iter(range(len(flow)))
        flow, rows = open_flows[number]
        row = next(rows)
        yield flow.line(row)
        if row + 1 == len(flow):
            del open_flows[number]


def _without_flow(capture: Capture, packet: int) -> Iterator[str]:
    """The line of a packet that has TCP headers and belongs to no flow: one cut behind its ports, or samples."""
    table, interface = capture.packets, int(capture.packets.iface[packet])
    if interface >= len(capture.interfaces):
        return  # of an interface that the file does not describe
    linktype = capture.interfaces[interface].linktype
    wire_len = int(table.orig_len[packet])
    data = capture.packet_bytes(packet)
    row = read_packet(data, linktype, wire_len)
    if not row.tcp_header_len:
        return
    fields: dict[str, object] = {"frame.len": wire_len}
    if row.src:
        family = "ip" if len(row.src) == 4 else "ipv6"
        fields |= {f"{family}.src": str(ip_address(row.src)), f"{family}.dst": str(ip_address(row.dst))}
    if packet in capture.samples:
        sampled = [header for header in (row, *row.more) if header.quoted]
        fields |= _sample_fields(data, sampled, capture.samples[packet])
    else:
        fields |= {"tcp.srcport": row.sport, "tcp.dstport": row.dport}
    yield _json_line(capture, packet, fields)


def _sample_fields(data: bytes, rows: list[SlowRow], flows: tuple[int, ...]) -> dict[str, object]:
    """The fields of sampled headers, a list each; they are as raw as those of a segment of unknown length."""
    options = [parse_options(data[row.l4_off + _FIXED_HEADER_LEN : row.l4_off + row.tcp_header_len]) for row in rows]
    columns: dict[str, list[int | None]] = {
        "tcp.stream": list(flows),
        "tcp.srcport": [row.sport for row in rows],
        "tcp.dstport": [row.dport for row in rows],
        "tcp.seq": [row.seq for row in rows],
        "tcp.seq_raw": [row.seq for row in rows],
        "tcp.ack": [row.ack for row in rows],
        "tcp.ack_raw": [row.ack for row in rows],
        "tcp.flags": [row.flags for row in rows],
        "tcp.window_size_value": [row.window for row in rows],
        "tcp.window_size": [row.window for row in rows],
        "tcp.options.mss_val": [each.mss for each in options],
        "tcp.options.wscale.shift": [each.wscale for each in options],
        "tcp.options.timestamp.tsval": [each.tsval for each in options],
        "tcp.options.timestamp.tsecr": [each.tsecr for each in options],
    }
    told = {name: [value for value in values if value is not None] for name, values in columns.items()}
    return {name: _one_or_list(values) for name, values in told.items() if values}


class _FlowFields:
    """One flow's columns as lists, and the line of each of its rows."""

    def __init__(self, capture: Capture, analysis: FlowAnalysis, keys: Keys, ahead: ReadAhead) -> None:
        self._capture = capture
        self._dissection = WiresharkDissection(capture, analysis, keys, ahead)
        self._flow, tcp = analysis.flow, analysis.tcp
        self._options = reading_ahead(capture, analysis.segments, ahead).options
        table, segments = capture.packets, analysis.segments
        packets = self._flow.packets
        self._packets = packets.tolist()
        self._orig_len = table.orig_len[packets].tolist()
        self._header_len = (table.payload_off[packets].astype(int) - table.l4_off[packets]).tolist()
        self._sized = (~np.isin(packets, capture.unsized)).tolist()
        self._direction = segments.direction.tolist()
        self._seq_raw, self._ack_raw = segments.seq.tolist(), segments.ack.tolist()
        self._payload_len, self._flags = segments.payload_len.tolist(), segments.flags.tolist()
        self._window, self._scaled_window = segments.window.tolist(), tcp.scaled_window.tolist()
        self._seq, self._ack, self._next_seq = tcp.rel_seq.tolist(), tcp.rel_ack.tolist(), tcp.next_seq.tolist()
        self._verdicts = tcp.verdicts.tolist()
        self._duplicate_ack_num = tcp.duplicate_ack_num.tolist()
        self._acks_row, self._ack_rtt_ns = tcp.acks_row.tolist(), tcp.ack_rtt_ns.tolist()
        self._in_flight = tcp.bytes_in_flight.tolist()
        self._noted = tcp.noted.tolist()
        self._initial_rtt_ns, self._initial_rtt_row = tcp.initial_rtt_ns, tcp.initial_rtt_row

    def __len__(self) -> int:
        return len(self._packets)

    def line(self, row: int) -> str:
        """The JSON object of one row, with its newline."""
        packet = self._packets[row]
        fields = self._frame_and_flow(row, packet)
        self._add_header(row, fields)
        if self._sized[row] and self._header_len[row] >= _FIXED_HEADER_LEN:
            self._add_analysis(row, fields)
            fields |= self._dissection.fields(row)
        return _json_line(self._capture, packet, fields)

    def _frame_and_flow(self, row: int, packet: int) -> dict[str, object]:
        client, server = self._flow.client, self._flow.server
        source, target = (server, client) if self._direction[row] else (client, server)
        fields: dict[str, object] = {"frame.len": self._orig_len[row], "tcp.stream": self._flow.id}
        if source.address:
            family = "ipv6" if ":" in source.address else "ip"
            fields |= {f"{family}.src": source.address, f"{family}.dst": target.address}
        fields |= {"tcp.srcport": source.port, "tcp.dstport": target.port}
        return fields

    def _add_header(self, row: int, fields: dict[str, object]) -> None:
        sized = self._sized[row]
        # Of a segment of unknown length Wireshark tells raw numbers only, as it takes no part in the analysis.
        fields["tcp.seq"] = self._seq[row] if sized else self._seq_raw[row]
        fields["tcp.seq_raw"] = self._seq_raw[row]
        if sized:
            fields["tcp.len"] = self._payload_len[row]
        if self._header_len[row] < _FIXED_HEADER_LEN:
            return  # it gives up at a data offset that cannot be
        if sized:
            fields["tcp.nxtseq"] = self._next_seq[row]
        fields |= {
            "tcp.ack": self._ack[row] if sized else self._ack_raw[row],
            "tcp.ack_raw": self._ack_raw[row],
            "tcp.flags": self._flags[row],
            "tcp.window_size_value": self._window[row],
            "tcp.window_size": self._scaled_window[row],
        }
        if self._header_len[row] > _FIXED_HEADER_LEN:
            self._add_options(row, self._options(row), fields)

    def _add_options(self, row: int, options: TcpOptions, fields: dict[str, object]) -> None:
        # Wireshark writes the edges relative to the ISN of the end whose bytes they count, as it does the ACK's number.
        base = self._ack_raw[row] - self._ack[row]
        told: dict[str, list[object]] = {}
        for name, value in options.values:
            if name in _OPTION_FIELDS:
                told.setdefault(_OPTION_FIELDS[name], []).append(value)
            elif name in _EDGE_FIELDS:
                told.setdefault(_EDGE_FIELDS[name], []).append((int(value) - base) % 2**32)
        for field, values in told.items():
            fields[field] = _one_or_list(values)

    def _add_analysis(self, row: int, fields: dict[str, object]) -> None:
        verdicts = self._verdicts[row]
        if verdicts:
            fields |= {name: True for verdict, name in _FLAG_FIELDS.items() if verdicts & verdict}
        if self._duplicate_ack_num[row]:
            fields["tcp.analysis.duplicate_ack_num"] = self._duplicate_ack_num[row]
        if self._acks_row[row] >= 0:
            fields["tcp.analysis.acks_frame"] = self._packets[self._acks_row[row]] + 1
            if self._ack_rtt_ns[row]:  # Wireshark leaves a round trip of no time out
                fields["tcp.analysis.ack_rtt"] = self._ack_rtt_ns[row] / 1e9
        if self._noted[row] and 0 <= self._initial_rtt_row <= row:
            fields["tcp.analysis.initial_rtt"] = self._initial_rtt_ns / 1e9
        if self._in_flight[row] >= 0:
            fields["tcp.analysis.bytes_in_flight"] = self._in_flight[row]


def _one_or_list(values: Sequence[object]) -> object:
    return values[0] if len(values) == 1 else list(values)


def _json_line(capture: Capture, packet: int, fields: dict[str, object]) -> str:
    untimed = capture.untimed
    place = int(np.searchsorted(untimed, packet)) if len(untimed) else 0
    has_time = place == len(untimed) or untimed[place] != packet
    time = f'"frame.time_epoch": {_seconds(int(capture.packets.ts_ns[packet]))}, ' if has_time else ""
    return f'{{"frame.number": {packet + 1}, {time}{_encode(fields)[1:]}\n'


def _seconds(ts_ns: int) -> str:
    """Nanoseconds as a decimal number of seconds with all nine places."""
    sign = "-" if ts_ns < 0 else ""
    return f"{sign}{abs(ts_ns) // 10**9}.{abs(ts_ns) % 10**9:09d}"
