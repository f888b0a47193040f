from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ladderview.ladder.text_width import table_measure


@pytest.mark.parametrize(
    ("text", "bold", "mono", "em"),
    [("W", False, False, 0.989), ("W", True, False, 1.103), ("#12", False, True, 3 * 0.602), ("中", False, False, 1.0)],
)
def test_widths_are_those_of_the_font(text: str, bold: bool, mono: bool, em: float) -> None:
    assert table_measure(text, 10.0, bold, mono) == pytest.approx(10 * em)


@given(st.text(), st.text(), st.booleans(), st.booleans())
def test_widths_add_up(one: str, other: str, bold: bool, mono: bool) -> None:
    parts = table_measure(one, 12.0, bold, mono) + table_measure(other, 12.0, bold, mono)
    assert table_measure(one + other, 12.0, bold, mono) == pytest.approx(parts)
