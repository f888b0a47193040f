from __future__ import annotations

import pytest

from ladderview.analysis.flow_analysis import FlowAnalysis
from ladderview.analysis.reasons import why
from ladderview.analysis.sentences import verdict_sentences
from ladderview.analysis.story import segment_sentence
from ladderview.analysis.verdicts import Verdict
from ladderview.proto.tcp import TcpOptions
from tests.analysis.conversation import Seg, conversation, handshake

NARROW = "\u202f"


def sentences(fa: FlowAnalysis, number: int) -> tuple[str, ...]:
    return tuple(sentence.replace(NARROW, " ") for sentence in verdict_sentences(fa, number - 1))


@pytest.mark.parametrize(
    ("second", "told"),
    [
        (Seg("c", "PA", 1001, 5001, 30, ms=50.004), "client's packet #4 is in the capture a second time"),
        (Seg("c", "PA", 1001, 5001, 30, ms=250), "client sends 30 bytes again from Seq 1, first sent in #4: no ACK had "
         "come in time"),
    ],
)  # fmt: skip
def test_the_story_tells_a_copy_from_a_retransmission(second: Seg, told: str) -> None:
    fa = conversation(*handshake(), Seg("c", "PA", 1001, 5001, 30, ms=50), second)
    assert segment_sentence(fa, 4).replace(NARROW, " ") == told


def sacked(*blocks: tuple[int, int]) -> TcpOptions:
    return TcpOptions(sack=blocks)


LOSS = (
    *handshake(),
    Seg("s", "A", 5001, 1001, 1440, ms=40),
    Seg("s", "A", 6441, 1001, 1440, ms=41),
    Seg("c", "A", 1001, 5001, ms=42, options=sacked((6441, 7881))),
    Seg("s", "A", 7881, 1001, 1440, ms=43),
    Seg("c", "A", 1001, 5001, ms=44, options=sacked((6441, 9321))),
    Seg("s", "A", 5001, 1001, 1440, ms=62.5),
)


@pytest.mark.parametrize(
    ("case", "segments", "told"),
    [
        (
            "retransmission",
            (*handshake(), Seg("c", "PA", 1001, 5001, 1440, ms=50), Seg("c", "PA", 1001, 5001, 1440, ms=269)),
            "Packet #4 already carried these 1 440 bytes, 219.0 ms earlier. No acknowledgment reached the client in "
            "time, so it sends them again.",
        ),
        (
            "retransmission of a SYN",
            (Seg("c", "S", 1000, ms=0), Seg("c", "S", 1000, ms=1000)),
            "Packet #1 already carried this SYN, 1.00 s earlier. No answer reached the client in time, so it sends "
            "it again.",
        ),
        (
            "simultaneous open",
            (Seg("c", "S", 1000), Seg("s", "S", 5000), Seg("c", "SA", 1000, 5001)),
            "Packet #1 already carried this SYN, 20.0 ms earlier. Here it acknowledges the server's own SYN as well: "
            "both ends asked at the same time.",
        ),
        (
            "a copy within microseconds",
            (*handshake(), Seg("c", "PA", 1001, 5001, 30, ms=50), Seg("c", "PA", 1001, 5001, 30, ms=50.004)),
            "Packet #4 already carried these 30 bytes, 4 µs earlier. That is too soon for the sender to have missed an "
            "answer: the packet was probably captured twice.",
        ),
        (
            "an ACK within microseconds, with nothing to ask for",
            (*handshake(), Seg("c", "A", 1001, 5001, ms=20.001)),
            "Repeats Ack = 1 of packet #3, 1 µs later, though the server had sent nothing beyond it: the packet was "
            "probably captured twice.",
        ),
        (
            "spurious retransmission",
            (
                *handshake(),
                Seg("s", "PA", 5001, 1001, 30, ms=50),
                Seg("c", "A", 1001, 5031, ms=90),
                Seg("s", "PA", 5001, 1001, 30, ms=250),
            ),
            "Packet #4 already carried these 30 bytes, 200.0 ms earlier. Packet #5 had acknowledged them (Ack = 31): "
            "nothing was missing.",
        ),
        (
            "previous segment not captured, and it comes",
            (*handshake(), Seg("s", "A", 6441, 1001, 100, ms=30), Seg("s", "A", 5001, 1001, 1440, ms=31)),
            "After packet #2 the next Seq of the server is 1, but this one has 1 441: 1 440 bytes missing. They come "
            "later, in #5.",
        ),
        (
            "previous segment not captured, but received",
            (*handshake(), Seg("s", "A", 6441, 1001, 100, ms=30), Seg("c", "A", 1001, 6541, ms=31)),
            "After packet #2 the next Seq of the server is 1, but this one has 1 441: 1 440 bytes missing. Packet #5 "
            "acknowledges them, so they arrived and only the capture lacks them.",
        ),
        (
            "previous segment not captured, and never seen",
            (*handshake(), Seg("s", "A", 6441, 1001, 100, ms=30)),
            "After packet #2 the next Seq of the server is 1, but this one has 1 441: 1 440 bytes missing. They "
            "never come, and nothing in the capture acknowledges them.",
        ),
        (
            "ACK of an unseen segment",
            (*handshake(), Seg("c", "A", 1001, 5101)),
            "Ack = 101 acknowledges bytes of the server that the capture has not shown: after packet #2 its next Seq "
            "is 1. So 100 bytes reached the client without being captured.",
        ),
        (
            "zero window that opens again",
            (*handshake(), Seg("c", "A", 1001, 5001, window=0, ms=30), Seg("c", "A", 1001, 5001, window=32, ms=3870)),
            "The client announces a window of 0: its receive buffer is full and the server has to stop sending until "
            "packet #5 opens it again, 3.84 s later.",
        ),
        (
            "zero window that stays",
            (*handshake(), Seg("c", "A", 1001, 5001, window=0, ms=30)),
            "The client announces a window of 0: its receive buffer is full and the server has to stop sending. It "
            "stays shut to the end of the capture.",
        ),
        (
            "keep-alive",
            (*handshake(), Seg("s", "A", 5000, 1001, ms=45_000)),
            "Seq 0 is one less than the next Seq of the server after packet #2 and the segment carries no data: it "
            "asks whether the client is still there.",
        ),
        (
            "keep-alive against a zero window",
            (*handshake(), Seg("c", "A", 1001, 5001, window=0, ms=30), Seg("s", "A", 5000, 1001, ms=250)),
            "Seq 0 is one less than the next Seq of the server after packet #2 and the segment carries no data. "
            "Packet #4 says that the window of the client is 0, so this is how the server asks whether it is open "
            "again: a zero window probe in the form of a keep-alive.",
        ),
        (
            "keep-alive answered",
            (*handshake(), Seg("s", "A", 5000, 1001, ms=45_000), Seg("c", "A", 1001, 5001, ms=45_010)),
            "Answers the keep-alive, packet #4, with the same numbers as before: the client is still there.",
        ),
        (
            "window update",
            (*handshake(), Seg("c", "A", 1001, 5001, window=1000, ms=40)),
            "Carries no data and acknowledges nothing new: it only changes the window, from 64 256 in packet #3 to "
            "128 000 bytes.",
        ),
        (
            "window full",
            (*handshake(shift=None), Seg("s", "A", 5001, 1001, 502, ms=40)),
            "Packet #3 allows 502 bytes from Seq 1 on, and this segment ends exactly there: the server may send "
            "nothing more before the client acknowledges or opens the window.",
        ),
        (
            "refused",
            (Seg("c", "S", 1000), Seg("s", "RA", 0, 1001)),
            "The server answers the SYN, packet #1, with a reset: nothing accepts connections on port 443.",
        ),
        (
            "reset after closing",
            (
                *handshake(),
                Seg("c", "FA", 1001, 5001),
                Seg("s", "PA", 5001, 1002, 30),
                Seg("c", "R", 1002),
            ),
            "The client had closed in packet #4; packet #5 brings data that nobody will read, and the reset says so.",
        ),
        (
            "reset",
            (*handshake(), Seg("s", "R", 5001)),
            "The server gives the connection up at once (RST), after packet #3 of the client.",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) and len(value) < 60 else "",
)
def test_the_last_verdict(case: str, segments: tuple[Seg, ...], told: str) -> None:
    fa = conversation(*segments)
    explained = [sentences(fa, number) for number in range(4 if len(segments) > 3 else 1, len(segments) + 1)]
    assert (told,) in explained


def test_a_duplicate_ack_says_what_is_held() -> None:
    fa = conversation(*handshake(), *LOSS[4:])
    assert sentences(fa, 5) == (
        "Repeats Ack = 1 of packet #3, with no data and the same window: the client got a segment, but not the one "
        "that begins at 1. It holds 1 441–2 881 (SACK).",
    )
    assert "for the second time" in sentences(fa, 7)[0]


def test_a_duplicate_ack_may_report_a_copy() -> None:
    fa = conversation(
        *handshake(),
        Seg("s", "PA", 5001, 1001, 30, ms=50),
        Seg("c", "A", 1001, 5031, ms=90),
        Seg("s", "PA", 5001, 1001, 30, ms=250),
        Seg("c", "A", 1001, 5031, ms=251, options=sacked((5001, 5031))),
    )
    assert sentences(fa, 7)[0].endswith("It got 1–31 twice (D-SACK, RFC 2883).")


def test_a_fast_retransmission_names_the_duplicate_acks() -> None:
    fa = conversation(*LOSS)
    assert fa.tcp.verdicts[8] == Verdict.FAST_RETRANSMISSION
    assert sentences(fa, 9) == (
        "Packet #4 already carried these 1 440 bytes, 22.5 ms earlier. The duplicate ACKs #6 and #8 ask for Seq 1. The "
        "server does not wait for its timer.",
    )


def test_a_fast_retransmission_that_nothing_asked_for_claims_no_duplicate_acks() -> None:
    fa = conversation(
        *handshake(),
        Seg("s", "FA", 5001, 1001, ms=40),
        Seg("c", "A", 1001, 5001, 1440, ms=120),
        Seg("s", "FA", 5001, 2449, ms=121),
    )
    assert fa.tcp.verdicts[5] & Verdict.FAST_RETRANSMISSION
    assert sentences(fa, 6)[-1] == (
        "Packet #4 already carried this FIN, 81.0 ms earlier. It comes within 20 ms of packet #5, whose Ack is this "
        "Seq, so it counts as fast; but no duplicate ACK in the capture asks for it."
    )
    assert "the capture has no duplicate ACKs" in why(fa, 5)
    assert segment_sentence(fa, 5) == (
        "server sends its FIN again from Seq 1, first sent in #4, right after an ACK of the client"
    )


RECOVERY = (
    *handshake(),
    Seg("s", "A", 5001, 1001, 1440, ms=40),
    Seg("s", "A", 6441, 1001, 1440, ms=41),
    Seg("s", "A", 7881, 1001, 1440, ms=42),
    Seg("s", "A", 9321, 1001, 1440, ms=43),
    Seg("c", "A", 1001, 6441, ms=80, options=sacked((9321, 10761))),
    Seg("s", "A", 7881, 1001, 1440, ms=140),
)


def test_a_retransmission_into_a_gap_that_sack_told_is_not_put_down_to_the_timer() -> None:
    fa = conversation(*RECOVERY)
    assert fa.tcp.verdicts[8] == Verdict.RETRANSMISSION
    assert sentences(fa, 9) == (
        "Packet #6 already carried these 1 440 bytes, 98.0 ms earlier. Packet #8 tells by SACK that they are missing "
        "while later bytes have arrived, so the server sends them again.",
    )
    assert why(fa, 8).startswith("SACK tells the server which bytes the client holds")
    assert segment_sentence(fa, 8).replace(NARROW, " ") == (
        "server fills the gap at Seq 2 881, first sent in #6: the client's SACK told that it was missing"
    )


@pytest.mark.parametrize("block", [(6441, 7881), (7881, 9321), (5001, 6441)])
def test_sack_of_other_bytes_says_nothing_about_a_retransmission(block: tuple[int, int]) -> None:
    fa = conversation(*RECOVERY[:7], Seg("c", "A", 1001, 6441, ms=80, options=sacked(block)), RECOVERY[8])
    assert "No acknowledgment reached the server in time" in sentences(fa, 9)[-1]


def test_an_out_of_order_segment_names_the_one_that_overtook_it() -> None:
    fa = conversation(*handshake(), Seg("s", "A", 6441, 1001, 100, ms=30), Seg("s", "A", 5001, 1001, 1440, ms=31))
    assert sentences(fa, 5) == (
        "Seq 1 belongs before packet #4, which the capture has 1.0 ms earlier. That is too soon for a "
        "retransmission: the segment was overtaken on its way.",
    )


def test_a_zero_window_said_again_says_since_when() -> None:
    fa = conversation(
        *handshake(),
        Seg("c", "A", 1001, 5001, window=0, ms=30),
        Seg("s", "A", 5000, 1001, ms=250),
        Seg("c", "A", 1001, 5001, window=0, ms=251),
        Seg("c", "A", 1001, 5001, window=502, ms=1251),
    )
    assert sentences(fa, 6)[0] == (
        "The window of the client is still 0, as it has been since packet #4, and stays so until packet #7 opens it "
        "again, 1.00 s later."
    )


def test_a_segment_without_a_verdict_has_no_sentence() -> None:
    assert sentences(conversation(*handshake()), 3) == ()


def test_a_window_that_stays_shut_was_shut_once() -> None:
    fa = conversation(
        *handshake(),
        Seg("s", "A", 5001, 1001, 1000, ms=40),
        Seg("c", "A", 1001, 6001, ms=60, window=0),
        Seg("s", "A", 6001, 1001, 1, ms=260),
        Seg("c", "A", 1001, 6001, ms=280, window=0),
        Seg("s", "A", 6001, 1001, 1, ms=700),
    )
    for number in (6, 8):
        (told,) = sentences(fa, number)
        assert told.startswith("The client shut its window in packet #5.")


def test_bytes_of_which_the_first_sending_is_missing_are_named() -> None:
    fa = conversation(
        *handshake(),
        Seg("s", "A", 5001, 1001, 10),
        Seg("s", "A", 5021, 1001, 10),
        Seg("s", "A", 5011, 1001, 10, ms=900),
    )
    (told,) = sentences(fa, 6)
    assert told.endswith("in time, so it sends these 10 bytes again.")
