"""Recognising one page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.domain.states import PageState
from app.jobs.kinds.believed import check_page
from app.jobs.store import Job
from app.services import flow
from app.storage import values
from app.storage.database import Transaction
from app.storage.masters import MasterStore
from app.storage.tables import BatchRow, DossierRow, MasterRow, PageResultRow, PageRow
from ocr.recipe import RECIPE
from ocr.tasks import process_page
from ocr.types import Limits, NumberFormat, PageResult, PageTask


@dataclass(frozen=True, slots=True)
class PageWork:
    """What every page task needs besides the page; formats_of: number formats by office code.

    limit_s: a page that takes longer loses its worker, as if it had crashed.
    """

    masters: MasterStore
    derived_dir: Path
    tessdata_dir: Path
    engine: str
    formats_of: Callable[[str], tuple[NumberFormat, ...]]
    limit_s: float = 300.0


class PageKind:
    """Subject: a page."""

    name = flow.PAGE
    in_worker = True
    run = staticmethod(process_page)

    def __init__(self, work: PageWork) -> None:
        self._work = work
        self.timeout_s = work.limit_s

    def prepare(self, tx: Transaction, job: Job) -> PageTask | None:
        """Describe the page; it is PROCESSING from now on."""
        page = tx.session.get_one(PageRow, job.subject_id)
        master = tx.session.get_one(MasterRow, page.master_sha256)
        dossier = tx.session.get_one(DossierRow, page.dossier_id)
        batch = tx.session.get_one(BatchRow, dossier.batch_id)
        if page.state is not PageState.PROCESSING:
            tx.move(page, PageState.PROCESSING)
        edits = values.for_engine(values.load_edits(page.edits))
        languages = edits.languages or tuple(batch.languages)
        recipe = f"{RECIPE}:{self._work.engine}"
        return PageTask(
            master_path=self._work.masters.path_of(page.master_sha256, master.extension),
            frame=page.frame,
            derived_dir=self._work.derived_dir,
            derived_key=values.derived_key(page.master_sha256, page.frame, edits, languages, recipe),
            languages=languages,
            formats=self._work.formats_of(batch.office),
            tessdata_dir=self._work.tessdata_dir,
            edits=edits,
            engine=self._work.engine,
            stated_dpi=page.dpi,
        )

    def apply(self, tx: Transaction, job: Job, result: PageResult) -> None:
        """Keep the latest result; the page is READY.

        Raises MachineError("result_implausible"): the page is then shown to a person.
        """
        check_page(result, self._work.derived_dir, Limits())
        page = tx.session.get_one(PageRow, job.subject_id)
        row = tx.session.get(PageResultRow, page.id) or PageResultRow(page_id=page.id)
        _fill(row, result)
        row.finished_at = tx.now
        tx.session.add(row)
        tx.move(page, PageState.READY, "recognised", confidence=round(result.mean_confidence, 3))
        page.attention, page.attention_facts = None, {}
        flow.settle(tx, page.dossier_id)

    def give_up(self, tx: Transaction, job: Job, code: str, facts: Mapping[str, Any]) -> None:
        """Set the page aside and show it; its master is safe."""
        page = tx.session.get_one(PageRow, job.subject_id)
        if page.state is not PageState.PROCESSING:
            tx.move(page, PageState.PROCESSING)
        tx.move(page, PageState.NEEDS_ATTENTION, "set_aside", code=code)
        page.attention, page.attention_facts = code, dict(facts)
        flow.settle(tx, page.dossier_id)


def _fill(row: PageResultRow, result: PageResult) -> None:
    row.derived_key = result.words_path.name.split(".", 1)[0]
    row.recipe, row.engine = result.recipe, result.engine
    row.width_px, row.height_px, row.dpi = result.width_px, result.height_px, result.dpi
    row.exif_orientation = result.exif_orientation
    row.turn_deg, row.turn_confidence = result.turn.turn_deg, result.turn.confidence
    row.skew_deg, row.skew_confidence = result.skew.skew_deg, result.skew.confidence
    row.applied_turn_deg, row.applied_skew_deg = result.applied_turn_deg, result.applied_skew_deg
    row.is_blank, row.ink_share = result.is_blank, result.ink_share
    row.mean_confidence, row.word_count = result.mean_confidence, result.word_count
    row.text, row.languages = result.text, list(result.languages)
    row.first_text, row.head = result.first_text, result.head
    row.quality = values.dump(result.quality)
    row.barcodes = values.dump(result.barcodes)
    row.candidates = values.dump(result.candidates)
    row.page_box, row.spread = values.dump_one(result.page_box), values.dump_one(result.spread)
    row.fingerprint, row.streaks_px = result.fingerprint, list(result.streaks_px)
    row.other_ink = result.other_ink
    row.step_ms = [list(step) for step in result.step_ms]
