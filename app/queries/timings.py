"""Where the time of an import went, by stage and by step of the page engine."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.ids import DossierId, ImportItemId
from app.storage.among import among
from app.storage.database import Database
from app.storage.tables import JobRow, OutboxRow, PackageRow, PageResultRow, PageRow

STAGE_NAMES = {"intake": "import", "page": "process", "link": "link", "package": "package"}


def of_import(
    reader: Database, dossier_ids: Collection[DossierId], item_ids: Collection[ImportItemId], wall_s: float
) -> dict[str, Any]:
    """Seconds per stage: span from its first start to its last end, and the sum over its jobs.

    Stages overlap, so spans do not add up to the whole. steps_ms: sums over pages. All are floats.
    """
    dossiers = set(dossier_ids)
    with reader.read() as session:
        pages = set(session.scalars(select(PageRow.id).where(among(PageRow.dossier_id, dossiers))).all())
        subjects: dict[str, set[Any]] = {
            "intake": set(item_ids),
            "page": pages,
            "link": dossiers,
            "package": dossiers,
        }
        stages = _job_stages(session, subjects)
        stages["deliver"] = _delivery(session, dossiers)
        steps: dict[str, float] = defaultdict(float)
        for measured in session.scalars(
            select(PageResultRow.step_ms)
            .join(PageRow, PageRow.id == PageResultRow.page_id)
            .where(among(PageRow.dossier_id, dossiers))
        ):
            for name, milliseconds in measured:
                steps[name] += milliseconds
    return {
        "wall_s": round(wall_s, 3),
        "stages": stages,
        "steps_ms": {name: round(value, 1) for name, value in steps.items()},
    }


def of_nothing(wall_s: float) -> dict[str, Any]:
    """The timings of an import of which nothing is known."""
    stages = {name: _stage([]) for name in (*STAGE_NAMES.values(), "deliver")}
    return {"wall_s": round(wall_s, 3), "stages": stages, "steps_ms": {}}


def _job_stages(session: Session, subjects: dict[str, set[Any]]) -> dict[str, dict[str, float]]:
    stages = {}
    for kind, ids in subjects.items():
        rows = session.execute(
            select(JobRow.started_at, JobRow.finished_at).where(
                JobRow.kind == kind,
                among(JobRow.subject_id, ids),
                JobRow.started_at.is_not(None),
                JobRow.finished_at.is_not(None),
            )
        )
        spans = [(start.timestamp(), end.timestamp()) for start, end in rows if start and end]
        stages[STAGE_NAMES[kind]] = _stage(spans)
    return stages


def _delivery(session: Session, dossiers: set[DossierId]) -> dict[str, float]:
    rows = session.execute(
        select(OutboxRow.queued_at, OutboxRow.closed_at, OutboxRow.sent_at)
        .join(PackageRow, PackageRow.id == OutboxRow.package_id)
        .where(among(PackageRow.dossier_id, dossiers))
    )
    ends = [(queued, closed or sent) for queued, closed, sent in rows]
    return _stage([(start.timestamp(), end.timestamp()) for start, end in ends if end is not None])


def _stage(spans: list[tuple[float, float]]) -> dict[str, float]:
    if not spans:
        return {"jobs": 0, "span_s": 0.0, "sum_s": 0.0}
    first, last = min(start for start, _ in spans), max(end for _, end in spans)
    return {
        "jobs": len(spans),
        "span_s": round(last - first, 3),
        "sum_s": round(sum(end - start for start, end in spans), 3),
    }
