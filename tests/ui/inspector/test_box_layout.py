from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from PySide6.QtGui import QFontMetricsF

from ladderview.ui.inspector.box_layout import Layer, Row, depths, is_constant, place, wrapped
from ladderview.ui.style import fixed_font

BARE = Layer("Ethernet II", "a → b", "14 + 52 B", "muted", "lifeline")
FULL = Layer("TCP", "1 → 2 [ACK]", "32 B", "tcp", rows=(Row("Sequence", "1", "raw 7"), Row("Window", "5 840")))


@pytest.mark.parametrize(
    ("asked", "found"),
    [((-1, -1, -1), [0, 1, 2]), ((-1, -1, 1, 1, 2), [0, 1, 1, 1, 2]), ((-1, 9), [0, 1]), ((0, 0), [0, 0])],
    ids=["each inside the last", "beside each other", "deeper than there are boxes", "two outermost"],
)
def test_how_many_boxes_are_around_each(asked: tuple[int, ...], found: list[int]) -> None:
    assert depths([replace(BARE, depth=depth) for depth in asked]) == found


def test_boxes_beside_each_other_do_not_meet() -> None:
    outer, one, other = place([BARE, replace(BARE, depth=1), replace(BARE, depth=1)], 340, 16, 14)
    assert one.bottom() < other.top()
    assert outer.left() < one.left() == other.left()


@pytest.mark.parametrize("count", [1, 2, 3, 8])
def test_each_box_lies_inside_the_one_before(count: int) -> None:
    made = place([BARE] * count, 340, 16, 14)
    assert all(outer.contains(inner) for outer, inner in pairwise(made))


def test_a_box_has_room_for_its_rows() -> None:
    bare, full = place([BARE], 340, 16, 14)[0], place([FULL], 340, 16, 14)[0]
    assert full.height() - bare.height() >= 2 * 14


def test_no_layers_take_no_room() -> None:
    assert place([], 340, 16, 14) == ()


@pytest.mark.parametrize(
    ("remark", "constant"),
    [("TLS_AES_128_GCM_SHA256", True), ("Decrypted with CLIENT_TRAFFIC_SECRET_0", False), ("Application", False)],
)
def test_names_of_suites_are_set_like_code(remark: str, constant: bool) -> None:
    assert is_constant(remark) is constant


@pytest.mark.parametrize(
    ("text", "chars", "lines"),
    [
        ("a bc def", 4, ["a bc", "def"]),
        ("with SERVER_SECRET", 8, ["with", "SERVER_", "SECRET"]),
        ("abcdefgh", 3, ["abc", "def", "gh"]),
        ("", 3, [""]),
    ],
)
def test_lines_are_no_wider_than_their_box(qapp: object, text: str, chars: int, lines: list[str]) -> None:
    metrics = QFontMetricsF(fixed_font())
    assert wrapped(text, metrics, metrics.horizontalAdvance("m" * chars) + 0.5) == lines
