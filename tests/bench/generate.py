"""Which captures does the bench measure on? Invented ones, the same bytes for the same seed, made when first needed.

``python -m tests.bench.generate NAME|all [--into FOLDER]`` makes one by name; see ``CAPTURES`` and ``DOWNLOADS``.
"""

from __future__ import annotations

import argparse
import os
import ssl
import struct
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from tests.bench import download, frames, traffic, trouble
from tests.bench.traffic import ARP, CLIENT, PACKET, SERVER, UDP, Host, Packets

SEED = 20_240_229
START_NS = 1_709_200_800 * 1_000_000_000
#: Packets written at a time; a block of them stays well under 100 MB.
BLOCK = 50_000
#: A round of this many packets has ``FLOWS_A_ROUND`` flows and is sorted by time as a whole.
ROUND = 1_000_000
FLOWS_A_ROUND = 2_000
ROUND_SECONDS = 300


@dataclass(frozen=True, slots=True)
class Wanted:
    """A capture: how many packets, kept to how many bytes each, of many flows or of one."""

    packets: int
    snaplen: int
    one_flow: bool = False


CAPTURES = {
    "big": Wanted(1_000_000, 262_144),
    "ten-million": Wanted(10_000_000, 96),
    "one-flow-1m": Wanted(1_000_000, 128, one_flow=True),
    "one-flow-100k": Wanted(100_000, 128, one_flow=True),
}

#: A long download, by the version of TLS that it goes through.
DOWNLOADS = {"download": None, "download-tls": ssl.TLSVersion.TLSv1_3}
DOWNLOAD_BYTES = 700_000_000


def _dns_name(text: str) -> bytes:
    return b"".join(bytes([len(label)]) + label.encode() for label in text.split(".")) + b"\0"


def _dns(rng: np.random.Generator, name: str, host: Host) -> tuple[bytes, bytes]:
    """Question and answer for a server's name (RFC 1035 section 4.1; type AAAA is RFC 3596)."""
    number = int(rng.integers(65536))
    kind = 28 if len(host.server) == 16 else 1
    question = _dns_name(name) + struct.pack(">HH", kind, 1)
    answer = struct.pack(">HHHIH", 0xC00C, kind, 1, 300, len(host.server)) + host.server
    return (
        struct.pack(">HHHHHH", number, 0x0100, 1, 0, 0, 0) + question,
        struct.pack(">HHHHHH", number, 0x8180, 1, 1, 0, 0) + question + answer,
    )


def _sizes(rng: np.random.Generator, flows: int, packets: int) -> list[int]:
    """Packets a flow: many short, few long, together ``packets``."""
    sizes = rng.lognormal(np.log(40), 1.9, flows)
    sizes = np.minimum(sizes, packets / 20)
    return np.maximum(10, sizes * (packets / sizes.sum())).astype(int).tolist()


class _Round:
    """Hosts, packets and named payloads of one stretch of time."""

    def __init__(self, rng: np.random.Generator, first_flow: int, flows: int, packets: int) -> None:
        self.hosts: list[Host] = []
        self.parts: list[Packets] = []
        self.payloads: dict[tuple[int, int], bytes] = {}
        for number, size in enumerate(_sizes(rng, flows, int(packets * 0.93)), start=first_flow):
            self._tcp_flow(rng, number, size)
        self._other(rng, int(packets * 0.12))

    def _add(self, host: Host, rows: Packets, start_ns: int) -> None:
        rows["flow"] = len(self.hosts)
        rows["time"] += start_ns
        self.hosts.append(host)
        self.parts.append(rows)

    def _tcp_flow(self, rng: np.random.Generator, number: int, size: int) -> None:
        host = traffic.make_host(rng, number)
        rows = trouble.troubled(rng, traffic.make_flow(rng, 0, host, size))
        duration = int(rows["time"][-1]) if len(rows) else 0
        room = ROUND_SECONDS * 1_000_000_000
        start = int(rng.integers(40_000_000, max(50_000_000, room - duration)))
        if rng.random() < 0.6:
            resolver = replace(
                host, server=host.server[:-1] + b"\xfd", client_port=int(rng.integers(1024, 60_000)), server_port=53
            )
            pair = np.zeros(2, dtype=PACKET)
            pair["kind"], pair["direction"], pair["time"] = UDP, [CLIENT, SERVER], [0, 9_000_000]
            messages = _dns(rng, f"host-{number}.example.org", host)
            pair["length"] = [len(message) for message in messages]
            for row, message in enumerate(messages):
                self.payloads[len(self.hosts), row] = message
            self._add(resolver, pair, start - 12_000_000)
        self._add(host, rows, start)

    def _other(self, rng: np.random.Generator, packets: int) -> None:
        """UDP on port 443 and ARP."""
        for number in range(60):
            host = replace(traffic.make_host(rng, 7 * number), server_port=443, timestamps=False)
            rows = np.zeros(packets // 60, dtype=PACKET)
            rows["kind"] = UDP
            rows["direction"] = rng.random(len(rows)) < 0.7
            rows["length"] = np.where(rows["direction"] == SERVER, 900, rng.integers(29, 300, len(rows)))
            rows["time"] = np.cumsum(rng.exponential(ROUND_SECONDS * 0.6e9 / len(rows), len(rows)))
            self._add(host, rows, int(rng.integers(0, ROUND_SECONDS * 0.3e9)))
        host = traffic.make_host(rng, 3)
        rows = np.zeros(packets // 40, dtype=PACKET)
        rows["kind"] = ARP
        rows["time"] = np.sort(rng.integers(0, ROUND_SECONDS * 10**9, len(rows)))
        self._add(host, rows, 0)

    def sorted(self) -> tuple[Packets, dict[int, bytes]]:
        """All packets in the order of their times, and payloads by their place in it."""
        rows = np.concatenate(self.parts)
        order = np.argsort(rows["time"], kind="stable")
        place = np.empty(len(order), dtype=np.int64)
        place[order] = np.arange(len(order))
        starts = np.cumsum([0] + [len(part) for part in self.parts])
        payloads = {int(place[starts[flow] + row]): payload for (flow, row), payload in self.payloads.items()}
        return rows[order], payloads


def _many_flows(rng: np.random.Generator, wanted: int) -> Iterator[tuple[Packets, frames.HostTable, dict[int, bytes]]]:
    start_ns, flow, left = START_NS, 0, wanted
    while left > 0:
        packets = min(ROUND, max(left, ROUND // 20))
        flows = FLOWS_A_ROUND * packets // ROUND
        made = _Round(rng, flow, flows, packets)
        rows, payloads = made.sorted()
        rows = rows[:left]
        rows["time"] += start_ns
        start_ns = int(rows["time"][-1]) + 1_000_000
        yield rows, frames.HostTable(made.hosts), payloads
        flow += flows
        left -= len(rows)


def _one_flow(rng: np.random.Generator, wanted: int) -> Iterator[tuple[Packets, frames.HostTable, dict[int, bytes]]]:
    """One long download in few, large responses, with some loss, reordering and time-outs; the window stays open."""
    host = replace(
        traffic.make_host(rng, 1), timestamps=True, mss=1448, vlan=0, server_port=443, rtt_ns=18_000_000, scale=7
    )
    rows = traffic.make_flow(rng, 0, host, wanted + 1000)
    for happens in (trouble.lose, trouble.reorder, trouble.time_out):
        rows = happens(rng, rows, 0.0004)
    rows["time"] += START_NS
    yield rows[:wanted], frames.HostTable([host]), {}


def write(path: Path, wanted: Wanted) -> None:
    """Write a capture, through a temporary name, so that a half-made one is never measured."""
    rng = np.random.default_rng(SEED)
    background = rng.integers(0, 256, BLOCK * 1_700, dtype=np.uint8)
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_suffix(".part")
    with half.open("wb") as file:
        file.write(frames.file_header(wanted.snaplen))
        for rows, hosts, payloads in (_one_flow if wanted.one_flow else _many_flows)(rng, wanted.packets):
            for first in range(0, len(rows), BLOCK):
                last = min(first + BLOCK, len(rows))
                named = {row - first: payload for row, payload in payloads.items() if first <= row < last}
                file.write(frames.records(rows[first:last], hosts, wanted.snaplen, background, named).data)
    os.replace(half, path)


def default_folder() -> Path:
    """Where made captures are kept between runs."""
    return Path(tempfile.gettempdir()) / "ladderview-bench"


def capture(name: str, folder: Path) -> Path:
    """The path of a capture by name, made if it is not there yet."""
    path = folder / f"{name}.pcap"
    if not path.exists():
        began = time.monotonic()
        if name in DOWNLOADS:
            download.write(path, DOWNLOAD_BYTES, DOWNLOADS[name])
        else:
            write(path, CAPTURES[name])
        print(f"made {path} ({path.stat().st_size / 1e6:.0f} MB) in {time.monotonic() - began:.1f} s", file=sys.stderr)
    return path


def main() -> None:
    """Make the named capture, or all of them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name", choices=[*CAPTURES, *DOWNLOADS, "all"])
    parser.add_argument("--into", type=Path, default=default_folder(), metavar="FOLDER")
    arguments = parser.parse_args()
    for name in (*CAPTURES, *DOWNLOADS) if arguments.name == "all" else [arguments.name]:
        print(capture(name, arguments.into))


if __name__ == "__main__":
    main()
