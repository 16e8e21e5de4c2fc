"""Stacks in the ledger: a path whose files hold many paper folders, and the dossiers that belong to it.

Used inside the transactions of others (import, division, linking). Its files go to one of its dossiers, the one it is
*taken into*; the division then puts the pages where they belong.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.separation import Separation
from app.domain.states import DossierState, ImportState, PageState
from app.storage.database import Transaction
from app.storage.tables import DossierRow, ImportItemRow, PageRow, StackRow

WAITING, DIVIDED, FAILED = "waiting", "divided", "not_divided"


def open_stack(tx: Transaction, dossier: DossierRow, separation: Separation) -> StackRow:
    """Say that what lies at a dossier's path is a stack, to be divided once all of it is read."""
    stack = StackRow(
        batch_id=dossier.batch_id,
        name=dossier.name,
        source=dossier.source,
        state=WAITING,
        separation=separation.to_stored(),
        taken_into=dossier.id,
        placed_up_to=0,
    )
    tx.session.add(stack)
    tx.session.flush()
    dossier.stack_id = stack.id
    tx.audit("stack", stack.id, "opened", dossier=dossier.id, **separation.to_stored())
    return stack


def take_into(tx: Transaction, stack_id: int, dossier: DossierRow) -> None:
    """Have the stack's late files go to another dossier: the one so far has left."""
    stack = tx.session.get_one(StackRow, stack_id)
    dossier.stack_id, stack.taken_into = stack.id, dossier.id
    tx.audit("stack", stack.id, "taken_into", dossier=dossier.id)


def late_name(tx: Transaction, name: str, source: str) -> str:
    """What files are called that came to a path when the dossier of that path had left: no dossier there is called so."""
    names = set(tx.session.scalars(select(DossierRow.name).where(DossierRow.source == source)))
    late, number = f"{name} (late files)", 2
    while late in names:
        late, number = f"{name} (late files {number})", number + 1
    return late


def await_division(tx: Transaction, stack_id: int) -> None:
    """Files came (again): what is late is placed once it is read."""
    stack = tx.session.get_one(StackRow, stack_id)
    if stack.state != WAITING:
        stack.state = WAITING
        tx.audit("stack", stack.id, "awaits_division")


def is_waiting(session: Session, dossier: DossierRow) -> bool:
    """Whether pages of a dossier's stack are still to be read or placed: any of them may be this dossier's."""
    session.flush()
    return dossier.stack_id is not None and session.get_one(StackRow, dossier.stack_id).state == WAITING


def separation_of(stack: StackRow) -> Separation:
    """How the stack is divided."""
    return Separation.from_stored(stack.separation)


def fellows(session: Session, dossier: DossierRow) -> Sequence[DossierRow]:
    """The dossiers of a dossier's stack that hold pages, itself among them; itself alone without a stack."""
    if dossier.stack_id is None:
        return [dossier]
    return session.scalars(
        select(DossierRow)
        .where(DossierRow.stack_id == dossier.stack_id, DossierRow.state != DossierState.DISSOLVED)
        .order_by(DossierRow.id)
    ).all()


def dossiers_of(session: Session, stack_id: int) -> Sequence[DossierRow]:
    """All dossiers of a stack, dissolved ones too."""
    return session.scalars(select(DossierRow).where(DossierRow.stack_id == stack_id)).all()


def ids_with_fellows(session: Session, dossier: DossierRow) -> tuple[int, ...]:
    """Ids of all dossiers, dissolved ones too, whose files may hold pages of this one."""
    if dossier.stack_id is None:
        return (dossier.id,)
    found = session.scalars(select(DossierRow.id).where(DossierRow.stack_id == dossier.stack_id))
    return tuple(found)


def is_in_work(session: Session, stack_id: int) -> bool:
    """Whether a file of the stack is still to be read or a page to be done."""
    session.flush()
    own = select(DossierRow.id).where(DossierRow.stack_id == stack_id)
    files = select(func.count()).where(
        ImportItemRow.dossier_id.in_(own), ImportItemRow.state == ImportState.OFFERED
    )
    pages = select(func.count()).where(
        PageRow.dossier_id.in_(own), PageRow.state.in_((PageState.CAPTURED, PageState.PROCESSING))
    )
    return bool((session.scalar(files) or 0) + (session.scalar(pages) or 0))
