"""The table of flows as text and as objects."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np

from ladderview.render.flow_table import json_rows, text_lines
from tests.analysis.test_flow_columns import three_flows


def test_columns_line_up() -> None:
    lines = list(text_lines(three_flows()))
    assert len(lines) == 4
    at = lines[0].index("Client")
    assert all(line[at - 1] == " " and line[at] != " " for line in lines)


def test_wide_characters_take_two_cells() -> None:
    flows = three_flows()
    plain = list(text_lines(replace(flows, names={"192.0.2.10": "aaaa", "192.0.2.9": "bb"})))
    wide = list(text_lines(replace(flows, names={"192.0.2.10": "例例", "192.0.2.9": "bb"})))
    assert wide[1].replace("例例", "aaaa") == plain[1]
    assert wide[2] == plain[2]


def test_no_flows_no_lines() -> None:
    flows = three_flows()
    table = replace(flows.table, client=[], server=[], packets=np.zeros(0, np.uint32))
    assert list(text_lines(replace(flows, table=table))) == []


def test_objects_carry_numbers_and_leave_out_what_is_not_known() -> None:
    rows = json_rows(three_flows())
    assert rows[1]["problems"] == {"retransmission": 3, "zero_window": 1}
    assert rows[0]["duration"] == 0.48
    unknown = [row for row, rtt in zip(rows, three_flows().handshake_rtt_ns, strict=True) if rtt < 0]
    assert unknown
    assert all("handshake_rtt" not in row for row in unknown)
    assert json.loads(json.dumps(rows)) == rows
