"""Is this file a scenario, and which capture does it describe?"""

from __future__ import annotations

from ladderview.capture.scenario.compose import compose
from ladderview.capture.scenario.reader import MAX_TEXT, looks_like_scenario
from ladderview.capture.scenario.words import Mistake, ScenarioError
from ladderview.capture.source import NotACapture, Source
from ladderview.progress import Progress

#: How the name of a scenario ends.
SUFFIX = ".scenario"


class FaultyScenario(NotACapture):
    """A scenario with mistakes; ``str()`` is one line with the first of them."""

    def __init__(self, name: str, text: str, mistakes: tuple[Mistake, ...]) -> None:
        more = f" (and {len(mistakes) - 1} more)" if len(mistakes) > 1 else ""
        super().__init__(f"{name}:{mistakes[0]}{more}")
        self.text = text
        self.mistakes = mistakes


def text_of(source: Source) -> str | None:
    """The text of a scenario, or None where the file is none: its name ends otherwise, and it does not begin as one."""
    named = source.name.lower().endswith(SUFFIX)
    try:
        text = source.read(0, 4 * MAX_TEXT + 3).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if not named:
            return None
        raise NotACapture(f"{source.name}: is no scenario: byte {error.start} is not UTF-8 text") from None
    return text if named or looks_like_scenario(text) else None


def pcapng_of(text: str, name: str, progress: Progress) -> bytes:
    """The composed capture as a pcapng.

    Raises:
        FaultyScenario: it cannot be read or played.
        Cancelled: by ``progress``.
    """
    try:
        return compose(text, progress).pcapng()
    except ScenarioError as error:
        raise FaultyScenario(name, text, error.mistakes) from None
