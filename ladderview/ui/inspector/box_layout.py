"""What does each layer's box tell, and where does it stand inside the others?

Spaces: widget pixels, y down.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF
from PySide6.QtGui import QFontMetricsF

#: Between the titles of layers in one box, the outer one first.
INSIDE = " › "

INSET_PX, HEAD_PAD_PX, SIDE_PX, ROW_GAP_PX = 8.0, 6.0, 10.0, 3.0


@dataclass(frozen=True, slots=True)
class Row:
    """One line in a box: a label, the value that counts, and a remark at the right."""

    label: str
    value: str
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Layer:
    """What one box tells.

    Attributes:
        title: the protocol, in bold.
        summary: one line beside it, muted; elided where there is no room.
        sizes: at the right ("14 + 60 B": header and payload).
        key: theme key of its title.
        edge, fill: theme keys of its outline and its ground.
        rows: the numbers that count.
        text: the payload as text, line by line, or empty.
        remarks: sentences in the colour of the title, wrapped.
        depth: how many boxes there are around it; -1: it lies in the box before it.
        wrong: why it could not be read further, or empty.
        outer: titles of layers around it that share its box.
    """

    title: str
    summary: str
    sizes: str
    key: str
    edge: str = "tcp"
    fill: str = "background"
    rows: tuple[Row, ...] = ()
    text: tuple[str, ...] = ()
    wrong: str = ""
    remarks: tuple[str, ...] = ()
    depth: int = -1
    outer: tuple[str, ...] = ()

    @property
    def heading(self) -> str:
        """Its title, behind those that share its box."""
        return "".join(f"{title}{INSIDE}" for title in self.outer) + self.title


def depths(layers: Sequence[Layer]) -> list[int]:
    """How many boxes there are around each."""
    found: list[int] = []
    for layer in layers:
        inside = found[-1] + 1 if found else 0
        found.append(min(layer.depth, inside) if layer.depth >= 0 else inside)
    return found


def place(
    layers: Sequence[Layer], width: float, line_px: float, small_px: float, remarks: Sequence[int] = ()
) -> tuple[QRectF, ...]:
    """The rectangle of each layer's box, outermost first, for a widget of this width.

    A box lies inside the last one before it that is less deep, under those that are as deep; one that tells nothing
    below its heading gets no room for it. ``remarks`` is how many lines the remarks of each take.
    """
    boxes: list[QRectF] = []
    around: list[tuple[int, QRectF]] = []
    y = 0.5
    for position, (depth, layer) in enumerate(zip(depths(layers), layers, strict=True)):
        while around and around[-1][0] >= depth:
            around.pop()[1].setBottom(y)
            y += INSET_PX
        x = 0.5 + depth * INSET_PX
        own = line_px + 2 * HEAD_PAD_PX
        lines = len(layer.rows) + len(layer.text) + bool(layer.wrong) + (remarks[position] if remarks else 0)
        own += lines * (small_px + ROW_GAP_PX) + (HEAD_PAD_PX if lines else 0)
        boxes.append(QRectF(x, y, max(width - 2 * x, 1), own))
        around.append((depth, boxes[-1]))
        y += own
    while around:
        around.pop()[1].setBottom(y)
        y += INSET_PX
    return tuple(boxes)


def is_constant(remark: str) -> bool:
    """Whether a remark is nothing but the name of a cipher suite: it is set as in the registry, like code."""
    return remark.startswith("TLS_") and all(char.isascii() and (char.isalnum() or char == "_") for char in remark)


def taken(depth: int) -> float:
    """What a box of this depth leaves of the width for its text, both sides."""
    return 2 * (0.5 + depth * INSET_PX + SIDE_PX)


def wrapped(text: str, metrics: QFontMetricsF, width: float) -> list[str]:
    """The text in lines that are not wider than this; a word that is wider is broken, at a low line."""
    lines = [""]
    for word in text.split(" "):
        if lines[-1] and metrics.horizontalAdvance(f"{lines[-1]} {word}") <= width:
            lines[-1] += f" {word}"
            continue
        if lines[-1]:
            lines.append("")
        for char in word:
            if lines[-1] and metrics.horizontalAdvance(lines[-1] + char) > width:
                joint = lines[-1].rfind("_") + 1 or len(lines[-1])
                lines[-1:] = [lines[-1][:joint], lines[-1][joint:]]
            lines[-1] += char
    return lines
