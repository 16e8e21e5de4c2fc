"""The shipped faces: Inter for Latin and numbers, Noto Sans for Khmer, Lao and Thai."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtGui import QFont, QFontDatabase
from PySide6.QtWidgets import QApplication

FAMILIES = ("Inter", "Noto Sans Khmer", "Noto Sans Lao", "Noto Sans Thai")
WORK_PX = 14
ASIDE_PX = 12.5
VALUE_PX = 16
# Inter: slashed zero; ss02 sets 1, l and I apart; tabular figures keep columns of numbers still.
NUMBER_FEATURES = ("zero", "ss02", "tnum")


def load_fonts(app: QApplication, fonts_dir: Path) -> tuple[str, ...]:
    """Register the shipped faces and make them the application's; returns the families that are missing."""
    for path in sorted(fonts_dir.glob("*")):
        if path.suffix.lower() in {".ttf", ".otf"}:
            QFontDatabase.addApplicationFont(str(path))
    app.setFont(work_font())
    known = set(QFontDatabase.families())
    return tuple(family for family in FAMILIES if family not in known)


def work_font(size_px: float = WORK_PX, *, weight: QFont.Weight = QFont.Weight.Normal) -> QFont:
    """The face for words."""
    font = QFont()
    font.setFamilies(list(FAMILIES))
    font.setPixelSize(round(size_px))
    font.setWeight(weight)
    font.setStyleStrategy(QFont.StyleStrategy.PreferAntialias)
    return font


def number_font(size_px: float = WORK_PX, *, weight: QFont.Weight = QFont.Weight.Medium) -> QFont:
    """The face for application numbers: 0 and O, 1, l and I cannot be mistaken."""
    font = work_font(size_px, weight=weight)
    for feature in NUMBER_FEATURES:
        font.setFeature(QFont.Tag(feature), 1)
    return font
