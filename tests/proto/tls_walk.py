"""A connection walked as the program walks it: bytes of both directions through records, handshake and decryption."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from ladderview.proto.tls_decrypt import Decryptor, Opened, Sealed
from ladderview.proto.tls_handshake import HandshakeReader, read_handshake
from ladderview.proto.tls_record import RecordReader, TlsRecord

CHANGE_CIPHER_SPEC, ALERT, HANDSHAKE, APPLICATION_DATA = 20, 21, 22, 23


@dataclass
class Walked:
    """What was read.

    ``seen`` has for each direction (header, fragment, outcome) of every record in order.
    """

    seen: tuple[list[tuple[bytes, bytes, Opened | Sealed]], ...] = field(default_factory=lambda: ([], []))
    messages: list[tuple[int, int]] = field(default_factory=list)  # (direction, handshake type)

    def text(self, direction: int) -> bytes:
        """The application data of a direction."""
        return b"".join(
            outcome.plaintext
            for _, _, outcome in self.seen[direction]
            if isinstance(outcome, Opened) and outcome.content_type == APPLICATION_DATA
        )

    def reasons(self, direction: int) -> list[str]:
        return [outcome.reason for _, _, outcome in self.seen[direction] if isinstance(outcome, Sealed)]


class Walk:
    """Feeds a decryptor; a chunk of None with a size is a gap."""

    def __init__(self, decryptor: Decryptor) -> None:
        self.decryptor = decryptor
        self.walked = Walked()
        self._records = (RecordReader(), RecordReader())
        self._handshakes = (HandshakeReader(), HandshakeReader())
        self._fed = [0, 0]
        self._behind = [0, 0]
        self._version = 0
        self._suite = 0

    def feed(self, direction: int, data: bytes) -> None:
        reader = self._records[direction]
        for record in reader.feed(reader.position, data):
            self._take(direction, record)

    def lose(self, direction: int, size: int) -> None:
        reader = self._records[direction]
        for record in reader.lost(reader.position, reader.position + size):
            self._take(direction, record)

    def _take(self, direction: int, record: object) -> None:
        if not isinstance(record, TlsRecord):
            return
        missing = record.span.start - self._behind[direction]
        self._behind[direction] = record.span.end
        if missing:
            self.decryptor.lost(direction, missing)
        outcome = self.decryptor.decrypt(direction, record.header, record.octets)
        self.walked.seen[direction].append((record.header, record.octets, outcome))
        if isinstance(outcome, Sealed):
            self._fed[direction] += 1  # a hole: what was begun does not go on
        elif outcome.content_type == CHANGE_CIPHER_SPEC:
            self.decryptor.on_change_cipher_spec(direction)
        elif outcome.content_type == HANDSHAKE:
            self._read_handshake(direction, outcome.plaintext)

    def _read_handshake(self, direction: int, plaintext: bytes) -> None:
        for _, message in self._handshakes[direction].feed(self._fed[direction], plaintext):
            self.walked.messages.append((direction, message[0]))
            hello = read_handshake(message, 0, self._version, self._suite).facts
            if hello is not None:
                self.decryptor.on_hello(direction, hello)
                if not hello.is_client:
                    self._version, self._suite = hello.version, hello.suite
            self.decryptor.on_handshake(direction, message)
        self._fed[direction] += len(plaintext)


def walk(decryptor: Decryptor, chunks: Iterable[tuple[int, bytes]]) -> Walked:
    """Walk (direction, bytes) in order."""
    walking = Walk(decryptor)
    for direction, data in chunks:
        walking.feed(direction, data)
    return walking.walked
