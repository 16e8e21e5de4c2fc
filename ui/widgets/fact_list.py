"""A card of facts: a dim name, a value, and a mark at the right that says whether it agrees.

Painted, not built of labels: values wrap anywhere (paths, long Khmer lines), and the height follows the width.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import (
    QFont,
    QFontMetricsF,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QTextLayout,
    QTextOption,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui.fonts import ASIDE_PX, number_font, work_font
from ui.theme import Tone
from ui.widgets.labels import unbroken
from ui.widgets.paint import Look

_MARKS = {Tone.GOOD: "check", Tone.CARE: "warn", Tone.BAD: "cross", Tone.ACCENT: "info"}
_PAD, _GAP, _LINE_GAP, _MARK = 12.0, 12.0, 7.0, 15.0
_NAME_SHARE = 0.36


@dataclass(frozen=True, slots=True)
class Fact:
    """One line. tone PLAIN has no mark."""

    name: str
    value: str
    tone: Tone = Tone.PLAIN
    is_number: bool = False


class FactList(QWidget):
    """Shows facts."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._facts: tuple[Fact, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    @property
    def facts(self) -> tuple[Fact, ...]:
        """What is shown."""
        return self._facts

    def show_facts(self, facts: Sequence[Fact]) -> None:
        """Show these lines."""
        if tuple(facts) != self._facts:
            self._facts = tuple(facts)
            self.setAccessibleName("; ".join(f"{fact.name}: {fact.value}" for fact in self._facts))
            self._settle()

    def sizeHint(self) -> QSize:
        return QSize(280, self._height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._settle()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme = self._look.theme
        painter.setPen(QPen(theme.color("line"), 1))
        painter.setBrush(theme.color("panel"))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 8, 8)
        last_name = ""
        for fact, rect in self._places():
            painter.setFont(_name_font())
            painter.setPen(theme.color("dim"))
            if fact.name != last_name:
                name = QRectF(_PAD, rect.top(), self._name_width() - 4, 20)
                words = QFontMetricsF(_name_font()).elidedText(
                    fact.name, Qt.TextElideMode.ElideRight, name.width()
                )
                painter.drawText(name, Qt.AlignmentFlag.AlignVCenter, words)
            last_name = fact.name
            painter.setPen(theme.color("ink"))
            _laid_out(fact, rect.width())[0].draw(painter, rect.topLeft())
            mark = _MARKS.get(fact.tone)
            if mark is not None:
                spot = QRectF(self.width() - _PAD - _MARK, rect.top() + 2, _MARK, _MARK)
                self._look.icons.paint(painter, mark, spot, theme.tone(fact.tone)[0])
        painter.end()

    def _places(self) -> list[tuple[Fact, QRectF]]:
        places = []
        top = _PAD - 2
        left = _PAD + self._name_width() + _GAP
        width = max(40.0, self.width() - left - _PAD - _MARK - 8)
        for fact in self._facts:
            needed = _laid_out(fact, width)[1]
            places.append((fact, QRectF(left, top, width, max(20.0, needed + 2))))
            top += max(20.0, needed + 2) + _LINE_GAP
        return places

    def _name_width(self) -> float:
        metrics = QFontMetricsF(_name_font())
        widest = max((metrics.horizontalAdvance(fact.name) for fact in self._facts), default=0.0)
        return min(widest + 4, self.width() * _NAME_SHARE)

    def _height(self) -> int:
        places = self._places()
        return round(places[-1][1].bottom() + _PAD - 2) if places else 0

    def _settle(self) -> None:
        height = self._height()
        if self.minimumHeight() != height:
            self.setFixedHeight(height)
        self.update()


def _laid_out(fact: Fact, width: float) -> tuple[QTextLayout, float]:
    """The value in lines of this width, and their height; words break only when they must."""
    layout = QTextLayout(unbroken(fact.value).replace("\n", "\u2028"), _value_font(fact))
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    layout.setTextOption(option)
    layout.beginLayout()
    height = 1.0
    while (line := layout.createLine()).isValid():
        line.setLineWidth(width)
        line.setPosition(QPointF(0, height))
        height += line.height()
    layout.endLayout()
    return layout, height


def _name_font() -> QFont:
    return work_font(ASIDE_PX)


def _value_font(fact: Fact) -> QFont:
    return number_font(14) if fact.is_number else work_font(13.4)
