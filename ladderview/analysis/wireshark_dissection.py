"""Which TLS and HTTP fields does Wireshark show for each packet of a flow?

Plan: rows are asked for in order. A segment goes through the ``Desegmenter`` of its direction to whoever reads the
connection: chosen by its port, else by its first bytes, and kept (``wireshark_tls``, ``wireshark_http``).

Traps:
- A segment that TCP analysis calls out of order or a retransmission is not read even where it completes a unit
  (Wireshark's "Do not call subdissectors for error packets"), a keep-alive or a probe of a closed window never.
- A segment that was not captured whole is read by itself, and asks for nothing.
- On a port of another protocol that talks TLS after a STARTTLS, nothing is TLS before it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable

from ladderview.analysis.flow_analysis import FlowAnalysis
from ladderview.analysis.keys import Keys
from ladderview.analysis.payloads import Payloads
from ladderview.analysis.streams import ByteStream, streams_of
from ladderview.analysis.verdicts import Verdict
from ladderview.analysis.wireshark_desegment import Chunk, Desegmenter, Reader, Shown, Taken
from ladderview.analysis.wireshark_http import WiresharkHttp
from ladderview.analysis.wireshark_http2 import WiresharkHttp2
from ladderview.analysis.wireshark_ports import HTTP_PORTS, NEVER_HTTP, NEVER_TLS, TLS_PORTS
from ladderview.analysis.wireshark_socks import PORT as SOCKS_PORT
from ladderview.analysis.wireshark_socks import WiresharkSocks
from ladderview.analysis.wireshark_tls import MalformedError, WiresharkTls
from ladderview.capture.capture import Capture
from ladderview.capture.read_ahead import ReadAhead
from ladderview.proto.http2 import PREFACE
from ladderview.proto.tcp import Flags
from ladderview.proto.tls_record import is_ssl2_client_hello

#: Words with which a client of another protocol asks for TLS (RFC 3207, 3501, 2595, 4217, 6120, 4511 section 4.14.1).
_STARTTLS = re.compile(rb"STARTTLS|STLS|AUTH (?:TLS|SSL)|starttls|1\.3\.6\.1\.4\.1\.1466\.20037", re.ASCII)

#: Remote desktops begin with a TPKT (RFC 1006), and then Wireshark takes all the rest for more of them.
_REMOTE_DESKTOP_PORT, _TPKT = 3389, b"\x03\x00"

_PORT_DIGITS = 5

_REPEATED = (Verdict.RETRANSMISSION | Verdict.SPURIOUS_RETRANSMISSION).value
_NOT_READ = (Verdict.RETRANSMISSION | Verdict.OUT_OF_ORDER).value
_GARBAGE = (Verdict.KEEP_ALIVE | Verdict.ZERO_WINDOW_PROBE).value

_RST, _FIN, _SYN = Flags.RST.value, Flags.FIN.value, Flags.SYN.value


class _Tls:
    """TLS as the reader of a connection."""

    def __init__(self, tls: WiresharkTls) -> None:
        self._tls = tls

    def dissect(self, chunk: Chunk, shown: Shown) -> Taken:
        """Take bytes."""
        return self._tls.dissect(chunk, shown) or Taken(chunk.length)


class _Nobody:
    """A protocol that is not shown here."""

    def dissect(self, chunk: Chunk, shown: Shown) -> Taken:
        """Take bytes."""
        return Taken(chunk.length)


class WiresharkDissection:
    """The fields of one flow, row by row."""

    def __init__(self, capture: Capture, analysis: FlowAnalysis, keys: Keys, ahead: ReadAhead) -> None:
        """``ahead`` reads the file, as flows may be read side by side."""
        self._segments = analysis.segments
        self._verdicts = analysis.tcp.verdicts
        self._keys = keys
        self._ports = analysis.flow.server.port, analysis.flow.client.port
        payloads, streams = Payloads(capture, analysis.segments.packet), streams_of(capture, analysis.segments)
        self._payload = payloads.in_order(ahead)
        self._desegmenters = Desegmenter(), Desegmenter()
        self._tls = WiresharkTls(keys.decryptor(searches=False), self._choose_inside_tls)
        self._http = WiresharkHttp(self._choose_after_http)
        self._reader: Reader | None = None
        self._starttls = False
        self._seq = _Offsets(streams)

    def fields(self, row: int) -> dict[str, object]:
        """The fields of this row; a value or a list of several. Rows must be asked for in ascending order."""
        segments = self._segments
        length, flags = int(segments.payload_len[row]), int(segments.flags[row])
        if not length and not flags & _FIN:
            return {}
        values: dict[str, list[object]] = defaultdict(list)

        def add(name: str, value: object) -> None:
            values[name].append(value)

        self._read(row, length, flags, add)
        return {name: found[0] if len(found) == 1 else found for name, found in values.items()}

    def _read(self, row: int, length: int, flags: int, add: Callable[[str, object], None]) -> None:
        direction, verdicts = int(self._segments.direction[row]), int(self._verdicts[row])
        data = self._payload(row)[:length] if length else b""
        seq = self._seq.of(direction, int(self._segments.seq[row]) + bool(flags & _SYN))
        whole = len(data) == length

        shown = Shown(direction, bool(flags & _FIN), add)

        def dissect(chunk: Chunk) -> Taken:
            return self._dissect(chunk, verdicts, shown)

        try:
            desegmenter = self._desegmenters[direction]
            if flags & _FIN and desegmenter.finish(row, seq, data, dissect):
                return
            if not data or flags & _RST:
                return
            if whole:
                desegmenter.add(row, seq, data, bool(verdicts & _REPEATED), dissect)
            else:
                dissect(Chunk(data, length, row, False, None, seq))
        except MalformedError:
            return

    def _dissect(self, chunk: Chunk, verdicts: int, shown: Shown) -> Taken:
        if verdicts & (_NOT_READ | _GARBAGE) or (not chunk.data and chunk.resume is None):
            return Taken(chunk.length)
        if self._reader is None:
            return self._choose(chunk, shown)
        return self._reader.dissect(chunk, shown)

    # -- who reads it ---------------------------------------------------------------------------------------------

    def _choose(self, chunk: Chunk, shown: Shown) -> Taken:
        """By port, else by content; what is chosen by content is kept."""
        ports = self._ports[0], min(self._ports), max(self._ports)
        data = chunk.data
        if ports[0] == _REMOTE_DESKTOP_PORT and data.startswith(_TPKT):
            self._reader = _Nobody()
            return Taken(chunk.length)
        if ports[0] == SOCKS_PORT:
            self._reader = WiresharkSocks(self._choose_for_port)
            return self._reader.dissect(chunk, shown)
        may_be_tls = may_be_http = True
        for port in ports:
            if port in TLS_PORTS:
                taken = self._tls.dissect(chunk, shown)
                if taken is not None:
                    return taken
            elif port in HTTP_PORTS:
                return self._http.dissect(chunk, shown)
            may_be_tls &= port not in NEVER_TLS
            may_be_http &= port not in NEVER_HTTP
        if not may_be_tls:
            may_be_tls = self._starttls
            self._starttls = self._starttls or bool(_STARTTLS.search(data))
        if may_be_tls and _is_tls(data):
            self._reader = _Tls(self._tls)
        elif may_be_http and _is_http(data):
            self._reader = self._http
        else:
            return Taken(chunk.length)
        return self._reader.dissect(chunk, shown)

    def _choose_for_port(self, port: int) -> Reader:
        """Inside a proxy's tunnel."""
        if port in HTTP_PORTS:
            return WiresharkHttp(self._choose_after_http)
        return _Tls(WiresharkTls(self._keys.decryptor(searches=False), self._choose_inside_tls))

    def _choose_inside_tls(self, alpn: str, data: bytes) -> Reader | None:
        if alpn == "h2" or (not alpn and data.startswith(PREFACE)):
            return WiresharkHttp2()
        if alpn == "http/1.1" or (not alpn and (_is_http(data) or self._ports[0] == 443)):
            return WiresharkHttp(self._choose_after_http)
        return None

    def _choose_after_http(self, how: str, what: bytes) -> Reader | None:
        if how == "connect":
            port = what.rpartition(b":")[2]
            wanted = int(port) if port.isdigit() and len(port) <= _PORT_DIGITS else 0
            return None if wanted in HTTP_PORTS else self._choose_for_port(wanted)
        if how == "preface" or (how == "upgrade" and what.startswith(b"h2c")):
            return WiresharkHttp2()
        return None


class _Offsets:
    """Where a raw number stands in the stream of its direction, without wrapping."""

    def __init__(self, streams: tuple[ByteStream, ByteStream]) -> None:
        self._last = [(stream.first_seq, 0) for stream in streams]

    def of(self, direction: int, seq: int) -> int:
        """The offset of this number, taken as near to the last one as can be."""
        raw, at = self._last[direction]
        at += ((seq - raw + (1 << 31)) & 0xFFFF_FFFF) - (1 << 31)
        self._last[direction] = seq, at
        return at


def _is_tls(data: bytes) -> bool:
    """Wireshark's heuristic for TLS on any port."""
    if len(data) >= 5 and data[0] in {22, 23} and data[1] == 3 and data[2] <= 3:
        return 0 < int.from_bytes(data[3:5], "big") < (1 << 14) + 2048
    return is_ssl2_client_hello(data)


def _is_http(data: bytes) -> bool:
    """Wireshark's heuristic for HTTP on any port: the first line begins or ends with a version."""
    line = data.split(b"\n", 1)
    if len(line) < 2:
        return False
    text = line[0].removesuffix(b"\r")
    return len(text) != 8 and (text[:7].upper() == b"HTTP/1." or text[-8:-1].upper() == b"HTTP/1.")
