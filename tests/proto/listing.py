"""The fields of a layer as lines of text, for tests that compare whole headers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ladderview.proto.fields import Dissection, Field
from ladderview.proto.registry import dissect

RAW = 101


def lines(fields: Iterable[Field], depth: int = 0) -> Iterator[str]:
    """ "20-21 Fragment Offset: 0 [note]", children indented; a derived field has no bytes."""
    for field in fields:
        last = field.span.end - 1
        where = (
            ""
            if not len(field.span)
            else f"{field.span.start} "
            if last == field.span.start
            else (f"{field.span.start}-{last} ")
        )
        note = f" [{field.note}]" if field.note else ""
        yield f"{'  ' * depth}{where}{field.name}: {field.text}{note}"
        yield from lines(field.children, depth + 1)


def layer(data: bytes, protocol: str, linktype: int = RAW) -> Dissection:
    """The innermost layer of this name."""
    return next(d for d in reversed(dissect(data, linktype, len(data))) if d.protocol == protocol)


def listing(data: bytes, protocol: str, linktype: int = RAW) -> list[str]:
    """The fields of the innermost layer of this name."""
    return list(lines(layer(data, protocol, linktype).fields))
