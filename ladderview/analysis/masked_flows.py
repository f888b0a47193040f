"""What does the list of flows show of flows whose addresses, ports and names nobody is to learn?

Plan: the same columns with words in the place of ends and names. So whatever is done with a list (sort, filter, paint,
offer) is done with what is shown: a filter for an original finds nothing and confirms nothing, and one for a word
("host-1") finds what it stands for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import overload

from ladderview.analysis.flow_columns import FlowColumns
from ladderview.analysis.flow_protocols import FlowProtocols
from ladderview.analysis.masking import Masker
from ladderview.capture.flows import Endpoint


@dataclass(frozen=True, slots=True)
class MaskedEndpoint(Endpoint):
    """One end of a flow in words; its ``port`` is 0 where ports are masked, and ``port_word`` is what is shown."""

    port_word: str = ""

    def __str__(self) -> str:
        shown = f"[{self.address}]" if ":" in self.address else self.address
        return f"{shown}:{self.port_word}"


class MaskedEnds(Sequence[Endpoint]):
    """One end of each flow; worded when it is asked for."""

    def __init__(self, ends: Sequence[Endpoint], others: Sequence[Endpoint], masker: Masker, number: int) -> None:
        """Take these ends and those at the other side; ``number``: 1 for the clients, 2 for the servers."""
        self._ends, self._others, self._masker, self._number = ends, others, masker, number
        self._hides_ports = "ports" in masker.kinds

    def __len__(self) -> int:
        return len(self._ends)

    @overload
    def __getitem__(self, index: int) -> Endpoint: ...
    @overload
    def __getitem__(self, index: slice) -> list[Endpoint]: ...
    def __getitem__(self, index: int | slice) -> Endpoint | list[Endpoint]:
        if isinstance(index, slice):
            both = zip(self._ends[index], self._others[index], strict=True)
            return [self._masked(end, other) for end, other in both]
        return self._masked(self._ends[index], self._others[index])

    def _masked(self, end: Endpoint, other: Endpoint) -> Endpoint:
        address = self._masker.address(end.address)
        if not self._hides_ports:
            return MaskedEndpoint(address, end.port, str(end.port))
        number = 1 if end.port == other.port else self._number
        return MaskedEndpoint(address, 0, f"port-{number}")


def masked_flows(flows: FlowColumns, masker: Masker) -> FlowColumns:
    """The same flows, every address, port and name of which is a word."""
    if not masker.kinds:
        return flows
    table, said = flows.table, flows.said
    clients = MaskedEnds(table.client, table.server, masker, 1)
    servers = MaskedEnds(table.server, table.client, masker, 2)
    names = {masker.address(address): masker.name(name) for address, name in flows.names.items()}
    if said is not None:
        words = {host: masker.name(host) for host in set(said.host)}
        said = FlowProtocols(said.protocol, [words[host] for host in said.host])
    return replace(flows, table=replace(table, client=clients, server=servers), names=names, said=said)
