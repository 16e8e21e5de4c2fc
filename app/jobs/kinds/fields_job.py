"""Reading the fields of a dossier from its pages' words, once they are all done."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.dossier_fields import (
    MOST_PAGES,
    DossierFacts,
    FieldPage,
    FieldReading,
    may_have_fields,
    read_dossier_fields,
    type_of_number,
)
from app.domain.field_kinds import DossierField
from app.domain.offices import OfficeProfile
from app.jobs.store import Job
from app.queries.register import entry_of
from app.services import by_policy, flow, second_keying
from app.services.deciding import Rule
from app.services.fields import keep_readings, number_of
from app.storage.database import Database, Transaction
from app.storage.tables import BatchRow, DossierRow, PageResultRow, PageRow
from ocr.errors import OperatorError
from ocr.words_file import read_words


@dataclass(frozen=True, slots=True)
class FieldsTask:
    """Which dossier, under which office."""

    dossier_id: int
    office: str


@dataclass(frozen=True, slots=True)
class FieldsResult:
    """What was read, and what the register says of the same fields."""

    readings: Mapping[DossierField, FieldReading]
    register: Mapping[DossierField, str]


class FieldsKind:
    """Subject: a dossier. Runs in the job loop's thread: 10 to 100 ms, as few pages bear codes (measured)."""

    name = flow.FIELDS
    in_worker = False
    timeout_s = 60.0

    def __init__(
        self,
        database: Database,
        offices: Mapping[str, OfficeProfile],
        derived_dir: Path,
        today: Callable[[], date] = date.today,
    ) -> None:
        self._database = database
        self._offices = offices
        self._rule = Rule(offices, today)
        self._derived_dir = derived_dir

    def prepare(self, tx: Transaction, job: Job) -> FieldsTask | None:
        """Any dossier whose pages are done; while some are made again, linking asks for fields once more."""
        dossier = tx.session.get_one(DossierRow, job.subject_id)
        if flow.in_work(tx, dossier.id):
            return None
        return FieldsTask(dossier.id, tx.session.get_one(BatchRow, dossier.batch_id).office)

    def run(self, task: FieldsTask) -> FieldsResult:
        """Read the pages that bear codes, in one read transaction for what the database knows of them."""
        with self._database.read() as session:
            facts = _facts(session, task, self._offices[task.office])
            places = _places(session, task.dossier_id)
        pages = []
        for page_id, number, key in places:
            try:
                words, _ = read_words(self._derived_dir / f"{key}.words.json.gz")
            except OperatorError:  # the check of the home tells of damaged files, and reads the page again
                continue
            pages.append(FieldPage(page_id, number, words))
        readings = read_dossier_fields(pages, self._offices, task.office, facts)
        return FieldsResult(readings, facts.register)

    def apply(self, tx: Transaction, job: Job, result: FieldsResult) -> None:
        """Keep what was read beside what people said, and let go what policy has linked.

        The type is that of the number the dossier has by now.
        """
        dossier = tx.session.get_one(DossierRow, job.subject_id)
        if flow.in_work(tx, dossier.id):
            return
        office = self._offices[tx.session.get_one(BatchRow, dossier.batch_id).office]
        readings = dict(result.readings)
        readings.pop(DossierField.TYPE, None)
        _, right, sure = number_of(dossier, office)
        if right:
            readings[DossierField.TYPE] = type_of_number(right, sure)
        keep_readings(tx, dossier.id, readings, office, result.register)
        second_keying.look_again(tx, dossier)
        by_policy.let_go(tx, dossier, self._rule)

    def give_up(self, tx: Transaction, job: Job, code: str, facts: Mapping[str, Any]) -> None:
        """Fields stay as they are: a person types what is missing."""
        dossier = tx.session.get_one(DossierRow, job.subject_id)
        second_keying.look_again(tx, dossier)
        by_policy.keep_back(tx, dossier)


def _facts(session: Session, task: FieldsTask, office: OfficeProfile) -> DossierFacts:
    dossier = session.get_one(DossierRow, task.dossier_id)
    number, right, sure = number_of(dossier, office)
    register: dict[DossierField, str] = {}
    entry = entry_of(session, number, task.office) if number else None
    if entry is not None:
        register = {DossierField.TITLE: entry.title, DossierField.APPLICANT: entry.applicant}
        if entry.filing_date is not None:
            register[DossierField.FILING_DATE] = entry.filing_date.isoformat()
    return DossierFacts(number, right, sure, {field: text for field, text in register.items() if text})


def _places(session: Session, dossier_id: int) -> list[tuple[int, int, str]]:
    """Pages that may bear fields: id, number in the dossier and the name of their files."""
    rows = session.execute(
        select(PageRow.id, PageResultRow.derived_key, PageResultRow.text)
        .outerjoin(PageResultRow, PageResultRow.page_id == PageRow.id)
        .where(PageRow.dossier_id == dossier_id, PageRow.exclusion.is_(None))
        .order_by(PageRow.ordinal, PageRow.id)
    )
    found = [
        (page_id, number, key)
        for number, (page_id, key, text) in enumerate(rows, start=1)
        if key is not None and may_have_fields(text)
    ]
    return found[:MOST_PAGES]
