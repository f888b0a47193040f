"""Which messages travel together, so that one arrow can stand for them?

A flight is what one end says before the other says something (RFC 8446 section 2 calls it that). Handshake messages of
one flight are one arrow, but what is sent in the clear and what is sent encrypted are two; a Finished stays with what
it finishes. A request, a response, a run of frames or of data is a flight of its own, and so is an alert.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ladderview.analysis.message import TLS, HandshakePart, Message, RecordPart
from ladderview.analysis.messages import Messages
from ladderview.proto.tls_names import is_tls13

#: Content types of TLS (RFC 8446 section 5.1) that are never part of a flight.
_ALERT, _APPLICATION_DATA = 21, 23

#: Handshake types (RFC 8446 section 4): the hellos, what ends a flight, and what may come at any time.
_HELLOS = frozenset({1, 2})
_FINISHED = 20
_AFTER_HANDSHAKE = frozenset({0, 24})  # Hello Request, Key Update
_TICKET = 4


@dataclass(frozen=True, slots=True)
class Flights:
    """Flights in the order in which they were whole; int64 columns, one row a flight.

    Attributes:
        start, end: the messages of a flight are ``messages[start:end]``.
        row: the segment with which its last message was whole.
        direction: uint8, who sent it.
    """

    start: NDArray[np.int64]
    end: NDArray[np.int64]
    row: NDArray[np.int64]
    direction: NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.row)


def flights_of(messages: Messages, *, each_message: bool = False) -> Flights:
    """The flights of a flow; with ``each_message`` every message is a flight of its own."""
    every = messages.messages
    begins: list[int] = []
    for number, message in enumerate(every):
        if number == 0 or each_message or not _goes_on(every[begins[-1]], every[number - 1], message):
            begins.append(number)
    start = np.array(begins, np.int64)
    end = np.append(start[1:], len(every)).astype(np.int64) if len(start) else start
    direction = np.fromiter((every[number].direction for number in begins), np.uint8, len(begins))
    return Flights(start, end, messages.rows[end - 1], direction)


def _goes_on(first: Message, before: Message, message: Message) -> bool:
    """Whether a message goes on with the flight that began with ``first`` and has come to ``before``."""
    if before.protocol != TLS or message.protocol != TLS or before.direction != message.direction:
        return False
    if is_alert(before) or is_alert(message) or _is_data(before) or _is_data(message):
        return False
    if is_after_handshake(before) or is_after_handshake(message):
        return is_after_handshake(before) and is_after_handshake(message)
    if _is_encrypted(message) and not _is_encrypted(before):
        return _kind(message) == _FINISHED or isinstance(first.content, RecordPart)
    return True


def is_alert(message: Message) -> bool:
    """Whether it is an alert of TLS, readable or not."""
    return isinstance(message.content, RecordPart) and message.content.content_type == _ALERT


def is_after_handshake(message: Message) -> bool:
    """Whether it is a handshake message that may come at any time, and belongs to no handshake."""
    kind = _kind(message)
    return kind in _AFTER_HANDSHAKE or (kind == _TICKET and _is_encrypted(message))


def _is_data(message: Message) -> bool:
    return isinstance(message.content, RecordPart) and message.content.content_type == _APPLICATION_DATA


def _is_encrypted(message: Message) -> bool:
    """Whether TLS 1.3 encrypts it: all that follows the hellos. Below 1.3 that is the Finished alone."""
    part = message.content
    return isinstance(part, HandshakePart) and part.kind not in _HELLOS and is_tls13(part.version)


def _kind(message: Message) -> int:
    """The handshake type, -1 of what is none."""
    return message.content.kind if isinstance(message.content, HandshakePart) else -1
