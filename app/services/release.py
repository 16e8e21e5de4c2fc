"""From a believed number to a package: linking, approval and the hand-over to packaging.

Used by people (indexing, review) and by the release policy alike, so that both leave the same traces.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import select

from app.domain.states import DossierState
from app.errors import Conflict
from app.jobs import store
from app.services import flow, second_keying, stacks
from app.services.page_reasons import lone_halves, named_pages
from app.storage.database import Transaction
from app.storage.tables import DossierRow, LinkRow, PageRow

POLICY = "policy:proven"
BY_POLICY = "released_by_policy"


@contextmanager
def as_policy(tx: Transaction) -> Iterator[None]:
    """Let the audit say that no person does this, but the rule."""
    who, tx.who = tx.who, POLICY
    try:
        yield
    finally:
        tx.who = who


def active_link(tx: Transaction, dossier_id: int) -> LinkRow | None:
    """The link that holds now, or None."""
    return tx.session.scalar(
        select(LinkRow)
        .where(LinkRow.dossier_id == dossier_id, LinkRow.withdrawn_at.is_(None))
        .order_by(LinkRow.id.desc())
        .limit(1)
    )


def link(
    tx: Transaction, dossier: DossierRow, number: str, format_id: str, by: str, proof: dict[str, Any]
) -> LinkRow:
    """Bind a dossier that is TO_INDEX to a number and send it to review; whoever calls asks for a second keying.

    Raises Conflict("stack_waits") while pages of its stack are still to be placed.
    """
    _demand_placed(tx, dossier)
    unlink(tx, dossier)
    made = LinkRow(
        dossier_id=dossier.id,
        application_number=number,
        format_id=format_id,
        linked_by=by,
        linked_at=tx.now,
        proof=proof,
    )
    tx.session.add(made)
    dossier.application_number = number
    dossier.return_reason = None
    dossier.on_hold = False
    dossier.updated_at = tx.now
    tx.move(dossier, DossierState.TO_REVIEW, "linked", number=number, by=by)
    tx.session.flush()
    return made


def _demand_placed(tx: Transaction, dossier: DossierRow) -> None:
    """Any page of a stack that is still to be placed may be this dossier's."""
    if stacks.is_waiting(tx.session, dossier):
        raise Conflict("stack_waits", dossier=dossier.name)


def unlink(tx: Transaction, dossier: DossierRow) -> None:
    """Withdraw the link that holds now, if there is one; history stays."""
    earlier = active_link(tx, dossier.id)
    if earlier is not None:
        earlier.withdrawn_at = tx.now
        second_keying.cancel(tx, earlier)
        tx.audit("dossier", dossier.id, "link_withdrawn", number=earlier.application_number)
    dossier.application_number = None


def approve(tx: Transaction, dossier: DossierRow, action: str = "approved") -> None:
    """Let a dossier that is TO_REVIEW go out: its package is built next.

    Raises Conflict("no_paper_pages") when a person has excluded all its pages, "half_left_out" when half a scan would
    leave, "stack_waits" as link does, "second_keying_awaited" or "keying_differs" until two people said the same.
    """
    _demand_placed(tx, dossier)
    second_keying.demand_done(tx, dossier)
    left = select(PageRow.id).where(PageRow.dossier_id == dossier.id, PageRow.exclusion.is_(None)).limit(1)
    if tx.session.scalar(left) is None:
        raise Conflict("no_paper_pages", dossier=dossier.name)
    if apart := lone_halves(tx.session, dossier.id):
        raise Conflict("half_left_out", n=len(apart), pages=named_pages(apart))
    tx.move(dossier, DossierState.APPROVED, action)
    dossier.updated_at = tx.now
    store.enqueue(tx, flow.PACKAGE, dossier.id, priority=flow.PRIORITY[flow.PACKAGE])


def linked_elsewhere(tx: Transaction, dossier: DossierRow, number: str) -> tuple[str, ...]:
    """Names of other dossiers that hold the same number now."""
    return tuple(
        tx.session.scalars(
            select(DossierRow.name)
            .join(LinkRow, LinkRow.dossier_id == DossierRow.id)
            .where(
                LinkRow.application_number == number,
                LinkRow.withdrawn_at.is_(None),
                DossierRow.id != dossier.id,
            )
            .order_by(DossierRow.id)
        )
    )
