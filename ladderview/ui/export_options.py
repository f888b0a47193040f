"""How does a person want the export? The choices of the dialog, as a ``Wish``.

A choice that makes no difference to the format is greyed, and keeps its value for the formats to which it does.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

from PySide6.QtCore import QSettings, Qt, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QDoubleSpinBox, QFormLayout, QLineEdit, QWidget

from ladderview.analysis.masking import MASK_KINDS, MaskKind
from ladderview.analysis.steps import LEVELS
from ladderview.ladder.annotations import Annotations
from ladderview.ladder.axis import AXIS_MODES
from ladderview.ladder.theme import THEMES
from ladderview.render.formats import FORMATS, Choice, Format
from ladderview.render.job import EVERY_ARROW, Wish
from ladderview.ui.translation import translate

Part = Literal["flow", "view", "arrow", "packets"]

PARTS: tuple[tuple[Part, str], ...] = (
    ("flow", "Whole flow"),
    ("view", "What is in view"),
    ("arrow", "The selected arrow"),
    ("packets", "Packets from – to"),
)
LEVEL_WORDS = {"segments": "Segments", "messages": "Messages", "phases": "Phases"}
AXIS_WORDS = {"rows": "Rows", "time": "Time", "compressed": "Compressed time"}
THEME_WORDS = {"light": "Light", "dark": "Dark", "print": "Print"}

#: What can be masked at once; which kinds in particular, the window and the command line have.
MASKS: tuple[tuple[str, str, frozenset[MaskKind]], ...] = (
    ("none", "Nothing", frozenset()),
    ("ends", "Addresses and names", frozenset({"addresses", "ports", "names", "certificates"})),
    ("all", "Everything that can be", frozenset(MASK_KINDS)),
)
_AS_IN_WINDOW = "window"

#: The check boxes: field of ``Wish``, words, and the choice of the format that it is.
CHECKS: tuple[tuple[str, str, Choice], ...] = (
    ("annotations", "Annotations", "annotations"),
    ("legend", "Legend", "legend"),
    ("header", "Boxes of the endpoints", "header"),
    ("transparent", "Transparent background", "transparent"),
    ("build_up", "Build up arrow by arrow", "build_up"),
    ("spoken", "Layers and arithmetic as speaker notes", "spoken"),
    ("secrets", "With the TLS secrets of the flow", "secrets"),
)


@dataclass(frozen=True, slots=True)
class Start:
    """What the window shows, which the dialog begins with.

    Attributes:
        wish: level, axis, theme and what was chosen in the ladder.
        view, arrow: packet numbers of what is in view and of the selected arrow, or None.
        has_comments: packets of the flow have comments in the capture.
        has_secrets: there is a key that opened records of the flow.
    """

    wish: Wish
    view: tuple[int, int] | None = None
    arrow: tuple[int, int] | None = None
    has_comments: bool = False
    has_secrets: bool = False


class ExportOptions(QWidget):
    """The form.

    Signals:
        changed(): it asks for something else now.
    """

    changed = Signal()

    def __init__(self, start: Start, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._start = start
        self.format = QComboBox()
        for one in FORMATS:
            self.format.addItem(f"{one.name} (*{one.suffix})", one)
            self.format.setItemData(self.format.count() - 1, f"{one.name}, {one.words}", Qt.ItemDataRole.ToolTipRole)
        self.part = _choice(dict(PARTS), "flow")
        self.packets = QLineEdit()
        self.packets.setPlaceholderText("7–27")
        self.level = _choice(LEVEL_WORDS, start.wish.level)
        self.axis = _choice(AXIS_WORDS, start.wish.axis)
        self.theme = _choice(THEME_WORDS, start.wish.theme)
        self.masking = _choice({key: words for key, words, _ in MASKS}, "none")
        self._masks = {key: kinds for key, _, kinds in MASKS}
        if start.wish.masks:
            self._masks[_AS_IN_WINDOW] = start.wish.masks
            self.masking.addItem(self.tr("As in the window"), _AS_IN_WINDOW)
            self.masking.setCurrentIndex(self.masking.count() - 1)
        self.scale = QDoubleSpinBox()
        self.scale.setRange(0.5, 8.0)
        self.scale.setSingleStep(0.5)
        self.scale.setDecimals(1)
        self.scale.setPrefix("× ")
        self.scale.setValue(start.wish.scale)
        self.title = QLineEdit(start.wish.title)
        self.title.setPlaceholderText(self.tr("Title"))
        self.checks = {field: QCheckBox(translate(words)) for field, words, _ in CHECKS}
        for field in ("legend", "header"):
            self.checks[field].setChecked(getattr(start.wish, field))
        self.checks["annotations"].setChecked(self._has_annotations)
        self._lay_out()
        self._remember()
        self._offer()

    def _lay_out(self) -> None:
        assert set(LEVEL_WORDS) == set(LEVELS)
        assert set(AXIS_WORDS) == set(AXIS_MODES)
        assert set(THEME_WORDS) == set(THEMES)
        form = QFormLayout(self)
        form.setContentsMargins(0, 0, 0, 0)
        form.setVerticalSpacing(9)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        for words, field in (
            (self.tr("&Format"), self.format), (self.tr("&What"), self.part), ("", self.packets),
            (self.tr("&Level"), self.level),
            (self.tr("&Axis"), self.axis), (self.tr("T&heme"), self.theme), (self.tr("&Scale"), self.scale),
            (self.tr("&Title"), self.title),
            (self.tr("&Mask"), self.masking),
        ):  # fmt: skip
            form.addRow(words, field)
        for check in self.checks.values():
            form.addRow("", check)
        self.packets.setAccessibleName(self.tr("Packets from – to"))
        for box in (self.format, self.part, self.level, self.axis, self.theme, self.masking):
            box.currentIndexChanged.connect(self._on_changed)
        self.packets.textChanged.connect(self._on_changed)
        self.title.textChanged.connect(self._on_changed)
        self.scale.valueChanged.connect(self._on_changed)
        for check in self.checks.values():
            check.toggled.connect(self._on_changed)

    def _remember(self) -> None:
        """The format that was chosen last."""
        suffix = str(QSettings().value("export_format", FORMATS[0].suffix))
        at = next((at for at, one in enumerate(FORMATS) if one.suffix == suffix), 0)
        self.format.setCurrentIndex(at)

    # -- what is asked for --------------------------------------------------------------------------------------------

    @property
    def chosen_format(self) -> Format:
        """The format."""
        one: Format = self.format.currentData()
        return one

    def set_format(self, suffix: str) -> None:
        """Choose the format with this suffix."""
        self.format.setCurrentIndex(next(at for at, one in enumerate(FORMATS) if one.suffix == suffix))

    def wish(self) -> Wish:
        """What the form asks for."""
        start, masks = self._start.wish, self._masks[self.masking.currentData()]
        return replace(
            start,
            level=self.level.currentData(),
            axis=self.axis.currentData(),
            theme=self.theme.currentData(),
            scale=self.scale.value(),
            packets=self._packets(),
            title=self.title.text().strip(),
            annotations=start.annotations if self.checks["annotations"].isChecked() else Annotations(),
            comments=self.checks["annotations"].isChecked() or not self._has_annotations,
            masks=masks,
            legend=self.checks["legend"].isChecked(),
            header=self.checks["header"].isChecked(),
            transparent=self.checks["transparent"].isChecked(),
            build_up=self.checks["build_up"].isChecked(),
            spoken=EVERY_ARROW if self.checks["spoken"].isChecked() else frozenset(),
            secrets=self.checks["secrets"].isChecked() and self._start.has_secrets and not masks,
            unfolded=start.unfolded if self.level.currentData() == start.level else frozenset(),
        )

    @property
    def _has_annotations(self) -> bool:
        """Whether there is something on the ladder that can be left out."""
        return len(self._start.wish.annotations) > 0 or self._start.has_comments

    @property
    def trouble(self) -> str:
        """What is wrong with what was written, or the empty string."""
        if self.part.currentData() == "packets" and _range(self.packets.text()) is None:
            return self.tr("Write the first and the last packet number: 7–27")
        return ""

    def _packets(self) -> tuple[int, int] | None:
        return {
            "flow": None,
            "view": self._start.view,
            "arrow": self._start.arrow,
            "packets": _range(self.packets.text()),
        }[self.part.currentData()]

    def _on_changed(self) -> None:
        self._offer()
        self.changed.emit()

    def _offer(self) -> None:
        """Enable what makes a difference."""
        choices = self.chosen_format.choices
        # Secrets would open what is masked.
        opens = self._start.has_secrets and not self._masks[self.masking.currentData()]
        there = {"secrets": opens, "annotations": self._has_annotations}
        for field, _, choice in CHECKS:
            self.checks[field].setEnabled(choice in choices and there.get(field, True))
        for widget, choice in (
            (self.axis, "axis"), (self.theme, "theme"), (self.scale, "scale"), (self.title, "title"),
        ):  # fmt: skip
            widget.setEnabled(choice in choices)
        self.packets.setEnabled(self.part.currentData() == "packets")
        model = self.part.model()
        for at, (key, _) in enumerate(PARTS):
            is_there = {"view": self._start.view, "arrow": self._start.arrow}.get(key, (0, 0)) is not None
            model.item(at).setEnabled(is_there)  # type: ignore[attr-defined]  # of the model that a combo box has by itself


def _choice(words: Mapping[str, str], current: str) -> QComboBox:
    box = QComboBox()
    for key, shown in words.items():
        box.addItem(translate(shown), key)
    box.setCurrentIndex(list(words).index(current))
    return box


def _range(text: str) -> tuple[int, int] | None:
    """ "7–27", "7-27", "7": the first and the last packet number."""
    match = re.fullmatch(r"\s*#?(\d{1,9})\s*(?:[-–]\s*#?(\d{1,9}))?\s*", text)
    if match is None:
        return None
    first, last = int(match[1]), int(match[2] or match[1])
    return (first, last) if 1 <= first <= last else None
