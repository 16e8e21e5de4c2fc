"""Review: a second look before a dossier leaves."""

from __future__ import annotations

from app.domain.ids import DossierId
from app.domain.states import DossierState
from app.errors import Conflict
from app.queries.fields import are_awaited
from app.services import release
from app.storage.database import Database
from app.storage.tables import DossierRow


class Review:
    """Approve or return; each call is one transaction."""

    def __init__(self, database: Database, who: str) -> None:
        self._database = database
        self._who = who

    def approve(self, dossier_id: DossierId, number: str | None = None) -> None:
        """Let the dossier go out. Raises WrongTransition when it is not up for review.

        number: what the reviewer saw; Conflict("number_changed") when it is another by now,
        Conflict("fields_in_work") while its fields are being read.
        """
        with self._database.write(self._who) as tx:
            dossier = tx.session.get_one(DossierRow, dossier_id)
            if number is not None and dossier.application_number != number:
                raise Conflict("number_changed", seen=number, now=dossier.application_number)
            if are_awaited(tx.session, dossier.id):
                raise Conflict("fields_in_work", dossier=dossier.name)
            release.approve(tx, dossier)

    def return_to_indexing(self, dossier_id: DossierId, reason: str) -> None:
        """Send it back with a reason: a code of the pick list, or the reviewer's own words."""
        with self._database.write(self._who) as tx:
            dossier = tx.session.get_one(DossierRow, dossier_id)
            tx.move(dossier, DossierState.RETURNED, "returned", reason=reason)
            dossier.return_reason = reason
            dossier.updated_at = tx.now
