from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ladderview.analysis.masked_quotes import SHORTEST, Quotes
from tests.render.jobs import sample_job

BODY = "<!DOCTYPE html>\n<title>Secret plan of the house</title>\n"


def quotes(body: str = BODY) -> Quotes:
    made = Quotes(sample_job("http").reading.messages)
    made._bodies = body.lower()
    return made


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("it says Secret plan of the house, twice", "it says [masked], twice"),
        ("SECRET PLAN OF THE HOUSE", "[masked]"),
        ("a secret plan of it", "a [masked]it"),
        ("secret plans of the housewife", "secret plans of the housewife"),  # words of its own
        ("of the house", "[masked]"),  # twelve characters are enough
        ("the house", "the house"),
        ("", ""),
        ("nothing of that at all in here", "nothing of that at all in here"),
    ],
)
def test_what_quotes_a_body(text: str, shown: str) -> None:
    assert quotes().hidden(text) == shown


def test_bodies_are_read_decoded_from_the_flow() -> None:
    messages = sample_job("http").reading.messages
    assert Quotes(messages).hidden("see <!doctype html> in it") == "see [masked] in it"


@given(st.text(), st.text(st.characters(codec="ascii"), min_size=SHORTEST, max_size=40), st.text())
def test_no_whole_line_stays(before: str, line: str, after: str) -> None:
    hidden = quotes(line).hidden(f"{before} {line} {after}")
    assert line.lower() not in hidden.lower() or line.strip().lower() in f"{before}{after}".lower() + "[masked]"


@given(st.text())
def test_where_there_are_no_bodies_nothing_changes(text: str) -> None:
    assert quotes("").hidden(text) == text
