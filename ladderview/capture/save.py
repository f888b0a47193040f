"""How are packets written as a pcapng?

Source: draft-ietf-opsawg-pcapng. The secrets stand before the packets that need them, so that one pass over the file
is enough (section 4.7). The file appears under its name only once it is whole.

Traps: an option's length has 16 bits, so a longer comment is cut, between two characters. Packets of several link types
or lengths of the frame check sequence need an interface each. Times are written in the units that they were captured
in, as far as those are a power of ten down to a nanosecond: so Wireshark shows as many decimals as before.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from ladderview import __version__
from ladderview.whole_file import whole_file

LINKTYPE_ETHERNET = 1

_SHB, _IDB, _EPB, _DSB = 0x0A0D0D0A, 1, 6, 10
_BYTE_ORDER_MAGIC = 0x1A2B3C4D
_OPT_END, _OPT_COMMENT = 0, 1
_SHB_USERAPPL, _IF_TSRESOL, _IF_FCSLEN = 4, 9, 13
#: Units of time a second that are written as they are, and their if_tsresol.
_RESOLUTIONS = {10**exponent: exponent for exponent in range(10)}
_NANOSECONDS = 10**9
_TLS_KEY_LOG = 0x544C534B
#: Bytes of a comment that an option holds.
_MAX_OPTION = 0xFFFF


@dataclass(frozen=True, slots=True)
class SavedPacket:
    """One packet to write.

    Attributes:
        ts_ns: nanoseconds since 1970, UTC.
        data: the bytes that are kept.
        orig_len: bytes on the wire, or -1 for as many as there are in ``data``.
        linktype: LINKTYPE_ value of the tcpdump.org registry.
        comments: the packet's comments.
        fcs_len: bytes of the frame check sequence at the end of ``data``, or -1 where that is not known.
        snaplen: bytes at which its interface cut packets, 0 for no limit.
        ts_per_second: the units of its time; nanoseconds, unless it is a power of ten below.
    """

    ts_ns: int
    data: bytes
    orig_len: int = -1
    linktype: int = LINKTYPE_ETHERNET
    comments: Sequence[str] = ()
    fcs_len: int = -1
    snaplen: int = 0
    ts_per_second: int = _NANOSECONDS


def write_pcapng(
    path: str | os.PathLike[str], packets: Iterable[SavedPacket], secrets: Iterable[bytes] = (), comment: str = ""
) -> None:
    """Write a pcapng; whatever stands at ``path`` is replaced once the new file is whole.

    Args:
        path: the file to write; it keeps its access rights if it exists.
        packets: in the order in which they are to be numbered.
        secrets: TLS key log texts.
        comment: of the whole file, or nothing.

    Raises:
        OSError: the file cannot be written; the old one is as it was.
        Whatever the iteration over ``packets`` raises, ``CaptureChanged`` and ``Cancelled`` among it.
    """
    with whole_file(path) as file:
        for block in pcapng_blocks(packets, secrets, comment):
            file.write(block)


def pcapng_blocks(packets: Iterable[SavedPacket], secrets: Iterable[bytes] = (), comment: str = "") -> Iterator[bytes]:
    """The blocks of a pcapng file, in order; arguments as for ``write_pcapng``."""
    yield _section_header(comment)
    for text in secrets:
        yield _block(_DSB, struct.pack("<II", _TLS_KEY_LOG, len(text)) + _padded(text))
    interfaces: dict[tuple[int, ...], int] = {}
    for packet in packets:
        per_second = packet.ts_per_second if packet.ts_per_second in _RESOLUTIONS else _NANOSECONDS
        kind = packet.linktype, packet.fcs_len, packet.snaplen, per_second
        if kind not in interfaces:
            interfaces[kind] = len(interfaces)
            yield _interface_description(*kind)
        yield _enhanced_packet(packet, interfaces[kind], per_second)


def _section_header(comment: str) -> bytes:
    """Section 4.1; the length of the section is left open."""
    options = _option(_SHB_USERAPPL, f"ladderview {__version__}")
    if comment:
        options = _option(_OPT_COMMENT, comment) + options
    return _block(_SHB, struct.pack("<IHHq", _BYTE_ORDER_MAGIC, 1, 0, -1) + options + _end_of_options())


def _interface_description(linktype: int, fcs_len: int, snaplen: int, per_second: int) -> bytes:
    """Section 4.2."""
    options = _option(_IF_TSRESOL, bytes([_RESOLUTIONS[per_second]]))
    if fcs_len >= 0:
        options += _option(_IF_FCSLEN, bytes([fcs_len]))
    return _block(_IDB, struct.pack("<HHI", linktype, 0, snaplen) + options + _end_of_options())


def _enhanced_packet(packet: SavedPacket, interface: int, per_second: int) -> bytes:
    """Section 4.3. A time before 1970 cannot be written and becomes 0."""
    units = max(packet.ts_ns, 0) // (_NANOSECONDS // per_second)
    orig_len = packet.orig_len if packet.orig_len >= 0 else len(packet.data)
    head = struct.pack("<IIIII", interface, units >> 32, units & 0xFFFFFFFF, len(packet.data), orig_len)
    options = b"".join(_option(_OPT_COMMENT, comment) for comment in packet.comments)
    return _block(_EPB, head + _padded(packet.data) + (options + _end_of_options() if options else b""))


def _option(code: int, value: str | bytes) -> bytes:
    """Section 3.5; text is UTF-8, cut where it is too long."""
    if isinstance(value, str):
        value = value.encode("utf-8", "replace")
        if len(value) > _MAX_OPTION:
            value = value[:_MAX_OPTION].decode("utf-8", "ignore").encode()
    return struct.pack("<HH", code, len(value)) + _padded(value)


def _end_of_options() -> bytes:
    return struct.pack("<HH", _OPT_END, 0)


def _padded(data: bytes) -> bytes:
    """Filled up to whole words."""
    return data + bytes(-len(data) % 4)


def _block(kind: int, body: bytes) -> bytes:
    length = struct.pack("<I", len(body) + 12)
    return struct.pack("<I", kind) + length + body + length
