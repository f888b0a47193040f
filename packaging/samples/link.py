"""What lies between the two ends of a recording: a long wire with a rate, a delay and, where asked, loss.

Two TAP devices, one in each network namespace, and a thread that carries Ethernet frames from one to the other. Frames
of one direction never overtake each other. Loss is chosen by hand, not by chance: "the 14th data segment that the
server sends, the first two times it is sent", so that a recording can be made again and shows the same.
"""

from __future__ import annotations

import fcntl
import os
import random
import select
import struct
import threading
import time
from collections import Counter, deque
from collections.abc import Mapping
from dataclasses import dataclass, field

# linux/if_tun.h
TUNSETIFF = 0x400454CA
IFF_TAP, IFF_NO_PI = 0x0002, 0x1000

ETHERTYPE_IPV4, ETHERTYPE_IPV6 = 0x0800, 0x86DD
LARGEST_FRAME = 2048


def open_tap(name: str) -> int:
    """Make a TAP device and give back the descriptor its frames are read from and written to."""
    descriptor = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(descriptor, TUNSETIFF, struct.pack("16sH22x", name.encode(), IFF_TAP | IFF_NO_PI))
    return descriptor


def tcp_payload(frame: bytes) -> tuple[int, int]:
    """(sequence number, payload length) of a TCP segment in an Ethernet frame; length 0 for anything else."""
    ethertype = int.from_bytes(frame[12:14], "big")
    if ethertype == ETHERTYPE_IPV4 and frame[23] == 6:
        tcp = 14 + (frame[14] & 15) * 4
        end = 14 + int.from_bytes(frame[16:18], "big")
    elif ethertype == ETHERTYPE_IPV6 and frame[20] == 6:
        tcp = 54
        end = 54 + int.from_bytes(frame[18:20], "big")
    else:
        return 0, 0
    header = (frame[tcp + 12] >> 4) * 4
    return int.from_bytes(frame[tcp + 4 : tcp + 8], "big"), end - tcp - header


@dataclass(slots=True)
class Direction:
    """One way through the wire."""

    source: int
    target: int
    drop: Mapping[int, int]
    waiting: deque[tuple[float, bytes]] = field(default_factory=deque)
    free_at: float = 0.0
    order: dict[int, int] = field(default_factory=dict)
    sent: Counter[int] = field(default_factory=Counter)

    def is_lost(self, frame: bytes) -> bool:
        """Whether this transmission of this data segment is one of those to lose."""
        seq, length = tcp_payload(frame)
        if not length or not self.drop:
            return False
        number = self.order.setdefault(seq, len(self.order) + 1)
        self.sent[number] += 1
        return self.sent[number] <= self.drop.get(number, 0)


class Link(threading.Thread):
    """The wire. ``drop`` maps the number of a data segment of the server to how often it is lost."""

    def __init__(
        self, client: int, server: int, *, delay: float, rate: float, drop: Mapping[int, int] | None = None
    ) -> None:
        super().__init__(daemon=True)
        self.delay, self.rate = delay, rate
        self.directions = (Direction(client, server, {}), Direction(server, client, drop or {}))
        self.stopped = threading.Event()
        self.random = random.Random(7)

    def run(self) -> None:
        while not self.stopped.is_set():
            due = min((way.waiting[0][0] for way in self.directions if way.waiting), default=time.monotonic() + 0.1)
            ready, _, _ = select.select(
                [way.source for way in self.directions], [], [], max(0.0, due - time.monotonic())
            )
            for way in self.directions:
                if way.source in ready:
                    self._take(way)
                self._deliver(way)

    def _take(self, way: Direction) -> None:
        while True:
            try:
                frame = os.read(way.source, LARGEST_FRAME)
            except BlockingIOError:
                return
            if way.is_lost(frame):
                continue
            now = time.monotonic()
            way.free_at = max(way.free_at, now) + len(frame) * 8 / self.rate
            way.waiting.append((way.free_at + self.delay + self.random.uniform(0, 0.0004), frame))

    def _deliver(self, way: Direction) -> None:
        while way.waiting and way.waiting[0][0] <= time.monotonic():
            os.write(way.target, way.waiting.popleft()[1])
