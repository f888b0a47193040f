"""What crosses upward from a long piece of work: how far it is, and the wish to stop it."""

from __future__ import annotations

from collections.abc import Callable


class Cancelled(Exception):
    """Raised by a progress callable to stop the work that called it; nothing half-made is kept."""


#: Called with (done, total) in the same unit, at most some ten times a second; may raise ``Cancelled``.
#: ``total`` is 0 where the end is not known (standard input).
Progress = Callable[[int, int], None]


def no_progress(done: int, total: int) -> None:
    """The progress callable of work that nobody watches."""
