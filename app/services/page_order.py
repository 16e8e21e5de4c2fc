"""The order of pages in a dossier: natural order of file names, then the order inside a file."""

from __future__ import annotations

from pathlib import PurePath

from sqlalchemy import select

from app.services import stacks
from app.sources.natural_order import natural_key
from app.storage.database import Transaction
from app.storage.tables import DossierRow, ImportItemRow, PageRow

# Room for the pages of one file between two files (a source may have at most 5,000 pages).
PAGES_PER_FILE = 10_000


def order_pages(tx: Transaction, dossier_id: int) -> None:
    """Number files and pages anew after files came or went; late files find their place by name.

    The files and pages of a stack are numbered as one run, whatever dossiers it was divided into. Files a person inserted
    have their place already.
    """
    dossiers = stacks.ids_with_fellows(tx.session, tx.session.get_one(DossierRow, dossier_id))
    items = tx.session.scalars(
        select(ImportItemRow).where(ImportItemRow.dossier_id.in_(dossiers), ImportItemRow.placing.is_(None))
    ).all()
    pages = tx.session.scalars(
        select(PageRow)
        .join(DossierRow, DossierRow.id == PageRow.dossier_id)
        # A person's order stands; late pages are put into it when they are there.
        .where(PageRow.dossier_id.in_(dossiers), DossierRow.is_ordered.is_(False))
    ).all()
    ordinals: dict[int, int] = {}
    in_order = sorted(items, key=lambda item: (natural_key(PurePath(item.source_path).name), item.id))
    for ordinal, item in enumerate(in_order):
        item.ordinal = ordinals[item.id] = ordinal
    for page in pages:
        if page.import_item_id in ordinals:
            page.ordinal = page_ordinal(ordinals[page.import_item_id], page.source_page)


def page_ordinal(item_ordinal: int, source_page: int) -> int:
    """Place of a page among all pages of its dossier; gaps are normal."""
    return item_ordinal * PAGES_PER_FILE + source_page
