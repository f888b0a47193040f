"""Sequence numbers modulo 2**32: which of two comes later?

RFC 9293 section 3.4: all arithmetic on sequence numbers is modulo 2**32, and a number comes before another where the
signed 32-bit difference of the two is negative. This is the one place where that is written out; hot loops that
cannot afford a call use ``MASK`` and ``HALF`` in the same way.
"""

from __future__ import annotations

from typing import Final

#: All 32 bits.
MASK: Final = 0xFFFF_FFFF
#: A difference (modulo 2**32) from here on is negative.
HALF: Final = 0x8000_0000


def is_after(a: int, b: int) -> bool:
    """Whether ``a`` comes later than ``b``."""
    return (b - a) & MASK >= HALF


def is_before(a: int, b: int) -> bool:
    """Whether ``a`` comes earlier than ``b``."""
    return (a - b) & MASK >= HALF


def is_at_or_before(a: int, b: int) -> bool:
    """Whether ``a`` equals ``b`` or comes earlier."""
    return a == b or (a - b) & MASK >= HALF


def difference(a: int, b: int) -> int:
    """``a - b`` as a signed 32-bit number, -2**31 to 2**31 - 1."""
    return ((a - b + HALF) & MASK) - HALF
