"""What kind of content is this, and how does a person read it: text, JSON, form, image, or bytes? (RFC 9110 section 8)

Plan: the media type says, and the bytes are asked where it is absent, wrong or says nothing. ``SIGNATURES`` and
``CHARSETS`` are all there is to know; what fits nothing is shown as bytes.

Traps: senders lie about the type: an image has to begin like one. A charset is taken from a list, for Python has codecs
that are slow, or no charsets at all. JSON is laid out as it was sent: no number is read and no name that is there twice
dropped. Nothing deep or long is laid out, for its indentation would be longer than the capture.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from urllib.parse import unquote_plus

from ladderview.proto.fields import Span
from ladderview.proto.http_message import NOWHERE

#: Characters of JSON that are laid out, and how deep it may be.
MAX_LAID_OUT = 1 << 19
MAX_DEPTH = 64
#: Pairs of a form, parts of a multipart body.
MAX_PAIRS = 1000
_MAX_PART_HEAD = 1 << 14


class Kind(Enum):
    """How content is shown."""

    EMPTY = "empty"
    TEXT = "text"
    JSON = "json"
    FORM = "form"
    IMAGE = "image"
    BYTES = "bytes"


@dataclass(frozen=True, slots=True)
class FormPair:
    """One field of a form.

    Attributes:
        name: of the field.
        value: what was entered; "" of a file.
        file_name: of a file that is uploaded.
        media_type: of a part of a multipart form.
        span: the value's bytes in the content.
    """

    name: str
    value: str
    file_name: str = ""
    media_type: str = ""
    span: Span = NOWHERE


@dataclass(frozen=True, slots=True)
class Content:
    """Content as a person reads it.

    Attributes:
        kind: how to show it.
        media_type: what it is, in lower case, without parameters: as sent, or as its bytes say for an image.
        text: of TEXT and JSON; JSON is laid out.
        pairs: of FORM.
        notes: what is wrong with it, each a short sentence.
    """

    kind: Kind
    media_type: str = ""
    text: str = ""
    pairs: tuple[FormPair, ...] = ()
    notes: tuple[str, ...] = ()


#: How images begin, and their media types.
SIGNATURES: tuple[tuple[re.Pattern[bytes], str], ...] = (
    (re.compile(rb"\x89PNG\r\n\x1a\n"), "image/png"),
    (re.compile(rb"\xff\xd8\xff"), "image/jpeg"),
    (re.compile(rb"GIF8[79]a"), "image/gif"),
    (re.compile(rb"RIFF....WEBP", re.DOTALL), "image/webp"),
    (re.compile(rb"BM....\0\0\0\0", re.DOTALL), "image/bmp"),
    (re.compile(rb"\0\0\x01\0[\x01-\x20]\0"), "image/x-icon"),
    (re.compile(rb"....ftypavi[fs]", re.DOTALL), "image/avif"),
    (re.compile(rb"II\*\0|MM\0\*"), "image/tiff"),
)

#: Charsets that are read; https://www.iana.org/assignments/character-sets has their names.
CHARSETS = frozenset(
    ["utf-8", "utf8", "us-ascii", "ascii", "utf-16", "utf-16le", "utf-16be", "koi8-r", "koi8-u", "big5", "shift_jis"]
    + ["gb2312", "gbk", "gb18030", "euc-jp", "euc-kr", "iso-2022-jp", "tis-620", "macintosh", "latin1"]
    + [f"iso-8859-{part}" for part in range(1, 17) if part != 12]
    + [f"windows-{page}" for page in range(1250, 1259)]
)

_JSON_TYPES = re.compile(r"(?:application|text)/(?:.*\+)?(?:json|x-json|ndjson|json-seq)$")
_TEXT_TYPES = re.compile(
    r"text/.*|.*\+xml$|application/(?:xml.*|x?html.*|(?:x-)?(?:java|ecma)script|yaml|x-yaml|graphql|sql|toml|x-sh|ocsp-text)$"
)
_PARAMETER = re.compile(r';[ \t]*([A-Za-z0-9_*-]+)=(?:"((?:[^"\\]|\\.)*)"|([^;"]*))')
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_JSON_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s{}\[\],:"]+|\s+', re.DOTALL)
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?$")
_INDENT = "  "


def content_of(octets: bytes, content_type: str = "", is_whole: bool = True) -> Content:
    """How to show decoded content; ``content_type`` as it was sent, ``is_whole`` unless there is more of it."""
    media_type, parameters = media_type_of(content_type)
    if not octets:
        return Content(Kind.EMPTY, media_type)
    image = next((name for pattern, name in SIGNATURES if pattern.match(octets)), "")
    if image:
        as_said = not media_type or media_type.startswith("image/")
        return Content(Kind.IMAGE, image, notes=() if as_said else (f"sent as {media_type}",))
    if media_type == "application/x-www-form-urlencoded":
        return _form(octets, media_type)
    if media_type.startswith("multipart/") and parameters.get("boundary"):
        return _multipart(octets, media_type, parameters["boundary"].encode("latin-1", "replace"))
    text, notes = _text(octets, media_type, parameters.get("charset", "").lower(), is_whole)
    if text is None:
        return Content(Kind.BYTES, media_type, notes=notes)
    if _JSON_TYPES.match(media_type) or (not media_type and text.lstrip()[:1] in {"{", "["}):
        laid_out = lay_out_json(text, is_whole)
        if laid_out is not None:
            return Content(Kind.JSON, media_type, laid_out, notes=notes)
        if media_type:
            notes += ("its JSON is broken, or too large to be laid out",)
    return Content(Kind.TEXT, media_type, text, notes=notes)


def media_type_of(content_type: str) -> tuple[str, dict[str, str]]:
    """The media type in lower case, and its parameters by name in lower case (RFC 9110 section 8.3.1)."""
    media_type, _, _ = content_type.partition(";")
    found = _PARAMETER.findall(content_type[:4096])
    parameters = {name.lower(): re.sub(r"\\(.)", r"\1", quoted) or plain.strip() for name, quoted, plain in found}
    return media_type.strip().lower(), parameters


# -- text -------------------------------------------------------------------------------------------------------------


def _text(octets: bytes, media_type: str, charset: str, is_whole: bool) -> tuple[str | None, tuple[str, ...]]:
    """The content as text, or None where it is none."""
    said = bool(_TEXT_TYPES.match(media_type) or _JSON_TYPES.match(media_type))
    notes: tuple[str, ...] = ()
    if charset and charset not in CHARSETS:
        notes, charset = (f'the charset "{charset[:40]}" is not known here',), ""
    if octets[:3] == b"\xef\xbb\xbf":
        charset = "utf-8-sig"
    elif octets[:2] in {b"\xff\xfe", b"\xfe\xff"} and said:
        charset = "utf-16"
    if not said and not charset.startswith("utf-16") and _CONTROL.search(octets, 0, 4096):
        return None, notes
    for name in (charset, "utf-8"):
        if not name:
            continue
        try:
            return octets.decode(name), notes
        except UnicodeDecodeError as problem:
            if not is_whole and problem.reason == "unexpected end of data":
                return octets[: problem.start].decode(name), notes  # the limit cut a character
    if said:
        return octets.decode(charset or "latin-1", "replace"), (*notes, f"not all of it is {charset or 'UTF-8'}")
    return None, notes


def lay_out_json(text: str, is_whole: bool = True) -> str | None:
    """JSON (RFC 8259), or several in a row, with a line for each member; None where it is no JSON or too much of it.

    Of what is not whole, the beginning has to be JSON; a string that it was cut in stays as it is.
    """
    if len(text) > MAX_LAID_OUT:
        return None
    out: list[str] = []
    closers: list[str] = []
    last, expected, at = "", _TOP, 0
    for match in _JSON_TOKEN.finditer(text):
        token = match[0]
        if match.start() != at:
            break
        at = match.end()
        if token[0].isspace():
            continue
        word = _token_word(token)
        if word not in expected:
            if is_whole or at < len(text) or word != "?":
                return None
            at = match.start()
            break
        if word in "}]":
            if closers.pop() != token:
                return None
            out.append(token if last in {"{", "["} else "\n" + _INDENT * len(closers) + token)
        else:
            if last in {"{", "[", ","} or (last and not closers):
                out.append("\n" + _INDENT * len(closers))
            out.append(": " if token == ":" else token)
        if word in "{[":
            closers.append("}" if word == "{" else "]")
            if len(closers) > MAX_DEPTH:
                return None
        expected = _expected(word, expected, closers)
        last = token
    if not is_whole and last and (at == len(text) or closers):
        rest = text[at:]
        return "".join(out) + ("\n" + _INDENT * len(closers) if rest and last in "{[," else "") + rest
    return "".join(out) if at == len(text) and last and not closers else None


#: Words that may come next: "v" a number or name, "s" a string, the rest themselves.
_TOP = "vs{["
_AFTER_OPEN = {"{": "s}K", "[": "vs{[]"}


def _token_word(token: str) -> str:
    if token[0] == '"':
        return "s"
    if token in "{}[],:":
        return token
    return "v" if token in {"true", "false", "null"} or _NUMBER.match(token) else "?"


def _expected(word: str, before: str, closers: list[str]) -> str:
    """What may come behind a token; a "K" says that a string is a member's name."""
    if word in "{[":
        return _AFTER_OPEN[word]
    if word == ":":
        return _TOP
    if word == ",":
        return "sK" if closers[-1] == "}" else _TOP
    if word == "s" and "K" in before:
        return ":"
    return "," + closers[-1] if closers else _TOP


# -- forms ------------------------------------------------------------------------------------------------------------


def _form(octets: bytes, media_type: str) -> Content:
    """https://url.spec.whatwg.org/#urlencoded-parsing"""
    pairs: list[FormPair] = []
    at = 0
    while at < len(octets) and len(pairs) < MAX_PAIRS:
        end = octets.find(b"&", at)
        end = len(octets) if end < 0 else end
        name, _, value = octets[at:end].partition(b"=")
        if end > at:
            pairs.append(FormPair(_plain(name), _plain(value), span=Span(min(end, at + len(name) + 1), end)))
        at = end + 1
    notes = () if at >= len(octets) else (f"only the first {MAX_PAIRS} fields are shown",)
    return Content(Kind.FORM, media_type, pairs=tuple(pairs), notes=notes)


def _plain(part: bytes) -> str:
    return unquote_plus(part.decode("utf-8", "replace"))


def _multipart(octets: bytes, media_type: str, boundary: bytes) -> Content:
    """RFC 2046 section 5.1 and RFC 7578: the parts with their names, each value's place in the content."""
    delimiter = b"--" + boundary
    pairs: list[FormPair] = []
    notes: tuple[str, ...] = ()
    at = octets.find(delimiter)
    while at >= 0 and octets[at + len(delimiter) : at + len(delimiter) + 2] != b"--":
        if len(pairs) >= MAX_PAIRS:
            notes = (f"only the first {MAX_PAIRS} parts are shown",)
            break
        begin = octets.find(b"\n", at) + 1
        if not begin:
            break
        following = octets.find(b"\n" + delimiter, begin - 1)
        end = len(octets) if following < 0 else max(begin, following - (octets[following - 1 : following] == b"\r"))
        pairs.append(_part(octets, begin, end))
        at = following + 1 if following >= 0 else -1
    if at < 0:
        notes = ("its last boundary is missing",)
    return Content(Kind.FORM, media_type, pairs=tuple(pairs), notes=notes)


def _part(octets: bytes, begin: int, end: int) -> FormPair:
    head_end = re.compile(rb"(?:^|\n)\r?\n").search(octets, begin, min(end, begin + _MAX_PART_HEAD))
    value_at = head_end.end() if head_end else begin
    head = octets[begin:value_at].decode("utf-8", "replace")
    disposition = re.search(r"^content-disposition:(.*)", head, re.IGNORECASE | re.MULTILINE)
    kind = re.search(r"^content-type:(.*)", head, re.IGNORECASE | re.MULTILINE)
    _, parameters = media_type_of(disposition[1].strip() if disposition else "")
    file_name = parameters.get("filename", "")
    media_type = kind[1].strip() if kind else ""
    is_text = not file_name and (not media_type or media_type.lower().startswith("text/"))
    value = octets[value_at:end].decode("utf-8", "replace") if is_text else ""
    return FormPair(parameters.get("name", ""), value, file_name, media_type, Span(value_at, end))
