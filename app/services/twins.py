"""Pages that hold a scan which came before, in whatever file: noted at import, told to people, held back."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.linking import Reason
from app.queries.twins import Twin, twins_of
from app.storage.database import Transaction
from app.storage.tables import ImportItemRow, PageRow

HASHES_PER_STATEMENT = 500  # SQLite bounds the variables of a statement

# Named in one reason, and folders with a reason of their own: enough to find what was scanned twice.
PAGES_NAMED = 5
FOLDERS_NAMED = 3


def note_twins(tx: Transaction, item: ImportItemRow, pages: Sequence[PageRow]) -> None:
    """Write into each page which earlier one holds the same scan: by its picture, or as a page of a copied file.

    pages: all of item, just entered, in order. A blank page is noted too; who reads passes it over, for
    whether it is blank is not known yet.
    """
    first = _first_pages(tx.session, item, {page.picture_hash for page in pages if page.picture_hash})
    of_file = _pages_of(tx.session, item.duplicate_of)
    for page in pages:
        known = None if page.picture_hash is None else first.setdefault(page.picture_hash, page.id)
        page.duplicate_of = of_file.get(page.source_page) if known in (None, page.id) else known


def twin_reasons(session: Session, dossier_id: int) -> tuple[Reason, ...]:
    """What to tell of pages of a dossier that were scanned before: how many, then which and where."""
    twins = twins_of(session, dossier_id)
    if not twins:
        return ()
    by_folder = groupby(sorted(twins, key=_by_folder), key=_folder)
    told = [_same_scan_as(list(group)) for _, group in by_folder]
    return (Reason("same_scan_twice", {"pages": len(twins)}), *told[:FOLDERS_NAMED])


def _first_pages(session: Session, item: ImportItemRow, hashes: set[str]) -> dict[str, int]:
    """The first page of each picture among those of other files."""
    found: dict[str, int] = {}
    ordered = sorted(hashes)
    for start in range(0, len(ordered), HASHES_PER_STATEMENT):
        some = ordered[start : start + HASHES_PER_STATEMENT]
        rows = session.execute(
            select(PageRow.picture_hash, func.min(PageRow.id))
            .where(PageRow.picture_hash.in_(some), PageRow.import_item_id != item.id)
            .group_by(PageRow.picture_hash)
        )
        found.update((picture, page_id) for picture, page_id in rows if picture is not None)
    return found


def _pages_of(session: Session, item_id: int | None) -> dict[int, int]:
    if item_id is None:
        return {}
    rows = session.execute(
        select(PageRow.source_page, PageRow.id).where(PageRow.import_item_id == item_id, PageRow.part == 0)
    )
    return {source_page: page_id for source_page, page_id in rows}


def _folder(twin: Twin) -> int:
    return twin.earlier_dossier_id


def _by_folder(twin: Twin) -> tuple[int, int]:
    return twin.earlier_dossier_id, twin.number


def _same_scan_as(twins: Sequence[Twin]) -> Reason:
    facts = {
        "here": _listed([twin.number for twin in twins]),
        "there": _listed([twin.earlier_number for twin in twins]),
        "folder": twins[0].earlier_folder,
    }
    return Reason("same_scan_as", facts)


def _listed(pages: Sequence[int]) -> str:
    numbers = list(dict.fromkeys(pages))  # both halves of a split spread are the same scan as one page
    return ", ".join(map(str, numbers[:PAGES_NAMED])) + (", …" if len(numbers) > PAGES_NAMED else "")
