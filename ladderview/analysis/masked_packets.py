"""How does a flow become packets that tell nothing of what is masked, and everything of what happened?

Plan: each packet is built again as IP, TCP and payload, and begins with the IP header (LINKTYPE_RAW): link layers,
tunnels, padding and trailers are left out, since they hold addresses of their own. What TCP analysis looks at stays:
times, sequence numbers, windows, options, lengths also of cut packets, time to live, identification, ECN. Addresses
and ports come from ``masked_ends``, the payload from ``masked_streams``. A datagram that came in fragments is whole.

Checksums are made anew; one that was wrong stays wrong, one that the network card had not filled in stays like that.

Trap: a TCP option can hold an address (RFC 8684 section 3.4.1, Riverbed's), a signature or a cookie made from one
(RFC 2385, RFC 5925, RFC 7413): where addresses are masked, its bytes become 0; its kind and length stay.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from struct import pack, unpack_from

import numpy as np

from ladderview.analysis.masked_ends import FreshEnds, packed
from ladderview.analysis.masked_streams import masked_streams
from ladderview.analysis.masking import Masker
from ladderview.analysis.packet_layers import LINKTYPE_RAW
from ladderview.analysis.reading import FlowReading
from ladderview.analysis.streams import NO_OFFSET, payload_offsets
from ladderview.capture.capture import Capture
from ladderview.capture.records import NO_INTERFACE
from ladderview.capture.save import SavedPacket
from ladderview.progress import Progress, no_progress
from ladderview.proto.blank_der import FILLER
from ladderview.proto.reading import internet_checksum
from ladderview.proto.stack import Layer, walk
from ladderview.proto.tcp import ACCURATE_ECN_EXIDS, OptionKind, option_spans

#: Packets between two calls of ``progress``.
_TICK = 1 << 10

_TCP, _TCP_HEADER, _CHECKSUM_AT = 6, 20, 16
_LARGEST = 0xFFFF
_DEFAULT_TTL = 64

#: Options that say nothing of who speaks (IANA registry "TCP Option Kind Numbers").
_PLAIN_OPTIONS = frozenset({
    OptionKind.MSS, OptionKind.WINDOW_SCALE, OptionKind.SACK_PERMITTED, OptionKind.SACK, OptionKind.ECHO,
    OptionKind.ECHO_REPLY, OptionKind.TIMESTAMPS, OptionKind.CC, OptionKind.CC_NEW, OptionKind.CC_ECHO,
    OptionKind.USER_TIMEOUT, OptionKind.ACCURATE_ECN_0, OptionKind.ACCURATE_ECN_1,
})  # fmt: skip
_EXPERIMENTS = frozenset({OptionKind.EXPERIMENT_1, OptionKind.EXPERIMENT_2})
#: Subtypes of Multipath TCP (RFC 8684 section 3) that say nothing of who speaks; of others four bytes stay.
_PLAIN_MULTIPATH = frozenset({2, 5, 6, 8})


@dataclass(frozen=True, slots=True)
class _Segment:
    """A captured segment.

    Attributes:
        head: its TCP header, as much of it as was captured.
        payload: captured bytes behind it.
        wire_len: bytes of header and payload on the wire.
        ip: what of the IP header stays: time to live, traffic class, identification, flags, flow label, total length.
    """

    head: bytes
    payload: bytes
    wire_len: int
    ip: _Carrier


@dataclass(frozen=True, slots=True)
class _Carrier:
    """What of an IP header stays.

    Attributes:
        hops: time to live, hop limit.
        traffic_class: with ECN.
        flow_label: of IPv6.
        identification, flags: of IPv4; the flags with the fragment offset.
        declared: bytes of the segment by the length in it, which may be wrong; 0 where offload left that 0.
        checksum_change: what is to be done to the right checksum of an IPv4 header: exclusive or; -1 for a 0.
    """

    hops: int = _DEFAULT_TTL
    traffic_class: int = 0
    flow_label: int = 0
    identification: int = 0
    flags: int = 0
    declared: int = 0
    checksum_change: int = 0


def masked_packets(
    capture: Capture,
    reading: FlowReading,
    masker: Masker,
    packets: Iterable[int],
    progress: Progress = no_progress,
) -> Iterator[SavedPacket]:
    """Packets of a flow, masked.

    Args:
        capture: open.
        reading: of the flow.
        masker: what is masked, and what comments go through.
        packets: which, from 0.
        progress: told packets of packets.

    Raises:
        CaptureChanged: the file was cut short or replaced since it was read.
        Cancelled: by ``progress``.
    """
    segments, flow = reading.analysis.segments, reading.analysis.flow
    streams = masked_streams(reading.messages, masker, flow)
    offsets = [payload_offsets(stream, segments) for stream in reading.messages.streams]
    ends = FreshEnds(capture, flow, masker)
    originals = packed(flow.client), packed(flow.server)
    chosen, table = list(packets), capture.packets
    for done, (packet, row) in enumerate(zip(chosen, np.searchsorted(segments.packet, chosen).tolist(), strict=True)):
        if done % _TICK == 0:
            progress(done, len(chosen))
        if int(table.iface[packet]) == NO_INTERFACE:
            continue
        direction = int(segments.direction[row])
        segment = _segment_of(capture, packet)
        at = int(offsets[direction][row])
        payload = FILLER * len(segment.payload)
        if at != NO_OFFSET:
            at += len(segment.head) - (int(table.payload_off[packet]) - int(table.l4_off[packet]))
            payload = streams[direction].read(at, at + len(segment.payload))
        sides = (direction, 1 - direction)
        data = _packet(
            segment,
            payload,
            [originals[side] for side in sides],
            [ends.addresses[side] for side in sides],
            [ends.ports[side] for side in sides],
            hide_options="addresses" in masker.kinds,
        )
        yield SavedPacket(
            int(table.ts_ns[packet]),
            data,
            len(data) + segment.wire_len - len(segment.head) - len(segment.payload),
            LINKTYPE_RAW,
            [masker.written(comment) for comment in capture.comments.get(packet, ())],
        )


# -- what was captured ------------------------------------------------------------------------------------------------


def _segment_of(capture: Capture, packet: int) -> _Segment:
    table = capture.packets
    start, body = int(table.l4_off[packet]), int(table.payload_off[packet])
    if packet in capture.fragments:
        data = capture.datagram_bytes(packet)
        layers = walk(data, LINKTYPE_RAW, len(data)).layers
    else:
        data = capture.packet_bytes(packet)
        linktype = capture.interfaces[int(table.iface[packet])].linktype
        layers = walk(data, linktype, int(table.orig_len[packet])).layers
    ip = next(
        (one for one in reversed(layers) if one.protocol in {"ipv4", "ipv6"} and one.start < start <= one.end), None
    )
    wire_len = body - start + int(table.payload_len[packet])
    if ip is not None:
        wire_len = max(wire_len, ip.end - start)
    body = max(body, start + _TCP_HEADER)
    held = data[start : start + max(wire_len, _TCP_HEADER)]
    head = held[: body - start]
    return _Segment(head, held[body - start :], max(wire_len, len(held)), _carrier(data, ip, start))


def _carrier(data: bytes, ip: Layer | None, segment: int) -> _Carrier:
    """What stays of the IP header around the segment that begins at ``segment``."""
    if ip is None:
        return _Carrier(declared=len(data) - segment)
    at = ip.start
    if ip.protocol == "ipv6":
        first, length = unpack_from("!IH", data, at)
        declared = max(length - (segment - at - 40), 0) if length else 0
        return _Carrier(data[at + 7], first >> 20 & 0xFF, first & 0xFFFFF, declared=declared)
    tos, total, identification, flags, hops, _, found = unpack_from("!xBHHHBBH", data, at)
    header = data[at : ip.header_end]
    right = internet_checksum(header[:10] + b"\0\0" + header[12:])
    declared = max(total - (segment - at), 0)
    change = found ^ right if found or not right else -1
    return _Carrier(hops, tos, 0, identification, flags, declared, change)


# -- what is written --------------------------------------------------------------------------------------------------


def _packet(
    segment: _Segment,
    payload: bytes,
    originals: list[bytes],
    addresses: list[bytes],
    ports: list[int],
    *,
    hide_options: bool,
) -> bytes:
    """An IP packet; of addresses and ports the source comes first."""
    head = bytearray(segment.head)
    if len(head) >= 4:
        head[:4] = pack("!HH", *ports)
    if hide_options:
        head[_TCP_HEADER:] = _plain_options(bytes(head[_TCP_HEADER:]))
    if len(head) >= _CHECKSUM_AT + 2:
        before = _Sums(originals, segment.head, segment.payload, segment.wire_len)
        after = _Sums(addresses, bytes(head), payload, segment.wire_len)
        head[_CHECKSUM_AT : _CHECKSUM_AT + 2] = after.like(before).to_bytes(2, "big")
    ip = _ip_header(segment.ip, addresses)
    return ip + bytes(head) + payload


class _Sums:
    """The checksum that a segment has, and those that it could have (RFC 9293 section 3.1).

    Attributes:
        found: what stands in it.
        right: what should, as far as it was captured.
        partial: what stands there before the network card has summed it up: the sum of the pseudo-header.
        is_whole: whether all of it was captured, so that right and wrong can be told apart.
    """

    __slots__ = ("found", "is_whole", "partial", "right")

    def __init__(self, addresses: list[bytes], head: bytes, payload: bytes, wire_len: int) -> None:
        pseudo = b"".join(addresses) + pack("!II", wire_len, _TCP)
        self.found = int.from_bytes(head[_CHECKSUM_AT : _CHECKSUM_AT + 2], "big")
        self.right = internet_checksum(pseudo + head[:_CHECKSUM_AT] + b"\0\0" + head[_CHECKSUM_AT + 2 :] + payload)
        self.partial = ~internet_checksum(pseudo) & 0xFFFF
        self.is_whole = len(head) + len(payload) == wire_len

    def like(self, before: _Sums) -> int:
        """The checksum that is right or wrong in the way in which another one is."""
        if not before.is_whole or before.found == before.right:
            return self.right
        if before.found in {0, before.partial}:
            return self.partial if before.found else 0
        wrong = self.right ^ before.found ^ before.right
        return wrong if wrong != self.partial else self.right ^ 1


def _ip_header(carrier: _Carrier, addresses: list[bytes]) -> bytes:
    if len(addresses[0]) == 16:
        first = 6 << 28 | carrier.traffic_class << 20 | carrier.flow_label
        return pack("!IHBB", first, carrier.declared, _TCP, carrier.hops) + addresses[0] + addresses[1]
    total = carrier.declared + 20 if 0 < carrier.declared <= _LARGEST - 20 else 0
    fields = 0x45, carrier.traffic_class, total, carrier.identification, carrier.flags, carrier.hops, _TCP
    ends = addresses[0] + addresses[1]
    if carrier.checksum_change < 0:
        return pack("!BBHHHBBH", *fields, 0) + ends
    checksum = internet_checksum(pack("!BBHHHBBH", *fields, 0) + ends) ^ carrier.checksum_change
    return pack("!BBHHHBBH", *fields, checksum) + ends


def _plain_options(options: bytes) -> bytes:
    """As many bytes of options, without what they may tell of who speaks."""
    out = bytearray(len(options))
    done = 0
    for kind, start, end in option_spans(options, len(options)):
        out[done:start] = options[done:start]  # NOPs
        keep = _kept_of(kind, options[start:end])
        out[start : start + keep] = options[start : start + keep]
        done = end
    while done < len(options) and options[done] == OptionKind.NOP:
        out[done] = OptionKind.NOP
        done += 1
    out[done : done + 2] = options[done : done + 2]  # the end of the list, or an option that is wrong
    return bytes(out)


def _kept_of(kind: int, option: bytes) -> int:
    """How many bytes of an option stay."""
    if kind in _PLAIN_OPTIONS or (kind in _EXPERIMENTS and option[2:4] in ACCURATE_ECN_EXIDS):
        return len(option)
    if kind == OptionKind.MULTIPATH and len(option) > 2:
        return len(option) if option[2] >> 4 in _PLAIN_MULTIPATH else 4
    return 4 if kind in _EXPERIMENTS else 2
