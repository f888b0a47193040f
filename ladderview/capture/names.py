"""Which host names does the capture give to addresses? By the DNS answers that it holds (RFC 1035 section 4).

Plan: an address in an answer is given the name that was asked for, not the end of a chain of aliases: it is the name
that a person typed. Multicast DNS (RFC 6762) may answer without a question; then the record's own name counts.

Traps: dpkt gives up a message at its first fault, and answers are often cut by the snap length; here what was read
before stays. Names point back into the message and may point in circles, so every step is counted. A capture may be
one long flood of answers: messages and names are bounded.
"""

from __future__ import annotations

import socket
import struct
from collections.abc import Iterator

#: Messages that are read and names that are kept of one capture.
MAX_MESSAGES = 20_000
MAX_NAMES = 50_000

_RESPONSE = 0x8000
_ADDRESS_TYPES = {1: (4, socket.AF_INET), 28: (16, socket.AF_INET6)}  # A (RFC 1035), AAAA (RFC 3596)
_IN = 1
#: RFC 6762 section 10.2: the top bit of the class is a flag in multicast DNS.
_CLASS_MASK = 0x7FFF
_MAX_RECORDS = 64


class HostNames:
    """Collects names; the first that an address is given stays."""

    def __init__(self) -> None:
        self.names: dict[str, str] = {}
        self._messages = 0

    def wants_more(self) -> bool:
        """Whether the bounds leave room for another message."""
        return self._messages < MAX_MESSAGES and len(self.names) < MAX_NAMES

    def add(self, message: bytes) -> None:
        """Take a DNS message; what cannot be read is left out."""
        self._messages += 1
        try:
            for address, name in answers(message):
                self.names.setdefault(address, name)
        except (struct.error, ValueError):
            return


def answers(message: bytes) -> Iterator[tuple[str, str]]:
    """The addresses in the answer section of a message and their names, until it ends or makes no sense.

    Raises:
        ValueError, struct.error: there it made no sense.
    """
    _, flags, questions, records, _, _ = struct.unpack_from(">HHHHHH", message)
    if not flags & _RESPONSE or questions > 1:
        return
    at, asked = 12, ""
    if questions:
        asked, at = _name(message, at)
        at += 4
    for _ in range(min(records, _MAX_RECORDS)):
        own, at = _name(message, at)
        kind, record_class, _, length = struct.unpack_from(">HHIH", message, at)
        at += 10
        size, family = _ADDRESS_TYPES.get(kind, (0, socket.AF_INET))
        if size == length and record_class & _CLASS_MASK == _IN and len(message) >= at + size and (asked or own):
            yield socket.inet_ntop(family, message[at : at + size]), asked or own
        at += length


def _name(message: bytes, at: int) -> tuple[str, int]:
    """The name at ``at`` (RFC 1035 section 4.1.4) and where the message goes on behind it."""
    labels: list[str] = []
    behind = -1
    for _ in range(128):  # a name has at most 127 labels
        if at >= len(message):
            raise ValueError("a name is cut")
        length = message[at]
        if length == 0:
            return ".".join(labels), behind if behind >= 0 else at + 1
        if length & 0xC0 == 0xC0:
            behind = behind if behind >= 0 else at + 2
            at = struct.unpack_from(">H", message, at)[0] & 0x3FFF
            continue
        if length > 63:
            raise ValueError("a label of unknown type")
        label = message[at + 1 : at + 1 + length].decode("utf-8", "replace").lower()  # some resolvers mix the case
        labels.append(label if label.isprintable() else _printable(label))
        at += 1 + length
    raise ValueError("a name that points in circles")


def _printable(label: str) -> str:
    return "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in label)
