"""Where does one direction of a protected connection stand, and how was each of its records opened?

``Direction`` keeps the place of the next record, what has gone missing since the last one that opened, and runs: from
which record on which epoch and sequence number were right. A run is a few numbers however many records it has, so that
any record of a long download can be opened again.

Traps: ciphers whose records hang together (RC4, CBC before TLS 1.1) need a place for each record. A record that did
not open may still count, or may have been no record at all: what comes after it is tried both ways.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator

from ladderview.proto.tls_epochs import Epoch
from ladderview.proto.tls_openers import Opener, Place
from ladderview.proto.tls_sequence import missed_records

_HEADER_SIZE = 5
#: Failed attempts to open records that a direction may cost in all, beyond the first one of each record.
_MOST_TRIALS = 1 << 15
#: Places under keys that were not in use yet that are tried behind records that are missing or did not open.
_PLACES_AHEAD = 16
#: How far an explicit nonce may have moved on and still be believed.
_MOST_MOVED = 1 << 24


class Run:
    """Consecutive records of one direction with one fate: not protected, opened under one epoch, or sealed.

    Attributes:
        first: number of the first record.
        epoch: under which they opened, or None.
        reason: why they did not open, or the empty string.
    """

    __slots__ = ("_names_record", "_place", "_places", "epoch", "first", "reason")

    def __init__(
        self, first: int, epoch: Epoch | None, place: Place, reason: str = "", names_record: bool = False
    ) -> None:
        self.first = first
        self.epoch = epoch
        self.reason = reason
        self._place = place
        self._places: list[Place] = []
        self._names_record = names_record

    def goes_on(self, number: int, epoch: Epoch, place: Place) -> bool:
        """Whether the record of this number, opened there, belongs to the run."""
        return self.epoch is epoch and self._place.sequence + number - self.first == place.sequence

    def keep(self, place: Place) -> None:
        """Keep the place of the next record of a cipher that needs more than its sequence number."""
        self._places.append(place)

    def place(self, number: int) -> Place:
        """Where a record of the run stands."""
        steps = number - self.first
        return self._places[steps] if self._places else Place(self._place.sequence + steps)

    def sentence(self, number: int) -> str:
        """Why a record of the run does not open."""
        return f"record {number + 1}: {self.reason}" if self._names_record else self.reason


class Direction:
    """One direction of a connection.

    Attributes:
        count: records so far.
        epoch: keys in use; None while nothing is protected.
        lost: bytes that are missing between records since the last one that opened.
        trials: failed attempts that are still allowed.
    """

    __slots__ = (
        "_anchor",
        "_block",
        "_failed",
        "_failed_bytes",
        "_hint",
        "_runs",
        "_starts",
        "_usual",
        "count",
        "epoch",
        "lost",
        "trials",
    )

    def __init__(self) -> None:
        self.count = 0
        self.trials = _MOST_TRIALS
        self._runs: list[Run] = []
        self._starts: list[int] = []
        self.begin(None)

    def begin(self, epoch: Epoch | None) -> None:
        """From the next record on, these keys, and sequence numbers from 0."""
        self.epoch = epoch
        self.lost = 0
        self._anchor = Place(0)  # behind the last record that opened
        self._failed = 0  # records since then, and their bytes
        self._failed_bytes = 0
        self._block: bytes | None = b""  # the last ciphertext block that was seen
        self._hint: int | None = None
        self._usual = 0

    def lose(self, size: int) -> None:
        """So many bytes are missing before the next record."""
        self.lost += size
        self._block = None

    # -- where the next record stands ---------------------------------------------------------------------------------

    def expected(self) -> Place:
        """Where it stands if nothing is missing but what failed."""
        if not self._failed and not self.lost:
            return self._anchor
        anchor = self._anchor
        return Place(anchor.sequence + self._failed, anchor.position + self._failed_bytes + self.lost, self._block)

    def places(self, opener: Opener, fragment: bytes) -> Iterator[Place]:
        """Where it may stand, the likeliest first; some may come twice."""
        yield self.expected()
        anchor = self._anchor
        hint = opener.hint(fragment)
        if hint is not None and self._hint is not None and 0 < hint - self._hint < _MOST_MOVED:
            yield Place(anchor.sequence + hint - self._hint - 1)
        if not self.lost:
            yield anchor  # as if what failed had been no records
        for missed in missed_records(self.lost, self._failed, self._usual, opener.least):
            gone = self.lost - _HEADER_SIZE * max(missed - self._failed, 0)
            position = max(anchor.position + self._failed_bytes + gone, 0)
            yield Place(anchor.sequence + missed, position, self._block)

    @property
    def places_ahead(self) -> int:
        """How many of the first places under later keys may be the right one."""
        return _PLACES_AHEAD if self.lost else min(self._failed + 1, _PLACES_AHEAD)

    # -- what became of a record --------------------------------------------------------------------------------------

    def opened(self, number: int, opener: Opener, place: Place, fragment: bytes) -> None:
        """It opened there, under the current epoch."""
        assert self.epoch is not None
        run = self._runs[-1] if self._runs else None
        if run is None or not run.goes_on(number, self.epoch, place):
            run = self._add(Run(number, self.epoch, place))
        size = len(fragment)
        if opener.chained:
            run.keep(place)
            self._block = opener.last_block(fragment)
            self._anchor = Place(place.sequence + 1, place.position + size, self._block)
        else:
            self._anchor = Place(place.sequence + 1)
        self._failed = self._failed_bytes = self.lost = 0
        self._hint = opener.hint(fragment)
        self._usual = _HEADER_SIZE + size

    def passed(self, number: int) -> None:
        """It was not protected."""
        last = self._runs[-1] if self._runs else None
        if last is None or last.epoch or last.reason:
            self._add(Run(number, None, Place(0)))

    def sealed(self, number: int, reason: str, names_record: bool = False) -> str:
        """It did not open; gives the whole sentence, which names the record where the reason is its own."""
        last = self._runs[-1] if self._runs else None
        if last is None or last.reason != reason:
            last = self._add(Run(number, None, Place(0), reason, names_record))
        return last.sentence(number)

    def failed(self, fragment: bytes, size: int) -> None:
        """It did not open but may count; ``size`` is what its header says, of which ``fragment`` was captured."""
        self._failed += 1
        self._failed_bytes += size
        whole = self.epoch is not None and len(self.epoch.openers) == 1 and len(fragment) == size
        self._block = self.epoch.openers[0].last_block(fragment) if self.epoch and whole else None

    def run_of(self, number: int) -> Run:
        """The run that a record belongs to."""
        return self._runs[bisect_right(self._starts, number) - 1]

    def _add(self, run: Run) -> Run:
        self._runs.append(run)
        self._starts.append(run.first)
        return run
