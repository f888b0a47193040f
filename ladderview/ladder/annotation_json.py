"""How do annotations stand in a ``.ladder`` file? JSON, whose schema is ``resources/annotations.schema.json``.

Plan: what is written is what a person made and what is needed to find the capture and its packets again, and nothing of
what the packets hold: no payload, no decrypted content, no keys. What a newer version wrote is carried along: fields
that are not known here, whole annotations of a kind that is not known, the number of its version.

Traps: a file that somebody sends is not to be trusted. Every number is bounded, texts may not hold halves of
surrogate pairs (UTF-8 cannot write them), and an annotation that makes no sense is kept as it stood, and not drawn.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, get_args

from ladderview.ladder.annotations import (
    LONGEST_TEXT,
    MOST_ANNOTATIONS,
    RULES,
    AnchorPoint,
    Annotation,
    Annotations,
    End,
    Json,
    Kind,
)

FORMAT = "ladderview annotations"
VERSION = 1

#: Bytes of a file that are read at most.
LARGEST_FILE = 64 << 20

#: Bounds of what a file may say: packets and flows, pixels, nanoseconds.
_MOST, _FARTHEST_PX, _LATEST_NS = 2**48, 1e5, 2**63 - 1
_NS = 10**9


class NotAnnotations(Exception):
    """The file cannot be read as annotations at all; ``str()`` is one line for a person, with the cause."""


@dataclass(frozen=True, slots=True)
class CaptureIdentity:
    """By which a capture is known again.

    Attributes:
        name: of its file, without folders.
        size: bytes of the (uncompressed) file.
        packets: how many.
        first_ns, last_ns: the times of the first and the last packet.
        sha256: of the first 64 KB, hexadecimal.
    """

    name: str
    size: int
    packets: int
    first_ns: int
    last_ns: int
    sha256: str


@dataclass(frozen=True, slots=True)
class LadderFile:
    """What stands in a file.

    Attributes:
        annotations: what this version understands, with what it does not.
        capture: which capture they are of, or None where the file does not say.
        version: of the format; larger than ``VERSION`` where a newer program wrote it.
    """

    annotations: Annotations
    capture: CaptureIdentity | None = None
    version: int = VERSION


# -- writing ----------------------------------------------------------------------------------------------------------


def to_json(file: LadderFile) -> str:
    """The text of a file, ending in a line feed; the same for the same annotations."""
    written: dict[str, Any] = {"format": FORMAT, "version": max(VERSION, file.version)}
    if file.capture is not None:
        written["capture"] = _capture_json(file.capture)
    written["annotations"] = [
        *(_annotation_json(one) for one in file.annotations),
        *(json.loads(one) for one in file.annotations.unknown),
    ]
    whole = _with_extra(written, file.annotations.extra)
    text = json.dumps(whole, ensure_ascii=False, indent=1, allow_nan=False)
    try:
        text.encode()
    except UnicodeEncodeError:  # half a surrogate pair in what a newer version wrote
        text = json.dumps(whole, indent=1, allow_nan=False)
    return text + "\n"


def _with_extra(written: dict[str, Any], extra: Json) -> dict[str, Any]:
    return (json.loads(extra) if extra else {}) | written


def _capture_json(capture: CaptureIdentity) -> dict[str, Any]:
    return {
        "name": clean(capture.name),
        "size": capture.size,
        "packets": capture.packets,
        "first_time": _time_text(capture.first_ns),
        "last_time": _time_text(capture.last_ns),
        "sha256_of_begin": capture.sha256,
    }


def _annotation_json(one: Annotation) -> dict[str, Any]:
    """Fields that say nothing are left out."""
    written: dict[str, Any] = {
        "id": one.id,
        "kind": one.kind.value,
        "anchors": [_anchor_json(anchor) for anchor in one.anchors],
    }
    for name in ("dx", "dy", "width", "height"):
        if value := getattr(one, name):
            written[name] = round(value, 2)
    for name in ("text", "style"):
        if value := getattr(one, name):
            written[name] = clean(value)
    return _with_extra(written, one.extra)


def _anchor_json(anchor: AnchorPoint) -> dict[str, Any]:
    written: dict[str, Any] = {"flow": anchor.flow}
    if anchor.packet >= 0:
        written["packet"] = anchor.packet + 1
    written["time"] = _time_text(anchor.ts_ns)
    if anchor.message >= 0:
        written["message"] = anchor.message
    if anchor.end:
        written["end"] = anchor.end
    return _with_extra(written, anchor.extra)


def _time_text(ts_ns: int) -> str:
    """Seconds since 1970 with nine decimals: as a number, JSON's readers would round it."""
    sign = "-" if ts_ns < 0 else ""
    seconds, rest_ns = divmod(abs(ts_ns), _NS)
    return f"{sign}{seconds}.{rest_ns:09d}"


def clean(text: str) -> str:
    """The text without halves of surrogate pairs and NUL, not longer than a text may be."""
    whole = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return whole.replace("\0", "\N{REPLACEMENT CHARACTER}")[:LONGEST_TEXT]


# -- reading ----------------------------------------------------------------------------------------------------------


def from_json(data: bytes) -> LadderFile:
    """What stands in a file.

    Raises:
        NotAnnotations: it is no such file.
    """
    try:
        read = json.loads(data.decode("utf-8-sig"), parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise NotAnnotations(f"it is no JSON text ({_short(error)})") from None
    if not isinstance(read, dict) or read.get("format") != FORMAT:
        raise NotAnnotations(f'it does not say "format": "{FORMAT}"')
    version, listed = read.get("version"), read.get("annotations")
    if (
        not isinstance(version, int)
        or not _is_int(version, 1)
        or not isinstance(listed, list)
        or len(listed) > MOST_ANNOTATIONS
    ):
        raise NotAnnotations("its version or its list of annotations is missing or makes no sense")
    understood: dict[str, Annotation] = {}
    unknown: list[Json] = []
    for one in listed:
        annotation = _annotation(one)
        if annotation is not None and annotation.id not in understood:
            understood[annotation.id] = annotation
        elif isinstance(one, dict):
            unknown.append(json.dumps(one))
        else:
            raise NotAnnotations("one of its annotations is no object")
    annotations = Annotations(tuple(understood.values()), tuple(unknown), _extra(read, _FILE_KEYS))
    return LadderFile(annotations, _capture(read.get("capture")), version)


def _no_number(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


def _short(error: Exception) -> str:
    return "too deep" if isinstance(error, RecursionError) else str(error)[:120]


def _extra(read: Mapping[str, Any], known: frozenset[str]) -> Json:
    """The fields that are not known here."""
    extra = {key: value for key, value in read.items() if key not in known}
    return json.dumps(extra) if extra else ""


def _is_int(value: object, least: int, most: int = _MOST) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most


def _capture(read: object) -> CaptureIdentity | None:
    if not isinstance(read, dict):
        return None
    name, sha256 = read.get("name"), read.get("sha256_of_begin")
    size, packets = read.get("size"), read.get("packets")
    first_ns, last_ns = _time(read.get("first_time")), _time(read.get("last_time"))
    fits = isinstance(name, str) and isinstance(sha256, str) and _is_int(size, 0) and _is_int(packets, 0)
    if not fits or first_ns is None or last_ns is None:
        return None
    return CaptureIdentity(str(name), int(size or 0), int(packets or 0), first_ns, last_ns, str(sha256))


_FILE_KEYS = frozenset({"format", "version", "capture", "annotations"})
_ANNOTATION_KEYS = frozenset({"id", "kind", "anchors", "dx", "dy", "width", "height", "text", "style"})
_ANCHOR_KEYS = frozenset({"flow", "packet", "time", "message", "end"})
_KINDS = frozenset(Kind)


def _annotation(read: object) -> Annotation | None:
    """One annotation; None where it is of a kind that is not known, or makes no sense."""
    if not isinstance(read, dict) or read.get("kind") not in _KINDS or not isinstance(read.get("anchors"), list):
        return None
    kind = Kind(read["kind"])
    anchors = [_anchor(one) for one in read["anchors"][:3]]
    pixels = [read.get(name, 0) for name in ("dx", "dy", "width", "height")]
    words = [read.get(name, "") for name in ("id", "text", "style")]
    if (
        len(anchors) != RULES[kind].anchors
        or not all(isinstance(word, str) and clean(word) == word for word in words)
        or not 1 <= len(words[0]) <= 100
        or not all(_is_pixels(value) for value in pixels)
        or min(pixels[2:]) < 0
    ):
        return None
    known = [anchor for anchor in anchors if anchor is not None]
    is_torn = kind is Kind.FOLD and len({anchor.flow for anchor in known}) > 1
    if len(known) != len(anchors) or is_torn:
        return None
    extra = _extra(read, _ANNOTATION_KEYS)
    dx, dy, width, height = map(float, pixels)
    return Annotation(words[0], kind, tuple(known), dx, dy, width, height, words[1], words[2], extra)


def _is_pixels(value: object) -> bool:
    return (
        isinstance(value, int | float)
        and not isinstance(value, bool)
        and math.isfinite(value)
        and abs(value) <= _FARTHEST_PX
    )


def _anchor(read: object) -> AnchorPoint | None:
    if not isinstance(read, Mapping):
        return None
    ts_ns = _time(read.get("time"))
    packet, message, end = read.get("packet", 0), read.get("message", -1), read.get("end", "")
    if (
        ts_ns is None
        or not _is_int(read.get("flow"), 0)
        or not _is_int(packet, 0 if "packet" not in read else 1)
        or not _is_int(message, -1 if "message" not in read else 0)
        or end not in get_args(End)
    ):
        return None
    return AnchorPoint(read["flow"], packet - 1, ts_ns, message, end, _extra(read, _ANCHOR_KEYS))


def _time(read: object) -> int | None:
    """Nanoseconds of a time as ``_time_text`` writes it."""
    if not isinstance(read, str) or len(read) > 40:
        return None
    sign, digits = (-1, read[1:]) if read.startswith("-") else (1, read)
    seconds, _, rest = digits.partition(".")
    if not (seconds.isascii() and seconds.isdigit()) or len(rest) > 9 or (rest and not rest.isascii()):
        return None
    if rest and not rest.isdigit():
        return None
    ts_ns = sign * (int(seconds) * _NS + int(rest.ljust(9, "0") or "0"))
    return ts_ns if abs(ts_ns) <= _LATEST_NS else None
