from __future__ import annotations

import pytest

from ladderview.analysis.flow_analysis import analyse_flow
from ladderview.capture.capture import open_capture
from ladderview.resources import resource_path
from ladderview.ui.inspector.boxes import PEEK_LINES, peek, tcp_rows


@pytest.mark.parametrize(
    ("data", "lines"),
    [
        (b"GET / HTTP/1.1\r\nHost: example.org\r\n\r\n", ("GET / HTTP/1.1", "Host: example.org", "")),
        (b"a\tb", ("a   b",)),
        ("grüße".encode(), ("grüße",)),
        ("10\u00a0000 km,\u202f5\u2009%".encode(), ("10\u00a0000 km,\u202f5\u2009%",)),
        (b"", ()),
        (b"\x16\x03\x01\x02\x00", ()),
        (b"plain\x00text", ()),
        (b"\xff\xfe", ()),
    ],
)
def test_peek(data: bytes, lines: tuple[str, ...]) -> None:
    assert peek(data) == lines


def test_peek_is_short() -> None:
    assert len(peek(b"line\n" * 1000)) == PEEK_LINES


def test_peek_may_cut_a_character() -> None:
    assert peek("é".encode() * 1000)[0].startswith("éé")


@pytest.mark.parametrize(("sample", "seen"), [("websocket", {""}), ("loss", {"", "1.0 × MSS"})])
def test_a_full_payload_is_measured_by_the_mss(sample: str, seen: set[str]) -> None:
    analysis = analyse_flow(open_capture(str(resource_path("samples", f"{sample}.pcapng"))), 0)
    rows = [tcp_rows(analysis, row)[-1] for row in range(len(analysis.segments))]
    assert {row.label for row in rows} == {"Payload"}
    assert {row.remark for row in rows} == seen
