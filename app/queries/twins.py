"""Pages that hold the same scan as an earlier page. Blank ones are no twins: white paper looks alike."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, aliased

from app.domain.ids import BatchId, ImportItemId
from app.queries.rows import TwinPage
from app.storage.among import among
from app.storage.tables import DossierRow, ImportItemRow, PageResultRow, PageRow


@dataclass(frozen=True, slots=True)
class Twin:
    """A page of a dossier and the earlier page of the same scan, by their numbers in their dossiers (1-based)."""

    number: int
    earlier_dossier_id: int
    earlier_folder: str
    earlier_number: int


_Earlier = aliased(PageRow)
_EarlierItem = aliased(ImportItemRow)


def twins_of(session: Session, dossier_id: int) -> tuple[Twin, ...]:
    """Twins among the pages of a dossier, in reading order."""
    rows = session.execute(
        _twins(PageRow.id, _Earlier.id, DossierRow.id, DossierRow.name)
        .join(DossierRow, DossierRow.id == _Earlier.dossier_id)
        .where(PageRow.dossier_id == dossier_id)
        .order_by(PageRow.ordinal, PageRow.id)
    ).all()
    found = [row for row in rows if not _is_blank(row.edits, row.is_blank)]
    numbers: dict[int, int] = {}
    for concerned in sorted({dossier_id, *(row[2] for row in found)}) if found else ():
        ids = session.scalars(
            select(PageRow.id).where(PageRow.dossier_id == concerned).order_by(PageRow.ordinal, PageRow.id)
        )
        numbers.update((page_id, number) for number, page_id in enumerate(ids, start=1))
    return tuple(
        Twin(numbers[page_id], earlier_dossier, folder, numbers[earlier_id])
        for page_id, earlier_id, earlier_dossier, folder, *_ in found
    )


def twins_by_file(
    session: Session, batch_id: BatchId | None = None, item_ids: Collection[ImportItemId] | None = None
) -> dict[int, tuple[TwinPage, ...]]:
    """Twins by the import item they came in, of a batch, of items or of all; a file that is a copy is left out."""
    statement = (
        _twins(
            PageRow.import_item_id,
            PageRow.source_page,
            _EarlierItem.source_path,
            _Earlier.source_page.label("earlier_page"),
        )
        .join(ImportItemRow, ImportItemRow.id == PageRow.import_item_id)
        .join(_EarlierItem, _EarlierItem.id == _Earlier.import_item_id)
        .where(ImportItemRow.duplicate_of.is_(None))
        .order_by(PageRow.import_item_id, PageRow.source_page, PageRow.part)
    )
    if batch_id is not None:
        statement = statement.where(ImportItemRow.batch_id == batch_id)
    if item_ids is not None:
        statement = statement.where(among(ImportItemRow.id, item_ids))
    found: dict[int, list[TwinPage]] = defaultdict(list)
    for item_id, page, path, earlier_page, edits, is_blank in session.execute(statement):
        if not _is_blank(edits, is_blank):
            twin = TwinPage(page + 1, Path(path), earlier_page + 1)
            if twin not in found[item_id][-1:]:  # the halves of a split spread are one page of their file
                found[item_id].append(twin)
    return {item_id: tuple(twins) for item_id, twins in found.items()}


def _twins(*columns: Any) -> Select[Any]:
    return (
        select(*columns, PageRow.edits, PageResultRow.is_blank)
        .select_from(PageRow)
        .join(_Earlier, _Earlier.id == PageRow.duplicate_of)
        .join(PageResultRow, PageResultRow.page_id == PageRow.id)
        # A person who excluded one of the two has settled it.
        .where(PageRow.exclusion.is_(None), _Earlier.exclusion.is_(None))
    )


def _is_blank(edits: dict[str, Any], is_blank: bool) -> bool:
    """A person's word goes before the engine's."""
    said = edits.get("is_blank")
    return is_blank if said is None else bool(said)
