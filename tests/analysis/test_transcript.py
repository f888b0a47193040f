from __future__ import annotations

import ssl
from pathlib import Path

from ladderview.analysis.flow_analysis import analyse_flow
from ladderview.analysis.keys import Keys
from ladderview.analysis.messages import Messages, messages_of
from ladderview.analysis.transcript import BOTH, PORTION, Portion, Transcript, transcripts_of
from ladderview.capture.capture import open_capture
from ladderview.proto.keylog import KeyLog
from tests.analysis.spoken import Packet, Turn, segments_of, without, write
from tests.proto.tls_exchange import ANSWER, REQUEST, Peers

TALK: list[Turn] = [("s", b"220 ready\r\n"), ("c", b"EHLO x\r\n"), ("s", b"250 " + b"a" * 4000), ("c", b"QUIT\r\n")]


def read(path: Path, packets: list[Packet], keys: Keys | None = None) -> Messages:
    capture = open_capture(write(path / "spoken.pcap", [packets], 25))
    return messages_of(capture, analyse_flow(capture, 0), keys or Keys())


def turns(messages: Messages, transcript: Transcript, who: int = BOTH) -> list[tuple[str, bytes]]:
    found: list[tuple[str, bytes]] = []
    for portion in transcript.portions(messages, who):
        assert len(portion.data) <= PORTION
        text = portion.data or b"<%d>" % portion.lost
        if portion.begins:
            found.append(("cs"[portion.direction], text))
        else:
            found[-1] = found[-1][0], found[-1][1] + text
    return found


def test_both_ends_speak_in_turn(tmp_path: Path) -> None:
    messages = read(tmp_path, segments_of(TALK))
    (transcript,) = transcripts_of(messages)
    assert transcript.name == "TCP payload"
    assert turns(messages, transcript) == TALK
    assert turns(messages, transcript, 0) == [turn for turn in TALK if turn[0] == "c"]
    assert transcript.size == sum(len(data) for _, data in TALK)


def test_what_is_missing_is_counted_where_it_is(tmp_path: Path) -> None:
    packets = segments_of(TALK)
    lost = next(row for row, packet in enumerate(packets) if len(packet.data) == 1460)
    messages = read(tmp_path, without(packets, lambda row, _: row == lost + 1))
    (transcript,) = transcripts_of(messages)
    said = turns(messages, transcript)
    assert said[2] == ("s", b"250 " + b"a" * 1456 + b"<1460>" + b"a" * 1084)
    whole_turn = without(packets, lambda row, packet: packet.data.startswith(b"EHLO"))
    messages = read(tmp_path, whole_turn)
    assert turns(messages, transcripts_of(messages)[0])[-1] == ("c", b"<8>QUIT\r\n")


def test_a_flow_that_says_nothing(tmp_path: Path) -> None:
    messages = read(tmp_path, segments_of([]))
    (transcript,) = transcripts_of(messages)
    assert (len(transcript), transcript.size, list(transcript.portions(messages))) == (0, 0, [])


def test_what_was_decrypted_comes_first(tmp_path: Path) -> None:
    done = Peers(tmp_path, ssl.TLSVersion.TLSv1_3).exchange()
    packets = segments_of([("sc"[direction == 0], data) for direction, data in done.chunks])
    messages = read(tmp_path, packets, Keys(KeyLog.parse(done.keylog)))
    decrypted, sealed = transcripts_of(messages)
    assert (decrypted.name, sealed.name) == ("Decrypted", "TCP payload")
    assert turns(messages, decrypted) == [("c", REQUEST), ("s", ANSWER)] * 2


def test_a_turn_names_the_segment_it_begins_with(tmp_path: Path) -> None:
    packets = segments_of(TALK)
    messages = read(tmp_path, packets)
    first: list[Portion] = [one for one in transcripts_of(messages)[0].portions(messages) if one.begins]
    assert [packets[one.row].data[:4] for one in first] == [b"220 ", b"EHLO", b"250 ", b"QUIT"]


def test_portions_do_not_end_where_segments_do(tmp_path: Path) -> None:
    messages = read(tmp_path, segments_of([("s", b"a" * (PORTION + 5000))]))
    sizes = [len(one.data) for one in transcripts_of(messages)[0].portions(messages)]
    assert sizes == [PORTION, 5000]
