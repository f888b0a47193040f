"""What happens in each kind of recording on the loopback? Programs that talk to each other, as functions of the place.

In what is handed to a program, ``@FOLDER@`` stands for the folder of the recording.
"""

from __future__ import annotations

import sys
from collections.abc import Callable

from loopback import ADDRESS, HERE, HOST, Place, inside, run

HELLO = f"https://{HOST}/hello.txt"
ASK = f"GET /hello.txt HTTP/1.0\r\nHost: {HOST}\r\n\r\n"
ASK_PAGE = ASK.replace("hello.txt", "index.html")
#: What nginx is told, by what it listens for.
PLAIN, PLAIN_H2 = "listen 127.0.0.1:80;", "listen 127.0.0.1:80 http2;"
SECURED = """listen 127.0.0.1:443 ssl@H2@;
        ssl_certificate @FOLDER@/server-rsa.pem; ssl_certificate_key @FOLDER@/server-rsa.key;
        ssl_certificate @FOLDER@/server-ec.pem; ssl_certificate_key @FOLDER@/server-ec.key;
        ssl_dhparam @FOLDER@/dh.pem; ssl_ciphers ALL:eNULL:@SECLEVEL=0; """
TLS = SECURED.replace("@H2@", "")
TLS12, TLS13 = TLS + "ssl_protocols TLSv1.2;", TLS + "ssl_protocols TLSv1.3;"
H2_12, H2_13 = (tls.replace("443 ssl", "443 ssl http2") for tls in (TLS12, TLS13))

Happens = Callable[[Place], None]


def _filled(place: Place, words: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(word.replace("@FOLDER@", str(place.folder)) for word in words)


def suite(version: str, name: str, directives: str = "") -> Happens:
    """curl fetches a text from nginx with this version and this suite, as OpenSSL calls it."""
    is_new = version == "1.3"
    choice = ("--tls13-ciphers", name) if is_new else ("--ciphers", f"{name}:@SECLEVEL=0")
    protocols = {"1.0": "TLSv1", "1.1": "TLSv1.1", "1.2": "TLSv1.2", "1.3": "TLSv1.3"}[version]
    every = f"ssl_conf_command Ciphersuites {name};" if is_new else ""
    what = ("--http1.1", f"--tlsv{version}", "--tls-max", version, *choice, HELLO)
    return nginx(f"{TLS} ssl_protocols {protocols}; {every} {directives}", what)


def nginx(directives: str, *calls: tuple[str, ...], trusting: bool = True) -> Happens:
    """curl, or nghttp where a call begins with that, is called for nginx's pages, one call after the other."""

    def happens(place: Place) -> None:
        with place.nginx(directives):
            for call in calls:
                if call[0] == "nghttp":
                    place.run(*_filled(place, call))
                else:
                    place.curl(*_filled(place, call), trusting=trusting)

    return happens


def openssl(both: tuple[str, ...], *typed: tuple[float, str], end: float = 0.3, **server: object) -> Happens:
    """openssl talks to openssl: ``both`` are the options of both; ``server`` takes more of the server's."""
    more: tuple[str, ...] = server.pop("server", ())  # type: ignore[assignment]
    client: tuple[str, ...] = server.pop("client", ())  # type: ignore[assignment]

    def happens(place: Place) -> None:
        with place.s_server(*_filled(place, (*both, *more)), **server):  # type: ignore[arg-type]
            place.s_client(*_filled(place, (*both, *client)), typed=typed, end=end)

    return happens


def resumed_by_ticket(place: Place) -> None:
    """TLS 1.2; curl would not take a ticket."""
    ticket = str(place.folder / "session")
    with place.nginx(TLS12):
        place.s_client("-tls1_2", "-sess_out", ticket, typed=((0.3, ASK),))
        place.s_client("-tls1_2", "-sess_in", ticket, typed=((0.3, ASK),))


def early_data(is_remembered: bool) -> Happens:
    """A session is made; the next one sends its request before the server has said anything.

    A server that was started anew has forgotten the ticket's key, and cannot read what is sent early.
    """
    directives = TLS13 + "ssl_early_data on;"

    def happens(place: Place) -> None:
        ticket = str(place.folder / "session")
        with place.nginx(directives):
            place.s_client("-tls1_3", "-sess_out", ticket, typed=((0.3, ASK),))
            if is_remembered:
                place.s_client("-tls1_3", "-sess_in", ticket, "-early_data", "request")
        if not is_remembered:
            with place.nginx(directives):
                place.s_client("-tls1_3", "-sess_in", ticket, "-early_data", "request", typed=((0.3, ASK),))

    return happens


#: The server asks for a certificate behind the handshake (RFC 8446 section 4.6.2).
ASKED_LATER = openssl(
    ("-tls1_3", "-CAfile", "@FOLDER@/ca.pem"),
    (2.0, "the client has shown who it is\n"),
    server=("-verify", "1"),
    client=("-cert", "@FOLDER@/client.pem", "-key", "@FOLDER@/client.key", "-enable_pha"),
    typed=((1.4, "c\n"),),
    kind="ec",
)


def with_loss(happens: Happens) -> Happens:
    """One full segment of the server's in four is lost before anybody sees it."""
    rule = f"-p tcp --sport 443 -s {ADDRESS} -m length --length 1000:1500".split()
    fourth = ["-m", "statistic", "--mode", "nth", "--every", "4", "--packet", "1", "-j", "DROP"]

    def happens_with_loss(place: Place) -> None:
        run(*inside("iptables", "-A", "OUTPUT", *rule, *fourth))
        happens(place)

    return happens_with_loss


def web_socket(*options: str) -> Happens:
    """Two peers that say a few things to each other, in the Python that runs this."""

    def happens(place: Place) -> None:
        peer = HERE / "websocket_peer.py"
        with place.running(sys.executable, peer, "server", place.folder, *options):
            place.run(sys.executable, peer, "client", place.folder, *options)

    return happens


def pipelined(place: Place) -> None:
    """Three requests at once, before the first answer."""
    asked = "".join(f"GET /{name} HTTP/1.1\r\nHost: {HOST}\r\n\r\n" for name in ("hello.txt", "style.css"))
    asked += f"GET /nothing HTTP/1.1\r\nHost: {HOST}\r\nConnection: close\r\n\r\n"
    talk = f"import socket; s = socket.create_connection(('{ADDRESS}', 80)); s.sendall({asked.encode()!r})"
    with place.nginx(PLAIN):
        place.run(sys.executable, "-c", talk + "\nwhile s.recv(4096): pass")
