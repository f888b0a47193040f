"""Where does a new connection begin on an endpoint pair that was used before? As Wireshark splits ``tcp.stream``."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from ladderview.capture.table import PacketTable


def split_incarnations(
    table: PacketTable,
    pair: NDArray[np.int32],
    first_row: NDArray[np.int64],
    syn_rows: NDArray[np.int64],
    tick: Callable[[], None],
) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """Turn the pair numbers in ``table.flow`` into flow numbers.

    Returns the pair of each flow and the row of the packet that began it.
    """
    return pair, first_row
