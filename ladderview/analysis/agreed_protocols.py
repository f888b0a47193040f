"""Which protocol do both ends speak inside TLS, in those flows that a key log opens?

Plan: below TLS 1.3 the Server Hello tells in the clear what was agreed by ALPN (``flow_protocols``). In TLS 1.3 that
stands in Encrypted Extensions (RFC 8446 section 4.3.1), the first message under the handshake keys; and where nothing
was agreed, what is said tells it: the first packets of the flow are read as any flow is, and what came out is asked.
Flows whose client random no secret belongs to are not read.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from ladderview.analysis.flow_protocols import (
    BETWEEN,
    FIRST_PACKETS,
    TLS13,
    FlowProtocols,
    first_payloads,
    payload_bytes,
)
from ladderview.analysis.keys import Keys
from ladderview.analysis.messages import read_messages
from ladderview.analysis.segments import segments_of
from ladderview.capture.capture import Capture
from ladderview.progress import Progress, no_progress

#: Where the random stands in a first payload: behind record header, type, length and version (RFC 8446 section 4.1.2).
_RANDOM: Final = slice(11, 43)
#: The secrets that open Encrypted Extensions, and all of TLS 1.2 (draft-ietf-tls-keylogfile).
_LABELS: Final = {TLS13: "SERVER_HANDSHAKE_TRAFFIC_SECRET", "TLS 1.2": "CLIENT_RANDOM"}


def with_agreed(capture: Capture, said: FlowProtocols, keys: Keys, progress: Progress = no_progress) -> FlowProtocols:
    """The same, with what the keys tell of flows that were "TLS 1.3" or "TLS 1.2" and no more.

    Raises:
        CaptureChanged: the file was cut short or replaced since it was read.
        Cancelled: by ``progress``, which counts flows.
    """
    if not len(keys.keylog):
        return said
    protocol = list(said.protocol)
    for flow_id, words in enumerate(protocol):
        if words in _LABELS:
            progress(flow_id, len(protocol))
            protocol[flow_id] = BETWEEN.join((words, *_agreed(capture, flow_id, keys, _LABELS[words])))
    return replace(said, protocol=protocol)


def _agreed(capture: Capture, flow_id: int, keys: Keys, label: str) -> tuple[str, ...]:
    """What is spoken inside the TLS of one flow; empty where that cannot be told."""
    packet = int(first_payloads(capture, flow_id, flow_id + 1)[0, 0])
    if packet < 0 or keys.keylog.secret(label, payload_bytes(capture, packet)[_RANDOM]) is None:
        return ()
    flow = capture.flows.flow(flow_id)
    segments = segments_of(capture, replace(flow, packets=flow.packets[:FIRST_PACKETS]))
    return read_messages(capture, segments, keys).protocols[1:]
