"""What is a message, or a phase, of this kind for, and what happens next? One short paragraph a kind, with RFC section.

A flight of several messages is explained message by message. What a segment is for is told by ``reasons``.
"""

from __future__ import annotations

from ladderview.analysis.message import (
    DATA,
    HTTP2,
    TLS,
    WEBSOCKET,
    HandshakePart,
    Message,
    RecordPart,
)
from ladderview.analysis.phases import Phase, PhaseKind
from ladderview.analysis.words import ENDS
from ladderview.proto.http_message import HttpMessage
from ladderview.proto.tls_names import is_tls13

#: By handshake type (RFC 8446 section 4, RFC 5246 section 7.4); of those that mean another thing in TLS 1.3, below 1.3.
_HANDSHAKE: dict[int, str] = {
    0: (
        "The {me} asks for a new handshake on the connection as it stands. The {peer} answers with a Client Hello, or "
        "ignores it (RFC 5246 §7.4.1.1)."
    ),
    1: (
        "The {me} begins the TLS handshake: it says which versions, cipher suites and groups it knows, which host it "
        "wants (SNI) and which protocols it could speak inside (ALPN), and sends random bytes that make this handshake "
        "unlike any other. In TLS 1.3 its key share comes along, so that the {peer} can answer with encrypted messages "
        "at once. The {peer} chooses in its Server Hello (RFC 8446 §4.1.2, RFC 5246 §7.4.1.2)."
    ),
    2: (
        "The {me} chooses: one version, one cipher suite out of those that the {peer} offered, and its own random "
        "bytes. What follows in this direction is its certificate and what belongs to the key exchange (RFC 5246 "
        "§7.4.1.3)."
    ),
    3: (
        "The {me} sends a cookie, which the {peer} has to return in a second Client Hello: this proves that it can be "
        "reached at its address (RFC 6347 §4.2.1)."
    ),
    4: (
        "A ticket with which the {peer} can resume later: the next connection then needs no certificate and less "
        "arithmetic. What is in it can be read by the {me} alone (RFC 5077 §3.3)."
    ),
    11: (
        "The {me} shows who it is: its certificate and those that vouch for it, up to one that the {peer} trusts. The "
        "{peer} checks the names, the dates and each signature; it breaks off with an alert if one of them does not "
        "hold (RFC 5246 §7.4.2, RFC 5280 §6)."
    ),
    12: (
        "The {me}'s half of an ephemeral key exchange, signed with the key of its certificate, so that nobody can put "
        "another in its place. Because both halves are thrown away afterwards, a key that is stolen later opens "
        "nothing (RFC 5246 §7.4.3, RFC 8422 §5.4)."
    ),
    13: (
        "The {me} wants a certificate of the {peer} as well, and says which kinds and authorities it accepts. The "
        "{peer} answers with a Certificate, which may be empty (RFC 5246 §7.4.4)."
    ),
    14: (
        "The {me} has said all that it has to say before the keys exist. Now it is the {peer}'s turn: key exchange, "
        "Change Cipher Spec, Finished (RFC 5246 §7.4.5)."
    ),
    15: (
        "The {me} signs everything said so far with the key of its certificate: this proves that it has the key, not "
        "just a copy of the certificate (RFC 5246 §7.4.8)."
    ),
    16: (
        "The {me}'s part of the key exchange: with RSA a premaster secret that only the {peer}'s private key opens, "
        "else its half of a Diffie-Hellman exchange. Both ends now compute the same master secret from it and from "
        "both randoms, and all keys from that (RFC 5246 §7.4.7, §8.1)."
    ),
    20: (
        "The {me} closes its side of the handshake with a checksum over every message of it, protected with the new "
        "keys. If anybody changed a byte on the way the {peer} notices here. When both ends have sent theirs, "
        "application data may follow (RFC 5246 §7.4.9)."
    ),
    22: (
        "The {me} encloses the word of its certificate authority that the certificate is not revoked, so that the "
        "{peer} need not ask for it (OCSP stapling, RFC 6066 §8)."
    ),
    24: (
        "The {me} changes to the next key of its direction. Keys that are changed now and then protect fewer bytes "
        "each; the {peer} may be asked to do the same (RFC 8446 §4.6.3)."
    ),
}

_HANDSHAKE_13: dict[int, str] = {
    2: (
        "The {me} chooses a cipher suite and a group, and sends its half of the key exchange. From here on both ends "
        "have handshake keys: everything behind this message is encrypted, the certificate too (RFC 8446 §4.1.3, §7.1)."
    ),
    4: (
        "A ticket for next time: with it the {peer} can resume with a pre-shared key, without certificates, and may "
        "even send early data in its first flight. It has nothing to do with the connection at hand (RFC 8446 §4.6.1)."
    ),
    5: "The {me} has sent all of its early data; what follows is protected with the handshake keys (RFC 8446 §4.5).",
    8: (
        "What the {me} answers to the extensions of the Client Hello, now encrypted: the protocol chosen (ALPN), "
        "whether early data is taken (RFC 8446 §4.3.1)."
    ),
    11: (
        "The {me} shows who it is, encrypted, so that nobody on the way sees the name. The {peer} checks the names, "
        "the dates and the chain of signatures up to an authority that it trusts (RFC 8446 §4.4.2, RFC 5280 §6)."
    ),
    13: (
        "The {me} wants a certificate of the {peer} as well. It will come, perhaps empty, in the {peer}'s next flight "
        "(RFC 8446 §4.3.2)."
    ),
    15: (
        "The {me} signs all of the handshake so far with the key of its certificate: this proves that it has the key, "
        "and ties the certificate to this very connection (RFC 8446 §4.4.3)."
    ),
    20: (
        "The {me} proves with a keyed checksum over the whole handshake that it has the same keys and saw the same "
        "messages. The server may send data after its own; once the client's has come, both ends share the "
        "application traffic keys (RFC 8446 §4.4.4, §7.1)."
    ),
}

_RETRY = (
    "The {me} cannot go on with the key shares that the {peer} offered: it names the group that it wants, and the "
    "{peer} sends a second Client Hello. This costs one round trip (RFC 8446 §4.1.4)."
)

#: By content type (RFC 8446 section 5.1) of what is no handshake message.
_RECORDS: dict[int, str] = {
    20: (
        "Up to TLS 1.2: from the next record on the {me} uses the keys that were just agreed (RFC 5246 §7.1). In TLS "
        "1.3 it means nothing, and is sent only so that boxes on the way take the connection for an older one (RFC "
        "8446 §D.4)."
    ),
    21: (
        "An alert tells the {peer} why the {me} stops, or that it has nothing more to send. A fatal one ends the "
        "connection at once; “close notify” is the orderly end of one direction, so that nobody can cut off the rest "
        "unnoticed (RFC 8446 §6.1, §6.2)."
    ),
    22: "A handshake message that is encrypted, and there is no key for it: what it says cannot be told.",
    23: (
        "Application data, encrypted. Without the keys of this connection only its size and its times can be told; a "
        "key log (SSLKEYLOGFILE) or, for RSA key exchange, the server's private key would open it."
    ),
    24: "A heartbeat asks the {peer} to send the same bytes back, to see whether it is still there (RFC 6520 §4).",
}

_REQUEST = (
    "The {me} asks the {peer} to act on a resource: the method says what to do, the target to what, the header fields "
    "how. The {peer} answers with a status code (RFC 9110 §9, §7.1)."
)
_METHODS: dict[str, str] = {
    "GET": (
        "The {me} asks for the current representation of a resource, and nothing is to change by it. The {peer} "
        "answers with a status code and, mostly, with content (RFC 9110 §9.3.1)."
    ),
    "HEAD": "As GET, but the {peer} answers with the header fields alone, without the content (RFC 9110 §9.3.2).",
    "POST": (
        "The {me} hands over content for the resource to process: a form, a file, a call. Sending it twice may do it "
        "twice, so that it is not repeated without asking (RFC 9110 §9.3.3, §9.2.2)."
    ),
    "PUT": "The {me} sets the state of a resource to the enclosed content (RFC 9110 §9.3.4).",
    "DELETE": "The {me} asks to remove the association between the target and its content (RFC 9110 §9.3.5).",
    "CONNECT": (
        "The {me} asks for a tunnel to another host. After a 2xx answer both directions carry whatever the two ends "
        "wish, mostly TLS (RFC 9110 §9.3.6)."
    ),
    "OPTIONS": "The {me} asks what can be done with a resource (RFC 9110 §9.3.7).",
}

_STATUSES: dict[int, str] = {
    1: "An interim answer: the final one is still to come (RFC 9110 §15.2).",
    2: "The request was received, understood and done; the content, if any, is its result (RFC 9110 §15.3).",
    3: "The {peer} has to look elsewhere, or may use what it has stored (RFC 9110 §15.4).",
    4: "The request cannot be fulfilled as it is: the fault is taken to be the {peer}'s (RFC 9110 §15.5).",
    5: "The request seems to be right, but the {me} failed to fulfil it (RFC 9110 §15.6).",
}

_STATUS: dict[int, str] = {
    101: "The {me} agrees to speak another protocol from the next byte on, the one named in Upgrade (RFC 9110 §7.8).",
    304: (
        "Nothing has changed since the copy that the {peer} has: no content is sent, and it uses its own (RFC 9110 "
        "§15.4.5)."
    ),
}

_PROTOCOLS: dict[str, str] = {
    HTTP2: (
        "Frames that steer an HTTP/2 connection: settings, windows, priorities. They belong to no request (RFC 9113 "
        "§6)."
    ),
    WEBSOCKET: (
        "A WebSocket frame: after the upgrade either end may send at any time. What the client sends is masked, so "
        "that boxes on the way cannot be tricked by it (RFC 6455 §5.1, §5.3)."
    ),
    DATA: (
        "Bytes that the {me}'s program handed to TCP. No protocol that is known here could be told from them (RFC 9293 "
        "§3.9.1)."
    ),
}


_PHASES: dict[PhaseKind, str] = {
    PhaseKind.OPEN: (
        "Before a byte can be sent both ends must agree on where their sequence numbers begin, and on options. Three "
        "segments do that: each end tells its number and acknowledges the other's. Initial numbers are hard to guess, "
        "so that nobody can forge a segment of the connection. It costs one round trip (RFC 9293 §3.5, §3.4.1)."
    ),
    PhaseKind.TLS: (
        "Both ends agree on keys that nobody else can compute, and the server proves who it is. With TLS 1.3 this "
        "costs one round trip more, with TLS 1.2 two, before the first request may leave (RFC 8446 §2, RFC 5246 §7.3)."
    ),
    PhaseKind.EXCHANGE: (
        "A request and its response. “Waiting” is the time from the last byte of the request to the first of the "
        "response: a round trip, and what the server needed to think. “Receiving” depends on the size of the content, "
        "on windows, and on what was lost (RFC 9110 §3.4)."
    ),
    PhaseKind.DATA: (
        "The programs at both ends exchange data. No protocol that is known here could be told from it (RFC 9293 "
        "§3.9.1)."
    ),
    PhaseKind.IDLE: (
        "Nothing is said, and nothing is owed. The connection costs next to nothing meanwhile; but firewalls and "
        "address translators on the way may forget it, so that some programs send keep-alives (RFC 9293 §3.8.4)."
    ),
    PhaseKind.CLOSE: (
        "Each end closes its own direction with a FIN, which the other acknowledges: four segments, or three where an "
        "ACK and a FIN share one. Who closes first stays in TIME-WAIT for a while, so that a stray segment cannot "
        "disturb a new connection on the same ports (RFC 9293 §3.6)."
    ),
    PhaseKind.ABORT: (
        "The connection ends at once, by a reset or a fatal alert. What was on its way is lost, and the programs are "
        "told of an error (RFC 9293 §3.5.2, RFC 8446 §6.2)."
    ),
}


def why_phase(phase: Phase) -> str:
    """The paragraph for one phase."""
    return _PHASES[phase.kind]


def why_flight(messages: tuple[Message, ...]) -> tuple[str, ...]:
    """The paragraphs for the messages of a flight, each kind once; of several, each begins with its name."""
    by_name: dict[str, str] = {}
    for message in messages:
        by_name.setdefault(message.name, why_message(message))
    if len(by_name) == 1:
        return tuple(by_name.values())
    return tuple(f"{name}. {text}" for name, text in by_name.items())


def why_message(message: Message) -> str:
    """The paragraph for one message."""
    me, peer = ENDS[message.direction], ENDS[1 - message.direction]
    return _paragraph(message).format(me=me, peer=peer)


def _paragraph(message: Message) -> str:
    part = message.content
    if isinstance(part, HttpMessage):
        if part.kind == "request":
            return _METHODS.get(part.method, _REQUEST)
        return _STATUS.get(part.status) or _STATUSES.get(part.status // 100, _STATUSES[2])
    if isinstance(part, HandshakePart):
        if message.name == "Hello Retry Request":
            return _RETRY
        is_new = is_tls13(part.version) or (part.kind == 2 and "TLS 1.3" in message.summary)
        texts = _HANDSHAKE | _HANDSHAKE_13 if is_new else _HANDSHAKE
        return texts.get(part.kind, "A message of the TLS handshake.")
    if isinstance(part, RecordPart) and message.protocol == TLS:
        return _RECORDS.get(part.content_type, "A record of TLS.")
    return _PROTOCOLS.get(message.protocol, "")
