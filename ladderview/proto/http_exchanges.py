"""Which request does a response answer, and when do both directions stop being HTTP? (RFC 9112 section 9.2)

A response says nothing about its request; they come in the same order. So the reader of the requests tells each head
here, and the reader of the responses asks. Interim responses (1xx) answer the same request as the final one.

Traps: what is behind a CONNECT or an Upgrade belongs to another protocol only if the response says so, so its reader
has to wait. A capture that has one direction only never answers: what is remembered is bounded.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from ladderview.proto.http1_head import Head

#: Requests without a response that are remembered.
MAX_PENDING = 4096


@dataclass(frozen=True, slots=True)
class Asked:
    """What is remembered of a request until it is answered.

    Attributes:
        number: its place among the requests, from 0.
        method: of it.
        upgrade: the protocols that it offers to switch to, in lower case.
    """

    number: int
    method: str
    upgrade: tuple[str, ...]

    @property
    def may_switch(self) -> bool:
        """Whether what comes behind it may be no HTTP."""
        return self.method == "CONNECT" or bool(self.upgrade)


class Exchanges:
    """What the readers of both directions of one connection share.

    Attributes:
        protocol: what the connection switched to: an upgrade token in lower case, "" for a tunnel, None for HTTP.
        response: the head of the response that switched it.
    """

    __slots__ = ("_asked", "_count", "protocol", "response")

    def __init__(self) -> None:
        self._asked: deque[Asked] = deque(maxlen=MAX_PENDING)
        self._count = 0
        self.protocol: str | None = None
        self.response: Head | None = None

    def ask(self, head: Head) -> Asked:
        """A request began."""
        upgrade = tuple(token.lower() for token in head.values("upgrade"))
        asked = Asked(self._count, head.start.method, upgrade)
        self._count += 1
        self._asked.append(asked)
        return asked

    def answer(self, head: Head) -> Asked | None:
        """A response began: the request that it answers, or None where that was not seen."""
        asked = self._asked[0] if self._asked else None
        status = head.start.status
        if status == 101:
            self.protocol, self.response = _switched_to(head, asked), head
        elif asked is not None and asked.method == "CONNECT" and status // 100 == 2:
            self.protocol, self.response = "", head
        if asked is not None and (status // 100 != 1 or status == 101):
            self._asked.popleft()
        return asked

    def is_open(self, asked: Asked) -> bool:
        """Whether a request still waits for its final response."""
        return bool(self._asked) and self._asked[0].number <= asked.number


def _switched_to(head: Head, asked: Asked | None) -> str:
    chosen = head.values("upgrade")
    if chosen:
        return chosen[0].lower()
    return asked.upgrade[0] if asked is not None and asked.upgrade else ""
