"""The edit of one field: each unsure character has a mark below it, by shape as well as colour, and its state at the right.

Keys that belong to the screen are offered to it first, so that the focus can stay in fields all day.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetricsF,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygonF,
    QResizeEvent,
)
from PySide6.QtWidgets import QLineEdit, QStyle, QStyleOptionFrame, QWidget

from ui.fonts import VALUE_PX, number_font
from ui.widgets.keys import passes_question
from ui.widgets.number_field import ENTER, OTHER_THAN_ENTER
from ui.widgets.paint import Badge, Look, draw_pill, pill_width

SURE, DOUBTFUL = 0.9, 0.6
"""A character read less surely (0..1) has a triangle below it; below the second, a cross."""

_PAGE = {Qt.Key.Key_PageUp: -1, Qt.Key.Key_PageDown: 1}
_LINE = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}


class FieldEdit(QLineEdit):
    """A line edit for one value."""

    moved = Signal(int)  # Up -1, Down +1: to another field
    page_moved = Signal(int)
    folder_moved = Signal(int)
    undo_asked = Signal()
    is_free_text = True  # then "?" may be a part of it

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._expected = ""
        self._certainty: tuple[float, ...] = ()
        self._badge = StateBadge(look, self)
        self.setFont(number_font(VALUE_PX))
        self.setMaxLength(2_000)
        self.setMinimumHeight(38)

    @property
    def badge(self) -> Badge | None:
        """State shown at the right."""
        return self._badge.badge

    def expect(self, text: str, certainty: Sequence[float]) -> None:
        """Tell how surely each character of a text was read; shown as long as this text stands here."""
        self._expected = text
        self._certainty = tuple(certainty) if len(certainty) == len(text) else ()
        self.update()

    def fits(self, badge: Badge) -> bool:
        """Tell whether the whole text stands beside a state."""
        words = QFontMetricsF(self.font()).horizontalAdvance(self.text() or self.placeholderText())
        return words + pill_width(badge) + 40 <= self.width()

    def show_state(self, badge: Badge | None) -> None:
        """Show a state at the right."""
        self._badge.show_badge(badge)
        self._place_badge()

    def event(self, event: QEvent) -> bool:
        if not self.is_free_text and passes_question(event):
            return False
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, control = Qt.Key(event.key()), bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if key in ENTER and (event.isAutoRepeat() or event.modifiers() & OTHER_THAN_ENTER):
            return  # one press is one act, however long the key is held; with Ctrl it has another meaning
        if key in _PAGE and not control:
            self.page_moved.emit(_PAGE[key])
        elif key in _LINE:
            (self.folder_moved if control else self.moved).emit(_LINE[key])
        elif control and key == Qt.Key.Key_Z and not self.isUndoAvailable():
            self.undo_asked.emit()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_badge()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._certainty or self.text() != self._expected:
            return
        option = QStyleOptionFrame()
        self.initStyleOption(option)
        inner = self.style().subElementRect(QStyle.SubElement.SE_LineEditContents, option, self)
        metrics = QFontMetricsF(self.font())
        room = inner.width() - self.textMargins().right()
        if metrics.horizontalAdvance(self.text()) > room:
            return  # the text is scrolled: marks would stand under other characters
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        top = inner.center().y() + metrics.height() / 2 + 1
        for place, sure in enumerate(self._certainty):
            if not self._expected[place].isspace():
                start = metrics.horizontalAdvance(self._expected[:place])
                end = metrics.horizontalAdvance(self._expected[: place + 1])
                self._mark(painter, QRectF(inner.left() + 2 + start, top, end - start, 5), sure)
        painter.end()

    def _mark(self, painter: QPainter, under: QRectF, sure: float) -> None:
        """A thin line where it was read surely, a triangle where not, a cross where hardly."""
        middle = under.center()
        if sure >= SURE:
            color = QColor(self._look.theme.color("good"))
            color.setAlpha(110)
            painter.fillRect(QRectF(under.left(), under.top(), under.width(), 2), color)
        elif sure >= DOUBTFUL:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._look.theme.color("care"))
            half = 3.5
            painter.drawPolygon(
                QPolygonF(
                    [
                        QPointF(middle.x(), under.top()),
                        QPointF(middle.x() - half, under.top() + 5),
                        QPointF(middle.x() + half, under.top() + 5),
                    ]
                )
            )
        else:
            painter.setPen(QPen(self._look.theme.color("bad"), 1.6))
            for slope in (-1, 1):
                painter.drawLine(
                    QPointF(middle.x() - 2.5, middle.y() - 2.5 * slope),
                    QPointF(middle.x() + 2.5, middle.y() + 2.5 * slope),
                )

    def _place_badge(self) -> None:
        width = self._badge.sizeHint().width() if self._badge.badge else 0
        self.setTextMargins(0, 0, width + 4 if width else 0, 0)
        self._badge.setGeometry(self.width() - width - 7, (self.height() - 26) // 2, width, 26)


class StateBadge(QWidget):
    """A pill that lets clicks through."""

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look
        self.badge: Badge | None = None
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def show_badge(self, badge: Badge | None) -> None:
        """Show this one."""
        self.badge = badge
        self.setAccessibleName("" if badge is None else badge.word)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(0 if self.badge is None else round(pill_width(self.badge)) + 1, 26)

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.badge is None:
            return
        painter = QPainter(self)
        draw_pill(painter, self._look, QPointF(self.width(), self.height() / 2), self.badge)
        painter.end()
