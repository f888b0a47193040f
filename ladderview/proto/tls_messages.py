"""What do the handshake messages hold that are neither hellos nor key exchanges?

RFC 8446 section 4.3 to 4.6 and RFC 5246 section 7.4; each reader names the section or RFC of its message.

Traps: Certificate, Certificate Request and New Session Ticket have one form up to TLS 1.2 and another in TLS 1.3;
drafts of TLS 1.3 have forms of their own for the last two.
"""

from __future__ import annotations

import zlib
from dataclasses import replace

import brotli

from ladderview.proto.fields import Field, FieldReader, Span, Truncated, byte_count
from ladderview.proto.tls_extensions import read_extensions
from ladderview.proto.tls_names import (
    CERTIFICATE_COMPRESSIONS,
    CLIENT_CERTIFICATE_TYPES,
    KEY_UPDATE_REQUESTS,
    STATUS_TYPES,
    TLS_1_2,
    is_tls13,
    signature_scheme,
    words,
)
from ladderview.proto.tls_parts import (
    CERTIFICATE,
    Reading,
    read_distinguished_names,
    read_ocsp_response,
    read_signature_scheme,
    read_signature_schemes,
)
from ladderview.proto.tls_vector import NumberList, counted, numbers, octets, opaque, printable, safe_text, vector

#: First drafts of TLS 1.3 with an extension for what was a field before, and with a nonce in a ticket.
_DRAFT_REQUEST_OF_EXTENSIONS, _DRAFT_TICKET_NONCE = 0x7F13, 0x7F15

#: Certificates and their statuses that are read one by one; the rest of a list is shown as bytes.
MAX_LISTED = 100

#: Bytes of a chain in which certificates are read one by one, and that a compressed one is unpacked to; real chains
#: have some thousands.
MAX_CHAIN = 1 << 17

_CERTIFICATE_TYPES = NumberList(
    "Certificate types count", 1, "Certificate types", "type", "Certificate type", 1, words(CLIENT_CERTIFICATE_TYPES)
)


def read_encrypted_extensions(r: FieldReader, reading: Reading) -> None:
    """RFC 8446 section 4.3.1."""
    read_extensions(r, reading)
    reading.summary = ", ".join(map(safe_text, reading.hello.alpn))


# -- certificates -----------------------------------------------------------------------------------------------------


def read_certificate_chain(r: FieldReader, reading: Reading) -> None:
    """RFC 5246 section 7.4.2, RFC 8446 section 4.4.2: the sender's certificate first."""
    from ladderview.proto.certificates import read_certificate_fields  # noqa: PLC0415 - loads cryptography

    titles: list[str] = []
    modern = is_tls13(reading.version)
    if modern:
        opaque(r, "Certificate Request Context Length", 1, "Certificate Request Context")
    with vector(r, "Certificates Length", 3), r.group("Certificates") as group:
        believed = r.at + MAX_CHAIN
        while r.left >= 3 and len(titles) < MAX_LISTED and r.at < believed:
            with vector(r, "Certificate Length", 3):
                titles.append(read_certificate_fields(r, r.left).title)
            group.text = counted(len(titles), "certificate")
            if modern:
                read_extensions(r, reading)
    if titles:
        reading.summary = (titles[0] or "unreadable") + (f", chain of {len(titles)}" if len(titles) > 1 else "")
    else:
        reading.summary = "no certificate"


def read_certificate_request(r: FieldReader, reading: Reading) -> None:
    """RFC 5246 section 7.4.4, RFC 8446 section 4.3.2."""
    if is_tls13(reading.version):
        opaque(r, "Certificate Request Context Length", 1, "Certificate Request Context")
        if 0x7F00 < reading.version < _DRAFT_REQUEST_OF_EXTENSIONS:
            read_signature_schemes(r)
            read_distinguished_names(r)
        read_extensions(r, reading)
        return
    numbers(r, _CERTIFICATE_TYPES)
    if reading.version >= TLS_1_2:
        read_signature_schemes(r)
    count = read_distinguished_names(r)
    reading.summary = counted(count, "authority").replace("authoritys", "authorities") if count else "any authority"


def read_certificate_verify(r: FieldReader, reading: Reading) -> None:
    """RFC 5246 section 7.4.8, RFC 8446 section 4.4.3."""
    if reading.version >= TLS_1_2:
        reading.summary = signature_scheme(read_signature_scheme(r))
    opaque(r, "Signature length", 2, "Signature")


def read_certificate_status(r: FieldReader, reading: Reading) -> None:
    """RFC 6066 section 8, RFC 6961 section 2.2."""
    kind = r.u8("Certificate Status Type", words(STATUS_TYPES))
    if kind == 1:
        read_ocsp_response(r)
    elif kind == 2:
        with vector(r, "OCSP Response List Length", 3):
            for _ in range(MAX_LISTED):
                if r.left >= 3:
                    read_ocsp_response(r)
    reading.summary = STATUS_TYPES.get(kind, "")


def read_certificate_url(r: FieldReader, reading: Reading) -> None:
    """RFC 6066 section 5."""
    r.u8("Certificate Chain Type", lambda kind: {0: "Individual Certificates", 1: "PKI Path"}.get(kind, str(kind)))
    with vector(r, "URL and Hash list Length", 2):
        while r.left >= 2:
            with r.group("URL and Hash") as group:
                group.text = printable(opaque(r, "URL Length", 2, "URL", printable))
                r.u8("Padding")
                r.raw("SHA1 Hash", 20)


def read_compressed_certificate(r: FieldReader, reading: Reading) -> None:
    """RFC 8879 section 4; what is in it has the span of the compressed bytes."""
    algorithm = r.u16("Algorithm", words(CERTIFICATE_COMPRESSIONS))
    size = r.u24("Uncompressed Length")
    with vector(r, "Length", 3):
        span = Span(r.at, r.end)
        packed = r.raw("Compressed Certificate Message", r.left, octets)
    unpacked, problem = _unpack(algorithm, packed, size)
    if problem:
        r.note(problem)
        return
    inner, chain = FieldReader(unpacked, 0, len(unpacked)), replace(reading, message=CERTIFICATE)
    try:
        read_certificate_chain(inner, chain)
    except Truncated as truncated:
        r.note(f"the certificates in it are cut short ({truncated})")
    reading.summary = chain.summary
    reading.unpacked = _placed(inner.fields, span)


def _unpack(algorithm: int, packed: bytes, size: int) -> tuple[bytes, str]:
    """The bytes, or why there are none."""
    if size > MAX_CHAIN:
        return b"", f"not unpacked: it says that it holds {byte_count(size)}"
    try:
        if algorithm == 1:
            unpacked = zlib.decompressobj().decompress(packed, size + 1)
        elif algorithm == 2:
            unpacked = brotli.Decompressor().process(packed, output_buffer_limit=size + 1)[: size + 1]
        else:
            return b"", f"not unpacked: {CERTIFICATE_COMPRESSIONS.get(algorithm, 'this algorithm')} is not read here"
    except (zlib.error, brotli.error) as error:
        return b"", f"not unpacked: {error}"
    return unpacked, "" if len(unpacked) == size else f"unpacks to another length than the {byte_count(size)} it says"


def _placed(fields: tuple[Field, ...], span: Span) -> tuple[Field, ...]:
    return tuple(replace(field, span=span, children=_placed(field.children, span)) for field in fields)


# -- tickets and keys -------------------------------------------------------------------------------------------------


def read_session_ticket(r: FieldReader, reading: Reading) -> None:
    """RFC 5077 section 3.3, RFC 8446 section 4.6.1."""
    modern = is_tls13(reading.version)
    lifetime = r.u32("Session Ticket Lifetime Hint", _seconds)
    reading.summary = f"lifetime {duration(lifetime)}" if lifetime else ""
    if modern:
        r.u32("Session Ticket Age Add")
        if not 0x7F00 < reading.version < _DRAFT_TICKET_NONCE:
            opaque(r, "Session Ticket Nonce Length", 1, "Session Ticket Nonce")
    opaque(r, "Session Ticket Length", 2, "Session Ticket")
    if modern:
        read_extensions(r, reading)


def _seconds(value: int) -> str:
    return f"{value} seconds ({duration(value)})" if value else "0 seconds"


def duration(seconds: int) -> str:
    """Seconds in words ("1 day, 4 hours")."""
    parts: list[str] = []
    for noun, size in (("day", 86400), ("hour", 3600), ("minute", 60), ("second", 1)):
        count, seconds = divmod(seconds, size)
        if count:
            parts.append(counted(count, noun))
    return ", ".join(parts) or "0 seconds"


def read_key_update(r: FieldReader, reading: Reading) -> None:
    """RFC 8446 section 4.6.3."""
    request = r.u8("Key Update Request", words(KEY_UPDATE_REQUESTS))
    reading.summary = KEY_UPDATE_REQUESTS.get(request, "")


def read_finished(r: FieldReader, reading: Reading) -> None:
    """RFC 5246 section 7.4.9, RFC 8446 section 4.4.4."""
    r.raw("Verify Data", r.left, octets)


def read_next_protocol(r: FieldReader, reading: Reading) -> None:
    """draft-agl-tls-nextprotoneg section 3."""
    reading.summary = printable(opaque(r, "Selected Protocol Length", 1, "Selected Protocol", printable))
    opaque(r, "Padding Length", 1, "Padding")
