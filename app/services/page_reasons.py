"""What is wrong with a dossier's pages themselves, and keeps it from leaving by itself although its number is proven."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.linking_model import Reason
from app.storage.tables import PageResultRow, PageRow


def page_reasons(session: Session, dossier_id: int) -> list[Reason]:
    """List what a person should look at before the pages leave."""
    return [*_read_before(session, dossier_id)]


def _read_before(session: Session, dossier_id: int) -> list[Reason]:
    """Results of recipes that did not keep their first reading: nothing on those pages could speak for the number."""
    pages = session.scalar(
        select(func.count())
        .select_from(PageRow)
        .join(PageResultRow, PageResultRow.page_id == PageRow.id)
        .where(PageRow.dossier_id == dossier_id, PageResultRow.head.is_(None))
    )
    return [Reason("pages_read_before", {"n": pages})] if pages else []
