"""The kinds of work in Indexing, one below another at the head of the queue: numbers, second keyings, differences to judge.

Shown only where an office has folders keyed twice; everybody else sees Indexing as it always was.
"""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from app.queries.keyings import NO_KEYINGS, KeyingPlaces
from ui.screens.screen import Screen
from ui.texts import t
from ui.widgets.keys import add_keys
from ui.widgets.labels import label

KIND_KEY = "Shift+F9"
KINDS = ("indexing", "keying", "judging")
"""Names of the screens, in the order the key goes through them."""


@dataclass(frozen=True, slots=True)
class KindCounts:
    """How much waits of each kind for whoever is working; for_others: what somebody else must do."""

    numbers: int
    second: int
    judge: int
    for_others: int = 0


def counts_of(numbers: int, places: KeyingPlaces = NO_KEYINGS) -> KindCounts:
    """Count what waits."""
    return KindCounts(numbers, len(places.second), len(places.judge), places.for_others)


class KindBar(QWidget):
    """Lays out, and asks for the screen that shows a kind."""

    chosen = Signal(str, int)

    def __init__(self, screen: Screen) -> None:
        super().__init__(screen)
        self._current = screen.name
        self.chosen.connect(screen.asks_for)
        self._counts = counts_of(0)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 6, 8, 6)
        column.setSpacing(2)
        self._buttons: dict[str, QPushButton] = {}
        for name in KINDS:
            button = QPushButton(self)
            button.setObjectName(name)
            button.setCheckable(True)
            button.setProperty("option", "true")
            button.setToolTip(t("keying.kinds_hint"))
            button.clicked.connect(self._on_clicked)
            self._buttons[name] = button
            column.addWidget(button)
        self._others = label(tone="dim", size="aside", wrap=True, parent=self)
        self._others.setContentsMargins(8, 0, 8, 2)
        column.addWidget(self._others)
        add_keys(screen, ((KIND_KEY, self.go_on),))
        self.show_counts(self._counts)

    @property
    def words(self) -> tuple[str, ...]:
        """What is shown, in order."""
        return tuple(each.text() for each in self._buttons.values()) if not self.isHidden() else ()

    def show_waiting(self, numbers: int, places: KeyingPlaces) -> None:
        """Show how much waits of each kind, as it was read."""
        self.show_counts(counts_of(numbers, places))

    def show_counts(self, counts: KindCounts) -> None:
        """Show how much waits of each kind; nothing at all where nothing is keyed twice."""
        self._counts = counts
        for name, n in zip(KINDS, (counts.numbers, counts.second, counts.judge), strict=True):
            self._buttons[name].setText(t(f"keying.kind_{name}", n=n))
            self._buttons[name].setChecked(name == self._current)
        self._others.setText(t("keying.for_others", n=counts.for_others))
        self._others.setVisible(counts.for_others > 0)
        has_any = bool(counts.second or counts.judge or counts.for_others)
        self.setVisible(has_any or self._current != "indexing")

    def go_on(self) -> None:
        """To the next kind of which something waits; from a second one back to the numbers at least."""
        waiting = (self._counts.numbers, self._counts.second, self._counts.judge)
        here = KINDS.index(self._current)
        for step in range(1, len(KINDS)):
            place = (here + step) % len(KINDS)
            if waiting[place]:
                self.chosen.emit(KINDS[place], 0)
                return
        if self._current != KINDS[0]:
            self.chosen.emit(KINDS[0], 0)

    def _on_clicked(self) -> None:
        name = self.sender().objectName()
        self._buttons[name].setChecked(name == self._current)
        self._buttons[self._current].setChecked(True)
        if name != self._current:
            self.chosen.emit(name, 0)
