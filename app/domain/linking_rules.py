"""The linker's rules one by one: each returns what it objects to, or nothing.

Numbers in comments are the rules of the table in linking.py.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from rapidfuzz.distance import OSA

from app.domain.dates import filing_dates
from app.domain.linking_model import (
    Agreement,
    DossierEvidence,
    Fact,
    Occurrence,
    PageKind,
    RankedNumber,
    Reason,
)
from app.domain.linking_pages import fold_words, is_cover
from app.domain.linking_register import TITLE_FOUND, PageText, RowAgreement, compare
from app.domain.offices import OfficeProfile
from app.domain.register import RegisterEntry, RegisterLookup
from ocr.numbers import is_plain
from ocr.types import NumberRole

MIN_PROOF_CONFIDENCE = 0.5
MAX_CONFIRMED_EDITS = 2
# A national phase carries the year of entry, its filing date the year of the international application.
YEARS_BEFORE, YEARS_AFTER = 3, 1
MISREAD_DISTANCE = 2
SINGLE_CHECKED_CONFIDENCE = 0.75
# Captions under which a letter names the file it is about.
SUBJECT_LABELS = frozenset(
    (
        "re",
        "ref",
        "reference",
        "subject",
        "our ref",
        "your ref",
        "objet",
        "perihal",
        "v v",
        "កម្មវត្ថុ",
        "เรื่อง",
        "ເລື່ອງ",
    )
)
MIN_TEXT_LETTERS = 60


@dataclass(frozen=True)
class Case:
    """Everything the rules look at. best has at least one proving place; others are ranked after it."""

    best: RankedNumber
    others: tuple[RankedNumber, ...]
    pages: Sequence[PageText]
    rows: Mapping[str, RowAgreement]
    register: RegisterLookup | None
    office: OfficeProfile
    today: date
    evidence: DossierEvidence

    @cached_property
    def proofs(self) -> tuple[Occurrence, ...]:
        """Places that may prove the best number."""
        return tuple(place for place in self.best.occurrences if place.is_proof)

    @cached_property
    def clean_pages(self) -> frozenset[int]:
        """Pages that read the best number as their own or their subject, without a repair."""
        return frozenset(place.page for place in self.best.occurrences if _corroborates(place))

    @cached_property
    def has_barcode(self) -> bool:
        """A barcode carries the best number."""
        return any(place.source == "barcode" for place in self.best.occurrences)

    @cached_property
    def has_cover(self) -> bool:
        """A folder cover's barcode carries the best number."""
        return any(is_cover(place) for place in self.proofs)

    @property
    def row(self) -> RowAgreement | None:
        """How the register row of the best number agrees with the pages."""
        return self.rows.get(self.best.canonical)

    @property
    def is_twice(self) -> bool:
        """Two independent readings: on two pages, or as text and as barcode."""
        sources = {place.source for place in self.best.occurrences if _corroborates(place)}
        return len(self.clean_pages) >= 2 or len(sources) == 2


Rule = Callable[[Case], Reason | None]


def objections(case: Case) -> tuple[tuple[Reason, ...], tuple[str, ...]]:
    """Ask every rule; also name the rival numbers."""
    rivals = _rivals(case)
    found = [reason for rule in _RULES if (reason := rule(case)) is not None]
    if rivals:
        facts: dict[str, Fact] = {"number": case.best.canonical, "rival": rivals[0], "rivals": len(rivals)}
        found.insert(0, Reason("rival_number", facts))
    return tuple(found), rivals


def supports(case: Case) -> tuple[Agreement, ...]:
    """List everything that speaks for the best number."""
    found = [Agreement("page", page) for page in sorted(case.clean_pages)]
    if case.has_barcode:
        found.append(Agreement("barcode"))
    if case.best.number.check_passes:
        found.append(Agreement("check_letter"))
    if case.best.in_register:
        found.append(Agreement("register"))
    return (*found, *(case.row.agreements if case.row is not None else ()))


def nearest(register: RegisterLookup, canonical: str) -> tuple[RegisterEntry, ...]:
    """Register rows one misread, lost, added or swapped character away."""
    return tuple(
        entry
        for entry in register.near(canonical)
        if OSA.distance(entry.number.canonical, canonical, score_cutoff=1) == 1
    )


def _corroborates(place: Occurrence) -> bool:
    """A second reading counts unless it is cited as another file.

    A misread digit turns a folder's number into its neighbour's, and just the neighbours get cited.
    """
    if not place.is_clean:
        return False
    return place.role is not NumberRole.CITED or place.label in SUBJECT_LABELS


def _rivals(case: Case) -> tuple[str, ...]:
    """Rule 4: numbers that also claim to be this folder's."""
    return tuple(other.canonical for other in case.others if _is_rival(other, case))


def _is_rival(other: RankedNumber, case: Case) -> bool:
    claims = [place for place in other.occurrences if place.is_proof]
    claims += [place for place in other.occurrences if _is_stray(place)]
    if not claims:
        return False
    return not _is_misreading(other, claims, case)


def _is_stray(place: Occurrence) -> bool:
    """A lone number without caption on a paper page, as in a page header: the page may be misfiled."""
    return place.role is NumberRole.UNKNOWN and place.kind is PageKind.PAPER and place.confidence >= 0.3


def _is_misreading(other: RankedNumber, claims: Sequence[Occurrence], case: Case) -> bool:
    """Tell whether a rival is the best number badly read.

    It must lie a character or two away and be unknown to a register that knows the best number, with its
    title, from as many pages; without a register it must itself be a doubtful reading against two clean pages.
    """
    if OSA.distance(other.canonical, case.best.canonical) > MISREAD_DISTANCE or other.in_register:
        return False
    if any(is_cover(place) for place in claims):
        return False
    outnumbered = len({place.page for place in claims}) <= len(case.clean_pages)
    if case.register is not None:
        return outnumbered and case.row is not None and bool(case.row.pages("title"))
    doubtful = all(place.edits or place.confidence < MIN_PROOF_CONFIDENCE for place in claims)
    return doubtful and len(case.clean_pages) >= 2 and len({place.page for place in claims}) == 1


def _year_is_possible(case: Case) -> Reason | None:
    year = case.best.number.year
    if year is None or case.office.start_year <= year <= case.today.year:
        return None
    return Reason("year_impossible", {"number": case.best.canonical, "year": year})


def _year_fits_filing_date(case: Case) -> Reason | None:
    year = case.best.number.year
    if year is None:
        return None
    filed = _captioned_years(case)
    if not filed or any(-YEARS_BEFORE <= day - year <= YEARS_AFTER for day in filed):
        return None
    facts: dict[str, Fact] = {"number": case.best.canonical, "year": year, "filed": max(filed)}
    return Reason("year_differs", facts)


def _captioned_years(case: Case) -> frozenset[int]:
    paper = {place.page for place in case.proofs}
    return frozenset(
        day.year
        for page in case.evidence.pages
        if page.ordinal in paper
        for day in filing_dates(page.text, date_order=case.office.date_order)
    )


def _is_read_well(case: Case) -> Reason | None:
    best = max(place.confidence for place in case.proofs)
    if best >= MIN_PROOF_CONFIDENCE or case.has_cover:
        return None
    return Reason("low_confidence", {"number": case.best.canonical, "confidence": round(best, 3)})


def _is_clean_or_confirmed(case: Case) -> Reason | None:
    """Rule 5."""
    number = case.best.number
    if number.check_passes is False and not _title_agrees(case):
        return Reason("check_letter_differs", {"number": case.best.canonical})
    if any(place.is_clean for place in case.proofs):
        return None
    edits = min(len(place.edits) for place in case.proofs)
    facts: dict[str, Fact] = {"number": case.best.canonical, "edits": edits}
    if case.register is not None:
        # Rule 9 asks in its turn whether a neighbouring row could be meant.
        confirmed = _title_agrees(case) and edits <= MAX_CONFIRMED_EDITS
        return None if confirmed else Reason("repaired_characters", facts)
    if number.check_passes and edits <= MAX_CONFIRMED_EDITS and _check_was_read(case):
        return None
    return Reason("repaired_characters", facts)


def _check_was_read(case: Case) -> bool:
    """The check letter confirms nothing where it was itself put in by the repair."""
    return any(
        all(not edit.put.isalpha() for edit in place.edits) for place in case.proofs if place.source == "text"
    )


def _title_agrees(case: Case) -> bool:
    return case.row is not None and bool(case.row.pages("title"))


def _register_has_it(case: Case) -> Reason | None:
    """Rule 6."""
    if case.register is None:
        return None
    entry = case.best.register_entry
    if entry is None:
        near = len(nearest(case.register, case.best.canonical))
        return Reason("not_in_register", {"number": case.best.canonical, "near": near})
    year = case.best.number.year
    if year is None or entry.filing_date is None:
        return None
    if -YEARS_BEFORE <= entry.filing_date.year - year <= YEARS_AFTER:
        return None
    return Reason("register_year_differs", {"number": case.best.canonical, "filed": entry.filing_date.year})


def _register_agrees(case: Case) -> Reason | None:
    """Rule 7."""
    row = case.row
    if row is None or row.pages("title"):
        return None
    facts: dict[str, Fact] = {"number": case.best.canonical, "score": round(row.title_score, 1)}
    if row.title_absent:
        return Reason("title_differs", facts)
    if case.has_cover or (case.is_twice and (row.pages("applicant") or row.pages("filing_date"))):
        return None
    return Reason("register_not_confirmed", facts)


def _stands_on_two_pages(case: Case) -> Reason | None:
    """Rule 8."""
    row = case.row
    if row is None or case.is_twice or case.has_cover:
        return None
    proof_pages = {place.page for place in case.proofs}
    elsewhere = (row.pages("title") | row.pages("applicant")) - proof_pages
    only_page = sum(page.letters >= MIN_TEXT_LETTERS for page in case.pages) <= 1
    if elsewhere or only_page:
        return None
    return Reason("one_page_only", {"number": case.best.canonical, "page": min(proof_pages)})


def _neighbours_fit_worse(case: Case) -> Reason | None:
    """Rule 9."""
    row = case.row
    if case.register is None or row is None or not row.pages("title") or case.has_cover:
        return None
    own = _plain_title(case.best.register_entry)
    for entry in nearest(case.register, case.best.canonical):
        other = compare(entry, case.pages)
        if other.title_score < TITLE_FOUND:
            continue
        theirs = _plain_title(entry)
        contains_ours = own != theirs and own in theirs
        is_part_of_ours = own != theirs and theirs in own
        if contains_ours or (not is_part_of_ours and not case.is_twice):
            facts: dict[str, Fact] = {"number": case.best.canonical, "neighbour": entry.number.canonical}
            return Reason("neighbour_fits_too", facts)
    return None


def _plain_title(entry: RegisterEntry | None) -> str:
    return " ".join(re.findall(r"\w+", fold_words(entry.title))) if entry is not None else ""


def _is_read_twice(case: Case) -> Reason | None:
    """Rules 10 and 11, for work without a register."""
    if case.register is not None or case.has_cover:
        return None
    rule = case.office.rule(case.best.number.format_id)
    if rule is not None and is_plain(rule.format) and not case.is_twice:
        return Reason("plain_digits", {"number": case.best.canonical})
    best = max(place.confidence for place in case.proofs)
    if case.is_twice or (case.best.number.check_passes and best >= SINGLE_CHECKED_CONFIDENCE):
        return None
    return Reason("one_reading", {"number": case.best.canonical, "page": case.proofs[0].page})


_RULES: tuple[Rule, ...] = (
    _register_has_it,
    _year_is_possible,
    _year_fits_filing_date,
    _register_agrees,
    _neighbours_fit_worse,
    _is_clean_or_confirmed,
    _is_read_well,
    _stands_on_two_pages,
    _is_read_twice,
)
