"""Does each line do what it says? What a scenario composes, seen through the analysis of the capture."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ladderview.analysis.flow_analysis import FlowAnalysis, analyse_flow
from ladderview.analysis.keys import keys_of
from ladderview.analysis.messages import messages_of
from ladderview.analysis.tcp_states import State
from ladderview.analysis.verdicts import Verdict
from ladderview.capture.capture import Capture, open_scenario
from ladderview.capture.scenario import clock
from ladderview.capture.scenario.compose import compose
from ladderview.capture.scenario.words import ScenarioError
from tests.capture.scenario.test_reader import LINES


def analysed(text: str, flow: int = 0) -> FlowAnalysis:
    return analyse_flow(open_scenario(text, "test.scenario"), flow)


def arrows(text: str, flow: int = 0) -> list[str]:
    """Each segment as sender, flags and bytes: "c SYN", "s ACK 1460"."""
    segments = analysed(text, flow).segments
    names = {2: "SYN", 18: "SYN,ACK", 16: "ACK", 24: "PSH", 17: "FIN", 4: "RST", 20: "RST,ACK", 16 + 32: "URG"}
    return [
        f"{'cs'[segments.direction[row]]} {names[int(segments.flags[row])]}"
        + (f" {segments.payload_len[row]}" if segments.payload_len[row] else "")
        for row in range(len(segments))
    ]


def seen(text: str, flow: int = 0) -> list[Verdict]:
    """The verdicts of the segments that have any."""
    return [Verdict(bits) for bits in analysed(text, flow).tcp.verdicts.tolist() if bits]


def comments(text: str) -> dict[int, tuple[str, ...]]:
    return open_scenario(text, "test.scenario").comments


HANDSHAKE = ["c SYN", "s SYN,ACK", "c ACK"]

DOES: dict[str, list[str]] = {
    "open": HANDSHAKE,
    "both open": ["c SYN", "s SYN", "s SYN,ACK", "c SYN,ACK"],
    "open refused": ["c SYN", "s RST,ACK"],
    "open\nclient sends 3000 bytes": [*HANDSHAKE, "c ACK 1460", "c ACK 1460", "c PSH 80", *["s ACK"] * 3],
    "open\nserver sends 1 bytes": [*HANDSHAKE, "s PSH 1", "c ACK"],
    "open\nclient closes": [*HANDSHAKE, "c FIN", "s ACK", "s FIN", "c ACK"],
    "open\nclient half-closes\nserver sends 5 bytes": [*HANDSHAKE, "c FIN", "s ACK", "s PSH 5", "c ACK"],
    "open\nboth close": [*HANDSHAKE, "c FIN", "s FIN", "s ACK", "c ACK"],
    "open\nclient resets": [*HANDSHAKE, "c RST,ACK"],
    "open\nclient sends keep-alive": [*HANDSHAKE, "c ACK", "s ACK"],
    "server delayed ACK\nopen\nclient sends 9 bytes\nserver sends 5 bytes": [*HANDSHAKE, "c PSH 9", "s PSH 5", "c ACK"],
    "server delayed ACK\nopen\nclient sends 3 kB": [*HANDSHAKE, "c ACK 1460", "c ACK 1460", "c PSH 80", *["s ACK"] * 2],
    "server delayed ACK\nopen\nclient closes": [*HANDSHAKE, "c FIN", "s FIN", "c ACK"],
    "client mss 536\nopen\nserver sends 600 bytes": [*HANDSHAKE, "s ACK 536", "s PSH 64", "c ACK", "c ACK"],
    "open\nlose client data\nclient sends 9 bytes": [*HANDSHAKE, "c PSH 9", "c PSH 9", "s ACK"],
    "open\nlose server ACK\nclient sends 9 bytes": [*HANDSHAKE, "c PSH 9", "s ACK", "c PSH 9", "s ACK"],
    "client retries 2\nlose client SYN always\nopen": ["c SYN"] * 3,
    "open\nlose client data\nlose client data again\nclient sends 9 bytes": [*HANDSHAKE, *["c PSH 9"] * 3, "s ACK"],
    "open\nclient sends 9 bytes\nmeanwhile server sends 5 bytes": [*HANDSHAKE, "c PSH 9", "s PSH 5", "s ACK", "c ACK"],
    "capture at server\nlose client SYN\nopen": HANDSHAKE,
    "capture at client\nlose client SYN\nopen": ["c SYN", *HANDSHAKE],
    "lose client SYN before the capture\nopen": HANDSHAKE,
    "miss client ACK\nopen": ["c SYN", "s SYN,ACK"],
    "capture stops\nopen\ncapture starts\nclient sends 9 bytes": ["c PSH 9", "s ACK"],
    "client segment SYN\nserver segment RST, ACK": ["c SYN", "s RST,ACK"],
    'client segment PSH, ACK seq 70 ack 9 "abc"\nserver sends 5 bytes': ["c PSH 3", "s PSH 5", "c ACK"],
}  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), DOES.items(), ids=[text.replace("\n", "; ") for text in DOES])
def test_does(text: str, expected: list[str]) -> None:
    assert arrows(text) == expected


R, D = Verdict.RETRANSMISSION, Verdict.DUPLICATE_ACK
DOWNLOAD = "open\nclient sends 9 bytes\nlose server data 2\nserver sends 9 kB\n"
VERDICTS: dict[str, list[Verdict]] = {
    "open\nclient sends 9 bytes\nserver sends 40 kB\nclient closes": [],
    "lose server SYN, ACK\nopen": [R, R],
    "client rto 300 ms\nopen\nlose client data twice\nclient sends 9 bytes": [R, R],
    f"capture at server\n{DOWNLOAD}": [D, D, D, Verdict.FAST_RETRANSMISSION, D, D],
    "client no sack\n" + f"capture at server\n{DOWNLOAD}": [D, D, D, Verdict.FAST_RETRANSMISSION, D, D],
    "capture at client\nopen\nclient sends 9 bytes\nreorder server data 2\nserver sends 4 kB": [
        Verdict.LOST_SEGMENT, Verdict.OUT_OF_ORDER, D,
    ],
    "capture at client\nopen\nclient sends 9 bytes\nduplicate server data\nserver sends 9 bytes": [
        Verdict.SPURIOUS_RETRANSMISSION, D,
    ],
    "miss server data\nopen\nclient sends 9 bytes\nserver sends 9 bytes": [Verdict.ACK_LOST_SEGMENT],
    "open\nclient sends 9 bytes\nclient sends keep-alive": [Verdict.KEEP_ALIVE, Verdict.KEEP_ALIVE_ACK],
    "client window 2000 no scale\nopen\nclient stops reading\nserver sends 3 kB\nwait 300 ms\nclient reads": [
        Verdict.WINDOW_FULL, Verdict.ZERO_WINDOW, Verdict.ZERO_WINDOW_PROBE,
        Verdict.ZERO_WINDOW | Verdict.ZERO_WINDOW_PROBE_ACK, Verdict.WINDOW_UPDATE,
    ],
    "open\nclient sends 9 bytes\nserver resets": [Verdict.RESET],
}  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), VERDICTS.items(), ids=[text.replace("\n", "; ") for text in VERDICTS])
def test_earns(text: str, expected: list[Verdict]) -> None:
    assert seen(text) == expected


@pytest.mark.parametrize(
    ("text", "client", "server"),
    [
        ("open", State.ESTABLISHED, State.ESTABLISHED),
        ("open\nclient closes", State.TIME_WAIT, State.CLOSED),
        ("open\nserver closes", State.CLOSED, State.TIME_WAIT),
        ("open\nclient half-closes", State.FIN_WAIT_2, State.CLOSE_WAIT),
        ("open\nboth close", State.TIME_WAIT, State.TIME_WAIT),
        ("open\nserver resets", State.CLOSED, State.CLOSED),
        ("both open", State.ESTABLISHED, State.ESTABLISHED),
    ],
)
def test_ends_in(text: str, client: State, server: State) -> None:
    tcp = analysed(text).tcp
    assert (State(int(tcp.client_state[-1])), State(int(tcp.server_state[-1]))) == (client, server)


CANNOT = [
    ("client sends 3 bytes", "1:1: the connection is not open: a line 'open' comes first"),
    ("open\nopen", "2:1: the connection has been opened"),
    ("open\nclient isn 5", "2:1: the connection has begun"),
    ("open\nclient closes\nclient sends 3 bytes", "3:1: the client cannot do this: it has closed its side already"),
    ("open\nclient resets\nserver sends 3 bytes", "3:1: the server cannot do this: its connection was reset"),
    ("open refused\nclient sends 3 bytes", "2:1: the client cannot do this: its connection was reset"),
    ("open\ntls 1.3\ntls 1.2", "3:1: the connection has TLS already"),
    ("open\nlose server data", "2:1: there was no server data to lose after this line"),
    ("open\nremark on server FIN: never", "2:1: no server FIN was captured after this line"),
    ("open\nremark never", "2:1: no packet was captured after this line"),
    ("capture at client\nlose client SYN before the capture\nopen", "2:1: 'before the capture' has a meaning only"),
    ("client 2001:db8::1\nopen", "2:1: client and server need addresses of the same version of IP"),
]


@pytest.mark.parametrize(("text", "message"), CANNOT, ids=[message[:40] for _, message in CANNOT])
def test_says_what_cannot_be(text: str, message: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        compose(text)
    assert str(caught.value).startswith(message)


def test_what_goes_on_for_too_long_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "MAX_EVENTS", 1000)
    with pytest.raises(ScenarioError, match=r"^2:1: this goes on for too long"):
        compose("open\nclient sends 10 MB\n")


@given(st.lists(st.sampled_from([line for line, _ in LINES]), max_size=7))
def test_any_lines_are_played_or_refused(lines: list[str]) -> None:
    text, mistakes, times = "\n".join(["open", *lines]), (), []
    try:
        times = [packet.ts_ns for packet in compose(text).composed.packets]
    except ScenarioError as error:
        mistakes = error.mistakes
    assert times == sorted(times)
    assert bool(times) is not bool(mistakes)
    assert all(1 <= mistake.line <= len(lines) + 1 for mistake in mistakes)


def test_much_data_in_a_wide_window_all_arrives() -> None:
    text = "client window 1000000000 scale 14\nopen\nlose server data 100 to 300\nserver sends 2 MB\n"
    assert len(compose(text).composed.packets) > 2500


def test_remarks_find_their_packets() -> None:
    text = (
        "remark first\nremark on client ACK: third\nopen\nlose client data\nremark on client data again: fifth\n"
        "client sends 9 bytes\n"
    )
    assert comments(text) == {0: ("first",), 2: ("third",), 4: ("fifth",)}


def test_a_remark_waits_for_a_packet_that_is_captured() -> None:
    text = "capture at server\nlose client SYN\nremark on client SYN: the second try\nopen\n"
    assert comments(text) == {0: ("the second try",)}


def test_connections_have_ports_of_their_own() -> None:
    capture = open_scenario(
        "open\nclient closes\nconnection\nopen\nclient closes\nconnection same port\nopen\n", "test.scenario"
    )
    assert [capture.flows.flow(flow).client.port for flow in range(len(capture.flows))] == [50944, 50945, 50945]


def test_connections_with_names_go_on_side_by_side() -> None:
    text = (
        "connection a\nopen\nconnection b\nmeanwhile open\n"
        "connection a\nclient sends 9 bytes\nconnection b\nclient closes\n"
    )
    assert arrows(text, 0) == [*HANDSHAKE, "c PSH 9", "s ACK"]
    assert arrows(text, 1) == [*HANDSHAKE, "c FIN", "s ACK", "s FIN", "c ACK"]


def test_the_server_may_be_the_one_who_opens() -> None:
    flow = analysed("server opens\n").flow
    assert (flow.client.port, flow.server.port) == (443, 50944)


def test_tickets_come_when_the_server_has_finished() -> None:
    capture = open_scenario("open\ntls 1.3 tickets 2\nclient requests GET /\nserver responds 204\n", "test.scenario")
    assert messages(capture)[-4:] == ["GET / HTTP/1.1", *["New Session Ticket"] * 2, "HTTP/1.1 204 No Content"]


def test_the_path_decides_the_round_trip() -> None:
    tcp = analysed("path delay 25 ms\nopen\nserver sends 9 bytes\n").tcp
    assert round(tcp.initial_rtt_ns / 1e6) == 50


def test_numbers_wrap_around() -> None:
    segments = analysed("client isn 4294967290\nopen\nclient sends 20 bytes\nclient closes\n").segments
    assert int(segments.seq[3]) == 4294967291
    assert int(segments.ack[4]) == 15


def test_ipv6_has_no_damage() -> None:
    capture = open_scenario("client [2001:db8::1]:5000\nserver 2001:db8::2\nopen\n", "test.scenario")
    assert str(capture.flows.flow(0).client) == "[2001:db8::1]:5000"


def test_a_snap_length_cuts_what_is_kept() -> None:
    capture = open_scenario("capture in the middle snaplen 68\nopen\nclient sends 500 bytes\n", "test.scenario")
    assert (int(capture.packets.caplen[3]), int(capture.packets.orig_len[3])) == (68, 554)


TLS_12 = ["Client Hello", "Server Hello", "Certificate", "Server Key Exchange", "Server Hello Done",
          "Client Key Exchange", "Change Cipher Spec", "Finished", "Change Cipher Spec", "Finished"]  # fmt: skip
TLS_12_CLIENT = [*TLS_12[:4], "Certificate Request", *TLS_12[4:5], "Certificate", "Client Key Exchange",
                 "Certificate Verify", *TLS_12[6:]]  # fmt: skip
TLS_13 = ["Client Hello", "Server Hello", "Change Cipher Spec", "Encrypted Extensions", "Certificate",
          "Certificate Verify", "Finished", "Change Cipher Spec", "Finished"]  # fmt: skip


def messages(capture: Capture) -> list[str]:
    analysis = analyse_flow(capture, 0)
    found = messages_of(capture, analysis, keys_of(capture, environment={}))
    order = [message for row in range(len(analysis.segments)) for message in found.ending_in(row)]
    return [message.summary.partition("(")[0].strip() for message in order]


@pytest.mark.parametrize(
    ("tls", "expected"),
    [
        ("tls 1.2", TLS_12),
        ("tls 1.2 with client certificate", TLS_12_CLIENT),
        ("tls 1.2 RSA key exchange", [name for name in TLS_12 if name != "Server Key Exchange"]),
        ("tls 1.2 tickets 1", [*TLS_12[:8], "New Session Ticket", *TLS_12[8:]]),
        ("tls 1.3", TLS_13),
    ],
)
def test_tls_says_all_its_messages_in_order(tls: str, expected: list[str]) -> None:
    text = f"open\n{tls}\nclient requests GET /\nserver responds 200 with 9 bytes\nclient closes\n"
    assert messages(open_scenario(text, "test.scenario")) == [
        *expected, "GET / HTTP/1.1", "HTTP/1.1 200 OK", "Alert", "Alert",
    ]  # fmt: skip


def test_tls_differs_in_its_bytes_only() -> None:
    text = "open\ntls 1.2 with client certificate\nclient sends 90 bytes\nclient closes\n"
    first, second = compose(text).composed, compose(text).composed
    assert [(packet.ts_ns, len(packet.data)) for packet in first.packets] == [
        (packet.ts_ns, len(packet.data)) for packet in second.packets
    ]
    assert first.secrets != second.secrets


def test_in_tls_13_the_request_goes_out_behind_finished() -> None:
    text = "open\ntls 1.3\nclient requests GET /\nserver responds 204\n"
    assert arrows(text)[9:12] == ["c PSH 80", "c PSH 63", "s ACK"]
