"""How far the next act reaches, always in sight: one button a choice, with the number of pages it means.

Where there is no room for all, only the one chosen is shown, and F6 goes on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QPushButton, QWidget

from ui.texts import t
from ui.widgets.key_caps import KeyCaps
from ui.widgets.labels import label
from ui.widgets.paint import Look


class ScopeBar(QFrame):
    """Shows choices by name; who listens decides what they mean."""

    chosen = Signal(str)

    def __init__(self, look: Look, names: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._names = tuple(names)
        self._group = QButtonGroup(self)
        self._group.setExclusive(True)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2)
        self._title = label(t("scope.acts_on"), tone="dim", size="aside", parent=self)
        row.addWidget(self._title)
        row.addSpacing(4)
        for place, name in enumerate(self._names):
            button = QPushButton(t(f"scope.{name}"), self)
            button.setCheckable(True)
            button.setProperty("option", "true")
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.setToolTip(t(f"scope.{name}_hint"))
            self._group.addButton(button, place)
            row.addWidget(button)
        self._key = KeyCaps(look, "F6", self)
        row.addWidget(self._key)
        row.addStretch(1)
        self._group.button(0).setChecked(True)
        self._group.idClicked.connect(self._on_clicked)

    @property
    def current(self) -> str:
        """Name of the choice."""
        return self._names[max(0, self._group.checkedId())]

    def choose(self, name: str) -> None:
        """Make a choice without telling it."""
        self._group.button(self._names.index(name)).setChecked(True)
        self._settle()

    def step(self, by: int) -> None:
        """The next choice that means any page."""
        place = self._group.checkedId()
        for _ in self._names:
            place = (place + by) % len(self._names)
            if self._group.button(place).isEnabled():
                break
        self._group.button(place).setChecked(True)
        self._settle()
        self.chosen.emit(self.current)

    def show_counts(self, counts: Mapping[str, int]) -> None:
        """Say how many pages each choice means; one that means none cannot be chosen."""
        for place, name in enumerate(self._names):
            count, button = counts.get(name, 0), self._group.button(place)
            words = t(f"scope.{name}")
            button.setText(words if place == 0 else f"{words} · {count}")
            button.setEnabled(count > 0)
        self._settle()

    def minimumSizeHint(self) -> QSize:
        widest = max(button.sizeHint().width() for button in self._group.buttons())
        return QSize(self._frame_width() + widest, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._settle()

    def _settle(self) -> None:
        buttons = self._group.buttons()
        bare = self._key.width() + 12 + sum(button.sizeHint().width() + 2 for button in buttons)
        for button in buttons:
            button.setVisible(bare <= self.width() or button.isChecked())
        # The title goes before any choice does.
        self._title.setVisible(not bare <= self.width() < bare + self._title.sizeHint().width())

    def _frame_width(self) -> int:
        return self._title.sizeHint().width() + self._key.width() + 12

    def _on_clicked(self, _place: int) -> None:
        self.chosen.emit(self.current)
