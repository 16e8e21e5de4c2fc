"""Saying of something that was imported already that it is a stack, or is to be divided otherwise."""

from __future__ import annotations

from sqlalchemy import func, select

from app.domain.separation import Separation
from app.domain.states import DossierState
from app.services import flow, stacks
from app.services.pages import CLOSED
from app.storage.database import Transaction
from app.storage.tables import DossierRow, LinkRow, PageRow, StackRow


def dossier_at(tx: Transaction, source: str) -> DossierRow | None:
    """The newest dossier of a path; of a stack the one that takes its files."""
    newest = tx.session.scalar(
        select(DossierRow).where(DossierRow.source == source).order_by(DossierRow.id.desc()).limit(1)
    )
    if newest is None or newest.stack_id is None:
        return newest
    return tx.session.get(DossierRow, tx.session.get_one(StackRow, newest.stack_id).taken_into)


def stack_up(
    tx: Transaction,
    dossier: DossierRow,
    earlier: DossierRow | None,
    separation: Separation | None,
    *,
    is_waiting: bool,
) -> None:
    """Files came to a dossier: it may be a stack's from now on, or its stack has something to place."""
    if earlier is not None and earlier.id != dossier.id and earlier.stack_id is not None:
        stacks.take_into(tx, earlier.stack_id, dossier)
    elif dossier.stack_id is None and separation is not None:
        stacks.open_stack(tx, dossier, separation)
    if dossier.stack_id is not None and is_waiting:
        stacks.await_division(tx, dossier.stack_id)


def make_stack(tx: Transaction, dossier: DossierRow, separation: Separation) -> bool:
    """Have a dossier, or the stack it takes the files of, divided so; returns whether it will be.

    What people have decided on stands: a stack is only divided anew while none of its dossiers was linked by
    a person, has left or was cut or joined.
    """
    if dossier.stack_id is None:
        if dossier.state not in (DossierState.PROCESSING, DossierState.TO_INDEX, DossierState.OPEN):
            return False
        if _is_decided(tx, (dossier.id,)):
            return False
        stacks.open_stack(tx, dossier, separation)
    else:
        stack = tx.session.get_one(StackRow, dossier.stack_id)
        if stack.separation == separation.to_stored():
            return False
        if _is_decided(tx, stacks.ids_with_fellows(tx.session, dossier)):
            return False
        _begin_again(tx, stack, dossier, separation)
    if dossier.state is not DossierState.OPEN:
        flow.reopen(tx, dossier)
    flow.settle(tx, dossier.id)
    return True


def _is_decided(tx: Transaction, dossier_ids: tuple[int, ...]) -> bool:
    left = select(func.count()).where(DossierRow.id.in_(dossier_ids), DossierRow.state.in_(CLOSED))
    linked = select(func.count()).where(LinkRow.dossier_id.in_(dossier_ids), LinkRow.withdrawn_at.is_(None))
    said = select(func.count()).where(PageRow.dossier_id.in_(dossier_ids), PageRow.border_said.is_not(None))
    held = select(func.count()).where(DossierRow.id.in_(dossier_ids), DossierRow.on_hold.is_(True))
    return any(tx.session.scalar(question) for question in (left, linked, said, held))


def _begin_again(tx: Transaction, stack: StackRow, dossier: DossierRow, separation: Separation) -> None:
    """Forget the borders so far: with the same pages before it, the division is made from the beginning."""
    stack.separation, stack.placed_up_to = separation.to_stored(), 0
    tx.audit("stack", stack.id, "divided_anew", **separation.to_stored())
    stacks.await_division(tx, stack.id)
