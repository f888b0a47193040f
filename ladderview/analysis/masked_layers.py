"""What is shown of a packet whose addresses, names and secrets nobody is to learn?

Plan: the layers of a packet are masked as a whole, before anybody makes words, boxes or trees of them. Every text goes
through the masker. What only its place tells is masked by its place: ports by the names of their fields, secret header
fields by theirs, all that stands in a certificate, the lines of a body. Bytes cannot be masked word for word: as long
as anything is masked there are none, neither as runs nor as hexadecimal values of fields.

Traps: a raw value stays with no field whose text was masked: display filters are made of it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from ladderview.analysis.masking import MASKED, Masker
from ladderview.analysis.packet_layers import ByteRun, PacketLayers, ShownLayer, Story
from ladderview.proto.fields import Dissection, Field

#: Fields of TCP and UDP that are a port and nothing else.
_PORTS = frozenset({"Source Port", "Destination Port"})
#: What holds a certificate (RFC 5280 section 4.1), in any message of TLS.
_CERTIFICATES = frozenset({"Certificate", "Signed Certificate"})
#: Fields of a certificate that are of its form, not of its holder.
_OF_ITS_FORM = frozenset({"Length", "Version"})

#: The field of a WebSocket frame that is a body (RFC 6455 section 5.2).
_BODY = "Payload"


def masked_layers(packet: PacketLayers, masker: Masker) -> PacketLayers:
    """The packet as it may be shown; as many bytes, all of them 0."""
    if not masker.kinds:
        return packet
    runs = tuple(ByteRun(masker.text(run.title), bytes(len(run.data))) for run in packet.runs)
    return replace(packet, runs=runs, layers=tuple(_layer(shown, masker) for shown in packet.layers))


def _layer(shown: ShownLayer, masker: Masker) -> ShownLayer:
    story = _story(shown.story, masker) if shown.story is not None else None
    return replace(shown, dissection=_dissection(shown.dissection, masker), story=story)


def _dissection(one: Dissection, masker: Masker) -> Dissection:
    is_certificate = "certificates" in masker.kinds and one.protocol in _CERTIFICATES
    return replace(
        one,
        summary=masker.text(one.summary),
        fields=_fields(one.fields, masker, is_certificate),
        error=masker.text(one.error),
    )


def _fields(fields: Iterable[Field], masker: Masker, in_certificate: bool) -> tuple[Field, ...]:
    return tuple(_field(one, masker, in_certificate) for one in fields)


def _field(one: Field, masker: Masker, in_certificate: bool) -> Field:
    inside = in_certificate or ("certificates" in masker.kinds and one.name in _CERTIFICATES)
    text = _field_text(one, masker, inside)
    return replace(
        one,
        name=masker.text(one.name),
        value=one.value if text == one.text else None,
        text=text,
        children=_fields(one.children, masker, inside),
        note=masker.text(one.note),
    )


def _field_text(one: Field, masker: Masker, in_certificate: bool) -> str:
    if one.name in _PORTS and isinstance(one.value, int):
        return masker.port(one.value)
    if one.name == _BODY and "bodies" in masker.kinds:
        return MASKED
    if isinstance(one.value, bytes) and one.value and one.value.hex().startswith(one.text.removesuffix("…")):
        return MASKED
    if in_certificate and one.text and one.name not in _OF_ITS_FORM:
        return MASKED
    return masker.value(one.name, one.text)


def _story(story: Story, masker: Masker) -> Story:
    return replace(
        story,
        title=masker.text(story.title),
        beside=masker.text(story.beside),
        remarks=tuple(map(masker.text, story.remarks)),
        text=_story_lines(story, masker),
    )


def _story_lines(story: Story, masker: Masker) -> tuple[str, ...]:
    """The lines of a message: of HTTP its head, and behind an empty line its body; of anything else its body alone."""
    head, body = story.text, story.text[:0]
    if "" in story.text:
        at = story.text.index("") + 1
        head, body = story.text[:at], story.text[at:]
    elif story.family == "tcp" or story.title == "WebSocket":
        head, body = (), story.text
    if "bodies" in masker.kinds:
        body = (MASKED,) if body else ()
    return (*map(masker.text, head), *map(masker.text, body))
