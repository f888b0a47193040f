"""How were the captures in tests/captures made? By real programs on a loopback: run this again to make new ones.

    sudo python packaging/samples/captures.py [-v] [NAME ...]

Each is one ``Recording`` of the tables below: programs that talk to each other in a ``loopback.Place`` while tcpdump
looks on. editcap writes the result as pcapng with the key log inside it; tshark is asked what it sees there, and its
answer goes into index.json, against which the tests hold ladderview's. Needs root and the Debian packages nginx-light,
curl, nghttp2-client, openssl, tcpdump, iproute2, iptables and tshark; from PyPI brotli and, for WebSocket, websockets.

Look at what index.json says of a new recording before it is kept: it must be what the recording is for.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from happenings import (
    ASK,
    ASK_PAGE,
    ASKED_LATER,
    H2_12,
    H2_13,
    HELLO,
    PLAIN,
    PLAIN_H2,
    TLS12,
    TLS13,
    Happens,
    early_data,
    nginx,
    openssl,
    pipelined,
    resumed_by_ticket,
    suite,
    web_socket,
    with_loss,
)
from loopback import HERE, HOST, Place, certificates, namespace, pages
from oracle import what_tshark_sees

CAPTURES = HERE.parent.parent / "tests" / "captures"


@dataclass(frozen=True, slots=True)
class Recording:
    """One capture.

    Attributes:
        name: of the file.
        shows: what it is for.
        happens: what happens meanwhile.
        keys: the key log goes "inside" the capture, "beside" it, or nowhere; "rsa": the server's key lies beside.
        edit: editcap's options, to have less than was recorded.
        without: numbers of packets to leave out.
    """

    name: str
    shows: str
    happens: Happens
    keys: str = "inside"
    edit: tuple[str, ...] = ()
    without: tuple[str, ...] = ()


MTE = "ssl_conf_command Options -EncryptThenMac;"
MTE_NO_EMS = MTE.replace(";", ",-ExtendedMasterSecret;")

#: Name, version, suite as OpenSSL calls it, what it shows besides, what nginx is told.
SUITES = (
    ("tls10-ecdhe-aes128-cbc", "1.0", "ECDHE-RSA-AES128-SHA", "ECDHE, CBC, encrypt-then-MAC", ""),
    ("tls10-rsa-aes256-cbc-mte", "1.0", "AES256-SHA", "RSA key exchange, MAC-then-encrypt", MTE),
    ("tls10-dhe-aes128-cbc-mte", "1.0", "DHE-RSA-AES128-SHA", "DHE, no extended master secret", MTE_NO_EMS),
    ("tls11-ecdhe-aes256-cbc-mte", "1.1", "ECDHE-RSA-AES256-SHA", "ECDHE, MAC-then-encrypt", MTE),
    ("tls11-dhe-aes128-cbc", "1.1", "DHE-RSA-AES128-SHA", "DHE, encrypt-then-MAC", ""),
    ("tls11-rsa-aes128-cbc-mte", "1.1", "AES128-SHA", "RSA key exchange, MAC-then-encrypt", MTE),
    ("tls12-rsa-aes128-cbc", "1.2", "AES128-SHA256", "RSA key exchange, CBC, encrypt-then-MAC", ""),
    ("tls12-rsa-aes256-cbc-mte", "1.2", "AES256-SHA256", "RSA key exchange, CBC, MAC-then-encrypt", MTE),
    ("tls12-rsa-aes128-gcm", "1.2", "AES128-GCM-SHA256", "RSA key exchange, GCM", ""),
    ("tls12-rsa-aes128-ccm", "1.2", "AES128-CCM", "RSA key exchange, CCM", ""),
    ("tls12-dhe-aes256-cbc-mte", "1.2", "DHE-RSA-AES256-SHA256", "DHE, CBC, MAC-then-encrypt", MTE),
    ("tls12-dhe-aes256-gcm", "1.2", "DHE-RSA-AES256-GCM-SHA384", "DHE, GCM", ""),
    ("tls12-dhe-chacha20", "1.2", "DHE-RSA-CHACHA20-POLY1305", "DHE, ChaCha20", ""),
    ("tls12-dhe-aes128-ccm8", "1.2", "DHE-RSA-AES128-CCM8", "DHE, CCM with a tag of 8 bytes", ""),
    ("tls12-ecdhe-aes256-cbc-sha384", "1.2", "ECDHE-RSA-AES256-SHA384", "ECDHE, encrypt-then-MAC by SHA-384", ""),
    ("tls12-ecdhe-aes128-cbc-mte", "1.2", "ECDHE-RSA-AES128-SHA", "ECDHE, no extended master secret", MTE_NO_EMS),
    ("tls12-ecdhe-aes256-gcm", "1.2", "ECDHE-RSA-AES256-GCM-SHA384", "ECDHE, GCM", ""),
    ("tls12-ecdhe-chacha20", "1.2", "ECDHE-RSA-CHACHA20-POLY1305", "ECDHE, ChaCha20", ""),
    ("tls12-ecdsa-aes128-gcm", "1.2", "ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE, an EC certificate", ""),
    ("tls12-ecdsa-aes256-ccm", "1.2", "ECDHE-ECDSA-AES256-CCM", "ECDHE, CCM", ""),
    ("tls12-ecdsa-aes128-ccm8", "1.2", "ECDHE-ECDSA-AES128-CCM8", "ECDHE, CCM with a tag of 8 bytes", ""),
    ("tls12-camellia", "1.2", "ECDHE-RSA-CAMELLIA128-SHA256", "Camellia, CBC", MTE),
    ("tls12-aria-gcm", "1.2", "ECDHE-ECDSA-ARIA128-GCM-SHA256", "ARIA, which nobody decrypts", ""),
    ("tls12-null", "1.2", "NULL-SHA256", "authenticated and not encrypted", ""),
    ("tls13-aes128-gcm", "1.3", "TLS_AES_128_GCM_SHA256", "AES-128-GCM", ""),
    ("tls13-aes256-gcm", "1.3", "TLS_AES_256_GCM_SHA384", "AES-256-GCM", ""),
    ("tls13-aes128-ccm", "1.3", "TLS_AES_128_CCM_SHA256", "AES-128-CCM", ""),
    ("tls13-aes128-ccm8", "1.3", "TLS_AES_128_CCM_8_SHA256", "AES-128-CCM with a tag of 8 bytes", ""),
)

GCM12, GCM13 = suite("1.2", "ECDHE-RSA-AES128-GCM-SHA256"), suite("1.3", "TLS_AES_128_GCM_SHA256")
RSA_GCM, CHACHA = suite("1.2", "AES128-GCM-SHA256"), suite("1.3", "TLS_CHACHA20_POLY1305_SHA256")
EC12, EC13 = ("--tls-max", "1.2", "--ciphers", "ECDHE-ECDSA-AES128-GCM-SHA256"), ("--tlsv1.3",)
VERIFIED = "ssl_verify_client on; ssl_client_certificate @FOLDER@/ca.pem;"
OWN = ("--cert", "@FOLDER@/client.pem", "--key", "@FOLDER@/client.key")
TWICE = ("--http1.1", "-H", "Connection: close", HELLO, HELLO)
PSK = ("-psk", "0123456789abcdef")
ANONYMOUS = ("-tls1_2", "-cipher", "ADH-AES128-GCM-SHA256:@SECLEVEL=0")
PSK12, PSK13 = ("-tls1_2", *PSK, "-cipher", "PSK-AES128-GCM-SHA256"), ("-tls1_3", *PSK)
CACHE = "ssl_session_tickets off; ssl_session_cache shared:s:1m;"
SMALL = ("-max_send_frag", "512")
UPDATES = ((0.3, "K\n"), (1.5, "k\n"), (1.5, ASK))
LINES = (*EC13, "--http1.1", f"https://{HOST}/lines.txt")

HANDSHAKES = (
    Recording("tls12-no-keys", "TLS 1.2 to which nobody has the keys", GCM12, keys=""),
    Recording("tls12-rsa-private-key", "TLS 1.2, the server's RSA key beside it and no key log", RSA_GCM, keys="rsa"),
    Recording(
        "tls12-anonymous-dh", "TLS 1.2, nobody shows a certificate", openssl(ANONYMOUS, (0.3, ASK), server=("-nocert",))
    ),
    Recording("tls12-resumed-by-id", "TLS 1.2, resumed by session ID", nginx(TLS12 + CACHE, (*EC12, *TWICE))),
    Recording("tls12-resumed-by-ticket", "TLS 1.2, resumed by ticket", resumed_by_ticket),
    Recording(
        "tls12-renegotiation",
        "TLS 1.2, the client renegotiates inside the connection",
        openssl(("-tls1_2",), (0.3, "R\n"), (0.3, ASK), server=("-client_renegotiation",), kind="ec"),
    ),
    Recording(
        "tls12-client-certificate",
        "TLS 1.2, the client shows a certificate",
        nginx(TLS12 + VERIFIED, (*EC12, *OWN, HELLO)),
    ),
    Recording("tls12-psk", "TLS 1.2, a key that both had before", openssl(PSK12, (0.3, ASK), server=("-nocert",))),
    Recording(
        "tls12-small-records",
        "TLS 1.2, records of at most 512 bytes",
        openssl(("-tls1_2",), (0.3, ASK_PAGE), server=SMALL),
    ),
    Recording("tls13-chacha20", "TLS 1.3, ChaCha20-Poly1305; the key log lies beside", CHACHA, keys="beside"),
    Recording("tls13-no-keys", "TLS 1.3 to which nobody has the keys", GCM13, keys=""),
    Recording("tls13-resumed", "TLS 1.3, resumed with a ticket", nginx(TLS13, (*EC13, *TWICE))),
    Recording("tls13-early-data", "TLS 1.3, early data that the server takes", early_data(is_remembered=True)),
    Recording(
        "tls13-early-data-rejected", "TLS 1.3, early data that the server cannot read", early_data(is_remembered=False)
    ),
    Recording(
        "tls13-retry",
        "TLS 1.3, Hello Retry Request for another group",
        nginx(TLS13 + "ssl_ecdh_curve P-384;", (*EC13, "--curves", "X25519:P-384", HELLO)),
    ),
    Recording("tls13-key-update", "TLS 1.3, both ends change their keys", openssl(("-tls1_3",), *UPDATES, end=1.5)),
    Recording(
        "tls13-client-certificate",
        "TLS 1.3, the client shows a certificate",
        nginx(TLS13 + VERIFIED, (*EC13, *OWN, HELLO)),
    ),
    Recording("tls13-asked-later", "TLS 1.3, a certificate asked for behind the handshake", ASKED_LATER),
    Recording("tls13-psk", "TLS 1.3, a key that both had before", openssl(PSK13, (0.3, ASK), server=("-nocert",))),
    Recording(
        "tls13-small-records",
        "TLS 1.3, records of at most 512 bytes",
        openssl(("-tls1_3",), (0.3, ASK_PAGE), server=SMALL),
    ),
)

NO_SUITE = TLS12.replace("ALL:eNULL", "AES256-SHA")
CAPITAL = openssl(("-tls1_3",), (0.3, ASK), server=("-Verify", "1"), kind="ec")
TROUBLE = (
    Recording(
        "tls12-alert-unknown-ca",
        "TLS 1.2, the client does not know who signed",
        nginx(TLS12, (*EC12, HELLO), trusting=False),
    ),
    Recording(
        "tls13-alert-unknown-ca",
        "TLS 1.3, the client does not know who signed: an encrypted alert",
        nginx(TLS13, (*EC13, HELLO), trusting=False),
    ),
    Recording("tls12-alert-handshake-failure", "TLS 1.2, no suite in common", nginx(NO_SUITE, (*EC12, HELLO))),
    Recording("tls13-alert-protocol-version", "TLS 1.2 at most for a server of 1.3", nginx(TLS13, (*EC12, HELLO))),
    Recording("tls13-alert-certificate-required", "TLS 1.3, a client without the certificate it needs", CAPITAL),
    Recording("tls13-loss", "TLS 1.3, segments that come late", with_loss(nginx(TLS13, LINES))),
    Recording("tls13-gap", "TLS 1.3, a segment that was not captured", nginx(TLS13, LINES), without=("16",)),
    Recording("tls13-cut-packets", "TLS 1.3, packets cut by the snap length", nginx(TLS13, LINES), edit=("-s", "600")),
    Recording("tls13-begun-late", "TLS 1.3, no handshake captured", nginx(TLS13, LINES), without=("1-10",)),
)

PAGE, NUMBERS, UPLOAD = f"http://{HOST}/index.html", f"http://{HOST}/numbers.json", f"http://{HOST}/upload"
FORM = ("-F", "who=Ada", "-F", "file=@style.css;type=text/css")
COPY = f"http://{HOST}/files/copy.txt"
PUT = ("-T", "lines.txt", "-H", "Expect: 100-continue", COPY)
LATER = "If-Modified-Since: Fri, 01 Jan 2100 00:00:00 GMT"
SOME = ("-r", "0-99,200-299", f"http://{HOST}/lines.txt")
NOT_OK = ("-H", LATER, PAGE, "--next", "-d", "x", PAGE, "--next", f"http://{HOST}/nothing")
STREAMS = tuple(f"https://{HOST}/{page}" for page in ("index.html", "lines.txt", "numbers.json", "nothing"))
CURLS = ("--http2", "-Z", "--compressed", *(word for stream in STREAMS for word in ("-o", "/dev/null", stream)))
SECURE_UPLOAD = UPLOAD.replace("http:", "https:")
NGHTTP = ("nghttp", "--null-out")
HTTP = (
    Recording(
        "http1-chunked-gzip",
        "HTTP/1.1 keep-alive, chunked and compressed",
        nginx(PLAIN, ("--compressed", PAGE, NUMBERS, f"http://{HOST}/hello.txt")),
    ),
    Recording("http1-brotli", "HTTP/1.1, Brotli", nginx(PLAIN, ("--compressed", f"http://{HOST}/brotli"))),
    Recording(
        "http1-upload",
        "HTTP/1.1, a form with a file; PUT that waits for 100 Continue; DELETE; a form",
        nginx(PLAIN, (*FORM, UPLOAD), PUT, ("-X", "DELETE", COPY), ("-d", "name=Ada+Example&answer=42", UPLOAD)),
    ),
    Recording("http1-pipelined", "HTTP/1.1, three requests before the first response", pipelined),
    Recording(
        "http1-statuses",
        "HTTP/1.1: HEAD, ranges, not modified, not allowed, not found",
        nginx(PLAIN, ("-I", PAGE, "--next", *SOME, "--next", *NOT_OK)),
    ),
    Recording(
        "https1-chunked-gzip",
        "HTTP/1.1 in TLS 1.3, chunked and compressed",
        nginx(TLS13, (*EC13, "--compressed", *(url.replace("http:", "https:") for url in (PAGE, NUMBERS)))),
    ),
    Recording("https1-upload", "HTTP/1.1 in TLS 1.2, a form with a file", nginx(TLS12, (*EC12, *FORM, SECURE_UPLOAD))),
    Recording("h2-streams", "HTTP/2 in TLS 1.3, several streams at once", nginx(H2_13, (*EC13, *CURLS))),
    Recording("h2-upload", "HTTP/2 in TLS 1.2, a form with a file", nginx(H2_12, (*EC12, *FORM, SECURE_UPLOAD))),
    Recording("h2-push", "HTTP/2 in the clear, pushed streams", nginx(PLAIN_H2, (*NGHTTP, f"http://{HOST}/pushing"))),
    Recording(
        "h2-clear",
        "HTTP/2 in the clear: several streams, padding",
        nginx(PLAIN_H2, (*NGHTTP, "--padding=32", PAGE, NUMBERS, f"http://{HOST}/nothing")),
    ),
    Recording("websocket", "WebSocket: text, binary, a fragmented message, ping, pong, close", web_socket()),
    Recording("websocket-deflate", "WebSocket, compressed", web_socket("deflate")),
    Recording("websocket-tls", "WebSocket in TLS 1.3", web_socket("tls")),
)

RECORDINGS = (
    *(
        Recording(name, f"TLS {version}, {words}", suite(version, cipher, directives))
        for name, version, cipher, words, directives in SUITES
    ),
    *HANDSHAKES,
    *TROUBLE,
    *HTTP,
)


def record(recording: Recording) -> dict[str, object]:
    """Record it and say what is in it."""
    with namespace(), tempfile.TemporaryDirectory() as name:
        place = Place(Path(name))
        place.folder.chmod(0o755)
        place.keylog.touch(0o666)
        pages(place.folder)
        certificates(place.folder)
        with place.recorded() as recorded:
            recording.happens(place)
        path = CAPTURES / f"{recording.name}.pcapng"
        has_secrets = recording.keys == "inside" and place.keylog.stat().st_size
        secrets = [f"--inject-secrets=tls,{place.keylog}"] if has_secrets else []
        command = ["editcap", "-F", "pcapng", *recording.edit, *secrets, recorded, path, *recording.without]
        subprocess.run(command, check=True, stderr=subprocess.DEVNULL)
        if recording.keys == "beside":
            path.with_suffix(".keys").write_bytes(place.keylog.read_bytes())
        if recording.keys == "rsa":
            path.with_suffix(".pem").write_bytes((place.folder / "server-rsa.key").read_bytes())
    print(f"{path.name}: {path.stat().st_size} bytes")
    return {"file": path.name, "shows": recording.shows, **what_tshark_sees(path)}


def main() -> None:
    CAPTURES.mkdir(parents=True, exist_ok=True)
    wanted = [argument for argument in sys.argv[1:] if not argument.startswith("-")]
    path = CAPTURES / "index.json"
    index = {entry["file"]: entry for entry in json.loads(path.read_text())} if path.exists() else {}
    for recording in RECORDINGS:
        if not wanted or recording.name in wanted:
            index[f"{recording.name}.pcapng"] = record(recording)
    files = [f"{recording.name}.pcapng" for recording in RECORDINGS]
    entries = [index[file] for file in files if file in index]
    path.write_text("[\n" + ",\n".join(json.dumps(entry, ensure_ascii=False) for entry in entries) + "\n]\n")


if __name__ == "__main__":
    main()
