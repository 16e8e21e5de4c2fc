"""The folders that wait for a number: what is read of them, and which is next. No widgets here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain, islice

from app.domain.ids import DossierId
from app.domain.states import DossierState
from app.queries.keyings import NO_KEYINGS, KeyingPlaces
from app.queries.rows import DossierSummary, QueueEntry, RegisterInfo
from ui.models.row_pages import due_or_first
from ui.reading import Reading
from ui.screens.faces import INDEX_STATES, WENT_ON_STATES
from ui.texts import t


@dataclass(frozen=True, slots=True)
class Lists:
    """Places of folders that need a person; folders that the rule released without one; how many are being read.

    proven: their places, where they are shown; proven_count: how many there are. rows: those asked for with it.
    is_wanted_read: the folder asked for is being read. keyings: what waits to be keyed again or judged.
    """

    waiting: tuple[QueueEntry, ...]
    proven: tuple[QueueEntry, ...]
    proven_count: int
    processing: int
    register: RegisterInfo
    rows: tuple[DossierSummary, ...] = ()
    is_wanted_read: bool = False
    keyings: KeyingPlaces = NO_KEYINGS


@dataclass(frozen=True, slots=True)
class Ask:
    """What to read. due: rows to be read with the lists. wanted: the folder that is to come to the front."""

    due: tuple[int, ...] = ()
    shows_proven: bool = False
    wanted: DossierId | None = None


@dataclass(frozen=True, slots=True)
class Done:
    """A confirmation that can be taken back."""

    dossier_id: DossierId
    name: str
    number: str


NOTHING = Lists((), (), 0, 0, RegisterInfo(0, None))


def read_lists(reading: Reading, ask: Ask) -> Lists:
    """Read everything the queue shows; runs in a thread."""
    wanted = (
        () if ask.wanted is None else reading.dossiers_by_id((ask.wanted,))
    )  # before the queue it comes into
    waiting = reading.queue(INDEX_STATES)
    return Lists(
        waiting=waiting,
        proven=reading.released(WENT_ON_STATES) if ask.shows_proven else (),
        proven_count=reading.count_released(WENT_ON_STATES),
        processing=reading.waiting().processing,
        register=reading.register_info(),
        rows=reading.dossiers_by_id(due_or_first(ask.due, [place.id for place in waiting])),
        is_wanted_read=any(each.state is DossierState.PROCESSING for each in wanted),
        keyings=reading.keyings(),
    )


def next_after(places: Sequence[QueueEntry], dossier_id: DossierId) -> DossierId | None:
    """The next folder that needs a person: below, else above; those on hold only at the very end."""
    here = next((at for at, place in enumerate(places) if place.id == dossier_id), 0)
    first_held = None
    for place in chain(islice(places, here + 1, None), islice(places, here)):
        if place.id == dossier_id:
            continue
        if not place.on_hold:
            return place.id
        first_held = first_held or place.id
    return first_held


def place_words(places: Sequence[QueueEntry], dossier_id: DossierId | None) -> str:
    """Where a folder stands among those that wait; how many wait where it is none of them."""
    here = next((at for at, place in enumerate(places, start=1) if place.id == dossier_id), 0)
    return t("index.position", position=here, total=len(places)) if here else str(len(places))
