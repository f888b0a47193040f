from __future__ import annotations

import numpy as np
import pytest

from ladderview.analysis.flow_columns import BY_KEY, COLUMNS, FlowColumns
from ladderview.analysis.flow_protocols import FlowProtocols
from ladderview.analysis.verdicts import Verdict
from ladderview.analysis.words import byte_words
from ladderview.capture.flows import ClientKnownBy, Endpoint, FlowTable

CLIENTS = [Endpoint("10.0.0.7", 50944), Endpoint("10.0.0.12", 50945), Endpoint("2001:db8::7", 40000)]
SERVERS = [Endpoint("192.0.2.10", 443), Endpoint("192.0.2.9", 8080), Endpoint("2001:db8::1", 80)]


def three_flows() -> FlowColumns:
    table = FlowTable(
        client=CLIENTS,
        server=SERVERS,
        client_known_by=np.array([0, 2, 3], np.uint8),
        reused_ports=np.zeros(3, np.bool_),
        packets=np.array([31, 1204, 7], np.uint32),
        client_bytes=np.array([500, 9_000, 0], np.uint64),
        server_bytes=np.array([14_213, 70, 3_000_000], np.uint64),
        start_ns=np.array([1_000_000_000, 5_000_000_000, 3_000_000_000], np.int64),
        end_ns=np.array([1_480_000_000, 10_900_000_000, 3_000_000_000], np.int64),
        order=np.arange(1242, dtype=np.uint32),
        first=np.array([0, 31, 1235, 1242], np.int64),
    )
    problems = {
        Verdict.RETRANSMISSION: np.array([0, 3, 0]),
        Verdict.ZERO_WINDOW: np.array([0, 1, 0]),
        Verdict.RESET: np.array([0, 0, 1]),
    }
    names = {"192.0.2.10": "example.org", "192.0.2.9": "files.example.net"}
    outcome = ["complete", "still open at the end", "reset by server"]
    return FlowColumns(table, names, outcome, np.array([41_200_000, -1, -1]), problems)


@pytest.mark.parametrize(
    ("key", "texts"),
    [
        ("flow", ["0", "1", "2"]),
        ("host", ["example.org", "files.example.net", ""]),
        ("client", ["10.0.0.7:50944", "10.0.0.12:50945", "[2001:db8::7]:40000"]),
        ("packets", ["31", "1\u202f204", "7"]),
        ("sent", ["500 B", "9.00 kB", "0 B"]),
        ("received", ["14.2 kB", "70 B", "3.00 MB"]),
        ("start", ["0 µs", "4.00 s", "2.00 s"]),
        ("duration", ["480.0 ms", "5.90 s", "0 µs"]),
        ("rtt", ["41.2 ms", "—", "—"]),
        ("outcome", ["complete", "still open at the end", "reset by server"]),
        ("problem", ["", "3 retransmissions, zero window", "reset"]),
    ],
)
def test_column_words(key: str, texts: list[str]) -> None:
    flows = three_flows()
    assert [BY_KEY[key].text(flows, flow_id) for flow_id in range(3)] == texts


@pytest.mark.parametrize(
    ("key", "order"),
    [
        ("flow", [0, 1, 2]),
        ("host", [0, 1, 2]),  # the flow without a name comes last
        ("client", [0, 1, 2]),  # 10.0.0.7 before 10.0.0.12: addresses are numbers
        ("server", [1, 0, 2]),
        ("packets", [2, 0, 1]),
        ("received", [1, 0, 2]),
        ("start", [0, 2, 1]),
        ("problem", [0, 2, 1]),
    ],
)
def test_column_order(key: str, order: list[int]) -> None:
    assert np.argsort(BY_KEY[key].sort_key(three_flows()), kind="stable").tolist() == order


@pytest.mark.parametrize("column", COLUMNS, ids=lambda column: column.key)
def test_sort_key_is_one_integer_a_flow(column: object) -> None:
    key = column.sort_key(three_flows())
    assert key.dtype == np.int64
    assert key.shape == (3,)


@pytest.mark.parametrize(
    ("count", "words"),
    [(0, "0 B"), (999, "999 B"), (1000, "1.00 kB"), (14_213, "14.2 kB"), (999_499, "999 kB"), (999_500, "1.00 MB"),
     (5 * 10**15, "5000 TB")],
)  # fmt: skip
def test_byte_words(count: int, words: str) -> None:
    assert byte_words(count) == words


class TestSwapped:
    def test_ends_change_places(self) -> None:
        flows = three_flows().with_swapped(1)
        assert (flows.client_of(1), flows.server_of(1)) == (SERVERS[1], CLIENTS[1])

    def test_other_flows_do_not(self) -> None:
        assert three_flows().with_swapped(1).client_of(0) == CLIENTS[0]

    def test_bytes_change_places(self) -> None:
        flows = three_flows().warm().with_swapped(1)
        assert (int(flows.client_bytes[1]), int(flows.server_bytes[1])) == (70, 9_000)

    def test_twice_is_not_at_all(self) -> None:
        assert three_flows().warm().with_swapped(1).with_swapped(1).client_text == three_flows().client_text

    def test_known_by_stays(self) -> None:
        assert three_flows().with_swapped(1).table.client_known_by[1] == ClientKnownBy.PORT


def test_problems_replace_what_was_warm() -> None:
    flows = FlowColumns(three_flows().table, {}, [""] * 3, np.full(3, -1)).warm()
    assert flows.problem_total.tolist() == [0, 0, 0]
    counted = flows.with_problems({Verdict.ZERO_WINDOW: np.array([0, 2, 0])})
    assert counted.problem_total.tolist() == [0, 2, 0]


@pytest.mark.parametrize(
    ("flow_id", "title"), [(0, "example.org"), (1, "files.example.net:8080"), (2, "[2001:db8::1]:80")]
)
def test_title(flow_id: int, title: str) -> None:
    assert three_flows().title_of(flow_id) == title


@pytest.mark.parametrize(
    ("host", "title"),
    [
        ("files.example.net:8080", "files.example.net:8080"),  # the field names the port itself
        ("[2001:db8::1]:8080", "[2001:db8::1]:8080"),
        ("[2001:db8::1]", "[2001:db8::1]:8080"),
        ("example.org:443", "example.org:443 via :8080"),  # asked of a proxy
    ],
)
def test_the_port_is_said_once(host: str, title: str) -> None:
    said = FlowProtocols(["HTTP/1.1"] * 3, [host] * 3)
    assert three_flows().with_said(said).title_of(1) == title


@pytest.mark.parametrize(
    ("flow_id", "pills"),
    [(0, []), (1, ["3 retransmissions", "zero window"]), (2, ["reset by server"])],
)
def test_pills(flow_id: int, pills: list[str]) -> None:
    """A reset that the outcome already tells of has no pill of its own."""
    assert three_flows().pills_of(flow_id) == pills
