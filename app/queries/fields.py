"""The fields of a dossier as a screen shows them: value in force, what was read, what is left to do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.field_kinds import KIND_OF, DossierField, FieldKind, FieldRule, FieldSource, FieldState
from app.domain.ids import DossierId, PageId
from app.domain.office_profile import OfficeProfile
from app.domain.states import JobState
from app.queries.pages import page_numbers
from app.storage.database import Database
from app.storage.field_tables import FieldValueRow
from app.storage.tables import BatchRow, DossierRow, JobRow, PageRow
from ocr.types import Box

MOST_KNOWN = 300
FIELDS = "fields"
"""The kind of job that reads them."""
OWNER_GONE = "owner_gone"
"""Put back because the program ended in the middle: nothing is wrong with the job."""


@dataclass(frozen=True, slots=True)
class FieldPlace:
    """Where a value stands. page_number: as in lists of its pages. boxes: px in page space, one a row."""

    page_id: PageId
    page_number: int
    boxes: tuple[Box, ...]


@dataclass(frozen=True, slots=True)
class FieldValue:
    """A value: as printed or typed, as data, and how sure each character is (0..1; empty: nobody measured)."""

    printed: str
    value: str
    state: FieldState
    place: FieldPlace | None
    certainty: tuple[float, ...]
    doubts: tuple[str, ...]
    others: tuple[date, ...]
    code: str = ""
    agreeing: int = 1


@dataclass(frozen=True, slots=True)
class DossierFieldRow:
    """One field of a dossier. said: the value in force; read: what the machine reads now, None for nothing."""

    field: DossierField
    kind: FieldKind
    rule: FieldRule
    said: FieldValue
    source: FieldSource
    who: str
    at: datetime | None
    read: FieldValue | None

    @property
    def is_empty(self) -> bool:
        """Nothing stands in it."""
        return not self.said.printed

    @property
    def is_settled(self) -> bool:
        """A person has said so, or a machine was sure enough for what the office asks."""
        return self.said.state is FieldState.ACCEPTED

    @property
    def needs_work(self) -> bool:
        """A person has to look: something to check or wrong, or nothing where something must be said."""
        if self.said.state is FieldState.ACCEPTED:
            return False
        return not self.is_empty or self.rule.is_required or self.rule.is_always


NOTHING = FieldValue("", "", FieldState.TO_CHECK, None, (), (), ())


def fields_of(reader: Database, dossier_id: DossierId, office: OfficeProfile) -> tuple[DossierFieldRow, ...]:
    """List the fields an office asks for, in the order of work, without the application number."""
    with reader.read() as session:
        return fields_in(session, dossier_id, office)


def fields_in(session: Session, dossier_id: int, office: OfficeProfile) -> tuple[DossierFieldRow, ...]:
    """The same inside a transaction that is already open."""
    stored = {
        row.field: row for row in session.scalars(select(FieldValueRow).filter_by(dossier_id=dossier_id))
    }
    numbers = _numbers(session, dossier_id) if stored else {}
    return tuple(
        _row(rule, stored.get(rule.field.value), numbers)
        for rule in office.field_rules
        if rule.field is not DossierField.APPLICATION_NUMBER
    )


def fields_awaited(reader: Database, dossier_id: DossierId) -> bool:
    """True while a dossier's fields are about to be read: what stands there now says nothing of what needs a look."""
    with reader.read() as session:
        return are_awaited(session, dossier_id)


def are_awaited(session: Session, dossier_id: int) -> bool:
    """The same inside a transaction; reading that failed, or waits after it failed, holds nobody up."""
    waits = (JobRow.state == JobState.QUEUED) & (JobRow.error.is_(None) | (JobRow.error == OWNER_GONE))
    job = select(JobRow.id).where(
        JobRow.kind == FIELDS,
        JobRow.subject_id == dossier_id,
        waits | (JobRow.state == JobState.RUNNING),
    )
    return session.scalar(job.limit(1)) is not None


def known_values(reader: Database, field: DossierField, office: str) -> tuple[str, ...]:
    """Values people of this office gave a field lately, the most used first, to be chosen by typing."""
    with reader.read() as session:
        rows = session.execute(
            select(FieldValueRow.printed, func.count())
            .join(DossierRow, DossierRow.id == FieldValueRow.dossier_id)
            .join(BatchRow, BatchRow.id == DossierRow.batch_id)
            .where(
                FieldValueRow.field == field.value,
                FieldValueRow.source == FieldSource.PERSON.value,
                FieldValueRow.state == FieldState.ACCEPTED.value,
                FieldValueRow.printed != "",
                BatchRow.office == office,
            )
            .group_by(FieldValueRow.printed)
            .order_by(func.count().desc(), func.max(FieldValueRow.at).desc())
            .limit(MOST_KNOWN)
        )
        return tuple(printed for printed, _count in rows)


def _numbers(session: Session, dossier_id: int) -> Mapping[int, int]:
    """Numbers of the pages a value may stand on: those that count."""
    counting = select(PageRow.id).where(PageRow.dossier_id == dossier_id, PageRow.exclusion.is_(None))
    numbers = page_numbers(session, [dossier_id])
    return {page_id: numbers[page_id] for page_id in session.scalars(counting)}


def _row(rule: FieldRule, row: FieldValueRow | None, numbers: Mapping[int, int]) -> DossierFieldRow:
    kind = KIND_OF[rule.field]
    if row is None:
        return DossierFieldRow(rule.field, kind, rule, NOTHING, FieldSource.MACHINE, "", None, None)
    columns = ("printed", "value", "state", "page_id", "boxes", "certainty", "doubts", "others")
    said = {name: getattr(row, name) for name in columns}
    read = row.read
    if read is not None and row.source == FieldSource.MACHINE:
        said |= {"code": read.get("code", ""), "agreeing": read.get("agreeing", 1)}
    return DossierFieldRow(
        field=rule.field,
        kind=kind,
        rule=rule,
        said=_value(said, numbers),
        source=FieldSource(row.source),
        who=row.who,
        at=row.at,
        read=None if read is None else _value(read, numbers),
    )


def _value(told: Mapping[str, Any], numbers: Mapping[int, int]) -> FieldValue:
    number = numbers.get(told["page_id"] or 0)
    place = None
    if number is not None and told["boxes"]:
        place = FieldPlace(PageId(told["page_id"]), number, tuple(Box(**box) for box in told["boxes"]))
    return FieldValue(
        printed=told["printed"],
        value=told["value"],
        state=FieldState(told["state"]),
        place=place,
        certainty=tuple(told["certainty"]),
        doubts=tuple(told["doubts"]),
        others=tuple(date.fromisoformat(day) for day in told["others"]),
        code=told.get("code", ""),
        agreeing=told.get("agreeing", 1),
    )
