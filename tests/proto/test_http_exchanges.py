from __future__ import annotations

from ladderview.proto.http1_head import Head, read_head, read_start_line
from ladderview.proto.http_exchanges import MAX_PENDING, Exchanges


def head(*lines: str) -> Head:
    octets = "\r\n".join((*lines, "", "")).encode()
    start = read_start_line(octets[: octets.index(b"\n") + 1], 0)
    assert start is not None
    return read_head(octets, start)


GET, CONNECT = head("GET / HTTP/1.1"), head("CONNECT x:1 HTTP/1.1")
CONTINUE, OK, SWITCH = head("HTTP/1.1 100 Continue"), head("HTTP/1.1 200 OK"), head("HTTP/1.1 101 Switching")


def test_responses_answer_requests_in_order_and_interim_ones_answer_the_same() -> None:
    exchanges = Exchanges()
    for _ in range(2):
        exchanges.ask(GET)
    answered = [exchanges.answer(one) for one in (CONTINUE, OK, OK, OK)]
    assert [asked.number if asked else -1 for asked in answered] == [0, 0, 1, -1]


def test_a_tunnel_needs_connect_and_success() -> None:
    exchanges = Exchanges()
    exchanges.ask(GET)
    exchanges.answer(OK)
    assert exchanges.protocol is None
    exchanges.ask(CONNECT)
    exchanges.answer(OK)
    assert (exchanges.protocol, exchanges.response) == ("", OK)


def test_an_upgrade_is_named_by_the_response_or_else_by_the_request() -> None:
    exchanges = Exchanges()
    exchanges.ask(head("GET / HTTP/1.1", "Upgrade: h2c"))
    exchanges.answer(SWITCH)
    assert exchanges.protocol == "h2c"


def test_requests_that_nobody_answers_do_not_fill_the_memory() -> None:
    exchanges = Exchanges()
    for _ in range(MAX_PENDING + 10):
        last = exchanges.ask(GET)
    first = exchanges.answer(OK)
    assert first is not None
    assert (first.number, exchanges.is_open(last)) == (10, True)
