"""Which handshake messages does the plaintext of one direction hold, and what does each say?

Plan: ``HandshakeReader`` cuts plaintext into messages; ``read_handshake`` makes the field tree of one, by a table from
type to reader. Both know nothing of records: a message may lie in several, a record may hold several.

Traps: after a Change Cipher Spec, and everywhere where a record cannot be decrypted, a record of type Handshake holds
ciphertext: ask ``looks_encrypted`` before feeding one. Certificate, Certificate Request and New Session Ticket have
other fields in TLS 1.3; Server and Client Key Exchange cannot be read without the cipher suite.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ladderview.proto.fields import Field, FieldReader, Span, Truncated, byte_count
from ladderview.proto.tls_hello import Hello
from ladderview.proto.tls_hellos import (
    read_client_hello,
    read_old_retry_request,
    read_server_hello,
    read_ssl2_client_hello,
    read_ssl2_server_hello,
)
from ladderview.proto.tls_key_exchange import read_client_key_exchange, read_server_key_exchange
from ladderview.proto.tls_messages import (
    read_certificate_chain,
    read_certificate_request,
    read_certificate_status,
    read_certificate_url,
    read_certificate_verify,
    read_compressed_certificate,
    read_encrypted_extensions,
    read_finished,
    read_key_update,
    read_next_protocol,
    read_session_ticket,
)
from ladderview.proto.tls_names import HANDSHAKE_TYPES, SSL2_MESSAGES, SSL_2, words
from ladderview.proto.tls_parts import (
    CERTIFICATE,
    CERTIFICATE_REQUEST,
    CLIENT_HELLO,
    ENCRYPTED_EXTENSIONS,
    HELLO_RETRY_REQUEST,
    NEW_SESSION_TICKET,
    SERVER_HELLO,
    Reading,
)
from ladderview.proto.tls_vector import moved, octets

HEADER_SIZE = 4

#: Longest message that a record is believed to begin where it may be ciphertext; Wireshark draws the line here too.
_BELIEVABLE = 1 << 16


@dataclass(frozen=True, slots=True)
class TlsMessage:
    """One message of TLS.

    Attributes:
        kind: handshake type as it stands on the wire; of an alert its description, of other content types 0.
        name: "Server Hello"; a Hello Retry Request is named so, though its type is a Server Hello's.
        summary: what it says, in a few words ("TLS 1.3, TLS_AES_128_GCM_SHA256"); may be empty.
        fields: what was read, header first; those before an error are kept.
        facts: of a hello.
        error: why reading stopped early, or the empty string.
        protocol: application protocol that a Server Hello or the Encrypted Extensions chose (RFC 7301), or "".
    """

    kind: int
    name: str
    summary: str
    fields: tuple[Field, ...]
    facts: Hello | None = None
    error: str = ""
    protocol: str = ""


#: A reader of a message's body, which cannot read past it.
BodyReader = Callable[[FieldReader, Reading], None]


def read_handshake(body: bytes, base: int, version: int, suite: int = 0) -> TlsMessage:
    """The field tree of one message; never raises.

    Args:
        body: the message with its header of four bytes; may be cut.
        base: where it begins, in the bytes that the spans of its fields refer to.
        version: agreed for the connection, 0 where that is not known. 0x0002 for the fragment of a record of SSL 2.0,
            which is one message with a type and no length.
        suite: cipher suite agreed, 0 where that is not known.
    """
    if version == SSL_2:
        return _read_ssl2(body, base)
    r = FieldReader(body, 0, len(body))
    kind = body[0] if body else 0
    name = HANDSHAKE_TYPES.get(kind, f"Unknown ({kind})")
    reading = Reading(kind, Hello(is_client=kind == CLIENT_HELLO), version, suite)
    error = ""
    try:
        r.u8("Handshake Type", words(HANDSHAKE_TYPES))
        length = r.u24("Length")
        if length > r.left:
            error = f"{byte_count(length - r.left)} of it missing"
        with r.within(r.at + length):
            reader = _READERS.get(kind)
            if reader is not None:
                reader(r, reading)
            r.raw("Data", r.left, octets)
    except Truncated as truncated:
        error = error or f"the message is too short: {truncated}"
    if reading.message == HELLO_RETRY_REQUEST:
        name = HANDSHAKE_TYPES[HELLO_RETRY_REQUEST]
    facts = reading.hello if kind in _HELLOS else None
    fields = moved(r.fields + reading.unpacked, base)
    chosen = reading.hello.alpn[0] if reading.hello.alpn and kind != CLIENT_HELLO else ""
    return TlsMessage(kind, name, reading.summary, fields, facts, error, chosen)


def _read_ssl2(body: bytes, base: int) -> TlsMessage:
    r = FieldReader(body, 0, len(body))
    kind = body[0] if body else 0
    reader = {1: read_ssl2_client_hello, 4: read_ssl2_server_hello}.get(kind)
    facts, error = None, ""
    try:
        if reader is not None:
            facts = reader(r)
        else:
            r.u8("Handshake Message Type", words(SSL2_MESSAGES))
    except Truncated as truncated:
        error = f"the message is too short: {truncated}"
    r.raw("Data", r.left, octets)
    return TlsMessage(kind, SSL2_MESSAGES.get(kind, f"Unknown ({kind})"), "", moved(r.fields, base), facts, error)


_HELLOS = frozenset({CLIENT_HELLO, SERVER_HELLO, HELLO_RETRY_REQUEST})

_READERS: dict[int, BodyReader] = {
    CLIENT_HELLO: read_client_hello,
    SERVER_HELLO: read_server_hello,
    NEW_SESSION_TICKET: read_session_ticket,
    HELLO_RETRY_REQUEST: read_old_retry_request,
    ENCRYPTED_EXTENSIONS: read_encrypted_extensions,
    CERTIFICATE: read_certificate_chain,
    12: read_server_key_exchange,
    CERTIFICATE_REQUEST: read_certificate_request,
    15: read_certificate_verify,
    16: read_client_key_exchange,
    20: read_finished,
    21: read_certificate_url,
    22: read_certificate_status,
    24: read_key_update,
    25: read_compressed_certificate,
    67: read_next_protocol,
}


def looks_encrypted(fragment: bytes, after_change: bool) -> bool:
    """Whether the fragment of a record of type Handshake, where a message should begin, is ciphertext.

    Args:
        fragment: of the record.
        after_change: whether its sender had sent a Change Cipher Spec before.
    """
    if len(fragment) < 16:  # no cipher adds less than that
        return False
    if after_change or fragment[0] not in HANDSHAKE_TYPES:
        return True
    return int.from_bytes(fragment[1:4], "big") >= _BELIEVABLE


class HandshakeReader:
    """Cuts one direction's handshake plaintext into messages; holds at most one that is not complete."""

    __slots__ = ("_held", "_start")

    def __init__(self) -> None:
        self._held = bytearray()
        self._start = 0

    @property
    def partial(self) -> tuple[Span, bytes]:
        """Where the message that is not complete lies, and what there is of it."""
        return Span(self._start, self._start + len(self._held)), bytes(self._held)

    def feed(self, offset: int, plaintext: bytes) -> list[tuple[Span, bytes]]:
        """Take the plaintext that stands at ``offset``; hand back every message that became complete, with its header.

        Spans count handshake plaintext: what ``offset`` counts must go on without holes where no plaintext is missing.
        Plaintext before the expected offset is taken as read; a jump ahead drops the message that it damages.
        """
        expected = self._start + len(self._held)
        if not self._held or offset > expected:
            self._held.clear()
            self._start = offset
        elif offset < expected:
            plaintext = plaintext[expected - offset :]
        self._held += plaintext
        found: list[tuple[Span, bytes]] = []
        at = 0
        while len(self._held) - at >= HEADER_SIZE:
            end = at + HEADER_SIZE + int.from_bytes(self._held[at + 1 : at + 4], "big")
            if end > len(self._held):
                break
            found.append((Span(self._start + at, self._start + end), bytes(self._held[at:end])))
            at = end
        del self._held[:at]
        self._start += at
        return found

    def drop(self) -> tuple[Span, bytes] | None:
        """Forget the message that is not complete, as what follows does not continue it; what there was of it."""
        partial = self.partial if self._held else None
        self._held.clear()
        return partial
