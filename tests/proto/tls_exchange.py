"""Real TLS connections in memory: Python's ``ssl`` on both sides, every byte and the key log kept."""

from __future__ import annotations

import base64
import datetime
import ssl
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

CLIENT, SERVER = 0, 1
#: Options of OpenSSL that Python 3.11 has no name for.
NO_ENCRYPT_THEN_MAC = 1 << 19
NO_EXTENDED_MASTER_SECRET = 1

REQUEST = b"GET /index.html HTTP/1.1\r\nHost: ladder.example\r\n\r\n"
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 40000\r\n\r\n" + bytes(range(250)) * 160

Setup = Callable[[ssl.SSLContext], None]


@dataclass
class Exchange:
    """One connection as it went over the wire."""

    chunks: list[tuple[int, bytes]] = field(default_factory=list)
    keylog: bytes = b""
    session: ssl.SSLSession | None = None
    suite: str = ""
    version: str = ""
    resumed: bool = False


@cache
def key(kind: str) -> rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey:
    return rsa.generate_private_key(65537, 2048) if kind == "rsa" else ec.generate_private_key(ec.SECP256R1())


def key_pem(kind: str) -> bytes:
    return key(kind).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


@cache
def certificate_pem(kind: str) -> bytes:
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "ladder.example")])
    start = datetime.datetime(2024, 1, 1, tzinfo=datetime.UTC)
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key(kind).public_key())
    made = made.serial_number(1).not_valid_before(start).not_valid_after(start + datetime.timedelta(days=36500))
    return made.sign(key(kind), hashes.SHA256()).public_bytes(Encoding.PEM)


#: RFC 2409 section 6.2: the shortest group that OpenSSL takes.
_DH_PRIME = bytes.fromhex(
    "FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74020BBEA63B139B22514A08798E3404DD"
    "EF9519B3CD3A431B302B0A6DF25F14374FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7ED"
    "EE386BFB5A899FA5AE9F24117C4B1FE649286651ECE65381FFFFFFFFFFFFFFFF"
)


def dh_parameters_pem() -> str:
    """A group for DHE: a sequence of the prime and the generator 2, as PKCS #3 has it."""
    numbers = b"\x02\x81\x81\x00" + _DH_PRIME + b"\x02\x01\x02"
    written = base64.encodebytes(bytes([0x30, 0x81, len(numbers)]) + numbers).decode()
    return f"-----BEGIN DH PARAMETERS-----\n{written}-----END DH PARAMETERS-----\n"


class Peers:
    """A client's and a server's context, set up once and used for any number of connections."""

    def __init__(
        self,
        folder: Path,
        version: ssl.TLSVersion,
        ciphers: str = "",
        kind: str = "rsa",
        *,
        server_setup: Setup | None = None,
        client_setup: Setup | None = None,
    ) -> None:
        self._folder = folder
        self.server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        (folder / "server.pem").write_bytes(key_pem(kind) + certificate_pem(kind))
        self.server.load_cert_chain(folder / "server.pem")
        self.client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        self.client.check_hostname = False
        self.client.verify_mode = ssl.CERT_NONE
        for context in (self.server, self.client):
            # Old versions and suites are wanted here and need the lowest security level.
            context.set_ciphers(f"{ciphers or 'ALL'}:@SECLEVEL=0")
            _allow(context, version)
        if ciphers.startswith("DHE"):
            (folder / "dh.pem").write_text(dh_parameters_pem())
            self.server.load_dh_params(folder / "dh.pem")
        if server_setup:
            server_setup(self.server)
        if client_setup:
            client_setup(self.client)
        self._log = folder / "keys"
        self.client.keylog_filename = str(self._log)

    def with_client_certificate(self) -> Peers:
        self.client.load_cert_chain(self._folder / "server.pem")
        self.server.load_verify_locations(cadata=certificate_pem("rsa").decode())
        self.server.verify_mode = ssl.CERT_REQUIRED
        return self

    def exchange(self, session: ssl.SSLSession | None = None, rounds: int = 2) -> Exchange:
        """Connect, send a request and an answer so often, and close."""
        done = Exchange()
        to_client, from_client, to_server, from_server = (ssl.MemoryBIO() for _ in range(4))
        client = self.client.wrap_bio(to_client, from_client, server_hostname="ladder.example", session=session)
        server = self.server.wrap_bio(to_server, from_server, server_side=True)
        wire = _Wire(done, (from_client, from_server), (to_server, to_client))
        wire.until_done(client.do_handshake, server.do_handshake)
        for _ in range(rounds):
            client.write(REQUEST)
            wire.carry()
            assert wire.read(server) == REQUEST
            server.write(ANSWER)
            wire.carry()
            assert wire.read(client) == ANSWER
        done.session, done.suite, done.version = client.session, client.cipher()[0], client.version() or ""
        done.resumed = bool(client.session_reused)
        wire.until_done(client.unwrap, server.unwrap)
        done.keylog = self._log.read_bytes()
        return done


class _Wire:
    """Carries bytes from one side to the other, keeping them."""

    def __init__(self, done: Exchange, sent: Sequence[ssl.MemoryBIO], received: Sequence[ssl.MemoryBIO]) -> None:
        self._done = done
        self._ways = tuple(zip(sent, received, strict=True))

    def carry(self) -> None:
        for direction, (sent, received) in enumerate(self._ways):
            data = sent.read()
            if data:
                self._done.chunks.append((direction, data))
                received.write(data)

    def until_done(self, *steps: Callable[[], object]) -> None:
        waiting = list(steps)
        for _ in range(20):
            for step in list(waiting):
                try:
                    step()
                except ssl.SSLWantReadError:
                    pass
                else:
                    waiting.remove(step)
                self.carry()
            if not waiting:
                return
        raise AssertionError("the two sides never came to an end")

    def read(self, end: ssl.SSLObject) -> bytes:
        found = b""
        while True:
            try:
                found += end.read(1 << 20)
            except ssl.SSLWantReadError:
                return found


def _allow(context: ssl.SSLContext, version: ssl.TLSVersion) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # the old versions are what is tested
        context.minimum_version = version
        context.maximum_version = version
