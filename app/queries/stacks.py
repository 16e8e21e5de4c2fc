"""Stacks as people and the command line see them, and which dossiers came out of one."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from app.domain.ids import BatchId, DossierId
from app.domain.states import DossierState
from app.storage.among import among
from app.storage.database import Database
from app.storage.tables import DossierRow, PageRow, StackRow


@dataclass(frozen=True, slots=True)
class StackSummary:
    """A stack: how it is divided, into which dossiers, and which separators were seen, by kind.

    is_waiting: something of it is still to be read and placed. expected_folders: as the operator said, or None.
    """

    id: int
    batch_id: BatchId
    name: str
    source: str
    mode: str
    sheets_each: int | None
    both_sides: bool
    expected_folders: int | None
    is_waiting: bool
    dossier_ids: tuple[DossierId, ...]
    pages: int
    separators: dict[str, int]


def list_stacks(
    reader: Database, *, batch_id: BatchId | None = None, dossier_ids: Collection[DossierId] | None = None
) -> tuple[StackSummary, ...]:
    """The stacks of a batch, or those that dossiers came from, in the order they were offered."""
    statement = select(StackRow).order_by(StackRow.id)
    if batch_id is not None:
        statement = statement.where(StackRow.batch_id == batch_id)
    if dossier_ids is not None:
        statement = statement.where(
            StackRow.id.in_(select(DossierRow.stack_id).where(among(DossierRow.id, dossier_ids)))
        )
    with reader.read() as session:
        rows = session.scalars(statement).all()
        dossiers = session.execute(
            select(DossierRow.stack_id, DossierRow.id)
            .where(
                among(DossierRow.stack_id, [row.id for row in rows]),
                DossierRow.state != DossierState.DISSOLVED,
            )
            .order_by(DossierRow.id)
        ).all()
        counted = session.execute(
            select(DossierRow.stack_id, PageRow.sheet, func.count())
            .join(DossierRow, DossierRow.id == PageRow.dossier_id)
            .where(among(DossierRow.stack_id, [row.id for row in rows]))
            .group_by(DossierRow.stack_id, PageRow.sheet)
        ).all()
        return tuple(_summary(row, dossiers, counted) for row in rows)


def with_fellows(reader: Database, dossier_ids: Collection[DossierId]) -> tuple[DossierId, ...]:
    """The dossiers named and all that their stacks were divided into; dissolved ones are left out."""
    with reader.read() as session:
        named = session.execute(
            select(DossierRow.id, DossierRow.stack_id).where(among(DossierRow.id, dossier_ids))
        ).all()
        wanted = {stack_id for _, stack_id in named if stack_id is not None}
        if not wanted:
            return tuple(dossier_ids)
        found = session.scalars(
            select(DossierRow.id).where(
                among(DossierRow.stack_id, wanted), DossierRow.state != DossierState.DISSOLVED
            )
        ).all()
        alone = [dossier_id for dossier_id, stack_id in named if stack_id is None]
        return tuple(DossierId(each) for each in sorted({*alone, *found}))


def _summary(row: StackRow, dossiers: Any, counted: Any) -> StackSummary:
    own = [(sheet, count) for stack_id, sheet, count in counted if stack_id == row.id]
    return StackSummary(
        id=row.id,
        batch_id=BatchId(row.batch_id),
        name=row.name,
        source=row.source,
        mode=row.separation["mode"],
        sheets_each=row.separation["sheets_each"],
        both_sides=row.separation["both_sides"],
        expected_folders=row.separation["expected_folders"],
        is_waiting=row.state == "waiting",
        dossier_ids=tuple(DossierId(dossier_id) for stack_id, dossier_id in dossiers if stack_id == row.id),
        pages=sum(count for _, count in own),
        separators={sheet: count for sheet, count in own if sheet is not None},
    )
