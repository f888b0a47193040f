"""Which numbers stand in a column, once each?

Trap: ``numpy.unique`` builds a hash table without letting another thread run, a tenth of a second for a long flow; and
what is asked for here is nearly in order already, which sorting is quick with.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def distinct(numbers: NDArray[np.int64]) -> NDArray[np.int64]:
    """int64, ascending, each number once."""
    if not bool((numbers[1:] >= numbers[:-1]).all()):
        numbers = np.sort(numbers, kind="stable")
    first = np.ones(len(numbers), np.bool_)
    np.not_equal(numbers[1:], numbers[:-1], out=first[1:])
    return numbers[first]
