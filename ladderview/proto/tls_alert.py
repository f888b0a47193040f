"""What do the records say that hold neither handshake nor data? Alerts, Change Cipher Spec, heartbeats.

RFC 8446 section 6 (alerts), RFC 5246 section 7.1 (Change Cipher Spec), RFC 6520 (heartbeats).

Traps: such a record may be ciphertext, which only its length tells: no cipher makes a fragment of fewer than 16 bytes.
A heartbeat that asks for more than it sent ("Heartbleed") is shown as it is, and said to be one.
"""

from __future__ import annotations

from collections.abc import Callable

from ladderview.proto.fields import FieldReader, Truncated, byte_count
from ladderview.proto.tls_handshake import TlsMessage
from ladderview.proto.tls_names import HEARTBEAT_TYPES, words
from ladderview.proto.tls_vector import moved, octets

#: RFC 8446 section 6
ALERT_LEVELS: dict[int, str] = {1: "Warning", 2: "Fatal"}

#: https://www.iana.org/assignments/tls-parameters, "TLS Alerts"; 1 stood in drafts of TLS 1.3.
ALERTS: dict[int, str] = {
    0: "Close Notify",
    1: "End of Early Data",
    10: "Unexpected Message",
    20: "Bad Record MAC",
    21: "Decryption Failed",
    22: "Record Overflow",
    30: "Decompression Failure",
    40: "Handshake Failure",
    41: "No Certificate",
    42: "Bad Certificate",
    43: "Unsupported Certificate",
    44: "Certificate Revoked",
    45: "Certificate Expired",
    46: "Certificate Unknown",
    47: "Illegal Parameter",
    48: "Unknown CA",
    49: "Access Denied",
    50: "Decode Error",
    51: "Decrypt Error",
    52: "Too Many CIDs Requested",
    60: "Export Restriction",
    70: "Protocol Version",
    71: "Insufficient Security",
    80: "Internal Error",
    86: "Inappropriate Fallback",
    90: "User Canceled",
    100: "No Renegotiation",
    109: "Missing Extension",
    110: "Unsupported Extension",
    111: "Certificate Unobtainable",
    112: "Unrecognized Name",
    113: "Bad Certificate Status Response",
    114: "Bad Certificate Hash Value",
    115: "Unknown PSK Identity",
    116: "Certificate Required",
    117: "General Error",
    120: "No Application Protocol",
    121: "ECH Required",
}

#: RFC 6520 section 4
_HEARTBEAT_HEAD, _HEARTBEAT_PADDING = 3, 16

#: No cipher adds less to a plaintext.
_SHORTEST_CIPHERTEXT = 16


def read_alert(fragment: bytes, base: int) -> TlsMessage:
    """The alert that a record's plaintext holds; a longer one is ciphertext, as Wireshark takes it."""
    if len(fragment) >= _SHORTEST_CIPHERTEXT:
        return _sealed("Encrypted Alert", fragment, base)
    return _read("Alert", _alert, fragment, base)


def _alert(r: FieldReader) -> tuple[int, str]:
    level = r.u8("Level", words(ALERT_LEVELS))
    description = r.u8("Description", words(ALERTS))
    names = ALERT_LEVELS.get(level, f"level {level}"), ALERTS.get(description, f"alert {description}")
    return description, ", ".join(names)


def read_change_cipher_spec(fragment: bytes, base: int) -> TlsMessage:
    """One byte of value 1 (RFC 5246 section 7.1); in TLS 1.3 it means nothing (RFC 8446 section 5)."""
    return _read("Change Cipher Spec", _change_cipher_spec, fragment, base)


def _change_cipher_spec(r: FieldReader) -> tuple[int, str]:
    if r.u8("Change Cipher Spec Message") != 1:
        r.note("should be 1")
    return 0, ""


def read_heartbeat(fragment: bytes, base: int, is_plaintext: bool = False) -> TlsMessage:
    """RFC 6520 section 4; what does not add up is taken for ciphertext unless it is known not to be."""
    size = int.from_bytes(fragment[1:3], "big")
    adds_up = fragment[:1] in {b"\x01", b"\x02"} and size + _HEARTBEAT_HEAD + _HEARTBEAT_PADDING <= len(fragment)
    if adds_up or is_plaintext or len(fragment) < _SHORTEST_CIPHERTEXT:
        return _read("Heartbeat", _heartbeat, fragment, base)
    return _sealed("Encrypted Heartbeat", fragment, base)


def _heartbeat(r: FieldReader) -> tuple[int, str]:
    kind = r.u8("Type", words(HEARTBEAT_TYPES))
    size = r.u16("Payload Length")
    if size > r.left - _HEARTBEAT_PADDING:
        r.note(f"more than the {byte_count(r.left)} behind it hold with 16 bytes of padding, as in Heartbleed")
        size = min(size, r.left)
    r.raw("Payload", size, octets)
    r.raw("Padding and HMAC" if r.left > _HEARTBEAT_PADDING else "Padding", r.left)
    return kind, HEARTBEAT_TYPES.get(kind, "")


def _read(name: str, reader: Callable[[FieldReader], tuple[int, str]], data: bytes, base: int) -> TlsMessage:
    r = FieldReader(data, 0, len(data))
    kind, summary, error = 0, "", ""
    try:
        kind, summary = reader(r)
        if r.left:
            error = f"{byte_count(r.left)} more than it should have"
    except Truncated as truncated:
        error = f"the message is too short: {truncated}"
    r.raw("Data", r.left, octets)
    return TlsMessage(kind, name, summary, moved(r.fields, base), error=error)


def _sealed(name: str, data: bytes, base: int) -> TlsMessage:
    r = FieldReader(data, 0, len(data))
    r.raw(name, len(data), octets)
    return TlsMessage(0, name, "", moved(r.fields, base))
