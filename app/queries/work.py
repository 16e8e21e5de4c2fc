"""What runs in the background, and what waits for people."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Protocol, TypeVar

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from app.domain.states import DossierState, JobState, PageState, UploadState
from app.paths import HomePaths
from app.queries.keyings import waiting_dossiers
from app.queries.rows import WaitingCounts, WorkStatus
from app.storage.database import Database
from app.storage.masters import MasterStore
from app.storage.tables import DossierRow, JobRow, OutboxRow, PageResultRow, PageRow

# Long enough that one slow page does not make the figure jump, short enough to follow a change of pace.
PACE_WINDOW = timedelta(minutes=2)


Key = TypeVar("Key")


class Working(Protocol):
    """What status needs of the program."""

    @property
    def database(self) -> Database:
        """Where the work is written."""

    @property
    def paths(self) -> HomePaths:
        """Where the files lie."""

    @property
    def held(self) -> str | None:
        """Why nothing is started, or None."""


def status(context: Working) -> WorkStatus:
    """The state of all background work."""
    with context.database.read() as session:
        waiting = _jobs(session, JobState.QUEUED)
        running = _jobs(session, JobState.RUNNING)
        pages = _pages_in_work(session)
        return WorkStatus(
            files_waiting=waiting.get("intake", 0) + running.get("intake", 0),
            pages_waiting=waiting.get("page", 0),
            pages_running=running.get("page", 0),
            pages_done=pages.get(PageState.READY, 0) + pages.get(PageState.NEEDS_ATTENTION, 0),
            pages_total=sum(pages.values()),
            packages_waiting=sum(
                found.get(kind, 0) for found in (waiting, running) for kind in ("separate", "link", "package")
            ),
            uploads_waiting=_count(
                session, OutboxRow.state.in_((UploadState.QUEUED, UploadState.SENDING)), OutboxRow
            ),
            # A refused file is no failed work: the ledger shows it.
            failed=_count(
                session,
                JobRow.state.in_((JobState.FAILED, JobState.POISONED)) & (JobRow.kind != "intake"),
                JobRow,
            ),
            pages_per_minute=_pace(session, context.database),
            free_bytes=MasterStore(context.paths.masters).free_bytes(),
            held=context.held,
            pages_safe=session.scalar(select(func.count()).select_from(PageRow)) or 0,
        )


def waiting(reader: Database) -> WaitingCounts:
    """How much waits where."""
    with reader.read() as session:
        by_state = count_by(session, select(DossierRow.state, func.count()).group_by(DossierRow.state))
        keyed_again = _keyed_again(session)
        return WaitingCounts(
            processing=by_state.get(DossierState.OPEN, 0) + by_state.get(DossierState.PROCESSING, 0),
            to_index=sum(
                by_state.get(state, 0)
                for state in (DossierState.TO_INDEX, DossierState.RETURNED, DossierState.REFUSED_BY_OFFICE)
            )
            + keyed_again,
            to_review=by_state.get(DossierState.TO_REVIEW, 0) - keyed_again,
            uploads_open=_count(
                session,
                OutboxRow.state.in_((UploadState.QUEUED, UploadState.SENDING, UploadState.SENT)),
                OutboxRow,
            ),
            uploads_refused=by_state.get(DossierState.REFUSED_BY_OFFICE, 0),
        )


def _keyed_again(session: Session) -> int:
    """Dossiers up for review that somebody must key again or judge before: that is work of Indexing."""
    return _count(
        session,
        (DossierRow.state == DossierState.TO_REVIEW) & DossierRow.id.in_(waiting_dossiers()),
        DossierRow,
    )


def count_by(session: Session, statement: Select[Key, int]) -> dict[Key, int]:
    """Rows of (key, count) as a dictionary."""
    return {key: count for key, count in session.execute(statement)}


def _pages_in_work(session: Session) -> dict[PageState, int]:
    """Pages by state, in those batches where at least one page is not done."""
    busy = (
        select(DossierRow.batch_id)
        .join(PageRow, PageRow.dossier_id == DossierRow.id)
        .where(PageRow.state.in_((PageState.CAPTURED, PageState.PROCESSING)))
    )
    return count_by(
        session,
        select(PageRow.state, func.count())
        .join(DossierRow, DossierRow.id == PageRow.dossier_id)
        .where(DossierRow.batch_id.in_(busy))
        .group_by(PageRow.state),
    )


def _jobs(session: Session, state: JobState) -> dict[str, int]:
    return count_by(
        session, select(JobRow.kind, func.count()).where(JobRow.state == state).group_by(JobRow.kind)
    )


def _count(session: Session, condition: ColumnElement[bool], table: Any) -> int:
    return session.scalar(select(func.count()).select_from(table).where(condition)) or 0


def _pace(session: Session, database: Database) -> float | None:
    """Pages a minute over the last two minutes; None while nothing was done."""
    now = database.clock()
    count, first, last = session.execute(
        select(func.count(), func.min(PageResultRow.finished_at), func.max(PageResultRow.finished_at)).where(
            PageResultRow.finished_at > now - PACE_WINDOW
        )
    ).one()
    if count < 2 or last <= first:
        return None
    return float((count - 1) / ((last - first).total_seconds() / 60.0))
