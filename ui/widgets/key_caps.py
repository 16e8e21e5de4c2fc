"""Keys drawn as caps: "Ctrl ↑  Ctrl ↓" are two keys of two caps each."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from ui.widgets.paint import CAP_HEIGHT, Look, cap_width, draw_cap

_GAP, _WIDE_GAP = 4.0, 12.0


class KeyCaps(QWidget):
    """Shows keys; two spaces part alternatives, one space parts the caps of a chord."""

    def __init__(self, look: Look, keys: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._chords = [chord.split(" ") for chord in keys.split("  ")]
        self.setAccessibleName(keys)
        width = sum(cap_width(cap) + _GAP for chord in self._chords for cap in chord)
        self.setFixedSize(
            QSize(round(width + _WIDE_GAP * (len(self._chords) - 1)) + 1, round(CAP_HEIGHT) + 2)
        )

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        left = 0.0
        theme = self._look.theme
        for chord in self._chords:
            for cap in chord:
                rect = QRectF(left, 1, cap_width(cap), CAP_HEIGHT)
                draw_cap(painter, rect, cap, theme.color("ink"), theme.color("line_strong"))
                left += rect.width() + _GAP
            left += _WIDE_GAP
        painter.end()
