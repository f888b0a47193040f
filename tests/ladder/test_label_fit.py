from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ladderview.analysis.labels import Label
from ladderview.ladder.label_fit import ELLIPSIS, RUN_GAP, elided, elided_middle, fit_label, full_text, label_width
from ladderview.ladder.text_width import table_measure

DATA = Label("", "[PSH, ACK]", "Seq=1 Ack=518 Win=64256 Len=1448 TSval=2148248622 TSecr=3057226407")
RESENT = Label("[TCP Retransmission]", "[ACK]", "Seq=1 Ack=518 Win=64256 Len=1448 TSval=1 TSecr=2")
HELLO = Label("", "Server Hello", "TLS 1.3, TLS_AES_256_GCM_SHA384  122 B")
CLIENT_HELLO = Label("", "Client Hello", "SNI=blog.example.org ALPN=h2,http/1.1  512 B")
SYN = Label("", "[SYN]", "Seq=0 Win=64240 Len=0 MSS=1460 SACK_PERM TSval=2148248622 TSecr=0 WS=128")


def said(label: Label, room: float, **options: bool) -> str:
    return " ".join(run.text for run in fit_label(label, "tcp", room, table_measure, **options))


@pytest.mark.parametrize(
    ("label", "room", "expected"),
    [
        (DATA, 2000, full_text(DATA)),
        (DATA, 560, "[PSH, ACK] Seq=1 Ack=518 Win=64256 Len=1448 …"),
        (DATA, 330, "[PSH, ACK] Seq=1 Ack=518 Len=1448 …"),
        (DATA, 230, "[PSH, ACK] Seq=1 Len=1448 …"),
        (DATA, 120, "[PSH, ACK] …"),
        (DATA, 60, "[PSH,…"),
        (DATA, 15, ""),
        (HELLO, 250, "Server Hello TLS 1.3, TLS_AES_256_G…"),
        (HELLO, 110, "Server Hello …"),
        (CLIENT_HELLO, 370, "Client Hello SNI=blog.example.org ALPN=h2,http/1.1  …"),
        (CLIENT_HELLO, 330, "Client Hello SNI=blog.example.org …"),
        (CLIENT_HELLO, 150, "Client Hello …"),
        (SYN, 420, "[SYN] Seq=0 Win=64240 Len=0 MSS=1460 WS=128 …"),
        (SYN, 240, "[SYN] Seq=0 Len=0 MSS=1460 …"),
        (RESENT, 330, "[TCP Retransmission] [ACK] Seq=1 Len=1448 …"),
        (RESENT, 170, "[TCP Retransmission] …"),
        (RESENT, 140, "[Retransmission] …"),
    ],
)
def test_what_is_missed_least_goes_first(label: Label, room: float, expected: str) -> None:
    assert said(label, room) == expected


@given(st.sampled_from((DATA, SYN, RESENT, HELLO)), st.floats(0, 900))
def test_a_label_is_never_wider_than_its_room(label: Label, room: float) -> None:
    runs = fit_label(label, "tcp", room, table_measure)
    assert sum(run.width for run in runs) + RUN_GAP * max(0, len(runs) - 1) <= room


@given(st.sampled_from((DATA, SYN, RESENT, HELLO)), st.floats(0, 900))
def test_what_is_left_out_is_told(label: Label, room: float) -> None:
    text = said(label, room)
    assert text == full_text(label) or ELLIPSIS in text or text == ""


def test_timestamps_are_left_out_where_the_ladder_has_no_room_for_them() -> None:
    assert said(DATA, 2000, timestamps=False) == "[PSH, ACK] Seq=1 Ack=518 Win=64256 Len=1448 …"


def test_a_label_without_timestamps_is_not_marked_as_cut() -> None:
    plain = Label("", "[ACK]", "Seq=1 Ack=1 Win=5 Len=0")
    assert said(plain, 2000, timestamps=False) == full_text(plain)


def test_verdict_and_flags_have_their_own_colours() -> None:
    keys = [(run.key, run.bold) for run in fit_label(RESENT, "trouble", 2000, table_measure)]
    assert keys == [("trouble", True), ("tcp", True), ("muted", False)]


def test_the_width_of_a_label_is_that_of_its_whole_text_in_runs() -> None:
    runs = fit_label(SYN, "tcp", 2000, table_measure)
    assert label_width(SYN, table_measure) == sum(run.width for run in runs) + RUN_GAP


@given(st.text(max_size=40), st.floats(0, 300))
def test_elided_text_fits_and_begins_as_the_text_does(text: str, room: float) -> None:
    cut = elided(text, room, table_measure, 12.0)
    assert cut == "" or table_measure(cut, 12.0, False, False) <= room
    assert text.startswith(cut.removesuffix(ELLIPSIS))


@given(st.text(max_size=40), st.floats(0, 300))
def test_text_elided_in_the_middle_keeps_both_ends(text: str, room: float) -> None:
    cut = elided_middle(text, room, table_measure, 12.0)
    assert cut == "" or table_measure(cut, 12.0, False, False) <= room
    head, _, tail = cut.partition(ELLIPSIS) if cut != text else (cut, "", "")
    assert text.startswith(head)
    assert text.endswith(tail)
