"""What is laid over a page while it is being straightened or cropped: level lines, or a frame with its corner."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen

from ocr.types import Box
from ui.widgets.paint import Look

LINES = 14
OUTSIDE = QColor(10, 16, 24, 150)
SMALLEST_PX = 40


class Corner(StrEnum):
    """The corner of a frame that the arrow keys move."""

    TOP_LEFT = "top_left"
    BOTTOM_RIGHT = "bottom_right"


@dataclass(frozen=True, slots=True)
class Frame:
    """A box being drawn, and the corner that moves."""

    box: Box
    corner: Corner = Corner.TOP_LEFT

    def moved(self, across_px: int, down_px: int, space: tuple[int, int]) -> Frame:
        """The frame with its corner moved, within the page and never turned inside out."""
        box = self.box
        left, top = box.left_px, box.top_px
        right, bottom = left + box.width_px, top + box.height_px
        if self.corner is Corner.TOP_LEFT:
            left = min(max(0, left + across_px), right - SMALLEST_PX)
            top = min(max(0, top + down_px), bottom - SMALLEST_PX)
        else:
            right = max(min(space[0], right + across_px), left + SMALLEST_PX)
            bottom = max(min(space[1], bottom + down_px), top + SMALLEST_PX)
        return Frame(Box(left, top, right - left, bottom - top), self.corner)

    def other_corner(self) -> Frame:
        """The same frame, moved at its other corner."""
        other = Corner.BOTTOM_RIGHT if self.corner is Corner.TOP_LEFT else Corner.TOP_LEFT
        return Frame(self.box, other)


def draw_level_lines(painter: QPainter, look: Look, page: QRectF) -> None:
    """Lines straight across the page, to compare lines of text with."""
    color = QColor(look.theme.color("accent"))
    color.setAlpha(120)
    pen = QPen(color, 1)
    pen.setCosmetic(True)
    painter.setPen(pen)
    for line in range(1, LINES):
        y = page.top() + page.height() * line / LINES
        painter.drawLine(QPointF(page.left(), y), QPointF(page.right(), y))


def draw_frame(painter: QPainter, page: QRectF, frame: Frame, scale: float) -> None:
    """Shade what lies outside of a frame and mark the corner that moves. scale: screen pixels a page pixel."""
    inner = shade_outside(painter, page, frame.box)
    pen = QPen(QColor("#0b6e6e"), 2)
    pen.setCosmetic(True)
    painter.setPen(pen)
    painter.drawRect(inner)
    corners = {Corner.TOP_LEFT: inner.topLeft(), Corner.BOTTOM_RIGHT: inner.bottomRight()}
    for corner, spot in corners.items():
        is_active = corner is frame.corner
        side = (16 if is_active else 9) / scale
        mark = QRectF(spot.x() - side / 2, spot.y() - side / 2, side, side)
        painter.fillRect(mark, QColor("#e8a400") if is_active else QColor("#0b6e6e"))


def shade_outside(painter: QPainter, page: QRectF, box: Box) -> QRectF:
    """Shade what of a page lies outside of a box and return the box."""
    inner = QRectF(box.left_px, box.top_px, box.width_px, box.height_px)
    outside = QPainterPath()
    outside.addRect(page)
    hole = QPainterPath()
    hole.addRect(inner)
    painter.fillPath(outside.subtracted(hole), OUTSIDE)
    return inner
