"""A sentence with an icon on a soft ground: said where the eye is, never in a modal box."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QWidget

from ui.theme import Tone
from ui.widgets.labels import label, set_property, unbroken
from ui.widgets.paint import Look

_ICONS = {
    Tone.PLAIN: "info",
    Tone.ACCENT: "info",
    Tone.GOOD: "check",
    Tone.CARE: "warn",
    Tone.BAD: "warn",
}


class Message(QFrame):
    """One sentence; hidden while it has nothing to say."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._tone = Tone.PLAIN
        self._text = ""
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 7, 10, 7)
        row.setSpacing(8)
        self._icon = QLabel(self)
        self._words = label(wrap=True, parent=self)
        row.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self._words, 1)
        look.theme.changed.connect(self._tint)
        self.hide()

    @property
    def text(self) -> str:
        """What is said."""
        return self._text

    def say(self, text: str, tone: Tone = Tone.PLAIN) -> None:
        """Say a sentence; an empty one hides the message."""
        self._text = text
        self._words.setText(unbroken(text))
        self._tone = tone
        ground = tone.value if tone in (Tone.GOOD, Tone.CARE, Tone.BAD) else "card"
        set_property(self, "ground", ground)
        self._tint()
        self.setVisible(bool(text))

    def _tint(self) -> None:
        ink = self._look.theme.tone(self._tone)[0]
        self._icon.setPixmap(self._look.icons.pixmap(_ICONS[self._tone], ink, 18, self.devicePixelRatioF()))
