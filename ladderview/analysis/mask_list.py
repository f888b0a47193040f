"""What is there to mask in a flow and its capture? The list that a person looks through before sharing.

Of bodies and certificates nobody wants to read the originals in a list: a row each tells where they are.
"""

from __future__ import annotations

from ladderview.analysis.masking import MASK_KINDS, MASKED, Masked, flow_ports, masker_of
from ladderview.analysis.message import HandshakePart, Message
from ladderview.analysis.message_content import has_content
from ladderview.analysis.messages import Messages
from ladderview.capture.capture import Capture
from ladderview.capture.flows import Flow

#: Handshake type (RFC 8446 section 4).
_CERTIFICATE = 11


def mask_list(capture: Capture, flow: Flow, messages: Messages | None) -> list[Masked]:
    """Every original that is known, in the order of ``MASK_KINDS``."""
    masker = masker_of(capture, MASK_KINDS, flow, messages)
    found = list(masker.known)
    found += (Masked("ports", str(port), masker.port(port)) for port in dict.fromkeys(flow_ports(capture, flow.id)))
    for message in messages.messages if messages is not None else ():
        if has_content(message):
            found.append(Masked("bodies", _where(message), MASKED))
        elif isinstance(message.content, HandshakePart) and message.content.kind == _CERTIFICATE:
            found.append(Masked("certificates", _where(message), MASKED))
    order = {kind: place for place, kind in enumerate(MASK_KINDS)}
    return sorted(found, key=lambda one: order[one.kind])


def _where(message: Message) -> str:
    return f"of {message.summary}"
