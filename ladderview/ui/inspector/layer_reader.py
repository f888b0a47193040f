"""How do the layers inside TCP get into the inspector without the window ever waiting for them?

Plan: the flow is read for the whole window (``flow_reader``); a job on a worker thread looks up one segment in what was
read, another fetches what one of its messages carries. Which segment is wanted may change while the flow is still being
read.

Trap: a result may be of a packet that is not selected any more; it is checked against the wish when it arrives.
"""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from ladderview.analysis.flow_analysis import FlowAnalysis
from ladderview.analysis.masked_content import masked_content
from ladderview.analysis.masking import NO_MASK, Masker
from ladderview.analysis.message import Message
from ladderview.analysis.message_content import (
    MOST_SAVED,
    SHOWN,
    MessageContent,
    content_of_message,
    decoding_of,
    has_content,
    payload_message,
)
from ladderview.analysis.message_map import MessageMap
from ladderview.analysis.messages import Messages
from ladderview.analysis.packet_layers import PacketLayers
from ladderview.analysis.reading import FlowReading
from ladderview.analysis.upper_layers import upper_layers
from ladderview.proto.bodies import LIMIT
from ladderview.proto.content import Kind
from ladderview.ui.background import Background
from ladderview.ui.inspector.content_view import text_to_show
from ladderview.ui.inspector.images import Picture, picture_of
from ladderview.ui.saving import Portions
from ladderview.ui.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Wish:
    """The segment whose layers are wanted."""

    packet: PacketLayers
    analysis: FlowAnalysis
    row: int


@dataclass(frozen=True, slots=True)
class FoundContent:
    """What a message carries, ready to be shown; ``limit`` bytes of it were wanted."""

    message: Message
    content: MessageContent
    text: str
    picture: Picture | None
    limit: int


class LayerReader(QObject):
    """Finds the layers inside TCP.

    Signals:
        found(PacketLayers): the packet asked for last, with the layers inside its TCP.
        content_found(FoundContent): what the message asked for last carries, or None where there is no message.
        trouble(str): why they could not be read.
    """

    found = Signal(object)
    content_found = Signal(object)
    trouble = Signal(str)

    def __init__(self, workspace: Workspace, background: Background) -> None:
        super().__init__(workspace)
        self._workspace = workspace
        self._background = background
        self._wish: Wish | None = None
        self._map: MessageMap | None = None
        workspace.chosen_changed.connect(self._look)
        workspace.reading_changed.connect(self._on_reading_changed)

    @property
    def is_busy(self) -> bool:
        """Whether ``found`` is still to come."""
        at_work = self._background.is_busy("layers") or self._background.is_busy("content")
        return self._wish is not None and (self._map is None or at_work)

    @property
    def flow(self) -> MessageMap | None:
        """What the flow says that is being looked at, as soon as it was read."""
        return self._map

    def ask(self, packet: PacketLayers | None, analysis: FlowAnalysis | None, row: int) -> None:
        """Find the layers of this packet; those of another one are not wanted any more."""
        self._background.cancel("layers")
        self._background.cancel("content")
        self._wish = None
        if packet is None or analysis is None or not int(analysis.segments.payload_len[row]):
            self.content_found.emit(None)
            return
        self._wish = Wish(packet, analysis, row)
        self._look()

    def _on_reading_changed(self, reading: FlowReading | None) -> None:
        self._background.cancel("layers")
        self._background.cancel("content")
        self._map = None if reading is None else reading.places
        if self._map is None:
            self.content_found.emit(None)
        self._look()

    def _look(self) -> None:
        wish, found, chosen = self._wish, self._map, self._workspace.chosen
        if wish is not None and found is not None and wish.analysis is self._workspace.analysis:
            flight = chosen.messages if chosen is not None and chosen.row == wish.row else ()
            self._background.run(
                "layers",
                lambda progress: upper_layers(wish.packet, wish.analysis, wish.row, found, flight),
                self._on_found,
                lambda error: self.trouble.emit(str(error)),
            )

    def _on_found(self, packet: PacketLayers) -> None:
        self.found.emit(packet)
        wish, found = self._wish, self._map
        if wish is None or found is None:
            return
        stories = [shown.story for shown in packet.layers if shown.story is not None]
        told = [story.message for story in stories if story.message is not None and has_content(story.message)]
        if told:
            self.ask_content(told[-1])
        elif stories:
            self.content_found.emit(None)
        elif (payload := payload_message(found.messages, wish.analysis, wish.row)) is not None:
            self.ask_content(payload)
        else:
            self.content_found.emit(None)

    def ask_content(self, message: Message, limit: int = SHOWN) -> None:
        """Fetch what a message of the flow carries."""
        found, masker = self._map, self._workspace.masker
        if found is not None:
            self._background.run(
                "content",
                lambda progress: fetch_content(found.messages, message, limit, masker),
                self.content_found.emit,
                lambda error: self.trouble.emit(str(error)),
            )

    def portions_of(self, message: Message) -> Portions:
        """What passes all of a message's content through; called on a worker thread."""
        found = self._map
        return lambda: decoding_of(found.messages, message, MOST_SAVED) if found is not None else ()


def fetch_content(messages: Messages, message: Message, limit: int, masker: Masker = NO_MASK) -> FoundContent:
    """What a message carries, ready to be shown, masked (on a worker thread)."""
    found = content_of_message(messages, message, limit)
    picture = None
    if found.content.kind is Kind.IMAGE and "bodies" not in masker.kinds:
        if found.has_more:  # a part of an image is none
            found = content_of_message(messages, message, LIMIT)
        picture = picture_of(found.octets, found.content.media_type)
    found = masked_content(found, masker)
    return FoundContent(message, found, text_to_show(found), picture, limit)
