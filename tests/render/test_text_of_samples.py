"""What ``ladderview show`` prints of recorded captures: the arrows of an HTTPS flow by name, and a packet's layers."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ladderview import cli
from ladderview.resources import resource_path

HTTPS = resource_path("samples", "https-tls13.pcapng")
CAPTURES = Path(__file__).parents[1] / "captures"

#: "TCP  48472 → 443 [PSH, ACK]  (32 + 101 bytes)"
LAYER = re.compile(r"(?P<name>\S.*?)  .*\((?:(?P<header>\d+) \+ )?(?P<rest>\d+) bytes\)")


def shown(capsys: pytest.CaptureFixture[str], path: Path, *options: str) -> list[str]:
    assert cli.main(["show", str(path), "--flow", "0", *options]) == 0
    return capsys.readouterr().out.splitlines()


def packet_saying(capsys: pytest.CaptureFixture[str], path: Path, label: str) -> list[str]:
    """The packet whose arrow has this label."""
    (number,) = {line.split()[0] for line in shown(capsys, path) if label in line}
    return shown(capsys, path, "--packet", number)


def layers(lines: list[str]) -> list[tuple[str, int, int]]:
    """(name, header bytes, payload bytes) of each layer; a layer without payload is all header."""
    found = [match for match in map(LAYER.fullmatch, lines) if match]
    return [
        (match["name"], int(match["header"] or match["rest"]), int(match["rest"] if match["header"] else 0))
        for match in found
    ]


def test_arrows_of_https_by_name(capsys: pytest.CaptureFixture[str]) -> None:
    lines = iter(shown(capsys, HTTPS))
    for arrow in (
        r">\|  \[SYN\] Seq=0 ",
        r"<-+\|  \[SYN, ACK\] Seq=0 Ack=1 ",
        r">\|  \[ACK\] Seq=1 Ack=1 ",
        r">\|  Client Hello \(www\.example\.org\)  ",
        r"<-+\|  Server Hello \(TLS 1\.3, TLS_AES_256_GCM_SHA384\), .*Encrypted Extensions",
        r"<-+\|  Certificate \(www\.example\.org, .*Finished  ",
        r">\|  Change Cipher Spec, Finished  ",
        r">\|  GET / HTTP/1\.1  ",
        r"<-+\|  HTTP/1\.1 200 OK \(text/html\)  ",
        r">\|  Alert \(Warning, Close Notify\)  ",
        r">\|  \[FIN, ACK\] ",
        r"<-+\|  \[FIN, ACK\] ",
        r">\|  \[ACK\] ",
    ):
        assert any(re.search(arrow, line) for line in lines), f"no {arrow} behind the arrow before it"


@pytest.mark.parametrize(
    ("path", "label", "names"),
    [
        (HTTPS, "GET / HTTP/1.1", ["Ethernet II", "IPv4", "TCP", "TLS 1.3", "HTTP/1.1 request"]),
        (
            CAPTURES / "tls12-client-certificate.pcapng",
            "GET /hello.txt HTTP/1.1",
            ["Ethernet II", "IPv4", "TCP", "TLS 1.2", "HTTP/1.1 request"],
        ),
        (
            CAPTURES / "tls11-rsa-aes128-cbc-mte.pcapng",
            "GET /hello.txt HTTP/1.1",
            ["Ethernet II", "IPv4", "TCP", "TLS 1.1", "HTTP/1.1 request"],
        ),
    ],
)
def test_sizes_of_the_layers_of_a_request_add_up(
    path: Path, label: str, names: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    lines = packet_saying(capsys, path, label)
    found = layers(lines)
    assert [name for name, _, _ in found] == names
    (frame,) = (int(line.split()[1]) for line in lines if re.fullmatch(r"Frame, \d+ bytes:", line))
    inside = frame
    for _, header, payload in found[:-1]:
        assert header + payload == inside
        inside = payload
    (plaintext, added) = next(
        map(int, match.groups())
        for line in lines
        if (match := re.search(r"\[(\d+) B of plaintext, (\d+) B added by the cipher\]", line))
    )
    assert plaintext + added == inside
    assert found[-1][1:] == (plaintext, 0)
