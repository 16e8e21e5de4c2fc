"""Taking back the last act on a dossier, and doing it again; see app.services.acts for when that is refused."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import or_, select

from app.domain.ids import ActId, DossierId
from app.errors import Conflict
from app.jobs import store
from app.queries.document_rows import LastAct
from app.queries.documents import last_acts
from app.services import acts, flow
from app.services.arranging import open_dossier, put_order
from app.services.pages import put_edits
from app.storage import values
from app.storage.database import Database, Transaction
from app.storage.document_tables import ActRow, DocumentLinkRow, DocumentRow
from app.storage.tables import DossierRow, ImportItemRow, PageRow


class Undoing:
    """Each call is one transaction; what cannot be put back whole is not touched."""

    def __init__(self, database: Database, who: str) -> None:
        self._database = database
        self._who = who

    def undo(self, dossier_id: DossierId) -> LastAct:
        """Take back the last act that stands; returns it.

        Raises Conflict "nothing_to_undo", "dossier_closed", or "act_overtaken" with what is different now.
        """
        return self._step(dossier_id, back=True)

    def redo(self, dossier_id: DossierId) -> LastAct:
        """Do the act again that was taken back last; raises as undo, or Conflict "nothing_to_redo"."""
        return self._step(dossier_id, back=False)

    def _step(self, dossier_id: DossierId, *, back: bool) -> LastAct:
        with self._database.write(self._who) as tx:
            dossier = open_dossier(tx, dossier_id)
            found = last_acts(tx.session, dossier_id)[0 if back else 1]
            if found is None:
                raise Conflict("nothing_to_undo" if back else "nothing_to_redo", dossier=dossier.name)
            act = tx.session.get_one(ActRow, found.id)
            _apply(tx, dossier, act, back=back)
            act.undone_at = tx.now if back else None
            tx.audit("dossier", dossier.id, "act_undone" if back else "act_redone", act=act.id, code=act.code)
            return LastAct(ActId(act.id), act.code, dict(act.facts), act.who, act.at)


def _apply(tx: Transaction, dossier: DossierRow, act: ActRow, *, back: bool) -> None:
    known, wanted = (1, 0) if back else (0, 1)
    now = acts.standing_of(tx, dossier)
    for kind, key, told in _told(act.changes):
        standing = now.things.get(kind, {}).get(key)
        if standing is None:
            raise _overtaken(act, kind, key)
        # What an act made has no other values before it.
        if any(standing[name] != pair[known] for name, pair in told.items()):
            raise _overtaken(act, kind, key)
        if kind == "item" and not _is_whole(tx, dossier, key):
            raise _overtaken(act, kind, key)
    order = act.changes.get("order")
    if order is not None:
        stretch = set(order[known])
        if [key for key in now.order if key in stretch] != order[known]:
            raise _overtaken(act, "order", dossier.id)
        instead = iter(order[wanted])
        put_order(tx, dossier, [next(instead) if key in stretch else key for key in now.order])
    for kind, key, told in _told(act.changes):
        _put(tx, kind, key, {name: pair[wanted] for name, pair in told.items()})
    if any("exclusion" in told for kind, _, told in _told(act.changes) if kind == "page"):
        look_again(tx, dossier)


def look_again(tx: Transaction, dossier: DossierRow) -> None:
    """Have a dossier's number looked for again after pages were excluded from its evidence, or came back."""
    if not flow.in_work(tx, dossier.id):
        store.enqueue(tx, flow.LINK, dossier.id, priority=flow.PRIORITY[flow.LINK])


def _told(changes: Mapping[str, Any]) -> Iterator[tuple[str, int, Mapping[str, Any]]]:
    for kind, things in changes.items():
        if kind != "order":
            for key, told in things.items():
                yield kind, int(key), told


def _put(tx: Transaction, kind: str, key: int, told: Mapping[str, Any]) -> None:
    match kind:
        case "page":
            page = tx.session.get_one(PageRow, key)
            for name in acts.PAGE_COLUMNS:
                if name in told:
                    setattr(page, name, told[name])
            tx.audit("page", key, "put_back", changed=sorted(told))
            put_edits(tx, page, values.load_edits(acts.with_edits(page.edits, told)))
        case "document":
            document = tx.session.get_one(DocumentRow, key)
            for name, value in told.items():
                acts.put_document_value(tx, document, name, value)
        case "link":
            link = tx.session.get_one(DocumentLinkRow, key)
            link.document_id = told.get("document_id", link.document_id)
            if "gone" in told:
                link.withdrawn_at = tx.now if told["gone"] else None
        case "item":
            item = tx.session.get_one(ImportItemRow, key)
            item.placing = {**(item.placing or {}), "withdrawn": told["withdrawn"]}
            _put_inserted(tx, item)
        case _:
            dossier = tx.session.get_one(DossierRow, key)
            for name, value in told.items():
                setattr(dossier, name, value)


def _is_whole(tx: Transaction, dossier: DossierRow, item_id: int) -> bool:
    """Whether the pages of an inserted file, and the one it replaced, are all in this dossier: others may have left."""
    replaced = (tx.session.get_one(ImportItemRow, item_id).placing or {}).get("replaces")
    places = select(PageRow.dossier_id).where(
        or_(PageRow.import_item_id == item_id, PageRow.id == (0 if replaced is None else replaced))
    )
    return set(tx.session.scalars(places)) <= {dossier.id}


def _put_inserted(tx: Transaction, item: ImportItemRow) -> None:
    """The pages of a file whose insertion was taken back, or done again."""
    from app.services.inserting import apply_placing

    pages = tx.session.scalars(select(PageRow).where(PageRow.import_item_id == item.id)).all()
    apply_placing(tx, item, pages)


def _overtaken(act: ActRow, kind: str, key: int) -> Conflict:
    return Conflict("act_overtaken", act=act.code, kind=kind, id=key)
