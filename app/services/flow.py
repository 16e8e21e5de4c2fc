"""What follows when the last file of a dossier is read or its last page is recognised."""

from __future__ import annotations

from sqlalchemy import func, select

from app.domain.states import DossierState, ImportState, PageState
from app.jobs import store
from app.queries.fields import FIELDS as FIELDS
from app.services import stacks
from app.storage.database import Transaction
from app.storage.tables import DossierRow, ImportItemRow, PageRow

LINK = "link"
SEPARATE = "separate"
PACKAGE = "package"
INTAKE = "intake"
PAGE = "page"

# Smaller first: files are read before pages are recognised, so that everything offered is safe on disk
# early; a finished dossier leaves before the next one is begun. Its fields are read before the next is linked.
PRIORITY = {SEPARATE: 60, FIELDS: 65, LINK: 70, PACKAGE: 80, INTAKE: 90, PAGE: 100}


def settle(tx: Transaction, dossier_id: int) -> None:
    """Send a dossier to linking once every file is read and every page is done; a stack is divided first."""
    dossier = tx.session.get_one(DossierRow, dossier_id)
    tx.touch("dossier", dossier_id)
    if in_work(tx, dossier_id):
        return
    if dossier.state is DossierState.OPEN:
        # Every file was refused: nothing to recognise, but it must not look as if nothing had been offered.
        dossier.link_facts = {"reasons": [{"code": "no_pages", "facts": {}}], "candidates": []}
    if dossier.stack_id is not None and stacks.is_waiting(tx.session, dossier):
        # Also where nothing came of its late files: the other folders wait to hear that.
        if not stacks.is_in_work(tx.session, dossier.stack_id):
            store.enqueue(tx, SEPARATE, dossier.stack_id, priority=PRIORITY[SEPARATE])
        return
    if dossier.state is DossierState.PROCESSING:
        store.enqueue(tx, LINK, dossier_id, priority=PRIORITY[LINK])


def in_work(tx: Transaction, dossier_id: int) -> int:
    """Count the files of a dossier that are still to be read and its pages that are still to be done."""
    tx.session.flush()
    waiting_files = tx.session.scalar(
        select(func.count()).where(
            ImportItemRow.dossier_id == dossier_id, ImportItemRow.state == ImportState.OFFERED
        )
    )
    waiting_pages = tx.session.scalar(
        select(func.count()).where(
            PageRow.dossier_id == dossier_id,
            PageRow.state.in_((PageState.CAPTURED, PageState.PROCESSING)),
        )
    )
    return (waiting_files or 0) + (waiting_pages or 0)


def reopen(tx: Transaction, dossier: DossierRow) -> None:
    """Put a dossier back to PROCESSING because one of its pages is to be done again, or came late."""
    if dossier.state is not DossierState.PROCESSING:
        tx.move(dossier, DossierState.PROCESSING, "reopened")
        dossier.updated_at = tx.now


def ask_for_page(tx: Transaction, page: PageRow, *, priority: int = PRIORITY[PAGE]) -> None:
    """Queue the recognition of a page, again if it was done before."""
    if page.state in (PageState.READY, PageState.NEEDS_ATTENTION):
        tx.move(page, PageState.PROCESSING, "asked_again")
    page.attention, page.attention_facts = None, {}
    store.enqueue(tx, PAGE, page.id, priority=priority)
    tx.touch("page", page.id)
