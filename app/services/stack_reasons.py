"""What keeps a dossier from leaving by itself because of the stack it came from, or of what its covers say."""

from __future__ import annotations

from statistics import median

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.application_number import ApplicationNumber, NotAnApplicationNumber
from app.domain.documents import Exclusion
from app.domain.linking import Reason
from app.domain.linking_model import Fact
from app.domain.offices import OfficeProfile
from app.domain.separation import Mode
from app.domain.separator_marks import patch_of, sheet_codes
from app.queries.long_documents import long_documents
from app.services import stacks
from app.services.dividing import NOT_DIVIDED, PAGES_PLACED
from app.services.stack_doubts import Row, doubt_reasons
from app.storage import values
from app.storage.database import Transaction
from app.storage.tables import AuditRow, DossierRow, PageResultRow, PageRow, StackRow
from ocr.sheet_codes import DOCUMENT, FOLDER, Checksum, SheetCode

LONG_TIMES, LONG_PAGES_MORE = 2.0, 5
"""Longer than this many times the median of the stack's others, and so many pages more, is told as a missed
separator. Of drawn lengths (log-normal, spread 0.3 to 0.7) it shows half of the folders that are two, and 1 to 15
in a hundred of the others; 2.5 times shows a fifth to two fifths."""

LEAST_OTHERS = 3
REASONS_NAMED = 3
LINKING_ACTS = ("linked", "link_given_back")


def stack_reasons(tx: Transaction, dossier: DossierRow, profile: OfficeProfile) -> tuple[Reason, ...]:
    """Ask the covers of any dossier, and the stack of one that has one."""
    session = tx.session
    session.flush()
    rows = _rows(session, dossier.id)
    found = _cover_reasons(rows, profile)
    stack = None if dossier.stack_id is None else session.get_one(StackRow, dossier.stack_id)
    found += _sheets_reason(rows, stack, profile)
    if rows and not _paper(rows):
        found.append(Reason("too_few_pages", {}))
    if dossier.stack_facts.get("code"):
        found.append(Reason(dossier.stack_facts["code"], dossier.stack_facts["facts"]))
    if stack is not None:
        found += _stack_reasons(session, dossier, stack, rows)
        if not _is_counted(rows):
            found += _long_documents(session, dossier, profile)
    return tuple(found)


def remarks_on_lengths(tx: Transaction, dossier: DossierRow, profile: OfficeProfile) -> tuple[Reason, ...]:
    """Over-long documents of a folder that nobody divided, or whose sheets are counted: told, and no obstacle.

    In a stack a separator that was missed puts another file's pages here, and stack_reasons holds the folder.
    """
    tx.session.flush()
    if dossier.stack_id is not None and not _is_counted(_rows(tx.session, dossier.id)):
        return ()
    return tuple(_long_documents(tx.session, dossier, profile))


def _long_documents(session: Session, dossier: DossierRow, profile: OfficeProfile) -> list[Reason]:
    """Name documents that may be two; of one whose pages a person chose, the person knows how long it is."""
    found = []
    for each in long_documents(session, dossier.id, profile):
        kind = profile.document(each.kind)
        named = {"kind": each.kind, "name": each.kind if kind is None else kind.name}
        if not each.by_person:
            found.append(Reason(each.code, {**named, **each.facts}))
    return found[:REASONS_NAMED]


def _is_counted(rows: list[Row]) -> bool:
    """Whether a cover says how many sheets there are: then that tells more than any length."""
    return any(code.expected_sheets is not None for row in rows for code in _codes(row))


def placed_since_linked(tx: Transaction, dossier: DossierRow) -> tuple[Reason, ...]:
    """What the division of its stack put into a dossier, or took out of it, since a number was given to it."""
    mine = select(AuditRow).where(AuditRow.subject == "dossier", AuditRow.subject_id == dossier.id)
    rows = tx.session.scalars(
        mine.where(AuditRow.action.in_((*LINKING_ACTS, PAGES_PLACED))).order_by(AuditRow.id)
    )
    came = went = 0
    for row in rows:
        if row.action != PAGES_PLACED:
            came = went = 0
        else:
            came, went = came + row.facts["came"], went + row.facts["went"]
    told = (("pages_came_since", came), ("pages_went_since", went))
    return tuple(Reason(code, {"pages": pages}) for code, pages in told if pages)


def _rows(session: Session, dossier_id: int) -> list[Row]:
    rows = session.execute(
        select(PageRow, PageResultRow)
        .outerjoin(PageResultRow, PageResultRow.page_id == PageRow.id)
        .where(PageRow.dossier_id == dossier_id)
        .order_by(PageRow.ordinal, PageRow.id)
    )
    return [(page, result) for page, result in rows]


def _codes(row: Row) -> tuple[SheetCode, ...]:
    return () if row[1] is None else sheet_codes(values.load_barcodes(row[1].barcodes))


def _cover_reasons(rows: list[Row], profile: OfficeProfile) -> list[Reason]:
    """A code with a broken sum, of another office, or with a number that is none of the office's."""
    found: list[Reason] = []
    for number, row in enumerate(rows, start=1):
        for code in _codes(row):
            if code.checksum is Checksum.BROKEN:
                is_cover = code.kind == FOLDER
                found.append(Reason("cover_broken" if is_cover else "sheet_broken", {"page": number}))
            elif code.kind == FOLDER and code.office != profile.code:
                facts: dict[str, Fact] = {"page": number, "office": code.office, "number": code.number}
                found.append(Reason("cover_other_office", facts))
            elif code.kind == FOLDER and not _is_number(code.number, profile):
                found.append(Reason("cover_number_unknown", {"page": number, "number": code.number}))
    return found[:REASONS_NAMED]


def _is_number(text: str, profile: OfficeProfile) -> bool:
    for spelling in (text, text.replace("-", "/")):
        try:
            ApplicationNumber.parse(spelling, profile)
        except NotAnApplicationNumber:
            continue
        return True
    return False


def _sheets_reason(rows: list[Row], stack: StackRow | None, profile: OfficeProfile) -> list[Reason]:
    """Sheets the cover says lie in the folder against those that came."""
    told = (
        code.expected_sheets
        for row in rows
        for code in _codes(row)
        if code.kind == FOLDER and code.checksum is not Checksum.BROKEN and code.office == profile.code
    )
    expected = next((count for count in told if count is not None), None)
    if expected is None:
        return []
    pages = _paper(rows)
    both_sides = None if stack is None else stacks.separation_of(stack).both_sides
    # The other side of a separator is no sheet of the folder. Nobody said of a single folder how it was scanned.
    twice = {(pages - _other_sides(rows) + 1) // 2}
    seen = {True: twice, False: {pages}, None: {pages, (pages + 1) // 2, *twice}}[both_sides]
    if expected in seen:
        return []
    return [Reason("sheets_differ", {"expected": expected, "seen": max(seen)})]


def _other_sides(rows: list[Row]) -> int:
    """Count the other sides of separator sheets among pages that are both sides of sheets, front before back."""
    sides = [row for row in rows if not row[0].part]
    partners = (sides[place ^ 1] for place, row in enumerate(sides[: len(sides) // 2 * 2]) if _is_sheet(row))
    return sum(row[0].exclusion is None and not _is_sheet(row) for row in partners)


def _is_sheet(row: Row) -> bool:
    return row[0].exclusion == Exclusion.SEPARATOR or any(code.is_sheet for code in _codes(row))


def _paper(rows: list[Row]) -> int:
    """Count the pages that are paper; in a folder that was never a stack its own cover sheet is not marked."""
    return sum(
        row[0].exclusion is None and not row[0].part and not any(code.is_sheet for code in _codes(row))
        for row in rows
    )


def _stack_reasons(session: Session, dossier: DossierRow, stack: StackRow, rows: list[Row]) -> list[Reason]:
    found: list[Reason] = []
    if stack.state == stacks.FAILED:
        found.append(Reason(NOT_DIVIDED, {}))
    separation = stacks.separation_of(stack)
    folders = len(stacks.fellows(session, dossier))
    if separation.expected_folders is not None and separation.expected_folders != folders:
        facts = {"expected": separation.expected_folders, "seen": folders}
        found.append(Reason("folders_differ", facts))
    separators = sum(row[0].sheet is not None or _is_sheet(row) for row in rows)
    if folders == 1 and separation.expected_folders != 1:
        one = Reason("one_folder", {"separators": separators}) if separators else Reason("no_separator", {})
        found.append(one)
    elif (
        separation.mode is Mode.COVERS
        and rows
        and not any(map(_is_headed, rows[: 1 + separation.both_sides]))
    ):
        found.append(Reason("no_cover_before", {}))
    found += doubt_reasons(session, dossier, separation, rows)
    if any("print_on_separator" in page.sheet_facts for page, _ in rows):
        found.append(Reason("print_on_separator", {}))
    if not _is_counted(rows):
        found += _long_reason(session, dossier, _paper(rows))
    return found


def _is_headed(row: Row) -> bool:
    """Whether a folder begins by a cover, a Patch sheet, or by a person's word."""
    page, result = row
    if page.border_said is not None or any(code.kind != DOCUMENT for code in _codes(row)):
        return True
    return result is not None and patch_of(values.load_barcodes(result.barcodes)) is not None


def _long_reason(session: Session, dossier: DossierRow, pages: int) -> list[Reason]:
    """A folder much longer than the others of its stack may be two, with a separator nobody saw."""
    counted = session.execute(
        select(PageRow.dossier_id, func.count())
        .join(DossierRow, DossierRow.id == PageRow.dossier_id)
        .where(DossierRow.stack_id == dossier.stack_id, PageRow.exclusion.is_(None), PageRow.part == 0)
        .group_by(PageRow.dossier_id)
    )
    others = [count for dossier_id, count in counted if dossier_id != dossier.id]
    if len(others) < LEAST_OTHERS:
        return []
    usual = median(others)
    if pages <= max(LONG_TIMES * usual, usual + LONG_PAGES_MORE):
        return []
    return [Reason("maybe_missed_separator", {"seen": pages, "usual": round(usual)})]
