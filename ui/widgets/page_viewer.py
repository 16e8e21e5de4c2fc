"""The large page with its tools and the strip of its neighbours; Indexing and Review use the same one."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from enum import StrEnum

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPixmap, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSplitter, QVBoxLayout, QWidget

from app.domain.ids import PageId
from app.queries.rows import PageDetail, PageSummary
from ocr.types import Box
from ui import texts
from ui.desk import Desk
from ui.images import Picture
from ui.models.row_model import RowModel
from ui.texts import t
from ui.widgets.buttons import IconButton
from ui.widgets.keys import add_keys
from ui.widgets.labels import ElidedLabel, label
from ui.widgets.page_tiles import STRIP, PageTiles
from ui.widgets.page_view import ZOOM_STEP, Mark, PageView
from ui.widgets.paint import Look

ORIGINAL_LONG_SIDE_PX = 2600
NARROW_BELOW_PX = 330  # the tools take all of the bar; the figure of the zoom steps aside


class Shown(StrEnum):
    """What the viewer shows of a page, in the order F4 goes through."""

    STRAIGHTENED = "straightened"
    BOTH = "both"
    ORIGINAL = "original"


class PageViewer(QFrame):
    """Shows the pages of one dossier."""

    page_shown = Signal(object)  # PageDetail
    picture_ready = Signal(object)  # PageDetail, once its straightened picture is here
    painted = Signal()  # anew, without marks of others

    def __init__(
        self, desk: Desk, look: Look, parent: QWidget | None = None, *, has_strip: bool = True
    ) -> None:
        super().__init__(parent)
        self._desk = desk
        self._look = look
        self._detail: PageDetail | None = None
        self._target: Box | None = None
        self._zoom_when_here = False
        self._shown = Shown.STRAIGHTENED
        self._said = ""
        self.setProperty("ground", "well")
        self.model: RowModel[PageSummary] = RowModel(lambda page: page.id, page_words, self)
        self.view = PageView(look, self)
        self.beside = PageView(look, self)  # the untouched scan, left of the straightened page
        self.beside.hide()
        self.view.keep_place = desk.preferences.flag("keep_zoom")
        self.strip = PageTiles(self.model, look, desk.images, STRIP, self)
        self._build(has_strip)
        self._wire()

    @property
    def detail(self) -> PageDetail | None:
        """The page shown."""
        return self._detail

    @property
    def is_original(self) -> bool:
        """True while only the untouched scan is shown."""
        return self._shown is Shown.ORIGINAL

    @property
    def shown(self) -> Shown:
        """What is shown of the page."""
        return self._shown

    @property
    def is_settled(self) -> bool:
        """True when the picture of the page is here, or none will come: nothing better is shown a moment later."""
        picture = None if self._detail is None else self._wanted(self._detail)
        if picture is None or self._desk.images.is_broken(picture):
            return True
        return self._desk.images.pixmap(picture) is not None

    def show_pages(self, pages: Sequence[PageSummary], first: PageId | None = None) -> None:
        """Show these pages; first, or the one shown, or page 1 becomes large."""
        self.model.replace(pages)
        shown = None if self._detail is None else self._detail.summary.id
        ids = self.model.ids
        if not ids:
            self._detail = None
            self._paint()
            return
        wanted = first if first in ids else shown if shown in ids else ids[0]
        self.show_page(PageId(int(wanted or ids[0])))

    def show_page(self, page_id: PageId) -> None:
        """Make a page large."""
        try:
            detail = self._desk.reading.page(page_id)
        except (
            LookupError
        ):  # put together with its other half meanwhile: its folder is about to be shown anew
            return
        if self._detail is not None and self._detail.summary.id != page_id:
            self._target = None
        self._detail = detail
        self.strip.choose(page_id)
        self._paint()
        self.page_shown.emit(self._detail)

    def refresh(self) -> None:
        """Read the page shown again: it has changed."""
        if self._detail is not None:
            with suppress(LookupError):  # as in show_page
                self._detail = self._desk.reading.page(self._detail.summary.id)
            self._paint()

    def point_at(self, box: Box | None, *, zoom: bool = False) -> None:
        """Mark a box of the page shown; with zoom also go there."""
        self._target = box
        self._zoom_when_here = zoom and box is not None
        self._place_marks()

    def say(self, words: str) -> None:
        """Say something above the page; "" says again how the page itself stands."""
        self._said = words
        if words:
            self._tell(words)
        else:
            self._paint()

    def step(self, by: int) -> None:
        """Next or previous page."""
        ids = self.model.ids
        if self._detail is None or not ids or self._detail.summary.id not in ids:
            return
        place = min(len(ids) - 1, max(0, ids.index(self._detail.summary.id) + by))
        self.show_page(PageId(ids[place]))

    def show_next_side(self) -> None:
        """Straightened, then both side by side, then the original."""
        sides = list(Shown)
        self.show_side(sides[(sides.index(self._shown) + 1) % len(sides)])

    def show_side(self, shown: Shown) -> None:
        """Show this of the page."""
        self._shown = shown
        self._original.setChecked(shown is not Shown.STRAIGHTENED)
        self.beside.setVisible(shown is Shown.BOTH)
        self._paint()

    def set_brightness(self, brightness: int) -> None:
        """Show the page darker or brighter; both sides alike."""
        self.view.set_brightness(brightness)
        self.beside.set_brightness(brightness)

    def toggle_keep(self) -> None:
        """Keep zoom and place while paging, or fit each page."""
        self.view.keep_place = not self.view.keep_place
        self._keep.setChecked(self.view.keep_place)
        self._keep.set_icon("lock" if self.view.keep_place else "unlock")
        self._desk.preferences.keep("keep_zoom", self.view.keep_place)

    def zoom_number(self) -> None:
        """Go to the marked number."""
        if self._target is not None and not self.is_original:
            self.view.zoom_to(self._target)

    def pixmap(self) -> QPixmap | None:
        """The straightened picture of the page shown, if it is here."""
        if self._detail is None or self._detail.viewing_path is None:
            return None
        return self._desk.images.pixmap(Picture(self._detail.viewing_path))

    def bottom_px(self, screen: QWidget) -> int:
        """Where the large page ends, from the top of the screen it stands in."""
        return self.view.mapTo(screen, self.view.rect().bottomLeft()).y()

    def _build(self, has_strip: bool) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        bar = QFrame(self)
        bar.setProperty("ground", "panel")
        bar.setProperty("edge", "bottom")
        row = QHBoxLayout(bar)
        row.setContentsMargins(12, 6, 12, 6)
        row.setSpacing(2)
        self._where = ElidedLabel(parent=bar, tone="dim")
        self._zoom = label(tone="dim", parent=bar)
        self._zoom.setMinimumWidth(48)
        self._zoom.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._number = IconButton("target", t("view.number"), self._look, key="F2", parent=bar)
        self._fit = IconButton("fit", t("view.fit"), self._look, key="F3", parent=bar)
        self._original = IconButton("original", t("view.sides"), self._look, key="F4", parent=bar)
        icon = "lock" if self.view.keep_place else "unlock"
        self._keep = IconButton(icon, t("view.keep"), self._look, key="F5", parent=bar)
        self._larger = IconButton("zoom-in", t("view.zoom_in"), self._look, key="Ctrl +", parent=bar)
        self._smaller = IconButton("zoom-out", t("view.zoom_out"), self._look, key="Ctrl −", parent=bar)
        for button in (self._original, self._keep):
            button.setCheckable(True)
        self._keep.setChecked(self.view.keep_place)
        row.addWidget(self._where, 1)
        row.addWidget(self._zoom)
        for tool in (self._smaller, self._larger, self._fit, self._number, self._original, self._keep):
            tool.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            row.addWidget(tool)
        self.note = label(tone="dim", parent=self)
        self.note.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.note.setWordWrap(True)
        self.note.setContentsMargins(24, 8, 24, 8)
        self.note.hide()
        column.addWidget(bar)
        column.addWidget(self.note)
        sides = QSplitter(Qt.Orientation.Horizontal, self)
        sides.setChildrenCollapsible(False)
        sides.addWidget(self.beside)
        sides.addWidget(self.view)
        sides.setSizes([500, 500])
        column.addWidget(sides, 1)
        foot = QFrame(self)
        foot.setProperty("ground", "panel")
        foot.setProperty("edge", "top")
        foot_row = QHBoxLayout(foot)
        foot_row.setContentsMargins(8, 4, 8, 0)
        foot_row.addWidget(self.strip)
        foot.setVisible(has_strip)
        column.addWidget(foot)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._zoom.setVisible(self.width() >= NARROW_BELOW_PX)

    def _wire(self) -> None:
        self.strip.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.view.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.strip.chosen.connect(self._on_strip)
        self.view.zoomed.connect(self._on_zoomed)
        self._fit.clicked.connect(self.view.fit)
        self._number.clicked.connect(self.zoom_number)
        self._original.clicked.connect(self.show_next_side)
        self._keep.clicked.connect(self.toggle_keep)
        self._larger.clicked.connect(self.zoom_larger)
        self._smaller.clicked.connect(self.zoom_smaller)
        self._desk.images.arrived.connect(self._on_arrived)
        keys = (
            ("F2", self.zoom_number),
            ("F3", self.view.fit),
            ("F4", self.show_next_side),
            ("F5", self.toggle_keep),
            ("Ctrl++", self.zoom_larger),
            ("Ctrl+=", self.zoom_larger),
            ("Ctrl+-", self.zoom_smaller),
        )
        add_keys(self, keys)

    def zoom_larger(self) -> None:
        """One step larger."""
        self.view.zoom_by(ZOOM_STEP)

    def zoom_smaller(self) -> None:
        """One step smaller."""
        self.view.zoom_by(1 / ZOOM_STEP)

    def _on_strip(self, page_id: int) -> None:
        if self._detail is None or self._detail.summary.id != page_id:
            self.show_page(PageId(page_id))

    def _on_zoomed(self, scale: float) -> None:
        self._zoom.setText(t("view.zoom", percent=round(scale * 100)))

    def _on_arrived(self, picture: Picture) -> None:
        if self._detail is not None and picture.path in self._paths(self._detail):
            self._paint()

    @staticmethod
    def _paths(detail: PageDetail) -> tuple[object, ...]:
        return detail.viewing_path, detail.summary.thumbnail_path, detail.master_path

    def _paint(self) -> None:
        detail = self._detail
        if detail is None:
            self.view.show_page(None, (1, 1))
            self.beside.show_page(None, (1, 1))
            self.view.mark(())
            self._where.setText("")
            self._tell(t("view.none"))
            return
        self._where.setText(self._where_words(detail))
        self.set_brightness(detail.edits.brightness or 0)
        picture = self._wanted(detail)
        pixmap = None if picture is None else self._desk.images.pixmap(picture)
        space = (detail.width_px, detail.height_px)
        if self.is_original and pixmap is not None:
            space = (pixmap.width(), pixmap.height())
        broken = picture is not None and self._desk.images.is_broken(picture)
        if pixmap is None and detail.summary.thumbnail_path is not None and not (broken and self.is_original):
            pixmap = self._desk.images.pixmap(Picture(detail.summary.thumbnail_path, long_side_px=320))
        self.view.show_page(pixmap, space)
        self.view.show_box(None if self.is_original else detail.edits.box)
        if self._shown is Shown.BOTH:
            self._paint_beside(detail)
        if broken:
            self._tell(t("view.original_unshowable" if self.is_original else "view.broken"))
        else:
            self._tell(t("view.waiting") if detail.viewing_path is None and not self.is_original else "")
        self._place_marks()
        if not self.is_original and picture is not None and self._desk.images.pixmap(picture) is not None:
            self.picture_ready.emit(detail)
        self.painted.emit()

    def _paint_beside(self, detail: PageDetail) -> None:
        pixmap = self._desk.images.pixmap(_original_of(detail))
        self.beside.show_page(pixmap, (1, 1) if pixmap is None else (pixmap.width(), pixmap.height()))

    def _where_words(self, detail: PageDetail) -> str:
        words = where_words(detail, self.model.rowCount())
        return words if self._shown is Shown.STRAIGHTENED else f"{t(f'view.{self._shown.value}')} · {words}"

    def _wanted(self, detail: PageDetail) -> Picture | None:
        if self.is_original:
            return _original_of(detail)
        return None if detail.viewing_path is None else Picture(detail.viewing_path)

    def _tell(self, words: str) -> None:
        words = self._said or words
        self.note.setText(words)
        self.note.setVisible(bool(words))

    def _place_marks(self) -> None:
        if self._target is None or self.is_original:
            self.view.mark(())
            return
        self.view.mark((Mark(self._target),))
        if self._zoom_when_here and self.pixmap() is not None:
            self._zoom_when_here = False
            if self.view.keep_place and not self.view.is_fitted:
                self.view.ensure_seen(self._target)  # the padlock: a person has chosen how near they look
            else:
                self.view.zoom_to(self._target)


def _original_of(detail: PageDetail) -> Picture:
    return Picture(detail.master_path, detail.frame, ORIGINAL_LONG_SIDE_PX)


def page_words(page: PageSummary) -> str:
    """What a screen reader says of a page."""
    return f"{page.number}, {page.source_name}"


def where_words(detail: PageDetail, total: int) -> str:
    """Page number, what was done to it, where it came from."""
    parts = [t("view.page_of", number=detail.summary.number, total=total)]
    if turn := texts.turned(detail.applied_turn_deg):
        parts.append(turn)
    if abs(detail.applied_skew_deg) >= 0.05:
        parts.append(t("view.straightened", degrees=f"{abs(detail.applied_skew_deg):.1f}"))
    parts.append(detail.summary.source_name)
    return " · ".join(parts)
