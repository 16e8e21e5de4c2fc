"""Reads a framed part of a page for a person who waits, by a worker of its own (app.jobs.side_worker).

Called from threads of the window that may wait; never from the GUI thread.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from app.domain.ids import PageId
from app.errors import MachineError, OperatorError
from app.jobs.protocol import Runner
from app.jobs.side_worker import SideWorker
from app.storage.database import Database
from app.storage.masters import MasterStore
from app.storage.tables import BatchRow, DossierRow, MasterRow, PageResultRow, PageRow
from ocr.tasks import read_zone
from ocr.types import Box, ZoneReading, ZoneTask

LIMIT_S = 20.0
MOST_WORDS, MOST_LETTERS = 2_000, 20_000


class ZoneReader:
    """Reads one zone at a time; more wait their turn."""

    def __init__(
        self,
        database: Database,
        masters: MasterStore,
        tessdata_dir: Path,
        engine: str,
        runner: Callable[[], Runner],
    ) -> None:
        self._database = database
        self._masters = masters
        self._tessdata_dir = tessdata_dir
        self._engine = engine
        self.worker = SideWorker(runner)

    def read(self, page_id: PageId, box: Box, languages: Sequence[str] = ()) -> ZoneReading:
        """Read a box of a page's space; languages: Tesseract codes, () for those the page was read in.

        Raises OperatorError("zone_page_unread"), ("zone_not_read"), PageNeedsAttention and MachineError.
        """
        return _believed(self.worker.run(read_zone, self._task(page_id, box, tuple(languages)), LIMIT_S))

    def close(self) -> None:
        """End the worker; a reading under way is dropped."""
        self.worker.close()

    def _task(self, page_id: PageId, box: Box, languages: tuple[str, ...]) -> ZoneTask:
        with self._database.read() as session:
            page = session.get(PageRow, page_id)
            result = session.get(PageResultRow, page_id)
            if page is None or result is None:
                raise OperatorError("zone_page_unread")
            master = session.get_one(MasterRow, page.master_sha256)
            dossier = session.get_one(DossierRow, page.dossier_id)
            usual = tuple(result.languages) or tuple(session.get_one(BatchRow, dossier.batch_id).languages)
            return ZoneTask(
                master_path=self._masters.path_of(master.sha256, master.extension),
                frame=page.frame,
                box=box,
                turn_deg=result.applied_turn_deg,
                skew_deg=result.applied_skew_deg,
                dpi=result.dpi,
                languages=languages or usual,
                tessdata_dir=self._tessdata_dir,
                engine=self._engine,
            )


def _believed(result: object) -> ZoneReading:
    """What a worker says is looked at first: it has parsed foreign bytes."""
    if not isinstance(result, ZoneReading):
        raise MachineError("result_implausible", what="kind of result")
    if len(result.words) > MOST_WORDS or len(result.text) > MOST_LETTERS:
        raise MachineError("result_implausible", what="size of the text")
    if len(result.certainty) != len(result.text) or not all(0.0 <= each <= 1.0 for each in result.certainty):
        raise MachineError("result_implausible", what="confidences")
    return result
