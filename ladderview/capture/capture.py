"""A capture: its packets as columns, its flows, its bytes on demand, and the damage found in it."""

from __future__ import annotations

from dataclasses import dataclass


class NotACapture(Exception):
    """The file cannot be read as a capture at all; ``str()`` is one line for a person, with the cause."""


class CaptureChanged(Exception):
    """The file was cut short or replaced after it was read; ``str()`` is one line for a person."""


@dataclass(frozen=True, slots=True)
class Damage:
    """What is wrong with a file, and where.

    Attributes:
        message: one line, with byte and packet number in it, ready to be shown.
        offset: byte offset of the damage in the (uncompressed) file.
        number: number of the packet that is damaged, counted from 1.
    """

    message: str
    offset: int
    number: int


@dataclass(frozen=True, slots=True)
class Interface:
    """Where packets were captured: one for a pcap, one an Interface Description Block for a pcapng.

    Attributes:
        linktype: LINKTYPE_ value of the tcpdump.org registry.
        name: if_name, or the empty string.
        snaplen: bytes, 0 for no limit.
        ts_per_second: timestamp units a second.
        ts_offset_s: seconds to add (if_tsoffset).
    """

    linktype: int
    name: str = ""
    snaplen: int = 0
    ts_per_second: int = 1_000_000
    ts_offset_s: int = 0
