"""Every level shows every segment exactly once, in the order of the capture."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ladderview.analysis.steps import LEVELS, Fold, Level, StepKind, segment_steps
from tests.analysis.readings import reading_of_sample

SAMPLES = ["https-tls13", "http", "ipv6", "loss", "reset", "zero-window"]


@pytest.mark.parametrize("sample", SAMPLES)
@pytest.mark.parametrize("level", LEVELS)
def test_counts_add_up_to_the_segments(sample: str, level: Level) -> None:
    reading = reading_of_sample(sample)
    steps = reading.steps(level)
    assert steps.count.sum() == len(reading.analysis.segments)
    assert (np.diff(steps.row) >= 0).all()
    for step in range(len(steps)):
        assert len(steps.segments_of(step)) == steps.count[step]


@given(st.data())
def test_whatever_is_folded_and_unfolded_every_segment_is_shown_once(data: st.DataObject) -> None:
    reading = reading_of_sample(data.draw(st.sampled_from(SAMPLES)))
    size = len(reading.analysis.segments)
    level = data.draw(st.sampled_from(LEVELS))
    keys = [reading.steps(one).key_of(step) for one in LEVELS for step in range(len(reading.steps(one)))]
    unfolded = frozenset(data.draw(st.lists(st.sampled_from(keys))))
    rows = st.tuples(st.integers(0, size - 1), st.integers(0, size - 1))
    folds = [Fold(min(pair), max(pair)) for pair in data.draw(st.lists(rows, max_size=2))]
    steps = reading.steps(level, unfolded, folds)
    assert steps.count.sum() == size
    assert (np.diff(steps.row) >= 0).all()
    assert (steps.count[steps.kind == StepKind.FOLD] > 0).all()


def test_an_unfolded_message_shows_its_segments_in_place() -> None:
    reading = reading_of_sample("http")
    steps = reading.steps("messages")
    response = next(step for step in range(len(steps)) if steps.count[step] == 4)
    opened = reading.steps("messages", frozenset({steps.key_of(response)}))
    assert len(opened) == len(steps) + 3
    assert list(opened.row[response : response + 4]) == list(steps.segments_of(response))


def test_segments_alone_take_no_memory_beside_their_rows() -> None:
    steps = segment_steps(np.zeros(1000, np.uint8))
    assert steps.row is steps.home
    assert {column.strides for column in (steps.kind, steps.count, steps.number)} == {(0,)}


def test_trouble_stands_alone_and_runs_of_it_are_one_arrow() -> None:
    reading = reading_of_sample("loss")
    steps = reading.steps("messages")
    runs = steps.count[steps.kind == StepKind.RUN]
    assert runs.tolist() == [4, 15]
    in_trouble = reading.analysis.tcp.verdicts[steps.row[steps.kind == StepKind.SEGMENT]] != 0
    assert in_trouble.sum() == 3
