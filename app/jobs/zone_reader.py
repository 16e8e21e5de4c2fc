"""Reads a framed part of a page for a person who waits: one worker of its own, made when first needed.

Called from threads of the window that may wait; never from the GUI thread. The jobs' workers may all be in the
middle of long pages. Nothing durable: what is read is shown to the person, who decides.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from pathlib import Path

from app.domain.ids import PageId
from app.errors import MachineError, OperatorError
from app.jobs.protocol import Outcome, Runner
from app.storage.database import Database
from app.storage.masters import MasterStore
from app.storage.tables import BatchRow, DossierRow, MasterRow, PageResultRow, PageRow
from ocr.errors import WorkstationError
from ocr.tasks import read_zone
from ocr.types import Box, ZoneReading, ZoneTask

LIMIT_S = 20.0
IDLE_RELEASE_S = 120.0
"""Its worker holds 200 to 400 MB with a language loaded: given back when nobody framed anything for so long."""

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
        self._make_runner = runner
        self._runner: Runner | None = None
        self._lock = threading.Lock()
        self._timer: threading.Timer | None = None
        self._is_closed = False

    def read(self, page_id: PageId, box: Box, languages: Sequence[str] = ()) -> ZoneReading:
        """Read a box of a page's space; languages: Tesseract codes, () for those the page was read in.

        Raises OperatorError("zone_page_unread"), ("zone_not_read"), PageNeedsAttention and MachineError.
        """
        task = self._task(page_id, box, tuple(languages))
        with self._lock:
            if self._is_closed:
                raise OperatorError("zone_not_read")
            self._rest(stop_only=True)
            try:
                return self._run(task)
            finally:
                self._rest()

    def close(self) -> None:
        """End the worker; a reading under way is dropped."""
        self._is_closed = True
        runner = self._runner
        if runner is not None:
            runner.close(wait_s=0.0)  # without the lock: whoever reads holds it until the worker has ended
        with self._lock:
            self._rest(stop_only=True)
            self._runner = None

    def _run(self, task: ZoneTask) -> ZoneReading:
        if self._runner is None:
            self._runner = self._make_runner()
        ended = threading.Event()
        outcomes: list[Outcome] = []

        def done(outcome: Outcome) -> None:
            outcomes.append(outcome)
            ended.set()

        self._runner.submit(read_zone, task, LIMIT_S, done)
        ended.wait()
        outcome = outcomes[0]
        if outcome.crashed or outcome.timed_out:
            raise OperatorError("zone_not_read")
        if outcome.error is not None:
            if isinstance(outcome.error, WorkstationError):
                raise outcome.error
            raise MachineError("unexpected_error", detail=str(outcome.error)) from outcome.error
        return _believed(outcome.result)

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

    def _rest(self, *, stop_only: bool = False) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if not stop_only and self._runner is not None:
            self._timer = threading.Timer(IDLE_RELEASE_S, self._on_idle)
            self._timer.daemon = True
            self._timer.start()

    def _on_idle(self) -> None:
        with self._lock:
            self._release()

    def _release(self) -> None:
        runner, self._runner = self._runner, None
        if runner is not None:
            runner.close(wait_s=0.0)


def _believed(result: object) -> ZoneReading:
    """What a worker says is looked at first: it has parsed foreign bytes."""
    if not isinstance(result, ZoneReading):
        raise MachineError("result_implausible", what="kind of result")
    if len(result.words) > MOST_WORDS or len(result.text) > MOST_LETTERS:
        raise MachineError("result_implausible", what="size of the text")
    if len(result.certainty) != len(result.text) or not all(0.0 <= each <= 1.0 for each in result.certainty):
        raise MachineError("result_implausible", what="confidences")
    return result
