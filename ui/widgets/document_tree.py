"""A folder's documents with their pages: seen, chosen and rearranged, all of it by keys or by dragging.

It lays out and emits; ui.document_acts does. Keys that need no letter, so that they work on every layout: Insert
begins a document, Backspace puts it together with the one before, Ctrl+Shift+arrows carry pages to another document,
Alt+Shift+arrows by one place, Delete counts a page or not, F2 (or typing) says the type, Ctrl+F2 the date, Shift+F2 a
further number; Shift+Insert inserts files behind a page, Ctrl+Insert takes a new scan of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QItemSelectionModel, QModelIndex, Signal
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from app.queries.document_rows import DossierTree, TreeDocument
from ui.images import Images
from ui.models.row_model import ROW_ROLE
from ui.models.tree_model import TreeModel, TreeRow, tree_rows
from ui.texts import t
from ui.theme import Tone
from ui.widgets.chips import ChipFlow
from ui.widgets.kind_picker import KindChoice, KindPicker
from ui.widgets.labels import ElidedLabel
from ui.widgets.line_asker import LineAsker
from ui.widgets.paint import Badge, Look
from ui.widgets.tree_delegate import row_words
from ui.widgets.tree_list import TreeList


class DocumentTree(QFrame):
    """Shows one DossierTree."""

    page_chosen = Signal(int)
    document_chosen = Signal(int)
    pages_to_previous = Signal(list)
    pages_to_next = Signal(list)
    pages_moved = Signal(list, int, int)  # page ids, document id, page id they go before (0: to the end)
    split_asked = Signal(int)
    merge_asked = Signal(int)
    kind_given = Signal(int, str)  # document id, code ("": nobody knows)
    exclude_asked = Signal(list)
    include_asked = Signal(list)
    of_another_asked = Signal(list)  # pages that are another file's
    date_asked = Signal(object)  # TreeDocument
    link_asked = Signal(object)  # TreeDocument
    insert_asked = Signal(int)  # page id the new ones go behind
    replace_asked = Signal(int)
    undo_asked = Signal()
    redo_asked = Signal()

    def __init__(self, look: Look, images: Images, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("ground", "panel")
        self._names: dict[str, str] = {}
        self._choices: tuple[KindChoice, ...] = ()
        self._closed: set[int] = set()
        self._tree: DossierTree | None = None
        self._asked_for = 0
        self.model = TreeModel(self._words, self)
        self.list = TreeList(self.model, look, images, self)
        self.findings = ChipFlow(look, self)  # what may be lost
        self._remarks = ElidedLabel(parent=self, tone="dim", size="aside")  # and what is only to be known
        self.picker = KindPicker(self)
        self.asker = LineAsker(look, self)
        self._count = ElidedLabel(parent=self)
        self._count.setProperty("tone", "dim")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        head = QVBoxLayout()
        head.setContentsMargins(12, 6, 8, 6)
        head.setSpacing(6)
        head.addWidget(self._count)
        head.addWidget(self.findings)
        head.addWidget(self._remarks)
        column.addLayout(head)
        column.addWidget(self.list, 1)
        column.addWidget(self.picker)
        column.addWidget(self.asker)
        self._wire()

    @property
    def tree(self) -> DossierTree | None:
        """What is shown."""
        return self._tree

    @property
    def remarks(self) -> str:
        """What is to be known of the folder as a whole besides what may be lost."""
        return self._remarks.text()

    @property
    def is_asking(self) -> bool:
        """True while a type, a date or a number is asked for."""
        return self.picker.isVisible() or self.asker.isVisible()

    def set_kinds(self, choices: Sequence[KindChoice]) -> None:
        """The types of the folder's office."""
        self._choices = tuple(choices)
        self._names = {choice.code: choice.name for choice in choices}
        self.list.delegate.names = self._names

    def show_tree(self, tree: DossierTree | None, findings: Sequence[Badge] = ()) -> None:
        """Show a folder, or the same one as it is now: what is chosen stays chosen."""
        is_other = tree is None or self._tree is None or tree.dossier_id != self._tree.dossier_id
        if is_other:
            self._closed.clear()
            self.picker.hide()
            self.asker.hide()
        self._tree = tree
        self.findings.show_badges([each for each in findings if each.tone is not Tone.PLAIN])
        remarks = " · ".join(each.word for each in findings if each.tone is Tone.PLAIN)
        self._remarks.setText(remarks)
        self._remarks.setVisible(bool(remarks))
        self._renew()
        if not is_other and self.list.currentIndex().isValid():
            # Its row may stand elsewhere after an act or its undoing.
            self.list.scrollTo(self.list.currentIndex())
        if is_other and self.model.rowCount():
            self.list.setCurrentIndex(self.model.index(0, 0))
            self.list.scrollToTop()

    def tell_places(self, places: Mapping[int, str]) -> None:
        """Say at pages, by id, what was read there; else the name of their file stands there."""
        if places != self.list.delegate.places:
            self.list.delegate.places = dict(places)
            self.list.viewport().update()

    def choose_page(self, page_id: int) -> None:
        """Make a page current without taking the focus; its document is opened for it."""
        row = self.current()
        if row is not None and row.id == page_id:
            return
        for document in () if self._tree is None else self._tree.documents:
            if any(page.page.id == page_id for page in document.pages):
                self._closed.discard(0 if document.id is None else -document.id)
        self._renew()
        self._make_current(page_id)

    def current(self) -> TreeRow | None:
        """The current row."""
        row = self.list.currentIndex().data(ROW_ROLE)
        return row if isinstance(row, TreeRow) else None

    def chosen_pages(self) -> list[int]:
        """Pages that are selected, in order; of a document's own row all its pages."""
        rows = [index.data(ROW_ROLE) for index in sorted(self.list.selectedIndexes(), key=QModelIndex.row)]
        pages = [row.id for row in rows if row.page is not None]
        current = self.current()
        if not pages and current is not None and current.page is None:
            pages = [int(page.page.id) for page in current.document.pages]
        return pages

    def ask_kind(self, typed: str = "") -> None:
        """Ask for the type of the current document; typed: what was typed already."""
        row = self.current()
        if row is None or row.document_id is None or self._tree is None or not self._tree.is_open:
            return
        self._asked_for = row.document_id
        self.picker.ask(self._choices, typed, row.document.kind)

    def _wire(self) -> None:
        self.list.selectionModel().currentChanged.connect(self._on_current)
        self.list.pressed_key.connect(self._on_key)
        self.list.typed.connect(self.ask_kind)
        self.list.dropped.connect(self._on_dropped)
        self.list.doubleClicked.connect(self._on_double)
        self.picker.taken.connect(self._on_kind)
        self.picker.left.connect(self.list.setFocus)
        self.asker.left.connect(self.list.setFocus)
        self.setFocusProxy(self.list)

    def _words(self, row: TreeRow) -> str:
        place = self.list.delegate.places.get(row.id) if row.page is not None else None
        return row_words(row, self._names) + (f", {place}" if place else "")

    def _renew(self) -> None:
        documents: Sequence[TreeDocument] = () if self._tree is None else self._tree.documents
        self.model.replace(tree_rows(documents, self._closed))
        pages = sum(len(document.paper_pages) for document in documents)
        known = sum(document.id is not None for document in documents)
        words = t("tree.count", documents=known, pages=pages) if documents else t("tree.empty")
        self._count.setText(words if self._tree is None or self._tree.is_open else t("tree.closed"))

    def _make_current(self, row_id: int) -> None:
        index = self.model.index_of(row_id)
        if index.isValid():
            select = QItemSelectionModel.SelectionFlag.ClearAndSelect
            self.list.selectionModel().setCurrentIndex(index, select)
            self.list.scrollTo(index)

    def _on_current(self, current: QModelIndex, _previous: QModelIndex) -> None:
        row = current.data(ROW_ROLE) if current.isValid() else None
        if row is None:
            return
        if row.page is not None:
            self.page_chosen.emit(row.id)
        elif row.document.pages:
            self.document_chosen.emit(row.document_id or 0)
            self.page_chosen.emit(int(row.document.pages[0].page.id))

    def _on_double(self, index: QModelIndex) -> None:
        row = index.data(ROW_ROLE)
        if row is not None and row.page is None:
            self._fold(row, not row.is_open)

    def _fold(self, row: TreeRow, is_open: bool) -> None:
        (self._closed.discard if is_open else self._closed.add)(row.id)
        self._renew()
        self._make_current(row.id)

    def _on_kind(self, code: str) -> None:
        self.list.setFocus()
        if self._asked_for:
            self.kind_given.emit(self._asked_for, code)

    def _on_dropped(self, page_ids: list[int], row_id: int) -> None:
        row = self.model.row_of(row_id)
        if row is None or row.document_id is None or not page_ids:
            return
        before = 0 if row.page is None or row.id in page_ids else row.id
        self.pages_moved.emit(page_ids, row.document_id, before)

    def _on_key(self, name: str) -> None:
        row = self.current()
        if name in ("undo", "redo"):
            (self.undo_asked if name == "undo" else self.redo_asked).emit()
        elif row is None:
            return
        elif name in ("open", "close"):
            self._open_or_close(row, is_open=name == "open")
        elif name == "kind":
            self.ask_kind()
        elif self._tree is not None and self._tree.is_open:
            self._act(name, row)

    def _open_or_close(self, row: TreeRow, *, is_open: bool) -> None:
        if row.page is None:
            self._fold(row, is_open)
        elif not is_open:
            self._make_current(0 if row.document_id is None else -row.document_id)

    def _act(self, name: str, row: TreeRow) -> None:
        pages = self.chosen_pages()
        match name:
            case "date" if row.document_id is not None:
                self.date_asked.emit(row.document)
            case "link" if row.document_id is not None:
                self.link_asked.emit(row.document)
            case "insert" if pages:
                self.insert_asked.emit(pages[-1])
            case "replace" if row.page is not None:
                self.replace_asked.emit(row.id)
            case "split":
                self.split_asked.emit(pages[0] if pages else 0)
            case "merge" if row.document_id is not None:
                self.merge_asked.emit(row.document_id)
            case "exclude":
                self._count_or_not(row, pages)
            case "of_another" if pages:
                self.of_another_asked.emit(pages)
            case "to_previous":
                self.pages_to_previous.emit(pages)
            case "to_next":
                self.pages_to_next.emit(pages)
            case "step_up" | "step_down":
                self._step(row, pages, -1 if name == "step_up" else 1)

    def _count_or_not(self, row: TreeRow, pages: list[int]) -> None:
        told = {int(page.page.id): page.exclusion for page in row.document.pages}
        first = told.get(pages[0]) if pages else None
        (self.exclude_asked if first is None else self.include_asked).emit(pages)

    def _step(self, row: TreeRow, pages: list[int], by: int) -> None:
        """One place up or down inside the document; over its end it goes to the neighbour."""
        ids = [int(page.page.id) for page in row.document.pages]
        inside = [page_id for page_id in pages if page_id in ids]
        if row.page is None or not inside or row.document_id is None:
            return
        first, last = ids.index(inside[0]), ids.index(inside[-1])
        if by < 0 and first == 0:
            self.pages_to_previous.emit(inside)
        elif by > 0 and last == len(ids) - 1:
            self.pages_to_next.emit(inside)
        elif by < 0:
            self.pages_moved.emit(inside, row.document_id, ids[first - 1])
        else:
            self.pages_moved.emit(inside, row.document_id, ids[last + 2] if last + 2 < len(ids) else 0)
