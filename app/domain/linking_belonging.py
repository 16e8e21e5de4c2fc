"""Whose papers they are by what they say, beside the register: pages of a row's own file, and rows of its sisters.

Sisters are rows of one applicant with one title (a mark in several classes, a divided application): nothing but number
and filing date tells their files apart, so one wrong number typed on every paper of the one looks like a right one of the
other.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from rapidfuzz.distance import OSA

from app.domain.linking_model import PageEvidence
from app.domain.linking_papers import own_code_lines
from app.domain.linking_register import TITLE_FOUND, PageText, RowAgreement, best_title
from app.domain.linking_stated import contradicts, is_same_title, stated_on
from app.domain.register import RegisterEntry, RegisterLookup
from app.domain.register_keys import compact_of

Days = frozenset[date]
LEAST_DIGITS = 4


def kin_of(
    entry: RegisterEntry, register: RegisterLookup, pages: Sequence[PageText]
) -> tuple[RegisterEntry, ...]:
    """Rows that fit the papers as well as a row does, by title and applicant."""
    return tuple(
        other
        for other in register.sisters(entry)
        if other.title == entry.title or best_title(other, pages) >= TITLE_FOUND
    )


def are_told_apart(entry: RegisterEntry, other: RegisterEntry, days: Days) -> bool:
    """Tell whether the papers give the filing date of one row and not the other's."""
    if entry.filing_date is None or other.filing_date is None:
        return False
    return entry.filing_date in days and other.filing_date not in days


def shows_row(
    page: PageEvidence, entry: RegisterEntry, row: RowAgreement, days: Days, *, is_dated: bool
) -> bool:
    """Tell whether a page shows that it is of a row's file: its title, and its applicant or filing date; nothing else's.

    A title that the page states itself has to be the row's, no longer one. days: what the page gives as filing dates;
    is_dated: some paper gives the row's, of which one may be a misreading.
    """
    has_applicant = page.ordinal in row.pages("applicant")
    if page.ordinal not in row.pages("title") or not (has_applicant or entry.filing_date in days):
        return False
    titles = stated_on(page.believed).titles
    is_alike = not titles or any(is_same_title(value, entry.title) for stated in titles for value in stated)
    return is_alike and _says_nothing_else(page, entry, days, is_dated=is_dated)


def nearly_reads(
    page: PageEvidence, entry: RegisterEntry, near: Sequence[RegisterEntry], office: str
) -> bool:
    """Tell whether a page has, at the code of its own number, a row's number but for a character, and no nearer row's.

    near: the rows a character away from it.
    """
    wanted = compact_of(entry.number.canonical)
    rivals = [compact_of(each.number.canonical) for each in near]
    words = (word for line in own_code_lines(page.believed, office) for word in line.split())
    for token in (compact_of(word) for word in words if sum(map(str.isdigit, word)) >= LEAST_DIGITS):
        away = OSA.distance(wanted, token)
        if away <= 1 and all(OSA.distance(rival, token) > away for rival in rivals):
            return True
    return False


def fits_row(
    page: PageEvidence, entry: RegisterEntry, row: RowAgreement, days: Days, *, is_dated: bool
) -> bool:
    """Tell whether a page has a row's title or applicant, and says nothing else of its file."""
    has_any = page.ordinal in row.pages("title") | row.pages("applicant")
    return has_any and _says_nothing_else(page, entry, days, is_dated=is_dated)


def _says_nothing_else(page: PageEvidence, entry: RegisterEntry, days: Days, *, is_dated: bool) -> bool:
    if is_filed_otherwise(entry, days) and not (is_dated and all(is_like(day, entry) for day in days)):
        return False
    stated = stated_on(page.believed)
    return not (contradicts(stated.titles, entry.title) or contradicts(stated.applicants, entry.applicant))


def is_like(day: date, entry: RegisterEntry) -> bool:
    """Tell whether a day is a row's filing date but for one digit misread, lost or swapped."""
    filed = entry.filing_date
    if filed is None:
        return False
    spellings = ((f"{each:%d%m%Y}", f"{each.day}{each:%m%Y}") for each in (day, filed))
    return any(OSA.distance(one, other) <= 1 for one, other in zip(*spellings, strict=True))


def is_filed_otherwise(entry: RegisterEntry, days: Days) -> bool:
    """Tell whether a page gives filing dates, and not the row's: divided files share title and applicant."""
    return entry.filing_date is not None and bool(days) and entry.filing_date not in days
