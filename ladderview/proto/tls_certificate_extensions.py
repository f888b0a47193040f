"""What do the extensions that deal with certificates hold?

They stand in hellos, and in the Certificate and Certificate Request of TLS 1.3 (RFC 8446 section 4.2).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from ladderview.proto.fields import FieldReader, Group
from ladderview.proto.tls_names import CERTIFICATE_COMPRESSIONS, CERTIFICATE_TYPES, STATUS_TYPES, words
from ladderview.proto.tls_parts import (
    CERTIFICATE,
    CLIENT_HELLO,
    Reading,
    read_distinguished_names,
    read_ocsp_response,
    read_signature_scheme,
    read_signature_schemes,
)
from ladderview.proto.tls_vector import NumberList, numbers, octets, opaque, vector

#: A reader of what stands behind type and length; it cannot read past the extension.
ExtensionReader = Callable[[FieldReader, Group, Reading], None]


_CERTIFICATE_TYPES = NumberList(
    "Certificate Type List Length",
    1,
    "Certificate Type List",
    "type",
    "Certificate Type",
    1,
    words(CERTIFICATE_TYPES),
)


def _other_signature_algorithms(r: FieldReader, group: Group, reading: Reading) -> None:
    """signature_algorithms_cert (RFC 8446 section 4.2.3), delegated_credentials (RFC 9345 section 4.1.1)."""
    read_signature_schemes(r)


def _status_request(r: FieldReader, group: Group, reading: Reading) -> None:
    """RFC 6066 section 8; in a Certificate of TLS 1.3 the status itself (RFC 8446 section 4.4.2.1)."""
    if reading.message == CERTIFICATE:
        r.u8("Certificate Status Type", words(STATUS_TYPES))
        read_ocsp_response(r)
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


def _certificate_authorities(r: FieldReader, group: Group, reading: Reading) -> None:
    read_distinguished_names(r)


def _oid_filters(r: FieldReader, group: Group, reading: Reading) -> None:
    """RFC 8446 section 4.2.5."""
    with vector(r, "OID Filters Length", 2):
        while r.left:
            opaque(r, "Certificate Extension OID Length", 1, "Certificate Extension OID")
            opaque(r, "Certificate Extension Values Length", 2, "Certificate Extension Values")


#: Reader of each type.
CERTIFICATE_EXTENSIONS: dict[int, ExtensionReader] = {
    5: _status_request,
    17: _status_request_v2,
    18: _timestamps,
    19: _certificate_type,
    20: _certificate_type,
    27: _compress_certificate,
    34: _other_signature_algorithms,
    47: _certificate_authorities,
    48: _oid_filters,
    50: _other_signature_algorithms,
}
