"""Reading one offered file: its pages enter the dossier, or the file is refused with a reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import select

from app.domain.states import DossierState, ImportState, PageState
from app.jobs import store
from app.jobs.kinds.believed import check_intake
from app.jobs.store import Job
from app.services import flow
from app.services.inserting import follow_named_page, place_pages
from app.services.page_order import page_ordinal
from app.services.twins import note_twins
from app.sources.unchanged import OfferedTask, take_in_unchanged
from app.storage.database import Transaction
from app.storage.tables import DossierRow, ImportItemRow, MasterRow, PageRow
from ocr.types import IntakeResult, IntakeTask, Limits, TakenMaster

HASHES_PER_STATEMENT = 500  # SQLite bounds the variables of a statement


class IntakeKind:
    """Subject: an import item."""

    name = flow.INTAKE
    in_worker = True
    timeout_s = 900.0
    run = staticmethod(take_in_unchanged)

    def __init__(self, masters_dir: Path, derived_dir: Path) -> None:
        self._masters_dir = masters_dir
        self._derived_dir = derived_dir

    def prepare(self, tx: Transaction, job: Job) -> OfferedTask | None:
        """Read the file unless its fate is known."""
        item = tx.session.get_one(ImportItemRow, job.subject_id)
        if item.state is not ImportState.OFFERED:
            return None
        task = IntakeTask(Path(item.source_path), self._masters_dir, self._derived_dir)
        return OfferedTask(task, item.size_bytes, item.mtime_ns)

    def apply(self, tx: Transaction, job: Job, result: IntakeResult) -> None:
        """Enter masters and pages; a file without dossier (a stray page beside folders) cannot come here.

        Raises MachineError("result_implausible"): the file is then refused.
        """
        check_intake(result, self._masters_dir, self._derived_dir, Limits())
        item = tx.session.get_one(ImportItemRow, job.subject_id)
        if item.state is not ImportState.OFFERED:
            return
        assert item.dossier_id is not None, "only files of a dossier are read"
        _enter_masters(tx, (*result.masters, *(() if result.original is None else (result.original,))))
        item.sha256 = result.source_sha256
        item.size_bytes = result.source_size_bytes
        item.page_count = len(result.pages)
        item.notes = list(result.notes)
        item.original_sha256 = None if result.original is None else result.original.sha256
        item.duplicate_of = _earlier(tx, item)
        tx.move(item, ImportState.ACCEPTED, "accepted", pages=len(result.pages))
        follow_named_page(tx, item)
        self._enter_pages(tx, item, result)
        dossier = tx.session.get_one(DossierRow, item.dossier_id)
        if dossier.state is not DossierState.PROCESSING:
            tx.move(dossier, DossierState.PROCESSING)
            dossier.updated_at = tx.now
        flow.settle(tx, dossier.id)

    def give_up(self, tx: Transaction, job: Job, code: str, facts: Mapping[str, Any]) -> None:
        """Refuse the file; the ledger says why."""
        item = tx.session.get_one(ImportItemRow, job.subject_id)
        if item.state is not ImportState.OFFERED:
            return
        tx.move(item, ImportState.REFUSED, "refused", code=code)
        item.reason, item.facts = code, dict(facts)
        if item.dossier_id is not None:
            flow.settle(tx, item.dossier_id)

    def _enter_pages(self, tx: Transaction, item: ImportItemRow, result: IntakeResult) -> None:
        assert item.dossier_id is not None
        pages = [
            PageRow(
                dossier_id=item.dossier_id,
                import_item_id=item.id,
                ordinal=page_ordinal(item.ordinal, taken.source_page),
                source_page=taken.source_page,
                master_sha256=taken.master_sha256,
                frame=taken.frame,
                picture_hash=taken.picture_hash,
                width_px=taken.width_px,
                height_px=taken.height_px,
                dpi=taken.dpi,
                state=PageState.CAPTURED,
                thumbnail=None if taken.thumbnail_path is None else taken.thumbnail_path.name,
            )
            for taken in result.pages
        ]
        tx.session.add_all(pages)
        tx.session.flush()  # all at once: a source of 5,000 pages must not keep other writers out for long
        note_twins(tx, item, pages)
        place_pages(tx, item, pages)
        for page in pages:
            tx.audit("page", page.id, "captured", to_state=PageState.CAPTURED, master=page.master_sha256)
        store.enqueue_new(tx, flow.PAGE, [page.id for page in pages], priority=flow.PRIORITY[flow.PAGE])


def _enter_masters(tx: Transaction, masters: Sequence[TakenMaster]) -> None:
    fresh = {master.sha256: master for master in masters}
    hashes = list(fresh)
    for start in range(0, len(hashes), HASHES_PER_STATEMENT):
        some = hashes[start : start + HASHES_PER_STATEMENT]
        for known in tx.session.scalars(select(MasterRow.sha256).where(MasterRow.sha256.in_(some))):
            del fresh[known]
    tx.session.add_all(
        MasterRow(
            sha256=master.sha256,
            size_bytes=master.size_bytes,
            media_type=master.media_type,
            extension=master.extension,
            created_at=tx.now,
        )
        for master in fresh.values()
    )
    tx.session.flush()


def _earlier(tx: Transaction, item: ImportItemRow) -> int | None:
    """The first accepted file with the same bytes, if this is not it."""
    return tx.session.scalar(
        select(ImportItemRow.id)
        .where(
            ImportItemRow.sha256 == item.sha256,
            ImportItemRow.id != item.id,
            ImportItemRow.state == ImportState.ACCEPTED,
        )
        .order_by(ImportItemRow.id)
        .limit(1)
    )
