"""The wall itself: thousands of small pictures of one character, moved over and marked by keys alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from time import monotonic

from PySide6.QtCore import QAbstractItemModel, QEvent, QModelIndex, QRect, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QFont, QKeyEvent, QKeySequence, QPainter, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from app.domain.field_typing import latin_digits
from ui.fonts import number_font
from ui.models.row_model import ROW_ROLE, Index
from ui.screens.characters.glyphs import Glyph
from ui.texts import t
from ui.widgets.paint import Look, draw_ring

CELL = QSize(58, 74)
PAPER = QRectF(5, 4, 48, 52)
CONTEXT_PX = 5
"""Of its neighbours, in px of the strip: enough to see where a character ends, too little to read them."""
SHAPE_SHARE = 0.86
UNSURE = 0.6
SEEN_AFTER_S = 0.3
"""Nobody looks at a character and presses a key in less."""

WINDOW_KEYS = (
    *("F1", "F11", "F12", "Ctrl+O", "Ctrl+L", "Ctrl+Q", "Ctrl+PgUp", "Ctrl+PgDown"),
    *(f"Ctrl+{place}" for place in range(1, 10)),
)
"""Keys of the whole window: all others are the wall's while it has the focus, for behind it a folder waits unseen."""


def is_of_wall(event: QKeyEvent) -> bool:
    """Tell whether a key is the wall's own while it is in front, not one of the whole window."""
    key = QKeySequence(event.keyCombination())
    return event.text() != "?" and key not in [QKeySequence(each) for each in WINDOW_KEYS]


class GlyphDelegate(QStyledItemDelegate):
    """Paints one character. marks: "" wrong, else what it is, by id."""

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look
        self.marks: Mapping[int, str] = {}
        self.painted: Callable[[int, QRect], None] | None = None

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return CELL

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        glyph = index.data(ROW_ROLE)
        if glyph is None:
            return
        theme = self._look.theme
        cell = QRectF(option.rect)
        paper = PAPER.translated(cell.topLeft())
        mark = self.marks.get(glyph.id)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.fillRect(paper, QColor("#ffffff"))
        self._paint_shape(painter, paper, glyph)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        tone = "line_strong" if mark is None else "bad" if mark == "" else "care"
        painter.setPen(QPen(theme.color(tone), 1 if mark is None else 2.4))
        painter.drawRect(paper)
        foot = QRectF(cell.left(), paper.bottom() + 1, cell.width(), cell.bottom() - paper.bottom() - 1)
        self._paint_foot(painter, foot, glyph, mark)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.setPen(QPen(theme.color("accent"), 2.4))
            painter.drawRect(paper.adjusted(-2, -2, 2, 2))
            if option.state & QStyle.StateFlag.State_HasFocus:
                draw_ring(painter, self._look, cell.adjusted(1, 0, -1, -1), 6)
        painter.restore()
        if self.painted is not None:
            self.painted(glyph.id, paper.toRect())

    def _paint_shape(self, painter: QPainter, paper: QRectF, glyph: Glyph) -> None:
        start, end = glyph.span
        left, right = max(0, start - CONTEXT_PX), min(glyph.strip.width(), end + CONTEXT_PX)
        height = glyph.strip.height()
        scale = min(paper.height() * SHAPE_SHARE / height, (paper.width() - 4) / max(1, right - left))
        width = (right - left) * scale
        target = QRectF(
            paper.center().x() - width / 2, paper.center().y() - height * scale / 2, width, height * scale
        )
        painter.drawImage(target, glyph.strip, QRectF(left, 0, right - left, height))
        veil = QColor(255, 255, 255, 190)  # what is left and right of it belongs to its neighbours
        painter.fillRect(QRectF(target.left(), target.top(), (start - left) * scale, target.height()), veil)
        behind = (right - end) * scale
        painter.fillRect(QRectF(target.right() - behind, target.top(), behind, target.height()), veil)

    def _paint_foot(self, painter: QPainter, rect: QRectF, glyph: Glyph, mark: str | None) -> None:
        """Wrong, corrected or unsure: a sign as well as a colour."""
        theme = self._look.theme
        icon = QRectF(rect.center().x() - 6, rect.top() + 1, 12, 12)
        if mark:
            painter.setFont(number_font(13, weight=QFont.Weight.Bold))
            painter.setPen(theme.color("care"))
            painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, f"→ {mark}")
        elif mark == "":
            self._look.icons.paint(painter, "cross", icon, theme.color("bad"))
        elif glyph.sureness < UNSURE:
            self._look.icons.paint(painter, "warn", icon, theme.color("care"))


class GlyphWall(QListView):
    """Emits what keys ask for; the presenter decides."""

    marked = Signal(str)  # a character typed, or "" for wrong or not
    unmarked = Signal()
    accepted = Signal()
    group_moved = Signal(int)
    chosen = Signal()
    looked = Signal()  # more of it has come into view
    undo_asked = Signal()
    opened = Signal()
    left = Signal()

    def __init__(self, model: QAbstractItemModel, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self.setModel(model)
        self.delegate = GlyphDelegate(look, self)
        self.delegate.painted = self._on_painted
        self._shown_at: dict[int, float] = {}
        self._tells = QTimer(self)
        self._tells.setSingleShot(True)
        self._tells.timeout.connect(self.looked)
        self.setItemDelegate(self.delegate)
        self.setAccessibleName(t("wall.title"))
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setMovement(QListView.Movement.Static)
        self.setUniformItemSizes(True)
        self.setGridSize(CELL)
        self.setLayoutMode(QListView.LayoutMode.Batched)
        self.setBatchSize(1_000)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.selectionModel().currentChanged.connect(self._on_current)
        self.doubleClicked.connect(self._on_double)

    def current(self) -> Glyph | None:
        """The character under the frame."""
        row = self.currentIndex().data(ROW_ROLE) if self.currentIndex().isValid() else None
        return row if isinstance(row, Glyph) else None

    def go_to(self, place: int) -> None:
        """Frame the character at a place."""
        count = self.model().rowCount()
        if count:
            self.setCurrentIndex(self.model().index(max(0, min(count - 1, place)), 0))
            self.scrollTo(self.currentIndex())

    def look_anew(self) -> None:
        """Nothing of what stands here has been seen yet."""
        self._shown_at.clear()

    def unshown(self, ids: Sequence[int]) -> list[int]:
        """Places of those characters that have not come into view since look_anew. ids: all, in order."""
        return [place for place, each in enumerate(ids) if each not in self._shown_at]

    @property
    def is_fresh(self) -> bool:
        """True while something has just come into view that nobody can have looked at."""
        return monotonic() - max(self._shown_at.values(), default=0.0) < SEEN_AFTER_S

    def turn_to(self, place: int) -> None:
        """Frame the character at a place and let it lead what is in view."""
        self.go_to(place)
        self.scrollTo(self.currentIndex(), QAbstractItemView.ScrollHint.PositionAtTop)

    def show_marks(self, marks: Mapping[int, str]) -> None:
        """Show these marks and no others."""
        self.delegate.marks = dict(marks)
        self.viewport().update()

    def event(self, event) -> bool:  # type: ignore[no-untyped-def]  # Qt hands over any event
        is_asked = isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride
        if is_asked and is_of_wall(event):
            event.accept()
            return True
        return super().event(event)

    def focusNextPrevChild(self, _forward: bool) -> bool:
        return False  # Tab goes to another group

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, text = event.key(), event.text()
        is_ctrl = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if not event.isAutoRepeat():
                self.accepted.emit()
        elif key in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab):
            self.group_moved.emit(1 if key == Qt.Key.Key_Tab else -1)
        elif key == Qt.Key.Key_Escape:
            self.left.emit()
        elif key == Qt.Key.Key_F2:
            self.opened.emit()
        elif key == Qt.Key.Key_Space:
            self.marked.emit("")
        elif key in (Qt.Key.Key_Backspace, Qt.Key.Key_Delete):
            self.unmarked.emit()
        elif is_ctrl and event.matches(QKeySequence.StandardKey.Undo):
            self.undo_asked.emit()
        elif not is_ctrl and len(text) == 1 and text.isalnum():
            self.marked.emit(latin_digits(text).upper())
        else:
            super().keyPressEvent(event)

    def _on_painted(self, glyph_id: int, paper: QRect) -> None:
        view = self.viewport().rect()
        in_view = paper.intersected(view).height() >= min(paper.height(), view.height())
        if in_view and glyph_id not in self._shown_at:
            self._shown_at[glyph_id] = monotonic()
            self._tells.start()

    def _on_current(self, _current: QModelIndex, _previous: QModelIndex) -> None:
        self.chosen.emit()

    def _on_double(self, _index: QModelIndex) -> None:
        self.marked.emit("")
