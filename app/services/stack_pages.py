"""Pages as the division of a stack sees them: what their results, and people, say of them."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.domain.application_number import ApplicationNumber, NotAnApplicationNumber
from app.domain.linking_pages import fold_words
from app.domain.linking_papers import heads_a_file
from app.domain.offices import OfficeProfile
from app.domain.separation import Mode, Said, Separation, StackPage
from app.domain.separator_marks import carries_content, cover_letters, sheet_codes
from app.queries.register import entry_of
from app.storage import values
from app.storage.tables import PageResultRow, PageRow
from ocr.sheet_codes import FOLDER, Checksum, SheetCode
from ocr.types import Barcode, NumberRole


@dataclass(frozen=True, slots=True)
class PageFacts:
    """A result with what is known of its codes. codes_read: those of ours. expected_sheets: as a cover of the office says."""

    result: PageResultRow
    codes: tuple[Barcode, ...]
    codes_read: tuple[SheetCode, ...]
    has_content: bool
    expected_sheets: int | None

    @classmethod
    def of(cls, session: Session, result: PageResultRow, profile: OfficeProfile) -> PageFacts:
        """Look a result's codes through; the register says what stands on a cover of ours."""
        codes = values.load_barcodes(result.barcodes)
        read = sheet_codes(codes)
        cover = next((code for code in read if _is_cover(code, profile)), None)
        letters = None if cover is None else _letters_on(session, cover, profile)
        has_content = carries_content(result.text, codes, result.other_ink, own_letters=letters)
        return cls(result, codes, read, has_content, None if cover is None else cover.expected_sheets)


def stack_page(
    page: PageRow, facts: PageFacts | None, separation: Separation, *, is_back: bool, holder: int | None
) -> StackPage:
    """A page of a stack; facts: None of one that could not be read, which separates nothing."""
    said = None if page.border_said is None else Said(page.border_said)
    if facts is None:
        return StackPage(page.id, is_back=is_back, is_half=bool(page.part), said=said, holder=holder)
    result, said_blank = facts.result, page.edits.get("is_blank")
    may_head = separation.mode is Mode.FORMS or bool(facts.codes_read)
    heads = may_head and heads_a_file(fold_words(result.text).splitlines())
    reads = _own_number(result)
    return StackPage(
        page_id=page.id,
        codes=facts.codes,
        is_blank=result.is_blank if said_blank is None else bool(said_blank),
        has_content=facts.has_content,
        heads_file=heads,
        number=reads if heads else None,
        reads=reads,
        is_back=is_back,
        is_half=bool(page.part),
        said=said,
        holder=holder,
    )


def _is_cover(code: SheetCode, profile: OfficeProfile) -> bool:
    return code.kind == FOLDER and code.checksum is not Checksum.BROKEN and code.office == profile.code


def _letters_on(session: Session, code: SheetCode, profile: OfficeProfile) -> int | None:
    """How many letters a cover sheet of a number has; None where it is not known what was printed on it."""
    try:
        number = ApplicationNumber.parse(code.number, profile).canonical
    except NotAnApplicationNumber:
        return None
    entry = entry_of(session, number, profile.code)
    if entry is None:
        return None
    return cover_letters(code, profile.name, entry.title, entry.applicant)


def _own_number(result: PageResultRow) -> str | None:
    """The surest number a page gives as its own."""
    own = [
        each
        for each in values.load_candidates(result.candidates)
        if each.role is NumberRole.APPLICATION and each.source == "text"
    ]
    return max(own, key=lambda each: each.confidence).normalised if own else None
