"""How does one make broken captures of a good one? By chance, and the same again from the same seed.

Five kinds, by where the damage is: anywhere in the ``file``; in the TCP ``payload``; in the streams of both directions,
where bytes also come and go (``stream``); in the ``plaintext`` behind decryption; in what was inside TLS, sent in the
clear (``clear``).
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from random import Random

from ladderview.analysis.flow_analysis import analyse_flow
from ladderview.analysis.keys import Keys, keys_of
from ladderview.analysis.messages import messages_of
from ladderview.capture.capture import open_capture
from ladderview.proto.tls_decrypt import Decryptor, Opened, Sealed
from ladderview.proto.tls_secrets import ResumptionPool

#: Bytes and numbers at which readers stumble.
_BYTES = (0x00, 0x01, 0x03, 0x0A, 0x0D, 0x14, 0x16, 0x17, 0x20, 0x3A, 0x7F, 0x80, 0xFE, 0xFF)
_WORDS = (
    b"\r\n",
    b"\r\n\r\n",
    b"HTTP/1.1 200 OK\r\n",
    b"Transfer-Encoding: chunked\r\n",
    b"Content-Encoding: gzip\r\n",
)
_MORE_WORDS = (b"Content-Length: 99999999999999999999\r\n", b"fffffffffffffff\r\n", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
_RECORDS = (b"\x16\x03\x03\x00\x04\x00\x00\x00\x00", b"\x14\x03\x03\x00\x01\x01", b"\x15\x03\x03\x00\x02\x02\x28")
_FRAMES = (
    b"\x00\x00\x00\x01\x05\x00\x00\x00\x01",
    b"\xff\xff\xff\x00\x08\x00\x00\x00\x01",
    b"\x81\xff\xff\xff\xff\xff",
)
_TOKENS = (*_WORDS, *_MORE_WORDS, *_RECORDS, *_FRAMES)


@dataclass(frozen=True, slots=True)
class Good:
    """A capture that is not broken yet.

    Attributes:
        data: the file.
        keys: what opens it.
        payloads: where the TCP payloads stand in the file: (start, end).
        streams: the bytes of both directions of each flow.
        plain: the same of the application data inside TLS.
    """

    data: bytes
    keys: Keys
    payloads: list[tuple[int, int]]
    streams: list[tuple[bytes, bytes]]
    plain: list[tuple[bytes, bytes]]


@cache
def good(path: Path) -> Good:
    capture = open_capture(path)
    key = path.with_suffix(".pem")
    keys = keys_of(capture, rsa_keys=[key] if key.exists() else [], environment={})
    packets = capture.packets
    starts = (packets.offset + packets.payload_off).tolist()
    sizes = [
        min(size, cut - off)
        for size, cut, off in zip(
            packets.payload_len.tolist(), packets.caplen.tolist(), packets.payload_off.tolist(), strict=True
        )
    ]
    streams, plain = [], []
    for flow_id in range(len(capture.flows)):
        messages = messages_of(capture, analyse_flow(capture, flow_id), keys)
        for layer in messages.layers:
            both = layer.streams[0].read(0, len(layer.streams[0])), layer.streams[1].read(0, len(layer.streams[1]))
            if layer.parent < 0:
                streams.append(both)
            elif layer.name == "TLS application data" and any(both):
                plain.append(both)
    payloads = [(start, start + size) for start, size in zip(starts, sizes, strict=True) if size > 0]
    capture.close()
    return Good(path.read_bytes(), keys, payloads, streams, plain)


# --- damage ---


def in_place(random: Random, data: bytearray, start: int, end: int) -> None:
    """Change a few bytes of ``[start, end)``; the length stays."""
    for _ in range(random.choice((1, 1, 2, 4, 16))):
        at = random.randrange(start, end)
        match random.randrange(4):
            case 0:
                data[at] ^= 1 << random.randrange(8)
            case 1:
                data[at] = random.choice(_BYTES)
            case 2:
                size = min(random.choice((2, 3, 4, 8)), end - at)
                data[at : at + size] = random.choice((b"\x00", b"\xff", b"\x7f")) * size
            case _:
                token = random.choice(_TOKENS)[: end - at]
                data[at : at + len(token)] = token


def anyhow(random: Random, data: bytes) -> bytes:
    """Change, insert, leave out, repeat or move bytes."""
    changed = bytearray(data)
    for _ in range(random.choice((1, 1, 2, 3))):
        if not changed:
            return bytes(changed)
        at = random.randrange(len(changed))
        size = random.choice((1, 2, 4, 9, 64, 700))
        match random.randrange(6):
            case 0:
                changed[at:at] = random.randbytes(size)
            case 1:
                changed[at:at] = random.choice(_TOKENS)
            case 2:
                del changed[at : at + size]
            case 3:
                changed[at:at] = changed[at : at + size] * random.choice((1, 1, 3, 200))
            case 4:
                to = random.randrange(len(changed))
                changed[to:to] = changed[at : at + size]
            case _:
                in_place(random, changed, 0, len(changed))
    return bytes(changed)


# --- a capture of streams ---

#: LINKTYPE_RAW of the tcpdump.org registry.
_HEADER = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262_144, 101)
_CLIENT, _SERVER = bytes((10, 0, 0, 7)), bytes((192, 0, 2, 10))
_SYN, _ACK, _FIN = 0x02, 0x10, 0x01


def capture_of(random: Random, streams: tuple[bytes, bytes], port: int) -> bytes:
    """A pcap in which two ends say this in turn, in segments of any size; some are lost and some come twice."""
    packets: list[bytes] = []
    following = [1, 1]
    loses = random.random() < 0.3

    def send(way: int, flags: int, data: bytes = b"", seq: int | None = None) -> None:
        ports = (40_000, port) if way == 0 else (port, 40_000)
        ends = (_CLIENT, _SERVER) if way == 0 else (_SERVER, _CLIENT)
        number = following[way] if seq is None else seq
        tcp = struct.pack("!HHIIHHHH", *ports, number, following[1 - way], 0x5000 | flags, 64_000, 0, 0)
        ip = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 40 + len(data), 0, 0, 64, 6, 0, *ends)
        packets.append(ip + tcp + data)

    send(0, _SYN, seq=0)
    send(1, _SYN | _ACK, seq=0)
    done = [0, 0]
    while any(done[way] < len(streams[way]) for way in (0, 1)):
        way = random.randrange(2)
        data = streams[way][done[way] : done[way] + random.choice((1, 5, 60, 500, 1400, 1400, 9000))]
        if not data:
            continue
        send(way, _ACK, data)
        done[way] += len(data)
        following[way] += len(data)
        if loses and random.random() < 0.1:
            packets.pop()
        elif random.random() < 0.03:
            packets.append(packets[-1])
    for way in (0, 1):
        if random.random() < 0.7:
            send(way, _FIN | _ACK)
    if loses and len(packets) > 4:
        at = random.randrange(2, len(packets) - 1)
        packets[at], packets[at + 1] = packets[at + 1], packets[at]
    records = (struct.pack("<IIII", 1, n, len(packet), len(packet)) + packet for n, packet in enumerate(packets))
    return _HEADER + b"".join(records)


# --- damage behind decryption ---


class _Warped(Decryptor):
    """Opens records, and changes every fourth that it opened, the same way each time."""

    seed = ""

    def _warp(self, direction: int, number: int, opened: Opened | Sealed) -> Opened | Sealed:
        if not isinstance(opened, Opened):
            return opened
        random = Random(f"{self.seed}/{direction}/{number}")
        if random.randrange(4):
            return opened
        kind = opened.content_type if random.randrange(8) else random.randrange(20, 25)
        return replace(opened, content_type=kind, plaintext=anyhow(random, opened.plaintext)[: 1 << 16])

    def decrypt(self, direction: int, header: bytes, fragment: bytes) -> Opened | Sealed:
        opened = super().decrypt(direction, header, fragment)
        return self._warp(direction, self._directions[direction].count - 1, opened)

    def at(self, direction: int, number: int, header: bytes, fragment: bytes) -> Opened | Sealed:
        return self._warp(direction, number, super().at(direction, number, header, fragment))


@dataclass(frozen=True, slots=True)
class _WarpedKeys(Keys):
    seed: str = field(default="")

    def decryptor(self, searches: bool = True) -> Decryptor:
        decryptor = _Warped(self.keylog, self.rsa_keys, self.pool, searches)
        decryptor.seed = self.seed
        return decryptor


# --- the kinds ---

#: A broken file, and the keys for it.
Broken = tuple[bytes, Keys]


def _fresh(keys: Keys) -> Keys:
    """What one broken capture teaches must not help the next."""
    return Keys(keys.keylog, keys.rsa_keys, ResumptionPool())


def _file(random: Random, sample: Good) -> Broken:
    data = bytearray(sample.data)
    in_place(random, data, 0, len(data))
    return bytes(data), _fresh(sample.keys)


def _payload(random: Random, sample: Good) -> Broken:
    data = bytearray(sample.data)
    for _ in range(random.choice((1, 1, 2))):
        in_place(random, data, *random.choice(sample.payloads))
    return bytes(data), _fresh(sample.keys)


def _both(random: Random, streams: tuple[bytes, bytes]) -> tuple[bytes, bytes]:
    ways = random.choice(((0,), (1,), (0, 1)))
    client, server = (anyhow(random, stream) if way in ways else stream for way, stream in enumerate(streams))
    return client, server


def _stream(random: Random, sample: Good) -> Broken:
    data = capture_of(random, _both(random, random.choice(sample.streams)), random.choice((80, 443, 5000)))
    return data, _fresh(sample.keys)


def _clear(random: Random, sample: Good) -> Broken:
    streams = random.choice(sample.plain or sample.streams)
    return capture_of(random, _both(random, streams), random.choice((80, 5000))), Keys()


def _plaintext(random: Random, sample: Good) -> Broken:
    keys = _fresh(sample.keys)
    return sample.data, _WarpedKeys(keys.keylog, keys.rsa_keys, keys.pool, str(random.random()))


KINDS: dict[str, Callable[[Random, Good], Broken]] = {
    "file": _file,
    "payload": _payload,
    "stream": _stream,
    "clear": _clear,
    "plaintext": _plaintext,
}
