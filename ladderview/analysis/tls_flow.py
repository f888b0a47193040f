"""Which records and messages do both directions of a TLS connection hold?

Plan: bytes go to a ``RecordReader`` for each direction, records to the ``Decryptor``, what they hold by its content
type: to the ``HandshakeReader``, to the readers of alerts and heartbeats, or, as application data, to whoever reads
what is inside (``inside``). Records are kept as columns (``octets``), plaintext is not kept at all.

Traps:
- The decryptor must see every record and every gap of a direction, in order.
- A handshake message ends with a change of keys (RFC 8446 section 5.1): what a gap or another content type leaves
  incomplete is dropped.
- Both ends may send a Change Cipher Spec between a Hello Retry Request and the second hellos, which change no keys and
  are followed by plaintext (RFC 8446 appendix D.4).
- A record of type handshake that nobody could decrypt is ciphertext; ``looks_encrypted`` tells it where the Change
  Cipher Spec was not captured.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from ladderview.analysis.collector import Collector
from ladderview.analysis.message import TLS, HandshakePart, Message, RecordPart
from ladderview.analysis.octets import SEALED, OpenedRecords, PlainStream, RecordColumns
from ladderview.proto.fields import Span
from ladderview.proto.tls_alert import read_alert, read_heartbeat
from ladderview.proto.tls_decrypt import Decryptor, Opened
from ladderview.proto.tls_handshake import HandshakeReader, TlsMessage, looks_encrypted, read_handshake
from ladderview.proto.tls_hello import Hello
from ladderview.proto.tls_names import SSL_2, VERSIONS, is_tls13
from ladderview.proto.tls_record import (
    ALERT,
    APPLICATION_DATA,
    CHANGE_CIPHER_SPEC,
    HANDSHAKE,
    HEARTBEAT,
    NotTls,
    RecordReader,
    TlsRecord,
)

#: What a record is called that could not be read.
_NAMES = {
    CHANGE_CIPHER_SPEC: "Change Cipher Spec",
    ALERT: "Encrypted Alert",
    HANDSHAKE: "Encrypted Handshake Message",
    APPLICATION_DATA: "Application Data",
    HEARTBEAT: "Encrypted Heartbeat",
}
_PLAIN_NAMES = {
    CHANGE_CIPHER_SPEC: "Change Cipher Spec",
    ALERT: "Alert",
    HANDSHAKE: "Handshake",
    APPLICATION_DATA: "Application Data",
    HEARTBEAT: "Heartbeat",
}
_SSL2_NAME = "Encrypted Data"


class Reader(Protocol):
    """Whoever takes both directions' bytes of one layer, in order, with the segment that brought them."""

    def feed(self, direction: int, offset: int, data: bytes, row: int) -> None:
        """Take the bytes that stand at ``offset`` of the direction's stream."""
        ...

    def waits_for(self, direction: int) -> int:
        """How many more bytes make no difference until the last of them is there: they may be fed together."""
        ...

    def lost(self, direction: int, start: int, end: int, row: int) -> None:
        """The bytes ``[start, end)`` are missing."""
        ...

    def closed(self, direction: int, row: int) -> None:
        """Nothing more comes from this direction."""
        ...


class _Side:
    """One direction."""

    def __init__(self, columns: RecordColumns, records: OpenedRecords, start: int) -> None:
        self.reader = RecordReader(start)
        self.columns = columns
        self.handshake = PlainStream(records)
        self.control = PlainStream(records)
        self.application = PlainStream(records)
        self.messages = HandshakeReader()
        self.begun: tuple[int, int] = (0, 0)  # version and suite when the message being read began
        self.end = start  # of the last record
        self.numbered = 0  # records that the decryptor has seen
        self.changed = False


class TlsFlow:
    """Reads one TLS connection."""

    def __init__(
        self,
        collector: Collector,
        layer: int,
        decryptor: Decryptor,
        inside: Callable[[int, str], Reader],
        starts: tuple[int, int] = (0, 0),
    ) -> None:
        """Begin to read.

        Args:
            collector: takes the messages.
            layer: number of the layer whose bytes are fed.
            decryptor: of this connection.
            inside: makes the reader of the application data, from its layer's number and the protocol agreed by ALPN.
            starts: where TLS begins in the stream of each direction.
        """
        self._collector = collector
        self._layer = layer
        self._decryptor = decryptor
        self._make_inside = inside
        self._inside: Reader | None = None
        below = collector.layers[layer].streams
        self.columns = RecordColumns(), RecordColumns()
        records = [OpenedRecords(below[d], self.columns[d], decryptor, d) for d in (0, 1)]
        self.records = records[0], records[1]
        self._sides = tuple(_Side(self.columns[d], records[d], starts[d]) for d in (0, 1))
        client, server = self._sides
        self.handshake_layer = collector.add_layer("TLS handshake", layer, (client.handshake, server.handshake))
        self.control_layer = collector.add_layer("TLS alerts and changes", layer, (client.control, server.control))
        self.application_layer = collector.add_layer(
            "TLS application data", layer, (client.application, server.application)
        )
        self.layer = layer
        self._version = self._suite = 0
        self._alpn = ""
        self._retrying = False  # between a Hello Retry Request and the Server Hello

    @property
    def version(self) -> int:
        """The version agreed, 0 where no Server Hello was seen."""
        return self._version

    @property
    def suite(self) -> int:
        """The cipher suite agreed, 0 where no Server Hello was seen."""
        return self._suite

    @property
    def resumes(self) -> tuple[bytes, ...]:
        """By what names an earlier session is resumed whose secret was not found; none where nothing is wanting."""
        return self._decryptor.resumes

    def record_names(self, row: int) -> list[str]:
        """What the records are called that were whole with this segment, by their content types."""
        found = []
        for columns in self.columns:
            for record in columns.ending_in(row):
                kind, is_sealed = columns.content_type[record], columns.plain_type[record] == SEALED
                found.append(_NAMES.get(kind, "Unknown record") if is_sealed else _PLAIN_NAMES.get(kind, "TLS record"))
        return found

    # -- bytes ----------------------------------------------------------------------------------------------------

    def feed(self, direction: int, offset: int, data: bytes, row: int) -> None:
        """Take the bytes that stand at ``offset`` of the direction's stream."""
        self._take(direction, self._sides[direction].reader.feed(offset, data), row)

    def waits_for(self, direction: int) -> int:
        """How many more bytes make no difference until the last of them is there."""
        return self._sides[direction].reader.wanted

    def lost(self, direction: int, start: int, end: int, row: int) -> None:
        """The bytes ``[start, end)`` are missing."""
        self._take(direction, self._sides[direction].reader.lost(start, end), row)

    def closed(self, direction: int, row: int) -> None:
        """Nothing more comes from this direction."""
        self._take(direction, self._sides[direction].reader.finish(), row)
        if self._inside is not None:
            self._inside.closed(direction, row)

    def _take(self, direction: int, found: list[TlsRecord | NotTls], row: int) -> None:
        for item in found:
            if isinstance(item, TlsRecord):
                self._record(direction, item, row)

    # -- records --------------------------------------------------------------------------------------------------

    def _record(self, direction: int, record: TlsRecord, row: int) -> None:
        side = self._sides[direction]
        gap = record.span.start - side.end
        if gap > 0:
            self._gap(direction, gap, row)
        side.end = record.span.end
        opened: Opened | None
        reason = ""
        if record.version == SSL_2:
            opened, number = Opened(record.content_type, record.octets, was_protected=False), -1
        else:
            number, side.numbered = side.numbered, side.numbered + 1
            answer = self._decryptor.decrypt(direction, record.header, record.octets)
            opened = answer if isinstance(answer, Opened) else None
            reason = "" if isinstance(answer, Opened) else answer.reason
        if opened is not None and self._is_ciphertext(side, record, opened):
            opened, reason = None, reason or "the handshake that tells its keys is not in the capture"
        index = self._keep(side.columns, record, opened, number, row)
        if opened is None:
            self._sealed(direction, index, record, reason, row)
        else:
            self._opened(direction, index, record, opened, row)

    def _is_ciphertext(self, side: _Side, record: TlsRecord, opened: Opened) -> bool:
        """Whether a record that the decryptor took for plaintext cannot be that."""
        if opened.was_protected:
            return False
        if record.version == SSL_2:
            return record.content_type != HANDSHAKE
        if record.content_type == APPLICATION_DATA:
            return True
        begins = not side.messages.partial[1]
        return record.content_type == HANDSHAKE and begins and looks_encrypted(record.octets, side.changed)

    def _keep(self, columns: RecordColumns, record: TlsRecord, opened: Opened | None, number: int, row: int) -> int:
        columns.start.append(record.span.start)
        columns.end.append(record.span.end)
        columns.body.append(record.fragment.start)
        columns.row.append(row)
        columns.content_type.append(record.content_type)
        columns.version.append(record.version)
        columns.plain_type.append(SEALED if opened is None else opened.content_type)
        columns.plain_len.append(len(record.fragment) if opened is None else len(opened.plaintext))
        columns.number.append(number)
        return len(columns) - 1

    def _gap(self, direction: int, size: int, row: int) -> None:
        """So many bytes before the next record made up no record."""
        side = self._sides[direction]
        self._decryptor.lost(direction, size)
        self._drop(direction, row)
        if self._inside is not None:
            at = side.application.skip(size)
            self._inside.lost(direction, at, at + size, row)

    def _sealed(self, direction: int, index: int, record: TlsRecord, reason: str, row: int) -> None:
        side = self._sides[direction]
        if record.content_type == APPLICATION_DATA and self._inside is not None:
            at = side.application.skip(len(record.fragment))
            self._inside.lost(direction, at, at + len(record.fragment), row)
        name = _SSL2_NAME if record.version == SSL_2 else _NAMES.get(record.content_type, "Unknown record")
        part = RecordPart(record.content_type, is_plaintext=False)
        message = Message(TLS, name, name, direction, self._layer, record.span, row, part, reason, error=record.error)
        if record.content_type == APPLICATION_DATA:
            self._collector.add_run(message)
        else:
            self._drop(direction, row)
            self._collector.add(message)

    def _opened(self, direction: int, index: int, record: TlsRecord, opened: Opened, row: int) -> None:
        side, plaintext, kind = self._sides[direction], opened.plaintext, opened.content_type
        if record.version == SSL_2:
            self._ssl2(direction, index, record, row)
        elif kind == HANDSHAKE:
            self._handshake(direction, index, plaintext, row)
        elif kind == APPLICATION_DATA:
            self._application_data(direction, index, plaintext, row)
        else:
            self._drop(direction, row)
            at = side.control.append(index, len(plaintext))
            if kind == CHANGE_CIPHER_SPEC:
                side.changed = not self._retrying
                self._decryptor.on_change_cipher_spec(direction)
            summary = _summary_of(kind, plaintext, opened.was_protected)
            part = RecordPart(kind, is_plaintext=True)
            span = Span(at, at + len(plaintext))
            name = summary.partition(" (")[0]
            self._collector.add(
                Message(TLS, name, summary, direction, self.control_layer, span, row, part, error=record.error)
            )

    def _application_data(self, direction: int, index: int, plaintext: bytes, row: int) -> None:
        at = self._sides[direction].application.append(index, len(plaintext))
        if not plaintext:
            return
        if self._inside is None:
            self._inside = self._make_inside(self.application_layer, self._alpn)
        self._inside.feed(direction, at, plaintext, row)

    # -- handshake ------------------------------------------------------------------------------------------------

    def _handshake(self, direction: int, index: int, plaintext: bytes, row: int) -> None:
        side = self._sides[direction]
        if not side.messages.partial[1]:
            side.begun = self._version, self._suite
        at = side.handshake.append(index, len(plaintext))
        for span, octets in side.messages.feed(at, plaintext):
            version, suite = side.begun
            message = read_handshake(octets, span.start, version, suite)
            self._follow(direction, message, octets)
            self._show(direction, message, span, row, HandshakePart(message.kind, version, suite))
            side.begun = self._version, self._suite

    def _follow(self, direction: int, message: TlsMessage, octets: bytes) -> None:
        """What a message means for those behind it."""
        hello = message.facts
        if hello is not None and message.kind in _HELLOS:
            self._follow_hello(direction, hello)
        if message.protocol:
            self._agreed(message.protocol)
        self._decryptor.on_handshake(direction, octets)

    def _follow_hello(self, direction: int, hello: Hello) -> None:
        if hello.is_client:
            self._collector.asked_for(hello.server_name)
            for side in self._sides:
                side.changed = False
        elif not hello.is_retry_request:
            self._retrying = False
            self._version, self._suite = hello.version, hello.suite
            name = VERSIONS[0x0304] if is_tls13(hello.version) else VERSIONS.get(hello.version, "TLS")
            self._collector.recognised(name, self._layer)
        else:
            self._retrying = True
        self._decryptor.on_hello(direction, hello)

    def _agreed(self, protocol: str) -> None:
        self._alpn = protocol
        self._collector.recognised(protocol, self._layer)

    def _show(self, direction: int, message: TlsMessage, span: Span, row: int, part: HandshakePart) -> None:
        summary = f"{message.name} ({message.summary})" if message.summary else message.name
        self._collector.add(
            Message(TLS, message.name, summary, direction, self.handshake_layer, span, row, part, error=message.error)
        )

    def _drop(self, direction: int, row: int) -> None:
        """A handshake message that will not go on."""
        side = self._sides[direction]
        partial = side.messages.drop()
        if partial is None:
            return
        span, octets = partial
        version, suite = side.begun
        message = read_handshake(octets, span.start, version, suite)
        self._show(direction, message, span, row, HandshakePart(message.kind, version, suite))

    def _ssl2(self, direction: int, index: int, record: TlsRecord, row: int) -> None:
        """A record of SSL 2.0 is one message."""
        side = self._sides[direction]
        at = side.handshake.append(index, len(record.octets))
        message = read_handshake(record.octets, at, SSL_2)
        if message.facts is not None:
            self._follow_hello(direction, message.facts)
        part = HandshakePart(message.kind, SSL_2, 0)
        self._show(direction, message, Span(at, at + len(record.octets)), row, part)


_HELLOS = frozenset({1, 2, 6})


def _summary_of(kind: int, plaintext: bytes, was_protected: bool) -> str:
    if kind == CHANGE_CIPHER_SPEC:
        return _NAMES[kind]
    if kind == ALERT:
        message = read_alert(plaintext, 0)
    elif kind == HEARTBEAT:
        message = read_heartbeat(plaintext, 0, was_protected)
    else:
        return f"Unknown record ({kind})"
    return f"{message.name} ({message.summary})" if message.summary else message.name
