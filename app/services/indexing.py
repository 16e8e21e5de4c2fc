"""Indexing: a person says which number a dossier has, and may take it back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from app.domain.application_number import NotAnApplicationNumber
from app.domain.ids import DossierId
from app.domain.offices import OfficeProfile
from app.domain.second_keying import NO_SECOND_KEYING, SecondKeying
from app.domain.states import DossierState
from app.domain.typed_numbers import parse_typed
from app.errors import Conflict, OperatorError
from app.jobs import store
from app.queries import dossiers as dossier_rows
from app.queries import register
from app.queries.fields import are_awaited
from app.queries.rows import RegisterEntryRow
from app.services import flow, release, second_keying
from app.services.fields import follow_number, leave_number
from app.storage.database import Database, Transaction
from app.storage.tables import BatchRow, DossierRow, LinkRow


@dataclass(frozen=True, slots=True)
class NumberCheck:
    """What can be said of a typed number before it is confirmed.

    canonical: None when it is no application number of the office; code then says why. linked_to: names of
    other dossiers that have this number. register: the entry, or None (code "not_in_register" when a
    register is there). right: what its form says it is a number of.
    """

    canonical: str | None
    code: str | None = None
    facts: dict[str, Any] = field(default_factory=dict)
    register: RegisterEntryRow | None = None
    linked_to: tuple[str, ...] = ()
    right: str = ""


class Indexing:
    """The indexer's acts; each is one transaction."""

    def __init__(
        self,
        database: Database,
        who: str,
        offices: Mapping[str, OfficeProfile],
        keyed_twice: SecondKeying = NO_SECOND_KEYING,
    ) -> None:
        self._database = database
        self._who = who
        self._offices = offices
        self._keyed_twice = keyed_twice

    def check_number(self, text: str, office: str, dossier_id: DossierId | None = None) -> NumberCheck:
        """Say what is known of a number as typed; writes nothing."""
        if not text.strip():
            return NumberCheck(None, "number_empty")
        try:
            number = parse_typed(text, self._offices[office])
        except NotAnApplicationNumber as exc:
            return NumberCheck(None, exc.code, dict(exc.facts))
        entry = register.find(self._database, number.canonical, office)
        has_register = register.count_of(self._database, office) > 0
        return NumberCheck(
            canonical=number.canonical,
            code="not_in_register" if has_register and entry is None else None,
            facts={"number": number.canonical},
            register=entry,
            linked_to=dossier_rows.names_linked_to(self._database, number.canonical, besides=dossier_id),
            right=number.right,
        )

    def confirm(self, dossier_id: DossierId, number_text: str) -> str:
        """Link the dossier to the number typed and send it to review; returns the canonical number.

        Where the office wants it, another person keys it again first. Raises NotAnApplicationNumber,
        WrongTransition when the dossier is not being indexed, or
        Conflict("fields_in_work") while its fields are being read: what needs a look is not known yet.
        """
        with self._database.write(self._who) as tx:
            dossier = tx.session.get_one(DossierRow, dossier_id)
            profile = office_of(tx, dossier, self._offices)
            link = bind(tx, dossier, number_text, profile)
            second_keying.ask(tx, link, self._keyed_twice, profile)
            return link.application_number

    def withdraw(self, dossier_id: DossierId) -> None:
        """Undo the last confirmation while the dossier is still up for review."""
        with self._database.write(self._who) as tx:
            dossier = tx.session.get_one(DossierRow, dossier_id)
            tx.move(dossier, DossierState.TO_INDEX, "withdrawn")
            release.unlink(tx, dossier)
            leave_number(tx, dossier, office_of(tx, dossier, self._offices))
            if are_awaited(
                tx.session, dossier.id
            ):  # what is being read was compared with the number withdrawn
                store.enqueue(tx, flow.FIELDS, dossier.id, priority=flow.PRIORITY[flow.FIELDS])
            dossier.updated_at = tx.now

    def hold(self, dossier_id: DossierId, on: bool = True) -> None:
        """Put a dossier aside, or take it up again; it stays where it is."""
        with self._database.write(self._who) as tx:
            dossier = _being_indexed(tx, dossier_id)
            dossier.on_hold = on
            tx.audit("dossier", dossier.id, "held" if on else "taken_up")

    def report_problem(self, dossier_id: DossierId, reason: str) -> None:
        """Put a dossier aside with the reason someone must look into."""
        with self._database.write(self._who) as tx:
            dossier = _being_indexed(tx, dossier_id)
            dossier.on_hold = True
            dossier.return_reason = reason
            tx.audit("dossier", dossier.id, "problem_reported", reason=reason)


def bind(
    tx: Transaction, dossier: DossierRow, number_text: str, office: OfficeProfile, **told: object
) -> LinkRow:
    """Let a person bind a dossier to a number, in the open transaction. told: what more the proof shall say.

    Raises as Indexing.confirm does.
    """
    number = parse_typed(number_text, office)
    if are_awaited(tx.session, dossier.id):
        raise Conflict("fields_in_work", dossier=dossier.name)
    if dossier.state in (DossierState.RETURNED, DossierState.REFUSED_BY_OFFICE):
        tx.move(dossier, DossierState.TO_INDEX, "taken_up_again")
    proof = {
        "typed": number_text,
        "in_register": register.entry_of(tx.session, number.canonical, office.code) is not None,
        "linked_elsewhere": list(release.linked_elsewhere(tx, dossier, number.canonical)),
        "machine_said": dossier.link.value,
        **told,
    }
    link = release.link(tx, dossier, number.canonical, number.format_id, tx.who, proof)
    follow_number(tx, dossier.id, number.right)
    return link


def office_of(tx: Transaction, dossier: DossierRow, offices: Mapping[str, OfficeProfile]) -> OfficeProfile:
    """The profile of the office a dossier is of."""
    return offices[tx.session.get_one(BatchRow, dossier.batch_id).office]


def _being_indexed(tx: Transaction, dossier_id: DossierId) -> DossierRow:
    dossier = tx.session.get_one(DossierRow, dossier_id)
    if dossier.state not in (
        DossierState.TO_INDEX,
        DossierState.RETURNED,
        DossierState.REFUSED_BY_OFFICE,
    ):
        raise OperatorError("dossier_not_being_indexed", dossier=dossier.name, state=dossier.state.value)
    return dossier
