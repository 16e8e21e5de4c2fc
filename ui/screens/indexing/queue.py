"""The folders that wait for a number: what is read of them, and which is next. No widgets here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.domain.ids import DossierId
from app.queries.rows import DossierSummary, RegisterInfo
from ui.reading import Reading
from ui.screens.faces import INDEX_STATES, WENT_ON_STATES
from ui.texts import t


@dataclass(frozen=True, slots=True)
class Lists:
    """Folders that need a person, folders that the rule released without one, how many are still being read."""

    waiting: tuple[DossierSummary, ...]
    proven: tuple[DossierSummary, ...]
    processing: int
    register: RegisterInfo


@dataclass(frozen=True, slots=True)
class Done:
    """A confirmation that can be taken back."""

    dossier_id: DossierId
    name: str
    number: str


NOTHING = Lists((), (), 0, RegisterInfo(0, None))


def read_lists(reading: Reading) -> Lists:
    """Read everything the queue shows; runs in a thread."""
    waiting = reading.dossiers(states=INDEX_STATES)
    went_on = reading.dossiers(states=WENT_ON_STATES)
    proven = tuple(row for row in went_on if row.by_policy)
    return Lists(waiting, proven, reading.waiting().processing, reading.register_info())


def next_after(rows: Sequence[DossierSummary], dossier_id: DossierId) -> DossierId | None:
    """The next folder that needs a person: below, else above; those on hold only at the very end."""
    place = next((place for place, row in enumerate(rows) if row.id == dossier_id), 0)
    order = [row for row in (*rows[place + 1 :], *rows[:place]) if row.id != dossier_id]
    ready = [row.id for row in order if not row.on_hold] or [row.id for row in order]
    return ready[0] if ready else None


def place_words(rows: Sequence[DossierSummary], dossier_id: DossierId | None) -> str:
    """Where a folder stands among those that wait; how many wait where it is none of them."""
    ids = [row.id for row in rows]
    if dossier_id in ids:
        return t("index.position", position=ids.index(dossier_id) + 1, total=len(ids))
    return str(len(ids))
