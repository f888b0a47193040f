"""How are originals overwritten in bytes, where nothing may change its length?

The last sweep over bytes that are kept: what the masker knows is found wherever it stands as text, whatever its case,
and so is what looks like an address or stands where only hosts do. The word that a picture has for it is put there as
far as it fits.

Trap: an address that is no text, four bytes in some protocol, cannot be told from any other four bytes: such protocols
are overwritten whole where names or contents are masked (``masked_streams``), and kept where only addresses are.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from ladderview.analysis.masking import LOOKS_LIKE_ADDRESS, Masker, is_address
from ladderview.proto.blank_der import FILLER

#: Names that are shorter stand in too many places by chance; where a host stands, any name is overwritten.
_SHORTEST = 4

#: Whom a URL is for (RFC 3986 section 3.2).
AUTHORITY = rb"[^\s/?#\"'<>,;]+"

Sweep = Callable[[bytes], bytes]


def sweep_of(masker: Masker, ports: tuple[int, ...]) -> Sweep:
    """What overwrites the originals that a masker knows, and the ports of a flow where they stand behind a colon."""
    words = {one.original.lower().encode(): one.word.encode() for one in masker.known if len(one.original) >= _SHORTEST}
    patterns: dict[str, bytes] = {"known": _any_of(tuple(words))} if words else {}
    if "names" in masker.kinds:
        patterns["host"] = rb"(?<=://)" + AUTHORITY
    if "addresses" in masker.kinds:
        patterns["address"] = "|".join(LOOKS_LIKE_ADDRESS).encode()
    if "ports" in masker.kinds:
        numbers = b"|".join(str(port).encode() for port in sorted(set(ports), reverse=True))
        patterns["port"] = rb"(?<=:)(?:" + numbers + rb")(?!\d)"
    if not patterns:
        return lambda octets: octets
    find = re.compile(b"|".join(b"(?P<%s>%s)" % (name.encode(), one) for name, one in patterns.items()), re.IGNORECASE)

    def overwrite(match: re.Match[bytes]) -> bytes:
        found, kind = match[0], match.lastgroup
        if kind == "known":
            return fitted(words[found.lower()], len(found))
        if kind == "port":
            return b"0" * len(found)
        if kind == "address" and not is_address(found.decode("ascii")):
            return found
        return fitted(kind.encode() if kind else b"", len(found))

    return lambda octets: find.sub(overwrite, octets)


def fitted(word: bytes, size: int) -> bytes:
    """A word in so many bytes; filler alone where it has no room, for half a word may be another one."""
    return word.ljust(size, FILLER) if len(word) <= size else FILLER * size


def _any_of(originals: tuple[bytes, ...]) -> bytes:
    """A pattern for any of these, longer ones first; an address is no part of a longer number."""
    return b"|".join(
        rb"(?<!\d)" + re.escape(one) + rb"(?!\d)" if re.fullmatch(rb"[\d.]+", one) else re.escape(one)
        for one in sorted(originals, key=len, reverse=True)
    )
