"""What do the blocks of a pcapng say that are not packets? One reader a block type.

Each takes the block's bytes from behind type and length to before the trailing length, and the section's byte order.
Source: draft-ietf-opsawg-pcapng, sections named at the readers.

Traps: Wireshark stops at a block whose options overrun it, and so the packets behind it have no numbers that could be
compared: ``BadBlock`` stops us too.
"""

from __future__ import annotations

import socket
import struct
from collections.abc import Iterator

from ladderview.capture.records import Interface

OPT_END, OPT_COMMENT = 0, 1
#: Option codes of custom options (section 3.5.1); their first four bytes are an enterprise number.
OPT_CUSTOM = (2988, 2989, 19372, 19373)
_IF_NAME, _IF_TSRESOL, _IF_FCSLEN, _IF_TSOFFSET = 2, 9, 13, 14
#: The byte-order magic of a section, as it stands in the file.
BYTE_ORDERS = {b"\x4d\x3c\x2b\x1a": "<", b"\x1a\x2b\x3c\x4d": ">"}
_TLS_KEY_LOG = 0x544C534B


class BadBlock(Exception):
    """A block that cannot be read; ``str()`` says why."""


def byte_order(data: bytes | bytearray, at: int) -> str:
    """ "<" or ">", by the byte-order magic of a Section Header Block (section 4.1)."""
    magic = bytes(data[at : at + 4])
    if magic not in BYTE_ORDERS:
        raise BadBlock(f"a section whose byte-order magic is 0x{magic.hex()}")
    return BYTE_ORDERS[magic]


def section_header(body: bytes, order: str) -> str:
    """The comment of a Section Header Block (section 4.1); of several the first, of none the empty string."""
    if len(body) < 16:
        raise BadBlock("a Section Header Block that is too short")
    major, minor = struct.unpack_from(order + "HH", body, 4)
    if (major, minor) not in ((1, 0), (1, 2)):
        raise BadBlock(f"a section of version {major}.{minor}, which is not known")
    comments = [_text(value) for code, value in options(body[16:], order) if code == OPT_COMMENT]
    return comments[0] if comments else ""


def interface_description(body: bytes, order: str) -> Interface:
    """An Interface Description Block (section 4.2)."""
    if len(body) < 8:
        raise BadBlock("an Interface Description Block that is too short")
    linktype, snaplen = struct.unpack_from(order + "HxxI", body)
    name, ts_per_second, ts_offset_s, fcs_len = "", 10**6, 0, -1
    for code, value in options(body[8:], order):
        if code == _IF_NAME and not name:
            name = _text(value)
        elif code == _IF_TSRESOL and len(value) == 1:
            ts_per_second = _ts_per_second(value[0])
        elif code == _IF_TSOFFSET and len(value) == 8:
            (ts_offset_s,) = struct.unpack(order + "q", value)
        elif code == _IF_FCSLEN and len(value) == 1:
            fcs_len = value[0]
    return Interface(linktype, name, snaplen, ts_per_second, ts_offset_s, fcs_len)


def _ts_per_second(resolution: int) -> int:
    """if_tsresol: a power of 2 where the top bit is set, else of 10."""
    base, exponent = (2, resolution & 0x7F) if resolution & 0x80 else (10, resolution)
    if base**exponent >= 2**64:
        raise BadBlock(f"an interface with a time resolution of {base}^-{exponent} seconds")
    return int(base**exponent)


def name_resolution(body: bytes, order: str) -> Iterator[tuple[str, str]]:
    """A Name Resolution Block (section 4.5): (address, name); the first name of an address comes first."""
    at = 0
    while at < len(body):
        if len(body) - at < 4:
            raise BadBlock("a Name Resolution Block whose record is cut")
        kind, length = struct.unpack_from(order + "HH", body, at)
        at += 4
        if length + -length % 4 > len(body) - at:
            raise BadBlock("a Name Resolution Block whose record is longer than the block")
        if kind == 0:
            return
        address_len = {1: 4, 2: 16}.get(kind, 0)
        if address_len:
            if length < address_len or (length > address_len and body[at + length - 1] != 0):
                raise BadBlock("a Name Resolution Block whose record has no whole name")
            family = socket.AF_INET if kind == 1 else socket.AF_INET6
            address = socket.inet_ntop(family, body[at : at + address_len])
            for name in body[at + address_len : at + length].split(b"\0"):
                if name:
                    yield address, _text(name)
        at += length + -length % 4


def decryption_secrets(body: bytes, order: str) -> bytes | None:
    """A Decryption Secrets Block (section 4.7): its TLS key log, None where the secrets are of another kind."""
    if len(body) < 8:
        raise BadBlock("a Decryption Secrets Block that is too short")
    kind, length = struct.unpack_from(order + "II", body)
    if length > len(body) - 8:
        raise BadBlock("a Decryption Secrets Block whose secrets are longer than the block")
    return body[8 : 8 + length] if kind == _TLS_KEY_LOG else None


def options(data: bytes, order: str) -> Iterator[tuple[int, bytes]]:
    """The options (section 3.5) in ``data``: (code, value)."""
    at = 0
    while at < len(data):
        if len(data) - at < 4:
            raise BadBlock("a block whose options are cut")
        code, length = struct.unpack_from(order + "HH", data, at)
        at += 4
        if length + -length % 4 > len(data) - at or (code in OPT_CUSTOM and length < 4):
            raise BadBlock(f"a block whose option {code} does not fit")
        if code == OPT_END:
            return
        yield code, data[at : at + length]
        at += length + -length % 4


def _text(value: bytes) -> str:
    """A UTF-8 string option; some writers end it with a zero byte."""
    return value.rstrip(b"\0").decode("utf-8", "replace")
