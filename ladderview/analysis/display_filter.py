"""Which Wireshark display filter finds these packets, or a field with this value?

Plan: tables from our fields to Wireshark's, by protocol and by the names down to the field. The values are compared as
they stand in the packet, never relative ones, so a filter finds the same in a capture that begins elsewhere. A field
without an entry has no filter; a wrong one would be worse.

Source: Wireshark 4.0, ``tshark -G fields``. Sets with ranges: its User's Guide, section 6.4.7.
"""

from __future__ import annotations

import string
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from ladderview.proto.fields import Field

#: Ranges of packet numbers that a filter names; past that one that holds them all, and the sender, must do.
MOST_RANGES = 40
#: Characters of a text, and bytes, that a filter compares.
MOST_COMPARED = 200

_ETHERNET = {"Destination": "eth.dst", "Source": "eth.src", "Type": "eth.type"}
_IPV4 = {
    "Version": "ip.version", "Identification": "ip.id", "Time to Live": "ip.ttl", "Protocol": "ip.proto",
    "Total Length": "ip.len", "Header Checksum": "ip.checksum", "Source Address": "ip.src",
    "Destination Address": "ip.dst", "Differentiated Services Codepoint": "ip.dsfield.dscp",
    "Explicit Congestion Notification": "ip.dsfield.ecn", "Don't fragment": "ip.flags.df",
    "More fragments": "ip.flags.mf",
}  # fmt: skip
_IPV6 = {
    "Version": "ipv6.version", "Flow Label": "ipv6.flow", "Hop Limit": "ipv6.hlim", "Next Header": "ipv6.nxt",
    "Payload Length": "ipv6.plen", "Source Address": "ipv6.src", "Destination Address": "ipv6.dst",
    "Traffic Class": "ipv6.tclass",
}  # fmt: skip
_TCP = {
    "Source Port": "tcp.srcport", "Destination Port": "tcp.dstport", "Sequence Number": "tcp.seq_raw",
    "Acknowledgment Number": "tcp.ack_raw", "Flags": "tcp.flags", "Window": "tcp.window_size_value",
    "Checksum": "tcp.checksum", "Urgent Pointer": "tcp.urgent_pointer", "MSS Value": "tcp.options.mss_val",
    "Shift Count": "tcp.options.wscale.shift", "Timestamp Value": "tcp.options.timestamp.tsval",
    "Timestamp Echo Reply": "tcp.options.timestamp.tsecr", "Left Edge": "tcp.options.sack_le",
    "Right Edge": "tcp.options.sack_re", "Acknowledgment (ACK)": "tcp.flags.ack",
    "Congestion Window Reduced (CWR)": "tcp.flags.cwr", "ECN-Echo (ECE)": "tcp.flags.ece",
    "Finish (FIN)": "tcp.flags.fin", "Push (PSH)": "tcp.flags.push", "Reset (RST)": "tcp.flags.reset",
    "Synchronize (SYN)": "tcp.flags.syn", "Urgent (URG)": "tcp.flags.urg",
}  # fmt: skip
_UDP = {
    "Source Port": "udp.srcport", "Destination Port": "udp.dstport", "Length": "udp.length", "Checksum": "udp.checksum",
}  # fmt: skip
_TLS = {
    "Handshake Type": "tls.handshake.type", "Cipher Suite": "tls.handshake.ciphersuite",
    "Server Name": "tls.handshake.extensions_server_name", "ALPN Next Protocol": "tls.handshake.extensions_alpn_str",
    "Supported Group": "tls.handshake.extensions_supported_group",
    "Supported Version": "tls.handshake.extensions.supported_version",
    "Signature Algorithm": "tls.handshake.sig_hash_alg", "Group": "tls.handshake.extensions_key_share_group",
    "Description": "tls.alert_message.desc", "Level": "tls.alert_message.level", "Random": "tls.handshake.random",
    "Session ID": "tls.handshake.session_id",
}  # fmt: skip
#: Of a record's own fields, whose names others have too.
_RECORD = {"Content Type": "tls.record.content_type", "Version": "tls.record.version", "Length": "tls.record.length"}
_HTTP1 = {
    "Request Method": "http.request.method", "Request URI": "http.request.uri",
    "Request Version": "http.request.version", "Response Version": "http.response.version",
    "Status Code": "http.response.code", "Response Phrase": "http.response.phrase",
    "accept": "http.accept", "accept-encoding": "http.accept_encoding", "accept-language": "http.accept_language",
    "authorization": "http.authorization", "cache-control": "http.cache_control", "connection": "http.connection",
    "content-encoding": "http.content_encoding", "content-length": "http.content_length_header",
    "content-type": "http.content_type", "cookie": "http.cookie", "date": "http.date", "host": "http.host",
    "last-modified": "http.last_modified", "location": "http.location", "referer": "http.referer",
    "server": "http.server", "set-cookie": "http.set_cookie", "transfer-encoding": "http.transfer_encoding",
    "upgrade": "http.upgrade", "user-agent": "http.user_agent",
}  # fmt: skip
_HTTP2 = {
    "Type": "http2.type", "Stream Identifier": "http2.streamid", "Length": "http2.length",
    "Identifier": "http2.settings.id", ":method": "http2.headers.method", ":path": "http2.headers.path",
    ":authority": "http2.headers.authority", ":scheme": "http2.headers.scheme", ":status": "http2.headers.status",
}  # fmt: skip
#: What is a number in Wireshark, and text that begins with that number here.
_LEADING_NUMBER = {"http.response.code", "http2.headers.status"}
_LOWER: Mapping[str, Mapping[str, str]] = {
    "Ethernet II": _ETHERNET, "IPv4": _IPV4, "IPv6": _IPV6, "TCP": _TCP, "UDP": _UDP,
}  # fmt: skip


def packets_filter(flow_id: int, packets: NDArray[np.int64], source_port: int | None = None) -> str:
    """A filter for packets of one flow.

    Args:
        flow_id: the flow; Wireshark numbers them alike.
        packets: from 0, ascending.
        source_port: of the end that sent them, where all come from one. It narrows a filter that would be too long.
    """
    if len(packets) == 1:
        return f"tcp.stream eq {flow_id} && frame.number == {int(packets[0]) + 1}"
    edges = np.flatnonzero(np.diff(packets) != 1)
    first, last = packets[np.append(0, edges + 1)] + 1, packets[np.append(edges, len(packets) - 1)] + 1
    if len(first) > MOST_RANGES:
        sender = "" if source_port is None else f" && tcp.srcport == {source_port} && tcp.len > 0"
        return f"tcp.stream eq {flow_id} && frame.number in {{{first[0]}..{last[-1]}}}{sender}"
    ranges = (f"{a}..{b}" if b > a else f"{a}" for a, b in zip(first.tolist(), last.tolist(), strict=True))
    return f"tcp.stream eq {flow_id} && frame.number in {{{', '.join(ranges)}}}"


def field_filter(protocol: str, above: Sequence[str], field: Field) -> str:
    """A filter for a field with the value that it has; empty where Wireshark's name for it is not known.

    Args:
        protocol: the layer it stands in.
        above: names of the fields around it, outermost first.
        field: the field.
    """
    name = _name(protocol, above, field)
    value = _literal(name, field)
    return f"{name} == {value}" if name and value else ""


def _name(protocol: str, above: Sequence[str], field: Field) -> str:
    if protocol in _LOWER:
        return _LOWER[protocol].get(field.name, "")
    if protocol.startswith("HTTP/2"):
        known = _HTTP2.get(field.name, "")
        is_header = not known and not above and isinstance(field.value, str)
        return "http2.header.value" if is_header else known
    if protocol.startswith("HTTP/"):
        return _HTTP1.get(field.name, "") or ("" if above else _HTTP1.get(field.name.lower(), ""))
    if protocol.startswith(("TLS", "SSL")) and not above and field.name in _RECORD:
        return _RECORD[field.name]
    return "" if protocol == "WebSocket" or "Certificate" in above else _TLS.get(field.name, "")


def _literal(name: str, field: Field) -> str:
    """A value as a filter writes it, or nothing."""
    value = field.value
    if isinstance(value, int):
        return hex(value) if field.text.startswith("0x") or f"({value:#06x})" in field.text else str(value)
    if name.startswith(("eth.", "ip.", "ipv6.")):
        return str(value) if isinstance(value, str) else ""
    if isinstance(value, bytes) and name.endswith(("random", "session_id")):
        return value.hex(":") if 0 < len(value) <= MOST_COMPARED else ""
    text = value.decode("latin-1") if isinstance(value, bytes) else value or ""
    if name in _LEADING_NUMBER:
        return text.split(" ")[0] if text[:1].isdigit() else ""
    if not 0 < len(text) <= MOST_COMPARED or not set(text) <= _PLAIN:
        return ""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


#: What a quoted text may hold without a doubt about how it is read.
_PLAIN = set(string.ascii_letters + string.digits + string.punctuation + " ")
