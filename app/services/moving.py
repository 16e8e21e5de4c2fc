"""Pages that change their dossier: documents go along with their pages, and the order people gave them stands.

Used inside the transactions of others (division of a stack, cutting and joining by hand): look first, move, finish.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import select

from app.services.arranging import put_order
from app.services.page_order import page_ordinal
from app.storage.database import Transaction
from app.storage.document_tables import DocumentRow
from app.storage.tables import DossierRow, ImportItemRow, PageRow


class Moving:
    """The pages of some dossiers, as they stood when this was made, being moved in one transaction.

    late: ids of pages that have no place yet; they lie in a dossier without belonging to its order.
    """

    def __init__(self, tx: Transaction, dossier_ids: Collection[int], late: Collection[int] = ()) -> None:
        tx.session.flush()
        self._tx = tx
        self._late = set(late)
        found = tx.session.execute(
            select(PageRow, ImportItemRow)
            .join(ImportItemRow, ImportItemRow.id == PageRow.import_item_id)
            .where(PageRow.dossier_id.in_(dossier_ids))
            .order_by(PageRow.ordinal, PageRow.id)
        ).all()
        self._pages = {page.id: page for page, _ in found}
        self._items = {page.id: item for page, item in found}
        self._was_in = {page.id: page.dossier_id for page, _ in found}
        self._read: dict[int, list[int]] = defaultdict(list)
        for page, _ in found:
            self._read[page.dossier_id].append(page.id)
        scanned = sorted((page for page, item in found if item.placing is None), key=self._scan_key)
        self._scanned = {page.id: place for place, page in enumerate(scanned)}
        ordered = select(DossierRow.id).where(DossierRow.id.in_(dossier_ids), DossierRow.is_ordered)
        self._ordered = set(tx.session.scalars(ordered))

    def move(self, page: PageRow, dossier: DossierRow) -> None:
        """Put a page into another dossier; nothing is done where it is there already."""
        if page.dossier_id != dossier.id:
            move_page(self._tx, page, dossier)

    def move_inserted(self) -> None:
        """Let pages that people inserted follow the page they stand behind, or before where none is behind."""
        for order in self._read.values():
            placed = [page_id for page_id in order if page_id in self._scanned and page_id not in self._late]
            anchor = placed[0] if placed else None
            for page_id in order:
                if page_id in self._scanned:
                    anchor = anchor if page_id in self._late else page_id
                elif anchor is not None:
                    dossier = self._tx.session.get_one(DossierRow, self._pages[anchor].dossier_id)
                    self.move(self._pages[page_id], dossier)

    def finish(self, sources: Sequence[int] = ()) -> Mapping[int, int]:
        """Put documents, inserted files and order right; returns the document of each page that had to leave its own.

        sources: dossiers in the order in which what comes of them is to be read; None named: as they were scanned.
        """
        self._tx.session.flush()
        lost = self._carry_documents()
        self._carry_inserted_files()
        changed = {
            self._pages[page_id].dossier_id for page_id in (*self.moved, *self._late & set(self._pages))
        }
        for dossier_id in sorted(changed):
            self._put_order(self._tx.session.get_one(DossierRow, dossier_id), sources)
        return lost

    @property
    def moved(self) -> Mapping[int, int]:
        """The dossier each moved page was in."""
        return {key: was for key, was in self._was_in.items() if self._pages[key].dossier_id != was}

    def _carry_documents(self) -> dict[int, int]:
        """A document stays with its pages; where they part it stays with those of its dossier, or with the first."""
        session = self._tx.session
        concerned = {self._pages[key].document_id for key in self.moved} - {None}
        lost: dict[int, int] = {}
        for document in session.scalars(select(DocumentRow).where(DocumentRow.id.in_(concerned))):
            own = [page for page in self._pages.values() if page.document_id == document.id]
            homes = [page.dossier_id for page in own]
            if document.dossier_id not in homes:
                self._tx.touch("dossier", document.dossier_id, homes[0])
                document.dossier_id = homes[0]
            for page in own:
                if page.dossier_id != document.dossier_id:
                    lost[page.id], page.document_id = document.id, None
        return lost

    def _carry_inserted_files(self) -> None:
        """A file that people inserted belongs to the dossier of its pages: there its insertion is taken back."""
        for item in {self._items[key].id: self._items[key] for key in self.moved}.values():
            homes = {page.dossier_id for key, page in self._pages.items() if self._items[key] is item}
            if item.placing is not None and len(homes) == 1:
                dossier = self._tx.session.get_one(DossierRow, homes.pop())
                item.dossier_id, item.batch_id = dossier.id, dossier.batch_id

    def _put_order(self, dossier: DossierRow, sources: Sequence[int]) -> None:
        here = [page for page in self._pages.values() if page.dossier_id == dossier.id]
        came_of = {self._was_in[page.id] for page in here if page.id not in self._late} | {dossier.id}
        if not came_of & self._ordered and all(page.id in self._scanned for page in here):
            for page in here:
                page.ordinal = page_ordinal(self._items[page.id].ordinal, page.source_page)
            return
        dossier.is_ordered = True
        put_order(self._tx, dossier, self._order_of({page.id for page in here}, sources))

    def _order_of(self, here: set[int], sources: Sequence[int]) -> list[int]:
        """What stood stays in its order, dossier by dossier; what came late stands behind the page scanned before it."""
        by_scan = sorted(self._read, key=lambda key: min(self._place(each) for each in self._read[key]))
        named = sorted(by_scan, key=lambda key: sources.index(key) if key in sources else len(sources))
        order = [
            page_id
            for dossier_id in named
            for page_id in self._read[dossier_id]
            if page_id in here and page_id not in self._late
        ]
        for page_id in sorted(here & self._late, key=self._place):
            before = [place for place, each in enumerate(order) if self._place(each) < self._place(page_id)]
            nearest = max(before, key=lambda place: self._place(order[place]), default=-1)
            order.insert(nearest + 1, page_id)
        return order

    def _place(self, page_id: int) -> int:
        """Place in the scan; inserted pages have none and are in front of nothing."""
        return self._scanned.get(page_id, len(self._scanned))

    def _scan_key(self, page: PageRow) -> tuple[int, int, int, int]:
        item = self._items[page.id]
        return item.ordinal, item.id, page.source_page, page.part


def move_page(tx: Transaction, page: PageRow, dossier: DossierRow) -> None:
    """Change the dossier of one page; Moving.finish sees to its document and its place."""
    tx.audit("page", page.id, "moved", from_dossier=page.dossier_id, to_dossier=dossier.id)
    tx.touch("page", page.id)
    tx.touch("dossier", page.dossier_id, dossier.id)
    page.dossier_id = dossier.id
