"""Pages that people add to a dossier by hand: files inserted at a place, and rescans that replace a page.

The file is read by the usual intake job. Where its pages go is kept with its entry in the ledger (placing), for it may
arrive much later, or never: a page is only replaced once the new one is safe, and the old one is kept with its master.

placing: {"after": page id or None for the front, "replaces": page id or None, "group": the first of the files that were
inserted together, "withdrawn": true when it was taken back}.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import func, select

from app.domain.documents import Exclusion
from app.domain.ids import DossierId, ImportItemId, PageId
from app.domain.states import CLOSED, ImportState
from app.errors import Conflict, OperatorError
from app.jobs import store
from app.services import acts, flow
from app.services.arranging import open_dossier, ordered_pages, put_order
from app.services.offered import OfferedFile, offered_file
from app.storage.database import Database, Transaction
from app.storage.tables import DossierRow, ImportItemRow, PageRow
from ocr.long_paths import reachable


class Inserting:
    """Each call is one transaction, kept as an act that can be taken back; pages taken back stay, excluded."""

    def __init__(self, database: Database, who: str) -> None:
        self._database = database
        self._who = who

    def insert(
        self, dossier_id: DossierId, paths: Sequence[Path], *, after: PageId | None
    ) -> tuple[ImportItemId, ...]:
        """Read files into a dossier behind one of its pages, or in front of all; in the order named.

        Raises OperatorError("nothing_offered") or ("path_missing"), Conflict "dossier_closed" or "page_gone".
        """
        files = _looked_at(paths)
        with self._database.write(self._who) as tx:
            dossier = open_dossier(tx, dossier_id)
            if after is not None:
                _page_of(tx, dossier, after)
            before = acts.standing_of(tx, dossier)
            items = [_enter(tx, dossier, file, after=after, replaces=None) for file in files]
            _begin(tx, dossier, items)
            names = [file.path.name for file in files]
            acts.note(tx, dossier, "pages_inserted", before, {"files": names, "after": after})
            return tuple(ImportItemId(item.id) for item in items)

    def replace(self, page_id: PageId, path: Path) -> ImportItemId:
        """Read a rescan of a page; once it is safe it stands in the page's place, and the page is excluded.

        Raises OperatorError("path_missing"), Conflict "dossier_closed", "page_gone", "page_replaced_already", or
        "page_left_out": a rescan of what is no page of the file would count as one.
        """
        (file,) = _looked_at([path])
        with self._database.write(self._who) as tx:
            page = tx.session.get(PageRow, page_id)
            if page is None:
                raise Conflict("page_gone")
            if page.exclusion == Exclusion.REPLACED:
                raise Conflict("page_replaced_already")
            if page.exclusion is not None:
                raise Conflict("page_left_out", reason=page.exclusion)
            dossier = open_dossier(tx, DossierId(page.dossier_id))
            before = acts.standing_of(tx, dossier)
            item = _enter(tx, dossier, file, after=page_id, replaces=page_id)
            _begin(tx, dossier, [item])
            acts.note(tx, dossier, "page_replaced", before, {"page": page_id, "files": [file.path.name]})
            return ImportItemId(item.id)


def follow_named_page(tx: Transaction, item: ImportItemRow) -> None:
    """Have a file that was just read go where the page is by now that it was inserted at, or is a rescan of.

    Its folder may have been divided meanwhile. Where that page has left, the file stays: nothing is added to what
    has left. Used by the intake job, before pages are entered.
    """
    placing = item.placing or {}
    named = placing.get("replaces") or placing.get("after")
    page = None if named is None else tx.session.get(PageRow, named)
    if page is None or page.dossier_id == item.dossier_id:
        return
    dossier = tx.session.get_one(DossierRow, page.dossier_id)
    if dossier.state in CLOSED:
        return
    tx.audit("import_item", item.id, "moved", from_dossier=item.dossier_id, to_dossier=dossier.id)
    left = item.dossier_id
    item.dossier_id, item.batch_id = dossier.id, dossier.batch_id
    flow.reopen(tx, dossier)
    if left is not None:
        flow.settle(tx, left)


def place_pages(tx: Transaction, item: ImportItemRow, pages: Sequence[PageRow]) -> None:
    """Put pages that were just taken in where a person wanted them, or by name into an order of a person.

    Used by the intake job, in its transaction; pages of a dossier nobody ordered stand right already.
    """
    assert item.dossier_id is not None, "only files of a dossier have pages"
    dossier = tx.session.get_one(DossierRow, item.dossier_id)
    if item.placing is None and not dossier.is_ordered:
        return
    after = _placed_after(tx, item) if item.placing is not None else _last_before(tx, item)
    new = {page.id for page in pages}
    order = [page.id for page in ordered_pages(tx.session, dossier.id) if page.id not in new]
    # A half of a spread may have been put back meanwhile: its pages go to the end, where they are seen.
    place = 0 if after is None else order.index(after) + 1 if after in order else len(order)
    order[place:place] = [page.id for page in pages]
    put_order(tx, dossier, order)
    dossier.is_ordered = True
    if item.placing is None:
        return
    neighbour = tx.session.get(PageRow, after) if after is not None else None
    for page in pages:
        page.document_id = None if neighbour is None else neighbour.document_id
    apply_placing(tx, item, pages)


def apply_placing(tx: Transaction, item: ImportItemRow, pages: Sequence[PageRow]) -> None:
    """Let inserted pages count, and the replaced one not; the other way round when that was taken back.

    What a person said of the old page meanwhile stands, and holds for its rescan too: it is the same paper.
    """
    placing = item.placing or {}
    is_back = acts.is_withdrawn(item)
    for page in pages:
        if is_back and page.exclusion is None:
            _exclude(tx, page, Exclusion.TAKEN_BACK)
        elif not is_back and page.exclusion == Exclusion.TAKEN_BACK:
            _exclude(tx, page, None)
    replaced = placing.get("replaces")
    old = None if replaced is None else tx.session.get(PageRow, replaced)
    if old is None or not pages or old.dossier_id != pages[0].dossier_id:
        return
    if is_back and old.replaced_by in {page.id for page in pages}:
        old.replaced_by = None
        if old.exclusion == Exclusion.REPLACED:
            _exclude(tx, old, None)
    elif not is_back and old.exclusion not in (None, Exclusion.REPLACED):
        for page in pages:
            if page.exclusion is None:
                _exclude(tx, page, Exclusion(old.exclusion))
    elif not is_back and old.exclusion is None:
        old.replaced_by = pages[0].id
        pages[0].starts_document = pages[0].starts_document or old.starts_document
        _exclude(tx, old, Exclusion.REPLACED)


def _exclude(tx: Transaction, page: PageRow, reason: Exclusion | None) -> None:
    page.exclusion = None if reason is None else reason.value
    tx.audit("page", page.id, "included" if reason is None else "excluded", reason=page.exclusion)


def _placed_after(tx: Transaction, item: ImportItemRow) -> int | None:
    """The page new ones go behind: the one named, or the last of files inserted there before this one."""
    assert item.placing is not None
    named = item.placing.get("after")
    earlier = tx.session.scalars(
        select(ImportItemRow).where(
            ImportItemRow.dossier_id == item.dossier_id,
            ImportItemRow.placing.is_not(None),
            ImportItemRow.id < item.id,
        )
    )
    group = [
        each.id
        for each in earlier
        if each.placing and each.placing.get("group") == item.placing.get("group") is not None
    ]
    if not group:
        return named if isinstance(named, int) else None
    last = tx.session.scalar(
        select(PageRow.id)
        .where(PageRow.import_item_id.in_(group))
        .order_by(PageRow.ordinal.desc(), PageRow.id.desc())
        .limit(1)
    )
    return last if last is not None else (named if isinstance(named, int) else None)


def _last_before(tx: Transaction, item: ImportItemRow) -> int | None:
    """The last page, as they stand now, of the nearest file before this one by name."""
    nearest = tx.session.scalar(
        select(func.max(ImportItemRow.ordinal))
        .join(PageRow, PageRow.import_item_id == ImportItemRow.id)
        .where(
            ImportItemRow.dossier_id == item.dossier_id,
            ImportItemRow.placing.is_(None),
            ImportItemRow.ordinal < item.ordinal,
        )
    )
    if nearest is None:
        return None
    return tx.session.scalar(
        select(PageRow.id)
        .join(ImportItemRow, ImportItemRow.id == PageRow.import_item_id)
        .where(
            ImportItemRow.dossier_id == item.dossier_id,
            ImportItemRow.placing.is_(None),
            ImportItemRow.ordinal == nearest,
            PageRow.dossier_id == item.dossier_id,
        )
        .order_by(PageRow.ordinal.desc(), PageRow.id.desc())
        .limit(1)
    )


def _looked_at(paths: Sequence[Path]) -> list[OfferedFile]:
    if not paths:
        raise OperatorError("nothing_offered")
    for path in paths:
        if not reachable(path).is_file():
            raise OperatorError("path_missing", path=str(path))
    return [offered_file(path) for path in paths]


def _page_of(tx: Transaction, dossier: DossierRow, page_id: PageId) -> PageRow:
    page = tx.session.get(PageRow, page_id)
    if page is None or page.dossier_id != dossier.id:
        raise Conflict("page_gone")
    return page


def _enter(
    tx: Transaction, dossier: DossierRow, file: OfferedFile, *, after: int | None, replaces: int | None
) -> ImportItemRow:
    item = ImportItemRow(
        batch_id=dossier.batch_id,
        dossier_id=dossier.id,
        ordinal=0,
        source_path=file.name,
        state=ImportState.OFFERED,
        size_bytes=file.size_bytes,
        mtime_ns=file.mtime_ns,
        placing={"after": after, "replaces": replaces},
    )
    tx.session.add(item)
    tx.session.flush()
    tx.audit("import_item", item.id, "offered", to_state=ImportState.OFFERED, after=after, replaces=replaces)
    return item


def _begin(tx: Transaction, dossier: DossierRow, items: Sequence[ImportItemRow]) -> None:
    for item in items:
        item.placing = {**(item.placing or {}), "group": items[0].id}
    store.enqueue_new(tx, flow.INTAKE, [item.id for item in items], priority=flow.PRIORITY[flow.INTAKE])
    flow.reopen(tx, dossier)
    tx.touch("dossier", dossier.id)
