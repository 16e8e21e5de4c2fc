"""A pick list of kinds of paper by typing, in place; typed words of any of the office's languages find a kind.

Typing narrows, the arrows choose, Enter takes, Esc leaves.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from ui.texts import t
from ui.widgets.keys import claims_escape
from ui.widgets.labels import label

UNKNOWN = ""
ROWS_SHOWN = 7


@dataclass(frozen=True, slots=True)
class KindChoice:
    """A kind of paper: its code, its name, and the words it is known by."""

    code: str
    name: str
    words: tuple[str, ...] = ()


def matching(choices: Sequence[KindChoice], typed: str) -> list[KindChoice]:
    """Choices that go with what was typed: those whose code or a word of whose name begins so come first."""
    wanted = typed.strip().casefold()
    if not wanted:
        return list(choices)
    ranked: list[tuple[int, int, KindChoice]] = []
    for place, choice in enumerate(choices):
        name = choice.name.casefold()
        if choice.code.casefold() == wanted:
            rank = 0
        elif name.startswith(wanted) or choice.code.casefold().startswith(wanted):
            rank = 1
        elif any(word.startswith(wanted) for word in name.split()):
            rank = 2
        elif any(word.casefold().startswith(wanted) for word in choice.words):
            rank = 3
        elif wanted in name or any(wanted in word.casefold() for word in choice.words):
            rank = 4
        else:
            continue
        ranked.append((rank, place, choice))
    return [choice for _, _, choice in sorted(ranked, key=lambda each: each[:2])]


class KindPicker(QFrame):
    """Asks for one kind."""

    taken = Signal(str)  # code, "" for "nobody knows"
    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("ground", "raised")
        self.setProperty("edge", "top")
        self._choices: tuple[KindChoice, ...] = ()
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 10, 12, 10)
        column.setSpacing(6)
        column.addWidget(label(t("tree.pick"), size="head", parent=self))
        self.field = QLineEdit(self)
        self.field.setPlaceholderText(t("tree.pick_hint"))
        self.field.setAccessibleName(t("tree.pick"))
        self.field.installEventFilter(self)
        self.field.textChanged.connect(self._on_text)
        self.list = QListWidget(self)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.itemClicked.connect(self._on_clicked)
        self._none = label(t("tree.pick_none"), tone="dim", parent=self)
        self._none.setWordWrap(True)
        for part in (self.field, self.list, self._none):
            column.addWidget(part)
        self.hide()

    def ask(self, choices: Sequence[KindChoice], typed: str = "", current: str | None = None) -> None:
        """Appear with the focus; typed: what was typed already; current: code of the kind it has now."""
        self._choices = (*choices, KindChoice(UNKNOWN, t("tree.pick_unknown")))
        self.field.setText(typed)
        self._on_text(typed)
        if not typed and current is not None:
            place = next((n for n, each in enumerate(self._choices) if each.code == current), 0)
            self.list.setCurrentRow(place)
        self.show()
        self.field.setFocus(Qt.FocusReason.OtherFocusReason)

    def take(self) -> None:
        """Give the chosen kind; with none in sight nothing happens."""
        item = self.list.currentItem()
        if not self.isVisible() or item is None:
            return
        self.hide()
        self.taken.emit(str(item.data(Qt.ItemDataRole.UserRole)))

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
            match event.key():
                case Qt.Key.Key_Escape:
                    self.leave()
                case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                    self.take()
                case Qt.Key.Key_Down | Qt.Key.Key_Up:
                    step = 1 if event.key() == Qt.Key.Key_Down else -1
                    if self.list.count():
                        self.list.setCurrentRow((self.list.currentRow() + step) % self.list.count())
                case _:
                    return super().eventFilter(watched, event)
            return True
        return super().eventFilter(watched, event)

    def _on_text(self, typed: str) -> None:
        found = matching(self._choices, typed)
        self.list.clear()
        for choice in found:
            item = QListWidgetItem(f"{choice.name}   {choice.code}".rstrip())
            item.setData(Qt.ItemDataRole.UserRole, choice.code)
            self.list.addItem(item)
        self.list.setVisible(bool(found))
        self._none.setVisible(not found)
        if found:
            self.list.setCurrentRow(0)
            height = (
                self.list.sizeHintForRow(0) * min(ROWS_SHOWN, len(found)) + 2 * self.list.frameWidth() + 2
            )
            self.list.setFixedHeight(height)

    def _on_clicked(self, item: QListWidgetItem) -> None:
        self.list.setCurrentItem(item)
        self.take()
