"""Plans of the sample captures at every level, made once."""

from __future__ import annotations

from functools import cache

from ladderview.analysis.steps import Fold, Key, Level
from ladderview.ladder.axis import AxisMode
from ladderview.ladder.plan import LadderPlan, plan_reading
from tests.analysis.readings import reading_of_sample

SAMPLES = ("https-tls13", "http", "ipv6", "loss", "reset", "zero-window")


@cache
def plan_of(
    sample: str,
    level: Level = "messages",
    axis: AxisMode = "rows",
    unfolded: frozenset[Key] = frozenset(),
    folds: tuple[Fold, ...] = (),
) -> LadderPlan:
    return plan_reading(reading_of_sample(sample), None, level, axis, unfolded=unfolded, folds=folds)


def key_of(plan: LadderPlan, row: int) -> Key:
    return plan.sources[0].steps.key_of(int(plan.own[row]))


def row_with(plan: LadderPlan, words: str) -> int:
    """The first row whose label begins so."""
    return next(row for row in range(len(plan)) if plan.label(row).flags.startswith(words))
