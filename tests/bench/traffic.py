"""What does invented but lifelike traffic look like? Columns of packets, from a seed.

Plan: a flow is built as numpy columns, never packet by packet. A list of exchanges becomes two columns (direction,
payload length); sequence and acknowledgment numbers follow from running sums; times follow from a round trip, a
congestion window and the time a server thinks. Trouble is written into the finished columns by ``trouble.py``.

The mix: sizes of messages are log-normal, as web traffic has been found to be; every second full segment is
acknowledged (RFC 9293 section 3.8.6.3), in a third of the flows every one; most hosts send timestamps (RFC 7323) and
allow SACK (RFC 2018).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

TCP, UDP, ARP = 0, 1, 2
CLIENT, SERVER = 0, 1
FIN, SYN, RST, PSH, ACK = 0x01, 0x02, 0x04, 0x08, 0x10

#: One row per packet. ``kind`` is TCP, UDP or ARP; time in nanoseconds; seq and ack absolute; ``length`` of payload.
PACKET = np.dtype(
    [
        ("time", "i8"),
        ("kind", "u1"),
        ("flow", "u4"),
        ("direction", "u1"),
        ("flags", "u1"),
        ("length", "u2"),
        ("seq", "u4"),
        ("ack", "u4"),
        ("window", "u2"),
        ("sack_left", "u4"),
        ("sack_right", "u4"),
        ("tsval", "u4"),
        ("tsecr", "u4"),
    ]
)
Packets = NDArray[np.void]


@dataclass(frozen=True, slots=True)
class Host:
    """How the two ends of a flow talk; the same for all its packets."""

    client: bytes
    server: bytes
    client_port: int
    server_port: int
    vlan: int
    timestamps: bool
    mss: int
    scale: int
    client_mac: bytes
    server_mac: bytes
    rtt_ns: int


def make_host(rng: np.random.Generator, number: int) -> Host:
    """Addresses from the blocks kept for documentation (RFC 5737, RFC 3849) and for private use (RFC 1918)."""
    ipv6 = rng.random() < 0.08
    if ipv6:
        client = bytes.fromhex("20010db8000000000000000000000000"[:24]) + rng.bytes(4)
        server = bytes.fromhex("20010db800010000") + bytes(7) + bytes([number % 251 + 1])
    else:
        client = bytes([10, 1 + number // 60_000 % 200, number // 250 % 240, 1 + number % 250])
        server = (
            bytes([203, 0, 113, 1 + number % 250]) if rng.random() < 0.5 else bytes([198, 51, 100, 1 + number % 250])
        )
    timestamps = bool(rng.random() < 0.85)
    return Host(
        client=client,
        server=server,
        client_port=32_768 + (number * 7) % 28_000,
        server_port=int(rng.choice([443, 80, 8080, 22, 5432, 25], p=[0.62, 0.18, 0.06, 0.04, 0.06, 0.04])),
        vlan=int(rng.integers(2, 4000)) if rng.random() < 0.05 else 0,
        timestamps=timestamps,
        mss=(1440 if ipv6 else 1460) - (12 if timestamps else 0),
        scale=int(rng.choice([0, 2, 7, 8], p=[0.05, 0.1, 0.6, 0.25])),
        client_mac=b"\x02\x00\x5e\x10" + rng.bytes(2),
        server_mac=b"\x02\x00\x5e\x20\x00\x01",
        rtt_ns=int(rng.lognormal(np.log(28e6), 0.8)),
    )


def message_sizes(rng: np.random.Generator, packets: int, mss: int) -> NDArray[np.int64]:
    """Sizes in bytes of requests and responses in turns, together some ``packets`` packets."""
    # Some flows only chat: a terminal, a database, a feed.
    request_median, response_median = (60, 160) if rng.random() < 0.2 else (420, 1_500)
    requests = np.minimum(rng.lognormal(np.log(request_median), 0.9, packets), 12_000).astype(np.int64) + 1
    responses = np.minimum(rng.lognormal(np.log(response_median), 1.6, packets), 8e7).astype(np.int64) + 1
    responses = np.minimum(responses, max(1, packets * 2 // 3) * mss)
    cost = np.cumsum(2 + requests // mss + responses // mss * 3 // 2)
    kept = max(1, int(np.searchsorted(cost, packets, side="right")))
    return np.stack([requests[:kept], responses[:kept]], axis=1).ravel()


@dataclass(frozen=True, slots=True)
class _Talk:
    """The packets of all messages of a flow: who sends, how much, and where each message starts and its data ends."""

    directions: NDArray[np.uint8]
    lengths: NDArray[np.int64]
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]


def _talk(sizes: NDArray[np.int64], mss: int, every: int) -> _Talk:
    """Segments of every message, each followed by the other side's acknowledgment after ``every`` full ones."""
    full, rest = np.divmod(sizes, mss)
    segments, acks = full + (rest > 0), full // every
    packets = segments + acks
    starts = np.cumsum(packets) - packets
    message = np.repeat(np.arange(len(sizes)), packets)
    group, place = np.divmod(np.arange(len(message)) - starts[message], every + 1)
    is_ack = (place == every) & (group < acks[message])
    segment = group * every + place
    is_rest = ~is_ack & (segment == full[message])
    sender = message % 2
    return _Talk(
        directions=np.where(is_ack, 1 - sender, sender).astype(np.uint8),
        lengths=np.where(is_ack, 0, np.where(is_rest, rest[message], mss)),
        starts=starts,
        ends=starts + packets - 1,
    )


def _gaps(
    rng: np.random.Generator, directions: NDArray[np.uint8], starts: NDArray[np.int64], rtt_ns: int
) -> NDArray[np.int64]:
    """Time since the packet before: little in a flight, a round trip between flights, a pause before a message."""
    count = len(directions)
    gaps = rng.exponential(9_000, count).astype(np.int64) + 1_200
    turned = np.flatnonzero(np.diff(directions) != 0) + 1
    gaps[turned] += rng.integers(8_000, 60_000, len(turned))
    flight = max(16, int(rng.integers(20, 120)))
    gaps[flight::flight] += rtt_ns
    gaps[starts] += (rtt_ns * (0.9 + 0.2 * rng.random(len(starts)))).astype(np.int64)
    gaps[starts[::2]] += rng.exponential(60e6, len(starts[::2])).astype(np.int64)
    return gaps


def make_flow(rng: np.random.Generator, number: int, host: Host, packets: int) -> Packets:
    """A flow of about ``packets`` packets, complete from SYN to the last ACK and without trouble."""
    every = 1 if rng.random() < 0.35 else 2
    talk = _talk(message_sizes(rng, packets, host.mss), host.mss, every)
    opening = np.array([CLIENT, SERVER, CLIENT], dtype=np.uint8)
    closing = np.array([CLIENT, CLIENT, SERVER, CLIENT], dtype=np.uint8)
    starts, ends = talk.starts + len(opening), talk.ends + len(opening)

    rows = np.zeros(len(opening) + len(talk.directions) + len(closing), dtype=PACKET)
    rows["flow"] = number
    rows["direction"] = np.concatenate([opening, talk.directions, closing])
    rows["length"][len(opening) : -len(closing)] = talk.lengths
    rows["flags"] = ACK
    rows["flags"][ends] |= np.where(rows["length"][ends] > 0, PSH, 0).astype(np.uint8)
    rows["flags"][:3] = [SYN, SYN | ACK, ACK]
    rows["flags"][-3:-1] = FIN | ACK
    _number(rng, rows)
    gaps = _gaps(rng, rows["direction"], starts, host.rtt_ns)
    gaps[0], gaps[1], gaps[2] = 0, host.rtt_ns, 30_000
    rows["time"] = np.cumsum(gaps)
    _timestamps(rng, rows)
    rows["window"] = np.where(rows["direction"] == CLIENT, 501, 509)
    rows["window"] -= (rng.integers(0, 40, len(rows)) * (rows["direction"] == CLIENT)).astype(np.uint16)
    rows["window"][:2] = [64_240, 65_160]
    return rows


def _number(rng: np.random.Generator, rows: Packets) -> None:
    """Sequence and acknowledgment numbers from running sums of what each side has sent (SYN and FIN count one each)."""
    steps = rows["length"].astype(np.int64) + ((rows["flags"] & (SYN | FIN)) != 0)
    isn = rng.integers(0, 2**32, 2)
    sent = [np.cumsum(np.where(rows["direction"] == side, steps, 0)) for side in (CLIENT, SERVER)]
    for side in (CLIENT, SERVER):
        own = rows["direction"] == side
        rows["seq"][own] = (isn[side] + sent[side][own] - steps[own]) & 0xFFFFFFFF
        rows["ack"][own] = (isn[1 - side] + sent[1 - side][own]) & 0xFFFFFFFF
    rows["ack"][0] = 0


def _timestamps(rng: np.random.Generator, rows: Packets) -> None:
    """TSval counts milliseconds from a random start; TSecr repeats the other side's latest (RFC 7323 section 3)."""
    base = rng.integers(1, 2**32, 2)
    rows["tsval"] = ((base[rows["direction"]] + rows["time"] // 1_000_000) & 0xFFFFFFFF).astype(np.uint32)
    index = np.arange(len(rows))
    for side in (CLIENT, SERVER):
        latest = np.maximum.accumulate(np.where(rows["direction"] != side, index, -1))
        own = (rows["direction"] == side) & (latest >= 0)
        rows["tsecr"][own] = rows["tsval"][latest[own]]
