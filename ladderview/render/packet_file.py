"""The packets of a job as a capture of their own.

What the arrows stand for is written: at message level that is every segment of the chosen messages. With its secrets,
if they are asked for, the file opens decrypted in Wireshark. Masked packets are built anew (``masked_packets``) and go
without secrets, which would open what is masked.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ladderview.analysis.masked_packets import masked_packets
from ladderview.analysis.masked_streams import CONTENT_KINDS
from ladderview.analysis.masking import Masker
from ladderview.analysis.message import TLS, HandshakePart
from ladderview.capture.packets_again import saved_packets
from ladderview.capture.save import write_pcapng
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
    """Refuse to write secrets beside packets that are masked.

    Raises:
        ExportError: both were asked for.
    """
    if job.wish.masks and job.wish.secrets:
        raise ExportError("the secrets would open what is masked: leave out the secrets, or the masks")


def masked_remarks(masker: Masker) -> tuple[str, ...]:
    """What a person should know of masked packets, in sentences."""
    built = "They begin with IP: link layers, VLANs and tunnels are left out."
    if "addresses" in masker.kinds:
        built = f"{built} The addresses are those that documentation uses."
    if masker.kinds & CONTENT_KINDS:
        said = (
            "Payload that may tell something is overwritten, byte for byte, and so is all that was encrypted: "
            "sequence numbers, lengths and times are true."
        )
    else:
        said = "Payload is as it was, but for what is masked and stands in it as text. What was encrypted stays so."
    return built, said


def write_packets(job: Job, path: Path, progress: Progress) -> list[Path]:
    """Write the packets of a job.

    Raises:
        ExportError: secrets were asked for beside masked packets.
    """
    check_packets(job)
    packets = packets_of(job).tolist()
    if job.wish.masks:
        write_pcapng(path, masked_packets(job.capture, job.reading, job.masker, packets, progress))
        return [path]
    secrets = secrets_of(job) if job.wish.secrets else []
    write_pcapng(path, saved_packets(job.capture, packets, progress=progress), secrets)
    return [path]
