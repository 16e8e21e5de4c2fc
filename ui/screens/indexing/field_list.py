"""The fields of a dossier below one another, in the office's order of work. Lays out and emits."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.domain.field_kinds import DossierField
from ui.screens.indexing.field_card import FieldCard
from ui.texts import t
from ui.widgets.labels import label, set_tone
from ui.widgets.paint import Look


class FieldList(QWidget):
    """Cards by field; made anew only when another office asks for others."""

    entered = Signal(object)
    accept_asked = Signal(object)
    edited = Signal(object)
    moved = Signal(object, int)
    page_moved = Signal(int)
    folder_moved = Signal(int)
    undo_asked = Signal()

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self.cards: dict[DossierField, FieldCard] = {}
        self.behind: QWidget | None = None  # what Tab comes from
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 8, 0, 0)
        self._column.setSpacing(8)
        self._left = label(size="strong", parent=self)
        self._column.addWidget(self._left)
        self.hide()

    @property
    def left(self) -> str:
        """What is said of the fields that need somebody."""
        return self._left.text()

    def lay_out(self, fields: Sequence[DossierField]) -> None:
        """Have a card for each of these, in this order."""
        self.setVisible(bool(fields))
        if list(fields) == list(self.cards):
            return
        for card in self.cards.values():
            self._column.removeWidget(card)
            card.hide()
            card.deleteLater()
        self.cards = {field: self._card(field) for field in fields}
        before = self.behind
        for card in self.cards.values():
            self._column.addWidget(card)
            card.show()
            if before is not None:
                QWidget.setTabOrder(before, card.edit)
            before = card.edit

    def show_left(self, count: int, *, are_awaited: bool = False, all_empty: bool = False) -> None:
        """Say how many fields need somebody; are_awaited: what stands there now will be read anew in a moment.

        all_empty: nothing was read and nobody has said anything, which is not the same as settled.
        """
        if are_awaited:
            self.show()
            self._left.setText(t("field.awaited"))
            set_tone(self._left, "accent")
            return
        if all_empty and not count:
            self._left.setText(t("field.all_empty", n=len(self.cards)))
            set_tone(self._left, "dim")
            return
        self._left.setText(t("field.left", n=count) if count else t("field.left_none"))
        set_tone(self._left, "care" if count else "good")

    def focused(self) -> FieldCard | None:
        """The card that has the focus."""
        return next((card for card in self.cards.values() if card.edit.hasFocus()), None)

    def _card(self, field: DossierField) -> FieldCard:
        card = FieldCard(field, self._look, self)
        card.entered.connect(self.entered)
        card.accept_asked.connect(self.accept_asked)
        card.edited.connect(self.edited)
        card.moved.connect(self.moved)
        card.edit.page_moved.connect(self.page_moved)
        card.edit.folder_moved.connect(self.folder_moved)
        card.edit.undo_asked.connect(self.undo_asked)
        return card
