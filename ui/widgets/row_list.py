"""Lists of two-line rows with a pill at the right: folders, batches, deliveries, files.

A screen gives a function that turns a row into a ``RowFace``; the delegate paints it. Only visible rows are
ever turned into faces, so lists of thousands cost nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractItemModel, QEvent, QModelIndex, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFont, QHelpEvent, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QToolTip,
    QWidget,
)

from ui.fonts import ASIDE_PX, WORK_PX, number_font, work_font
from ui.models.row_model import ID_ROLE, ROW_ROLE, Index
from ui.widgets.paint import Badge, Look, draw_pill, draw_ring, draw_stack, elided, pill_width, step_colors

TITLE_ROOM_PX = 210.0  # a second pill may not push the title below this, nor the pill that counts the rest


@dataclass(frozen=True, slots=True)
class RowFace:
    """How one row looks. steps: shares 0..1 of a stacked bar; aside: right-aligned words of the second line."""

    title: str
    subtitle: str = ""
    badge: Badge | None = None
    number: str = ""
    aside: str = ""
    steps: tuple[float, ...] = ()
    extras: tuple[Badge, ...] = ()
    tip: str = ""


class RowDelegate(QStyledItemDelegate):
    """Paints RowFaces."""

    def __init__(self, look: Look, face: Callable[[Any], RowFace], height_px: int, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look
        self._face = face
        self._height_px = height_px

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(160, self._height_px)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row = index.data(ROW_ROLE)
        if row is None:
            return
        rect = QRectF(option.rect)
        state = option.state
        theme = self._look.theme
        selected = bool(state & QStyle.StateFlag.State_Selected)
        painter.save()
        if selected:
            painter.fillRect(rect, theme.color("accent_soft"))
            painter.fillRect(QRectF(rect.left(), rect.top(), 3, rect.height()), theme.color("accent"))
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(rect, theme.color("plain_soft"))
        painter.fillRect(QRectF(rect.left(), rect.bottom() - 1, rect.width(), 1), theme.color("line"))
        self._paint_face(painter, rect.adjusted(16, 9, -14, -9), self._face(row))
        if selected and state & QStyle.StateFlag.State_HasFocus:
            draw_ring(painter, self._look, rect.adjusted(3, 2, -3, -3), 6)
        painter.restore()

    def helpEvent(
        self, event: QHelpEvent, view: QAbstractItemView, option: QStyleOptionViewItem, index: Index
    ) -> bool:
        row = index.data(ROW_ROLE)
        if event.type() == QEvent.Type.ToolTip and row is not None:
            face = self._face(row)
            lines = [part for part in (face.title, face.number, face.subtitle, face.tip) if part]
            QToolTip.showText(event.globalPos(), "\n".join(lines), view)
            return True
        return super().helpEvent(event, view, option, index)

    def _paint_face(self, painter: QPainter, rect: QRectF, face: RowFace) -> None:
        theme = self._look.theme
        right = rect.right()
        has_steps = bool(face.steps)
        for badge in self._fitting(face, rect.width()):
            right -= draw_pill(painter, self._look, QPointF(right, rect.top() + 11), badge) + 8
        width = right - rect.left() - 4
        painter.setFont(work_font(WORK_PX, weight=QFont.Weight.DemiBold))
        painter.setPen(theme.color("ink"))
        title = elided(painter, face.title, width)
        painter.drawText(QRectF(rect.left(), rect.top(), width, 22), Qt.AlignmentFlag.AlignVCenter, title)
        self._paint_second_line(painter, QRectF(rect.left(), rect.top() + 24, rect.width(), 20), face)
        if has_steps:
            bar = QRectF(rect.left(), rect.top() + 50, rect.width(), 8)
            colors = step_colors(theme)
            draw_stack(painter, bar, theme.color("plain_soft"), tuple(zip(face.steps, colors, strict=False)))

    def _fitting(self, face: RowFace, room_px: float) -> list[Badge]:
        """The pills that leave room for the title; the rest is counted in a last one, never just left out."""
        pills = [] if face.badge is None else [face.badge, *face.extras]
        taken = 0.0
        for place, badge in enumerate(pills):
            taken += pill_width(badge) + 8
            if taken > room_px - (TITLE_ROOM_PX if place else 60):
                rest = Badge(badge.tone, badge.icon, f"+{len(pills) - place}")
                return [*pills[:place], rest] if place else []
        return pills

    def _paint_second_line(self, painter: QPainter, line: QRectF, face: RowFace) -> None:
        theme = self._look.theme
        if face.aside:
            painter.setFont(work_font(ASIDE_PX))
            painter.setPen(theme.color("dim"))
            aside = elided(painter, face.aside, line.width() * 0.55)
            painter.drawText(line, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, aside)
            line.setWidth(line.width() - painter.fontMetrics().horizontalAdvance(aside) - 12)
        if face.number:
            painter.setFont(number_font(13.4))
            painter.setPen(theme.color("ink"))
            number = elided(painter, face.number, line.width())
            painter.drawText(line, Qt.AlignmentFlag.AlignVCenter, number)
            line.setLeft(line.left() + painter.fontMetrics().horizontalAdvance(number) + 10)
        painter.setFont(work_font(ASIDE_PX))
        painter.setPen(theme.color("dim"))
        if line.width() > 36:
            words = elided(painter, face.subtitle, line.width())
            painter.drawText(line, Qt.AlignmentFlag.AlignVCenter, words)


class RowList(QListView):
    """A list of rows chosen by keys or mouse; Enter or a double click opens one."""

    chosen = Signal(int)  # row id of the current row
    opened = Signal(int)

    def __init__(
        self,
        model: QAbstractItemModel,
        look: Look,
        face: Callable[[Any], RowFace],
        *,
        height_px: int = 62,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setModel(model)
        self.setItemDelegate(RowDelegate(look, face, height_px, self))
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.doubleClicked.connect(self._on_opened)
        self.selectionModel().currentChanged.connect(self._on_current)

    def current_id(self) -> int | None:
        """Id of the current row."""
        row_id = self.currentIndex().data(ID_ROLE)
        return None if row_id is None else int(row_id)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self._on_opened(self.currentIndex())
            return
        super().keyPressEvent(event)

    def _on_current(self, current: QModelIndex, _previous: QModelIndex) -> None:
        row_id = current.data(ID_ROLE) if current.isValid() else None
        if row_id is not None:
            self.chosen.emit(int(row_id))

    def _on_opened(self, index: QModelIndex) -> None:
        row_id = index.data(ID_ROLE)
        if row_id is not None:
            self.opened.emit(int(row_id))
