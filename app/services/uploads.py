"""What people may do to packages on their way."""

from __future__ import annotations

from app.domain.ids import OutboxId
from app.domain.states import UploadState
from app.errors import OperatorError
from app.storage.database import Database
from app.storage.tables import OutboxRow


class Uploads:
    """Acts on the outbox; the sending itself is app.upload's."""

    def __init__(self, database: Database, who: str) -> None:
        self._database = database
        self._who = who

    def retry(self, outbox_id: OutboxId) -> None:
        """Try again now instead of after the waiting time. Raises OperatorError "upload_closed"."""
        with self._database.write(self._who) as tx:
            row = tx.session.get_one(OutboxRow, outbox_id)
            if row.state in (UploadState.ACCEPTED, UploadState.REFUSED):
                raise OperatorError("upload_closed", state=row.state.value)
            if row.state is UploadState.SENT:
                # Asking again is harmless: what the office has already is found and not stored twice.
                tx.move(row, UploadState.QUEUED, "sent_again")
            row.not_before = tx.now
            tx.audit("outbox", row.id, "retry_asked")
