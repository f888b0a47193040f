"""Both directions of a flow from segments with real bytes, and a receiver that fills a byte array to compare with."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from hypothesis import strategies as st

from ladderview.analysis.segments import Segments
from ladderview.analysis.streams import ByteStream, Streams, reassemble
from ladderview.proto.tcp import TcpOptions
from tests.analysis.conversation import FLAG_LETTERS


@dataclass(frozen=True)
class Sent:
    """A segment with its payload; ``held`` bytes of it were captured (None: all)."""

    sender: str
    seq: int
    data: bytes = b""
    flags: str = "A"
    ack: int = 0
    held: int | None = None


def streams(*sent: Sent) -> Streams:
    rows = np.arange(len(sent), dtype=np.int64)
    segments = Segments(
        packet=rows,
        ts_ns=rows,
        direction=np.array([each.sender == "s" for each in sent], np.uint8),
        seq=np.array([each.seq % 2**32 for each in sent], np.uint32),
        ack=np.array([each.ack % 2**32 for each in sent], np.uint32),
        payload_len=np.array([len(each.data) for each in sent], np.uint32),
        window=np.zeros(len(sent), np.uint16),
        flags=np.array([sum(FLAG_LETTERS[letter] for letter in each.flags) for each in sent], np.uint16),
        options=lambda _: TcpOptions(),
    )
    held = np.array([len(each.data) if each.held is None else each.held for each in sent], np.int64)
    return reassemble(segments, held, lambda row: sent[row].data[: held[row]])


def of_client(*sent: Sent) -> ByteStream:
    return streams(*sent)[0]


def c(seq: int, data: bytes = b"", flags: str = "A", ack: int = 0, held: int | None = None) -> Sent:
    return Sent("c", seq, data, flags, ack, held)


def s(seq: int, data: bytes = b"", flags: str = "A", ack: int = 0) -> Sent:
    return Sent("s", seq, data, flags, ack)


SYN = c(99, flags="S")

#: A segment: offset, size, bytes of it that were captured, sender.
Piece = tuple[int, int, int, str]
PIECES = st.lists(
    st.tuples(st.integers(0, 60), st.integers(1, 12), st.integers(0, 12), st.sampled_from("cs")), max_size=24
)

#: By offset, a byte and the row that brought it, for both directions.
Model = tuple[dict[int, tuple[int, int]], dict[int, tuple[int, int]]]


def built(pieces: list[Piece], isn: int) -> tuple[Streams, Model]:
    """Streams of random bytes, and what a receiver that takes them one by one has in the end."""
    content = np.random.default_rng(7).integers(0, 256, (len(pieces), 12), np.uint8)
    sent = [Sent(who, isn, flags="S") for who in "cs"]
    model: Model = {}, {}
    for number, (offset, size, wanted, who) in enumerate(pieces):
        data, held = content[number, :size].tobytes(), min(wanted, size)
        sent.append(Sent(who, isn + 1 + offset, data, held=held))
        for at in range(held):
            model[who == "s"].setdefault(offset + at, (data[at], number + 2))
    return streams(*sent), model
