"""What happened, in order: a dot, a time, a name and words for each act."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui.fonts import ASIDE_PX, WORK_PX, work_font
from ui.theme import Tone
from ui.widgets.paint import Look, elided

STEP_PX = 46


@dataclass(frozen=True, slots=True)
class Moment:
    """One act."""

    when: str
    who: str
    what: str
    tone: Tone = Tone.PLAIN


class Timeline(QWidget):
    """Paints acts from the first to the last."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._moments: tuple[Moment, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    @property
    def moments(self) -> tuple[Moment, ...]:
        """What is shown."""
        return self._moments

    def show_moments(self, moments: Sequence[Moment]) -> None:
        """Show these acts."""
        self._moments = tuple(moments)
        self.setFixedHeight(len(self._moments) * STEP_PX + 4)
        self.setAccessibleName("; ".join(f"{each.when}, {each.who}, {each.what}" for each in self._moments))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(300, len(self._moments) * STEP_PX + 4)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme = self._look.theme
        for place, moment in enumerate(self._moments):
            top = place * STEP_PX
            dot = QPointF(9, top + 14)
            if place + 1 < len(self._moments):
                painter.setPen(QPen(theme.color("line_strong"), 1.5))
                painter.drawLine(dot + QPointF(0, 7), dot + QPointF(0, STEP_PX - 7))
            tone = moment.tone if moment.tone is not Tone.PLAIN else Tone.ACCENT
            painter.setPen(QPen(theme.tone(tone)[0], 2))
            painter.setBrush(theme.tone(tone)[1])
            painter.drawEllipse(dot, 5, 5)
            width = self.width() - 30
            painter.setPen(theme.color("ink"))
            painter.setFont(work_font(WORK_PX, weight=QFont.Weight.Medium))
            line = QRectF(26, top + 3, width, 21)
            painter.drawText(line, Qt.AlignmentFlag.AlignVCenter, elided(painter, moment.what, width))
            painter.setPen(theme.color("dim"))
            painter.setFont(work_font(ASIDE_PX))
            line.translate(0, 19)
            who = f"{moment.when} · {moment.who}" if moment.who else moment.when
            aside = elided(painter, who, width)
            painter.drawText(line, Qt.AlignmentFlag.AlignVCenter, aside)
        painter.end()
