"""What a screen shows when it has nothing: why that is so, and what to do next."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from ui.theme import Tone
from ui.widgets.buttons import KeyButton
from ui.widgets.labels import label
from ui.widgets.paint import Look


class EmptyState(QWidget):
    """An icon, a heading, a sentence and at most one button."""

    acted = Signal()

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._icon_name = "info"
        self._tone = Tone.ACCENT
        column = QVBoxLayout(self)
        column.setContentsMargins(32, 32, 32, 32)
        column.setSpacing(10)
        self._icon = QLabel(self)
        self._title = label(size="title", parent=self)
        self._text = label(tone="dim", wrap=True, parent=self)
        self._text.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._text.setMaximumWidth(460)
        self._text.setMinimumWidth(240)
        self.button = KeyButton("", look, kind="primary", parent=self)
        self.button.clicked.connect(self.acted)
        column.addStretch(2)
        for widget in (self._icon, self._title):
            widget.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            column.addWidget(widget)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(self._text, 4)
        row.addStretch(1)
        column.addLayout(row)
        column.addSpacing(8)
        column.addWidget(self.button, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(3)
        look.theme.changed.connect(self._tint)

    def say(self, icon: str, title: str, text: str, action: str = "", tone: Tone = Tone.ACCENT) -> None:
        """Set all words; without action there is no button."""
        self._icon_name = icon
        self._tone = tone
        self._title.setText(title)
        self._text.setText(text)
        self.button.setText(action)
        self.button.setVisible(bool(action))
        self.button.updateGeometry()
        self._tint()

    @property
    def title(self) -> str:
        """The heading."""
        return self._title.text()

    def _tint(self) -> None:
        ink = self._look.theme.tone(self._tone)[0]
        self._icon.setPixmap(self._look.icons.pixmap(self._icon_name, ink, 44, self.devicePixelRatioF()))
