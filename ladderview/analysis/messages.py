"""Which messages does a flow hold, and which of them belong to a segment?

Plan: the bytes of both directions go, in the order in which their receivers could read them (``arrivals``), to
a ``ContentReader``, which recognises protocols and hands them on (``tls_flow``, ``http_flow``). What comes out is a
list of messages by the segment with which each was whole, and the records of TLS as columns.

Memory follows the messages, not the bytes: neither payload nor plaintext is kept.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ladderview.analysis.arrivals import arrivals
from ladderview.analysis.collector import NO_SENDS, Collector, Sends
from ladderview.analysis.content import ContentReader
from ladderview.analysis.flow_analysis import FlowAnalysis
from ladderview.analysis.keys import Keys
from ladderview.analysis.message import FlowLayer, Message
from ladderview.analysis.resumption import learn_resumed
from ladderview.analysis.segments import Segments
from ladderview.analysis.sends import sends_of
from ladderview.analysis.streams import Streams, streams_of
from ladderview.analysis.tls_flow import TlsFlow
from ladderview.capture.capture import Capture
from ladderview.progress import Progress, no_progress

#: Bytes between two calls of ``progress``.
_TICK = 1 << 22


@dataclass(frozen=True, slots=True)
class Messages:
    """What a flow says.

    Attributes:
        streams: the TCP payload of both directions.
        layers: the layers of bytes; a message's ``layer`` is a row of it.
        messages: by ``row``, ascending.
        rows: int64, the ``row`` of each message.
        tls: the TLS connections, in the order in which they began.
        protocols: what was recognised, outermost first: "TLS 1.3", "h2".
        host: whom the client asked for, or the empty string.
    """

    streams: Streams
    layers: tuple[FlowLayer, ...]
    messages: tuple[Message, ...]
    rows: NDArray[np.int64]
    tls: tuple[TlsFlow, ...]
    protocols: tuple[str, ...]
    host: str

    def ending_in(self, row: int) -> tuple[Message, ...]:
        """The messages that were whole with this segment."""
        rows = self.rows
        return self.messages[bisect_left(rows, row) : bisect_right(rows, row)]

    def rows_of(self, message: Message) -> NDArray[np.int64]:
        """int64, ascending: the segments that carried a message."""
        return self.layers[message.layer].streams[message.direction].packets_for(message.span)

    def octets_of(self, message: Message, limit: int) -> bytes:
        """The first ``limit`` bytes of a message. Raises CaptureChanged."""
        start, end = message.span.start, min(message.span.end, message.span.start + limit)
        return self.layers[message.layer].streams[message.direction].read(start, end)


def messages_of(capture: Capture, analysis: FlowAnalysis, keys: Keys, progress: Progress = no_progress) -> Messages:
    """Read all that a flow says; again where an earlier flow has the secret of a session that it resumes.

    Raises:
        CaptureChanged: the file was cut short or replaced since it was read.
        Cancelled: by ``progress``, which counts payload bytes.
    """
    sends = sends_of(analysis)
    found = read_messages(capture, analysis.segments, keys, progress, sends)
    if learn_resumed(capture, analysis.flow.id, found.tls, keys, progress):
        return read_messages(capture, analysis.segments, keys, progress, sends)
    return found


def read_messages(
    capture: Capture, segments: Segments, keys: Keys, progress: Progress = no_progress, sends: Sends = NO_SENDS
) -> Messages:
    """Read what segments of one flow say, with what the keys know of earlier flows; raises as ``messages_of``.

    ``sends`` tells where the ends begin anew after pauses.
    """
    streams = streams_of(capture, segments)
    collector = Collector(*streams, sends)
    tls_flows: list[TlsFlow] = []
    reader = ContentReader(collector, 0, keys, tls_flows)
    total, done, told = len(streams[0]) + len(streams[1]), 0, 0
    latest = [0, 0]  # the segment that brought the last byte of each direction
    for row, direction, offset, data, lost in arrivals(streams, reader.waits_for):
        latest[direction] = row
        if lost:
            reader.lost(direction, offset, offset + lost, row)
            done += lost
        else:
            reader.feed(direction, offset, data, row)
            done += len(data)
        if done - told >= _TICK:
            told = done
            progress(done, total)
    for direction in (0, 1):  # not with the FIN or the reset, which have arrows of their own
        reader.closed(direction, latest[direction])
    messages = tuple(collector.finish())
    return Messages(
        streams,
        tuple(collector.layers),
        messages,
        np.fromiter((message.row for message in messages), np.int64, len(messages)),
        tuple(tls_flows),
        tuple(collector.protocols),
        collector.host,
    )
