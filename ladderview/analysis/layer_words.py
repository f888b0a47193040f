"""What does a layer inside TCP say of itself: its version, its fields, its first lines?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ladderview.analysis.message import HandshakePart, Message, RecordPart
from ladderview.analysis.words import count
from ladderview.proto.fields import Field
from ladderview.proto.http_message import HttpMessage
from ladderview.proto.tls_alert import read_alert, read_change_cipher_spec, read_heartbeat
from ladderview.proto.tls_handshake import read_handshake
from ladderview.proto.tls_names import VERSIONS, is_tls13
from ladderview.proto.tls_record import ALERT, CHANGE_CIPHER_SPEC, HEARTBEAT
from ladderview.proto.tls_vector import safe_text

#: Lines of a head, and bytes that are decoded for those of a body.
HEAD_LINES, PEEKED = 8, 2048
#: Stretches of a body that the fields name.
_MOST_EDGES = 64


def read_tls(message: Message, octets: bytes, base: int) -> tuple[tuple[Field, ...], str]:
    """The fields of a handshake message, an alert or another record that says something, and why reading broke off."""
    part = message.content
    if isinstance(part, HandshakePart):
        read = read_handshake(octets, base, part.version, part.suite)
    elif isinstance(part, RecordPart) and part.is_plaintext and part.content_type == ALERT:
        read = read_alert(octets, base)
    elif isinstance(part, RecordPart) and part.is_plaintext and part.content_type == CHANGE_CIPHER_SPEC:
        read = read_change_cipher_spec(octets, base)
    elif isinstance(part, RecordPart) and part.is_plaintext and part.content_type == HEARTBEAT:
        read = read_heartbeat(octets, base)
    else:
        return (), message.error
    return read.fields, read.error


def version_name(agreed: int, stated: int) -> str:
    """What a TLS layer is called: by the handshake's version; without one (0) by its record's, but for the number."""
    version = agreed or stated
    name = "TLS 1.3" if is_tls13(version) else VERSIONS.get(version, "TLS")
    return name if agreed else name.partition(" ")[0]


def http_version(message: HttpMessage) -> str:
    """What an HTTP layer is called."""
    return message.version or "HTTP/0.9"


def bounded(message: HttpMessage) -> HttpMessage:
    """The message with so many stretches of its body that a tree can show them."""
    if len(message.body.edges) <= 2 * _MOST_EDGES:
        return message
    return replace(message, body=replace(message.body, edges=message.body.edges[: 2 * _MOST_EDGES]))


def http_lines(message: HttpMessage) -> Iterator[str]:
    """The first lines of a message: its start line, header fields, and text of its content."""
    if message.protocol == "HTTP/2":
        start = ""
    elif message.kind == "request":
        start = " ".join(filter(None, (message.method, message.target, message.version)))
    else:
        start = f"{message.version} {message.status:03} {message.reason}".rstrip()
    if start:
        yield safe_text(start)
    for line in message.headers[:HEAD_LINES]:
        yield safe_text(f"{line.name}: {line.value}")
    if len(message.headers) > HEAD_LINES:
        yield f"… {count(len(message.headers) - HEAD_LINES, 'more header field')}"


def text_lines(data: bytes, most: int) -> tuple[str, ...]:
    """The first lines of bytes that are text; nothing for those that are not."""
    try:
        text = data.decode("utf-8", "ignore" if len(data) >= PEEKED else "strict")
    except UnicodeDecodeError:
        return ()
    if not text or any(not (char.isprintable() or char in "\r\n\t") for char in text):
        return ()
    lines = [line.expandtabs(4) for line in text.splitlines() if line.strip()]
    return tuple(lines[:most])
