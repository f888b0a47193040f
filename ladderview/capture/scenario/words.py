"""What can a scenario say? Its steps, the ends and the path that it describes, and the mistakes in it.

Plan: ``reader`` makes these of a text, ``stage`` plays them. A step is one line; what it says is its ``act``. Nothing
here knows how a line is written or what a step does.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import Enum, IntEnum

from ladderview.proto.tcp import Flags

#: 2026-01-01 12:00:00 UTC: when a scenario begins that does not say.
START_NS = 1_767_268_800 * 1_000_000_000
MS = 1_000_000
SECOND = 1_000_000_000


class Side(IntEnum):
    """One end; as a number it is the direction in which this end sends."""

    CLIENT = 0
    SERVER = 1

    @property
    def other(self) -> Side:
        """The end opposite."""
        return Side(1 - self)

    @property
    def word(self) -> str:
        """As a scenario writes it."""
        return self.name.lower()


BOTH = (Side.CLIENT, Side.SERVER)


@dataclass(frozen=True, slots=True)
class Mistake:
    """What is wrong with a scenario, and where; line and columns count from 1, ``end`` is behind the last column."""

    line: int
    column: int
    end: int
    message: str

    def __str__(self) -> str:
        return f"{self.line}:{self.column}: {self.message}"


class ScenarioError(Exception):
    """A scenario that cannot be played; ``str()`` is its first mistake."""

    def __init__(self, mistakes: tuple[Mistake, ...]) -> None:
        super().__init__(str(mistakes[0]))
        self.mistakes = mistakes


# -- the ends and the path ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class EndSettings:
    """One end of a connection.

    Attributes:
        address, port: where it is.
        isn: its initial sequence number, or None for one made from the number of the connection.
        mss: bytes, or None for no option.
        window: bytes that it can hold for its application.
        scale: shift of its window (RFC 7323 section 2), or None for no option.
        sack, timestamps: whether it offers them.
        delayed_ack_ns: how long it waits for something to send with an ACK (RFC 9293 section 3.8.6.3), or 0.
        rto_ns: its retransmission timeout, or 0 for the one that RFC 6298 computes.
        retries: how often it sends a segment again before it gives up.
        cwnd: segments that it sends before it has seen an ACK (RFC 6928).
        think_ns: how long its application takes to answer.
        name: its host name, or of a client its owner's; in the Host field, in TLS and in its certificate.
    """

    address: str
    port: int
    isn: int | None = None
    mss: int | None = 1460
    window: int = 64240
    scale: int | None = 7
    sack: bool = True
    timestamps: bool = False
    delayed_ack_ns: int = 0
    rto_ns: int = 0
    retries: int = 6
    cwnd: int = 10
    think_ns: int = 100_000
    name: str = ""


CLIENT_SETTINGS = EndSettings("10.0.0.1", 50944, name="client.example.org")
SERVER_SETTINGS = EndSettings("10.0.0.2", 443, name="www.example.org")


class CapturePoint(Enum):
    """Where the packets are captured; the value is how far from the client, as a part of the way."""

    CLIENT = 0.0
    MIDDLE = 0.5
    SERVER = 1.0


# -- which segment -----------------------------------------------------------------------------------------------------


class Kind(Enum):
    """Which segments a line picks out; the value is the word."""

    SYN = "SYN"
    SYN_ACK = "SYN, ACK"
    ACK = "ACK"
    DATA = "data"
    FIN = "FIN"
    RST = "RST"
    SEGMENT = "segment"


@dataclass(frozen=True, slots=True)
class Selector:
    """Segments of one end, counted from the line on; a retransmission has the number of its original.

    ACK and ``SEGMENT`` count every transmission.

    Attributes:
        first, last: numbers, from 1.
        again: only when they are sent again.
    """

    side: Side
    kind: Kind
    first: int = 1
    last: int = 1
    again: bool = False

    def __str__(self) -> str:
        number = f" {self.first}" if self.first > 1 or self.last > 1 else ""
        if self.last > self.first:
            number += f" to {self.last}"
        return f"{self.side.word} {self.kind.value}{number}{' again' if self.again else ''}"


# -- steps -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Describe:
    """``client ...`` or ``server ...``: these settings of an end are other than before."""

    side: Side
    changes: tuple[tuple[str, object], ...]

    def applied(self, settings: EndSettings) -> EndSettings:
        """The settings with the changes in them."""
        return replace(settings, **dict(self.changes))  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class Path:
    """How long a packet is under way (one way), and how many bits a second go out; None: as before."""

    delay_ns: int | None = None
    bits_per_second: int | None = None


@dataclass(frozen=True, slots=True)
class Connection:
    """What follows belongs to this connection; a new one where the name (or no name) is not known yet."""

    name: str = ""
    same_port: bool = False


@dataclass(frozen=True, slots=True)
class Open:
    """A connection is opened by one end, or by both at the same time."""

    sides: tuple[Side, ...]
    refused: bool = False


@dataclass(frozen=True, slots=True)
class Send:
    """An end's application sends these bytes."""

    side: Side
    content: bytes


@dataclass(frozen=True, slots=True)
class Request:
    """The client's application sends an HTTP request."""

    method: str
    target: str
    version: str = "HTTP/1.1"
    fields: tuple[tuple[str, str], ...] = ()
    content: bytes = b""


@dataclass(frozen=True, slots=True)
class Response:
    """The server's application sends an HTTP response; ``content`` None: a response that has none."""

    status: int
    reason: str = ""
    version: str = "HTTP/1.1"
    fields: tuple[tuple[str, str], ...] = ()
    content: bytes | None = b""


@dataclass(frozen=True, slots=True)
class Tls:
    """A TLS handshake; what is sent afterwards is protected."""

    version: str
    client_certificate: bool = False
    rsa_key_exchange: bool = False
    tickets: int = 0
    alpn: str = ""


@dataclass(frozen=True, slots=True)
class Close:
    """An end sends FIN. Unless it is half a close, the other end closes, too, when it has got it."""

    sides: tuple[Side, ...]
    half: bool = False


@dataclass(frozen=True, slots=True)
class Reset:
    """An end aborts the connection."""

    side: Side


@dataclass(frozen=True, slots=True)
class StopReading:
    """An end's application reads no more: its window closes."""

    side: Side


@dataclass(frozen=True, slots=True)
class Read:
    """An end's application reads so many bytes (None: everything, from now on again)."""

    side: Side
    size: int | None = None


@dataclass(frozen=True, slots=True)
class KeepAlive:
    """An end asks whether the other is still there (RFC 9293 section 3.8.4)."""

    side: Side


@dataclass(frozen=True, slots=True)
class Number:
    """A sequence number: as it is on the wire, or so many from the next one."""

    value: int
    relative: bool = False


@dataclass(frozen=True, slots=True)
class Explicit:
    """One segment as it is written; nobody answers it, but both ends go on from behind it."""

    side: Side
    flags: Flags
    seq: Number | None = None
    ack: Number | None = None
    window: int | None = None
    mss: int | None = None
    scale: int | None = None
    sack_permitted: bool = False
    sack: tuple[tuple[Number, Number], ...] = ()
    timestamps: tuple[int, int] | None = None
    urgent: int = 0
    content: bytes = b""


@dataclass(frozen=True, slots=True)
class Wait:
    """Nothing is done for so long."""

    ns: int


class Fate(Enum):
    """What becomes of a segment on its way; the value is the word."""

    LOSE = "lose"
    DELAY = "delay"
    DUPLICATE = "duplicate"
    REORDER = "reorder"
    MISS = "miss"


@dataclass(frozen=True, slots=True)
class Doom:
    """A segment has a fate, the first ``times`` that it is sent.

    Attributes:
        delay_ns: by which it is delayed.
        before_capture: it happens between the sender and the place of the capture, where there is a choice.
    """

    fate: Fate
    selector: Selector
    times: int = 1
    delay_ns: int = 0
    before_capture: bool = False


@dataclass(frozen=True, slots=True)
class Remark:
    """A comment on the next packet that is captured, or on the next that the selector picks out."""

    text: str
    selector: Selector | None = None


@dataclass(frozen=True, slots=True)
class CaptureSwitch:
    """From here on packets are captured, or not."""

    on: bool


Act = (
    Describe
    | Path
    | Connection
    | Open
    | Send
    | Request
    | Response
    | Tls
    | Close
    | Reset
    | StopReading
    | Read
    | KeepAlive
    | Explicit
    | Wait
    | Doom
    | Remark
    | CaptureSwitch
)


@dataclass(frozen=True, slots=True)
class Step:
    """One line.

    Attributes:
        line, column, end: where it stands, as in ``Mistake``.
        meanwhile: it does not wait for the step before.
        after_ns: it begins so much later.
    """

    line: int
    column: int
    end: int
    act: Act
    meanwhile: bool = False
    after_ns: int = 0


@dataclass(frozen=True, slots=True)
class Scenario:
    """All that a text says.

    Attributes:
        title: of a few words.
        about: some sentences, or nothing.
        start_ns: nanoseconds since 1970, UTC.
        capture_at: where the packets are captured.
        snaplen: bytes kept of each packet, or 0 for all.
        steps: in order.
    """

    title: str = ""
    about: str = ""
    start_ns: int = START_NS
    capture_at: CapturePoint = CapturePoint.MIDDLE
    snaplen: int = 0
    steps: tuple[Step, ...] = field(default=())
