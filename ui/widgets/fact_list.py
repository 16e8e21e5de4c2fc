"""A card of facts: a dim name, a value, and a mark at the right that says whether it agrees."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QWidget

from ui.theme import Tone
from ui.widgets.labels import label
from ui.widgets.paint import Look


@dataclass(frozen=True, slots=True)
class Fact:
    """One line. tone PLAIN has no mark."""

    name: str
    value: str
    tone: Tone = Tone.PLAIN
    is_number: bool = False


_MARKS = {Tone.GOOD: "check", Tone.CARE: "warn", Tone.BAD: "cross", Tone.ACCENT: "info"}


class FactList(QFrame):
    """Shows facts; rebuilt when they change, which is once per folder."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._facts: tuple[Fact, ...] = ()
        self.setProperty("ground", "card")
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(12, 8, 10, 8)
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(7)
        self._grid.setColumnStretch(1, 1)
        self._grid.setColumnMinimumWidth(0, 76)
        look.theme.changed.connect(self._redraw)

    @property
    def facts(self) -> tuple[Fact, ...]:
        """What is shown."""
        return self._facts

    def show_facts(self, facts: Sequence[Fact]) -> None:
        """Show these lines."""
        if tuple(facts) == self._facts:
            return
        self._facts = tuple(facts)
        self._redraw()

    def sizeHint(self) -> QSize:
        return self._grid.sizeHint()

    def _redraw(self) -> None:
        while (item := self._grid.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.setParent(None)
                widget.deleteLater()
        last_name = ""
        for line, fact in enumerate(self._facts):
            name = label("" if fact.name == last_name else fact.name, tone="dim", size="aside", parent=self)
            last_name = fact.name
            value = label(fact.value, wrap=True, parent=self)
            value.setTextInteractionFlags(Qt.TextInteractionFlag.NoTextInteraction)
            self._grid.addWidget(name, line, 0, Qt.AlignmentFlag.AlignTop)
            self._grid.addWidget(value, line, 1)
            mark = _MARKS.get(fact.tone)
            if mark is not None:
                self._grid.addWidget(self._mark(mark, fact.tone), line, 2, Qt.AlignmentFlag.AlignTop)
        self.updateGeometry()

    def _mark(self, icon: str, tone: Tone) -> QLabel:
        made = QLabel(self)
        made.setPixmap(
            self._look.icons.pixmap(icon, self._look.theme.tone(tone)[0], 16, self.devicePixelRatioF())
        )
        made.setAccessibleName(tone.value)
        return made
