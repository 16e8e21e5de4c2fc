"""A strip of the page around a box: what was read, as it stands on the paper."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QSizePolicy, QWidget

from ocr.types import Box
from ui.widgets.paint import Look

HEIGHT_PX = 60


class Snippet(QWidget):
    """Shows the surroundings of a box, as large as its height allows."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._pixmap: QPixmap | None = None
        self._box: QRectF | None = None
        self._words = ""
        self.setFixedHeight(HEIGHT_PX)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_box(self, pixmap: QPixmap | None, space: tuple[int, int], box: Box | None) -> None:
        """Show box (page space of this size) from a picture of the page; None empties it."""
        self._pixmap = pixmap
        self._box = None
        if pixmap is not None and box is not None:
            across, down = pixmap.width() / max(1, space[0]), pixmap.height() / max(1, space[1])
            self._box = QRectF(
                box.left_px * across, box.top_px * down, box.width_px * across, box.height_px * down
            )
        self.update()

    def say(self, words: str) -> None:
        """Words shown when there is nothing to see."""
        self._words = words
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(320, HEIGHT_PX)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        rect = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        path = QPainterPath()
        path.addRoundedRect(rect, 8, 8)
        painter.setClipPath(path)
        theme = self._look.theme
        if self._pixmap is None or self._box is None or self._box.isEmpty():
            painter.fillRect(rect, theme.color("background"))
            painter.setPen(theme.color("dim"))
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(rect.adjusted(12, 4, -12, -4), flags, self._words)
        else:
            painter.fillRect(rect, QColor("#ffffff"))
            self._paint_part(painter, rect)
        painter.setClipping(False)
        painter.setPen(QPen(theme.color("line_strong"), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(path)
        painter.end()

    def _paint_part(self, painter: QPainter, rect: QRectF) -> None:
        assert self._pixmap is not None
        assert self._box is not None
        box = self._box
        by_height = rect.height() * 0.42 / max(box.height(), 1.0)
        scale = min(by_height, rect.width() * 0.5 / max(box.width(), 1.0), 3.0)
        width, height = rect.width() / scale, rect.height() / scale
        # More of what stands before the number (its label) than behind it, when there is room.
        spare = max(0.0, width - box.width())
        source = QRectF(box.left() - spare * 0.86, box.center().y() - height / 2, width, height)
        if source.left() < 0 < box.left():
            source.moveLeft(max(source.left(), box.right() + 16 / scale - width, -16 / scale))
        painter.drawPixmap(rect, self._pixmap, source)
        mark = QRectF(
            (box.left() - source.left()) * scale - 4,
            (box.top() - source.top()) * scale - 3,
            box.width() * scale + 8,
            box.height() * scale + 6,
        )
        color = QColor("#0b6e6e")
        soft = QColor(color)
        soft.setAlpha(28)
        painter.setPen(QPen(color, 1.5))
        painter.setBrush(soft)
        painter.drawRoundedRect(mark, 3, 3)
