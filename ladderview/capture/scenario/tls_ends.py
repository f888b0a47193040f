"""What do the two ends of a composed TLS connection say? The standard library's TLS, driven in memory.

Plan: each end is an ``SSLObject`` between two ``MemoryBIO``; what comes out of one end's is sent by TCP, what TCP
brings is put into the other's. The secrets are written to a key log, so that the capture can be read.

Traps: OpenSSL chooses randoms and key shares by chance, and nothing can be done about it: two compositions differ in
their bytes, but in no length and no time, because all certificates and signatures are of one size and the one group
that both ends have is fixed. Which versions and extensions a Client Hello offers is up to the OpenSSL there is. A key
log can only be written to a file.
"""

from __future__ import annotations

import contextlib
import ssl
import tempfile
from collections.abc import Callable
from pathlib import Path

from ladderview.capture.scenario.words import Side, Tls
from ladderview.proto.example_certificates import CLIENT, SERVER, authority_certificate, identity

#: What a TLS 1.2 handshake is made with: forward secret, or with the key exchange that a server's key opens.
_SUITE_12, _SUITE_12_RSA = "ECDHE-RSA-AES128-GCM-SHA256", "AES128-GCM-SHA256"
_GROUP = "prime256v1"
#: X509_V_FLAG_NO_CHECK_TIME: what the clock of this computer says does not matter to a scenario.
_NO_CHECK_TIME = 0x200000
_READ = 1 << 16


class TlsUnavailable(Exception):
    """This computer's OpenSSL cannot make that handshake; ``str()`` says why."""


class TlsEnds:
    """Both ends of one TLS connection.

    Args:
        tls: what is wanted.
        names: client's and server's.
        year: in which the certificates are valid.
        send: sends bytes by TCP, from this end.
        came: called with what an end's application gets.
    """

    def __init__(
        self,
        tls: Tls,
        names: tuple[str, str],
        year: int,
        send: Callable[[Side, bytes], None],
        came: Callable[[Side, bytes], None],
    ) -> None:
        self._send, self._came = send, came
        self._folder = tempfile.TemporaryDirectory(prefix="ladderview-")
        self._incoming = (ssl.MemoryBIO(), ssl.MemoryBIO())
        self._outgoing = (ssl.MemoryBIO(), ssl.MemoryBIO())
        self._shaken = [False, False]
        try:
            contexts = self._client_context(tls, names[0], year), self._server_context(tls, names[1], year)
            self._ends = tuple(
                context.wrap_bio(
                    self._incoming[side],
                    self._outgoing[side],
                    server_side=bool(side),
                    server_hostname=None if side else names[1],
                )
                for side, context in enumerate(contexts)
            )
        except (ssl.SSLError, ValueError) as error:
            self._folder.cleanup()
            raise TlsUnavailable(str(error)) from None

    # -- what is wanted ------------------------------------------------------------------------------------------------

    @staticmethod
    def _set(context: ssl.SSLContext, tls: Tls, year: int) -> None:
        """What both ends have in common."""
        version = ssl.TLSVersion.TLSv1_3 if tls.version == "1.3" else ssl.TLSVersion.TLSv1_2
        context.minimum_version = context.maximum_version = version
        context.set_ecdh_curve(_GROUP)
        if tls.version == "1.2":
            context.set_ciphers(_SUITE_12_RSA if tls.rsa_key_exchange else _SUITE_12)
            if not tls.tickets:
                context.options |= ssl.OP_NO_TICKET
        if tls.alpn:
            context.set_alpn_protocols([tls.alpn])
        context.verify_flags |= _NO_CHECK_TIME
        context.load_verify_locations(cadata=authority_certificate(year).decode())

    def _client_context(self, tls: Tls, name: str, year: int) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        self._set(context, tls, year)
        if tls.client_certificate:
            self._load(context, CLIENT, name, year)
        context.keylog_filename = str(self._key_log)
        return context

    def _server_context(self, tls: Tls, name: str, year: int) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._set(context, tls, year)
        self._load(context, SERVER, name, year)
        if tls.version == "1.3":
            context.num_tickets = tls.tickets
        if tls.client_certificate:
            context.verify_mode = ssl.CERT_REQUIRED
        return context

    def _load(self, context: ssl.SSLContext, owner: str, name: str, year: int) -> None:
        own = identity(owner, name, year)
        path = Path(self._folder.name) / f"{owner}.pem"
        path.write_bytes(own.private_key + own.certificate)
        context.load_cert_chain(path)

    @property
    def _key_log(self) -> Path:
        return Path(self._folder.name) / "keys.log"

    # -- what happens --------------------------------------------------------------------------------------------------

    @property
    def is_open(self) -> bool:
        """Both have finished the handshake."""
        return all(self._shaken)

    def is_open_for(self, side: Side) -> bool:
        """This end has finished the handshake: it may send."""
        return self._shaken[side]

    def begin(self) -> None:
        """The client says hello."""
        self._go_on(Side.CLIENT)

    def take(self, side: Side, data: bytes) -> None:
        """TCP has brought these bytes to an end; nothing, where FIN came."""
        if data:
            self._incoming[side].write(data)
        self._go_on(side)

    def write(self, side: Side, data: bytes) -> None:
        """The application of an end sends this."""
        if data:
            self._ends[side].write(data)
        self._pass_on(side)

    def close(self, side: Side) -> None:
        """Say Close Notify (RFC 8446 section 6.1)."""
        with contextlib.suppress(ssl.SSLError):
            self._ends[side].unwrap()
        self._pass_on(side)

    def _go_on(self, side: Side) -> None:
        """Do what the bytes that came allow."""
        end = self._ends[side]
        with contextlib.suppress(ssl.SSLError):
            if not self._shaken[side]:
                end.do_handshake()
                self._shaken[side] = True
            while data := end.read(_READ):  # ends where more is wanted, and at Close Notify
                self._came(side, data)
        self._pass_on(side)

    def _pass_on(self, side: Side) -> None:
        data = self._outgoing[side].read()
        if data:
            self._send(side, data)

    def finish(self) -> bytes:
        """The key log; its file is gone afterwards."""
        try:
            return self._key_log.read_bytes()
        except OSError:
            return b""  # no handshake got so far as to have a secret
        finally:
            self._folder.cleanup()
