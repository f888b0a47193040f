from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ladderview.analysis.masked_octets import fitted, sweep_of
from ladderview.analysis.masking import MASK_KINDS, NO_MASK, Masked, Masker

KNOWN = (
    Masked("addresses", "10.0.0.7", "client-1"),
    Masked("names", "www.example.org", "host-1"),
    Masked("names", "short", "host-2"),
    Masked("cookies", "s3cr3t-value", "cookie-1"),
)
SWEEP = sweep_of(Masker(MASK_KINDS, KNOWN), (50944, 443))


@pytest.mark.parametrize(
    ("octets", "swept"),
    [
        (b"Host: WWW.example.ORG", b"Host: host-1xxxxxxxxx"),
        (b"a=s3cr3t-value;", b"a=cookie-1xxxx;"),
        (b"ashorty", b"axxxxxy"),  # no room for the word
        (b"10.0.0.7 ", b"client-1 "),
        (b"x10.0.0.7x", b"xclient-1x"),
        (b"10.0.0.70", b"addressxx"),
        (b"8.8.8.8", b"address"),
        (b"1.1.1.1.", b"address."),
        (b"256.1.1.1", b"256.1.1.1"),  # no address
        (b"at fe80::1 now", b"at address now"),
        (b"at 2001:db8::77 now", b"at addressxxxxx now"),
        (b"02:00:5e:10:00:07", b"addressxxxxxxxxxx"),
        (b"12:34:56 GMT", b"12:34:56 GMT"),
        (b"https://other.example/x", b"https://hostxxxxxxxxx/x"),
        (b"server:443/x 443 :4430", b"server:000/x 443 :4430"),
    ],
)
def test_what_is_overwritten(octets: bytes, swept: bytes) -> None:
    assert SWEEP(octets) == swept
    assert len(swept) == len(octets)


def test_many_originals_are_found_as_few_are() -> None:
    known = [Masked("names", f"host{number}.example", f"host-{number}") for number in range(3000)]
    sweep = sweep_of(Masker({"names"}, known), ())
    assert sweep(b"GET host2999.example, host17.example") == b"GET host-2999xxxxxxx, host-17xxxxxxx"


@given(st.binary())
def test_nothing_where_nothing_was_asked_for(octets: bytes) -> None:
    assert sweep_of(NO_MASK, ())(octets) == octets


@given(st.binary(max_size=60), st.sampled_from([one.original for one in KNOWN]), st.binary(max_size=60))
def test_no_known_original_stays(before: bytes, original: str, after: bytes) -> None:
    octets = before + b" " + original.encode() + b" " + after
    swept = SWEEP(octets)
    assert len(swept) == len(octets)
    assert original.encode() not in swept.lower()


@pytest.mark.parametrize(("word", "size", "found"), [(b"ab", 4, b"abxx"), (b"ab", 2, b"ab"), (b"abc", 2, b"xx")])
def test_half_a_word_is_none(word: bytes, size: int, found: bytes) -> None:
    assert fitted(word, size) == found
