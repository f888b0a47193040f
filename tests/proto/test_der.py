from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ladderview.proto.der import Element, elements, identifier


@pytest.mark.parametrize(
    ("data", "found"),
    [
        ("020105", [Element(2, 0, 2, 3)]),
        ("0201050500", [Element(2, 0, 2, 3), Element(5, 3, 5, 5)]),
        ("04810301020302", [Element(4, 0, 3, 6)]),
        ("0482000101", [Element(4, 0, 4, 5)]),
        ("0405ff", [Element(4, 0, 2, 3)]),
        ("0480", []),
        ("0485000000000101", []),
        ("048201", []),
        ("04", []),
        ("", []),
    ],
    ids=[
        "one",
        "two",
        "long length",
        "longer length",
        "lying",
        "indefinite",
        "too long a length",
        "cut",
        "tag",
        "none",
    ],
)
def test_elements(data: str, found: list[Element]) -> None:
    octets = bytes.fromhex(data)
    assert list(elements(octets, 0, len(octets))) == found


@given(st.binary(max_size=200))
def test_elements_lie_one_behind_another(data: bytes) -> None:
    edges = [edge for one in elements(data, 0, len(data)) for edge in (one.start, one.body, one.end)]
    assert edges == sorted(edges)
    assert all(edge <= len(data) for edge in edges)


@pytest.mark.parametrize(
    ("octets", "dotted"),
    [
        ("2a864886f70d01010b", "1.2.840.113549.1.1.11"),
        ("550403", "2.5.4.3"),
        ("883703", "2.999.3"),
        ("2b81", "1.3"),
        ("", ""),
        ("ff" * 64, ""),
    ],
)
def test_identifiers(octets: str, dotted: str) -> None:
    assert identifier(bytes.fromhex(octets)) == dotted
