from __future__ import annotations

import re

import pytest

from ladderview.analysis.reasons import why
from tests.analysis.conversation import Seg, conversation, handshake, textbook


@pytest.mark.parametrize(
    ("number", "begins"),
    [
        (1, "The client asks for a connection."),
        (2, "The server accepts: it acknowledges the client's SYN"),
        (3, "The third step of the handshake: the client acknowledges the server's SYN."),
        (4, "The client sends data. PSH asks the server"),
        (5, "The server has no data to send and only acknowledges"),
        (12, "The client has nothing more to send."),
        (13, "The server acknowledges the client's FIN"),
        (14, "The server closes its direction too."),
        (15, "The client acknowledges the server's FIN, which counts one number: Ack is one more than the FIN's own. "
         "Now both directions are closed."),
    ],
)  # fmt: skip
def test_the_kinds_of_arrow_of_a_whole_connection(number: int, begins: str) -> None:
    assert why(textbook(), number - 1).startswith(begins)


@pytest.mark.parametrize(
    ("segments", "begins"),
    [
        ((*handshake(), Seg("s", "R", 5001)), "A reset ends the connection at once"),
        ((Seg("c", "S", 1000), Seg("s", "RA", 0, 1001)), "A reset in answer to a SYN"),
        ((Seg("c", "S", 1000), Seg("s", "S", 5000)), "Both ends asked for a connection"),
        ((Seg("c", "S", 1000), Seg("s", "S", 5000), Seg("c", "SA", 1000, 5001)), "Both ends asked for a connection"),
        (
            (*handshake(), Seg("c", "FA", 1001, 5001), Seg("s", "FA", 5001, 1001)),
            "The server closes its direction b",
        ),
        ((*handshake(), Seg("c", "A", 1001, 5001, 1440)), "The client sends data, and more follows"),
        ((*handshake(), Seg("s", "A", 5000, 1001, ms=45_000)), "Nothing has been said for a while"),
        (
            (*handshake(), Seg("s", "A", 5000, 1001, ms=45_000), Seg("c", "A", 1001, 5001, ms=45_010)),
            "The answer to a keep-alive",
        ),
        (
            (*handshake(), Seg("c", "A", 1001, 5001, window=0), Seg("s", "A", 5000, 1001, ms=250)),
            "The client's window is 0.",
        ),
        ((*handshake(), Seg("c", "A", 1001, 5001, window=0)), "The client's program does not read as fast"),
        ((*handshake(), Seg("c", "A", 1001, 5001, window=600)), "The client's program has read data and made room"),
        ((*handshake(shift=None), Seg("s", "A", 5001, 1001, 502)), "The server has filled the window"),
        ((*handshake(), Seg("s", "A", 6441, 1001, 100)), "The sequence number jumps"),
        ((*handshake(), Seg("c", "A", 1001, 5101)), "An ACK is cumulative"),
        (
            (*handshake(), Seg("c", "PA", 1001, 5001, 30, ms=50), Seg("c", "PA", 1001, 5001, 30, ms=350)),
            "Every byte is kept until it is acknowledged.",
        ),
        ((*handshake(), Seg("c", "", 1001)), "This segment carries no ACK"),
    ],
)
def test_the_last_segment(segments: tuple[Seg, ...], begins: str) -> None:
    assert why(conversation(*segments), len(segments) - 1).startswith(begins)


def test_a_retransmitted_syn_ack_is_no_simultaneous_open() -> None:
    fa = conversation(*handshake()[:2], Seg("s", "SA", 5000, 1001, ms=1000))
    assert why(fa, 2).startswith("Every byte is kept")


@pytest.mark.parametrize("number", range(1, 16))
def test_every_paragraph_names_its_rfc_and_is_short(number: int) -> None:
    paragraph = why(textbook(), number - 1)
    assert re.search(r"RFC \d{4} §\d", paragraph)
    assert len(paragraph.split()) <= 75
    assert "{" not in paragraph
