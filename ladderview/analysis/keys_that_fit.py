"""Does a key log belong to a capture at all? Said when it is loaded, or a log of another day would be silence.

Plan: a secret stands beside the random of the Client Hello of its connection (RFC 9850 section 2). Most flows of TLS
begin with that hello, and one that fits is enough.

Traps: behind CONNECT or STARTTLS a hello is not the first thing said: where a flow may hold one, nobody is told that no
secret fits. Some secrets stand beside something else (a session ID, an encrypted premaster secret): the same holds.
"""

from __future__ import annotations

from typing import Final

from ladderview.analysis.flow_protocols import first_payloads, payload_bytes
from ladderview.capture.capture import Capture
from ladderview.progress import Progress, no_progress
from ladderview.proto.keylog import KeyLog
from ladderview.proto.peek import client_random

#: Flows that are looked at in one go.
_BATCH: Final = 1 << 13
#: Methods whose requests turn no connection into TLS (RFC 9110 section 9.3).
_NO_TUNNEL: Final = (b"GET ", b"HEAD ", b"POST ", b"PUT ")


def no_secret_fits(capture: Capture, keylog: KeyLog, progress: Progress = no_progress) -> bool:
    """Whether flows say hello, and certainly no secret is for one of them.

    Raises:
        CaptureChanged: the file was cut short or replaced since it was read.
        Cancelled: by ``progress``, which counts flows.
    """
    randoms = keylog.randoms
    if not randoms:
        return False
    count, hellos = len(capture.flows), 0
    for start in range(0, count, _BATCH):
        progress(start, count)
        for packet in first_payloads(capture, start, min(start + _BATCH, count))[:, 0].tolist():
            said = payload_bytes(capture, packet) if packet >= 0 else b""
            random = client_random(said)
            if random in randoms or (said and random is None and not said.startswith(_NO_TUNNEL)):
                return False
            hellos += random is not None
    return hellos > 0
