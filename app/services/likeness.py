"""Keeps what the pages of a dossier say together: sheets scanned twice, lines of a dirty scanner.

Judged when a dossier is linked, for then all its pages are done; a page that is read again loses these reasons and
gets them back with the next link. They only mark pages for people: nothing is held or removed for them.
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.page_findings import PageFacts, PageFinding, find_page_findings
from app.storage import values
from app.storage.database import Transaction
from app.storage.tables import PageResultRow, PageRow
from ocr.quality_table import COMPARED, RANKS

Findings = Mapping[int, tuple[PageFinding, ...]]


def compare_pages(session: Session, dossier_id: int) -> Findings:
    """Compare the pages of a dossier with each other; exact twins are known already and left out."""
    rows = session.execute(
        select(PageRow, PageResultRow)
        .join(PageResultRow, PageResultRow.page_id == PageRow.id)
        .where(PageRow.dossier_id == dossier_id, PageRow.duplicate_of.is_(None))
        .order_by(PageRow.ordinal, PageRow.id)
    )
    return find_page_findings(
        [
            PageFacts(
                page.id,
                result.fingerprint,
                tuple(result.streaks_px),
                page.width_px,
                result.text,
                result.is_blank,
            )
            for page, result in rows
        ]
    )


def keep_findings(tx: Transaction, dossier_id: int, findings: Findings) -> None:
    """Write the findings to the pages' reasons, in the place of earlier ones of their kind."""
    rows = tx.session.scalars(
        select(PageResultRow)
        .join(PageRow, PageRow.id == PageResultRow.page_id)
        .where(PageRow.dossier_id == dossier_id)
    )
    for row in rows:
        own = [reason for reason in values.load_quality(row.quality) if reason.code not in COMPARED]
        told = (*own, *(finding.reason for finding in findings.get(row.page_id, ())))
        stored = values.dump(sorted(told, key=lambda reason: RANKS.get(reason.code, len(RANKS))))
        if stored != row.quality:
            row.quality = stored
            tx.touch("page", row.page_id)
