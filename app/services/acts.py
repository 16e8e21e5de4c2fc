"""What people did to the pages and documents of a dossier, kept so that it can be taken back and done again.

An act keeps, for each thing it changed, how that stood before and after. It is kept as long as its batch, survives a
restart, and can be taken back as long as what it changed still stands as it left it: whatever came in between was
somebody's decision, and is not thrown away in passing. Then the act stays, and is refused with what is different.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date
from typing import Any

from sqlalchemy import select, update

from app.storage.database import Transaction
from app.storage.document_tables import ActRow, DocumentLinkRow, DocumentRow
from app.storage.tables import DossierRow, ImportItemRow, PageRow
from ocr.types import PageEdits

PAGE_COLUMNS = ("document_id", "exclusion", "starts_document", "replaced_by")
DOCUMENT_COLUMNS = (
    "kind",
    "kind_confidence",
    "facts",
    "dated_printed",
    "dated_role",
    "direction",
    "language",
    "access",
    "said",
)
EDIT = "edit:"
EDITS = tuple(each.name for each in fields(PageEdits) if each.name != "brightness")
"""What of a page's edits is taken back: how bright it is shown is no act."""
DOSSIER_COLUMNS = ("is_ordered", "expected_pages")
NEVER: Mapping[str, Mapping[str, Any]] = {
    "document": {"gone": True},
    "link": {"gone": True},
    "item": {"withdrawn": True},
}
"""How things stood before they were made: of those only their existence is taken back."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How the things of a dossier stand, as plain values by their numbers. order: pages as they are read."""

    order: tuple[int, ...]
    things: Mapping[str, Mapping[int, Mapping[str, Any]]] = field(default_factory=dict)


def standing_of(tx: Transaction, dossier: DossierRow) -> Standing:
    """Look at a dossier as the transaction has it now."""
    tx.session.flush()
    pages = tx.session.scalars(
        select(PageRow).where(PageRow.dossier_id == dossier.id).order_by(PageRow.ordinal, PageRow.id)
    ).all()
    documents = tx.session.scalars(select(DocumentRow).where(DocumentRow.dossier_id == dossier.id)).all()
    links = tx.session.scalars(
        select(DocumentLinkRow).where(DocumentLinkRow.document_id.in_([each.id for each in documents]))
    ).all()
    items = tx.session.scalars(
        select(ImportItemRow).where(
            ImportItemRow.dossier_id == dossier.id, ImportItemRow.placing.is_not(None)
        )
    ).all()
    return Standing(
        order=tuple(page.id for page in pages),
        things={
            "page": {page.id: _page_values(page) for page in pages},
            "document": {row.id: document_values(row) for row in documents},
            "link": {row.id: _link_values(row) for row in links},
            "item": {item.id: {"withdrawn": is_withdrawn(item)} for item in items},
            "dossier": {dossier.id: _columns(dossier, DOSSIER_COLUMNS)},
        },
    )


def note(
    tx: Transaction, dossier: DossierRow, code: str, before: Standing, facts: Mapping[str, Any]
) -> ActRow | None:
    """Keep what an act changed since before; None when it changed nothing. What was undone can no longer be redone."""
    changes = difference(before, standing_of(tx, dossier))
    if not changes:
        return None
    return note_changes(tx, dossier.id, code, changes, facts)


def note_changes(
    tx: Transaction, dossier_id: int, code: str, changes: Mapping[str, Any], facts: Mapping[str, Any]
) -> ActRow:
    """Keep an act whose changes are known; see difference for their form."""
    tx.session.execute(
        update(ActRow)
        .where(ActRow.dossier_id == dossier_id, ActRow.undone_at.is_not(None), ActRow.dropped.is_(False))
        .values(dropped=True)
    )
    act = ActRow(
        dossier_id=dossier_id, code=code, facts=dict(facts), changes=dict(changes), who=tx.who, at=tx.now
    )
    tx.session.add(act)
    tx.session.flush()
    tx.audit("dossier", dossier_id, code, act=act.id, **facts)
    tx.touch("page", *(int(key) for key in changes.get("page", {})))
    return act


def difference(before: Standing, after: Standing) -> dict[str, Any]:
    """Say what is different: {"page": {"12": {"exclusion": [None, "person"]}}, ..., "order": [[2, 1], [1, 2]]}.

    order: only the stretch of pages that stands otherwise, so that pages that came elsewhere do not matter.
    """
    changes: dict[str, Any] = {}
    for kind, now in after.things.items():
        was = before.things.get(kind, {})
        for key, standing in now.items():
            told = _different(was.get(key, NEVER.get(kind, {})), standing)
            if told:
                changes.setdefault(kind, {})[str(key)] = told
    known = set(before.order) & set(after.order)
    stretch = _stretch(
        [key for key in before.order if key in known], [key for key in after.order if key in known]
    )
    if stretch is not None:
        changes["order"] = [list(part) for part in stretch]
    return changes


def document_values(row: DocumentRow) -> dict[str, Any]:
    """How a document stands, as values JSON can hold."""
    dated = None if row.dated is None else row.dated.isoformat()
    return {**_columns(row, DOCUMENT_COLUMNS), "dated": dated, "gone": row.gone_at is not None}


def put_document_value(tx: Transaction, row: DocumentRow, name: str, value: Any) -> None:
    """Write back one of document_values."""
    if name == "gone":
        row.gone_at = tx.now if value else None
    elif name == "dated":
        row.dated = None if value is None else date.fromisoformat(value)
    else:
        setattr(row, name, value)
    row.updated_at = tx.now


def is_withdrawn(item: ImportItemRow) -> bool:
    """Tell whether the insertion of a file was taken back."""
    return bool((item.placing or {}).get("withdrawn"))


def edit_changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, list[Any]]:
    """What is different between two edits of a page as their column holds them."""
    return _different(_edit_values(old), _edit_values(new))


def with_edits(edits: Mapping[str, Any], told: Mapping[str, Any]) -> dict[str, Any]:
    """Edits of a page with those of a change put in; what is left to the engine is left out."""
    said = {name.removeprefix(EDIT): value for name, value in told.items() if name.startswith(EDIT)}
    return {name: value for name, value in {**edits, **said}.items() if value is not None}


def _page_values(page: PageRow) -> dict[str, Any]:
    return _columns(page, PAGE_COLUMNS) | _edit_values(page.edits)


def _edit_values(edits: Mapping[str, Any]) -> dict[str, Any]:
    return {f"{EDIT}{name}": edits.get(name) for name in EDITS}


def _link_values(row: DocumentLinkRow) -> dict[str, Any]:
    return {"document_id": row.document_id, "gone": row.withdrawn_at is not None}


def _columns(row: Any, names: Sequence[str]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}


def _different(was: Mapping[str, Any], now: Mapping[str, Any]) -> dict[str, list[Any]]:
    return {name: [was.get(name), value] for name, value in now.items() if name in was and was[name] != value}


def _stretch(before: Sequence[int], after: Sequence[int]) -> tuple[Sequence[int], Sequence[int]] | None:
    """The part between the first and the last place where two orders of the same pages differ."""
    places = [place for place, (old, new) in enumerate(zip(before, after, strict=True)) if old != new]
    if not places:
        return None
    first, last = places[0], places[-1] + 1
    return before[first:last], after[first:last]
