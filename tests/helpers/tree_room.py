"""A home for looking at document trees: one folder to review, long names, every state a row can have."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from PIL import Image, ImageDraw

from app.domain.documents import Exclusion
from app.domain.ids import DossierId
from app.domain.states import DossierState, PageState
from app.services.documents import DocumentChange
from app.storage.tables import DossierRow, ImportItemRow, PageRow
from tests.helpers.papers import (
    BLANK,
    CLAIMS,
    DESCRIPTION,
    FORM,
    LETTER,
    POWER,
    RECEIPT,
    SECOND_LEAF,
    Desk,
    desk_with,
)

TEXTS = (FORM, BLANK, POWER, SECOND_LEAF, DESCRIPTION, SECOND_LEAF, CLAIMS, RECEIPT, LETTER, FORM)
FOLDER = "សំណុំរឿងសិទ្ធិបង្កើតតម្រងទឹកធ្វើពីដីឥដ្ឋនិងអង្កាមសម្រាប់គ្រួសារកសិករ ២០១៨"


def tree_desk(root: Path) -> Desk:
    """Ten pages in documents; one excluded, one to look at, one type said by hand, one letter linked to another number."""
    desk = desk_with(root, TEXTS)
    with desk.database.write("test") as tx:
        dossier = tx.session.get_one(DossierRow, desk.dossier_id)
        dossier.name, dossier.state = FOLDER, DossierState.TO_REVIEW
        dossier.application_number = "KH/P/2018/00417"
        for number, page_id in enumerate(desk.page_ids, start=1):
            page = tx.session.get_one(PageRow, page_id)
            tx.session.get_one(
                ImportItemRow, page.import_item_id
            ).source_path = f"/paper/f/ស្កេន {number:04d}.png"
            _draw(root / "derived" / f"key{page_id}.thumb.jpg", TEXTS[number - 1])
            _draw(root / "derived" / f"key{page_id}.view.jpg", TEXTS[number - 1], scale=4)
        tx.session.get_one(PageRow, desk.page_ids[5]).state = PageState.NEEDS_ATTENTION
    desk.documents.describe(desk.document(4), DocumentChange(kind="FEE", dated=date(2018, 3, 12)))
    desk.documents.split(desk.page_ids[3])
    desk.documents.exclude([desk.page_ids[9]], Exclusion.NOT_OF_FILE)
    desk.links.link(desk.document(6), "KH/P/2018/00418")
    desk.documents.expect_pages(desk.dossier_id, 12)
    return desk


def folder_of(desk: Desk) -> DossierId:
    """The folder to review."""
    return desk.dossier_id


def _draw(path: Path, text: str, scale: int = 1) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    picture = Image.new("L", (226 * scale, 320 * scale), 250)
    pen = ImageDraw.Draw(picture)
    for number, line in enumerate(text.splitlines()):
        pen.text((20 * scale, (24 + 22 * number) * scale), line[:38], fill=30, font_size=9 * scale)
    picture.save(path)
