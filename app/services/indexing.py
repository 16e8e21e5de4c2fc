"""Indexing: a person says which number a dossier has, and may take it back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from app.domain.application_number import ApplicationNumber, NotAnApplicationNumber
from app.domain.ids import DossierId
from app.domain.offices import OfficeProfile
from app.domain.states import DossierState
from app.errors import OperatorError
from app.queries import dossiers as dossier_rows
from app.queries import register
from app.queries.rows import RegisterEntryRow
from app.services import release
from app.services.fields import follow_number
from app.storage.database import Database, Transaction
from app.storage.tables import BatchRow, DossierRow


@dataclass(frozen=True, slots=True)
class NumberCheck:
    """What can be said of a typed number before it is confirmed.

    canonical: None when it is no application number of the office; code then says why. linked_to: names of
    other dossiers that have this number. register: the entry, or None (code "not_in_register" when a
    register is there).
    """

    canonical: str | None
    code: str | None = None
    facts: dict[str, Any] = field(default_factory=dict)
    register: RegisterEntryRow | None = None
    linked_to: tuple[str, ...] = ()


class Indexing:
    """The indexer's acts; each is one transaction."""

    def __init__(self, database: Database, who: str, offices: Mapping[str, OfficeProfile]) -> None:
        self._database = database
        self._who = who
        self._offices = offices

    def check_number(self, text: str, office: str, dossier_id: DossierId | None = None) -> NumberCheck:
        """Say what is known of a number as typed; writes nothing."""
        if not text.strip():
            return NumberCheck(None, "number_empty")
        try:
            number = ApplicationNumber.parse(text, self._offices[office])
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
        )

    def confirm(self, dossier_id: DossierId, number_text: str) -> str:
        """Link the dossier to the number typed and send it to review; returns the canonical number.

        Raises NotAnApplicationNumber, or WrongTransition when the dossier is not being indexed.
        """
        with self._database.write(self._who) as tx:
            dossier = tx.session.get_one(DossierRow, dossier_id)
            batch = tx.session.get_one(BatchRow, dossier.batch_id)
            number = ApplicationNumber.parse(number_text, self._offices[batch.office])
            if dossier.state in (DossierState.RETURNED, DossierState.REFUSED_BY_OFFICE):
                tx.move(dossier, DossierState.TO_INDEX, "taken_up_again")
            proof = {
                "typed": number_text,
                "in_register": register.entry_of(tx.session, number.canonical, batch.office) is not None,
                "linked_elsewhere": list(release.linked_elsewhere(tx, dossier, number.canonical)),
                "machine_said": dossier.link.value,
            }
            release.link(tx, dossier, number.canonical, number.format_id, self._who, proof)
            follow_number(tx, dossier.id, number.right)
            return number.canonical

    def withdraw(self, dossier_id: DossierId) -> None:
        """Undo the last confirmation while the dossier is still up for review."""
        with self._database.write(self._who) as tx:
            dossier = tx.session.get_one(DossierRow, dossier_id)
            tx.move(dossier, DossierState.TO_INDEX, "withdrawn")
            release.unlink(tx, dossier)
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


def _being_indexed(tx: Transaction, dossier_id: DossierId) -> DossierRow:
    dossier = tx.session.get_one(DossierRow, dossier_id)
    if dossier.state not in (
        DossierState.TO_INDEX,
        DossierState.RETURNED,
        DossierState.REFUSED_BY_OFFICE,
    ):
        raise OperatorError("dossier_not_being_indexed", dossier=dossier.name, state=dossier.state.value)
    return dossier
