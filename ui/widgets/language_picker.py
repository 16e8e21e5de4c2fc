"""Choosing languages by typing: "kh en" means Khmer and English. In place, no dialog."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from ui.texts import language_names, t
from ui.widgets.buttons import KeyButton
from ui.widgets.keys import claims_escape
from ui.widgets.labels import label
from ui.widgets.paint import Look


def languages_meant(text: str, known: Mapping[str, str]) -> tuple[str, ...] | None:
    """Codes of the languages a text means, in its order; None when a word of it means none.

    known: names by code. A word means the first language whose name or code begins with it.
    """
    found: list[str] = []
    for word in re.split(r"[\s,+;]+", text.strip().casefold()):
        code = next(
            (code for code, name in known.items() if word and name.casefold().startswith(word)),
            next((code for code in known if word and code.startswith(word)), None),
        )
        if code is None:
            return None
        if code not in found:
            found.append(code)
    return tuple(found)


class LanguagePicker(QFrame):
    """Asks in which languages pages shall be read."""

    taken = Signal(object)  # tuple of codes
    left = Signal()
    shown = Signal(bool)

    def __init__(self, look: Look, known: Mapping[str, str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._known = dict(known)
        self.setProperty("ground", "raised")
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 12, 14, 12)
        column.setSpacing(6)
        title = label(t("language.title"), size="head", parent=self)
        self.words = QLineEdit(self)
        self.words.setMinimumHeight(34)
        self.words.setPlaceholderText(t("language.hint"))
        title.setBuddy(self.words)
        self._meant = label(size="strong", wrap=True, parent=self)
        names = ", ".join(self._known.values())
        column.addWidget(title)
        column.addWidget(self.words)
        column.addWidget(self._meant)
        column.addWidget(
            label(t("language.known", names=names), tone="dim", size="aside", wrap=True, parent=self)
        )
        row = QHBoxLayout()
        row.setSpacing(8)
        self._go = KeyButton(t("language.go"), look, key="↵", kind="primary", parent=self)
        self._go.clicked.connect(self.take)
        leave = KeyButton(t("go.cancel"), look, key="Esc", parent=self)
        leave.clicked.connect(self.leave)
        row.addWidget(self._go)
        row.addWidget(leave)
        row.addStretch(1)
        column.addLayout(row)
        self.words.textChanged.connect(self._on_text)
        self.words.returnPressed.connect(self.take)
        self.hide()

    def ask(self, now: Sequence[str]) -> None:
        """Appear with the languages of now, ready to be typed over."""
        self.words.setText(" ".join(self._known.get(code, code) for code in now))
        self.show()
        self.shown.emit(True)
        self.words.selectAll()
        self.words.setFocus(Qt.FocusReason.OtherFocusReason)
        self._on_text(self.words.text())

    def take(self) -> None:
        """Give the languages meant; stays while the text means none."""
        meant = languages_meant(self.words.text(), self._known)
        if self.isVisible() and meant:
            self._go_away()
            self.taken.emit(meant)

    def leave(self) -> None:
        """Give nothing."""
        if self.isVisible():
            self._go_away()
            self.left.emit()

    def event(self, event: QEvent) -> bool:
        return claims_escape(event) or super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.leave()
            return
        super().keyPressEvent(event)

    def _go_away(self) -> None:
        self.hide()
        self.shown.emit(False)

    def _on_text(self, text: str) -> None:
        meant = languages_meant(text, self._known)
        self._meant.setText(language_names(meant) if meant else t("language.none"))
        self._go.setEnabled(bool(meant))
