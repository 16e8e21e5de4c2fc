"""A dossier whose pages say what kind of paper they are, with the documents the machine makes of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from app.domain.ids import DocumentId, DossierId, PageId
from app.domain.office_profile import OfficeProfile
from app.domain.offices import load_offices
from app.paths import offices_dir
from app.queries.document_rows import DossierTree
from app.queries.documents import dossier_tree
from app.services.document_findings import find_documents, keep_documents
from app.services.document_links import DocumentLinks
from app.services.documents import Documents
from app.services.undoing import Undoing
from app.storage.database import Database
from app.storage.tables import DossierRow, PageResultRow, PageRow
from tests.helpers.home_builder import build_home

FORM = "Kingdom of Cambodia\nRequest for grant of a patent\n(21) Application No. KH/P/2018/00417\n(22) 12/03/2018\n(54) Water filter\n(71) Mekong Water Works"
POWER = "POWER OF ATTORNEY\nWe, the undersigned, do hereby appoint Angkor IP of Phnom Penh to be our agents and to act for us.\n14 March 2018"
SECOND_LEAF = "and we ratify all that they shall lawfully do by virtue of these presents, until it is revoked in writing and notice is given to the said office."
DESCRIPTION = "DESCRIPTION\nWater filter\nThe invention relates to a filter of clay and rice husk which is used in villages for the cleaning of water."
CLAIMS = "CLAIMS\nWhat is claimed is:\n1. A water filter with a vessel of clay and with a lid that is made of wood."
RECEIPT = "Department of Industrial Property\nCashier, Phnom Penh\nOFFICIAL RECEIPT\nReceived from: Mekong Water Works\nFiling fee 120,000"
LETTER = "Angkor IP\nPhnom Penh, 2 May 2018\nRe: KH/P/2018/00417\nDear Sirs,\nWe refer to the above matter and to your communication of last month.\nYours faithfully,"
BLANK = ""


@dataclass(slots=True)
class Desk:
    """One home with one dossier, the services on it and its pages in their first order."""

    database: Database
    office: OfficeProfile
    dossier_id: DossierId
    page_ids: list[PageId]
    documents: Documents
    links: DocumentLinks
    undoing: Undoing

    def tree(self) -> DossierTree:
        """The dossier as it stands."""
        return dossier_tree(self.database, self.dossier_id)

    def shape(self) -> list[tuple[str | None, list[int]]]:
        """Kind and pages of each document, pages by their place in the first order, 1-based."""
        return [
            (each.kind, [self.page_ids.index(page.page.id) + 1 for page in each.pages])
            for each in self.tree().documents
        ]

    def document(self, place: int) -> DocumentId:
        """The id of a document by its place, from 0."""
        found = self.tree().documents[place].id
        assert found is not None, "pages in no document"
        return found

    def read(self) -> None:
        """What the link job does for documents."""
        with self.database.write("machine") as tx:
            found = find_documents(tx.session, self.dossier_id, self.office)
            keep_documents(tx, tx.session.get_one(DossierRow, self.dossier_id), found, self.office)


def desk_with(root: Path, texts: Sequence[str]) -> Desk:
    """A home whose one dossier has these pages, divided by the machine."""
    home = build_home(root, pages=len(texts), master_bytes=64)
    offices = load_offices(offices_dir())
    with home.database.write("test") as tx:
        for page_id, text in zip(home.page_ids, texts, strict=True):
            result = tx.session.get_one(PageResultRow, page_id)
            result.text, result.is_blank = text, not text
        dossier_id = tx.session.get_one(PageRow, home.page_ids[0]).dossier_id
    desk = Desk(
        home.database,
        offices["KH"],
        DossierId(dossier_id),
        [PageId(page_id) for page_id in home.page_ids],
        Documents(home.database, "sokha", offices),
        DocumentLinks(home.database, "sokha", offices),
        Undoing(home.database, "sokha"),
    )
    desk.read()
    return desk
