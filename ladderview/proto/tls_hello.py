"""What did a Client Hello or a Server Hello say? The facts, for decryption, fingerprints and the columns of a flow.

The field tree of the same message is made beside these facts by ``tls_hellos`` and ``tls_extensions``; nobody has to
look a fact up in a tree.

Traps: the version field of TLS 1.3 says 1.2 (RFC 8446 section 4.1.2): ask ``version``. A Hello Retry Request is a
Server Hello with a certain random (section 4.1.3). GREASE stands in the lists as it was sent.
"""

from __future__ import annotations

from dataclasses import dataclass

from ladderview.proto.tls_names import GREASE, SSL_2, is_tls13

#: RFC 8446 section 4.1.3: the random of a Hello Retry Request, SHA-256 of "HelloRetryRequest".
RETRY_RANDOM = bytes.fromhex("cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c")

#: RFC 8446 section 4.1.3: the last bytes of the random of a server that knows a higher version than it chose.
DOWNGRADE_TLS12 = b"DOWNGRD\x01"
DOWNGRADE_TLS11 = b"DOWNGRD\x00"


@dataclass(frozen=True, slots=True)
class Hello:
    """One hello; lists are in wire order.

    Attributes:
        is_client: a Client Hello, else a Server Hello or a Hello Retry Request.
        legacy_version: the version field of the message.
        random: 32 bytes; of SSL 2.0 the challenge, padded on its left with zeros (RFC 5246 appendix E.2).
        session_id: offered by the client, or echoed or given by the server.
        suites: cipher suites offered, or the one chosen.
        compressions: compression methods offered, or the one chosen.
        extensions: types of the extensions.
        server_name: host name asked for (RFC 6066), in the client's bytes as text.
        alpn: protocols offered, or the one chosen (RFC 7301); one character a byte, as fingerprints need it.
        supported_versions: of the extension of that name; the server's is the one it chose.
        groups: supported groups.
        key_share_groups: groups of the key shares; of a Hello Retry Request the group asked for.
        point_formats: EC point formats.
        signature_algorithms: signature schemes of the extension of that name.
        session_ticket: of the extension of RFC 5077, empty where only support is told; None without the extension.
        psk_identities: offered with pre_shared_key.
        psk_modes: PSK key exchange modes.
        psk_selected: number of the identity that the server chose.
        early_data: client: 0-RTT data follows; server: never in a hello.
        extended_master_secret: RFC 7627.
        encrypt_then_mac: RFC 7366.
        is_retry_request: a Hello Retry Request.
        cookie: of the extension of that name.
        max_fragment_length: in bytes (RFC 6066), or 0.
        record_size_limit: in bytes (RFC 8449), or 0.
        next_protocol: whether Next Protocol Negotiation was offered.
        client_hello_encrypted: whether an outer hello hides another one (encrypted_client_hello).
        is_ssl2: sent in the format of SSL 2.0.
    """

    is_client: bool
    legacy_version: int = 0
    random: bytes = b""
    session_id: bytes = b""
    suites: tuple[int, ...] = ()
    compressions: tuple[int, ...] = ()
    extensions: tuple[int, ...] = ()
    server_name: str = ""
    alpn: tuple[str, ...] = ()
    supported_versions: tuple[int, ...] = ()
    groups: tuple[int, ...] = ()
    key_share_groups: tuple[int, ...] = ()
    point_formats: tuple[int, ...] = ()
    signature_algorithms: tuple[int, ...] = ()
    session_ticket: bytes | None = None
    psk_identities: tuple[bytes, ...] = ()
    psk_modes: tuple[int, ...] = ()
    psk_selected: int | None = None
    early_data: bool = False
    extended_master_secret: bool = False
    encrypt_then_mac: bool = False
    is_retry_request: bool = False
    cookie: bytes = b""
    max_fragment_length: int = 0
    record_size_limit: int = 0
    next_protocol: bool = False
    client_hello_encrypted: bool = False
    is_ssl2: bool = False

    @property
    def version(self) -> int:
        """The version chosen by a server, or the highest that a client offers, drafts of TLS 1.3 included."""
        offered = [version for version in self.supported_versions if version not in GREASE]
        return max(offered, key=_age) if offered else self.legacy_version

    @property
    def suite(self) -> int:
        """The cipher suite that a server chose; 0 in a Client Hello."""
        return self.suites[0] if self.suites and not self.is_client else 0


def _age(version: int) -> tuple[bool, int]:
    """Order of versions: numbers of SSL 2.0 and of drafts do not stand in it by themselves."""
    return is_tls13(version), 0 if version == SSL_2 else version
