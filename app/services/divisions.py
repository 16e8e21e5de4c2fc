"""What people do to the borders of folders: a folder begins at this page, or it belongs to the one before.

Each call is one transaction, can be taken back, and is a person's word: no later division overrides it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from app.domain.ids import DossierId, PageId
from app.domain.separation import Mode, Said, Separation
from app.domain.states import CLOSED, DossierState, ImportState
from app.errors import Conflict
from app.services import flow, release, second_keying, stacks
from app.services.dividing import dissolve_if_empty, look_again, new_dossier
from app.services.moving import Moving
from app.services.pages import open_pages
from app.storage.database import Database, Transaction
from app.storage.document_tables import DocumentRow
from app.storage.tables import DossierRow, ImportItemRow, LinkRow, PageRow, StackRow


@dataclass(frozen=True, slots=True)
class FolderCut:
    """A folder was cut before a page. dossier_id: the new one; was_said: the word on that border before.

    documents: of pages that had to leave a document, as the cut goes through it: (page, document).
    """

    dossier_id: DossierId
    from_id: DossierId
    page_id: PageId
    was_said: str | None
    documents: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class FolderJoin:
    """A folder was put to the one before it. page_ids: its pages; link_id: the link it had."""

    dossier_id: DossierId
    into_id: DossierId
    page_ids: tuple[PageId, ...]
    was_said: str | None
    link_id: int | None


class Divisions:
    """Cuts and joins dossiers; pages only change the dossier they are in."""

    def __init__(self, database: Database, who: str) -> None:
        self._database = database
        self._who = who

    def cut(self, page_id: PageId) -> FolderCut:
        """Let a folder begin at this page: it and all behind it in its dossier become a dossier of their own.

        Raises Conflict "dossier_closed", "page_gone", "border_is_there" (it is the first page), "cut_in_spread" (its
        left half would stay) or "stack_waits" (a file is still being read: its pages would be on the wrong side).
        """
        with self._database.write(self._who) as tx:
            (page,) = open_pages(tx, [page_id])
            dossier = tx.session.get_one(DossierRow, page.dossier_id)
            _demand_read(tx, dossier)
            pages = _pages_of(tx, dossier.id)
            place = pages.index(page)
            if place == 0:
                raise Conflict("border_is_there", dossier=dossier.name)
            if page.part:
                raise Conflict("cut_in_spread")
            stack = _stack_of(tx, dossier)
            new = new_dossier(tx, stack)
            was_said, page.border_said = page.border_said, Said.CUT.value
            tx.audit("page", page.id, "folder_cut", from_dossier=dossier.id, to_dossier=new.id)
            moving = Moving(tx, (dossier.id, new.id))
            for each in pages[place:]:
                moving.move(each, new)
            lost = moving.finish()
            look_again(tx, stack.id, {dossier.id, new.id})
            return FolderCut(
                DossierId(new.id), DossierId(dossier.id), page_id, was_said, tuple(sorted(lost.items()))
            )

    def uncut(self, cut: FolderCut) -> None:
        """Take a cut back, with the documents it went through.

        Raises Conflict "dossier_closed", "dossier_gone" or "stack_waits".
        """
        with self._database.write(self._who) as tx:
            new, old = _open(tx, cut.dossier_id), _open(tx, cut.from_id)
            _demand_read(tx, old)
            page = tx.session.get_one(PageRow, cut.page_id)
            page.border_said = cut.was_said
            tx.audit("page", page.id, "folder_cut_undone", from_dossier=new.id, to_dossier=old.id)
            _unite(tx, new, old)
            _give_documents_back(tx, old, cut.documents)

    def join(self, dossier_id: DossierId) -> FolderJoin:
        """Put a folder to the one before it in its stack.

        Raises Conflict "dossier_closed" (either has left), "dossier_gone", "no_folder_before" or "stack_waits".
        """
        with self._database.write(self._who) as tx:
            dossier = _open(tx, dossier_id)
            _demand_read(tx, dossier)
            before = _before(tx, dossier)
            if before is None:
                raise Conflict("no_folder_before", dossier=dossier.name)
            _demand_open(before)
            pages = _pages_of(tx, dossier.id)
            first = pages[0]
            was_said, first.border_said = first.border_said, Said.JOIN.value
            link = release.active_link(tx, dossier.id)
            tx.audit("page", first.id, "folder_joined", from_dossier=dossier.id, to_dossier=before.id)
            _unite(tx, dossier, before)
            return FolderJoin(
                dossier_id,
                DossierId(before.id),
                tuple(PageId(page.id) for page in pages),
                was_said,
                None if link is None else link.id,
            )

    def unjoin(self, join: FolderJoin) -> None:
        """Take a join back: the folder is there again with its pages and the number it had.

        Pages that went elsewhere since stay there. Raises Conflict "dossier_closed", "page_gone" or "stack_waits".
        """
        with self._database.write(self._who) as tx:
            pages = list(open_pages(tx, join.page_ids))
            dossier, into = tx.session.get_one(DossierRow, join.dossier_id), _open(tx, join.into_id)
            assert dossier.stack_id is not None
            _demand_read(tx, into)
            flow.reopen(tx, dossier)
            pages[0].border_said = join.was_said
            tx.audit("page", pages[0].id, "folder_join_undone", from_dossier=into.id, to_dossier=dossier.id)
            moving = Moving(tx, (dossier.id, into.id))
            for page in pages:
                if page.dossier_id == into.id:
                    moving.move(page, dossier)
            moving.finish()
            _link_again(tx, dossier, join.link_id)
            look_again(tx, dossier.stack_id, {dossier.id, into.id})


def _stack_of(tx: Transaction, dossier: DossierRow) -> StackRow:
    """The stack of a dossier; one that was offered as a single folder turns out to be a stack."""
    if dossier.stack_id is not None:
        return tx.session.get_one(StackRow, dossier.stack_id)
    stack = stacks.open_stack(tx, dossier, Separation(Mode.COVERS))
    stack.state, stack.divided_at = stacks.DIVIDED, tx.now
    stack.placed_up_to = max(page.id for page in _pages_of(tx, dossier.id))
    return stack


def _unite(tx: Transaction, dossier: DossierRow, into: DossierRow) -> None:
    assert into.stack_id is not None
    moving = Moving(tx, (into.id, dossier.id))
    for page in _pages_of(tx, dossier.id):
        moving.move(page, into)
    moving.finish((into.id, dossier.id))
    dissolve_if_empty(tx, dossier)
    look_again(tx, into.stack_id, {into.id})


def _pages_of(tx: Transaction, dossier_id: int) -> list[PageRow]:
    found = tx.session.scalars(
        select(PageRow).where(PageRow.dossier_id == dossier_id).order_by(PageRow.ordinal, PageRow.id)
    )
    return list(found)


def _before(tx: Transaction, dossier: DossierRow) -> DossierRow | None:
    """The dossier whose pages were scanned before this one's, by the place of their first pages in the stack."""
    if dossier.stack_id is None:
        return None
    order = _scan_order(tx, dossier.stack_id)
    place = order.index(dossier.id) if dossier.id in order else 0
    return tx.session.get_one(DossierRow, order[place - 1]) if place else None


def _scan_order(tx: Transaction, stack_id: int) -> Sequence[int]:
    rows = tx.session.scalars(
        select(PageRow.dossier_id)
        .join(ImportItemRow, ImportItemRow.id == PageRow.import_item_id)
        .join(DossierRow, DossierRow.id == PageRow.dossier_id)
        .where(DossierRow.stack_id == stack_id, ImportItemRow.placing.is_(None))
        .order_by(ImportItemRow.ordinal, ImportItemRow.id, PageRow.source_page, PageRow.part)
    )
    return list(dict.fromkeys(rows))


def _demand_read(tx: Transaction, dossier: DossierRow) -> None:
    """Borders are moved between pages that are all there: one that comes later would be on the wrong side."""
    waiting = select(func.count()).where(
        ImportItemRow.dossier_id.in_(stacks.ids_with_fellows(tx.session, dossier)),
        ImportItemRow.state == ImportState.OFFERED,
    )
    if stacks.is_waiting(tx.session, dossier) or tx.session.scalar(waiting):
        raise Conflict("stack_waits", dossier=dossier.name)


def _give_documents_back(tx: Transaction, dossier: DossierRow, documents: Sequence[tuple[int, int]]) -> None:
    """Put pages back into the documents they left, unless a person has said of either something else since."""
    for page_id, document_id in documents:
        page, document = tx.session.get(PageRow, page_id), tx.session.get(DocumentRow, document_id)
        if page is None or document is None or page.dossier_id != dossier.id:
            continue
        now = None if page.document_id is None else tx.session.get(DocumentRow, page.document_id)
        if document.dossier_id == dossier.id and document.gone_at is None and (now is None or not now.said):
            page.document_id = document.id


def _open(tx: Transaction, dossier_id: int) -> DossierRow:
    dossier = tx.session.get_one(DossierRow, dossier_id)
    if dossier.state is DossierState.DISSOLVED:
        raise Conflict("dossier_gone", dossier=dossier.name)
    _demand_open(dossier)
    return dossier


def _demand_open(dossier: DossierRow) -> None:
    if dossier.state in CLOSED:
        raise Conflict("dossier_closed", dossier=dossier.name, state=dossier.state.value)


def _link_again(tx: Transaction, dossier: DossierRow, link_id: int | None) -> None:
    """Give a dossier back the link a person had made, unless it has another since."""
    link = None if link_id is None else tx.session.get(LinkRow, link_id)
    if link is None or link.linked_by == release.POLICY or release.active_link(tx, dossier.id) is not None:
        return
    link.withdrawn_at = None
    second_keying.ask_again(tx, link)
    dossier.application_number = link.application_number
    tx.audit("dossier", dossier.id, "link_given_back", number=link.application_number)
