"""Pages as thumbnails: a grid that takes thousands, and a strip under a large page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from PySide6.QtCore import QAbstractItemModel, QEvent, QModelIndex, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QHelpEvent, QPainter, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QToolTip,
    QWidget,
)

from app.domain.states import PageState
from app.queries.rows import PageSummary
from ui import texts
from ui.fonts import ASIDE_PX, work_font
from ui.images import Images, Picture
from ui.models.row_model import ROW_ROLE, Index
from ui.theme import Tone
from ui.widgets.paint import Badge, Look, draw_ring, elided


@dataclass(frozen=True, slots=True)
class TileSize:
    """Measures of one tile: the space of the picture, with words below or without."""

    width_px: int
    height_px: int
    has_words: bool

    @property
    def cell(self) -> QSize:
        """The whole cell."""
        return QSize(self.width_px + 16, self.height_px + (38 if self.has_words else 16))


GRID = TileSize(132, 172, True)
STRIP = TileSize(54, 72, False)
SIDE = TileSize(124, 162, True)
THUMB_LONG_SIDE_PX = 320


def page_badge(page: PageSummary) -> Badge | None:
    """What is worth saying of a page: attention, quality, blank; None for an ordinary one."""
    if page.state is PageState.NEEDS_ATTENTION or page.attention is not None:
        code = page.attention.code if page.attention else "attention"
        facts = page.attention.facts if page.attention else {}
        return Badge(Tone.BAD, "warn", texts.explain("error", code, facts))
    grave = next((mark for mark in page.quality if mark.is_grave), None)
    if grave is not None:
        return Badge(Tone.BAD, "warn", texts.explain("quality", grave.code, {"value": grave.value}))
    if page.is_blank:
        return Badge(Tone.PLAIN, "blank", texts.t("view.blank"))
    if page.quality:
        worst = page.quality[0]
        return Badge(Tone.CARE, "warn", texts.explain("quality", worst.code, {"value": worst.value}))
    if page.may_be_two:
        return Badge(Tone.CARE, "warn", texts.t("view.may_be_two"))
    if page.state in (PageState.CAPTURED, PageState.PROCESSING):
        return Badge(Tone.PLAIN, "clock", texts.state(page.state))
    return None


class TileDelegate(QStyledItemDelegate):
    """Paints one page as a sheet of paper with its number and a mark when something is to be said."""

    def __init__(self, look: Look, images: Images, size: TileSize, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look
        self._images = images
        self._size = size
        self.folders: Mapping[int, str] = {}
        self.picked: frozenset[int] = frozenset()

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return self._size.cell

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        page = index.data(ROW_ROLE)
        if page is None:
            return
        rect = QRectF(option.rect)
        state = option.state
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        selected = bool(state & QStyle.StateFlag.State_Selected)
        room = QRectF(rect.left() + 8, rect.top() + 8, self._size.width_px, self._size.height_px)
        if selected:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._look.theme.color("accent_soft"))
            painter.drawRoundedRect(rect.adjusted(2, 2, -2, -2), 8, 8)
        sheet = self._paint_sheet(painter, room, page)
        if selected:
            painter.setPen(QPen(self._look.theme.color("accent"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(sheet.adjusted(-1, -1, 1, 1))
            if state & QStyle.StateFlag.State_HasFocus:
                draw_ring(painter, self._look, rect.adjusted(1, 1, -1, -1), 8)
        self._paint_mark(painter, sheet, page)
        if page.id in self.picked:
            self._paint_pick(painter, sheet)
        if self._size.has_words:
            self._paint_words(painter, QRectF(room.left(), room.bottom() + 3, room.width(), 22), page)
        painter.restore()

    def helpEvent(
        self, event: QHelpEvent, view: QAbstractItemView, option: QStyleOptionViewItem, index: Index
    ) -> bool:
        page = index.data(ROW_ROLE)
        if event.type() == QEvent.Type.ToolTip and page is not None:
            badge = page_badge(page)
            told = (self.folders.get(page.dossier_id), page.source_name, badge.word if badge else None)
            lines = [part for part in told if part]
            QToolTip.showText(event.globalPos(), "\n".join(lines), view)
            return True
        return super().helpEvent(event, view, option, index)

    def _paint_sheet(self, painter: QPainter, room: QRectF, page: PageSummary) -> QRectF:
        theme = self._look.theme
        pixmap = None
        if page.thumbnail_path is not None:
            # At the size it is painted: scaling thirty pictures at each step of scrolling takes half of its time.
            side = round(
                max(self._size.width_px, self._size.height_px) * painter.device().devicePixelRatioF()
            )
            pixmap = self._images.pixmap(
                Picture(page.thumbnail_path, long_side_px=min(THUMB_LONG_SIDE_PX, side))
            )
        if pixmap is None:
            width = room.height() / 1.414
            sheet = QRectF(room.center().x() - width / 2, room.top(), width, room.height())
            painter.setPen(QPen(theme.color("line_strong"), 1, Qt.PenStyle.DashLine))
            painter.setBrush(theme.color("plain_soft"))
            painter.drawRect(sheet)
            icon = QRectF(sheet.center().x() - 9, sheet.center().y() - 9, 18, 18)
            self._look.icons.paint(painter, "clock", icon, theme.color("dim"))
            return sheet
        size = pixmap.size().scaled(room.size().toSize(), Qt.AspectRatioMode.KeepAspectRatio)
        sheet = QRectF(
            round(room.center().x() - size.width() / 2),  # between two pixels it would be scaled all the same
            round(room.center().y() - size.height() / 2),
            size.width(),
            size.height(),
        )
        painter.drawPixmap(sheet, pixmap, QRectF(pixmap.rect()))
        painter.setPen(QPen(theme.color("line_strong"), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(sheet)
        return sheet

    def _paint_mark(self, painter: QPainter, sheet: QRectF, page: PageSummary) -> None:
        badge = page_badge(page)
        if badge is None or page.state in (PageState.CAPTURED, PageState.PROCESSING):
            return
        ink, ground = self._look.theme.tone(badge.tone)
        side = 22.0 if self._size.has_words else 16.0
        spot = QRectF(sheet.right() - side - 3, sheet.top() + 3, side, side)
        painter.setPen(QPen(ink, 1))
        painter.setBrush(ground)
        painter.drawEllipse(spot)
        inner = side * 0.2
        self._look.icons.paint(painter, badge.icon, spot.adjusted(inner, inner, -inner, -inner), ink)

    def _paint_pick(self, painter: QPainter, sheet: QRectF) -> None:
        """A picked page: a ticked box at its left, told apart from the page shown without any colour."""
        spot = QRectF(sheet.left() + 3, sheet.top() + 3, 22, 22)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._look.theme.color("accent"))
        painter.drawRoundedRect(spot, 5, 5)
        inner = spot.adjusted(4, 4, -4, -4)
        self._look.icons.paint(painter, "check", inner, self._look.theme.color("on_accent"))

    def _paint_words(self, painter: QPainter, rect: QRectF, page: PageSummary) -> None:
        badge = page_badge(page)
        painter.setFont(work_font(ASIDE_PX))
        theme = self._look.theme
        number = self._number_words(painter, rect.width(), page)
        painter.setPen(theme.color("ink"))
        if badge is None:
            painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, number)
            return
        # The figures behind a mark stand beside the large page; here they would leave no room for its name.
        words = elided(painter, f"{number} · {badge.word.partition(' (')[0]}", rect.width())
        painter.setPen(theme.tone(badge.tone)[0])
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, words)

    def _number_words(self, painter: QPainter, width: float, page: PageSummary) -> str:
        """The number of a page; the first of a folder names it too, shortened so that the number stays."""
        number = str(page.number)
        folder = self.folders.get(page.dossier_id)
        if page.number != 1 or not folder:
            return number
        tail = f" · {number}"
        room = width - painter.fontMetrics().horizontalAdvance(tail)
        return elided(painter, folder, room) + tail


class PageTiles(QListView):
    """A grid or strip of pages."""

    chosen = Signal(int)

    def __init__(
        self,
        model: QAbstractItemModel,
        look: Look,
        images: Images,
        size: TileSize,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setModel(model)
        self._delegate = TileDelegate(look, images, size, self)
        self.setItemDelegate(self._delegate)
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setMovement(QListView.Movement.Static)
        self.setUniformItemSizes(True)
        self.setGridSize(size.cell)
        self.setLayoutMode(QListView.LayoutMode.Batched)
        self.setBatchSize(500)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        is_strip = not size.has_words
        self.setWrapping(not is_strip)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        if is_strip:
            self.setFlow(QListView.Flow.LeftToRight)
            self.setFixedHeight(size.cell.height() + 16)
            self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.selectionModel().currentChanged.connect(self._on_current)
        images.arrived.connect(self._on_arrived)

    def name_folders(self, folders: Mapping[int, str]) -> None:
        """Names by dossier id, written under the first page of each."""
        self._delegate.folders = dict(folders)
        self.viewport().update()

    def choose(self, page_id: int) -> None:
        """Make a page current without taking the focus."""
        model = self.model()
        for position in range(model.rowCount()):
            index = model.index(position, 0)
            if index.data(ROW_ROLE).id == page_id:
                if self.currentIndex() != index:
                    self.setCurrentIndex(index)
                self.scrollTo(index)
                return

    def _on_current(self, current: QModelIndex, _previous: QModelIndex) -> None:
        page = current.data(ROW_ROLE) if current.isValid() else None
        if page is not None:
            self.chosen.emit(int(page.id))

    def _on_arrived(self, _picture: Picture) -> None:
        self.viewport().update()
