"""The durable job table: what waits, who works on it, how it ended.

One row per kind and subject. Claiming is one UPDATE inside BEGIN IMMEDIATE, so two processes on the same
home never take the same job. A claim raises the row's token; a result that comes back with an older token
is late and is refused.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, or_, select, update
from sqlalchemy.orm import Session

from app.domain.ids import JobId
from app.domain.states import JobState
from app.storage.database import Transaction
from app.storage.tables import JobRow

INTERACTIVE = 10
BATCH = 100

MAX_CRASHES = 3
MAX_ATTEMPTS = 5
# Nothing is put off for longer (see the loop's waiting times). A later moment was written before somebody set the
# clock back, and waiting for it could take years.
LONGEST_WAIT_S = 600.0


@dataclass(frozen=True, slots=True)
class Job:
    """A claimed piece of work."""

    id: JobId
    kind: str
    subject_id: int
    token: int
    attempts: int
    crashes: int


def enqueue(tx: Transaction, kind: str, subject_id: int, *, priority: int = BATCH) -> None:
    """Ask for work on a subject; asking again while it waits changes nothing but the priority.

    A job that is running is marked to run once more by a new token: its result will be refused as late.
    """
    row = tx.session.scalar(select(JobRow).filter_by(kind=kind, subject_id=subject_id))
    if row is None:
        row = JobRow(
            kind=kind,
            subject_id=subject_id,
            state=JobState.QUEUED,
            priority=priority,
            not_before=tx.now,
            created_at=tx.now,
        )
        tx.session.add(row)
        tx.session.flush()
        tx.audit("job", row.id, "queued", to_state=JobState.QUEUED, kind=kind, of=subject_id)
        return
    row.priority = min(row.priority, priority)
    if row.state is not JobState.QUEUED:
        tx.move(row, JobState.QUEUED, "queued_again", kind=kind, of=subject_id)
        row.attempts = row.crashes = 0
        row.owner = row.error = None
        row.token += 1
    row.not_before = tx.now


def enqueue_new(tx: Transaction, kind: str, subject_ids: Sequence[int], *, priority: int = BATCH) -> None:
    """Ask for work on subjects made in this transaction: nobody can have asked before, so many go in at once."""
    rows = [
        JobRow(
            kind=kind,
            subject_id=subject_id,
            state=JobState.QUEUED,
            priority=priority,
            not_before=tx.now,
            created_at=tx.now,
        )
        for subject_id in subject_ids
    ]
    tx.session.add_all(rows)
    tx.session.flush()
    for row in rows:
        tx.audit("job", row.id, "queued", to_state=JobState.QUEUED, kind=kind, of=row.subject_id)


def claim(tx: Transaction, owner: str, kinds: Collection[str]) -> Job | None:
    """Take the most urgent job of these kinds whose time has come, or None."""
    row = tx.session.scalar(
        select(JobRow)
        .where(JobRow.state == JobState.QUEUED, JobRow.kind.in_(kinds), _has_come(tx.now))
        .order_by(JobRow.priority, JobRow.id)
        .limit(1)
    )
    return None if row is None else _take(tx, row, owner)


def claim_one(tx: Transaction, owner: str, job_id: JobId) -> Job | None:
    """Take this very job, or None when it no longer waits."""
    row = tx.session.get(JobRow, job_id)
    return None if row is None or row.state is not JobState.QUEUED else _take(tx, row, owner)


def _take(tx: Transaction, row: JobRow, owner: str) -> Job:
    tx.move(row, JobState.RUNNING, "claimed", owner=owner)
    row.owner = owner
    row.token += 1
    row.attempts += 1
    row.started_at = tx.now
    return Job(JobId(row.id), row.kind, row.subject_id, row.token, row.attempts, row.crashes)


def running(tx: Transaction, job: Job) -> JobRow | None:
    """The row of a job that is still ours, or None when the claim was superseded or cancelled."""
    row = tx.session.get(JobRow, job.id)
    if row is None or row.token != job.token or row.state is not JobState.RUNNING:
        return None
    return row


def finish(tx: Transaction, row: JobRow) -> None:
    """The work is done and applied in this transaction."""
    tx.move(row, JobState.DONE, "done")
    row.finished_at = tx.now
    row.owner = row.error = None
    row.error_facts = {}


def finish_claimed(tx: Transaction, job: Job) -> None:
    """Nothing was left to do for a job claimed in this transaction."""
    row = running(tx, job)
    assert row is not None
    finish(tx, row)


def put_back(tx: Transaction, row: JobRow, code: str, delay_s: float, **facts: Any) -> None:
    """Return a job to the queue, not before delay_s seconds from now."""
    tx.move(row, JobState.QUEUED, "put_back", code=code, **facts)
    row.owner = None
    row.error, row.error_facts = code, dict(facts)
    row.not_before = tx.now + timedelta(seconds=delay_s)


def close(tx: Transaction, row: JobRow, state: JobState, code: str, **facts: Any) -> None:
    """End a job as FAILED, POISONED or CANCELLED, with the reason."""
    tx.move(row, state, state.value, code=code, **facts)
    row.owner = None
    row.error, row.error_facts = code, dict(facts)
    row.finished_at = tx.now


def requeue_of_owners(tx: Transaction, owners: Collection[str]) -> int:
    """Give back what dead owners were working on; returns how many jobs."""
    rows = tx.session.scalars(
        select(JobRow).where(JobRow.state == JobState.RUNNING, JobRow.owner.in_(owners))
    ).all()
    for row in rows:
        put_back(tx, row, "owner_gone", 0.0)
    return len(rows)


def running_owners(tx: Transaction) -> set[str]:
    """Names of all who claim to be working."""
    return {
        owner
        for owner in tx.session.scalars(
            select(JobRow.owner).where(JobRow.state == JobState.RUNNING).distinct()
        )
        if owner is not None
    }


def wake(tx: Transaction, code: str) -> None:
    """Let jobs that wait because of code be tried now."""
    tx.session.execute(
        update(JobRow).where(JobRow.state == JobState.QUEUED, JobRow.error == code).values(not_before=tx.now)
    )


def is_due(session: Session, kinds: Collection[str], now: datetime) -> bool:
    """True when a job of these kinds waits whose time has come."""
    due = (
        select(JobRow.id)
        .where(JobRow.state == JobState.QUEUED, JobRow.kind.in_(kinds), _has_come(now))
        .limit(1)
    )
    return session.scalar(due) is not None


def _has_come(now: datetime) -> ColumnElement[bool]:
    return or_(JobRow.not_before <= now, JobRow.not_before > now + timedelta(seconds=LONGEST_WAIT_S))
