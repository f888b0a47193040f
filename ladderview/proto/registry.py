"""Which reader makes the fields of a layer? One list, and ``dissect``, which reads all layers of a packet with it.

Plan: ``stack.walk`` says which layers a packet has and where; here each header is read within its bounds, the bytes
that are padding or trailer are told from the payload, and what the innermost header carries is shown as data.

Traps: an error in one layer ends that layer, not the packet: what was read is kept. Lengths come from the walk, so
sizes add up: a layer's header, its payload and its trailer are the payload of the layer around it.
"""

from __future__ import annotations

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
from ladderview.proto.names import LAYER_NAMES
from ladderview.proto.reading import LayerReader, Place
from ladderview.proto.stack import Layer, Stack, walk
from ladderview.proto.tcp_fields import read_tcp
from ladderview.proto.tunnels import read_geneve, read_gre, read_gtp, read_udp, read_vxlan
from ladderview.proto.wlan import read_80211, read_radiotap

#: The reader of each layer that ``stack.walk`` names; a layer that is not here is shown as bytes.
READERS: dict[str, LayerReader] = {
    "ethernet": read_ethernet,
    "vlan": read_vlan,
    "llc": read_llc,
    "snap": read_snap,
    "sll": read_sll,
    "sll2": read_sll2,
    "null": read_null,
    "ppp": read_ppp,
    "pppoe": read_pppoe,
    "chdlc": read_cisco_hdlc,
    "mpls": read_mpls,
    "radiotap": read_radiotap,
    "ieee80211": read_80211,
    "ipv4": read_ipv4,
    "ipv6": read_ipv6,
    "ipv6_hopopts": read_hop_by_hop,
    "ipv6_dstopts": read_destination_options,
    "ipv6_routing": read_routing,
    "ipv6_fragment": read_fragment,
    "ipv6_mobility": read_extension,
    "shim6": read_extension,
    "ah": read_ah,
    "udp": read_udp,
    "gre": read_gre,
    "vxlan": read_vxlan,
    "geneve": read_geneve,
    "gtp": read_gtp,
    "tcp": read_tcp,
}

#: Shortest Ethernet frame without its checksum; a shorter packet is padded to it (IEEE 802.3 clause 3.2.8).
_MIN_ETHERNET = 60

#: Layers around an 802.11 frame: what lies behind the frame is its checksum.
_RADIO_HEADERS = ("radiotap", "ppi")


def dissect(data: bytes, linktype: int, wire_len: int) -> list[Dissection]:
    """The layers of one packet, outermost first, and what the innermost carries as "Data"; never raises.

    Args:
        data: captured bytes.
        linktype: LINKTYPE_ value of the tcpdump.org registry (101 for an IP datagram by itself).
        wire_len: bytes that the packet had on the wire.
    """
    stack = walk(data, linktype, wire_len)
    layers = stack.layers
    inner_ends = _payload_ends(layers)
    found: list[Dissection] = []
    for number, layer in enumerate(layers):
        found.append(_layer(data, stack, number, inner_ends[number]))
        if number + 1 == len(layers) or layers[number + 1].start >= layer.end > layer.header_end:
            found += _data(data, layer, inner_ends[number])
    if stack.error:
        _attach(found, stack.error, data)
    elif not layers:
        found.append(_bytes_as_data(data, 0, max(len(data), wire_len)))
    return found


def _payload_ends(layers: tuple[Layer, ...]) -> list[int]:
    """Where the payload of each layer ends, without the padding that its own lengths do not tell."""
    ends = [layer.end for layer in layers]
    for number in range(len(layers) - 2, -1, -1):
        following = layers[number + 1]
        if layers[number].header_end <= following.start and following.end <= layers[number].end:
            ends[number] = ends[number + 1] if ends[number + 1] > following.header_end else following.end
        ends[number] = max(ends[number], layers[number].header_end)
    return ends


def _layer(data: bytes, stack: Stack, number: int, payload_end: int) -> Dissection:
    layer = stack.layers[number]
    name = LAYER_NAMES.get(layer.protocol, layer.protocol.replace("_", " "))
    reader = READERS.get(layer.protocol)
    header = Span(layer.start, layer.header_end)
    if reader is None:
        return _unread(data, layer, name, payload_end)
    tcp = next((tcp for tcp in (stack.tcp, *stack.more_tcp) if tcp and tcp.start == layer.start), None)
    r = FieldReader(data, layer.start, layer.header_end)
    summary = error = ""
    try:
        heading = reader(r, Place(layer, stack.layers[:number], tcp))
        name, summary = heading.protocol, heading.summary
    except Truncated as truncated:
        error = f"{_cut_words(layer, data)}: {truncated}"
        name = _SHORT_NAMES.get(layer.protocol, name)
    fields = list(r.fields)
    if not error and r.left:
        fields.append(_bytes_field("Other header bytes", data, r.at, layer.header_end))
    trailer = _trailer(data, stack.layers, number, payload_end)
    if trailer is not None:
        fields.append(trailer)
    return Dissection(name, summary, tuple(fields), header, Span(layer.header_end, payload_end), error)


#: What a layer is called where its header broke off before it could say so itself.
_SHORT_NAMES = {
    "ethernet": "Ethernet",
    "vlan": "802.1Q VLAN",
    "llc": "LLC",
    "snap": "SNAP",
    "sll": "Linux cooked v1",
    "sll2": "Linux cooked v2",
    "null": "Null/Loopback",
    "ppp": "PPP",
    "pppoe": "PPPoE",
    "chdlc": "Cisco HDLC",
    "mpls": "MPLS",
    "radiotap": "Radiotap",
    "ieee80211": "IEEE 802.11",
    "ipv4": "IPv4",
    "ipv6": "IPv6",
    "ipv6_hopopts": "IPv6 Hop-by-Hop Options",
    "ipv6_dstopts": "IPv6 Destination Options",
    "ipv6_routing": "IPv6 Routing Header",
    "ipv6_fragment": "IPv6 Fragment Header",
    "ah": "AH",
    "udp": "UDP",
    "gre": "GRE",
    "vxlan": "VXLAN",
    "geneve": "Geneve",
    "gtp": "GTP-U",
    "tcp": "TCP",
}


def _cut_words(layer: Layer, data: bytes) -> str:
    """Whether the capture cut the header, or its own length is too small."""
    return "cut off by the capture" if layer.end > len(data) else "the header is too short"


def _unread(data: bytes, layer: Layer, name: str, payload_end: int) -> Dissection:
    """A layer that no reader knows: its header as bytes, or everything where the walk does not know the header."""
    header_end = layer.header_end if layer.header_end > layer.start else payload_end
    field = _bytes_field("Header" if header_end < payload_end else "Bytes", data, layer.start, header_end)
    return Dissection(name, "", (field,), Span(layer.start, header_end), Span(header_end, max(header_end, payload_end)))


def _trailer(data: bytes, layers: tuple[Layer, ...], number: int, payload_end: int) -> Field | None:
    """The captured bytes behind the payload, as a field of the outermost layer that they belong to."""
    layer = layers[number]
    if layer.end <= payload_end or len(data) <= payload_end or (number and layers[number - 1].end == layer.end):
        return None
    if number + 1 < len(layers) and any(other.start >= payload_end for other in layers[number + 1 :]):
        return None  # further frames stand there
    end = min(layer.end, len(data))
    if layer.protocol in _RADIO_HEADERS:
        return _bytes_field("Frame Check Sequence", data, payload_end, end)
    padding = layer.protocol == "ethernet" and end - layer.start <= _MIN_ETHERNET
    return _bytes_field("Padding" if padding else "Trailer", data, payload_end, end)


def _data(data: bytes, layer: Layer, payload_end: int) -> list[Dissection]:
    """What the innermost header carries."""
    if payload_end <= layer.header_end or layer.header_end == layer.start:
        return []
    return [_bytes_as_data(data, layer.header_end, payload_end)]


def _bytes_as_data(data: bytes, start: int, end: int) -> Dissection:
    size = end - start
    captured = max(0, min(end, len(data)) - start)
    error = "" if captured == size else f"{byte_count(captured)} of {size} were captured"
    field = _bytes_field("Data", data, start, end)
    return Dissection("Data", byte_count(size), (field,) if captured else (), Span(start, end), Span(end, end), error)


def _bytes_field(name: str, data: bytes, start: int, end: int) -> Field:
    value = data[start:end]
    return Field(name, value, hex_bytes(value), Span(start, start + len(value)), note=byte_count(len(value)))


def _attach(found: list[Dissection], error: str, data: bytes) -> None:
    """Put what the walk found wrong on the innermost header, unless its reader has said it."""
    if not found:
        found.append(
            Dissection("Data", byte_count(len(data)), (), Span(0, len(data)), Span(len(data), len(data)), error)
        )
        if data:
            found[0] = Dissection(
                "Data",
                byte_count(len(data)),
                (_bytes_field("Data", data, 0, len(data)),),
                Span(0, len(data)),
                Span(len(data), len(data)),
                error,
            )
        return
    if any(dissection.error for dissection in found):
        return
    number = max((i for i, dissection in enumerate(found) if dissection.protocol != "Data"), default=0)
    last = found[number]
    found[number] = Dissection(last.protocol, last.summary, last.fields, last.header, last.payload, error)
