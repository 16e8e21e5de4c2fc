"""Buttons that show their key, and small icon buttons; both follow the palette."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QPushButton, QStyle, QStyleOptionButton, QToolButton, QWidget

from ui.widgets.paint import CAP_HEIGHT, Look, cap_width, draw_cap

_ICON = 16
_GAP = 8
_SPARE = 14  # of the room around words, what a narrow column may take


class KeyButton(QPushButton):
    """A button with an icon before its words and the key that does the same behind them.

    kind: "" (outlined), "primary" or "quiet".
    """

    def __init__(
        self,
        text: str,
        look: Look,
        *,
        icon: str = "",
        key: str = "",
        kind: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(text, parent)
        self._look = look
        self._icon = icon
        self._key = key
        self._tone = ""
        if kind:
            self.setProperty("kind", kind)
        self.setMinimumHeight(36 if kind == "primary" else 34)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        if key:
            self.setAccessibleDescription(key)

    def set_icon(self, icon: str) -> None:
        """Show another icon."""
        self._icon = icon
        self.update()

    def set_key(self, key: str) -> None:
        """Show another key."""
        self._key = key
        self.setAccessibleDescription(key)
        self.updateGeometry()
        self.update()

    def set_tone(self, tone: str) -> None:
        """Give words and icon the colour of a tone ("bad", "care"); empty for ink."""
        self._tone = tone
        self.update()

    def sizeHint(self) -> QSize:
        icon = _ICON + _GAP if self._icon else 0
        key = cap_width(self._key) + _GAP if self._key else 0
        words = self.fontMetrics().horizontalAdvance(self.text())
        return QSize(round(words + icon + key + 28), max(34, self.minimumHeight()))

    def minimumSizeHint(self) -> QSize:
        size = self.sizeHint()
        return QSize(size.width() - _SPARE, size.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        option = QStyleOptionButton()
        self.initStyleOption(option)
        option.text = ""  # the style draws ground, border and focus; words and key are ours
        painter = QPainter(self)
        self.style().drawControl(QStyle.ControlElement.CE_PushButton, option, painter, self)
        text = self.text()
        primary = self.property("kind") == "primary" and self.isEnabled()
        ink = self._look.theme.color(
            "on_accent" if primary else (self._tone or "ink") if self.isEnabled() else "dim"
        )
        words = self.fontMetrics().horizontalAdvance(text)
        key = cap_width(self._key) + _GAP if self._key else 0
        icon = _ICON + _GAP if self._icon else 0
        room = round(self.width() - icon - key - 10)
        if words > room:  # rather a shorter word than a key that is cut off
            text, words = self.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, room), room
        left = max(5.0, (self.width() - words - key - icon) / 2)
        if self._icon:
            rect = QRectF(left, (self.height() - _ICON) / 2, _ICON, _ICON)
            self._look.icons.paint(painter, self._icon, rect, ink)
            left += icon
        painter.setPen(ink)
        painter.drawText(QRectF(left, 0, words + 4, self.height()), Qt.AlignmentFlag.AlignVCenter, text)
        if self._key:
            cap = QRectF(left + words + _GAP, (self.height() - CAP_HEIGHT) / 2, key - _GAP, CAP_HEIGHT)
            line = self._look.theme.color("on_accent" if primary else "line_strong")
            dim = self._look.theme.color("on_accent") if primary else self._look.theme.color("dim")
            draw_cap(painter, cap, self._key, dim, line)
        painter.end()


class ChoiceButton(QPushButton):
    """A button that shows what is chosen and opens a menu."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self.setProperty("kind", "choice")

    def paintEvent(self, event: QPaintEvent) -> None:
        option = QStyleOptionButton()
        self.initStyleOption(option)
        option.text = ""
        option.features &= ~QStyleOptionButton.ButtonFeature.HasMenu
        painter = QPainter(self)
        self.style().drawControl(QStyle.ControlElement.CE_PushButton, option, painter, self)
        painter.setPen(self._look.theme.color("ink"))
        rect = QRectF(11, 0, self.width() - 42, self.height())
        words = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, int(rect.width()))
        painter.drawText(rect, Qt.AlignmentFlag.AlignVCenter, words)
        spot = QRectF(self.width() - 25, self.height() / 2 - 7, 14, 14)
        self._look.icons.paint(painter, "chevron-down", spot, self._look.theme.color("dim"))
        painter.end()


class IconButton(QToolButton):
    """A button of one icon; its words are tooltip and accessible name."""

    def __init__(
        self, icon: str, text: str, look: Look, *, key: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._look = look
        self._icon = icon
        self._words = text
        self.setProperty("kind", "quiet")
        self.setToolTip(f"{text}  {key}" if key else text)
        self.setAccessibleName(text)
        self.setMinimumSize(34, 34)
        self.setIconSize(QSize(18, 18))
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.toggled.connect(self._tint)
        self._tint()

    def set_icon(self, icon: str) -> None:
        """Show another icon."""
        self._icon = icon
        self._tint()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._tint()

    def _tint(self) -> None:
        name = "accent" if self.isCheckable() and self.isChecked() else "ink"
        self.setIcon(self._look.icons.icon(self._icon, self._look.theme.color(name)))
