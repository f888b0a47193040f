"""What does the tree of an HTTP/1 message look like in the inspector? Start line, field lines, content, trailers."""

from __future__ import annotations

from ladderview.proto.fields import Field, Span, byte_count
from ladderview.proto.http1_head import read_start_line, text_of
from ladderview.proto.http_message import HeaderField, HttpMessage
from ladderview.proto.http_names import STATUS_WORDS

_REQUEST_PARTS = "Request Method", "Request URI", "Request Version"
_RESPONSE_PARTS = "Response Version", "Status Code", "Response Phrase"


def message_fields(message: HttpMessage) -> tuple[Field, ...]:
    """Everything about one message of HTTP/1, with its bytes' offsets in the direction's stream."""
    fields = [*_start_line(message), *map(_field_line, message.headers)]
    body = message.body
    for span in body.spans():
        note = f"{byte_count(body.missing)} not captured" if body.missing else ""
        fields.append(Field("Content", body.length, byte_count(body.length), span, note=note))
    fields += [_field_line(line, "trailer") for line in message.trailers]
    return tuple(fields)


def _start_line(message: HttpMessage) -> tuple[Field, ...]:
    start = read_start_line(message.octets, message.head.start)
    if start is None:
        return ()
    if start.kind == "request":
        names, texts = _REQUEST_PARTS, (start.method, start.target, start.version)
    else:
        code = f"{start.status} ({STATUS_WORDS.get(start.status, 'not registered')})"
        names, texts = _RESPONSE_PARTS, (start.version, code, start.reason)
    parts = zip(names, texts, start.parts, strict=True)
    children = tuple(Field(name, text, text, span) for name, text, span in parts)
    name = "Request Line" if start.kind == "request" else "Status Line"
    text = text_of(message.octets[: len(start.span)].rstrip(b"\r\n"))
    return (Field(name, None, text, start.span, children, "; ".join(start.notes)),)


def _field_line(line: HeaderField, note: str = "") -> Field:
    span = Span(line.name_span.start, max(line.name_span.end, line.value_span.end))
    return Field(line.name, line.value, line.value, span, note=note)
