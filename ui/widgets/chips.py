"""Pills in a flow: as many on a line as fit, the rest below."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize
from PySide6.QtGui import QHelpEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui.widgets.paint import PILL_HEIGHT, Badge, Look, draw_pill, pill_width

_GAP = 6.0


class ChipFlow(QWidget):
    """Shows badges; its height follows its width."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._badges: tuple[Badge, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    @property
    def badges(self) -> tuple[Badge, ...]:
        """What is shown."""
        return self._badges

    def show_badges(self, badges: Sequence[Badge]) -> None:
        """Show these."""
        self._badges = tuple(badges)
        self.setAccessibleName(", ".join(badge.word for badge in badges))
        self._settle()

    def sizeHint(self) -> QSize:
        return QSize(200, self._height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._settle()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        for badge, rect in self._places():
            end = QPointF(rect.right(), rect.center().y())
            draw_pill(painter, self._look, end, badge, room_px=rect.width())
        painter.end()

    def event(self, event) -> bool:  # type: ignore[no-untyped-def]  # Qt hands over any event
        if isinstance(event, QHelpEvent):
            self.setToolTip(
                next(
                    (badge.word for badge, rect in self._places() if rect.contains(QPointF(event.pos()))), ""
                )
            )
        return super().event(event)

    def _places(self) -> list[tuple[Badge, QRectF]]:
        places: list[tuple[Badge, QRectF]] = []
        left = top = 0.0
        for badge in self._badges:
            width = min(pill_width(badge), max(60.0, float(self.width())))
            if left > 0 and left + width > self.width():
                left, top = 0.0, top + PILL_HEIGHT + _GAP
            places.append((badge, QRectF(left, top, width, PILL_HEIGHT)))
            left += width + _GAP
        return places

    def _height(self) -> int:
        places = self._places()
        return round(places[-1][1].bottom()) + 2 if places else 0

    def _settle(self) -> None:
        if self.minimumHeight() != self._height():
            self.setFixedHeight(self._height())
        self.update()
