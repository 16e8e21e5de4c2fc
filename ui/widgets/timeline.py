"""What happened, in order: a dot, a time, a name and words for each act."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import (
    QFont,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QStaticText,
    QTextOption,
    QTransform,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui.fonts import ASIDE_PX, WORK_PX, work_font
from ui.theme import Tone
from ui.widgets.paint import Look, elided

STEP_PX = 46  # an act whose words take one line
LINE_PX = 21
LEFT_PX = 26


@dataclass(frozen=True, slots=True)
class Moment:
    """One act."""

    when: str
    who: str
    what: str
    tone: Tone = Tone.PLAIN


class Timeline(QWidget):
    """Paints acts from the first to the last, each with all its words."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._moments: tuple[Moment, ...] = ()
        self._words: list[QStaticText] = []
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    @property
    def moments(self) -> tuple[Moment, ...]:
        """What is shown."""
        return self._moments

    def show_moments(self, moments: Sequence[Moment]) -> None:
        """Show these acts."""
        self._moments = tuple(moments)
        self._measure()
        self.setAccessibleName("; ".join(f"{each.when}, {each.who}, {each.what}" for each in self._moments))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(300, self.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._measure()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        top = 0
        for place, (moment, words) in enumerate(zip(self._moments, self._words, strict=True)):
            step_px = _height_px(words) + STEP_PX - LINE_PX
            if event.rect().intersects(QRect(0, top, self.width(), step_px)):
                is_last = place + 1 == len(self._moments)
                self._paint_moment(painter, moment, words, top, is_last=is_last)
            top += step_px
        painter.end()

    def _measure(self) -> None:
        """Lay the words of each act out in this width, and be as high as all of them."""
        self._words = [_laid_out(each.what, self.width() - LEFT_PX - 4) for each in self._moments]
        step_px = STEP_PX - LINE_PX
        self.setFixedHeight(sum(_height_px(words) + step_px for words in self._words) + 4)

    def _paint_moment(
        self, painter: QPainter, moment: Moment, words: QStaticText, top: int, *, is_last: bool
    ) -> None:
        theme = self._look.theme
        words_px = _height_px(words)
        dot = QPointF(9, top + 14)
        if not is_last:
            painter.setPen(QPen(theme.color("line_strong"), 1.5))
            painter.drawLine(dot + QPointF(0, 7), dot + QPointF(0, words_px + STEP_PX - LINE_PX - 7))
        tone = moment.tone if moment.tone is not Tone.PLAIN else Tone.ACCENT
        painter.setPen(QPen(theme.tone(tone)[0], 2))
        painter.setBrush(theme.tone(tone)[1])
        painter.drawEllipse(dot, 5, 5)
        painter.setPen(theme.color("ink"))
        painter.setFont(work_font(WORK_PX, weight=QFont.Weight.Medium))
        painter.drawStaticText(QPointF(LEFT_PX, top + 3 + (words_px - words.size().height()) / 2), words)
        painter.setPen(theme.color("dim"))
        painter.setFont(work_font(ASIDE_PX))
        width = self.width() - LEFT_PX - 4
        line = QRectF(LEFT_PX, top + words_px + 1, width, LINE_PX)
        who = f"{moment.when} · {moment.who}" if moment.who else moment.when
        painter.drawText(line, Qt.AlignmentFlag.AlignVCenter, elided(painter, who, width))


def _laid_out(text: str, width_px: int) -> QStaticText:
    """Words in lines of a width, broken between words where that is possible and inside a long path where it is not."""
    words = QStaticText(text.replace("\n", "\u2028"))  # it knows no other end of a line
    words.setTextFormat(Qt.TextFormat.PlainText)
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    words.setTextOption(option)
    words.setTextWidth(max(1, width_px))
    words.prepare(QTransform(), work_font(WORK_PX, weight=QFont.Weight.Medium))
    return words


def _height_px(words: QStaticText) -> int:
    return max(LINE_PX, ceil(words.size().height()))
