"""What does the list of flows show? Its columns: how each is titled, worded, sorted and compared.

Plan: ``COLUMNS`` is the table; a column is one entry in it. Everything that takes a pass over all flows (texts to
search, ranks of addresses to sort by) is made once by ``flow_columns``, on the thread that loads the capture, so
that sorting is one argsort and filtering one mask however many flows there are.

Traps: sides can be swapped by the user, flow by flow. ``swapped`` says which; whoever reads a client or a server
goes through ``FlowColumns.client_of`` and its sisters and never straight to the table.
"""

from __future__ import annotations

import re
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ladderview.analysis.flow_protocols import FlowProtocols
from ladderview.analysis.outcome import WORDS, Outcome
from ladderview.analysis.verdicts import PROBLEM_WORDS, Verdict
from ladderview.analysis.words import byte_words, duration, grouped
from ladderview.capture.flows import Endpoint, FlowTable

#: Outcomes that are a problem in themselves.
#: A host that names its port: of an IPv6 address in brackets, or of a name (RFC 3986 section 3.2).
_NAMED_PORT = re.compile(r"^(?:\[[^\]]*\]|[^:]*):(\d{1,5})$")

_BAD_ENDS = frozenset(
    WORDS[outcome]
    for outcome in (
        Outcome.RESET_BY_CLIENT,
        Outcome.RESET_BY_SERVER,
        Outcome.REFUSED,
        Outcome.NO_ANSWER,
        Outcome.HANDSHAKE_INCOMPLETE,
    )
)

Counts = Mapping[Verdict, NDArray[np.integer]]

#: What a number is measured in, and so how a person reads it and types it into the filter box.
NUMBER, BYTES, TIME, TEXT = "number", "bytes", "time", "text"


@dataclass(frozen=True)
class FlowColumns:
    """Everything the flow list shows, one row a flow, in the order of ``tcp.stream``.

    Attributes:
        table: the flows.
        names: address to host name.
        outcome: one word group a flow ("complete", "reset by server" ...).
        handshake_rtt_ns: int64, or -1 where the handshake is not in the capture.
        problems: verdict to counts (one integer a flow), or None while they are still being counted.
        swapped: the flows whose sides the user swapped.
        said: protocol and host by what each flow's first messages say, or None while they are still being read.
    """

    table: FlowTable
    names: Mapping[str, str]
    outcome: list[str]
    handshake_rtt_ns: NDArray[np.int64]
    problems: Counts | None = None
    swapped: frozenset[int] = frozenset()
    said: FlowProtocols | None = None

    def __len__(self) -> int:
        return len(self.table)

    def client_of(self, flow_id: int) -> Endpoint:
        """The client, after swapping."""
        return self.table.server[flow_id] if flow_id in self.swapped else self.table.client[flow_id]

    def server_of(self, flow_id: int) -> Endpoint:
        """The server, after swapping."""
        return self.table.client[flow_id] if flow_id in self.swapped else self.table.server[flow_id]

    def host_of(self, flow_id: int) -> str:
        """The server's name: what the client asked for, else what the capture calls its address; else empty."""
        return (self.said.host[flow_id] if self.said else "") or self.names.get(self.server_of(flow_id).address, "")

    def protocol_of(self, flow_id: int) -> str:
        """What the flow speaks ("TLS 1.3", "TLS 1.2 · h2"), or the empty string."""
        return self.said.protocol[flow_id] if self.said else ""

    def title_of(self, flow_id: int) -> str:
        """What a person calls this flow: the server's name (and port, if no web server's), else its address.

        A host may name its port itself (RFC 9110 section 7.2); it is another one where a proxy was asked.
        """
        server, host = self.server_of(flow_id), self.host_of(flow_id)
        if not host:
            return str(server)
        port = str(server).rpartition(":")[2]
        if named := _NAMED_PORT.search(host):
            return host if named[1] == port or not port.isdigit() else f"{host} via :{port}"
        return f"{host}:{port}" if port.isdigit() and server.port not in (80, 443) else host

    def problems_of(self, flow_id: int) -> list[tuple[Verdict, str]]:
        """The pills: "3 retransmissions", worst first; a single one goes without its number ("zero window")."""
        words: list[tuple[Verdict, str]] = []
        for verdict, (one, many) in PROBLEM_WORDS.items():
            count = int(self.problems[verdict][flow_id]) if self.problems and verdict in self.problems else 0
            if count:
                words.append((verdict, one if count == 1 else f"{grouped(count)} {many}"))
        return words

    def pills_of(self, flow_id: int) -> list[str]:
        """What a card says in pills: a bad end first, which says more than its reset would, then problems."""
        problems, outcome = self.problems_of(flow_id), self.outcome[flow_id]
        if outcome not in _BAD_ENDS:
            return [words for _, words in problems]
        return [outcome, *(words for verdict, words in problems if verdict is not Verdict.RESET)]

    @cached_property
    def problem_total(self) -> NDArray[np.int64]:
        """int64: how many problems each flow has, all kinds together."""
        total = np.zeros(len(self), np.int64)
        for verdict in PROBLEM_WORDS:
            if self.problems and verdict in self.problems:
                total += self.problems[verdict].astype(np.int64)
        return total

    @cached_property
    def duration_ns(self) -> NDArray[np.int64]:
        """int64: from the first packet of the flow to its last."""
        return self.table.end_ns - self.table.start_ns

    @cached_property
    def start_ns(self) -> NDArray[np.int64]:
        """int64: from the first packet of any flow to the first of this one."""
        return self.table.start_ns - (self.table.start_ns.min() if len(self) else 0)

    @cached_property
    def client_bytes(self) -> NDArray[np.int64]:
        """int64: payload bytes that the client sent, after swapping."""
        return self._by_side(self.table.client_bytes, self.table.server_bytes)

    @cached_property
    def server_bytes(self) -> NDArray[np.int64]:
        """int64: payload bytes that the server sent, after swapping."""
        return self._by_side(self.table.server_bytes, self.table.client_bytes)

    def _by_side(self, own: NDArray[np.uint64], other: NDArray[np.uint64]) -> NDArray[np.int64]:
        column = own.astype(np.int64)
        for flow_id in self.swapped:
            column[flow_id] = int(other[flow_id])
        return column

    @cached_property
    def _ends(self) -> tuple[list[Endpoint], list[Endpoint]]:
        """All clients and all servers, after swapping: worded once, not once for every column."""
        clients, servers = list(self.table.client[:]), list(self.table.server[:])
        for flow_id in self.swapped:
            clients[flow_id], servers[flow_id] = servers[flow_id], clients[flow_id]
        return clients, servers

    @cached_property
    def client_rank(self) -> NDArray[np.int64]:
        """int64: sorts by the client's address and port, as numbers."""
        return _endpoint_ranks(self._ends[0])

    @cached_property
    def server_rank(self) -> NDArray[np.int64]:
        """int64: sorts by the server's address and port, as numbers."""
        return _endpoint_ranks(self._ends[1])

    @cached_property
    def host_rank(self) -> NDArray[np.int64]:
        """int64: sorts by the server's name, flows without one last."""
        return _text_ranks(self._hosts)

    @cached_property
    def protocol_rank(self) -> NDArray[np.int64]:
        """int64: sorts by the words of the protocol, flows without one last."""
        return _text_ranks(self.said.protocol if self.said else [""] * len(self))

    @cached_property
    def _hosts(self) -> list[str]:
        named = [self.names.get(server.address, "") for server in self._ends[1]]
        return [host or name for host, name in zip(self.said.host, named, strict=True)] if self.said else named

    @cached_property
    def outcome_rank(self) -> NDArray[np.int64]:
        """int64: sorts by the words of the outcome."""
        return _text_ranks(self.outcome)

    @property
    def has_hosts(self) -> bool:
        """Whether the name of any server is known."""
        return any(self._hosts)

    @property
    def has_protocols(self) -> bool:
        """Whether the protocol of any flow is known."""
        return self.said is not None and any(self.said.protocol)

    @cached_property
    def client_text(self) -> list[str]:
        """The client's address, port and name in lower case, to be searched."""
        return [self._side_text(client) for client in self._ends[0]]

    @cached_property
    def server_text(self) -> list[str]:
        """The server's address, port and names, and the protocol, in lower case, to be searched."""
        texts = [self._side_text(server) for server in self._ends[1]]
        if self.said is None:
            return texts
        said = zip(texts, self.said.host, self.said.protocol, strict=True)
        return [" ".join(filter(None, (text, host.lower(), protocol.lower()))) for text, host, protocol in said]

    @cached_property
    def ports(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """int64 each: the clients' ports and the servers'."""
        return self.client_rank & 0xFFFF, self.server_rank & 0xFFFF

    def _side_text(self, end: Endpoint) -> str:
        name = self.names.get(end.address)
        return f"{end} {name.lower()}" if name else str(end)

    def warm(self) -> FlowColumns:
        """Make now, on a worker thread, what sorting and searching would otherwise make on the window's."""
        for column in COLUMNS:
            column.sort_key(self)
        _ = self.client_text, self.server_text
        return self

    def with_problems(self, problems: Counts) -> FlowColumns:
        """The same flows with their problems counted."""
        return self._carry_over(replace(self, problems=problems), lambda name: name != "problem_total")

    def with_said(self, said: FlowProtocols) -> FlowColumns:
        """The same flows with what their first messages say."""
        changed = ("host_rank", "protocol_rank", "_hosts", "server_text")
        return self._carry_over(replace(self, said=said), lambda name: name not in changed)

    def with_swapped(self, flow_id: int) -> FlowColumns:
        """The same flows with the sides of this one swapped, or swapped back."""
        sideless = ("problem_total", "duration_ns", "start_ns", "outcome_rank", "protocol_rank")
        return self._carry_over(replace(self, swapped=self.swapped ^ {flow_id}), lambda name: name in sideless)

    def _carry_over(self, new: FlowColumns, still_true: Callable[[str], bool]) -> FlowColumns:
        """Give ``new`` the columns that were made for this one and are still true of it."""
        made = (name for name, value in vars(type(self)).items() if isinstance(value, cached_property))
        new.__dict__.update({name: self.__dict__[name] for name in made if name in self.__dict__ and still_true(name)})
        return new


def _address_order(address: str) -> tuple[int, bytes]:
    """IPv4 before IPv6, each by number; what is neither comes last, by its text."""
    for family in (socket.AF_INET, socket.AF_INET6):
        try:
            return (family is socket.AF_INET6, socket.inet_pton(family, address))
        except OSError:
            continue
    return (2, re.sub(r"\d+", lambda digits: digits[0].zfill(8), address).encode())  # "client-2" before "client-10"


def _endpoint_ranks(endpoints: list[Endpoint]) -> NDArray[np.int64]:
    """A number for each endpoint that sorts as (address, port); equal endpoints have equal numbers."""
    addresses = sorted({endpoint.address for endpoint in endpoints}, key=_address_order)
    rank = {address: position for position, address in enumerate(addresses)}
    return np.fromiter((rank[e.address] << 16 | e.port for e in endpoints), np.int64, len(endpoints))


def _text_ranks(texts: list[str]) -> NDArray[np.int64]:
    """A number for each text that sorts as the text does, empty ones last."""
    ordered = sorted(set(texts), key=lambda text: (not text, text.lower()))
    rank = {text: position for position, text in enumerate(ordered)}
    return np.fromiter((rank[text] for text in texts), np.int64, len(texts))


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the flow list.

    Attributes:
        key: its name in the filter box.
        title, hint: the header and its tooltip.
        unit: NUMBER, BYTES, TIME or TEXT.
        text: how a person reads the cell.
        sort_key: int64, one a flow; the list is sorted by it. For NUMBER, BYTES and TIME it is also the value
            itself (bytes, nanoseconds), which the filter box compares with; -1 is "unknown".
        width: em, a first guess for the table.
    """

    key: str
    title: str
    hint: str
    unit: str
    text: Callable[[FlowColumns, int], str]
    sort_key: Callable[[FlowColumns], NDArray[np.int64]]
    width: float


def _problem_text(flows: FlowColumns, flow_id: int) -> str:
    return ", ".join(words for _, words in flows.problems_of(flow_id))


def _rtt_text(flows: FlowColumns, flow_id: int) -> str:
    rtt_ns = int(flows.handshake_rtt_ns[flow_id])
    return duration(rtt_ns) if rtt_ns >= 0 else "—"


COLUMNS: tuple[Column, ...] = (
    Column(
        "flow", "No.", "tcp.stream, as Wireshark numbers it", NUMBER,
        lambda f, i: str(i),
        lambda f: np.arange(len(f), dtype=np.int64), 5,
    ),
    Column(
        "host", "Host", "Whom the client asked for, else the server's name by DNS answers and name resolution", TEXT,
        lambda f, i: f.host_of(i),
        lambda f: f.host_rank, 13,
    ),
    Column("protocol", "Protocol", "What is spoken inside TCP, by the first messages of both ends", TEXT,
        lambda f, i: f.protocol_of(i), lambda f: f.protocol_rank, 8),
    Column("client", "Client", "Who opened the connection", TEXT,
        lambda f, i: str(f.client_of(i)), lambda f: f.client_rank, 12.5),
    Column("server", "Server", "Who was connected to", TEXT,
        lambda f, i: str(f.server_of(i)), lambda f: f.server_rank, 12.5),
    Column("outcome", "Outcome", "How the connection ended", TEXT,
        lambda f, i: f.outcome[i], lambda f: f.outcome_rank, 12.5),
    Column("problem", "Problems", "What went wrong, in Wireshark's words", TEXT,
        _problem_text, lambda f: f.problem_total, 18),
    Column("packets", "Packets", "Packets of both directions", NUMBER,
        lambda f, i: grouped(int(f.table.packets[i])), lambda f: f.table.packets.astype(np.int64), 7),
    Column("sent", "Sent", "Payload bytes that the client sent", BYTES,
        lambda f, i: byte_words(int(f.client_bytes[i])), lambda f: f.client_bytes, 6.5),
    Column("received", "Received", "Payload bytes that the server sent", BYTES,
        lambda f, i: byte_words(int(f.server_bytes[i])), lambda f: f.server_bytes, 7.5),
    Column("start", "Start", "Time of the first packet, from the first packet of all flows", TIME,
        lambda f, i: duration(int(f.start_ns[i])), lambda f: f.start_ns, 7.5),
    Column("duration", "Duration", "From the first packet to the last", TIME,
        lambda f, i: duration(int(f.duration_ns[i])), lambda f: f.duration_ns, 7.5),
    Column("rtt", "Handshake", "Round-trip time of the handshake: from the SYN to the ACK of the SYN, ACK", TIME,
        _rtt_text, lambda f: f.handshake_rtt_ns, 8.5),
)  # fmt: skip

BY_KEY: dict[str, Column] = {column.key: column for column in COLUMNS}
