"""Asks for one line in place, a date or a number, and says at once how it is understood.

Enter takes, Esc leaves; a doubt that was told is taken with a second Enter only by whoever listens.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QLineEdit, QVBoxLayout, QWidget

from ui.theme import Tone
from ui.widgets.keys import claims_escape
from ui.widgets.labels import label
from ui.widgets.message import Message
from ui.widgets.paint import Look


class LineAsker(QFrame):
    """A title, a field, and what is said of what stands in it."""

    typed = Signal(str)
    taken = Signal(str)
    left = Signal()

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("ground", "raised")
        self.setProperty("edge", "top")
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 10, 12, 10)
        column.setSpacing(6)
        self._title = label(size="head", parent=self)
        self.field = QLineEdit(self)
        self.field.installEventFilter(self)
        self.field.textChanged.connect(self.typed)
        self.answer = Message(look, self)
        for part in (self._title, self.field, self.answer):
            column.addWidget(part)
        self.hide()

    def ask(self, title: str, hint: str, text: str = "") -> None:
        """Appear with the focus; text: what stands there now, chosen whole."""
        self._title.setText(title)
        self.field.setAccessibleName(title)
        self.field.setPlaceholderText(hint)
        self.answer.say("")
        self.field.setText(text)
        self.field.selectAll()
        self.show()
        self.field.setFocus(Qt.FocusReason.OtherFocusReason)

    def say(self, words: str, tone: Tone) -> None:
        """Say how what was typed is understood."""
        self.answer.say(words, tone)

    def leave(self) -> None:
        """Give nothing."""
        self.hide()
        self.left.emit()

    def event(self, event: QEvent) -> bool:
        return claims_escape(event) or super().event(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if claims_escape(event):
            return True
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if event.key() == Qt.Key.Key_Escape:
                self.leave()
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self.taken.emit(self.field.text().strip())
                return True
        return super().eventFilter(watched, event)
