"""How are originals overwritten in bytes, where nothing may change its length?

The last sweep over bytes that are kept: what the masker knows is found wherever it stands as text, whatever its case,
and so is what looks like an address or stands where only hosts do. The word that a picture has for it is put there as
far as it fits.

Plan: one pass for each kind of thing, each begun by a cheap question, so that a long stream costs little where there is
nothing to find. What is looked for is wider than in a text, where a number may be a version: nobody reads these bytes.

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
#: Originals that are asked for one by one; one pattern for all is slower for few and faster for many.
_FEW = 500

#: Whom a URL is for (RFC 3986 section 3.2), behind its slashes.
AUTHORITY = rb"[^\s/?#\"'<>,;]+"
_URL = re.compile(rb"://(" + AUTHORITY + rb")")
_IPV4 = re.compile(rb"(?<!\d)\d{1,3}(?:\.\d{1,3}){3}(?!\d)")
#: A piece that every address with colons has; the whole takes much longer to look for.
_COLONS = re.compile(rb":[0-9A-Fa-f]{0,4}:[0-9A-Fa-f:]")
_WITH_COLONS = re.compile("|".join(LOOKS_LIKE_ADDRESS).encode())

Sweep = Callable[[bytes], bytes]


def sweep_of(masker: Masker, ports: tuple[int, ...]) -> Sweep:
    """What overwrites the originals that a masker knows, and the ports of a flow where they stand behind a colon."""
    words = {one.original.lower().encode(): one.word.encode() for one in masker.known if len(one.original) >= _SHORTEST}
    passes: list[Sweep] = [_known(words)] if words else []
    if "names" in masker.kinds:
        passes.append(lambda octets: _URL.sub(_hidden_host, octets))
    if "addresses" in masker.kinds:
        passes.append(_addresses)
    if "ports" in masker.kinds:
        numbers = b"|".join(str(port).encode() for port in sorted(set(ports), reverse=True))
        port = re.compile(rb":(" + numbers + rb")(?!\d)")
        passes.append(lambda octets: port.sub(lambda match: b":" + b"0" * len(match[1]), octets))

    def sweep(octets: bytes) -> bytes:
        for one in passes:
            octets = one(octets)
        return octets

    return sweep


def fitted(word: bytes, size: int) -> bytes:
    """A word in so many bytes; filler alone where it has no room, for half a word may be another one."""
    return word.ljust(size, FILLER) if len(word) <= size else FILLER * size


def _known(words: dict[bytes, bytes]) -> Sweep:
    """Overwrites these originals; longer ones first, so that no part of one stays."""
    ordered = sorted(words, key=len, reverse=True)
    every = _any_of(ordered) if len(ordered) > _FEW else None

    def overwrite(match: re.Match[bytes]) -> bytes:
        return fitted(words[match[0].lower()], len(match[0]))

    def sweep(octets: bytes) -> bytes:
        if every is not None:
            return every.sub(overwrite, octets)
        lower = octets.lower()
        there = [one for one in ordered if one in lower]
        return _any_of(there).sub(overwrite, octets) if there else octets

    return sweep


def _any_of(originals: list[bytes]) -> re.Pattern[bytes]:
    """A pattern for any of these; an address is no part of a longer number."""
    return re.compile(
        b"|".join(
            rb"(?<!\d)" + re.escape(one) + rb"(?!\d)" if re.fullmatch(rb"[\d.]+", one) else re.escape(one)
            for one in originals
        ),
        re.IGNORECASE,
    )


def _hidden_host(match: re.Match[bytes]) -> bytes:
    known = match[1].startswith((b"host-", b"client-", b"server-"))
    return match[0] if known else b"://" + fitted(b"host", len(match[1]))


def _addresses(octets: bytes) -> bytes:
    octets = _IPV4.sub(_hidden_address, octets)
    return _WITH_COLONS.sub(_hidden_address, octets) if _COLONS.search(octets) else octets


def _hidden_address(match: re.Match[bytes]) -> bytes:
    if not is_address(match[0].decode("ascii")):
        return match[0]
    return fitted(b"address", len(match[0]))
