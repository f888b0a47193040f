"""Is a copy of a pcapng what the original was, but for the comments that change?"""

from __future__ import annotations

import gzip
import struct
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ladderview.capture.capture import Capture, CaptureChanged, open_capture
from ladderview.capture.pcapng_copy import copied, is_pcapng
from tests.capture.files import ACK, SYN, segment

FRAMES = [segment(SYN, ack=0), segment(ACK, payload=b"hello"), segment(ACK, payload=b"x" * 30)]
FLAGS, HASH, DROPS, COMMENT, CUSTOM = 2, 3, 4, 1, 2988


def option(order: str, code: int, value: bytes) -> bytes:
    return struct.pack(order + "HH", code, len(value)) + value + bytes(-len(value) % 4)


def block(order: str, kind: int, body: bytes, odd: int = 0) -> bytes:
    """A block; ``odd`` bytes less are claimed than there are, which readers round up."""
    length = struct.pack(order + "I", len(body) + 12 - odd)
    return struct.pack(order + "I", kind) + length + body + length


def section(order: str, blocks: bytes, told: bool = False) -> bytes:
    head = struct.pack(order + "IHHq", 0x1A2B3C4D, 1, 0, len(blocks) if told else -1)
    options = option(order, COMMENT, b"of the section") + option(order, 2, b"a machine") + bytes(4)
    return block(order, 0x0A0D0D0A, head + options) + blocks


def interface(order: str) -> bytes:
    options = option(order, 2, b"eth9") + option(order, 3, b"uplink") + option(order, 11, b"\0tcp") + bytes(4)
    return block(order, 1, struct.pack(order + "HHI", 1, 0, 96) + options)


def enhanced(order: str, data: bytes, *options: tuple[int, bytes], end: bytes = b"") -> bytes:
    head = struct.pack(order + "IIIII", 0, 7, 8, len(data), len(data))
    body = head + data + bytes(-len(data) % 4) + b"".join(option(order, *one) for one in options)
    return block(order, 6, body + (end or bytes(4)))


def obsolete(order: str, data: bytes) -> bytes:
    head = struct.pack(order + "HHIIII", 0, 5, 7, 8, len(data), len(data))
    return block(order, 2, head + data + bytes(-len(data) % 4))


def simple(order: str, data: bytes) -> bytes:
    return block(order, 3, struct.pack(order + "I", len(data)) + data + bytes(-len(data) % 4))


def others(order: str) -> bytes:
    """Blocks that a copy has to keep: names, statistics, secrets of another kind, a custom block."""
    return (
        block(order, 4, struct.pack(order + "HH", 1, 7) + b"\x0a\0\0\1ab\0\0" + bytes(4))
        + block(order, 5, struct.pack(order + "III", 0, 7, 9) + option(order, 4, bytes(8)) + bytes(4))
        + block(order, 10, struct.pack(order + "II", 0x57474B4C, 4) + b"keys")
        + block(order, 0x0BAD, struct.pack(order + "I", 32473) + b"custom--")
    )


def opened(folder: Path, data: bytes, name: str = "of.pcapng") -> Capture:
    path = folder / name
    path.write_bytes(data)
    return open_capture(path)


def written(capture: Capture, comments: dict[int, tuple[str, ...]]) -> bytes:
    return b"".join(copied(capture, comments))


@pytest.mark.parametrize("order", "<>")
def test_only_the_comment_is_added(tmp_path: Path, order: str) -> None:
    kept = (FLAGS, b"\1\0\0\0"), (HASH, b"\2abcd"), (DROPS, bytes(8)), (CUSTOM, b"\0\0\x7e\xd9hello")

    def file(*comments: tuple[int, bytes]) -> bytes:
        blocks = interface(order) + enhanced(order, FRAMES[0]) + others(order)
        return section(order, blocks + enhanced(order, FRAMES[1], *kept, *comments) + others(order))

    capture = opened(tmp_path, file())
    packet = len(capture.packets) - 2  # the custom blocks have numbers as well
    assert capture.packet_bytes(packet) == FRAMES[1]
    assert written(capture, {packet: ("größer",)}) == file((COMMENT, "größer".encode()))


@pytest.mark.parametrize(
    ("there", "wanted"),
    [
        (["a", "b"], ["a", "b"]),
        (["a", "b"], ["b"]),
        (["a", "b"], ["A", "b"]),
        (["a", "b"], []),
        (["a"], ["a", "more", "and more"]),
        ([], ["a", "b"]),
    ],
)
def test_comments_stand_where_others_stood(tmp_path: Path, there: list[str], wanted: list[str]) -> None:
    def file(texts: list[str]) -> bytes:
        first = [(COMMENT, text.encode()) for text in texts[: len(there)]]
        rest = [(COMMENT, text.encode()) for text in texts[len(there) :]]
        return section("<", interface("<") + enhanced("<", FRAMES[0], *first, (FLAGS, b"\1\0\0\0"), *rest))

    assert written(opened(tmp_path, file(there)), {0: tuple(wanted)}) == file(wanted)


def test_a_comment_that_stays_keeps_its_bytes(tmp_path: Path) -> None:
    data = section("<", interface("<") + enhanced("<", FRAMES[0], (COMMENT, b"\xff no UTF-8"), (COMMENT, b"b")))
    capture = opened(tmp_path, data)
    broken, _ = capture.comments[0]
    assert b"\xff no UTF-8" in written(capture, {0: (broken, "new")})


def test_what_stands_behind_the_end_of_the_options_stays(tmp_path: Path) -> None:
    data = section("<", interface("<") + enhanced("<", FRAMES[0], end=bytes(4) + b"tail"))
    assert written(opened(tmp_path, data), {0: ("new",)}).count(bytes(4) + b"tail") == 1


@pytest.mark.parametrize("order", "<>")
def test_an_obsolete_packet_stays_one(tmp_path: Path, order: str) -> None:
    data = section(order, interface(order) + obsolete(order, FRAMES[0]) + enhanced(order, FRAMES[1]))
    copy = opened(tmp_path, written(opened(tmp_path, data), {0: ("here",)}), "copy.pcapng")
    assert copy.comments == {0: ("here",)}
    assert copy.packet_bytes(1) == FRAMES[1]
    assert struct.pack(order + "IIHH", 2, len(obsolete(order, FRAMES[0])) + 12, 0, 5) in (
        (tmp_path / "copy.pcapng").read_bytes()
    )


@pytest.mark.parametrize("order", "<>")
def test_a_simple_packet_becomes_one_that_can_have_a_comment(tmp_path: Path, order: str) -> None:
    long = FRAMES[2] * 2  # the snap length cuts it
    cut = struct.pack(order + "I", len(long)) + long[:96]
    data = section(order, interface(order) + block(order, 3, cut) + simple(order, FRAMES[1]))
    capture = opened(tmp_path, data)
    copy = opened(tmp_path, written(capture, {0: ("here",)}), "copy.pcapng")
    assert copy.comments == {0: ("here",)}
    for index in (0, 1):
        assert copy.packet_bytes(index) == capture.packet_bytes(index)
        assert int(copy.packets.orig_len[index]) == int(capture.packets.orig_len[index])
    assert copy.untimed.tolist() == [1]


def test_a_section_tells_its_new_length(tmp_path: Path) -> None:
    def blocks(order: str, *comments: tuple[int, bytes]) -> bytes:
        return interface(order) + enhanced(order, FRAMES[0], *comments) + others(order)

    note = (COMMENT, b"a note")
    data = section("<", blocks("<"), told=True) + section(">", blocks(">"), told=True) + section("<", blocks("<"))
    capture = opened(tmp_path, data)
    noted = section("<", blocks("<"), told=True) + section(">", blocks(">", note), told=True)
    assert written(capture, {2: ("a note",)}) == noted + section("<", blocks("<"))


def test_a_length_that_is_no_whole_words_is_repaired(tmp_path: Path) -> None:
    head = struct.pack("<IIIII", 0, 7, 8, len(FRAMES[1]), len(FRAMES[1]))
    body = head + FRAMES[1] + bytes(-len(FRAMES[1]) % 4)
    data = section("<", interface("<") + block("<", 6, body, odd=2) + enhanced("<", FRAMES[0]))
    capture = opened(tmp_path, data)
    assert len(capture.packets) == 2
    assert written(capture, {0: ("x",)}) == section(
        "<", interface("<") + enhanced("<", FRAMES[1], (COMMENT, b"x")) + enhanced("<", FRAMES[0])
    )


def test_what_comes_after_a_damage_is_copied_as_it_stands(tmp_path: Path) -> None:
    rest = b"\6\0\0\0\x03\0\0\0nothing that can be read" + enhanced("<", FRAMES[2])
    data = section("<", interface("<") + enhanced("<", FRAMES[0]))
    capture = opened(tmp_path, data + rest)
    assert capture.damage
    assert written(capture, {0: ("x",)}).endswith(rest)
    assert written(capture, {}) == data + rest


def test_a_packed_capture_is_copied_unpacked(tmp_path: Path) -> None:
    data = section("<", interface("<") + enhanced("<", FRAMES[0]))
    capture = opened(tmp_path, gzip.compress(data), "of.pcapng.gz")
    assert is_pcapng(capture)
    assert written(capture, {}) == data


def test_a_block_never_grows_beyond_what_can_be_read(tmp_path: Path) -> None:
    capture = opened(tmp_path, section("<", interface("<") + enhanced("<", FRAMES[0])))
    copy = opened(tmp_path, written(capture, {0: ("x" * 70_000,) * 300}), "copy.pcapng")
    assert not copy.damage
    assert {len(text) for text in copy.comments[0]} == {0xFFFF}


def test_a_record_that_is_no_packet_gets_no_comment(tmp_path: Path) -> None:
    data = section("<", interface("<") + others("<") + enhanced("<", FRAMES[0]))
    assert written(opened(tmp_path, data), {0: ("x",)}) == data


def test_a_file_that_was_cut_meanwhile_is_told(tmp_path: Path) -> None:
    data = section("<", interface("<") + enhanced("<", FRAMES[0]))
    capture = opened(tmp_path, data)
    (tmp_path / "of.pcapng").write_bytes(data[:-20])
    with pytest.raises(CaptureChanged):
        written(capture, {})


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_any_bytes_are_copied(data: st.DataObject, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Of whatever can be read, with a note on every packet: the copy has the same packets, and the rest as it was."""
    whole = section(">", interface(">") + others(">") + enhanced(">", FRAMES[0], (COMMENT, b"old"))) + section(
        "<", interface("<") + simple("<", FRAMES[1]) + enhanced("<", FRAMES[2], (FLAGS, bytes(4))), told=True
    )
    broken = bytearray(whole[: data.draw(st.integers(60, len(whole)))])
    for _ in range(data.draw(st.integers(0, 3))):
        broken[data.draw(st.integers(12, len(broken) - 1))] = data.draw(st.integers(0, 255))
    folder = tmp_path_factory.getbasetemp()
    capture = opened(folder, bytes(broken), "any.pcapng")
    assert written(capture, {}) == bytes(broken)
    notes = dict.fromkeys(range(len(capture.packets)), ("a note",))
    copy = opened(folder, written(capture, notes), "copy.pcapng")
    assert len(copy.packets) >= len(capture.packets)
    for packet in notes:
        assert copy.packet_bytes(packet) == capture.packet_bytes(packet)
