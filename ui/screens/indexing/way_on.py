"""Which folder comes to the front when the lists have been read. No widgets here."""

from __future__ import annotations

from collections.abc import Sequence

from app.domain.ids import DossierId
from app.queries.rows import QueueEntry
from ui.screens.indexing.queue import Lists, next_after


class WayOn:
    """A folder asked for, else the one in front, else the one that came after it when it left.

    wanted: the one asked for. It is waited for while its pages are looked at again, with what is in front staying there.
    """

    def __init__(self) -> None:
        self.wanted: DossierId | None = None
        self._is_still = False
        self._left: tuple[DossierId, Sequence[QueueEntry]] | None = None

    def want(self, dossier_id: DossierId) -> None:
        """A person asks for this one."""
        self.wanted, self._is_still = dossier_id, False

    def hold_still(self) -> None:
        """What is in front stays there, though it may leave the queue, until it is said what is wanted."""
        self._is_still = True

    def leave(self, dossier_id: DossierId, places: Sequence[QueueEntry]) -> None:
        """This one is about to leave the queue. places: the queue as it stands."""
        self.wanted, self._left = None, (dossier_id, places)

    def stay(self) -> None:
        """Nothing leaves after all."""
        self.wanted = self._left = None

    def goal(self, current: DossierId | None, before: Sequence[QueueEntry], lists: Lists) -> DossierId | None:
        """Where to go in lists, which are not empty; None: nowhere, current stays. before: the queue until now."""
        ids = [place.id for place in (*lists.waiting, *lists.proven)]
        there = set(ids)
        is_awaited = lists.is_wanted_read and self.wanted not in there
        if current is not None and (self._is_still or is_awaited):
            return None
        wanted, self.wanted = self.wanted, None
        left, self._left = self._left, None
        if wanted is not None and wanted in there:
            return wanted
        if current is not None and current in there:
            return None
        if left is None and current is not None:
            left = (current, before)
        return (None if left is None else _heir(*left, there)) or DossierId(ids[0])


def _heir(gone: DossierId, places: Sequence[QueueEntry], there: set[DossierId]) -> DossierId | None:
    kept = [place for place in places if place.id == gone or place.id in there]
    return next_after(kept, gone) if any(place.id == gone for place in kept) else None
