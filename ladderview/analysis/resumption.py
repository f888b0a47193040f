"""Which earlier connection knows the secret that this one resumes?

A handshake that resumes another one (RFC 5246 section 7.3, RFC 5077) only names its master secret, by session ID or
ticket. Where that was not learnt yet because the earlier flow was never looked at, the beginnings of the flows that can
have taught it are read: those that began before, of the same server first, the nearest first. So it does not matter
which flow a person looks at first.

Bounded: so many flows, and of each so many packets and bytes, for a handshake stands at the beginning.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

import numpy as np

from ladderview.analysis.arrivals import arrivals
from ladderview.analysis.collector import Collector
from ladderview.analysis.content import ContentReader
from ladderview.analysis.keys import Keys
from ladderview.analysis.segments import segments_of
from ladderview.analysis.streams import streams_of
from ladderview.analysis.tls_flow import TlsFlow
from ladderview.capture.capture import Capture
from ladderview.progress import Progress, no_progress

#: Flows that are looked into; packets and payload bytes of each.
MOST_FLOWS: Final = 256
_MOST_PACKETS: Final = 120
_MOST_BYTES: Final = 1 << 16


def learn_resumed(
    capture: Capture, flow_id: int, tls_flows: Iterable[TlsFlow], keys: Keys, progress: Progress = no_progress
) -> bool:
    """Look in earlier flows for what the connections of a flow resume; whether something was learnt.

    Raises:
        CaptureChanged: the file was cut short or replaced since it was read.
        Cancelled: by ``progress``.
    """
    wanted = [names for flow in tls_flows if (names := flow.resumes)]
    if not wanted or not (len(keys.keylog) or keys.rsa_keys):
        return False
    known = [_is_known(keys, names) for names in wanted]
    if not all(known):
        for candidate in _candidates(capture, flow_id):
            progress(0, 0)
            _read_beginning(capture, candidate, keys)
            known = [_is_known(keys, names) for names in wanted]
            if all(known):
                break
    return any(known)


def _is_known(keys: Keys, names: tuple[bytes, ...]) -> bool:
    return any(keys.pool.master(name) is not None for name in names)


def _candidates(capture: Capture, flow_id: int) -> Iterator[int]:
    """Flows that began before this one: those with the same server, then others, the nearest first."""
    flows = capture.flows
    server = flows.server[flow_id]
    begun = np.flatnonzero(flows.start_ns <= flows.start_ns[flow_id])
    order = begun[np.argsort(-flows.start_ns[begun], kind="stable")]
    near = [one for one in order[: MOST_FLOWS * 16].tolist() if one != flow_id]
    same = [one for one in near if flows.server[one] == server]
    own = set(same)
    others = [one for one in near if one not in own and flows.server[one].port == server.port]
    yield from [*same, *others][:MOST_FLOWS]


def _read_beginning(capture: Capture, flow_id: int, keys: Keys) -> None:
    """Read the handshake of a flow; what it teaches goes into the pool of the keys."""
    flow = capture.flows.flow(flow_id)
    streams = streams_of(capture, segments_of(capture, replace(flow, packets=flow.packets[:_MOST_PACKETS])))
    reader = ContentReader(Collector(*streams), 0, keys, [])
    done = 0
    for row, direction, offset, data, lost in arrivals(streams, reader.waits_for):
        if lost:
            reader.lost(direction, offset, offset + lost, row)
        else:
            reader.feed(direction, offset, data, row)
            done += len(data)
        if done > _MOST_BYTES:
            break
