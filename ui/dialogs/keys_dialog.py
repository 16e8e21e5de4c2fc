"""Changing the keys of Indexing: arrows choose what, Enter waits for the new key, Del gives the usual one back."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QDialog, QGridLayout, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from ui.key_map import ACTIONS, KeyMap, caps, key_of
from ui.texts import t
from ui.theme import Tone
from ui.widgets.buttons import KeyButton
from ui.widgets.key_caps import KeyCaps
from ui.widgets.labels import label
from ui.widgets.message import Message
from ui.widgets.paint import Look

_ALONE = {Qt.Key.Key_Control, Qt.Key.Key_Shift, Qt.Key.Key_Alt, Qt.Key.Key_Meta, Qt.Key.Key_AltGr}


class KeyPlace(QPushButton):
    """One action's key; pressed, it waits for another."""

    given = Signal(str, str)  # action, key
    moved = Signal(str, int)
    is_waiting = False  # of the class: events arrive before the constructor is through

    def __init__(self, look: Look, name: str, key: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.name = name
        self._look = look
        self._caps = KeyCaps(look, caps(key), self)
        self.setMinimumSize(QSize(190, 34))
        self.setAccessibleName(caps(key))
        self.clicked.connect(self.wait)

    def show_key(self, key: str) -> None:
        """Show a key."""
        self._caps.hide()
        self._caps.deleteLater()
        self._caps = KeyCaps(self._look, caps(key), self)
        self._caps.show()
        self.setAccessibleName(caps(key))
        self._place()

    def wait(self) -> None:
        """Wait for the next key, whatever it is."""
        self.is_waiting = True
        self.setText(t("keys.press"))
        self._caps.hide()
        self.setFocus()

    def stop(self) -> None:
        """Wait no more."""
        self.is_waiting = False
        self.setText("")
        self._caps.show()

    def event(self, event: QEvent) -> bool:
        if self.is_waiting and event.type() == QEvent.Type.ShortcutOverride:
            event.accept()  # else a key that does something already would do it now
            return True
        if self.is_waiting and event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            self._take(event)
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self.moved.emit(self.name, 1 if key == Qt.Key.Key_Down else -1)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.wait()
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.given.emit(self.name, "")
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self.stop()
        super().focusOutEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    def _place(self) -> None:
        self._caps.move((self.width() - self._caps.width()) // 2, (self.height() - self._caps.height()) // 2)

    def _take(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in _ALONE or key == Qt.Key.Key_unknown:
            return
        self.stop()
        if key != Qt.Key.Key_Escape:
            self.given.emit(self.name, key_of(event.keyCombination()))


class KeysDialog(QDialog):
    """Shows every action with its key."""

    def __init__(self, keys: KeyMap, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self._keys = keys
        self.setWindowTitle(t("keys.edit"))
        self.setProperty("ground", "panel")
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 18)
        column.setSpacing(12)
        column.addWidget(label(t("keys.edit_how"), tone="dim", wrap=True, parent=self))
        grid = QGridLayout()
        grid.setHorizontalSpacing(24)
        grid.setVerticalSpacing(6)
        grid.setColumnStretch(0, 1)
        self.places: dict[str, KeyPlace] = {}
        for line, action in enumerate(ACTIONS):
            place = KeyPlace(look, action.name, keys.key(action.name), self)
            place.given.connect(self._on_given)
            place.moved.connect(self._on_moved)
            self.places[action.name] = place
            grid.addWidget(label(t(action.words), parent=self), line, 0)
            grid.addWidget(place, line, 1)
        column.addLayout(grid)
        self.message = Message(look, self)
        column.addWidget(self.message)
        row = QHBoxLayout()
        usual = KeyButton(t("keys.reset"), look, parent=self)
        close = KeyButton(t("go.close"), look, key="Esc", kind="primary", parent=self)
        usual.clicked.connect(self._on_reset)
        close.clicked.connect(self.accept)
        for button in (usual, close):
            button.setAutoDefault(False)
        for place in self.places.values():
            place.setAutoDefault(False)
        row.addWidget(usual)
        row.addStretch(1)
        row.addWidget(close)
        column.addLayout(row)
        keys.changed.connect(self._show)
        self.setMinimumWidth(620)

    def _on_given(self, name: str, key: str) -> None:
        wanted = key or next(each.usual for each in ACTIONS if each.name == name)
        conflict = self._keys.change(name, wanted)
        if conflict is None:
            self.message.say(t("keys.changed", cap=caps(wanted)), Tone.GOOD)
        else:
            self.message.say(f"{caps(wanted)}: {conflict.text}", Tone.CARE)

    def _on_moved(self, name: str, by: int) -> None:
        names = list(self.places)
        place = names.index(name) + by
        self.places[names[min(len(names) - 1, max(0, place))]].setFocus()

    def _on_reset(self) -> None:
        self._keys.reset()
        self.message.say(t("keys.all_usual"), Tone.GOOD)

    def _show(self) -> None:
        for name, place in self.places.items():
            place.show_key(self._keys.key(name))
