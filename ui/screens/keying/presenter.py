"""Second keying and judging as decided: which folder is next, when Enter takes a field, when all of it is written.

Runs in the GUI thread; lists, checks and writes go through Tasks. What was typed is written at once when the last
field is taken: nothing half is ever kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QLineEdit

from app.domain.field_kinds import KIND_OF, DossierField, FieldKind
from app.domain.ids import DossierId
from app.events import Changes
from app.queries.keyings import KeyingPlaces
from app.queries.rows import DossierSummary, QueueEntry
from ui import texts
from ui.desk import Desk
from ui.models.row_pages import RowPages, due_or_first
from ui.screens.faces import INDEX_STATES
from ui.screens.keying.acts import KeyingWrites, Left, nothing_left
from ui.screens.keying.cards import complete
from ui.screens.keying.kinds import counts_of
from ui.screens.keying.place import PlaceOnPage
from ui.screens.keying.view import KeyingView
from ui.screens.keying.words import card_text, doubts_of, versions_of, wrong_words
from ui.screens.keying.work import KeyingWork, OpenedFolder
from ui.tasks import Failure
from ui.texts import t
from ui.theme import Tone

if TYPE_CHECKING:
    from app.services.indexing import NumberCheck

NUMBER = DossierField.APPLICATION_NUMBER


@dataclass(frozen=True, slots=True)
class _Answer:
    found: KeyingPlaces
    numbers: int
    rows: tuple[DossierSummary, ...]


class KeyingPresenter(QObject):
    """Decides for KeyingView."""

    def __init__(self, desk: Desk, view: KeyingView, work: KeyingWork) -> None:
        super().__init__(view)
        self._desk = desk
        self._view = view
        self._work = work
        self._places: tuple[QueueEntry, ...] = ()
        self._open: OpenedFolder | None = None
        self._taken: dict[DossierField, str] = {}
        self._armed: tuple[DossierField, str] | None = None
        self._wanted: DossierId | None = None
        self._is_loading = self._is_stale = self._is_arranging = self._was_busy = False
        self._empty_leads_to = "indexing"
        self._place = PlaceOnPage(view)
        self._writes = KeyingWrites(desk, work, self)
        self._rows = RowPages(
            desk.tasks, view.model, desk.reading.dossiers_by_id, kind="dossier", parent=self
        )
        self._wire()

    def activate(self, dossier_id: int = 0) -> None:
        """The screen comes to the front."""
        if dossier_id:
            self._wanted = DossierId(dossier_id)
        self._rows.note_all()
        self._load()
        self._focus_next()

    def _wire(self) -> None:
        view, cards = self._view, self._view.cards
        cards.entered.connect(self._on_entered)
        cards.accept_asked.connect(self._on_accept)
        cards.edited.connect(self._on_edited)
        cards.moved.connect(self._on_moved)
        cards.version_picked.connect(self._put)
        view.version_asked.connect(self._on_version)
        view.next_asked.connect(self._on_next)
        view.skip_asked.connect(self._on_skip)
        view.undo_asked.connect(self._on_undo)
        view.return_given.connect(self._on_return)
        view.folder_chosen.connect(self._on_folder_chosen)
        view.folder_moved.connect(self._on_folder_moved)
        view.empty.acted.connect(self._on_empty_acted)
        self._writes.left.connect(self._on_left)
        self._writes.came_back.connect(self._on_came_back)
        self._writes.failed.connect(self._on_write_failed)
        self._desk.bridge.changed.connect(self._on_changes)

    # --- the list ----------------------------------------------------------------------------------------

    def _load(self) -> None:
        if self._is_loading:
            self._is_stale = True
            return
        self._is_loading, self._is_stale = True, False
        current = () if self._open is None else (self._open.dossier_id,)
        call = partial(self._read, self._rows.take_due(current))
        self._desk.tasks.run(call, self._on_read, self._on_read_failed)

    def _read(self, due: tuple[int, ...]) -> _Answer:
        found = self._desk.reading.keyings()
        ids = due_or_first(due, [place.id for place in self._work.places(found)])
        numbers = len(self._desk.reading.queue(INDEX_STATES))
        return _Answer(found, numbers, self._desk.reading.dossiers_by_id(ids))

    def _on_read(self, answer: _Answer) -> None:
        self._is_loading = False
        self._view.kinds.show_counts(counts_of(answer.numbers, answer.found))
        if self._writes.is_writing:
            self._rows.note_all()  # read again at its end: until then the folder stays in front
            return
        self._places = self._work.places(answer.found)
        self._is_arranging = True
        self._rows.show([place.id for place in self._places], answer.rows)
        if self._places:
            self._was_busy = True
            self._view.show_work(True)
            self._is_arranging = False
            self._choose()
        else:
            self._show_nothing(answer)
        if self._is_stale:
            self._load()

    def _on_read_failed(self, failure: Failure) -> None:
        self._is_loading = False
        self._rows.note_all()
        self._desk.notices.failure(failure)

    def _choose(self) -> None:
        ids = [place.id for place in self._places]
        wanted, self._wanted = self._wanted, None
        current = None if self._open is None else self._open.dossier_id
        if wanted is not None and wanted in ids:
            self._go_to(wanted)
        elif current is None or current not in ids:
            self._go_to(ids[0])
        else:
            self._view.list.setCurrentIndex(self._view.model.index_of(current))
            self._show_place()

    def _show_nothing(self, answer: _Answer) -> None:
        self._open, self._is_arranging = None, False
        self._view.cards.lay_out(())
        self._view.show_work(False)
        left = Left(self._work.name, counts_of(answer.numbers, answer.found), self._desk.context.operator)
        self._empty_leads_to = nothing_left(self._view.empty, left, was_busy=self._was_busy)
        if self._view.isVisible():
            self._view.empty.button.setFocus()

    def _on_empty_acted(self) -> None:
        self._view.asks_for.emit(self._empty_leads_to, 0)

    def _on_changes(self, changes: Changes) -> None:
        if "operator" in changes.touched:  # somebody else sits here: nothing of the one before is taken over
            self._open = None
            self._writes.forget()
        if not self._view.isVisible():
            return
        self._rows.note(changes)
        if changes.is_unknown or {"dossier", "keying", "operator"} & set(changes.touched):
            self._load()
        shown = self._view.viewer.detail
        if shown is not None and shown.summary.id in changes.touched.get("page", frozenset()):
            self._view.viewer.refresh()

    def _on_folder_chosen(self, dossier_id: int) -> None:
        is_shown = self._open is not None and self._open.dossier_id == dossier_id
        if not is_shown and not self._is_arranging:  # else the list chose by itself, because a row is gone
            self._show(DossierId(dossier_id))

    def _on_folder_moved(self, by: int) -> None:
        beside = self._beside(by)
        if beside is not None:
            self._go_to(beside)

    def _beside(self, by: int) -> DossierId | None:
        """The folder above or below, round the list; None where there is no other."""
        ids = [place.id for place in self._places]
        if self._open is None or self._open.dossier_id not in ids or len(ids) < 2:
            return None
        return ids[(ids.index(self._open.dossier_id) + by) % len(ids)]

    def _go_to(self, dossier_id: DossierId) -> None:
        index = self._view.model.index_of(dossier_id)
        self._view.list.setCurrentIndex(index)
        self._view.list.scrollTo(index)
        if self._open is None or self._open.dossier_id != dossier_id:
            self._show(dossier_id)
        self._show_place()
        self._focus_next()

    def _show_place(self) -> None:
        ids = [place.id for place in self._places]
        if self._open is not None and self._open.dossier_id in ids:
            position = ids.index(self._open.dossier_id) + 1
            self._view.show_position(t("index.position", position=position, total=len(ids)))

    # --- one folder --------------------------------------------------------------------------------------

    def _show(self, dossier_id: DossierId) -> None:
        rows = self._desk.reading.dossiers_by_id([dossier_id])
        self._open = self._work.open(rows[0]) if rows else None
        self._taken, self._armed = {}, None
        if self._open is None:
            self._load()  # somebody else was quicker
            return
        view, fields = self._view, self._open.fields
        view.show_folder(self._open.name, self._desk.context.operator)
        view.say("", Tone.PLAIN)
        pages = self._desk.reading.pages(dossier_id=dossier_id)
        view.viewer.show_pages(pages, pages[0].id if pages else None)
        self._place.forget()
        view.cards.lay_out(fields)
        for field in fields:
            card = view.cards.cards[field]
            card.put("")
            card.offer(list(self._choices().values()) if KIND_OF[field] is FieldKind.CHOICE else [])
            self._show_card(field)

    def _show_card(self, field: DossierField) -> None:
        folder = self._open
        if folder is None:
            return
        card = self._view.cards.cards[field]
        typed = self._desk.context.keying.read(field, card.text, folder.office)
        card.show_text(card_text(field, card.text, typed, is_done=field in self._taken))
        if field in folder.disputes:
            found = versions_of(folder.disputes[field], self._choices())
            self._view.cards.versions[field].show_versions(found, self._chosen(field))
        left = [each for each in folder.fields if each not in self._taken]
        self._view.cards.show_left(len(left))
        self._view.show_last(len(left) <= 1)

    def _chosen(self, field: DossierField) -> str | None:
        """What a judge has taken or typed; an edit nobody has touched says nothing, not even "nothing"."""
        text = self._view.cards.cards[field].text
        is_said = text or field in self._taken or self._armed == (field, text)
        return text if is_said else None

    def _choices(self) -> Mapping[str, str]:
        return {} if self._open is None else self._desk.context.fields.choices(self._open.office)

    def _on_entered(self, field: DossierField) -> None:
        """Show a judge the place; a second person looks for it alone."""
        self._place.show(field, None if self._open is None else self._open.place_of(field))

    def _focus_next(self) -> None:
        """To the first field that is still to be done."""
        cards = self._view.cards.cards
        wanted = next((field for field in cards if field not in self._taken), next(iter(cards), None))
        if wanted is None or self._view.picker.isVisible():
            return
        had_focus = cards[wanted].edit.hasFocus()
        self._view.give_focus(cards[wanted].edit)
        if had_focus:
            self._on_entered(wanted)  # another folder, and the same field

    def _on_edited(self, field: DossierField) -> None:
        self._armed = None
        self._taken.pop(field, None)
        self._view.say("", Tone.PLAIN)
        self._show_card(field)

    def _put(self, field: DossierField, value: str) -> None:
        card = self._view.cards.cards.get(field)
        if card is not None:
            card.put(value)
            self._on_edited(field)
            self._view.give_focus(card.edit)

    def _on_version(self, place: int) -> None:
        card = self._view.cards.focused()
        value = "" if card is None else self._view.cards.versions[card.field].value(place)
        if card is not None and value:
            self._put(card.field, value)

    def _on_moved(self, field: DossierField, by: int) -> None:
        """Among what everybody said, for a judge; else to another field."""
        cards = self._view.cards
        if field in cards.versions:
            self._put(field, cards.versions[field].beside(cards.cards[field].text, by))
            return
        order = list(cards.cards)
        place = order.index(field) + by
        if 0 <= place < len(order):
            self._view.give_focus(cards.cards[order[place]].edit)

    def _on_next(self) -> None:
        card = self._view.cards.focused()
        if card is None:
            self._focus_next()
            card = self._view.cards.focused()
        if card is not None:
            self._on_accept(card.field)

    def _on_accept(self, field: DossierField) -> None:
        folder = self._open
        if folder is None or self._writes.is_writing:
            return
        card = self._view.cards.cards[field]
        complete(card, self._choices())
        text, typed = card.text, self._desk.context.keying.read(field, card.text, folder.office)
        if not text and field is NUMBER:  # a folder is always of some number
            self._view.say(t("judge.take_first" if folder.disputes else "keying.type_first"), Tone.BAD)
        elif not typed.is_valid:
            self._view.say(wrong_words(field, text, typed), Tone.BAD)
            card.edit.selectAll()
        elif (field, text) == self._armed:
            self._take(field, text)
        elif not text:
            self._arm(field, text, t("keying.is_empty"))
        elif typed.doubt:
            self._arm(field, text, texts.explain("field_doubt", typed.doubt, {"others": ""}))
        elif field is NUMBER and folder.disputes:
            call = partial(self._checked, folder, text)
            self._desk.tasks.run(call, self._on_checked, self._desk.notices.failure)
        else:
            self._take(field, text)

    def _checked(self, folder: OpenedFolder, text: str) -> tuple[OpenedFolder, str, NumberCheck]:
        return folder, text, self._desk.context.indexing.check_number(text, folder.office, folder.dossier_id)

    def _on_checked(self, answer: tuple[OpenedFolder, str, NumberCheck]) -> None:
        """A judge hears what stands against a number, as whoever confirms one does."""
        folder, text, check = answer
        card = self._view.cards.cards.get(NUMBER)
        if folder is not self._open or card is None or card.text != text:
            return  # an answer to a question of the past
        doubts = doubts_of(check)
        if doubts:
            self._arm(NUMBER, text, doubts)
        else:
            self._take(NUMBER, text)

    def _arm(self, field: DossierField, text: str, why: str) -> None:
        self._armed = (field, text)
        self._view.say(f"{why} {t('keying.enter_again')}", Tone.CARE)

    def _take(self, field: DossierField, text: str) -> None:
        folder = self._open
        assert folder is not None
        self._taken[field], self._armed = text, None
        self._view.say("", Tone.PLAIN)
        self._show_card(field)
        if any(each not in self._taken for each in folder.fields):
            self._focus_next()
        else:
            self._wanted = self._beside(1)
            self._writes.write(folder, dict(self._taken))

    # --- acts --------------------------------------------------------------------------------------------

    def _on_skip(self) -> None:
        self._on_folder_moved(1)

    def _on_undo(self) -> None:
        edit = self._view.focusWidget()
        if isinstance(edit, QLineEdit) and edit.isUndoAvailable():
            edit.undo()
        elif not self._writes.is_writing:
            self._writes.take_back()

    def _on_return(self, reason: str) -> None:
        if self._open is not None and not self._writes.is_writing:
            self._wanted = self._beside(1)
            self._writes.send_back(self._open, reason)

    def _on_left(self, dossier_id: int) -> None:
        if self._open is not None and self._open.dossier_id == dossier_id:
            self._open = None
        self._load()

    def _on_came_back(self, dossier_id: int) -> None:
        self._wanted, self._open = DossierId(dossier_id), None
        self._load()

    def _on_write_failed(self, failure: Failure) -> None:
        self._wanted = None
        self._view.say(texts.explain("error", failure.code, failure.facts), Tone.BAD)
        if failure.code == "keying_gone":
            self._open = None
            self._desk.notices.failure(failure)
        self._load()
        self._focus_next()
