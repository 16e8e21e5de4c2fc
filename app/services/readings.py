"""Earlier readings of pages: kept while a page is read again, and put back when that is taken back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import inspect, select

from app.domain.ids import PageId
from app.domain.states import JobState, PageState
from app.jobs import store
from app.services import flow
from app.storage.database import Transaction
from app.storage.tables import DossierRow, JobRow, PageResultRow, PageRow

DERIVED_ENDINGS = (".words.json.gz", ".view.jpg", ".thumb.jpg")


@dataclass(frozen=True, slots=True)
class ReadingBefore:
    """How a page stood before it was read again: its edits and result as rows hold them, and what was the matter."""

    page_id: PageId
    state: PageState
    edits: Mapping[str, Any]
    result: Mapping[str, Any] | None
    attention: str | None
    attention_facts: Mapping[str, Any]


def kept_reading(tx: Transaction, page: PageRow) -> ReadingBefore | None:
    """What to put back later; None for a page whose reading has not ended."""
    if page.state not in (PageState.READY, PageState.NEEDS_ATTENTION):
        return None
    row = tx.session.get(PageResultRow, page.id)
    columns = inspect(PageResultRow).column_attrs.keys()
    return ReadingBefore(
        page_id=PageId(page.id),
        state=page.state,
        edits=dict(page.edits),
        result=None if row is None else {name: getattr(row, name) for name in columns},
        attention=page.attention,
        attention_facts=dict(page.attention_facts),
    )


def put_back_reading(tx: Transaction, page: PageRow, before: ReadingBefore, derived: Path) -> bool:
    """Give a page the reading it had; a new one on its way is called off.

    derived: directory of the files that belong to a reading. False, and nothing done, where that reading no longer holds: the page was changed since, or its files are gone.
    """
    if dict(page.edits) != before.edits or not _has_files(derived, before.result):
        return False
    flow.reopen(tx, tx.session.get_one(DossierRow, page.dossier_id))
    job = tx.session.scalar(select(JobRow).filter_by(kind=flow.PAGE, subject_id=page.id))
    if job is not None and job.state in (JobState.QUEUED, JobState.RUNNING):
        store.close(tx, job, JobState.CANCELLED, "reading_undone")
    _put_result(tx, page, before.result)
    if page.state is not PageState.PROCESSING:
        tx.move(page, PageState.PROCESSING)
    tx.move(page, before.state, "reading_undone")
    page.attention, page.attention_facts = before.attention, dict(before.attention_facts)
    tx.touch("page", page.id)
    flow.settle(tx, page.dossier_id)
    return True


def _put_result(tx: Transaction, page: PageRow, result: Mapping[str, Any] | None) -> None:
    row = tx.session.get(PageResultRow, page.id)
    if result is None:
        if row is not None:
            tx.session.delete(row)
        return
    row = row or PageResultRow(page_id=page.id)
    for name, value in result.items():
        setattr(row, name, value)
    tx.session.add(row)


def _has_files(derived: Path, result: Mapping[str, Any] | None) -> bool:
    return result is None or all(
        (derived / f"{result['derived_key']}{ending}").is_file() for ending in DERIVED_ENDINGS
    )
