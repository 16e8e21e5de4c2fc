"""Documents of a dossier that are longer than their kind usually is: a separator may have been missed in them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.document_lengths import LongDocument, usual_most
from app.domain.document_pages import PaperPage
from app.domain.document_reading import likely_start
from app.domain.office_profile import OfficeProfile
from app.queries.pages import page_numbers
from app.storage.among import among
from app.storage.document_tables import DocumentRow
from app.storage.tables import PageResultRow, PageRow

PAGES = "pages"
"""What a person said of a document whose pages a person has chosen."""


@dataclass(slots=True)
class _Counted:
    """A document and its pages that count; printed: those that are not blank."""

    kind: str | None
    by_person: bool
    pages: list[int] = field(default_factory=list)
    printed: list[int] = field(default_factory=list)


def long_documents(session: Session, dossier_id: int, office: OfficeProfile) -> tuple[LongDocument, ...]:
    """In the order of the dossier. What pages say is only looked up where a document is too long."""
    long = [
        (place, each, usual)
        for place, each in enumerate(_counted(session, dossier_id))
        if (usual := usual_most(each.kind)) is not None and len(each.printed) > usual
    ]
    if not long:
        return ()
    numbers = page_numbers(session, [dossier_id])
    texts = _texts(session, [page_id for _, each, _ in long for page_id in each.printed])
    return tuple(_long(each, place, usual, (numbers, texts), office) for place, each, usual in long)


def _long(
    document: _Counted,
    place: int,
    usual: int,
    known: tuple[Mapping[int, int], Mapping[int, str]],
    office: OfficeProfile,
) -> LongDocument:
    numbers, texts = known
    papers = [PaperPage(texts.get(page_id, ""), is_blank=False) for page_id in document.printed]
    start = likely_start(papers, office)
    return LongDocument(
        kind=document.kind or "",
        place=place,
        pages=len(document.printed),
        usual=usual,
        first=numbers[document.pages[0]],
        last=numbers[document.pages[-1]],
        likely=None if start is None else numbers[document.printed[start]],
        by_person=document.by_person,
    )


def _counted(session: Session, dossier_id: int) -> list[_Counted]:
    """Documents by their first page that counts."""
    rows = session.execute(
        select(
            PageRow.id,
            PageRow.edits,
            PageResultRow.is_blank,
            DocumentRow.id,
            DocumentRow.kind,
            DocumentRow.said,
        )
        .join(DocumentRow, DocumentRow.id == PageRow.document_id)
        .outerjoin(PageResultRow, PageResultRow.page_id == PageRow.id)
        .where(PageRow.dossier_id == dossier_id, PageRow.exclusion.is_(None), DocumentRow.gone_at.is_(None))
        .order_by(PageRow.ordinal, PageRow.id)
    )
    found: dict[int, _Counted] = {}
    for page_id, edits, is_blank, document_id, kind, said in rows:
        document = found.setdefault(document_id, _Counted(kind, PAGES in said))
        document.pages.append(page_id)
        said_blank = edits.get("is_blank")
        if not (is_blank if said_blank is None else said_blank):
            document.printed.append(page_id)
    return list(found.values())


def _texts(session: Session, page_ids: Collection[int]) -> dict[int, str]:
    rows = session.execute(
        select(PageResultRow.page_id, PageResultRow.text).where(among(PageResultRow.page_id, page_ids))
    )
    return {page_id: text or "" for page_id, text in rows}
