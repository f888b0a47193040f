"""What a masked output of a flow must not hold: found in the bytes of the flow, without any help of the masker.

Names, cookies and credentials are found by patterns over all layers of bytes, decrypted ones included, and not by the
messages that were read of them; bodies also without their codings.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ladderview.analysis.message import Octets
from ladderview.analysis.message_content import content_of_message, has_content
from ladderview.analysis.messages import Messages
from ladderview.capture.capture import Capture
from ladderview.capture.flows import Flow
from ladderview.proto.http_message import HttpMessage

_MOST = 1 << 20
_LINKTYPE_ETHERNET = 1
#: Shortest text that is looked for, and shortest line of a body.
_SHORTEST, _SHORTEST_LINE = 4, 12

#: server_name (RFC 6066 section 3): type 0, length of the extension, of the list, name type 0, length, name.
_SNI = re.compile(rb"\0\0\0(?P<a>.)\0(?P<b>.)\0\0(?P<c>.)([!-~]+)", re.DOTALL)
#: A common name, an organisation, a locality (X.520) as a string; a dNSName (RFC 5280 section 4.2.1.6).
_ATTRIBUTE = re.compile(rb"\x06\x03\x55\x04[\x03\x07\x0a\x0b][\x0c\x13\x16](.)([ -~]+)", re.DOTALL)
#: Ciphertext has shorter ones by chance: of four characters in one flow of some thousand.
_DNS_NAME = re.compile(rb"\x82([\x08-\xff])([A-Za-z0-9*.-]{8,})", re.DOTALL)
_FIELD = re.compile(
    rb"(?im)^(host|cookie|set-cookie|authorization|proxy-authorization|referer|origin): *([^\r\n]+)\r?$"
)


def texts(capture: Capture, messages: Messages, flow: Flow) -> set[bytes]:
    """All texts that are to be found nowhere, in lower case."""
    found = {flow.client.address.encode(), flow.server.address.encode()}
    found |= {name.encode() for name in capture.host_names.values()}
    for layer in messages.layers:
        for stream in layer.streams:
            found |= set(_told(_all(stream)))
    found |= set(_values(messages)) | set(_lines(messages))
    return {text.lower() for text in found if len(text) >= _SHORTEST and not text.isdigit()}


def packed(capture: Capture, flow: Flow) -> set[bytes]:
    """Addresses as they stand in packets: of both ends, and of the stations that carried the frames."""
    from ipaddress import ip_address

    found = {ip_address(end.address).packed for end in (flow.client, flow.server)}
    for packet in flow.packets.tolist():
        if capture.interfaces[int(capture.packets.iface[packet])].linktype == _LINKTYPE_ETHERNET:
            head = capture.packet_bytes(packet)
            found |= {head[:6], head[6:12]}
    return {octets for octets in found if any(octets)}


def _all(stream: Octets) -> bytes:
    return stream.read(0, min(len(stream), _MOST))


def _told(data: bytes) -> Iterator[bytes]:
    """Names and secrets that stand in bytes."""
    for match in _SNI.finditer(data):
        size = match["c"][0]
        if match["a"][0] == size + 5 and match["b"][0] == size + 3 and len(match[4]) >= size:
            yield match[4][:size]
    for pattern in (_ATTRIBUTE, _DNS_NAME):
        for match in pattern.finditer(data):
            if len(match[2]) >= match[1][0] > 0:
                yield match[2][: match[1][0]]
    for match in _FIELD.finditer(data):
        value = match[2].strip()
        if match[1].lower() in {b"host", b"referer", b"origin"}:
            yield value.partition(b"//")[2].partition(b"/")[0] if b"//" in value else value.partition(b":")[0]
        else:
            yield value


def _values(messages: Messages) -> Iterator[bytes]:
    """Of HTTP/2, whose fields are compressed."""
    for message in messages.messages:
        if isinstance(message.content, HttpMessage):
            for line in message.content.headers:
                if line.name.lower() in {"cookie", "set-cookie", "authorization"}:
                    yield line.value.encode()
                    yield from (pair.partition("=")[2].strip().encode() for pair in line.value.split(";")[:1])
                elif line.name.lower() == ":authority":
                    yield line.value.partition(":")[0].encode()


def _lines(messages: Messages) -> Iterator[bytes]:
    """Lines of bodies, as they were sent and decoded."""
    for message in messages.messages:
        if not has_content(message):
            continue
        body = content_of_message(messages, message).octets
        for line in body.splitlines():
            plain = line.strip()
            if len(plain) >= _SHORTEST_LINE and plain.isascii() and plain.decode().isprintable():
                yield plain
