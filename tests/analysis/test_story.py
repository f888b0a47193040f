"""The story of the samples, arrow by arrow, as a person reads it."""

from __future__ import annotations

from pathlib import Path

import pytest

from ladderview.analysis.flow_analysis import analyse_flow
from ladderview.analysis.keys import Keys, keys_of
from ladderview.analysis.message_reasons import why_flight, why_message, why_phase
from ladderview.analysis.phases import Phase, PhaseKind
from ladderview.analysis.reading import read_flow
from ladderview.analysis.step_labels import LAYERS, layers_of, step_label
from ladderview.analysis.steps import StepKind
from ladderview.analysis.story import segment_sentence, step_sentence
from ladderview.capture.capture import open_capture, open_scenario
from ladderview.resources import resource_path
from tests.analysis.conversation import Seg, conversation, handshake
from tests.analysis.readings import reading_of_sample
from tests.analysis.spoken import segments_of, write

HTTPS = [
    ("tcp", "SYN", "client asks for a connection and tells its initial sequence number (SYN, Seq = 0)"),
    ("tcp", "SYN, ACK", "server acknowledges the client's SYN with Ack = 1 and sends its own"),
    ("tcp", "ACK", "client acknowledges the server's SYN with Ack = 1 — the connection is established"),
    ("tls", "Client Hello", "client says hello: it offers 31 cipher suites and asks for www.example.org"),
    (
        "tls",
        "Server Hello, Change Cipher Spec",
        "server chooses TLS 1.3, TLS_AES_256_GCM_SHA384; sends Change Cipher Spec, which means nothing in TLS 1.3",
    ),
    (
        "tls",
        "Encrypted Extensions, Certificate, Certificate Verify, Finished",
        "server answers the extensions (http/1.1); shows its certificate (www.example.org, chain of 2); "
        "proves that the certificate is its own; finishes",
    ),
    (
        "tls",
        "Change Cipher Spec, Finished",
        "client sends Change Cipher Spec, which means nothing in TLS 1.3; finishes — both sides now share the "
        "application traffic keys",
    ),
    ("http", "GET / HTTP/1.1", "client requests GET / over the encrypted connection (79 B)"),
    ("tls", "New Session Ticket × 2", "server hands out a ticket for the next connection"),
    ("http", "200 OK", "server answers 200 OK, 1.76 kB in 2 segments"),
    ("tls", "Alert", "client has nothing more to send over TLS (close notify)"),
    (
        "tcp",
        "FIN, ACK",
        "client has nothing more to send and closes its direction (FIN, Seq = 723); it can still receive",
    ),
    ("tcp", "FIN, ACK", "server closes its direction too (FIN, Seq = 4\u202f932): the connection is nearly over"),
    ("tcp", "ACK", "client acknowledges the server's FIN with Ack = 4\u202f933 — both directions are closed"),
]

CLOSES = {
    "one after the other": (
        (Seg("c", "FA", 1001, 5001), Seg("s", "A", 5001, 1002), Seg("s", "FA", 5001, 1002), Seg("c", "A", 1002, 5002)),
        [
            "client has nothing more to send and closes its direction (FIN, Seq = 1); it can still receive",
            "server acknowledges the client's FIN with Ack = 2",
            "server closes its direction too (FIN, Seq = 1): the connection is nearly over",
            "client acknowledges the server's FIN with Ack = 2 — both directions are closed",
        ],
    ),
    "at the same time": (
        (Seg("c", "FA", 1001, 5001), Seg("s", "FA", 5001, 1001), Seg("s", "A", 5002, 1002), Seg("c", "A", 1002, 5002)),
        [
            "client has nothing more to send and closes its direction (FIN, Seq = 1); it can still receive",
            "server closes its direction at the same time (FIN, Seq = 1): the client's is still on its way",
            "server acknowledges the client's FIN, which crossed its own, with Ack = 2",
            "client acknowledges the server's FIN, which crossed its own, with Ack = 2",
        ],
    ),
}


@pytest.mark.parametrize(("segments", "told"), CLOSES.values(), ids=CLOSES)
def test_the_close_is_told_as_it_went(segments: tuple[Seg, ...], told: list[str]) -> None:
    fa = conversation(*handshake(), *segments)
    assert [segment_sentence(fa, row) for row in range(3, 7)] == told


def test_a_syn_that_is_sent_again_is_named() -> None:
    fa = conversation(Seg("c", "S", 1000, ms=0), Seg("c", "S", 1000, ms=1000))
    assert segment_sentence(fa, 1) == "client sends its SYN again from Seq 0, first sent in #1: no ACK had come in time"


def test_below_tls13_the_second_finished_ends_the_handshake() -> None:
    reading = reading_of_sample("https-tls12-client-certificate")
    told = [step_sentence(reading, steps, step) for steps in [reading.steps("messages")] for step in range(len(steps))]
    finished = [text for text in told if "; finishes" in text]
    assert [text.partition("; finishes")[2] for text in finished] == ["", " — the TLS handshake is complete"]
    assert all("turns to the new keys" in text for text in finished)


def test_extensions_of_which_none_is_worth_naming_leave_a_sentence() -> None:
    scenario = (resource_path("scenarios") / "https-tls13.scenario").read_text(encoding="utf-8")
    capture = open_scenario(scenario, "https-tls13.scenario")
    reading = read_flow(capture, analyse_flow(capture, 0), keys_of(capture, [], []))
    told = [step_sentence(reading, steps, step) for steps in [reading.steps("messages")] for step in range(len(steps))]
    assert any(text.startswith("server answers the extensions; shows its certificate (") for text in told)


def test_the_https_sample_at_message_level() -> None:
    reading = reading_of_sample("https-tls13")
    steps = reading.steps("messages")
    layers = layers_of(reading, steps)
    told = [
        (LAYERS[layers[step]], step_label(reading, steps, step).flags, step_sentence(reading, steps, step))
        for step in range(len(steps))
    ]
    assert told == HTTPS


def test_each_message_can_have_its_own_arrow() -> None:
    reading = reading_of_sample("https-tls13", each_message=True)
    steps = reading.steps("messages")
    words = [step_label(reading, steps, step).flags for step in range(len(steps))]
    assert words[3:12] == [
        "Client Hello",
        "Server Hello",
        "Change Cipher Spec",
        "Encrypted Extensions",
        "Certificate",
        "Certificate Verify",
        "Finished",
        "Change Cipher Spec",
        "Finished",
    ]


@pytest.mark.parametrize(
    ("sample", "phases"),
    [
        (
            "https-tls13",
            ["Connection initialization", "TLS handshake", "GET / → 200", "Connection termination"],
        ),
        (
            "http",
            [
                "Connection initialization",
                "GET / → 200",
                "GET /style.css → 200",
                "GET /icon.png → 404",
                "Connection termination",
            ],
        ),
        ("reset", ["Connection initialization", "Connection refused"]),
    ],
)
def test_phases_by_name_and_their_durations_add_up(sample: str, phases: list[str]) -> None:
    reading = reading_of_sample(sample)
    assert [phase.name for phase in reading.phases] == phases
    ts_ns = reading.analysis.segments.ts_ns
    assert sum(phase.duration_ns for phase in reading.phases) == ts_ns[-1] - ts_ns[0]


def test_segments_whose_bytes_were_not_captured_are_told_with_their_sum(tmp_path: Path) -> None:
    path = write(tmp_path / "cut.pcap", [segments_of([("s", bytes(5 * 1460))])], snaplen=40)
    capture = open_capture(path)
    reading = read_flow(capture, analyse_flow(capture, 0), Keys())
    steps = reading.steps("messages")
    (run,) = [step for step in range(len(steps)) if steps.kind[step] == StepKind.RUN]
    assert step_label(reading, steps, run).flags == "5 segments"
    assert step_sentence(reading, steps, run) == "server sends 7.30 kB in 5 segments"


def test_the_detail_of_an_exchange_says_where_its_time_went() -> None:
    reading = reading_of_sample("https-tls13")
    steps = reading.steps("phases")
    assert step_label(reading, steps, 2).numbers == "43.3 ms  waiting 42.8 ms, receiving 0.3 ms"
    assert step_sentence(reading, steps, 2) == "GET / → 200 in 43.3 ms: waiting 42.8 ms, receiving 0.3 ms"


@pytest.mark.parametrize("sample", ["https-tls13", "http", "loss"])
def test_every_message_has_a_reason_with_its_section(sample: str) -> None:
    for message in reading_of_sample(sample).messages.messages:
        text = why_message(message)
        assert "RFC" in text
        assert "{" not in text


def test_the_reasons_of_a_flight_name_its_messages() -> None:
    reading = reading_of_sample("https-tls13")
    flight = reading.said(reading.steps("messages"), 5)
    texts = why_flight(flight)
    assert [text.partition(".")[0] for text in texts] == [message.name for message in flight]
    assert why_flight(flight[:1]) == (why_message(flight[0]),)


def test_every_kind_of_phase_has_a_reason() -> None:
    for kind in PhaseKind:
        assert "RFC" in why_phase(Phase(kind, "", 0, 0, 0, 0))


def test_frames_that_steer_http2_are_named_by_their_types() -> None:
    reading = reading_of_sample("http2")
    steps = reading.steps("messages")
    names = [step_label(reading, steps, step).flags for step in range(len(steps))]
    assert [name for name in names if "SETTINGS" in name] == [
        "Magic, SETTINGS, WINDOW_UPDATE", "SETTINGS × 2, WINDOW_UPDATE", "SETTINGS",
    ]  # fmt: skip
