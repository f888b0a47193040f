"""What does a certificate say? (RFC 5280), read by ``cryptography``; one that it cannot read keeps its bytes."""

from __future__ import annotations

from cryptography import x509


def name_text(der: bytes) -> str:
    """A distinguished name on one line (RFC 4514), or why it cannot be read."""
    try:
        return x509.Name.from_bytes(der).rfc4514_string()
    except ValueError as error:
        return f"{der[:36].hex()} ({error})"
