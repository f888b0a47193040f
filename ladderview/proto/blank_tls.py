"""How does a handshake message of TLS in the clear become one that tells nobody's name, with every length as it was?

Plan: a message is copied with its structure, so that fingerprints, sequence numbers and Wireshark's tree stay, and the
bytes that tell a name, an identity or a certificate are overwritten. What is known to be harmless is listed
(``_KEPT``); an extension or a message that is not is overwritten, so nothing leaks because it is new.

RFC 8446 section 4, RFC 5246 section 7.4, RFC 6066, RFC 4279, RFC 5054.

Traps: lengths lie; where one goes past what it stands in, all from there on is overwritten. Tickets were made by the
server of things that nobody else knows (RFC 5077 section 4 only recommends to encrypt them), so they count as names.
"""

from __future__ import annotations

from dataclasses import dataclass

from ladderview.proto.blank_der import FILLER, blank_der
from ladderview.proto.tls_ciphers import suite_name
from ladderview.proto.tls_names import GREASE, SSL_2, TLS_1_2
from ladderview.proto.tls_parts import CERTIFICATE, CERTIFICATE_REQUEST, CLIENT_HELLO, NEW_SESSION_TICKET, SERVER_HELLO

_HEADER = 4

#: Messages that tell nobody's name (IANA registry "TLS HandshakeType"): Hello Request, Hello Retry Request, Server
#: Hello Done, Certificate Verify, Key Update.
_PLAIN = frozenset({0, 6, 14, 15, 24})
_SERVER_KEY_EXCHANGE, _CLIENT_KEY_EXCHANGE, _CERTIFICATE_STATUS = 12, 16, 22

_SERVER_NAME, _PRE_SHARED_KEY, _COOKIE, _AUTHORITIES = 0, 41, 44, 47
#: Extensions that tell nobody's name (IANA registry "TLS ExtensionType Values").
_KEPT = frozenset({
    1, 2, 4, 9, 10, 11, 13, 14, 15, 16, 18, 19, 20, 22, 23, 24, 26, 27, 28, 34, 40, 42, 43, 45, 46, 49, 50, 51, 58,
    13172, 17513, 17613, 30031, 30032, 65037, 65281, *GREASE,
})  # fmt: skip
#: status_request and status_request_v2: longer ones name responders (RFC 6066 section 8, RFC 6961 section 2.2).
_STATUS_REQUESTS = {5: 5, 17: 9}


@dataclass(frozen=True, slots=True)
class Hidden:
    """What is not to be told.

    Attributes:
        names: host names, certificates, tickets.
        identities: of users, where keys or passwords were agreed on before (PSK, SRP).
    """

    names: bool
    identities: bool


class _Cursor:
    """Walks through a message that is being overwritten."""

    def __init__(self, out: bytearray, at: int, end: int) -> None:
        self.out, self.at, self.end = out, at, end

    def vector(self, size: int) -> _Cursor:
        """What a length of ``size`` bytes counts; all that is left where the length lies."""
        body = self.at + size
        length = int.from_bytes(self.out[self.at : min(body, self.end)], "big")
        if body + length > self.end:
            inner = _Cursor(self.out, self.at, self.end)
            inner.fill()
            self.at = self.end
            return _Cursor(self.out, self.end, self.end)
        self.at = body + length
        return _Cursor(self.out, body, body + length)

    def number(self, size: int) -> int:
        """A number, stepped over."""
        self.at += size
        return int.from_bytes(self.out[self.at - size : min(self.at, self.end)], "big")

    def fill(self) -> None:
        """Overwrite what is left."""
        if self.end > self.at:
            self.out[self.at : self.end] = FILLER * (self.end - self.at)
        self.at = self.end

    def blank_der(self) -> None:
        """Take the names out of what is left."""
        self.out[self.at : self.end] = blank_der(bytes(self.out[self.at : self.end]))
        self.at = self.end


def blank_handshake(message: bytes, version: int, suite: int, hidden: Hidden) -> bytes:
    """A message of as many bytes.

    Args:
        message: with its header of four bytes.
        version, suite: agreed before it, 0 where that is not known; version 0x0002 for one of SSL 2.0.
        hidden: what is not to be told.
    """
    out = bytearray(message)
    kind = out[0] if out else 0
    if version == SSL_2:
        if kind != CLIENT_HELLO and hidden.names:  # SSL 2.0 has no names but in the server's certificate
            _Cursor(out, 1, len(out)).fill()
        return bytes(out)
    body = _Cursor(out, min(_HEADER, len(out)), len(out))
    if kind in {CLIENT_HELLO, SERVER_HELLO}:
        _hello(body, kind == CLIENT_HELLO, hidden)
    elif kind in {_SERVER_KEY_EXCHANGE, _CLIENT_KEY_EXCHANGE}:
        if hidden.identities and "PSK" in suite_name(suite):
            body.vector(2).fill()  # RFC 4279 section 2: the identity hint, the identity
    elif kind not in _PLAIN and hidden.names:
        _telling(kind, body, version)
    return bytes(out)


def _telling(kind: int, body: _Cursor, version: int) -> None:
    """The messages that tell names, up to TLS 1.2: in TLS 1.3 they are encrypted."""
    if kind == CERTIFICATE:
        chain = body.vector(3)
        while chain.at < chain.end:
            chain.vector(3).blank_der()
    elif kind == CERTIFICATE_REQUEST:
        body.vector(1)
        if version >= TLS_1_2:
            body.vector(2)
        _names(body.vector(2))
    elif kind == _CERTIFICATE_STATUS:
        is_list = body.number(1) == 2
        responses = body.vector(3)
        while is_list and responses.at < responses.end:
            responses.vector(3).blank_der()
        responses.blank_der()
    elif kind == NEW_SESSION_TICKET:
        body.number(4)
        body.vector(2).fill()
    body.fill()


def _names(listed: _Cursor) -> None:
    """Distinguished names."""
    while listed.at < listed.end:
        listed.vector(2).blank_der()


def _hello(body: _Cursor, is_client: bool, hidden: Hidden) -> None:
    body.number(2 + 32)
    body.vector(1)  # session ID
    if is_client:
        body.vector(2)
        body.vector(1)
    else:
        body.number(3)
    if body.at >= body.end:
        return
    extensions = body.vector(2)
    while extensions.at < extensions.end:
        kind = extensions.number(2)
        _extension(kind, extensions.vector(2), is_client, hidden)
    if hidden.names:
        body.fill()


def _extension(kind: int, inner: _Cursor, is_client: bool, hidden: Hidden) -> None:
    if kind in _KEPT or (kind in _STATUS_REQUESTS and inner.end - inner.at <= _STATUS_REQUESTS[kind]):
        return
    if kind == _PRE_SHARED_KEY:
        if is_client and (hidden.names or hidden.identities):  # RFC 8446 section 4.2.11: a ticket, or whose key it is
            identities = inner.vector(2)
            while identities.at < identities.end:
                identities.vector(2).fill()
                identities.number(4)
    elif kind == _SERVER_NAME:
        if hidden.names and inner.end > inner.at:
            listed = inner.vector(2)
            while listed.at < listed.end:
                listed.number(1)
                listed.vector(2).fill()
            inner.fill()
    elif kind == _COOKIE:
        if hidden.names:
            inner.vector(2).fill()
    elif kind == _AUTHORITIES:
        if hidden.names:
            _names(inner.vector(2))
            inner.fill()
    elif hidden.names or hidden.identities:
        inner.fill()
