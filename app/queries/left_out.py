"""Pages that people took out of their folders: kept, not sent. One of another file is that file's lost page until found."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from sqlalchemy import exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from app.domain.documents import Exclusion
from app.domain.ids import DossierId, PageId
from app.storage.among import among
from app.storage.database import Database
from app.storage.tables import DossierRow, ImportItemRow, PageRow

BY_PEOPLE = (Exclusion.PERSON, Exclusion.NOT_OF_FILE, Exclusion.REPLACED, Exclusion.TAKEN_BACK)
"""What only people do; separator sheets are seen by the machine."""


@dataclass(frozen=True, slots=True)
class LeftOutPage:
    """A page a person took out. number: 1-based in its dossier; is_elsewhere: another dossier has the same scan."""

    page_id: PageId
    dossier_id: DossierId
    dossier: str
    number: int
    code: str
    file: str
    is_elsewhere: bool

    @property
    def is_astray(self) -> bool:
        """Whether it is another file's, and no other dossier has it."""
        return self.code == Exclusion.NOT_OF_FILE and not self.is_elsewhere


def left_out(reader: Database, dossier_ids: Collection[DossierId]) -> tuple[LeftOutPage, ...]:
    """The pages people took out of dossiers, as they lie in them."""
    with reader.read() as session:
        return pages_left_out(session, dossier_ids)


def pages_left_out(
    session: Session,
    dossier_ids: Collection[int] | None = None,
    codes: Collection[Exclusion] = BY_PEOPLE,
) -> tuple[LeftOutPage, ...]:
    """As left_out, in a transaction at hand; of all dossiers where none are named."""
    # Few are left out of many: their folders are found first, and only those are numbered.
    concerned = select(PageRow.dossier_id).where(PageRow.exclusion.in_([code.value for code in codes]))
    if dossier_ids is not None:
        concerned = concerned.where(among(PageRow.dossier_id, dossier_ids))
    numbers = (
        select(
            PageRow.id,
            func.row_number()
            .over(partition_by=PageRow.dossier_id, order_by=(PageRow.ordinal, PageRow.id))
            .label("number"),
        )
        .where(PageRow.dossier_id.in_(concerned))
        .subquery()
    )
    rows = session.execute(
        select(PageRow, DossierRow.name, numbers.c.number, ImportItemRow.source_path, _is_elsewhere())
        .join(numbers, numbers.c.id == PageRow.id)
        .join(DossierRow, DossierRow.id == PageRow.dossier_id)
        .join(ImportItemRow, ImportItemRow.id == PageRow.import_item_id)
        .where(PageRow.exclusion.in_([code.value for code in codes]))
        .order_by(PageRow.dossier_id, numbers.c.number)
    )
    return tuple(
        LeftOutPage(
            page_id=PageId(page.id),
            dossier_id=DossierId(page.dossier_id),
            dossier=name,
            number=number,
            code=page.exclusion or "",
            file=PurePath(path).name,
            is_elsewhere=bool(elsewhere),
        )
        for page, name, number, path, elsewhere in rows
    )


def _is_elsewhere() -> Any:
    """Whether another dossier counts a page of the same scan: the same half of it, or all of it."""
    other, half = aliased(PageRow), aliased(PageRow)
    same_picture = or_(
        (other.master_sha256 == PageRow.master_sha256) & (other.frame == PageRow.frame),
        other.picture_hash.is_not(None) & (other.picture_hash == PageRow.picture_hash),
    )
    is_split = exists().where(
        half.import_item_id == other.import_item_id,
        half.source_page == other.source_page,
        half.id != other.id,
    )
    return (
        exists()
        .where(
            same_picture,
            other.dossier_id != PageRow.dossier_id,
            other.exclusion.is_(None),
            or_(other.part == PageRow.part, ~is_split),
        )
        .correlate(PageRow)
        .label("elsewhere")
    )
