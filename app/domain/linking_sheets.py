"""What of our own printing a page bears: a cover sheet, a separator sheet, a label; and what such a page may say.

Covers and labels are printed from the register, so their words agree with any number that stands on them. Only the code
of a cover sheet, read whole and lying on top of its folder, says whose folder it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from rapidfuzz import fuzz

from app.domain.linking_model import DossierEvidence, OwnPrint, PageEvidence
from ocr.other_files import fold_line
from ocr.sheet_codes import FOLDER, Checksum, read_sheet_code

# As ui prints them on every cover sheet, folded; a test holds both together.
HEADINGS = ("folder cover sheet", "leave it on top of the folder when scanning")
HEADING_FOUND = 84.0
_LOST_LETTERS = 3
_NO_WORD = re.compile(r"[\W_]+")
# The facts below the number have captions without colon, and dates as no paper of an office writes them.
_FACTS = tuple(
    re.compile(pattern)
    for pattern in (
        r"^title(?: |$)",
        r"^applicant(?: |$)",
        r"^filed(?: \d{4} \d\d \d\d)?$",
        r"^volume(?: \d.{0,8})?$",
        r"^sheets(?: in the folder)?(?: \d{1,4})?$",
    )
)
_LEAST_FACTS, _MOST_WORDS = 3, 120


def own_print_of(text: str, codes: Iterable[str], *, is_separator: bool = False) -> OwnPrint | None:
    """Say what of our printing a page bears. codes: its codes' texts; is_separator: the division took it for a sheet."""
    read = [code for each in codes if (code := read_sheet_code(each)) is not None]
    folders = [code for code in read if code.kind == FOLDER]
    if any(code.is_sheet and code.checksum is Checksum.RIGHT for code in folders):
        return OwnPrint.COVER
    if any(code.is_sheet for code in folders) or is_like_cover(text):
        return OwnPrint.UNREAD
    if is_separator or any(code.is_sheet for code in read):
        return OwnPrint.SEPARATOR
    return OwnPrint.LABEL if folders else None


def is_like_cover(text: str) -> bool:
    """Tell whether a page has the heading or the layout of our cover sheet, be its code readable or not."""
    lines = [_NO_WORD.sub(" ", fold_line(line)).strip() for line in text.splitlines()]
    if any(_is_heading(line) for line in lines):
        return True
    facts = sum(any(map(pattern.search, lines)) for pattern in _FACTS)
    return facts >= _LEAST_FACTS and sum(len(line.split()) for line in lines) <= _MOST_WORDS


def _is_heading(line: str) -> bool:
    return any(
        len(line) >= len(heading) - _LOST_LETTERS
        and fuzz.partial_ratio(heading, line, score_cutoff=HEADING_FOUND) > 0
        for heading in HEADINGS
    )


def without_own_print(evidence: DossierEvidence) -> DossierEvidence:
    """Take from every sheet of ours what it may not say; a page that looks like one without a code is one, too."""
    return DossierEvidence(tuple(map(_without_print, evidence.pages)))


def top_sheet(evidence: DossierEvidence) -> int | None:
    """The ordinal of the page that lies on top, separator sheets apart: where a cover sheet speaks for the folder.

    A cover sheet that was fed with its back first lies on top as well: its empty side is the page before it.
    """
    pages = [page for page in evidence.pages if page.own_print is not OwnPrint.SEPARATOR][:2]
    if len(pages) > 1 and pages[0].is_blank and pages[1].own_print is OwnPrint.COVER:
        return pages[1].ordinal
    return pages[0].ordinal if pages else None


def _without_print(page: PageEvidence) -> PageEvidence:
    printed = page.own_print
    if printed is None and any(map(is_like_cover, page.readings)):
        printed = OwnPrint.UNREAD
    if printed in (None, OwnPrint.LABEL):
        return page
    kept = page.candidates
    if printed is not OwnPrint.UNREAD:
        kept = tuple(each for each in kept if each.source == "barcode")
    return replace(
        page, is_blank=False, text="", first_text=None, head=None, candidates=kept, own_print=printed
    )
