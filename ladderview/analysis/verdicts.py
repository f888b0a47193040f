"""The verdicts on a segment, in Wireshark's words (``tcp.analysis.*``).

A verdict is a bit, so a column of them is one integer a packet. Which rule sets which bit stands in
``tcp_analysis``; how a person reads it stands here.
"""

from __future__ import annotations

from enum import IntFlag


class Verdict(IntFlag):
    """What is remarkable about one segment. Names are Wireshark's, in the order in which it tests them."""

    NONE = 0
    REUSED_PORTS = 1 << 0
    ZERO_WINDOW_PROBE = 1 << 1
    ZERO_WINDOW = 1 << 2
    LOST_SEGMENT = 1 << 3
    KEEP_ALIVE = 1 << 4
    WINDOW_UPDATE = 1 << 5
    WINDOW_FULL = 1 << 6
    KEEP_ALIVE_ACK = 1 << 7
    ZERO_WINDOW_PROBE_ACK = 1 << 8
    DUPLICATE_ACK = 1 << 9
    ACK_LOST_SEGMENT = 1 << 10
    SPURIOUS_RETRANSMISSION = 1 << 11
    FAST_RETRANSMISSION = 1 << 12
    OUT_OF_ORDER = 1 << 13
    RETRANSMISSION = 1 << 14
    RESET = 1 << 15


#: The ``tcp.analysis.*`` field name of each verdict that Wireshark has one for (a reset is told by its flag).
FIELD_NAMES: dict[Verdict, str] = {
    verdict: f"tcp.analysis.{verdict.name.lower()}"
    for verdict in Verdict
    if verdict is not Verdict.RESET and verdict.name is not None
}

#: Which verdicts show each of those fields: Wireshark calls a fast and a spurious retransmission a retransmission too.
FIELD_MASKS: dict[str, int] = {
    name: int(verdict)
    | (int(Verdict.FAST_RETRANSMISSION | Verdict.SPURIOUS_RETRANSMISSION) if verdict is Verdict.RETRANSMISSION else 0)
    for verdict, name in FIELD_NAMES.items()
}

#: How the Info column of Wireshark words each verdict; a duplicate ACK is followed by "#n".
LABELS: dict[Verdict, str] = {
    Verdict.REUSED_PORTS: "TCP Port numbers reused",
    Verdict.ZERO_WINDOW_PROBE: "TCP ZeroWindowProbe",
    Verdict.ZERO_WINDOW: "TCP ZeroWindow",
    Verdict.LOST_SEGMENT: "TCP Previous segment not captured",
    Verdict.KEEP_ALIVE: "TCP Keep-Alive",
    Verdict.WINDOW_UPDATE: "TCP Window Update",
    Verdict.WINDOW_FULL: "TCP Window Full",
    Verdict.KEEP_ALIVE_ACK: "TCP Keep-Alive ACK",
    Verdict.ZERO_WINDOW_PROBE_ACK: "TCP ZeroWindowProbeAck",
    Verdict.DUPLICATE_ACK: "TCP Dup ACK",
    Verdict.ACK_LOST_SEGMENT: "TCP ACKed unseen segment",
    Verdict.SPURIOUS_RETRANSMISSION: "TCP Spurious Retransmission",
    Verdict.FAST_RETRANSMISSION: "TCP Fast Retransmission",
    Verdict.OUT_OF_ORDER: "TCP Out-Of-Order",
    Verdict.RETRANSMISSION: "TCP Retransmission",
    Verdict.RESET: "RST",
}

#: How the flow list words each verdict that counts as a problem: (one, many).
#: A window update, a keep-alive and their answers are remarkable but no problem.
PROBLEM_WORDS: dict[Verdict, tuple[str, str]] = {
    Verdict.RESET: ("reset", "resets"),
    Verdict.RETRANSMISSION: ("retransmission", "retransmissions"),
    Verdict.FAST_RETRANSMISSION: ("fast retransmission", "fast retransmissions"),
    Verdict.SPURIOUS_RETRANSMISSION: ("spurious retransmission", "spurious retransmissions"),
    Verdict.OUT_OF_ORDER: ("out-of-order", "out-of-order"),
    Verdict.LOST_SEGMENT: ("segment not captured", "segments not captured"),
    Verdict.ACK_LOST_SEGMENT: ("ACK of unseen segment", "ACKs of unseen segments"),
    Verdict.DUPLICATE_ACK: ("duplicate ACK", "duplicate ACKs"),
    Verdict.ZERO_WINDOW: ("zero window", "zero windows"),
    Verdict.WINDOW_FULL: ("window full", "window full"),
    Verdict.ZERO_WINDOW_PROBE: ("zero window probe", "zero window probes"),
    Verdict.REUSED_PORTS: ("ports reused", "ports reused"),
}

#: All problem bits in one mask.
PROBLEMS = Verdict.NONE
for _verdict in PROBLEM_WORDS:
    PROBLEMS |= _verdict
