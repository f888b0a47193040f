"""Any two ends talking, well or badly: random conversations that bring every rule to its limits."""

from __future__ import annotations

from dataclasses import dataclass, field

from hypothesis import strategies as st

from ladderview.proto.tcp import TcpOptions
from tests.analysis.conversation import Seg

#: What an end does next.
KINDS = (
    "data", "data", "data", "ack", "ack", "ack", "repeat", "repeat", "again", "again", "again_from_ack", "skip",
    "before", "close_window", "open_window", "fill_window", "ack_unseen", "ack_old", "fin", "reset", "bare_reset",
    "syn", "syn_ack", "no_ack", "astray",
)  # fmt: skip

#: Steps in time around the limits of the rules (3 ms, 20 ms), and backwards.
STEPS_MS = (0.001, 0.001, 0.1, 1.0, 2.999999, 3.0, 5.0, 19.999999, 20.0, 20.000001, 200.0, 0.0, -0.001, -1.0)

#: Initial sequence numbers around the places where numbers turn round.
ISNS = st.one_of(
    st.integers(0, 2**32 - 1), st.sampled_from([0, 1, 2**32 - 1, 2**32 - 2, 2**32 - 900, 2**31 - 900, 2**31])
)

Move = tuple[str, str, int, float]

MOVES = st.lists(
    st.tuples(
        st.sampled_from(("c", "s")),
        st.sampled_from(KINDS),
        st.sampled_from((1, 1, 2, 10, 100, 1460, 1460)),
        st.sampled_from(STEPS_MS),
    ),
    max_size=30,
)


@dataclass
class _Side:
    isn: int
    next_seq: int
    acked: int
    window: int = 1000
    wscale: int | None = 2
    sent: list[tuple[int, int, str]] = field(default_factory=list)


class Talk:
    """Plays moves and writes down the segments."""

    def __init__(self, client_isn: int, server_isn: int, scales: tuple[int | None, int | None]) -> None:
        self.sides = {"c": _Side(client_isn, client_isn, 0), "s": _Side(server_isn, server_isn, 0)}
        self.sides["c"].wscale, self.sides["s"].wscale = scales
        self.segments: list[Seg] = []
        self._ms = 0.0

    def say(self, who: str, flags: str, seq: int, ack: int, length: int = 0, *, ms: float = 0.5) -> None:
        side = self.sides[who]
        self._ms += ms
        options = TcpOptions(wscale=side.wscale) if "S" in flags else TcpOptions()
        if length == 0 and "A" in flags and len(self.segments) % 3 == 0:
            options = TcpOptions(wscale=options.wscale, sack=((ack + 500, ack + 700), (ack + 900, ack + 901)))
        self.segments.append(Seg(who, flags, seq, ack, length, self._ms, side.window, options))
        side.sent.append((seq, length, flags))
        if ack:
            side.acked = ack

    def open(self, steps: int) -> None:
        """As many segments of the handshake as wanted."""
        client, server = self.sides["c"], self.sides["s"]
        if steps > 0:
            self.say("c", "S", client.isn, 0)
            client.next_seq += 1
        if steps > 1:
            self.say("s", "SA", server.isn, client.next_seq)
            server.next_seq += 1
        if steps > 2:
            self.say("c", "A", client.next_seq, server.next_seq)

    def play(self, move: Move) -> None:
        who, kind, size, ms = move
        own, peer = self.sides[who], self.sides["s" if who == "c" else "c"]
        seq, ack = own.next_seq, peer.next_seq
        flags, length, grows = "A", 0, 0
        if kind == "data":
            length = grows = size
            ack = own.acked or ack
        elif kind == "repeat":
            ack = own.acked or ack
        elif kind in ("again", "again_from_ack"):
            if own.sent:
                seq, length, flags = own.sent[-1 - size % min(8, len(own.sent))]
            if kind == "again_from_ack":
                seq, flags, length = peer.acked, "A", max(length, 1)
        elif kind == "skip":
            seq += size
            length, grows = size, 2 * size
        elif kind == "before":
            seq, length = seq - 1, size % 3
        elif kind == "close_window":
            own.window = 0
        elif kind == "open_window":
            own.window, ack = 20 * size, own.acked or ack
        elif kind == "fill_window":
            edge = peer.acked + (peer.window << (peer.wscale or 0))
            length = grows = edge - seq if 0 < edge - seq < 60_000 else size
        elif kind == "ack_unseen":
            ack += size
        elif kind == "ack_old":
            ack -= size
        elif kind == "fin":
            flags, length = "FA", size if size == 10 else 0
            grows = length + 1
        elif kind == "reset":
            flags = "RA"
        elif kind == "bare_reset":
            flags, ack = "R", 0
        elif kind == "syn":
            flags, seq, ack = "S", own.isn + (7 if size == 100 else 0), 0
        elif kind == "syn_ack":
            flags, seq = "SA", own.isn + (7 if size == 100 else 0)
        elif kind == "no_ack":
            flags, ack = "P" if size > 1 else "", 0
        elif kind == "astray":
            seq, ack, length = seq + 2**31 - size % 3, ack - 2**31, size % 2
        self.say(who, flags, seq, ack, length, ms=ms)
        own.next_seq += grows


@st.composite
def conversations(draw: st.DrawFn) -> list[Seg]:
    """The segments of one flow, at least one."""
    scales = draw(st.tuples(*[st.sampled_from((None, 0, 2, 7))] * 2))
    talk = Talk(draw(ISNS), draw(ISNS), scales)
    talk.open(draw(st.integers(0, 3)))
    moves = draw(MOVES)
    for move in moves or ([] if talk.segments else [("c", "data", 1, 1.0)]):
        talk.play(move)
    return talk.segments
