"""Places of a stack that are not certain, and the folders on both sides of them, which wait for a person.

What the division doubted is kept with the page (``sheet_facts``); what a page turns out to bear when it is read again
is asked of its codes. A person's word on a place (cut or joined) settles it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from sqlalchemy import String, cast, select
from sqlalchemy.orm import Session

from app.domain.documents import Exclusion
from app.domain.linking import Reason
from app.domain.linking_model import Fact
from app.domain.separation import Mode, Separation
from app.domain.separator_marks import LATE, Cover, Doubt, Mark, SheetKind, Starts, is_same_folder, mark_of
from app.storage import values
from app.storage.tables import DossierRow, ImportItemRow, PageResultRow, PageRow

Row = tuple[PageRow, PageResultRow | None]
DOUBT = "doubt"
REASONS_NAMED = 3


def doubt_reasons(
    session: Session, dossier: DossierRow, separation: Separation, rows: Sequence[Row]
) -> list[Reason]:
    """What is not certain of a folder's borders. rows: its pages in order."""
    assert dossier.stack_id is not None
    beside = dossiers_beside(session, dossier.stack_id)
    found = [*_own_doubts(rows), *_inside(rows, separation)]
    named = beside.get(dossier.id, ())
    found += [Reason("doubt_beside", {"dossier": name}) for name in named[:REASONS_NAMED]]
    if separation.mode is Mode.COUNT and is_shifted(session, dossier.stack_id):
        found.append(Reason("count_shifted", {}))
    return found


def dossiers_beside(session: Session, stack_id: int) -> dict[int, list[str]]:
    """Dossiers that lie beside a place that is not certain, with the names of those that have its page."""
    if not _doubts(session, stack_id):
        return {}
    rows = session.execute(
        select(PageRow.dossier_id, PageRow.sheet, PageRow.sheet_facts, PageRow.border_said, DossierRow.name)
        .join(ImportItemRow, ImportItemRow.id == PageRow.import_item_id)
        .join(DossierRow, DossierRow.id == PageRow.dossier_id)
        .where(DossierRow.stack_id == stack_id, ImportItemRow.placing.is_(None), PageRow.part == 0)
        .order_by(ImportItemRow.ordinal, ImportItemRow.id, PageRow.source_page)
    ).all()
    found: dict[int, list[str]] = defaultdict(list)
    for before, here in pairwise(rows):
        if before.dossier_id == here.dossier_id:
            continue
        doubt = _doubt(here.sheet_facts, here.border_said)
        # A cover whose code was read whole begins its folder, whatever somebody wrote on it.
        is_certain = doubt is None or (doubt is Doubt.PRINT and here.sheet == SheetKind.COVER)
        if not is_certain or _is_late(here.sheet_facts, here.border_said):
            found[before.dossier_id].append(here.name)
        if _is_late(before.sheet_facts, before.border_said):
            found[here.dossier_id].append(before.name)
    return {dossier_id: list(dict.fromkeys(told)) for dossier_id, told in found.items()}


def is_shifted(session: Session, stack_id: int) -> bool:
    """Whether a page came late between others: where folders are counted, all borders behind it are wrong."""
    return any(_is_late(page.sheet_facts, page.border_said) for page in _doubts(session, stack_id))


def _doubts(session: Session, stack_id: int) -> Sequence[PageRow]:
    return session.scalars(
        select(PageRow)
        .join(DossierRow, DossierRow.id == PageRow.dossier_id)
        .where(
            DossierRow.stack_id == stack_id,
            PageRow.border_said.is_(None),
            cast(PageRow.sheet_facts, String).contains(f'"{DOUBT}"'),
        )
    ).all()


def _doubt_at(page: PageRow) -> Doubt | None:
    return _doubt(page.sheet_facts, page.border_said)


def _doubt(facts: Mapping[str, Any], said: str | None) -> Doubt | None:
    told = facts.get(DOUBT)
    return None if told is None or said is not None else Doubt(told)


def _is_late(facts: Mapping[str, Any], said: str | None) -> bool:
    return said is None and (LATE in facts or facts.get(DOUBT) == Doubt.LATE)


def _own_doubts(rows: Sequence[Row]) -> list[Reason]:
    found = []
    late = sum(_is_late(page.sheet_facts, page.border_said) for page, _ in rows)
    for number, row in enumerate(rows, start=1):
        match _doubt_at(row[0]):
            case Doubt.PRINT:
                found.append(Reason("separator_with_print", {"page": number}))
            case Doubt.LABEL:
                found.append(Reason("label_doubtful", {"page": number}))
            case Doubt.EMPTY_COVER:
                found.append(Reason("cover_without_papers", {"number": row[0].sheet_facts["number"]}))
            case _:  # a broken code gives a reason of its own; what came late is counted
                pass
    told = [Reason("pages_came_late", {"pages": late})] if late else []
    return [*found[:REASONS_NAMED], *told]


def _inside(rows: Sequence[Row], separation: Separation) -> list[Reason]:
    """Pages further down that bear what begins a folder: a label that may be a copy, a separator read too late."""
    found: list[Reason] = []
    cover: Cover | None = None
    for number, (page, result) in enumerate(rows, start=1):
        mark = _mark(result, separation)
        if mark.starts is not Starts.FOLDER:
            continue
        is_first = number == 1 or (number == 2 and separation.both_sides)
        is_said = page.border_said is not None or page.exclusion not in (None, Exclusion.SEPARATOR.value)
        if not (is_first and cover is None) and not is_said and not _is_of_folder(mark, cover):
            facts: dict[str, Fact] = {"page": number}
            if mark.cover is None:
                found.append(Reason("separator_inside", facts))
            elif cover is None:
                found.append(Reason("code_inside", {**facts, "number": mark.cover[1]}))
            else:
                found.append(Reason("code_differs", {**facts, "number": mark.cover[1], "cover": cover[1]}))
        cover = cover or mark.cover
    return found[:REASONS_NAMED]


def _is_of_folder(mark: Mark, cover: Cover | None) -> bool:
    return is_same_folder(mark.cover, cover, by_label=True)


def _mark(result: PageResultRow | None, separation: Separation) -> Mark:
    if result is None or not result.barcodes:
        return Mark()
    codes = values.load_barcodes(result.barcodes)
    return mark_of(codes, has_content=False, patch_opens_folder=separation.mode is Mode.PATCH)
