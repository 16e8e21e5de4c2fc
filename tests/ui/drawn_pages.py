"""Pages for screen tests: forms with INID codes, Khmer letters and a stamp, drawn by Qt into a directory."""

from __future__ import annotations

import random
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage, QPainter, QPen

from ocr.types import Box

WIDTH, HEIGHT = 1240, 1754  # A4 at 150 dpi: page space is twice that
SPACE = (2480, 3508)
KHMER = (
    "នាយកដ្ឋានកម្មសិទ្ធិបញ្ញា",
    "ឈ្មោះអ្នកដាក់ពាក្យ",
    "និងសមភាពក្នុងផ្នែកសេចក្ដីថ្លៃថ្នូរនិងសិទ្ធិ",
    "ក្រសួងពាណិជ្ជកម្ម",
    "សូមគោរពជម្រាបជូន",
)
WORDS = [
    "a",
    "fluid",
    "the",
    "days",
    "requests",
    "with",
    "claim",
    "housing",
    "date",
    "spring",
    "communication",
    "apparatus",
    "indicated",
    "threshold",
    "requests",
    "the",
    "filter",
    "value",
    "inlet",
    "chamber",
    "used",
    "made",
    "mark",
    "rice",
    "said",
    "element",
    "woven",
    "bamboo",
    "treated",
    "layer",
]


@dataclass(frozen=True, slots=True)
class DrawnPage:
    """One drawn page: its files, and where its number stands in page space."""

    view: Path
    thumb: Path
    box: Box | None


def draw_page(directory: Path, name: str, kind: str, number: str, title: str, seed: int) -> DrawnPage:
    """Draw a page of a kind: "cover", "form", "text", "letter", "blank"."""
    image = QImage(WIDTH, HEIGHT, QImage.Format.Format_RGB32)
    image.fill(QColor("#fbfaf6"))
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    chance = random.Random(seed)
    box = None
    if kind == "cover":
        box = _cover(painter, number, title)
    elif kind == "form":
        box = _form(painter, number, title, chance)
    elif kind in ("text", "letter"):
        _body(painter, chance, 150, 1500)
        if kind == "letter":
            box = _line(painter, 150, 110, f"Our ref.: {number}", 26, number)
    else:
        painter.setPen(QPen(QColor("#e9e6dc"), 2))
        for _ in range(14):
            painter.drawPoint(QPointF(chance.uniform(0, WIDTH), chance.uniform(0, HEIGHT)))
    painter.end()
    view, thumb = directory / f"{name}.view.jpg", directory / f"{name}.thumb.jpg"
    image.save(str(view), "JPG", 82)
    small = image.scaled(
        320, 320, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
    )
    small.save(str(thumb), "JPG", 80)
    return DrawnPage(view, thumb, box)


def _font(size: int, *, bold: bool = False, serif: bool = False) -> QFont:
    font = QFont()
    font.setFamilies((["Noto Serif Khmer"] if serif else ["Inter"]) + ["Noto Sans Khmer"])
    font.setPixelSize(size)
    font.setBold(bold)
    return font


def _line(painter: QPainter, left: float, top: float, text: str, size: int, number: str) -> Box | None:
    painter.setFont(_font(size))
    painter.setPen(QColor("#23211d"))
    painter.drawText(QPointF(left, top), text)
    place = text.find(number)
    if place < 0:
        return None
    metrics = QFontMetricsF(painter.font())
    start = left + metrics.horizontalAdvance(text[:place])
    width = metrics.horizontalAdvance(number)
    return Box(
        round(start * 2), round((top - metrics.ascent()) * 2), round(width * 2), round(metrics.height() * 2)
    )


def _cover(painter: QPainter, number: str, title: str) -> Box | None:
    painter.setPen(QPen(QColor("#6b675c"), 3))
    painter.drawRect(QRectF(110, 150, WIDTH - 220, 520))
    painter.setPen(QColor("#23211d"))
    painter.setFont(_font(40, bold=True))
    painter.drawText(QRectF(110, 190, WIDTH - 220, 80), Qt.AlignmentFlag.AlignCenter, "INDUSTRIAL DESIGN")
    painter.setFont(_font(34))
    painter.drawText(QRectF(110, 270, WIDTH - 220, 80), Qt.AlignmentFlag.AlignCenter, KHMER[3])
    box = _line(painter, 360, 460, f"No. {number}", 44, number)
    _line(painter, 360, 540, title, 28, "")
    return box


def _form(painter: QPainter, number: str, title: str, chance: random.Random) -> Box | None:
    box = _line(painter, 160, 190, f"(21) Application No.: {number}", 34, number)
    for place, text in enumerate(
        (
            "(22) Filing date: 24/08/2017",
            f"(54) Title: {title}",
            "(71) Applicant: Thang Long Beverage JSC",
            "(74) Agent: Local IP Agents",
        )
    ):
        _line(painter, 160, 250 + place * 46, text, 28, "")
    painter.setPen(QPen(QColor("#c4615f"), 4))
    for radius in (86, 76, 58):
        painter.drawEllipse(QPointF(960, 330), radius, radius)
    for place, text in enumerate(KHMER):
        _line(painter, 160, 520 + place * 56, text, 30, "")
    _body(painter, chance, 850, 1420)
    return box


def _body(painter: QPainter, chance: random.Random, top: int, bottom: int) -> None:
    painter.setFont(_font(25, serif=False))
    painter.setPen(QColor("#2d2a25"))
    for line in range(top, bottom, 42):
        words = " ".join(chance.choice(WORDS) for _ in range(11))
        painter.drawText(QPointF(160, line), words[:84])
