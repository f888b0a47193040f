"""How are the hellos read, field by field? (RFC 8446 section 4.1, RFC 5246 section 7.4.1)

Traps: extensions may be missing at the end of a hello (RFC 5246 section 7.4.1.2). A Server Hello of the drafts 18 to 21
of TLS 1.3 has neither session ID nor compression method. In a hello of SSL 2.0 suites have three bytes (appendix E.2).
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime

from ladderview.proto.fields import FieldReader
from ladderview.proto.tls_extensions import read_extensions
from ladderview.proto.tls_hello import DOWNGRADE_TLS11, DOWNGRADE_TLS12, RETRY_RANDOM, Hello
from ladderview.proto.tls_names import COMPRESSION_METHODS, SSL_2, VERSIONS, is_tls13, name_of, words
from ladderview.proto.tls_parts import HELLO_RETRY_REQUEST, Reading
from ladderview.proto.tls_suites import CIPHER_SUITES, SSL2_CIPHERS
from ladderview.proto.tls_vector import NumberList, counted, numbers, octets, opaque, safe_text

_VERSION = words(VERSIONS, 4)
_SUITE = words(CIPHER_SUITES, 4)


#: supported_versions of a Server Hello that chose TLS 1.3 or a draft of it: its random holds no clock.
_CHOSE_TLS13 = re.compile(rb"\x00\x2b\x00\x02(?:\x03\x04|\x7f.)", re.DOTALL)


def _compression(value: int) -> str:
    return f"{COMPRESSION_METHODS.get(value, 'Unknown')} ({value})"


_SUITES = NumberList("Cipher Suites Length", 2, "Cipher Suites", "suite", "Cipher Suite", 2, _SUITE)
_COMPRESSIONS = NumberList(
    "Compression Methods Length", 1, "Compression Methods", "method", "Compression Method", 1, _compression
)


def read_client_hello(r: FieldReader, reading: Reading) -> None:
    """RFC 8446 section 4.1.2."""
    hello = reading.hello
    reading.hello = hello = replace(hello, legacy_version=r.u16("Version", _VERSION))
    reading.hello = hello = replace(hello, random=_random(r))
    reading.hello = hello = replace(hello, session_id=opaque(r, "Session ID Length", 1, "Session ID"))
    suites = numbers(r, _SUITES)
    reading.hello = hello = replace(hello, suites=suites)
    reading.hello = replace(hello, compressions=numbers(r, _COMPRESSIONS))
    read_extensions(r, reading)
    reading.summary = reading.hello.server_name


def read_server_hello(r: FieldReader, reading: Reading) -> None:
    """RFC 8446 section 4.1.3; ``reading.message`` becomes 6 where it is a Hello Retry Request."""
    hello = reading.hello
    reading.hello = hello = replace(hello, legacy_version=r.u16("Version", _VERSION))
    drafted = is_tls13(hello.legacy_version)
    reading.hello = hello = replace(hello, random=_random(r, True, drafted))
    if hello.random == RETRY_RANDOM:
        reading.message = HELLO_RETRY_REQUEST
        reading.hello = hello = replace(hello, is_retry_request=True)
    if not drafted:
        reading.hello = hello = replace(hello, session_id=opaque(r, "Session ID Length", 1, "Session ID"))
    reading.hello = hello = replace(hello, suites=(r.u16("Cipher Suite", _SUITE),))
    if not drafted:
        reading.hello = replace(hello, compressions=(r.u8("Compression Method", _compression),))
    read_extensions(r, reading)
    version, suite = reading.hello.version, reading.hello.suite
    said = [
        name_of(VERSIONS, version, f"0x{version:04x}"),
        name_of(CIPHER_SUITES, suite, f"suite 0x{suite:04x}"),
        *map(safe_text, reading.hello.alpn),
    ]
    reading.summary = ", ".join(said)


def read_old_retry_request(r: FieldReader, reading: Reading) -> None:
    """A Hello Retry Request with a type of its own: drafts up to 21; from draft 19 on it names a suite."""
    version = r.u16("Version", _VERSION)
    reading.hello = replace(reading.hello, legacy_version=version, is_retry_request=True)
    if version & 0xFF >= 19:
        reading.hello = replace(reading.hello, suites=(r.u16("Cipher Suite", _SUITE),))
    read_extensions(r, reading)


def read_ssl2_client_hello(r: FieldReader) -> Hello:
    """The hello of SSL 2.0, from its message type on (RFC 5246 appendix E.2)."""
    hello = Hello(is_client=True, is_ssl2=True)
    r.u8("Handshake Message Type", lambda value: f"Client Hello ({value})")
    version = r.u16("Version", _VERSION)
    sizes = [r.u16(f"{name} Length") for name in ("Cipher Spec", "Session ID", "Challenge")]
    suites: list[int] = []
    with r.within(r.at + sizes[0]), r.group("Cipher Specs") as group:
        while r.left >= 3:
            suites.append(r.u24("Cipher Spec", _ssl2_cipher))
            group.text = counted(len(suites), "spec")
        r.raw("Unread bytes", r.left)
    # A spec whose first byte is 0 is a suite of SSL 3.0 or TLS.
    hello = replace(hello, legacy_version=version, suites=tuple(suites))
    session_id = r.raw("Session ID", sizes[1], octets)
    challenge = r.raw("Challenge", sizes[2], octets)
    return replace(hello, session_id=session_id, random=challenge.rjust(32, b"\x00")[-32:])


def read_ssl2_server_hello(r: FieldReader) -> Hello:
    """The SSL Protocol (Hickman, 1995), SERVER-HELLO, from its message type on."""
    r.u8("Handshake Message Type", lambda value: f"Server Hello ({value})")
    r.u8("Session ID Hit", lambda value: "True" if value else "False")
    r.u8("Certificate Type", lambda value: {0: "N/A", 1: "X.509 Certificate"}.get(value, "Unknown") + f" ({value})")
    version = r.u16("Version", _VERSION)
    sizes = [r.u16(f"{name} Length") for name in ("Certificate", "Cipher Spec", "Connection ID")]
    r.raw("Certificate", sizes[0])
    suites: list[int] = []
    with r.within(r.at + sizes[1]), r.group("Cipher Specs") as group:
        while r.left >= 3:
            suites.append(r.u24("Cipher Spec", _ssl2_cipher))
            group.text = counted(len(suites), "spec")
    r.raw("Connection ID", sizes[2], octets)
    return Hello(is_client=False, legacy_version=version or SSL_2, suites=tuple(suites), is_ssl2=True)


def _ssl2_cipher(value: int) -> str:
    name = SSL2_CIPHERS.get(value) or (name_of(CIPHER_SUITES, value) if value < 1 << 16 else "Unknown")
    return f"{name} (0x{value:06x})"


def _random(r: FieldReader, is_server: bool = False, drafted: bool = False) -> bytes:
    """32 bytes; a clock stood in the first four before TLS 1.3 (RFC 5246 section 7.4.1.2)."""
    value, note = r.peek(32), ""
    if value == RETRY_RANDOM:
        note = "the random of a Hello Retry Request, RFC 8446 section 4.1.3"
    elif is_server and value.endswith((DOWNGRADE_TLS12, DOWNGRADE_TLS11)):
        below = "1.2" if value.endswith(DOWNGRADE_TLS12) else "1.1"
        note = f"its end says that the server knows more than TLS {below} (RFC 8446 section 4.1.3)"
    if value == RETRY_RANDOM or drafted or (is_server and _CHOSE_TLS13.search(r.peek(r.left))):
        return r.raw("Random", 32, octets, note)
    with r.group("Random", octets(value)) as group:
        group.value, group.note = value, note
        r.u32("GMT Unix Time", _clock)
        r.raw("Random Bytes", 28, octets)
    return value


def _clock(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
