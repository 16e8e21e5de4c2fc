"""Large figures with their names, side by side."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from ui.widgets.labels import label, set_tone


class Counters(QFrame):
    """A row of figures."""

    def __init__(self, names: Sequence[tuple[str, str]], parent: QWidget | None = None) -> None:
        """names: (key, words) of each figure, in order."""
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(28)
        self._figures: dict[str, QLabel] = {}
        for key, words in names:
            cell = QVBoxLayout()
            cell.setSpacing(0)
            figure = label("0", size="big", parent=self)
            self._figures[key] = figure
            cell.addWidget(figure)
            cell.addWidget(label(words, tone="dim", size="aside", parent=self))
            row.addLayout(cell)
        row.setAlignment(Qt.AlignmentFlag.AlignLeft)

    def show_figure(self, key: str, value: int, tone: str = "") -> None:
        """Set one figure."""
        figure = self._figures[key]
        figure.setText(f"{value:,}")
        set_tone(figure, tone)

    def figure(self, key: str) -> str:
        """What one figure reads."""
        return self._figures[key].text()
