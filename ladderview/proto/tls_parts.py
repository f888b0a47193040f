"""What do the readers of several messages of TLS share?

What they are handed, and the parts that stand in more than one message.
"""

from __future__ import annotations

from dataclasses import dataclass

from ladderview.proto.fields import Field, FieldReader
from ladderview.proto.tls_hello import Hello
from ladderview.proto.tls_names import HASHES, SIGNATURES, signature_scheme, words
from ladderview.proto.tls_vector import opaque, vector

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


def read_ocsp_response(r: FieldReader) -> None:
    """RFC 6066 section 8: the response of RFC 6960 behind its length."""
    from ladderview.proto.certificates import ocsp_text  # noqa: PLC0415 - cryptography is loaded with the first one

    opaque(r, "OCSP Response Length", 3, "OCSP Response", ocsp_text)


def read_distinguished_names(r: FieldReader) -> int:
    """Names of authorities (RFC 8446 section 4.2.4, RFC 5246 section 7.4.4); how many there are."""
    from ladderview.proto.certificates import name_text  # noqa: PLC0415 - cryptography is loaded with the first name

    with vector(r, "Distinguished Names Length", 2):
        count = 0
        while r.left >= 2 and count < MAX_LISTED:
            opaque(r, "Distinguished Name Length", 2, "Distinguished Name", name_text)
            count += 1
    return count
