"""Values that fit what is being typed, below the edit; arrows choose one. No window of its own: the focus never leaves the edit."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.domain.register_keys import name_key
from ui.fonts import work_font
from ui.widgets.paint import Look, elided

MOST, ROW_PX = 6, 30


class Suggestions(QWidget):
    """Paints the values that fit; the edit above asks for the next or the one before."""

    picked = Signal(str)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._values: tuple[str, ...] = ()
        self._fitting: tuple[str, ...] = ()
        self._chosen = -1
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.hide()

    @property
    def fitting(self) -> tuple[str, ...]:
        """What is shown."""
        return self._fitting if self.isVisible() else ()

    def offer(self, values: Sequence[str]) -> None:
        """Suggest of these."""
        self._values = tuple(dict.fromkeys(values))

    def suggest(self, text: str) -> None:
        """Show what holds a text; accents, case and words of firms do not count."""
        key = name_key(text)
        found = [each for each in self._values if key and key in name_key(each) and each != text]
        found.sort(key=lambda each: not name_key(each).startswith(key))
        self._fitting, self._chosen = tuple(found[:MOST]), -1
        self.setFixedHeight(max(1, len(self._fitting) * ROW_PX + 2))
        self.setAccessibleName(", ".join(self._fitting))
        self.setVisible(bool(self._fitting))
        self.update()

    def step(self, by: int) -> str:
        """Choose the next or the one before; its text, "" where that leaves the list."""
        self._chosen = max(-1, min(len(self._fitting) - 1, self._chosen + by))
        self.update()
        return self._fitting[self._chosen] if self._chosen >= 0 else ""

    def sizeHint(self) -> QSize:
        return QSize(200, len(self._fitting) * ROW_PX + 2)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        place = int(event.position().y()) // ROW_PX
        if 0 <= place < len(self._fitting):
            self.picked.emit(self._fitting[place])

    def leaveEvent(self, event: QEvent) -> None:
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme = self._look.theme
        painter.setPen(QPen(theme.color("line_strong"), 1))
        painter.setBrush(theme.color("raised"))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 8, 8)
        painter.setFont(work_font())
        for place, value in enumerate(self._fitting):
            rect = QRectF(1, 1 + place * ROW_PX, self.width() - 2, ROW_PX)
            if place == self._chosen:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(theme.color("accent_soft"))
                painter.drawRoundedRect(rect.adjusted(2, 1, -2, -1), 6, 6)
            painter.setPen(theme.color("ink"))
            words = rect.adjusted(12, 0, -12, 0)
            painter.drawText(words, Qt.AlignmentFlag.AlignVCenter, elided(painter, value, words.width()))
        painter.end()
