"""Headers as bytes, for tests: each function wraps what it is given."""

from __future__ import annotations

from struct import pack

CLIENT, SERVER = bytes((10, 0, 0, 1)), bytes((10, 0, 0, 2))
CLIENT6, SERVER6 = b"\x20\x01\x0d\xb8" + bytes(11) + b"\x01", b"\x20\x01\x0d\xb8" + bytes(11) + b"\x02"
SPORT, DPORT = 50944, 8080
PAYLOAD = b"0123456789"


def tcp(payload: bytes = PAYLOAD, seq: int = 1000, flags: int = 0x18, options: bytes = b"", offset: int = 0) -> bytes:
    words = offset or 5 + len(options) // 4
    return pack(">HHIIBBHHH", SPORT, DPORT, seq, 2000, words << 4, flags, 512, 0, 0) + options + payload


def ipv4(
    payload: bytes,
    protocol: int = 6,
    *,
    options: bytes = b"",
    total: int | None = None,
    fragment: int = 0,
    ident: int = 7,
    source: bytes = CLIENT,
    target: bytes = SERVER,
) -> bytes:
    header = 20 + len(options)
    length = header + len(payload) if total is None else total
    first = 0x40 | header // 4
    return pack(">BBHHHBBH4s4s", first, 0, length, ident, fragment, 64, protocol, 0, source, target) + options + payload


def ipv6(payload: bytes, next_header: int = 6, length: int | None = None) -> bytes:
    size = len(payload) if length is None else length
    return pack(">IHBB16s16s", 0x60000000, size, next_header, 64, CLIENT6, SERVER6) + payload


def udp(payload: bytes, port: int) -> bytes:
    # Its own source port for each tunnel: tshark remembers of a pair of ports which protocol it carries.
    return pack(">HHHH", 40000 + port % 20000, port, 8 + len(payload), 0) + payload


def ethernet(payload: bytes, ethertype: int = 0x0800) -> bytes:
    return b"\x02\0\0\0\0\x02\x02\0\0\0\0\x01" + pack(">H", ethertype) + payload


def snap(payload: bytes, ethertype: int = 0x0800) -> bytes:
    return b"\xaa\xaa\x03\0\0\0" + pack(">H", ethertype) + payload


def icmp(kind: int, quote: bytes, rest: bytes = bytes(4)) -> bytes:
    return pack(">BBH", kind, 0, 0) + rest + quote


def gre(payload: bytes, protocol: int, flags: int = 0) -> bytes:
    optional = sum(4 for bits in (0xC000, 0x2000, 0x1000) if flags & bits)
    return pack(">HH", flags, protocol) + bytes(optional) + payload


def mpls(payload: bytes, *labels: int) -> bytes:
    entries = labels or (1000,)
    stack = [label << 12 | (0x100 if i == len(entries) - 1 else 0) | 64 for i, label in enumerate(entries)]
    return b"".join(pack(">I", entry) for entry in stack) + payload


def fragment6(payload: bytes, offset: int = 0, more: bool = False, next_header: int = 6, ident: int = 7) -> bytes:
    return pack(">BBHI", next_header, 0, offset | more, ident) + payload


def wlan(body: bytes, flags: int = 0, subtype: int = 0, quality: bytes = b"") -> bytes:
    fourth = b"\x02\0\0\0\0\x04" if flags & 3 == 3 else b""
    addresses = b"\x02\0\0\0\0\x01\x02\0\0\0\0\x02\x02\0\0\0\0\x03"
    return bytes((subtype << 4 | 8, flags)) + bytes(2) + addresses + b"\x10\0" + fourth + quality + body


IP4, IP6 = ipv4(tcp()), ipv6(tcp())
FRAME = ethernet(IP4)
