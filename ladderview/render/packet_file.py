"""The packets of a job as a capture of their own.

What the arrows stand for is written: at message level that is every segment of the chosen messages. With its secrets,
if they are asked for, the file opens decrypted in Wireshark.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ladderview.analysis.message import TLS, HandshakePart
from ladderview.capture.save import saved_packets, write_pcapng
from ladderview.progress import Progress
from ladderview.render.job import ExportError, Job

#: RFC 8446 section 4.1.2: where the random stands in a Client Hello, behind type, length and version.
_CLIENT_HELLO, _RANDOM_FROM, _RANDOM_TO = 1, 6, 38


def packets_of(job: Job) -> NDArray[np.int64]:
    """int64, ascending: the packets (from 0) that the arrows of a job stand for."""
    plan, (first, end) = job.plan, job.rows
    source = plan.sources[0]
    if (first, end) == (0, len(plan)):
        return source.segments.packet
    rows = source.places[source.steps.home]
    chosen: NDArray[np.int64] = source.segments.packet[(rows >= first) & (rows < end)]
    return chosen


def secrets_of(job: Job) -> list[bytes]:
    """The secrets that open this flow's records, as key log texts: those of its own hellos, and no others."""
    messages = job.reading.messages
    randoms = set()
    for message in messages.messages:
        part = message.content
        if message.protocol == TLS and isinstance(part, HandshakePart) and part.kind == _CLIENT_HELLO:
            stream = messages.layers[message.layer].streams[message.direction]
            hello = stream.read(message.span.start, min(message.span.start + _RANDOM_TO, message.span.end))
            randoms.add(hello[_RANDOM_FROM:])
    text = job.keys.keylog.text_for(randoms)
    return [text] if text else []


def check_packets(job: Job) -> None:
    """Refuse to write packets of which something was to be masked.

    Raises:
        ExportError: something was.
    """
    if job.wish.masks:
        raise ExportError("packets cannot be masked: export a picture, pages, slides or text")


def write_packets(job: Job, path: Path, progress: Progress) -> list[Path]:
    """Write the packets of a job.

    Raises:
        ExportError: something was to be masked; packets are written as they are.
    """
    check_packets(job)
    secrets = secrets_of(job) if job.wish.secrets else []
    write_pcapng(path, saved_packets(job.capture, packets_of(job).tolist(), progress=progress), secrets)
    return [path]
