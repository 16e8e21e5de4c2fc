"""Draws cover, document and Patch sheets: codes as exact bars, words shaped by Qt with the faces that ship.

All lengths are millimetres; the painter is scaled to them. Patch bars have the measures of Kodak's A-61599: 0.20 and
0.08 inch wide with spaces of 0.08, so that scanners which know them separate as well.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen, QTextLayout, QTextOption

from app.domain.cover_sheets import CoverSheet, DocumentSheet, PatchSheet, Sheet
from ocr.qr import qr_modules
from ui.fonts import FAMILIES, NUMBER_FEATURES
from ui.texts import t

A4_MM = (210.0, 297.0)
INCH_MM = 25.4
PATCH_BARS = {"T": "0101", "2": "1001", "3": "1010"}
WIDE_MM, NARROW_MM = 0.20 * INCH_MM, 0.08 * INCH_MM
PATCH_LONG_MM, PATCH_MARGIN_MM = 2.5 * INCH_MM, 8.0
PATCH_DEEP_MM = 2 * WIDE_MM + 5 * NARROW_MM
POINT_MM = INCH_MM / 72


class Layout(Enum):
    """How many go on a page of A4: columns, rows, whether each is a sheet of its own or a label."""

    ONE = (1, 1, True)
    TWO = (1, 2, True)
    FOUR = (2, 2, True)
    LABELS = (2, 4, False)

    @property
    def is_sheet(self) -> bool:
        """Whether a piece is a separator sheet; labels are stuck on papers."""
        return self.value[2]

    @property
    def count(self) -> int:
        """Pieces on a page."""
        return self.value[0] * self.value[1]


@dataclass(frozen=True, slots=True)
class _Words:
    """A line or paragraph. lines: at most so many, the last one ended by dots."""

    text: str
    points: float
    is_bold: bool = False
    lines: int = 1
    is_number: bool = False


def draw_page(painter: QPainter, sheets: tuple[Sheet, ...], layout: Layout) -> None:
    """Draw up to layout.count sheets on a page; the painter's unit is the millimetre, its origin the paper's corner."""
    columns, rows, _ = layout.value
    width, height = A4_MM[0] / columns, A4_MM[1] / rows
    for place, sheet in enumerate(sheets):
        piece = QRectF(place % columns * width, place // columns * height, width, height)
        painter.save()
        painter.translate(piece.topLeft())
        _draw_piece(painter, sheet, piece.width(), piece.height(), layout)
        painter.restore()
    _draw_cuts(painter, columns, rows)


def _draw_piece(painter: QPainter, sheet: Sheet, width: float, height: float, layout: Layout) -> None:
    match sheet:
        case PatchSheet():
            _draw_patch_sheet(painter, sheet.patch, width, height)
        case DocumentSheet():
            _draw_document(painter, sheet, width, height, layout)
        case CoverSheet():
            _draw_cover(painter, sheet, width, height, layout)


def _draw_cover(painter: QPainter, sheet: CoverSheet, width: float, height: float, layout: Layout) -> None:
    code = sheet.code(is_sheet=layout.is_sheet)
    if layout is Layout.LABELS:
        _draw_label(painter, sheet, code, width, height)
        return
    scale = 1.0 if layout is Layout.ONE else 0.72 if layout is Layout.TWO else 0.62
    margin, top = 16 * scale, 12.0 * scale
    if layout is not Layout.FOUR:  # on a quarter of a page the bars would not fit between margin and words
        _draw_patch(painter, "3", width / 2, PATCH_MARGIN_MM, from_bottom=False)
        if layout is Layout.ONE:  # half a page has no room for both
            _draw_patch(painter, "3", width / 2, height - PATCH_MARGIN_MM, from_bottom=True)
        top = PATCH_MARGIN_MM + PATCH_DEEP_MM + 9 * scale
    inner = width - 2 * margin
    top = _words(painter, margin, top, inner, _Words(sheet.office_name, 15 * scale, lines=2), centre=True)
    top = _words(painter, margin, top + 1, inner, _Words(t("covers.folder"), 11 * scale), centre=True)
    number = _Words(sheet.number, _fitting(sheet.number, 40 * scale, inner), is_bold=True, is_number=True)
    top = _words(painter, margin, top + 4 * scale, inner, number, centre=True)
    side = 58 * scale
    _draw_qr(painter, code, QRectF((width - side) / 2, top + 4 * scale, side, side))
    top += side + 9 * scale
    top = _facts(painter, sheet, QRectF(margin, top, inner, 0), scale)
    if layout is Layout.ONE:  # a second code, for one that was torn, folded or stamped
        bottom = height - PATCH_MARGIN_MM - PATCH_DEEP_MM - 8
        _draw_qr(painter, code, QRectF(width - margin - 34, bottom - 34, 34, 34))
        _words(painter, margin, bottom - 12, inner - 40, _Words(code, 9, lines=2, is_number=True))


def _facts(painter: QPainter, sheet: CoverSheet, place: QRectF, scale: float) -> float:
    top, left, width = place.top(), place.left(), place.width()
    facts = [
        (t("covers.title"), sheet.title, 3),
        (t("covers.applicant"), sheet.applicant, 2),
        (t("covers.filed"), sheet.filed, 1),
        (t("covers.volume"), sheet.volume, 1),
        (t("covers.sheets"), "" if sheet.expected_sheets is None else str(sheet.expected_sheets), 1),
    ]
    for caption, value, lines in facts:
        if value:
            _words(painter, left, top, 34 * scale, _Words(caption, 10.5 * scale))
            top = _words(
                painter, left + 36 * scale, top, width - 36 * scale, _Words(value, 13 * scale, lines=lines)
            )
            top += 2 * scale
    return top


def _draw_label(painter: QPainter, sheet: CoverSheet, code: str, width: float, height: float) -> None:
    margin, side = 6.0, 36.0
    _draw_qr(painter, code, QRectF(margin, (height - side) / 2, side, side))
    left = margin + side + 6
    inner, top = width - left - margin, (height - side) / 2
    number = _Words(sheet.number, _fitting(sheet.number, 17, inner), is_bold=True, is_number=True)
    top = _words(painter, left, top, inner, number) + 1
    for text, lines in ((sheet.volume, 1), (sheet.title, 3), (sheet.applicant, 1)):
        if text:
            top = _words(painter, left, top, inner, _Words(text, 9, lines=lines)) + 0.8


def _draw_document(
    painter: QPainter, sheet: DocumentSheet, width: float, height: float, layout: Layout
) -> None:
    scale = 1.0 if layout is Layout.ONE else 0.62 if layout is not Layout.LABELS else 0.5
    margin, side = 16 * scale, 58 * scale
    top = 24 * scale if height > 100 else 4.0
    inner = width - 2 * margin
    top = _words(painter, margin, top, inner, _Words(t("covers.document"), 12 * scale), centre=True)
    heading = _Words(sheet.document_type, _fitting(sheet.document_type, 40 * scale, inner), is_bold=True)
    top = _words(painter, margin, top + 2, inner, heading, centre=True)
    side = min(side, height - top - 14 * scale)
    _draw_qr(
        painter, sheet.code(is_sheet=layout.is_sheet), QRectF((width - side) / 2, top + 3 * scale, side, side)
    )
    top += side + 6 * scale
    top = _words(painter, margin, top, inner, _Words(sheet.name, 16 * scale, lines=2), centre=True)
    _words(painter, margin, top, inner, _Words(sheet.dated, 14 * scale, is_number=True), centre=True)


def _draw_patch_sheet(painter: QPainter, patch: str, width: float, height: float) -> None:
    """Kodak's sheet: one copy along each edge, each read inwards."""
    _draw_patch(painter, patch, width / 2, PATCH_MARGIN_MM, from_bottom=False)
    _draw_patch(painter, patch, width / 2, height - PATCH_MARGIN_MM, from_bottom=True)
    painter.save()
    painter.translate(PATCH_MARGIN_MM, height / 2)
    painter.rotate(-90)
    _draw_patch(painter, patch, 0, 0, from_bottom=False)
    painter.restore()
    painter.save()
    painter.translate(width - PATCH_MARGIN_MM, height / 2)
    painter.rotate(90)
    _draw_patch(painter, patch, 0, 0, from_bottom=False)
    painter.restore()
    words = _Words(t("covers.patch", patch=patch), 28, is_bold=True)
    top = _words(painter, 50, height / 2 - 16, width - 100, words, centre=True)
    _words(painter, 50, top + 2, width - 100, _Words(t(f"covers.patch_{patch}"), 13, lines=2), centre=True)


def _draw_patch(painter: QPainter, patch: str, middle: float, edge: float, *, from_bottom: bool) -> None:
    """Four bars across, the first one next to the edge of the paper."""
    at = edge
    for bar in PATCH_BARS[patch]:
        deep = WIDE_MM if bar == "1" else NARROW_MM
        top = at - deep if from_bottom else at
        painter.fillRect(QRectF(middle - PATCH_LONG_MM / 2, top, PATCH_LONG_MM, deep), QColor("black"))
        at += (-1 if from_bottom else 1) * (deep + NARROW_MM)


def _draw_qr(painter: QPainter, text: str, place: QRectF) -> None:
    """Runs of dark modules as rectangles: one each would show hairlines between them."""
    rows = qr_modules(text)
    module = place.width() / len(rows)
    for down, row in enumerate(rows):
        start = 0
        for across in range(len(row) + 1):
            if across == len(row) or row[across] == "0":
                if across > start:
                    box = QRectF(
                        place.left() + start * module,
                        place.top() + down * module,
                        (across - start) * module,
                        module * 1.02,
                    )
                    painter.fillRect(box, QColor("black"))
                start = across + 1


def _words(
    painter: QPainter, left: float, top: float, width: float, words: _Words, *, centre: bool = False
) -> float:
    """Set words in a column and return where the next may stand; Khmer, Lao and Thai are shaped and broken by Qt."""
    if not words.text:
        return top
    scale = 100.0  # Qt lays out in whole units of small fonts: hundredths of a millimetre are fine enough
    layout = QTextLayout(words.text, _font(words, scale))
    option = QTextOption(Qt.AlignmentFlag.AlignHCenter if centre else Qt.AlignmentFlag.AlignLeft)
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    layout.setTextOption(option)
    layout.beginLayout()
    height, start, end = 0.0, 0, 0
    for _ in range(words.lines):
        line = layout.createLine()
        if not line.isValid():
            break
        line.setLineWidth(width * scale)
        line.setPosition(QPointF(0, height))
        height += line.height()
        start, end = line.textStart(), line.textStart() + line.textLength()
    layout.endLayout()
    if rest := words.text[end:].strip():
        metrics = QFontMetricsF(layout.font())
        last = metrics.elidedText(
            f"{words.text[start:end]}{rest}", Qt.TextElideMode.ElideRight, width * scale
        )
        if f"{words.text[:start]}{last}" != words.text:
            fitted = replace(words, text=f"{words.text[:start]}{last}")
            return _words(painter, left, top, width, fitted, centre=centre)
    painter.save()
    painter.translate(left, top)
    painter.scale(1 / scale, 1 / scale)
    painter.setPen(QPen(QColor("black")))
    layout.draw(painter, QPointF(0, 0))
    painter.restore()
    return top + height / scale


def _fitting(text: str, points: float, width: float) -> float:
    """Size at which a number stands in one line: Inter's digits are 0.65 of their size wide, bold."""
    return min(points, width / (max(1, len(text)) * 0.68 * POINT_MM))


def _font(words: _Words, scale: float) -> QFont:
    font = QFont()
    font.setFamilies(list(FAMILIES))
    font.setPixelSize(max(1, round(words.points * POINT_MM * scale)))
    font.setWeight(QFont.Weight.Bold if words.is_bold else QFont.Weight.Normal)
    if words.is_number:
        for feature in NUMBER_FEATURES:
            font.setFeature(QFont.Tag(feature), 1)
    return font


def _draw_cuts(painter: QPainter, columns: int, rows: int) -> None:
    """Thin dotted lines where the page is cut."""
    painter.setPen(QPen(QColor(150, 150, 150), 0.15, Qt.PenStyle.DotLine))
    for column in range(1, columns):
        at = A4_MM[0] * column / columns
        painter.drawLine(QPointF(at, 0), QPointF(at, A4_MM[1]))
    for row in range(1, rows):
        at = A4_MM[1] * row / rows
        painter.drawLine(QPointF(0, at), QPointF(A4_MM[0], at))
