"""What comes of a scenario? Plays its steps, one after the other, and hands over the packets that were captured.

Plan: a line begins when the one who acts in it knows that everything before is done: it has got all that it was sent,
and all that it sent is acknowledged. ``meanwhile`` does not wait for that. Lines that only prepare (``lose``,
``remark``, ``path`` ...) hold from the moment at which the next line begins.

Traps: not everything gets done: an end that waits for a window to open waits for ever. When nothing is left to happen,
the next line begins.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime

from ladderview.capture.save import SavedPacket
from ladderview.capture.scenario.clock import Clock, TooMuch
from ladderview.capture.scenario.connection import ArmedRemark, Connection, Recorder
from ladderview.capture.scenario.fates import ArmedDoom, Pick
from ladderview.capture.scenario.http_text import request_bytes, response_bytes
from ladderview.capture.scenario.path import Network
from ladderview.capture.scenario.tcp_end import Phase
from ladderview.capture.scenario.tls_ends import TlsUnavailable
from ladderview.capture.scenario.words import (
    BOTH,
    CLIENT_SETTINGS,
    SECOND,
    SERVER_SETTINGS,
    CapturePoint,
    CaptureSwitch,
    Close,
    Describe,
    Doom,
    Explicit,
    KeepAlive,
    Mistake,
    Open,
    Path,
    Read,
    Remark,
    Request,
    Reset,
    Response,
    Scenario,
    ScenarioError,
    Send,
    Side,
    Step,
    StopReading,
    Tls,
    Wait,
)
from ladderview.capture.scenario.words import Connection as ConnectionAct
from ladderview.progress import Progress, no_progress

#: Packets and bytes that a scenario may have.
MAX_PACKETS = 100_000
MAX_BYTES = 32_000_000
_TICK = 1000


@dataclass(frozen=True, slots=True)
class Composed:
    """What was captured: packets in the order of their times, and the TLS key logs that open them."""

    packets: tuple[SavedPacket, ...]
    secrets: tuple[bytes, ...]


def play(scenario: Scenario, progress: Progress = no_progress) -> Composed:
    """Compose the packets of a scenario.

    Raises:
        ScenarioError: a step that cannot be done.
        Cancelled: by ``progress``.
    """
    return _Stage(scenario, progress).play()


class _Stage:
    """One performance."""

    def __init__(self, scenario: Scenario, progress: Progress) -> None:
        self._scenario, self._progress = scenario, progress
        self._clock = Clock(self._tick)
        self._network = Network(self._clock, scenario.capture_at)
        self._settings = (CLIENT_SETTINGS, SERVER_SETTINGS)
        self._connections: dict[str, Connection] = {}
        self._retired: list[Connection] = []
        self._now = ""
        self._prepared: list[Step] = []
        self._packets: list[SavedPacket] = []
        self._bytes = self._events = 0
        self._capturing = True
        self._step = Step(1, 1, 2, Wait(0))

    def play(self) -> Composed:
        try:
            for number, step in enumerate(self._scenario.steps):
                self._progress(number, len(self._scenario.steps))
                self._step = step
                self._play_step(step)
            self._clock.run_until(lambda: False)
            self._prepare()
        except TooMuch:
            self._wrong("this goes on for too long: a scenario has at most 100 000 packets, 32 MB and a month")
        finally:
            secrets = [connection.finish() for connection in (*self._retired, *self._connections.values())]
        self._check_all_met()
        packets = sorted(self._packets, key=lambda packet: packet.ts_ns)
        return Composed(tuple(packets), tuple(text for text in secrets if text))

    # -- steps ---------------------------------------------------------------------------------------------------------

    def _play_step(self, step: Step) -> None:
        act = step.act
        if isinstance(act, Path | Doom | Remark | CaptureSwitch):
            self._prepared.append(step)
            return
        if isinstance(act, Describe | ConnectionAct):
            self._prepare()
            self._arrange(act)
            return
        if isinstance(act, Wait):
            self._clock.run_until(lambda: False)
            self._prepare()
            self._clock.wait(act.ns)
            return
        if not step.meanwhile:
            self._wait_for(_actor(act))
        if step.after_ns:
            self._clock.wait(step.after_ns)
        self._prepare()
        self._do(act)

    def _wait_for(self, side: Side) -> None:
        connection = self._connection
        self._clock.run_until(lambda: connection.is_settled(side))

    def _prepare(self) -> None:
        """What was prepared holds from now on."""
        for step in self._prepared:
            act = step.act
            if isinstance(act, Path):
                self._network.delay_ns = self._network.delay_ns if act.delay_ns is None else act.delay_ns
                self._network.bits_per_second = act.bits_per_second or self._network.bits_per_second
            elif isinstance(act, CaptureSwitch):
                self._capturing = act.on
            elif isinstance(act, Doom):
                self._check_place(step, act)
                self._connection.doom(ArmedDoom.of(step, act))
            elif isinstance(act, Remark):
                pick = Pick(act.selector) if act.selector else None
                self._connection.remark(ArmedRemark(step, act, pick))
        self._prepared = []

    def _check_place(self, step: Step, doom: Doom) -> None:
        if doom.before_capture and self._scenario.capture_at is not CapturePoint.MIDDLE:
            raise _error(step, "'before the capture' has a meaning only where the capture is in the middle")

    # -- who and where -------------------------------------------------------------------------------------------------

    @property
    def _connection(self) -> Connection:
        """The connection that lines are about; made when it is first needed."""
        if self._now not in self._connections:
            ends = self._settings
            if len({":" in end.address for end in ends}) == 2:
                self._wrong("client and server need addresses of the same version of IP")
            number = len(self._connections) + len(self._retired)
            self._connections[self._now] = Connection(number, ends, self._clock, self._network, self._recorder)
        return self._connections[self._now]

    def _arrange(self, act: Describe | ConnectionAct) -> None:
        if isinstance(act, ConnectionAct):
            self._switch(act)
            return
        if self._now in self._connections:
            self._wrong("the connection has begun: describe its ends before, or after a line 'connection'")
        ends = [self._settings[0], self._settings[1]]
        ends[act.side] = act.applied(ends[act.side])
        self._settings = ends[0], ends[1]

    def _switch(self, act: ConnectionAct) -> None:
        """Go to another connection; a new one has the ends of the one before, with the client's next port."""
        if act.name and act.name in self._connections and not act.same_port:
            self._now = act.name
            return
        had_one = bool(self._connections)
        if had_one:
            self._clock.run_until(self._all_settled)
        if act.name in self._connections:
            self._retired.append(self._connections.pop(act.name))
        if not act.name and "" in self._connections:
            self._retired.append(self._connections.pop(""))
        self._now = act.name
        client, server = self._settings
        if had_one:
            port = client.port if act.same_port else client.port % 65535 + 1
            client, server = replace(client, port=port, isn=None), replace(server, isn=None)
        self._settings = client, server

    def _all_settled(self) -> bool:
        return all(connection.is_settled(side) for connection in self._connections.values() for side in BOTH)

    # -- acts ----------------------------------------------------------------------------------------------------------

    def _do(self, act: object) -> None:
        connection = self._connection
        if isinstance(act, Open):
            if connection.has_begun:
                self._wrong("the connection has been opened: a line 'connection' begins another")
            connection.open(act.sides, act.refused)
        elif isinstance(act, Explicit):
            connection.explicit(act)
        else:
            self._do_when_open(connection, act)

    def _do_when_open(self, connection: Connection, act: object) -> None:
        if not connection.has_begun:
            self._wrong("the connection is not open: a line 'open' comes first")
        sides = act.sides if isinstance(act, Close) else (_actor(act),)
        for side in sides:
            self._must_be_able(connection, side, act)
        end = connection.ends[sides[0]]
        if isinstance(act, Send):
            connection.send(act.side, act.content)
        elif isinstance(act, Request):
            connection.send(Side.CLIENT, request_bytes(act, connection.ends[Side.SERVER].settings.name))
        elif isinstance(act, Response):
            connection.send(Side.SERVER, response_bytes(act))
        elif isinstance(act, Tls):
            self._begin_tls(connection, act)
        elif isinstance(act, Close):
            connection.close(act.sides, act.half)
        elif isinstance(act, Reset):
            end.reset()
        elif isinstance(act, KeepAlive):
            end.keep_alive()
        elif isinstance(act, StopReading):
            end.stop_reading()
        elif isinstance(act, Read):
            end.read(act.size)

    def _must_be_able(self, connection: Connection, side: Side, act: object) -> None:
        """Say why an end cannot do what it is to do."""
        end = connection.ends[side]
        if end.phase is Phase.GONE:
            self._wrong(f"the {side.word} cannot do this: its connection was reset or given up")
        if isinstance(act, Send | Request | Response | Tls | Close):
            if end.sender.closing:
                self._wrong(f"the {side.word} cannot do this: it has closed its side already")
            if not connection.may_send(side):
                self._wrong("the TLS handshake did not come to its end")
        if isinstance(act, KeepAlive) and end.phase is not Phase.ESTABLISHED:
            self._wrong(f"the {side.word} cannot do this: its connection is not established")

    def _begin_tls(self, connection: Connection, act: Tls) -> None:
        if connection.has_tls:
            self._wrong("the connection has TLS already")
        year = datetime.fromtimestamp(self._scenario.start_ns // SECOND, UTC).year
        try:
            connection.begin_tls(act, year)
        except TlsUnavailable as error:
            self._wrong(f"the TLS library of this computer refuses: {error}")

    # -- what comes of it ----------------------------------------------------------------------------------------------

    def _recorder(self) -> Recorder | None:
        """What takes the segments that are sent now, or None while nothing is captured."""
        return self._take if self._capturing else None

    def _take(self, frame: bytes, comments: tuple[str, ...]) -> None:
        """A frame passes the place of the capture."""
        self._bytes += len(frame)
        if len(self._packets) == MAX_PACKETS or self._bytes > MAX_BYTES:
            raise TooMuch
        data = frame[: self._scenario.snaplen or None]
        ts_ns = self._scenario.start_ns + self._clock.now_ns
        self._packets.append(SavedPacket(ts_ns, data, len(frame), comments=comments))

    def _check_all_met(self) -> None:
        connections = (*self._retired, *self._connections.values())
        for step in sorted(
            (step for connection in connections for step in connection.unmet), key=lambda step: step.line
        ):
            act = step.act
            if isinstance(act, Doom):
                raise _error(step, f"there was no {act.selector} to {act.fate.value} after this line")
            if isinstance(act, Remark):
                raise _error(step, f"no {act.selector or 'packet'} was captured after this line to carry the remark")

    def _tick(self) -> None:
        self._events += 1
        if self._events % _TICK == 0:
            self._progress(0, 0)

    def _wrong(self, message: str) -> None:
        raise _error(self._step, message)


def _actor(act: object) -> Side:
    """Who has to know that everything before is done."""
    if isinstance(act, Open | Close):
        return act.sides[0]
    if isinstance(act, Response):
        return Side.SERVER
    return getattr(act, "side", Side.CLIENT)


def _error(step: Step, message: str) -> ScenarioError:
    return ScenarioError((Mistake(step.line, step.column, step.end, message),))
