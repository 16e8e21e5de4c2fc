"""Fields as decided: what each holds, where its place is shown, when Enter may accept it, which comes next.

Runs in the GUI thread; reads and writes go through Tasks. What a person types is shown at once and written behind.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QObject, Signal

from app.domain.field_kinds import DossierField, FieldKind, FieldSource, FieldState
from app.domain.field_typing import TypedValue, put_right
from app.domain.ids import DossierId, PageId
from app.queries.fields import NOTHING, DossierFieldRow
from app.queries.rows import DossierSummary, PageDetail, RegisterEntryRow
from ocr.types import Box
from ui import texts
from ui.desk import Desk
from ui.screens.indexing.contradictions import NumberSays, contradiction, warned
from ui.screens.indexing.field_acts import FieldActs
from ui.screens.indexing.field_list import FieldList
from ui.screens.indexing.field_words import card_text, is_disputed, register_value, shown_text
from ui.screens.indexing.picking import Picked
from ui.screens.indexing.repeats import Repeats, can_count
from ui.screens.indexing.said_rows import around, said_row
from ui.tasks import Failure
from ui.texts import t
from ui.theme import Tone
from ui.widgets.page_viewer import PageViewer

Known = Mapping[DossierField, tuple[str, ...]]
_Answer = tuple[DossierId, tuple[DossierFieldRow, ...], Known, bool]


class FieldsPresenter(QObject):
    """Decides for FieldList."""

    read = Signal()  # the fields of the folder in front are here
    settled = Signal()  # Enter in the last field that needed somebody
    left = Signal(int)  # fields that need somebody

    def __init__(self, desk: Desk, fields: FieldList, viewer: PageViewer, parent: QObject) -> None:
        super().__init__(parent)
        self._desk = desk
        self._list = fields
        self._viewer = viewer
        self._rows: dict[DossierField, DossierFieldRow] = {}
        self._summary: DossierSummary | None = None
        self._number = NumberSays()
        self._is_read = self._is_awaited = False
        self._picked: dict[DossierField, Picked] = {}
        self._armed: tuple[DossierField, str] | None = None
        self._known: dict[str, Known] = {}
        self._repeats = Repeats()
        self._given_way: set[DossierField] = (
            set()
        )  # what stands in these edits gives way to what is read next
        self.may_act: Callable[[], bool] = lambda: True  # False: the folder has not been seen, or is leaving
        self.acts = FieldActs(desk, self)
        self._wire()

    @property
    def is_read(self) -> bool:
        """True once the fields of the folder in front are here."""
        return self._is_read

    @property
    def is_awaited(self) -> bool:
        """True while they are about to be read from the pages: what is shown says nothing of what needs a look."""
        return self._is_awaited

    @property
    def focused(self) -> DossierField | None:
        """The field that has the focus."""
        card = self._list.focused()
        return None if card is None else card.field

    def open(self, summary: DossierSummary, register: RegisterEntryRow | None) -> None:
        """Show the fields of a folder; they arrive a moment later."""
        if self._summary is None or self._summary.id != summary.id:
            self._rows, self._is_read, self._is_awaited = {}, False, False
            self._picked.clear()
            self._given_way.clear()
            for card in self._list.cards.values():
                card.put("")
                card.edit.show_state(None)
        self._summary, self._number = summary, NumberSays(register)
        self.refresh()

    def close(self) -> None:
        """No folder is in front."""
        self._summary, self._is_read, self._is_awaited = None, False, False
        self._rows = {}
        self._list.lay_out(())

    def compare_with(self, register: RegisterEntryRow | None, right: str) -> None:
        """Another number is in the field above: compare with its row of the register and with what its form says."""
        if NumberSays(register, right) != self._number:
            self._number = NumberSays(register, right)
            self._show_all()

    def refresh(self) -> None:
        """Read the fields again; what is being typed stays."""
        if self._summary is not None and self.acts.is_idle:
            call = partial(self._read, self._summary.id, self._summary.office)
            self._desk.tasks.run(call, self._on_read, self._desk.notices.failure)

    def next_needing(self, after: DossierField | None = None) -> DossierField | None:
        """The next field that needs somebody, round the list; None when none does."""
        order = list(self._rows)
        start = order.index(after) + 1 if after in order else 0
        return next((each for each in (*order[start:], *order[:start]) if self._needs(each)), None)

    def go_to_next(self) -> bool:
        """Give the next field that needs somebody the focus; False when none does."""
        found = self.next_needing(self.focused)
        if found is not None:
            self._focus(found)
        return found is not None

    def focus_beside(self, field: DossierField | None, by: int) -> bool:
        """The field above or below; False beyond the first one."""
        order = list(self._list.cards)
        place = (order.index(field) if field in order else -1) + by
        if not order or place < 0:
            return False
        self._focus(order[min(place, len(order) - 1)])
        return True

    def focus(self, field: DossierField) -> bool:
        """Give a field the focus; False when it is not there."""
        if field not in self._list.cards:
            return False
        self._focus(field)
        return True

    def place_of(self, field: DossierField) -> Box | None:
        """Where the value of a field stands on the page shown, or None."""
        row, shown = self._rows.get(field), self._viewer.detail
        place = None if row is None else row.said.place
        if place is None or shown is None or place.page_id != shown.summary.id:
            return None
        return around(place.boxes)

    def places(self) -> Mapping[DossierField, PageId]:
        """The page each field stands on, of those that stand on one."""
        found = {field: row.said.place for field, row in self._rows.items()}
        return {field: place.page_id for field, place in found.items() if place is not None}

    def languages_of(self, field: DossierField) -> tuple[str, ...]:
        """Languages a part of a page is read in for a field; () for those of the page."""
        row = self._rows.get(field)
        return () if row is None else row.rule.languages

    def take_picked(self, field: DossierField, picked: Picked) -> None:
        """A person took a text from the page: it stands in the field, and Enter accepts it."""
        card = self._list.cards.get(field)
        if card is None or self._summary is None:
            return
        text = put_right(field, picked.text, self._desk.context.offices[self._summary.office])
        if text is None:
            self._desk.notices.say(t("field.picked_other", text=picked.text), Tone.CARE)
            self._focus(field)
            return
        picked = replace(picked, text=text)
        self._picked[field] = picked
        card.put(picked.text, picked.certainty)
        self._on_edited(field)
        self._focus(field)

    def take_register(self) -> None:
        """Put what the register says into the field that has the focus."""
        card = self._list.focused()
        if card is None:
            return
        told = register_value(card.field, self._number.register)
        if not told:
            self._desk.notices.say(t("field.no_register_value"), Tone.CARE)
            return
        card.put(told)
        self._on_edited(card.field)

    def repeat(self, *, counts: bool) -> None:
        """Keep the value of the field that has the focus for the next folders, or count it up; again ends it."""
        card = self._list.focused()
        if card is not None and counts and not can_count(card.text):
            self._desk.notices.say(t("field.nothing_to_count"), Tone.CARE)
        elif card is not None and card.text:
            self._repeats.toggle(card.field, card.text, counts=counts)
            card.show_repeat(self._repeats.words(card.field))

    def take_back(self) -> bool:
        """Take the last act on a field of this folder back; False when there is none."""
        return self._summary is not None and self.acts.take_back(self._summary.id)

    def show_snippet(self, page: PageDetail) -> None:
        """The picture of a page is here: show the piece of the field that has the focus."""
        card = self._list.focused()
        row = None if card is None else self._rows.get(card.field)  # none while another folder's are read
        place = None if row is None else row.said.place
        if card is None or place is None or place.page_id != page.summary.id:
            return
        card.show_snippet(self._viewer.pixmap(), (page.width_px, page.height_px), place.boxes[0])

    def _wire(self) -> None:
        self._list.entered.connect(self._on_entered)
        self._list.accept_asked.connect(self._on_accept)
        self._list.edited.connect(self._on_edited)
        self.acts.kept.connect(self.refresh)
        self.acts.failed.connect(self._on_failed)
        self.acts.undone.connect(self._on_undone)

    def _read(self, dossier_id: DossierId, office: str) -> _Answer:
        are_awaited = self._desk.reading.fields_awaited(dossier_id)  # first: what is read after is no older
        rows = self._desk.reading.fields(dossier_id, office)
        known = self._known.get(office)
        if known is None:
            wanted = [row.field for row in rows if row.kind is FieldKind.TEXT]
            known = {field: self._desk.reading.known_values(field, office) for field in wanted}
        return dossier_id, rows, known, are_awaited

    def _on_read(self, answer: _Answer) -> None:
        dossier_id, rows, known, are_awaited = answer
        summary = self._summary
        if summary is None or summary.id != dossier_id or not self.acts.is_idle:
            return
        is_first, self._is_awaited = not self._is_read, are_awaited
        typed = set() if is_first else {each for each in self._rows if self._is_typed(each)} - self._given_way
        self._given_way.clear()
        self._rows = {row.field: row for row in rows}
        self._known[summary.office] = known
        self._list.lay_out(list(self._rows))
        for field, row in self._rows.items():
            if field not in typed:
                self._list.cards[field].put(shown_text(row, self._choices()), row.said.certainty)
        if is_first:
            self._is_read = True
            self._offer(known)
            self._repeat_into()
        self._show_all()
        self.read.emit()

    def _offer(self, known: Known) -> None:
        for field, row in self._rows.items():
            card = self._list.cards[field]
            if row.kind is FieldKind.CHOICE:
                card.offer(list(self._choices().values()))
            elif row.kind is FieldKind.TEXT:
                near = (row.read.printed if row.read else "", register_value(field, self._number.register))
                card.offer([each for each in dict.fromkeys((*near, *known.get(field, ()))) if each])

    def _repeat_into(self) -> None:
        for field, row in self._rows.items():
            text = self._repeats.next_for(field)
            card = self._list.cards[field]
            if text and row.source is FieldSource.MACHINE and row.is_empty:
                card.put(text)
            card.show_repeat(self._repeats.words(field))

    def _choices(self) -> Mapping[str, str]:
        return {} if self._summary is None else self._desk.context.fields.choices(self._summary.office)

    def _typed(self, field: DossierField) -> TypedValue:
        """What the text in the edit means; what was read and not touched keeps what it was read as, repairs and all."""
        assert self._summary is not None
        text, said = self._list.cards[field].text, self._rows[field].said
        if said.printed and said.state is not FieldState.INVALID and not self._is_typed(field):
            return TypedValue(said.value, others=said.others)
        return self._desk.context.fields.read(field, text, self._summary.office)

    def _is_typed(self, field: DossierField) -> bool:
        card = self._list.cards.get(field)
        return card is not None and card.text != shown_text(self._rows[field], self._choices())

    def _needs(self, field: DossierField) -> bool:
        row = self._rows[field]
        return row.needs_work or is_disputed(row, self._number.register) or self._is_typed(field)

    def _is_blank(self, field: DossierField) -> bool:
        return not self._list.cards[field].text and self._rows[field].source is FieldSource.MACHINE

    def _show_all(self) -> None:
        for field in self._rows:
            self._show(field)

    def _show(self, field: DossierField) -> None:
        card = self._list.cards[field]
        row = self._rows[field]
        told = card_text(row, self._typed(field), card.text, self._number.register, self._choices())
        card.show_text(warned(told, self._against(field)))
        count = sum(map(self._needs, self._rows))
        all_empty = all(self._is_blank(each) for each in self._rows)
        self._list.show_left(count, are_awaited=self._is_awaited, all_empty=all_empty)
        self.left.emit(count)

    def _focus(self, field: DossierField) -> None:
        card = self._list.cards[field]
        if self._list.isVisible():
            card.edit.setFocus()
            card.edit.deselect()
            card.edit.end(False)

    def _on_entered(self, field: DossierField) -> None:
        """Show where on the page the value stands."""
        if field not in self._rows:
            return
        place = self._rows[field].said.place
        if place is not None:
            self._viewer.show_page(place.page_id)
            self._viewer.point_at(around(place.boxes), zoom=True)
            shown = self._viewer.detail
            if shown is not None and self._viewer.pixmap() is not None:
                self.show_snippet(shown)

    def _on_edited(self, field: DossierField) -> None:
        self._armed = None
        if field in self._rows:
            self._show(field)

    def _on_accept(self, field: DossierField) -> None:
        summary, card = self._summary, self._list.cards.get(field)
        if summary is None or card is None or field not in self._rows or not self.may_act():
            return
        self._complete(field)
        row, text, typed = self._rows[field], card.text, self._typed(field)
        if not typed.is_valid:
            card.edit.selectAll()
            return
        if self._must_ask(field, typed):
            self._armed = (field, text)
            self._desk.notices.say(f"{card.note}. {t('index.enter_again')}", Tone.CARE)
            return
        self._armed = None
        if self._is_typed(field) or row.said.state is FieldState.INVALID:
            # What was read badly may be right as it stands: then a person says it as if it had been typed.
            picked = self._picked[field] if self._is_picked(field) else None
            seen = row.said.printed
            self.acts.put(summary.id, field, text, seen=seen, picked=picked)
            self._rows[field] = said_row(row, text, typed)
        elif (
            row.source is FieldSource.MACHINE or not row.is_settled
        ):  # else it was said before: once is enough
            self.acts.accept(summary.id, field, row.said.printed)
            said = replace(row.said, state=FieldState.ACCEPTED)
            self._rows[field] = replace(row, said=said, source=FieldSource.PERSON)
        self._repeats.said(field, text)
        self._show(field)
        if not self.go_to_next():
            self.settled.emit()

    def _complete(self, field: DossierField) -> None:
        """The one choice that holds what was typed is meant."""
        card = self._list.cards[field]
        card.suggestions.hide()
        if self._rows[field].kind is FieldKind.CHOICE and card.text:
            fitting = [each for each in self._choices().values() if card.text.casefold() in each.casefold()]
            if len(fitting) == 1:
                card.put(fitting[0])

    def _must_ask(self, field: DossierField, typed: TypedValue) -> bool:
        """A typed value with a doubt is accepted by a second Enter, as a number is; the register settles it too."""
        text = self._list.cards[field].text
        if not self._is_typed(field) or self._armed == (field, text):
            return False
        if self._against(field) and not self._is_picked(field):  # else it stands so on the page
            return True
        return bool(typed.doubt) and register_value(field, self._number.register) != typed.value

    def _is_picked(self, field: DossierField) -> bool:
        picked = self._picked.get(field)
        return picked is not None and picked.text == self._list.cards[field].text

    def _against(self, field: DossierField) -> str:
        """What contradicts a value typed or carried over, in words."""
        if not self._is_typed(field):
            return ""
        against = contradiction(self._rows[field], self._typed(field), self._number, self._choices())
        # Words are printed in more than one way: of a title or a name only one carried over is the graver suspicion.
        is_exact = field in (DossierField.TYPE, DossierField.FILING_DATE)
        is_carried = self._list.cards[field].text == self._repeats.next_for(field)
        return against if is_exact or is_carried else ""

    def _on_failed(self, dossier_id: int, field: DossierField, failure: Failure) -> None:
        why = texts.explain("error", failure.code, failure.facts)
        self._desk.notices.say(
            t("field.not_saved", field=texts.explain("field", field.value), why=why), Tone.BAD
        )
        is_here = self._summary is not None and self._summary.id == dossier_id
        if is_here and field in self._rows:  # what was typed stays in the edit, and still has to be accepted
            self._rows[field] = replace(self._rows[field], said=NOTHING)
        self.refresh()

    def _on_undone(self, field: DossierField) -> None:
        self._desk.notices.say(t("field.undone", field=texts.explain("field", field.value)), Tone.ACCENT)
        if field in self._list.cards and self._list.isVisible():
            self._given_way.add(field)
            self._focus(field)
