"""What is known around a dossier when its number is decided: the folders beside it, and numbers bound already."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.linking_model import Surroundings
from app.domain.states import DossierState
from app.storage.tables import DossierRow, ImportItemRow, LinkRow, PageRow

REACH = 3
"""Folders before and after in the batch, as they came off the shelf, or in the stack, as they were scanned."""

_OWN_ROLES = ("application", "unknown", "suggestion")


def around(session: Session, dossier_id: int, numbers: Iterable[str]) -> Surroundings:
    """Look around a dossier. numbers: those read in it, of which it is asked whether another dossier has them."""
    dossier = session.get_one(DossierRow, dossier_id)
    places = _in_batch(session, dossier) if dossier.stack_id is None else _in_stack(session, dossier)
    rows = session.execute(
        select(DossierRow.id, DossierRow.application_number, DossierRow.link_facts).where(
            DossierRow.id.in_(places)
        )
    )
    beside = []
    for other_id, linked, facts in rows:
        best = next(iter(facts.get("candidates", ())), None)
        number = linked
        if number is None and best is not None and best["role"] in _OWN_ROLES:
            number = str(best["application_number"])
        if number is not None:
            beside.append((places[other_id], number))
    bound = session.scalars(
        select(LinkRow.application_number).where(
            LinkRow.application_number.in_(sorted(numbers)),
            LinkRow.withdrawn_at.is_(None),
            LinkRow.dossier_id != dossier_id,
        )
    )
    return Surroundings(tuple(sorted(beside)), frozenset(bound))


def _in_batch(session: Session, dossier: DossierRow) -> Mapping[int, int]:
    """The folders beside one in its batch that came by themselves: their ids, and how far away they are."""
    found = session.execute(
        select(DossierRow.id, DossierRow.ordinal).where(
            DossierRow.batch_id == dossier.batch_id,
            DossierRow.id != dossier.id,
            DossierRow.stack_id.is_(None),
            DossierRow.ordinal.between(dossier.ordinal - REACH, dossier.ordinal + REACH),
        )
    )
    return {other: ordinal - dossier.ordinal for other, ordinal in found}


def _in_stack(session: Session, dossier: DossierRow) -> Mapping[int, int]:
    """The folders beside one in its stack, which all have one place in the batch: as their first pages were scanned."""
    first = func.min(ImportItemRow.ordinal)
    order = session.scalars(
        select(PageRow.dossier_id)
        .join(DossierRow, DossierRow.id == PageRow.dossier_id)
        .join(ImportItemRow, ImportItemRow.id == PageRow.import_item_id)
        .where(DossierRow.stack_id == dossier.stack_id, DossierRow.state != DossierState.DISSOLVED)
        .group_by(PageRow.dossier_id)
        .order_by(first, func.min(PageRow.source_page), PageRow.dossier_id)
    ).all()
    if dossier.id not in order:
        return {}
    here = order.index(dossier.id)
    return {
        order[at]: at - here
        for at in range(max(0, here - REACH), min(len(order), here + REACH + 1))
        if at != here
    }
