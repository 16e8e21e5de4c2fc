"""Where a thing of the store belongs, in words a person can follow: folder, page, file."""

from __future__ import annotations

from pathlib import PurePath

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.ids import PageId
from app.queries.pages import get_pages
from app.storage.database import Database
from app.storage.tables import DossierRow, ImportItemRow, PageRow

MANY = 5


def places_of(reader: Database, subject: str, subject_id: int | str) -> tuple[str, ...]:
    """Name the pages or files a "page" or a "master" stands for, at most five; empty for other subjects."""
    with reader.read() as session:
        if subject == "page":
            ids = [int(subject_id)]
        elif subject == "master":
            ids = list(session.scalars(select(PageRow.id).where(PageRow.master_sha256 == subject_id)))
            if not ids:
                return _originals(session, str(subject_id))
        else:
            return ()
        names = dict(
            session.execute(
                select(PageRow.id, DossierRow.name)
                .join(DossierRow, DossierRow.id == PageRow.dossier_id)
                .where(PageRow.id.in_(ids[:MANY]))
            ).all()
        )
    pages = get_pages(reader, [PageId(page_id) for page_id in ids[:MANY]])
    return tuple(f"{names[page.id]}, page {page.number} ({page.source_name})" for page in pages)


def _originals(session: Session, sha256: str) -> tuple[str, ...]:
    paths = session.scalars(
        select(ImportItemRow.source_path).where(ImportItemRow.original_sha256 == sha256).limit(MANY)
    )
    return tuple(PurePath(path).name for path in paths)
