from __future__ import annotations

from dataclasses import replace

import pytest

from ladderview.ladder.annotations import (
    RULES,
    STYLES,
    AnchorPoint,
    Annotations,
    Kind,
    earlier_first,
    located,
    new_id,
)
from ladderview.ladder.theme import THEMES
from tests.ladder.notes import FLOW, START_NS, Table, at, of_every_kind, one

NOTE = one(Kind.NOTE, 3, text="here")
MS = 1_000_000


def table(packets: int = 20) -> Table:
    return Table([START_NS + packet * MS for packet in range(packets)])


def test_every_kind_has_rules() -> None:
    assert set(RULES) == set(Kind)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("style", STYLES)
def test_every_style_is_of_the_theme(theme: str, style: str) -> None:
    assert all(THEMES[theme][key] for key in STYLES[style])


def test_an_unknown_style_is_drawn_as_the_kind_is() -> None:
    assert replace(NOTE, style="of a newer version").colours == STYLES["yellow"]


def test_adding_replacing_and_removing() -> None:
    other = one(Kind.TITLE, 0, text="t")
    both = Annotations().changed(None, NOTE).changed(None, other)
    assert both.all == (NOTE, other)
    moved = replace(NOTE, dx=5.0)
    assert both.changed(NOTE, moved).all == (moved, other)  # in its place
    assert both.changed(NOTE, None).all == (other,)


def test_those_of_a_flow_by_kind() -> None:
    document = of_every_kind().changed(None, replace(NOTE, id="x", anchors=(AnchorPoint(FLOW + 1, 3, 0),)))
    assert len(document.of_flow(FLOW)) == len(Kind)
    assert [found.kind for found in document.of_flow(FLOW, Kind.NOTE, Kind.DIM)] == [Kind.NOTE, Kind.DIM]
    assert document.text_of(FLOW, Kind.TITLE) == "a title"
    assert document.text_of(FLOW + 1, Kind.TITLE) == ""


def test_ids_differ() -> None:
    assert len({new_id() for _ in range(1000)}) == 1000


def test_the_earlier_anchor_is_first() -> None:
    assert [anchor.packet for anchor in earlier_first((at(7), at(2)))] == [2, 7]


# -- finding the packets again ----------------------------------------------------------------------------------------


def test_in_its_own_capture_nothing_moves() -> None:
    document = of_every_kind()
    assert located(document, table()) == (document, 0)  # type: ignore[arg-type]


def test_packets_cut_off_at_the_begin_shift_the_numbers() -> None:
    shorter = Table([START_NS + packet * MS for packet in range(2, 20)], flow=0)
    found, lost = located(Annotations((NOTE,)), shorter)  # type: ignore[arg-type]
    assert lost == 0
    assert found.all[0].anchors == (replace(at(3), packet=1, flow=0),)


def test_among_packets_of_the_same_time_the_nearest() -> None:
    same = Table([START_NS + 3 * MS] * 5)
    assert located(Annotations((one(Kind.NOTE, 3),)), same)[0].all[0].anchors[0].packet == 3  # type: ignore[arg-type]
    far = Annotations((replace(NOTE, anchors=(replace(at(3), packet=17),)),))
    assert located(far, same)[0].all[0].anchors[0].packet == 4  # type: ignore[arg-type]


def test_a_packet_that_is_gone_is_counted_and_kept() -> None:
    found, lost = located(Annotations((NOTE,)), Table([START_NS]))  # type: ignore[arg-type]
    assert (found.all, lost) == ((NOTE,), 1)


def test_a_time_needs_no_packet() -> None:
    timed = replace(NOTE, anchors=(AnchorPoint(FLOW, -1, START_NS + 123),))
    assert located(Annotations((timed,)), table()) == (Annotations((timed,)), 0)  # type: ignore[arg-type]
