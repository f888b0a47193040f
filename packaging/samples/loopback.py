"""What runs and what is recorded on the loopback of a network namespace of its own?

``Place`` starts nginx, ``openssl s_server`` and WebSocket peers there, lets curl and ``openssl s_client`` talk to them,
and records the loopback meanwhile. Every TLS program writes its secrets into one key log. All certificates are made for
one run and thrown away, keys included, but for what a recording keeps on purpose.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
NAMESPACE = "sample-lo"
HOST = "www.example.org"
ADDRESS = "127.0.0.1"
#: What a program reads: (seconds to wait, text).
Typed = tuple[tuple[float, str], ...]

NGINX = """
daemon off;
worker_processes 1;
pid @FOLDER@/nginx.pid;
error_log @FOLDER@/error.log;
events { worker_connections 32; }
http {
    access_log off;
    types { text/html html; text/css css; text/plain txt; application/json json; image/png png; }
    client_body_temp_path @FOLDER@/body;
    proxy_temp_path @FOLDER@/proxy;
    fastcgi_temp_path @FOLDER@/fastcgi;
    uwsgi_temp_path @FOLDER@/uwsgi;
    scgi_temp_path @FOLDER@/scgi;
    server_tokens off;
    gzip on;
    gzip_types application/json;
    gzip_min_length 200;
    root @FOLDER@/pages;
    server {
        listen unix:@FOLDER@/inner;
        location / { return 201 "stored\\n"; }
    }
    server {
        server_name www.example.org;
        @DIRECTIVES@
        # By way of a proxy, which waits for the whole request before anybody answers.
        http2_max_concurrent_pushes 2;
        location /upload { proxy_pass http://unix:@FOLDER@/inner; }
        if_modified_since before;
        location /pushing { http2_push /style.css; http2_push /hello.txt; try_files /index.html =404; }
        location /files/ { dav_methods PUT DELETE; create_full_put_path on; }
        location /brotli { default_type text/plain; add_header Content-Encoding br; alias @FOLDER@/pages/lines.br; }
    }
}
"""


def run(*command: str | Path) -> None:
    subprocess.run([*map(str, command)], check=True, capture_output=True)


def inside(*command: str | Path) -> list[str]:
    """The command, run in the namespace."""
    return ["ip", "netns", "exec", NAMESPACE, *map(str, command)]


@contextlib.contextmanager
def namespace() -> Iterator[None]:
    """A namespace that has nothing but a loopback, on which the server's name is known."""
    hosts = Path("/etc/netns") / NAMESPACE / "hosts"
    hosts.parent.mkdir(parents=True)
    hosts.write_text(f"{ADDRESS} {HOST}\n")
    run("ip", "netns", "add", NAMESPACE)
    try:
        # One segment is one packet: no super-segments that no wire would carry.
        run(*inside("ip", "link", "set", "lo", "mtu", "1500", "gso_max_segs", "1", "up"))
        run(*inside("sysctl", "-qw", "net.ipv4.tcp_rmem=4096 131072 6291456"))
        yield
    finally:
        run("ip", "netns", "delete", NAMESPACE)
        shutil.rmtree(hosts.parent)


def certificates(folder: Path) -> None:
    """An authority; an RSA and an EC certificate of the server; an EC certificate of the client."""
    make = ("openssl", "req", "-nodes", "-newkey")
    authority = ("-x509", "-days", "3650", "-subj", "/CN=Example Root CA", "-out", folder / "ca.pem")
    run(*make, "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-keyout", folder / "ca.key", *authority)
    signed = ("-CA", folder / "ca.pem", "-CAkey", folder / "ca.key", "-CAcreateserial", "-days", "3650")
    for name, subject, kind in (
        ("server-rsa", HOST, ("rsa:2048",)),
        ("server-ec", HOST, ("ec", "-pkeyopt", "ec_paramgen_curve:P-256")),
        ("client", "Ada Example", ("ec", "-pkeyopt", "ec_paramgen_curve:P-256")),
    ):
        request, extensions = folder / f"{name}.csr", folder / f"{name}.extensions"
        names = f"subjectAltName=DNS:{HOST}\n" if subject == HOST else "extendedKeyUsage=clientAuth\n"
        extensions.write_text(f"{names}basicConstraints=CA:FALSE\n")
        run(*make, *kind, "-subj", f"/CN={subject}", "-keyout", folder / f"{name}.key", "-out", request)
        run("openssl", "x509", "-req", "-in", request, *signed, "-extfile", extensions, "-out", folder / f"{name}.pem")
    run("openssl", "genpkey", "-genparam", "-algorithm", "DH", "-pkeyopt", "group:ffdhe2048", "-out", folder / "dh.pem")


def pages(folder: Path) -> None:
    """What the server has to give."""
    shutil.copytree(HERE / "pages", folder / "pages")
    (folder / "pages" / "files").mkdir()
    lines = "".join(f"line {number}: every byte of this file has a number of its own\n" for number in range(1, 200))
    words = ", ".join(f'{{"number": {number}, "square": {number * number}}}' for number in range(1, 40))
    for name, text in {
        "hello.txt": "Hello from the example server.\n",
        "lines.txt": lines[:6000],
        "numbers.json": f"[{words}]\n",
        "request": f"GET /hello.txt HTTP/1.1\r\nHost: {HOST}\r\nConnection: close\r\n\r\n",
    }.items():
        (folder / "pages" / name).write_text(text, newline="")
    # What s_server -HTTP gives out: whole responses.
    (folder / "answers").mkdir()
    for name in ("hello.txt", "index.html"):
        body = (folder / "pages" / name).read_text()
        kind = "html" if name.endswith("html") else "plain"
        head = f"HTTP/1.1 200 OK\r\nContent-Type: text/{kind}\r\nContent-Length: {len(body)}\r\n\r\n"
        (folder / "answers" / name).write_text(head + body, newline="")
    # Anybody may write here: nginx drops root's rights.
    (folder / "pages" / "files").chmod(0o777)
    with contextlib.suppress(ImportError):
        import brotli  # noqa: PLC0415

        (folder / "pages" / "lines.br").write_bytes(brotli.compress(lines[:6000].encode()))


def _type(process: subprocess.Popen[bytes], typed: Typed) -> None:
    assert process.stdin
    with contextlib.suppress(BrokenPipeError):
        for wait, text in typed:
            time.sleep(wait)
            process.stdin.write(text.encode())
            process.stdin.flush()


@dataclass(frozen=True, slots=True)
class Place:
    """Where a recording happens."""

    folder: Path

    @property
    def keylog(self) -> Path:
        return self.folder / "keys.log"

    @property
    def environment(self) -> dict[str, str]:
        """No configuration of this machine's, whose least version or security level may forbid what is to be shown."""
        return {"PATH": os.environ["PATH"], "OPENSSL_CONF": "/dev/null", "SSLKEYLOGFILE": str(self.keylog)}

    def run(self, *command: str | Path, typed: Typed = ()) -> None:
        """A program, run to its end."""
        process = self.start(*command, stdin=subprocess.PIPE)
        _type(process, typed)
        process.communicate(timeout=20)

    def start(self, *command: str | Path, stdin: int = subprocess.DEVNULL) -> subprocess.Popen[bytes]:
        said = None if "-v" in sys.argv else subprocess.DEVNULL
        where = self.folder / ("answers" if "s_server" in command else "pages")
        return subprocess.Popen(
            inside(*command), env=self.environment, stdin=stdin, stdout=said, stderr=said, cwd=where
        )

    @contextlib.contextmanager
    def running(self, *command: str | Path, typed: Typed = ()) -> Iterator[None]:
        """A server, and what is typed into it meanwhile."""
        process = self.start(*command, stdin=subprocess.PIPE)
        time.sleep(0.4)
        typist = threading.Thread(target=_type, args=(process, typed))
        typist.start()
        try:
            yield
        finally:
            typist.join()
            process.terminate()
            process.communicate(timeout=10)

    @contextlib.contextmanager
    def nginx(self, directives: str) -> Iterator[None]:
        """The web server."""
        path = self.folder / "nginx.conf"
        text = NGINX.replace("@DIRECTIVES@", directives).replace("@FOLDER@", str(self.folder))
        path.write_text(text)
        with self.running("nginx", "-c", path, "-e", self.folder / "error.log"):
            yield

    @contextlib.contextmanager
    def s_server(self, *arguments: str | Path, kind: str = "rsa", typed: Typed = ()) -> Iterator[None]:
        """OpenSSL's server: it gives out files (a status page would name paths), or says what is typed."""
        with_key = ("-cert", self.folder / f"server-{kind}.pem", "-key", self.folder / f"server-{kind}.key")
        accept = ("-accept", f"{ADDRESS}:443", *(() if typed else ("-HTTP",)))
        with self.running("openssl", "s_server", *with_key, *accept, *arguments, typed=typed):
            yield

    def s_client(self, *arguments: str | Path, typed: Typed = (), end: float = 0.3) -> None:
        """OpenSSL's client; it ends when it has waited for ``end`` seconds after the last of ``typed``."""
        name = ("-connect", f"{ADDRESS}:443", "-servername", HOST, "-CAfile", self.folder / "ca.pem")
        secrets = ("-keylogfile", self.keylog)
        self.run("openssl", "s_client", *name, *secrets, *arguments, typed=(*typed, (end, "")))

    def curl(self, *arguments: str | Path, trusting: bool = True) -> None:
        """curl, which calls itself by no version that ages."""
        trust = ("--cacert", self.folder / "ca.pem") if trusting else ()
        self.run("curl", "--silent", "--show-error", *trust, *arguments)

    @contextlib.contextmanager
    def recorded(self) -> Iterator[Path]:
        """tcpdump on the loopback."""
        path = self.folder / "recorded.pcap"
        # A small snap length leaves room for many packets in the buffer; the frames of this loopback are smaller still.
        options = ("-n", "--nano", "--immediate-mode", "-U", "-Z", "root", "-s", "2000")
        process = subprocess.Popen(
            inside("tcpdump", "-i", "lo", *options, "-w", path, "tcp"), stderr=subprocess.PIPE, text=True
        )
        assert process.stderr
        for line in process.stderr:
            if "listening on" in line:
                break
        try:
            yield path
            time.sleep(0.4)
        finally:
            process.terminate()
            process.communicate(timeout=10)
