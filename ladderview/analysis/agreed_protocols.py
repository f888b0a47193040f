"""Which protocol did both ends agree on inside TLS 1.3, in those flows that a key log opens?

Plan: below TLS 1.3 the Server Hello tells it in the clear (``flow_protocols``). In TLS 1.3 it stands in Encrypted
Extensions (RFC 8446 section 4.3.1), the first message under the handshake keys: the first packets of the flow are read
as any flow is, and what came out is asked. Flows whose client random no secret belongs to are not read.
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
#: The secret that opens Encrypted Extensions (draft-ietf-tls-keylogfile).
_LABEL: Final = "SERVER_HANDSHAKE_TRAFFIC_SECRET"


def with_agreed(capture: Capture, said: FlowProtocols, keys: Keys, progress: Progress = no_progress) -> FlowProtocols:
    """The same, with what the keys tell of flows that were "TLS 1.3".

    Raises:
        CaptureChanged: the file was cut short or replaced since it was read.
        Cancelled: by ``progress``, which counts flows.
    """
    if not len(keys.keylog):
        return said
    protocol = list(said.protocol)
    for flow_id, words in enumerate(protocol):
        if words == TLS13:
            progress(flow_id, len(protocol))
            protocol[flow_id] = BETWEEN.join((TLS13, *_agreed(capture, flow_id, keys)))
    return replace(said, protocol=protocol)


def _agreed(capture: Capture, flow_id: int, keys: Keys) -> tuple[str, ...]:
    """What is spoken inside the TLS of one flow; empty where that cannot be told."""
    packet = int(first_payloads(capture, flow_id, flow_id + 1)[0, 0])
    if packet < 0 or keys.keylog.secret(_LABEL, payload_bytes(capture, packet)[_RANDOM]) is None:
        return ()
    flow = capture.flows.flow(flow_id)
    segments = segments_of(capture, replace(flow, packets=flow.packets[:FIRST_PACKETS]))
    return read_messages(capture, segments, keys).protocols[1:]
