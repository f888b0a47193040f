"""Which packets carried which part of a record or a message that took several? A list whose numbers lead to them."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from ladderview.analysis.packet_layers import PacketLayers, ShownLayer
from ladderview.analysis.words import grouped
from ladderview.ladder.theme import Theme
from ladderview.ui.inspector.math_card import TextCard
from ladderview.ui.inspector.rich_card import linked
from ladderview.ui.translation import translate
from ladderview.ui.workspace import Workspace


class CarriedCard(TextCard):
    """The segments of what is shown; hidden where everything came in one."""

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(translate("Carried by"), workspace, parent)
        self._packet: PacketLayers | None = None
        self.hide()
        workspace.theme_changed.connect(self._show)

    def set_layers(self, packet: PacketLayers) -> None:
        """Show which packets carried what this one has a part of."""
        self._packet = packet
        self._show()

    def _show(self, _: object = None) -> None:
        many = [] if self._packet is None else tellers(self._packet)
        self.setVisible(bool(many))
        if self._packet is not None:
            here, theme = self._packet.packet, self._workspace.theme
            self.body.show_html(
                "".join(_list_html(shown, here, theme, _is_sealed(self._packet, shown)) for shown in many)
            )


def tellers(packet: PacketLayers) -> list[ShownLayer]:
    """The layers of several segments; of those that the same segments carried, the innermost."""
    found: dict[tuple[tuple[int, int, int], ...], ShownLayer] = {}
    for shown in packet.layers:
        if shown.story is not None and shown.story.carried:
            found[shown.story.carried] = shown
    return list(found.values())


def _is_sealed(packet: PacketLayers, shown: ShownLayer) -> bool:
    """Whether the bytes that are counted are those of TLS records around a message."""
    above = packet.layers[: packet.layers.index(shown)]
    is_http = shown.story is not None and shown.story.family == "http"
    return is_http and any(layer.story is not None and layer.story.family == "tls" for layer in above)


def _list_html(shown: ShownLayer, here: int, theme: Theme, in_records: bool) -> str:
    story = shown.story
    assert story is not None
    rows = [_row_html(part, here, theme) for part in story.carried]
    left = story.carriers - len(story.carried)
    if left > 0:
        more = translate("and {count} more segments").format(count=grouped(left))
        rows.append(f'<tr><td colspan="2" style="color:{theme["muted"]}">{more}</td></tr>')
    counted = translate(", bytes of its TLS records") if in_records else ""
    name = linked(f"{story.title} {shown.dissection.summary}{counted}", theme[story.family])
    heading = f'<p style="margin:0 0 3px 0; color:{theme[story.family]}">{name}</p>'
    return f'{heading}<table cellspacing="0" cellpadding="1" width="100%">{"".join(rows)}</table>'


def _row_html(part: tuple[int, int, int], here: int, theme: Theme) -> str:
    """One packet and its part; the bytes are counted from 1, as a person counts."""
    packet, start, end = part
    number = f"#{packet + 1}"
    name = f"<b>{number}</b>" if packet == here else linked(number, theme["accent.text"])
    text = translate("bytes {first} to {last}").format(first=grouped(start + 1), last=grouped(end))
    return (
        f'<tr><td style="white-space:nowrap; padding-right:12px; color:{theme["text"]}">{name}</td>'
        f'<td width="100%" style="color:{theme["muted"]}">{text}</td></tr>'
    )
