"""What does an extension of TLS hold? One reader for each type, in one table.

Plan: ``read_extensions`` walks the list; each extension is read within its own length, so that a broken one spoils no
other. A reader appends fields and puts what matters to others into ``Reading.hello``.

Traps: what an extension holds depends on the message that it stands in (RFC 8446 section 4.2): a key share is a list in
a Client Hello, one entry in a Server Hello, a group in a Hello Retry Request.
"""

from __future__ import annotations

from dataclasses import replace

from ladderview.proto.fields import FieldReader, Group, Truncated, byte_count, hexadecimal
from ladderview.proto.tls_certificate_extensions import CERTIFICATE_EXTENSIONS, ExtensionReader
from ladderview.proto.tls_names import (
    EC_POINT_FORMATS,
    EXTENSIONS,
    GROUPS,
    HEARTBEAT_MODES,
    MAX_FRAGMENT_LENGTHS,
    PSK_MODES,
    SERVER_NAME_TYPES,
    VERSIONS,
    name_of,
    names_of,
    words,
)
from ladderview.proto.tls_parts import (
    CLIENT_HELLO,
    HELLO_RETRY_REQUEST,
    MAX_LISTED,
    NEW_SESSION_TICKET,
    SERVER_HELLO,
    Reading,
    read_signature_schemes,
)
from ladderview.proto.tls_suites import CIPHER_SUITES
from ladderview.proto.tls_vector import NumberList, numbers, octets, opaque, printable, safe_text, some, vector

_GROUPS = NumberList(
    "Supported Groups List Length", 2, "Supported Groups", "group", "Supported Group", 2, words(GROUPS, 4)
)
_POINT_FORMATS = NumberList(
    "EC point formats Length",
    1,
    "Elliptic curves point formats",
    "format",
    "EC point format",
    1,
    lambda value: f"{EC_POINT_FORMATS.get(value, 'Unknown')} ({value})",
)


def read_extensions(r: FieldReader, reading: Reading) -> None:
    """The list's length and every extension; nothing where the message ends before it (RFC 5246 section 7.4.1.2)."""
    kinds: list[int] = []
    try:
        if r.left:
            with vector(r, "Extensions Length", 2):
                while r.left >= 4 and len(kinds) < MAX_LISTED:
                    kinds.append(_extension(r, reading))
    finally:
        reading.hello = replace(reading.hello, extensions=tuple(kinds))


def _extension(r: FieldReader, reading: Reading) -> int:
    kind, length = int.from_bytes(r.peek(2), "big"), int.from_bytes(r.peek(2, 2), "big")
    with r.group("Extension", f"{name_of(EXTENSIONS, kind, f'Unknown type {kind}')} (len={length})") as group:
        group.value = r.u16("Type", words(EXTENSIONS))
        r.u16("Length")
        if length > r.left:
            group.note = f"its length is {byte_count(length)}, {byte_count(r.left)} are left"
        with r.within(r.at + length):
            reader = _READERS.get(kind)
            if reader is not None and (r.left or kind in _MAY_BE_EMPTY):
                try:
                    reader(r, group, reading)
                except Truncated as truncated:
                    group.note = group.note or f"cut short ({truncated})"
                if r.left:
                    group.note = group.note or f"{byte_count(r.left)} more than it should have"
            r.raw("Data", r.left, octets)
    return kind


def _say(group: Group, names: list[str]) -> None:
    """Put what an extension lists behind its name."""
    group.text += f" {some(names)}" if names else ""


# -- names ------------------------------------------------------------------------------------------------------------


def _server_name(r: FieldReader, group: Group, reading: Reading) -> None:
    """RFC 6066 section 3; a server echoes it empty."""
    with vector(r, "Server Name list length", 2):
        while r.left >= 3:
            kind = r.u8("Server Name Type", words(SERVER_NAME_TYPES))
            name = printable(opaque(r, "Server Name length", 2, "Server Name", printable))
            if kind == 0 and not reading.hello.server_name:
                reading.hello = replace(reading.hello, server_name=name)
                group.text += f" name={name}"


def _alpn(r: FieldReader, group: Group, reading: Reading) -> None:
    """RFC 7301 section 3.1."""
    names: list[str] = []
    with vector(r, "ALPN Extension Length", 2), r.group("ALPN Protocol") as protocols:
        while r.left and len(names) < MAX_LISTED:
            names.append(opaque(r, "ALPN string length", 1, "ALPN Next Protocol", printable).decode("latin-1"))
        protocols.text = some([safe_text(name) for name in names])
    reading.hello = replace(reading.hello, alpn=tuple(names))
    _say(group, [safe_text(name) for name in names])


def _next_protocols(r: FieldReader, group: Group, reading: Reading) -> None:
    """draft-agl-tls-nextprotoneg: empty in a Client Hello, a list without a length of its own from the server."""
    names: list[str] = []
    reading.hello = replace(reading.hello, next_protocol=True)
    while r.left:
        names.append(printable(opaque(r, "Protocol string length", 1, "Next Protocol", printable)))
    _say(group, names)


def _application_settings(r: FieldReader, group: Group, reading: Reading) -> None:
    """draft-vvv-tls-alps: protocols of a Client Hello; else settings in the protocol's own format."""
    if reading.message != CLIENT_HELLO:
        r.raw("ALPN Opaque Settings", r.left, octets)
        return
    names: list[str] = []
    with vector(r, "ALPS Extension Length", 2):
        while r.left:
            names.append(printable(opaque(r, "Supported ALPN Length", 1, "Supported ALPN", printable)))
    _say(group, names)


# -- versions and keys ------------------------------------------------------------------------------------------------


def _supported_versions(r: FieldReader, group: Group, reading: Reading) -> None:
    """RFC 8446 section 4.2.1."""
    versions: list[int] = []
    version_words = words(VERSIONS, 4)
    if reading.message == CLIENT_HELLO:
        with vector(r, "Supported Versions length", 1):
            while r.left >= 2:
                versions.append(r.u16("Supported Version", version_words))
    else:
        versions.append(r.u16("Supported Version", version_words))
    reading.hello = replace(reading.hello, supported_versions=tuple(versions))
    _say(group, names_of(VERSIONS, versions))


def _supported_groups(r: FieldReader, group: Group, reading: Reading) -> None:
    """RFC 8446 section 4.2.7."""
    groups = numbers(r, _GROUPS)
    if reading.message == CLIENT_HELLO:
        reading.hello = replace(reading.hello, groups=groups)


def _point_formats(r: FieldReader, group: Group, reading: Reading) -> None:
    """RFC 8422 section 5.1.2."""
    formats = numbers(r, _POINT_FORMATS)
    reading.hello = replace(reading.hello, point_formats=formats)


def _signature_algorithms(r: FieldReader, group: Group, reading: Reading) -> None:
    """RFC 8446 section 4.2.3."""
    reading.hello = replace(reading.hello, signature_algorithms=read_signature_schemes(r))


def _key_share(r: FieldReader, group: Group, reading: Reading) -> None:
    """RFC 8446 section 4.2.8."""
    groups: list[int] = []
    if reading.message == HELLO_RETRY_REQUEST or (reading.message == SERVER_HELLO and r.left == 2):
        groups.append(r.u16("Selected Group", words(GROUPS)))
    elif reading.message == CLIENT_HELLO:
        with vector(r, "Client Key Share Length", 2):
            while r.left >= 4 and len(groups) < MAX_LISTED:
                groups.append(_key_share_entry(r))
    else:
        groups.append(_key_share_entry(r))
    reading.hello = replace(reading.hello, key_share_groups=tuple(groups))
    _say(group, names_of(GROUPS, groups))


def _key_share_entry(r: FieldReader) -> int:
    with r.group("Key Share Entry") as entry:
        number = r.u16("Group", words(GROUPS))
        key = opaque(r, "Key Exchange Length", 2, "Key Exchange")
        entry.text = f"Group: {name_of(GROUPS, number)}, Key Exchange length: {len(key)}"
    return number


def _cookie(r: FieldReader, group: Group, reading: Reading) -> None:
    """RFC 8446 section 4.2.2."""
    reading.hello = replace(reading.hello, cookie=opaque(r, "Cookie length", 2, "Cookie"))


# -- resumption -------------------------------------------------------------------------------------------------------


def _session_ticket(r: FieldReader, group: Group, reading: Reading) -> None:
    """RFC 5077 section 3.2: empty where only support is told."""
    reading.hello = replace(reading.hello, session_ticket=r.raw("Session Ticket", r.left, octets))


def _pre_shared_key(r: FieldReader, group: Group, reading: Reading) -> None:
    """RFC 8446 section 4.2.11."""
    if reading.message != CLIENT_HELLO:
        reading.hello = replace(reading.hello, psk_selected=r.u16("Selected Identity"))
        return
    identities: list[bytes] = []
    with vector(r, "Identities Length", 2):
        while r.left >= 2:
            with r.group("PSK Identity") as one:
                identities.append(opaque(r, "Identity Length", 2, "Identity"))
                one.text = f"(length: {len(identities[-1])})"
                r.u32("Obfuscated Ticket Age")
    reading.hello = replace(reading.hello, psk_identities=tuple(identities))
    with vector(r, "PSK Binders length", 2), r.group("PSK Binders"):
        while r.left:
            opaque(r, "Binder Length", 1, "Binder")


def _psk_modes(r: FieldReader, group: Group, reading: Reading) -> None:
    """RFC 8446 section 4.2.9."""
    modes: list[int] = []
    with vector(r, "PSK Key Exchange Modes Length", 1):
        while r.left:
            modes.append(r.u8("PSK Key Exchange Mode", lambda value: f"{PSK_MODES.get(value, 'Unknown')} ({value})"))
    reading.hello = replace(reading.hello, psk_modes=tuple(modes))


def _early_data(r: FieldReader, group: Group, reading: Reading) -> None:
    """RFC 8446 section 4.2.10: empty but in a New Session Ticket."""
    if reading.message == NEW_SESSION_TICKET:
        r.u32("Maximum Early Data Size")
    elif reading.message == CLIENT_HELLO:
        reading.hello = replace(reading.hello, early_data=True)


# -- the rest ---------------------------------------------------------------------------------------------------------


def _renegotiation(r: FieldReader, group: Group, reading: Reading) -> None:
    """RFC 5746 section 3.2."""
    opaque(r, "Renegotiation info extension length", 1, "Renegotiation info")


def _extended_master_secret(r: FieldReader, group: Group, reading: Reading) -> None:
    """RFC 7627 section 5.1."""
    reading.hello = replace(reading.hello, extended_master_secret=True)


def _encrypt_then_mac(r: FieldReader, group: Group, reading: Reading) -> None:
    """RFC 7366 section 2."""
    reading.hello = replace(reading.hello, encrypt_then_mac=True)


def _max_fragment_length(r: FieldReader, group: Group, reading: Reading) -> None:
    """RFC 6066 section 4."""
    code = r.u8("Maximum Fragment Length", words(MAX_FRAGMENT_LENGTHS))
    reading.hello = replace(reading.hello, max_fragment_length=int(MAX_FRAGMENT_LENGTHS.get(code, "0")))


def _record_size_limit(r: FieldReader, group: Group, reading: Reading) -> None:
    """RFC 8449 section 4."""
    reading.hello = replace(reading.hello, record_size_limit=r.u16("Record Size Limit"))


def _heartbeat(r: FieldReader, group: Group, reading: Reading) -> None:
    """RFC 6520 section 2."""
    r.u8("Mode", words(HEARTBEAT_MODES))


def _padding(r: FieldReader, group: Group, reading: Reading) -> None:
    """RFC 7685 section 3."""
    r.raw("Padding Data", r.left, octets)


def _srp(r: FieldReader, group: Group, reading: Reading) -> None:
    """RFC 5054 section 2.8.1."""
    name = opaque(r, "SRP username length", 1, "SRP username", printable)
    _say(group, [printable(name)])


def _encrypted_client_hello(r: FieldReader, group: Group, reading: Reading) -> None:
    """RFC 9849 section 5."""
    reading.hello = replace(reading.hello, client_hello_encrypted=reading.message == CLIENT_HELLO)
    if reading.message == HELLO_RETRY_REQUEST:
        r.raw("Confirmation", r.left, octets)
        return
    if reading.message != CLIENT_HELLO:
        opaque(r, "Retry Configs Length", 2, "Retry Configs")
        return
    kind = r.u8("Client Hello type", lambda value: {0: "Outer Client Hello", 1: "Inner Client Hello"}.get(value, "?"))
    if kind == 0:
        r.u16("KDF Id", hexadecimal(4))
        r.u16("AEAD Id", hexadecimal(4))
        r.u8("Config Id")
        opaque(r, "Enc length", 2, "Enc")
        opaque(r, "Payload length", 2, "Payload")


def _encrypted_server_name(r: FieldReader, group: Group, reading: Reading) -> None:
    """draft-ietf-tls-esni-02 section 5.1."""
    reading.hello = replace(reading.hello, client_hello_encrypted=reading.message == CLIENT_HELLO)
    if reading.message == CLIENT_HELLO:
        r.u16("Cipher Suite", words(CIPHER_SUITES, 4))
        _key_share_entry(r)
        opaque(r, "Record Digest Length", 2, "Record Digest")
        opaque(r, "Encrypted SNI Length", 2, "Encrypted SNI")
    else:
        r.raw("Nonce", r.left, octets)


def _connection_id(r: FieldReader, group: Group, reading: Reading) -> None:
    """RFC 9146 section 3."""
    opaque(r, "Connection ID length", 1, "Connection ID")


_READERS: dict[int, ExtensionReader] = {
    **CERTIFICATE_EXTENSIONS,
    0: _server_name,
    1: _max_fragment_length,
    10: _supported_groups,
    11: _point_formats,
    12: _srp,
    13: _signature_algorithms,
    15: _heartbeat,
    16: _alpn,
    21: _padding,
    22: _encrypt_then_mac,
    23: _extended_master_secret,
    28: _record_size_limit,
    35: _session_ticket,
    40: _key_share,
    41: _pre_shared_key,
    42: _early_data,
    43: _supported_versions,
    44: _cookie,
    45: _psk_modes,
    51: _key_share,
    53: _connection_id,
    54: _connection_id,
    13172: _next_protocols,
    17513: _application_settings,
    17613: _application_settings,
    65037: _encrypted_client_hello,
    65281: _renegotiation,
    65486: _encrypted_server_name,
}

#: Extensions of which an empty one says something.
_MAY_BE_EMPTY = frozenset({22, 23, 35, 42, 13172})
