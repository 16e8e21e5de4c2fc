"""Asks name and password of a share, in place: nothing else is blocked, and the password leaves only by `given`."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from ui.texts import t
from ui.theme import Tone
from ui.widgets.buttons import KeyButton
from ui.widgets.keys import claims_escape
from ui.widgets.labels import label
from ui.widgets.message import Message
from ui.widgets.paint import Look


class LoginForm(QFrame):
    """One share at a time; hidden while it asks nothing."""

    given = Signal(str, str, str)  # share, name, password
    left = Signal()
    shown = Signal(bool)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("ground", "raised")
        self.share = ""
        self._title = label(size="head", wrap=True, parent=self)
        self.user = QLineEdit(self)
        self.user.setPlaceholderText(t("uploads.login_user_hint"))
        self.password = QLineEdit(self)
        self.password.setEchoMode(QLineEdit.EchoMode.Password)
        self.message = Message(look, self)
        self._go = KeyButton(t("uploads.login_go"), look, key="↵", kind="primary", parent=self)
        self._leave = KeyButton(t("go.cancel"), look, key="Esc", parent=self)
        self._build()
        self.user.returnPressed.connect(self.password.setFocus)
        self.password.returnPressed.connect(self.take)
        self._go.clicked.connect(self.take)
        self._leave.clicked.connect(self.leave)
        self.hide()

    @property
    def is_waiting(self) -> bool:
        """True while what was given is being tried."""
        return self.isVisible() and not self._go.isEnabled()

    def ask(self, share: str, user: str) -> None:
        """Appear for a share; user: the name to begin with, or an empty string."""
        self.share = share
        self._title.setText(t("uploads.login_title", share=share))
        self.user.setText(user)
        self.password.clear()
        self.message.say("")
        self._set_waiting(False)
        self.show()
        self.shown.emit(True)
        (self.password if user else self.user).setFocus(Qt.FocusReason.OtherFocusReason)

    def take(self) -> None:
        """Give what was typed, and wait for what comes of it."""
        user, password = self.user.text().strip(), self.password.text()
        if not self.isVisible() or not self._go.isEnabled():
            return
        if not user or not password:
            self.message.say(t("uploads.login_incomplete"), Tone.CARE)
            (self.password if user else self.user).setFocus(Qt.FocusReason.OtherFocusReason)
            return
        self._set_waiting(True)
        self.message.say(t("uploads.login_asking"), Tone.ACCENT)
        self.given.emit(self.share, user, password)

    def refuse(self, why: str) -> None:
        """Say why it did not work and ask again."""
        self._set_waiting(False)
        self.message.say(why, Tone.BAD)
        self.password.clear()
        self.password.setFocus(Qt.FocusReason.OtherFocusReason)

    def leave(self) -> None:
        """Go away; what is on its way to the server goes on."""
        had_focus = self.isAncestorOf(self.window().focusWidget() or self.window())
        self.password.clear()
        self.share = ""
        self.hide()
        self.shown.emit(False)
        if had_focus:
            self.left.emit()

    def event(self, event: QEvent) -> bool:
        return claims_escape(event) or super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.leave()
            return
        super().keyPressEvent(event)

    def _set_waiting(self, is_waiting: bool) -> None:
        self._go.setEnabled(not is_waiting)
        # Not disabled: that would send the focus away, and Esc with it.
        self.user.setReadOnly(is_waiting)
        self.password.setReadOnly(is_waiting)

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 12, 14, 12)
        column.setSpacing(8)
        column.addWidget(self._title)
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(8)
        for row, (words, field) in enumerate(
            ((t("uploads.login_user"), self.user), (t("uploads.login_password"), self.password))
        ):
            name = label(words, parent=self)
            name.setBuddy(field)
            field.setAccessibleName(words)
            field.setMaxLength(256)
            grid.addWidget(name, row, 0)
            grid.addWidget(field, row, 1)
        grid.setColumnStretch(1, 1)
        column.addLayout(grid)
        column.addWidget(label(t("uploads.login_note"), size="aside", tone="dim", wrap=True, parent=self))
        column.addWidget(self.message)
        row_of_buttons = QHBoxLayout()
        row_of_buttons.setSpacing(8)
        row_of_buttons.addWidget(self._go)
        row_of_buttons.addWidget(self._leave)
        row_of_buttons.addStretch(1)
        column.addLayout(row_of_buttons)
