"""Fields, the page and picking brought together for the screen: what the presenter of Indexing asks of them."""

from __future__ import annotations

from enum import Enum, auto
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QLineEdit

from app.domain.field_kinds import DossierField
from app.domain.ids import DossierId
from app.events import Changes
from app.queries.rows import CandidateSighting, DossierSummary, PageDetail, RegisterEntryRow
from ocr.types import Box
from ui.desk import Desk
from ui.screens.indexing.fields_presenter import FieldsPresenter
from ui.screens.indexing.picking import Picked, Picking
from ui.screens.indexing.tree_work import TreeWork
from ui.texts import t
from ui.theme import Tone

if TYPE_CHECKING:
    from ui.screens.indexing.view import IndexingView


class Standing(Enum):
    """Whether a folder may go on as far as its fields are concerned."""

    WAITING = auto()  # not read yet, or still being written
    NEEDS = auto()  # somebody has to look
    SETTLED = auto()


class FieldWork(QObject):
    """Answers the keys of fields; the number stays with its own presenter."""

    settled = Signal()  # Enter in the last field that needed somebody
    ready = Signal()  # the fields were read, or everything is written
    number_picked = Signal(str)

    def __init__(self, desk: Desk, view: IndexingView) -> None:
        super().__init__(view)
        self._view = view
        self.fields = FieldsPresenter(desk, view.fields, view.viewer, self)
        self._picking = Picking(desk, view.viewer, self)
        self._picks_for: DossierField | None = None
        self._number_box: Box | None = None
        self._tree = TreeWork(desk, view, self.fields)
        view.fields.behind = view.field
        view.fields.entered.connect(self._on_entered)
        view.fields.moved.connect(self._on_moved)
        view.fields.page_moved.connect(view.viewer.step)
        view.fields.folder_moved.connect(view.folder_moved)
        view.fields.undo_asked.connect(view.undo_asked)
        view.next_field_asked.connect(self._on_next)
        view.pick_asked.connect(self._on_pick)
        view.register_asked.connect(self.fields.take_register)
        view.repeat_asked.connect(self._on_repeat)
        view.viewer.picture_ready.connect(self._on_picture)
        view.hold_asked.connect(self._picking.end)  # before the folder leaves: what was chosen is of this one
        view.picker.shown.connect(self._picking.end)
        self.fields.settled.connect(self.settled)
        self.fields.read.connect(self.ready)
        self.fields.acts.kept.connect(self.ready)
        self._picking.taken.connect(self._on_taken)
        self._picking.left.connect(self._on_left)

    @property
    def standing(self) -> Standing:
        """How the fields of the folder in front stand."""
        if not self.fields.is_read or self.fields.is_awaited or not self.fields.acts.is_idle:
            return Standing.WAITING
        return Standing.SETTLED if self.fields.next_needing() is None else Standing.NEEDS

    def open(self, summary: DossierSummary, register: RegisterEntryRow | None) -> None:
        """Another folder, or the same with news."""
        self._picking.end()
        self.fields.open(summary, register)

    def close(self) -> None:
        """No folder."""
        self._picking.end()
        self.fields.close()
        self._tree.close()

    def point(self, number: CandidateSighting | None) -> None:
        """Where the number stands, for picking and for the tree."""
        self._number_box = None if number is None else number.box
        self._tree.point(number)

    def heed(self, changes: Changes, dossier_id: DossierId | None) -> None:
        """Read the fields of the folder in front again where they may have changed, or may have been awaited."""
        is_told = dossier_id in changes.touched.get("field", frozenset())
        is_awaited = self.fields.is_awaited and "job" in changes.touched
        if dossier_id is not None and (changes.is_unknown or is_told or is_awaited):
            self.fields.refresh()

    def waits(self) -> bool:
        """True for an Enter that must wait for the fields; says so where they are being read."""
        is_waiting = self.standing is Standing.WAITING
        if is_waiting and self.fields.is_awaited:
            self._view.judge(t("field.awaited_enter"), Tone.ACCENT)
        return is_waiting

    def take_back(self) -> bool:
        """Take back what was typed in the edit in focus, else the last act on a field of this folder; False for nothing.

        An edit takes its typing back itself where the layout has a Z: on Khmer, Lao and Thai ones the screen is asked.
        """
        edit = self._view.focusWidget()
        if isinstance(edit, QLineEdit) and edit.isUndoAvailable():
            edit.undo()
            return True
        return self.fields.take_back()

    def _on_entered(self, field: DossierField) -> None:
        card = self._view.fields.cards.get(field)
        if card is not None:
            self._view.show_card(card)

    def _on_moved(self, field: DossierField, by: int) -> None:
        if not self.fields.focus_beside(field, by):
            self._view.focus_number()

    def _on_next(self) -> None:
        if not self.fields.go_to_next():
            self._view.focus_number()

    def _on_repeat(self, counts: bool) -> None:
        self.fields.repeat(counts=counts)

    def _on_picture(self, page: PageDetail) -> None:
        self.fields.show_snippet(page)
        card = self._view.fields.focused()
        if card is not None:
            self._view.show_card(card)

    def _on_pick(self) -> None:
        if self._picking.is_on:
            self._picking.end()
            return
        self._picks_for = self.fields.focused
        near = self._number_box if self._picks_for is None else self.fields.place_of(self._picks_for)
        languages = () if self._picks_for is None else self.fields.languages_of(self._picks_for)
        self._picking.begin(near, languages)

    def _on_taken(self, picked: Picked) -> None:
        if self._picks_for is None:
            self._view.field.setText(picked.text)
            self.number_picked.emit(picked.text)
        else:
            self.fields.take_picked(self._picks_for, picked)

    def _on_left(self) -> None:
        if self._picks_for is None or not self.fields.focus(self._picks_for):
            self._view.focus_number()
