"""The tree of a dossier: documents, their pages and states; and who else holds a number. All by index."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from app.domain.ids import ActId, BatchId, DocumentId, DossierId, PageId
from app.domain.office_profile import OfficeProfile
from app.domain.states import CLOSED
from app.queries.document_rows import (
    DocumentKind,
    DossierTree,
    LastAct,
    NumberHolder,
    OtherNumber,
    TreeDocument,
    TreePage,
)
from app.queries.pages import list_pages
from app.queries.rows import PageSummary, Reason
from app.storage.among import among
from app.storage.database import Database
from app.storage.document_tables import ActRow, DocumentLinkRow, DocumentRow
from app.storage.tables import BatchRow, DossierRow, LinkRow, PageRow


def dossier_tree(reader: Database, dossier_id: DossierId) -> DossierTree:
    """One dossier with documents and pages in order; raises LookupError for an unknown id."""
    pages = list_pages(reader, dossier_id=dossier_id)
    with reader.read() as session:
        found = session.execute(
            select(DossierRow, BatchRow.office)
            .join(BatchRow, BatchRow.id == DossierRow.batch_id)
            .where(DossierRow.id == dossier_id)
        ).one_or_none()
        if found is None:
            raise LookupError(dossier_id)
        dossier, office = found
        undo, redo = last_acts(session, dossier_id)
        return DossierTree(
            dossier_id=dossier_id,
            batch_id=BatchId(dossier.batch_id),
            office=office,
            right=_right_of(dossier),
            state=dossier.state,
            is_open=dossier.state not in CLOSED,
            expected_pages=dossier.expected_pages,
            documents=_documents(session, dossier_id, pages),
            undo=undo,
            redo=redo,
        )


def last_acts(session: Session, dossier_id: int) -> tuple[LastAct | None, LastAct | None]:
    """What can be taken back next and what can be done again next."""
    acts = select(ActRow).where(ActRow.dossier_id == dossier_id, ActRow.dropped.is_(False))
    undo = session.scalars(acts.where(ActRow.undone_at.is_(None)).order_by(ActRow.id.desc()))
    redo = session.scalars(acts.where(ActRow.undone_at.is_not(None)).order_by(ActRow.id))
    return _act(_first_here(session, undo)), _act(_first_here(session, redo))


def _first_here(session: Session, found: Iterable[ActRow]) -> ActRow | None:
    """The first act of which something is in its dossier still.

    What went to another dossier whole, as the folder was cut or joined, is passed over until it comes back.
    """
    return next((act for act in found if act.dossier_id in _places_of(session, act)), None)


def _places_of(session: Session, act: ActRow) -> set[int | None]:
    """Dossiers in which the pages and documents of an act are now; its own where it is of nothing that moves."""
    told = {kind: [int(key) for key in things] for kind, things in act.changes.items() if kind != "order"}
    page_ids = [*told.get("page", ()), *(act.changes["order"][0] if "order" in act.changes else ())]
    item_ids, link_ids = told.get("item", []), told.get("link", [])
    found: set[int | None] = set()
    if page_ids or item_ids:
        of_act = or_(among(PageRow.id, page_ids), PageRow.import_item_id.in_(item_ids))
        found |= set(session.scalars(select(PageRow.dossier_id).where(of_act).distinct()))
    if document_ids := told.get("document"):
        found |= set(
            session.scalars(select(DocumentRow.dossier_id).where(DocumentRow.id.in_(document_ids)).distinct())
        )
    if link_ids:
        found |= set(
            session.scalars(
                select(DocumentRow.dossier_id)
                .join(DocumentLinkRow, DocumentLinkRow.document_id == DocumentRow.id)
                .where(DocumentLinkRow.id.in_(link_ids))
                .distinct()
            )
        )
    return found or {act.dossier_id}


def holders_of(
    reader: Database, number: str, *, besides: DossierId | None = None
) -> tuple[NumberHolder, ...]:
    """Dossiers bound to a canonical number now, by themselves or by one of their documents, oldest first.

    A number bound twice is shown with both: two volumes of one file, or one of them in the wrong cover.
    """
    with reader.read() as session:
        by_dossier = session.execute(
            select(DossierRow, BatchRow.name, LinkRow.linked_by, LinkRow.linked_at)
            .join(LinkRow, LinkRow.dossier_id == DossierRow.id)
            .join(BatchRow, BatchRow.id == DossierRow.batch_id)
            .where(LinkRow.application_number == number, LinkRow.withdrawn_at.is_(None))
        ).all()
        by_document = session.execute(
            select(
                DossierRow,
                BatchRow.name,
                DocumentLinkRow.linked_by,
                DocumentLinkRow.linked_at,
                DocumentRow.id,
            )
            .join(DocumentRow, DocumentRow.dossier_id == DossierRow.id)
            .join(DocumentLinkRow, DocumentLinkRow.document_id == DocumentRow.id)
            .join(BatchRow, BatchRow.id == DossierRow.batch_id)
            .where(
                DocumentLinkRow.application_number == number,
                DocumentLinkRow.withdrawn_at.is_(None),
                DocumentRow.gone_at.is_(None),
            )
        ).all()
        rows: list[tuple[Any, ...]] = [(*row, None) for row in by_dossier]
        rows += [tuple(row) for row in by_document]
        rows = [row for row in rows if row[0].id != besides]
        counts = _page_counts(session, {row[0].id for row in rows})
        holders = [_holder(row, counts[row[0].id]) for row in rows]
    return tuple(sorted(holders, key=lambda each: (each.linked_at, each.dossier_id)))


def document_kinds(offices: Mapping[str, OfficeProfile], office: str) -> tuple[DocumentKind, ...]:
    """Kinds of paper of an office, as its pack lists them."""
    return tuple(
        DocumentKind(each.code, each.name, tuple(word for words in each.words.values() for word in words))
        for each in offices[office].documents
    )


def _documents(
    session: Session, dossier_id: DossierId, pages: Sequence[PageSummary]
) -> tuple[TreeDocument, ...]:
    rows = {
        row.id: row
        for row in session.scalars(
            select(DocumentRow).where(DocumentRow.dossier_id == dossier_id, DocumentRow.gone_at.is_(None))
        )
    }
    links = _links(session, rows)
    runs: dict[int | None, list[TreePage]] = {}
    facts = _page_facts(session, dossier_id)
    for page in pages:
        document_id, starts, exclusion, replaced_by = facts.get(page.id, (None, None, None, None))
        known = document_id if document_id in rows else None
        tree_page = TreePage(
            page=page,
            document_id=None if known is None else DocumentId(known),
            exclusion=exclusion,
            starts=starts,
            replaced_by=None if replaced_by is None else PageId(replaced_by),
        )
        runs.setdefault(known, []).append(tree_page)
    return tuple(
        _document(None if key is None else rows[key], links.get(key, ()), run) for key, run in runs.items()
    )


def _page_facts(session: Session, dossier_id: int) -> dict[int, Any]:
    columns = (
        PageRow.id,
        PageRow.document_id,
        PageRow.starts_document,
        PageRow.exclusion,
        PageRow.replaced_by,
    )
    return {
        row[0]: tuple(row[1:])
        for row in session.execute(select(*columns).where(PageRow.dossier_id == dossier_id))
    }


def _document(
    row: DocumentRow | None, links: Sequence[OtherNumber], pages: Iterable[TreePage]
) -> TreeDocument:
    if row is None:
        return TreeDocument(
            id=None,
            kind=None,
            confidence=0.0,
            reasons=(),
            dated=None,
            dated_printed="",
            dated_role=None,
            direction=None,
            language=None,
            access=None,
            pages=tuple(pages),
        )
    return TreeDocument(
        id=DocumentId(row.id),
        kind=row.kind,
        confidence=row.kind_confidence,
        reasons=tuple(Reason(each["code"], each["facts"]) for each in row.facts.get("reasons", ())),
        dated=row.dated,
        dated_printed=row.dated_printed,
        dated_role=row.dated_role or None,
        direction=row.direction,
        language=row.language,
        access=row.access,
        said=dict(row.said),
        links=tuple(links),
        pages=tuple(pages),
    )


def _links(session: Session, document_ids: Collection[int]) -> dict[int | None, tuple[OtherNumber, ...]]:
    if not document_ids:
        return {}
    rows = session.scalars(
        select(DocumentLinkRow)
        .where(DocumentLinkRow.document_id.in_(document_ids), DocumentLinkRow.withdrawn_at.is_(None))
        .order_by(DocumentLinkRow.id)
    ).all()
    bound: dict[str, list[tuple[DossierId, str]]] = defaultdict(list)
    for number, other_id, name in session.execute(
        select(LinkRow.application_number, DossierRow.id, DossierRow.name)
        .join(DossierRow, DossierRow.id == LinkRow.dossier_id)
        .where(
            LinkRow.application_number.in_({row.application_number for row in rows}),
            LinkRow.withdrawn_at.is_(None),
        )
        .order_by(DossierRow.id)
    ):
        bound[number].append((DossierId(other_id), name))
    found: dict[int | None, list[OtherNumber]] = defaultdict(list)
    for row in rows:
        dossiers = tuple(bound[row.application_number])
        found[row.document_id].append(
            OtherNumber(row.application_number, row.linked_by, row.linked_at, dossiers)
        )
    return {document_id: tuple(links) for document_id, links in found.items()}


def _right_of(dossier: DossierRow) -> str | None:
    """The right of the number the dossier has, else of the one it most likely has."""
    candidates: Sequence[dict[str, Any]] = dossier.link_facts.get("candidates", ())
    own = [each for each in candidates if each["application_number"] == dossier.application_number]
    best = own or [each for each in candidates[:1] if dossier.application_number is None]
    return best[0]["right"] if best else None


def _act(row: ActRow | None) -> LastAct | None:
    return None if row is None else LastAct(ActId(row.id), row.code, dict(row.facts), row.who, row.at)


def _page_counts(session: Session, dossier_ids: Collection[int]) -> dict[int, tuple[int, int | None]]:
    """Pages of each dossier, and the first of them."""
    found: dict[int, tuple[int, int | None]] = {}
    for dossier_id in dossier_ids:
        of_dossier = PageRow.dossier_id == dossier_id
        count = session.scalar(select(func.count()).where(of_dossier)) or 0
        first = session.scalar(
            select(PageRow.id).where(of_dossier).order_by(PageRow.ordinal, PageRow.id).limit(1)
        )
        found[dossier_id] = (count, first)
    return found


def _holder(row: tuple[Any, ...], counts: tuple[int, int | None]) -> NumberHolder:
    dossier, batch_name, linked_by, linked_at, document_id = row
    pages, first = counts
    return NumberHolder(
        dossier_id=DossierId(dossier.id),
        name=dossier.name,
        state=dossier.state,
        batch_name=batch_name,
        pages=pages,
        linked_by=linked_by,
        linked_at=linked_at,
        first_page=None if first is None else PageId(first),
        by_document=None if document_id is None else DocumentId(document_id),
    )
