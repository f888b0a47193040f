"""What does the tree of an HTTP/2 frame look like in the inspector? (RFC 9113 sections 4.1 and 6)"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from itertools import groupby

from ladderview.proto.fields import Field, FieldReader, Span, Truncated, byte_count, named, set_or_not
from ladderview.proto.http2 import DATA, HEADER_SIZE, HEADERS, MAGIC, PADDED, PREFACE, PRIORITY_FLAG, Http2Frame
from ladderview.proto.http_message import HeaderField
from ladderview.proto.http_names import ERROR_CODES, FRAME_FLAGS, FRAME_TYPES, SETTINGS

#: Fields of header blocks that are shown in one tree, and settings.
_SHOWN = 1000

#: Fields of ``frame_fields`` that tell the header: length, type, flags, reserved, stream identifier.
_HEADER_FIELDS = 5


def frame_fields(frame: Http2Frame) -> tuple[Field, ...]:
    """Everything about one frame, with its bytes' offsets in the direction's stream."""
    if frame.frame_type == MAGIC:
        return (Field("Magic", PREFACE, PREFACE.decode("ascii").replace("\r\n", "\\r\\n"), frame.span),)
    header = FieldReader(_header_bytes(frame), 0, HEADER_SIZE)
    header.u24("Length", byte_count)
    header.u8("Type", named(FRAME_TYPES))
    with header.group("Flags", f"0x{frame.flags:02x}{_flag_words(frame)}") as group:
        group.value = frame.flags
        names = FRAME_FLAGS.get(frame.frame_type, {})
        for name, bits in groupby(names.get(1 << bit, "Unused") for bit in range(7, -1, -1)):
            header.bits(name, len(list(bits)), str if name == "Unused" else set_or_not)
    header.bits("Reserved", 1)
    header.bits("Stream Identifier", 31)
    body = FieldReader(frame.octets, 0, len(frame.octets))
    with suppress(Truncated):  # the frame says itself that it is not complete
        _payload(frame, body)
    content = () if not frame.content else (_content(frame),)
    moved = (*_moved(header.fields, frame.span.start), *_moved(body.fields, frame.payload.start))
    return (*moved, *content, *map(_header_field, frame.headers[:_SHOWN]))


def _payload(frame: Http2Frame, r: FieldReader) -> None:
    padding = 0
    if frame.flags & PADDED and "PADDED" in FRAME_FLAGS.get(frame.frame_type, {}).values():
        padding = r.u8("Pad Length")
    if frame.frame_type == HEADERS and frame.flags & PRIORITY_FLAG:
        _priority(r, frame)
    reader = _PAYLOADS.get(frame.frame_type, _other)
    with r.within(r.end - (0 if frame.frame_type == DATA else padding)):
        reader(r, frame)
    if frame.frame_type != DATA:
        r.raw("Padding", r.left)


def _header_bytes(frame: Http2Frame) -> bytes:
    """The header as it was sent; only its reserved bit is not remembered (it must be 0)."""
    numbers = (len(frame.payload), 3), (frame.frame_type, 1), (frame.flags, 1), (frame.stream, 4)
    return b"".join(number.to_bytes(size, "big") for number, size in numbers)


def frame_words(frame: Http2Frame) -> str:
    """What its header says besides its type and length: "Stream 1: END_STREAM, END_HEADERS"."""
    if frame.frame_type == MAGIC:
        return ""
    flags = _flag_words(frame).strip(" ()")
    stream = f"Stream {frame.stream}" if frame.stream else "Stream 0, the connection"
    return f"{stream}: {flags}" if flags else stream


def frame_lines(frame: Http2Frame) -> tuple[str, ...]:
    """What its payload says, a line a field: "MAX_CONCURRENT_STREAMS = 100", "Window Size Increment: 65535"."""
    told = frame_fields(frame)[_HEADER_FIELDS:]
    return tuple(
        one.text.removeprefix("SETTINGS_") if one.name == "Setting" else f"{one.name}: {one.text}"
        for one in told
        if one.text and one.name != "Reserved"
    )


def _flag_words(frame: Http2Frame) -> str:
    words = [word for bit, word in FRAME_FLAGS.get(frame.frame_type, {}).items() if frame.flags & bit]
    return f" ({', '.join(words)})" if words else ""


def _moved(fields: tuple[Field, ...], by: int) -> tuple[Field, ...]:
    """The fields where they stand in the stream."""
    return tuple(
        replace(one, span=Span(one.span.start + by, one.span.end + by), children=_moved(one.children, by))
        for one in fields
    )


def _content(frame: Http2Frame) -> Field:
    note = f"{byte_count(frame.missing)} not captured" if frame.missing else ""
    return Field("Data", None, byte_count(len(frame.content)), frame.content, note=note)


def _header_field(line: HeaderField) -> Field:
    return Field(line.name, line.value, line.value, line.name_span)


# -- payloads ---------------------------------------------------------------------------------------------------------


def _priority(r: FieldReader, _: Http2Frame) -> None:
    """Section 5.3.2, deprecated; the weight is sent less one."""
    r.bits("Exclusive", 1, set_or_not)
    r.bits("Stream Dependency", 31)
    r.u8("Weight", lambda sent: str(sent + 1))


def _rst_stream(r: FieldReader, _: Http2Frame) -> None:
    r.u32("Error Code", named(ERROR_CODES))


def _settings(r: FieldReader, _: Http2Frame) -> None:
    for _number in range(_SHOWN):
        if not r.left:
            return
        with r.group("Setting") as group:
            kind = r.u16("Identifier", named(SETTINGS))
            value = r.u32("Value")
            group.text = f"{SETTINGS.get(kind, f'0x{kind:04x}')} = {value}"


def _push_promise(r: FieldReader, _: Http2Frame) -> None:
    r.bits("Reserved", 1)
    r.bits("Promised Stream ID", 31)
    r.raw("Field Block Fragment", r.left)


def _ping(r: FieldReader, _: Http2Frame) -> None:
    r.raw("Opaque Data", min(r.left, 8))


def _goaway(r: FieldReader, _: Http2Frame) -> None:
    r.bits("Reserved", 1)
    r.bits("Last-Stream-ID", 31)
    r.u32("Error Code", named(ERROR_CODES))
    r.raw("Additional Debug Data", r.left, lambda octets: octets.decode("utf-8", "replace"))


def _window_update(r: FieldReader, _: Http2Frame) -> None:
    r.bits("Reserved", 1)
    r.bits("Window Size Increment", 31)


def _fragment(r: FieldReader, _: Http2Frame) -> None:
    r.raw("Field Block Fragment", r.left)


def _altsvc(r: FieldReader, _: Http2Frame) -> None:
    """RFC 7838 section 4."""
    length = r.u16("Origin-Len")
    r.raw("Origin", min(length, r.left), _text)
    r.raw("Alt-Svc-Field-Value", r.left, _text)


def _origin(r: FieldReader, _: Http2Frame) -> None:
    """RFC 8336 section 2.1."""
    for _number in range(_SHOWN):
        if not r.left:
            return
        length = r.u16("Origin-Len")
        r.raw("ASCII-Origin", min(length, r.left), _text)


def _priority_update(r: FieldReader, _: Http2Frame) -> None:
    """RFC 9218 section 7.1."""
    r.bits("Reserved", 1)
    r.bits("Prioritized Stream ID", 31)
    r.raw("Priority Field Value", r.left, _text)


def _nothing(_r: FieldReader, _: Http2Frame) -> None:
    """DATA, whose content is not held."""


def _other(r: FieldReader, _: Http2Frame) -> None:
    r.raw("Payload", r.left)


def _text(octets: bytes) -> str:
    return octets.decode("utf-8", "replace")


_PAYLOADS: dict[int, Callable[[FieldReader, Http2Frame], None]] = {
    0x00: _nothing,
    0x01: _fragment,
    0x02: _priority,
    0x03: _rst_stream,
    0x04: _settings,
    0x05: _push_promise,
    0x06: _ping,
    0x07: _goaway,
    0x08: _window_update,
    0x09: _fragment,
    0x0A: _altsvc,
    0x0C: _origin,
    0x10: _priority_update,
}
