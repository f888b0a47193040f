"""After records that are missing or did not open: which sequence number may the next record have?

A gap says how many bytes are missing, not how many records. Few numbers are possible, and the authentication of the
next record tells which was right; this file says in which order to try.

Traps: a download has thousands of records in a gap and nearly always all of one size; a failing record may be no
record of this direction at all (bytes that only look like one), so that the number may also not have moved.
"""

from __future__ import annotations

from collections.abc import Iterator

#: Header and largest fragment (RFC 5246 section 6.2.3).
_LARGEST = 5 + (1 << 14) + 2048
_HEADER_SIZE = 5

#: Numbers tried in ascending order, and around the likeliest.
_MOST_TRIED = 1024
_AROUND = 32
#: How far a number may differ from the expected one where no bytes are known to be missing.
_SLACK = 4


def missed_records(lost: int, failed: int, usual: int, least: int) -> Iterator[int]:
    """Numbers of records between the last one that opened and this one, the likeliest first, each once.

    Args:
        lost: bytes that are missing between whole records.
        failed: records that were there and did not open.
        usual: size of the last record that opened, header included, or 0.
        least: size of the shortest fragment of this cipher.
    """
    tried: set[int] = set()
    for number in _likely(lost, failed, usual, least):
        if number >= 0 and number not in tried:
            tried.add(number)
            yield number


def _likely(lost: int, failed: int, usual: int, least: int) -> Iterator[int]:
    if not lost:
        yield failed
        yield from range(max(failed - _SLACK, 0), failed + _SLACK)
        yield 0
        return
    fewest = -(-lost // _LARGEST)
    most = max(lost // (_HEADER_SIZE + least), fewest)
    if usual:
        likeliest = min(max(-(-lost // usual), fewest), most)
        yield failed + likeliest
        for distance in range(1, _AROUND):
            yield failed + likeliest - distance
            yield failed + likeliest + distance
    yield from range(failed + fewest, failed + min(most, fewest + _MOST_TRIED) + 1)
    yield from range(failed + _SLACK)
