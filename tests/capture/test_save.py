"""Does a capture come back from a pcapng as it was written?"""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ladderview.capture.capture import Capture, open_capture
from ladderview.capture.packets_again import saved_packets
from ladderview.capture.save import SavedPacket, pcapng_blocks, write_pcapng
from tests.capture.files import ACK, SYN, SYN_ACK, back, segment

FRAME = segment(ACK, payload=b"hello")
START = 1_700_000_000_123_456_789


def reopened(folder: Path, packets: list[SavedPacket], secrets: tuple[bytes, ...] = (), comment: str = "") -> Capture:
    path = folder / "saved.pcapng"
    write_pcapng(path, packets, secrets, comment)
    capture = open_capture(path)
    assert not capture.damage
    return capture


@given(
    packets=st.lists(
        st.builds(
            SavedPacket,
            ts_ns=st.integers(0, 2**62),
            data=st.binary(max_size=40).map(lambda tail: FRAME + tail),
            linktype=st.sampled_from([1, 113]),
            comments=st.lists(
                st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=9),
                max_size=3,
            ),
            fcs_len=st.sampled_from([-1, 0, 4]),
        ),
        min_size=1,
        max_size=6,
    )
)
def test_everything_comes_back(packets: list[SavedPacket], tmp_path_factory: pytest.TempPathFactory) -> None:
    capture = reopened(tmp_path_factory.getbasetemp(), packets)
    for index, packet in enumerate(packets):
        interface = capture.interfaces[int(capture.packets.iface[index])]
        assert capture.packet_bytes(index) == packet.data
        assert int(capture.packets.ts_ns[index]) == packet.ts_ns
        assert int(capture.packets.orig_len[index]) == len(packet.data)
        assert (interface.linktype, interface.fcs_len) == (packet.linktype, packet.fcs_len)
        assert list(capture.comments.get(index, ())) == packet.comments
    assert next(iter(saved_packets(capture))).data == packets[0].data


def test_a_cut_packet_keeps_its_length_on_the_wire(tmp_path: Path) -> None:
    capture = reopened(tmp_path, [SavedPacket(START, FRAME[:50], 1514)])
    assert (int(capture.packets.caplen[0]), int(capture.packets.orig_len[0])) == (50, 1514)


def test_a_time_before_1970_becomes_the_first(tmp_path: Path) -> None:
    assert int(reopened(tmp_path, [SavedPacket(-5, FRAME)]).packets.ts_ns[0]) == 0


def test_secrets_stand_before_the_packets(tmp_path: Path) -> None:
    capture = reopened(tmp_path, [SavedPacket(START, FRAME)], (b"CLIENT_RANDOM 00 11\n", b"# two\n"))
    assert capture.secrets == (b"CLIENT_RANDOM 00 11\n", b"# two\n")
    data = (tmp_path / "saved.pcapng").read_bytes()
    assert data.index(b"CLIENT_RANDOM") < data.index(b"hello")


def test_a_long_comment_is_cut_between_characters(tmp_path: Path) -> None:
    capture = reopened(tmp_path, [SavedPacket(START, FRAME, comments=("é" * 40_000,))])
    (comment,) = capture.comments[0]
    assert comment == "é" * (0xFFFF // 2)


def test_a_flow_is_saved_on_its_own(tmp_path: Path) -> None:
    frames = [segment(SYN, ack=0), segment(ACK, source=(b"\x0a\0\0\x09", 9)), back(flags=SYN_ACK, seq=9, ack=1001)]
    capture = reopened(tmp_path, [SavedPacket(START + row, frame) for row, frame in enumerate(frames)])
    write_pcapng(tmp_path / "flow.pcapng", saved_packets(capture, capture.flows.flow(0).packets.tolist()))
    again = open_capture(tmp_path / "flow.pcapng")
    assert [again.packet_bytes(index) for index in range(len(again.packets))] == [frames[0], frames[2]]


def test_notes_take_the_place_of_comments(tmp_path: Path) -> None:
    capture = reopened(tmp_path, [SavedPacket(START, FRAME, comments=("old",)), SavedPacket(START, FRAME)])
    notes = {0: ["new"], 1: ["added", "and more"]}
    write_pcapng(tmp_path / "noted.pcapng", saved_packets(capture, notes=notes))
    assert open_capture(tmp_path / "noted.pcapng").comments == {0: ("new",), 1: ("added", "and more")}


def test_a_capture_can_be_written_over_itself(tmp_path: Path) -> None:
    capture = reopened(tmp_path, [SavedPacket(START, FRAME)] * 3)
    write_pcapng(tmp_path / "saved.pcapng", saved_packets(capture, notes={1: ["here"]}))
    assert open_capture(tmp_path / "saved.pcapng").comments == {1: ("here",)}


def test_a_failure_leaves_the_old_file_and_no_other(tmp_path: Path) -> None:
    path = tmp_path / "kept.pcapng"
    path.write_bytes(b"old")

    def packets() -> object:
        yield SavedPacket(START, FRAME)
        raise RuntimeError("half way")

    with pytest.raises(RuntimeError):
        write_pcapng(path, packets())  # type: ignore[arg-type]
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_the_file_keeps_its_rights(tmp_path: Path) -> None:
    path = tmp_path / "private.pcapng"
    path.touch(0o600)
    write_pcapng(path, [SavedPacket(START, FRAME)])
    assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.tshark
def test_tshark_reads_comments_and_times(tmp_path: Path) -> None:
    path = tmp_path / "saved.pcapng"
    path.write_bytes(b"".join(pcapng_blocks([SavedPacket(START, FRAME, comments=("a note",))], comment="whole file")))
    fields = ["frame.time_epoch", "frame.comment"]
    command = [shutil.which("tshark") or "tshark", "-n", "-r", str(path), "-T", "fields"]
    for field in fields:
        command += ["-e", field]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert told == "1700000000.123456789\ta note\n"


@pytest.mark.parametrize("per_second", [1, 1_000, 1_000_000, 1_000_000_000])
def test_the_interface_keeps_units_and_snap_length(tmp_path: Path, per_second: int) -> None:
    ts_ns = START // (10**9 // per_second) * (10**9 // per_second)
    capture = reopened(tmp_path, [SavedPacket(ts_ns, FRAME, snaplen=128, ts_per_second=per_second)])
    (interface,) = capture.interfaces
    assert (interface.ts_per_second, interface.snaplen, int(capture.packets.ts_ns[0])) == (per_second, 128, ts_ns)
    again = next(iter(saved_packets(capture)))
    assert (again.ts_per_second, again.snaplen) == (per_second, 128)


def test_units_that_are_no_power_of_ten_become_nanoseconds(tmp_path: Path) -> None:
    capture = reopened(tmp_path, [SavedPacket(START, FRAME, ts_per_second=1 << 20)])
    assert (capture.interfaces[0].ts_per_second, int(capture.packets.ts_ns[0])) == (10**9, START)
