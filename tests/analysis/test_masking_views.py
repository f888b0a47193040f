"""What is shown of flows, packets, contents and searches while something is masked."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ladderview.analysis.find import find
from ladderview.analysis.flow_analysis import analyse_flow
from ladderview.analysis.flow_columns import FlowColumns, _address_order
from ladderview.analysis.flow_filter import filter_flows
from ladderview.analysis.flow_protocols import flow_protocols
from ladderview.analysis.keys import Keys
from ladderview.analysis.mask_list import mask_list
from ladderview.analysis.masked_content import masked_content
from ladderview.analysis.masked_flows import masked_flows
from ladderview.analysis.masked_layers import masked_layers
from ladderview.analysis.masking import (
    MASK_KINDS,
    Masked,
    Masker,
    MaskKind,
    capture_words,
    masker_of,
    masker_of_several,
)
from ladderview.analysis.message_content import MessageContent
from ladderview.analysis.outcome import outcomes
from ladderview.analysis.packet_layers import ByteRun, PacketLayers, ShownLayer, Story
from ladderview.analysis.reading import FlowReading, read_flow
from ladderview.capture.capture import Capture, open_scenario
from ladderview.progress import no_progress
from ladderview.proto.content import Content, FormPair, Kind
from ladderview.proto.fields import Dissection, Field, Span

TEXT = """\
client  10.9.8.7:50111
server  203.0.113.77:8080
open
client requests GET /login
  Host: app.internal.example
  Cookie: sid=0123456789abcdef; a=b
server responds 302 with "the body"
  Location: https://third.internal.example/y
client closes
connection
open
client requests GET /x
  Host: second.internal.example
server responds 200 with 3 kB
client closes
"""
EVERYTHING = frozenset(MASK_KINDS)


@pytest.fixture(scope="module")
def capture() -> Capture:
    return replace(open_scenario(TEXT, "-", no_progress), host_names={"203.0.113.77": "db.internal.example"})


def read(capture: Capture, flow: int) -> FlowReading:
    return read_flow(capture, analyse_flow(capture, flow), Keys(), no_progress)


def columns(capture: Capture) -> FlowColumns:
    ends = outcomes(capture)
    plain = FlowColumns(capture.flows, capture.host_names, ends.words, ends.handshake_rtt_ns)
    return plain.with_said(flow_protocols(capture))


def masker(capture: Capture, flow: int = 0, kinds: frozenset[MaskKind] = EVERYTHING) -> Masker:
    reading = read(capture, flow)
    return masker_of(capture, kinds, reading.analysis.flow, reading.messages)


# -- words ------------------------------------------------------------------------------------------------------------


def test_a_capture_has_the_same_words_in_all_its_flows(capture: Capture) -> None:
    words = capture_words(capture)
    assert words.addresses == {"10.9.8.7": "client-1", "203.0.113.77": "server-1"}
    assert words.names == {
        "db.internal.example": "host-1",
        "app.internal.example": "host-2",
        "second.internal.example": "host-3",
    }
    assert capture_words(capture) is words
    first, second = masker(capture, 0), masker(capture, 1)
    for name in words.names:
        assert first.text(name) == second.text(name) == words.names[name]
    assert first.text("third.internal.example") == "host-0.1"


def test_the_masker_of_several_flows_knows_what_each_of_them_says(capture: Capture) -> None:
    readings = [read(capture, flow) for flow in (1, 0)]
    several = masker_of_several(capture, EVERYTHING, [(one.analysis.flow, one.messages) for one in readings])
    assert several.text("sid=0123456789abcdef; a=b") == "cookie-1"
    assert several.text("third.internal.example") == "host-0.1"
    assert [several.port(port) for port in (50111, 50112, 8080, 9)] == ["port-1", "port-1", "port-2", "port"]


def test_an_address_is_known_however_it_is_written() -> None:
    known = (Masked("addresses", "2001:db8::7", "server-1"), Masked("addresses", "10.0.0.7", "client-1"))
    text = Masker({"addresses"}, known).text
    assert text("2001:0db8:0000:0000:0000:0000:0000:0007") == "server-1"
    assert text("2001:DB8::7: reset by 10.0.0.7.") == "server-1: reset by client-1."
    assert text("::ffff:10.0.0.7") == "client-1"
    assert text("0.0.0.0 and ::") == "0.0.0.0 and ::"


def test_a_name_of_one_label_is_replaced_only_where_it_stands_alone() -> None:
    text = Masker({"names"}, (Masked("names", "server", "host-1"),)).text
    assert text("servers observe; Server: server") == "servers observe; host-1: host-1"


def test_a_letter_that_folds_to_another_is_no_trouble() -> None:
    assert Masker({"names"}, (Masked("names", "site.example", "host-1"),)).text("ſite.example") == "[masked]"


# -- the list of flows -------------------------------------------------------------------------------------------------


def test_nothing_of_the_list_tells_an_original(capture: Capture) -> None:
    flows = masked_flows(columns(capture), masker(capture))
    assert [str(flows.client_of(flow)) for flow in (0, 1)] == ["client-1:port-1"] * 2
    assert [flows.title_of(flow) for flow in (0, 1)] == ["host-2", "host-3"]
    assert str(flows.with_swapped(0).client_of(0)) == "server-1:port-2"
    assert "internal" not in "".join((*flows.client_text, *flows.server_text))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("10.9.8.7", []),
        ("internal", []),
        ("port:8080", []),
        ("50111", []),
        ("client-1", [0, 1]),
        ("host:host-3", [1]),
        ("port-2", [0, 1]),
        ("packets:>1", [0, 1]),
    ],
)
def test_a_filter_filters_what_is_shown(capture: Capture, text: str, found: list[int]) -> None:
    flows = masked_flows(columns(capture), masker(capture))
    assert np.flatnonzero(filter_flows(flows, text).mask).tolist() == found


def test_ports_stay_where_only_names_are_masked(capture: Capture) -> None:
    flows = masked_flows(columns(capture), masker(capture, kinds=frozenset({"names"})))
    assert str(flows.server_of(0)) == "203.0.113.77:8080"
    assert flows.title_of(0) == "host-2:8080"
    assert np.flatnonzero(filter_flows(flows, "port:8080").mask).tolist() == [0, 1]


def test_words_are_sorted_by_their_numbers() -> None:
    assert sorted(("client-10", "client-2"), key=_address_order) == ["client-2", "client-10"]


# -- searching --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "count"),
    [("app.internal.example", 0), ("host-2", 1), ("0123456789abcdef", 0), ("cookie", 1), ("host:host", 1), ("get", 1)],
)
def test_a_search_finds_what_is_shown(capture: Capture, text: str, count: int) -> None:
    reading = read(capture, 0)
    assert len(find(reading.analysis, reading, text, masker(capture)).rows) == count


# -- packets and contents ----------------------------------------------------------------------------------------------

MASKER = Masker(MASK_KINDS, (Masked("cookies", "secret", "cookie-1"),), (50944, 443))


def layers(*fields: Field, protocol: str = "HTTP/1.1", story: Story | None = None) -> PacketLayers:
    dissection = Dissection(protocol, "to 10.0.0.9", fields, Span(0, 4), Span(4, 8), "")
    return PacketLayers(0, (ByteRun("Frame", b"\x0a\x00\x00\x09"),), (ShownLayer(dissection, 0, story),), 0)


def masked_field(field: Field) -> Field:
    return masked_layers(layers(field), MASKER).layers[0].dissection.fields[0]


@pytest.mark.parametrize(
    ("name", "value", "text", "masked"),
    [
        ("Source Port", 50944, "50944", "port-1"),
        ("Destination Port", 9, "9", "port"),
        ("Source Address", "10.0.0.9", "10.0.0.9", "address"),
        ("Cookie", "a=b", "a=b", "[masked]"),  # too short to be known
        ("Set-Cookie", "x=secret", "x=secret", "x=cookie-1"),
        ("Random", b"\x01\x02", "0102", "[masked]"),
        ("Random", b"\x01" * 9, "01010101…", "[masked]"),
        ("Payload", b"hello", "hello", "[masked]"),
        ("Server Name", b"abc", "abc", "abc"),
        ("Window", 64240, "64240", "64240"),
    ],
)
def test_fields_are_masked_by_what_they_say_and_where_they_stand(
    name: str, value: int | bytes | str, text: str, masked: str
) -> None:
    field = masked_field(Field(name, value, text, Span(0, 2)))
    assert field.text == masked
    assert field.value == (value if masked == text else None)


def test_a_certificate_is_masked_but_for_its_form() -> None:
    inner = (Field("Version", 2, "v3 (2)", Span(0, 1)), Field("Serial Number", b"\x07", "0x07", Span(1, 2)))
    masked = masked_field(Field("Certificate", None, "of somebody", Span(0, 2), inner))
    assert [masked.text, *(child.text for child in masked.children)] == ["[masked]", "v3 (2)", "[masked]"]


@pytest.mark.parametrize(
    ("family", "title", "text", "masked"),
    [
        ("http", "HTTP/1.1 request", ("GET /", "Cookie: a=b"), ("GET /", "Cookie: [masked]")),
        ("http", "HTTP/1.1 response", ("200", "", "one", "two"), ("200", "", "[masked]")),
        ("http", "WebSocket", ("one", "two"), ("[masked]",)),
        ("tcp", "Data", ("one",), ("[masked]",)),
        ("tcp", "Data", (), ()),
    ],
)
def test_the_lines_of_a_body_are_masked(
    family: str, title: str, text: tuple[str, ...], masked: tuple[str, ...]
) -> None:
    told = masked_layers(layers(story=Story(family, 0, title, text=text)), MASKER).layers[0].story  # type: ignore[arg-type]
    assert told is not None
    assert told.text == masked


def test_there_are_as_many_bytes_and_none_of_them_is_told() -> None:
    shown = masked_layers(layers(), MASKER)
    assert shown.runs[0].data == bytes(4)
    assert shown.layers[0].dissection.summary == "to address"
    plain = layers()
    assert masked_layers(plain, Masker(())) is plain


def test_content_is_masked_as_a_whole_or_line_by_line() -> None:
    form = Content(Kind.FORM, "x/y", "of 10.0.0.9\nsecret", (FormPair("a", "at 10.0.0.9"),))
    found = MessageContent(b"0123", form, 4)
    whole = masked_content(found, MASKER)
    assert (whole.octets, whole.content) == (bytes(4), Content(Kind.TEXT, "x/y", "[masked]"))
    lines = masked_content(found, Masker({"addresses"}))
    assert (lines.octets, lines.content.text) == (bytes(4), "of address\nsecret")
    assert lines.content.pairs[0].value == "at address"


def test_the_list_of_what_is_masked(capture: Capture) -> None:
    reading = read(capture, 0)
    found = mask_list(capture, reading.analysis.flow, reading.messages)
    listed = [(one.kind, one.original, one.word) for one in found]
    assert ("addresses", "10.9.8.7", "client-1") in listed
    assert ("ports", "8080", "port-2") in listed
    assert ("names", "third.internal.example", "host-0.1") in listed
    assert ("cookies", "sid=0123456789abcdef; a=b", "cookie-1") in listed
    assert [one[0] for one in listed].count("bodies") == 1
    assert [one.kind for one in found] == sorted((one.kind for one in found), key=MASK_KINDS.index)
