"""Which names do the certificates of a flow tell, besides those of hosts? Persons, firms, authorities.

Plan: attributes of distinguished names (X.520) are found by their object identifiers in the messages that hold
certificates or ask for some, so a certificate that cannot be read tells its names as well. A compressed one does not:
its names stand in no byte of what is written, and the fields of it are masked by their place.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ladderview.analysis.message import HandshakePart
from ladderview.analysis.messages import Messages
from ladderview.capture.capture import CaptureChanged

#: Handshake types (RFC 8446 section 4): Certificate, Certificate Request.
_TELLING = frozenset({11, 13})
#: Bytes of a message that are looked through, and names of a flow that are kept.
_LOOKED_THROUGH, _MOST_NAMES = 1 << 16, 500
#: Shorter values stand for themselves in too many places.
_SHORTEST = 4

#: id-at 3, 4, 7 to 11, 42 (2.5.4): common name, surname, locality, state, street, organisation, unit, given name; then
#: a string: UTF8String, PrintableString, T61String, IA5String.
_ATTRIBUTE = re.compile(rb"\x06\x03\x55\x04[\x03\x04\x07-\x0b\x2a][\x0c\x13\x14\x16](.)", re.DOTALL)


def certified_names(messages: Messages) -> Iterator[str]:
    """The names, each once."""
    seen: set[str] = set()
    for message in messages.messages:
        if not isinstance(message.content, HandshakePart) or message.content.kind not in _TELLING:
            continue
        try:
            octets = messages.octets_of(message, _LOOKED_THROUGH)
        except CaptureChanged:
            return
        for match in _ATTRIBUTE.finditer(octets):
            name = octets[match.end() : match.end() + match[1][0]].decode("utf-8", "replace").strip()
            if len(name) >= _SHORTEST and name not in seen and len(seen) < _MOST_NAMES:
                seen.add(name)
                yield name
