from __future__ import annotations

from hpack import Encoder

from ladderview.proto.fields import Span
from ladderview.proto.http2 import Http2Frame, Http2Reader
from ladderview.proto.http2_messages import MAX_OPEN, Http2Messages, Sender
from ladderview.proto.http_message import Framing, HttpMessage
from tests.proto.http_wire import fed, h2_frame

ASK = [(":method", "POST"), (":path", "/form"), (":authority", "example.org"), ("content-length", "6")]


def block(*pairs: tuple[str, str]) -> bytes:
    return Encoder().encode(pairs)


def read(stream: bytes, sender: Sender = "client", finish: bool = False) -> list[HttpMessage]:
    """The messages of one direction."""
    messages = Http2Messages()
    frames = [one for one in fed(Http2Reader(), stream) if isinstance(one, Http2Frame)]
    found = [message for frame in frames for message in messages.add(sender, frame)]
    return found + messages.finish(sender) if finish else found


def test_a_request_with_content_among_frames_of_other_streams() -> None:
    parts = [
        h2_frame(1, 0x04, 1, block(*ASK)),
        h2_frame(1, 0x05, 3, block((":method", "GET"), (":path", "/other"))),
        h2_frame(0, 0x00, 1, b"abc"),
        h2_frame(6, 0x00, 0, b"12345678"),
        h2_frame(0, 0x01, 1, b"def"),
    ]
    other, form = read(b"".join(parts))
    assert (other.method, other.target, other.exchange) == ("GET", "/other", 3)
    assert (form.summary, form.host, form.exchange) == ("POST /form HTTP/2", "example.org", 1)
    stream = b"".join(parts)
    assert form.span == Span(0, len(stream))
    assert form.head == Span(0, len(parts[0]))
    assert b"".join(stream[one.start : one.end] for one in form.body.spans()) == b"abcdef"
    assert (form.body.framing, form.body.length, form.body.declared, form.notes) == (Framing.FRAMES, 6, 6, ())


def test_interim_responses_are_messages_of_their_own() -> None:
    stream = h2_frame(1, 4, 1, block((":status", "103"))) + h2_frame(1, 5, 1, block((":status", "204")))
    assert [(one.kind, one.status) for one in read(stream, "server")] == [("response", 103), ("response", 204)]


def test_trailers_end_a_message() -> None:
    stream = (
        h2_frame(1, 4, 1, block((":status", "200")))
        + h2_frame(0, 0, 1, b"x")
        + h2_frame(1, 1, 1, block(("grpc-status", "0"))[:3])
        + h2_frame(9, 4, 1, block(("grpc-status", "0"))[3:])
    )
    (answer,) = read(stream, "server")
    assert [(one.name, one.value) for one in answer.trailers] == [("grpc-status", "0")]
    assert [one.name for one in answer.headers] == [":status"]


def test_a_push_promise_is_a_request_that_the_server_sends() -> None:
    promise = h2_frame(5, 4, 1, b"\0\0\0\2" + block((":method", "GET"), (":path", "/style.css")))
    answer = h2_frame(1, 5, 2, block((":status", "200")))
    asked, answered = read(promise + answer, "server")
    assert (asked.kind, asked.target, asked.exchange) == ("request", "/style.css", 2)
    assert (answered.kind, answered.exchange) == ("response", 2)


def test_a_reset_ends_what_is_open_and_says_who_and_why() -> None:
    messages = Http2Messages()
    ask, reset = (
        one
        for one in fed(Http2Reader(), h2_frame(1, 4, 1, block(*ASK)) + h2_frame(3, 0, 1, b"\0\0\0\x08"))
        if isinstance(one, Http2Frame)
    )
    messages.add("client", ask)
    assert messages.add("server", reset) == []
    (broken,) = messages.broken_off("server", reset)
    assert broken.error == "the server reset the stream: CANCEL"


def test_what_is_still_sent_on_a_stream_that_was_reset_is_no_message() -> None:
    messages = Http2Messages()
    ask, reset, *late = (
        one
        for one in fed(
            Http2Reader(),
            h2_frame(1, 4, 1, block(*ASK))
            + h2_frame(3, 0, 1, bytes(4))
            + h2_frame(0, 0, 1, b"abc")
            + h2_frame(0, 1, 1),
        )
        if isinstance(one, Http2Frame)
    )
    messages.add("client", ask)
    messages.broken_off("server", reset)
    assert [messages.add("client", frame) for frame in late] == [[], []]
    assert [messages.is_late("client", frame) for frame in late] == [True, True]
    assert not messages.is_late("server", late[0])


def test_data_without_its_head_is_a_message_too() -> None:
    (answer,) = read(h2_frame(0, 1, 5, b"rest"), "server")
    assert (answer.status, answer.body.length, answer.notes) == (0, 4, ("its header fields were not captured",))


def test_a_length_that_is_not_the_contents_is_noted() -> None:
    (form,) = read(h2_frame(1, 4, 1, block(*ASK)) + h2_frame(0, 1, 1, b"abc"))
    assert form.notes == ("Content-Length is not the length of its content",)


def test_what_is_open_at_the_end_is_handed_back() -> None:
    (form,) = read(h2_frame(1, 4, 1, block(*ASK)), finish=True)
    assert (form.method, form.error) == ("POST", "the stream ends in it")


def test_streams_that_never_end_do_not_fill_the_memory() -> None:
    stream = b"".join(h2_frame(1, 4, 2 * at + 1, b"\x82") for at in range(MAX_OPEN + 3))
    found = read(stream)
    assert [(one.exchange, one.error) for one in found] == [
        (at, f"more than {MAX_OPEN} streams are open") for at in (1, 3, 5)
    ]


def test_a_continuation_of_nothing_is_passed_over() -> None:
    assert read(h2_frame(9, 4, 1, b"\x82")) == []
