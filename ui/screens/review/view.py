"""Review as laid out: folders, their pages worst first, one page large, and what the office will get."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.queries.rows import DossierSummary, PageSummary
from ui.desk import Desk
from ui.models.row_model import RowModel
from ui.screens.capture.profile import SHIPPED
from ui.screens.faces import review_face
from ui.screens.review.scope import Scope
from ui.screens.screen import KeyHint, Screen
from ui.screens.tree_hints import TREE_HINTS
from ui.texts import t
from ui.widgets.adjust_bar import AdjustBar
from ui.widgets.buttons import KeyButton
from ui.widgets.chips import ChipFlow
from ui.widgets.document_tree import DocumentTree
from ui.widgets.empty_state import EmptyState
from ui.widgets.fact_list import Fact, FactList
from ui.widgets.head_row import head_row
from ui.widgets.keys import add_keys
from ui.widgets.labels import ElidedLabel, label
from ui.widgets.language_picker import LanguagePicker
from ui.widgets.page_facts import PageFacts
from ui.widgets.page_picks import PickTiles
from ui.widgets.page_tiles import SIDE
from ui.widgets.page_viewer import PageViewer, page_words
from ui.widgets.paint import Badge, Look
from ui.widgets.reason_picker import ReasonChoice, ReasonPicker
from ui.widgets.row_list import RowList
from ui.widgets.scope_bar import ScopeBar
from ui.words_en import LANGUAGES

RETURN_CODES = ("wrong_number", "missing_page", "poor_scan", "turned_page", "foreign_page", "other")


class ReviewView(Screen):
    """Lays out and emits; ReviewPresenter decides."""

    name = "review"
    approve_asked = Signal()
    return_given = Signal(str)
    folder_chosen = Signal(int)
    folder_moved = Signal(int)
    page_chosen = Signal(int)
    page_moved = Signal(int)
    turn_asked = Signal(int)
    neighbours_asked = Signal()
    again_asked = Signal()
    blank_asked = Signal()
    straighten_asked = Signal()
    crop_asked = Signal()
    split_asked = Signal()
    cut_asked = Signal()
    join_asked = Signal()
    language_asked = Signal()
    undo_asked = Signal()
    order_asked = Signal()
    documents_asked = Signal()
    left_summary = Signal()
    hidden = Signal()  # another screen comes to the front, or the window closes

    def __init__(self, desk: Desk, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._look = look
        self.model: RowModel[DossierSummary] = RowModel(lambda row: row.id, lambda row: row.name, self)
        self.pages: RowModel[PageSummary] = RowModel(lambda row: row.id, page_words, self)
        self.list = RowList(self.model, look, review_face, parent=self)
        self.tiles = PickTiles(self.pages, look, desk.images, SIDE, self)
        self.tree = DocumentTree(look, desk.images, self)
        self.viewer = PageViewer(desk, look, self, has_strip=False)
        self.adjust = AdjustBar(look, self.viewer.view, self)
        self.page_facts = PageFacts(self)
        self.scope = ScopeBar(look, [scope.value for scope in Scope], self)
        self.languages = LanguagePicker(look, {code: LANGUAGES[code] for code in SHIPPED}, self)
        self.chips = ChipFlow(look, self)
        self.gets = FactList(look, self)
        self.empty = EmptyState(look, self)
        choices = [ReasonChoice(code, t(f"return.{code}")) for code in RETURN_CODES]
        title, go = t("review.return_title"), t("review.return_go")
        self.picker = ReasonPicker(look, title, go, choices, has_words=True, parent=self)
        self._build()
        self._wire()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.hidden.emit()

    def foot_px(self) -> int:
        return 0 if self.stack.currentIndex() else self.height() - self.viewer.bottom_px(self)

    def notices_left_px(self) -> int | None:
        return None if self.stack.currentIndex() else self.viewer.mapTo(self, QPoint(0, 0)).x()

    def key_hints(self) -> tuple[KeyHint, ...]:
        return (
            KeyHint("F8  Ctrl Enter", "keys.approve"),
            KeyHint("F7", "keys.return"),
            KeyHint("Ctrl ↑  Ctrl ↓", "keys.folders"),
            KeyHint("PgUp  PgDn", "keys.pages"),
            KeyHint("F3", "keys.fit"),
            KeyHint("F4", "keys.original"),
            KeyHint("F5", "keys.keep"),
            KeyHint("Ctrl +  Ctrl −", "keys.zoom"),
            KeyHint("Alt ↑  Alt ↓", "keys.brightness"),
            KeyHint("F10", "keys.order"),
            KeyHint("Shift F10", "keys.documents"),
            *TREE_HINTS,
            KeyHint("Space  Shift →", "keys.pick_pages"),
            KeyHint("F6  Shift F6", "keys.scope"),
            KeyHint("F9  Shift F9", "keys.turn"),
            KeyHint("Ctrl F9", "keys.neighbours"),
            KeyHint("Ctrl T", "keys.straighten"),
            KeyHint("Ctrl K", "keys.crop"),
            KeyHint("Ctrl D", "keys.split"),
            KeyHint("Ctrl F6", "keys.cut_folder"),
            KeyHint("Ctrl Shift F6", "keys.join_folder"),
            KeyHint("Ctrl B", "keys.blank"),
            KeyHint("Ctrl R", "keys.read_again"),
            KeyHint("Ctrl Shift R", "keys.language"),
            KeyHint("Ctrl Z", "keys.undo_page"),
        )

    def crumb(self) -> str:
        return self._folder.text() if self.stack.currentIndex() == 0 else ""

    def show_work(self, has_work: bool) -> None:
        """Show the folders, or the empty state."""
        self.stack.setCurrentIndex(0 if has_work else 1)

    def show_position(self, text: str) -> None:
        """Where in the queue."""
        self._position.setText(text)

    def show_folder(self, name: str, number: str) -> None:
        """Heading of the middle column."""
        self._folder.setText(name)
        self._number.setText(number)
        self.crumb_changed.emit(name)

    def show_chips(self, badges: Sequence[Badge]) -> None:
        """Reasons why a look is worthwhile."""
        self.chips.show_badges(badges)

    def show_summary(self, facts: Sequence[Fact]) -> None:
        """The last step: what the office will get; no facts hide it."""
        self.gets.show_facts(facts)
        self._summary.setVisible(bool(facts))
        self._why.setVisible(not facts)  # seen before; on a low screen the last step needs its room
        self._approve.setText(t("review.send") if facts else t("review.approve"))
        self._approve.updateGeometry()
        if facts:
            self.give_focus(self._approve)

    @property
    def has_summary(self) -> bool:
        """True while the last step is shown."""
        return self._summary.isVisible()

    def focus_pages(self) -> None:
        """Give the thumbnails the focus."""
        if not self.is_asking and not self.adjust.is_active:
            self.give_focus(self.tree.list if self.has_documents else self.tiles)

    @property
    def is_asking(self) -> bool:
        """True while a reason or languages are asked for."""
        return self.picker.isVisible() or self.languages.isVisible() or self.tree.is_asking

    @property
    def has_documents(self) -> bool:
        """True while the documents stand in the place of the thumbnails."""
        return self._pages.currentIndex() == 1

    def show_documents(self, are_shown: bool) -> None:
        """Show the documents with their pages, or the thumbnails."""
        self._pages.setCurrentIndex(1 if are_shown else 0)
        self._order.setText(self._order_words if not are_shown else t("review.by_documents"))
        self._other.setText(t("review.thumbnails" if are_shown else "review.documents"))
        self._other.updateGeometry()
        self.focus_pages()

    def show_order(self, *, is_worst_first: bool) -> None:
        """Say in which order the pages stand."""
        self._order_words = t("review.worst_first" if is_worst_first else "review.in_order")
        if not self.has_documents:
            self._order.setText(self._order_words)

    def _build(self) -> None:
        self.stack = QStackedWidget(self)
        split = QSplitter(Qt.Orientation.Horizontal, self)
        split.setChildrenCollapsible(False)
        split.addWidget(self._build_queue())
        split.addWidget(self._build_middle())
        split.addWidget(self._build_page())
        split.setStretchFactor(2, 1)
        split.setSizes([248, 320, 800])
        self.stack.addWidget(split)
        self.stack.addWidget(self.empty)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.stack)

    def _build_page(self) -> QWidget:
        page = QFrame(self)
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        reach = QFrame(page)
        reach.setProperty("ground", "panel")
        reach.setProperty("edge", "top")
        row = QHBoxLayout(reach)
        row.setContentsMargins(12, 3, 0, 3)
        row.addWidget(self.scope)
        for part in (self.adjust, self.page_facts, reach):
            column.addWidget(part)
        column.insertWidget(0, self.viewer, 1)
        return page

    def _build_queue(self) -> QWidget:
        side = QFrame(self)
        side.setProperty("ground", "panel")
        side.setMinimumWidth(168)
        column = QVBoxLayout(side)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self._position = label(tone="dim", size="strong", parent=side)
        column.addWidget(head_row(side, label(t("review.title"), size="head", parent=side), self._position))
        column.addWidget(self.list, 1)
        return side

    def _build_middle(self) -> QWidget:
        middle = QFrame(self)
        middle.setProperty("ground", "panel")
        middle.setMinimumWidth(300)
        column = QVBoxLayout(middle)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self._folder = ElidedLabel(parent=middle, size="head")
        self._number = label(parent=middle, size="strong")
        column.addWidget(head_row(middle, self._folder, self._number))
        self._why = QWidget(middle)
        top = QVBoxLayout(self._why)
        top.setContentsMargins(16, 12, 16, 4)
        top.setSpacing(6)
        top.addWidget(label(t("review.reasons"), tone="dim", size="aside", parent=middle))
        top.addWidget(self.chips)
        top.addSpacing(4)
        self._order_words = t("review.worst_first")
        self._order = label(self._order_words, tone="dim", size="aside", parent=middle)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self._order, 1)
        self._other = KeyButton(t("review.documents"), self._look, key="⇧F10", kind="quiet", parent=middle)
        row.addWidget(self._other, 0, Qt.AlignmentFlag.AlignRight)
        top.addLayout(row)
        column.addWidget(self._why)
        tiles = QWidget(middle)
        beside = QHBoxLayout(tiles)
        beside.setContentsMargins(8, 0, 4, 0)
        beside.addWidget(self.tiles)
        self._pages = QStackedWidget(middle)
        self._pages.addWidget(tiles)
        self._pages.addWidget(self.tree)
        column.addWidget(self._pages, 1)
        column.addWidget(self._build_acts(middle))
        return middle

    def _build_acts(self, parent: QWidget) -> QWidget:
        foot = QFrame(parent)
        foot.setProperty("edge", "top")
        column = QVBoxLayout(foot)
        column.setContentsMargins(16, 10, 16, 12)
        column.setSpacing(8)
        self._summary = QWidget(foot)
        inner = QVBoxLayout(self._summary)
        inner.setContentsMargins(0, 0, 0, 4)
        inner.setSpacing(6)
        inner.addWidget(label(t("review.office_gets"), size="head", parent=self._summary))
        inner.addWidget(self.gets)
        self._summary.hide()
        self._approve = KeyButton(
            t("review.approve"), self._look, icon="check", key="F8", kind="primary", parent=foot
        )
        self._return = KeyButton(t("review.return"), self._look, icon="undo", key="F7", parent=foot)
        column.addWidget(self._summary)
        column.addWidget(self.picker)
        column.addWidget(self.languages)
        column.addWidget(self._approve)
        column.addWidget(self._return, 0, Qt.AlignmentFlag.AlignLeft)
        return foot

    def _wire(self) -> None:
        self.list.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.list.chosen.connect(self.folder_chosen)
        self.tiles.chosen.connect(self.page_chosen)
        self.tree.page_chosen.connect(self.page_chosen)
        self._approve.clicked.connect(self.approve_asked)
        self._approve.setAutoDefault(True)
        self._return.clicked.connect(self.picker.ask)
        self._other.clicked.connect(self.documents_asked)
        self.picker.shown.connect(self._on_picker)
        self.picker.taken.connect(self._on_reason)
        self.picker.left.connect(self.focus_pages)
        self.languages.shown.connect(self._on_picker)
        self.languages.left.connect(self.focus_pages)
        self.adjust.left.connect(self.focus_pages)
        keys = (
            ("F8", self.approve_asked),
            ("Ctrl+Return", self.approve_asked),
            ("Ctrl+Enter", self.approve_asked),
            ("F7", self.picker.ask),
            ("Ctrl+R", self.again_asked),
            ("Ctrl+B", self.blank_asked),
            ("Ctrl+T", self.straighten_asked),
            ("Ctrl+K", self.crop_asked),
            ("Ctrl+D", self.split_asked),
            ("Ctrl+F6", self.cut_asked),
            ("Ctrl+Shift+F6", self.join_asked),
            ("Ctrl+Shift+R", self.language_asked),
            ("Ctrl+Z", self.undo_asked),
            ("F10", self.order_asked),
            ("Shift+F10", self.documents_asked),
            ("F6", self._on_scope_after),
            ("Shift+F6", self._on_scope_before),
            ("Alt+Up", self._on_brighter),
            ("Alt+Down", self._on_darker),
            ("F9", self._on_turn_right),
            ("Shift+F9", self._on_turn_left),
            ("Ctrl+F9", self.neighbours_asked),
            ("Ctrl+Up", self._on_folder_before),
            ("Ctrl+Down", self._on_folder_after),
            ("PgUp", self._on_page_before),
            ("PgDown", self._on_page_after),
            ("Esc", self.left_summary),
        )
        add_keys(self, keys)

    def _on_picker(self, is_shown: bool) -> None:
        if is_shown:
            self.adjust.leave()
        self._approve.setVisible(not is_shown)
        self._return.setVisible(not is_shown)

    def _on_reason(self, code: str, words: str) -> None:
        self.return_given.emit(f"{code}: {words}" if words else code)

    def _on_turn_right(self) -> None:
        self.turn_asked.emit(90)

    def _on_turn_left(self) -> None:
        self.turn_asked.emit(-90)

    def _on_scope_after(self) -> None:
        self.scope.step(1)

    def _on_scope_before(self) -> None:
        self.scope.step(-1)

    def _on_brighter(self) -> None:
        self.page_facts.step_brightness(1)

    def _on_darker(self) -> None:
        self.page_facts.step_brightness(-1)

    def _on_folder_before(self) -> None:
        self.folder_moved.emit(-1)

    def _on_folder_after(self) -> None:
        self.folder_moved.emit(1)

    def _on_page_before(self) -> None:
        self.page_moved.emit(-1)

    def _on_page_after(self) -> None:
        self.page_moved.emit(1)
