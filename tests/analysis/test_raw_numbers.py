"""Do labels tell the numbers that stand in the packets?"""

from __future__ import annotations

from ladderview.analysis.labels import segment_label
from ladderview.analysis.raw_numbers import raw_numbers
from ladderview.proto.tcp import TcpOptions
from tests.analysis.conversation import Seg, conversation, handshake, textbook


def test_the_closes_of_the_textbook() -> None:
    raw = raw_numbers(textbook())
    assert [segment_label(raw, row).numbers[:15] for row in (11, 12, 13, 14)] == [
        "Seq=105 Ack=436",
        "Seq=436 Ack=106",
        "Seq=436 Ack=106",
        "Seq=106 Ack=437",
    ]


def test_numbers_need_all_32_bits() -> None:
    raw = raw_numbers(conversation(*handshake(2**32 - 1, 5)))
    assert segment_label(raw, 0).numbers.startswith(f"Seq={2**32 - 1} Win")


def test_sack_edges_are_raw_too() -> None:
    options = TcpOptions(sack=((6000, 6100),), values=(("SLE", 6000), ("SRE", 6100)))
    raw = raw_numbers(conversation(*handshake(), Seg("c", "A", 1001, 5001, options=options)))
    assert segment_label(raw, 3).numbers.endswith("SLE=6000 SRE=6100")
