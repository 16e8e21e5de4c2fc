"""Second keyings that wait: for whom, and what a second person is told of one, which is nothing the first one said."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, bindparam, func, select
from sqlalchemy import text as sql
from sqlalchemy.orm import Session

from app.domain.field_kinds import DossierField
from app.domain.ids import DossierId
from app.domain.second_keying import is_among
from app.domain.states import OPEN_KEYINGS, DossierState, KeyingState
from app.queries.rows import QueueEntry
from app.storage.database import Database
from app.storage.keying_tables import KeyingRow
from app.storage.tables import PEOPLES_ACTS, AuditRow, BatchRow, DossierRow

REASONS: Mapping[KeyingState, str] = {
    KeyingState.AWAITED: "second_keying_awaited",
    KeyingState.DIFFERS: "keying_differs",
}
"""Why a dossier does not leave, by the state of its second keying."""


@dataclass(frozen=True, slots=True)
class KeyingPlaces:
    """Dossiers a person may key again, and those they may judge; for_others: how many wait for somebody else."""

    second: tuple[QueueEntry, ...]
    judge: tuple[QueueEntry, ...]
    for_others: int = 0

    @property
    def count(self) -> int:
        """How many wait for this person."""
        return len(self.second) + len(self.judge)


@dataclass(frozen=True, slots=True)
class KeyingTask:
    """What a second person keys of a dossier."""

    dossier_id: DossierId
    name: str
    office: str
    fields: tuple[DossierField, ...]


NO_KEYINGS = KeyingPlaces((), ())


def is_open() -> ColumnElement[bool]:
    """The condition on a row of keyings that its dossier waits for somebody."""
    return KeyingRow.state.in_(OPEN_KEYINGS)


def waiting_dossiers() -> Select[int]:
    """Ids of the dossiers that wait for a second keying or for a judge."""
    return select(KeyingRow.dossier_id).where(is_open())


def places_for(reader: Database, who: str) -> KeyingPlaces:
    """What waits for a person, in the order of dossiers: nobody keys again, or judges, what they have said themselves."""
    second, judge, others = [], [], 0
    statement = (
        select(KeyingRow.state, KeyingRow.first_by, KeyingRow.second_by, DossierRow.id, DossierRow.on_hold)
        .join(DossierRow, DossierRow.id == KeyingRow.dossier_id)
        .where(is_open(), DossierRow.state == DossierState.TO_REVIEW)
        .order_by(DossierRow.batch_id, DossierRow.ordinal, DossierRow.id)
    )
    with reader.read() as session:
        rows = session.execute(statement).all()
        # All confirmations of the home are asked for only where somebody might have to judge between himself and another.
        is_party = any(
            state is KeyingState.DIFFERS and is_among(who, [*first_by, second_by or ""])
            for state, first_by, second_by, _id, _hold in rows
        )
        people = people_in(session) if is_party else frozenset()
        for state, first_by, second_by, dossier_id, on_hold in rows:
            place = QueueEntry(DossierId(dossier_id), on_hold, DossierState.TO_REVIEW)
            parties = [*first_by, second_by or ""]
            if state is KeyingState.AWAITED and not is_among(who, first_by):
                second.append(place)
            elif state is KeyingState.DIFFERS and may_judge(who, parties, people):
                judge.append(place)
            else:
                others += 1
    return KeyingPlaces(tuple(second), tuple(judge), others)


def may_judge(who: str, parties: Collection[str], people: Collection[str]) -> bool:
    """Tell whether a person may judge between others; one of them may where nobody else of these people is there."""
    return not is_among(who, parties) or all(is_among(each, parties) for each in people)


def people_in(session: Session) -> frozenset[str]:
    """Everybody who ever confirmed, reviewed, keyed again or judged a dossier, or said that he works here."""
    people, last = set(), ""
    # From name to name along the index: all names of a hundred thousand acts at once take a tenth of a second.
    following = select(func.min(AuditRow.who)).where(sql(PEOPLES_ACTS), AuditRow.who > bindparam("last"))
    while (who := session.scalar(following, {"last": last})) is not None:
        last = who
        if not who.startswith("policy:"):
            people.add(who)
    return frozenset(people)


def keying_state(reader: Database, dossier_id: DossierId) -> KeyingState | None:
    """What a dossier waits for, None where it waits for no keying."""
    with reader.read() as session:
        return session.scalar(
            select(KeyingRow.state).where(KeyingRow.dossier_id == dossier_id, is_open()).limit(1)
        )


def task_of(reader: Database, dossier_id: DossierId) -> KeyingTask | None:
    """What is to be keyed again; None where that is done or called off. Tells no value."""
    statement = (
        select(KeyingRow.fields, DossierRow.name, BatchRow.office)
        .join(DossierRow, DossierRow.id == KeyingRow.dossier_id)
        .join(BatchRow, BatchRow.id == DossierRow.batch_id)
        .where(KeyingRow.dossier_id == dossier_id, KeyingRow.state == KeyingState.AWAITED)
    )
    with reader.read() as session:
        found = session.execute(statement).first()
    if found is None:
        return None
    fields, name, office = found
    return KeyingTask(dossier_id, name, office, tuple(DossierField(each) for each in fields))
