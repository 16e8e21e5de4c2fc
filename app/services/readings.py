"""Earlier readings of pages: kept while a page is read again, and put back when that is taken back."""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import inspect, select

from app.domain.ids import PageId
from app.domain.states import JobState, PageState
from app.jobs import store
from app.services import flow
from app.storage import values
from app.storage.database import Transaction
from app.storage.tables import BatchRow, DossierRow, JobRow, PageResultRow, PageRow
from ocr.engines.names import ENGINES
from ocr.patience import read_bytes
from ocr.recipe import RECIPE

DERIVED_ENDINGS = (".words.json.gz", ".view.jpg", ".thumb.jpg")
TELLING_ENDINGS = (".words.json.gz", ".thumb.jpg")
"""Small files that differ where a page was read or levelled otherwise."""


@dataclass(frozen=True, slots=True)
class KeptResult:
    """A result as its row holds it, in a tenth of the memory. packed: compressed JSON of all columns but the time."""

    derived_key: str
    packed: bytes
    finished_at: datetime

    @classmethod
    def of(cls, row: PageResultRow) -> KeptResult:
        """Pack what a row holds."""
        names = set(inspect(PageResultRow).column_attrs.keys()) - {"finished_at"}
        told = json.dumps({name: getattr(row, name) for name in names}, ensure_ascii=False)
        return cls(row.derived_key, zlib.compress(told.encode("utf-8", "surrogatepass")), row.finished_at)

    def columns(self) -> Mapping[str, Any]:
        """All columns as they were."""
        told = json.loads(zlib.decompress(self.packed).decode("utf-8", "surrogatepass"))
        return {**told, "finished_at": self.finished_at}


@dataclass(frozen=True, slots=True)
class ReadingBefore:
    """How a page stood before it was read again: its edits and result as rows hold them, and what was the matter.

    result: packed by KeptResult.of: thousands of them may be kept for long, and their text is most of it.
    files: hash of its files then. Reading again by the same recipe gives files of the same names, and may give other
    words where time ran out; such files must not come to an earlier result. "" where there were none.
    """

    page_id: PageId
    state: PageState
    edits: Mapping[str, Any]
    result: KeptResult | None
    attention: str | None
    attention_facts: Mapping[str, Any]
    files: str = ""


def kept_reading(tx: Transaction, page: PageRow, derived: Path) -> ReadingBefore | None:
    """What to put back later; None for a page whose reading has not ended.

    derived: directory of the files that belong to a reading.
    """
    if page.state not in (PageState.READY, PageState.NEEDS_ATTENTION):
        return None
    row = tx.session.get(PageResultRow, page.id)
    return ReadingBefore(
        page_id=PageId(page.id),
        state=page.state,
        edits=dict(page.edits),
        result=None if row is None else KeptResult.of(row),
        attention=page.attention,
        attention_facts=dict(page.attention_facts),
        files="" if row is None else _files_hash(derived, row.derived_key),
    )


def put_back_reading(tx: Transaction, page: PageRow, before: ReadingBefore, derived: Path) -> bool:
    """Give a page the reading it had; a new one on its way is called off.

    derived: directory of the files that belong to a reading. False, and nothing done, where that reading no longer
    holds: the page was changed since, or its files are gone or others. A reading that is being made under the same
    name is left to its end and stands then: its worker may still write these files, whoever calls it off.
    """
    if dict(page.edits) != before.edits or not _has_files(derived, before):
        return False
    dossier = tx.session.get_one(DossierRow, page.dossier_id)
    job = tx.session.scalar(select(JobRow).filter_by(kind=flow.PAGE, subject_id=page.id))
    if job is not None and job.state is JobState.RUNNING and _is_of_now(tx, page, dossier, before):
        return True
    flow.reopen(tx, dossier)
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


def _put_result(tx: Transaction, page: PageRow, result: KeptResult | None) -> None:
    row = tx.session.get(PageResultRow, page.id)
    if result is None:
        if row is not None:
            tx.session.delete(row)
        return
    row = row or PageResultRow(page_id=page.id)
    for name, value in result.columns().items():
        setattr(row, name, value)
    tx.session.add(row)


def _has_files(derived: Path, before: ReadingBefore) -> bool:
    if before.result is None:
        return True
    key = before.result.derived_key
    is_whole = all((derived / f"{key}{ending}").is_file() for ending in DERIVED_ENDINGS)
    return is_whole and before.files != "" and _files_hash(derived, key) == before.files


def _files_hash(derived: Path, key: str) -> str:
    told = hashlib.sha256()
    try:
        for ending in TELLING_ENDINGS:
            told.update(hashlib.sha256(read_bytes(derived / f"{key}{ending}")).digest())
    except OSError:
        return ""
    return told.hexdigest()


def _is_of_now(tx: Transaction, page: PageRow, dossier: DossierRow, before: ReadingBefore) -> bool:
    """Tell whether reading the page now gives files of the same names as the reading before."""
    if before.result is None:
        return False
    edits = values.for_engine(values.load_edits(page.edits))
    languages = edits.languages or tuple(tx.session.get_one(BatchRow, dossier.batch_id).languages)
    return before.result.derived_key in {
        values.derived_key(page.master_sha256, page.frame, edits, languages, f"{RECIPE}:{engine}")
        for engine in ENGINES
    }
