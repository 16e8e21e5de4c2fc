"""What a dossier lacks by its office's checklist, whether its pages are as many as its cover says, and what is too long."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.application_number import ApplicationNumber, NotAnApplicationNumber
from app.domain.completeness import CheckedDocument, Lack, check_documents, check_pages, checklist_for
from app.domain.ids import DossierId
from app.domain.office_terms import Checklist
from app.domain.offices import OfficeProfile
from app.domain.separator_marks import SheetKind
from app.queries.long_documents import long_documents
from app.storage.database import Database
from app.storage.document_tables import DocumentRow
from app.storage.tables import BatchRow, DossierRow, PageResultRow, PageRow


def findings_of(
    reader: Database, dossier_id: DossierId, offices: Mapping[str, OfficeProfile]
) -> tuple[Lack, ...]:
    """What is not as the checklist has it; raises LookupError for an unknown dossier."""
    with reader.read() as session:
        dossier = session.get(DossierRow, dossier_id)
        if dossier is None:
            raise LookupError(dossier_id)
        batch = session.get_one(BatchRow, dossier.batch_id)
        return (
            *page_findings(session, dossier),
            *_length_findings(session, dossier, offices[batch.office]),
            *check_documents(_checked(session, dossier.id), checklist_of(dossier, batch.office, offices)),
        )


OUR_SHEETS = (SheetKind.COVER.value, SheetKind.DOCUMENT_SHEET.value)
"""A sheet of ours that was kept for what somebody wrote on it is none of the pages that the cover counts."""


def page_findings(session: Session, dossier: DossierRow) -> tuple[Lack, ...]:
    """Whether the pages that count are as many as the cover says."""
    if dossier.expected_pages is None:
        return ()
    said: dict[bool, int] = {False: 0, True: 0}
    for edits, is_blank in session.execute(
        select(PageRow.edits, PageResultRow.is_blank)
        .outerjoin(PageResultRow, PageResultRow.page_id == PageRow.id)
        .where(
            PageRow.dossier_id == dossier.id,
            PageRow.exclusion.is_(None),
            func.coalesce(PageRow.sheet, "").not_in(OUR_SHEETS),
        )
    ):
        by_person = edits.get("is_blank")
        said[bool(is_blank) if by_person is None else bool(by_person)] += 1
    return check_pages(dossier.expected_pages, sum(said.values()), said[True])


def _length_findings(session: Session, dossier: DossierRow, office: OfficeProfile) -> tuple[Lack, ...]:
    """Documents that may be two. Another file's pages may be among them, so that is told with care."""
    return tuple(
        Lack(each.code, is_loss=True, kind=each.kind, documents=(each.place,), facts=each.facts)
        for each in long_documents(session, dossier.id, office)
    )


def holding_findings(
    session: Session,
    dossier: DossierRow,
    office: str,
    offices: Mapping[str, OfficeProfile],
    number: str | None,
) -> tuple[Lack, ...]:
    """What keeps a dossier from leaving by itself: another count of pages, and what the office's list says holds."""
    checklist = checklist_of(dossier, office, offices, number)
    found = page_findings(session, dossier)
    if checklist is not None and checklist.holds:
        found += tuple(
            each for each in check_documents(_checked(session, dossier.id), checklist) if each.is_loss
        )
    return found


def checklist_of(
    dossier: DossierRow, office: str, offices: Mapping[str, OfficeProfile], number: str | None = None
) -> Checklist | None:
    """The list for the right of the dossier's number; before it has one, for that of the likeliest."""
    candidates = dossier.link_facts.get("candidates", ())
    text = number or dossier.application_number or (candidates[0]["application_number"] if candidates else "")
    try:
        right = ApplicationNumber.parse(text, offices[office]).right
    except NotAnApplicationNumber:
        return None
    return checklist_for(offices, office, right)


def _checked(session: Session, dossier_id: int) -> list[CheckedDocument]:
    rows = session.execute(
        select(DocumentRow.kind, DocumentRow.dated, func.count(PageRow.id))
        .join(PageRow, PageRow.document_id == DocumentRow.id)
        .where(
            DocumentRow.dossier_id == dossier_id, DocumentRow.gone_at.is_(None), PageRow.exclusion.is_(None)
        )
        .group_by(DocumentRow.id)
        .order_by(func.min(PageRow.ordinal), func.min(PageRow.id))
    )
    return [CheckedDocument(kind, dated, pages) for kind, dated, pages in rows]
