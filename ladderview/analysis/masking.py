"""What must a reader of a shared ladder not learn, and what stands in its place?

Plan: one ``Masker`` knows the originals of a capture and of a flow, and every word that is shown or leaves the program
goes through its ``text``. It replaces what it knows wherever it stands (addresses, host names, cookies, credentials),
and what looks like an address although it was never seen. The same original has the same word in every view, every
flow and every export: numbers are given in the order of the capture's flows (``capture_words``); names that stand only
inside a flow, behind its first message, carry its number.

This is in ``analysis``, and not with the shapes, because texts without shapes (the log, the text of a packet) go
through it as well.

Traps: names are found whatever their case, and longer ones first, so that no part of one stays; a name of one label
("server") is replaced only where it stands alone. A capture may have 40 000 addresses: they are looked up where
something looks like one, for a pattern of them all would take seconds to make. A port is told from any other number by
what stands before it only. Sides may be swapped by a person; words follow the flow as it was captured.
"""

from __future__ import annotations

import ipaddress
import re
import weakref
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, get_args

from ladderview.analysis.certified import certified_names
from ladderview.analysis.flow_protocols import flow_protocols
from ladderview.analysis.masked_quotes import Quotes
from ladderview.analysis.message import HandshakePart
from ladderview.analysis.messages import Messages
from ladderview.capture.capture import Capture, CaptureChanged
from ladderview.capture.flows import Flow
from ladderview.proto.http_message import HttpMessage

MaskKind = Literal["addresses", "ports", "names", "cookies", "authorization", "bodies", "certificates"]
MASK_KINDS: tuple[MaskKind, ...] = get_args(MaskKind)

#: Flows whose ends get numbers of their own; addresses of further flows are just "address".
_MOST_FLOWS = 20_000

#: What stands where no word is known, and for an address that was never seen.
MASKED, _ADDRESS = "[masked]", "address"

#: Values shorter than this stand for themselves in too many places to be replaced everywhere.
_SHORTEST = 4

#: Header fields whose values are secrets (RFC 9110 section 11.6.2, RFC 6265 section 4).
SECRET_FIELDS: dict[str, MaskKind] = {
    "cookie": "cookies", "set-cookie": "cookies", "authorization": "authorization",
    "proxy-authorization": "authorization", "x-api-key": "authorization", "x-auth-token": "authorization",
}  # fmt: skip

#: Header fields that tell hosts.
HOST_FIELDS = frozenset({"host", ":authority", "origin", "referer", "location", "alt-svc", "server-timing", "via"})

_MAC = r"(?<![\w:])(?:[0-9a-fA-F]{2}:){5}[0-9a-fA-F]{2}(?![\w:])"
_IPV6 = r"\[?(?<![\w:])(?:[0-9a-fA-F]{0,4}:){2,8}[0-9a-fA-F.]{0,15}\]?"
#: An address is no part of a longer one.
_IPV4 = r"(?<!\d)(?<!\d\.)(?:\d{1,3}\.){3}\d{1,3}(?!\d|\.\d)"
#: What may be an address; ``is_address`` tells whether it is one.
LOOKS_LIKE_ADDRESS = (_MAC, _IPV6, _IPV4)
_ADDRESS_LIKE = re.compile("|".join(LOOKS_LIKE_ADDRESS))
HOST_NAME = re.compile(r"(?:[a-z0-9_*](?:[a-z0-9_-]*[a-z0-9_])?\.)+[a-z][a-z0-9-]*[a-z0-9]", re.IGNORECASE)
#: Whom a URL is for (RFC 3986 section 3.2), also where that has but one label.
_AUTHORITY = re.compile(r"://(?:[^\s/@]*@)?([^\s/?#,;\"'<>]+)")
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


@dataclass(frozen=True, slots=True)
class CaptureWords:
    """What a capture tells of all its flows.

    Attributes:
        addresses: both ends of the flows, as ``Endpoint`` writes them -> "client-1", "server-1" ...
        names: host names in lower case, without a final dot -> "host-1" ...
    """

    addresses: Mapping[str, str]
    names: Mapping[str, str]

    def known(self, kinds: frozenset[MaskKind]) -> Iterator[Masked]:
        """All of it that is of these kinds."""
        for kind, words in (("addresses", self.addresses), ("names", self.names)):
            if kind in kinds:
                yield from (Masked(kind, original, word) for original, word in words.items())


NO_WORDS = CaptureWords({}, {})


class Masker:
    """Puts words in the place of originals.

    Attributes:
        kinds: what is masked; nothing is where it is empty.
        text: the text with every original replaced.
        written: the same of what a person wrote, who may have quoted a body.
    """

    def __init__(
        self,
        kinds: Iterable[MaskKind],
        known: Iterable[Masked] = (),
        ports: Iterable[int] = (),
        words: CaptureWords = NO_WORDS,
        quotes: Iterable[Quotes] = (),
    ) -> None:
        """Take the originals that a flow tells, its ports, the client's first, and what its capture tells.

        The ports of several flows follow each other. ``quotes`` find what the flows have in their bodies.
        """
        self.kinds = frozenset(kinds)
        self._own, self._told = tuple(known), words
        addresses = {one.original.lower(): one.word for one in self._own if one.kind == "addresses"}
        self._addresses = words.addresses if not addresses else {**words.addresses, **addresses}
        own = {one.original.lower(): one.word for one in reversed(self._own) if one.kind != "addresses"}
        self._words = {**own, **words.names} if "names" in self.kinds else own
        numbered = reversed(list(enumerate(ports)))  # of equal ports the first counts
        self._ports = {port: f"port-{2 if at % 2 else 1}" for at, port in numbered}
        self._literal = _pattern_of(tuple(self._words))
        self._quotes = tuple(quotes) if "bodies" in self.kinds else ()
        self.text = lru_cache(maxsize=8192)(self._text)
        self.written = lru_cache(maxsize=1024)(self._written)

    @property
    def known(self) -> tuple[Masked, ...]:
        """The originals that it knows: those of the capture, then those of the flow."""
        return (*self._told.known(self.kinds), *self._own)

    def address(self, address: str) -> str:
        """The word for the address of an end."""
        return self._addresses.get(address.lower(), _ADDRESS) if "addresses" in self.kinds else address

    def name(self, name: str) -> str:
        """The word for a host name."""
        if "names" not in self.kinds or not name:
            return self.text(name)
        return self._words.get(name.lower().rstrip("."), "") or _changed(name, self.text(name), "host")

    def port(self, port: int) -> str:
        """The word for a port of the flow."""
        return self._ports.get(port, "port") if "ports" in self.kinds else str(port)

    def may_say(self, word: str) -> bool:
        """Whether a word in lower case may be one that stands in the place of an original, or a part of it."""
        return any(word in one for one in (*self._words.values(), *self._addresses.values(), *_FIXED_WORDS))

    def value(self, name: str, value: str) -> str:
        """The value of a header field of this name: what is secret does not stay, however short it is."""
        kind = SECRET_FIELDS.get(name.lower())
        masked = self.text(value)
        return _changed(value, masked, MASKED) if kind in self.kinds and value else masked

    def _written(self, text: str) -> str:
        for quotes in self._quotes:
            text = quotes.hidden(text)
        return self.text(text)

    def _text(self, text: str) -> str:
        """The text with every original replaced."""
        if not self.kinds:
            return text
        if "cookies" in self.kinds:
            text = _COOKIE_LINE.sub(rf"\1 {MASKED}", text)
        if "authorization" in self.kinds:
            text = _AUTHORIZATION_LINE.sub(rf"\1 {MASKED}", text)
        if self._literal is not None:
            text = self._literal.sub(lambda match: self._words.get(match[0].lower(), MASKED), text)
        if "addresses" in self.kinds:
            text = _ADDRESS_LIKE.sub(self._address_word, text)
        if "ports" in self.kinds:
            text = _PORT.sub(self._port, text)
        if "certificates" in self.kinds:
            text = _DISTINGUISHED.sub(rf"\1={MASKED}", text)
        if "names" in self.kinds:
            text = _NAMED_HOST.sub(self._named_host, text)
        return text

    def _address_word(self, match: re.Match[str]) -> str:
        """A word for what looks like an address and is one."""
        found = match[0].strip("[]")
        if _is_mac(found):
            return "mac-address"
        for text in dict.fromkeys((found, found.rstrip(":."))):  # a sentence may go on with a colon or a full stop
            word = self._addresses.get(text.lower()) or self._word_of_address(text)
            if word:
                return word + found[len(text) :]
        return match[0]

    def _word_of_address(self, text: str) -> str:
        """A word for an address that is written in another way, or was never seen; nothing for what is none."""
        try:
            address = ipaddress.ip_address(text)
        except ValueError:
            return ""
        if address.is_unspecified:
            return text
        inner = getattr(address, "ipv4_mapped", None) or address
        return self._addresses.get(str(inner), _ADDRESS)

    def _port(self, match: re.Match[str]) -> str:
        if match[3]:
            return f"{self._port_word(match[3])} → {self._port_word(match[4])}"
        return match[1] + self._port_word(match[2])

    def _port_word(self, digits: str) -> str:
        return self._ports.get(int(digits), "port")

    def _named_host(self, match: re.Match[str]) -> str:
        """A host name that nothing else told, in a place where only host names stand."""
        known = match[2].startswith(("host-", "client-", "server-", "address", MASKED))
        return match[0] if known else f"{match[1]}host"


def _changed(original: str, masked: str, word: str) -> str:
    """What was masked; the word alone where nothing of it was known."""
    return masked if masked != original else word


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


@lru_cache(maxsize=8)
def _pattern_of(words: tuple[str, ...]) -> re.Pattern[str] | None:
    """What finds any of these, the longest first; made once for those that a capture tells."""
    literal = "|".join(
        re.escape(word) if not word.isalnum() else rf"(?<![\w-]){re.escape(word)}(?![\w-])"
        for word in sorted(words, key=len, reverse=True)
    )
    return re.compile(literal, re.IGNORECASE) if literal else None


#: The words that stand for what has none of its own.
_FIXED_WORDS = (MASKED, _ADDRESS, "mac-address", "host", "port-1", "port-2")

NO_MASK = Masker(())


def masker_of(
    capture: Capture, kinds: Iterable[MaskKind], flow: Flow | None, messages: Messages | None = None
) -> Masker:
    """The masker of one flow: it knows what its capture tells, and what it says itself.

    Args:
        capture: every flow of it is known.
        kinds: what is masked.
        flow: the flow that is shown, or None where none is.
        messages: what the flow says, or None while that is not known.
    """
    return masker_of_several(capture, kinds, [(flow, messages)] if flow is not None else [])


def masker_of_several(
    capture: Capture, kinds: Iterable[MaskKind], shown: Iterable[tuple[Flow, Messages | None]]
) -> Masker:
    """The masker of several flows of a capture that are shown together: it knows what all of them say."""
    chosen = frozenset(kinds)
    if not chosen:
        return NO_MASK
    words = capture_words(capture)
    known: list[Masked] = []
    quotes: list[Quotes] = []
    ports: list[int] = []
    for flow, messages in shown:
        ports += flow_ports(capture, flow.id)
        if messages is not None:
            names = tuple(_own_names(words, flow, messages))
            hosts = {*words.names, *(one.original for one in names)} if "names" in chosen else set()
            told = (*names, *_secrets(messages), *_certified(flow, messages, hosts))
            known += (one for one in told if one.kind in chosen)
            quotes.append(Quotes(messages))
    return Masker(chosen, known, ports, words, quotes)


def flow_ports(capture: Capture, flow_id: int) -> tuple[int, int]:
    """The ports of a flow, the client's first, whatever sides a person sees."""
    return capture.flows.client[flow_id].port, capture.flows.server[flow_id].port


#: The words of the captures that are open, made once for each: it takes some milliseconds for a thousand flows.
_KEPT: dict[int, tuple[weakref.ref[Capture], CaptureWords]] = {}


def capture_words(capture: Capture) -> CaptureWords:
    """Words for what a capture tells of all its flows: the same whichever of them is looked at."""
    kept = _KEPT.get(id(capture))
    if kept is None or kept[0]() is not capture:
        key = id(capture)
        gone = weakref.ref(capture, lambda _: _KEPT.pop(key, None))
        kept = _KEPT[key] = gone, CaptureWords(_address_words(capture), _name_words(capture))
    return kept[1]


def _address_words(capture: Capture) -> dict[str, str]:
    """The ends of all flows: client-1, client-2 ..., server-1 ..."""
    words: dict[str, str] = {}
    clients = servers = 0
    count = min(len(capture.flows), _MOST_FLOWS)
    for client, server in zip(capture.flows.client[:count], capture.flows.server[:count], strict=True):
        if client.address not in words:
            clients += 1
            words[client.address] = f"client-{clients}"
        if server.address not in words:
            servers += 1
            words[server.address] = f"server-{servers}"
    return words


def _name_words(capture: Capture) -> dict[str, str]:
    """Host names by the capture's name resolution, then those that the flows ask for first, each in its order."""
    try:
        asked = flow_protocols(capture).host
    except CaptureChanged:
        asked = []
    told = (*capture.host_names.values(), *(_without_port(host) for host in asked))
    plain = dict.fromkeys(name.lower().rstrip(".") for name in told)
    named = (name for name in plain if name and not is_address(name))
    return {name: f"host-{number}" for number, name in enumerate(named, 1)}


def _without_port(host: str) -> str:
    name, _, port = host.rpartition(":")
    return name if port.isdigit() else host


def _own_names(words: CaptureWords, flow: Flow, messages: Messages) -> Iterator[Masked]:
    """Host names that stand only inside this flow."""
    seen = set(words.names)
    for name in _names_said(messages):
        plain = name.lower().rstrip(".")
        if plain and plain not in seen and not is_address(plain):
            seen.add(plain)
            yield Masked("names", plain, f"host-{flow.id}.{len(seen) - len(words.names)}")


#: Handshake type (RFC 8446 section 4) and bytes that are looked through for names.
_CERTIFICATE, _LOOKED_THROUGH = 11, 1 << 16


def _names_said(messages: Messages) -> Iterator[str]:
    """Host names that a flow tells: in its hellos, its certificates and its header fields."""
    yield _without_port(messages.host)
    for message in messages.messages:
        part = message.content
        if isinstance(part, HttpMessage):
            for line in part.headers:
                if line.name.lower() in HOST_FIELDS:
                    yield from HOST_NAME.findall(line.value)
                    yield from map(_without_port, _AUTHORITY.findall(line.value))
                    yield _without_port(line.value) if line.name.lower() in {"host", ":authority"} else ""
            yield from HOST_NAME.findall(part.target.partition("://")[2].partition("/")[0])
        elif isinstance(part, HandshakePart):
            for match in _NAMED_HOST.finditer(message.summary):
                yield match[2]
            if part.kind == _CERTIFICATE:
                try:
                    octets = messages.octets_of(message, _LOOKED_THROUGH)
                except CaptureChanged:
                    continue
                yield from _names_in_certificate(octets)


def _names_in_certificate(octets: bytes) -> Iterator[str]:
    """Host names in DER. A letter before one may be its length, and a "0" behind it the next SEQUENCE (X.690, 8.1)."""
    text = octets.decode("ascii", "replace")
    for match in HOST_NAME.finditer(text):
        starts = (start for start in (match.start(), match.start() + 1) if start)
        ends = ((start, start + octets[start - 1]) for start in starts)
        told = (text[start:end] for start, end in ends if end == match.end() or text[end : match.end()] == "0")
        yield next(told, match[0])


def _certified(flow: Flow, messages: Messages, hosts: Container[str]) -> Iterator[Masked]:
    """Whom the certificates of a flow name, besides hosts that have words of their own."""
    named = (name for name in certified_names(messages) if name.lower().rstrip(".") not in hosts)
    for number, name in enumerate(named, 1):
        yield Masked("certificates", name, f"certified-{flow.id}.{number}")


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
