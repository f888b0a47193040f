"""Which HTTP/1 fields does Wireshark show, in which packet?

Follows Wireshark 4.0 (``wireshark_desegment`` says why that is not the same as what the receiver saw). It has no
parser with a state: every piece that it is handed may begin a message, continue one or be neither, and it looks at
the lines of the piece to tell. A message is shown in the packet that completes it.

Traps:
- A line with a colon is a header, whatever stands before it: a piece of a body may have a "Host" of its own.
- Lines end with CR LF, LF or CR.
- A response that follows a CONNECT, or a 101, turns everything behind it into another protocol.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from ladderview.analysis.wireshark_desegment import ONE_MORE_SEGMENT, UNTIL_FIN, Chunk, Taken
from ladderview.proto.http2 import PREFACE

Add = Callable[[str, object], None]

#: Methods that Wireshark 4.0 knows (RFC 9110, WebDAV and its extensions, UPnP, Microsoft's tunnels).
METHODS = frozenset(
    b"GET PUT COPY HEAD LOCK MOVE POLL POST BCOPY BMOVE MKCOL TRACE PATCH LABEL MERGE DELETE SEARCH UNLOCK "
    b"REPORT UPDATE NOTIFY BDELETE CONNECT OPTIONS CHECKIN PROPFIND CHECKOUT CCM_POST SUBSCRIBE PROPPATCH "
    b"BPROPFIND BPROPPATCH UNCHECKOUT MKACTIVITY MKWORKSPACE RPC_CONNECT RPC_IN_DATA UNSUBSCRIBE RPC_OUT_DATA "
    b"VERSION-CONTROL BASELINE-CONTROL SSTP_DUPLEX_POST".split()
)
_NOTIFICATIONS = frozenset({b"NOTIFY", b"SUBSCRIBE", b"UNSUBSCRIBE"})

_LINE_END = re.compile(rb"[\r\n]")
#: A field name as Wireshark takes it; it is a little more generous than RFC 9110 section 5.1.
_FIELD_NAME = re.compile(rb"[!#$%&\\:*+\-.^_`|~0-9A-Za-z]+")
_CHUNK_SIZE = re.compile(rb"\s*[+-]?(?:0[xX])?([0-9a-fA-F]+)")
_CONTENT_LENGTH = re.compile(rb"\s*\+?([0-9]{1,400})(?!\S)")
_MAX_STATED = 1 << 63
_INTEGER = re.compile(rb"[+-]?[0-9]+")

#: Content lengths from here on are not waited for.
_MAX_CONTENT = 1 << 31
#: Tunnels of RPC over HTTP state lengths that mean nothing (MS-RPCH section 2.1.2.1).
_TUNNELS = (b"RPC_IN_DATA", b"RPC_OUT_DATA")
_TUNNEL_CONTENT = 128 * 1024
#: Chunk sizes above this are not believed.
_MAX_CHUNK = 1 << 31

REQUEST, RESPONSE, NOTIFICATION, OTHER = "request", "response", "notification", "other"


class NextReader(Protocol):
    """What reads a connection after HTTP has been left."""

    def dissect(self, chunk: Chunk, direction: int, add: Add, ends: bool) -> Taken:
        """Take what follows."""
        ...


def find_line(data: bytes, at: int, wait: bool) -> tuple[int, int] | None:
    """Length of the line at ``at`` and where the next begins; None where ``wait`` and its end is not there yet."""
    match = _LINE_END.search(data, at)
    if match is None:
        return None if wait else (len(data) - at, len(data))
    end = match.start()
    if data[end : end + 1] == b"\r":
        if end + 1 >= len(data):
            return None if wait else (end - at, len(data))
        if data[end + 1 : end + 2] == b"\n":
            return end - at, end + 2
    return end - at, end + 1


def kind_of(line: bytes) -> tuple[str, bytes]:
    """Whether a line begins a request, a response or neither, and its method."""
    line = line.removeprefix(b"M-")
    if line.startswith((b"HTTP/", b"ICY")):
        return RESPONSE, b""
    method = line.split(b" ", 1)[0]
    if method in _NOTIFICATIONS:
        return NOTIFICATION, method
    return (REQUEST, method) if method in METHODS else (OTHER, b"")


@dataclass(slots=True)
class _Wait:
    """The rest of a message whose header is there.

    Attributes:
        header: what was kept of it: all but a body that is only counted.
        counts_only: whether the body's bytes are of no interest.
        chunks: the walk through a chunked body, or None.
        size: bytes of the message so far.
    """

    header: bytes
    counts_only: bool
    size: int
    chunks: _Chunks | None = None


@dataclass(slots=True)
class _Chunks:
    """A walk through a chunked body as it comes (RFC 9112 section 7.1), for its end alone."""

    rest: bytearray = field(default_factory=bytearray)
    skip: int = 0
    last: bool = False
    done: bool = False
    broken: bool = False

    def feed(self, data: bytes) -> int:
        """Take bytes; how many of them lie behind the end, where it was found."""
        skipped = min(self.skip, len(data))
        self.skip -= skipped
        self.rest += data[skipped:]
        at = 0
        while not (self.done or self.broken) and at < len(self.rest):
            line = find_line(bytes(self.rest), at, True)
            if line is None:
                break
            length, following = line
            if self.last:
                self.done, at = True, following
                break
            size = _CHUNK_SIZE.match(bytes(self.rest[at : at + length]).split(b";")[0])
            if size is None or int(size[1], 16) > _MAX_CHUNK:
                self.broken = True
            elif int(size[1], 16) == 0:
                self.last, at = True, following
            else:
                end = following + int(size[1], 16) + 2
                at = min(end, len(self.rest))
                self.skip = end - at
        del self.rest[:at]
        return len(self.rest) if self.done else 0


@dataclass(slots=True)
class _Headers:
    """What the header lines say about the body."""

    content_length: int | None = None
    has_encoding: bool = False
    chunked: bool = False
    upgrade: bytes = b""


class WiresharkHttp:
    """One HTTP/1 connection, as Wireshark keeps it."""

    __slots__ = ("_choose", "_left_row", "_method", "_next", "_status", "_uri")

    def __init__(self, choose: Callable[[str, bytes], NextReader | None]) -> None:
        """``choose`` names what follows: for ("upgrade", token), ("connect", target) or ("preface", b"")."""
        self._choose = choose
        self._method = b""
        self._uri: bytes | None = None
        self._status = 0
        self._left_row: int | None = None  # from this row on it is not HTTP any more
        self._next: NextReader | None = None

    def dissect(self, chunk: Chunk, direction: int, add: Add, ends: bool) -> Taken:
        """Take bytes; ``ends`` where their segment has a FIN."""
        if self._left_row is None and chunk.data.startswith(PREFACE):
            self._next, self._left_row = self._choose("preface", b""), chunk.row
        if isinstance(chunk.resume, _Wait):
            return self._resume(chunk, chunk.resume, direction, add, ends)
        return self._messages(chunk.data, 0, chunk, direction, add, ends)

    def _resume(self, chunk: Chunk, wait: _Wait, direction: int, add: Add, ends: bool) -> Taken:
        if wait.chunks is None:
            self._message(wait.header, chunk, direction, add, ends, whole=True)
            return Taken(chunk.length)
        behind = wait.chunks.feed(chunk.data)
        if not wait.chunks.done and not wait.chunks.broken and chunk.may_wait and not ends:
            return Taken(0, ONE_MORE_SEGMENT, wait)
        self._message(wait.header, chunk, direction, add, ends, whole=True)
        if not behind:
            return Taken(chunk.length)
        rest = chunk.data[len(chunk.data) - behind :]
        taken = self._messages(rest, 0, chunk._replace(data=rest, length=len(rest), resume=None), direction, add, ends)
        return taken._replace(used=chunk.length - behind + taken.used)

    def _messages(self, data: bytes, at: int, chunk: Chunk, direction: int, add: Add, ends: bool) -> Taken:
        """Every message of a piece, one behind the other."""
        while at < len(data):
            if self._left_row is not None and chunk.row >= self._left_row:
                if self._next is None:
                    break
                rest = chunk._replace(data=data[at:], length=chunk.length - at)
                taken = self._next.dissect(rest, direction, add, ends)
                return taken._replace(used=at + taken.used)
            begin = at + 2 if len(data) - at > 3 and data[at : at + 2] == b"\r\n" else at
            wait = self._wait_for(data, begin, chunk, ends)
            if wait is not None:
                return wait._replace(used=at if begin == at else begin)
            size = self._message(data[begin:], chunk, direction, add, ends)
            if size <= 0:
                break
            at = begin + size
        return Taken(chunk.length)

    # -- is all of it there? --------------------------------------------------------------------------------------

    def _wait_for(self, data: bytes, at: int, chunk: Chunk, ends: bool) -> Taken | None:
        """What must be waited for before a message can be read, or None."""
        cut = len(data) < chunk.length
        if not 0x20 <= data[at] < 0x7F:
            return None
        line = find_line(data, at, True)
        if line is None:
            return Taken(at, ONE_MORE_SEGMENT) if chunk.may_wait and not cut else None
        kind, _ = kind_of(data[at : at + line[0]])
        if kind == OTHER or not chunk.may_wait:
            return None
        return self._wait_for_message(data, at, kind, cut, ends)

    def _wait_for_message(self, data: bytes, at: int, kind: str, cut: bool, ends: bool) -> Taken | None:
        length: int | None = None
        chunked, begin = False, at
        wants_body = not ends and not (kind == RESPONSE and self._has_no_body(data[at:]))
        while True:
            line = find_line(data, at, True)
            if line is None or at >= len(data):
                return None if cut else Taken(begin, ONE_MORE_SEGMENT)
            text, at = data[at : at + line[0]], line[1]
            if not text:
                break
            name, _, value = text.partition(b":")
            if name.lower() == b"content-length" and _INTEGER.fullmatch(value.strip()):
                stated = int(value)
                length = stated if 0 <= stated < _MAX_CONTENT else length
            elif name.lower() == b"transfer-encoding":
                chunked = chunked or value.lstrip(b" \t").lower().startswith(b"chunked")
        if not wants_body or cut:
            return None
        header, body = data[begin:at], data[at:]
        if chunked:
            walk = _Chunks()
            walk.feed(body)
            if walk.done or walk.broken:
                return None
            return Taken(begin, ONE_MORE_SEGMENT, _Wait(header, False, len(header), walk))
        if length is not None and not (length >= _TUNNEL_CONTENT and header.startswith(_TUNNELS)):
            more = length - len(body)
            return Taken(begin, more, _Wait(header, True, len(header) + length)) if more > 0 else None
        if kind == RESPONSE and length is None:
            return Taken(begin, UNTIL_FIN, _Wait(header, True, len(header)))
        return None

    def _has_no_body(self, data: bytes) -> bool:
        """Responses without a body (RFC 9112 section 6.3)."""
        tokens = data.split(None, 2)
        status = int(tokens[1]) if len(tokens) > 1 and len(tokens[1]) == 3 and tokens[1].isdigit() else 0
        if self._method == b"HEAD" or status // 100 == 1 or status in {204, 304}:
            return True
        return status // 100 == 2 and self._method in {b"CONNECT", b"SSTP_DUPLEX_POST"}

    # -- reading it -----------------------------------------------------------------------------------------------

    def _message(self, data: bytes, chunk: Chunk, direction: int, add: Add, ends: bool, whole: bool = False) -> int:
        """Show one message; how many bytes it takes, or -1. ``whole``: its body is there, though not in ``data``."""
        if not data or not 0x20 <= data[0] < 0x7F:
            return -1
        headers, kind, at = _Headers(), OTHER, 0
        seen = False
        while at < len(data):
            line = find_line(data, at, False)
            assert line is not None
            text, following = data[at : at + line[0]], line[1]
            line_kind, method = kind_of(text)
            if line_kind != OTHER:
                kind = line_kind
                self._start_line(text, kind, method, add)
            elif not text:
                at = following
                break
            elif b":" in text:
                self._header(text, headers, add)
            else:
                if seen and following >= len(data):
                    return -1
                break
            seen, at = True, following
        size = len(data) if whole else at + self._body_size(data, at, kind, headers)
        self._leave(kind, headers, chunk.row)
        return size if size > 0 else -1

    def _start_line(self, text: bytes, kind: str, method: bytes, add: Add) -> None:
        text = text.removeprefix(b"M-")
        tokens = text.split(b" ")
        if kind == RESPONSE:
            rest = text[len(tokens[0]) :].lstrip(b" ")
            status = rest.split(b" ")[0]
            if len(status) >= 3:
                digits = re.match(rb"\s*[0-9]{1,3}", status[:3])
                self._status = int(digits[0]) if digits else 0
                add("http.response.code", self._status)
            return
        self._method = method
        add("http.request.method", _text(method))
        rest = text[len(method) :]
        spaces = len(rest) - len(rest.lstrip(b" "))
        uri = b"" if spaces >= 2 else rest.lstrip(b" ").split(b" ")[0]
        self._uri = uri
        if uri:
            add("http.request.uri", _text(uri))

    def _header(self, text: bytes, headers: _Headers, add: Add) -> None:
        name, _, value = text.partition(b":")
        if not _FIELD_NAME.fullmatch(name):
            return
        name, value = name.lower(), value.lstrip(b" \t").split(b"\0")[0]
        if name == b"host":
            add("http.host", _text(value))
        elif name == b"content-type":
            add("http.content_type", _text(value))
        elif name == b"content-length":
            match = _CONTENT_LENGTH.match(value)
            stated = int(match[1]) if match else _MAX_STATED
            headers.content_length = stated if stated < _MAX_STATED else None
        elif name == b"transfer-encoding":
            headers.has_encoding = True
            headers.chunked = headers.chunked or b"chunked" in value
        elif name == b"upgrade":
            headers.upgrade = value.lower()

    def _body_size(self, data: bytes, at: int, kind: str, headers: _Headers) -> int:
        left = len(data) - at
        if headers.content_length is not None and not headers.has_encoding:
            return min(left, headers.content_length)
        if kind == REQUEST and not headers.has_encoding:
            return 0
        if kind == RESPONSE and (self._status // 100 == 1 or self._status in {204, 304}):
            return 0
        if headers.chunked:
            walk = _Chunks()
            behind = walk.feed(data[at:])
            return left - behind
        return left

    def _leave(self, kind: str, headers: _Headers, row: int) -> None:
        """Whether another protocol follows this response."""
        if kind != RESPONSE or not self._method:
            return
        if headers.upgrade and self._status == 101:
            self._next, self._left_row = self._choose("upgrade", headers.upgrade), row
        elif self._status == 200 and self._method == b"CONNECT" and self._uri:
            self._next, self._left_row = self._choose("connect", self._uri), row + 1


def _text(value: bytes) -> str:
    """As Wireshark decodes ASCII: other bytes become replacement characters."""
    return value.decode("ascii", errors="replace")
