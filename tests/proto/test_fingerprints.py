"""Vectors: the README of JA3, the technical details of JA4, and captures that Suricata's tests hold JA4 against."""

from __future__ import annotations

import pytest

from ladderview.proto.fingerprints import ja3, ja3_text, ja4
from ladderview.proto.tls_hello import Hello

OLD = Hello(
    is_client=True,
    legacy_version=0x0301,
    suites=(47, 53, 5, 10, 49161, 49162, 49171, 49172, 50, 56, 19, 4),
    extensions=(0, 10, 11),
    groups=(23, 24, 25),
    point_formats=(0,),
)
BARE = Hello(is_client=True, legacy_version=0x0301, suites=(4, 5, 10, 9, 100, 98, 3, 6, 19, 18, 99))
BROWSER = Hello(
    is_client=True,
    legacy_version=0x0303,
    suites=(
        0x4A4A,
        *(0x1301, 0x1302, 0x1303, 0xC02B, 0xC02F, 0xC02C, 0xC030, 0xCCA9, 0xCCA8),
        *(0xC013, 0xC014, 0x009C, 0x009D, 0x002F, 0x0035),
    ),
    extensions=(
        0x1A1A,
        *(0x001B, 0x0000, 0x0033, 0x0010, 0x4469, 0x0017, 0x002D, 0x000D),
        *(0x0005, 0x0023, 0x0012, 0x002B, 0xFF01, 0x000B, 0x000A, 0x0015),
        0xBABA,
    ),
    alpn=("h2", "http/1.1"),
    supported_versions=(0x6A6A, 0x0304, 0x0303),
    signature_algorithms=(0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0501, 0x0806, 0x0601),
)
SERVER = Hello(
    is_client=False,
    legacy_version=0x0303,
    suites=(0x1301,),
    extensions=(0x0033, 0x002B),
    supported_versions=(0x0304,),
)


@pytest.mark.parametrize(
    ("hello", "text", "fingerprint"),
    [
        (
            OLD,
            "769,47-53-5-10-49161-49162-49171-49172-50-56-19-4,0-10-11,23-24-25,0",
            "ada70206e40642a3e4461f35503241d5",
        ),
        (BARE, "769,4-5-10-9-100-98-3-6-19-18-99,,,", "de350869b8c85de67a350c8d186f11e6"),
        (SERVER, "771,4865,51-43", "eb1d94daa7e0344597e756a1fb6e7054"),
    ],
    ids=["client", "no extensions", "server"],
)
def test_ja3(hello: Hello, text: str, fingerprint: str) -> None:
    assert (ja3_text(hello), ja3(hello)) == (text, fingerprint)


@pytest.mark.parametrize(
    ("hello", "fingerprint"),
    [
        (BROWSER, "t13d1516h2_8daaf6152771_e5627efa2ab1"),
        (SERVER, "t130200_1301_234ea6891581"),
        (Hello(is_client=True, legacy_version=0x0300), "ts3i000000_000000000000_000000000000"),
        (Hello(is_client=True, legacy_version=0x1234), "t00i000000_000000000000_000000000000"),
    ],
    ids=["browser", "server", "nothing", "unknown version"],
)
def test_ja4(hello: Hello, fingerprint: str) -> None:
    assert ja4(hello) == fingerprint


@pytest.mark.parametrize(
    ("protocol", "ends"),
    [("h2", "h2"), ("http/1.1", "h1"), ("x", "xx"), ("\xab", "ab"), ("\x30\xab", "3b"), ("", "00"), ("-a", "21")],
)
def test_the_protocol_in_ja4(protocol: str, ends: str) -> None:
    assert ja4(Hello(is_client=True, legacy_version=0x0303, alpn=(protocol,)))[8:10] == ends


def test_counts_in_ja4_stop_at_99() -> None:
    many = tuple(range(300, 500))
    assert ja4(Hello(is_client=True, legacy_version=0x0303, suites=many, extensions=many))[:10] == "t12i999900"
