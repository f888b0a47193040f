"""How do several flows share one ladder, with a lifeline for each endpoint?

Plan: the arrows of all flows in the order in which they were captured. An endpoint is an address and a port, so a proxy
has a lifeline for the connection that it took and one for the connection that it made, and what two flows have in
common is one. Lifelines stand in the order in which they first appear: a chain of connections reads left to right.

The state of an end is told where its lifeline has one flow only. Bands lie one under the other over the whole width, so
a flow has bands where no arrow of another lies among its own; where flows overlap, their phases do, and are seen as
blocks between the lifelines of their flow, on the level of phases.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from ladderview.ladder.axis import AxisMode
from ladderview.ladder.bands import NO_BANDS, Bands
from ladderview.ladder.label_fit import LabelParts
from ladderview.ladder.lanes import ROLES, Lane
from ladderview.ladder.plan import LadderPlan, axis_of
from ladderview.ladder.plan_columns import Missing, StateChanges
from ladderview.ladder.unfolding import NOTHING_UNFOLDED, Unfolded, Unfolding

#: More flows than this are not one picture.
MOST_FLOWS = 12

_NOT_KNOWN = StateChanges(np.empty(0, np.int64), np.empty(0, np.uint8))


def plan_several(plans: Sequence[LadderPlan], axis: AxisMode = "rows") -> LadderPlan:
    """One plan of several flows of the same capture.

    Args:
        plans: one for each flow, all of one level; at least one, at most ``MOST_FLOWS``.
        axis: where the rows stand.

    Raises:
        ValueError: there are none, or too many.
    """
    if not 1 <= len(plans) <= MOST_FLOWS:
        raise ValueError(f"{len(plans)} flows in one ladder; from 1 to {MOST_FLOWS} can be")
    sizes = [len(plan) for plan in plans]
    packets = np.concatenate([plan.segments.packet[plan.sources[0].steps.row] for plan in plans])
    order = np.argsort(packets, kind="stable")
    places = np.empty(len(order), np.int64)
    places[order] = np.arange(len(order))
    place_of = np.split(places, np.cumsum(sizes)[:-1])
    lanes, lane_of = _lanes(plans)
    ts_ns = np.concatenate([plan.ts_ns for plan in plans])[order]
    missing = _missing(plans, place_of)
    from_lane = np.concatenate([own[plan.from_lane] for plan, own in zip(plans, lane_of, strict=True)])[order]
    trouble = np.concatenate([plan.trouble for plan in plans])[order]
    problems = np.flatnonzero(trouble)
    bands, pauses = _bands(plans, place_of)
    start_ns = min(plan.start_ns for plan in plans)
    end_ns = max(plan.start_ns + plan.span_ns for plan in plans)
    source = np.repeat(np.arange(len(plans), dtype=np.uint16), sizes)[order]
    own_row = np.concatenate([np.arange(size) for size in sizes])[order]

    def label(row: int) -> LabelParts:
        return plans[int(source[row])].label(int(own_row[row]))

    def column(name: str) -> NDArray[np.generic]:
        return np.concatenate([getattr(plan, name) for plan in plans])[order]

    merged = {
        name: column(name)
        for name in ("kind", "begin_ns", "first_packet", "last_packet", "count", "acks", "layer", "cut", "coalesced")
    }
    return LadderPlan(
        level=plans[0].level,
        sources=tuple(replace(plan.sources[0], places=place) for plan, place in zip(plans, place_of, strict=True)),
        source=source,
        own=own_row,
        lanes=lanes,
        axis=axis_of(ts_ns, axis, missing, bands, pauses, start_ns=start_ns),
        label=label,
        ts_ns=ts_ns,
        from_lane=from_lane,
        to_lane=np.concatenate([own[plan.to_lane] for plan, own in zip(plans, lane_of, strict=True)])[order],
        start_ns=start_ns,
        span_ns=end_ns - start_ns,
        trouble=trouble,
        problem_rows=tuple(problems[from_lane[problems] == lane] for lane in range(len(lanes))),
        sent=_sent(plans, lane_of, order, len(lanes)),
        states=_states(plans, lane_of, place_of, len(lanes)),
        missing=missing,
        bands=bands,
        pauses=pauses,
        unfolding=_unfolding(plans, place_of, order),
        delays_ns=_delays(plans, lane_of, len(lanes)),
        typical_numbers=max((plan.typical_numbers for plan in plans), key=len),
        **merged,  # type: ignore[arg-type]
    )


def _lanes(plans: Sequence[LadderPlan]) -> tuple[tuple[Lane, ...], list[NDArray[np.uint8]]]:
    """The lifelines, and by plan which of them its own lanes are."""
    at: dict[str, int] = {}
    lanes: list[Lane] = []
    for plan in sorted(plans, key=lambda plan: plan.start_ns):
        for lane in plan.lanes:
            if lane.address not in at:
                at[lane.address] = len(lanes)
                lanes.append(lane)
            elif lanes[at[lane.address]].name in ROLES and lane.name not in ROLES:  # a person named it
                lanes[at[lane.address]] = lane
    return tuple(lanes), [np.array([at[lane.address] for lane in plan.lanes], np.uint8) for plan in plans]


def _missing(plans: Sequence[LadderPlan], place_of: Sequence[NDArray[np.int64]]) -> Missing:
    rows = np.concatenate([place[plan.missing.rows] for plan, place in zip(plans, place_of, strict=True)])
    order = np.argsort(rows)
    seq, length = (np.concatenate([getattr(plan.missing, name) for plan in plans])[order] for name in ("seq", "length"))
    return Missing(rows[order], seq, length)


def _bands(plans: Sequence[LadderPlan], place_of: Sequence[NDArray[np.int64]]) -> tuple[Bands, NDArray[np.int64]]:
    """The bands, and the pauses, of the flows whose rows lie together."""
    alone = [
        (plan.bands, plan.pauses, place)
        for plan, place in zip(plans, place_of, strict=True)
        if len(place) and place[-1] - place[0] + 1 == len(place)
    ]
    if not alone:
        return NO_BANDS, np.empty(0, np.int64)
    alone.sort(key=lambda one: int(one[2][0]))
    told = [(bands, band) for bands, _, _ in alone for band in range(len(bands))]

    def column(name: str) -> NDArray[np.generic]:
        return np.concatenate([getattr(bands, name) for bands, _, _ in alone])

    columns = {name: column(name) for name in ("key", "begin_ns", "phase")}
    merged = Bands(
        first=np.concatenate([place[bands.first] for bands, _, place in alone]),
        end=np.concatenate([place[bands.end - 1] + 1 for bands, _, place in alone]),
        words=lambda band: told[band][0].words(told[band][1]),
        **columns,  # type: ignore[arg-type]
    )
    return merged, np.concatenate([place[pauses] for _, pauses, place in alone])


def _unfolding(
    plans: Sequence[LadderPlan], place_of: Sequence[NDArray[np.int64]], order: NDArray[np.int64]
) -> Unfolding:
    """What can be unfolded of all flows, and what was."""
    if not any(len(plan.unfolding.closed) for plan in plans):
        return NOTHING_UNFOLDED
    closed = np.concatenate(
        [plan.unfolding.closed if len(plan.unfolding.closed) else np.zeros(len(plan), np.bool_) for plan in plans]
    )[order]
    parents: dict[int, int] = {}
    unfolded: list[Unfolded] = []
    for source, (plan, place) in enumerate(zip(plans, place_of, strict=True)):
        own = plan.unfolding
        parents |= {int(place[row]): len(unfolded) + at for row, at in own.parents.items()}
        unfolded += (
            replace(it, first=int(place[it.first]), last=int(place[it.last]), source=source) for it in own.unfolded
        )
    return Unfolding(closed, parents, tuple(unfolded))


def _sent(
    plans: Sequence[LadderPlan], lane_of: Sequence[NDArray[np.uint8]], order: NDArray[np.int64], lanes: int
) -> NDArray[np.int64]:
    """The prefix sums of every lane."""
    sent = np.zeros((lanes, len(order) + 1), np.int64)
    first = 0
    amounts = np.zeros((lanes, len(order)), np.int64)
    for plan, own in zip(plans, lane_of, strict=True):
        for lane, of_all in enumerate(own.tolist()):
            amounts[of_all, first : first + len(plan)] += np.diff(plan.sent[lane])
        first += len(plan)
    np.cumsum(amounts[:, order], axis=1, out=sent[:, 1:])
    return sent


def _states(
    plans: Sequence[LadderPlan],
    lane_of: Sequence[NDArray[np.uint8]],
    place_of: Sequence[NDArray[np.int64]],
    lanes: int,
) -> tuple[StateChanges, ...]:
    """The states of those ends that take part in one flow only."""
    found: list[StateChanges | None] = [None] * lanes
    for plan, own, place in zip(plans, lane_of, place_of, strict=True):
        for lane, of_all in enumerate(own.tolist()):
            changes = plan.states[lane]
            taken = found[of_all] is not None
            found[of_all] = _NOT_KNOWN if taken else replace(changes, rows=place[changes.rows])
    return tuple(changes or _NOT_KNOWN for changes in found)


def _delays(plans: Sequence[LadderPlan], lane_of: Sequence[NDArray[np.uint8]], lanes: int) -> tuple[int, ...]:
    """The shortest delay that any flow tells of each end."""
    known: list[list[int]] = [[] for _ in range(lanes)]
    for plan, own in zip(plans, lane_of, strict=True):
        for lane, of_all in enumerate(own.tolist()):
            if plan.delays_ns[lane] > 0:
                known[of_all].append(plan.delays_ns[lane])
    return tuple(min(delays, default=0) for delays in known)
