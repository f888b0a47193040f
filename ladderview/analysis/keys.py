"""Where do the keys that open TLS come from?

In this order, all of them together: a key log given by hand, the key log that the environment names (SSLKEYLOGFILE, as
browsers read it), one that lies beside the capture, and what the capture carries itself (pcapng Decryption Secrets
Blocks). RSA private keys are given by hand only.

Traps: a key log beside the capture or in the environment that cannot be read is no fault of what the person asked for,
and says nothing. Keys are held in memory, and written only into a capture for which a person asks for its secrets.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from ladderview.proto.keylog import KeyLog
from ladderview.proto.rsa_keys import NotAnRsaKeyError, PasswordNeededError, RsaKey
from ladderview.proto.tls_decrypt import Decryptor
from ladderview.proto.tls_secrets import ResumptionPool

if TYPE_CHECKING:
    from ladderview.capture.capture import Capture

#: The variable in which programs find the name of the key log that they write (draft-ietf-tls-keylogfile).
ENVIRONMENT = "SSLKEYLOGFILE"

#: Bytes of a key log that are read; a line is some 200 bytes.
_MOST_READ = 1 << 28


class UnusableKeyError(Exception):
    """A file of keys that was given by hand cannot be used; ``str()`` says why in one line."""


class LockedKeyError(UnusableKeyError):
    """An RSA private key is encrypted.

    Attributes:
        path: its file.
    """

    def __init__(self, path: Path) -> None:
        remedy = f"openssl rsa -in {path} -out PLAIN.pem"
        super().__init__(f"cannot use {path}: the key is encrypted; take its password off first ({remedy})")
        self.path = path


@dataclass(frozen=True, slots=True)
class Keys:
    """What opens the records of a capture.

    Attributes:
        keylog: secrets.
        rsa_keys: private keys of servers.
        pool: what one connection teaches about another that resumes it.
    """

    keylog: KeyLog = field(default_factory=KeyLog)
    rsa_keys: tuple[RsaKey, ...] = ()
    pool: ResumptionPool = field(default_factory=ResumptionPool)

    def decryptor(self, searches: bool = True) -> Decryptor:
        """A decryptor for one connection; ``searches`` as it has it."""
        return Decryptor(self.keylog, self.rsa_keys, self.pool, searches)


def keys_of(
    capture: Capture,
    keylogs: Iterable[Path] = (),
    rsa_keys: Iterable[Path] = (),
    environment: Mapping[str, str] = os.environ,
    unlocked: Mapping[Path, RsaKey] = MappingProxyType({}),
) -> Keys:
    """All keys there are for a capture.

    Args:
        capture: what they are for.
        keylogs, rsa_keys: files given by hand.
        environment: where the name of a further key log may stand.
        unlocked: RSA keys whose files need not be read, for they were opened with a password.

    Raises:
        UnusableKeyError: a file given by hand cannot be read, or is no RSA private key; ``LockedKeyError`` where it
            is encrypted.
    """
    keylog = KeyLog()
    for text in _texts(capture, keylogs, environment):
        keylog = keylog.merge(KeyLog.parse(text))
    return Keys(keylog, tuple(unlocked.get(path) or read_rsa_key(path) for path in rsa_keys))


def _texts(capture: Capture, keylogs: Iterable[Path], environment: Mapping[str, str]) -> Iterator[bytes]:
    yield from capture.secrets
    found = [*beside(Path(capture.path)), *([Path(environment[ENVIRONMENT])] if environment.get(ENVIRONMENT) else [])]
    for path in found:
        try:
            yield _read(path)
        except OSError:
            continue
    for path in keylogs:
        try:
            yield _read(path)
        except OSError as error:
            raise UnusableKeyError(f"cannot read the key log {path}: {error.strerror}") from None


def beside(capture: Path) -> Iterator[Path]:
    """The key logs that lie beside a capture: NAME.pcap.keys, NAME.keys, NAME.keylog."""
    if not capture.name:
        return
    names = [f"{capture.name}.keys", f"{capture.name}.keylog", f"{capture.stem}.keys", f"{capture.stem}.keylog"]
    for name in dict.fromkeys(names):
        path = capture.with_name(name)
        if path.is_file():
            yield path


def _read(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(_MOST_READ)


def read_rsa_key(path: Path, password: str = "") -> RsaKey:
    """The RSA private key in a file; raises UnusableKeyError, and LockedKeyError where it needs a password."""
    try:
        return RsaKey.read(_read(path), password)
    except OSError as error:
        raise UnusableKeyError(f"cannot read the RSA key {path}: {error.strerror}") from None
    except PasswordNeededError:
        raise LockedKeyError(path) from None
    except NotAnRsaKeyError as error:
        raise UnusableKeyError(f"cannot use {path}: {error}") from None
