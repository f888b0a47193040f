"""Which key does what in the ladder?

The letters and arrows work while the ladder has the focus; the window has shortcuts of its own for the same things.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

if TYPE_CHECKING:
    from ladderview.ui.ladder_view import LadderView

Act = Callable[["LadderView"], None]

_NONE, _SHIFT = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier
_CTRL = Qt.KeyboardModifier.ControlModifier
_K = Qt.Key

#: What each key does; None stands for any modifiers (a plus sign needs Shift on some keyboards).
KEYS: dict[tuple[Qt.Key, Qt.KeyboardModifier | None], Act] = {
    (_K.Key_Down, _NONE): lambda view: view.next_arrow(1),
    (_K.Key_J, _NONE): lambda view: view.next_arrow(1),
    (_K.Key_Up, _NONE): lambda view: view.next_arrow(-1),
    (_K.Key_K, _NONE): lambda view: view.next_arrow(-1),
    (_K.Key_N, _NONE): lambda view: view.next_problem(1),
    (_K.Key_N, _SHIFT): lambda view: view.next_problem(-1),
    (_K.Key_PageDown, _NONE): lambda view: view.scroll_page(1),
    (_K.Key_PageUp, _NONE): lambda view: view.scroll_page(-1),
    (_K.Key_Space, _NONE): lambda view: view.scroll_page(1),
    (_K.Key_Space, _SHIFT): lambda view: view.scroll_page(-1),
    (_K.Key_Home, _NONE): lambda view: view.fit_all(),
    (_K.Key_Home, _CTRL): lambda view: view.select_end(False),
    (_K.Key_End, _NONE): lambda view: view.select_end(True),
    (_K.Key_End, _CTRL): lambda view: view.select_end(True),
    (_K.Key_Plus, None): lambda view: view.zoom_in(),
    (_K.Key_Equal, None): lambda view: view.zoom_in(),
    (_K.Key_Minus, None): lambda view: view.zoom_out(),
    (_K.Key_Return, _NONE): lambda view: view.zoom_to_row(view.selected_step),
    (_K.Key_Enter, _NONE): lambda view: view.zoom_to_row(view.selected_step),
    (_K.Key_Escape, _NONE): lambda view: view.select_row(-1),
    (_K.Key_Right, _NONE): lambda view: view.unfold(),
    (_K.Key_Left, _NONE): lambda view: view.fold(),
    (_K.Key_BracketRight, _NONE): lambda view: view.step_level(1),
    (_K.Key_BracketLeft, _NONE): lambda view: view.step_level(-1),
    (_K.Key_Period, _NONE): lambda view: view.follow_link(),
    (_K.Key_Comma, _NONE): lambda view: view.follow_link_back(),
    (_K.Key_L, _NONE): lambda view: view.toggle_legend(),
    (_K.Key_A, _NONE): lambda view: view.cycle_axis(),
    (_K.Key_T, _NONE): lambda view: view.cycle_time_reference(),
}


def act_of(event: QKeyEvent) -> Act | None:
    """What the key stands for, or None."""
    key = Qt.Key(event.key())
    modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
    return KEYS.get((key, modifiers)) or KEYS.get((key, None))
