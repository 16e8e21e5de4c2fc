"""Compares a register row with the pages: title, applicant and filing date, read fuzzily.

Thresholds come from recognised text of drawn and degraded pages; see tests/app/domain.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import pairwise

from rapidfuzz import fuzz

from app.domain.company_words import COMPANY_WORDS
from app.domain.dates import find_dates
from app.domain.linking_model import Agreement, DossierEvidence, OwnPrint, PageEvidence, PageKind
from app.domain.linking_pages import fold_words, kind_against, kind_of
from app.domain.offices import OfficeProfile
from app.domain.register import RegisterEntry

TITLE_FOUND = 88.0
APPLICANT_FOUND = 88.0
LINE_FOUND = 90.0
SHORT_TITLE_LETTERS = 14  # below, a title may stand inside any sentence: it must fill a line of its own
TITLE_ABSENT = 75.0
WORD_FOUND = 70.0
RESPACED_FOUND = 90.0
READABLE_LETTERS = 120

_NO_LATIN = re.compile("[^a-z]+")
_SPACES = re.compile(r"[\s.,:;'\"()-]+")
_FIELD_LABEL = re.compile(
    r"^\W*(?:\d{2,3}\W+)?(?:(?:title|name|mark|applicant|owner|proprietor|holder)(?: of)?(?: the)?"
    r"(?: invention| design| mark| applicant| owner)?|[^:]{0,40}:)?\W*"
)


@dataclass(frozen=True, slots=True)
class PageText:
    """A page's words folded for comparison. lines: without their field captions; letters: of the fullest reading.

    has_label: a label stands on it, whose words are the register's own.
    """

    ordinal: int
    kind: PageKind
    text: str
    lines: tuple[str, ...]
    dates: frozenset[date]
    letters: int
    latin_letters: int
    has_label: bool = False


@dataclass(frozen=True, slots=True)
class RowAgreement:
    """How a register row and the pages agree.

    title_score: 0..100, the best of all pages; title_absent: the pages are readable and the title is not
    on them; title_known: the row has a title the pages could show.
    """

    agreements: tuple[Agreement, ...]
    title_score: float
    title_known: bool
    title_absent: bool

    def pages(self, kind: str) -> frozenset[int]:
        """The pages that agree in one respect."""
        return frozenset(each.page for each in self.agreements if each.kind == kind and each.page is not None)


def page_texts(
    evidence: DossierEvidence, office: OfficeProfile
) -> tuple[tuple[PageText, ...], tuple[PageText, ...]]:
    """Fold every page that is not blank, for what may speak for a number, and for what may speak against one."""
    pages = [page for page in evidence.pages if not page.is_blank and any(map(str.strip, page.readings))]
    believed = tuple(_folded(page, page.believed, kind_of(page, office), office) for page in pages)
    again = tuple(_folded(page, page.text, kind_against(page, office), office) for page in pages)
    return believed, believed if again == believed else again


def _folded(page: PageEvidence, text: str, kind: PageKind, office: OfficeProfile) -> PageText:
    folded = fold_words(text)
    readings = [folded, *(fold_words(each) for each in page.readings if each != text)]
    latin = max(len(_NO_LATIN.sub("", each)) for each in readings)
    dates = find_dates(text, date_order=office.date_order, calendars=office.calendars)
    return PageText(
        ordinal=page.ordinal,
        kind=kind,
        text=_squeeze(folded),
        lines=tuple(_squeeze(_FIELD_LABEL.sub("", line, count=1)) for line in folded.splitlines()),
        dates=frozenset(each.day for each in dates),
        letters=max(sum(map(str.isalpha, each)) for each in readings),
        latin_letters=latin if page.mean_confidence >= 0.5 else 0,
        has_label=page.own_print is OwnPrint.LABEL,
    )


def compare(entry: RegisterEntry, pages: Sequence[PageText]) -> RowAgreement:
    """Look for a row's title, applicant and filing date on the papers.

    Letters and lists are left out: they quote the titles of the files they cite. So are pages with a label.
    """
    pages = [page for page in pages if _may_agree(page)]
    agreements: list[Agreement] = []
    title = _plain(entry.title)
    best_title = 0.0
    applicant = _plain(COMPANY_WORDS.sub(" ", fold_words(entry.applicant)))
    for page in pages:
        score = _title_score(title, page)
        best_title = max(best_title, score)
        if score >= TITLE_FOUND:
            agreements.append(Agreement("title", page.ordinal, round(score / 100, 3)))
        score = _applicant_score(applicant, page)
        if score >= APPLICANT_FOUND:
            agreements.append(Agreement("applicant", page.ordinal, round(score / 100, 3)))
        if entry.filing_date is not None and entry.filing_date in page.dates:
            agreements.append(Agreement("filing_date", page.ordinal))
    known = _letters(title) >= 2
    latin = sum("a" <= char <= "z" for char in title) > 0.6 * max(1, _letters(title))
    readable = sum(page.latin_letters for page in pages) >= READABLE_LETTERS
    return RowAgreement(
        agreements=tuple(agreements),
        title_score=best_title,
        title_known=known,
        title_absent=known and latin and readable and best_title < TITLE_FOUND,
    )


def best_title(entry: RegisterEntry, pages: Sequence[PageText]) -> float:
    """How well a row's title is found on the papers, 0..100: what compare gives as title_score, in half the time."""
    title = _plain(entry.title)
    return max((_title_score(title, page) for page in pages if _may_agree(page)), default=0.0)


def _may_agree(page: PageText) -> bool:
    return page.kind is PageKind.PAPER and not page.has_label


def _title_score(title: str, page: PageText) -> float:
    """Score a title against the page's lines, and a long one against any stretch of its text."""
    if _letters(title) < 2:
        return 0.0
    best = 0.0
    for line in page.lines:
        score = fuzz.ratio(title, line, score_cutoff=max(best, TITLE_ABSENT))
        if score > best:
            best = score if score < LINE_FOUND or _words_agree(title, line) else min(score, TITLE_FOUND - 1)
    if best >= LINE_FOUND:
        return float(best)
    best = min(best, TITLE_FOUND - 1)
    if _letters(title) < SHORT_TITLE_LETTERS or len(page.text) < len(title):
        return float(best)
    found = fuzz.partial_ratio_alignment(title, page.text, score_cutoff=TITLE_ABSENT)
    if found is None:
        return float(best)
    start, end = _to_word_bounds(page.text, found.dest_start, found.dest_end)
    agrees = found.score >= TITLE_FOUND and _words_agree(title, page.text[start:end])
    return float(max(best, found.score if agrees else min(found.score, TITLE_FOUND - 1)))


def _words_agree(title: str, stretch: str) -> bool:
    """Every word of the title has its like in the stretch: "type II" is not "type I", nor "wind" "solar"."""
    there, words = stretch.split(), title.split()
    return all(
        any(fuzz.ratio(word, other) >= WORD_FOUND for other in there) or _is_respaced(at, words, there)
        for at, word in enumerate(words)
    )


def _is_respaced(at: int, words: Sequence[str], there: Sequence[str]) -> bool:
    """Tell whether a word was joined to one beside it ("havinga"), or parted ("mo ld")."""
    if any(fuzz.ratio(words[at], left + right) >= RESPACED_FOUND for left, right in pairwise(there)):
        return True
    pairs = ((words[left], words[left + 1]) for left in (at - 1, at) if 0 <= left < len(words) - 1)
    return any(
        fuzz.ratio(left + right, other) >= RESPACED_FOUND
        and other.startswith(left[:2])
        and other.endswith(right[-2:])
        for left, right in pairs
        for other in there
    )


def _to_word_bounds(text: str, start: int, end: int) -> tuple[int, int]:
    before = text.rfind(" ", 0, start + 1)
    after = text.find(" ", max(start, end - 1))
    return before + 1, after if after >= 0 else len(text)


def _applicant_score(applicant: str, page: PageText) -> float:
    if _letters(applicant) < 5 or len(page.text) < len(applicant):
        return 0.0
    return float(fuzz.partial_ratio(applicant, page.text, score_cutoff=APPLICANT_FOUND))


@lru_cache(maxsize=4096)
def _letters(text: str) -> int:
    return sum(map(str.isalpha, text))


@lru_cache(maxsize=4096)
def _plain(text: str) -> str:
    return _squeeze(fold_words(text))


def _squeeze(text: str) -> str:
    return _SPACES.sub(" ", text).strip()
