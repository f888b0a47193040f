"""Which master secret belongs to a handshake of TLS 1.2 or below?

It is looked for where a person can have got it from, the surest place first: the key log by client random, an earlier
handshake that this one resumes, then the premaster secret, from the key log or with an RSA key.

Traps: a resumed handshake has the master secret of another one and only names it, by session ID or ticket; a server
that accepts a ticket echoes whatever session ID the client made up (RFC 5077 section 3.4). With
extended_master_secret the premaster secret alone is not enough: every message up to the Client Key Exchange must have
been seen.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from ladderview.proto.keylog import CLIENT_RANDOM, PMS_CLIENT_RANDOM, RSA, SESSION_ID, KeyLog
from ladderview.proto.rsa_keys import RsaKey
from ladderview.proto.tls_ciphers import Suite
from ladderview.proto.tls_hello import Hello
from ladderview.proto.tls_names import SSL_3
from ladderview.proto.tls_prf import extended_master_secret, master_secret
from ladderview.proto.tls_suites import KeyExchange, key_exchange

#: Master secrets that are remembered; the oldest go first.
_MOST_REMEMBERED = 1 << 16
_RSA_PREFIX_SIZE = 8
#: Hexadecimal digits of a client random that a sentence shows: enough to find its line in a key log.
_SHOWN_DIGITS = 16


class NoSecretError(Exception):
    """No master secret was found; ``str()`` says what is missing."""


class ResumptionPool:
    """Master secrets of handshakes seen so far, by the session IDs and tickets that may resume them."""

    __slots__ = ("_masters",)

    def __init__(self) -> None:
        self._masters: dict[bytes, bytes] = {}

    def learn(self, name: bytes, master: bytes) -> None:
        """Remember a master secret under a session ID or a ticket; empty names say nothing."""
        if not name:
            return
        self._masters.pop(name, None)
        if len(self._masters) >= _MOST_REMEMBERED:
            del self._masters[next(iter(self._masters))]
        self._masters[name] = master

    def master(self, name: bytes) -> bytes | None:
        """The master secret last learnt under this session ID or ticket, or None."""
        return self._masters.get(name)

    def __repr__(self) -> str:
        return f"ResumptionPool({len(self._masters)} secrets)"


@dataclass(slots=True, repr=False)
class Handshake:
    """What was seen of one handshake.

    Attributes:
        client: the Client Hello.
        server: the Server Hello.
        key_exchange: body of the Client Key Exchange.
        transcript: the messages up to the Client Key Exchange, headers included; None where one is missing.
        modulus: RSA modulus of the server's certificate.
    """

    client: Hello | None = None
    server: Hello | None = None
    key_exchange: bytes | None = None
    transcript: bytes | None = None
    modulus: int | None = None
    _found: bytes | NoSecretError | None = field(default=None)

    @property
    def is_resumed(self) -> bool:
        """Whether the server took up an earlier session (RFC 5246 section 7.4.1.3)."""
        if self.client is None or self.server is None or self.key_exchange is not None:
            return False
        return bool(self.client.session_ticket) or self.client.session_id == self.server.session_id != b""

    @property
    def lacks_resumed(self) -> bool:
        """Whether it takes up an earlier session and no secret was found for that."""
        return self.is_resumed and isinstance(self._found, NoSecretError)

    def master(self, suite: Suite, keylog: KeyLog, rsa_keys: Sequence[RsaKey], pool: ResumptionPool) -> bytes:
        """The master secret, looked for once; raises ``NoSecretError``. Both hellos must be there."""
        if self._found is None:
            try:
                self._found = _find(self, suite, keylog, rsa_keys, pool)
            except NoSecretError as error:
                self._found = error
        if isinstance(self._found, NoSecretError):
            raise self._found
        return self._found


def shown_random(client_random: bytes) -> str:
    """The client random as a sentence names it; its beginning finds the line in a key log."""
    return client_random.hex()[:_SHOWN_DIGITS] + "…"


def _find(
    handshake: Handshake, suite: Suite, keylog: KeyLog, rsa_keys: Sequence[RsaKey], pool: ResumptionPool
) -> bytes:
    assert handshake.client is not None
    assert handshake.server is not None
    client, server = handshake.client, handshake.server
    found = keylog.secret(CLIENT_RANDOM, client.random) or keylog.secret(SESSION_ID, server.session_id)
    if found is None and handshake.is_resumed:
        found = pool.master(client.session_ticket or b"") or pool.master(client.session_id)
        found = found or keylog.secret(SESSION_ID, client.session_id)
    if found is None:
        premaster = keylog.secret(PMS_CLIENT_RANDOM, client.random) or _premaster_by_rsa(handshake, keylog, rsa_keys)
        found = _from_premaster(handshake, suite, premaster)
    pool.learn(server.session_id, found)
    return found


def _premaster_by_rsa(handshake: Handshake, keylog: KeyLog, rsa_keys: Sequence[RsaKey]) -> bytes:
    """The premaster secret that the client encrypted; raises ``NoSecretError``."""
    assert handshake.client is not None
    assert handshake.server is not None
    none = f"no secret for client random {shown_random(handshake.client.random)}"
    exchange = key_exchange(handshake.server.suite)
    if exchange is not KeyExchange.RSA:
        if rsa_keys and not handshake.is_resumed:
            why = f"key exchange is {exchange.value if exchange else 'unknown'}"
            raise NoSecretError(f"{none}: {why}, which an RSA key does not open, a key log would")
        raise NoSecretError(none)
    if handshake.key_exchange is None:
        missing = "the handshake that it resumes" if handshake.is_resumed else "its Client Key Exchange"
        raise NoSecretError(f"{none}: {missing} was not seen")
    encrypted = _encrypted_premaster(handshake.key_exchange, handshake.server.version)
    logged = keylog.secret(RSA, encrypted[:_RSA_PREFIX_SIZE])
    if logged is not None:
        return logged
    fitting = [key for key in rsa_keys if handshake.modulus in (None, key.modulus)]
    if rsa_keys and not fitting:
        raise NoSecretError(f"{none}: no RSA key fits the server's certificate")
    for key in fitting:
        found = key.premaster(encrypted)
        if found is not None and _is_version(found[:2], handshake):
            return found
    raise NoSecretError(f"{none}: the RSA key does not open its premaster secret" if fitting else none)


def _is_version(stated: bytes, handshake: Handshake) -> bool:
    """Whether it begins as a premaster secret must, with the version offered; some old clients put the one chosen."""
    assert handshake.client is not None
    assert handshake.server is not None
    return int.from_bytes(stated, "big") in (handshake.client.legacy_version, handshake.server.legacy_version)


def _encrypted_premaster(body: bytes, version: int) -> bytes:
    """What the client encrypted; SSL 3.0 wrote no length before it (RFC 5246 section 7.4.7.1)."""
    has_length = int.from_bytes(body[:2], "big") == len(body) - 2
    return body[2:] if has_length and version != SSL_3 else body


def _from_premaster(handshake: Handshake, suite: Suite, premaster: bytes) -> bytes:
    assert handshake.client is not None
    assert handshake.server is not None
    client, server = handshake.client, handshake.server
    if not (client.extended_master_secret and server.extended_master_secret):
        return master_secret(server.version, suite.prf_hash, premaster, client.random, server.random)
    if handshake.transcript is None:
        raise NoSecretError("extended_master_secret needs every message of the handshake, and one is missing")
    return extended_master_secret(server.version, suite.prf_hash, premaster, handshake.transcript)
