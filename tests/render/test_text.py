from __future__ import annotations

import itertools
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from ladderview.analysis.flow_analysis import FlowAnalysis, analyse_flow
from ladderview.capture.capture import Capture, open_capture
from ladderview.render.text import ladder_lines, packet_lines, printable
from tests.analysis.conversation import CLIENT, Seg, conversation, handshake, textbook
from tests.proto.packets import ethernet, ipv4, tcp

SAMPLES = Path(__file__).parents[2] / "resources" / "samples"
NARROW = "\u202f"


def capture_of(fa: FlowAnalysis, **more: Any) -> Any:
    """As much of a capture as text needs: one Ethernet frame a segment."""

    def frame(packet: int) -> bytes:
        segments = fa.segments
        payload = bytes(int(segments.payload_len[packet]))
        return ethernet(ipv4(tcp(payload, int(segments.flags[packet]), sequence=int(segments.seq[packet]))))

    sizes = np.array([len(frame(packet)) for packet in range(len(fa.segments))], np.uint32)
    known: dict[str, Any] = {
        "packet_bytes": frame,
        "packets": SimpleNamespace(orig_len=sizes, iface=np.zeros(len(sizes), np.uint16)),
        "interfaces": [SimpleNamespace(linktype=1)],
        "fragments": {},
        "comments": {},
        "host_names": {},
    }
    return SimpleNamespace(**(known | more))


def shown(fa: FlowAnalysis, **more: Any) -> list[str]:
    return [line.replace(NARROW, " ") for line in ladder_lines(capture_of(fa, **more), fa)]


def test_a_ladder_as_text() -> None:
    fa = conversation(
        *handshake(),
        Seg("c", "PA", 1001, 5001, 30, ms=21),
        Seg("s", "A", 5001, 1031, ms=41.25),
        Seg("s", "FA", 5001, 1031, ms=2200),
        Seg("c", "RA", 1031, 5002, ms=2201),
    )
    assert shown(fa, host_names={"192.0.2.10": "files.example.org"}) == [
        "Flow 0: client 10.0.0.7:50944, server 192.0.2.10:443 (files.example.org)",
        "7 packets in 2.20 s, from 2023-11-14 22:13:20.000000 UTC",
        "",
        "No.        Time  Client                          Server",
        "                 10.0.0.7:50944          192.0.2.10:443",
        "                 |                                    |",
        "  1      0.0 ms  |----------------------------------->|  [SYN] Seq=0 Win=64240 Len=0 WS=128",
        "            (SYN-SENT)                         (SYN-RECEIVED)",
        "  2     10.0 ms  |<-----------------------------------|  [SYN, ACK] Seq=0 Ack=1 Win=65535 Len=0 WS=128",
        "           (ESTABLISHED)                              |",
        "  3     20.0 ms  |----------------------------------->|  [ACK] Seq=1 Ack=1 Win=64256 Len=0",
        "                 |                              (ESTABLISHED)",
        "  4     21.0 ms  |----------------------------------->|  [PSH, ACK] Seq=1 Ack=1 Win=64256 Len=30",
        "  5     41.2 ms  |<-----------------------------------|  [ACK] Seq=1 Ack=31 Win=64256 Len=0",
        "                 :            2.16 s idle             :",
        "  6  2 200.0 ms  |<-----------------------------------|  [FIN, ACK] Seq=1 Ack=31 Win=64256 Len=0",
        "           (CLOSE-WAIT)                         (FIN-WAIT-1)",
        "  7  2 201.0 ms  |----------------------------------->|  [RST, ACK] Seq=31 Ack=2 Win=64256 Len=0",
        "             (CLOSED)                             (CLOSED)",
    ]


def test_the_lifelines_stand_below_each_other_however_long_the_numbers() -> None:
    lines = shown(textbook())
    assert len({line.index("|") for line in lines if line.count("|") == 2}) == 1


def test_what_a_host_calls_itself_cannot_steer_a_terminal() -> None:
    lines = shown(conversation(*handshake()), host_names={CLIENT.address: "evil\x1b[2Jname\nx"})
    assert "evil\N{REPLACEMENT CHARACTER}[2Jname\N{REPLACEMENT CHARACTER}x" in lines[0]
    assert all(printable(line) == line for line in lines)


def test_spaces_that_group_digits_are_no_danger() -> None:
    assert printable("6\N{NARROW NO-BREAK SPACE}256 bytes") == "6\N{NARROW NO-BREAK SPACE}256 bytes"
    assert printable("\N{RIGHT-TO-LEFT OVERRIDE}") == "\N{REPLACEMENT CHARACTER}"


def test_a_long_flow_is_streamed() -> None:
    """Only what is asked for is made: the second packet is never read."""
    fa = conversation(*handshake())
    asked: list[int] = []
    options = fa.segments.options

    def read(row: int) -> Any:
        asked.append(row)
        return options(row)

    columns = {name: getattr(fa.segments, name) for name in type(fa.segments).__slots__} | {"options": read}
    watched = FlowAnalysis(fa.flow, type(fa.segments)(**columns), fa.tcp)
    lines = ladder_lines(capture_of(fa), watched)
    assert any("[SYN] " in line for line in itertools.islice(lines, 7))
    assert asked == [0]


def test_an_address_that_is_too_long_for_one_line_gets_two() -> None:
    fa = conversation(*handshake())
    client, server = (type(CLIENT)("2001:db8:1111:2222:3333:4444:5555:6666", port) for port in (50944, 443))
    long = FlowAnalysis(type(fa.flow)(0, client, server, fa.flow.packets, fa.flow.client_known_by), fa.segments, fa.tcp)
    lines = shown(long)
    assert lines[4].strip() == str(client)
    assert lines[5].strip().startswith("|")
    assert lines[5].endswith(str(server))


def packet(fa: FlowAnalysis, number: int, **more: Any) -> list[str]:
    return [line.replace(NARROW, " ") for line in packet_lines(capture_of(fa, **more), fa, number - 1)]


def test_a_packet_as_text() -> None:
    text = packet(textbook(), 4)
    assert text[:2] == [
        "Packet #4 of flow 0: client to server, 30.0 ms after the first, 84 bytes",
        "[PSH, ACK] Seq=1 Ack=1 Win=502 Len=30",
    ]
    assert [line for line in text if line and not line.startswith(" ")][2:] == [
        "Ethernet II  02:00:5e:10:00:07 → 02:00:5e:20:00:20  (14 + 70 bytes)",
        "IPv4  10.0.0.7 → 192.0.2.10  (20 + 50 bytes)",
        "TCP  50944 → 443 [PSH, ACK]  (20 + 30 bytes)",
        "Payload  (30 bytes)",
        "Seq/ack math, relative numbers",
        "Seq/ack math, raw numbers",
        "Why?",
    ]


@pytest.mark.parametrize(
    "line",
    [
        "    12-13   Type: IPv4 (0x0800)",
        "    38-41   Sequence Number: 70  [relative sequence number: 1]",
        "            [Next Sequence Number: 31 (relative sequence number)]",
        "       54   00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00   ................",
        "  Seq           1  = next Seq expected from the client, after #1  ✓",
        "  Seq          70  = next Seq expected from the client, after #1  ✓",
        "  = Next seq  100  the server will answer Ack = 100",
    ],
)
def test_lines_of_a_packet(line: str) -> None:
    assert line in packet(textbook(), 4)


def test_the_first_packet_says_that_it_is_the_first() -> None:
    assert packet(textbook(), 1)[0] == "Packet #1 of flow 0: client to server, the first of the flow, 54 bytes"


def test_comments_and_verdicts_of_a_packet() -> None:
    fa = conversation(*handshake(), Seg("c", "PA", 1001, 5001, 5, ms=50), Seg("c", "PA", 1001, 5001, 5, ms=350))
    text = packet(fa, 5, comments={4: ("sent\x07twice",)})
    assert text[2] == "Comment: sent\N{REPLACEMENT CHARACTER}twice"
    assert text[text.index("Verdicts") + 1].startswith("  Packet #4 already carried these 5 bytes, 300.0 ms earlier.")


def test_no_line_of_our_own_is_wider_than_a_hundred_characters() -> None:
    own = itertools.dropwhile(lambda line: not line.startswith("Seq/ack"), packet(textbook(), 12))
    assert max(map(len, own)) <= 100


@pytest.fixture(scope="module")
def sample() -> Capture:
    return open_capture(SAMPLES / "loss.pcapng")


def test_every_packet_of_a_recorded_flow_can_be_shown(sample: Capture) -> None:
    fa = analyse_flow(sample, 0)
    arrows = [line for line in ladder_lines(sample, fa) if "--" in line]
    assert len(arrows) == len(fa.segments)
    for row in range(len(fa.segments)):
        assert any(line.startswith("TCP  ") for line in packet_lines(sample, fa, row))
