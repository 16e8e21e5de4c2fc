"""Labels: plain ones by size and tone, and one that shortens itself and tells the rest in its tooltip."""

from __future__ import annotations

import re

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QStyle, QStyleOption, QWidget

_SLASH_IN_NUMBER = re.compile(r"(?<=[A-Z0-9])/(?=[A-Z0-9])")


def unbroken(text: str) -> str:
    """Text whose numbers (KH/D/2017/00938) are not broken at a slash; paths still may be."""
    return _SLASH_IN_NUMBER.sub("/\u2060", text)


def label(
    text: str = "",
    *,
    size: str = "",
    tone: str = "",
    wrap: bool = False,
    parent: QWidget | None = None,
) -> QLabel:
    """A label. size: "aside", "strong", "head", "title", "big", "group"; tone as in ui.theme.Tone, or "dim"."""
    made = QLabel(text, parent)
    made.setTextFormat(Qt.TextFormat.PlainText)
    if size:
        made.setProperty("rank", size)
    if tone:
        made.setProperty("tone", tone)
    if wrap:
        made.setWordWrap(True)
        made.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.MinimumExpanding)
    return made


def set_tone(widget: QWidget, tone: str) -> None:
    """Give a widget another tone and have its style worked out again."""
    set_property(widget, "tone", tone)


def set_property(widget: QWidget, name: str, value: str) -> None:
    """Set a style property and repolish, only when it changes."""
    if widget.property(name) == value:
        return
    widget.setProperty(name, value)
    widget.style().unpolish(widget)
    widget.style().polish(widget)
    widget.update()


class ElidedLabel(QLabel):
    """A one-line label that never clips: it ends in an ellipsis and its tooltip has the whole."""

    def __init__(
        self, text: str = "", parent: QWidget | None = None, *, size: str = "", tone: str = ""
    ) -> None:
        super().__init__(text, parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        if size:
            self.setProperty("rank", size)
        if tone:
            self.setProperty("tone", tone)

    def minimumSizeHint(self) -> QSize:
        return QSize(24, super().minimumSizeHint().height())

    def setText(self, text: str) -> None:
        super().setText(text)
        self._tell()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._tell()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        option = QStyleOption()
        option.initFrom(self)
        self.style().drawPrimitive(QStyle.PrimitiveElement.PE_Widget, option, painter, self)
        text = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, self.width())
        alignment = self.alignment() | Qt.AlignmentFlag.AlignVCenter
        painter.setPen(self.palette().color(self.foregroundRole()))
        painter.drawText(self.contentsRect(), int(alignment), text)
        painter.end()

    def _tell(self) -> None:
        needed = QFontMetrics(self.font()).horizontalAdvance(self.text())
        self.setToolTip(self.text() if needed > self.width() else "")
