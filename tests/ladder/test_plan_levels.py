"""Every level of a ladder tells of the same segments: nothing is lost, nothing overlaps, everything folds again."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ladderview.analysis.steps import LEVELS, Fold, Level, StepKind
from ladderview.ladder.axis import AXIS_MODES, AxisMode
from ladderview.ladder.layout import export_width, lay_out, whole
from ladderview.ladder.plan import LadderPlan
from ladderview.ladder.shapes import Box, Drawing, Phrase
from ladderview.ladder.sheet import Marks
from ladderview.ladder.triangles import mark_at
from ladderview.ladder.viewport import ABOVE_PX, HEADER_PX, Viewport, clamped, largest_zoom
from tests.ladder import geometry
from tests.ladder.plans import SAMPLES, key_of, plan_of, row_with

FEW = settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
VIEWS = st.tuples(
    st.sampled_from(SAMPLES),
    st.sampled_from(LEVELS),
    st.sampled_from(AXIS_MODES),
    st.integers(360, 2000),  # width
    st.integers(240, 1400),  # height
    st.floats(0.3, 200.0),  # pixels a unit
    st.floats(0, 1),  # how far down
    st.integers(-1, 20),  # selected
)


def drawing_of(view: tuple[str, Level, AxisMode, int, int, float, float, int], **marks: object) -> Drawing:
    sample, level, axis, width, height, zoom, part, selected = view
    plan = plan_of(sample, level, axis)
    top = -(HEADER_PX + ABOVE_PX) / zoom + part * plan.axis.height
    viewport = clamped(Viewport(width, height, top, zoom), plan.axis, largest_zoom(plan.axis))
    return lay_out(plan, viewport, Marks(selected, **marks))  # type: ignore[arg-type]


def drawn(plan: LadderPlan, width: float = 1100, height: float = 1000, zoom: float = 42.0, **marks: object) -> Drawing:
    return lay_out(plan, Viewport(width, height, -(HEADER_PX + ABOVE_PX) / zoom, zoom), Marks(**marks))  # type: ignore[arg-type]


@FEW
@given(VIEWS)
def test_no_text_meets_another_or_a_pill(view: tuple) -> None:
    assert geometry.overlaps(drawing_of(view)) == []


@FEW
@given(VIEWS)
def test_no_text_is_cut_off_at_a_side(view: tuple) -> None:
    assert geometry.beyond_the_edges(drawing_of(view)) == []


@pytest.mark.parametrize("sample", SAMPLES)
@pytest.mark.parametrize("level", LEVELS)
def test_bytes_segments_and_times_add_up_at_every_level(sample: str, level: Level) -> None:
    plan, segments = plan_of(sample, level), plan_of(sample, "segments")
    assert plan.count.sum() == len(segments)
    assert plan.sent[:, -1].tolist() == segments.sent[:, -1].tolist()
    assert (plan.start_ns, plan.span_ns) == (segments.start_ns, segments.span_ns)
    for axis in AXIS_MODES:
        assert (np.diff(plan_of(sample, level, axis).axis.y) >= 0).all()


@pytest.mark.parametrize("sample", SAMPLES)
@pytest.mark.parametrize("level", LEVELS)
def test_states_end_as_the_segments_say(sample: str, level: Level) -> None:
    plan, segments = plan_of(sample, level), plan_of(sample, "segments")
    for lane in (0, 1):
        assert plan.states[lane].after(len(plan)) == segments.states[lane].after(len(segments))
        assert plan.states[lane].before == segments.states[lane].before


@pytest.mark.parametrize("sample", SAMPLES)
@pytest.mark.parametrize("level", ["messages", "phases"])
def test_trouble_is_seen_at_every_level(sample: str, level: Level) -> None:
    plan, segments = plan_of(sample, level), plan_of(sample, "segments")
    homes = {plan.step_of_segment(row) for row in np.flatnonzero(segments.trouble).tolist()}
    assert set(np.flatnonzero(plan.trouble).tolist()) == homes
    assert sorted(row for rows in plan.problem_rows for row in rows.tolist()) == sorted(homes)


@pytest.mark.parametrize("sample", SAMPLES)
def test_bands_follow_each_other_and_cover_all_rows(sample: str) -> None:
    for level in ("segments", "messages"):
        bands = plan_of(sample, level).bands
        assert bands.first[0] == 0
        assert bands.first[1:].tolist() == bands.end[:-1].tolist()
        assert bands.end[-1] == len(plan_of(sample, level))
        assert [bands.at(int(first)) for first in bands.first] == list(range(len(bands)))
    assert len(plan_of(sample, "phases").bands) == 0  # phases are bars there


def test_a_segment_has_the_colour_of_what_it_carries() -> None:
    plan = plan_of("https-tls13", "segments")
    keys = [plan.key_name(row) for row in range(len(plan))]
    assert keys[:3] == ["tcp"] * 3
    assert keys[3] == "tls"
    assert keys.count("http") == 3  # the request, and the response in two
    carries = plan.segments.payload_len > 0
    assert all(key != "tcp" for key, carried in zip(keys, carries, strict=True) if carried)


def test_acks_are_folded_with_their_count() -> None:
    plan = plan_of("loss")
    row = row_with(plan, "200 OK")
    assert int(plan.acks[row]) > 1
    assert f"+{plan.acks[row]} ACKs" in geometry.words(drawn(plan), "packet")
    assert plan.unfolding.is_closed(row)


@pytest.mark.parametrize("words", ["200 OK", "GET"])
def test_folding_again_is_the_inverse_of_unfolding(words: str) -> None:
    plan = plan_of("loss")
    row = row_with(plan, words)
    opened = plan_of("loss", unfolded=frozenset({key_of(plan, row)}))
    assert len(opened) == len(plan) - 1 + int(plan.count[row])
    (group,) = opened.unfolding.unfolded
    assert group.key == key_of(plan, row)
    inside = [at for at in range(len(opened)) if opened.unfolding.parent(at) == group]
    assert len(inside) == int(plan.count[row])
    assert (inside[0], inside[-1]) == (group.first, group.last)
    folded = plan_of("loss", unfolded=frozenset({key_of(plan, row)}) - {group.key})
    assert folded.first_packet.tolist() == plan.first_packet.tolist()


def test_a_phase_unfolds_into_its_messages() -> None:
    phases, messages = plan_of("https-tls13", "phases"), plan_of("https-tls13")
    opened = plan_of("https-tls13", "phases", unfolded=frozenset({key_of(phases, 1)}))
    first, end = int(messages.bands.first[1]), int(messages.bands.end[1])
    assert len(opened) == len(phases) - 1 + end - first
    assert [str(opened.label(1 + at)) for at in range(end - first)] == [
        str(messages.label(row)) for row in range(first, end)
    ]
    assert len(opened.bands) == 1
    assert opened.unfolding.unfolded[0].is_phase


def test_a_click_on_a_mark_says_what_to_unfold_and_what_to_fold() -> None:
    plan = plan_of("loss")
    row = row_with(plan, "GET")
    for shown, kind, number in (
        (plan, "fold", row),
        (plan_of("loss", unfolded=frozenset({key_of(plan, row)})), "unfolded", 0),
    ):
        drawing = drawn(shown)
        (mark,) = [arrow for arrow in geometry.arrows(drawing) if arrow.ref and arrow.ref.kind == kind][:1]
        found = mark_at(drawing, mark.x1 + 1, mark.y1 + 1)
        assert found is not None
        assert (found.kind, found.row) == (kind, number)
    assert mark_at(drawn(plan), 400, 300) is None


def test_a_fold_says_how_much_it_hides_and_whether_there_is_trouble() -> None:
    plan = plan_of("loss", "segments", folds=(Fold(12, 40),))
    row = plan.step_of_segment(20)
    assert plan.kind[row] == StepKind.FOLD
    assert int(plan.count[row]) == 29
    drawing = drawn(plan, height=1400)
    (box,) = [shape for shape in drawing.shapes if isinstance(shape, Box) and shape.dash]
    assert box.stroke == "fold.border"
    words = next(w for w in geometry.words(drawing, "packet") if w.startswith("29 segments"))
    assert words.endswith("no trouble")


def test_phases_are_bars_with_their_name_and_duration() -> None:
    plan = plan_of("https-tls13", "phases")
    drawing = drawn(plan)
    bars = [shape for shape in drawing.shapes if isinstance(shape, Box) and shape.ref and shape.ref.kind == "packet"]
    assert [bar.fill for bar in bars] == ["tcp.band", "tls.band", "http.band", "tcp.band"]
    names = [" ".join(run.text for run in shape.runs) for shape in drawing.shapes if isinstance(shape, Phrase)]
    assert names[0] == "Connection initialization 44.1 ms"
    assert names[2].startswith("GET / → 200 43.3 ms  waiting 42.8 ms")


@pytest.mark.parametrize("sample", SAMPLES)
@pytest.mark.parametrize("level", LEVELS)
def test_a_whole_ladder_shows_every_row_and_overlaps_nowhere(sample: str, level: Level) -> None:
    plan = plan_of(sample, level)
    drawing = whole(plan, width=export_width(plan, (0, len(plan))), caption="a caption", marks=Marks(legend=True))
    shown = {shape.ref.row for shape in drawing.shapes if getattr(shape, "ref", None) and shape.ref.kind == "packet"}
    assert shown == set(range(len(plan)))
    assert geometry.overlaps(drawing) == []
    assert geometry.beyond_the_edges(drawing) == []


def test_the_same_picture_twice() -> None:
    assert drawn(plan_of("loss")) == drawn(plan_of.__wrapped__("loss"))


def test_the_exchange_of_the_picture_stands_where_it_stood() -> None:
    """Three arrows of TCP, the flights of TLS, request and response, the close: all heights, keys and directions."""
    drawing = drawn(plan_of("https-tls13"))
    arrows = [arrow for arrow in geometry.arrows(drawing) if arrow.ref and arrow.ref.kind == "packet"]
    assert [(round((it.y1 + it.y2) / 2), it.key, "→" if it.x1 < it.x2 else "←") for it in arrows] == [
        (108, "tcp", "→"), (150, "tcp", "←"), (192, "tcp", "→"),
        (247, "tls", "→"), (289, "tls", "←"), (331, "tls", "←"), (373, "tls", "→"),
        (427, "http", "→"), (469, "tls", "←"), (511, "http", "←"),
        (566, "tls", "→"), (608, "tcp", "→"), (650, "tcp", "←"), (692, "tcp", "→"),
    ]  # fmt: skip
    bands = [shape for shape in drawing.shapes if isinstance(shape, Box) and shape.ref and shape.ref.kind == "band"]
    assert [(band.fill, round(band.y), round(band.y + band.height)) for band in bands] == [
        ("tcp.band", 84, 220), ("tls.band", 224, 400), ("http.band", 404, 540), ("tcp.band", 542, 722),
    ]  # fmt: skip
    plan = plan_of("https-tls13")
    phases = plan.sources[0].reading.phases  # type: ignore[union-attr]
    assert sum(phase.duration_ns for phase in phases) == plan.span_ns
