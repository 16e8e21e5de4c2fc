"""Keeps what the pages of a dossier say together: sheets scanned twice, lines of a dirty scanner, a stack that lay turned.

Judged when a dossier is linked, for then all its pages are done; a page that is read again loses these reasons and
gets them back with the next link. They only mark pages for people: nothing is held or removed for them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.neighbour_turns import PageTurn, turns_of_neighbours
from app.domain.page_findings import PageFacts, PageFinding, StreakFacts, find_page_findings
from app.domain.sheet_sizes import SheetSize, longer_sheets
from app.storage import values
from app.storage.database import Transaction
from app.storage.tables import PageResultRow, PageRow
from ocr.quality_table import COMPARED, RANKS

NEARBY_PAGES = 30
"""Pages of other folders looked at before and after for a line of the same scanner."""

Findings = Mapping[int, tuple[PageFinding, ...]]


def compare_pages(session: Session, dossier_id: int) -> Findings:
    """Compare the pages of a dossier with each other; exact twins are known already and left out."""
    rows = session.execute(
        select(PageRow, PageResultRow)
        .outerjoin(PageResultRow, PageResultRow.page_id == PageRow.id)
        .where(PageRow.dossier_id == dossier_id)
        .order_by(PageRow.ordinal, PageRow.id)
    ).all()
    facts = [
        PageFacts(
            page.id,
            result.fingerprint,
            tuple(result.streaks_px),
            page.width_px,
            result.text,
            result.is_blank,
        )
        for page, result in rows
        if result is not None and page.duplicate_of is None
    ]
    nearby = _nearby(session, [each.page_id for each in facts], dossier_id)
    found = dict(find_page_findings(facts, nearby))
    scans = [
        SheetSize(page.id, page.width_px, page.height_px, result.dpi)
        for page, result in rows
        if result is not None and not page.part and not _is_long(result)
    ]
    for page_id, reason in longer_sheets(scans).items():
        found[page_id] = (PageFinding(page_id, reason), *found.get(page_id, ()))
    for page_id, reason in turns_of_neighbours([_lies(page, result) for page, result in rows]).items():
        found[page_id] = (PageFinding(page_id, reason), *found.get(page_id, ()))
    return found


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


def _nearby(session: Session, page_ids: Sequence[int], dossier_id: int) -> tuple[StreakFacts, ...]:
    """Pages of other folders that came in just before or after those of a folder, for the lines of the scanner."""
    if not page_ids:
        return ()
    rows = session.execute(
        select(PageRow.id, PageResultRow.streaks_px, PageRow.width_px)
        .join(PageResultRow, PageResultRow.page_id == PageRow.id)
        .where(
            PageRow.id.between(min(page_ids) - NEARBY_PAGES, max(page_ids) + NEARBY_PAGES),
            PageRow.dossier_id != dossier_id,
        )
    )
    return tuple(StreakFacts(page_id, tuple(streaks_px), width) for page_id, streaks_px, width in rows)


def _is_long(result: PageResultRow) -> bool:
    return any(reason.code == "double_feed" for reason in values.load_quality(result.quality))


def _lies(page: PageRow, result: PageResultRow | None) -> PageTurn:
    said_turn, said_blank = page.edits.get("turn_deg"), page.edits.get("is_blank")
    return PageTurn(
        page_id=page.id,
        turn_deg=result.applied_turn_deg if result is not None else 0,
        confidence=result.turn_confidence if result is not None else 0.0,
        is_wide=page.width_px > page.height_px,
        # Not read yet or set aside: it says nothing, and nothing is said of it.
        is_blank=result is None or (result.is_blank if said_blank is None else bool(said_blank)),
        is_decided=result is not None and said_turn is not None,
    )
