"""Indexing as decided: which folder is next, what is proposed, when Enter may confirm.

Runs in the GUI thread; lists, checks and writes go through Tasks. A number that raises a doubt is confirmed
only by a second Enter on the same text, because a page linked to the wrong application is the worst error
this product can make.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from app.domain.ids import DossierId
from app.events import Changes
from app.queries.rows import DossierDetail
from ui import texts
from ui.desk import Desk
from ui.models.row_pages import RowPages
from ui.screens.folder_borders import FolderBorders
from ui.screens.indexing import proof
from ui.screens.indexing.acts import IndexingActs
from ui.screens.indexing.ahead import FolderAhead
from ui.screens.indexing.checking import NumberChecker
from ui.screens.indexing.field_work import FieldWork, Standing
from ui.screens.indexing.list_loading import ListLoading
from ui.screens.indexing.nothing_left import leads_to, say_nothing_left
from ui.screens.indexing.number_place import NumberPlace
from ui.screens.indexing.other_folders import OtherFolders
from ui.screens.indexing.queue import NOTHING, Ask, Lists, next_after, place_words
from ui.screens.indexing.seen import SeenFolder
from ui.screens.indexing.view import IndexingView
from ui.screens.indexing.way_on import WayOn
from ui.tasks import Failure
from ui.texts import t
from ui.theme import Tone

if TYPE_CHECKING:
    from app.services.indexing import NumberCheck


class IndexingPresenter(QObject):
    """Decides for IndexingView."""

    def __init__(self, desk: Desk, view: IndexingView) -> None:
        super().__init__(view)
        self._desk = desk
        self._view = view
        self._lists = NOTHING
        self._detail: DossierDetail | None = None
        self._check: NumberCheck | None = None
        self._chosen = 0
        self._armed_for: str | None = None
        self._has_typed = self._is_outdated = self._is_arranging = False
        self._confirm_after_check = self._waits_for_fields = False
        self._shows_proven = self._was_busy = False
        self._way_on = WayOn()
        self._agreed: str | None = None  # the number that was looked at, while its fields may not have been
        self._fields = FieldWork(desk, view)
        self._fields.fields.may_act = self._may_act
        self._place = NumberPlace(view, self._fields, self)
        self._seen = SeenFolder(desk, view.viewer, self._fields, self)
        self._loading = ListLoading(desk, self._ask, self)
        self._ahead = FolderAhead(desk, self)
        self._rows = RowPages(
            desk.tasks, view.model, desk.reading.dossiers_by_id, kind="dossier", parent=self
        )
        self._acts = IndexingActs(desk, self)
        self._checker = NumberChecker(desk, self)
        self._borders = FolderBorders(desk, view, view.viewer)
        OtherFolders(desk, view.look, view, self._number_in_field)
        self._wire()

    def activate(self, dossier_id: int = 0) -> None:
        """The screen comes to the front."""
        if dossier_id:
            self._way_on.want(DossierId(dossier_id))
        self._rows.note_all()
        self._loading.load()
        self._fields.fields.refresh()
        self._view.focus_number()

    def _wire(self) -> None:
        view = self._view
        view.confirm_asked.connect(self._on_confirm)
        view.hold_asked.connect(self._on_hold)
        view.undo_asked.connect(self._on_undo)
        view.problem_given.connect(self._on_problem)
        view.typed.connect(self._on_typed)
        view.picked.connect(self._on_picked)
        view.candidate_moved.connect(self._on_candidate_moved)
        view.folder_moved.connect(self._on_folder_moved)
        view.folder_chosen.connect(self._on_folder_chosen)
        view.proven_asked.connect(self._on_proven)
        view.empty.acted.connect(self._on_empty_acted)
        self._desk.bridge.changed.connect(self._on_changes)
        self._loading.loaded.connect(self._on_lists)
        self._loading.failed.connect(self._rows.note_all)
        self._checker.asked.connect(self._run_check)
        self._checker.checked.connect(self._on_checked)
        self._checker.failed.connect(self._on_check_failed)
        self._acts.moved_on.connect(self._on_moved_on)
        self._acts.came_back.connect(self._on_came_back)
        self._borders.began.connect(self._way_on.hold_still)
        self._borders.ended.connect(self._on_came_back)
        self._acts.failed.connect(self._on_write_failed)
        self._fields.settled.connect(self._on_fields_settled)
        self._fields.ready.connect(self._on_fields_ready)
        self._fields.number_picked.connect(self._on_typed)

    def _ask(self) -> Ask:
        """What to read of the lists now."""
        current = () if self._detail is None else (self._detail.summary.id,)
        return Ask(self._rows.take_due(current), self._shows_proven, self._way_on.wanted)

    def _may_act(self) -> bool:
        """False for a key pressed before the folder in front was there to see, or while an act is being written."""
        return self._detail is not None and self._seen.is_seen and not self._acts.is_writing

    def _on_lists(self, lists: Lists) -> None:
        if self._acts.is_writing:
            self._rows.note_all()  # they are read again at its end: until then the folder stays in front
            return
        before, self._lists = self._lists, lists
        self._is_outdated = before.register != lists.register
        self._is_arranging = True
        self._rows.show([place.id for place in (*lists.waiting, *lists.proven)], lists.rows)
        self._is_arranging = False
        self._view.left.show_proven(lists.proven_count, self._shows_proven)
        self._view.left.kinds.show_waiting(len(lists.waiting), lists.keyings)
        if not lists.waiting and not lists.proven:
            self._show_nothing()
        else:
            self._was_busy = True
            self._view.show_work(True)
            self._choose_after_load(before)

    def _choose_after_load(self, before: Lists) -> None:
        current = None if self._detail is None else self._detail.summary.id
        goal = self._way_on.goal(current, before.waiting, self._lists)
        if goal is not None:
            self._go_to(goal)
        elif current is not None:
            self._view.list.setCurrentIndex(self._view.model.index_of(current))
            self._renew(current)
            self._show_place()

    def _renew(self, dossier_id: DossierId) -> None:
        """Show the folder as it is now; what a person has begun to type stays."""
        row = self._view.model.row_of(dossier_id)  # None: chosen since the lists were read, so it is fresh
        is_same = self._detail is not None and row in (None, self._detail.summary)
        if self._detail is None or (is_same and not self._is_outdated):
            return
        if not self._has_typed:
            self._show(dossier_id, unasked=True)
            return
        number = "" if self._chosen < 0 else self._detail.candidates[self._chosen].application_number
        detail = self._detail = self._desk.reading.dossier(dossier_id)
        self._chosen = proof.place_of(detail, number)
        self._view.show_folder(detail.summary, proof.folder_words(detail.summary))
        self._view.show_candidates(detail.candidates, self._chosen, proof.undecided(detail))
        self._check = None
        self._disarm()
        self._run_check()

    def _show_nothing(self) -> None:
        self._detail = None
        self._fields.close()
        self._view.show_work(False)
        say_nothing_left(self._view.empty, self._lists, was_busy=self._was_busy)
        if self._view.isVisible():
            self._view.empty.button.setFocus()

    def _on_changes(self, changes: Changes) -> None:
        if not self._view.isVisible():
            return
        self._rows.note(changes)
        if changes.is_unknown or {"dossier", "outbox", "register", "operator"} & set(changes.touched):
            self._loading.load()
        self._fields.heed(changes, None if self._detail is None else self._detail.summary.id)
        shown = self._view.viewer.detail
        if shown is not None and shown.summary.id in changes.touched.get("page", frozenset()):
            self._view.viewer.refresh()

    def _on_folder_chosen(self, dossier_id: int) -> None:
        is_shown = self._detail is not None and self._detail.summary.id == dossier_id
        if not is_shown and not self._is_arranging:  # else the list chose by itself, because a row is gone
            self._show(DossierId(dossier_id))

    def _on_folder_moved(self, by: int) -> None:
        ids = self._view.model.ids
        if self._detail is None or self._detail.summary.id not in ids:
            return
        place = ids.index(self._detail.summary.id) + by
        self._go_to(DossierId(ids[min(len(ids) - 1, max(0, place))]))

    def _go_to(self, dossier_id: DossierId) -> None:
        index = self._view.model.index_of(dossier_id)
        self._view.list.setCurrentIndex(index)
        self._view.list.scrollTo(index)
        if self._detail is None or self._detail.summary.id != dossier_id:
            self._show(dossier_id)
        self._show_place()
        self._view.focus_number()

    def _show(self, dossier_id: DossierId, *, unasked: bool = False) -> None:
        folder = self._ahead.take(dossier_id)
        detail = self._detail = folder.detail
        self._check = None
        self._disarm()
        self._chosen = proof.proposed(detail)
        self._view.show_folder(detail.summary, proof.folder_words(detail.summary))
        self._view.viewer.show_pages(folder.pages)
        self._view.judge("", Tone.PLAIN)
        self._fields.open(detail.summary, detail.register)
        self._propose(move_page=True)
        self._seen.begin(unasked=unasked)
        self._show_place()
        self._ahead.ask(next_after(self._lists.waiting, dossier_id))

    def _show_place(self) -> None:
        shown = None if self._detail is None else self._detail.summary.id
        self._view.show_position(place_words(self._lists.waiting, shown))

    def _propose(self, *, move_page: bool) -> None:
        """Fill everything for the chosen candidate, or for a folder without any."""
        detail = self._detail
        if detail is None:
            return
        self._view.show_candidates(detail.candidates, self._chosen, proof.undecided(detail))
        candidate = detail.candidates[self._chosen] if self._chosen >= 0 else None
        number = proof.proposed_number(detail, candidate)
        self._has_typed = False
        self._check = None  # what was known of another number says nothing of this one
        self._view.propose(number, self._place.propose(detail, number, go=move_page))
        self._view.show_proof(proof.facts_of(detail, candidate, None, self._lists.register))
        self._run_check()

    def _on_picked(self, place: int) -> None:
        if self._detail is not None and 0 <= place < len(self._detail.candidates):
            self._chosen = place
            self._disarm()
            self._propose(move_page=True)
            self._view.focus_number()

    def _on_candidate_moved(self, by: int) -> None:
        count = 0 if self._detail is None else len(self._detail.candidates)
        self._on_picked(max(0, min(count - 1, self._chosen + by)))

    def _on_typed(self, _text: str) -> None:
        self._has_typed = True
        self._disarm()
        self._check = None
        self._view.judge("", Tone.PLAIN)
        self._checker.ask_soon()
        if self._detail is not None and not self._view.field.text().strip():
            self._place.follow(self._detail, None, is_empty=True)
            self._fields.fields.compare_with(None, "")
            self._show_facts(self._detail)

    def _show_facts(self, detail: DossierDetail) -> None:
        """What was read of the number that now stands in the field, and of no other."""
        number = None if self._check is None else self._check.canonical
        self._chosen = proof.place_of(detail, number)
        self._view.show_candidates(detail.candidates, self._chosen, proof.undecided(detail))
        candidate = proof.candidate_of(detail, number)
        self._view.show_proof(proof.facts_of(detail, candidate, self._check, self._lists.register))

    def _number_in_field(self) -> tuple[str, DossierId] | None:
        if self._detail is None or self._check is None or self._check.canonical is None:
            return None
        return self._check.canonical, self._detail.summary.id

    def _run_check(self) -> None:
        text = self._view.field.text()
        if self._detail is not None and text.strip():
            self._checker.ask(text, self._detail.summary)

    def _on_check_failed(self, failure: Failure) -> None:
        self._confirm_after_check = False
        self._view.judge(texts.explain("error", failure.code, failure.facts), Tone.BAD)

    def _on_checked(self, dossier_id: int, text: str, check: NumberCheck) -> None:
        detail = self._detail
        if detail is None or detail.summary.id != dossier_id or text != self._view.field.text():
            return  # an answer to a question of the past
        self._check = check
        self._fields.fields.compare_with(check.register, check.right)
        verdict = proof.judge(check, detail, self._lists.register, text)
        if self._armed_for != text:  # a late second answer must not wipe out "press Enter again"
            self._view.judge(verdict.text, verdict.tone)
        self._place.follow(detail, check.canonical)
        self._show_facts(detail)
        if self._confirm_after_check:
            self._confirm_after_check = False
            self._decide(text, check)

    def _on_confirm(self, text: str) -> None:
        if not self._may_act():
            return
        if not text.strip():
            self._view.judge(texts.explain("error", "number_empty"), Tone.BAD)
            return
        if self._check is None:
            self._confirm_after_check = True
            self._run_check()
            return
        self._decide(text, self._check)

    def _decide(self, text: str, check: NumberCheck) -> None:
        detail = self._detail
        if detail is None:
            return
        verdict = proof.judge(check, detail, self._lists.register, text)
        if check.canonical is None:
            self._view.judge(verdict.text, Tone.BAD)
            self._view.field.selectAll()
            return
        if verdict.needs_second_enter and self._armed_for != text:
            self._armed_for = text
            self._view.show_armed(True)
            self._view.judge(f"{verdict.text} {t('index.enter_again')}", Tone.CARE)
            return
        self._agreed = text
        self._go_on()

    def _go_on(self) -> None:
        """Confirm the number agreed once its fields are settled and written; else go to them."""
        detail, check, text = self._detail, self._check, self._view.field.text()
        if detail is None or check is None or check.canonical is None:
            return
        if self._acts.is_writing or self._agreed != text:
            return
        standing = self._fields.standing
        self._waits_for_fields = self._fields.waits()
        if standing is Standing.NEEDS:
            self._view.judge(t("field.number_first"), Tone.GOOD)
            self._fields.fields.go_to_next()
        elif standing is Standing.SETTLED:
            self._way_on.leave(detail.summary.id, self._lists.waiting)
            self._acts.confirm(detail.summary, text, check.canonical)

    def _on_fields_settled(self) -> None:
        self._view.focus_number() if self._agreed is None else self._go_on()

    def _on_fields_ready(self) -> None:
        if self._waits_for_fields:
            self._go_on()

    def _disarm(self) -> None:
        self._armed_for = self._agreed = None
        self._waits_for_fields = self._confirm_after_check = False
        self._view.show_armed(False)

    def _on_moved_on(self, dossier_id: int) -> None:
        if self._detail is not None and self._detail.summary.id == dossier_id:
            self._detail = None  # else a person looks at another one meanwhile, and stays there
        self._loading.load_anew()

    def _on_came_back(self, dossier_id: int) -> None:
        self._way_on.want(DossierId(dossier_id))
        self._loading.load_anew()

    def _on_write_failed(self, dossier_id: int, failure: Failure) -> None:
        self._way_on.stay()
        self._desk.notices.failure(failure)
        if self._detail is not None and self._detail.summary.id == dossier_id:
            self._disarm()
            self._view.judge(texts.explain("error", failure.code, failure.facts), Tone.BAD)
            self._view.focus_number()
        self._loading.load_anew()

    def _on_undo(self) -> None:
        if not self._acts.is_writing and not self._fields.take_back():
            self._acts.take_back()

    def _on_hold(self) -> None:
        if self._detail is not None and self._may_act():
            self._disarm()
            summary = self._detail.summary
            self._way_on.leave(summary.id, self._lists.waiting)
            self._acts.hold(summary, not summary.on_hold)

    def _on_problem(self, reason: str) -> None:
        self._view.focus_number()
        if self._detail is not None and self._may_act():
            self._disarm()
            self._way_on.leave(self._detail.summary.id, self._lists.waiting)
            self._acts.report(self._detail.summary, reason)

    def _on_proven(self) -> None:
        self._shows_proven = not self._shows_proven
        self._loading.load()
        self._view.focus_number()

    def _on_empty_acted(self) -> None:
        self._view.asks_for.emit(leads_to(self._lists, was_busy=self._was_busy), 0)
