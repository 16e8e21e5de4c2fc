"""The import ledger."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import aliased

from app.domain.ids import BatchId, DossierId, ImportItemId
from app.domain.states import ImportState
from app.queries.rows import Ledger, LedgerItem, TwinPage
from app.queries.twins import twins_by_file
from app.storage.among import among
from app.storage.database import Database
from app.storage.tables import ImportItemRow


def ledger(
    reader: Database, batch_id: BatchId | None = None, *, item_ids: Sequence[ImportItemId] | None = None
) -> Ledger:
    """What was offered and what became of it: of a batch, or of the items named."""
    earlier = aliased(ImportItemRow)
    statement = (
        select(ImportItemRow, earlier.source_path)
        .outerjoin(earlier, earlier.id == ImportItemRow.duplicate_of)
        .order_by(ImportItemRow.dossier_id, ImportItemRow.ordinal, ImportItemRow.id)
    )
    if batch_id is not None:
        statement = statement.where(ImportItemRow.batch_id == batch_id)
    if item_ids is not None:
        statement = statement.where(among(ImportItemRow.id, item_ids))
    with reader.read() as session:
        twins = twins_by_file(session, batch_id, item_ids)
        items = tuple(_item(row, path, twins.get(row.id, ())) for row, path in session.execute(statement))
    states = [item.state for item in items]
    return Ledger(
        offered=len(items),
        accepted=states.count(ImportState.ACCEPTED),
        refused=states.count(ImportState.REFUSED),
        waiting=states.count(ImportState.OFFERED),
        items=items,
    )


def _item(row: ImportItemRow, duplicate_path: str | None, twin_pages: tuple[TwinPage, ...]) -> LedgerItem:
    return LedgerItem(
        id=ImportItemId(row.id),
        dossier_id=None if row.dossier_id is None else DossierId(row.dossier_id),
        source_path=Path(row.source_path),
        state=row.state,
        pages=row.page_count or 0,
        size_bytes=row.size_bytes,
        reason=row.reason,
        facts=row.facts,
        notes=tuple(row.notes),
        duplicate_of=None if duplicate_path is None else Path(duplicate_path),
        twin_pages=twin_pages,
    )
