"""The pages of a dossier as runs, one for each document, for changing them and writing them back.

A document is a run of pages: whatever is done to it, its pages stand together and documents follow each other.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.ids import DocumentId, DossierId, PageId
from app.domain.states import CLOSED, DossierState
from app.errors import Conflict
from app.storage.database import Transaction
from app.storage.document_tables import DocumentRow
from app.storage.tables import DossierRow, PageRow

PAGES = "pages"
"""In DocumentRow.said: who said which pages it has."""


@dataclass(slots=True)
class Run:
    """Pages that stand together. document None: nobody has put them into one yet."""

    document: DocumentRow | None
    pages: list[PageRow] = field(default_factory=list)


class Arrangement:
    """The runs of one dossier in one transaction; write() puts them back."""

    def __init__(self, tx: Transaction, dossier: DossierRow) -> None:
        self.tx = tx
        self.dossier = dossier
        self.runs = runs_of(tx.session, dossier.id)
        self.changed: list[Run] = []

    def run_of(self, document_id: DocumentId) -> Run:
        """The run of a document; raises Conflict("document_gone")."""
        for run in self.runs:
            if run.document is not None and run.document.id == document_id:
                return run
        raise Conflict("document_gone")

    def run_with(self, page_id: PageId) -> Run:
        """The run a page stands in; raises Conflict("page_gone")."""
        for run in self.runs:
            if any(page.id == page_id for page in run.pages):
                return run
        raise Conflict("page_gone")

    def before(self, run: Run) -> Run | None:
        """The run before another."""
        place = self._place(run)
        return self.runs[place - 1] if place else None

    def after(self, run: Run) -> Run | None:
        """The run behind another."""
        place = self._place(run) + 1
        return self.runs[place] if place < len(self.runs) else None

    def add(self, pages: list[PageRow], *, after: Run | None) -> Run:
        """A new document of pages that are in no other run any more, behind another (None: in front of all)."""
        document = new_document(self.tx, self.dossier)
        run = Run(document, pages)
        self.runs.insert(0 if after is None else self._place(after) + 1, run)
        self.keep(run)
        return run

    def take(self, page_ids: Collection[PageId]) -> list[PageRow]:
        """Take pages out of their runs, in the order they stand; raises Conflict("page_gone")."""
        wanted = set(page_ids)
        taken: list[PageRow] = []
        for run in self.runs:
            mine = [page for page in run.pages if page.id in wanted]
            if mine:
                run.pages = [page for page in run.pages if page.id not in wanted]
                taken += mine
                self.keep(run)
        if len(taken) != len(wanted):
            raise Conflict("page_gone")
        return taken

    def keep(self, run: Run) -> None:
        """Note that a person has said which pages a document has: no machine divides it anew."""
        if run.document is not None:
            run.document.said = {**run.document.said, PAGES: self.tx.who}
        if not any(each is run for each in self.changed):
            self.changed.append(run)

    def write(self) -> None:
        """Write documents and order back; a document without pages is gone."""
        for run in self.runs:
            for page in run.pages:
                page.document_id = None if run.document is None else run.document.id
            if not run.pages and run.document is not None and run.document.gone_at is None:
                run.document.gone_at = run.document.updated_at = self.tx.now
        order = [page.id for run in self.runs for page in run.pages]
        if put_order(self.tx, self.dossier, order):
            self.dossier.is_ordered = True
        self.tx.touch("dossier", self.dossier.id)

    def _place(self, run: Run) -> int:
        return next(place for place, each in enumerate(self.runs) if each is run)


def open_dossier(tx: Transaction, dossier_id: DossierId) -> DossierRow:
    """A dossier whose pages may still be changed; raises Conflict("dossier_closed") or ("dossier_gone")."""
    dossier = tx.session.get(DossierRow, dossier_id)
    if dossier is None:
        raise Conflict("dossier_gone")
    if dossier.state is DossierState.DISSOLVED:
        raise Conflict("dossier_gone", dossier=dossier.name)
    if dossier.state in CLOSED:
        raise Conflict("dossier_closed", dossier=dossier.name, state=dossier.state.value)
    return dossier


def new_document(tx: Transaction, dossier: DossierRow) -> DocumentRow:
    """An empty document of unknown kind."""
    document = DocumentRow(dossier_id=dossier.id, updated_at=tx.now, said={}, facts={}, kind_confidence=0.0)
    tx.session.add(document)
    tx.session.flush()
    return document


def ordered_pages(session: Session, dossier_id: int) -> list[PageRow]:
    """All pages of a dossier as they are read, excluded ones too."""
    return list(
        session.scalars(
            select(PageRow).where(PageRow.dossier_id == dossier_id).order_by(PageRow.ordinal, PageRow.id)
        )
    )


def put_order(tx: Transaction, dossier: DossierRow, order: Sequence[int]) -> bool:
    """Number pages so that they are read in this order; returns whether they were read otherwise before."""
    pages = ordered_pages(tx.session, dossier.id)
    if [page.id for page in pages] == list(order):
        return False
    by_id = {page.id: page for page in pages}
    for ordinal, page_id in enumerate(order):
        by_id[page_id].ordinal = ordinal
    tx.session.flush()
    tx.touch("page", *order)
    return True


def runs_of(session: Session, dossier_id: int) -> list[Run]:
    """Runs as the pages stand; a late page between two of the same document belongs to it."""
    rows = session.scalars(
        select(DocumentRow).where(DocumentRow.dossier_id == dossier_id, DocumentRow.gone_at.is_(None))
    )
    documents = {row.id: row for row in rows}
    pages = ordered_pages(session, dossier_id)
    last = {page.document_id: place for place, page in enumerate(pages) if page.document_id in documents}
    runs: list[Run] = []
    seen: dict[int, Run] = {}
    for place, page in enumerate(pages):
        document = documents.get(page.document_id or 0)
        current = runs[-1] if runs else None
        if document is not None and document.id in seen:
            seen[document.id].pages.append(page)
        elif document is not None:
            seen[document.id] = Run(document, [page])
            runs.append(seen[document.id])
        elif current is not None and (current.document is None or last.get(current.document.id, -1) > place):
            current.pages.append(page)
        else:
            runs.append(Run(None, [page]))
    return runs
