"""Flows are split where Wireshark splits ``tcp.stream``."""

from __future__ import annotations

import random
import shutil
import struct
import subprocess
from pathlib import Path

import pytest

from tests.capture.files import SERVER, Packet, ip_frame, opened, pcap, segment

FLAGS = {"S": 0x02, "SA": 0x12, "A": 0x10, "PA": 0x18, "F": 0x01, "FA": 0x11, "R": 0x04, "RA": 0x14, "-": 0, "SF": 3}
#: A segment: 0 from the client or 1 from the server, flags (behind a "q": quoted in an ICMP error), Seq, Ack.
Step = tuple[int, str, int, int]


def frame(step: Step, host: int = 1) -> bytes:
    """The packet of a step; ``host`` makes the endpoint pair."""
    way, flags, seq, ack = step
    client = (struct.pack(">I", 0x0A010000 + host), 1000)
    source, target = (client, SERVER) if way == 0 else (SERVER, client)
    packet = segment(FLAGS[flags.removeprefix("q")], seq, ack, source=source, target=target)
    if flags.startswith("q"):
        return ip_frame(b"\x03\x01" + bytes(6) + packet[14:], 1, b"\x0a\x09\x09\x09", source[0])
    return packet


CASES: dict[str, tuple[list[Step], list[int]]] = {
    "a SYN sent again is no new connection": ([(0, "S", 100, 0), (0, "S", 100, 0)], [0, 0]),
    "a SYN with another number is": ([(0, "S", 100, 0), (0, "S", 200, 0)], [0, 1]),
    "and so on": ([(0, "S", 1, 0), (0, "S", 2, 0), (0, "S", 2, 0), (0, "S", 1, 0), (0, "A", 2, 9)], [0, 1, 1, 2, 2]),
    "FIN and RST alone begin nothing": (
        [(0, "S", 1, 0), (1, "SA", 9, 2), (0, "FA", 2, 10), (1, "RA", 10, 3), (0, "S", 1, 0)],
        [0, 0, 0, 0, 0],
    ),
    "the first segment sets the base to Seq - 1": ([(0, "A", 101, 5), (0, "S", 100, 0), (0, "S", 101, 0)], [0, 0, 1]),
    "an Ack sets the other base to Ack - 1": ([(1, "A", 5, 101), (0, "S", 100, 0), (0, "S", 101, 0)], [0, 0, 1]),
    "what came first set it": ([(1, "A", 5, 301), (0, "A", 101, 6), (0, "S", 100, 0)], [0, 0, 1]),
    "an Ack without the flag sets nothing": ([(1, "-", 5, 301), (0, "S", 100, 0)], [0, 0]),
    "numbers wrap around": ([(0, "A", 0, 5), (0, "S", 0xFFFFFFFF, 0), (0, "S", 0, 0)], [0, 0, 1]),
    "a SYN, ACK moves the base": ([(0, "A", 500, 5), (0, "SA", 100, 0), (0, "S", 100, 0)], [0, 0, 0]),
    "a SYN, ACK begins nothing": ([(0, "SA", 100, 0), (0, "SA", 200, 0), (0, "S", 200, 0)], [0, 0, 0]),
    "a SYN with FIN is a SYN": ([(0, "SF", 100, 0), (0, "SF", 200, 0)], [0, 1]),
    "SYNs of both ends": ([(0, "S", 100, 0), (1, "S", 300, 0), (0, "S", 100, 0), (1, "S", 300, 0)], [0, 0, 0, 0]),
    "the other end begins anew": (
        [(0, "S", 100, 0), (1, "SA", 300, 101), (1, "S", 400, 0), (0, "SA", 900, 401), (0, "S", 900, 0)],
        [0, 0, 1, 1, 1],
    ),
    "after a new beginning the base comes from its packets": (
        [(0, "S", 100, 0), (1, "A", 6, 101), (0, "S", 200, 0), (1, "A", 41, 201), (1, "S", 40, 0), (1, "S", 41, 0)],
        [0, 0, 1, 1, 1, 2],
    ),
    "a quoted SYN begins one too": ([(0, "S", 100, 0), (0, "qS", 200, 0), (0, "A", 201, 5)], [0, -1, 1]),
    "a quoted segment sets no base": ([(0, "qA", 101, 5), (0, "S", 300, 0), (0, "S", 300, 0)], [-1, 0, 0]),
    "a quoted SYN sets no base": ([(0, "qS", 100, 0), (0, "S", 300, 0), (0, "S", 100, 0)], [-1, 0, 1]),
    "a quoted SYN, ACK moves a base": ([(0, "S", 100, 0), (0, "qSA", 200, 0), (0, "S", 200, 0)], [0, -1, 0]),
}


@pytest.mark.parametrize(("steps", "flows"), CASES.values(), ids=CASES)
def test_cases(tmp_path: Path, steps: list[Step], flows: list[int]) -> None:
    capture = opened(tmp_path, pcap([Packet(frame(step)) for step in steps]))
    assert capture.packets.flow.tolist() == flows


def test_a_quoted_header_uses_up_a_number(tmp_path: Path) -> None:
    frames = [frame((0, "qA", 1, 1), host=1), frame((0, "S", 1, 1), host=2), frame((0, "S", 1, 1), host=1)]
    capture = opened(tmp_path, pcap([Packet(data) for data in frames]))
    assert capture.packets.flow.tolist() == [-1, 1, 0]
    assert capture.flows.packets.tolist() == [1, 1]


def test_flows_are_numbered_by_their_first_packet(tmp_path: Path) -> None:
    steps = [(1, 100), (2, 100), (1, 200), (3, 100), (2, 200), (1, 200), (2, 100)]
    capture = opened(tmp_path, pcap([Packet(frame((0, "S", seq, 0), host)) for host, seq in steps]))
    assert capture.packets.flow.tolist() == [0, 1, 2, 3, 4, 2, 5]
    assert capture.flows.packets.tolist() == [1, 1, 2, 1, 1, 1]
    assert [str(client) for client in capture.flows.client] == [f"10.1.0.{host}:1000" for host in (1, 2, 1, 3, 2, 2)]


def test_a_flood_of_new_connections_on_one_pair(tmp_path: Path) -> None:
    capture = opened(tmp_path, pcap([Packet(frame((0, "S", seq, 0))) for seq in range(20_000)]))
    assert capture.packets.flow.tolist() == list(range(20_000))


def invented(count: int, flags: list[str], seed: int) -> list[list[Step]]:
    """Short connections of few numbers, so that they meet."""
    rng = random.Random(seed)
    numbers = [rng.sample([100, 200, 300], rng.choice([1, 2, 3])) for _ in range(count)]
    return [
        [
            (
                rng.randrange(2),
                rng.choice(flags),
                rng.choice(few) + rng.randrange(2),
                rng.choice(few) + rng.randrange(2),
            )
            for _ in range(rng.randrange(2, 10))
        ]
        for few in numbers
    ]


@pytest.mark.tshark
@pytest.mark.parametrize(
    "flags", [["S", "SA", "A", "PA"], ["S", "A", "qS", "qSA", "qA"], [*FLAGS, "S"]], ids=["opening", "quoted", "all"]
)
def test_as_tshark(tmp_path: Path, flags: list[str]) -> None:
    steps = [(host, step) for host, steps in enumerate(invented(400, flags, seed=7)) for step in steps]
    random.Random(8).shuffle(steps)
    capture = opened(tmp_path, pcap([Packet(frame(step, host)) for host, step in steps]))
    command = [str(shutil.which("tshark")), "-n", "-r", capture.path, "-T", "fields", "-e", "tcp.stream"]
    run = subprocess.run(command, capture_output=True, text=True, check=True)
    theirs = [int(line) for line in run.stdout.split()]
    quoted = [step[1].startswith("q") for _, step in steps]
    ours = capture.packets.flow.tolist()
    assert ours == [-1 if is_quoted else flow for is_quoted, flow in zip(quoted, theirs, strict=True)]
    assert len(capture.flows) == max(theirs) + 1
