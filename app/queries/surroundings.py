"""What is known around a dossier when its number is decided: the folders beside it, and numbers bound already."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.linking_model import Surroundings
from app.storage.tables import DossierRow, LinkRow

REACH = 3
"""Folders before and after in the batch, as they came off the shelf."""

_OWN_ROLES = ("application", "unknown", "suggestion")


def around(session: Session, dossier_id: int, numbers: Iterable[str]) -> Surroundings:
    """Look around a dossier. numbers: those read in it, of which it is asked whether another dossier has them."""
    dossier = session.get_one(DossierRow, dossier_id)
    rows = session.execute(
        select(DossierRow.ordinal, DossierRow.application_number, DossierRow.link_facts)
        .where(
            DossierRow.batch_id == dossier.batch_id,
            DossierRow.id != dossier_id,
            DossierRow.ordinal.between(dossier.ordinal - REACH, dossier.ordinal + REACH),
        )
        .order_by(DossierRow.ordinal)
    )
    beside = []
    for ordinal, linked, facts in rows:
        best = next(iter(facts.get("candidates", ())), None)
        number = linked
        if number is None and best is not None and best["role"] in _OWN_ROLES:
            number = str(best["application_number"])
        if number is not None:
            beside.append((ordinal - dossier.ordinal, number))
    bound = session.scalars(
        select(LinkRow.application_number).where(
            LinkRow.application_number.in_(sorted(numbers)),
            LinkRow.withdrawn_at.is_(None),
            LinkRow.dossier_id != dossier_id,
        )
    )
    return Surroundings(tuple(beside), frozenset(bound))
