"""What does a line of a scenario mean, and what is said of one that means nothing?"""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ladderview.capture.scenario import grammar, grammar_ends
from ladderview.capture.scenario.help import HELP
from ladderview.capture.scenario.reader import MAX_TEXT, read_scenario, read_with_mistakes
from ladderview.capture.scenario.words import (
    BOTH,
    MS,
    SECOND,
    START_NS,
    CapturePoint,
    CaptureSwitch,
    Close,
    Connection,
    Describe,
    Doom,
    Explicit,
    Fate,
    KeepAlive,
    Kind,
    Number,
    Open,
    Path,
    Read,
    Remark,
    Request,
    Reset,
    Response,
    ScenarioError,
    Selector,
    Send,
    Side,
    StopReading,
    Tls,
    Wait,
)
from ladderview.proto.tcp import Flags

CLIENT, SERVER = Side.CLIENT, Side.SERVER
SYN_ACK = Selector(SERVER, Kind.SYN_ACK)

LINES = [
    ("client 10.0.0.1:50944 isn 69", Describe(CLIENT, (("address", "10.0.0.1"), ("port", 50944), ("isn", 69)))),
    ("server [2001:db8::2]:443", Describe(SERVER, (("address", "2001:db8::2"), ("port", 443)))),
    ("server 2001:db8::2", Describe(SERVER, (("address", "2001:db8::2"),))),
    ("client no sack, scale 3", Describe(CLIENT, (("sack", False), ("scale", 3)))),
    ("client delayed ACK", Describe(CLIENT, (("delayed_ack_ns", 40 * MS),))),
    ("client delayed ack 200 ms", Describe(CLIENT, (("delayed_ack_ns", 200 * MS),))),
    ("server rto 1.5 s think 50us", Describe(SERVER, (("rto_ns", 3 * SECOND // 2), ("think_ns", 50_000)))),
    ("server name www.example.org port 80", Describe(SERVER, (("name", "www.example.org"), ("port", 80)))),
    ("path delay 20 ms rate 1 Mbit/s", Path(20 * MS, 1_000_000)),
    ("path rate 64 kbit/s", Path(None, 64_000)),
    ("open", Open((CLIENT,))),
    ("OPEN refused", Open((CLIENT,), True)),
    ("server opens", Open((SERVER,))),
    ("both open", Open(BOTH)),
    ("client sends 4 bytes", Send(CLIENT, b"abcd")),
    ("client sends 1 kB", Send(CLIENT, (b"abcdefghijklmnopqrstuvwxyz0123456789" * 28)[:1000])),
    (r'server sends "a \"b\"\r\n\x00\\" # done', Send(SERVER, b'a "b"\r\n\x00\\')),
    ("client sends keep-alive", KeepAlive(CLIENT)),
    ("client requests GET /a#b HTTP/1.0", Request("GET", "/a#b", "HTTP/1.0")),
    ("client requests POST / with 3 bytes", Request("POST", "/", "HTTP/1.1", (), b"abc")),
    ("server responds 404", Response(404, "Not Found", content=None)),
    ('server responds HTTP/1.0 200 Fine by me with "x"', Response(200, "Fine by me", "HTTP/1.0", (), b"x")),
    ("tls 1.3", Tls("1.3")),
    ("tls 1.3 with tickets 1", Tls("1.3", tickets=1)),
    ("tls 1.2 with client certificate, RSA key exchange, tickets 1, alpn h2", Tls("1.2", True, True, 1, "h2")),
    ("client closes", Close((CLIENT,))),
    ("server half-closes", Close((SERVER,), True)),
    ("both close", Close(BOTH)),
    ("server resets", Reset(SERVER)),
    ("client stops reading", StopReading(CLIENT)),
    ("client reads", Read(CLIENT)),
    ("client reads everything", Read(CLIENT)),
    ("client reads 4 kB", Read(CLIENT, 4000)),
    ("wait 2 min", Wait(120 * SECOND)),
    ("connection", Connection()),
    ("connection b", Connection("b")),
    ("connection same port", Connection("", True)),
    ("lose server SYN, ACK", Doom(Fate.LOSE, SYN_ACK)),
    ("lose server SYN ACK", Doom(Fate.LOSE, SYN_ACK)),
    ("lose the server SYN-ACK", Doom(Fate.LOSE, SYN_ACK)),
    ("lose client data 2 to 4 twice", Doom(Fate.LOSE, Selector(CLIENT, Kind.DATA, 2, 4), 2)),
    ("lose client ACK 3 times", Doom(Fate.LOSE, Selector(CLIENT, Kind.ACK), 3)),
    ("lose client data 2 3 times", Doom(Fate.LOSE, Selector(CLIENT, Kind.DATA, 2, 2), 3)),
    ("lose client data again 3 times", Doom(Fate.LOSE, Selector(CLIENT, Kind.DATA, again=True), 3)),
    ("lose server ACK before the capture", Doom(Fate.LOSE, Selector(SERVER, Kind.ACK), before_capture=True)),
    ("delay server FIN by 3ms", Doom(Fate.DELAY, Selector(SERVER, Kind.FIN), delay_ns=3 * MS)),
    ("duplicate client segment", Doom(Fate.DUPLICATE, Selector(CLIENT, Kind.SEGMENT))),
    ("miss client RST", Doom(Fate.MISS, Selector(CLIENT, Kind.RST))),
    ("remark # one, \"two\"", Remark('# one, "two"')),
    ("remark on server SYN, ACK: it: never", Remark("it: never", SYN_ACK)),
    ("remark on the whole", Remark("on the whole")),
    ("capture stops", CaptureSwitch(False)),
    ("client segment SYN seq 5", Explicit(CLIENT, Flags.SYN, Number(5))),
    (
        'server segment PSH, ACK seq -1, ack +0 window 3 urgent 1 "x"',
        Explicit(SERVER, Flags.PSH | Flags.ACK, Number(-1, True), Number(0, True), 3, urgent=1, content=b"x"),
    ),
    (
        "client segment SYN mss 1 scale 2 sack permitted timestamps 3 4",
        Explicit(CLIENT, Flags.SYN, mss=1, scale=2, sack_permitted=True, timestamps=(3, 4)),
    ),
    (
        "client segment ACK sack 1 to 2 sack +3 to +4",
        Explicit(CLIENT, Flags.ACK, sack=((Number(1), Number(2)), (Number(3, True), Number(4, True)))),
    ),
]  # fmt: skip

MISTAKES = [
    ("titel x", "1:1: expected", "found titel; did you mean title?"),
    ("client sands 3 bytes", "1:8: expected", "found sands; did you mean sends?"),
    ("client", "1:7: expected sends", "the line ends here"),
    ("client 10.0.0.300:1", "1:8: expected an address", "10.0.0.300:1 is none"),
    ("client 10.0.0.1:0", "1:8: a port is from 1 to 65535", ""),
    ("client isn 4294967296", "1:12: an initial sequence number is from 0 to 4294967295", ""),
    ("client sends 30", "1:16: expected bytes, kB or MB; the line ends here", ""),
    ("client sends many", "1:14: expected", "a number of bytes or a text in quotation marks; found many"),
    ("client sends 20 MB", "1:17: at most 10000000 bytes at a time", ""),
    ('client sends "x', "1:14: expected a text that ends with a quotation mark", ""),
    (r'client sends "x\q"', r"1:16: expected \n, \r", ""),
    ("client sends 3 bytes twice", "1:22: expected the end of the line; found twice", ""),
    ("server requests GET /", "1:8: expected sends", "found requests; did you mean resets?"),
    ("open now", "1:6: expected refused or the end of the line; found now", ""),
    ("lose server SYM", "1:13: expected SYN, ACK, data, FIN, RST or segment; found SYM", "did you mean syn?"),
    ("lose server data 3 to 2", "1:23: the number of a segment is from 3", ""),
    ("delay server data", "1:18: expected again or by; the line ends here", ""),
    ("path delay 10", "1:14: expected ms, s, µs or min; the line ends here", ""),
    ("wait soon", "1:6: expected a time, such as 20 ms; found soon", ""),
    ("wait 90000 s", "1:12: a time is at most a day (86400 s)", ""),
    ("tls 1.1", "1:5: expected 1.3 or 1.2; found 1.1", ""),
    ("start 2026-02-30", "1:7: there is no 2026-02-30", ""),
    ("capture at home", "1:12: expected client or server; found home", ""),
    ("remark on server data 2 text", "1:29: expected :; the line ends here", ""),
    ("remark on server date: text", "1:18: expected SYN", "did you mean data?"),
    ("client segment seq 4", "1:16: expected FIN, SYN", "found seq"),
    ("  open", "1:3: expected a line that begins at column 1", ""),
    ("open\n  client closes", "2:3: expected a line that begins at column 1", ""),
    ("client requests GET /\n  nonsense", "2:3: expected a field of the message", ""),
    ("x" * (MAX_TEXT + 1), "1:1: a scenario has at most", ""),
]  # fmt: skip


@pytest.mark.parametrize(("line", "act"), LINES, ids=[line for line, _ in LINES])
def test_line_means(line: str, act: object) -> None:
    (step,) = read_scenario(line).steps
    assert step.act == act


@pytest.mark.parametrize(("text", "begins", "ends"), MISTAKES, ids=[text[:30] for text, _, _ in MISTAKES])
def test_mistake_says(text: str, begins: str, ends: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        read_scenario(text)
    said = str(caught.value)
    assert said.startswith(begins)
    assert said.endswith(ends)


def test_the_whole_is_told_apart_from_steps() -> None:
    scenario = read_scenario(
        "title A title\nabout One\nabout two.\nstart 2026-03-01 12:00:00\ncapture at server, snaplen 96\n"
    )
    assert (scenario.title, scenario.about) == ("A title", "One two.")
    assert scenario.start_ns - START_NS == 59 * 86_400 * SECOND
    assert (scenario.capture_at, scenario.snaplen, scenario.steps) == (CapturePoint.SERVER, 96, ())


def test_prefixes_and_places() -> None:
    (step,) = read_scenario("\n\nmeanwhile after 5 ms client closes\n").steps
    assert (step.line, step.column, step.end, step.meanwhile, step.after_ns) == (3, 1, 35, True, 5 * MS)


def test_indented_lines_go_on() -> None:
    remark, request = read_scenario(
        "remark One\n  two.\nclient requests GET /\n\tAccept: text/html\n  X-Empty:\n"
    ).steps
    assert remark.act == Remark("One two.")
    assert request.act == Request("GET", "/", fields=(("Accept", "text/html"), ("X-Empty", "")))


def test_all_mistakes_are_told_and_the_rest_is_read() -> None:
    scenario, mistakes = read_with_mistakes("opne\nopen\nclient sends 3\nclient closes\n")
    assert [(mistake.line, mistake.column, mistake.end) for mistake in mistakes] == [(1, 1, 5), (3, 15, 16)]
    assert [step.act for step in scenario.steps] == [Open((CLIENT,)), Close((CLIENT,))]


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(text: str) -> None:
    for mistake in read_with_mistakes(text)[1]:
        assert mistake.line >= 1
        assert 1 <= mistake.column < mistake.end


_WORDS = sorted({word for line, _ in LINES for word in line.split()})


@given(st.lists(st.sampled_from(_WORDS), max_size=8).map(" ".join))
def test_any_words_are_read_or_refused(text: str) -> None:
    for mistake in read_with_mistakes(text)[1]:
        assert 1 <= mistake.column <= len(text) + 1


@pytest.mark.parametrize(
    "word",
    [*grammar.WHOLE, *grammar.STEPS, *grammar_ends.SETTINGS, "meanwhile", "after", "again", "before the capture"],
)
def test_the_help_has_every_word(word: str) -> None:
    assert re.search(rf"\b{re.escape(word)}\b", HELP, re.IGNORECASE)


def test_the_example_of_the_help_is_right() -> None:
    example = HELP.split("\n\n")[1]
    assert len(read_scenario("\n".join(line[4:] for line in example.splitlines())).steps) == 7


def test_the_segment_of_the_help_is_right() -> None:
    line = next(line for line in HELP.splitlines() if "client segment" in line)
    options = re.search(r"before the bytes:\s+(.*?)\)", HELP, re.DOTALL)
    assert options is not None
    every = " ".join(options[1].split()).replace(",", "")
    assert not read_with_mistakes(line.strip())[1]
    assert not read_with_mistakes(f"client segment ACK {every} 30 bytes")[1]
