"""Colours by meaning. A shape carries a key of this table, never a colour; a renderer looks it up.

Colour means the innermost layer (TCP slate, TLS violet, HTTP green, trouble orange-red), and one accent
means "selected". Every text key keeps 4.5:1 (WCAG 2.2, 1.4.3) on every fill it is drawn on; a test holds it.
"""

from __future__ import annotations

from dataclasses import dataclass

LIGHT: dict[str, str] = {
    "background": "#ffffff",
    "panel": "#f8fafc",
    "border": "#e2e8f0",
    "text": "#0f172a",
    "muted": "#5b6678",
    "accent": "#2563eb",
    "accent.text": "#1d4ed8",
    "selection": "#dbeafe",
    "selection.border": "#93c5fd",
    "hover": "#eff6ff",
    "lifeline": "#94a3b8",
    "density": "#a3b2c7",
    "tcp.density": "#a3b2c7",
    "tls.density": "#b9a3ee",
    "http.density": "#7fc4a4",
    "tcp": "#475569",
    "tls": "#7c3aed",
    "http": "#047354",
    "trouble": "#b93c0a",
    "pill.trouble": "#ffedd5",
    "tcp.band": "#f1f5f9",
    "tls.band": "#f5f0ff",
    "http.band": "#ecfdf5",
    "idle.band": "#fafbfc",
    "trouble.band": "#fff7ed",
    "pill": "#ffffff",
    "pill.border": "#94a3b8",
    "header": "#ffffff",
    "fold": "#ecfdf5",
    "fold.border": "#10b981",
    "fold.text": "#047857",
    "dim": "#cbd5e1",
    "note": "#fef9c3",
    "note.border": "#facc15",
    "note.text": "#713f12",
}

DARK: dict[str, str] = {
    "background": "#0f172a",
    "panel": "#111c30",
    "border": "#263449",
    "text": "#e8eef7",
    "muted": "#97a5bb",
    "accent": "#60a5fa",
    "accent.text": "#7cb5fb",
    "selection": "#1e3a5f",
    "selection.border": "#60a5fa",
    "hover": "#172a46",
    "lifeline": "#64748b",
    "density": "#4a5d7a",
    "tcp.density": "#4a5d7a",
    "tls.density": "#6a58ae",
    "http.density": "#2f7d5d",
    "tcp": "#a9b7ca",
    "tls": "#b79cfb",
    "http": "#4ade9f",
    "trouble": "#fb923c",
    "pill.trouble": "#43240f",
    "tcp.band": "#12243b",
    "tls.band": "#1c1d44",
    "http.band": "#0f2b2b",
    "idle.band": "#131e33",
    "trouble.band": "#2b1c1c",
    "pill": "#0f172a",
    "pill.border": "#64748b",
    "header": "#111c30",
    "fold": "#0f2b2b",
    "fold.border": "#14b8a6",
    "fold.text": "#5eead4",
    "dim": "#33435c",
    "note": "#3a3410",
    "note.border": "#a98b12",
    "note.text": "#fde68a",
}

PRINT: dict[str, str] = {
    **LIGHT,
    "panel": "#ffffff",
    "muted": "#4b5563",
    "tcp": "#1f2937",
    "tls": "#5b21b6",
    "http": "#065f46",
    "trouble": "#9a3412",
    "tcp.band": "#f8fafc",
    "tls.band": "#faf7ff",
    "http.band": "#f4fdf8",
}


@dataclass(frozen=True, slots=True)
class Theme:
    """A name and its colours (``#rrggbb`` by key)."""

    name: str
    colours: dict[str, str]

    def __getitem__(self, key: str) -> str:
        return self.colours[key]


THEMES: dict[str, Theme] = {
    "light": Theme("light", LIGHT),
    "dark": Theme("dark", DARK),
    "print": Theme("print", PRINT),
}
