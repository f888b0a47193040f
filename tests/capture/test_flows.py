"""Endpoints and flows as values."""

from __future__ import annotations

import numpy as np
import pytest

from ladderview.capture.flows import Endpoint, Endpoints

WORDS = np.array(
    [
        [0, 0x20010DB8 << 32],
        [0x0A000001, 1],
        [0, 0x20010DB8 << 32],
        [0x0A000002, 2],
        [4 << 32 | 80 << 16 | 65535, 6 << 32 | 5 << 16 | 6],
    ],
    np.uint64,
)


def endpoints() -> Endpoints:
    """Of flows 0 (pair 0, low end), 1 (pair 0, high end) and 2 (pair 1, high end)."""
    return Endpoints(WORDS, np.array([0, 0, 1], np.int32), np.array([False, True, True]))


def test_endpoints_from_words() -> None:
    found = [Endpoint("10.0.0.1", 80), Endpoint("10.0.0.2", 65535), Endpoint("2001:db8::2", 6)]
    assert list(endpoints()) == found
    assert endpoints()[1:] == found[1:]
    assert endpoints()[-1] == found[-1]
    assert len(endpoints()) == 3


def test_past_the_end() -> None:
    with pytest.raises(IndexError):
        endpoints()[3]


@pytest.mark.parametrize(
    ("endpoint", "text"), [(Endpoint("10.0.0.1", 80), "10.0.0.1:80"), (Endpoint("::1", 80), "[::1]:80")]
)
def test_text(endpoint: Endpoint, text: str) -> None:
    assert str(endpoint) == text
