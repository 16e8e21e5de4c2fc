"""Which folder comes to the front when the lists have been read. No widgets here."""

from __future__ import annotations

from collections.abc import Sequence

from app.domain.ids import DossierId
from app.queries.rows import QueueEntry
from ui.screens.indexing.queue import next_after


class WayOn:
    """A folder asked for, else the one in front, else the one that came after it when it left."""

    def __init__(self) -> None:
        self._wanted: DossierId | None = None
        self._left: tuple[DossierId, Sequence[QueueEntry]] | None = None

    def want(self, dossier_id: DossierId) -> None:
        """A person asks for this one."""
        self._wanted = dossier_id

    def leave(self, dossier_id: DossierId, places: Sequence[QueueEntry]) -> None:
        """This one is about to leave the queue. places: the queue as it stands."""
        self._wanted, self._left = None, (dossier_id, places)

    def stay(self) -> None:
        """Nothing leaves after all."""
        self._wanted = self._left = None

    def goal(
        self, ids: Sequence[int], current: DossierId | None, before: Sequence[QueueEntry]
    ) -> DossierId | None:
        """Where to go among ids; None: nowhere, current stays. before: the queue as it was until now."""
        there = set(ids)
        wanted, self._wanted = self._wanted, None
        left, self._left = self._left, None
        if wanted is not None and wanted in there:
            return wanted
        if current is not None and current in there:
            return None
        if left is None and current is not None:
            left = (current, before)
        return (None if left is None else _heir(*left, there)) or DossierId(ids[0])


def _heir(gone: DossierId, places: Sequence[QueueEntry], there: set[int]) -> DossierId | None:
    kept = [place for place in places if place.id == gone or place.id in there]
    return next_after(kept, gone) if any(place.id == gone for place in kept) else None
