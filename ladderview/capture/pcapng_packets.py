"""What do the packet blocks of a pcapng say? Their columns, read together by numpy.

Sections 4.3 (Enhanced Packet Block), 4.4 (Simple Packet Block) and appendix A (the obsolete Packet Block) of
draft-ietf-opsawg-pcapng; beside them the blocks that Wireshark numbers although they are no packets.

Traps: the checks are Wireshark's, in numpy: the first block that fails one is where reading ends. Times are
unsigned 64-bit numbers of units that may be anything from 1 to 2^63 a second.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ladderview.capture import pcapng_blocks
from ladderview.capture.pcap import max_caplen
from ladderview.capture.pcapng_blocks import OPT_COMMENT, OPT_CUSTOM, BadBlock
from ladderview.capture.records import MAX_ORIG_LEN, NO_INTERFACE, Findings, Interface, Records, Window, gather

PB, SPB, EPB = 2, 3, 6
#: Bytes that a packet block has at least.
MIN_LENGTH = {EPB: 32, PB: 32, SPB: 16}
#: Blocks that are no packets but have a number in Wireshark, and the bytes of their own header.
NUMBERED = {
    0x00000BAD: 4,  # Custom Block that may be copied
    0x40000BAD: 4,  # Custom Block that may not
    0x00000009: 0,  # systemd Journal Export Block
    0x00000204: 0,  # Sysdig Event Block
    0x00000208: 0,  # Sysdig Event Block with flags
}
#: Lengths that Wireshark wants of the options of a packet block: code to (least, most) bytes.
_OPTION_LENGTHS = {2: (4, 4), 3: (1, 0xFFFF), 4: (8, 8), 5: (8, 8), 6: (4, 4), 7: (1, 0xFFFF)}
#: Options of a block that are read in step with the other blocks' before the rest is read one by one.
_OPTIONS_IN_STEP = 6

I64 = NDArray[np.int64]


class Section(NamedTuple):
    """What holds for the packets from ``from_packet`` (of a walk) on.

    Attributes:
        order: "<" or ">".
        base: row in ``Findings.interfaces`` of the section's interface 0.
        interfaces: how many the section has so far.
    """

    from_packet: int
    order: str
    base: int
    interfaces: int


def read_packets(
    window: Window, starts: I64, sections: list[Section], findings: Findings, before: int
) -> tuple[Records, str]:
    """The records of the blocks at ``starts``, up to the first bad one, and why that is bad.

    ``before`` is the number of packets before the first of them; comments go to ``findings``.
    """
    blocks = _Blocks.read(window.array, starts, sections, findings.interfaces)
    checks = _checks(window.array, blocks, findings.interfaces)
    good = min([len(starts), *(int(wrong.argmax()) for wrong in checks.values() if wrong.any())])
    bad = next((reason for reason, wrong in checks.items() if good < len(starts) and wrong[good]), "")
    checked = _read_options(window.array, blocks, good, findings, before)
    if checked < good:
        good, bad = checked, "a packet whose options do not fit"
    part = slice(good)
    ts_ns = np.zeros(good, np.int64)
    for row in np.unique(blocks.iface[part]).tolist():
        if row != NO_INTERFACE:
            mine = np.flatnonzero((blocks.iface[part] == row) & blocks.timed[part])
            ts_ns[mine] = nanoseconds(blocks.units[mine], findings.interfaces[row])
    if not blocks.timed[part].all():
        findings.untimed.append(before + np.flatnonzero(~blocks.timed[part]))
    records = Records(
        window.array,
        window.base,
        blocks.start[part],
        blocks.caplen[part].astype(np.uint32),
        np.minimum(blocks.orig_len[part], MAX_ORIG_LEN).astype(np.uint32),
        ts_ns,
        blocks.iface[part].astype(np.uint16),
    )
    return records, bad


class _Blocks(NamedTuple):
    """Packet blocks, one row each.

    Attributes:
        at: index of the block.
        length: bytes of the block, rounded up to words.
        swapped: bool, big-endian.
        start: index of the first captured byte.
        caplen, orig_len: int64, bytes.
        iface: int64, row of the interfaces; ``NO_INTERFACE`` where it is no packet, -1 where there is none such.
        units: uint64, the time in the interface's units.
        timed: bool, the block has a time.
    """

    at: I64
    length: I64
    swapped: NDArray[np.bool_]
    start: I64
    caplen: I64
    orig_len: I64
    iface: I64
    units: NDArray[np.uint64]
    timed: NDArray[np.bool_]

    @classmethod
    def read(cls, data: NDArray[np.uint8], at: I64, sections: list[Section], interfaces: list[Interface]) -> _Blocks:
        """Read the fixed parts."""
        from_packet, orders, bases, counts = zip(*sections, strict=True)
        packets = np.diff(from_packet, append=len(at))
        swapped = np.repeat([order == ">" for order in orders], packets)
        base, count = np.repeat(bases, packets), np.repeat(counts, packets)
        words = gather(data, at, np.dtype("V28")).view(np.dtype("<u4")).reshape(-1, 7)
        words[swapped] = words[swapped].byteswap()
        kind, length, second, ts_high, ts_low, caplen, orig_len = words.astype(np.int64).T
        length += -length % 4
        timed = (kind == EPB) | (kind == PB)
        simple = kind == SPB
        iface = np.where(kind == PB, np.where(swapped, second >> 16, second & 0xFFFF), second)
        iface[simple] = 0
        iface = np.where(iface < count, iface + base, -1)
        start = at + np.where(simple, 12, 28)
        if simple.any():
            orig_len = np.where(simple, second, orig_len)
            caplen = np.where(simple, np.minimum(second, _snaplens(iface, interfaces)), caplen)
        numbered = ~timed & ~simple
        if numbered.any():
            own = np.select([kind == block for block in NUMBERED], list(NUMBERED.values()), 0)
            iface = np.where(numbered, NO_INTERFACE, iface)
            start = np.where(numbered, at + 8 + own, start)
            caplen = np.where(numbered, np.maximum(length - 12 - own, 0), caplen)
            orig_len = np.where(numbered, caplen, orig_len)
        units = ts_high.astype(np.uint64) << np.uint64(32) | ts_low.astype(np.uint64)
        return cls(at, length, swapped, start, caplen, orig_len, iface, units, timed)


def _snaplens(iface: I64, interfaces: list[Interface]) -> I64:
    """The snap length of each packet's interface; no limit where it is 0 or there is no interface."""
    limits = np.full(len(iface), 1 << 32)
    for row in np.unique(iface).tolist():
        if 0 <= row < NO_INTERFACE and interfaces[row].snaplen:
            limits[iface == row] = interfaces[row].snaplen
    return limits


def _checks(data: NDArray[np.uint8], blocks: _Blocks, interfaces: list[Interface]) -> dict[str, NDArray[np.bool_]]:
    """Which blocks cannot be read, by reason."""
    trailer = _word(data, blocks.at + blocks.length - 4, blocks.swapped, 4)
    most = np.full(len(blocks.at), 1 << 62)
    for row in np.unique(blocks.iface).tolist():
        if 0 <= row < NO_INTERFACE:
            most[blocks.iface == row] = max_caplen(interfaces[row].linktype)
    used = blocks.start - blocks.at + blocks.caplen + -blocks.caplen % 4 + 4
    return {
        "a block that ends with another length than it begins with": trailer + -trailer % 4 != blocks.length,
        "a block that is too short for its packet": used > blocks.length,
        "a packet of an interface that is not described": blocks.iface < 0,
        "a packet that is longer than any can be": blocks.caplen > most,
    }


def _word(data: NDArray[np.uint8], at: I64, swapped: NDArray[np.bool_], size: int) -> I64:
    """Unsigned integers of 2 or 4 bytes, as int64."""
    raw = gather(data, at, np.dtype(f"V{size}")).view(np.dtype(f"<u{size}"))
    words: I64 = np.where(swapped, raw.byteswap(), raw).astype(np.int64)
    return words


def nanoseconds(units: NDArray[np.uint64], interface: Interface) -> I64:
    """Times in an interface's units as nanoseconds since the epoch, as Wireshark computes them.

    What does not fit 64 bits (beyond the year 2262) becomes the nearest that does.
    """
    per_second = np.uint64(interface.ts_per_second)
    # Where a unit is far below a nanosecond the product wraps around, in Wireshark as here.
    fraction = (units % per_second * np.uint64(10**9) // per_second).astype(np.uint32).view(np.int32)
    limit = 2**63 // 10**9 - 1
    seconds: I64 = np.minimum(units // per_second, np.uint64(2 * limit)).astype(np.int64)
    seconds += max(-2 * limit, min(interface.ts_offset_s, 2 * limit))
    return np.clip(seconds, -limit, limit) * 10**9 + fraction


def _read_options(data: NDArray[np.uint8], blocks: _Blocks, good: int, findings: Findings, before: int) -> int:
    """Check the options of the first ``good`` blocks and keep the comments; how many blocks are good.

    The options of all blocks are read in step, the first of each, then the second; a block with very many is left to
    be read one by one.
    """
    at = blocks.start[:good] + blocks.caplen[:good] + -blocks.caplen[:good] % 4
    stop = (blocks.at + blocks.length - 4)[:good]
    rows = np.flatnonzero((at < stop) & blocks.timed[:good])
    at, stop, swapped = at[rows], stop[rows], blocks.swapped[rows]
    wrong_rows: list[I64] = []
    commented: list[I64] = []
    for _ in range(_OPTIONS_IN_STEP):
        if not len(rows):
            break
        cut = stop - at < 4
        code, length = _word(data, at, swapped, 2), _word(data, at + 2, swapped, 2)
        following = at + 4 + length + -length % 4
        wrong = cut | (following > stop)
        for known, (least, most) in _OPTION_LENGTHS.items():
            wrong |= (code == known) & ((length < least) | (length > most))
        wrong |= np.isin(code, OPT_CUSTOM) & (length < 4)
        wrong_rows.append(rows[wrong])
        commented.append(rows[(code == OPT_COMMENT) & ~wrong])
        more = ~wrong & (code != 0) & (following < stop)
        rows, at, stop, swapped = rows[more], following[more], stop[more], swapped[more]
    wrong_rows += [np.array([row]) for row in rows.tolist() if _options_of(data, blocks, row) is None]
    first_wrong = min((int(part[0]) for part in wrong_rows if len(part)), default=good)
    for row in sorted({*np.concatenate([*commented, rows]).tolist()} if commented else ()):
        comments = _options_of(data, blocks, row) if row < first_wrong else None
        if comments:
            findings.comments[before + row] = tuple(comments)
    return first_wrong


def _options_of(data: NDArray[np.uint8], blocks: _Blocks, row: int) -> list[str] | None:
    """The comments of one block; None where its options do not fit."""
    begin = int(blocks.start[row]) + int(blocks.caplen[row]) + -int(blocks.caplen[row]) % 4
    body = data[begin : int(blocks.at[row]) + int(blocks.length[row]) - 4].tobytes()
    comments = []
    try:
        for code, value in pcapng_blocks.options(body, ">" if blocks.swapped[row] else "<"):
            least, most = _OPTION_LENGTHS.get(code, (0, 0xFFFF))
            if not least <= len(value) <= most:
                return None
            if code == OPT_COMMENT:
                comments.append(value.decode("utf-8", "replace"))
    except BadBlock:
        return None
    return comments
