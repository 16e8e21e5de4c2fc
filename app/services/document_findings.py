"""Keeps what the machine reads of the documents of a dossier; what a person said of one is left alone.

Runs when a dossier is linked, for then all its pages are done, and for the documents a person has just changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.document_pages import PaperPage
from app.domain.document_reading import read_document, read_documents
from app.domain.documents import DocumentReading, StartMark
from app.domain.office_profile import OfficeProfile
from app.services.arranging import Run, new_document, ordered_pages, runs_of
from app.storage.database import Transaction
from app.storage.document_tables import DocumentLinkRow, DocumentRow
from app.storage.tables import DossierRow, PageResultRow, PageRow


@dataclass(frozen=True, slots=True)
class FoundDocument:
    """Pages of one document in order, and what they are. held_id: it is a person's, only what is unsaid is told."""

    page_ids: tuple[int, ...]
    reading: DocumentReading
    held_id: int | None = None


@dataclass(frozen=True, slots=True)
class FoundDocuments:
    """What was found, and how pages and documents stood then, to tell whether a person was at them since."""

    documents: tuple[FoundDocument, ...]
    stood: tuple[tuple[Any, ...], ...]


def find_documents(session: Session, dossier_id: int, office: OfficeProfile) -> FoundDocuments:
    """Divide what no person has divided, and read what documents are."""
    runs = runs_of(session, dossier_id)
    of_people = _of_people(session, [run.document for run in runs if run.document is not None])
    papers = _papers(session, dossier_id)
    found: list[FoundDocument] = []
    loose: list[PageRow] = []
    for run in runs:
        if run.document is None or run.document.id not in of_people:
            loose += run.pages
            continue
        found += _divided(loose, papers, office)
        loose = []
        mine = _counted(run.pages)
        if mine:
            reading = read_document([papers[page.id] for page in mine], office)
            found.append(FoundDocument(tuple(page.id for page in mine), reading, run.document.id))
    found += _divided(loose, papers, office)
    return FoundDocuments(tuple(found), _stood(session, dossier_id))


def keep_documents(
    tx: Transaction, dossier: DossierRow, found: FoundDocuments, office: OfficeProfile
) -> None:
    """Write documents and what they are; documents that are found again keep their numbers."""
    if found.stood != _stood(tx.session, dossier.id):
        found = find_documents(tx.session, dossier.id, office)  # a person was at it meanwhile
    pages = ordered_pages(tx.session, dossier.id)
    by_id = {page.id: page for page in pages}
    rows = {
        row.id: row
        for row in tx.session.scalars(
            select(DocumentRow).where(DocumentRow.dossier_id == dossier.id, DocumentRow.gone_at.is_(None))
        )
    }
    of_people = _of_people(tx.session, list(rows.values()))
    free = rows.keys() - of_people
    kept: set[int] = set()
    for each in found.documents:
        own = each.held_id or next(
            (key for page_id in each.page_ids if (key := by_id[page_id].document_id) in free), None
        )
        row = rows[own] if own is not None else new_document(tx, dossier)
        free.discard(row.id)
        kept.add(row.id)
        for page_id in each.page_ids:
            by_id[page_id].document_id = row.id
        put_reading(tx, row, each.reading)
    _place_excluded(pages, kept | of_people)
    for key in free - kept:
        rows[key].gone_at = rows[key].updated_at = tx.now
    tx.touch("dossier", dossier.id)


def read_again(tx: Transaction, runs: Iterable[Run], office: OfficeProfile) -> None:
    """Say anew what documents are whose pages a person has just changed."""
    tx.session.flush()
    for run in runs:
        mine = _counted(run.pages)
        if run.document is None or not mine:
            continue
        papers = _papers(tx.session, run.document.dossier_id)
        put_reading(tx, run.document, read_document([papers[page.id] for page in mine], office))


def put_reading(tx: Transaction, row: DocumentRow, reading: DocumentReading) -> None:
    """Write what was read, but for what a person said; an unchanged row is left alone."""
    told: dict[str, Any] = {"language": reading.language}
    if "kind" not in row.said:  # else they follow from the kind a person said
        access = None if reading.access is None else reading.access.value
        told |= {"direction": reading.direction, "access": access}
    told = {name: value for name, value in told.items() if name not in row.said}
    if "kind" not in row.said:
        told |= {"kind": reading.kind, "kind_confidence": reading.confidence}
    if "dated" not in row.said:
        role = "" if reading.dated_role is None else reading.dated_role.value
        told |= {"dated": reading.dated, "dated_printed": reading.dated_printed, "dated_role": role}
    told["facts"] = {"reasons": [asdict(reason) for reason in reading.reasons]}
    changed = [name for name, value in told.items() if getattr(row, name) != value]
    for name in changed:
        setattr(row, name, told[name])
    if changed:
        row.updated_at = tx.now


def _divided(
    pages: Sequence[PageRow], papers: dict[int, PaperPage], office: OfficeProfile
) -> list[FoundDocument]:
    mine = _counted(pages)
    return [
        FoundDocument(tuple(page.id for page in mine[reading.first : reading.last + 1]), reading)
        for reading in read_documents([papers[page.id] for page in mine], office)
    ]


def _counted(pages: Sequence[PageRow]) -> list[PageRow]:
    return [page for page in pages if page.exclusion is None]


def _place_excluded(pages: Sequence[PageRow], known: set[int]) -> None:
    """Pages that do not count lie in the document around them; theirs may be gone."""
    before: int | None = None
    for page in pages:
        if page.exclusion is None:
            before = page.document_id
        elif page.document_id not in known:
            page.document_id = before


def _papers(session: Session, dossier_id: int) -> dict[int, PaperPage]:
    rows = session.execute(
        select(PageRow, PageResultRow.text, PageResultRow.is_blank)
        .outerjoin(PageResultRow, PageResultRow.page_id == PageRow.id)
        .where(PageRow.dossier_id == dossier_id)
    ).all()
    counts = dict(
        session.execute(
            select(PageRow.import_item_id, func.count())
            .where(PageRow.dossier_id == dossier_id, PageRow.exclusion.is_(None))
            .group_by(PageRow.import_item_id)
        ).all()
    )
    papers = {}
    for page, text, is_blank in rows:
        said_blank = page.edits.get("is_blank")
        papers[page.id] = PaperPage(
            text=text or "",
            is_blank=bool(is_blank) if said_blank is None else bool(said_blank),
            starts=None if page.starts_document is None else StartMark(page.starts_document),
            file_id=page.import_item_id,
            pages_in_file=counts.get(page.import_item_id, 1),
        )
    return papers


def _of_people(session: Session, rows: Sequence[DocumentRow]) -> set[int]:
    """Documents a person has said something of, or has linked to a further number: these keep their pages."""
    active = select(DocumentLinkRow.document_id).where(
        DocumentLinkRow.document_id.in_([row.id for row in rows]), DocumentLinkRow.withdrawn_at.is_(None)
    )
    return {row.id for row in rows if row.said} | set(session.scalars(active))


def _stood(session: Session, dossier_id: int) -> tuple[tuple[Any, ...], ...]:
    """Pages in order with document, exclusion and mark; documents with what was said of them, and their numbers."""
    columns = (PageRow.id, PageRow.document_id, PageRow.exclusion, PageRow.starts_document)
    pages = session.execute(
        select(*columns).where(PageRow.dossier_id == dossier_id).order_by(PageRow.ordinal, PageRow.id)
    )
    documents = session.scalars(
        select(DocumentRow).where(DocumentRow.dossier_id == dossier_id).order_by(DocumentRow.id)
    ).all()
    of_people = _of_people(session, documents)
    told = [
        (
            row.id,
            tuple(sorted(row.said.items())),
            row.gone_at is not None,
            row.id in of_people,
            row.updated_at,
        )
        for row in documents
    ]
    return (*(tuple(row) for row in pages), *told)
