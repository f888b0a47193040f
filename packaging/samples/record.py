"""How were the sample captures made? By real programs, recorded on a private network: run this again to make new ones.

    sudo python packaging/samples/record.py [NAME ...]

Two network namespaces, a client's and a server's, joined by ``link.Link``; in the server's, nginx and dnsmasq; in the
client's, curl; tcpdump records one end. editcap writes the result as pcapng, with the key log of TLS inside it as
Decryption Secrets. Addresses are from the blocks kept for documentation (RFC 5737, RFC 3849) and for private use
(RFC 1918). Needs root and the Debian packages curl, nginx-light, dnsmasq-base, tcpdump, iproute2, openssl and
wireshark-common (for editcap); for WebSocket the PyPI package websockets.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from link import Link, open_tap

HERE = Path(__file__).resolve().parent
SAMPLES = HERE.parent.parent / "resources" / "samples"
HOST = "www.example.org"
CLIENT_ADDRESS, SERVER_ADDRESS, RESOLVER_ADDRESS = "10.20.0.7", "198.51.100.20", "198.51.100.53"
CLIENT_ADDRESS_6, SERVER_ADDRESS_6 = "2001:db8:0:7::7", "2001:db8:20::20"
#: linux/fcntl.h
F_SETPIPE_SZ = 1031


def run(*command: str | os.PathLike[str]) -> None:
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def inside(end: str, *command: str | os.PathLike[str]) -> list[str]:
    """The command, run in the namespace of ``client`` or ``server``."""
    return ["ip", "netns", "exec", f"sample-{end}", *map(str, command)]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a recording happens."""

    folder: Path

    @property
    def keylog(self) -> Path:
        return self.folder / "keys.log"

    def curl(
        self, *arguments: str | Path, start: bool = False, trusting: bool = True, **popen: object
    ) -> subprocess.Popen[bytes]:
        """curl in the client's namespace, with its TLS keys logged; waited for unless it is only to be started."""
        trust = ("--cacert", self.folder / "ca.pem") if trusting else ()
        command = inside("client", "curl", "--silent", *trust)
        popen.setdefault("stdout", subprocess.DEVNULL)
        environment = {**os.environ, "SSLKEYLOGFILE": str(self.keylog)}
        process = subprocess.Popen([*command, *map(str, arguments)], env=environment, **popen)  # type: ignore[call-overload]
        if not start:
            process.wait()
        return process


# --- the network ---


def _end(name: str, tap: str, mac: str, addresses: list[str]) -> None:
    run("ip", "netns", "add", f"sample-{name}")
    # As on a machine of ordinary size, whatever the one that records has: a window scale of 7.
    run(*inside(name, "sysctl", "-qw", "net.ipv4.tcp_rmem=4096 131072 6291456"))
    run("ip", "link", "set", tap, "netns", f"sample-{name}")
    run(*inside(name, "ip", "link", "set", "lo", "up"))
    # No duplicate address detection, no router solicitations: nothing but what the programs send.
    quiet = [f"net.ipv6.conf.{which}.accept_dad=0" for which in ("all", "default", tap)]
    run(*inside(name, "sysctl", "-qw", *quiet, f"net.ipv6.conf.{tap}.router_solicitations=0"))
    run(*inside(name, "ip", "link", "set", tap, "address", mac, "up"))
    for address in addresses:
        run(*inside(name, "ip", "address", "add", address, "dev", tap))
    run(*inside(name, "ip", "route", "add", "default", "dev", tap))
    run(*inside(name, "ip", "-6", "route", "add", "default", "dev", tap))


@contextlib.contextmanager
def network(delay: float, rate: float, drop: Mapping[int, int]) -> Iterator[None]:
    """Two namespaces and the wire between them."""
    resolv = Path("/etc/netns/sample-client/resolv.conf")
    client, server = open_tap("sample-c"), open_tap("sample-s")
    link = Link(client, server, delay=delay, rate=rate, drop=drop)
    try:
        _end("client", "sample-c", "02:00:5e:10:00:07", [f"{CLIENT_ADDRESS}/16", f"{CLIENT_ADDRESS_6}/64"])
        addresses = [f"{SERVER_ADDRESS}/24", f"{RESOLVER_ADDRESS}/24", f"{SERVER_ADDRESS_6}/64"]
        _end("server", "sample-s", "02:00:5e:20:00:20", addresses)
        resolv.parent.mkdir(parents=True)
        resolv.write_text(f"nameserver {RESOLVER_ADDRESS}\n")
        link.start()
        yield
    finally:
        link.stopped.set()
        if link.ident:
            link.join()
        shutil.rmtree(resolv.parent, ignore_errors=True)
        with contextlib.suppress(OSError):
            resolv.parent.parent.rmdir()
        for name in ("client", "server"):
            subprocess.run(["ip", "netns", "delete", f"sample-{name}"], check=False)
        os.close(client)
        os.close(server)


# --- the programs ---


def certificates(folder: Path) -> None:
    """An authority, and the certificates of the server and of a client, signed by it."""

    def openssl(*arguments: str | Path) -> None:
        subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True)

    extensions = folder / "extensions"
    extensions.write_text(f"subjectAltName=DNS:{HOST}\nbasicConstraints=CA:FALSE\nextendedKeyUsage=serverAuth\n")
    authority = ("-CA", folder / "ca.pem", "-CAkey", folder / "ca.key", "-CAcreateserial")
    new_key = ("-newkey", "rsa:2048", "-nodes", "-days", "3650")
    subject = ("-subj", "/O=Example Organization/CN=Example Root CA")
    openssl("req", "-x509", *new_key, *subject, "-keyout", folder / "ca.key", "-out", folder / "ca.pem")
    key, request = folder / "server.key", folder / "server.csr"
    openssl("req", *new_key[:3], "-subj", f"/CN={HOST}", "-keyout", key, "-out", request)
    server = ("-extfile", extensions, "-out", folder / "server.pem")
    openssl("x509", "-req", "-days", "3650", "-in", request, *authority, *server)
    key, request = folder / "client.key", folder / "client.csr"
    openssl("req", *new_key[:3], "-subj", "/O=Example Organization/CN=Ada Example", "-keyout", key, "-out", request)
    openssl("x509", "-req", "-days", "3650", "-in", request, *authority, "-out", folder / "client.pem")
    (folder / "chain.pem").write_bytes((folder / "server.pem").read_bytes() + (folder / "ca.pem").read_bytes())


def pages(folder: Path) -> None:
    """What the server has: two pages of ours, and texts of numbered lines, long enough for what is to be shown."""
    shutil.copytree(HERE / "pages", folder / "pages")
    for name, size in (("lines-8k.txt", 8_000), ("lines-40k.txt", 40_000), ("lines-100k.txt", 100_000)):
        lines = (f"line {number}: every byte of this file has a number of its own\n" for number in range(1, size))
        (folder / "pages" / name).write_text("".join(lines)[:size])


@contextlib.contextmanager
def running(*command: str | Path, says: str = "") -> Iterator[subprocess.Popen[str]]:
    """A program that runs while the block does; the block begins when the program has said a word on standard error."""
    process = subprocess.Popen([*map(str, command)], stderr=subprocess.PIPE, text=True)
    assert process.stderr
    try:
        if says:
            for line in process.stderr:
                if says in line:
                    break
        else:
            time.sleep(0.5)
        yield process
    finally:
        process.send_signal(signal.SIGINT if says else signal.SIGTERM)
        process.communicate(timeout=10)


@contextlib.contextmanager
def recording(place: Place, seen_by: str) -> Iterator[Path]:
    """tcpdump at one end."""
    tap = f"sample-{seen_by[0]}"
    path = place.folder / "recorded.pcap"
    what = "tcp or udp port 53 or arp"
    dump = inside(
        seen_by,
        "tcpdump",
        "-i",
        tap,
        "-n",
        "--nano",
        "--immediate-mode",
        "-U",
        "-Z",
        "root",
        "-s",
        "0",
        "-w",
        path,
        what,
    )
    with running(*dump, says="listening on"):
        yield path
        time.sleep(0.5)


# --- what happens in each recording ---


def https(place: Place) -> None:
    """Look at the end: where nginx answers curl's close_notify before it sees curl's FIN, the FINs cross on the way.

    That is a simultaneous close, and no beginner's example: record again.
    """
    place.curl("-4", "--http1.1", f"https://{HOST}/")


def mutual(place: Place) -> None:
    own = ("--cert", place.folder / "client.pem", "--key", place.folder / "client.key")
    place.curl("-4", "--http1.1", "--tls-max", "1.2", *own, f"https://{HOST}/")


def untrusted(place: Place) -> None:
    place.curl("-4", "--http1.1", f"https://{HOST}/", trusting=False)


def several(place: Place) -> None:
    names = ("", "style.css", "lines-8k.txt", "icon.png")
    pages = [word for name in names for word in ("-o", "/dev/null", f"https://{HOST}/{name}")]
    place.curl("-4", "--http2", "--parallel", *pages)


def web_socket(place: Place) -> None:
    peer = (sys.executable, HERE / "websocket_peer.py")
    with running(*inside("server", *peer, "server", place.folder, "inner")):
        run(*inside("client", *peer, "client", place.folder, "inner"))


def http(place: Place) -> None:
    place.curl("-4", f"http://{HOST}/", f"http://{HOST}/style.css", f"http://{HOST}/icon.png")


def download(place: Place) -> None:
    place.curl("-4", f"http://{HOST}/lines-100k.txt")


def _unread(place: Place, url: str, seconds: float) -> None:
    """curl writes into a small pipe that nobody reads for a while; the kernel keeps little for it meanwhile."""
    run(*inside("client", "sysctl", "-qw", "net.ipv4.tcp_rmem=4096 8192 8192"))
    reading, writing = os.pipe()
    fcntl.fcntl(reading, F_SETPIPE_SZ, 4096)
    process = place.curl("-4", "--no-buffer", url, start=True, stdout=writing)
    os.close(writing)
    time.sleep(seconds)
    with os.fdopen(reading, "rb") as pipe:
        pipe.read()
    process.wait()


def resets(place: Place) -> None:
    """Nobody listens; the client gives up on the server; the server gives up on a client that does not read."""
    place.curl("-4", f"http://{HOST}:8080/")
    time.sleep(0.2)
    place.curl("-4", "--max-time", "0.4", f"http://{HOST}/lines-40k.txt")
    time.sleep(0.2)
    _unread(place, f"http://{HOST}:8000/lines-100k.txt", 2)


def slow_reader(place: Place) -> None:
    _unread(place, f"http://{HOST}/lines-40k.txt", 4)


def over_ipv6(place: Place) -> None:
    place.curl("-6", f"http://{HOST}/")


@dataclass(frozen=True, slots=True)
class Sample:
    """A recording: what happens, on which wire, seen from where, and what Help > Examples says of it."""

    file: str
    title: str
    sentence: str
    happens: Callable[[Place], None]
    seen_by: str = "client"
    delay: float = 0.020
    rate: float = 20e6
    drop: Mapping[int, int] | None = None
    #: What nginx is told of TLS.
    tls: str = "ssl_protocols TLSv1.3;"


EXAMPLES = (
    Sample(
        "https-tls13.pcapng",
        "HTTPS over TLS 1.3",
        "curl fetches a page from nginx: three-way handshake, TLS 1.3, one request and its response, close.",
        https,
        delay=0.0205,
    ),
    Sample(
        "http.pcapng",
        "HTTP, three requests on one connection",
        "Keep-alive in the clear: a page, a style sheet, and an image that is not there.",
        http,
        delay=0.012,
    ),
    Sample(
        "https-tls12-client-certificate.pcapng",
        "TLS 1.2, both ends show a certificate",
        "The server asks who the client is; the client sends its certificate and signs with its key.",
        mutual,
        delay=0.018,
        tls="ssl_protocols TLSv1.2; ssl_client_certificate @FOLDER@/ca.pem; ssl_verify_client on;",
    ),
    Sample(
        "https-untrusted.pcapng",
        "A certificate that is not trusted",
        "The client does not know who signed the server's certificate, says so in an alert, and leaves.",
        untrusted,
        delay=0.016,
        tls="ssl_protocols TLSv1.2;",
    ),
    Sample(
        "http2.pcapng",
        "HTTP/2, four requests at once",
        "Four streams on one connection in TLS 1.3: a page, a style sheet, a text, and an image that is not there.",
        several,
        delay=0.014,
    ),
    Sample(
        "websocket.pcapng",
        "WebSocket",
        "A request turns the connection into a WebSocket: messages both ways, ping and pong, close.",
        web_socket,
        delay=0.015,
    ),
    Sample(
        "loss.pcapng",
        "Loss and recovery",
        "A download seen from the server: duplicate ACKs with SACK, a fast retransmission, and a late one at the end.",
        download,
        seen_by="server",
        delay=0.015,
        drop={14: 1, 70: 2},
    ),
    Sample(
        "reset.pcapng",
        "Three resets",
        "A refused connection, a client that gives up, and a server that gives up on a client that does not read.",
        resets,
        delay=0.015,
        rate=1e6,
    ),
    Sample(
        "zero-window.pcapng",
        "A receiver that stops reading",
        "The client's window closes; the server probes it, each time later, until it opens after four seconds.",
        slow_reader,
        delay=0.008,
    ),
    Sample(
        "ipv6.pcapng",
        "HTTP over IPv6",
        "The same page by the other Internet Protocol, one request and its response.",
        over_ipv6,
        delay=0.018,
    ),
)


def _programs(place: Place) -> tuple[list[str], list[str]]:
    """The commands of the name server and of the web server."""
    dnsmasq = ("dnsmasq", "--keep-in-foreground", "--conf-file=/dev/null", "--no-resolv", "--no-hosts", "--user=root")
    listens = ("--pid-file", f"--listen-address={RESOLVER_ADDRESS}", "--bind-interfaces")
    names = (f"--address=/{HOST}/{SERVER_ADDRESS}", f"--address=/{HOST}/{SERVER_ADDRESS_6}")
    nginx = ("nginx", "-c", place.folder / "nginx.conf", "-e", place.folder / "error.log")
    return inside("server", *dnsmasq, *listens, *names), inside("server", *nginx)


def record(sample: Sample) -> None:
    with tempfile.TemporaryDirectory() as name:
        place = Place(Path(name))
        place.folder.chmod(0o755)
        place.keylog.touch()
        pages(place.folder)
        certificates(place.folder)
        conf = (HERE / "nginx.conf").read_text().replace("@TLS@", sample.tls)
        (place.folder / "nginx.conf").write_text(conf.replace("@FOLDER@", name))
        dns, web = _programs(place)
        wire = network(sample.delay, sample.rate, sample.drop or {})
        with wire, running(*dns), running(*web), recording(place, sample.seen_by) as recorded:
            sample.happens(place)
        comment = f"ladderview sample: {sample.sentence}"
        secrets = [f"--inject-secrets=tls,{place.keylog}"] if place.keylog.stat().st_size else []
        run("editcap", "-F", "pcapng", "--capture-comment", comment, *secrets, recorded, SAMPLES / sample.file)
        print(f"{sample.file}: {(SAMPLES / sample.file).stat().st_size} bytes")


def main() -> None:
    SAMPLES.mkdir(parents=True, exist_ok=True)
    for sample in EXAMPLES:
        if len(sys.argv) == 1 or sample.file.removesuffix(".pcapng") in sys.argv[1:]:
            record(sample)
    index = [{"file": sample.file, "title": sample.title, "sentence": sample.sentence} for sample in EXAMPLES]
    (SAMPLES / "index.json").write_text(json.dumps(index, indent=2) + "\n")


if __name__ == "__main__":
    main()
