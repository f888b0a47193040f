from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ladderview.ladder.note_text import TEXT_SIZE, broken
from ladderview.ladder.text_width import table_measure

WIDTH = 140.0


def lines(text: str, **more: object) -> list[str]:
    return [line for line, _ in broken(text, WIDTH, table_measure, **more).lines]  # type: ignore[arg-type]


def test_between_words() -> None:
    assert lines("after 219 ms: the ACK of #17 was lost.") == ["after 219 ms: the ACK", "of #17 was lost."]


def test_the_first_of_several_lines_is_the_heading() -> None:
    assert broken("Head\nbody", WIDTH, table_measure).lines == (("Head", True), ("body", False))
    assert broken("alone", WIDTH, table_measure).lines == (("alone", False),)


def test_an_empty_line_stays() -> None:
    assert lines("a\n\nb") == ["a", "", "b"]


def test_more_than_has_room_is_told() -> None:
    assert lines("1\n2\n3\n4", most=2) == ["1", "2…"]


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=300))
def test_no_line_is_wider_than_its_room_and_nothing_is_lost(text: str) -> None:
    found = broken(text, WIDTH, table_measure, 10_000)
    assert all(table_measure(line, TEXT_SIZE, bold, False) <= WIDTH for line, bold in found.lines)
    assert "".join("".join(line for line, _ in found.lines).split()) == "".join(text.split())
