"""Capture as laid out: profile, ways in, counters, pages as they come, and what was not accepted."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QProgressBar,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.queries.rows import LedgerItem, PageSummary
from ui.desk import Desk
from ui.models.row_model import RowModel
from ui.screens.capture.profile import ProfileBar
from ui.screens.faces import ledger_face
from ui.screens.screen import KeyHint, Screen
from ui.texts import t
from ui.widgets.buttons import KeyButton
from ui.widgets.counters import Counters
from ui.widgets.empty_state import EmptyState
from ui.widgets.keys import add_keys
from ui.widgets.labels import ElidedLabel, label, set_property
from ui.widgets.page_tiles import GRID, PageTiles
from ui.widgets.page_viewer import page_words
from ui.widgets.paint import Look
from ui.widgets.row_list import RowList

NARROW_BELOW_PX = 1_000  # profile and ways in no longer fit side by side
COUNTERS = ("offered", "accepted", "refused", "pages", "read")


class CaptureView(Screen):
    """Lays out and emits; CapturePresenter decides."""

    name = "capture"
    files_asked = Signal()
    folder_asked = Signal()
    paste_asked = Signal()
    new_asked = Signal()
    covers_asked = Signal()

    def __init__(self, desk: Desk, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self.pages: RowModel[PageSummary] = RowModel(lambda row: row.id, page_words, self)
        self.problems: RowModel[LedgerItem] = RowModel(
            lambda row: row.id, lambda row: row.source_path.name, self
        )
        self.profile = ProfileBar(look, sorted(desk.context.offices), self)
        self.tiles = PageTiles(self.pages, look, desk.images, GRID, self)
        self.problem_list = RowList(self.problems, look, ledger_face, height_px=64, parent=self)
        self.counters = Counters([(key, t(f"capture.{key}")) for key in COUNTERS], self)
        self.progress = QProgressBar(self)
        self.empty = EmptyState(look, self)
        self._build()
        self._wire()

    def key_hints(self) -> tuple[KeyHint, ...]:
        return (
            KeyHint("Ctrl O", "keys.files"),
            KeyHint("Ctrl Shift O", "keys.choose_folder"),
            KeyHint("Ctrl V", "keys.paste"),
            KeyHint("Ctrl P", "keys.covers"),
            KeyHint("↑ ↓ ← →", "keys.pages"),
        )

    def crumb(self) -> str:
        return self._batch.text()

    def show_batch(self, name: str) -> None:
        """Name of the batch that is shown; empty for none."""
        self._batch.setText(name)
        self.stack.setCurrentIndex(1 if name else 0)
        self.crumb_changed.emit(name)

    def show_state(self, words: str, done: int, total: int) -> None:
        """The sentence and the bar of progress; total 0 hides the bar."""
        self._state.setText(words)
        self.progress.setVisible(0 <= done < total)
        self.progress.setRange(0, max(1, total))
        self.progress.setValue(done)

    def show_problems(self, count: int) -> None:
        """Head of the list at the right; the list hides when there is nothing to say."""
        self._problems_head.setText(f"{t('capture.problems')}  {count}" if count else t("capture.problems"))
        self._problems.setVisible(count > 0)

    def show_next(self, is_shown: bool) -> None:
        """The way to Indexing, once there is something to index."""
        self._next.setVisible(is_shown)

    def show_drop(self, is_over: bool) -> None:
        """Something is held over the window."""
        set_property(self._zone, "drop", "over" if is_over else "true")

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._build_top())
        self.stack = QStackedWidget(self)
        self.stack.addWidget(self._build_zone())
        self.stack.addWidget(self._build_live())
        column.addWidget(self.stack, 1)

    def _build_top(self) -> QWidget:
        top = QFrame(self)
        top.setProperty("ground", "panel")
        top.setProperty("edge", "bottom")
        row = self._top = QBoxLayout(QBoxLayout.Direction.LeftToRight, top)
        row.setContentsMargins(24, 12, 24, 14)
        row.setSpacing(18)
        row.addWidget(self.profile, 1)
        ways = QGridLayout()  # two lines, as the profile beside it has
        ways.setHorizontalSpacing(10)
        ways.setVerticalSpacing(8)
        row.addLayout(ways)
        self._files = KeyButton(
            t("capture.files"), self._look, icon="file", key="Ctrl O", kind="primary", parent=top
        )
        self._folder = KeyButton(t("capture.folders"), self._look, icon="folder", parent=top)
        self._paste = KeyButton(t("capture.paste"), self._look, icon="paste", parent=top)
        self._folder.setToolTip("Ctrl+Shift+O")
        self._paste.setToolTip("Ctrl+V")
        self._covers = KeyButton(t("capture.covers"), self._look, parent=top)
        self._covers.setToolTip("Ctrl+P")
        for place, button in enumerate((self._files, self._folder, self._paste, self._covers)):
            ways.addWidget(button, place // 2, place % 2, Qt.AlignmentFlag.AlignBottom)
        ways.setColumnStretch(2, 1)
        return top

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        is_narrow = self.width() < NARROW_BELOW_PX
        wanted = QBoxLayout.Direction.TopToBottom if is_narrow else QBoxLayout.Direction.LeftToRight
        if self._top.direction() != wanted:
            self._top.setDirection(wanted)
            self._top.setSpacing(10 if is_narrow else 18)

    def _build_zone(self) -> QWidget:
        page = QWidget(self)
        column = QVBoxLayout(page)
        column.setContentsMargins(24, 24, 24, 24)
        self._zone = QFrame(page)
        self._zone.setProperty("drop", "true")
        inner = QVBoxLayout(self._zone)
        inner.addWidget(self.empty)
        self.empty.say("drop", t("capture.empty"), t("capture.empty_text"))
        column.addWidget(self._zone)
        return page

    def _build_live(self) -> QWidget:
        page = QWidget(self)
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        head = QFrame(page)
        head.setProperty("edge", "bottom")
        row = QHBoxLayout(head)
        row.setContentsMargins(24, 12, 24, 12)
        row.setSpacing(24)
        row.addWidget(self.counters)
        words = QVBoxLayout()
        words.setSpacing(6)
        self._batch = ElidedLabel(parent=head, size="head")
        self._state = ElidedLabel(parent=head, tone="dim")
        words.addWidget(self._batch)
        words.addWidget(self._state)
        self.progress.setTextVisible(False)
        words.addWidget(self.progress)
        row.addLayout(words, 1)
        self._next = KeyButton(t("capture.next"), self._look, icon="indexing", key="Ctrl 3", parent=head)
        row.addWidget(self._next)
        column.addWidget(head)
        split = QSplitter(Qt.Orientation.Horizontal, page)
        split.setChildrenCollapsible(False)
        split.addWidget(self._build_grid(split))
        split.addWidget(self._build_problems(split))
        split.setStretchFactor(0, 1)
        split.setSizes([900, 380])
        column.addWidget(split, 1)
        return page

    def _build_grid(self, parent: QWidget) -> QWidget:
        box = QWidget(parent)
        inner = QVBoxLayout(box)
        inner.setContentsMargins(16, 8, 4, 4)
        inner.addWidget(self.tiles)
        return box

    def _build_problems(self, parent: QWidget) -> QWidget:
        self._problems = QFrame(parent)
        self._problems.setProperty("ground", "panel")
        self._problems.setMinimumWidth(280)
        column = QVBoxLayout(self._problems)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self._problems_head = label(size="head", parent=self._problems)
        self._problems_head.setContentsMargins(16, 12, 16, 10)
        column.addWidget(self._problems_head)
        column.addWidget(self.problem_list, 1)
        self._problem_words = label(wrap=True, parent=self._problems)
        self._problem_words.setContentsMargins(16, 10, 16, 14)
        self._problem_words.hide()
        column.addWidget(self._problem_words)
        return self._problems

    def show_problem(self, words: str) -> None:
        """The whole sentence of the chosen file."""
        self._problem_words.setText(words)
        self._problem_words.setVisible(bool(words))

    def _wire(self) -> None:
        self._files.clicked.connect(self.files_asked)
        self._folder.clicked.connect(self.folder_asked)
        self._paste.clicked.connect(self.paste_asked)
        self._covers.clicked.connect(self.covers_asked)
        self._next.clicked.connect(self._on_next)
        keys = (
            ("Ctrl+Shift+O", self.folder_asked),
            ("Ctrl+V", self.paste_asked),
            ("Ctrl+P", self.covers_asked),
        )
        add_keys(self, keys)

    def _on_next(self) -> None:
        self.asks_for.emit("indexing", 0)
