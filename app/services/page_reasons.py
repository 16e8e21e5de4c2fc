"""What is wrong with a dossier's pages themselves, and keeps it from leaving by itself although its number is proven.

A person who confirms and approves the dossier after having looked lets it go.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, aliased

from app.domain.documents import Exclusion
from app.domain.linking_model import Reason
from app.queries.left_out import pages_left_out
from app.storage import values
from app.storage.tables import PageResultRow, PageRow

PAGES_NAMED = 5

TOLD_OF_FILES = "file_ends_early"
"""Held by the note of its file, in words of its own."""


def page_reasons(session: Session, dossier_id: int) -> list[Reason]:
    """List what a person should look at before the pages leave."""
    return [
        *_left_out(session, dossier_id),
        *_halves_left(session, dossier_id),
        *_read_before(session, dossier_id),
        *_grave_marks(session, dossier_id),
    ]


def lone_halves(session: Session, dossier_id: int) -> list[int]:
    """Places of pages that leave as one half of a scan whose other half is not this folder's, 1-based.

    The scan travels whole, so a paper of another file would go out with it. A half that was scanned again is this
    folder's own.
    """
    other = aliased(PageRow)
    apart = (
        select(PageRow.id)
        .join(
            other,
            (other.import_item_id == PageRow.import_item_id)
            & (other.source_page == PageRow.source_page)
            & (other.id != PageRow.id),
        )
        .where(
            PageRow.dossier_id == dossier_id,
            PageRow.exclusion.is_(None),
            or_(
                other.dossier_id != dossier_id,
                other.exclusion.is_not(None) & (other.exclusion != Exclusion.REPLACED.value),
            ),
        )
    )
    found = set(session.scalars(apart))
    if not found:
        return []
    ids = session.scalars(
        select(PageRow.id).where(PageRow.dossier_id == dossier_id).order_by(PageRow.ordinal, PageRow.id)
    )
    return [number for number, page_id in enumerate(ids, start=1) if page_id in found]


def _halves_left(session: Session, dossier_id: int) -> list[Reason]:
    numbers = lone_halves(session, dossier_id)
    return [Reason("half_left_out", {"n": len(numbers), "pages": named_pages(numbers)})] if numbers else []


def _left_out(session: Session, dossier_id: int) -> list[Reason]:
    """Pages people took out: they may have held what spoke against the number, and may be another file's."""
    found = pages_left_out(session, [dossier_id])
    if not found:
        return []
    return [
        Reason("pages_left_out", {"n": len(found), "pages": named_pages([each.number for each in found])})
    ]


def named_pages(numbers: Sequence[int]) -> str:
    """The first few page numbers, for a sentence."""
    return ", ".join(map(str, numbers[:PAGES_NAMED])) + (", ..." if len(numbers) > PAGES_NAMED else "")


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
    return [Reason("pages_hard_to_read", {"n": len(numbers), "pages": named_pages(numbers)})]
