from __future__ import annotations

from ladderview.ladder.link_walk import LinkWalk
from ladderview.ladder.links import links_of
from tests.ladder import make
from tests.ladder.plans import plan_of, row_with


def test_a_request_leads_to_its_response_and_back() -> None:
    plan, walk = plan_of("http"), LinkWalk()
    request, response = row_with(plan, "GET /style.css"), row_with(plan, "GET /style.css") + 1
    assert walk.onward(plan, request) == response
    assert walk.back() == request
    assert walk.back() == -1
    assert [link.other for link in links_of(plan, response)] == [request]


def test_who_comes_back_and_goes_on_takes_the_next_link() -> None:
    plan, walk = plan_of("loss", "segments"), LinkWalk()
    row = next(row for row in range(len(plan)) if len({link.other for link in links_of(plan, row)}) > 1)
    first = walk.onward(plan, row)
    assert walk.back() == row
    assert walk.onward(plan, row) != first


def test_an_arrow_without_links_leads_nowhere() -> None:
    plan, walk = make.plan([make.Row(0, 0, make.ACK)]), LinkWalk()
    assert walk.onward(plan, 0) == -1
    assert walk.back() == -1


def test_a_segment_of_a_message_has_a_bracket_over_all_of_them() -> None:
    plan = plan_of("http", "segments")
    messages = plan_of("http")
    response = row_with(messages, "200 OK")
    inside = messages.sources[0].steps.segments_of(response).tolist()
    (bracket,) = [link for link in links_of(plan, inside[1]) if link.first >= 0]
    assert (bracket.first, bracket.other, bracket.words) == (inside[0], inside[-1], ("200 OK",))
