"""Colours and measures of the window: two sets of tokens, and what follows from them.

Runs in the GUI thread. A widget that paints asks ``Theme.tokens`` when it paints, so that a change of the
system from light to dark needs nothing but a repaint.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from string import Template

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

STYLE_FILE = "foliodesk.qss"


class ThemeChoice(StrEnum):
    """What a person asked for."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


class Tone(StrEnum):
    """Meaning of a colour; always shown together with an icon and a word."""

    PLAIN = "plain"
    ACCENT = "accent"
    GOOD = "good"
    CARE = "care"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Tokens:
    """One palette. Every text colour stands at 4.5:1 or more on every ground it is used on (tested)."""

    background: str
    panel: str
    raised: str
    line: str
    line_strong: str
    ink: str
    dim: str
    accent: str
    accent_strong: str
    accent_soft: str
    on_accent: str
    good: str
    good_soft: str
    care: str
    care_soft: str
    bad: str
    bad_soft: str
    plain_soft: str
    well: str
    paper: str
    shadow: str


LIGHT = Tokens(
    background="#f4f5f7",
    panel="#ffffff",
    raised="#ffffff",
    line="#e1e4e8",
    line_strong="#c3c9d2",
    ink="#1d2530",
    dim="#5d6879",
    accent="#0b6e6e",
    accent_strong="#095a5a",
    accent_soft="#e0f0ef",
    on_accent="#ffffff",
    good="#17703f",
    good_soft="#e2f3e9",
    care="#875600",
    care_soft="#fcf0d6",
    bad="#b3261e",
    bad_soft="#fbe8e6",
    plain_soft="#eceef1",
    well="#e6e8ec",
    paper="#ffffff",
    shadow="#30101828",
)

DARK = Tokens(
    background="#14181d",
    panel="#1c2229",
    raised="#232a33",
    line="#303842",
    line_strong="#4a5562",
    ink="#e8ecf1",
    dim="#9aa5b1",
    accent="#4cc2bd",
    accent_strong="#72d3cf",
    accent_soft="#123434",
    on_accent="#06201f",
    good="#62d198",
    good_soft="#14321f",
    care="#e8b64f",
    care_soft="#382a0c",
    bad="#ff938a",
    bad_soft="#421d1a",
    plain_soft="#2a323c",
    well="#0f1317",
    paper="#f6f5f1",
    shadow="#80000000",
)


def contrast(first: str, second: str) -> float:
    """Contrast ratio of two opaque colours, 1..21 (WCAG 2.2, relative luminance)."""
    bright, dark = sorted((_luminance(QColor(first)), _luminance(QColor(second))), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


def text_pairs(tokens: Tokens) -> tuple[tuple[str, str], ...]:
    """Every text colour with every ground it may stand on."""
    grounds = (tokens.background, tokens.panel, tokens.raised)
    pairs = [(ink, ground) for ink in (tokens.ink, tokens.dim, tokens.accent) for ground in grounds]
    pairs += [(tone, ground) for tone in (tokens.good, tokens.care, tokens.bad) for ground in grounds]
    pairs += [
        (tokens.good, tokens.good_soft),
        (tokens.care, tokens.care_soft),
        (tokens.bad, tokens.bad_soft),
        (tokens.accent, tokens.accent_soft),
        (tokens.ink, tokens.accent_soft),
        (tokens.dim, tokens.accent_soft),
        (tokens.dim, tokens.plain_soft),
        (tokens.ink, tokens.plain_soft),
        (tokens.dim, tokens.well),
        (tokens.on_accent, tokens.accent),
        (tokens.on_accent, tokens.accent_strong),
    ]
    return tuple(pairs)


class Theme(QObject):
    """Holds the palette in force and dresses the application in it."""

    changed = Signal()

    def __init__(self, app: QApplication, styles_dir: Path, choice: str = ThemeChoice.SYSTEM) -> None:
        super().__init__(app)
        self._app = app
        self._template = Template((styles_dir / STYLE_FILE).read_text(encoding="utf-8"))
        self._styles_dir = styles_dir
        self._choice = ThemeChoice(choice)
        self.tokens = LIGHT
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._on_system_changed)
        self._apply()

    @property
    def choice(self) -> ThemeChoice:
        """What was asked for."""
        return self._choice

    @property
    def is_dark(self) -> bool:
        """True when the dark palette is in force."""
        return self.tokens is DARK

    def choose(self, choice: ThemeChoice) -> None:
        """Follow the system, or stay light or dark."""
        self._choice = choice
        self._apply()

    def color(self, name: str) -> QColor:
        """A token as a colour."""
        return QColor(getattr(self.tokens, name))

    def tone(self, tone: Tone) -> tuple[QColor, QColor]:
        """Ink and soft ground of a tone."""
        if tone is Tone.PLAIN:
            return self.color("dim"), self.color("plain_soft")
        return self.color(tone.value), self.color(f"{tone.value}_soft")

    def _marks(self) -> dict[str, str]:
        shade = "dark" if self.is_dark else "light"
        return {
            name: (self._styles_dir / f"{name.replace('_', '-')}-{shade}.svg").as_posix()
            for name in ("chevron_down", "check")
        }

    def _on_system_changed(self, _scheme: Qt.ColorScheme) -> None:
        if self._choice is ThemeChoice.SYSTEM:
            self._apply()

    def _apply(self) -> None:
        system_dark = QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Dark
        dark = self._choice is ThemeChoice.DARK or (self._choice is ThemeChoice.SYSTEM and system_dark)
        self.tokens = DARK if dark else LIGHT
        self._app.setPalette(_palette(self.tokens))
        self._app.setStyleSheet(self._template.substitute(asdict(self.tokens) | self._marks()))
        self.changed.emit()


def _palette(tokens: Tokens) -> QPalette:
    palette = QPalette()
    for role, name in (
        (QPalette.ColorRole.Window, tokens.background),
        (QPalette.ColorRole.WindowText, tokens.ink),
        (QPalette.ColorRole.Base, tokens.panel),
        (QPalette.ColorRole.AlternateBase, tokens.background),
        (QPalette.ColorRole.Text, tokens.ink),
        (QPalette.ColorRole.PlaceholderText, tokens.dim),
        (QPalette.ColorRole.Button, tokens.panel),
        (QPalette.ColorRole.ButtonText, tokens.ink),
        (QPalette.ColorRole.Highlight, tokens.accent),
        (QPalette.ColorRole.HighlightedText, tokens.on_accent),
        (QPalette.ColorRole.ToolTipBase, tokens.raised),
        (QPalette.ColorRole.ToolTipText, tokens.ink),
        (QPalette.ColorRole.Link, tokens.accent),
        (QPalette.ColorRole.Mid, tokens.line),
    ):
        palette.setColor(role, QColor(name))
    for role in (QPalette.ColorRole.WindowText, QPalette.ColorRole.Text, QPalette.ColorRole.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, role, QColor(tokens.dim))
    return palette


def _luminance(color: QColor) -> float:
    def linear(channel: float) -> float:
        return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4

    red, green, blue = (linear(part) for part in (color.redF(), color.greenF(), color.blueF()))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
