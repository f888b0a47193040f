"""How is a record shown? Its header as fields, and the line that Wireshark writes for it."""

from __future__ import annotations

from collections.abc import Sequence

from ladderview.proto.fields import Field, FieldReader
from ladderview.proto.tls_names import CONTENT_TYPES, SSL_2, VERSIONS, is_tls13, short_version, words
from ladderview.proto.tls_record import APPLICATION_DATA, HANDSHAKE, TlsRecord
from ladderview.proto.tls_vector import moved


def header_fields(record: TlsRecord, version: int = 0, inner_type: int | None = None) -> tuple[Field, ...]:
    """The fields of the header; spans are offsets in the direction's byte stream, as those of the record.

    Args:
        record: of which the header is shown.
        version: agreed for the connection, 0 where that is not known: TLS 1.3 hides the content type.
        inner_type: the content type that decryption found in the record, where it hides one (RFC 8446 section 5.2).
    """
    length = len(record.fragment)
    if record.version == SSL_2:
        r = FieldReader((0x8000 | length).to_bytes(2, "big"), 0, 2)
        r.u16("Length", lambda _: str(length))
        return moved(r.fields, record.span.start)
    r = FieldReader(record.header, 0, 5)
    opaque = is_tls13(version) and record.content_type == APPLICATION_DATA
    r.u8("Opaque Type" if opaque else "Content Type", words(CONTENT_TYPES))
    r.u16("Version", words(VERSIONS, 4))
    r.u16("Length")
    if record.error:
        r.note(record.error)
    if inner_type is not None:
        r.derive("Content Type", f"{CONTENT_TYPES.get(inner_type, 'Unknown')} ({inner_type})", inner_type, "decrypted")
    return moved(r.fields, record.span.start)


def record_line(version: int, content_type: int, messages: Sequence[str] = ()) -> str:
    """What a record is called: "TLSv1.2 Record Layer: Handshake Protocol: Client Hello".

    Args:
        version: agreed for the connection, else of the record's header.
        content_type: the inner one where decryption found it.
        messages: names of the messages that end in the record.
    """
    kind = CONTENT_TYPES.get(content_type, f"type {content_type}")
    layer = f"{short_version(version)} Record Layer: {kind} Protocol"
    if content_type == HANDSHAKE and len(messages) > 1:
        return f"{layer}: Multiple Handshake Messages"
    return f"{layer}: {', '.join(messages) or kind}"
