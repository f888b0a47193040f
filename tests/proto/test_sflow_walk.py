"""sFlow: the sampled frames are found, as quotes."""

from __future__ import annotations

from ladderview.proto.stack import Stack, walk
from tests.proto.sflow import datagram, record, sample
from tests.proto.wire import FRAME, IP4


def read(*samples: bytes, version: int = 5, count: int | None = None) -> Stack:
    packet = datagram(*samples, version=version, count=count)
    return walk(packet, 1, len(packet))


def segments(stack: Stack) -> int:
    return (stack.tcp is not None) + len(stack.more_tcp)


def test_each_sample_quotes_a_frame() -> None:
    found = read(sample(record(FRAME)), sample(record(FRAME)), sample(record(FRAME), expanded=True))
    assert segments(found) == 3
    assert all(tcp.quoted for tcp in (found.tcp, *found.more_tcp) if tcp)


def test_other_records_are_passed_over() -> None:
    assert segments(read(sample(record(bytes(8), kind=1001), record(FRAME)))) == 1


def test_sampled_ip() -> None:
    assert segments(read(sample(record(IP4, protocol=11)))) == 1


def test_an_older_version_is_not_read() -> None:
    assert segments(read(sample(record(FRAME)), version=4)) == 0


def test_more_samples_promised_than_there_are() -> None:
    found = read(sample(record(FRAME)), count=9)
    assert segments(found) == 1
    assert found.error.startswith("sflow: 4 bytes needed")
