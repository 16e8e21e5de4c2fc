"""What a judge sees where two people keyed different values: both, the machine's reading, the register, the place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.field_kinds import DossierField
from app.domain.ids import DossierId
from app.domain.office_profile import OfficeProfile
from app.domain.states import KeyingState
from app.queries.dossiers import OWN_ROLES, candidates_of
from app.queries.fields import FieldPlace, fields_in
from app.queries.pages import page_numbers
from app.queries.register import count_in, entry_of
from app.queries.rows import RankedCandidate, RegisterEntryRow
from app.storage.database import Database
from app.storage.keying_tables import KeyingRow
from app.storage.tables import DossierRow


@dataclass(frozen=True, slots=True)
class Keyed:
    """A value somebody gave: as typed, as data, whose word, and for a number what the register says of it."""

    printed: str
    value: str
    who: str
    register: RegisterEntryRow | None = None


@dataclass(frozen=True, slots=True)
class Dispute:
    """One field two people keyed differently. machine, register: "" for nothing. place: where the machine read it.

    has_register: the office has one, so that a number it does not know is news.
    """

    field: DossierField
    first: Keyed
    second: Keyed
    machine: str
    register: str
    place: FieldPlace | None
    has_register: bool = False


@dataclass(frozen=True, slots=True)
class Judgement:
    """What is to be judged of a dossier. parties: those who keyed it."""

    dossier_id: DossierId
    name: str
    office: str
    disputes: tuple[Dispute, ...]
    parties: tuple[str, ...]


def judgement_of(reader: Database, dossier_id: DossierId, office: OfficeProfile) -> Judgement | None:
    """All a judge needs of one dossier; None where it waits for no judge."""
    with reader.read() as session:
        keying = session.scalar(
            select(KeyingRow).where(
                KeyingRow.dossier_id == dossier_id, KeyingRow.state == KeyingState.DIFFERS
            )
        )
        if keying is None:
            return None
        dossier = session.get_one(DossierRow, dossier_id)
        parties = tuple(dict.fromkeys((*keying.first_by, keying.second_by or "")))
        disputes = disputes_in(session, keying, dossier, office)
        return Judgement(dossier_id, dossier.name, office.code, disputes, parties)


def disputes_in(
    session: Session, keying: KeyingRow, dossier: DossierRow, office: OfficeProfile
) -> tuple[Dispute, ...]:
    """The fields that differ, inside a transaction that is already open."""
    keyed: Mapping[str, Any] = keying.keyed or {}
    entry = entry_of(session, dossier.application_number or "", office.code)
    rows = {row.field: row for row in fields_in(session, dossier.id, office)}
    found = []
    for name in keying.differing:
        field = DossierField(name)
        first, second = (Keyed(**keyed[name][side]) for side in ("first", "second"))
        if field is DossierField.APPLICATION_NUMBER:
            found.append(_number(session, dossier, office.code, (first, second)))
            continue
        row = rows.get(field)
        read = None if row is None else row.read
        place = None if row is None else row.said.place or (None if read is None else read.place)
        machine = "" if read is None else read.printed
        found.append(Dispute(field, first, second, machine, _register(field, entry), place))
    return tuple(found)


def _number(session: Session, dossier: DossierRow, office: str, keyed: tuple[Keyed, Keyed]) -> Dispute:
    first, second = (
        Keyed(each.printed, each.value, each.who, entry_of(session, each.value, office)) for each in keyed
    )
    pages = page_numbers(session, [dossier.id])
    own = [each for each in candidates_of(dossier.link_facts, pages) if each.role in OWN_ROLES]
    shown = next(
        (each for value in (first.value, second.value) for each in own if each.application_number == value),
        next(iter(own), None),
    )
    # The register is asked for either number; on the line of its own it only says which of them it knows.
    known = " · ".join(each.value for each in (first, second) if each.register is not None)
    machine = own[0].application_number if own else ""
    has_register = count_in(session, office) > 0
    return Dispute(
        DossierField.APPLICATION_NUMBER, first, second, machine, known, _place(shown), has_register
    )


def _place(candidate: RankedCandidate | None) -> FieldPlace | None:
    best = (
        None
        if candidate is None
        else max(candidate.sightings, key=lambda each: each.confidence, default=None)
    )
    return None if best is None else FieldPlace(best.page_id, best.page_number, (best.box,))


def _register(field: DossierField, entry: RegisterEntryRow | None) -> str:
    if entry is None:
        return ""
    if field is DossierField.FILING_DATE:
        return "" if entry.filing_date is None else entry.filing_date.isoformat()
    told = {DossierField.TITLE: entry.title, DossierField.APPLICANT: entry.applicant}
    return told.get(field, "")
