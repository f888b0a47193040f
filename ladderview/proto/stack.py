"""Which layers a packet has and where each stands: one walk for the slow lane and for the inspector.

The walk names layers and their byte ranges; it makes no field trees (see ``registry``), so it is cheap
enough for every packet that the fast lane does not recognise.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Layer:
    """One header and what it carries.

    Attributes:
        protocol: the key under which ``registry`` knows its dissector ("ethernet", "vlan", "ipv4", "tcp" ...).
        start: offset of the header's first byte.
        header_end: offset after the header.
        end: offset after the payload; padding and trailers lie beyond it. It may exceed the captured bytes.
    """

    protocol: str
    start: int
    header_end: int
    end: int
