from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ladderview.analysis.flow_filter import FIELD_NAMES, filter_flows
from ladderview.analysis.flow_protocols import FlowProtocols
from tests.analysis.test_flow_columns import three_flows

FLOWS = three_flows()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("", [0, 1, 2]),
        ("   ", [0, 1, 2]),
        ("example", [0, 1]),
        ("EXAMPLE.org", [0]),
        ("example retrans", [1]),
        ("retransmissions zero", [1]),
        ("8080", [1]),
        ('"reset by server"', [2]),
        ('"reset by', [2]),
        ("2001:db8", [2]),
        ("10.0.0.7:50944", [0]),
        ("nothing like it", []),
        ("port:80", [2]),
        ("port:8000-9000", [1]),
        ("host:files", [1]),
        ("host:10.0.0.12", [1]),
        ("client:10.0.0.7", [0]),
        ("server:10.0.0.7", []),
        ("outcome:open", [1]),
        ("problem:zero", [1]),
        ("problem:any", [1, 2]),
        ("problem:none", [0]),
        ("flow:2", [2]),
        ("flow:0-1", [0, 1]),
        ("flow:1-", [1, 2]),
        ("packets:>100", [1]),
        ("packets:<=31", [0, 2]),
        ("packets:=7", [2]),
        ("bytes:>1M", [2]),
        ("sent:<10k", [0, 1, 2]),
        ("received:>14k", [0, 2]),
        ("duration:>1s", [1]),
        ("duration:<500ms", [0, 2]),
        ("rtt:<50ms", [0]),
        ("-port:443", [1, 2]),
        ("-example", [2]),
        ("port:443 -host:example", []),
    ],
)
def test_filter(text: str, shown: list[int]) -> None:
    found = filter_flows(FLOWS, text)
    assert np.flatnonzero(found.mask).tolist() == shown
    assert found.problem == ""


@pytest.mark.parametrize("text", ["port:", "packets:>", "packets:>=", '"', "-", "outcome:", 'host:"'])
def test_unfinished_filters_nothing(text: str) -> None:
    found = filter_flows(FLOWS, text)
    assert found.mask.all()
    assert found.problem == ""


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("foo:1", "“foo:” is not a field"),
        ("packets:many", "“many” is not a number"),
        ("port:1-x", "“x” is not a number"),
        ("duration:>3parsec", "“3parsec” is not a number"),
    ],
)
def test_what_cannot_be_understood_is_said(text: str, problem: str) -> None:
    found = filter_flows(FLOWS, text)
    assert found.mask.all()
    assert found.problem.startswith(problem)


def test_what_cannot_be_understood_does_not_hide_the_rest() -> None:
    assert np.flatnonzero(filter_flows(FLOWS, "foo:1 port:443").mask).tolist() == [0]


@given(st.text(max_size=40))
def test_anything_may_be_typed(text: str) -> None:
    assert filter_flows(FLOWS, text).mask.shape == (3,)


@given(st.sampled_from(FIELD_NAMES), st.text(alphabet='0123456789.<>=-kMsx"', max_size=8))
def test_anything_may_be_typed_after_a_field(field: str, value: str) -> None:
    assert filter_flows(FLOWS, f"{field}:{value}").mask.shape == (3,)


@pytest.mark.parametrize(
    ("text", "shown"),
    [("protocol:H2", [1]), ("protocol:tls", [0, 1]), ("protocol:", [0, 1, 2]), ("-protocol:h2", [0, 2])],
)
def test_what_a_flow_speaks(text: str, shown: list[int]) -> None:
    flows = FLOWS.with_said(FlowProtocols(["TLS 1.3", "TLS 1.2 · h2", "HTTP/1.1"], ["h2.example", "", ""]))
    found = filter_flows(flows, text)
    assert (np.flatnonzero(found.mask).tolist(), found.problem) == (shown, "")


def test_before_the_protocols_are_known_they_filter_nothing() -> None:
    assert filter_flows(FLOWS, "protocol:h2").mask.all()
