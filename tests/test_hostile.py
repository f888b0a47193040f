"""Does anything that a file may hold make ladderview stumble, or wait?

Every sample is cut short and damaged at random (``mutations``), and all there is to ask is asked of it
(``everything``). Nothing may be raised, and no question may take longer than a second of the processor: not what others
take of it meanwhile.

A share of the cases is run, the same each time. With LADDERVIEW_HOSTILE=full in the environment all are, which takes an
hour: every length up to 4 kB, and 20 000 mutations.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random

import pytest

from ladderview.proto.tls_handshake import read_handshake
from ladderview.resources import resource_path
from tests.everything import ask_everything
from tests.mutations import KINDS, anyhow, good
from tests.proto.tls_samples import EXTENSIONS, MESSAGES

IS_FULL = os.environ.get("LADDERVIEW_HOSTILE") == "full"
MUTATIONS = 20_000 if IS_FULL else 60
HANDSHAKES = 20_000 if IS_FULL else 3_000
GROUP = 20
MOST_SECONDS = 1.0
LONGEST = 4096

SAMPLES = resource_path("samples")
CAPTURES = Path(__file__).parent / "captures"
PATHS = sorted(CAPTURES.glob("*.pcapng")) + sorted(SAMPLES.glob("*.pcapng"))
#: Those with large downloads tell no more, and take longer.
WITH_MESSAGES = [path for path in PATHS if path.stat().st_size < 20_000]

VERSIONS = (0x0002, 0x0300, 0x0301, 0x0302, 0x0303, 0x0304, 0x7F12, 0x7F1C, 0)
SUITES = (0, 0x002F, 0x0033, 0x0034, 0xC02F, 0xC09E, 0x008C, 0xC035, 0xC01D, 0x1301)


@contextmanager
def case(name: object) -> Iterator[None]:
    """Whatever is raised says by which case."""
    try:
        yield
    except BaseException as error:
        error.add_note(f"in case {name}")
        raise


def lengths(size: int, name: str) -> list[int]:
    """At which lengths a file of this size is cut."""
    every = range(min(size, LONGEST) + 1)
    return list(every) if IS_FULL else sorted(Random(name).sample(every, 8))


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.name)
def test_cut_short(path: Path, tmp_path: Path) -> None:
    data, cut = path.read_bytes(), tmp_path / path.name
    asked: set[object] = set()
    for length in lengths(len(data), path.name):
        cut.write_bytes(data[:length])
        with case(length):
            longest = ask_everything(cut, asked=asked)
            assert longest.seconds < MOST_SECONDS, longest


@pytest.mark.parametrize("first", range(0, MUTATIONS, GROUP))
def test_damaged(first: int, tmp_path: Path) -> None:
    for number in range(first, first + GROUP):
        random = Random(number)
        sample = good(random.choice(WITH_MESSAGES))
        data, keys = random.choice(list(KINDS.values()))(random, sample)
        path = tmp_path / "damaged.pcapng"
        path.write_bytes(data)
        with case(number):
            longest = ask_everything(path, keys)
            assert longest.seconds < MOST_SECONDS, longest


def test_damaged_handshake_messages() -> None:
    random = Random(7)
    for number in range(HANDSHAKES):
        sample = random.choice(MESSAGES + EXTENSIONS)
        octets = anyhow(random, sample.octets)
        began = time.process_time()
        with case(number):
            read_handshake(
                octets, 0, random.choice((sample.version, *VERSIONS)), random.choice((sample.suite, *SUITES))
            )
        assert time.process_time() - began < MOST_SECONDS, number
