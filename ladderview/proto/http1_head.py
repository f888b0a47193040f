"""What does the head of an HTTP/1 message say: start line, header fields, how the body ends? (RFC 9112)

Plan: ``read_head`` makes a ``Head`` of the bytes up to and with the empty line, leniently and with a note for each
violation; ``read_fields`` reads the same grammar in trailers; ``framing_of`` is the list of RFC 9112 section 6.3.

Traps: a value may be folded over lines (obs-fold), a line may end in LF or CR alone, a name may have whitespace before
the colon: an attacker's favourite ways to make two readers disagree. All are read as a lenient reader (Wireshark) reads
them, and noted.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from ladderview.proto.fields import Span
from ladderview.proto.http_message import Framing, HeaderField

#: RFC 9110 section 5.6.2.
_TOKEN = rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]+"
_STATUS_LINE = re.compile(rb"[ \t]*(HTTP/?[^ \t\r\n]*)[ \t]+([0-9]{1,3})(?![0-9])[ \t]?([^\r\n]*)")
#: As RFC 9112 section 3 wants it, which nearly all are; the rest is taken apart by ``_request_line``.
_PLAIN_REQUEST_LINE = re.compile(rb"(" + _TOKEN + rb") ([^ \t]+) (HTTP/[0-9]\.[0-9])$")
_METHOD = re.compile(_TOKEN + rb"(?=[ \t])")
_LAST_WORD = re.compile(rb"HTTP/[^ \t]*$")
_OLD_REQUEST_LINE = re.compile(rb"([A-Za-z]+)[ \t]+([^ \t]+)[ \t]*$")
_VERSION = re.compile(rb"HTTP/[0-9]\.[0-9]$")
_LINE_END_NOTES = {b"\r\n": (), b"\n": ("a line ends in LF alone",), b"\r": ("a line ends in CR alone",)}
_LINE_END = re.compile(rb"\r{0,2}\n|\r")
_NAME = re.compile(_TOKEN + rb"$")
_DIGITS = re.compile(r"[0-9]+$")

#: Methods of the IANA registry that are common enough to tell a request without a version (RFC 1945 section 4.1).
_OLD_METHODS = frozenset((b"GET", b"HEAD", b"POST", b"PUT"))
#: A length of more digits is no length.
_MAX_DIGITS = 18


@dataclass(frozen=True, slots=True)
class StartLine:
    """The first line of a message; ``method`` is empty of a response, ``status`` is 0 of a request.

    The spans are those of the line's three parts in order: method, target, version; or version, status, reason.
    """

    kind: Literal["request", "response"]
    method: str
    target: str
    version: str
    status: int
    reason: str
    span: Span
    parts: tuple[Span, Span, Span]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Head:
    """Start line and header fields."""

    start: StartLine
    headers: tuple[HeaderField, ...]
    notes: tuple[str, ...]

    def values(self, name: str) -> list[str]:
        """The members of all fields of this name (RFC 9110 section 5.6.1), empty ones left out."""
        lines = [line.value for line in self.headers if line.name.lower() == name]
        members = (member.strip() for line in lines for member in line.split(","))
        return [member for member in members if member]


def text_of(octets: bytes) -> str:
    """Bytes of a head as text: UTF-8 where they are, else ISO 8859-1 (RFC 9110 section 5.5)."""
    try:
        return octets.decode("utf-8")
    except UnicodeDecodeError:
        return octets.decode("latin-1")


def is_start_line(line: bytes) -> bool:
    """Whether a line may begin a message."""
    return read_start_line(line, 0) is not None


def read_start_line(line: bytes, base: int) -> StartLine | None:
    """The first line of a head, with or without its line end, or None where it is none; ``base`` is its offset."""
    line, end, _ = _line(line, 0)
    span = Span(base, base + end)
    plain = _PLAIN_REQUEST_LINE.match(line)
    if plain is not None:
        method, target, version = (text_of(part) for part in plain.groups())
        return StartLine("request", method, target, version, 0, "", span, _spans(plain, base))
    status = _STATUS_LINE.match(line)
    if status is not None:
        notes = _version_notes(status[1])
        if len(status[2]) != 3:
            notes += ("a status code has three digits",)
        parts = _spans(status, base)
        version, code, reason = text_of(status[1]), int(status[2]), text_of(status[3])
        return StartLine("response", "", "", version, code, reason, span, parts, notes)
    request = _request_line(line.rstrip(b" \t"), base)
    if request is not None:
        parts_sent = [line[part.start - base : part.end - base] for part in request]
        method, target, version = map(text_of, parts_sent)
        notes = _version_notes(parts_sent[2])
        if " " in target or "\t" in target:
            notes += ("whitespace in the request target",)
        return StartLine("request", method, target, version, 0, "", span, request, notes)
    old = _OLD_REQUEST_LINE.match(line)
    if old is None or old[1] not in _OLD_METHODS:
        return None
    nowhere = Span(base + old.end(2), base + old.end(2))
    parts = Span(base + old.start(1), base + old.end(1)), Span(base + old.start(2), base + old.end(2)), nowhere
    return StartLine("request", text_of(old[1]), text_of(old[2]), "", 0, "", span, parts, ("no version: HTTP/0.9",))


def read_head(octets: bytes, start: StartLine) -> Head:
    """The head that begins with a start line."""
    _, end, bare = _line(octets, 0)
    base = start.span.start
    headers, notes = read_fields(octets, end, base)
    return Head(start, headers, tuple(dict.fromkeys(start.notes + bare + notes)))


def read_fields(octets: bytes, at: int, base: int) -> tuple[tuple[HeaderField, ...], tuple[str, ...]]:
    """Field lines from ``at`` to the empty line or the end, and what is wrong with them; ``base`` is offset 0's."""
    found: list[HeaderField] = []
    notes: list[str] = []
    folded: list[str] = []  # further lines of the last value
    while at < len(octets):
        line, end, bare = _line(octets, at)
        notes += bare
        if not line:
            break
        if line[0] in b" \t" and found:
            folded.append(text_of(line.strip()))
            folded_end = base + at + len(line)
        else:
            if folded:
                found[-1] = _unfolded(found[-1], folded, folded_end, notes)
                folded = []
            found.append(_field_line(line, base + at, notes))
        at = end
    if folded:
        found[-1] = _unfolded(found[-1], folded, folded_end, notes)
    return tuple(found), tuple(dict.fromkeys(notes))


def framing_of(head: Head, request_method: str = "") -> tuple[Framing, int | None, tuple[str, ...]]:
    """How the body ends (RFC 9112 section 6.3), the declared length, and what is wrong with the fields that say so.

    Args:
        request_method: the method that a response answers; "" where that is not known.
    """
    start = head.start
    declared, notes = _content_length(head)
    codings = [coding.lower() for coding in head.values("transfer-encoding")]
    if start.kind == "response":
        bodiless = start.status // 100 == 1 or start.status in {204, 304}
        if bodiless or request_method == "HEAD" or (request_method == "CONNECT" and start.status // 100 == 2):
            return Framing.NONE, declared, notes
    if codings:
        if declared is not None:
            notes += ("Content-Length beside Transfer-Encoding",)
        if codings[-1].partition(";")[0].strip() == "chunked":
            if codings.count("chunked") > 1:
                notes += ("chunked more than once",)
            return Framing.CHUNKED, declared, notes
        if codings != ["identity"]:
            notes += ("the last transfer coding is not chunked",)
            if start.kind == "response":
                return Framing.UNTIL_CLOSE, declared, notes
    if declared is not None:
        return Framing.LENGTH if declared else Framing.NONE, declared, notes
    if start.kind == "request":
        return Framing.NONE, None, notes
    return Framing.UNTIL_CLOSE, None, notes


# -- inside -----------------------------------------------------------------------------------------------------------


def _line(octets: bytes, at: int) -> tuple[bytes, int, tuple[str, ...]]:
    """The line at ``at`` without its end, where the next one begins, and what is wrong with its end."""
    end = _LINE_END.search(octets, at)
    if end is None:
        return octets[at:], len(octets), ()
    return octets[at : end.start()], end.end(), _LINE_END_NOTES.get(end[0], ("a line ends in CR CR LF",))


def _spans(match: re.Match[bytes], base: int) -> tuple[Span, Span, Span]:
    one, two, three = (Span(base + match.start(part), base + match.end(part)) for part in (1, 2, 3))
    return one, two, three


def _request_line(line: bytes, base: int) -> tuple[Span, Span, Span] | None:
    """Method, target and version, split at the outermost whitespace; a single pattern would take quadratic time."""
    method, version = _METHOD.match(line), _LAST_WORD.search(line, max(line.rfind(b" "), line.rfind(b"\t")) + 1)
    if method is None or version is None or version.start() <= method.end():
        return None
    between = line[method.end() : version.start()]
    target_at = method.end() + len(between) - len(between.lstrip(b" \t"))
    target_end = max(target_at, method.end() + len(between.rstrip(b" \t")))
    ends = (0, method.end()), (target_at, target_end), version.span()
    one, two, three = (Span(base + start, base + end) for start, end in ends)
    return one, two, three


def _version_notes(version: bytes) -> tuple[str, ...]:
    return () if _VERSION.match(version) else (f"{text_of(version)} is no version of HTTP",)


def _field_line(line: bytes, base: int, notes: list[str]) -> HeaderField:
    """One field line; a line without a colon is a name without a value."""
    name, colon, value = line.partition(b":")
    trimmed = name.strip(b" \t")
    if not colon:
        notes.append("a field line has no colon")
    elif name != trimmed:
        notes.append("whitespace around a field name")
    elif not _NAME.match(name):
        notes.append("a field name is no token")
    before = len(name) - len(name.lstrip(b" \t"))
    name_at = base + before
    text = value.strip(b" \t")
    value_at = base + len(name) + len(colon) + len(value) - len(value.lstrip(b" \t")) if text else base + len(line)
    spans = Span(name_at, name_at + len(trimmed)), Span(value_at, value_at + len(text))
    return HeaderField(text_of(trimmed), text_of(text), *spans)


def _unfolded(line: HeaderField, further: list[str], end: int, notes: list[str]) -> HeaderField:
    """RFC 9112 section 5.2: the line ends of an obs-fold count as spaces."""
    notes.append("a field value is folded over lines")
    value = " ".join((line.value, *further)).strip(" ")
    return HeaderField(line.name, value, line.name_span, Span(line.value_span.start, end))


def _content_length(head: Head) -> tuple[int | None, tuple[str, ...]]:
    """The length that Content-Length declares (RFC 9110 section 8.6); the first usable one where several differ."""
    values = head.values("content-length")
    if not values:
        return None, ()
    notes: tuple[str, ...] = ()
    usable = [int(value) for value in values if _DIGITS.match(value) and len(value.lstrip("0")) <= _MAX_DIGITS]
    if len(usable) < len(values):
        notes += ("Content-Length is no number",)
    if len(values) > 1:
        same = len(set(usable)) == 1
        notes += ("Content-Length is given more than once" if same else "several Content-Lengths that differ",)
    return (usable[0] if usable else None), notes
