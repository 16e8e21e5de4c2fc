"""What people do to pages: turn, mark as blank or not, recognise again. Masters never change."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from app.domain.ids import PageId
from app.domain.states import DossierState
from app.errors import Conflict
from app.jobs import store
from app.services import flow
from app.storage import values
from app.storage.database import Database, Transaction
from app.storage.tables import DossierRow, PageRow

# Once a package is being made or is out, a page may not change under it.
CLOSED = (DossierState.APPROVED, DossierState.QUEUED, DossierState.UPLOADED)


class Pages:
    """Edits are rows replayed by the page engine; no machine step overwrites them."""

    def __init__(self, database: Database, who: str) -> None:
        self._database = database
        self._who = who

    def set_turn(self, page_ids: Sequence[PageId], turn_deg: int) -> None:
        """Say how far the content is turned clockwise (0, 90, 180, 270); the pages are done again."""
        with self._database.write(self._who) as tx:
            for page in _open_pages(tx, page_ids):
                edits = replace(values.load_edits(page.edits), turn_deg=turn_deg % 360)
                page.edits = values.dump_edits(edits)
                tx.audit("page", page.id, "turn_set", turn_deg=turn_deg % 360)
                _again(tx, page)

    def set_blank(self, page_id: PageId, is_blank: bool) -> None:
        """Say whether a page is blank; it stays in the dossier either way."""
        with self._database.write(self._who) as tx:
            for page in _open_pages(tx, [page_id]):
                edits = replace(values.load_edits(page.edits), is_blank=is_blank)
                page.edits = values.dump_edits(edits)
                tx.audit("page", page.id, "blank_set", is_blank=is_blank)
                _again(tx, page)

    def reprocess(self, page_ids: Sequence[PageId]) -> None:
        """Recognise pages again, before everything that waits."""
        with self._database.write(self._who) as tx:
            for page in _open_pages(tx, page_ids):
                _again(tx, page)


def _open_pages(tx: Transaction, page_ids: Iterable[PageId]) -> Iterable[PageRow]:
    for page_id in page_ids:
        page = tx.session.get_one(PageRow, page_id)
        dossier = tx.session.get_one(DossierRow, page.dossier_id)
        if dossier.state in CLOSED:
            raise Conflict("dossier_closed", dossier=dossier.name, state=dossier.state.value)
        yield page


def _again(tx: Transaction, page: PageRow) -> None:
    flow.reopen(tx, tx.session.get_one(DossierRow, page.dossier_id))
    flow.ask_for_page(tx, page, priority=store.INTERACTIVE)
