"""What did both ends say, in turn? The bytes of one layer of a flow, as a person reads a dialogue.

Plan: the pieces of both directions, by the segment with which each could be read, make up turns: what one end says
before the other says something. Turns are columns; their bytes are read when somebody looks, a portion at a time.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ladderview.analysis.message import Octets
from ladderview.analysis.messages import Messages
from ladderview.analysis.octets import PlainStream
from ladderview.analysis.streams import ByteStream

#: Bytes of one portion.
PORTION = 1 << 14
#: What a direction may be chosen as, besides 0 and 1.
BOTH = 2


@dataclass(frozen=True, slots=True)
class Portion:
    """A part of what one end says in one turn.

    Attributes:
        direction: 0 said by the client, 1 by the server.
        row: the segment with which its turn begins.
        begins: whether the turn begins with it.
        at: where it stands in what this end says.
        data: the bytes; empty where they are missing.
        lost: how many bytes are missing.
    """

    direction: int
    row: int
    begins: bool
    at: int
    data: bytes
    lost: int = 0


@dataclass(frozen=True, slots=True)
class Transcript:
    """What is said in one layer.

    Attributes:
        name: "Decrypted" or "TCP payload".
        layer: a row of ``Messages.layers``.
        direction, start, end, row: of each turn; uint8 and int64.
    """

    name: str
    layer: int
    direction: NDArray[np.uint8]
    start: NDArray[np.int64]
    end: NDArray[np.int64]
    row: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.row)

    @property
    def size(self) -> int:
        """Bytes that are said, those that are missing included."""
        return int((self.end - self.start).sum())

    def portions(self, messages: Messages, who: int = BOTH) -> Iterator[Portion]:
        """All that is said, in order, by one end or by both; reading raises CaptureChanged."""
        streams = messages.layers[self.layer].streams
        for turn in range(len(self)):
            direction, row = int(self.direction[turn]), int(self.row[turn])
            if who not in (BOTH, direction):
                continue
            begins = True
            for at, data, lost in _joined(streams[direction], int(self.start[turn]), int(self.end[turn])):
                yield Portion(direction, row, begins, at, data, lost)
                begins = False


def _joined(stream: Octets, start: int, end: int) -> Iterator[tuple[int, bytes, int]]:
    """(where, bytes, how many are missing) of a turn: in portions, wherever its segments or records were cut."""
    at, held = start, b""
    for offset, data in stream.parts(start, end):
        if offset > at:
            if held:
                yield at - len(held), held, 0
            yield at, b"", offset - at
            at, held = offset, b""
        at, held = offset + len(data), held + data
        while len(held) >= PORTION:
            yield at - len(held), held[:PORTION], 0
            held = held[PORTION:]
    if held:
        yield at - len(held), held, 0
    if at < end:
        yield at, b"", end - at


def transcripts_of(messages: Messages) -> tuple[Transcript, ...]:
    """What can be read of a flow: the plaintext of TLS where it was decrypted, and what TCP carried."""
    layers = [flow.application_layer for flow in messages.tls]
    made = [_transcript("Decrypted", layer, messages) for layer in layers]
    made = [one for one in made if one.size]
    if len(made) > 1:
        made = [
            Transcript(f"Decrypted ({number})", one.layer, one.direction, one.start, one.end, one.row)
            for number, one in enumerate(made, 1)
        ]
    return (*made, _transcript("TCP payload", 0, messages))


def _transcript(name: str, layer: int, messages: Messages) -> Transcript:
    pieces = [_pieces(stream) for stream in messages.layers[layer].streams]
    direction = np.repeat(np.array([0, 1], np.uint8), [len(one[0]) for one in pieces])
    start, end, row = (np.concatenate([one[column] for one in pieces]) for column in range(3))
    order = np.argsort(row, kind="stable")
    direction, start, end, row = direction[order], start[order], end[order], row[order]
    if not len(row):
        return Transcript(name, layer, direction, start, end, row)
    begins = np.flatnonzero(np.diff(direction, prepend=2) != 0)
    lasts = np.append(begins[1:], len(row)) - 1
    # What is missing before a turn belongs to it: its own end goes on where it stopped.
    own_start = start[begins]
    for side in (0, 1):
        mine = direction[begins] == side
        own_start[mine] = np.concatenate([np.zeros(min(1, mine.sum()), np.int64), end[lasts][mine][:-1]])
    return Transcript(name, layer, direction[begins], own_start, end[lasts], row[begins])


def _pieces(stream: Octets) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Start, end, and the segment with which each could be read, for the pieces of one direction."""
    if isinstance(stream, PlainStream):
        return stream.pieces()
    assert isinstance(stream, ByteStream)
    start, end, row = stream.piece_start, stream.piece_end, stream.piece_row.astype(np.int64)
    said = int(end[-1]) if len(end) else 0
    if stream.end > said:  # the last bytes were not captured; the other end acknowledged them, or the FIN counts them
        start, end, row = np.append(start, said), np.append(end, stream.end), np.append(row, stream.end_row)
    return start, end, np.maximum.accumulate(row) if len(row) else row
