"""The field of the application number: largest on the screen, each repaired character underlined.

Arrow keys, page keys and the like are offered to the screen first, so that the focus can stay here all day.
"""

from __future__ import annotations

import unicodedata
from difflib import SequenceMatcher

from PySide6.QtCore import QEvent, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QLineEdit, QStyle, QStyleOptionFrame, QWidget

from ui.fonts import number_font
from ui.widgets.keys import passes_question
from ui.widgets.paint import Look

SIZE_PX = 23
ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
OTHER_THAN_ENTER = (
    Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.ShiftModifier
)
_PASSED_ON = {Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown}


class NumberField(QLineEdit):
    """A line edit for one number."""

    moved = Signal(int)  # Up -1, Down +1: among the candidates
    page_moved = Signal(int)
    folder_moved = Signal(int)
    undo_asked = Signal()

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._expected = ""
        self._doubtful: frozenset[int] = frozenset()
        self.setProperty("number", "true")
        self.setFont(number_font(SIZE_PX, weight=QFont.Weight.DemiBold))
        self.setMaxLength(64)

    def expect(self, number: str, raw: str) -> None:
        """Tell what was proposed and what was read, so that repaired characters can be shown."""
        self._expected = number
        self._doubtful = repaired_positions(number, raw)
        self.update()

    def set_cursor_to_doubt(self) -> None:
        """Put the cursor behind the first repaired character, or at the end."""
        place = min(self._doubtful) + 1 if self._doubtful else len(self.text())
        self.setCursorPosition(place)
        self.deselect()

    def event(self, event: QEvent) -> bool:
        if passes_question(event):
            return False
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, control = event.key(), bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if key in ENTER and (event.isAutoRepeat() or event.modifiers() & OTHER_THAN_ENTER):
            return  # one press is one act, however long the key is held; with Ctrl it has another meaning
        if key in _PASSED_ON:
            step = -1 if key in (Qt.Key.Key_Up, Qt.Key.Key_PageUp) else 1
            if key in (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown):
                self.page_moved.emit(step)
            elif control:
                self.folder_moved.emit(step)
            else:
                self.moved.emit(step)
            return
        is_undo = control and key == Qt.Key.Key_Z
        if is_undo and not self.isUndoAvailable():
            self.undo_asked.emit()
            return
        super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._expected or self.text() != self._expected:
            return
        option = QStyleOptionFrame()
        self.initStyleOption(option)
        inner = self.style().subElementRect(QStyle.SubElement.SE_LineEditContents, option, self)
        metrics = QFontMetricsF(self.font())
        if metrics.horizontalAdvance(self.text()) > inner.width():
            return
        painter = QPainter(self)
        left = inner.left() + 2.0
        top = inner.center().y() + metrics.height() / 2 + 1
        good, care = self._look.theme.color("good"), self._look.theme.color("care")
        for position in range(len(self.text())):
            start = metrics.horizontalAdvance(self.text()[:position])
            end = metrics.horizontalAdvance(self.text()[: position + 1])
            color = QColor(care if position in self._doubtful else good)
            color.setAlpha(255 if position in self._doubtful else 110)
            painter.fillRect(QRectF(left + start, top, end - start, 3), color)
        painter.end()


def repaired_positions(number: str, raw: str) -> frozenset[int]:
    """Positions in number whose character was not read so; digits of any script count as their value."""
    plain = "".join(_plain(char) for char in raw if not char.isspace() and char != "\u200b")
    wanted = "".join(_plain(char) for char in number)
    changed: set[int] = set()
    for tag, _i1, _i2, start, end in SequenceMatcher(None, plain, wanted, autojunk=False).get_opcodes():
        if tag in ("replace", "insert"):
            changed.update(position for position in range(start, end) if wanted[position].isalnum())
    return frozenset(changed)


def _plain(char: str) -> str:
    value = unicodedata.decimal(char, None)
    return char.upper() if value is None else str(value)
