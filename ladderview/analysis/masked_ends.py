"""Which addresses and ports stand in the place of those of a capture, in packets that are masked?

Plan: an address has the same substitute in every flow and every file that is made of a capture, of its own family, from
the blocks that are kept for documentation: RFC 5737 and RFC 3849, and where those are full, RFC 2544's for benchmarks.
Clients and servers are told by their blocks. The order is that of the masker's words: client-3 has the third address.

Ports: the server's goes, too, for it tells a service as a name does. Wireshark then tells TLS, HTTP and HTTP/2 by their
first bytes. Substitutes lie where no protocol is registered; the client's is the higher one, by which a reader without
a SYN knows the client, and counts flows, so that flows of one capture never fall into one.

Trap: a capture may hold addresses of these blocks. None that it holds is given to anybody.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from itertools import chain

from ladderview.analysis.masking import Masker
from ladderview.capture.capture import Capture
from ladderview.capture.flows import Endpoint, Flow

_Address = ipaddress.IPv4Address | ipaddress.IPv6Address
_Network = ipaddress.IPv4Network | ipaddress.IPv6Network

#: (version of IP, role) -> blocks, in the order in which they are used.
_BLOCKS: dict[tuple[int, str], tuple[_Network, ...]] = {
    (4, "client"): (ipaddress.IPv4Network("192.0.2.0/24"), ipaddress.IPv4Network("198.18.0.0/16")),
    (4, "server"): (ipaddress.IPv4Network("198.51.100.0/24"), ipaddress.IPv4Network("198.19.0.0/16")),
    (6, "client"): (ipaddress.IPv6Network("2001:db8:c::/112"), ipaddress.IPv6Network("2001:db8:c:1::/64")),
    (6, "server"): (ipaddress.IPv6Network("2001:db8:5::/112"), ipaddress.IPv6Network("2001:db8:5:1::/64")),
}
#: Of ends that the masker does not number any more.
_OTHERS: dict[tuple[int, str], str] = {
    (4, "client"): "203.0.113.1", (4, "server"): "203.0.113.2",
    (6, "client"): "2001:db8:ff::1", (6, "server"): "2001:db8:ff::2",
}  # fmt: skip

#: First port of servers and of clients, and how many flows have one of their own.
_SERVER_PORTS, _CLIENT_PORTS, _MOST_PORTS = 40_001, 50_001, 15_000
#: Flows that are looked at for the ports of servers.
_MOST_FLOWS = 20_000


class FreshEnds:
    """The ends of one flow as a reader of masked packets sees them.

    Attributes:
        addresses: packed, the client's and the server's; 4 or 16 bytes each.
        ports: the client's and the server's.
    """

    def __init__(self, capture: Capture, flow: Flow, masker: Masker) -> None:
        ends = flow.client, flow.server
        self.addresses = _addresses(ends, masker) if "addresses" in masker.kinds else tuple(map(packed, ends))
        self.ports = _ports(capture, flow) if "ports" in masker.kinds else (flow.client.port, flow.server.port)


def packed(end: Endpoint) -> bytes:
    """The address as it stands in a packet."""
    return ipaddress.ip_address(end.address).packed


def _addresses(ends: tuple[Endpoint, Endpoint], masker: Masker) -> tuple[bytes, ...]:
    given = _substitutes(masker)
    found = []
    for end, role in zip(ends, ("client", "server"), strict=True):
        address = ipaddress.ip_address(end.address)
        found.append(given.get(address.packed) or ipaddress.ip_address(_OTHERS[address.version, role]).packed)
    return tuple(found)


def _substitutes(masker: Masker) -> dict[bytes, bytes]:
    """By packed address, the one in its place: of all ends that the masker has words for."""
    words = {ipaddress.ip_address(one.original): one.word for one in masker.known if one.kind == "addresses"}
    taken = {address.packed for address in words}
    free: dict[tuple[int, str], Iterator[bytes]] = {key: _free(blocks, taken) for key, blocks in _BLOCKS.items()}
    return {address.packed: next(free[address.version, word.partition("-")[0]]) for address, word in words.items()}


def _free(blocks: tuple[_Network, ...], taken: set[bytes]) -> Iterator[bytes]:
    hosts: Iterator[_Address] = chain.from_iterable(block.hosts() for block in blocks)
    return (host.packed for host in hosts if host.packed not in taken)


def _ports(capture: Capture, flow: Flow) -> tuple[int, int]:
    flows = capture.flows
    known = dict.fromkeys(flows.server[number].port for number in range(min(len(flows), _MOST_FLOWS)))
    ranks = {port: rank for rank, port in enumerate(known)}
    server = _SERVER_PORTS + ranks.get(flow.server.port, len(ranks)) % (_CLIENT_PORTS - _SERVER_PORTS - 1)
    client = _CLIENT_PORTS + flow.id % (_MOST_PORTS - 1)
    return client + (client == flow.client.port), server + (server == flow.server.port)
