"""A short list of reasons with room for own words, in place; all of it goes by keys.

Digits 1..9 or arrows choose, Enter takes, Esc leaves. Not a dialog: nothing else is blocked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from ui.texts import t
from ui.widgets.buttons import KeyButton
from ui.widgets.keys import claims_escape
from ui.widgets.labels import label
from ui.widgets.paint import Look


@dataclass(frozen=True, slots=True)
class ReasonChoice:
    """A reason to pick."""

    code: str
    words: str


class ReasonPicker(QFrame):
    """Asks for one reason."""

    taken = Signal(str, str)  # code, own words
    left = Signal()
    shown = Signal(bool)

    def __init__(
        self,
        look: Look,
        title: str,
        action: str,
        choices: Sequence[ReasonChoice],
        *,
        has_words: bool,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setProperty("ground", "raised")
        self._choices = tuple(choices)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 12, 14, 12)
        column.setSpacing(3)
        column.addWidget(label(title, size="head", parent=self))
        self._group = QButtonGroup(self)
        self._group.setExclusive(True)
        for place, choice in enumerate(self._choices):
            button = QPushButton(f"{place + 1}   {choice.words}", self)
            button.setCheckable(True)
            button.setProperty("option", "true")
            button.installEventFilter(self)
            self._group.addButton(button, place)
            column.addWidget(button)
        self.words = QLineEdit(self)
        self.words.setPlaceholderText(t("review.return_own"))
        self.words.setVisible(has_words)
        self.words.returnPressed.connect(self.take)
        column.addWidget(self.words)
        row = QHBoxLayout()
        row.setSpacing(8)
        go = KeyButton(action, look, key="↵", kind="primary", parent=self)
        go.clicked.connect(self.take)
        leave = KeyButton(t("go.cancel"), look, key="Esc", parent=self)
        leave.clicked.connect(self.leave)
        row.addWidget(go)
        row.addWidget(leave)
        row.addStretch(1)
        column.addSpacing(4)
        column.addLayout(row)
        self.hide()

    def ask(self) -> None:
        """Appear with the first reason chosen and the focus on it."""
        self.words.clear()
        self.show()
        self.shown.emit(True)
        self.raise_()
        self._choose(0)

    def take(self) -> None:
        """Give the chosen reason."""
        if not self.isVisible():
            return
        choice = self._choices[max(0, self._group.checkedId())]
        self._go_away()
        self.taken.emit(choice.code, self.words.text().strip())

    def leave(self) -> None:
        """Give nothing."""
        self._go_away()
        self.left.emit()

    def event(self, event: QEvent) -> bool:
        return claims_escape(event) or super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.leave()
            return
        super().keyPressEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            key = event.key()
            if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self.take()
                return True
            step = {int(Qt.Key.Key_Down): 1, int(Qt.Key.Key_Up): -1}.get(int(key))
            if step is not None:
                self._choose((self._group.checkedId() + step) % len(self._choices))
                return True
            place = int(key) - int(Qt.Key.Key_1)
            if 0 <= place < len(self._choices):
                self._choose(place)
                return True
        return super().eventFilter(watched, event)

    def _go_away(self) -> None:
        self.hide()
        self.shown.emit(False)

    def _choose(self, place: int) -> None:
        button = self._group.button(place)
        button.setChecked(True)
        button.setFocus(Qt.FocusReason.OtherFocusReason)
