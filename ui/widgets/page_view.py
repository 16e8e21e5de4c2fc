"""One page, large: fit, zoom, drag, marks on it, and the same place kept while paging.

The scene is page space: pictures of any size are stretched onto it, so marks and zoom stay right when the
thumbnail shown first gives way to the viewing copy.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QMouseEvent,
    QPainter,
    QPen,
    QPixmap,
    QResizeEvent,
    QTransform,
    QWheelEvent,
)
from PySide6.QtWidgets import QFrame, QGraphicsRectItem, QGraphicsScene, QGraphicsView, QWidget

from ocr.types import Box
from ui.brightness import brightened
from ui.widgets.page_overlay import Frame, draw_frame, draw_level_lines, shade_outside
from ui.widgets.paint import Look

ZOOM_STEP = 1.2
ZOOM_MIN, ZOOM_MAX = 0.05, 6.0
# A number zoomed to: at least this wide in the view, so that single digits can be compared.
NUMBER_SHARE = 0.36
NUMBER_ZOOM_MAX = 1.2
MARGIN_PX = 60
SEEN_MARGIN_PX = 80


@dataclass(frozen=True, slots=True)
class Mark:
    """A box to show on the page, in page space."""

    box: Box
    tone: str = "accent"


class PageView(QGraphicsView):
    """Shows a pixmap of a page with marks."""

    zoomed = Signal(float)  # screen pixels per pixel of page space
    frame_drawn = Signal(object)  # Box drawn by mouse while a frame is shown

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._scene = QGraphicsScene(self)
        self.setScene(self._scene)
        self._sheet = self._scene.addPixmap(QPixmap())
        self._sheet.setTransformationMode(Qt.TransformationMode.SmoothTransformation)
        self._marks: list[QGraphicsRectItem] = []
        self._space = (1, 1)
        self._is_fitted = True
        self._pixmap = QPixmap()
        self._brightness = 0
        self._level_deg: float | None = None
        self._frame: Frame | None = None
        self._box: Box | None = None
        self._pressed_at: QPointF | None = None
        self.keep_place = False
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setDragMode(QGraphicsView.DragMode.ScrollHandDrag)
        self.setTransformationAnchor(QGraphicsView.ViewportAnchor.AnchorUnderMouse)
        self.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        self.setMinimumSize(200, 160)

    @property
    def is_fitted(self) -> bool:
        """True while the whole page is shown."""
        return self._is_fitted

    def show_page(self, pixmap: QPixmap | None, space: tuple[int, int]) -> None:
        """Show a picture of a page whose page space has this size; None empties the view."""
        had = self._space
        self._space = (max(1, space[0]), max(1, space[1]))
        self._pixmap = pixmap or QPixmap()
        self._sheet.setPixmap(brightened(self._pixmap, self._brightness))
        self._place_sheet()
        self._scene.setSceneRect(self._rect.adjusted(-MARGIN_PX, -MARGIN_PX, MARGIN_PX, MARGIN_PX))
        if pixmap is not None and (self._is_fitted or (had != self._space and not self.keep_place)):
            self.fit()

    def set_brightness(self, brightness: int) -> None:
        """Show the page darker or brighter, -100..100."""
        if brightness != self._brightness:
            self._brightness = brightness
            self._sheet.setPixmap(brightened(self._pixmap, brightness))

    def preview_level(self, by_deg: float | None) -> None:
        """Show the page levelled by so many degrees more, with lines to compare; None ends it."""
        self._level_deg = by_deg
        self._place_sheet()
        self.viewport().update()

    def show_frame(self, frame: Frame | None) -> None:
        """Show a frame being drawn; None ends it."""
        self._frame = frame
        mode = QGraphicsView.DragMode
        self.setDragMode(mode.ScrollHandDrag if frame is None else mode.NoDrag)
        self.viewport().update()

    def show_box(self, box: Box | None) -> None:
        """Shade what a person left out of the page; None shades nothing."""
        if box != self._box:
            self._box = box
            self.viewport().update()

    def mark(self, marks: Sequence[Mark]) -> None:
        """Show these boxes and no others."""
        for item in self._marks:
            self._scene.removeItem(item)
        self._marks.clear()
        for mark in marks:
            color = self._look.theme.color(mark.tone) if self._look.theme.is_dark else QColor("#0b6e6e")
            if mark.tone == "care":
                color = QColor("#b87900")
            soft = QColor(color)
            soft.setAlpha(36)
            pen = QPen(color, 2)
            pen.setCosmetic(True)
            self._marks.append(self._scene.addRect(_rect(mark.box).adjusted(-9, -7, 9, 7), pen, soft))

    def fit(self) -> None:
        """Show the whole page; one that is still to come, as soon as it is here."""
        self._is_fitted = True
        if self._sheet.pixmap().isNull():
            return
        rect = self._rect.adjusted(-MARGIN_PX / 2, -MARGIN_PX / 2, MARGIN_PX / 2, MARGIN_PX / 2)
        self.fitInView(rect, Qt.AspectRatioMode.KeepAspectRatio)
        self.zoomed.emit(self.transform().m11())

    def zoom_by(self, factor: float) -> None:
        """Larger or smaller."""
        wanted = min(ZOOM_MAX, max(ZOOM_MIN, self.transform().m11() * factor))
        factor = wanted / self.transform().m11()
        self.scale(factor, factor)
        self._is_fitted = False
        self.zoomed.emit(self.transform().m11())

    def zoom_to(self, box: Box) -> None:
        """Show a box so large that its characters can be compared."""
        rect = _rect(box)
        if rect.isEmpty() or self._sheet.pixmap().isNull():
            return
        scale = self.viewport().width() * NUMBER_SHARE / max(rect.width(), 40.0)
        scale = max(self._fit_scale(), min(scale, NUMBER_ZOOM_MAX))
        self.resetTransform()
        self.scale(scale, scale)
        # The label stands before the number: leave more room at its left, and show what follows below.
        across, down = self.viewport().width() / scale, self.viewport().height() / scale
        self.centerOn(rect.center() + QPointF(-across * 0.16, down * 0.24))
        self._is_fitted = False
        self.zoomed.emit(scale)

    def ensure_seen(self, box: Box) -> None:
        """Bring a box into sight without changing the zoom."""
        self.ensureVisible(_rect(box), SEEN_MARGIN_PX, SEEN_MARGIN_PX)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.zoom_by(ZOOM_STEP if event.angleDelta().y() > 0 else 1 / ZOOM_STEP)
            event.accept()
            return
        super().wheelEvent(event)

    def drawForeground(self, painter: QPainter, rect: QRectF | QRect) -> None:
        if self._level_deg is not None:
            draw_level_lines(painter, self._look, self._rect)
        elif self._frame is None and self._box is not None:
            shade_outside(painter, self._rect, self._box)
        if self._frame is not None:
            draw_frame(painter, self._rect, self._frame, self.transform().m11())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if self._frame is not None and event.button() == Qt.MouseButton.LeftButton:
            self._pressed_at = self.mapToScene(event.position().toPoint())
            return
        super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._pressed_at is not None:
            drawn = QRectF(self._pressed_at, self.mapToScene(event.position().toPoint())).normalized()
            inside = drawn.intersected(self._rect).toRect()
            self.frame_drawn.emit(Box(inside.left(), inside.top(), inside.width(), inside.height()))
            return
        super().mouseMoveEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._pressed_at = None
        super().mouseReleaseEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._is_fitted:
            self.fit()

    @property
    def _rect(self) -> QRectF:
        return QRectF(0, 0, self._space[0], self._space[1])

    def _place_sheet(self) -> None:
        """Stretch the picture onto page space, turned about its centre while it is being levelled."""
        if self._pixmap.isNull():
            return
        across, down = self._space[0] / self._pixmap.width(), self._space[1] / self._pixmap.height()
        x, y = self._space[0] / 2, self._space[1] / 2
        turn = QTransform().translate(x, y).rotate(-(self._level_deg or 0.0)).translate(-x, -y)
        self._sheet.setTransform(QTransform.fromScale(across, down) * turn)

    def _fit_scale(self) -> float:
        return min(self.viewport().width() / self._space[0], self.viewport().height() / self._space[1])


def _rect(box: Box) -> QRectF:
    return QRectF(box.left_px, box.top_px, box.width_px, box.height_px)
