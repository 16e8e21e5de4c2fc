"""Batches with their counts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from app.domain.ids import BatchId
from app.domain.states import DossierState, ImportState, PageState
from app.queries.keyings import waiting_dossiers
from app.queries.rows import BatchHead, BatchSummary
from app.storage.among import among
from app.storage.database import Database
from app.storage.tables import BatchRow, DossierRow, ImportItemRow, PageRow


def list_batches(reader: Database) -> tuple[BatchSummary, ...]:
    """All batches, newest first. Counts every page of the home: lists on screen ask for batch_heads."""
    with reader.read() as session:
        return _summaries(session, session.scalars(select(BatchRow).order_by(BatchRow.id.desc())).all())


def batch_heads(reader: Database) -> tuple[BatchHead, ...]:
    """All batches without their counts, newest first."""
    statement = select(BatchRow.id, BatchRow.name, BatchRow.office, BatchRow.created_by)
    with reader.read() as session:
        rows = session.execute(statement.order_by(BatchRow.id.desc()))
        return tuple(BatchHead(BatchId(batch_id), name, office, who) for batch_id, name, office, who in rows)


def get_batches(reader: Database, ids: Collection[BatchId]) -> tuple[BatchSummary, ...]:
    """The batches named, newest first; those that are gone are left out."""
    with reader.read() as session:
        found = select(BatchRow).where(among(BatchRow.id, ids)).order_by(BatchRow.id.desc())
        return _summaries(session, session.scalars(found).all())


def get_batch(reader: Database, batch_id: BatchId) -> BatchSummary:
    """One batch; raises NoResultFound for an unknown id."""
    with reader.read() as session:
        return _summaries(session, [session.get_one(BatchRow, batch_id)])[0]


def newest_unfinished(reader: Database) -> BatchId | None:
    """The newest batch with a file to be read or a page to be recognised."""
    offered = (
        select(ImportItemRow.id)
        .where(ImportItemRow.batch_id == BatchRow.id, ImportItemRow.state == ImportState.OFFERED)
        .exists()
    )
    in_work = (
        select(DossierRow.batch_id)
        .join(PageRow, PageRow.dossier_id == DossierRow.id)
        .where(PageRow.state.in_((PageState.CAPTURED, PageState.PROCESSING)))
    )
    with reader.read() as session:
        found = session.scalar(
            select(BatchRow.id)
            .where(or_(offered, BatchRow.id.in_(in_work)))
            .order_by(BatchRow.id.desc())
            .limit(1)
        )
    return None if found is None else BatchId(found)


def _summaries(session: Session, batches: Sequence[BatchRow]) -> tuple[BatchSummary, ...]:
    ids = [batch.id for batch in batches]
    files = _counts(
        session,
        select(ImportItemRow.batch_id, ImportItemRow.state, func.count())
        .where(among(ImportItemRow.batch_id, ids))
        .group_by(ImportItemRow.batch_id, ImportItemRow.state),
    )
    pages = _counts(
        session,
        select(DossierRow.batch_id, PageRow.state, func.count())
        .join(DossierRow, DossierRow.id == PageRow.dossier_id)
        .where(among(DossierRow.batch_id, ids))
        .group_by(DossierRow.batch_id, PageRow.state),
    )
    dossiers = _counts(
        session,
        select(DossierRow.batch_id, DossierRow.state, func.count())
        .where(among(DossierRow.batch_id, ids), DossierRow.state != DossierState.DISSOLVED)
        .group_by(DossierRow.batch_id, DossierRow.state),
    )
    keyed_again = dict(
        session.execute(
            select(DossierRow.batch_id, func.count())
            .where(
                among(DossierRow.batch_id, ids),
                DossierRow.state == DossierState.TO_REVIEW,
                DossierRow.id.in_(waiting_dossiers()),
            )
            .group_by(DossierRow.batch_id)
        ).all()
    )
    return tuple(
        replace(
            _summary(batch, files[batch.id], pages[batch.id], dossiers[batch.id]),
            keyed_again=keyed_again.get(batch.id, 0),
        )
        for batch in batches
    )


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
