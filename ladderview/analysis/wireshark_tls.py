"""Which TLS fields does Wireshark show, in which packet?

Follows Wireshark 4.0 (``wireshark_desegment`` says why that is not the same as what the receiver saw). What a record
or a message holds is read by ``proto``; here is only what Wireshark makes of it: which bytes it takes for a record,
which for ciphertext, and where it gives up.

Traps:
- The version of a connection is unknown until a message other than a Client Hello; before that a segment must look
  like a record to be one.
- An undecrypted application-data record of TLS 1.3 has an "opaque type" and no content type.
- Application data is desegmented once more, in the plaintext, by the same rules as TCP.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from ladderview.analysis.wireshark_desegment import ONE_MORE_SEGMENT, Chunk, Desegmenter, Taken
from ladderview.proto.tls_decrypt import Decryptor, Opened
from ladderview.proto.tls_handshake import read_handshake
from ladderview.proto.tls_hello import Hello
from ladderview.proto.tls_names import SSL_2, SSL_3, TLS_1_0, TLS_1_1, TLS_1_2, TLS_1_3, is_tls13

Add = Callable[[str, object], None]

_CHANGE_CIPHER_SPEC, _ALERT, _HANDSHAKE, _APPLICATION_DATA, _HEARTBEAT = range(20, 25)
_CONTENT_TYPES = frozenset(range(20, 26))
_CLIENT_HELLO, _SERVER_HELLO, _ENCRYPTED_EXTENSIONS = 1, 2, 8

#: Handshake types that Wireshark 4.0 names; others it takes for ciphertext.
_HANDSHAKE_TYPES = frozenset({0, 1, 2, 3, 4, 5, 6, 8, 11, 12, 13, 14, 15, 16, 20, 21, 22, 23, 24, 25, 67, 254})

#: Messages of SSL 2.0 that are sent in the clear.
_SSL2_ERROR, _SSL2_CLIENT_HELLO, _SSL2_CLIENT_MASTER_KEY, _SSL2_SERVER_HELLO = 0, 1, 2, 4
_SSL2_CLEAR = frozenset({_SSL2_ERROR, _SSL2_CLIENT_HELLO, _SSL2_CLIENT_MASTER_KEY, _SSL2_SERVER_HELLO})

_GMTLS = 0x0101
_RECORD_VERSIONS = frozenset({SSL_3, TLS_1_0, TLS_1_1, TLS_1_2, TLS_1_3, _GMTLS})
_KNOWN_VERSIONS = _RECORD_VERSIONS | {SSL_2}
#: Versions that Wireshark goes by once it knows them; a record of TLS 1.3 must still look like one.
_VERSIONS_KEPT = frozenset({SSL_3, TLS_1_0, TLS_1_1, TLS_1_2, _GMTLS})
_IGNORES_UNKNOWN = frozenset({TLS_1_0, TLS_1_1, TLS_1_2, _GMTLS})

#: Longest handshake message that is put together from records.
_MAX_MESSAGE = 1 << 24


class PlaintextReader(Protocol):
    """What reads the application data of a connection: HTTP, or nothing."""

    def dissect(self, chunk: Chunk, direction: int, add: Add, ends: bool) -> Taken:
        """Take decrypted bytes as if they had come by TCP."""
        ...


class MalformedError(Exception):
    """Wireshark throws here: what was shown stays, the rest of the packet is not looked at."""


@dataclass(slots=True)
class _Side:
    """What is remembered of one direction."""

    changed_row: int = -1
    message: bytearray | None = None
    plaintext_at: int = 0
    desegmenter: Desegmenter = field(default_factory=Desegmenter)


class WiresharkTls:
    """One TLS connection, as Wireshark keeps it."""

    __slots__ = ("_choose", "_decryptor", "_reader", "_sides", "alpn", "version")

    def __init__(self, decryptor: Decryptor, choose: Callable[[str, bytes], PlaintextReader | None]) -> None:
        """``choose`` names the reader of application data by the ALPN agreed ("" for none) and its first bytes."""
        self._decryptor = decryptor
        self._choose = choose
        self._reader: PlaintextReader | None = None
        self._sides = (_Side(), _Side())
        self.version = 0
        self.alpn = ""

    def dissect(self, chunk: Chunk, direction: int, add: Add) -> Taken | None:
        """Take bytes from TCP; None where they are not TLS at all."""
        data = chunk.data
        if len(data) > 4 and all(0x20 <= byte < 0x7F for byte in data[:4]):
            return None
        at = 0
        while at < chunk.length:
            left = chunk.length - at
            if self.version != SSL_2 and left < 5:
                return Taken(at, ONE_MORE_SEGMENT) if chunk.may_wait else Taken(chunk.length)
            if at >= len(data):
                raise MalformedError
            if self._is_ssl2(data, at):
                size = self._ssl2_record(data, at, left, chunk, direction, add)
            elif self.version in _VERSIONS_KEPT or looks_like_record(data[at:]):
                size = self._record(data, at, left, chunk, direction, add)
            else:
                return Taken(chunk.length)
            if size <= 0:
                return Taken(at, -size or ONE_MORE_SEGMENT)
            at += size
        return Taken(chunk.length)

    # -- records --------------------------------------------------------------------------------------------------

    def _record(self, data: bytes, at: int, left: int, chunk: Chunk, direction: int, add: Add) -> int:
        """One record; how long it is, or 0 or the negated number of bytes that are missing from it."""
        content_type = data[at]
        if self.version in _IGNORES_UNKNOWN and content_type not in _CONTENT_TYPES:
            return left
        if len(data) - at < 5:
            raise MalformedError
        length = int.from_bytes(data[at + 3 : at + 5], "big")
        if content_type not in _CONTENT_TYPES:
            return 5 + length
        if left < length + 5:
            return left - length - 5 if chunk.may_wait else left
        if not (is_tls13(self.version) and content_type == _APPLICATION_DATA):
            add("tls.record.content_type", content_type)
        add("tls.record.version", int.from_bytes(data[at + 1 : at + 3], "big"))
        header, fragment = data[at : at + 5], data[at + 5 : at + 5 + length]
        if len(data) <= at + 5:
            raise MalformedError
        if not self.version:
            self._set_version(content_type, data[at + 5], int.from_bytes(data[at + 1 : at + 3], "big"))
        if len(fragment) < length and content_type != _APPLICATION_DATA:
            raise MalformedError
        opened = self._open(direction, header, fragment, length)
        if opened is not None and is_tls13(self.version):
            content_type = opened.content_type
            add("tls.record.content_type", content_type)
        self._content(content_type, fragment, opened, chunk, direction, add)
        return 5 + length

    def _open(self, direction: int, header: bytes, fragment: bytes, length: int) -> Opened | None:
        if not length:
            return None
        opened = self._decryptor.decrypt(direction, header, fragment)
        return opened if isinstance(opened, Opened) and opened.was_protected else None

    def _content(
        self, content_type: int, fragment: bytes, opened: Opened | None, chunk: Chunk, direction: int, add: Add
    ) -> None:
        plaintext = fragment if opened is None else opened.plaintext
        if content_type == _CHANGE_CIPHER_SPEC:
            if self._sides[direction].changed_row < 0:
                self._sides[direction].changed_row = chunk.row
            self._decryptor.on_change_cipher_spec(direction)
        elif content_type == _ALERT:
            if opened is not None or len(fragment) == 2:
                if len(plaintext) < 2:
                    raise MalformedError
                add("tls.alert_message.desc", plaintext[1])
        elif content_type == _HANDSHAKE:
            self._handshake(plaintext, opened is None, chunk.row, direction, add)
        elif content_type == _APPLICATION_DATA and opened is not None:
            self._application_data(plaintext, chunk, direction, add)

    def _application_data(self, plaintext: bytes, chunk: Chunk, direction: int, add: Add) -> None:
        side = self._sides[direction]
        at, side.plaintext_at = side.plaintext_at, side.plaintext_at + len(plaintext)
        if not plaintext:
            return

        def dissect(inner: Chunk) -> Taken:
            if self._reader is None:
                self._reader = self._choose(self.alpn, inner.data)
            if self._reader is None:
                return Taken(inner.length)
            return self._reader.dissect(inner, direction, add, False)

        side.desegmenter.add(chunk.row, at, plaintext, False, dissect)

    # -- handshake ------------------------------------------------------------------------------------------------

    def _handshake(self, data: bytes, maybe_encrypted: bool, row: int, direction: int, add: Add) -> None:
        """The messages in the plaintext of a record, the first of which may have begun in an earlier one."""
        side = self._sides[direction]
        at, first = 0, True
        if side.message is not None:
            wanted = _message_size(bytes(side.message[:4]) + data[:4])
            size = len(data) if wanted is None else min(len(data), wanted - len(side.message))
            side.message += data[:size]
            if wanted is None or len(side.message) < wanted:
                if len(side.message) > _MAX_MESSAGE:
                    side.message = None
                return
            message, side.message = bytes(side.message), None
            self._message(message, True, direction, add)
            at, first = size, False
        elif maybe_encrypted and self._is_encrypted(data, row, side):
            return
        while at < len(data):
            wanted = _message_size(data[at : at + 4])
            if wanted is None or len(data) - at < wanted:
                side.message = bytearray(data[at:])
                return
            self._message(data[at : at + wanted], first, direction, add)
            at, first = at + wanted, False

    def _is_encrypted(self, data: bytes, row: int, side: _Side) -> bool:
        if len(data) < 16:
            return False
        if not any(data[:5]) or data[0] not in _HANDSHAKE_TYPES or data[1]:
            return True
        if side.changed_row < 0 or row <= side.changed_row:
            return False
        if data[0] in {_CLIENT_HELLO, _SERVER_HELLO}:
            length, version = int.from_bytes(data[1:4], "big"), int.from_bytes(data[4:6], "big")
            if length < 0x400 and version in _RECORD_VERSIONS:
                side.changed_row = -1
                return False
        return True

    def _message(self, message: bytes, first: bool, direction: int, add: Add) -> None:
        kind = message[0]
        if kind not in _HANDSHAKE_TYPES:
            return
        parsed = read_handshake(message, 0, self.version)
        hello = parsed.facts
        if first and kind == _SERVER_HELLO and hello is not None:
            self._set_version(_HANDSHAKE, kind, hello.version)
        add("tls.handshake.type", kind)
        if kind == _CLIENT_HELLO:
            self._restart(direction)
        if hello is not None:
            self._hello(hello, direction, message, add)
        elif kind == _ENCRYPTED_EXTENSIONS and parsed.protocol:
            add("tls.handshake.extensions_alpn_str", parsed.protocol)
            self.alpn = parsed.protocol
        self._decryptor.on_handshake(direction, message)

    def _hello(self, hello: Hello, direction: int, message: bytes, add: Add) -> None:
        if len(message) >= 6:
            add("tls.handshake.version", hello.legacy_version)
        for suite in hello.suites:
            add("tls.handshake.ciphersuite", suite)
        if hello.server_name:
            add("tls.handshake.extensions_server_name", hello.server_name)
        for name in hello.alpn:
            add("tls.handshake.extensions_alpn_str", name)
        if not hello.is_client and hello.alpn:
            self.alpn = hello.alpn[0]
        self._decryptor.on_hello(direction, hello)
        if hello.is_client and hello.early_data:
            self.version = TLS_1_3

    def _restart(self, direction: int) -> None:
        """A new handshake: what was changed counts no more for who is about to change again."""
        for side in self._sides:
            side.changed_row = -1

    def _set_version(self, content_type: int, next_byte: int, version: int) -> None:
        """Any message but a Client Hello tells the version (if it is one that is known)."""
        if content_type == _HANDSHAKE and (next_byte not in _HANDSHAKE_TYPES or next_byte == _CLIENT_HELLO):
            return
        if version in _RECORD_VERSIONS:
            self.version = version
        elif is_tls13(version):
            self.version = TLS_1_3

    # -- SSL 2.0 --------------------------------------------------------------------------------------------------

    def _is_ssl2(self, data: bytes, at: int) -> bool:
        if self.version == SSL_2:
            return True
        return is_ssl2_hello(data[at:]) if self.version in _VERSIONS_KEPT else looks_like_ssl2(data[at:])

    def _ssl2_record(self, data: bytes, at: int, left: int, chunk: Chunk, direction: int, add: Add) -> int:
        size = 2 if data[at] & 0x80 else 3
        if left < size:
            return 0 if chunk.may_wait else left
        length = int.from_bytes(data[at : at + 2], "big") & (0x7FFF if size == 2 else 0x3FFF)
        if left < size + length:
            return left - size - length if chunk.may_wait else left
        body = data[at + size : at + size + length]
        if at + size >= len(data):
            raise MalformedError
        if not self.version and 2 <= data[at + size] <= 8:
            self.version = SSL_2
        add("tls.record.version", SSL_2)
        if _is_valid_ssl2(body):
            add("tls.handshake.type", body[0])
            parsed = read_handshake(body, 0, SSL_2)
            if parsed.facts is not None:
                add("tls.handshake.version", parsed.facts.legacy_version)
                if parsed.facts.is_client:
                    self._decryptor.on_hello(direction, parsed.facts)
        return size + length


def _message_size(head: bytes) -> int | None:
    return 4 + int.from_bytes(head[1:4], "big") if len(head) >= 4 else None


def looks_like_record(data: bytes) -> bool:
    """Whether Wireshark takes these bytes for the beginning of a record of SSL 3.0 or TLS."""
    return len(data) >= 3 and data[0] in range(20, 25) and int.from_bytes(data[1:3], "big") in _RECORD_VERSIONS


def is_ssl2_hello(data: bytes) -> bool:
    """Whether Wireshark takes them for a Client Hello of SSL 2.0 where it knows the version already."""
    return len(data) >= 3 and data[0] == 0x80 and data[2] == _CLIENT_HELLO


def looks_like_ssl2(data: bytes) -> bool:
    """Whether it takes them for a message of SSL 2.0 where it does not."""
    return len(data) >= 3 and data[0] >= 0x80 and data[2] in _SSL2_CLEAR


def _is_valid_ssl2(body: bytes) -> bool:
    """Whether a message of SSL 2.0 is believed to be in the clear."""
    if len(body) < 11:
        return False
    if body[0] == _SSL2_CLIENT_MASTER_KEY:
        return sum(int.from_bytes(body[at : at + 2], "big") for at in (4, 6, 8)) <= len(body)
    at = {_SSL2_CLIENT_HELLO: 1, _SSL2_SERVER_HELLO: 3}.get(body[0])
    return at is not None and int.from_bytes(body[at : at + 2], "big") in _KNOWN_VERSIONS
