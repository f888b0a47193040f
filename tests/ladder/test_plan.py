from __future__ import annotations

import numpy as np
import pytest

from ladderview.analysis.verdicts import Verdict
from ladderview.ladder.plan import MISSING_ROOM, plan_analysed, plan_preview
from ladderview.ladder.plan_columns import HEADER_BYTES
from ladderview.proto.tcp import TcpOptions
from tests.ladder import make
from tests.ladder.make import ACK, HANDSHAKE, SYN, TROUBLE, Row


def test_rows_in_trouble_are_known_by_direction() -> None:
    plan = make.plan(TROUBLE)
    assert plan.trouble.tolist() == [bool(row.verdict) for row in TROUBLE]
    assert [rows.tolist() for rows in plan.problem_rows] == [
        [at for at, row in enumerate(TROUBLE) if row.verdict and row.direction == direction] for direction in (0, 1)
    ]


def test_remarkable_is_not_yet_trouble() -> None:
    plan = make.plan([Row(0, 0, ACK, verdict=Verdict.WINDOW_UPDATE), Row(0, 1, ACK, verdict=Verdict.KEEP_ALIVE)])
    assert not plan.trouble.any()


@pytest.mark.parametrize(
    ("row", "step", "found"), [(-1, 1, 1), (1, 1, 2), (2, 1, 4), (12, 1, -1), (13, -1, 12), (4, -1, 2), (1, -1, -1)]
)
def test_the_next_problem(row: int, step: int, found: int) -> None:
    assert make.plan(TROUBLE).next_problem(row, step) == found


def test_prefix_sums_count_payload_and_headers_of_each_direction() -> None:
    plan = make.plan(HANDSHAKE)
    for direction in (0, 1):
        sizes = [row.payload_len + HEADER_BYTES if row.direction == direction else 0 for row in HANDSHAKE]
        assert plan.sent[direction].tolist() == [0, *np.cumsum(sizes).tolist()]


def test_state_changes_are_where_the_column_changes() -> None:
    client, server = make.plan(HANDSHAKE).states
    assert client.rows.tolist() == [0, 2, 12, 13, 15]
    assert [make.S(state) for state in client.states.tolist()] == [
        make.S.SYN_SENT, make.S.ESTABLISHED, make.S.FIN_WAIT_1, make.S.FIN_WAIT_2, make.S.TIME_WAIT,
    ]  # fmt: skip
    assert server.rows.tolist() == [1, 2, 13, 14, 15]  # it listened before the first row


def test_an_unknown_state_is_told_ahead_of_all_and_is_no_change() -> None:
    client, server = make.plan(TROUBLE).states
    assert client.after(-1) == server.after(-1) == make.S.UNKNOWN
    assert client.rows.tolist() == server.rows.tolist() == [len(TROUBLE) - 1]


def test_what_is_missing_is_counted_from_the_highest_number_before() -> None:
    missing = make.plan(TROUBLE).missing
    assert (missing.rows.tolist(), missing.seq.tolist(), missing.length.tolist()) == ([1], [285449], [1448])
    assert (missing.at(1), missing.at(2)) == (0, -1)


def test_missing_bytes_across_the_wrap() -> None:
    near = 2**32 - 1000
    plan = make.plan([Row(1, 0, ACK, near - 500, 1, 500), Row(1, 1, ACK, 2000, 1, 100, Verdict.LOST_SEGMENT)])
    assert (plan.missing.seq.tolist(), plan.missing.length.tolist()) == ([near], [3000])


def test_a_loss_without_a_number_takes_no_room() -> None:
    plan = make.plan([Row(1, 0, ACK, 1, 1, 10), Row(1, 1, ACK, 11, 1, 10, Verdict.LOST_SEGMENT)])
    assert len(plan.missing.rows) == 0
    assert plan.axis.y.tolist() == [0, 1]


def test_a_missing_segment_has_room_above_the_row_that_tells_of_it() -> None:
    axis = make.plan(TROUBLE).axis
    assert axis.y_of(1) - axis.y_of(0) == 1 + MISSING_ROOM
    assert axis.y_of(2) - axis.y_of(1) == 1


def test_another_axis_is_another_plan_of_the_same_rows() -> None:
    plan = make.plan(TROUBLE)
    timed = plan.with_axis("time")
    assert timed.axis.mode == "time"
    assert timed.segments is plan.segments
    assert plan.axis.mode == "rows"


def test_segments_beyond_the_receivers_mss_were_joined_by_offload() -> None:
    plan = make.plan(
        [Row(0, 0, SYN), Row(1, 1, SYN | ACK), Row(1, 2, ACK, 1, 1, 1460), Row(1, 3, ACK, 1, 1, 14600), Row(0, 4, ACK)]
    )
    assert plan.coalesced.tolist() == [False, False, False, True, False]


def test_without_a_syn_nothing_is_called_joined() -> None:
    assert not make.plan(TROUBLE).coalesced.any()


def test_a_preview_has_the_same_rows_and_no_findings() -> None:
    fa = make.analysis(HANDSHAKE)
    preview, full = plan_preview(fa.flow, fa.segments, None), plan_analysed(fa, None)
    assert preview.tcp is None
    assert preview.axis.y.tolist() == full.axis.y.tolist()
    assert not preview.trouble.any()
    assert str(preview.label(3)) == "[PSH, ACK] Len=517"


def test_labels_are_those_of_the_analysis() -> None:
    fa = make.analysis(HANDSHAKE)
    assert str(plan_analysed(fa, None).label(2)) == "[ACK] Seq=1 Ack=1 Win=64256 Len=0"


def test_a_file_that_changed_leaves_the_label_without_its_options() -> None:
    from dataclasses import replace

    from ladderview.capture.capture import CaptureChanged

    def gone(row: int) -> TcpOptions:
        raise CaptureChanged("the file has changed")

    fa = make.analysis(HANDSHAKE)
    fa = replace(fa, segments=replace(fa.segments, options=gone))
    assert str(plan_analysed(fa, None).label(3)) == "[PSH, ACK] Len=517"


def test_a_flow_without_rows() -> None:
    plan = make.plan([])
    assert len(plan) == 0
    assert plan.next_problem(-1, 1) == -1
    assert plan.axis.height == 0


def test_packets_cut_by_the_snap_length_are_known() -> None:
    fa = make.analysis(HANDSHAKE)
    assert plan_analysed(fa, make.capture(cut=True)).cut.tolist() == [row.payload_len > 0 for row in HANDSHAKE]
    assert not plan_analysed(fa, make.capture()).cut.any()


def test_the_server_has_the_name_that_the_capture_tells() -> None:
    fa = make.analysis(HANDSHAKE)
    assert plan_analysed(fa, make.capture("files.example.org")).lanes[1].host == "files.example.org"
    assert plan_analysed(fa, None).lanes[1].host == ""
