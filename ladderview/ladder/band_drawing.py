"""How are phases drawn: tinted bands behind the arrows, with name and duration at the left?

Plan: a band begins above the label of its first arrow and ends where the next begins; where heights are times, at the
times of its phase. Its name stays in view while a high band scrolls. Bands that are thinner than a few pixels are drawn
one for all that begin there: there is no more to see.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ladderview.ladder.bands import BAND_KEYS, BandWords
from ladderview.ladder.columns import EDGE
from ladderview.ladder.label_fit import elided, elided_middle
from ladderview.ladder.plan import MISSING_ROOM
from ladderview.ladder.shapes import Anchor, Box, Ref, Text
from ladderview.ladder.sheet import Sheet
from ladderview.ladder.text_width import Measure
from ladderview.ladder.viewport import HEADER_PX

#: Pixels from the upper edge of a band to its first arrow, and from its last arrow to its lower edge, at most.
ABOVE_FIRST_PX, BELOW_LAST_PX = 25.0, 31.0

#: Pixels between two bands, and the height below which bands are no longer told from each other.
BETWEEN_PX, THINNEST_PX = 3.0, 3.0

NAME_SIZE, LINE_PX, PAD_PX = 11.0, 14.0, 7.0

#: A name without a column of its own stands above the time of the first arrow; pixels that it needs there.
THIN_NAME_SIZE, THIN_ROOM_PX = 9.5, 16.0

#: Lines of a name, at most.
NAME_LINES = 3


def draw_bands(sheet: Sheet, first: int, end: int) -> None:
    """The bands of the rows ``first`` to ``end - 1``, and their names."""
    bands = sheet.plan.bands
    low = int(np.searchsorted(bands.end, first, side="right"))
    high = int(np.searchsorted(bands.first, end, side="left"))
    if low >= high:
        return
    numbers = np.arange(low, high)
    tops, bottoms = _edges(sheet, numbers)
    if len(numbers) > sheet.viewport.height / THINNEST_PX:
        _, kept = np.unique(np.floor(tops / THINNEST_PX), return_index=True)
        numbers, tops, bottoms = numbers[kept], tops[kept], np.append(tops[kept][1:], bottoms[-1])
    left, right = EDGE - 2, sheet.columns.end_x - EDGE + 2
    for number, top, bottom in zip(numbers.tolist(), tops.tolist(), bottoms.tolist(), strict=True):
        shown_top, shown_bottom = max(top, HEADER_PX - 20), min(bottom, sheet.viewport.height + 20)
        if shown_bottom - shown_top < 1:
            continue
        between = BETWEEN_PX if bottom - top > 4 * BETWEEN_PX else 0.0
        height = shown_bottom - shown_top - between
        fill = f"{BAND_KEYS[bands.key[number]]}.band"
        radius = min(8.0, height / 3)
        ref = Ref("band", number)
        sheet.back.append(Box(left, shown_top + between / 2, right - left, height, fill, radius=radius, ref=ref))
        _draw_name(sheet, number, top + between, bottom - between)


def ground_at(sheet: Sheet, row: int) -> str:
    """The theme key of what lies behind a row."""
    band = sheet.plan.bands.at(row)
    return f"{BAND_KEYS[sheet.plan.bands.key[band]]}.band" if band >= 0 else "background"


def _tops(sheet: Sheet, numbers: NDArray[np.int64]) -> NDArray[np.float64]:
    """Where these bands begin, in whole pixels."""
    plan, viewport = sheet.plan, sheet.viewport
    bands, axis = plan.bands, plan.axis
    first = bands.first[numbers]
    if axis.mode == "time":
        begins = axis.y[first] - np.maximum(plan.ts_ns[first] - bands.begin_ns[numbers], 0) * axis.units_per_ns
        tops = (begins - viewport.top) * viewport.px_per_unit
    else:
        y = (axis.y[first] - viewport.top) * viewport.px_per_unit
        y = y - np.isin(first, plan.missing.rows) * MISSING_ROOM * viewport.px_per_unit
        before = (axis.y[np.maximum(first - 1, 0)] - viewport.top) * viewport.px_per_unit
        gaps = np.where(first > 0, y - before, np.inf)
        tops = y - np.minimum(ABOVE_FIRST_PX, gaps * 0.46)
    if first[0] == 0:
        tops[0] = min(tops[0], sheet.row_y(0) - min(ABOVE_FIRST_PX, 4.0 + viewport.px_per_unit))
    whole_px: NDArray[np.float64] = np.rint(tops)
    return whole_px


def _edges(sheet: Sheet, numbers: NDArray[np.int64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Where these bands, which follow each other, begin and end, in whole pixels."""
    plan, viewport, bands = sheet.plan, sheet.viewport, sheet.plan.bands
    tops = _tops(sheet, numbers)
    last = int(bands.end[numbers[-1]])
    if last < len(plan):
        if numbers[-1] + 1 < len(bands) and int(bands.first[numbers[-1] + 1]) == last:
            bottom = float(_tops(sheet, numbers[-1:] + 1)[0])
        else:
            bottom = sheet.row_y(last - 1) + min(BELOW_LAST_PX, 0.5 * (sheet.row_y(last) - sheet.row_y(last - 1)))
    else:
        bottom = sheet.row_y(last - 1) + min(BELOW_LAST_PX, 0.75 * viewport.px_per_unit)
    bottoms = np.append(tops[1:], round(bottom))
    follows = np.append(bands.first[numbers[1:]] == bands.end[numbers[:-1]], True)
    if not follows.all():
        for at_band in np.flatnonzero(~follows).tolist():
            end = int(bands.end[numbers[at_band]])
            gap = sheet.row_y(end) - sheet.row_y(end - 1)
            bottoms[at_band] = sheet.row_y(end - 1) + min(BELOW_LAST_PX, 0.5 * gap)
    return tops, np.maximum(bottoms, tops)


# -- names ------------------------------------------------------------------------------------------------------------


def _draw_name(sheet: Sheet, number: int, top: float, bottom: float) -> None:
    """The name of a band as far as it has room, in the part of the band that is in view."""
    words = sheet.plan.bands.words(number)
    strong = "text" if BAND_KEYS[sheet.plan.bands.key[number]] == "http" else "muted"
    ref = Ref("band", number)
    x, room = sheet.columns.band_x, sheet.columns.band_room
    if sheet.columns.has_band_names:
        seen_top = max(top, HEADER_PX + 2)
        lines = _lines(words, room, min(bottom, sheet.viewport.height) - seen_top - PAD_PX - 2, sheet.measure)
        y = seen_top + PAD_PX + NAME_SIZE
        for text, bold in lines:
            key = strong if bold else "muted"
            sheet.texts.append(Text(x, y, text, key, NAME_SIZE, bold, False, Anchor.START, ref))
            y += LINE_PX
    elif sheet.row_y(int(sheet.plan.bands.first[number])) - top >= THIN_ROOM_PX and top + THIN_NAME_SIZE > HEADER_PX:
        text = " · ".join(part for part in (words.short, words.duration) if part)
        if sheet.measure(text, THIN_NAME_SIZE, True, False) > room:
            text = elided(words.short, room, sheet.measure, THIN_NAME_SIZE, bold=True)
        y = top + THIN_NAME_SIZE + 0.5
        if text:
            sheet.texts.append(Text(x, y, text, strong, THIN_NAME_SIZE, True, False, Anchor.START, ref))


def _lines(words: BandWords, room: float, height: float, measure: Measure) -> list[tuple[str, bool]]:
    """Name, duration and details in lines that have room, each with whether it is bold; the name goes first."""
    count = int((height + LINE_PX - NAME_SIZE) / LINE_PX)
    if count < 1:
        return []
    name = wrapped(words.name, room, measure, NAME_SIZE, min(NAME_LINES, max(1, count - 1)))
    lines = [(line, True) for line in name]
    lines += [
        (elided(detail, room, measure, NAME_SIZE), False) for detail in (words.duration, *words.details) if detail
    ]
    return lines[:count]


def wrapped(text: str, room: float, measure: Measure, size: float, lines: int, *, bold: bool = True) -> list[str]:
    """A text in at most so many lines, broken between words; the last is cut where there is more."""
    found: list[str] = []
    words = text.split(" ")
    while words and len(found) < lines - 1:
        taken = 1
        while taken < len(words) and measure(" ".join(words[: taken + 1]), size, bold, False) <= room:
            taken += 1
        line = " ".join(words[:taken])
        found.append(line if taken > 1 else elided_middle(line, room, measure, size, bold=bold))
        words = words[taken:]
    if words:
        found.append(elided(" ".join(words), room, measure, size, bold=bold))
    return [line for line in found if line]
