"""The rail at the left: the screens, with how much waits in each; icons only where there is little room."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QPushButton,
    QStyle,
    QStyleOptionButton,
    QVBoxLayout,
    QWidget,
)

from ui.texts import t
from ui.widgets.paint import Look

SCREENS = ("batches", "capture", "indexing", "review", "uploads")
OF_INDEXING = ("keying", "judging")
"""Screens of their own that are kinds of work of Indexing."""
WIDE_PX, NARROW_PX = 196, 64


def rail_entry(name: str) -> str:
    """The entry a screen belongs to."""
    return "indexing" if name in OF_INDEXING else name


class Rail(QFrame):
    """Lays out and emits."""

    chosen = Signal(str)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("ground", "panel")
        self.setProperty("edge", "right")
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 12, 8, 12)
        column.setSpacing(4)
        self._group = QButtonGroup(self)
        self._entries: dict[str, RailEntry] = {}
        for place, name in enumerate(SCREENS):
            entry = RailEntry(look, name, f"Ctrl {place + 1}", self)
            self._entries[name] = entry
            self._group.addButton(entry, place)
            column.addWidget(entry)
        column.addStretch(1)
        self._group.idClicked.connect(self._on_clicked)
        self.set_narrow(False)

    def set_narrow(self, is_narrow: bool) -> None:
        """Icons only, or icons with words."""
        self.setFixedWidth(NARROW_PX if is_narrow else WIDE_PX)
        for entry in self._entries.values():
            entry.set_narrow(is_narrow)

    def show_current(self, name: str) -> None:
        """Mark a screen as the one in front."""
        self._entries[name].setChecked(True)

    def show_count(self, name: str, count: int, *, is_bad: bool = False) -> None:
        """How much waits there; 0 shows nothing."""
        self._entries[name].show_count(count, is_bad)

    def count_of(self, name: str) -> int:
        """What an entry shows."""
        return self._entries[name].count

    def _on_clicked(self, place: int) -> None:
        self.chosen.emit(SCREENS[place])


class RailEntry(QPushButton):
    """One screen."""

    def __init__(self, look: Look, name: str, key: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._icon = name
        self._words = t(f"screen.{name}")
        self._is_narrow = False
        self._is_bad = False
        self.count = 0
        self.setProperty("nav", "true")
        self.setCheckable(True)
        self.setMinimumHeight(42)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setToolTip(f"{self._words}  {key}")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._tell()

    def set_narrow(self, is_narrow: bool) -> None:
        """Leave the words out."""
        self._is_narrow = is_narrow
        self.update()

    def show_count(self, count: int, is_bad: bool) -> None:
        """How much waits."""
        if (count, is_bad) != (self.count, self._is_bad):
            self.count, self._is_bad = count, is_bad
            self._tell()
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(NARROW_PX - 16 if self._is_narrow else WIDE_PX - 16, 42)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        option = QStyleOptionButton()
        self.initStyleOption(option)
        painter = QPainter(self)
        self.style().drawControl(QStyle.ControlElement.CE_PushButton, option, painter, self)
        theme = self._look.theme
        ink = theme.color("accent" if self.isChecked() else "ink")
        middle = self.height() / 2
        left = (self.width() - 20) / 2 if self._is_narrow else 14.0
        self._look.icons.paint(painter, self._icon, QRectF(left, middle - 10, 20, 20), ink)
        font = self.font()
        if not self._is_narrow:
            font.setBold(self.isChecked())
            painter.setFont(font)
            painter.setPen(ink)
            rect = QRectF(46, 0, self.width() - 90, self.height())
            painter.drawText(rect, Qt.AlignmentFlag.AlignVCenter, self._words)
        if self.count:
            self._paint_count(painter)
        painter.end()

    def _paint_count(self, painter: QPainter) -> None:
        theme = self._look.theme
        font = self.font()
        font.setBold(False)
        font.setPixelSize(11 if self._is_narrow else 13)
        painter.setFont(font)
        words = f"{self.count:,}" if self.count < 10_000 else "9,999+"
        painter.setPen(theme.color("bad" if self._is_bad else "accent" if self.isChecked() else "dim"))
        if self._is_narrow:
            rect = QRectF(0, 2, self.width() - 5, 14)
            painter.drawText(rect, Qt.AlignmentFlag.AlignRight, words)
            return
        rect = QRectF(0, 0, self.width() - 14, self.height())
        painter.drawText(rect, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, words)

    def _tell(self) -> None:
        self.setAccessibleName(f"{self._words}, {self.count}" if self.count else self._words)
