from __future__ import annotations

import pytest

from ladderview.ladder.theme import LIGHT, THEMES

#: Text keys and the fills that they are drawn on.
TEXT_ON = (
    ("text", "background"), ("text", "panel"), ("text", "header"), ("text", "pill"), ("text", "selection"),
    ("muted", "background"), ("muted", "panel"), ("muted", "header"), ("muted", "selection"), ("muted", "hover"),
    ("tcp", "background"), ("tcp", "selection"), ("tcp", "hover"),
    ("trouble", "background"), ("trouble", "selection"), ("trouble", "hover"), ("trouble", "pill.trouble"),
    ("accent.text", "background"), ("accent.text", "panel"), ("fold.text", "fold"), ("note.text", "note"),
    *((text, f"{band}.band") for band in ("tcp", "tls", "http", "trouble", "idle")
      for text in ("text", "muted", "tcp", "tls", "http", "trouble", "accent.text")),
    *((text, fill) for fill in ("background", "selection", "hover") for text in ("tls", "http")),
)  # fmt: skip


def luminance(colour: str) -> float:
    """Relative luminance, WCAG 2.2."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("text", "fill"), TEXT_ON)
def test_every_text_can_be_read_where_it_stands(theme: str, text: str, fill: str) -> None:
    light, dark = sorted((luminance(THEMES[theme][text]), luminance(THEMES[theme][fill])), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= 4.5


@pytest.mark.parametrize("theme", THEMES)
def test_every_theme_has_every_key(theme: str) -> None:
    assert set(THEMES[theme].colours) == set(LIGHT)
