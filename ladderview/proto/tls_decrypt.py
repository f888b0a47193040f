"""What did a protected record say? Opens the records of one connection, in both directions, in any version of TLS.

Plan: the caller walks both directions in capture order and tells the decryptor of every handshake message, every
Change Cipher Spec and every gap, and asks ``decrypt`` for every record, protected or not. Each direction has a
current epoch (``tls_epochs``) and the place of its next record (``tls_direction``). ``at`` opens any record again
later; plaintext is never kept.

A record that does not open at its place is tried at the places it may have after a gap and with the keys that come
next, so that a lost Finished or Key Update costs nothing but itself. Trials are bounded for a connection.

Traps: TLS 1.3 protects only records of type application_data; alerts and the Change Cipher Spec of middlebox
compatibility go by in the clear. Early data that the server refuses is followed by the client's handshake keys
without a word. Handshakes happen inside TLS 1.2 again (renegotiation): their keys come with their own Change Cipher
Spec. A client may be in either direction of a flow: who sent the Client Hello decides.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ladderview.proto.keylog import KeyLog
from ladderview.proto.rsa_keys import RsaKey, certificate_modulus
from ladderview.proto.tls_ciphers import cipher_suite
from ladderview.proto.tls_direction import Direction
from ladderview.proto.tls_epochs import APPLICATION, CLIENT, EARLY, HANDSHAKE, SERVER, Epoch, Tls13Epochs, tls12_epochs
from ladderview.proto.tls_hello import Hello
from ladderview.proto.tls_names import TLS_1_3, is_tls13
from ladderview.proto.tls_openers import NotOpenedError, Opener, Place
from ladderview.proto.tls_secrets import Handshake, NoSecretError, ResumptionPool

_HANDSHAKE, _APPLICATION_DATA = 22, 23

#: Handshake message types (RFC 8446 section 4, RFC 5246 section 7.4).
_HELLO_REQUEST, _CLIENT_HELLO, _NEW_SESSION_TICKET, _END_OF_EARLY_DATA = 0, 1, 4, 5
_CERTIFICATE, _CLIENT_KEY_EXCHANGE, _FINISHED, _KEY_UPDATE = 11, 16, 20, 24
_MESSAGE_HEADER_SIZE = 4

#: How many epochs ahead are tried.
_EPOCHS_AHEAD = 3
#: Bytes of transcript that are kept for extended_master_secret.
_MOST_TRANSCRIPT = 1 << 20

#: Application data where no hello was seen.
_NO_HANDSHAKE = Epoch((), "the handshake is not in the capture")


@dataclass(frozen=True, slots=True, repr=False)
class Opened:
    """A record's content; ``repr`` does not show it.

    Attributes:
        content_type: the true one: TLS 1.3 hides it inside.
        plaintext: the content.
        was_protected: whether it was encrypted (or, with a NULL cipher, at least authenticated).
    """

    content_type: int
    plaintext: bytes
    was_protected: bool = True

    def __repr__(self) -> str:
        return f"Opened(type {self.content_type}, {len(self.plaintext)} bytes)"


@dataclass(frozen=True, slots=True)
class Sealed:
    """A record that could not be opened.

    Attributes:
        reason: why, in one sentence without a full stop.
    """

    reason: str


class Decryptor:
    """Opens the records of one connection."""

    __slots__ = (
        "_client_side",
        "_directions",
        "_early",
        "_epochs",
        "_handshake",
        "_keyed_by",
        "_keylog",
        "_pool",
        "_rsa_keys",
        "_searches",
        "_tls13",
        "_transcript",
    )

    def __init__(
        self,
        keylog: KeyLog,
        rsa_keys: Sequence[RsaKey] = (),
        pool: ResumptionPool | None = None,
        searches: bool = True,
    ) -> None:
        """Make one for a connection.

        Args:
            keylog: secrets by client random.
            rsa_keys: private keys of servers.
            pool: what earlier connections taught; give the same one to all connections of a capture.
            searches: whether a record that does not open at its place is tried at others. Wireshark does not.
        """
        self._searches = searches
        self._keylog = keylog
        self._rsa_keys = rsa_keys
        self._pool = pool if pool is not None else ResumptionPool()
        self._directions = (Direction(), Direction())
        self._client_side = 0
        self._handshake = Handshake()
        self._transcript: bytearray | None = None
        # Keys of the current handshake of TLS 1.2 or below; and for each direction whose keys it has.
        self._epochs: tuple[Epoch, Epoch] | None = None
        self._keyed_by: list[Handshake | None] = [None, None]
        # Where the connection is, or may yet be, one of TLS 1.3.
        self._tls13: Tls13Epochs | None = None
        self._early = False

    @property
    def resumes(self) -> tuple[bytes, ...]:
        """Ticket and session ID of an earlier handshake that this one resumes and whose secret was not found."""
        client = self._handshake.client
        if client is None or not self._handshake.lacks_resumed:
            return ()
        return tuple(name for name in (client.session_ticket, client.session_id) if name)

    # -- what happens in the handshake --------------------------------------------------------------------------------

    def on_hello(self, direction: int, hello: Hello) -> None:
        """A Client Hello, a Server Hello or a Hello Retry Request was read."""
        self._client_side = direction if hello.is_client else 1 - direction
        if hello.is_client:
            self._on_client_hello(hello)
        elif not hello.is_retry_request:
            self._on_server_hello(hello)
        elif self._tls13 is None and self._handshake.client is not None:
            self._tls13 = self._tls13_epochs(self._handshake.client, hello.version)

    def on_client_key_exchange(self, body: bytes) -> None:
        """The body of a Client Key Exchange, without its header of four bytes."""
        self._handshake.key_exchange = body

    def on_change_cipher_spec(self, direction: int) -> None:
        """The direction takes its new keys into use (RFC 5246 section 7.1); TLS 1.3 only pretends."""
        client = self._handshake.client
        may_be_tls13 = self._handshake.server is None and client is not None and is_tls13(client.version)
        if self._tls13 is None and not may_be_tls13 and self._keyed_by[direction] is not self._handshake:
            self._take_keys(direction)

    def on_handshake(self, direction: int, message: bytes) -> None:
        """Any handshake message, in order, with its header of four bytes; hellos and Key Exchanges too."""
        kind = message[0] if message else _HELLO_REQUEST
        self._keep_for_transcript(kind, message)
        if kind == _CLIENT_KEY_EXCHANGE:
            self.on_client_key_exchange(message[_MESSAGE_HEADER_SIZE:])
            self._handshake.transcript = None if self._transcript is None else bytes(self._transcript)
            self._transcript = None
        elif kind == _CERTIFICATE and self._rsa_keys and direction != self._client_side:
            self._handshake.modulus = certificate_modulus(_first_certificate(message))
        elif self._tls13 is not None:
            self._move_on(direction, kind)
        elif kind == _NEW_SESSION_TICKET:
            self._learn_ticket(message)

    def lost(self, direction: int, size: int) -> None:
        """So many bytes are missing between the last record of the direction and its next.

        Bytes missing inside a record are none of them: ``decrypt`` gets what there is of such a record.
        """
        self._directions[direction].lose(size)
        self._transcript = None  # a message may have been among them

    # -- records ------------------------------------------------------------------------------------------------------

    def decrypt(self, direction: int, header: bytes, fragment: bytes) -> Opened | Sealed:
        """Open the next record of a direction; every record is asked for, in order, protected or not.

        Args:
            direction: 0 or 1.
            header: the five bytes of its header; empty for a record of SSL 2.0, which is not decrypted and passes.
            fragment: its bytes; fewer than the header says where some are missing.
        """
        side = self._directions[direction]
        number = side.count
        side.count += 1
        if not header:
            side.passed(number)
            return Opened(_HANDSHAKE, fragment, was_protected=False)
        epoch = self._epoch_for(direction, header, fragment)
        if epoch is None:
            side.passed(number)
            return Opened(header[0], fragment, was_protected=False)
        size = int.from_bytes(header[3:5], "big")
        if len(fragment) != size:
            side.failed(fragment, size)
            own = "part of it is missing"
            return Sealed(side.sealed(number, epoch.reason or own, names_record=not epoch.reason))
        why = epoch.reason
        if len(epoch.openers) == 1:
            opener = epoch.openers[0]
            place = side.expected()
            try:
                content_type, plaintext = opener.open(place, header, fragment)
            except NotOpenedError as error:
                why = str(error)
            else:
                side.opened(number, opener, place, fragment)
                return Opened(content_type, plaintext)
        return self._search(direction, number, header, fragment, why)

    def at(self, direction: int, number: int, header: bytes, fragment: bytes) -> Opened | Sealed:
        """Open a record again that ``decrypt`` has seen.

        Args:
            direction: 0 or 1.
            number: which call of ``decrypt`` for this direction it was, from 0.
            header: the five bytes of its header.
            fragment: its bytes.
        """
        run = self._directions[direction].run_of(number)
        if run.reason:
            return Sealed(run.sentence(number))
        if run.epoch is None:
            return Opened(header[0] if header else _HANDSHAKE, fragment, was_protected=False)
        try:
            return Opened(*run.epoch.openers[0].open(run.place(number), header, fragment))
        except NotOpenedError as error:
            return Sealed(f"record {number + 1}: {error}")

    def secret_of(self, direction: int, number: int) -> str:
        """What key logs call the secret that opened a record (numbered as for ``at``); empty where none did."""
        epoch = self._directions[direction].run_of(number).epoch
        return epoch.secret if epoch is not None else ""

    # -- hellos -------------------------------------------------------------------------------------------------------

    def _on_client_hello(self, hello: Hello) -> None:
        known = self._handshake.client
        retried = self._tls13 is not None and self._tls13.suite is None and known is not None
        if self._tls13 is not None and not (retried and known is not None and known.random == hello.random):
            # A new connection in the same bytes: nothing of the old one holds.
            self._tls13 = None
            for side in self._directions:
                side.begin(None)
        self._handshake = Handshake(client=hello)
        self._epochs = None
        self._early = hello.early_data

    def _on_server_hello(self, hello: Hello) -> None:
        if self._handshake.server is not None:
            self._handshake = Handshake()  # the Client Hello that it answers was not seen
        self._handshake.server = hello
        self._epochs = None
        client = self._handshake.client
        if not is_tls13(hello.version) or client is None:
            self._tls13 = None
            return
        if self._tls13 is None:
            self._tls13 = self._tls13_epochs(client, hello.version)
        self._tls13.choose(hello.suite, hello.version)
        self._side_of(SERVER).begin(self._tls13.epoch(SERVER, HANDSHAKE))
        if not self._early:
            self._side_of(CLIENT).begin(self._tls13.epoch(CLIENT, HANDSHAKE))
        elif self._side_of(CLIENT).epoch is None:
            self._side_of(CLIENT).begin(self._tls13.epoch(CLIENT, EARLY))

    def _tls13_epochs(self, client: Hello, version: int) -> Tls13Epochs:
        return Tls13Epochs(self._keylog, client.random, client.suites, version)

    def _side_of(self, role: int) -> Direction:
        return self._directions[self._client_side ^ role]

    # -- other messages -----------------------------------------------------------------------------------------------

    def _keep_for_transcript(self, kind: int, message: bytes) -> None:
        if kind == _CLIENT_HELLO:
            self._transcript = bytearray()
        elif kind == _FINISHED:
            self._transcript = None  # nobody asks for it any more
        if self._transcript is not None and kind != _HELLO_REQUEST:
            self._transcript += message
            if len(self._transcript) > _MOST_TRANSCRIPT:
                self._transcript = None

    def _learn_ticket(self, message: bytes) -> None:
        """A ticket of TLS 1.2 names the master secret of this handshake (RFC 5077 section 3.3)."""
        server = self._handshake.server
        suite = cipher_suite(server.suite) if server else None
        if self._handshake.client is None or suite is None:
            return
        size = int.from_bytes(message[8:10], "big")
        try:
            master = self._handshake.master(suite, self._keylog, self._rsa_keys, self._pool)
        except NoSecretError:
            return
        self._pool.learn(message[10 : 10 + size], master)

    def _move_on(self, direction: int, kind: int) -> None:
        """Messages of TLS 1.3 behind which their sender takes its next keys (RFC 8446 sections 4.4.4, 4.5, 4.6.3)."""
        side = self._directions[direction]
        if side.epoch is None or self._tls13 is None:
            return
        level = side.epoch.level
        moves = {
            _END_OF_EARLY_DATA: level == EARLY,
            _FINISHED: level == HANDSHAKE,  # later a client may authenticate with another one
            _KEY_UPDATE: level >= APPLICATION,
        }
        if moves.get(kind, False):
            side.begin(self._tls13.epoch(direction ^ self._client_side, level + 1))

    # -- which keys ---------------------------------------------------------------------------------------------------

    def _take_keys(self, direction: int) -> None:
        """Begin the epoch of the last handshake of TLS 1.2 or below."""
        if self._epochs is None:
            self._epochs = tls12_epochs(self._handshake, self._keylog, self._rsa_keys, self._pool)
        self._keyed_by[direction] = self._handshake
        self._directions[direction].begin(self._epochs[direction ^ self._client_side])

    def _epoch_for(self, direction: int, header: bytes, fragment: bytes) -> Epoch | None:
        """The keys of the next record; None where it is not protected."""
        side = self._directions[direction]
        if header[0] != _APPLICATION_DATA:
            if self._tls13 is not None:
                return None
            if side.epoch is None and side.lost and self._handshake.server is not None:
                return self._behind_gap(direction, header, fragment)
            return side.epoch
        return side.epoch or self._implied(direction)

    def _behind_gap(self, direction: int, header: bytes, fragment: bytes) -> Epoch | None:
        """The new keys where the Change Cipher Spec was in a gap and this first record behind it opens with them."""
        if self._epochs is None:
            self._epochs = tls12_epochs(self._handshake, self._keylog, self._rsa_keys, self._pool)
        epoch = self._epochs[direction ^ self._client_side]
        try:
            for opener in epoch.openers:
                opener.open(Place(0), header, fragment)
                self._take_keys(direction)
                return epoch
        except NotOpenedError:
            pass
        return None

    def _implied(self, direction: int) -> Epoch:
        """The keys of application data before any message said that keys are in use: that message is missing."""
        side, client = self._directions[direction], self._handshake.client
        if client is None and self._handshake.server is None:
            return _NO_HANDSHAKE
        lost = side.lost
        epoch = self._implied_tls13(direction, client) if client and self._handshake.server is None else None
        if epoch is None:
            self._take_keys(direction)
        else:
            side.begin(epoch)
        side.lose(lost)
        assert side.epoch is not None
        return side.epoch

    def _implied_tls13(self, direction: int, client: Hello) -> Epoch | None:
        """Early data, or anything else where the key log tells that the connection became one of TLS 1.3."""
        role = direction ^ self._client_side
        version = client.version if is_tls13(client.version) else TLS_1_3
        epochs = self._tls13 or self._tls13_epochs(client, version)
        is_early = role == CLIENT and self._early
        if not is_early and not epochs.has_secrets:
            return None
        self._tls13 = epochs
        return epochs.epoch(role, EARLY if is_early else HANDSHAKE)

    # -- records that do not open where they should -------------------------------------------------------------------

    def _search(self, direction: int, number: int, header: bytes, fragment: bytes, why: str) -> Opened | Sealed:
        """Try the record at every place and with every keys that it may have."""
        side = self._directions[direction]
        epoch = side.epoch or _NO_HANDSHAKE
        for candidate, opener, place in self._candidates(direction, epoch, fragment):
            try:
                content_type, plaintext = opener.open(place, header, fragment)
            except NotOpenedError:
                side.trials -= 1
                if side.trials <= 0:
                    break
                continue
            if candidate is not epoch:
                side.begin(candidate)
            candidate.openers = (opener,)
            side.opened(number, opener, place, fragment)
            return Opened(content_type, plaintext)
        missing = side.lost
        side.failed(fragment, len(fragment))
        if epoch.reason:
            return Sealed(side.sealed(number, epoch.reason))
        what = why or "authentication failed"
        own = f"{what}, {_bytes(missing)} missing before it" if missing else what
        return Sealed(side.sealed(number, own, names_record=True))

    def _candidates(self, direction: int, epoch: Epoch, fragment: bytes) -> Iterator[tuple[Epoch, Opener, Place]]:
        side = self._directions[direction]
        if side.trials <= 0:
            return
        for opener in epoch.openers:
            for place in side.places(opener, fragment) if self._searches else (side.expected(),):
                yield epoch, opener, place
        if self._tls13 is None or not (self._searches or epoch.level == EARLY):
            return
        for level in range(epoch.level + 1, epoch.level + 1 + _EPOCHS_AHEAD):
            later = self._tls13.epoch(direction ^ self._client_side, level)
            for opener in later.openers:
                for sequence in range(side.places_ahead):
                    yield later, opener, Place(sequence)


def _first_certificate(message: bytes) -> bytes:
    """The server's own certificate (RFC 5246 section 7.4.2): behind the lengths of the list and of itself."""
    size = int.from_bytes(message[7:10], "big")
    return message[10 : 10 + size]


def _bytes(count: int) -> str:
    """A length as sentences have it, with narrow no-break spaces in it: "1 440 bytes are"."""
    number = f"{count:,}".replace(",", "\u202f")
    return f"{number} byte is" if count == 1 else f"{number} bytes are"
