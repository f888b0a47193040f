"""One connection of a scenario: two ends, the segments between them, and what their applications do.

Plan: an application does what a line says, and three things by itself: it goes on with a TLS handshake, it takes what
comes, and it closes when the other end has, unless that was half a close. Whatever it does by itself it does
``think_ns`` after it could.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from ladderview.capture.scenario.clock import Clock
from ladderview.capture.scenario.fates import ArmedDoom, Pick
from ladderview.capture.scenario.frames import Framer, Options, Segment
from ladderview.capture.scenario.path import Network, Passage
from ladderview.capture.scenario.tcp_end import Phase, TcpEnd
from ladderview.capture.scenario.tls_ends import TlsEnds
from ladderview.capture.scenario.words import BOTH, EndSettings, Explicit, Number, Remark, Side, Step, Tls
from ladderview.proto.tcp import Flags

#: Takes a frame when it passes the place of the capture, with its comments.
Recorder = Callable[[bytes, tuple[str, ...]], None]


@dataclass(slots=True)
class ArmedRemark:
    """A remark that waits for its packet."""

    step: Step
    remark: Remark
    pick: Pick | None


class Connection:
    """A connection.

    Attributes:
        ends: client and server.
        number: from 0, of all connections in the scenario.

    Args:
        settings: of client and server.
        recorder: asked for each segment that is sent; None while nothing is captured.
    """

    def __init__(
        self,
        number: int,
        settings: tuple[EndSettings, EndSettings],
        clock: Clock,
        network: Network,
        recorder: Callable[[], Recorder | None],
    ) -> None:
        self.number = number
        self._settings = settings
        self._clock, self._network, self._recorder = clock, network, recorder
        self._framer = Framer(settings, lambda side: self.ends[side].isn)
        self.ends = tuple(self._end(side) for side in BOTH)
        self._dooms: list[ArmedDoom] = []
        self._remarks: list[ArmedRemark] = []
        self._closes_back = [True, True]
        self._thinking = [0, 0]
        self._explicit_under_way = 0
        self._shaking_hands = False
        self._tls: TlsEnds | None = None
        self.has_begun = False

    def _end(self, side: Side) -> TcpEnd:
        settings = self._settings[side]
        return TcpEnd(
            settings,
            _made_isn(self.number, side) if settings.isn is None else settings.isn,
            self._clock,
            lambda segment: self._transmit(side, segment),
            lambda data: self._came(side, data),
        )

    # -- what lines ask for --------------------------------------------------------------------------------------------

    def doom(self, armed: ArmedDoom) -> None:
        """From now on segments have this fate."""
        self._dooms.append(armed)

    def remark(self, armed: ArmedRemark) -> None:
        """Comment the next packet that fits."""
        self._remarks.append(armed)

    @property
    def unmet(self) -> list[Step]:
        """Lines whose segments never came."""
        return [armed.step for armed in self._dooms if not armed.met] + [armed.step for armed in self._remarks]

    def open(self, sides: tuple[Side, ...], refused: bool) -> None:
        """One end opens and the other listens, or both open."""
        self.has_begun = True
        for side in BOTH:
            if side not in sides:
                self.ends[side].listen(refused)
        for side in sides:
            self.ends[side].open()

    def send(self, side: Side, data: bytes) -> None:
        """The application of an end sends, through TLS if that was begun."""
        self._shaking_hands = False
        if self._tls is not None:
            self._tls.write(side, data)
        else:
            self.ends[side].write(data)

    def begin_tls(self, tls: Tls, year: int) -> None:
        """The client says hello.

        Raises:
            TlsUnavailable: this computer cannot.
        """
        names = self._settings[0].name, self._settings[1].name
        self._tls = TlsEnds(tls, names, year, lambda side, data: self.ends[side].write(data), lambda side, data: None)
        self._shaking_hands = True
        self._tls.begin()

    @property
    def has_tls(self) -> bool:
        """Whether TLS was begun."""
        return self._tls is not None

    def may_send(self, side: Side) -> bool:
        """Whether no TLS handshake stands in the way."""
        return self._tls is None or self._tls.is_open_for(side)

    def close(self, sides: tuple[Side, ...], half: bool) -> None:
        """Send FIN; the other end closes when it has got it, unless only half is closed."""
        self._shaking_hands = False
        for side in sides:
            self._closes_back[side.other] = not half and len(sides) == 1
            self._close(side)

    def _close(self, side: Side) -> None:
        if self._tls is not None and self.ends[side].is_open:
            self._tls.close(side)
        self.ends[side].close()

    def explicit(self, act: Explicit) -> None:
        """Send a segment as it is written; nobody answers it."""
        self.has_begun = True
        end, other = self.ends[act.side], self.ends[act.side.other]
        is_syn = bool(act.flags & Flags.SYN)
        has_ack = bool(act.flags & Flags.ACK) or act.ack is not None
        _anchor(end, act.seq, is_syn)
        if has_ack:
            _anchor(other, act.ack, False)
            end.receiver.next_seq = max(end.receiver.next_seq, 1)
        seq = _number(act.seq, end.sender.next_seq, end.isn)
        expected = end.receiver.next_seq
        ack = _number(act.ack, expected, other.isn)
        sack = tuple(
            (_number(left, expected, other.isn), _number(right, expected, other.isn)) for left, right in act.sack
        )
        options = Options(act.mss, act.scale, act.sack_permitted, sack, act.timestamps)
        window = end.receiver.advertise(is_syn, has_ack) if act.window is None else act.window
        segment = Segment(act.flags, seq, ack if has_ack else None, window, act.content, options, act.urgent)
        end.follow_sent(segment)
        self._transmit(act.side, segment, self._under_way(other.follow_received))

    def _under_way(self, take: Callable[[Segment], None]) -> Callable[[Segment], None]:
        """Takes a segment for which the next line waits."""

        def arrive(segment: Segment) -> None:
            self._explicit_under_way -= 1
            take(segment)

        self._explicit_under_way += 1
        return arrive

    def finish(self) -> bytes:
        """The TLS key log of the connection."""
        return self._tls.finish() if self._tls is not None else b""

    # -- when the next line may begin ----------------------------------------------------------------------------------

    def is_settled(self, side: Side) -> bool:
        """Whether an end knows that all is done: what it sent is acknowledged, what was sent to it has come."""
        own, other = self.ends[side], self.ends[side.other]
        if self._tls is not None and self._shaking_hands:
            # Who has the other's Finished may send, whether or not the other has got one's own.
            return self._tls.is_open_for(side) and not self._thinking[side]
        if any(self._thinking) or self._explicit_under_way:
            return False
        if Phase.GONE in (own.phase, other.phase):
            return own.phase is other.phase or not self._clock.waited_for
        return own.all_acknowledged and own.receiver.next_seq >= other.sender.end

    # -- what happens by itself ----------------------------------------------------------------------------------------

    def _transmit(self, side: Side, segment: Segment, arrives: Callable[[Segment], None] | None = None) -> None:
        frame = self._framer.frame(segment, side)
        dooms = [armed.doom for armed in self._dooms if armed.meets(side, segment)]
        record = self._recorder()
        seen = record is not None and not any(
            doom.fate.value == "miss" or (doom.fate.value == "lose" and self._network.is_before(side, doom))
            for doom in dooms
        )
        comments = self._comments(side, segment, seen)
        take = arrives or self.ends[side.other].receive
        passes = (lambda: record(frame, comments)) if record is not None else None
        passage = Passage(side, len(frame), passes, lambda: take(segment))
        self._network.send(passage, dooms)

    def _comments(self, side: Side, segment: Segment, seen: bool) -> tuple[str, ...]:
        """The remarks that were waiting for this segment; what is not seen counts, but carries none."""
        fits = [armed for armed in self._remarks if armed.pick is None or armed.pick.number(side, segment)]
        now = fits if seen else []
        self._remarks = [armed for armed in self._remarks if armed not in now]
        return tuple(armed.remark.text for armed in now)

    def _came(self, side: Side, data: bytes) -> None:
        """An end has got bytes, or with none the other end's FIN."""
        self._thinking[side] += 1
        self._clock.after(self._settings[side].think_ns, lambda: self._react(side, data))

    def _react(self, side: Side, data: bytes) -> None:
        self._thinking[side] -= 1
        end = self.ends[side]
        if end.phase is Phase.GONE:
            return
        if self._tls is not None and data:
            self._tls.take(side, data)
        if not data and self._closes_back[side] and end.is_open:
            self._close(side)


def _number(number: Number | None, following: int, isn: int) -> int:
    """A sequence number as it is used here: counted from the ISN, near the one that follows."""
    if number is None:
        return following
    if number.relative:
        return following + number.value
    return following + (number.value - isn - following + 2**31) % 2**32 - 2**31


def _anchor(end: TcpEnd, number: Number | None, is_syn: bool) -> None:
    """The first number that is written of an end tells its ISN."""
    if end.sender.next_seq == 0:
        if number is not None and not number.relative:
            end.isn = number.value - (not is_syn)
        end.sender.next_seq = 0 if is_syn else 1


def _made_isn(number: int, side: Side) -> int:
    """An ISN for an end that was given none: it looks like any, and is always the same."""
    digest = hashlib.sha256(f"ladderview {number} {side}".encode()).digest()
    return int.from_bytes(digest[:4], "big")
