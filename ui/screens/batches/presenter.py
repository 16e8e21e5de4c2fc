"""Batches as decided: what is listed, what a batch holds, where a folder opens."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject, QTimer

from app.domain.ids import BatchId
from app.domain.states import DossierState, KeyingState
from app.events import Changes
from app.queries.rows import BatchHead, BatchSummary, DossierSummary, Ledger
from ui.desk import Desk
from ui.models.row_pages import RowPages, due_or_first
from ui.pacing import Pace
from ui.screens.batches.view import DETAIL, EMPTY, LIST, BatchesView
from ui.screens.faces import INDEX_STATES
from ui.tasks import Failure
from ui.texts import office_name, t

Heads = tuple[tuple[BatchHead, ...], tuple[BatchSummary, ...]]
Whole = tuple[BatchSummary, tuple[DossierSummary, ...], Ledger]


class BatchesPresenter(QObject):
    """Decides for BatchesView."""

    def __init__(self, desk: Desk, view: BatchesView) -> None:
        super().__init__(view)
        self._desk = desk
        self._view = view
        self._all: tuple[BatchHead, ...] = ()
        self._rows = RowPages(desk.tasks, view.model, desk.reading.batches_by_id, parent=self)
        self._open: BatchId | None = None
        self._is_loading = False
        self._is_stale = False
        self._pace = Pace()
        self._again = QTimer(self)
        self._again.setSingleShot(True)
        self._again.timeout.connect(self._read_open)
        view.opened.connect(self._on_opened)
        view.left.connect(self._on_left)
        view.filtered.connect(self._on_filtered)
        view.import_asked.connect(self._on_import)
        view.dossier_opened.connect(self._on_dossier)
        desk.bridge.changed.connect(self._on_changes)

    def activate(self, batch_id: int = 0) -> None:
        """The screen comes to the front."""
        self._pace.reset()
        if batch_id:
            self._open = BatchId(batch_id)
        self._rows.note_all()
        self._load()
        self._view.focus_list()

    def _load(self) -> None:
        if self._is_loading:
            self._is_stale = True
            return
        self._is_loading, self._is_stale = True, False
        call = partial(self._read_heads, self._rows.take_due())
        self._desk.tasks.run(call, self._on_read, self._on_failed)
        if self._open is not None and self._pace.wait_ms:
            self._again.start(self._pace.wait_ms + 1)
        elif self._open is not None:
            self._read_open()

    def _read_open(self) -> None:
        if self._open is not None:
            self._pace.begin()
            self._desk.tasks.run(partial(self._read_whole, self._open), self._on_whole, self._on_whole_failed)

    def _read_whole(self, batch_id: BatchId) -> Whole:
        reading = self._desk.reading
        return reading.batch(batch_id), reading.dossiers(batch_id=batch_id), reading.ledger(batch_id)

    def _read_heads(self, due: tuple[int, ...]) -> Heads:
        reading = self._desk.reading
        heads = reading.batch_heads()
        return heads, reading.batches_by_id(due_or_first(due, [head.id for head in heads]))

    def _on_read(self, heads: Heads) -> None:
        self._is_loading = False
        self._all, rows = heads
        self._show_matching(self._view.filter.text(), rows)
        if not self._all:
            self._view.show_part(EMPTY)
            if self._view.isVisible():
                self._view.first_steps.button.setFocus()
        elif self._open is None and self._view.stack.currentIndex() != LIST:
            self._view.show_part(LIST)
            self._view.focus_list()
        if self._is_stale:
            self._load()

    def _on_whole(self, whole: Whole) -> None:
        self._pace.end()
        batch, dossiers, ledger = whole
        if batch.id != self._open:
            return
        key = "batches.ledger_waiting" if ledger.waiting else "batches.ledger_balance"
        balance = t(
            key,
            offered=ledger.offered,
            accepted=ledger.accepted,
            refused=ledger.refused,
            waiting=ledger.waiting,
        )
        self._view.show_batch(batch, balance)
        self._view.dossiers.replace(dossiers)
        self._view.ledger.replace(ledger.items)
        if self._view.stack.currentIndex() != DETAIL:
            self._view.show_part(DETAIL)
            if dossiers:
                self._view.dossier_list.setCurrentIndex(self._view.dossiers.index(0, 0))
            self._view.focus_list()
        else:
            self._view.crumb_changed.emit(self._view.crumb())

    def _on_failed(self, failure: Failure) -> None:
        self._is_loading = False
        self._rows.note_all()
        self._desk.notices.failure(failure)
        if self._is_stale:
            self._load()

    def _on_whole_failed(self, failure: Failure) -> None:
        self._pace.end()
        self._desk.notices.failure(failure)

    def _on_filtered(self, text: str) -> None:
        self._show_matching(text, ())

    def _show_matching(self, text: str, rows: tuple[BatchSummary, ...]) -> None:
        words = text.casefold().split()
        self._rows.show([head.id for head in self._all if _matches(head, words)], rows)
        has_rows = self._view.model.rowCount() > 0
        self._view.show_none_match("" if has_rows else text)
        if has_rows and not self._view.list.currentIndex().isValid():
            self._view.list.setCurrentIndex(self._view.model.index(0, 0))

    def _on_changes(self, changes: Changes) -> None:
        kinds = {"batch", "dossier", "page", "import_item", "outbox"}
        if self._view.isVisible() and (changes.is_unknown or kinds & set(changes.touched)):
            self._rows.note_all()  # a page tells of its folder, not of its batch
            self._load()

    def _on_opened(self, batch_id: int) -> None:
        self._open = BatchId(batch_id)
        self._read_open()

    def _on_left(self) -> None:
        if self._open is not None:
            shown, self._open = self._open, None
            self._view.show_part(LIST)
            self._view.list.setCurrentIndex(self._view.model.index_of(shown))
            self._view.focus_list()

    def _on_import(self) -> None:
        self._view.asks_for.emit("capture", 0)

    def _on_dossier(self, dossier_id: int) -> None:
        row = self._view.dossiers.row_of(dossier_id)
        if row is None:
            return
        if row.keying is not None:
            self._view.asks_for.emit("judging" if row.keying is KeyingState.DIFFERS else "keying", dossier_id)
        elif row.state in INDEX_STATES:
            self._view.asks_for.emit("indexing", dossier_id)
        elif row.state is DossierState.TO_REVIEW:
            self._view.asks_for.emit("review", dossier_id)
        elif row.state in (DossierState.QUEUED, DossierState.UPLOADED):
            self._view.asks_for.emit("uploads", 0)


def _matches(row: BatchHead, words: list[str]) -> bool:
    found = f"{row.name} {office_name(row.office)} {row.created_by}".casefold()
    return all(word in found for word in words)
