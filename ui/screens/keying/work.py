"""What differs between keying a second time and judging: what is read of a folder, and what is written. No widgets.

Of a folder to be keyed again nothing is read that anybody said of it, neither a person nor the machine.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from app.domain.field_kinds import DossierField
from app.domain.ids import DossierId
from app.queries.fields import FieldPlace
from app.queries.judgements import Dispute
from app.queries.keyings import KeyingPlaces
from app.queries.rows import DossierSummary, QueueEntry
from ui.desk import Desk

if TYPE_CHECKING:
    from app.services.keying_acts import KeyingDone

Texts = Mapping[DossierField, str]


@dataclass(frozen=True, slots=True)
class OpenedFolder:
    """A folder in front. disputes: for a judge, what everybody said of each field."""

    dossier_id: DossierId
    name: str
    office: str
    fields: tuple[DossierField, ...]
    disputes: Mapping[DossierField, Dispute]

    def place_of(self, field: DossierField) -> FieldPlace | None:
        """Where on the pages a judge should look."""
        dispute = self.disputes.get(field)
        return None if dispute is None else dispute.place


class KeyingWork(Protocol):
    """One kind of work."""

    name: str

    def places(self, found: KeyingPlaces) -> tuple[QueueEntry, ...]:
        """Which of what waits is of this kind."""

    def open(self, summary: DossierSummary) -> OpenedFolder | None:
        """Read a folder by its key; None where it no longer waits."""

    def write(self, dossier_id: DossierId, texts: Texts) -> KeyingDone:
        """Write what was typed; runs in a thread."""


class SecondWork:
    """Keying a second time."""

    name = "keying"

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def places(self, found: KeyingPlaces) -> tuple[QueueEntry, ...]:
        return found.second

    def open(self, summary: DossierSummary) -> OpenedFolder | None:
        task = self._desk.reading.keying_task(summary.id)
        return (
            None if task is None else OpenedFolder(task.dossier_id, task.name, task.office, task.fields, {})
        )

    def write(self, dossier_id: DossierId, texts: Texts) -> KeyingDone:
        return self._desk.context.keying.key(dossier_id, texts)


class JudgeWork:
    """Deciding between two people."""

    name = "judging"

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def places(self, found: KeyingPlaces) -> tuple[QueueEntry, ...]:
        return found.judge

    def open(self, summary: DossierSummary) -> OpenedFolder | None:
        found = self._desk.reading.judgement(summary.id, summary.office)
        if found is None:
            return None
        disputes = {each.field: each for each in found.disputes}
        return OpenedFolder(found.dossier_id, found.name, found.office, tuple(disputes), disputes)

    def write(self, dossier_id: DossierId, texts: Texts) -> KeyingDone:
        return self._desk.context.keying.judge(dossier_id, texts)
