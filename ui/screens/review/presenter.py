"""Review as decided: worst pages first, what the office will get before it goes, return with a reason."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QObject

from app.domain.ids import DossierId, PageId
from app.domain.states import DossierState
from app.events import Changes
from app.queries.rows import DossierDetail, DossierSummary, QueueEntry, WaitingCounts
from ui.desk import Desk
from ui.document_acts import DocumentActs
from ui.models.row_pages import RowPages, due_or_first
from ui.screens.review.facts import chips_of, office_gets, worst_first
from ui.screens.review.page_acts import PageActs
from ui.screens.review.view import ReviewView
from ui.tasks import Failure
from ui.texts import t
from ui.theme import Tone


@dataclass(frozen=True, slots=True)
class _Answer:
    """A read of the list: the places of all folders in it, what waits elsewhere, and the rows asked for."""

    places: tuple[QueueEntry, ...]
    waiting: WaitingCounts
    rows: tuple[DossierSummary, ...]


class ReviewPresenter(QObject):
    """Decides for ReviewView."""

    def __init__(self, desk: Desk, view: ReviewView) -> None:
        super().__init__(view)
        self._desk = desk
        self._view = view
        self._waiting: tuple[QueueEntry, ...] = ()
        self._detail: DossierDetail | None = None
        self._is_loading = False
        self._is_stale = False
        self._writing: DossierId | None = None
        self._has_approved = False
        self._wanted_next: DossierId | None = None
        self._place = 0  # in the list, of the folder in front
        self._is_worst_first = True
        # Folders whose pages were changed here: they stay in the list while they are read again.
        self._worked_on: frozenset[int] = frozenset()
        self._rows = RowPages(
            desk.tasks, view.model, desk.reading.dossiers_by_id, kind="dossier", parent=self
        )
        self._acts = PageActs(desk, view, self)
        self._documents = DocumentActs(desk, view.tree, self)
        self._wire()

    def activate(self, dossier_id: int = 0) -> None:
        """The screen comes to the front."""
        if dossier_id:
            self._wanted_next = DossierId(dossier_id)
        self._rows.note_all()
        self._load()
        self._view.focus_pages()

    def _wire(self) -> None:
        view = self._view
        view.approve_asked.connect(self._on_approve)
        view.return_given.connect(self._on_return)
        view.folder_chosen.connect(self._on_folder_chosen)
        view.folder_moved.connect(self._on_folder_moved)
        view.page_chosen.connect(self._on_page_chosen)
        view.page_moved.connect(self._on_page_moved)
        view.order_asked.connect(self._on_order)
        view.documents_asked.connect(self._on_documents)
        self._documents.written.connect(self._on_worked_on)
        self._acts.worked_on.connect(self._on_worked_on)
        self._acts.wanted.connect(self._on_wanted)
        view.left_summary.connect(self._leave_summary)
        view.empty.acted.connect(self._on_empty_acted)
        self._desk.bridge.changed.connect(self._on_changes)

    def _load(self) -> None:
        if self._is_loading:
            self._is_stale = True
            return
        self._is_loading, self._is_stale = True, False
        current = () if self._detail is None else (self._detail.summary.id,)
        call = partial(self._read, self._worked_on, self._rows.take_due(current))
        self._desk.tasks.run(call, self._on_read, self._on_read_failed)

    def _read(self, worked_on: frozenset[int], due: tuple[int, ...]) -> _Answer:
        reading = self._desk.reading
        states = (DossierState.TO_REVIEW, DossierState.PROCESSING) if worked_on else (DossierState.TO_REVIEW,)
        found = reading.queue(states)
        here = tuple(each for each in found if each.state is DossierState.TO_REVIEW or each.id in worked_on)
        rows = due_or_first(due, [each.id for each in here])
        return _Answer(here, reading.waiting(), reading.dossiers_by_id(rows))

    def _on_read(self, answer: _Answer) -> None:
        self._is_loading = False
        self._waiting = answer.places
        self._rows.show([place.id for place in answer.places], answer.rows)
        if self._waiting:
            self._view.show_work(True)
            self._choose_after_load()
        else:
            self._show_nothing(answer.waiting)
        if self._is_stale:
            self._load()

    def _on_read_failed(self, failure: Failure) -> None:
        self._is_loading = False
        self._rows.note_all()
        self._desk.notices.failure(failure)
        if self._is_stale:
            self._load()

    def _choose_after_load(self) -> None:
        ids = self._view.model.ids
        current = None if self._detail is None else self._detail.summary.id
        wanted, self._wanted_next = self._wanted_next, None
        if wanted is not None and wanted in ids:
            self._go_to(wanted)
        elif current is None or current not in ids:
            self._go_to(DossierId(ids[min(self._place, len(ids) - 1)]))
        else:
            self._renew(current)
            self._show_place()

    def _renew(self, dossier_id: DossierId) -> None:
        """Show the folder as it is now; a last step that showed it otherwise must be seen again."""
        row = self._view.model.row_of(dossier_id)  # None: chosen since the list was read, so it is fresh
        if self._detail is None or row in (None, self._detail.summary):
            return
        had_summary = self._view.has_summary
        shown = self._view.viewer.detail
        self._show(dossier_id, None if shown is None else shown.summary.id)
        if had_summary:
            self._view.focus_pages()

    def _show_nothing(self, waiting: WaitingCounts) -> None:
        self._detail = None
        self._view.show_summary(())
        self._view.show_work(False)
        self._view.crumb_changed.emit("")
        if self._has_approved or waiting.uploads_open:
            words = t("review.all_done_text")
            self._view.empty.say("check", t("review.all_done"), words, t("review.to_uploads"), Tone.GOOD)
        else:
            words = t("review.empty_text")
            self._view.empty.say("review", t("review.empty"), words, t("review.to_indexing"))
        if self._view.isVisible():
            self._view.empty.button.setFocus()

    def _on_empty_acted(self) -> None:
        is_done = self._view.empty.title == t("review.all_done")
        self._view.asks_for.emit("uploads" if is_done else "indexing", 0)

    def _on_changes(self, changes: Changes) -> None:
        if not self._view.isVisible():
            return
        self._rows.note(changes)
        if changes.is_unknown or "dossier" in changes.touched:
            self._load()
        shown = changes.touched.get("page", frozenset()) & set(self._view.pages.ids)
        if shown:
            fresh = self._desk.reading.pages_by_id([PageId(page_id) for page_id in shown])
            self._view.pages.update(fresh)
            self._view.viewer.model.update(fresh)
            detail = self._view.viewer.detail
            is_there = detail is not None and detail.summary.id in {page.id for page in fresh}
            if is_there and not self._view.adjust.is_active:
                self._view.viewer.refresh()
            self._acts.renew()
        if self._view.has_documents and ("dossier" in changes.touched or shown or changes.is_unknown):
            self._documents.renew()

    def _on_documents(self) -> None:
        """Documents in the place of the thumbnails, their pages in the order of the file; or back."""
        if self._detail is None or self._view.is_asking or self._view.adjust.is_active:
            return
        self._view.show_documents(not self._view.has_documents)
        shown = self._view.viewer.detail
        self._show_pages(None if shown is None else shown.summary.id)

    def _on_worked_on(self, dossier_id: int) -> None:
        self._worked_on |= {dossier_id}

    def _on_wanted(self, dossier_id: int) -> None:
        """An act on a border leaves this folder in front, with the page in sight among its pages."""
        self._wanted_next = DossierId(dossier_id)
        self._load()

    def _on_order(self) -> None:
        self._is_worst_first = not self._is_worst_first
        self._view.show_order(is_worst_first=self._is_worst_first)
        shown = self._view.viewer.detail
        if self._detail is not None:
            self._show_pages(None if shown is None else shown.summary.id)

    def _on_folder_chosen(self, dossier_id: int) -> None:
        if self._detail is None or self._detail.summary.id != dossier_id:
            self._show(DossierId(dossier_id))

    def _on_folder_moved(self, by: int) -> None:
        ids = self._view.model.ids
        if self._detail is not None and self._detail.summary.id in ids:
            place = min(len(ids) - 1, max(0, ids.index(self._detail.summary.id) + by))
            self._go_to(DossierId(ids[place]))

    def _go_to(self, dossier_id: DossierId) -> None:
        index = self._view.model.index_of(dossier_id)
        self._view.list.setCurrentIndex(index)
        self._view.list.scrollTo(index)
        if self._detail is None or self._detail.summary.id != dossier_id:
            self._show(dossier_id)
        self._show_place()
        self._view.focus_pages()

    def _show(self, dossier_id: DossierId, page_id: PageId | None = None) -> None:
        """Show a folder, from its worst page or from a given one."""
        if self._detail is None or self._detail.summary.id != dossier_id:
            self._acts.forget_picks()
        self._detail = self._desk.reading.dossier(dossier_id)
        summary = self._detail.summary
        self._view.show_summary(())
        self._view.show_folder(summary.name, summary.application_number or "")
        self._show_pages(page_id)
        self._show_place()

    def _show_pages(self, page_id: PageId | None) -> None:
        assert self._detail is not None
        in_order = self._desk.reading.pages(dossier_id=self._detail.summary.id)
        is_sorted = self._is_worst_first and not self._view.has_documents
        pages = worst_first(in_order) if is_sorted else in_order
        self._view.show_chips(chips_of(self._detail, pages))
        self._view.pages.replace(pages)
        ids = [page.id for page in pages]
        first = page_id if page_id in ids else next(iter(ids), None)
        self._view.viewer.show_pages(pages, first)
        if first is not None:
            self._view.tiles.choose(first)
        if self._view.has_documents:
            self._documents.show(self._detail.summary.id, first)
        self._acts.renew()

    def _show_place(self) -> None:
        ids = self._view.model.ids
        if self._detail is not None and self._detail.summary.id in ids:
            self._place = ids.index(self._detail.summary.id)
            self._view.show_position(t("index.position", position=self._place + 1, total=len(ids)))

    def _on_page_chosen(self, page_id: int) -> None:
        shown = self._view.viewer.detail
        if shown is None or shown.summary.id != page_id:
            self._view.viewer.show_page(PageId(page_id))
            self._view.tiles.choose(page_id)

    def _on_page_moved(self, by: int) -> None:
        self._view.viewer.step(by)
        shown = self._view.viewer.detail
        if shown is not None:
            self._view.tiles.choose(shown.summary.id)
            if self._view.has_documents:
                self._view.tree.choose_page(shown.summary.id)

    # --- acts --------------------------------------------------------------------------------------------

    def _on_approve(self) -> None:
        if self._detail is None or self._detail.summary.id == self._writing:
            return
        if self._view.is_asking or self._view.adjust.is_active:
            return
        if self._detail.summary.state is DossierState.PROCESSING:
            self._desk.notices.say(t("review.still_read", name=self._detail.summary.name), Tone.CARE)
            return
        if not self._view.has_summary:
            pages = self._desk.reading.pages(dossier_id=self._detail.summary.id)
            left_out = self._desk.reading.left_out(self._detail.summary.id)
            self._view.show_summary(office_gets(self._detail, pages, left_out))
            return
        if self._writing is not None:
            return
        summary = self._detail.summary
        self._writing = summary.id
        self._wanted_next = self._next_after(summary.id)
        self._desk.tasks.write(partial(self._approved, summary), self._on_approved, self._on_failed)

    def _approved(self, summary: DossierSummary) -> DossierSummary:
        # Only what the person has seen may go out: the service compares within its transaction.
        self._desk.context.review.approve(summary.id, number=summary.application_number)
        return summary

    def _on_approved(self, summary: DossierSummary) -> None:
        self._writing = None
        self._has_approved = True
        self._desk.notices.good(t("review.approved", name=summary.name))
        self._leave(summary.id)

    def _on_return(self, reason: str) -> None:
        if self._detail is None or self._writing is not None:
            return
        summary = self._detail.summary
        self._writing = summary.id
        self._wanted_next = self._next_after(summary.id)
        self._desk.tasks.write(partial(self._returned, summary, reason), self._on_returned, self._on_failed)

    def _returned(self, summary: DossierSummary, reason: str) -> DossierSummary:
        self._desk.context.review.return_to_indexing(summary.id, reason)
        return summary

    def _on_returned(self, summary: DossierSummary) -> None:
        self._writing = None
        self._desk.notices.say(t("review.returned", name=summary.name), Tone.ACCENT)
        self._leave(summary.id)

    def _leave(self, done: DossierId) -> None:
        """Go on from a folder that is done, unless the news of the change has done so already."""
        if self._detail is None or self._detail.summary.id == done:
            self._detail = None
            self._view.show_summary(())
        self._load()

    def _leave_summary(self) -> None:
        if self._view.has_summary:
            self._view.show_summary(())
            self._view.focus_pages()
        elif self._view.tiles.picked:
            self._view.tiles.pick(())

    def _on_failed(self, failure: Failure) -> None:
        self._writing = None
        self._wanted_next = None
        self._desk.notices.failure(failure)
        self._load()

    def _next_after(self, dossier_id: DossierId) -> DossierId | None:
        ids = self._view.model.ids
        if dossier_id not in ids or len(ids) == 1:
            return None
        return DossierId(ids[(ids.index(dossier_id) + 1) % len(ids)])
