"""Two pages scanned as one picture: split into two pages of one master, and put together again."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sqlalchemy import select, update

from app.domain.ids import PageId
from app.domain.page_boxes import halves, within
from app.domain.states import JobState, PageState
from app.errors import Conflict
from app.jobs import store
from app.services import flow
from app.services.pages import EditsBefore, do_again, open_pages, standing_box
from app.storage import values
from app.storage.database import Database, Transaction
from app.storage.tables import JobRow, PageResultRow, PageRow
from ocr.types import Box, PageEdits


@dataclass(frozen=True, slots=True)
class SpreadSplit:
    """What a split did. before: the page's edits until then; second_id: the page of the right half."""

    before: EditsBefore
    second_id: PageId


@dataclass(frozen=True, slots=True)
class SpreadMerge:
    """What putting together did. first: the edits of the page that stays; second: those of the half that went.

    twins: pages that were known to show the same as the half that went.
    """

    first: EditsBefore
    second: EditsBefore
    twins: tuple[PageId, ...] = ()


class Spreads:
    """The left half stays the page it was, the right half is a page behind it with the same master and frame."""

    def __init__(self, database: Database, who: str) -> None:
        self._database = database
        self._who = who

    def split(self, page_id: PageId, gutter_px: int | None = None) -> SpreadSplit:
        """Make two pages of one; both are done again.

        gutter_px: column of page space to cut at; else where the engine saw the gutter, else the middle of the
        page. Raises Conflict "dossier_closed", "page_gone", "spread_split_already" or "spread_not_splittable".
        """
        with self._database.write(self._who) as tx:
            (page,) = open_pages(tx, [page_id])
            if page.part or _other_half(tx, page) is not None:
                raise Conflict("spread_split_already")
            old = values.load_edits(page.edits)
            edits, size = standing_box(tx, page)
            cut = _cut(tx, page, edits, size, gutter_px)
            if cut is None:
                raise Conflict("spread_not_splittable")
            page.edits = values.dump_edits(replace(edits, box=cut[0]))
            second = _second_half(page, replace(edits, box=cut[1]))
            tx.session.add(second)
            tx.session.flush()
            tx.audit("page", page.id, "spread_split", second=second.id, gutter_px=cut[1].left_px)
            tx.audit("page", second.id, "captured", to_state=PageState.CAPTURED, master=page.master_sha256)
            tx.touch("dossier", page.dossier_id)
            do_again(tx, page)
            do_again(tx, second)
            return SpreadSplit(EditsBefore(PageId(page.id), old), PageId(second.id))

    def merge(self, page_id: PageId, edits: PageEdits | None = None) -> SpreadMerge:
        """Put the halves of a spread together again, whichever is named; the first is the page that stays.

        edits: what the page shall have, as before the split; else its own without a box. Raises Conflict
        "dossier_closed", "page_gone" or "spread_not_split".
        """
        with self._database.write(self._who) as tx:
            (named,) = open_pages(tx, [page_id])
            other = _other_half(tx, named)
            if other is None:
                raise Conflict("spread_not_split")
            page, second = (other, named) if named.part else (named, other)
            merged = SpreadMerge(_edits_of(page), _edits_of(second), _twins_of(tx, second))
            kept = edits or replace(merged.first.edits, box=None)
            page.edits = values.dump_edits(kept)
            tx.audit("page", page.id, "spread_merged", second=second.id)
            tx.touch("dossier", page.dossier_id)
            tx.touch("page", second.id)
            _delete(tx, page, second)
            do_again(tx, page)
            return merged

    def unmerge(self, merged: SpreadMerge) -> None:
        """Take putting together back: both halves as they were, the second under the number it had.

        Raises Conflict "dossier_closed", "page_gone" or "spread_split_already".
        """
        with self._database.write(self._who) as tx:
            (page,) = open_pages(tx, [merged.first.page_id])
            if page.part or _other_half(tx, page) is not None:
                raise Conflict("spread_split_already")
            page.edits = values.dump_edits(merged.first.edits)
            second = _second_half(page, merged.second.edits)
            # What was done to this half before may yet be taken back too, by this number.
            second.id = merged.second.page_id
            tx.session.add(second)
            tx.session.flush()
            # Those that another act has told to be of another page since are left alone.
            of_second = update(PageRow).where(PageRow.id.in_(merged.twins), PageRow.duplicate_of == page.id)
            tx.session.execute(of_second.values(duplicate_of=second.id))
            tx.audit("page", page.id, "merge_undone", second=second.id)
            tx.audit("page", second.id, "captured", to_state=PageState.CAPTURED, master=page.master_sha256)
            tx.touch("dossier", page.dossier_id)
            do_again(tx, page)
            do_again(tx, second)


def _edits_of(page: PageRow) -> EditsBefore:
    return EditsBefore(PageId(page.id), values.load_edits(page.edits))


def _twins_of(tx: Transaction, page: PageRow) -> tuple[PageId, ...]:
    found = tx.session.scalars(select(PageRow.id).where(PageRow.duplicate_of == page.id).order_by(PageRow.id))
    return tuple(PageId(each) for each in found)


def _other_half(tx: Transaction, page: PageRow) -> PageRow | None:
    return tx.session.scalar(
        select(PageRow).where(
            PageRow.import_item_id == page.import_item_id,
            PageRow.source_page == page.source_page,
            PageRow.id != page.id,
        )
    )


def _cut(
    tx: Transaction, page: PageRow, pinned: PageEdits, size: tuple[int, int], gutter_px: int | None
) -> tuple[Box, Box] | None:
    """Halve the person's box, else the sheet the engine saw, else the whole picture."""
    result = tx.session.get(PageResultRow, page.id)
    if result is not None and result.applied_turn_deg != pinned.turn_deg:
        result = None  # turned since: what was seen lies elsewhere
    seen = None if result is None else values.load_page_box(result.page_box)
    spread = None if result is None else values.load_spread(result.spread)
    sheet = pinned.box or (within(seen.box, size) if seen else None) or Box(0, 0, *size)
    if gutter_px is None:
        gutter_px = spread.gutter_px if spread else sheet.left_px + sheet.width_px // 2
    return halves(sheet, gutter_px)


def _second_half(page: PageRow, edits: PageEdits) -> PageRow:
    return PageRow(
        dossier_id=page.dossier_id,
        import_item_id=page.import_item_id,
        # The same place as the first half: pages are read in order of place, then of id.
        ordinal=page.ordinal,
        source_page=page.source_page,
        part=1,
        master_sha256=page.master_sha256,
        frame=page.frame,
        # Of the same scan as the first half: what was scanned twice holds both back.
        picture_hash=page.picture_hash,
        duplicate_of=page.duplicate_of,
        width_px=page.width_px,
        height_px=page.height_px,
        dpi=page.dpi,
        state=PageState.CAPTURED,
        thumbnail=page.thumbnail,
        document_id=page.document_id,
        exclusion=page.exclusion,
        edits=values.dump_edits(edits),
    )


def _delete(tx: Transaction, page: PageRow, second: PageRow) -> None:
    """Take a half away. Its job is called off, so that a result on its way is refused as late."""
    job = tx.session.scalar(select(JobRow).filter_by(kind=flow.PAGE, subject_id=second.id))
    if job is not None and job.state in (JobState.QUEUED, JobState.RUNNING):
        store.close(tx, job, JobState.CANCELLED, "page_gone")
    tx.session.execute(update(PageRow).where(PageRow.duplicate_of == second.id).values(duplicate_of=page.id))
    result = tx.session.get(PageResultRow, second.id)
    if result is not None:
        tx.session.delete(result)
        tx.session.flush()
    tx.session.delete(second)
    tx.session.flush()
