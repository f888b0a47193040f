"""Whose addresses may stand in what comes with the program? Nobody's: those reserved to be printed or used at home."""

from __future__ import annotations

import ipaddress

from ladderview.capture.capture import Capture

#: RFC 5737, RFC 1918, RFC 3849.
_BLOCKS = [ipaddress.ip_network(block) for block in ("198.51.100.0/24", "10.0.0.0/8", "2001:db8::/32")]


def somebodys_addresses(capture: Capture) -> set[str]:
    """The addresses in the flows of a capture that may belong to somebody."""
    flows = [capture.flows.flow(flow_id) for flow_id in range(len(capture.flows))]
    addresses = {end.address for flow in flows for end in (flow.client, flow.server)}
    return {one for one in addresses if not any(ipaddress.ip_address(one) in block for block in _BLOCKS)}
