"""In which language does the window speak? In the person's where there is a translation, else in English, as written.

Translations are ``resources/translations/ladderview_LANGUAGE.qm``, made from .ts files by ``packaging/translations``.
Text is marked where it is written, by ``self.tr(...)`` in widgets and by ``translate(...)`` elsewhere; the words of
tables, such as those of the menus, are translated where they are used, in the context that is named here. The words of
the analysis (verdicts, labels, sentences, names of fields) are the field's, and stay in English.

Trap: lupdate reads whole literals only, and none within an f-string: ``self.tr("{count} found").format(count=...)``.
"""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QCoreApplication, QLocale, QTranslator

from ladderview.resources import resource_path

#: The context of texts that stand in tables.
TABLES = "tables"


def translate(text: str) -> str:
    """A text of a table, or of a function that belongs to no widget, in the person's language."""
    return QCoreApplication.translate(TABLES, text) if text else text


def speak(app: QCoreApplication, locale: QLocale, folder: Path | None = None) -> bool:
    """Let the application speak a language; False, and English, where there is no translation into it."""
    translator = QTranslator(app)
    found = translator.load(locale, "ladderview", "_", str(folder or resource_path("translations")))
    return found and app.installTranslator(translator)
