"""What does one end of a connection send, and when? A small TCP: enough for a lesson, and nothing by chance.

Plan: the whole life of a connection (RFC 9293) with what RFC 7323 (window scale, timestamps) and RFC 2018 (SACK) add.
``Sender`` (``tcp_sender``) keeps what was sent and must be acknowledged; ``Receiver`` (``tcp_receiver``) what came and
the window; this joins them to an end that opens, answers and closes.

Numbers count from the ISN and never wrap; ``frames`` makes 32 bits of them.

Traps: a model, not a stack: no Nagle, no ECN, no tail loss probes, and congestion control only as far as it decides
which segment is next.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum, auto

from ladderview.capture.scenario.clock import Clock, Timer
from ladderview.capture.scenario.frames import Options, Segment
from ladderview.capture.scenario.tcp_receiver import Receiver
from ladderview.capture.scenario.tcp_sender import Sender
from ladderview.capture.scenario.words import MS, EndSettings
from ladderview.proto.tcp import Flags

SYN, ACK, RST = Flags.SYN, Flags.ACK, Flags.RST
#: What an end may send that was told nothing (RFC 9293 section 3.7.1).
_DEFAULT_MSS = 536
#: By how much longer than the other end's is the timeout of an end that was opened by a SYN: whoever opens tries first.
_PASSIVE_NS = 50 * MS


class Phase(Enum):
    """How far an end is; what comes after ESTABLISHED follows from who has sent FIN."""

    CLOSED = auto()
    LISTEN = auto()
    SYN_SENT = auto()
    SYN_RECEIVED = auto()
    ESTABLISHED = auto()
    GONE = auto()
    """Reset, or given up."""


class TcpEnd:
    """One end.

    Attributes:
        isn: its initial sequence number.
        phase: how far it is.
        came: called with the bytes that came, and with nothing where the other end's FIN came, each time that its
            application is to look.
    """

    def __init__(
        self,
        settings: EndSettings,
        isn: int,
        clock: Clock,
        transmit: Callable[[Segment], None],
        came: Callable[[bytes], None],
    ) -> None:
        self.settings = settings
        self.isn = isn
        self.phase = Phase.CLOSED
        self.came = came
        self._clock = clock
        self._transmit = transmit
        self._ack_timer: Timer | None = None
        self.receiver = Receiver(settings)
        self.sender = Sender(settings, clock, self._emit, self._give_up)
        self._scaled, self._sack, self._timestamps = settings.scale is not None, settings.sack, settings.timestamps
        self._recent_tsval = 0
        self._refuses = False

    # -- what its application does -------------------------------------------------------------------------------------

    def listen(self, refuses: bool = False) -> None:
        """Wait for a SYN; or refuse it, as a port does at which nobody listens."""
        self._refuses = refuses
        if self.phase is Phase.CLOSED:
            self.phase = Phase.LISTEN

    def open(self) -> None:
        """Send a SYN."""
        self.phase = Phase.SYN_SENT
        self.sender.send_syn(SYN)

    def write(self, data: bytes) -> None:
        """Send these bytes."""
        self.sender.write(data)
        self._flush()

    def close(self) -> None:
        """Send FIN behind everything else."""
        if self.phase is not Phase.GONE:
            self.sender.close()
            self._flush()

    def reset(self) -> None:
        """Abort: RST with ACK, as common stacks send it."""
        self._emit(RST | ACK if self.receiver.synchronized else RST, self.sender.next_seq)
        self._end()

    def stop_reading(self) -> None:
        """Leave what comes where it is: the window closes."""
        self.receiver.reading = False

    def read(self, size: int | None) -> None:
        """Take so many bytes, or all from now on again; says so if the window opens far enough."""
        data = self.receiver.read(size)
        if data:
            self.came(data)
        if self.phase is Phase.ESTABLISHED and self.receiver.opens(self.sender.mss):
            self._send_ack()

    def keep_alive(self) -> None:
        """Send no byte, with the number before the next (RFC 9293 section 3.8.4)."""
        self._emit(ACK, self.sender.next_seq - 1)

    # -- what it knows -------------------------------------------------------------------------------------------------

    @property
    def is_open(self) -> bool:
        """Whether its application can send."""
        return self.phase is Phase.ESTABLISHED and not self.sender.closing

    @property
    def all_acknowledged(self) -> bool:
        """Whether nothing that it has sent, or has to send, waits for an ACK."""
        return self.phase in (Phase.GONE, Phase.CLOSED, Phase.LISTEN) or self.sender.is_done

    # -- what comes ----------------------------------------------------------------------------------------------------

    def receive(self, segment: Segment) -> None:
        """RFC 9293 section 3.10.7."""
        if segment.options.timestamps is not None and segment.seq <= self.receiver.next_seq:
            self._recent_tsval = segment.options.timestamps[0]
        if self.phase in (Phase.CLOSED, Phase.GONE):
            self._receive_when_closed(segment)
        elif self.phase is Phase.LISTEN:
            self._receive_listening(segment)
        elif self.phase is Phase.SYN_SENT:
            self._receive_syn_sent(segment)
        elif segment.flags & RST:
            if segment.seq >= self.receiver.next_seq:
                self._end()
        else:
            self._receive_synchronized(segment)

    def _receive_when_closed(self, segment: Segment) -> None:
        """Section 3.10.7.1: everything but a RST is answered by one."""
        if segment.flags & RST:
            return
        if segment.ack is not None:
            self._transmit(Segment(RST, segment.ack, None, 0))
        else:
            self._transmit(Segment(RST | ACK, -self.isn, segment.end, 0))

    def _receive_listening(self, segment: Segment) -> None:
        """Section 3.10.7.2."""
        if segment.flags & RST:
            return
        if self._refuses or segment.ack is not None or not segment.flags & SYN:
            self._receive_when_closed(segment)
            return
        self._agree(segment)
        self.phase = Phase.SYN_RECEIVED
        self.sender.patience_ns = _PASSIVE_NS
        self.sender.send_syn(SYN | ACK)

    def _receive_syn_sent(self, segment: Segment) -> None:
        """Section 3.10.7.3."""
        good_ack = segment.ack is not None and segment.ack == self.sender.next_seq
        if segment.flags & RST:
            if good_ack:
                self._end()
            return
        if not segment.flags & SYN or (segment.ack is not None and not good_ack):
            return
        self._agree(segment)
        if segment.ack is not None:
            self._established(segment)
            self._send_ack()
            self._flush()
        else:
            self.phase = Phase.SYN_RECEIVED
            self.sender.again_as(SYN | ACK)

    def _agree(self, syn: Segment) -> None:
        """Take what the other end's SYN offers; an option holds only where both ends have it."""
        options, own = syn.options, self.settings
        scaled = options.scale is not None and own.scale is not None
        self._scaled = scaled
        self._sack = own.sack and options.sack_permitted
        self._timestamps = own.timestamps and options.timestamps is not None
        self.receiver.begin((own.scale or 0) if scaled else 0, self._sack)
        mss = min(own.mss or _DEFAULT_MSS, options.mss or _DEFAULT_MSS) - (12 if self._timestamps else 0)
        self.sender.begin(mss, (options.scale or 0) if scaled else 0, self._sack)
        self.sender.window_of_syn(syn.window)

    def _established(self, segment: Segment) -> None:
        self.phase = Phase.ESTABLISHED
        self.sender.receive(segment)

    def _receive_synchronized(self, segment: Segment) -> None:
        """Section 3.10.7.4."""
        if segment.flags & SYN:
            if self.phase is Phase.SYN_RECEIVED and segment.ack == self.sender.next_seq:
                self._established(segment)  # both opened at once (RFC 9293 figure 8)
                self._flush()
            elif self.phase is Phase.SYN_RECEIVED:
                self.sender.again_as(SYN | ACK)
            else:
                self._send_ack()  # the ACK of a SYN, ACK was lost
            return
        if segment.ack is None:
            return
        if self.phase is Phase.SYN_RECEIVED:
            if segment.ack != self.sender.next_seq:
                return
            self._established(segment)
        else:
            self.sender.receive(segment)
        self._take_payload(segment)
        self._flush()

    def _take_payload(self, segment: Segment) -> None:
        """Payload and FIN, and the ACK that they deserve."""
        if segment.end == segment.seq:
            if segment.seq < self.receiver.next_seq:
                self._send_ack()  # a keep-alive: section 3.8.4
            return
        taken = self.receiver.take(segment)
        if (
            taken.must_ack_now
            or not self.settings.delayed_ack_ns
            or self.receiver.unacknowledged >= 2 * self.sender.mss
        ):
            self._send_ack()
        elif self._ack_timer is None:
            self._ack_timer = self._clock.after(self.settings.delayed_ack_ns, self._send_ack)
        if taken.data:
            self.came(taken.data)
        if taken.fin:
            self.came(b"")

    # -- what goes -----------------------------------------------------------------------------------------------------

    def _flush(self) -> None:
        if self.phase is Phase.ESTABLISHED:
            self.sender.flush()

    def _send_ack(self) -> None:
        self._emit(ACK, self.sender.next_seq)

    def _emit(self, flags: Flags, seq: int, payload: bytes = b"") -> None:
        """Send one segment, with the ACK, window and options of this moment."""
        has_ack = bool(flags & ACK)
        if has_ack and self._ack_timer is not None:
            self._ack_timer.stop()
            self._ack_timer = None
        window = 0 if flags & RST else self.receiver.advertise(syn=bool(flags & SYN), acks=has_ack)
        options = self._options(flags)
        ack = self.receiver.next_seq if has_ack else None
        self._transmit(Segment(flags, seq, ack, window, payload, options))

    def _options(self, flags: Flags) -> Options:
        own = self.settings
        timestamps = None
        if self._timestamps and not flags & RST:
            timestamps = (1_000_000 + self._clock.now_ns // MS, self._recent_tsval if flags & ACK else 0)
        if flags & SYN:
            return Options(own.mss, own.scale if self._scaled else None, self._sack, (), timestamps)
        sack_blocks = self.receiver.sack_blocks(3 if timestamps else 4) if flags & ACK and not flags & RST else ()
        return Options(sack=sack_blocks, timestamps=timestamps)

    # -- explicit segments ---------------------------------------------------------------------------------------------

    def follow_sent(self, segment: Segment) -> None:
        """Go on behind a segment that was sent as it was written."""
        self.sender.follow(segment)
        self._follow(segment)

    def follow_received(self, segment: Segment) -> None:
        """Go on behind a segment that came and is not answered."""
        self.receiver.follow(segment)
        self._follow(segment)

    def _follow(self, segment: Segment) -> None:
        self.sender.assume_window()
        if segment.flags & RST:
            self._end()
        elif not segment.flags & SYN or segment.flags & ACK:
            self.phase = Phase.ESTABLISHED

    # -- how it ends ---------------------------------------------------------------------------------------------------

    def _give_up(self) -> None:
        """A segment was sent again too often (RFC 9293 section 3.8.3)."""
        self._end()

    def _end(self) -> None:
        self.phase = Phase.GONE
        self.sender.stop()
        if self._ack_timer is not None:
            self._ack_timer.stop()
            self._ack_timer = None
