"""What stands around the wall: the row of groups above it, and below it the whole text of the character in the frame."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui.fonts import ASIDE_PX, number_font, work_font
from ui.screens.characters.glyphs import Glyph, GroupCount, name_of
from ui.texts import t
from ui.widgets.paint import Look

CHIP_WIDTH, CHIP_HEIGHT, GAP = 74, 32, 6
STRIP_HEIGHT = 64


class GroupRow(QWidget):
    """The characters that are to be compared, each with its count; chosen by mouse here, by Tab from the wall."""

    picked = Signal(str)

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look
        self._groups: tuple[GroupCount, ...] = ()
        self._chosen = ""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(CHIP_HEIGHT)

    def show_groups(self, groups: Sequence[GroupCount], chosen: str) -> None:
        """Show these, one of them chosen."""
        self._groups, self._chosen = tuple(groups), chosen
        self.setAccessibleName(", ".join(f"{each.char}: {each.count}" for each in groups))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(480, CHIP_HEIGHT)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        for group, rect in self._placed():
            if rect.contains(event.position()):
                self.picked.emit(group.char)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme = self._look.theme
        for group, rect in self._placed():
            is_chosen = group.char == self._chosen
            painter.setPen(QPen(theme.color("accent" if is_chosen else "line"), 1.4 if is_chosen else 1))
            painter.setBrush(theme.color("accent_soft" if is_chosen else "panel"))
            painter.drawRoundedRect(rect, 8, 8)
            painter.setPen(theme.color("accent" if is_chosen else "ink"))
            painter.setFont(number_font(15, weight=QFont.Weight.Bold))
            painter.drawText(rect.adjusted(10, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, name_of(group.char))
            painter.setPen(theme.color("dim"))
            painter.setFont(work_font(ASIDE_PX))
            flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
            painter.drawText(rect.adjusted(0, 0, -10, 0), flags, str(group.count))
        painter.end()

    def _placed(self) -> list[tuple[GroupCount, QRectF]]:
        """All of them in the room there is: as wide as usual, or narrower together."""
        count = max(1, len(self._groups))
        width = min(CHIP_WIDTH, max(34.0, (self.width() - GAP * count) / count))
        return [
            (group, QRectF(place * (width + GAP) + 1, 1, width, CHIP_HEIGHT - 2))
            for place, group in enumerate(self._groups)
        ]


class TextStrip(QWidget):
    """The whole text a character is of, with a frame around it: a shape alone may fit two readings."""

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look
        self._glyph: Glyph | None = None
        self.setFixedHeight(STRIP_HEIGHT)
        self.setMinimumWidth(240)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_glyph(self, glyph: Glyph | None) -> None:
        """Show the text of this one."""
        self._glyph = glyph
        self.setAccessibleName(t("wall.strip", text=glyph.text.printed) if glyph is not None else "")
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        rect = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.fillRect(rect, QColor("#ffffff"))
        glyph = self._glyph
        if glyph is not None:
            strip = glyph.strip
            scale = min((rect.height() - 8) / strip.height(), (rect.width() - 16) / strip.width())
            at = QPointF(rect.left() + 8, rect.center().y() - strip.height() * scale / 2)
            painter.drawImage(QRectF(at.x(), at.y(), strip.width() * scale, strip.height() * scale), strip)
            start, end = glyph.span
            frame = QRectF(at.x() + start * scale, at.y(), (end - start) * scale, strip.height() * scale)
            soft = QColor("#0b6e6e")
            soft.setAlpha(34)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(QColor("#0b6e6e"), 1.6))
            painter.setBrush(soft)
            painter.drawRoundedRect(frame.adjusted(-2, 0, 2, 0), 3, 3)
        painter.setPen(QPen(self._look.theme.color("line_strong"), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(rect)
        painter.end()
