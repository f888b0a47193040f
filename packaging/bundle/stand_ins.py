"""What stands in for modules that are imported by others and used by nobody here? Seventeen megabytes less.

pyqtgraph imports Qt's OpenGL modules when it is imported itself, to derive one class, for plots drawn by OpenGL.
python-pptx imports Pillow for pictures on slides and for fitting text into a box; our slides are shapes, with text that
is fitted before. pypdf asks for its version.
"""

import sys
from types import ModuleType


def stand_in(name: str, **contents: object) -> ModuleType:
    """A module of this name that has only this in it."""
    module = ModuleType(name)
    module.__dict__.update(contents)
    sys.modules[name] = module
    return module


class QOpenGLWidget:
    """What pyqtgraph's widget for OpenGL is derived from."""


for name in ("QtOpenGL", "QtOpenGLWidgets"):
    stand_in(f"PySide6.{name}", QOpenGLWidget=QOpenGLWidget)

stand_in("PIL", Image=stand_in("PIL.Image"), ImageFont=stand_in("PIL.ImageFont"), __path__=[], __version__="0")
