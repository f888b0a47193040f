"""The states of RFC 9293 section 3.3.2, followed for both ends from what the capture shows."""

from __future__ import annotations

from enum import IntEnum


class State(IntEnum):
    """A connection state of one end; UNKNOWN where the capture began in the middle."""

    UNKNOWN = 0
    CLOSED = 1
    LISTEN = 2
    SYN_SENT = 3
    SYN_RECEIVED = 4
    ESTABLISHED = 5
    FIN_WAIT_1 = 6
    FIN_WAIT_2 = 7
    CLOSE_WAIT = 8
    CLOSING = 9
    LAST_ACK = 10
    TIME_WAIT = 11
