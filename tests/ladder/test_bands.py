from __future__ import annotations

import pytest

from ladderview.analysis.masking import Masked, Masker
from ladderview.ladder.annotated import with_phase_names
from ladderview.ladder.annotations import AnchorPoint, Annotation, Annotations, Kind
from ladderview.ladder.bands import BandWords
from ladderview.ladder.masked import masked_plan
from tests.ladder.plans import plan_of


@pytest.mark.parametrize(
    ("sample", "short"),
    [
        ("http", ["Opening", "GET → 200", "GET → 200", "GET → 404", "Closing"]),
        ("https-tls13", ["Opening", "TLS", "GET → 200", "Closing"]),
        ("http2", ["Opening", "TLS", "HTTP/2", "GET × 4", "Closing"]),
    ],
)
def test_names_for_little_room(sample: str, short: list[str]) -> None:
    bands = plan_of(sample).bands
    assert [bands.words(band).short for band in range(len(bands))] == short


def test_a_name_that_a_person_gave_stands_where_there_is_little_room_too() -> None:
    plan = plan_of("http")
    row = int(plan.bands.first[1])
    packet, ts_ns = int(plan.first_packet[row]), int(plan.begin_ns[row])
    renamed = Annotations((Annotation("p", Kind.PHASE, (AnchorPoint(plan.flow.id, packet, ts_ns),), text="The page"),))
    words = with_phase_names(plan, renamed).bands.words(1)
    assert (words.name, words.short) == ("The page", "The page")


def test_a_masked_name_is_masked_where_there_is_little_room_too() -> None:
    masker = Masker(("names",), (Masked("names", "get", "masked"),))
    words = masked_plan(plan_of("http"), masker).bands.words(1)
    assert words.short == "masked → 200"


def test_what_http2_says_of_itself_has_the_colour_of_http() -> None:
    bands = plan_of("http2").bands
    assert bands.key[2] == bands.key[3] != bands.key[1]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (BandWords("TLS handshake", "TLS", "47 ms"), "TLS handshake, 47 ms"),
        (BandWords("Connection aborted", "Aborted", ""), "Connection aborted"),
        (BandWords("GET / → 200", "GET → 200", "43 ms", ("waiting 42 ms",)), "GET / → 200, 43 ms: waiting 42 ms"),
    ],
)
def test_what_a_band_says_in_one_line(words: BandWords, said: str) -> None:
    assert str(words) == said
