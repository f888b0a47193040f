"""What has one end sent that is not acknowledged yet, and what may it send now?

Sources: RFC 6298 (retransmission timer), RFC 5681 (slow start, fast retransmit), RFC 6582 and RFC 6675 (recovery
without and with SACK), RFC 9293 section 3.8.6.1 (probes of a closed window).

Plan: every segment that takes sequence numbers is a ``Flight`` until it is acknowledged. ``flush`` sends what is lost
first, then what is new, as far as the congestion window and the other end's window let it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import takewhile

from ladderview.capture.scenario.clock import Clock, Timer
from ladderview.capture.scenario.frames import Segment
from ladderview.capture.scenario.words import MS, SECOND, EndSettings
from ladderview.proto.tcp import Flags

#: RFC 6298 sections 2.1 and 2.5; the least timeout is that of common stacks, far below the RFC's second.
_FIRST_RTO_NS, _LEAST_RTO_NS, _MOST_RTO_NS = SECOND, 200 * MS, 60 * SECOND
#: What an end may send to one that was only heard in explicit segments.
_DEFAULT_WINDOW = 65_535
#: RFC 5681 section 3.2.
_DUPLICATES = 3


@dataclass(slots=True)
class Flight:
    """A segment that waits for its ACK.

    Attributes:
        sent_ns: when it was sent last; ``sends`` is how often.
        sacked: the other end has it.
        lost: it has to be sent again.
    """

    flags: Flags
    seq: int
    payload: bytes
    sent_ns: int = 0
    sends: int = 0
    sacked: bool = False
    lost: bool = False

    @property
    def end(self) -> int:
        """The number behind it."""
        return self.seq + len(self.payload) + bool(self.flags & (Flags.SYN | Flags.FIN))


class Sender:
    """The sending half of an end.

    Attributes:
        next_seq: the number of the next new byte.
        mss: bytes of payload that fit a segment.
        closing: FIN is sent, or will be.
        patience_ns: added to the timeout of the first segment.

    Args:
        emit: sends a segment: flags, number, payload.
        give_up: called when a segment was sent again too often.
    """

    def __init__(
        self,
        settings: EndSettings,
        clock: Clock,
        emit: Callable[[Flags, int, bytes], None],
        give_up: Callable[[], None],
    ) -> None:
        self.next_seq = 0
        self.mss = settings.mss or 536
        self.closing = False
        self.patience_ns = 0
        self._settings, self._clock, self._emit, self._give_up = settings, clock, emit, give_up
        self._unacked = 0
        self._flights: list[Flight] = []
        # Of the flights: payload bytes that are neither known to have come nor to be lost, and how many are lost.
        self._away = self._lost = 0
        self._queue = bytearray()
        self._pushed: set[int] = set()
        self._fin_sent = False
        self._shift = 0
        self._sack = False
        self._edge = 0
        self._edge_from = (-1, -1)
        self._cwnd = settings.cwnd * self.mss
        self._ssthresh = 1 << 40
        self._duplicates = 0
        self._recover: int | None = None
        self._srtt_ns = self._rttvar_ns = 0
        self._retries = 0
        self._timer: Timer | None = None
        self._probe_timer: Timer | None = None
        self._probes = 0

    # -- what the end does ---------------------------------------------------------------------------------------------

    def send_syn(self, flags: Flags) -> None:
        """Send SYN, or SYN, ACK."""
        self.next_seq = 1
        self._flights.append(Flight(flags, 0, b""))
        self._send(self._flights[0])

    def again_as(self, flags: Flags) -> None:
        """Send the SYN again, with these flags."""
        self._stop_timer()
        for flight in self._flights[:1]:
            flight.flags = flags
            self._send(flight)

    def begin(self, mss: int, shift: int, sack: bool) -> None:
        """The other end's SYN has come: what the two agree on."""
        self.mss, self._shift, self._sack = mss, shift, sack
        self._cwnd = self._settings.cwnd * mss

    def window_of_syn(self, window: int) -> None:
        """The window in the other end's SYN, which is not scaled."""
        self._edge = 1 + window

    def write(self, data: bytes) -> None:
        """Queue these bytes."""
        self._queue += data
        self._pushed.add(max(self.next_seq, 1) + len(self._queue))

    def close(self) -> None:
        """Queue FIN."""
        self.closing = True

    @property
    def is_done(self) -> bool:
        """Whether everything is sent and acknowledged."""
        return not self._flights and not self._queue and self.closing is self._fin_sent

    @property
    def end(self) -> int:
        """The number behind everything that is to be sent."""
        return self.next_seq + len(self._queue) + (self.closing and not self._fin_sent)

    def stop(self) -> None:
        """Send nothing more, ever."""
        self._flights, self._queue = [], bytearray()
        self._away = self._lost = 0
        self._stop_timer()
        self._stop_probing()

    def follow(self, segment: Segment) -> None:
        """Go on behind a segment that nobody answers."""
        self.next_seq = max(self.next_seq, segment.end)
        self._fin_sent = self.closing = self.closing or bool(segment.flags & Flags.FIN)

    def assume_window(self) -> None:
        """Take all for acknowledged, and a window for open, of which only explicit segments have told."""
        self._unacked = max(self._unacked, self.next_seq)
        self._edge = max(self._edge, self.next_seq + _DEFAULT_WINDOW)

    # -- what comes ----------------------------------------------------------------------------------------------------

    def receive(self, segment: Segment) -> None:
        """An ACK (RFC 9293 section 3.10.7.4, the fifth check)."""
        ack = segment.ack or 0
        edge_before = self._edge
        if (segment.seq, ack) >= self._edge_from:
            self._edge, self._edge_from = ack + (segment.window << self._shift), (segment.seq, ack)
        if ack > self.next_seq:  # the byte of a probe was taken
            taken = min(ack - self.next_seq, len(self._queue))
            del self._queue[:taken]
            self.next_seq += taken
        self._take_sack(segment)
        if self._unacked < ack <= self.next_seq:
            self._take_ack(ack)
        elif ack == self._unacked and self._flights and segment.end == segment.seq and self._edge == edge_before:
            self._take_duplicate()
        if self._edge > self.next_seq:
            self._stop_probing()

    def _take_sack(self, segment: Segment) -> None:
        if not segment.options.sack:
            return
        for flight in self._flights:
            if any(left <= flight.seq and flight.end <= right for left, right in segment.options.sack):
                self._forget(flight)
                flight.sacked, flight.lost = True, False

    def _take_ack(self, ack: int) -> None:
        acked = list(takewhile(lambda flight: flight.end <= ack, self._flights))
        del self._flights[: len(acked)]
        for flight in acked:
            self._forget(flight)
        for flight in self._flights[:1]:
            if flight.seq < ack:  # in part
                self._away -= 0 if flight.sacked or flight.lost else ack - flight.seq
                flight.payload, flight.seq = flight.payload[ack - flight.seq :], ack
        timed = [flight for flight in acked if flight.sends == 1]
        if timed and len(timed) == len(acked):  # RFC 6298 section 3: Karn's algorithm
            self._take_rtt(self._clock.now_ns - timed[-1].sent_ns)
        self._grow(ack - self._unacked, ack)
        self._unacked = ack
        self._duplicates = self._retries = 0
        self._stop_timer()
        if self._flights:
            self._start_timer()

    def _grow(self, acked: int, ack: int) -> None:
        """RFC 5681 section 3.1; in recovery RFC 6582 section 3.2."""
        if self._recover is None:
            self._cwnd += min(acked, self.mss) if self._cwnd < self._ssthresh else self.mss * self.mss // self._cwnd
        elif ack >= self._recover:
            self._recover, self._cwnd = None, min(self._ssthresh, max(self._cwnd, 2 * self.mss))
        else:
            self._mark_lost()
            self._cwnd += min(acked, self.mss) if self._cwnd < self._ssthresh else 0

    def _take_duplicate(self) -> None:
        """RFC 5681 section 3.2."""
        self._duplicates += 1
        if self._recover is not None:
            self._mark_holes()
        elif self._duplicates == _DUPLICATES:
            self._ssthresh = max(self._in_flight // 2, 2 * self.mss)
            self._cwnd = self._ssthresh
            self._recover = self.next_seq
            self._mark_lost()
            self._mark_holes()
            for flight in self._flights[:1]:
                if flight.lost:
                    self._send(flight)

    def _mark_lost(self) -> None:
        """The first that is missing is lost."""
        for flight in self._flights[:1]:
            self._lose(flight)

    def _mark_holes(self) -> None:
        """What stands before a block that the other end has, and was sent only once, is lost (RFC 6675 section 4)."""
        highest = max((flight.end for flight in self._flights if flight.sacked), default=0)
        for flight in self._flights:
            if flight.end < highest and flight.sends == 1:
                self._lose(flight)

    def _lose(self, flight: Flight) -> None:
        """Mark a flight as lost, unless it is known to have come."""
        if not flight.sacked and not flight.lost:
            self._forget(flight)
            flight.lost = True
            self._lost += 1

    def _forget(self, flight: Flight) -> None:
        """Take a flight out of the counts."""
        if flight.lost:
            self._lost -= 1
        elif not flight.sacked:
            self._away -= len(flight.payload)

    # -- what goes -----------------------------------------------------------------------------------------------------

    def flush(self) -> None:
        """Send what may be sent now."""
        for flight in self._flights if self._lost else ():
            if flight.lost and (self._pipe + len(flight.payload) <= self._cwnd or self._pipe <= 0):
                self._send(flight)
        while self._queue and self._send_new():
            pass
        if self._queue and not self._flights and self._edge <= self.next_seq:
            self._start_probing()
        if not self._queue and self.closing and not self._fin_sent:
            self._fin_sent = True
            self._add(Flight(Flags.FIN | Flags.ACK, self.next_seq, b""))

    def _send_new(self) -> bool:
        """Send the next segment, up to the edge of the window; False where nothing may be sent."""
        size = min(self.mss, len(self._queue), self._edge - self.next_seq)
        if size <= 0 or (self._pipe > 0 and self._pipe + size > self._cwnd):
            return False
        payload = bytes(self._queue[:size])
        del self._queue[:size]
        end = self.next_seq + size
        push = Flags.PSH if end in self._pushed or not self._queue else Flags(0)
        self._pushed.discard(end)
        self._add(Flight(Flags.ACK | push, self.next_seq, payload))
        return True

    def _add(self, flight: Flight) -> None:
        self.next_seq = flight.end
        self._flights.append(flight)
        self._send(flight)

    def _send(self, flight: Flight) -> None:
        if not flight.sacked and (flight.lost or not flight.sends):
            self._away += len(flight.payload)
        self._lost -= flight.lost
        flight.sends += 1
        flight.sent_ns = self._clock.now_ns
        flight.lost = False
        if self._timer is None:
            self._start_timer()
        self._emit(flight.flags, flight.seq, flight.payload)

    @property
    def _in_flight(self) -> int:
        return self.next_seq - self._unacked

    @property
    def _pipe(self) -> int:
        """Bytes that are under way, as far as it can know (RFC 6675 section 4; RFC 6582 without SACK)."""
        return self._away if self._sack else self._away - self._duplicates * self.mss

    # -- its timers ----------------------------------------------------------------------------------------------------

    def _take_rtt(self, rtt_ns: int) -> None:
        """RFC 6298 section 2."""
        if not self._srtt_ns:
            self._srtt_ns, self._rttvar_ns = rtt_ns, rtt_ns // 2
        else:
            self._rttvar_ns += (abs(self._srtt_ns - rtt_ns) - self._rttvar_ns) // 4
            self._srtt_ns += (rtt_ns - self._srtt_ns) // 8

    @property
    def _rto_ns(self) -> int:
        """Without the back-off."""
        if self._settings.rto_ns:
            return self._settings.rto_ns
        if not self._srtt_ns:
            return _FIRST_RTO_NS
        return max(self._srtt_ns + 4 * self._rttvar_ns, _LEAST_RTO_NS)

    def _start_timer(self) -> None:
        timeout_ns = min(self._rto_ns << self._retries, max(_MOST_RTO_NS, self._rto_ns))
        timeout_ns += self.patience_ns if not self._unacked else 0
        self._timer = self._clock.after(timeout_ns, self._on_timeout)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.stop()
            self._timer = None

    def _on_timeout(self) -> None:
        """RFC 6298 section 5.4 to 5.7, RFC 5681 section 3.1."""
        self._timer = None
        if self._retries == self._settings.retries:
            self._give_up()
            return
        if self._retries == 0:
            self._ssthresh = max(self._in_flight // 2, 2 * self.mss)
        self._retries += 1
        self._duplicates = 0
        self._cwnd = self.mss
        self._recover = self.next_seq
        for flight in self._flights:
            self._lose(flight)
        first = next((flight for flight in self._flights if flight.lost), None)
        if first is None:
            first = self._flights[0]  # everything was said to be there, and still it is not acknowledged
        self._send(first)

    def _start_probing(self) -> None:
        if self._probe_timer is None:
            interval_ns = min(self._rto_ns << self._probes, _MOST_RTO_NS)
            self._probe_timer = self._clock.after(interval_ns, self._on_probe, background=True)

    def _stop_probing(self) -> None:
        self._probes = 0
        if self._probe_timer is not None:
            self._probe_timer.stop()
            self._probe_timer = None

    def _on_probe(self) -> None:
        """One byte of what waits, which is not counted as sent."""
        self._probe_timer = None
        if self._queue:
            self._probes = min(self._probes + 1, 8)
            self._emit(Flags.ACK, self.next_seq, bytes(self._queue[:1]))
            self._start_probing()
