"""Who is at the other end of a delivery: an office, or a drop folder of our own that answers for itself.

A path alone says nothing: an office's share is a path too. What was answered is told by its receipt, what is
still on its way by the marker file in the directory. Reading happens in a thread: a share may be slow.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from app.connectors.local_office import LOCAL_OFFICE, office_of
from app.domain.ids import OutboxId
from app.queries.rows import UploadSummary
from ui.models.row_pages import due_or_first
from ui.reading import Reading


@dataclass(frozen=True, slots=True)
class Deliveries:
    """Packages on their way and done. ids: those that match what is searched, newest first; rows: those asked for.

    local: destinations that carry our own marker now. total: all packages; local_total: those without an office;
    local_places: where these went, the most used first. in_trouble: packages that cannot be sent now.
    """

    ids: tuple[OutboxId, ...]
    rows: tuple[UploadSummary, ...]
    local: frozenset[str]
    total: int = 0
    local_total: int = 0
    local_places: tuple[str, ...] = ()
    in_trouble: tuple[UploadSummary, ...] = ()

    def is_local(self, upload: UploadSummary) -> bool:
        """True when no office is at the other end."""
        if upload.receipt_office:
            return upload.receipt_office == LOCAL_OFFICE
        return upload.destination in self.local


NO_DELIVERIES = Deliveries((), (), frozenset())


def read_deliveries(reading: Reading, words: Sequence[str], due: Sequence[int]) -> Deliveries:
    """Read which packages there are and who answers at their destinations; only in a thread."""
    places = reading.destinations()
    local = frozenset(each.place for each in places if each.unanswered and office_of(Path(each.place)))
    unanswered = sum(each.unanswered for each in places if each.place in local)
    ids = reading.upload_ids(words)
    return Deliveries(
        ids=ids,
        rows=reading.uploads_by_id(due_or_first(due, ids)),
        local=local,
        total=sum(each.total for each in places),
        local_total=unanswered + reading.count_answered_by(LOCAL_OFFICE),
        local_places=tuple(
            each.place for each in places if each.place in local or each.answered_by == LOCAL_OFFICE
        ),
        in_trouble=reading.uploads_in_trouble(),
    )
