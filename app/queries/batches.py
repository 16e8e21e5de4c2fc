"""Batches with their counts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.ids import BatchId
from app.domain.states import DossierState, ImportState, PageState
from app.queries.rows import BatchSummary
from app.storage.database import Database
from app.storage.tables import BatchRow, DossierRow, ImportItemRow, PageRow


def list_batches(reader: Database) -> tuple[BatchSummary, ...]:
    """All batches, newest first."""
    with reader.read() as session:
        return _summaries(session, session.scalars(select(BatchRow).order_by(BatchRow.id.desc())).all())


def get_batch(reader: Database, batch_id: BatchId) -> BatchSummary:
    """One batch; raises NoResultFound for an unknown id."""
    with reader.read() as session:
        return _summaries(session, [session.get_one(BatchRow, batch_id)])[0]


def _summaries(session: Session, batches: Sequence[BatchRow]) -> tuple[BatchSummary, ...]:
    files = _counts(
        session,
        select(ImportItemRow.batch_id, ImportItemRow.state, func.count()).group_by(
            ImportItemRow.batch_id, ImportItemRow.state
        ),
    )
    pages = _counts(
        session,
        select(DossierRow.batch_id, PageRow.state, func.count())
        .join(DossierRow, DossierRow.id == PageRow.dossier_id)
        .group_by(DossierRow.batch_id, PageRow.state),
    )
    dossiers = _counts(
        session,
        select(DossierRow.batch_id, DossierRow.state, func.count())
        .where(DossierRow.state != DossierState.DISSOLVED)
        .group_by(DossierRow.batch_id, DossierRow.state),
    )
    return tuple(_summary(batch, files[batch.id], pages[batch.id], dossiers[batch.id]) for batch in batches)


def _counts(session: Session, statement: Any) -> dict[int, dict[Any, int]]:
    counted: dict[int, dict[Any, int]] = defaultdict(dict)
    for batch_id, state, count in session.execute(statement):
        counted[batch_id][state] = count
    return counted


def _summary(
    batch: BatchRow,
    files: dict[ImportState, int],
    pages: dict[PageState, int],
    dossiers: dict[DossierState, int],
) -> BatchSummary:
    return BatchSummary(
        id=BatchId(batch.id),
        name=batch.name,
        office=batch.office,
        languages=tuple(batch.languages),
        created_at=batch.created_at,
        created_by=batch.created_by,
        release=batch.release,
        files_offered=sum(files.values()),
        files_accepted=files.get(ImportState.ACCEPTED, 0),
        files_refused=files.get(ImportState.REFUSED, 0),
        pages=sum(pages.values()),
        pages_done=pages.get(PageState.READY, 0) + pages.get(PageState.NEEDS_ATTENTION, 0),
        pages_attention=pages.get(PageState.NEEDS_ATTENTION, 0),
        dossiers=sum(dossiers.values()),
        dossiers_by_state=dict(dossiers),
    )
