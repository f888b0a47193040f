"""Headers put together by hand, innermost last: ``ethernet(ipv4(tcp(b"data")))``."""

from __future__ import annotations

from ipaddress import ip_address
from struct import pack

from ladderview.proto.reading import internet_checksum

CLIENT, SERVER = "10.0.0.7", "192.0.2.10"
ADDRESSES = ip_address(CLIENT).packed + ip_address(SERVER).packed
CLIENT6, SERVER6 = "2001:db8::7", "2001:db8::10"


def ethernet(payload: bytes, ethertype: int = 0x0800) -> bytes:
    return bytes.fromhex("02005e200020 02005e100007".replace(" ", "")) + pack("!H", ethertype) + payload


def vlan(payload: bytes, number: int = 5, ethertype: int = 0x0800) -> bytes:
    return pack("!HH", 3 << 13 | number, ethertype) + payload


def ipv4(
    payload: bytes, protocol: int = 6, *, options: bytes = b"", fragment: int = 0x4000, addresses: bytes = ADDRESSES
) -> bytes:
    words = 5 + len(options) // 4
    length = words * 4 + len(payload)
    header = pack("!BBHHHBBH", 0x40 | words, 0, length, 0x1C46, fragment, 64, protocol, 0) + addresses + options
    return header[:10] + pack("!H", internet_checksum(header)) + header[12:] + payload


def ipv6(payload: bytes, next_header: int = 6) -> bytes:
    addresses = ip_address(CLIENT6).packed + ip_address(SERVER6).packed
    return pack("!IHBB", 0x60012345, len(payload), next_header, 64) + addresses + payload


def tcp(
    payload: bytes = b"", flags: int = 0x018, *, options: bytes = b"", sequence: int = 1000, checksum: int | None = None
) -> bytes:
    words = 5 + len(options) // 4
    fixed = pack("!HHIIHHHH", 50944, 443, sequence, 5001, words << 12 | flags, 502, 0, 0)
    segment = fixed + options + payload
    if checksum is None:
        pseudo = ADDRESSES + pack("!BBH", 0, 6, len(segment))
        checksum = internet_checksum(pseudo + segment)
    return segment[:16] + pack("!H", checksum) + segment[18:]


def udp(payload: bytes, port: int) -> bytes:
    return pack("!HHHH", 55019, port, 8 + len(payload), 0) + payload
