"""What a dissector hands back: named fields that know their bytes.

Tree, hex view and text all come from the same ``Field`` objects, so they cannot disagree.

Traps: a length field may lie. ``FieldReader`` is bounded by the bytes it was given, and a read past
the end raises ``Truncated`` *after* everything before it has been kept; a dissector catches nothing:
``Dissection.error`` is filled in by the caller that owns the reader (see ``proto.registry``).
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Span:
    """A half-open range of byte offsets ``[start, end)`` within one packet (or one reassembled datagram)."""

    start: int
    end: int

    def __len__(self) -> int:
        return self.end - self.start


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a header, in the words of its RFC.

    Attributes:
        name: the RFC's word, as a person reads it ("Sequence Number").
        value: the raw value as it stands in the packet, or None for a group.
        text: the value as Wireshark words it ("0x010 (ACK)").
        span: the bytes it was read from; a bit field has the bytes it lies in; a derived field has an empty span.
        children: sub-fields, in wire order.
        note: a remark that is not in the bytes ("relative", "scaled by 128"), or the empty string.
    """

    name: str
    value: int | bytes | str | None
    text: str
    span: Span
    children: tuple[Field, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Dissection:
    """One layer of a packet.

    Attributes:
        protocol: its name as the encapsulation box shows it ("Ethernet II", "IPv4", "TCP").
        summary: one line for the box ("50944 -> 443 [PSH, ACK]").
        fields: what was read, in wire order; those read before an error are kept.
        header: the bytes of this layer's own header.
        payload: the bytes that the next layer (or the data) occupies, without padding and trailers.
        error: why reading stopped early, or the empty string.
    """

    protocol: str
    summary: str
    fields: tuple[Field, ...]
    header: Span
    payload: Span
    error: str = ""
