"""Marks on pages that begin a document: what separators, patch codes and people say of it.

Used inside the transactions of others; the division into documents follows when the dossier is linked, or at once
when a person said so.
"""

from __future__ import annotations

from collections.abc import Mapping

from app.domain.documents import StartMark
from app.domain.ids import PageId
from app.storage.database import Transaction
from app.storage.tables import PageRow


def mark_starts(tx: Transaction, marks: Mapping[PageId, StartMark]) -> int:
    """Say that a document begins at each of the pages; returns how many marks are new.

    A mark set by a person stays a person's. Pages that are gone are passed over, for a half of a spread may
    have been put back meanwhile.
    """
    new = 0
    for page_id, mark in marks.items():
        page = tx.session.get(PageRow, page_id)
        if page is None or page.starts_document in (StartMark.PERSON, mark):
            continue
        page.starts_document = mark.value
        tx.audit("page", page.id, "starts_document", mark=mark.value)
        tx.touch("dossier", page.dossier_id)
        new += 1
    return new
