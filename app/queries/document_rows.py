"""Frozen rows of documents, their pages and what may be taken back."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from app.domain.document_lengths import usual_most
from app.domain.ids import ActId, BatchId, DocumentId, DossierId, PageId
from app.domain.states import DossierState
from app.queries.rows import PageSummary, Reason


@dataclass(frozen=True, slots=True)
class TreePage:
    """A page in the tree. exclusion: code why it is no page of the file, else None; starts: what marks it."""

    page: PageSummary
    document_id: DocumentId | None
    exclusion: str | None = None
    starts: str | None = None
    replaced_by: PageId | None = None


@dataclass(frozen=True, slots=True)
class OtherNumber:
    """A further number a document is linked to. dossiers: those bound to that number, by id and name."""

    application_number: str
    linked_by: str
    linked_at: datetime
    dossiers: tuple[tuple[DossierId, str], ...] = ()


@dataclass(frozen=True, slots=True)
class TreeDocument:
    """A document with its pages in order.

    id None: pages nobody has put into a document yet (they are shown together). kind None: unknown.
    said: who said what, by column; what is not in it is the machine's.
    """

    id: DocumentId | None
    kind: str | None
    confidence: float
    reasons: tuple[Reason, ...]
    dated: date | None
    dated_printed: str
    dated_role: str | None
    direction: str | None
    language: str | None
    access: str | None
    said: dict[str, str] = field(default_factory=dict)
    links: tuple[OtherNumber, ...] = ()
    pages: tuple[TreePage, ...] = ()

    @property
    def paper_pages(self) -> tuple[TreePage, ...]:
        """Pages that are the file's: not excluded."""
        return tuple(each for each in self.pages if each.exclusion is None)

    @property
    def longer_than(self) -> int | None:
        """The usual greatest number of pages of its kind, where it has more; blank ones are not counted."""
        usual = usual_most(self.kind)
        printed = sum(not each.page.is_blank for each in self.paper_pages)
        return usual if usual is not None and printed > usual else None


@dataclass(frozen=True, slots=True)
class LastAct:
    """An act that may be taken back or done again. code and facts: for ui/texts.py."""

    id: ActId
    code: str
    facts: dict[str, object]
    who: str
    at: datetime


@dataclass(frozen=True, slots=True)
class DossierTree:
    """A dossier with its documents in order of their first pages, and what may be taken back or done again.

    expected_pages: as written on the folder or its cover sheet, None when nobody said. is_open: pages and
    documents may still be changed.
    """

    dossier_id: DossierId
    batch_id: BatchId
    office: str
    right: str | None
    state: DossierState
    is_open: bool
    expected_pages: int | None
    documents: tuple[TreeDocument, ...]
    undo: LastAct | None = None
    redo: LastAct | None = None


@dataclass(frozen=True, slots=True)
class NumberHolder:
    """One of the dossiers a number is bound to. by_document: not the dossier itself but a paper in it."""

    dossier_id: DossierId
    name: str
    state: DossierState
    batch_name: str
    pages: int
    linked_by: str
    linked_at: datetime
    first_page: PageId | None
    by_document: DocumentId | None = None


@dataclass(frozen=True, slots=True)
class DocumentKind:
    """A kind of paper of an office: code, name, and the words it is known by in all languages."""

    code: str
    name: str
    words: tuple[str, ...] = ()
