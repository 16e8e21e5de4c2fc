"""Pages as thumbnails and in full."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache
from pathlib import Path, PurePath
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, bindparam, func, select
from sqlalchemy.orm import Session, aliased

from app.domain.ids import BatchId, DossierId, PageId
from app.domain.states import ImportState
from app.paths import HomePaths
from app.queries.rows import PageDetail, PageSummary, Reason
from app.storage import values
from app.storage.among import among_named, as_list
from app.storage.database import Database
from app.storage.masters import MasterStore
from app.storage.tables import DossierRow, ImportItemRow, MasterRow, PageResultRow, PageRow

SURE_SPREAD = 0.5  # below, two pages side by side are not offered for splitting


def list_pages(
    reader: Database, *, dossier_id: DossierId | None = None, batch_id: BatchId | None = None
) -> tuple[PageSummary, ...]:
    """Pages of a dossier or of a batch, in order."""
    if dossier_id is not None:
        return _pages(reader, "dossier", dossier_id)
    return _pages(reader, "all", 0) if batch_id is None else _pages(reader, "batch", batch_id)


def pages_of(
    reader: Database, dossier_ids: Collection[DossierId]
) -> Mapping[DossierId, tuple[PageSummary, ...]]:
    """The pages of several dossiers, in order; dossiers without pages are left out."""
    found: dict[DossierId, list[PageSummary]] = defaultdict(list)
    for page in _pages(reader, "dossiers", as_list(dossier_ids)):
        found[page.dossier_id].append(page)
    return {dossier_id: tuple(pages) for dossier_id, pages in found.items()}


def get_pages(reader: Database, ids: Collection[PageId]) -> tuple[PageSummary, ...]:
    """The pages named, in order."""
    return _pages(reader, "pages", as_list(ids))


def get_page(reader: Database, page_id: PageId) -> PageDetail:
    """One page in full; raises LookupError for an unknown id."""
    with reader.read() as session:
        row = session.execute(_statement("page"), {"of": page_id}).one_or_none()
        if row is None:
            raise LookupError(page_id)
        summary = _summary(reader, _awaited(session, "page", page_id), row)
        page, result = session.get_one(PageRow, page_id), session.get(PageResultRow, page_id)
        return _detail(reader, session, summary, page, result)


def page_numbers(session: Session, dossier_ids: Collection[int]) -> Mapping[int, int]:
    """The number of each page of some dossiers as people see it in lists of pages: excluded ones count."""
    of = as_list(dossier_ids)
    awaited = _awaited(session, "dossiers", of)
    rows = session.execute(
        select(PageRow.id, PageRow.dossier_id, ImportItemRow.ordinal)
        .join(ImportItemRow, ImportItemRow.id == PageRow.import_item_id)
        .where(among_named(PageRow.dossier_id, "of"))
        .order_by(PageRow.dossier_id, PageRow.ordinal, PageRow.id),
        {"of": of},
    )
    found: dict[int, int] = {}
    places: dict[int, int] = defaultdict(int)
    for page_id, dossier_id, ordinal in rows:
        places[dossier_id] += 1
        found[page_id] = places[dossier_id] + bisect_left(awaited.get(dossier_id, ()), ordinal)
    return found


def _pages(reader: Database, by: str, of: int | str) -> tuple[PageSummary, ...]:
    with reader.read() as session:
        awaited = _awaited(session, by, of)
        rows = session.execute(_statement(by), {"of": of})
        return tuple(_summary(reader, awaited, row) for row in rows)


def _awaited(session: Session, by: str, of: int | str) -> Mapping[int | None, Sequence[int]]:
    """Places of files not yet taken in, ascending, by dossier: their pages will stand between those here."""
    awaited: dict[int | None, list[int]] = defaultdict(list)
    for dossier_id, ordinal in session.execute(_awaited_statement(by), {"of": of}):
        awaited[dossier_id].append(ordinal)
    return awaited


@lru_cache
def _awaited_statement(by: str) -> Select[int | None, int]:
    return (
        select(ImportItemRow.dossier_id, ImportItemRow.ordinal)
        .where(ImportItemRow.state == ImportState.OFFERED, ImportItemRow.dossier_id.in_(_concerned(by)))
        .order_by(ImportItemRow.ordinal)
    )


def _condition(by: str) -> ColumnElement[bool]:
    """Which pages are asked for; "of" is the parameter that says of what."""
    match by:
        case "dossier":
            return PageRow.dossier_id == bindparam("of")
        case "dossiers":
            return among_named(PageRow.dossier_id, "of")
        case "batch":
            return DossierRow.batch_id == bindparam("of")
        case "page":
            return PageRow.id == bindparam("of")
        case "pages":
            return among_named(PageRow.id, "of")
        case _:
            return PageRow.id > bindparam("of")


def _concerned(by: str) -> Select[int]:
    return (
        select(PageRow.dossier_id).join(DossierRow, DossierRow.id == PageRow.dossier_id).where(_condition(by))
    )


@lru_cache
def _statement(by: str) -> Any:
    """Make the question once: putting it together takes longer than its answer."""
    # The number is the place among all pages of the dossier, whatever subset is asked for; only the
    # dossiers concerned are numbered, for a home may hold a hundred thousand pages.
    other = aliased(PageRow)
    numbered = (
        select(
            other.id.label("page_id"),
            func.row_number()
            .over(partition_by=other.dossier_id, order_by=(other.ordinal, other.id))
            .label("number"),
        )
        .where(other.dossier_id.in_(_concerned(by)))
        .subquery()
    )
    # Only what a thumbnail needs: results hold all words of a page, and a dossier may have hundreds.
    return (
        select(
            PageRow.id,
            PageRow.dossier_id,
            PageRow.state,
            PageRow.thumbnail,
            PageRow.edits,
            PageRow.attention,
            PageRow.attention_facts,
            PageRow.part,
            numbered.c.number,
            PageResultRow.derived_key,
            PageResultRow.is_blank,
            PageResultRow.quality,
            PageResultRow.mean_confidence,
            PageResultRow.spread,
            ImportItemRow.source_path,
            ImportItemRow.ordinal.label("item_ordinal"),
        )
        .join(numbered, numbered.c.page_id == PageRow.id)
        .join(DossierRow, DossierRow.id == PageRow.dossier_id)
        .join(ImportItemRow, ImportItemRow.id == PageRow.import_item_id)
        .outerjoin(PageResultRow, PageResultRow.page_id == PageRow.id)
        .where(_condition(by))
        .order_by(DossierRow.batch_id, DossierRow.ordinal, PageRow.dossier_id, PageRow.ordinal, PageRow.id)
    )


def _summary(reader: Database, awaited: Mapping[int | None, Sequence[int]], row: Row[Any]) -> PageSummary:
    derived = HomePaths(reader.path.parent).derived
    has_result = row.derived_key is not None
    thumbnail: Path | None = None
    if has_result:
        thumbnail = derived / f"{row.derived_key}.thumb.jpg"
    elif row.thumbnail is not None:
        thumbnail = derived / row.thumbnail
    said_blank = row.edits.get("is_blank")
    return PageSummary(
        id=PageId(row.id),
        dossier_id=DossierId(row.dossier_id),
        # Files arrive out of order; one that is still to come before this page counts as one page.
        number=row.number + bisect_left(awaited.get(row.dossier_id, ()), row.item_ordinal),
        state=row.state,
        thumbnail_path=thumbnail,
        is_blank=bool(row.is_blank) if said_blank is None else bool(said_blank),
        attention=None if row.attention is None else Reason(row.attention, row.attention_facts),
        quality=() if row.quality is None else values.load_quality(row.quality),
        mean_confidence=row.mean_confidence,
        source_name=PurePath(row.source_path).name,
        part=row.part,
        may_be_two=row.spread is not None and _may_be_two(row),
    )


def _detail(
    reader: Database, session: Session, summary: PageSummary, page: PageRow, result: PageResultRow | None
) -> PageDetail:
    home = HomePaths(reader.path.parent)
    master = session.get_one(MasterRow, page.master_sha256)
    return PageDetail(
        summary=summary,
        master_path=MasterStore(home.masters).path_of(master.sha256, master.extension),
        frame=page.frame,
        viewing_path=None if result is None else home.derived / f"{result.derived_key}.view.jpg",
        width_px=page.width_px if result is None else result.width_px,
        height_px=page.height_px if result is None else result.height_px,
        dpi=page.dpi if result is None else result.dpi,
        applied_turn_deg=0 if result is None else result.applied_turn_deg,
        applied_skew_deg=0.0 if result is None else result.applied_skew_deg,
        skew_confidence=0.0 if result is None else result.skew_confidence,
        text="" if result is None else result.text,
        languages=() if result is None else tuple(result.languages),
        barcodes=() if result is None else values.load_barcodes(result.barcodes),
        edits=values.load_edits(page.edits),
        turn_confidence=0.0 if result is None else result.turn_confidence,
        page_box=None if result is None else values.load_page_box(result.page_box),
        spread=None if result is None else values.load_spread(result.spread),
        is_half=_is_half(session, page),
    )


def _may_be_two(row: Row[Any]) -> bool:
    spread = values.load_spread(row.spread)
    is_decided = row.part > 0 or row.edits.get("box") is not None
    return spread is not None and spread.confidence >= SURE_SPREAD and not is_decided


def _is_half(session: Session, page: PageRow) -> bool:
    halves = select(func.count()).where(
        PageRow.import_item_id == page.import_item_id, PageRow.source_page == page.source_page
    )
    return (session.scalar(halves) or 0) > 1
