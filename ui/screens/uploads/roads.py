"""Who is at the other end of a delivery: an office, or a drop folder of our own that answers for itself.

A path alone says nothing: an office's share is a path too. What was answered is told by its receipt, what is
still on its way by the marker file in the directory. Reading happens in a thread: a share may be slow.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from app.connectors.local_office import LOCAL_OFFICE, office_of
from app.queries.rows import UploadSummary
from ui.reading import Reading


@dataclass(frozen=True, slots=True)
class Deliveries:
    """Packages on their way and done; local: destinations that carry our own marker now."""

    uploads: tuple[UploadSummary, ...]
    local: frozenset[str]

    def is_local(self, upload: UploadSummary) -> bool:
        """True when no office is at the other end."""
        if upload.receipt_office:
            return upload.receipt_office == LOCAL_OFFICE
        return upload.destination in self.local


def read_deliveries(reading: Reading) -> Deliveries:
    """Read all deliveries and who answers at their destinations; only in a thread."""
    uploads = reading.uploads()
    unanswered = {each.destination for each in uploads if not each.receipt_office}
    return Deliveries(uploads, frozenset(place for place in unanswered if office_of(Path(place))))
