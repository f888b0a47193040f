"""How does trouble look in the columns of a flow? Loss, reordering, full windows, probes, resets, late captures.

Every function takes a finished flow of ``traffic.make_flow`` and gives back a changed one; positions are chosen from
the seed. Packets are put in by copying a neighbour and changing what differs, so that options and numbers fit.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from tests.bench.traffic import ACK, CLIENT, RST, SERVER, Packets

Trouble = Callable[[np.random.Generator, Packets], Packets]


def _inserted(rows: Packets, after: list[int], extra: list[np.void]) -> Packets:
    """``extra[i]`` put behind row ``after[i]``; times are made to rise again."""
    if not after:
        return rows
    order = np.argsort(np.array(after), kind="stable")
    merged = np.insert(rows, np.array(after)[order] + 1, np.array(extra, dtype=rows.dtype)[order])
    merged["time"] = np.maximum.accumulate(merged["time"])
    return merged


def _data_rows(rows: Packets) -> NDArray[np.intp]:
    return np.flatnonzero((rows["direction"] == SERVER) & (rows["length"] > 1000))


def _acks_of_client(rows: Packets) -> NDArray[np.intp]:
    """Pure ACKs of the client that have others before and behind them."""
    acks = np.flatnonzero((rows["direction"] == CLIENT) & (rows["length"] == 0) & (rows["flags"] == ACK))
    return acks[(acks > 3) & (acks < len(rows) - 6)]


def _positions(rng: np.random.Generator, rows: Packets, share: float, room: int) -> list[int]:
    """Data rows, well apart from each other, with ``room`` rows behind them."""
    data = _data_rows(rows)
    data = data[data < len(rows) - room - 4]
    if not len(data):
        return []
    count = max(1, int(len(data) * share))
    chosen = np.sort(rng.choice(data, min(count, len(data)), replace=False))
    kept: list[int] = []
    for row in chosen.tolist():
        if not kept or row - kept[-1] > room + 2:
            kept.append(row)
    return kept


def lose(rng: np.random.Generator, rows: Packets, share: float = 0.01) -> Packets:
    """Segments lost on the way: duplicate ACKs with SACK, then a fast retransmission (RFC 5681 section 3.2, RFC 2018).

    Half of the losses happen before the capture point, so that the first copy is not in the capture.
    """
    rows = rows.copy()
    after: list[int] = []
    extra: list[np.void] = []
    unseen: list[int] = []
    for at in _positions(rng, rows, share, room=24):
        lost = rows[at].copy()
        expected = int(lost["seq"])
        left = (expected + int(lost["length"])) & 0xFFFFFFFF
        stop = at + int(rng.integers(8, 20))
        for row in range(at + 1, stop):
            packet = rows[row]
            if packet["direction"] == CLIENT:
                packet["sack_left"], packet["sack_right"], packet["ack"] = left, packet["ack"], expected
                packet["window"] = 480
                if packet["sack_left"] == packet["sack_right"]:
                    packet["sack_left"] = packet["sack_right"] = 0
            elif packet["length"] and rows[row + 1]["direction"] == SERVER:
                answer = _answer(packet)
                answer["ack"] = expected
                answer["sack_left"], answer["sack_right"] = (
                    left,
                    int(packet["seq"]) + int(packet["length"]) & 0xFFFFFFFF,
                )
                after.append(row)
                extra.append(answer)
        again = lost.copy()
        again["time"] = rows[stop - 1]["time"] + 40_000
        acknowledged = _answer(rows[stop - 1] if rows[stop - 1]["direction"] == SERVER else again)
        acknowledged["time"] = again["time"] + 30_000
        sent = rows[at:stop][rows["direction"][at:stop] == SERVER][-1]
        acknowledged["ack"] = int(sent["seq"]) + int(sent["length"]) & 0xFFFFFFFF
        after += [stop - 1, stop - 1]
        extra += [again, acknowledged]
        if rng.random() < 0.5:
            unseen.append(at)
    merged = _inserted(rows, after, extra)
    shift = np.searchsorted(np.sort(np.array(after)), np.array(unseen, dtype=np.int64), side="left") if after else 0
    return np.delete(merged, np.array(unseen, dtype=np.int64) + shift)


def _answer(packet: np.void) -> np.void:
    """A pure ACK by the other side, straight after a segment."""
    answer = packet.copy()
    answer["direction"] = 1 - packet["direction"]
    answer["length"] = 0
    answer["flags"] = ACK
    answer["seq"] = packet["ack"]
    answer["ack"] = int(packet["seq"]) + int(packet["length"]) & 0xFFFFFFFF
    answer["tsval"], answer["tsecr"] = packet["tsecr"], packet["tsval"]
    answer["time"] = packet["time"] + 2_000
    answer["window"] = 480
    return answer


def time_out(rng: np.random.Generator, rows: Packets, share: float = 0.003) -> Packets:
    """A segment sent again after a silence of 200 ms and more (RFC 6298)."""
    rows = rows.copy()
    after: list[int] = []
    extra: list[np.void] = []
    for at in _positions(rng, rows, share, room=2):
        again = rows[at].copy()
        wait = int(rng.integers(200, 900)) * 1_000_000
        rows["time"][at + 1 :] += wait
        again["time"] = rows["time"][at] + wait - 50_000
        after.append(at)
        extra.append(again)
    return _inserted(rows, after, extra)


def reorder(rng: np.random.Generator, rows: Packets, share: float = 0.01) -> Packets:
    """Two neighbours in the wrong order."""
    rows = rows.copy()
    for at in _positions(rng, rows, share, room=2):
        if rows["direction"][at + 1] == SERVER and rows["length"][at + 1] > 0:
            times = rows["time"][[at, at + 1]]
            rows[[at, at + 1]] = rows[[at + 1, at]]
            rows["time"][[at, at + 1]] = times
    return rows


def stop_reading(rng: np.random.Generator, rows: Packets) -> Packets:
    """The client's window closes, the server probes it, it opens again (RFC 9293 section 3.8.6)."""
    rows = rows.copy()
    acks = _acks_of_client(rows)
    if not len(acks):
        return rows
    at = int(rng.choice(acks))
    rows["window"][at] = 0
    closed = rows[at].copy()
    extra: list[np.void] = []
    for probe_number in range(int(rng.integers(1, 5))):
        wait = 200_000_000 << probe_number
        rows["time"][at + 1 :] += wait
        closed["time"] += wait
        probe = _answer(closed)
        probe["length"], probe["ack"], probe["seq"] = 1, closed["seq"], closed["ack"]
        refused = closed.copy()
        refused["time"] = probe["time"] + 1_000
        extra += [probe, refused]
    opened = closed.copy()
    opened["window"] = 501
    opened["time"] += 5_000
    extra.append(opened)
    return _inserted(rows, [at] * len(extra), extra)


def keep_alive(rng: np.random.Generator, rows: Packets) -> Packets:
    """After an idle time one side asks with the last octet again (RFC 9293 section 3.8.4)."""
    rows = rows.copy()
    acks = _acks_of_client(rows)
    if not len(acks):
        return rows
    at = int(rng.choice(acks))
    rows["time"][at + 1 :] += 45_000_000_000
    ask = rows[at].copy()
    ask["seq"] = int(ask["seq"]) - 1 & 0xFFFFFFFF
    ask["time"] += 44_000_000_000
    reply = _answer(rows[at])
    reply["seq"], reply["ack"] = rows[at]["ack"], rows[at]["seq"]
    reply["time"] = ask["time"] + 20_000_000
    reply["window"] = 509
    return _inserted(rows, [at, at], [ask, reply])


def reset(rng: np.random.Generator, rows: Packets) -> Packets:
    """Cut off in the middle by either side."""
    stop = int(rng.integers(min(5, len(rows) - 1), len(rows)))
    rows = rows[: stop + 1].copy()
    last = rows[-1]
    last["length"], last["flags"], last["window"] = 0, RST | ACK, 0
    return rows


def refuse(rng: np.random.Generator, rows: Packets) -> Packets:
    """Nobody listens."""
    rows = rows[:2].copy()
    rows["flags"][1], rows["window"][1] = RST | ACK, 0
    return rows


def silent(rng: np.random.Generator, rows: Packets) -> Packets:
    """The SYN is never answered, and is sent again after 1, 2, 4 ... seconds (RFC 6298)."""
    count = int(rng.integers(1, 6))
    rows = np.repeat(rows[:1], count)
    rows["time"] += ((1 << np.arange(count)) - 1) * 1_000_000_000
    return rows


def begin_late(rng: np.random.Generator, rows: Packets) -> Packets:
    """The capture began after the handshake."""
    rows = rows[3:].copy()
    rows["time"] -= rows["time"][0] if len(rows) else 0
    return rows


def end_early(rng: np.random.Generator, rows: Packets) -> Packets:
    """Still open when the capture ended."""
    return rows[:-4]


#: (share of all flows, what happens to them); the rest stay as they are.
MIX: tuple[tuple[float, Trouble], ...] = (
    (0.110, lose),
    (0.030, time_out),
    (0.040, reorder),
    (0.010, stop_reading),
    (0.010, keep_alive),
    (0.050, reset),
    (0.020, refuse),
    (0.015, silent),
    (0.040, begin_late),
    (0.060, end_early),
)


def troubled(rng: np.random.Generator, rows: Packets) -> Packets:
    """The flow with what chance brings it; see ``MIX``."""
    chance = rng.random()
    for share, happens in MIX:
        if chance < share:
            return happens(rng, rows)
        chance -= share
    return rows
