"""What is wrong with a dossier's pages themselves, and keeps it from leaving by itself although its number is proven.

A person who confirms and approves the dossier after having looked lets it go.
"""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.linking_model import Reason
from app.storage import values
from app.storage.tables import PageResultRow, PageRow

PAGES_NAMED = 5

TOLD_OF_FILES = "file_ends_early"
"""Held by the note of its file, in words of its own."""


def page_reasons(session: Session, dossier_id: int) -> list[Reason]:
    """List what a person should look at before the pages leave."""
    return [*_read_before(session, dossier_id), *_grave_marks(session, dossier_id)]


def _read_before(session: Session, dossier_id: int) -> list[Reason]:
    """Results of recipes that did not keep their first reading: nothing on those pages could speak for the number."""
    pages = session.scalar(
        select(func.count())
        .select_from(PageRow)
        .join(PageResultRow, PageResultRow.page_id == PageRow.id)
        .where(PageRow.dossier_id == dossier_id, PageResultRow.head.is_(None), PageRow.exclusion.is_(None))
    )
    return [Reason("pages_read_before", {"n": pages})] if pages else []


def _grave_marks(session: Session, dossier_id: int) -> list[Reason]:
    """Pages marked so gravely that a scan may be worth nothing (ocr/quality_table.py says from which values on)."""
    rows = session.execute(
        select(PageResultRow.quality, PageRow.exclusion)
        .select_from(PageRow)
        .outerjoin(PageResultRow, PageResultRow.page_id == PageRow.id)
        .where(PageRow.dossier_id == dossier_id)
        .order_by(PageRow.ordinal, PageRow.id)
    )
    numbers = [
        number
        for number, (stored, exclusion) in enumerate(rows, start=1)
        if exclusion is None  # what does not leave need not be readable
        and any(mark.is_grave and mark.code != TOLD_OF_FILES for mark in values.load_quality(stored or ()))
    ]
    if not numbers:
        return []
    named = ", ".join(map(str, numbers[:PAGES_NAMED])) + (", ..." if len(numbers) > PAGES_NAMED else "")
    return [Reason("pages_hard_to_read", {"n": len(numbers), "pages": named})]
