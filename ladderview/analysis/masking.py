"""What must a reader of a shared ladder not learn, and what stands in its place?

Plan: one ``Masker`` knows the originals of a capture and of a flow, and every word that leaves the program goes through
its ``text``. It replaces what it knows wherever it stands (addresses, host names, cookies, credentials), and what looks
like an address although it was never seen. The same original has the same word in every flow and every export: numbers
are given in the order of the capture's flows; names that only this flow tells carry its number.

This is in ``analysis``, and not with the shapes, because texts without shapes (the log, the text of a packet) go
through it as well.

Traps: names are found whatever their case, and longer ones first, so that no part of one stays. A port is told from any
other number by what stands before it only.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, get_args

from ladderview.analysis.message import HandshakePart
from ladderview.analysis.messages import Messages
from ladderview.capture.capture import Capture, CaptureChanged
from ladderview.capture.flows import Flow
from ladderview.proto.http_message import HttpMessage

MaskKind = Literal["addresses", "ports", "names", "cookies", "authorization", "bodies", "certificates"]
MASK_KINDS: tuple[MaskKind, ...] = get_args(MaskKind)

#: Flows whose ends get numbers of their own; addresses of further flows are just "address".
_MOST_FLOWS = 20_000

#: Values shorter than this stand for themselves in too many places to be replaced everywhere.
_SHORTEST = 4

#: Header fields whose values are secrets (RFC 9110 section 11.6.2, RFC 6265 section 4).
SECRET_FIELDS: dict[str, MaskKind] = {
    "cookie": "cookies", "set-cookie": "cookies", "authorization": "authorization",
    "proxy-authorization": "authorization", "x-api-key": "authorization", "x-auth-token": "authorization",
}  # fmt: skip

#: Header fields that tell hosts.
HOST_FIELDS = frozenset({"host", ":authority", "origin", "referer", "location", "alt-svc", "server-timing", "via"})

_IPV4 = r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\w]|\.\d)"
_IPV6 = r"(?<![\w:.])\[?(?:[0-9a-fA-F]{0,4}:){2,8}[0-9a-fA-F.]{0,15}\]?(?![\w:])"
_MAC = r"(?<![\w:])(?:[0-9a-fA-F]{2}:){5}[0-9a-fA-F]{2}(?![\w:])"
#: What may be an address; ``is_address`` tells whether it is one.
LOOKS_LIKE_ADDRESS = (_MAC, _IPV6, _IPV4)
#: An address is no part of a longer one.
_ALONE = r"(?<!\d)(?<!\d\.){}(?!\d|\.\d)"
HOST_NAME = re.compile(r"(?:[a-z0-9_*](?:[a-z0-9_-]*[a-z0-9_])?\.)+[a-z][a-z0-9-]*[a-z0-9]", re.IGNORECASE)
_NAMED_HOST = re.compile(r"(SNI=|Host: ?|CN=|://)([^\s,;)/\"']+)", re.IGNORECASE)
#: A port stands behind an address, a name or the word for one, behind "port", or on both sides of an arrow.
_PORT = re.compile(
    r"((?:(?:client|server)-\d+|address|host(?:-\d+(?:\.\d+)?)?|(?:\d{1,3}\.){3}\d{1,3}|\w\.[A-Za-z]{2,}|(?<=\w)\]):"
    r"|\b[Pp]ort:? )(\d{1,5})\b|\b(\d{1,5}) → (\d{1,5})\b"
)
_DISTINGUISHED = re.compile(r"\b(CN|O|OU|L|ST|C|emailAddress)=[^,;)]+")
_COOKIE_LINE = re.compile(r"(?im)^((?:set-)?cookie:).*$")
_AUTHORIZATION_LINE = re.compile(r"(?im)^((?:proxy-)?authorization:).*$")


@dataclass(frozen=True, slots=True)
class Masked:
    """One thing that is masked: what kind it is of, what it was, and what stands in its place."""

    kind: MaskKind
    original: str
    word: str


class Masker:
    """Puts words in the place of originals."""

    def __init__(self, kinds: Iterable[MaskKind], known: Iterable[Masked], ports: Iterable[int] = ()) -> None:
        """Take the originals that are known; ``ports`` are those of the flow, the client's first."""
        self.kinds = frozenset(kinds)
        self.known = tuple(known)
        self._words = {one.original.lower(): one.word for one in reversed(self.known)}
        self._ports = {port: f"port-{number}" for number, port in enumerate(dict.fromkeys(ports), 1)}
        addresses = {one.original.lower() for one in self.known if one.kind == "addresses"}
        literal = "|".join(
            _ALONE.format(re.escape(original)) if original in addresses else re.escape(original)
            for original in sorted(self._words, key=len, reverse=True)
        )
        self._literal = re.compile(literal, re.IGNORECASE) if literal else None
        looks = LOOKS_LIKE_ADDRESS if "addresses" in self.kinds else ()
        self._address = re.compile("|".join(looks)) if looks else None
        self.text = lru_cache(maxsize=8192)(self._text)

    def _text(self, text: str) -> str:
        """The text with every original replaced."""
        if "cookies" in self.kinds:
            text = _COOKIE_LINE.sub(r"\1 [masked]", text)
        if "authorization" in self.kinds:
            text = _AUTHORIZATION_LINE.sub(r"\1 [masked]", text)
        if self._literal is not None:
            text = self._literal.sub(lambda match: self._words[match[0].lower()], text)
        if self._address is not None:
            text = self._address.sub(_unknown_address, text)
        if "ports" in self.kinds:
            text = _PORT.sub(self._port, text)
        if "certificates" in self.kinds:
            text = _DISTINGUISHED.sub(r"\1=[masked]", text)
        if "names" in self.kinds:
            text = _NAMED_HOST.sub(self._named_host, text)
        return text

    def _port(self, match: re.Match[str]) -> str:
        if match[3]:
            return f"{self._port_word(match[3])} → {self._port_word(match[4])}"
        return match[1] + self._port_word(match[2])

    def _port_word(self, digits: str) -> str:
        return self._ports.get(int(digits), "port")

    def _named_host(self, match: re.Match[str]) -> str:
        """A host name that nothing else told, in a place where only host names stand."""
        known = match[2].startswith(("host-", "client-", "server-", "address", "[masked]"))
        return match[0] if known else f"{match[1]}host"


def _unknown_address(match: re.Match[str]) -> str:
    """A word for what looks like an address and is one."""
    if not is_address(match[0]):
        return match[0]
    return "mac-address" if _is_mac(match[0].strip("[]")) else "address"


def is_address(text: str) -> bool:
    """Whether a text, in brackets or not, is an address that tells somebody apart."""
    text = text.strip("[]")
    if _is_mac(text):
        return True
    try:
        return not ipaddress.ip_address(text).is_unspecified
    except ValueError:
        return False


def _is_mac(text: str) -> bool:
    return text.count(":") == 5 and len(text) == 17


NO_MASK = Masker((), ())


def masker_of(capture: Capture, kinds: Iterable[MaskKind], flow: Flow, messages: Messages | None = None) -> Masker:
    """The masker of one flow: it knows what its capture tells, and what it says itself."""
    chosen = frozenset(kinds)
    known: list[Masked] = []
    if "addresses" in chosen:
        known += _addresses(capture)
    if "names" in chosen:
        known += _names(capture, flow, messages)
    if messages is not None:
        known += (one for one in _secrets(messages) if one.kind in chosen)
    return Masker(chosen, known, (flow.client.port, flow.server.port))


def _addresses(capture: Capture) -> Iterator[Masked]:
    """The ends of all flows: client-1, client-2 ..., server-1 ..."""
    clients: dict[str, str] = {}
    flows = capture.flows
    words: dict[str, str] = {}
    servers = 0
    for flow in range(min(len(flows), _MOST_FLOWS)):
        client, server = flows.client[flow].address, flows.server[flow].address
        if client not in words:
            words[client] = clients.setdefault(client, f"client-{len(clients) + 1}")
        if server not in words:
            servers += 1
            words[server] = f"server-{servers}"
    for address, word in words.items():
        yield Masked("addresses", address, word)
        if ":" in address:  # as it may be written beside the form of RFC 5952
            yield Masked("addresses", ipaddress.ip_address(address).exploded, word)


def _names(capture: Capture, flow: Flow, messages: Messages | None) -> Iterator[Masked]:
    """Host names: those of the capture in its order, then those that only this flow tells."""
    told = dict.fromkeys(name.lower().rstrip(".") for name in capture.host_names.values())
    words = {name: f"host-{number}" for number, name in enumerate(filter(None, told), 1)}
    own = 0
    for name in _names_said(messages) if messages is not None else ():
        plain = name.lower().rstrip(".")
        if plain and plain not in words and not is_address(plain):
            own += 1
            words[plain] = f"host-{flow.id}.{own}"
    for name, word in words.items():
        yield Masked("names", name, word)


#: Handshake type (RFC 8446 section 4) and bytes that are looked through for names.
_CERTIFICATE, _LOOKED_THROUGH = 11, 1 << 16


def _names_said(messages: Messages) -> Iterator[str]:
    """Host names that a flow tells: in its hellos, its certificates and its header fields."""
    yield messages.host.rpartition(":")[0] if messages.host.rpartition(":")[2].isdigit() else messages.host
    for message in messages.messages:
        part = message.content
        if isinstance(part, HttpMessage):
            for line in part.headers:
                if line.name.lower() in HOST_FIELDS:
                    yield from HOST_NAME.findall(line.value)
                    yield line.value.rpartition(":")[0] if line.name.lower() in {"host", ":authority"} else ""
            yield from HOST_NAME.findall(part.target.partition("://")[2].partition("/")[0])
        elif isinstance(part, HandshakePart):
            for match in _NAMED_HOST.finditer(message.summary):
                yield match[2]
            if part.kind == _CERTIFICATE:
                try:
                    octets = messages.octets_of(message, _LOOKED_THROUGH)
                except CaptureChanged:
                    continue
                yield from HOST_NAME.findall(octets.decode("ascii", "replace"))


def _secrets(messages: Messages) -> Iterator[Masked]:
    """Cookies and credentials that a flow carries."""
    counts: dict[MaskKind, int] = {}
    seen: set[str] = set()
    for message in messages.messages:
        part = message.content
        if not isinstance(part, HttpMessage):
            continue
        for line in (*part.headers, *part.trailers):
            kind = SECRET_FIELDS.get(line.name.lower())
            for value in _values(kind, line.value) if kind is not None else ():
                if kind is not None and len(value) >= _SHORTEST and value not in seen:
                    seen.add(value)
                    counts[kind] = counts.get(kind, 0) + 1
                    yield Masked(kind, value, f"{'cookie' if kind == 'cookies' else 'credential'}-{counts[kind]}")


def _values(kind: MaskKind | None, value: str) -> Iterator[str]:
    """What of a field's value is secret: that of each cookie, the credentials behind the scheme."""
    yield value
    if kind == "cookies":
        for pair in value.split(";"):
            yield pair.partition("=")[2].strip()
    else:
        yield value.partition(" ")[2].strip()
