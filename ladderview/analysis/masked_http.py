"""How does the head of an HTTP/1 message become one of the same length that tells no names, cookies and credentials?

Plan: of a head only what was read as start line, field names and values may stay; white space stays everywhere, so
that lines and folds do. Values are overwritten by the name of their field; in all others, where names are masked,
whatever looks like a host name is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from ladderview.analysis.masked_octets import AUTHORITY
from ladderview.analysis.masking import HOST_FIELDS, HOST_NAME, SECRET_FIELDS, MaskKind
from ladderview.proto.blank_der import FILLER
from ladderview.proto.http_message import HeaderField, HttpMessage

#: Kinds for which a body is overwritten that is no plain text.
HIDE_BODIES: frozenset[MaskKind] = frozenset({"bodies", "names", "cookies", "authorization"})

#: Bytes of a head that are never overwritten: they make its lines.
_WHITE = b" \t\r\n"
_HIDDEN = bytes(octet if octet in _WHITE else FILLER[0] for octet in range(256))

#: Fields that are credentials by their names, registered or not (RFC 9110 section 11; the rest is custom).
_CREDENTIALS = re.compile(
    r"auth(?!ority)|token|secret|passw|api-?key|credential|signature|csrf|xsrf|session", re.IGNORECASE
)
_AUTHENTICATION = frozenset({"www-authenticate", "proxy-authenticate"})
#: Schemes that Wireshark takes apart without believing what follows (RFC 7617, RFC 6750, RFC 7616).
_SCHEME = re.compile(rb"(?:Basic|Bearer|Digest) ", re.IGNORECASE)
#: Whom a URL is for, also where it has no scheme.
_AUTHORITY = re.compile(rb"(?<=//)" + AUTHORITY)
#: Media types that filler may stand for; of others the subtype goes as well: a picture of filler is a broken one, and
#: Wireshark would say so in red where nothing was wrong.
_ANYTHING_GOES = re.compile(
    rb"(?:text|multipart|message)/|application/(?:json|xml|(?:x-)?javascript|x-www-form-urlencoded|octet-stream)\b"
    rb"|[^;]*\+(?:xml|json)\b",
    re.IGNORECASE,
)
_SUBTYPE = re.compile(rb"(?<=/)[^;\s]+")
_HOST_NAME = re.compile(HOST_NAME.pattern.encode(), re.IGNORECASE)


def blank_head(message: HttpMessage, kinds: frozenset[MaskKind]) -> bytes:
    """The bytes of a head, as many as there were."""
    octets, base = message.octets, message.head.start
    line = octets.find(b"\n") + 1 or len(octets)
    out = bytearray(octets.translate(_HIDDEN))
    out[:line] = _start_line(octets[:line], message, kinds)
    _put_fields(out, octets, base, message.headers, kinds)
    return bytes(out)


def blank_trailers(message: HttpMessage, octets: bytes, base: int, kinds: frozenset[MaskKind]) -> bytes:
    """The trailers of a message, which stand at ``base`` of the stream."""
    out = bytearray(octets.translate(_HIDDEN))
    _put_fields(out, octets, base, message.trailers, kinds)
    return bytes(out)


def _start_line(line: bytes, message: HttpMessage, kinds: frozenset[MaskKind]) -> bytes:
    if message.kind == "response" or not kinds & {"names", "authorization"}:
        return line
    if message.method == "CONNECT":
        method, space, rest = line.partition(b" ")
        target, more, version = rest.partition(b" ")
        return method + space + target.translate(_HIDDEN) + more + version
    path, mark, query = _without_authority(line).partition(b"?")
    if "names" in kinds and mark:
        asked, space, version = query.rpartition(b" ")
        query = _without_hosts(asked) + space + version
    return path + mark + query


def _put_fields(
    out: bytearray, octets: bytes, base: int, fields: Iterable[HeaderField], kinds: frozenset[MaskKind]
) -> None:
    for field in fields:
        start, at, end = (
            place - base for place in (field.name_span.start, field.value_span.start, field.value_span.end)
        )
        if not 0 <= start <= at <= end <= len(out):
            continue
        name_end = field.name_span.end - base
        if b":" not in octets[name_end : max(at, name_end + 1)]:
            continue  # a line that is no field
        out[start:at] = octets[start:at]
        out[at:end] = _value(field.name.lower(), octets[at:end], kinds)


def _value(name: str, value: bytes, kinds: frozenset[MaskKind]) -> bytes:
    kind = SECRET_FIELDS.get(name)
    if kind is None and (name in _AUTHENTICATION or _CREDENTIALS.search(name)):
        kind = "authorization"
    if kind in kinds:
        scheme = _SCHEME.match(value) if kind == "authorization" else None
        shown = scheme.end() if scheme else 0
        return value[:shown] + value[shown:].translate(_HIDDEN)
    if name == "content-type" and kinds & HIDE_BODIES and not _ANYTHING_GOES.match(value):
        return _SUBTYPE.sub(lambda match: FILLER * len(match[0]), value)
    if "names" not in kinds:
        return value
    if name in HOST_FIELDS and b"//" not in value and not value.startswith(b"/"):
        return value.translate(_HIDDEN)
    return _without_hosts(_without_authority(value))


def _without_authority(octets: bytes) -> bytes:
    return _AUTHORITY.sub(lambda match: FILLER * len(match[0]), octets)


def _without_hosts(octets: bytes) -> bytes:
    return _HOST_NAME.sub(lambda match: FILLER * len(match[0]), octets)
