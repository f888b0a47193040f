"""How does pyqtgraph live without Qt's OpenGL modules, ten megabytes that only plots drawn by OpenGL would use?

It imports them when it is imported itself, to derive one class. These stand in for them; nothing here makes such
a plot.
"""

import sys
from types import ModuleType


class QOpenGLWidget:
    """What pyqtgraph's widget for OpenGL is derived from."""


for name in ("QtOpenGL", "QtOpenGLWidgets"):
    module = ModuleType(f"PySide6.{name}")
    module.QOpenGLWidget = QOpenGLWidget
    sys.modules[module.__name__] = module
