"""Where do the bytes of a decrypted stream come from?

A ``RecordColumns`` has one row a TLS record of one direction; a ``PlainStream`` is the plaintext of those of one kind,
one behind the other. Plaintext is not kept: a stretch of it is read by opening its records again.

Trap: a record that did not open has plaintext all the same, of a length that only its ciphertext bounds: it is a gap.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from threading import Lock
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ladderview.analysis.distinct import distinct
from ladderview.analysis.message import Octets
from ladderview.proto.fields import Span
from ladderview.proto.tls_decrypt import Decryptor, Opened
from ladderview.proto.tls_names import SSL_2

#: Size of a record's header (RFC 8446 section 5.1).
HEADER_SIZE: Final = 5

SEALED: Final = 0xFF


@dataclass(slots=True)
class RecordColumns:
    """The TLS records of one direction, in order.

    Attributes:
        start, end: where they lie in the bytes of the layer below.
        body: where the fragment begins.
        row: the segment with which each was whole.
        content_type: of its header.
        version: of its header.
        plain_type: its true content type, or ``SEALED``.
        plain_len: bytes of its plaintext, or of its fragment where it is sealed.
        number: which call of ``Decryptor.decrypt`` it was, or -1 where it was none.
    """

    start: array[int] = field(default_factory=lambda: array("q"))
    end: array[int] = field(default_factory=lambda: array("q"))
    body: array[int] = field(default_factory=lambda: array("q"))
    row: array[int] = field(default_factory=lambda: array("q"))
    content_type: array[int] = field(default_factory=lambda: array("B"))
    version: array[int] = field(default_factory=lambda: array("H"))
    plain_type: array[int] = field(default_factory=lambda: array("B"))
    plain_len: array[int] = field(default_factory=lambda: array("I"))
    number: array[int] = field(default_factory=lambda: array("q"))

    def __len__(self) -> int:
        return len(self.start)

    def overlapping(self, start: int, end: int) -> range:
        """The records that have bytes of ``[start, end)``."""
        first = bisect_right(self.end, start)
        return range(first, max(first, bisect_left(self.start, end)))

    def ending_in(self, row: int) -> range:
        """The records that were whole with this segment."""
        return range(bisect_left(self.row, row), bisect_right(self.row, row))


class OpenedRecords:
    """Opens records of one direction again; keeps the last one, as neighbours ask for it next."""

    __slots__ = ("_decryptor", "_direction", "_last", "_lock", "below", "columns")

    def __init__(self, below: Octets, columns: RecordColumns, decryptor: Decryptor, direction: int) -> None:
        self.below = below
        self.columns = columns
        self._decryptor = decryptor
        self._direction = direction
        self._last: tuple[int, bytes] = -1, b""
        self._lock = Lock()

    def plaintext(self, record: int) -> bytes:
        """The plaintext of a record; empty where it is sealed. Raises CaptureChanged."""
        with self._lock:
            if self._last[0] == record:
                return self._last[1]
        columns = self.columns
        start, body, end = columns.start[record], columns.body[record], columns.end[record]
        octets = self.below.read(start, end)
        if columns.number[record] < 0:
            plaintext = octets[body - start :]
        else:
            opened = self._decryptor.at(
                self._direction, columns.number[record], octets[:HEADER_SIZE], octets[HEADER_SIZE:]
            )
            plaintext = opened.plaintext if isinstance(opened, Opened) else b""
        with self._lock:
            self._last = record, plaintext
        return plaintext

    def reason(self, record: int) -> str:
        """Why a record does not open, or the empty string. Raises CaptureChanged."""
        columns = self.columns
        if columns.number[record] < 0 or columns.plain_type[record] != SEALED:
            return ""
        octets = self.below.read(columns.start[record], columns.end[record])
        opened = self._decryptor.at(self._direction, columns.number[record], octets[:HEADER_SIZE], octets[HEADER_SIZE:])
        return "" if isinstance(opened, Opened) else opened.reason

    def secret(self, record: int) -> str:
        """What the secret is called that opened a record; empty where it was not protected or did not open."""
        number = self.columns.number[record]
        sealed = number < 0 or self.columns.plain_type[record] == SEALED
        return "" if sealed else self._decryptor.secret_of(self._direction, number)

    def is_ssl2(self, record: int) -> bool:
        """Whether the record is one of SSL 2.0."""
        return self.columns.version[record] == SSL_2


class PlainStream:
    """One direction's plaintext of one kind.

    Attributes:
        records: where its bytes come from.
    """

    __slots__ = ("_at", "_length", "_record", "records")

    def __init__(self, records: OpenedRecords) -> None:
        self.records = records
        self._at = array("q")  # where the plaintext of each of its records begins
        self._record = array("q")
        self._length = 0

    def __len__(self) -> int:
        return self._length

    def append(self, record: int, size: int) -> int:
        """The next record of this kind and the size of its plaintext; where that begins."""
        start = self._length
        self._at.append(start)
        self._record.append(record)
        self._length += size
        return start

    def skip(self, size: int) -> int:
        """So many bytes are missing; where they begin."""
        start = self._length
        self._length += size
        return start

    def pieces(self) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
        """Where the plaintext of each record begins and ends, and the segment with which that record was whole."""
        start, record = (np.array(column, np.int64) for column in (self._at, self._record))
        columns = self.records.columns
        size, row = np.array(columns.plain_len, np.int64), np.array(columns.row, np.int64)
        return start, start + size[record], row[record]

    def records_for(self, span: Span) -> list[int]:
        """The records that have bytes of the span."""
        return [self._record[piece] for piece in self._pieces(span.start, span.end)]

    def span_of(self, record: int) -> Span | None:
        """Where the plaintext of a record lies in this stream; None where the record is of another kind."""
        piece = bisect_left(self._record, record)
        if piece == len(self._record) or self._record[piece] != record:
            return None
        return Span(self._at[piece], self._at[piece] + self.records.columns.plain_len[record])

    def packets_for(self, span: Span) -> NDArray[np.int64]:
        """Rows of the segments that brought these bytes, ascending and distinct."""
        pieces = self._pieces(span.start, span.end)
        if not pieces:
            return np.zeros(0, np.int64)
        columns = self.records.columns
        records = np.array(self._record[pieces.start : pieces.stop], np.int64)
        start, end = np.frombuffer(columns.start, np.int64)[records], np.frombuffer(columns.end, np.int64)[records]
        # Records that follow one another come in one question: a long download has some ten thousand.
        edges = np.flatnonzero(start[1:] != end[:-1])
        first, last = start[np.concatenate(([0], edges + 1))], end[np.concatenate((edges, [-1]))]
        rows = [self.records.below.packets_for(Span(*each)) for each in zip(first.tolist(), last.tolist(), strict=True)]
        return rows[0] if len(rows) == 1 else distinct(np.concatenate(rows))

    def missing(self, span: Span) -> int:
        """How many bytes of the span no record that opened has."""
        columns = self.records.columns
        held = 0
        for piece in self._pieces(span.start, span.end):
            record, at = self._record[piece], self._at[piece]
            if columns.plain_type[record] != SEALED:
                held += min(at + columns.plain_len[record], span.end) - max(at, span.start)
        return max(span.end - span.start, 0) - held

    def parts(self, start: int, end: int) -> Iterator[tuple[int, bytes]]:
        """The bytes of ``[start, end)`` that there are, as (offset, bytes) in order. Raises CaptureChanged."""
        for piece in self._pieces(start, end):
            at = self._at[piece]
            plaintext = self.records.plaintext(self._record[piece])
            skip = max(start - at, 0)
            data = plaintext[skip : end - at]
            if data:
                yield at + skip, data

    def read(self, start: int, end: int) -> bytes:
        """The bytes of ``[start, end)``, as far as there are any. Raises CaptureChanged."""
        return b"".join(data for _, data in self.parts(start, end))

    def _pieces(self, start: int, end: int) -> range:
        if end <= start or not self._at:
            return range(0)
        first = max(bisect_right(self._at, start) - 1, 0)
        return range(first, bisect_left(self._at, end))
