"""What does a key log say? Secrets of TLS connections, found by label and by what stands beside the label.

The format is RFC 9850 ("The SSLKEYLOGFILE Format for TLS"): a line is a label, the client random and a secret, the
last two in hexadecimal. Two older kinds of line are read as well, as Wireshark reads them: ``RSA`` with the first
eight bytes of the encrypted premaster secret in place of the random, and ``RSA Session-ID:… Master-Key:…``.

Traps: programs append to one file while others read it, so that its last line may be half a line; a line that is not
understood is counted and passed over. Later lines win. Neither ``repr`` nor an error ever shows a secret.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Collection, Iterator, Mapping

#: RFC 9850 section 2: the secret of a connection of TLS 1.2 or below is its master secret, beside the client random.
CLIENT_RANDOM = "CLIENT_RANDOM"
#: The premaster secret, beside the client random: a label of Wireshark's.
PMS_CLIENT_RANDOM = "PMS_CLIENT_RANDOM"
#: The premaster secret, beside the first eight bytes of what the client sent of it, encrypted.
RSA = "RSA"
#: The master secret, beside the session ID: lines "RSA Session-ID:… Master-Key:…".
SESSION_ID = "Session-ID"
#: RFC 9850 section 2: the secrets of TLS 1.3; those of later key updates are derived where the log has none.
CLIENT_EARLY = "CLIENT_EARLY_TRAFFIC_SECRET"
CLIENT_SERVER_HANDSHAKE = ("CLIENT_HANDSHAKE_TRAFFIC_SECRET", "SERVER_HANDSHAKE_TRAFFIC_SECRET")
CLIENT_SERVER_TRAFFIC = ("CLIENT_TRAFFIC_SECRET_", "SERVER_TRAFFIC_SECRET_")

_LINE = re.compile(r"([A-Z0-9_]+)[ \t]+([0-9a-fA-F]{2,128})[ \t]+([0-9a-fA-F]{2,4096})")
_SESSION_LINE = re.compile(r"RSA[ \t]+Session-ID:([0-9a-fA-F]{2,64})[ \t]+Master-Key:([0-9a-fA-F]{96})")

_RANDOM_SIZE = 32
_RSA_PREFIX_SIZE = 8
#: Sizes of the secrets that have only one; of the others any size is believed.
_SECRET_SIZES = {CLIENT_RANDOM: 48}

#: Files of Windows shells begin with one of these and are UTF-16.
_UTF16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


class KeyLog:
    """Secrets by label; does not change once made.

    Attributes:
        broken_lines: lines that are neither a comment nor a secret.
    """

    __slots__ = ("_secrets", "broken_lines")

    def __init__(self, secrets: Mapping[tuple[str, bytes], bytes] | None = None, broken_lines: int = 0) -> None:
        self._secrets = dict(secrets or {})
        self.broken_lines = broken_lines

    @classmethod
    def parse(cls, text: bytes) -> KeyLog:
        """Read a key log; whatever the bytes are, it gives what could be read of them."""
        secrets: dict[tuple[str, bytes], bytes] = {}
        broken = 0
        for line in _lines(text):
            found = _secret_of(line)
            if found is None:
                broken += 1
            else:
                label, beside, secret = found
                secrets[label, beside] = secret
        return cls(secrets, broken)

    def secret(self, label: str, beside: bytes) -> bytes | None:
        """The secret of this label beside this client random (or what else stands there), or None."""
        return self._secrets.get((label, beside))

    @property
    def randoms(self) -> frozenset[bytes] | None:
        """The client randoms that secrets stand beside; None where some stand beside something else."""
        if any(label in {RSA, SESSION_ID} for label, _ in self._secrets):
            return None
        return frozenset(beside for _, beside in self._secrets)

    def text_for(self, randoms: Collection[bytes]) -> bytes:
        """The secrets of the connections with these client randoms, as a key log of their own."""
        lines = (
            f"{label} {beside.hex()} {secret.hex()}\n"
            for (label, beside), secret in sorted(self._secrets.items())
            if beside in randoms
        )
        return "".join(lines).encode()

    def merge(self, other: KeyLog) -> KeyLog:
        """Both logs as one; where both have a secret, the other's."""
        return KeyLog({**self._secrets, **other._secrets}, self.broken_lines + other.broken_lines)

    def __len__(self) -> int:
        return len(self._secrets)

    def __repr__(self) -> str:
        return f"KeyLog({len(self)} secrets)"


def _lines(text: bytes) -> Iterator[str]:
    """The lines that say something: no empty ones and no comments."""
    if text.startswith(_UTF16_MARKS):
        written = text.decode("utf-16", errors="replace")
    else:
        written = text.removeprefix(codecs.BOM_UTF8).decode("ascii", errors="replace")
    for line in written.splitlines():
        said = line.strip()
        if said and not said.startswith("#"):
            yield said


def _secret_of(line: str) -> tuple[str, bytes, bytes] | None:
    """Label, what stands beside it, secret; None for a line that is not understood."""
    session = _SESSION_LINE.fullmatch(line)
    if session:
        return SESSION_ID, bytes.fromhex(session[1]), bytes.fromhex(session[2])
    match = _LINE.fullmatch(line)
    if match is None or len(match[2]) % 2 or len(match[3]) % 2:
        return None
    label, beside, secret = match[1], bytes.fromhex(match[2]), bytes.fromhex(match[3])
    wanted = _RSA_PREFIX_SIZE if label == RSA else _RANDOM_SIZE
    if len(beside) != wanted or len(secret) != _SECRET_SIZES.get(label, len(secret)):
        return None
    return label, beside, secret
