from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ladderview.analysis.arithmetic import MathLine, seq_ack_math
from ladderview.analysis.flow_analysis import FlowAnalysis
from ladderview.analysis.reasons import why
from ladderview.analysis.sentences import verdict_sentences
from ladderview.proto.tcp import TcpOptions
from tests.analysis.conversation import Seg, conversation, handshake, textbook

NARROW = "\u202f"


def card(fa: FlowAnalysis, number: int, raw: bool = False) -> dict[str, MathLine]:
    """The lines for packet #number, by their terms."""
    return {line.term: line for line in seq_ack_math(fa, number - 1, raw)}


def values(fa: FlowAnalysis, number: int, raw: bool) -> tuple[str, ...]:
    lines = card(fa, number, raw)
    return tuple(lines[term].value if term in lines else "" for term in ("Seq", "= Next seq", "Ack"))


# The arithmetic of the textbook: client ISN 69, server ISN 420.
@pytest.mark.parametrize(
    ("number", "what", "raw", "relative"),
    [
        (1, "SYN", ("69", "70", ""), ("0", "1", "")),
        (2, "SYN, ACK", ("420", "421", "70"), ("0", "1", "1")),
        (3, "ACK", ("70", "70", "421"), ("1", "1", "1")),
        (4, "30 bytes", ("70", "100", "421"), ("1", "31", "1")),
        (5, "their ACK", ("421", "421", "100"), ("1", "1", "31")),
        (6, "5 bytes", ("100", "105", "421"), ("31", "36", "1")),
        (7, "their ACK", ("421", "421", "105"), ("1", "1", "36")),
        (8, "10 bytes back", ("421", "431", "105"), ("1", "11", "36")),
        (9, "their ACK", ("105", "105", "431"), ("36", "36", "11")),
        (10, "5 bytes back", ("431", "436", "105"), ("11", "16", "36")),
        (11, "their ACK", ("105", "105", "436"), ("36", "36", "16")),
        (12, "the client's FIN", ("105", "106", "436"), ("36", "37", "16")),
        (13, "its ACK", ("436", "436", "106"), ("16", "16", "37")),
        (14, "the server's FIN", ("436", "437", "106"), ("16", "17", "37")),
        (15, "its ACK", ("106", "106", "437"), ("37", "37", "17")),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_the_textbook_connection(number: int, what: str, raw: tuple[str, ...], relative: tuple[str, ...]) -> None:
    fa = textbook()
    assert (values(fa, number, True), values(fa, number, False)) == (raw, relative)


def test_every_number_of_the_textbook_connection_is_the_expected_one() -> None:
    fa = textbook()
    verdicts = {line.ok for number in range(1, 16) for line in card(fa, number, True).values()}
    assert verdicts == {True, None}


def test_a_card_in_full() -> None:
    fa = conversation(
        *handshake(),
        Seg("c", "PA", 1001, 5001, 124),
        Seg("s", "A", 5001, 1125, 1440, window=16385),
        Seg("s", "PA", 6441, 1125, 1440, window=16385),
        Seg("c", "A", 1125, 7881, ms=50.2),
    )
    assert seq_ack_math(fa, 5) == (
        MathLine("Seq", "1\u202f441", "= next Seq expected from the server, after #5", True, (4,)),
        MathLine("+ Len", "1\u202f440", "payload bytes"),
        MathLine("= Next seq", "2\u202f881", "the client will answer Ack = 2\u202f881"),
        MathLine("Acked by", "#7", "after 0.2 ms", None, (6,)),
        MathLine("Ack", "125", "= the client's Seq 1 + Len 124, segment #4, already acknowledged in #5", True, (3, 4)),
        MathLine(
            "Window", "2\u202f097\u202f280", "= 16\u202f385 × 2⁷, the scale agreed in the SYN, ACK #2", None, (1,)
        ),
        MathLine("In flight", "2\u202f880", "of 64\u202f256 bytes that the client allows, since #4", True, (3,)),
    )


def test_syn_and_fin_count_one_each() -> None:
    fa = textbook()
    assert (card(fa, 1)["+ SYN"].value, card(fa, 12)["+ FIN"].value) == ("1", "1")
    assert card(fa, 2)["Ack"].remark == "= the client's Seq 0 + 1 for the SYN, segment #1"
    assert card(fa, 15, raw=True)["Ack"].remark == "= the server's Seq 436 + 1 for the FIN, segment #14"


def test_a_gap_says_how_much_is_missing_and_where_it_comes() -> None:
    fa = conversation(
        *handshake(), Seg("s", "A", 5001, 1001, 100), Seg("s", "A", 6541, 1001, 100), Seg("s", "A", 5101, 1001, 1440)
    )
    gap = card(fa, 5)["Seq"]
    assert gap.remark == f"expected 101 after #4: 1{NARROW}440 bytes missing, sent in #6"
    assert (gap.ok, gap.rows) == (False, (3, 5))
    assert card(fa, 6)["Seq"].remark == (
        f"next expected was 1{NARROW}641: fills a gap of 1{NARROW}440 bytes that #5 left open"
    )


def test_a_gap_in_the_capture_only_is_told_by_the_ack() -> None:
    fa = conversation(*handshake(), Seg("s", "A", 5101, 1001, 100), Seg("c", "A", 1001, 5201))
    assert card(fa, 4)["Seq"].remark == (
        "expected 1 after #2: 100 bytes missing in the capture; #5 acknowledges them, so they arrived"
    )


def test_a_gap_that_nobody_acknowledges() -> None:
    fa = conversation(*handshake(), Seg("s", "A", 5101, 1001, 100))
    assert card(fa, 4)["Seq"].remark == "expected 1 after #2: 100 bytes missing in the capture"


def test_a_retransmission_says_what_was_sent_before() -> None:
    fa = conversation(
        *handshake(),
        Seg("c", "PA", 1001, 5001, 30),
        Seg("c", "PA", 1031, 5001, 5),
        Seg("c", "PA", 1001, 5001, 40, ms=900),
    )
    again = card(fa, 6)["Seq"]
    assert again.remark == "next expected was 36: 35 bytes already sent in #4 and #5, 5 bytes new"
    assert (again.ok, again.rows) == (False, (3, 4))


def test_a_keep_alive_steps_back_by_one_on_purpose() -> None:
    fa = conversation(
        *handshake(), Seg("c", "PA", 1001, 5001, 30), Seg("s", "A", 5001, 1031), Seg("c", "A", 1030, 5001, ms=45_000)
    )
    line = card(fa, 6)["Seq"]
    assert (line.remark, line.ok) == ("= next Seq − 1: a keep-alive steps back by one (next expected was 31)", None)


def test_an_ack_of_bytes_that_were_not_captured() -> None:
    fa = conversation(*handshake(), Seg("c", "A", 1001, 5101))
    line = card(fa, 4)["Ack"]
    assert line.remark == "acknowledges 100 bytes not captured: next Seq of the server was 1 after #2"
    assert (line.ok, line.rows) == (False, (1,))


def test_an_ack_says_what_it_leaves_open() -> None:
    fa = conversation(
        *handshake(), Seg("s", "A", 5001, 1001, 100), Seg("s", "A", 5101, 1001, 100), Seg("c", "A", 1001, 5101)
    )
    assert card(fa, 6)["Ack"].remark == (
        "= the server's Seq 1 + Len 100, segment #4; 100 bytes up to #5 not yet acknowledged"
    )


def test_an_ack_in_the_middle_of_a_segment() -> None:
    fa = conversation(*handshake(), Seg("s", "A", 5001, 1001, 100), Seg("c", "A", 1001, 5051))
    line = card(fa, 5)["Ack"]
    assert line.remark.startswith("inside segment #4 of the server")
    assert line.ok is None


def test_an_ack_that_covers_more_than_this_segment() -> None:
    fa = conversation(
        *handshake(), Seg("s", "A", 5001, 1001, 100), Seg("s", "A", 5101, 1001, 50), Seg("c", "A", 1001, 5151)
    )
    assert card(fa, 4)["Acked by"].remark == "after 20.0 ms; its Ack = 151 covers 50 bytes more"


def test_data_that_was_never_acknowledged() -> None:
    fa = conversation(*handshake(), Seg("c", "PA", 1001, 5001, 30))
    assert (card(fa, 4)["Acked by"].value, card(fa, 4)["Acked by"].remark) == ("—", "no ACK of it in the capture")


def test_a_capture_of_one_side() -> None:
    fa = conversation(Seg("c", "PA", 1001, 5001, 30), Seg("c", "PA", 1031, 5001, 5))
    assert card(fa, 1)["Seq"].remark == "the first segment of the client in the capture: nothing to compare with"
    assert card(fa, 1)["Acked by"].remark == "no segment of the server in the capture"
    assert card(fa, 1, raw=True)["Ack"].value == f"5{NARROW}001"
    assert card(fa, 2)["Seq"].ok is True


@pytest.mark.parametrize(
    ("shift", "flags", "remark"),
    [
        (7, "A", "= 502 × 2⁷, the scale agreed in the SYN #1"),
        (0, "A", "= 502 × 2⁰, the scale agreed in the SYN #1"),
        (None, "A", "as it stands: no window scale was agreed in the SYNs"),
    ],
)
def test_the_window(shift: int | None, flags: str, remark: str) -> None:
    fa = conversation(*handshake(shift=shift), Seg("c", flags, 1001, 5001))
    assert card(fa, 4)["Window"].remark == remark


def test_the_window_of_a_capture_that_began_late() -> None:
    fa = conversation(Seg("c", "A", 1001, 5001))
    assert card(fa, 1)["Window"].remark == "as it stands: the SYN is not in the capture, so the scale is unknown"


def test_a_window_of_zero() -> None:
    fa = conversation(*handshake(), Seg("c", "A", 1001, 5001, window=0))
    line = card(fa, 4)["Window"]
    assert line.remark == "= 0 × 2⁷, the scale agreed in the SYN #1; the client's buffer is full"


def test_a_reset_has_no_window() -> None:
    fa = conversation(*handshake(), Seg("s", "R", 5001, 0))
    assert "Window" not in card(fa, 4)
    assert card(fa, 4)["= Next seq"].remark == "nothing comes after a reset"


def test_where_the_raw_numbers_wrap_around() -> None:
    fa = conversation(*handshake(2**32 - 11, 5000), Seg("c", "PA", 2**32 - 10, 5001, 30), Seg("s", "A", 5001, 20))
    sent, acked = card(fa, 4, raw=True), card(fa, 5, raw=True)
    assert sent["= Next seq"].value == "20"
    assert sent["= Next seq"].remark.endswith(
        "; the raw numbers wrap around here: 4\u202f294\u202f967\u202f286 + 30 − 2³² = 20"
    )
    assert (sent["Seq"].ok, acked["Ack"].ok) == (True, True)
    assert acked["Ack"].remark == "= the client's Seq 4\u202f294\u202f967\u202f286 + Len 30 − 2³², segment #4"


def test_relative_numbers_do_not_notice_the_wrap_but_say_it() -> None:
    fa = conversation(*handshake(2**32 - 11, 5000), Seg("c", "PA", 2**32 - 10, 5001, 30))
    line = card(fa, 4)["= Next seq"]
    assert line.value == "31"
    assert "wrap around here" in line.remark


SEGMENTS = st.lists(
    st.builds(
        Seg,
        sender=st.sampled_from("cs"),
        flags=st.sampled_from(["S", "SA", "A", "PA", "FA", "R", "RA", "", "SF", "FPUA"]),
        seq=st.integers(0, 40) | st.integers(0, 2**32 - 1),
        ack=st.integers(0, 40) | st.integers(0, 2**32 - 1),
        length=st.integers(0, 20) | st.integers(0, 2**31),
        ms=st.integers(0, 5000).map(float),
        window=st.integers(0, 3) | st.integers(0, 65535),
        options=st.builds(
            TcpOptions,
            wscale=st.none() | st.integers(0, 255),
            sack=st.lists(st.tuples(st.integers(0, 2**32 - 1), st.integers(0, 2**32 - 1)), max_size=3).map(tuple),
        ),
    ),
    min_size=1,
    max_size=8,
)


@given(SEGMENTS)
@settings(max_examples=80, deadline=None)
def test_any_segments_are_explained(segments: list[Seg]) -> None:
    fa = conversation(*segments)
    for row in range(len(segments)):
        for raw in (False, True):
            for line in seq_ack_math(fa, row, raw):
                assert line.value
                assert line.remark
                assert all(0 <= named < len(segments) for named in line.rows)
        assert all(sentence.endswith(".") for sentence in (*verdict_sentences(fa, row), why(fa, row)))


def test_a_reset_with_a_diagnosis_is_not_answered() -> None:
    fa = conversation(*handshake(), Seg("s", "RA", 5001, 1001, 20))
    lines = card(fa, 4)
    assert lines["+ Len"].value == "20"
    assert lines["= Next seq"].remark == "nothing comes after a reset"
    assert "Acked by" not in lines
    assert "In flight" not in lines
