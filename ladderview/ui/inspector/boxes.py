"""What does each box of a packet tell? From dissected layers and the flow's analysis to ``Layer`` values."""

from __future__ import annotations

from unicodedata import category

import numpy as np

from ladderview.analysis.flow_analysis import FlowAnalysis
from ladderview.analysis.packet_layers import PacketLayers, ShownLayer, Story
from ladderview.analysis.segments import Segments
from ladderview.analysis.words import grouped, superscript
from ladderview.proto.fields import Dissection
from ladderview.proto.tcp import Flags
from ladderview.ui.inspector.box_layout import Layer, Row
from ladderview.ui.translation import translate

#: Segments among which the SYNs are looked for.
_NEAR_SYN = 16

#: Payload bytes looked at, and lines shown, to tell what the payload is.
PEEK_BYTES, PEEK_LINES = 400, 4


def boxes_of(packet: PacketLayers, analysis: FlowAnalysis | None, row: int) -> list[Layer]:
    """One box for what is around TCP, one a layer from there on, and one for the payload of the last."""
    lower = [shown for shown in packet.layers if shown.story is None]
    outer = [shown for shown in lower[:-1] if not shown.dissection.error]
    made = [_around(outer)] if outer else []
    for shown in lower[len(outer) :]:
        dissection = shown.dissection
        is_tcp = dissection.protocol == "TCP"
        header, payload = len(dissection.header), len(dissection.payload)
        made.append(
            Layer(
                dissection.protocol,
                dissection.summary,
                f"{header} B header"
                if is_tcp
                else f"{header} + {grouped(payload)} B"
                if payload > 0
                else f"{header} B",
                "tcp" if is_tcp else "muted",
                "tcp" if is_tcp else "lifeline",
                "background" if is_tcp else "panel",
                tcp_rows(analysis, row) if is_tcp and analysis is not None else (),
                wrong=dissection.error,
            )
        )
    joined = len(lower) - len(made)
    made += [_upper(shown, shown.story, joined) for shown in packet.layers if shown.story is not None]
    if len(packet.layers) > len(lower):
        return made
    carried = _payload(packet)
    return [*made, carried] if carried is not None else made


def _upper(shown: ShownLayer, story: Story, joined: int) -> Layer:
    """The box of a TLS record or a message; so many layers around it share a box with another."""
    dissection = shown.dissection
    return Layer(
        story.title,
        _beside_title(dissection, story),
        story.beside,
        story.family,
        story.family,
        f"{story.family}.band",
        text=story.text,
        wrong=dissection.error,
        remarks=story.remarks,
        depth=story.depth - joined,
    )


def _beside_title(dissection: Dissection, story: Story) -> str:
    """What stands behind the title of a layer above TCP: its name where it has one, of TLS what it holds."""
    is_told = story.family != "tls" or dissection.summary in (*story.remarks, story.title)
    return story.named or ("" if is_told else dissection.summary)


def _around(outer: list[ShownLayer]) -> Layer:
    """One box for all that only carries TCP: "Ethernet II › IPv4", with the size of each header."""
    dissections = [shown.dissection for shown in outer]
    return Layer(
        dissections[-1].protocol,
        dissections[-1].summary,
        " + ".join(str(len(one.header)) for one in dissections) + " B",
        "muted",
        "lifeline",
        "panel",
        outer=tuple(one.protocol for one in dissections[:-1]),
    )


def tcp_rows(analysis: FlowAnalysis, row: int) -> tuple[Row, ...]:
    """The numbers of the header that the arithmetic is about."""
    segments, tcp = analysis.segments, analysis.tcp
    flags, direction = int(segments.flags[row]), int(segments.direction[row])
    rows = [Row("Sequence", grouped(int(tcp.rel_seq[row])), f"raw {grouped(int(segments.seq[row]))}")]
    if flags & Flags.ACK:
        acked = int(tcp.acks_row[row])
        remark = f"acks #{int(segments.packet[acked]) + 1}" if acked >= 0 else f"raw {grouped(int(segments.ack[row]))}"
        rows.append(Row("Acknowledgment", grouped(int(tcp.rel_ack[row])), remark))
    shift = tcp.wscale[direction]
    scaled = shift >= 0 and not flags & Flags.SYN
    remark = f"{grouped(int(segments.window[row]))} × 2{superscript(shift)}" if scaled else ""
    rows.append(Row("Window", grouped(int(tcp.scaled_window[row])), remark))
    size = int(segments.payload_len[row])
    rows.append(Row("Payload", f"{grouped(size)} B", _by_mss(size, mss_for(segments, direction))))
    return tuple(rows)


def mss_for(segments: Segments, direction: int) -> int:
    """The largest payload that the receiver of this direction told in its SYN (RFC 9293 section 3.7.1), or 0."""
    flags, sender = segments.flags[:_NEAR_SYN], segments.direction[:_NEAR_SYN]
    for row in np.flatnonzero((flags & Flags.SYN.value != 0) & (sender != direction)).tolist():
        mss = segments.options(row).mss
        if mss:
            return mss
    return 0


def _by_mss(size: int, mss: int) -> str:
    """How many segments of the largest size a payload would fill, where it is about one or more: "2.7 × MSS"."""
    return f"{size / mss:.1f} × MSS" if mss and size >= 0.95 * mss else ""


def _payload(packet: PacketLayers) -> Layer | None:
    """The box of what the last layer carries, or None where it carries nothing."""
    if not packet.layers:
        return None
    last = packet.layers[-1]
    span = last.dissection.payload
    if len(span) <= 0:
        return None
    held = packet.runs[last.run].data[span.start : span.end]
    lost = len(span) - len(held)
    note = translate("{size} not captured").format(size=f"{grouped(lost)} B") if lost else ""
    return Layer("Payload", note, f"{grouped(len(span))} B", "tcp", "tcp", "tcp.band", text=peek(held))


def peek(data: bytes) -> tuple[str, ...]:
    """The first lines of a payload that is text; nothing for one that is not."""
    head = data[:PEEK_BYTES]
    try:
        # A character may be cut at the end of what is looked at.
        text = head.decode("utf-8", "ignore" if len(data) > len(head) else "strict")
    except UnicodeDecodeError:
        return ()
    # Python calls spaces other than U+0020 unprintable; in text they are as good as any.
    if not text or any(not (c.isprintable() or c in "\r\n\t" or category(c) == "Zs") for c in text):
        return ()
    lines = [line.expandtabs(4) for line in text.splitlines()]
    return tuple(lines[:PEEK_LINES])
