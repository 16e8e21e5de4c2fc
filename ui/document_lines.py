"""What is typed of a document in its tree: its date, and further numbers it concerns."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.domain.field_kinds import DossierField
from app.domain.field_typing import read_typed
from app.domain.ids import DocumentId, DossierId
from app.queries.document_rows import NumberHolder, TreeDocument
from ui import texts
from ui.desk import Desk
from ui.tasks import Failure
from ui.texts import t
from ui.theme import Tone
from ui.widgets.document_tree import DocumentTree

if TYPE_CHECKING:
    from app.services.indexing import NumberCheck

NAMED = 3
"""Folders named that hold a number too."""


class DocumentLines(QObject):
    """Asks in the tree's line and says how it is understood; what is taken goes to DocumentActs by signal."""

    date_taken = Signal(int, object)  # document id, date or None: the paper bears none
    link_taken = Signal(int, str)
    unlink_taken = Signal(int, str)

    def __init__(self, desk: Desk, tree: DocumentTree, parent: QObject) -> None:
        super().__init__(parent)
        self._desk = desk
        self._tree = tree
        self._document: TreeDocument | None = None
        self._is_date = True
        self._checked: tuple[str, str | None] = ("", None)  # as typed, canonical
        self._is_wanted = False  # Enter came before the look-up
        self._armed: str | None = None  # an open date for which Enter was pressed once
        tree.date_asked.connect(self._on_date_asked)
        tree.link_asked.connect(self._on_link_asked)
        tree.asker.typed.connect(self._on_typed)
        tree.asker.taken.connect(self._on_taken)

    def _on_date_asked(self, document: TreeDocument) -> None:
        self._document, self._is_date = document, True
        text = "" if document.dated is None else texts.day(document.dated)
        self._tree.asker.ask(t("tree.ask_date"), t("tree.ask_date_hint"), text)

    def _on_link_asked(self, document: TreeDocument) -> None:
        self._document, self._is_date = document, False
        self._tree.asker.ask(t("tree.ask_link"), t("tree.ask_link_hint"))
        if document.links:
            known = ", ".join(each.application_number for each in document.links)
            self._tree.asker.say(t("tree.linked_now", numbers=known), Tone.PLAIN)

    def _on_typed(self, text: str) -> None:
        self._is_wanted, self._armed = False, None
        if self._is_date:
            words, tone, _, _ = self._read_date(text)
            self._tree.asker.say(words, tone)
        elif text.strip() and self._tree.tree is not None:
            call = partial(self._check, text.strip(), self._tree.tree.office, self._tree.tree.dossier_id)
            self._desk.tasks.run(call, self._on_checked, self._on_check_failed)

    def _read_date(self, text: str) -> tuple[str, Tone, date | None, bool]:
        """Words, their tone, the day as the office writes dates, and whether it may be another one too."""
        if not text.strip():
            return t("tree.date_none"), Tone.PLAIN, None, False
        office = "" if self._tree.tree is None else self._tree.tree.office
        profile = self._desk.context.offices[office]
        typed = read_typed(DossierField.FILING_DATE, text, profile)
        if not typed.is_valid:
            return texts.explain("field_doubt", typed.doubt), Tone.CARE, None, False
        day = date.fromisoformat(typed.value)
        if typed.others:
            others = " / ".join(map(texts.day, typed.others))
            return t("tree.date_doubtful", day=texts.day(day), others=others), Tone.CARE, day, True
        return texts.day(day), Tone.GOOD, day, False

    def _check(
        self, text: str, office: str, dossier_id: DossierId
    ) -> tuple[str, NumberCheck, tuple[NumberHolder, ...]]:
        check = self._desk.context.indexing.check_number(text, office, dossier_id)
        holders: tuple[NumberHolder, ...] = ()
        if check.canonical is not None:
            holders = self._desk.reading.holders(check.canonical, besides=dossier_id)
        return text, check, holders

    def _on_checked(self, answer: tuple[str, NumberCheck, tuple[NumberHolder, ...]]) -> None:
        text, check, holders = answer
        if self._is_date or self._document is None or text != self._tree.asker.field.text().strip():
            return
        self._checked = (text, check.canonical)
        if check.canonical is None:
            self._tree.asker.say(
                texts.explain("error", check.code or "number_unknown_format", check.facts), Tone.BAD
            )
        elif any(each.application_number == check.canonical for each in self._document.links):
            self._tree.asker.say(t("tree.link_back", number=check.canonical), Tone.CARE)
        else:
            words = [
                check.canonical if check.register is None else f"{check.canonical}: {check.register.title}"
            ]
            if check.code is not None:
                words.append(texts.explain("error", check.code, check.facts))
            names = ", ".join(dict.fromkeys(each.name for each in holders[:NAMED]))
            words += [t("tree.link_holders", folders=names)] if names else []
            self._tree.asker.say("\n".join(words), Tone.CARE if check.code else Tone.GOOD)
        if self._is_wanted:
            self._on_taken(text)

    def _on_check_failed(self, failure: Failure) -> None:
        self._tree.asker.say(texts.explain("error", failure.code, failure.facts), Tone.BAD)

    def _on_taken(self, text: str) -> None:
        document = self._document
        if document is None or document.id is None:
            return
        if self._is_date:
            _, _, day, is_open = self._read_date(text)
            if is_open and day is not None and self._armed != text:
                self._armed = text
                self._tree.asker.say(t("tree.date_again", day=texts.day(day)), Tone.CARE)
            elif day is not None or not text:
                self._close()
                self.date_taken.emit(DocumentId(document.id), day)
            return
        checked, canonical = self._checked
        self._is_wanted = bool(text) and checked != text
        if self._is_wanted or not text or canonical is None:
            return  # not looked up yet, or not understood: what is said stays
        self._close()
        known = any(each.application_number == canonical for each in document.links)
        (self.unlink_taken if known else self.link_taken).emit(document.id, canonical)

    def _close(self) -> None:
        self._document, self._checked = None, ("", None)
        self._tree.asker.hide()
        self._tree.list.setFocus()
