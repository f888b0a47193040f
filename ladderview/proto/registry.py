"""Which reader makes the fields of a layer? One list, and ``dissect``, which reads all layers of a packet with it.

Plan: ``stack.walk`` says which layers a packet has and where; here each header is read within its bounds, and bytes
that are padding or trailer are told from the payload.

Traps: an error in one layer ends that layer, not the packet: what was read is kept. Lengths come from the walk, so
sizes add up: a layer's header, its payload and its trailer are the payload of the layer around it.
"""

from __future__ import annotations

from dataclasses import replace

from ladderview.proto.fields import Dissection, Field, FieldReader, Span, Truncated, byte_count, hex_bytes
from ladderview.proto.ip import (
    read_ah,
    read_destination_options,
    read_extension,
    read_fragment,
    read_hop_by_hop,
    read_ipv4,
    read_ipv6,
    read_routing,
)
from ladderview.proto.link import (
    read_cisco_hdlc,
    read_ethernet,
    read_llc,
    read_mpls,
    read_null,
    read_ppp,
    read_pppoe,
    read_sll,
    read_sll2,
    read_snap,
    read_vlan,
)
from ladderview.proto.names import layer_name
from ladderview.proto.reading import LayerReader, Place
from ladderview.proto.stack import Layer, Stack, walk
from ladderview.proto.tcp_fields import read_tcp
from ladderview.proto.tunnels import read_geneve, read_gre, read_gtp, read_udp, read_vxlan
from ladderview.proto.wlan import read_80211, read_radiotap

#: Name and reader of each layer that ``stack.walk`` names; a layer that is not here is shown as bytes.
READERS: dict[str, tuple[str, LayerReader]] = {
    "ethernet": ("Ethernet", read_ethernet),
    "vlan": ("802.1Q VLAN", read_vlan),
    "llc": ("LLC", read_llc),
    "snap": ("SNAP", read_snap),
    "sll": ("Linux cooked v1", read_sll),
    "sll2": ("Linux cooked v2", read_sll2),
    "null": ("Null/Loopback", read_null),
    "ppp": ("PPP", read_ppp),
    "pppoe": ("PPPoE", read_pppoe),
    "chdlc": ("Cisco HDLC", read_cisco_hdlc),
    "mpls": ("MPLS", read_mpls),
    "radiotap": ("Radiotap", read_radiotap),
    "ieee80211": ("IEEE 802.11", read_80211),
    "ipv4": ("IPv4", read_ipv4),
    "ipv6": ("IPv6", read_ipv6),
    "ipv6_hopopts": ("IPv6 Hop-by-Hop Options", read_hop_by_hop),
    "ipv6_dstopts": ("IPv6 Destination Options", read_destination_options),
    "ipv6_routing": ("IPv6 Routing Header", read_routing),
    "ipv6_fragment": ("IPv6 Fragment Header", read_fragment),
    "ipv6_mobility": ("Mobile IPv6", read_extension),
    "shim6": ("Shim6", read_extension),
    "ah": ("AH", read_ah),
    "udp": ("UDP", read_udp),
    "gre": ("GRE", read_gre),
    "vxlan": ("VXLAN", read_vxlan),
    "geneve": ("Geneve", read_geneve),
    "gtp": ("GTP-U", read_gtp),
    "tcp": ("TCP", read_tcp),
}

#: Shortest Ethernet frame without its checksum; a shorter packet is padded to it (IEEE 802.3 clause 3.2.8).
_MIN_ETHERNET = 60

#: Layers whose own header says where they end.
_KNOW_THEIR_LENGTH = ("ipv4", "ipv6", "udp")

#: Layers around an 802.11 frame: what lies behind the frame is its checksum.
_RADIO_HEADERS = ("radiotap", "ppi")


def dissect(data: bytes, linktype: int, wire_len: int) -> list[Dissection]:
    """The layers of one packet, outermost first; never raises.

    What the innermost carries is its ``payload``; a packet of which no layer is known is one "Data".

    Args:
        data: captured bytes.
        linktype: LINKTYPE_ value of the tcpdump.org registry (101 for an IP datagram by itself).
        wire_len: bytes that the packet had on the wire.
    """
    stack = walk(data, linktype, wire_len)
    ends = _payload_ends(stack.layers)
    found = [_layer(data, stack, number, ends[number]) for number in range(len(stack.layers))]
    if not found:
        whole, fields = Span(0, max(len(data), wire_len)), (_bytes_field("Data", data, 0, len(data)),)
        return [Dissection("Data", byte_count(len(whole)), fields, whole, Span(whole.end, whole.end), stack.error)]
    if stack.error and not any(dissection.error for dissection in found):
        at = _layer_named(found, stack.error.partition(":")[0])
        found[at] = replace(found[at], error=stack.error)
    return found


def _layer_named(found: list[Dissection], name: str) -> int:
    """The innermost layer of that name (the walk begins its errors with one), else the innermost of all."""
    named = [number for number, dissection in enumerate(found) if dissection.protocol.lower() == name.lower()]
    return named[-1] if named else len(found) - 1


def _payload_ends(layers: tuple[Layer, ...]) -> list[int]:
    """Where the payload of each layer ends, without the padding behind it.

    A link layer or tag does not know where its payload ends: it ends where the IP layer in it does.
    """
    ends = [layer.end for layer in layers]
    for number in range(len(layers) - 2, -1, -1):
        layer, following = layers[number], layers[number + 1]
        inner_end = following.end if following.protocol in _KNOW_THEIR_LENGTH else ends[number + 1]
        nested = layer.header_end <= following.start and following.end <= layer.end
        alone = all(other.start <= inner_end for other in layers[number + 2 :])  # not one of several frames
        shrinks = nested and alone and layer.protocol not in _KNOW_THEIR_LENGTH
        ends[number] = max(inner_end if shrinks else layer.end, layer.header_end)
    return ends


def _layer(data: bytes, stack: Stack, number: int, payload_end: int) -> Dissection:
    layer = stack.layers[number]
    if layer.protocol not in READERS:
        return _unread(data, layer, payload_end)
    name, reader = READERS[layer.protocol]
    header = Span(layer.start, layer.header_end)
    tcp = next((tcp for tcp in (stack.tcp, *stack.more_tcp) if tcp and tcp.start == layer.start), None)
    r = FieldReader(data, layer.start, layer.header_end)
    summary = error = ""
    try:
        heading = reader(r, Place(layer, stack.layers[:number], tcp))
        name, summary = heading.protocol, heading.summary
    except Truncated as truncated:
        error = f"{_cut_words(layer, data)}: {truncated}"
    fields = list(r.fields)
    if not error and r.left:
        fields.append(_bytes_field("Other header bytes", data, r.at, layer.header_end))
    trailer = _trailer(data, stack.layers, number, payload_end)
    if trailer is not None:
        fields.append(trailer)
    return Dissection(name, summary, tuple(fields), header, Span(layer.header_end, payload_end), error)


def _cut_words(layer: Layer, data: bytes) -> str:
    """Whether the capture cut the header, or its own length is too small."""
    return "cut off by the capture" if layer.end > len(data) else "the header is too short"


def _unread(data: bytes, layer: Layer, payload_end: int) -> Dissection:
    """A layer that no reader knows: its header as bytes, or everything where the walk does not know the header."""
    header_end = layer.header_end if layer.header_end > layer.start else payload_end
    field = _bytes_field("Header" if header_end < payload_end else "Bytes", data, layer.start, header_end)
    payload = Span(header_end, max(header_end, payload_end))
    return Dissection(layer_name(layer.protocol), "", (field,), Span(layer.start, header_end), payload)


def _trailer(data: bytes, layers: tuple[Layer, ...], number: int, payload_end: int) -> Field | None:
    """The captured bytes behind the payload, as a field of the outermost layer that they belong to."""
    layer = layers[number]
    if layer.end <= payload_end or len(data) <= payload_end:
        return None
    if number and layers[number - 1].end == layer.end:
        return None
    if number + 1 < len(layers) and any(other.start >= payload_end for other in layers[number + 1 :]):
        return None  # further frames stand there
    end = min(layer.end, len(data))
    if layer.protocol in _RADIO_HEADERS:
        return _bytes_field("Frame Check Sequence", data, payload_end, end)
    padding = layer.protocol == "ethernet" and end - layer.start <= _MIN_ETHERNET
    return _bytes_field("Padding" if padding else "Trailer", data, payload_end, end)


def _bytes_field(name: str, data: bytes, start: int, end: int) -> Field:
    value = data[start:end]
    return Field(name, value, hex_bytes(value), Span(start, start + len(value)), note=byte_count(len(value)))
