"""Saying of something that was imported already that it is a stack, or is to be divided otherwise."""

from __future__ import annotations

from sqlalchemy import func, select, update

from app.domain.separation import Mode, Separation
from app.domain.states import LEFT, DossierState
from app.jobs import store
from app.services import flow, stacks
from app.services.dividing import has_late_pages
from app.storage.database import Transaction
from app.storage.document_tables import ActRow
from app.storage.tables import DossierRow, LinkRow, PageRow, StackRow

NOT_DIVIDED_ANEW = {"code": "not_divided_anew", "facts": {}}

OF_PAGES_ONLY = ("pages_edited", "turned_like_neighbours", "edits_restored")
"""Acts that say nothing of which folder or document a page belongs to."""


def dossier_at(tx: Transaction, source: str) -> DossierRow | None:
    """The dossier that a path means: what was taken in from it last; of a stack the one that takes its files.

    A dossier cut out of an earlier stack of this path is younger than the path's newest stack, and is not meant.
    """
    rows = tx.session.execute(
        select(func.min(DossierRow.id), DossierRow.stack_id)
        .where(DossierRow.source == source)
        .group_by(func.coalesce(DossierRow.stack_id, -DossierRow.id))
    ).all()
    first, stack_id = max(((first, stack_id) for first, stack_id in rows), default=(None, None), key=_begun)
    if stack_id is None:
        return None if first is None else tx.session.get(DossierRow, first)
    return tx.session.get(DossierRow, tx.session.get_one(StackRow, stack_id).taken_into)


def late_name(tx: Transaction, name: str, source: str) -> str:
    """What files are called that came to a path when the dossier of that path had left: no dossier there is called so."""
    names = set(tx.session.scalars(select(DossierRow.name).where(DossierRow.source == source)))
    late, number = f"{name} (late files)", 2
    while late in names:
        late, number = f"{name} (late files {number})", number + 1
    return late


def _begun(row: tuple[int | None, int | None]) -> int:
    return row[0] or 0


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
        if _is_decided(tx, (dossier.id,)):
            _tell_not_divided(tx, dossier)
        else:
            stacks.open_stack(tx, dossier, separation)
    if dossier.stack_id is not None and is_waiting:
        stacks.await_division(tx, dossier.stack_id)


def make_stack(tx: Transaction, dossier: DossierRow, separation: Separation) -> bool:
    """Have a dossier, or the stack it takes the files of, divided so; returns whether it will be.

    What people have decided on stands: a stack is only divided anew while none of its dossiers was linked by
    a person, has left, was cut or joined, and nobody has said anything of its pages and documents. Else its
    dossiers say that they were not divided.
    """
    if dossier.stack_id is None:
        if dossier.state not in (DossierState.PROCESSING, DossierState.TO_INDEX, DossierState.OPEN):
            return False
        if _is_decided(tx, (dossier.id,)):
            return _tell_not_divided(tx, dossier)
        stacks.open_stack(tx, dossier, separation)
    else:
        stack = tx.session.get_one(StackRow, dossier.stack_id)
        is_same = stack.separation == separation.to_stored()
        if is_same and stack.state != stacks.FAILED:
            _take_back_not_divided(tx, stack.id)
            return False
        if not is_same and _is_decided(tx, stacks.ids_with_fellows(tx.session, dossier)):
            return _tell_not_divided(tx, dossier)
        if is_same:
            stacks.await_division(tx, stack.id)
        else:
            _begin_again(tx, stack, separation)
    if dossier.state is not DossierState.OPEN and dossier.state not in LEFT:
        flow.reopen(tx, dossier)
    flow.settle(tx, dossier.id)
    return True


def _is_decided(tx: Transaction, dossier_ids: tuple[int, ...]) -> bool:
    left = select(func.count()).where(DossierRow.id.in_(dossier_ids), DossierRow.state.in_(LEFT))
    linked = select(func.count()).where(LinkRow.dossier_id.in_(dossier_ids), LinkRow.withdrawn_at.is_(None))
    said = select(func.count()).where(PageRow.dossier_id.in_(dossier_ids), PageRow.border_said.is_not(None))
    acted = select(func.count()).where(
        ActRow.dossier_id.in_(dossier_ids), ActRow.undone_at.is_(None), ActRow.code.not_in(OF_PAGES_ONLY)
    )
    held = select(func.count()).where(DossierRow.id.in_(dossier_ids), DossierRow.on_hold.is_(True))
    return any(tx.session.scalar(question) for question in (left, linked, said, acted, held))


def _tell_not_divided(tx: Transaction, dossier: DossierRow) -> bool:
    """Let the dossiers that a person still has say that they were not divided as asked; returns False."""
    for fellow in stacks.fellows(tx.session, dossier):
        if fellow.state in LEFT or fellow.stack_facts:
            continue
        fellow.stack_facts = dict(NOT_DIVIDED_ANEW)
        tx.audit("dossier", fellow.id, "not_divided_anew")
        if fellow.state is DossierState.TO_INDEX:
            store.enqueue(tx, flow.LINK, fellow.id, priority=flow.PRIORITY[flow.LINK])
    return False


def _take_back_not_divided(tx: Transaction, stack_id: int) -> None:
    """Asked for as it is, a stack no longer says that it was to be another."""
    for dossier in stacks.dossiers_of(tx.session, stack_id):
        if dossier.stack_facts == NOT_DIVIDED_ANEW:
            dossier.stack_facts = {}


def count_anew(tx: Transaction, stack: StackRow) -> bool:
    """Where folders are counted, a page that comes late moves all borders behind it: count from the beginning.

    Only while nobody has decided anything in the stack; else its folders are held. Returns whether it is done.
    """
    separation = stacks.separation_of(stack)
    if separation.mode is not Mode.COUNT or not has_late_pages(tx.session, stack):
        return False
    if _is_decided(tx, tuple(each.id for each in stacks.dossiers_of(tx.session, stack.id))):
        return False
    _begin_again(tx, stack, separation)
    return True


def _begin_again(tx: Transaction, stack: StackRow, separation: Separation) -> None:
    """Forget the borders so far: with the same pages before it, the division is made from the beginning."""
    stack.separation, stack.placed_up_to = separation.to_stored(), 0
    tx.session.execute(update(DossierRow).where(DossierRow.stack_id == stack.id).values(stack_facts={}))
    tx.audit("stack", stack.id, "divided_anew", **separation.to_stored())
    stacks.await_division(tx, stack.id)
