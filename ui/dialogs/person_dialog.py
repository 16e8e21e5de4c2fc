"""Who is working here: a name, taken with Enter. Two people who share a PC and its account are told apart by it."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from ui.texts import t
from ui.theme import Tone
from ui.widgets.buttons import KeyButton
from ui.widgets.labels import label
from ui.widgets.message import Message
from ui.widgets.paint import Look

WIDTH_PX = 460


class PersonDialog(QDialog):
    """Asks for a name; stays open until the name has been taken."""

    given = Signal(str)

    def __init__(self, look: Look, who: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(t("person.title"))
        self.setMinimumWidth(WIDTH_PX)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 16)
        column.setSpacing(10)
        column.addWidget(label(t("person.title"), size="head", parent=self))
        column.addWidget(label(t("person.how"), tone="dim", wrap=True, parent=self))
        self.field = QLineEdit(who, self)
        self.field.setAccessibleName(t("person.title"))
        self.field.setPlaceholderText(t("person.hint"))
        self.field.setMaxLength(64)
        self.field.selectAll()
        self.message = Message(look, self)
        take = KeyButton(t("person.take"), look, icon="check", key="↵", kind="primary", parent=self)
        take.setDefault(True)
        take.clicked.connect(self._on_take)
        leave = KeyButton(t("go.close"), look, key="Esc", parent=self)
        leave.setAutoDefault(False)
        leave.clicked.connect(self.reject)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(leave)
        row.addWidget(take)
        column.addWidget(self.field)
        column.addWidget(self.message)
        column.addLayout(row)
        self.field.setFocus()

    def say(self, words: str) -> None:
        """Say why the name cannot be taken."""
        self.message.say(words, Tone.BAD)

    def _on_take(self) -> None:
        self.given.emit(self.field.text())
