"""How does a copy of a pcapng get other comments on some of its packets, and stay in everything else what it was?

Plan: the copy is the bytes of the original. Only the blocks of packets whose comments change are put together anew, and
of them only the comments: the packet, its time, flags, hash, verdict and whatever else stands in its options keep their
bytes and their order. A Section Header Block that tells the length of its section tells the new one. What comes
after a damage was never read, and is copied as it stands. A copy in which nothing changes is the original.

Source: draft-ietf-opsawg-pcapng, sections 3.5 (options), 4.1 (sections), 4.3 and 4.4 (packets), appendix A (the
obsolete Packet Block, which has options as well and stays what it is).

Traps: a Simple Packet Block has no options, so it becomes an Enhanced one, whose time is 0 as that of the packet
is here. The same bytes of a comment may be no UTF-8: a comment that stays keeps its bytes.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping, Sequence

from ladderview.capture import pcapng_blocks
from ladderview.capture.capture import Capture, CaptureChanged
from ladderview.capture.pcapng import MAGIC, MAX_BLOCK
from ladderview.capture.pcapng_blocks import OPT_COMMENT, OPT_END
from ladderview.capture.pcapng_packets import EPB, PB, SPB
from ladderview.capture.records import NO_INTERFACE, Window
from ladderview.progress import Progress, no_progress

#: Bytes from the begin of a block to the packet in it: type, length and what else each kind has.
_HEAD = {EPB: 28, PB: 28, SPB: 12}
#: Bytes of a Section Header Block up to the length of the section, and of that.
_SECTION_LENGTH_AT, _SECTION_HEAD = 16, 24
_NOT_TOLD = -1
#: Bytes that an option holds, and that are copied at once.
_MAX_OPTION, _CHUNK = 0xFFFF, 1 << 20

#: Offset, bytes there, and what stands in their place.
_Patch = tuple[int, int, bytes]


def is_pcapng(capture: Capture) -> bool:
    """Whether the file, unpacked, is a pcapng."""
    return capture.source.read(0, len(MAGIC)) == MAGIC


def copied(
    capture: Capture, comments: Mapping[int, Sequence[str]], progress: Progress = no_progress
) -> Iterator[bytes]:
    """The bytes of a copy.

    Args:
        capture: a pcapng, open.
        comments: packet, from 0 -> all comments that it has in the copy; other packets keep theirs.
        progress: told bytes of bytes.

    Raises:
        CaptureChanged: the file was cut short or replaced since it was read.
        Cancelled: by ``progress``.
    """
    source, at = capture.source, 0
    for offset, length, data in [*_patches(capture, comments), (source.size, 0, b"")]:
        while at < offset:
            progress(at, source.size)
            chunk = min(_CHUNK, offset - at)
            yield source.read_unchanged(at, chunk)
            at += chunk
        yield data
        at += length


def _patches(capture: Capture, comments: Mapping[int, Sequence[str]]) -> list[_Patch]:
    """What differs in the copy, in the order of the file."""
    changed = {packet: texts for packet, texts in comments.items() if tuple(texts) != capture.comments.get(packet, ())}
    patches = [patch for packet in sorted(changed) if (patch := _patch(capture, packet, changed[packet])) is not None]
    sections = list(_sections(capture, patches[-1][0])) if patches else []
    for number, (at, order, length) in enumerate(sections):
        end = sections[number + 1][0] if number + 1 < len(sections) else capture.source.size
        grown = sum(len(data) - size for offset, size, data in patches if at < offset < end)
        if length != _NOT_TOLD and grown:
            patches.append((at + _SECTION_LENGTH_AT, 8, struct.pack(order + "q", length + grown)))
    return sorted(patches)


def _sections(capture: Capture, end: int) -> Iterator[tuple[int, str, int]]:
    """The Section Header Blocks before ``end``, where a block begins: offset, byte order and length of the section."""
    window, at, order = Window(capture.source), 0, "<"
    window.slide(0)
    while at <= end:
        if at + _SECTION_HEAD > window.base + window.end:
            window.slide(at, _SECTION_HEAD)
        here = at - window.base
        if window.end - here < _SECTION_HEAD:
            return
        if window.bytes[here : here + 4] == MAGIC:
            order = pcapng_blocks.byte_order(window.bytes, here + 8)
            yield at, order, struct.unpack_from(order + "q", window.bytes, here + _SECTION_LENGTH_AT)[0]
        (length,) = struct.unpack_from(order + "I", window.bytes, here + 4)
        at += max(length + -length % 4, 4)


def _patch(capture: Capture, packet: int, texts: Sequence[str]) -> _Patch | None:
    """A packet's block with these comments; None where the record is none that can have comments."""
    if int(capture.packets.iface[packet]) == NO_INTERFACE:
        return None
    is_simple = packet in capture.untimed
    caplen = int(capture.packets.caplen[packet])
    at = int(capture.packets.offset[packet]) - (_HEAD[SPB] if is_simple else _HEAD[EPB])
    begin = capture.source.read_unchanged(at, 8)
    for order in "<>":
        kind, length = struct.unpack(order + "II", begin)
        if kind in ((SPB,) if is_simple else (EPB, PB)):
            block = capture.source.read_unchanged(at, length + -length % 4)
            return at, len(block), _with_comments(block, kind, order, caplen, texts)
    raise CaptureChanged(f"{capture.source.name}: packet {packet + 1} is not where it was")


def _with_comments(block: bytes, kind: int, order: str, caplen: int, texts: Sequence[str]) -> bytes:
    """The block of a packet with other comments."""
    end = _HEAD[kind] + caplen + -caplen % 4
    fixed, options = block[8:end], block[end:-4]
    if kind == SPB:
        (orig_len,) = struct.unpack_from(order + "I", block, 8)
        fixed = struct.pack(order + "IIIII", 0, 0, 0, caplen, orig_len) + block[12:end]
        kind, options = EPB, b""
    body = fixed + _options_with(options, order, texts, MAX_BLOCK - len(fixed) - 12)
    length = struct.pack(order + "I", len(body) + 12)
    return struct.pack(order + "I", kind) + length + body + length


def _options_with(options: bytes, order: str, texts: Sequence[str], room: int) -> bytes:
    """Options in which each comment stands where one stood, and further ones behind all others."""
    there, end = _split(options, order)
    room -= len(end) + sum(len(option) for code, _, option in there if code != OPT_COMMENT) + 4
    stay = [(value.decode("utf-8", "replace"), option) for code, value, option in there if code == OPT_COMMENT]
    comments = []
    for text in texts:
        same = next((one for one in stay if one[0] == text), None)
        if same is not None:
            stay.remove(same)
        option = same[1] if same is not None else _comment(text, order)
        room -= len(option)
        if room >= 0:  # a block that nobody can read is worse than a comment that is not in it
            comments.append(option)
    following = iter(comments)
    written = [next(following, b"") if code == OPT_COMMENT else option for code, _, option in there]
    whole = b"".join((*written, *following))
    return whole + (end or (bytes(4) if whole else b""))


def _split(options: bytes, order: str) -> tuple[list[tuple[int, bytes, bytes]], bytes]:
    """(code, value, the whole option as it stands) of each, and their end with what comes behind it."""
    there, at = [], 0
    while at + 4 <= len(options):
        code, length = struct.unpack_from(order + "HH", options, at)
        if code == OPT_END:
            break
        after = at + 4 + length + -length % 4
        there.append((code, options[at + 4 : at + 4 + length], options[at:after]))
        at = after
    return there, options[at:]


def _comment(text: str, order: str) -> bytes:
    """A comment as an option, which holds so many bytes of it; cut between two characters."""
    value = text.encode("utf-8", "replace")
    if len(value) > _MAX_OPTION:
        value = value[:_MAX_OPTION].decode("utf-8", "ignore").encode()
    return struct.pack(order + "HH", OPT_COMMENT, len(value)) + value + bytes(-len(value) % 4)
