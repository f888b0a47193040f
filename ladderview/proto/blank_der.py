"""How does a DER structure become one that names nobody, with every length as it was? (X.690)

Plan: what tells the form stays: tags, lengths, object identifiers, booleans, numbers of one byte. What may tell whose
it is goes: strings, names, addresses, keys, serial numbers, signatures. Of a time the year stays; to the second it
would find the certificate in the public logs of all certificates (RFC 9162). So it keeps its shape in Wireshark.

Trap: OCTET STRING and BIT STRING may hold DER again (X.509 extensions, keys); what does not parse to its last byte is
no DER, and is overwritten whole.
"""

from __future__ import annotations

from ladderview.proto.der import (
    BIT_STRING,
    GENERALIZED_TIME,
    INTEGER,
    OBJECT_IDENTIFIER,
    OCTET_STRING,
    SEQUENCE,
    UTC_TIME,
    elements,
)

FILLER = b"x"

_BOOLEAN, _NULL, _ENUMERATED, _CONSTRUCTED = 0x01, 0x05, 0x0A, 0x20
_KEPT = frozenset({OBJECT_IDENTIFIER, _BOOLEAN, _NULL, _ENUMERATED})
_STRINGS = frozenset({0x0C, 0x13, 0x16, 0x1E})  # UTF8String, PrintableString, IA5String, BMPString
#: What stands inside an OCTET STRING of X.509 extensions (RFC 5280 section 4.2), and of OCSP (RFC 6960 section 4.2.1).
_NESTED = frozenset({SEQUENCE, BIT_STRING, OCTET_STRING, INTEGER, _BOOLEAN, _ENUMERATED, *_STRINGS})
#: Digits of the year of each kind of time, and what follows them (RFC 5280 section 4.1.2.5).
_YEARS = {UTC_TIME: 2, GENERALIZED_TIME: 4}
_NEW_YEAR = b"0101000000Z"
#: Key usage and the like: a byte for the unused bits, and so many flags.
_MOST_FLAGS = 3
_MAX_DEPTH = 24


def blank_der(data: bytes) -> bytes:
    """As many bytes; all of them filler where ``data`` is no DER."""
    out = bytearray(data)
    if not _blank(out, 0, len(out), 0):
        out[:] = FILLER * len(out)
    return bytes(out)


def _blank(out: bytearray, start: int, end: int, depth: int) -> bool:
    """Overwrite what tells something in ``[start, end)``; False, with nothing done to rely on, where that is no DER."""
    if depth > _MAX_DEPTH:
        return False
    data = bytes(out[start:end])
    found = list(elements(data, 0, len(data)))
    if (found[-1].end if found else 0) != len(data) or not all(_fits(data, one.body, one.end) for one in found):
        return False
    for one in found:
        _blank_contents(out, one.tag, start + one.body, start + one.end, depth)
    return True


def _fits(data: bytes, body: int, end: int) -> bool:
    """Whether an element says the length that it has: one that is cut says more."""
    size = end - body
    if size < 0x80:
        return data[body - 1] == size
    octets = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return data[body - len(octets) : body] == octets


def _blank_contents(out: bytearray, tag: int, start: int, end: int, depth: int) -> None:
    size = end - start
    if tag in _KEPT or (tag == INTEGER and size <= 1) or (tag == BIT_STRING and size <= _MOST_FLAGS):
        return
    if tag in _YEARS and size == _YEARS[tag] + len(_NEW_YEAR):
        out[start + _YEARS[tag] : end] = _NEW_YEAR
        return
    if tag == BIT_STRING:
        start += 1  # the number of unused bits
    is_nested = tag in {BIT_STRING, OCTET_STRING} and start < end and out[start] in _NESTED
    if (tag & _CONSTRUCTED or is_nested) and _blank(out, start, end, depth + 1):
        return
    out[start:end] = FILLER * (end - start)
