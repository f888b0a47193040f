from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ladderview import cli
from ladderview.analysis.masking import MASK_KINDS, NO_MASK, Masked, Masker

KNOWN = (
    Masked("addresses", "10.0.0.7", "client-1"),
    Masked("addresses", "10.0.0.70", "client-2"),
    Masked("addresses", "2001:db8::7", "server-1"),
    Masked("names", "www.example.org", "host-1"),
    Masked("names", "example.org", "host-2"),
    Masked("cookies", "s3cr3t-value", "cookie-1"),
)
MASKER = Masker(MASK_KINDS, KNOWN, (50944, 443))


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("10.0.0.7:50944", "client-1:port-1"),
        ("10.0.0.70", "client-2"),  # no part of a longer one
        ("10.0.0.77, 110.0.0.7", "address, address"),
        ("host www.example.org:443", "host host-1:port-2"),
        ("[2001:db8::7]:443", "server-1:port-2"),
        ("to 8.8.8.8 and fe80::1", "to address and address"),
        ("02:00:5e:10:00:07 → x", "mac-address → x"),
        ("GET / Host: WWW.example.ORG", "GET / Host: host-1"),
        ("https://cdn.example.org/x", "https://host/x"),
        ("a=s3cr3t-value; b", "a=cookie-1; b"),
        ("Cookie: a=b\nAccept: x", "Cookie: [masked]\nAccept: x"),
        ("authorization: Basic abc", "authorization: [masked]"),
        ("CN=Somebody, O=Firm", "CN=[masked], O=[masked]"),
        ("TCP 443 → 50944 [ACK]", "TCP port-2 → port-1 [ACK]"),
        ("Seq=1 Ack=443 Win=64240 Len=1448", "Seq=1 Ack=443 Win=64240 Len=1448"),
        ("TLS 1.3, 12:34:56.789, 1.2.840.113549.1.1.11", "TLS 1.3, 12:34:56.789, 1.2.840.113549.1.1.11"),
        ("SNI=other.example ALPN=h2", "SNI=host ALPN=h2"),
    ],
)
def test_what_stands_in_its_place(text: str, masked: str) -> None:
    assert MASKER.text(text) == masked


@given(st.text())
def test_nothing_is_masked_where_nothing_was_asked_for(text: str) -> None:
    assert NO_MASK.text(text) == text


@given(st.text(max_size=40), st.sampled_from([one.original for one in KNOWN]), st.text(max_size=40))
def test_no_known_original_stays(before: str, original: str, after: str) -> None:
    assert not re.search(re.escape(original), MASKER.text(f"{before} {original} {after}"), re.IGNORECASE)


def test_the_command_line_knows_the_kinds() -> None:
    assert cli.MASKS == MASK_KINDS
