from __future__ import annotations

import pytest

from ladderview.proto.http2 import PREFACE, Http2Frame, Http2Reader
from ladderview.proto.http2_fields import frame_fields
from tests.proto.http_wire import fed, h2_frame
from tests.proto.listing import lines


def listing(stream: bytes) -> list[str]:
    """The tree of the last frame, without its header's first nine bytes."""
    frame = fed(Http2Reader(), stream)[-1]
    assert isinstance(frame, Http2Frame)
    return [line for line in lines(frame_fields(frame)) if not line.startswith((" ", "0", "3 ", "5 "))][1:]


def test_the_header_of_a_frame() -> None:
    (frame,) = fed(Http2Reader(), h2_frame(1, 0x25, 5, b"\x80\0\0\x08\4\x82"))
    assert isinstance(frame, Http2Frame)
    assert list(lines(frame_fields(frame))) == [
        "0-2 Length: 6 bytes",
        "3 Type: HEADERS (1)",
        "4 Flags: 0x25 (END_STREAM, END_HEADERS, PRIORITY)",
        "  4 Unused: 0",
        "  4 PRIORITY: Set",
        "  4 Unused: 0",
        "  4 PADDED: Not set",
        "  4 END_HEADERS: Set",
        "  4 Unused: 0",
        "  4 END_STREAM: Set",
        "5 Reserved: 0",
        "5-8 Stream Identifier: 5",
        "9 Exclusive: Set",
        "9-12 Stream Dependency: 8",
        "13 Weight: 5",
        "14 Field Block Fragment: 82",
        "14 :method: GET",
    ]


PAYLOADS = {
    "the preface": (PREFACE, []),
    "settings": (
        h2_frame(4, 0, 0, b"\0\3\0\0\0\x64\x00\x99\0\0\0\1"),
        ["9-14 Setting: SETTINGS_MAX_CONCURRENT_STREAMS = 100", "15-20 Setting: 0x0099 = 1"],
    ),
    "padded data": (h2_frame(0, 8, 1, b"\1abc\0"), ["9 Pad Length: 1", "10-12 Data: 3 bytes"]),
    "padded headers": (
        h2_frame(1, 0x0C, 1, b"\2\x82\0\0"),
        ["9 Pad Length: 2", "10 Field Block Fragment: 82", "11-12 Padding: 0000", "10 :method: GET"],
    ),
    "a reset": (h2_frame(3, 0, 1, b"\0\0\0\x08"), ["9-12 Error Code: CANCEL (8)"]),
    "an error that is not registered": (h2_frame(3, 0, 1, b"\0\0\1\0"), ["9-12 Error Code: Unknown (256)"]),
    "a promise": (
        h2_frame(5, 4, 1, b"\0\0\0\2\x82"),
        ["9 Reserved: 0", "9-12 Promised Stream ID: 2", "13 Field Block Fragment: 82", "13 :method: GET"],
    ),
    "a ping": (h2_frame(6, 0, 0, b"12345678"), ["9-16 Opaque Data: 3132333435363738"]),
    "a farewell": (
        h2_frame(7, 0, 0, b"\0\0\0\5\0\0\0\2bye"),
        [
            "9 Reserved: 0",
            "9-12 Last-Stream-ID: 5",
            "13-16 Error Code: INTERNAL_ERROR (2)",
            "17-19 Additional Debug Data: bye",
        ],
    ),
    "a window": (h2_frame(8, 0, 0, b"\0\0\0\5"), ["9 Reserved: 0", "9-12 Window Size Increment: 5"]),
    "an alternative": (
        h2_frame(10, 0, 0, b"\0\2abh2"),
        ["9-10 Origin-Len: 2", "11-12 Origin: ab", "13-14 Alt-Svc-Field-Value: h2"],
    ),
    "an origin": (h2_frame(12, 0, 0, b"\0\2ab"), ["9-10 Origin-Len: 2", "11-12 ASCII-Origin: ab"]),
    "a priority": (
        h2_frame(16, 0, 0, b"\0\0\0\1u=1"),
        ["9 Reserved: 0", "9-12 Prioritized Stream ID: 1", "13-15 Priority Field Value: u=1"],
    ),
    "an unknown type": (h2_frame(0x2B, 0, 0, b"abc"), ["9-11 Payload: 616263"]),
    "a farewell that is cut": (h2_frame(7, 0, 0, b"\0"), ["9 Reserved: 0"]),
}


@pytest.mark.parametrize(("stream", "expected"), PAYLOADS.values(), ids=PAYLOADS)
def test_payloads(stream: bytes, expected: list[str]) -> None:
    shown = listing(stream)
    assert [line for line in shown if not line.startswith(("4 Flags", "5-8 "))] == expected
