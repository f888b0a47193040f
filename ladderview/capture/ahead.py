"""How does reading go on while what was read is worked on? The next batch of records is made on a thread of its own.

Finding the records of one window and reading the headers of the one before take about as long, and numpy lets other
threads run while it works, so the two share a capture's time where there are two processors.

Trap: a batch points into the window that it was found in. The thread works only on the batch that comes next, so
that two windows are enough (see ``records.Window``).
"""

from __future__ import annotations

from collections.abc import Iterator
from queue import SimpleQueue
from threading import Thread

from ladderview.capture.records import Records


def ahead(batches: Iterator[Records]) -> Iterator[Records]:
    """The same batches, each made while the caller works on the one before; what their making raises, this raises."""
    wanted: SimpleQueue[bool] = SimpleQueue()
    made: SimpleQueue[Records | BaseException | None] = SimpleQueue()

    def make() -> None:
        while wanted.get():
            try:
                made.put(next(batches, None))
            except BaseException as error:  # it is raised again where somebody can deal with it
                made.put(error)

    maker = Thread(target=make, name="records")
    maker.start()
    wanted.put(True)
    try:
        while (batch := made.get()) is not None:
            if isinstance(batch, BaseException):
                raise batch
            wanted.put(True)
            yield batch
    finally:
        wanted.put(False)
        maker.join()
