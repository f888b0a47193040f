"""Which keys does a direction use, from which message on, and which come after them?

An ``Epoch`` is the time during which a direction keeps its keys. TLS 1.2 and below begin one with each Change Cipher
Spec (``tls12_epochs``); TLS 1.3 goes through levels (``Tls13Epochs``, RFC 8446 section 7): early data, handshake,
application data 0, 1, 2 ... with each Key Update.

Traps: early data is sealed before the server has chosen a suite, so every suite whose hash fits the secret is a
candidate; the same where the Server Hello is missing. A program may log only some of the secrets: each level stands
by itself, except that later application secrets are derived from earlier ones.
"""

from __future__ import annotations

from collections.abc import Sequence

from ladderview.proto.keylog import CLIENT_EARLY, CLIENT_SERVER_HANDSHAKE, CLIENT_SERVER_TRAFFIC, KeyLog
from ladderview.proto.rsa_keys import RsaKey
from ladderview.proto.tls_ciphers import TLS13_SUITES, Suite, cipher_suite, suite_name
from ladderview.proto.tls_names import SSL_3, TLS_1_2, VERSIONS
from ladderview.proto.tls_openers import Keys, Opener, iv_size, label_prefix, opener, tls13_opener
from ladderview.proto.tls_prf import key_block, next_traffic_secret
from ladderview.proto.tls_secrets import Handshake, NoSecretError, ResumptionPool, shown_random

#: Type of truncated_hmac in https://www.iana.org/assignments/tls-extensiontype-values.
_TRUNCATED_HMAC = 4

#: Levels of TLS 1.3 before application data, whose levels count from 0.
EARLY, HANDSHAKE, APPLICATION = -2, -1, 0

CLIENT, SERVER = 0, 1


class Epoch:
    """One set of keys of one direction.

    Attributes:
        level: in TLS 1.3, which secret; 0 in the versions below.
        openers: the ciphers that it may be, one where the suite is known; none where the keys are not known.
        reason: why there is none, or the empty string.
        secret: what key logs call the secret that they were made of.
    """

    __slots__ = ("level", "openers", "reason", "secret")

    def __init__(
        self, openers: Sequence[Opener], reason: str = "", level: int = APPLICATION, secret: str = "master secret"
    ) -> None:
        self.secret = secret
        self.level = level
        self.openers = openers
        self.reason = reason

    def __repr__(self) -> str:
        return f"Epoch(level {self.level}, {len(self.openers)} ciphers)"


# -- TLS 1.2 and below ------------------------------------------------------------------------------------------------


def tls12_epochs(
    handshake: Handshake, keylog: KeyLog, rsa_keys: Sequence[RsaKey], pool: ResumptionPool
) -> tuple[Epoch, Epoch]:
    """The client's and the server's keys after a handshake of SSL 3.0 to TLS 1.2."""
    missing = _missing_hello(handshake)
    if missing:
        return _no_keys(missing)
    assert handshake.client is not None
    assert handshake.server is not None
    version = handshake.server.version
    suite = cipher_suite(handshake.server.suite)
    if suite is None:
        return _no_keys(f"{suite_name(handshake.server.suite)} cannot be decrypted here")
    if not SSL_3 <= version <= TLS_1_2:
        return _no_keys(f"{VERSIONS.get(version, f'version 0x{version:04x}')} cannot be decrypted here")
    if handshake.server.compressions not in ((), (0,)):
        return _no_keys("compression by TLS itself cannot be undone here")
    try:
        master = handshake.master(suite, keylog, rsa_keys, pool)
    except NoSecretError as error:
        return _no_keys(str(error))
    truncated = _TRUNCATED_HMAC in handshake.server.extensions
    both = _cut(suite, version, master, handshake.client.random, handshake.server.random)
    client, server = (opener(suite, keys, version, handshake.server.encrypt_then_mac, truncated) for keys in both)
    if client is None or server is None:
        return _no_keys(f"{suite.name} cannot be decrypted here")
    return Epoch((client,)), Epoch((server,))


def _no_keys(reason: str) -> tuple[Epoch, Epoch]:
    return Epoch((), reason), Epoch((), reason)


def _missing_hello(handshake: Handshake) -> str:
    if handshake.client is None and handshake.server is None:
        return "the handshake is not in the capture"
    if handshake.client is None:
        return "the Client Hello is not in the capture"
    return "" if handshake.server else "the Server Hello is not in the capture"


def _cut(suite: Suite, version: int, master: bytes, client_random: bytes, server_random: bytes) -> tuple[Keys, Keys]:
    """The key block in its parts, the client's keys and the server's (RFC 5246 section 6.3)."""
    sizes = (suite.mac_size, suite.bulk.key_size, iv_size(suite, version))
    block = key_block(version, suite.prf_hash, master, client_random, server_random, size=2 * sum(sizes))
    parts = []
    at = 0
    for size in sizes:
        parts += [block[at : at + size], block[at + size : at + 2 * size]]
        at += 2 * size
    return Keys(*parts[0::2]), Keys(*parts[1::2])


# -- TLS 1.3 ----------------------------------------------------------------------------------------------------------


class Tls13Epochs:
    """The epochs of a connection of TLS 1.3, made when they are asked for.

    Attributes:
        suite: the suite chosen; None while no Server Hello has been seen.
    """

    __slots__ = ("_epochs", "_keylog", "_offered", "_random", "_traffic", "_version", "suite")

    def __init__(self, keylog: KeyLog, client_random: bytes, offered: Sequence[int], version: int) -> None:
        """Args: the key log; the client's random; the suites that it offers; the version, drafts included."""
        self._keylog = keylog
        self._random = client_random
        self._offered = offered
        self._version = version
        self._epochs: dict[tuple[int, int], Epoch] = {}
        self._traffic: dict[int, tuple[int, bytes]] = {}
        self.suite: int | None = None

    def choose(self, suite: int, version: int) -> None:
        """The server has chosen; epochs that were asked for before keep what they were."""
        self.suite = suite
        self._version = version

    def epoch(self, role: int, level: int) -> Epoch:
        """The epoch of the client (0) or the server (1) at a level."""
        found = self._epochs.get((role, level))
        if found is None:
            found = self._make(role, level)
            self._epochs[role, level] = found
        return found

    @property
    def has_secrets(self) -> bool:
        """Whether the key log has any secret that only TLS 1.3 has."""
        labels = (*CLIENT_SERVER_HANDSHAKE, *(f"{label}0" for label in CLIENT_SERVER_TRAFFIC))
        return any(self._keylog.secret(label, self._random) for label in labels)

    def _make(self, role: int, level: int) -> Epoch:
        if self.suite is not None and level != EARLY and cipher_suite(self.suite) is None:
            return Epoch((), f"{suite_name(self.suite)} cannot be decrypted here", level)
        label = self._label(role, level)
        known = self._traffic_secret(role, level) if level >= APPLICATION else None
        secret = known or self._keylog.secret(label, self._random)
        if secret is None:
            what = f"no {label}" if self.has_secrets else "no secret"
            return Epoch((), f"{what} for client random {shown_random(self._random)}", level)
        suites = self._suites(len(secret), level)
        openers = [made for suite in suites if (made := tls13_opener(suite, secret, self._version))]
        return Epoch(openers, "" if openers else "its secret in the key log has the wrong size", level, label)

    @staticmethod
    def _label(role: int, level: int) -> str:
        if level == EARLY:
            return CLIENT_EARLY
        return CLIENT_SERVER_HANDSHAKE[role] if level == HANDSHAKE else f"{CLIENT_SERVER_TRAFFIC[role]}{level}"

    def _suites(self, secret_size: int, level: int) -> list[Suite]:
        """The suites that a secret of this size may belong to, the likeliest first."""
        numbers: Sequence[int] = (self.suite,) if self.suite is not None else self._offered
        if level == EARLY:
            # Early data is sealed with the suite of the ticket, which the server must choose again to accept it.
            chosen = () if self.suite is None else (self.suite,)
            numbers = list(dict.fromkeys((*chosen, *(number for number in TLS13_SUITES if number in self._offered))))
        known = [suite for number in numbers if number in TLS13_SUITES and (suite := cipher_suite(number))]
        return [suite for suite in known if _hash_size(suite) == secret_size]

    def _traffic_secret(self, role: int, level: int) -> bytes | None:
        """The application secret of a level, from the log or derived from the nearest level below."""
        logged = self._keylog.secret(self._label(role, level), self._random)
        if logged is None:
            last_level, logged = self._traffic.get(role, (level, None))
            if logged is None or last_level > level:
                return None
            hash_name = "sha384" if len(logged) == 48 else "sha256"
            for _ in range(level - last_level):
                logged = next_traffic_secret(hash_name, logged, label_prefix(self._version))
        self._traffic[role] = (level, logged)
        return logged


def _hash_size(suite: Suite) -> int:
    return 48 if suite.prf_hash == "sha384" else 32
