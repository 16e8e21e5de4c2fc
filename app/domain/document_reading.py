"""Divides the pages of a dossier into documents and says of each what it is. Pure.

What nothing tells stays unknown. A kind is said only above SURE; a date only where it can be read in one way; direction
and access where the kind, or a reception stamp, says so. People see the reasons and correct; what they said is not
asked again (app.services.document_findings).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from app.domain.dates import FoundDate, find_dates
from app.domain.document_pages import LETTER, RECEIVED, PageLook, PaperPage, language_of, look_at
from app.domain.document_words import WHOLE, terms_of
from app.domain.documents import Access, DateRole, DocumentReading, StartMark, WhySo
from app.domain.office_profile import OfficeProfile
from app.domain.office_terms import Direction
from ocr.other_files import fold_line

SURE = 0.7
"""Below, a heading is told as a reason and the kind stays unknown."""

GOES_ON = frozenset({"DES", "CLM", "ABS", "DRW", "SPC", "PRI"})
"""Kinds that repeat their heading from page to page."""
ONE_PAGE = frozenset({"FEE", "CRT", "INT"})
"""Kinds of one page, covers too: what follows without a heading of its own is something else."""

FEW_WORDS, FULL_PAGE_WORDS = 15, 60

DATE_LINES = 16
"""Lines from the top and from the foot where a paper's own date stands."""
ALONE_SHARE = 0.45
"""Share of a line's letters and digits a date must be to stand by itself, place and "Date:" beside it."""


FIRST_PAGE_SURE = 0.6
"""Below, a heading inside a document names no place: it is more often a sentence."""
FIRST_NUMBER_SURE = 0.55
"""A printed page number 1 tells less than any heading that counts."""


def read_documents(pages: Sequence[PaperPage], office: OfficeProfile) -> tuple[DocumentReading, ...]:
    """Divide pages into documents, in order; each page is in exactly one. Empty without pages."""
    if not pages:
        return ()
    terms = terms_of(office)
    looks = [look_at(page, terms) for page in pages]
    starts = [place for place in range(len(looks)) if place == 0 or _starts(looks, place)]
    ends = [*(start - 1 for start in starts[1:]), len(looks) - 1]
    return tuple(
        _read(looks[first : last + 1], first, last, office) for first, last in zip(starts, ends, strict=True)
    )


def read_document(pages: Sequence[PaperPage], office: OfficeProfile) -> DocumentReading:
    """Say what pages are that a person put into one document: the first of them that announces something."""
    terms = terms_of(office)
    looks = [look_at(page, terms) for page in pages]
    head = next((place for place, look in enumerate(looks) if _is_sure(look)), 0)
    found = _read(looks[head:], head, len(pages) - 1, office)
    return replace(found, first=0)


def likely_start(pages: Sequence[PaperPage], office: OfficeProfile) -> int | None:
    """The place, behind the first, of the page that most looks like the first of another paper; None without one."""
    terms = terms_of(office)
    looks = [look_at(page, terms) for page in pages]
    sure = [(_first_page_sure(looks, place), place) for place in range(1, len(looks))]
    best, place = max(sure, key=lambda each: (each[0], -each[1]), default=(0.0, 0))
    return place if best else None


def _starts(looks: Sequence[PageLook], place: int) -> bool:
    """Tell whether a page begins another document than the one before it."""
    look, page = looks[place], looks[place].page
    if page.starts is not None:
        return True
    if page.is_blank:
        return False  # the back of a sheet, or a page of nothing: it stays where it lay
    before = next(each for each in reversed(looks[:place]) if not each.page.is_blank or each is looks[0])
    if before.page.is_blank:
        return True
    if page.file_id != before.page.file_id and max(page.pages_in_file, before.page.pages_in_file) > 1:
        return True  # somebody scanned those pages as one
    kind = _kind_of(looks, place)
    if look.heading is not None and look.heading.confidence >= SURE:
        if look.heading.kind != kind:
            return not _is_running(look, before)
        return look.heading.kind not in GOES_ON and not _counts_on(look, before) and look.heading.line < 10
    if _counts_on(look, before):
        return False
    if look.words < FEW_WORDS and before.words >= FULL_PAGE_WORDS:
        return True  # a label, a card or a stamp on an empty sheet behind a page of text
    return kind in ONE_PAGE or (look.number == 1 and not look.is_drawing)


def _is_sure(look: PageLook) -> bool:
    return look.heading is not None and look.rival is None and look.heading.confidence >= SURE


def _kind_of(looks: Sequence[PageLook], place: int) -> str | None:
    """The kind of the document the page before belongs to, as far as headings go."""
    for look in reversed(looks[:place]):
        if look.heading is not None and look.heading.confidence >= SURE:
            return look.heading.kind
        if look.page.starts is not None:
            return None
    return None


def _counts_on(look: PageLook, before: PageLook) -> bool:
    """Tell whether the printed page number follows the one before."""
    return (
        look.number is not None
        and look.number > 1
        and before.number == look.number - 1
        and look.of == before.of
    )


def _is_running(look: PageLook, before: PageLook) -> bool:
    """A weak heading on a page that is counted on is a running head or a sentence."""
    assert look.heading is not None, "only asked for a page with a heading"
    return look.heading.confidence < WHOLE and _counts_on(look, before) and look.of is not None


def _first_page_sure(looks: Sequence[PageLook], place: int) -> float:
    """How sure a page begins a paper; a heading or form code that runs from page to page says nothing."""
    look, before = looks[place], looks[place - 1]
    if look.page.is_blank or (look.number is not None and look.number > 1):
        return 0.0
    heading = look.heading
    if heading is not None and heading.confidence >= FIRST_PAGE_SURE:
        is_running = before.heading is not None and before.heading.kind == heading.kind
        return 0.0 if is_running else heading.confidence
    return FIRST_NUMBER_SURE if look.number == 1 else 0.0


def _read(looks: Sequence[PageLook], first: int, last: int, office: OfficeProfile) -> DocumentReading:
    told = [look for look in looks if not look.page.is_blank]
    head = told[0] if told else None
    kind, confidence, reasons = _kind(head, looks[0].page.starts)
    if len(told) > 1 and kind is not None:
        silent = sum(1 for look in told[1:] if look.heading is None)
        if silent:
            reasons.append(WhySo("pages_follow", {"pages": silent}))
    document = None if kind is None else office.document(kind)
    dated, printed, role, why = _date(head, office)
    reasons += why
    direction = None if document is None or document.direction is None else document.direction.value
    if direction is None and head is not None and head.received and kind in (None, LETTER):
        direction = Direction.INCOMING.value
        reasons.append(WhySo("reception_stamp"))
    is_public = None if document is None else document.is_public
    return DocumentReading(
        first=first,
        last=last,
        kind=kind,
        confidence=confidence,
        reasons=tuple(reasons),
        dated=dated,
        dated_printed=printed,
        dated_role=role,
        direction=direction,
        language=_language([look.page.text for look in told], office),
        access=None if is_public is None else Access.PUBLIC if is_public else Access.CONFIDENTIAL,
    )


def _kind(head: PageLook | None, mark: StartMark | None) -> tuple[str | None, float, list[WhySo]]:
    reasons = [] if mark is None else [WhySo("begins_by_mark", {"mark": mark.value})]
    if head is None:
        return None, 0.0, [*reasons, WhySo("only_blank")]
    best = head.heading
    if best is None:
        code = "form_without_heading" if head.inid_codes >= 4 else "no_heading"
        return None, 0.0, [*reasons, WhySo(code)]
    if head.rival is not None:
        both = {
            "one": best.kind,
            "other": head.rival.kind,
            "printed": best.printed,
            "other_printed": head.rival.printed,
        }
        return None, 0.0, [*reasons, WhySo("headings_disagree", both)]
    facts: dict[str, str | int | float] = {
        "kind": best.kind,
        "printed": best.printed,
        "caption": best.caption,
    }
    if best.confidence < SURE:
        return None, best.confidence, [*reasons, WhySo("heading_unsure", facts)]
    return best.kind, best.confidence, [*reasons, WhySo(f"by_{best.by}", facts)]


def _date(
    head: PageLook | None, office: OfficeProfile
) -> tuple[date | None, str, DateRole | None, list[WhySo]]:
    """The date a paper bears by itself, at head or foot; else that of its reception stamp."""
    if head is None:
        return None, "", None, []
    lines = head.lines
    near = [*lines[:DATE_LINES], *lines[max(DATE_LINES, len(lines) - DATE_LINES) :]]
    own: list[FoundDate] = []
    stamped: list[FoundDate] = []
    for number, line in enumerate(near):
        found = find_dates(line, date_order=office.date_order, calendars=office.calendars)
        if len(found) != 1:
            continue
        around = fold_line(" ".join(near[max(0, number - 2) : number + 1]))
        if head.received and _is_stamp(around):
            stamped.append(found[0])
        elif _stands_alone(line, found[0]) and not _is_other_date(near[max(0, number - 1) : number + 1]):
            own.append(found[0])
    for dates, role in ((own, DateRole.DOCUMENT), (stamped, DateRole.RECEPTION)):
        days = {each.day for each in dates}
        if len(days) > 1:
            return None, "", None, [WhySo("dates_disagree", {"n": len(days), "printed": dates[0].printed})]
        if dates and dates[0].is_doubtful:
            return None, dates[0].printed, None, [WhySo("date_doubtful", {"printed": dates[0].printed})]
        if dates:
            return dates[0].day, dates[0].printed, role, []
    return None, "", None, []


def _is_stamp(folded: str) -> bool:
    return RECEIVED.search(folded) is not None


def _stands_alone(line: str, found: FoundDate) -> bool:
    """A date with its place or its caption, and no sentence, INID code or other field around it."""
    if line.lstrip().startswith(("(", "[")):
        return False
    own = sum(map(str.isalnum, found.printed))
    return own >= ALONE_SHARE * sum(map(str.isalnum, line))


def _is_other_date(lines: Sequence[str]) -> bool:
    """A caption on the line or just above says that it is a date of something else, such as of filing."""
    folded = fold_line(" ".join(lines))
    return any(word in folded for word in _OTHER_DATES)


_OTHER_DATES = (
    "filing", "filed", "priority", "birth", "expiry", "expires", "registration date", "valid", "due", "nop don", "uu tien",
    "penerimaan", "depot", "ដាក់ពាក្យ", "วันรับคำขอ", "วันยื่น", "ວັນທີຍື່ນ",
)  # fmt: skip


def _language(texts: Sequence[str], office: OfficeProfile) -> str | None:
    found = language_of(texts)
    if found in ("ind", "msa"):
        return next((code for code in office.languages if code in ("ind", "msa")), None)
    return found
