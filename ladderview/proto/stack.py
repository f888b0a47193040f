"""Which layers a packet has and where each stands: one walk for the slow lane and for the inspector.

The walk names layers and their byte ranges; it makes no field trees (see ``registry``), so it is cheap
enough for every packet that the fast lane does not recognise.

Plan: ``next_protocol`` says which reader a number asks for, a reader finds the end of its header and names the next
number, and the loop here goes from one to the next. It is a loop and not a recursion, and counts its steps, so
nothing in a packet can make it long.
"""

from __future__ import annotations

from typing import NamedTuple

from ladderview.proto import (
    ip_walk,
    juniper_walk,
    link_walk,
    rare_link_walk,
    sflow_walk,
    tag_walk,
    tunnel_walk,
    wan_walk,
    wlan_walk,
)
from ladderview.proto.next_protocol import LINKTYPES
from ladderview.proto.walking import CutError, Fragment, Layer, Reader, Step, Tcp, Walk

__all__ = ["Fragment", "Layer", "Stack", "Tcp", "walk"]

#: Most headers that are looked at one inside the other, and most frames side by side in one packet.
MAX_LAYERS = 64
MAX_FRAMES = 32

#: Every reader by its key; a key that is not here names a layer that ends the walk.
READERS: dict[str, Reader] = {
    **link_walk.READERS,
    **wan_walk.READERS,
    **tag_walk.READERS,
    **ip_walk.READERS,
    **tunnel_walk.READERS,
    **wlan_walk.READERS,
    **sflow_walk.READERS,
    **juniper_walk.READERS,
    **rare_link_walk.READERS,
}

#: What a layer is called whose reader has another key, for a header that is cut before its reader can record it.
LAYER_OF = {
    "ppp_hdlc": "ppp",
    "ppp_with_dir": "ppp",
    "loop": "null",
    "svlan": "vlan",
    "snap_frame_relay": "snap",
    "arcnet_linux": "arcnet",
    "cisco_metadata_gre": "cisco_metadata",
    "ieee80211_padded": "ieee80211",
    "ieee80211_swapped": "ieee80211",
    "netanalyzer_transparent": "netanalyzer",
    "pseudo_wire": "pw_control_word",
    **dict.fromkeys(juniper_walk.READERS, "juniper"),
}


class Stack(NamedTuple):
    """The layers of a packet, outermost first, and what the slow lane asks of them.

    Attributes:
        layers: as far as they could be told.
        error: what was wrong first (the walk may have gone on), or the empty string.
        tcp: the TCP header, or None; the first where a packet carries several frames.
        fragment: the IP fragment at which the walk ended, or None; its payload is no layer of its own.
        more_tcp: further TCP headers of a packet that carries several frames.
    """

    layers: tuple[Layer, ...]
    error: str = ""
    tcp: Tcp | None = None
    fragment: Fragment | None = None
    more_tcp: tuple[Tcp, ...] = ()


def walk(data: bytes | memoryview, linktype: int, wire_len: int) -> Stack:
    """Name the layers of one captured packet.

    Args:
        data: captured bytes.
        linktype: LINKTYPE_ value of the tcpdump.org registry.
        wire_len: bytes the packet had on the wire; more than ``len(data)`` where the snap length cut it.

    Never raises and looks at a bounded number of layers.
    """
    state = Walk(bytes(data))
    first = LINKTYPES.get(linktype)
    if first is None:
        return Stack((), f"link type {linktype} is not known")
    _follow(state, (first, 0, max(wire_len, len(state.data))))
    for _ in range(MAX_FRAMES):
        if not state.pending:
            break
        key, at, end, state.quoted = state.pending.pop(0)
        state.partial = False
        _follow(state, (key, at, end))
    tcp = state.tcp
    return Stack(tuple(state.layers), state.error, tcp[0] if tcp else None, state.fragment, tuple(tcp[1:]))


def _follow(state: Walk, step: Step) -> None:
    """Take steps until a reader has nothing to follow."""
    for _ in range(MAX_LAYERS):
        if step is None:
            return
        key, at, end = step
        reader = READERS.get(key)
        if reader is None:
            state.layer(key, at, at, end)
            return
        try:
            step = reader(state, at, end)
        except CutError as cut:
            name = LAYER_OF.get(key, key)
            state.fault(f"{name}: {cut}")
            if min(end, len(state.data)) > at:
                state.layer(name, at, min(end, len(state.data)), end)
            return
    state.fault(f"more than {MAX_LAYERS} layers")
