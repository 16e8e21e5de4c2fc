"""How far an import is: what the command line waits for."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import func, or_, select

from app.domain.ids import DossierId, ImportItemId
from app.domain.states import DossierState, ImportState, JobState, PageState, UploadState
from app.queries.stacks import with_fellows
from app.queries.work import count_by
from app.storage.among import among
from app.storage.database import Database
from app.storage.tables import DossierRow, ImportItemRow, JobRow, OutboxRow, PackageRow, PageRow


@dataclass(frozen=True, slots=True)
class Progress:
    """Counts of an import. moving: something is left that goes on by itself.

    awaiting_receipt: packages an office has and has not answered. stuck: packages that cannot be sent now.
    """

    files: int
    files_done: int
    pages: int
    pages_done: int
    dossiers: int
    dossiers_out: int
    moving: bool
    awaiting_receipt: int
    stuck: int


def of_import(
    reader: Database, dossier_ids: Collection[DossierId], item_ids: Collection[ImportItemId]
) -> Progress:
    """Count what an import has done; of a stack all dossiers count that it was divided into."""
    dossiers = set(with_fellows(reader, dossier_ids))
    with reader.read() as session:
        wanted = set(item_ids)
        # Only what still waits is fetched, and only from the range where this import's items lie.
        around = ImportItemRow.id.between(min(wanted, default=0), max(wanted, default=0))
        offered = session.scalars(
            select(ImportItemRow.id).where(around, ImportItemRow.state == ImportState.OFFERED)
        )
        waiting_files = len(wanted.intersection(offered))
        pages = count_by(
            session,
            select(PageRow.state, func.count())
            .where(among(PageRow.dossier_id, dossiers))
            .group_by(PageRow.state),
        )
        states = session.scalars(select(DossierRow.state).where(among(DossierRow.id, dossiers))).all()
        stacks = select(DossierRow.stack_id).where(among(DossierRow.id, dossiers))
        linking = session.scalar(
            select(func.count()).where(
                or_(
                    JobRow.kind.in_(("link", "fields", "package")) & among(JobRow.subject_id, dossiers),
                    (JobRow.kind == "separate") & JobRow.subject_id.in_(stacks),
                ),
                JobRow.state.in_((JobState.QUEUED, JobState.RUNNING)),
            )
        )
        uploads = session.execute(
            select(OutboxRow.state, OutboxRow.not_before, OutboxRow.error)
            .join(PackageRow, PackageRow.id == OutboxRow.package_id)
            .where(among(PackageRow.dossier_id, dossiers))
        ).all()
    done = pages.get(PageState.READY, 0) + pages.get(PageState.NEEDS_ATTENTION, 0)
    open_uploads = [row for row in uploads if row.state in (UploadState.QUEUED, UploadState.SENDING)]
    stuck = [row for row in open_uploads if row.error is not None and row.state is UploadState.QUEUED]
    return Progress(
        files=len(wanted),
        files_done=len(wanted) - waiting_files,
        pages=sum(pages.values()),
        pages_done=done,
        dossiers=len(states),
        dossiers_out=list(states).count(DossierState.UPLOADED),
        moving=bool(
            waiting_files
            or done < sum(pages.values())
            or linking
            or len(open_uploads) > len(stuck)
            or DossierState.APPROVED in states
        ),
        awaiting_receipt=sum(row.state is UploadState.SENT for row in uploads),
        stuck=len(stuck),
    )
