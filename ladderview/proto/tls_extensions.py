"""What does an extension of TLS hold? One reader for each type, in one table.

Plan: ``read_extensions`` walks the list; each extension is read within its own length, so that a broken one spoils no
other. A reader appends fields and puts what matters to others into ``Reading.hello``.

Traps: what an extension holds depends on the message that it stands in (RFC 8446 section 4.2): a key share is a list in
a Client Hello, one entry in a Server Hello, a group in a Hello Retry Request.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from ladderview.proto.fields import Field, FieldReader, Group, Truncated, byte_count, hexadecimal
from ladderview.proto.tls_hello import Hello
from ladderview.proto.tls_names import (
    CERTIFICATE_COMPRESSIONS,
    CERTIFICATE_TYPES,
    EC_POINT_FORMATS,
    EXTENSIONS,
    GROUPS,
    HASHES,
    HEARTBEAT_MODES,
    MAX_FRAGMENT_LENGTHS,
    PSK_MODES,
    SERVER_NAME_TYPES,
    SIGNATURES,
    STATUS_TYPES,
    VERSIONS,
    name_of,
    names_of,
    signature_scheme,
    words,
)
from ladderview.proto.tls_suites import CIPHER_SUITES
from ladderview.proto.tls_vector import NumberList, numbers, octets, opaque, printable, safe_text, some, vector

#: Extensions, key shares and names of authorities that are read one by one; the rest of a list is shown as bytes.
MAX_LISTED = 1000

#: Hash of a signature scheme that is not made of two bytes (RFC 8422 section 5.1.3).
_INTRINSIC = 8

CLIENT_HELLO, SERVER_HELLO, NEW_SESSION_TICKET, HELLO_RETRY_REQUEST = 1, 2, 4, 6
ENCRYPTED_EXTENSIONS, CERTIFICATE, CERTIFICATE_REQUEST = 8, 11, 13


@dataclass(slots=True)
class Reading:
    """Where extensions are read, and what they say of a hello.

    Attributes:
        message: handshake type of the message; 6 for a Hello Retry Request, whatever its number on the wire.
        hello: the facts so far.
        version: agreed for the connection, 0 where that is not known.
        suite: cipher suite agreed, 0 where that is not known.
        summary: what the message says, in a few words.
        unpacked: fields of what stood compressed in the message.
    """

    message: int
    hello: Hello
    version: int = 0
    suite: int = 0
    summary: str = ""
    unpacked: tuple[Field, ...] = ()


#: A reader of what stands behind type and length; it cannot read past the extension.
ExtensionReader = Callable[[FieldReader, Group, Reading], None]


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
_CERTIFICATE_TYPES = NumberList(
    "Certificate Type List Length",
    1,
    "Certificate Type List",
    "type",
    "Certificate Type",
    1,
    words(CERTIFICATE_TYPES),
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


def read_signature_scheme(r: FieldReader) -> int:
    """One signature scheme, with the two bytes that it is made of in TLS 1.2."""
    name, value = "Signature Algorithm", int.from_bytes(r.peek(2), "big")
    if value >> 8 not in HASHES or value & 0xFF not in SIGNATURES or value >> 8 == _INTRINSIC:
        return r.u16(name, lambda number: f"{signature_scheme(number)} (0x{number:04x})")
    with r.group(name, f"{signature_scheme(value)} (0x{value:04x})") as group:
        group.value = value
        r.u8("Signature Hash Algorithm Hash", words(HASHES))
        r.u8("Signature Hash Algorithm Signature", words(SIGNATURES))
    return value


def read_signature_schemes(r: FieldReader) -> tuple[int, ...]:
    """The list of signature schemes behind its length."""
    found: list[int] = []
    with vector(r, "Signature Hash Algorithms Length", 2), r.group("Signature Hash Algorithms") as group:
        while r.left >= 2:
            found.append(read_signature_scheme(r))
        group.text = f"{len(found)} algorithm{'s' * (len(found) != 1)}"
    return tuple(found)


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


def _other_signature_algorithms(r: FieldReader, group: Group, reading: Reading) -> None:
    """signature_algorithms_cert (RFC 8446 section 4.2.3), delegated_credentials (RFC 9345 section 4.1.1)."""
    read_signature_schemes(r)


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


# -- certificates -----------------------------------------------------------------------------------------------------


def _status_request(r: FieldReader, group: Group, reading: Reading) -> None:
    """RFC 6066 section 8; in a Certificate of TLS 1.3 the status itself (RFC 8446 section 4.4.2.1)."""
    if reading.message == CERTIFICATE:
        r.u8("Certificate Status Type", words(STATUS_TYPES))
        opaque(r, "OCSP Response Length", 3, "OCSP Response")
    elif reading.message == CLIENT_HELLO:
        r.u8("Certificate Status Type", words(STATUS_TYPES))
        _ocsp_request(r)


def _ocsp_request(r: FieldReader) -> None:
    opaque(r, "Responder ID list Length", 2, "Responder ID list")
    opaque(r, "Request Extensions Length", 2, "Request Extensions")


def _status_request_v2(r: FieldReader, group: Group, reading: Reading) -> None:
    """RFC 6961 section 2.2."""
    with vector(r, "Certificate Status List Length", 2):
        while r.left >= 3:
            r.u8("Certificate Status Type", words(STATUS_TYPES))
            with vector(r, "Certificate Status Length", 2):
                _ocsp_request(r)


def _timestamps(r: FieldReader, group: Group, reading: Reading) -> None:
    """signed_certificate_timestamp, RFC 6962 section 3.3; empty in a Client Hello."""
    with vector(r, "Serialized SCT List Length", 2):
        while r.left >= 2:
            with vector(r, "Serialized SCT Length", 2), r.group("Signed Certificate Timestamp") as sct:
                r.u8("SCT Version", lambda value: f"v{value + 1} ({value})")
                log = r.raw("Log ID", 32, octets)
                r.u64("Timestamp", _log_time)
                sct.text = f"log {log[:8].hex()}…"
                opaque(r, "Extensions length", 2, "Extensions")
                read_signature_scheme(r)
                opaque(r, "Signature Length", 2, "Signature")


def _log_time(value: int) -> str:
    """Milliseconds since 1970; a year past 9999 stays a number."""
    if value >= 253402300800000:
        return str(value)
    return f"{datetime.fromtimestamp(value // 1000, UTC):%Y-%m-%d %H:%M:%S}.{value % 1000:03} UTC"


def _certificate_type(r: FieldReader, group: Group, reading: Reading) -> None:
    """client_certificate_type and server_certificate_type, RFC 7250 section 3."""
    if reading.message == CLIENT_HELLO:
        numbers(r, _CERTIFICATE_TYPES)
    else:
        r.u8(_CERTIFICATE_TYPES.name, _CERTIFICATE_TYPES.text)


def _compress_certificate(r: FieldReader, group: Group, reading: Reading) -> None:
    """RFC 8879 section 3."""
    with vector(r, "Algorithms Length", 1):
        while r.left >= 2:
            r.u16("Algorithm", words(CERTIFICATE_COMPRESSIONS))


def read_distinguished_names(r: FieldReader) -> int:
    """Names of authorities (RFC 8446 section 4.2.4, RFC 5246 section 7.4.4); how many there are."""
    from ladderview.proto.certificates import name_text  # noqa: PLC0415 - cryptography is loaded with the first name

    with vector(r, "Distinguished Names Length", 2):
        count = 0
        while r.left >= 2 and count < MAX_LISTED:
            opaque(r, "Distinguished Name Length", 2, "Distinguished Name", name_text)
            count += 1
    return count


def _certificate_authorities(r: FieldReader, group: Group, reading: Reading) -> None:
    read_distinguished_names(r)


def _oid_filters(r: FieldReader, group: Group, reading: Reading) -> None:
    """RFC 8446 section 4.2.5."""
    with vector(r, "OID Filters Length", 2):
        while r.left:
            opaque(r, "Certificate Extension OID Length", 1, "Certificate Extension OID")
            opaque(r, "Certificate Extension Values Length", 2, "Certificate Extension Values")


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
    0: _server_name,
    1: _max_fragment_length,
    5: _status_request,
    10: _supported_groups,
    11: _point_formats,
    12: _srp,
    13: _signature_algorithms,
    15: _heartbeat,
    16: _alpn,
    17: _status_request_v2,
    18: _timestamps,
    19: _certificate_type,
    20: _certificate_type,
    21: _padding,
    22: _encrypt_then_mac,
    23: _extended_master_secret,
    27: _compress_certificate,
    28: _record_size_limit,
    34: _other_signature_algorithms,
    35: _session_ticket,
    40: _key_share,
    41: _pre_shared_key,
    42: _early_data,
    43: _supported_versions,
    44: _cookie,
    45: _psk_modes,
    47: _certificate_authorities,
    48: _oid_filters,
    50: _other_signature_algorithms,
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
