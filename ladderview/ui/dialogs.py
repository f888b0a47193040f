"""The small windows: what cannot be opened, which packet, all the keys, and what program this is."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QGridLayout,
    QLabel,
    QLineEdit,
    QMessageBox,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from ladderview import __version__
from ladderview.analysis.words import grouped
from ladderview.ui.actions import shortcut_rows
from ladderview.ui.style import fixed_font
from ladderview.ui.translation import translate
from ladderview.ui.versions import versions


def refuse(parent: QWidget, message: str, title: str = "") -> QMessageBox:
    """Say in one line why something cannot be done. Does not hold the program: it is a sheet of its window."""
    title = title or translate("Cannot open the capture")
    box = QMessageBox(QMessageBox.Icon.Warning, title, message, QMessageBox.StandardButton.Ok, parent)
    # A message may quote a file name; it is never markup.
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.open()
    return box


class GoToPacket(QDialog):
    """Asks for a packet number.

    Signals:
        chosen(int): a packet, from 0, which exists in the capture.
    """

    chosen = Signal(int)

    def __init__(self, parent: QWidget, packets: int, current: int) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Go to packet"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._packets = packets
        self.number = QLineEdit(str(current + 1) if current >= 0 else "")
        self.number.setAccessibleName(self.tr("Packet number"))
        self.number.setPlaceholderText(self.tr("1 to {last}").format(last=grouped(packets)))
        self.number.selectAll()
        self._wrong = QLabel()
        self._wrong.setObjectName("trouble")
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        buttons.button(QDialogButtonBox.StandardButton.Ok).setText(self.tr("Go"))
        buttons.accepted.connect(self._on_accepted)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 16)
        column.setSpacing(10)
        column.addWidget(QLabel(self.tr("Packet number, as Wireshark shows it:")))
        column.addWidget(self.number)
        column.addWidget(self._wrong)
        column.addWidget(buttons)
        self.setMinimumWidth(320)

    def _on_accepted(self) -> None:
        text = self.number.text().strip().lstrip("#").replace(" ", "").replace("\u202f", "")
        if text.isascii() and text.isdigit() and len(text) < 12 and 1 <= int(text) <= self._packets:
            self.chosen.emit(int(text) - 1)
            self.accept()
        else:
            self._wrong.setText(self.tr("The capture has packets 1 to {last}.").format(last=grouped(self._packets)))


class AskPassword(QDialog):
    """Asks for the password of a key, which is neither shown nor kept.

    Signals:
        given(str): what was typed.
    """

    given = Signal(str)

    def __init__(self, parent: QWidget, name: str, wrong: str = "") -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Password of the key"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.password = QLineEdit()
        self.password.setEchoMode(QLineEdit.EchoMode.Password)
        self.password.setAccessibleName(self.tr("Password"))
        said = QLabel(self.tr("{name} is encrypted. Its password:").format(name=name))
        said.setTextFormat(Qt.TextFormat.PlainText)
        self.wrong = QLabel(wrong)
        self.wrong.setObjectName("trouble")
        self.wrong.setVisible(bool(wrong))
        kept = QLabel(self.tr("It is used once and not stored."))
        kept.setObjectName("muted")
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        buttons.button(QDialogButtonBox.StandardButton.Ok).setText(self.tr("Open the key"))
        buttons.accepted.connect(self._on_accepted)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 16)
        column.setSpacing(10)
        for part in (said, self.password, self.wrong, kept, buttons):
            column.addWidget(part)
        self.setMinimumWidth(360)

    def _on_accepted(self) -> None:
        if self.password.text():
            self.given.emit(self.password.text())
            self.accept()


class Shortcuts(QDialog):
    """All keys on one page."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Keyboard shortcuts"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        page = QWidget()
        page.setObjectName("page")
        page.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        grid = QGridLayout(page)
        grid.setContentsMargins(22, 18, 22, 18)
        grid.setHorizontalSpacing(34)
        grid.setVerticalSpacing(7)
        rows = shortcut_rows()
        half = -(-len(rows) // 2)
        for position, (what, keys) in enumerate(rows):
            column, line = divmod(position, half)
            shown = QLabel(keys)
            shown.setFont(fixed_font())
            shown.setObjectName("muted")
            grid.addWidget(QLabel(what), line, column * 2)
            grid.addWidget(shown, line, column * 2 + 1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setWidget(page)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 12)
        layout.addWidget(scroll)
        foot = QVBoxLayout()
        foot.setContentsMargins(16, 0, 16, 0)
        foot.addWidget(buttons)
        layout.addLayout(foot)
        wanted = page.sizeHint()
        self.resize(wanted.width() + 24, min(wanted.height() + 70, 620))


def about(parent: QWidget) -> QMessageBox:
    """Name, licence, and which versions of everything are at work."""
    box = QMessageBox(parent)
    box.setWindowTitle(translate("About ladderview"))
    box.setIconPixmap(parent.windowIcon().pixmap(64, 64))
    box.setText(f"ladderview {__version__}")
    box.setInformativeText(
        translate(
            "A packet capture as a ladder diagram: TCP flows, their verdicts and their arithmetic.\n\n"
            "MIT licence. It only reads captures, and it never uses the network."
        )
        + "\n\n"
        + "\n".join(f"{name} {version}" for name, version in versions())
    )
    # So that they can be copied into a report.
    box.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.open()
    return box
