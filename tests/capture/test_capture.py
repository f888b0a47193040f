"""Captures as a whole: bytes on demand, what is not a capture, cancelling, and files that lie."""

from __future__ import annotations

import gzip
import resource
import struct
import threading
import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ladderview.capture.capture import Capture, CaptureChanged, NotACapture, open_capture
from ladderview.capture.table import Kind
from ladderview.progress import Cancelled
from tests.capture.files import (
    ACK,
    Packet,
    back,
    enhanced,
    handshake,
    interface,
    ip_frame,
    names,
    opened,
    option,
    pcap,
    pcapng,
    section,
    segment,
)
from tests.capture.test_names import A, message
from tests.proto.wire import icmp, udp

# -- bytes on demand -----------------------------------------------------------------------------------------------

LONG = segment(payload=bytes(range(200)), options=b"\x01" * 4)


def in_fragments(frame: bytes, size: int = 64) -> list[Packet]:
    """An Ethernet frame's IPv4 packet as fragments, the last first."""
    header, content = frame[14:34], frame[34:]
    pieces = []
    for at in range(0, len(content), size):
        piece = content[at : at + size]
        more = 0x2000 if at + size < len(content) else 0
        fields = struct.pack(">HHH", 20 + len(piece), 7, more | at // 8)
        pieces.append(Packet(frame[:14] + header[:2] + fields + header[8:] + piece))
    return pieces[::-1]


def test_bytes_of_a_packet(tmp_path: Path) -> None:
    capture = opened(tmp_path, pcap([Packet(segment()), Packet(LONG[:80], wire_len=len(LONG))]))
    assert [capture.packet_bytes(i) for i in (0, 1)] == [segment(), LONG[:80]]
    assert capture.segment_bytes(1) == LONG[34:80]


def test_a_segment_ends_with_its_payload(tmp_path: Path) -> None:
    capture = opened(tmp_path, pcap([Packet(segment(payload=b"ab") + b"padding")]))
    assert capture.segment_bytes(0) == segment(payload=b"ab")[34:]


def test_a_segment_that_came_in_fragments(tmp_path: Path) -> None:
    pieces = in_fragments(LONG)
    capture = opened(tmp_path, pcap([Packet(segment()), *pieces]))
    last = len(pieces)
    assert capture.fragments == {last: tuple(range(1, last + 1))}
    assert capture.packets.kind.tolist() == [Kind.TCP, *[Kind.FRAGMENT] * (last - 1), Kind.TCP]
    assert capture.packets.flow.tolist() == [0, *[-1] * (last - 1), 0]
    assert capture.packets.payload_len[last] == 200
    assert capture.datagram_bytes(last)[20:] == LONG[34:]
    assert capture.segment_bytes(last) == LONG[34:]
    assert capture.packet_bytes(last) == pieces[-1].data
    assert capture.other_traffic == {"fragmented IP": last - 1}


def test_segments_of_unknown_length(tmp_path: Path) -> None:
    beyond = segment()
    beyond = beyond[:46] + b"\xf0" + beyond[47:]
    capture = opened(tmp_path, pcap([Packet(segment()), Packet(beyond), Packet(segment())]))
    assert capture.packets.flow.tolist() == [0, 0, 0]
    assert capture.unsized.tolist() == [1]


def test_a_file_cut_short_while_open(tmp_path: Path) -> None:
    capture = opened(tmp_path, pcap(handshake()))
    (tmp_path / "capture").write_bytes(pcap(handshake())[:60])
    for read in (capture.packet_bytes, capture.segment_bytes):
        with pytest.raises(CaptureChanged, match="was cut short"):
            read(2)
    assert len(capture.flows) == 1


def test_reading_from_several_threads(tmp_path: Path) -> None:
    packets = [Packet(segment(seq=i, payload=bytes([i % 251]) * (i % 300))) for i in range(300)]
    capture = opened(tmp_path, pcap(packets))
    wrong: list[int] = []

    def check(order: np.ndarray) -> None:
        wrong.extend(i for i in order.tolist() if capture.packet_bytes(i) != packets[i].data)

    threads = [threading.Thread(target=check, args=(np.random.default_rng(n).permutation(300),)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


# -- what is beside TCP --------------------------------------------------------------------------------------------


def test_other_traffic_is_counted_and_named(tmp_path: Path) -> None:
    arp = bytes(12) + b"\x08\x06" + struct.pack(">HHBBH", 1, 0x0800, 6, 4, 1) + bytes(20)
    frames = [
        segment(),
        *[ip_frame(udp(b"x", 53), 17)] * 3,
        *[arp] * 2,
        ip_frame(icmp(8, b"x"), 1),
        ip_frame(icmp(3, segment()[14:]), 1),
        ip_frame(bytes(8), 132),
        b"",
    ]
    capture = opened(tmp_path, pcap([Packet(frame) for frame in frames]))
    assert capture.other_traffic == {"UDP": 3, "ARP": 2, "ICMP": 2, "SCTP": 1, "unreadable": 1}


def test_unknown_link_type(tmp_path: Path) -> None:
    capture = opened(tmp_path, pcap(handshake(), network=147))
    assert (len(capture.packets), len(capture.flows)) == (3, 0)
    assert capture.other_traffic == {"of unknown link type 147": 3}


def test_host_names_of_the_file_go_before_those_of_answers(tmp_path: Path) -> None:
    answer = struct.pack(">HHHH", 53, 40000, 8 + len(message([A])), 0) + message([A])
    packets = [enhanced(Packet(ip_frame(answer, 17)))]
    capture = opened(tmp_path, b"".join([section(), interface(), *packets]))
    assert capture.host_names == {"10.0.0.2": "www.example.org"}
    named = [section(), interface(), *packets, names([(1, b"\x0a\0\0\x02mine\0")])]
    assert opened(tmp_path, b"".join(named)).host_names == {"10.0.0.2": "mine"}


# -- what is no capture --------------------------------------------------------------------------------------------

NOT_CAPTURES = {
    "text": (b"Hello, world\n", "is a text file"),
    "text in another language": ("Grüße, мир ✓\n".encode() * 60, "is a text file"),
    "JPEG": (b"\xff\xd8\xff\xe0\0\x10JFIF", "is a JPEG picture"),
    "noise": (bytes(range(128, 256)), "is a file of unknown kind"),
    "one byte": (b"\xd4", "is a file of unknown kind"),
    "NetMon": (b"GMBU" + bytes(100), "is a Microsoft Network Monitor capture"),
    "gzipped text": (gzip.compress(b"Hello, world\n"), "is a text file"),
}


@pytest.mark.parametrize(("content", "kind"), NOT_CAPTURES.values(), ids=NOT_CAPTURES)
def test_no_capture(tmp_path: Path, content: bytes, kind: str) -> None:
    with pytest.raises(NotACapture) as refused:
        opened(tmp_path, content)
    assert str(refused.value) == f"{tmp_path / 'capture'}: {kind}, not a pcap or pcapng capture"


def test_a_gzip_that_is_cut_says_so_in_one_line(tmp_path: Path) -> None:
    packed = gzip.compress(pcap([Packet(LONG)] * 3), 0)
    (damage,) = opened(tmp_path, packed[:-60]).damage
    assert damage.number == 3
    assert damage.message.startswith("the gzip data is cut short; the file ends inside packet 3: at byte ")


# -- progress ------------------------------------------------------------------------------------------------------


def test_progress_ends_near_the_size(tmp_path: Path) -> None:
    calls: list[tuple[int, int]] = []
    (tmp_path / "capture").write_bytes(pcap(handshake()))
    open_capture(tmp_path / "capture", lambda done, total: calls.append((done, total)))
    size = len(pcap(handshake()))
    assert calls
    assert all(0 <= done <= total == size for done, total in calls)


@pytest.mark.parametrize("after", [0, 1, 5])
def test_cancelling(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, after: int) -> None:
    monkeypatch.setattr("ladderview.capture.capture._TICK_S", 0.0)
    monkeypatch.setattr("ladderview.capture.records.WINDOW", 400)
    (tmp_path / "capture").write_bytes(pcap(handshake() * 100))
    calls = 0

    def progress(done: int, total: int) -> None:
        nonlocal calls
        calls += 1
        if calls > after:
            raise Cancelled

    with pytest.raises(Cancelled):
        open_capture(tmp_path / "capture", progress)
    assert calls == after + 1


# -- files that lie ------------------------------------------------------------------------------------------------

CONTENTS = {
    "pcap": pcap([*handshake(), *in_fragments(LONG), Packet(ip_frame(icmp(3, segment()[14:]), 1))]),
    "pcapng": pcapng(handshake(), ">")
    + section()
    + interface(options=option(2, b"eth0") + option(9, b"\x09"))
    + enhanced(Packet(back(flags=ACK, payload=b"abc")), options=option(1, b"comment"))
    + names([(1, b"\x0a\0\0\x02name\0")]),
}


def use(capture: Capture) -> None:
    """Ask for everything that is read on demand."""
    for index in range(len(capture.packets)):
        assert len(capture.packet_bytes(index)) == capture.packets.caplen[index]
        if capture.packets.flow[index] >= 0:
            capture.segment_bytes(index)
    for index in capture.fragments:
        capture.datagram_bytes(index)
    for number in range(len(capture.flows)):
        flow = capture.flows.flow(number)
        assert (capture.packets.flow[flow.packets] == number).all()
    capture.close()


@pytest.mark.parametrize("content", CONTENTS.values(), ids=CONTENTS)
def test_cut_anywhere(tmp_path: Path, content: bytes) -> None:
    packets = []
    for length in range(len(content)):
        try:
            capture = opened(tmp_path, content[:length])
        except NotACapture:
            assert length < 24
            continue
        assert len(capture.damage) <= 1
        packets.append(len(capture.packets))
        use(capture)
    assert packets[-1] > 3


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(sorted(CONTENTS)),
    st.lists(st.tuples(st.integers(0, 2000), st.sampled_from([0, 1, 2, 4, 6, 127, 128, 254, 255])), max_size=6),
)
def test_changed_anywhere(tmp_path_factory: pytest.TempPathFactory, name: str, changes: list[tuple[int, int]]) -> None:
    content = bytearray(CONTENTS[name])
    for at, byte in changes:
        content[at % len(content)] = byte
    try:
        use(opened(tmp_path_factory.getbasetemp(), bytes(content), "changed"))
    except NotACapture:
        assert changes


@settings(max_examples=60, deadline=None)
@given(st.sampled_from([pcap([]), pcap([], ">"), section() + interface(), section(">")]), st.binary(max_size=300))
def test_noise_behind_a_good_beginning(tmp_path_factory: pytest.TempPathFactory, start: bytes, noise: bytes) -> None:
    use(opened(tmp_path_factory.getbasetemp(), start + noise, "noise"))


def test_lengths_do_not_make_memory(tmp_path: Path) -> None:
    huge = bytearray(pcap([Packet(segment())] * 5, network=249))  # USB packets may have 128 MB
    struct.pack_into("<I", huge, 24 + 4 * (16 + len(segment())) + 8, 127 << 20)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert len(opened(tmp_path, bytes(huge)).packets) == 4
    blocks = section() + interface() + struct.pack("<II", 6, 15 << 20)
    assert len(opened(tmp_path, blocks).packets) == 0
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 12 << 10


def test_other_threads_are_not_kept_waiting(tmp_path: Path) -> None:
    """No step keeps the interpreter to itself: a window's event loop goes on while a capture is read."""
    frames = [segment(seq=i, source=(bytes((10, 1, i % 7, i % 250)), 1024 + i)) for i in range(30_000)]
    (tmp_path / "capture").write_bytes(pcap([Packet(frame) for frame in frames]))
    gaps: list[float] = []
    done = threading.Event()

    def beat() -> None:
        last = time.perf_counter()
        while not done.is_set():
            time.sleep(0.001)
            now = time.perf_counter()
            gaps.append(now - last)
            last = now

    thread = threading.Thread(target=beat)
    thread.start()
    open_capture(tmp_path / "capture").close()
    done.set()
    thread.join()
    assert sorted(gaps)[-3] < 0.05  # a busy machine may hold up one or two beats
