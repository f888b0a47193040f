"""Which packets of a capture are written again? A flow of its own, a scenario, a copy with notes in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from ladderview.capture.capture import Capture
from ladderview.capture.records import NO_INTERFACE
from ladderview.capture.save import SavedPacket
from ladderview.progress import Progress, no_progress

#: Packets between two calls of ``progress``.
_TICK_PACKETS = 4096


def saved_packets(
    capture: Capture,
    indices: Iterable[int] | None = None,
    notes: Mapping[int, Sequence[str]] | None = None,
    progress: Progress = no_progress,
) -> Iterator[SavedPacket]:
    """Packets of a capture, to be written again.

    Args:
        capture: open.
        indices: which packets, from 0; all where None.
        notes: packet -> comments to write instead of those that it has in the capture.
        progress: told packets of packets.

    Raises:
        CaptureChanged: the file was cut short or replaced since it was read.
        Cancelled: by ``progress``.
    """
    chosen = range(len(capture.packets)) if indices is None else list(indices)
    table, notes = capture.packets, notes or {}
    for done, index in enumerate(chosen):
        if done % _TICK_PACKETS == 0:
            progress(done, len(chosen))
        number = int(table.iface[index])
        if number == NO_INTERFACE:
            continue  # a record that is no packet: what it said cannot be told by its bytes alone
        interface = capture.interfaces[number]
        yield SavedPacket(
            int(table.ts_ns[index]),
            capture.packet_bytes(index),
            int(table.orig_len[index]),
            interface.linktype,
            notes.get(index, capture.comments.get(index, ())),
            interface.fcs_len,
            interface.snaplen,
            interface.ts_per_second,
        )
