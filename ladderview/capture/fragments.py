"""IP fragments to datagrams, as the packets come by: which packet completes one, and which carried it."""

from __future__ import annotations

from dataclasses import dataclass

from ladderview.capture.slow_lane import SlowRow


@dataclass(frozen=True, slots=True)
class Datagram:
    """A datagram that is complete.

    Attributes:
        row: the row of the packet that completed it, read from the whole datagram: its offsets count from the
            first byte of ``data``.
        packets: indices of the packets that carry it, ascending, the completing one last.
        data: the datagram, IP header first.
    """

    row: SlowRow
    packets: tuple[int, ...]
    data: bytes


class Defragmenter:
    """Collects the fragments of a capture in file order."""

    def add(self, index: int, row: SlowRow, data: bytes) -> Datagram | None:
        """Take packet ``index`` whose ``row.fragment`` is set, with its captured bytes.

        Returns the datagram where this packet completes one, else None.
        """
        return None
