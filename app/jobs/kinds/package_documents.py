"""What a package tells of a dossier's documents, and of the pages that are kept but are no pages of the file."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import groupby
from pathlib import PurePath

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.office_profile import OfficeProfile
from app.packaging.content import ExcludedPage, PackageDocument
from app.storage.document_tables import DocumentLinkRow, DocumentRow
from app.storage.tables import ImportItemRow, MasterRow, PageRow


def package_documents(
    session: Session, dossier_id: int, office: OfficeProfile
) -> tuple[PackageDocument, ...]:
    """Documents of the pages that leave, by their places among those; pages in no document are in none."""
    pages = session.execute(
        select(PageRow.document_id)
        .where(PageRow.dossier_id == dossier_id, PageRow.exclusion.is_(None))
        .order_by(PageRow.ordinal, PageRow.id)
    ).scalars()
    rows = {
        row.id: row
        for row in session.scalars(
            select(DocumentRow).where(DocumentRow.dossier_id == dossier_id, DocumentRow.gone_at.is_(None))
        )
    }
    numbers = _numbers(session, rows)
    found: list[PackageDocument] = []
    for document_id, run in groupby(enumerate(pages, start=1), key=lambda each: each[1]):
        ordinals = [ordinal for ordinal, _ in run]
        row = rows.get(document_id or 0)
        if row is not None:
            found.append(_document(row, ordinals, len(found) + 1, office, numbers.get(row.id, ())))
    return tuple(found)


def excluded_pages(session: Session, dossier_id: int) -> tuple[ExcludedPage, ...]:
    """Pages that are kept beside the file, in the order they lay, with the page that replaced each.

    They may be of another file, so they are named and stay here.
    """
    rows = session.execute(
        select(PageRow, MasterRow, ImportItemRow.source_path)
        .join(MasterRow, MasterRow.sha256 == PageRow.master_sha256)
        .join(ImportItemRow, ImportItemRow.id == PageRow.import_item_id)
        .where(PageRow.dossier_id == dossier_id, PageRow.exclusion.is_not(None))
        .order_by(PageRow.ordinal, PageRow.id)
    )
    places = {
        page_id: place
        for place, page_id in enumerate(
            session.scalars(
                select(PageRow.id)
                .where(PageRow.dossier_id == dossier_id, PageRow.exclusion.is_(None))
                .order_by(PageRow.ordinal, PageRow.id)
            ),
            start=1,
        )
    }
    return tuple(
        ExcludedPage(
            reason=page.exclusion or "",
            master_sha256=master.sha256,
            size_bytes=master.size_bytes,
            media_type=master.media_type,
            frame=page.frame,
            original_name=PurePath(source).name,
            source_page=page.source_page,
            replaced_by=places.get(page.replaced_by or 0),
        )
        for page, master, source in rows
    )


def _document(
    row: DocumentRow, ordinals: list[int], place: int, office: OfficeProfile, numbers: tuple[str, ...]
) -> PackageDocument:
    kind = None if row.kind is None else office.document(row.kind)
    name = kind.name if kind is not None else row.kind or f"Document {place}"
    dated = "" if row.dated is None else row.dated.isoformat()
    return PackageDocument(
        title=f"{name}, {dated}" if dated else name,
        kind=row.kind or "",
        first_page=ordinals[0],
        last_page=ordinals[-1],
        dated=dated,
        dated_role=row.dated_role if dated else "",
        dated_printed=row.dated_printed,
        direction=row.direction or "",
        language=row.language or "",
        access=row.access or "",
        edms_code="" if kind is None else kind.edms_code,
        said_by=str(row.said.get("kind", "")),
        confidence=round(row.kind_confidence, 3) if row.kind is not None else None,
        numbers=numbers,
    )


def _numbers(session: Session, document_ids: Mapping[int, DocumentRow]) -> dict[int, tuple[str, ...]]:
    rows = session.execute(
        select(DocumentLinkRow.document_id, DocumentLinkRow.application_number)
        .where(DocumentLinkRow.document_id.in_(document_ids), DocumentLinkRow.withdrawn_at.is_(None))
        .order_by(DocumentLinkRow.document_id, DocumentLinkRow.id)
    )
    return {key: tuple(number for _, number in group) for key, group in groupby(rows, key=lambda row: row[0])}
