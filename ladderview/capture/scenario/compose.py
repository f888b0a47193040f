"""A scenario to a capture: text to packets, to a pcapng, or to the bytes of one."""

from __future__ import annotations

import os
from dataclasses import dataclass

from ladderview.capture.save import pcapng_blocks, write_pcapng
from ladderview.capture.scenario.reader import read_scenario
from ladderview.capture.scenario.stage import Composed, play
from ladderview.capture.scenario.words import Scenario
from ladderview.progress import Progress, no_progress


@dataclass(frozen=True, slots=True)
class Composition:
    """What a text says, and what came of it."""

    scenario: Scenario
    composed: Composed

    def write(self, path: str | os.PathLike[str]) -> None:
        """Write it as pcapng, with its title as the comment of the file.

        Raises:
            OSError: it cannot be written.
        """
        write_pcapng(path, self.composed.packets, self.composed.secrets, self.scenario.title)

    def pcapng(self) -> bytes:
        """The same file, in memory."""
        return b"".join(pcapng_blocks(self.composed.packets, self.composed.secrets, self.scenario.title))


def compose(text: str, progress: Progress = no_progress) -> Composition:
    """Compose the capture that a text describes.

    Raises:
        ScenarioError: it cannot be read, or not be played.
        Cancelled: by ``progress``.
    """
    scenario = read_scenario(text)
    return Composition(scenario, play(scenario, progress))
