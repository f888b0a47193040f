"""Which frames does an sFlow datagram hold? Each flow sample quotes the beginning of a sampled frame.

Source: https://sflow.org/sflow_version_5.txt. The sampled frames are quotes like those in ICMP errors: they were
seen elsewhere, so they name a connection without being packets of it.
"""

from __future__ import annotations

from ladderview.proto.walking import CutError, Reader, Step, Walk

#: Bytes before the number of records in a flow sample, plain and expanded.
SAMPLE_HEADERS = {1: 28, 3: 40}

RAW_PACKET_HEADER = 1

#: header_protocol of sFlow: what the sampled bytes are.
HEADER_PROTOCOLS = {
    1: "ethernet",
    2: "token_ring",
    4: "fddi",
    5: "frame_relay",
    7: "ppp",
    11: "ipv4",
    12: "ipv6",
    13: "mpls",
}


def sflow(walk: Walk, at: int, end: int) -> Step:
    """An sFlow version 5 datagram."""
    if walk.u32(at, end) != 5:
        return None
    place = at + 8 + (16 if walk.u32(at + 4, end) == 2 else 4)
    samples = walk.u32(place + 12, end)
    place += 16
    walk.layer("sflow", at, place, end)
    for _ in range(min(samples, 64)):
        try:
            kind, length = walk.u32(place, end), walk.u32(place + 4, end)
            if kind in SAMPLE_HEADERS:
                _records(walk, place + 8 + SAMPLE_HEADERS[kind], min(end, place + 8 + length))
        except CutError as cut:
            walk.fault(f"sflow: {cut}")
            break
        place += 8 + length
    return None


def _records(walk: Walk, place: int, end: int) -> None:
    """Leave the sampled frames of one sample for the walk to follow."""
    count = walk.u32(place, end)
    place += 4
    for _ in range(min(count, 64)):
        kind, length = walk.u32(place, end), walk.u32(place + 4, end)
        if kind == RAW_PACKET_HEADER:
            key = HEADER_PROTOCOLS.get(walk.u32(place + 8, end))
            size = walk.u32(place + 20, end)
            if key:
                walk.pending.append((key, place + 24, min(end, place + 24 + size), True))
        place += 8 + length


READERS: dict[str, Reader] = {"sflow": sflow}
