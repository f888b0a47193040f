"""Which records do the bytes of one direction make up? Framing only: what a record holds is read elsewhere.

Plan: ``RecordReader`` is pushed the stream's bytes in order and hands back every record that became complete. It keeps
at most one record that is not. A gap inside a record damages that record and no other, since its header says where
the next one begins; a gap over the edge of a record makes the reader look for the next plausible header.

Traps: a passive reader goes on. A damaged record is handed back too, with the reason, because ciphers count records. In
the middle of a stream the version of a header is not looked at (RFC 8446 section 5.1) and a length over 2^14 + 2048 is
believed and noted; where the reader looks for a header it believes neither. A Client Hello may come in a record of
SSL 2.0 (RFC 5246 appendix E.2), whose length has its highest bit set where a content type would stand.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from ladderview.proto.fields import Span, byte_count
from ladderview.proto.tls_names import SSL_2, TLS_1_2

HEADER_SIZE = 5

#: RFC 8446 section 5.2 and RFC 5246 section 6.2.3: plaintext of 2^14 bytes, and what a cipher may add to it.
MAX_FRAGMENT = (1 << 14) + 2048

CHANGE_CIPHER_SPEC, ALERT, HANDSHAKE, APPLICATION_DATA, HEARTBEAT = range(20, 25)

_CONTENT_TYPES = frozenset(range(20, 25))
#: Bytes of a hello of SSL 2.0 that tell one.
_SSL2_HELLO_HEAD = 13
#: Content type, version (SSL 3.0 to TLS 1.3, GMTLS).
_HEADER = re.compile(rb"[\x14-\x18](?:\x03[\x00-\x04]|\x01\x01)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class TlsRecord:
    """One record.

    Attributes:
        content_type: of the header (RFC 8446 section 5.1); of a record of SSL 2.0 22, or 23 where it is encrypted.
        version: of the header, which is not the version agreed; 0x0002 for a record of SSL 2.0.
        span: header and fragment, as offsets in the direction's byte stream.
        fragment: the fragment alone.
        octets: the fragment's bytes, up to the first that is missing.
        error: what is wrong with the record, or the empty string.
    """

    content_type: int
    version: int
    span: Span
    fragment: Span
    octets: bytes
    error: str = ""

    @property
    def header(self) -> bytes:
        """The header's five bytes, as ciphers authenticate them; empty of SSL 2.0."""
        if self.version == SSL_2:
            return b""
        numbers = (self.content_type, 1), (self.version, 2), (len(self.fragment), 2)
        return b"".join(number.to_bytes(size, "big") for number, size in numbers)

    @property
    def is_whole(self) -> bool:
        """Whether every byte of the fragment is there."""
        return len(self.octets) == len(self.fragment)


@dataclass(frozen=True, slots=True)
class NotTls:
    """Bytes of the stream that no record could be made of, and why."""

    span: Span
    octets: bytes
    error: str


@dataclass(frozen=True, slots=True)
class _Header:
    """What the first bytes of a record say."""

    content_type: int
    version: int
    size: int
    length: int

    @property
    def record_size(self) -> int:
        return self.size + self.length


class RecordReader:
    """Cuts one direction's bytes into records.

    Attributes:
        position: offset in the stream of the next byte that is expected.
    """

    __slots__ = ("_chunks", "_damaged", "_header", "_held", "_in_step", "_known", "_missing", "_start", "position")

    def __init__(self, start: int = 0) -> None:
        self.position = start
        self._start = start  # of the record that is being read, or of the bytes that are being searched
        self._chunks: list[bytes] = []
        self._held = 0
        self._header: _Header | None = None
        self._missing = 0
        self._damaged = b""  # what stood before the first gap in the record; its further bytes are not kept
        self._in_step = True
        self._known = 0  # version in the header of the last record

    @property
    def partial(self) -> Span:
        """The bytes of the record that is not complete, empty between two records."""
        return Span(self._start, self.position)

    @property
    def wanted(self) -> int:
        """How many more bytes hand nothing back until the last of them is there."""
        return 1 if self._header is None else max(self._start + self._header.record_size - self.position, 1)

    def feed(self, offset: int, data: bytes) -> list[TlsRecord | NotTls]:
        """Take the bytes that stand at ``offset`` of the stream; hand back what they complete, in order.

        Bytes before ``position`` are taken as read; a jump ahead is a gap, as if ``lost`` had told it.
        """
        found = self.lost(self.position, offset) if offset > self.position else []
        if offset < self.position:
            data = data[self.position - offset :]
        self.position += len(data)
        if self._missing and self._header is not None:
            data = self._pass_damaged(found, data)
        if data:
            self._chunks.append(data)
            self._held += len(data)
            if self._held >= (self._header.record_size if self._header else 1):
                self._cut(found)
        return found

    def lost(self, start: int, end: int) -> list[TlsRecord | NotTls]:
        """The stream's bytes up to ``end`` will never come; hand back what they damage."""
        found: list[TlsRecord | NotTls] = []
        gap = end - max(start, self.position)
        if gap <= 0:
            return found
        self.position = end
        if self._header is None:
            self._give_up(found, "the bytes behind these are missing")
            self._restart(end, in_step=False)
            return found
        record_end = self._start + self._header.record_size
        if not self._missing:
            self._damaged = self._take()
        self._missing += min(gap, record_end - (end - gap))
        if end >= record_end:
            found.append(self._damaged_record(self._header))
            self._restart(end, in_step=end == record_end)
        return found

    def finish(self) -> list[TlsRecord | NotTls]:
        """The stream is over: hand back what is held."""
        found: list[TlsRecord | NotTls] = []
        if self._header is None:
            self._give_up(found, "the stream ends before a record does")
        else:
            if not self._missing:
                self._damaged = self._take()
            self._missing += self._start + self._header.record_size - self.position
            found.append(self._damaged_record(self._header))
        self._restart(self.position, in_step=False)
        return found

    # -- inside ---------------------------------------------------------------------------------------------------

    def _take(self) -> bytes:
        """All bytes that are held, which are not held any more."""
        data = self._chunks[0] if len(self._chunks) == 1 else b"".join(self._chunks)
        self._chunks, self._held = [], 0
        return data

    def _restart(self, start: int, in_step: bool) -> None:
        self._chunks, self._held, self._header = [], 0, None
        self._missing, self._damaged = 0, b""
        self._start, self._in_step = start, in_step

    def _give_up(self, found: list[TlsRecord | NotTls], error: str) -> None:
        if self._held:
            data = self._take()
            found.append(NotTls(Span(self._start, self._start + len(data)), data, error))

    def _damaged_record(self, header: _Header) -> TlsRecord:
        octets = self._damaged[header.size :]
        return self._record(header, self._start, octets, f"{byte_count(self._missing)} of it missing")

    def _record(self, header: _Header, start: int, octets: bytes, error: str = "") -> TlsRecord:
        body = start + header.size
        span, fragment = Span(start, body + header.length), Span(body, body + header.length)
        self._known = header.version
        return TlsRecord(header.content_type, header.version, span, fragment, octets, error or _objection(header))

    def _pass_damaged(self, found: list[TlsRecord | NotTls], data: bytes) -> bytes:
        """Go over the bytes of a record that a gap has damaged; what stands behind it."""
        assert self._header is not None
        behind = self.position - (self._start + self._header.record_size)
        if behind < 0:
            return b""
        found.append(self._damaged_record(self._header))
        self._restart(self.position - behind, in_step=True)
        return data[len(data) - behind :]

    def _cut(self, found: list[TlsRecord | NotTls]) -> None:
        """Make records of what is held, and hold the rest."""
        data, at, origin = self._take(), 0, self._start
        while at < len(data):
            if not self._in_step:
                begin = _next_record(data, at, self._known)
                if begin > at:
                    error = "no record begins here"
                    found.append(NotTls(Span(origin + at, origin + begin), data[at:begin], error))
                at = begin
            header = self._header or self._read_header(data, at)
            if header is None:
                if self._in_step and not _may_begin(data[at : at + _SSL2_HELLO_HEAD], self._known):
                    self._in_step = False
                    continue
                break
            self._header = header
            if at + header.record_size > len(data):
                break
            found.append(self._record(header, origin + at, data[at + header.size : at + header.record_size]))
            at += header.record_size
            self._header, self._in_step = None, True
        self._start = origin + at
        rest = data[at:]
        self._chunks, self._held = ([rest], len(rest)) if rest else ([], 0)

    def _read_header(self, data: bytes, at: int) -> _Header | None:
        """The header at ``at``, or None where none can be read (yet)."""
        if self._known in {0, SSL_2}:
            ssl2 = _ssl2_header(data, at, self._known == SSL_2)
            if ssl2 is not None:
                return ssl2
        if len(data) - at < HEADER_SIZE or data[at] not in _CONTENT_TYPES:
            return None
        if not self._known and not _HEADER.match(data, at):
            return None
        version, length = int.from_bytes(data[at + 1 : at + 3], "big"), int.from_bytes(data[at + 3 : at + 5], "big")
        return _Header(data[at], version, HEADER_SIZE, length)


def _objection(header: _Header) -> str:
    """What the RFCs forbid about a header."""
    if header.length > MAX_FRAGMENT:
        return f"{byte_count(header.length)} are more than the {MAX_FRAGMENT} that a record may have"
    if not header.length and header.content_type != APPLICATION_DATA:
        return "a record of this type must not be empty"
    return ""


def _may_begin(some: bytes, known: int) -> bool:
    """Whether these bytes, of which no header could be read, may become one with what follows them."""
    if known in {0, SSL_2} and some[0] & 0x80:
        return len(some) < _SSL2_HELLO_HEAD
    return len(some) < HEADER_SIZE and (known == SSL_2 or some[0] in _CONTENT_TYPES)


def _next_record(data: bytes, at: int, known: int) -> int:
    """Where the next plausible header begins; near the end where none does, so that a header in two parts is found."""
    for match in _HEADER.finditer(data, at):
        begin = match.start()
        length = int.from_bytes(data[begin + 3 : begin + 5], "big")
        following = begin + HEADER_SIZE + length
        if len(data) - begin < HEADER_SIZE:
            return begin
        version = int.from_bytes(data[begin + 1 : begin + 3], "big")
        if not 0 < length <= MAX_FRAGMENT or (known and version not in {known, TLS_1_2}):
            continue  # TLS 1.2, because the first record of a client may have an older version than the others
        if len(data) - following < 3 or _HEADER.match(data, following):
            return begin
    keep = max(at, len(data) - 2)
    while keep < len(data) and data[keep] not in _CONTENT_TYPES:
        keep += 1
    return keep


# -- recognition ------------------------------------------------------------------------------------------------------


def looks_like_tls(first: bytes) -> bool:
    """Whether a stream that begins with these bytes is TLS; five bytes tell, or eleven of SSL 2.0."""
    if len(first) < HEADER_SIZE:
        return False
    if first[0] in {HANDSHAKE, APPLICATION_DATA, ALERT, CHANGE_CIPHER_SPEC} and _HEADER.match(first):
        length = int.from_bytes(first[3:5], "big")
        if first[0] == CHANGE_CIPHER_SPEC:
            return length == 1
        return 0 < length <= MAX_FRAGMENT and (first[0] != ALERT or length == 2 or length >= 16)
    return is_ssl2_client_hello(first)


def is_ssl2_client_hello(first: bytes) -> bool:
    """Whether the bytes begin a Client Hello in the format of SSL 2.0 (RFC 5246 appendix E.2)."""
    if len(first) < 11 or not first[0] & 0x80 or first[2] != 1:
        return False
    record_length = int.from_bytes(first[0:2], "big") & 0x7FFF
    version, ciphers, session_id, challenge = (int.from_bytes(first[at : at + 2], "big") for at in (3, 5, 7, 9))
    return (
        (version == SSL_2 or version >> 8 == 3)
        and ciphers > 0
        and ciphers % 3 == 0
        and session_id in {0, 16}
        and 16 <= challenge <= 32
        and record_length >= 9 + ciphers + session_id + challenge
    )


def _ssl2_header(data: bytes, at: int, established: bool) -> _Header | None:
    """A header of SSL 2.0: two bytes, or three with padding; believed for a hello, or behind another one."""
    if len(data) - at < 3 or (_HEADER.match(data, at) and data[at] in _CONTENT_TYPES):
        return None
    if data[at] & 0x80:
        size, length = 2, int.from_bytes(data[at : at + 2], "big") & 0x7FFF
    else:
        size, length = 3, int.from_bytes(data[at : at + 2], "big") & 0x3FFF
    head = data[at : at + _SSL2_HELLO_HEAD]
    if not (established or is_ssl2_client_hello(head) or _is_ssl2_server_hello(head)):
        return None
    clear = size == 2 and len(data) > at + 2 and 1 <= data[at + 2] <= 8
    return _Header(HANDSHAKE if clear else APPLICATION_DATA, SSL_2, size, length)


def _is_ssl2_server_hello(first: bytes) -> bool:
    """The SSL Protocol (Hickman, 1995), SERVER-HELLO: its three lengths fill the record."""
    if len(first) < _SSL2_HELLO_HEAD or not first[0] & 0x80 or first[2] != 4 or first[5:7] != b"\x00\x02":
        return False
    lengths = sum(int.from_bytes(first[at : at + 2], "big") for at in (7, 9, 11))
    return 11 + lengths == int.from_bytes(first[0:2], "big") & 0x7FFF
