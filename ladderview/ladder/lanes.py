"""Who stands at the head of each lifeline?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ladderview.capture.flows import ClientKnownBy, Flow


@dataclass(frozen=True, slots=True)
class Lane:
    """One lifeline.

    Attributes:
        name: "Client", "Server", or what a person called it.
        host: a name for its address, or the empty string.
        address: "192.0.2.10:443".
        remark: what a reader must know before trusting it, or the empty string.
    """

    name: str
    host: str
    address: str
    remark: str = ""


#: What the ends are called where nobody calls them something else.
ROLES = ("Client", "Server")

#: New names of lanes, by lane.
Names = Mapping[int, str]


def lanes_of(flow: Flow, server_name: str, silent: tuple[bool, bool], names: Names) -> tuple[Lane, ...]:
    """The two lanes of a flow; ``silent`` tells of which end no packet was captured."""
    guessed = "assumed" if flow.client_known_by in {ClientKnownBy.PORT, ClientKnownBy.FIRST_PACKET} else ""
    ends = ((ROLES[0], "", flow.client), (ROLES[1], server_name, flow.server))
    return tuple(
        Lane(
            names.get(lane, role),
            "" if lane in names else host,
            str(endpoint),
            "no packets captured" if silent[lane] else guessed,
        )
        for lane, (role, host, endpoint) in enumerate(ends)
    )
