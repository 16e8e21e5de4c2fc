"""The linker's rules one by one: each returns what it objects to, or nothing.

Numbers in comments are the rules of the table in linking.py.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from app.domain.dates import filing_dates
from app.domain.linking_belonging import are_told_apart, is_filed_otherwise, is_like
from app.domain.linking_case import MAX_CONFIRMED_EDITS, MIN_PROOF_CONFIDENCE, Case, nearest, rivals_of
from app.domain.linking_model import (
    Agreement,
    DossierEvidence,
    Fact,
    OwnPrint,
    Reason,
)
from app.domain.linking_pages import fold_words
from app.domain.linking_papers import has_own_code, heads_a_file, is_publication
from app.domain.linking_register import TITLE_FOUND, PageText, best_title, compare
from app.domain.linking_stated import contradicts, stated_on
from app.domain.register import RegisterEntry
from ocr.numbers import normalise

# A national phase carries the year of entry, its filing date the year of the international application.
YEARS_BEFORE, YEARS_AFTER = 3, 1
SINGLE_CHECKED_CONFIDENCE = 0.75
# A faint reading that hits a register row whose title is on the papers is no chance hit.
MIN_CONFIRMED_CONFIDENCE = 0.3
MIN_TEXT_LETTERS = 60
CLEARLY_WORSE = 2.0


Rule = Callable[[Case], Reason | None]


def objections(case: Case) -> tuple[tuple[Reason, ...], tuple[str, ...]]:
    """Ask every rule; also name the rival numbers."""
    rivals = rivals_of(case)
    found = [reason for rule in _RULES if (reason := rule(case)) is not None]
    if rivals:
        facts: dict[str, Fact] = {"number": case.best.canonical, "rival": rivals[0], "rivals": len(rivals)}
        found.insert(0, Reason("rival_number", facts))
    return tuple(found), rivals


def supports(case: Case) -> tuple[Agreement, ...]:
    """List everything that speaks for the best number."""
    found = [Agreement("page", page) for page in sorted(case.agreeing_pages)]
    if case.has_barcode:
        found.append(Agreement("barcode"))
    if case.best.number.check_passes:
        found.append(Agreement("check_letter"))
    if case.best.in_register:
        found.append(Agreement("register"))
    return (*found, *(case.row.agreements if case.row is not None else ()))


def _year_is_possible(case: Case) -> Reason | None:
    year = case.best.number.year
    if year is None or case.office.start_year <= year <= case.today.year:
        return None
    return Reason("year_impossible", {"number": case.best.canonical, "year": year})


def _year_fits_filing_date(case: Case) -> Reason | None:
    year = case.best.number.year
    if year is None:
        return None
    paper = {place.page for place in case.proofs}
    pages = [page for page in case.evidence.pages if page.ordinal in paper]
    for texts in ([page.believed for page in pages], [page.text for page in pages]):
        filed = _captioned_years(texts, case)
        if filed and not any(-YEARS_BEFORE <= day - year <= YEARS_AFTER for day in filed):
            facts: dict[str, Fact] = {"number": case.best.canonical, "year": year, "filed": max(filed)}
            return Reason("year_differs", facts)
    return None


def _captioned_years(texts: Sequence[str], case: Case) -> frozenset[int]:
    """Years of filing dates; one digit beside the register's date is that date misread, where its title agrees."""
    entry = case.best.register_entry if _title_agrees(case) else None
    return frozenset(
        day.year
        for text in texts
        for day in filing_dates(text, date_order=case.office.date_order, calendars=case.office.calendars)
        if entry is None or day == entry.filing_date or not is_like(day, entry)
    )


def _is_read_well(case: Case) -> Reason | None:
    best = max(place.confidence for place in case.proofs)
    needed = MIN_CONFIRMED_CONFIDENCE if _title_agrees(case) else MIN_PROOF_CONFIDENCE
    is_doubted = all(place.is_doubted for place in case.proofs)
    if (best >= needed and not is_doubted) or case.has_cover:
        return None
    if _title_agrees(case) and case.is_read_elsewhere:
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
    if not edits and number.check_passes is not False and not _title_agrees(case):
        return Reason("padding_irregular", {"number": case.best.canonical})
    facts: dict[str, Fact] = {"number": case.best.canonical, "edits": edits, "n": edits}
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
    return Reason("filing_date_differs", {"number": case.best.canonical, "filed": entry.filing_date.year})


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
    return Reason("register_unconfirmed", facts)


def _stands_on_two_pages(case: Case) -> Reason | None:
    """Rule 8. A cover, and its code on it, say whose folder it was: what lies in it has to fit.

    An applicant has many files: another page with his name counts only where titles cannot be compared, or with the
    row's filing date under its caption.
    """
    row = case.row
    if row is None:
        return None
    proof_pages = {place.page for place in case.proofs}
    fitting = row.pages("title") or row.pages("applicant")
    entry = case.best.register_entry
    dated = {
        page for page in row.pages("applicant") if entry is not None and entry.filing_date in case.days[page]
    }
    sheets = case.sheets(case.agreeing_pages | proof_pages | fitting | dated)
    only_page = sum(page.letters >= MIN_TEXT_LETTERS for page in case.pages) <= 1
    if only_page or (len(sheets) >= 2 and _has_contents(case, sheets)):
        return None
    return Reason("one_page_only", {"number": case.best.canonical, "page": min(proof_pages)})


def _has_contents(case: Case, sheets: frozenset[int]) -> bool:
    """Tell whether a paper is among some sheets that is no jacket; receipts and letters get into other folders."""
    return any(sheet in case.paper_pages and not case.is_cover(sheet) for sheet in sheets)


def _neighbours_fit_worse(case: Case) -> Reason | None:
    """Rule 9."""
    row = case.row
    if case.register is None or row is None or case.has_cover:
        return None
    scores = [(case.pages, row.title_score)]
    if case.again is not case.pages and case.best.register_entry is not None:
        scores.append((case.again, compare(case.best.register_entry, case.again).title_score))
    for entry in nearest(case.register, case.best.canonical):
        if case.best.register_entry is not None and are_told_apart(
            case.best.register_entry, entry, case.paper_days
        ):
            continue
        if any(_fits_as_well(entry, case, pages, score) for pages, score in scores):
            return Reason("near_neighbour", _rival_facts(case, entry))
    return None


def _fits_as_well(entry: RegisterEntry, case: Case, pages: Sequence[PageText], score: float) -> bool:
    """Tell whether a neighbouring row fits one reading of the pages as well as the best number's own. score: of that."""
    theirs_found = best_title(entry, pages)
    if theirs_found < TITLE_FOUND:
        return False
    own, theirs = _plain_title(case.best.register_entry), _plain_title(entry)
    contains_ours = own != theirs and own in theirs
    if contains_ours or theirs_found > score:
        return True
    fits_worse = theirs != own and (theirs in own or theirs_found <= score - CLEARLY_WORSE)
    return not fits_worse and not case.is_twice


def _rival_facts(case: Case, entry: RegisterEntry) -> dict[str, Fact]:
    """Name the number and the register row that could be meant instead."""
    return {"number": case.best.canonical, "rival": entry.number.canonical}


def _plain_title(entry: RegisterEntry | None) -> str:
    return " ".join(re.findall(r"\w+", fold_words(entry.title))) if entry is not None else ""


def _is_read_twice(case: Case) -> Reason | None:
    """Rules 10 and 11, for work without a register."""
    if case.register is not None or case.has_cover:
        return None
    if all(normalise(place.raw).text.isdigit() for place in case.proofs) and not case.is_twice:
        return Reason("plain_digits", {"number": case.best.canonical})
    best = max(place.confidence for place in case.proofs)
    if case.is_twice or (case.best.number.check_passes and best >= SINGLE_CHECKED_CONFIDENCE):
        return None
    return Reason("single_reading", {"number": case.best.canonical, "page": case.proofs[0].page})


def _stands_on_own_paper(case: Case) -> Reason | None:
    """Rule 12, for work without a register: a caption alone says "Application No." of any file."""
    if case.register is not None or any(place.is_own_paper for place in case.proofs):
        return None
    return Reason("no_own_paper", {"number": case.best.canonical})


def _fits_cover(case: Case, page: int) -> bool:
    """Tell whether a page bears the title or the applicant of the row of the cover's number, where there are rows."""
    return case.row is None or page in case.row.pages("title") | case.row.pages("applicant")


def _is_filed_otherwise(case: Case, page: int) -> bool:
    entry = case.best.register_entry
    return entry is not None and is_filed_otherwise(entry, case.days[page])


def _no_sister_fits(case: Case) -> Reason | None:
    """Rule 17: a row of the same applicant, title, right and filing date may be meant.

    Unless its own folder is known, or the office itself numbered one of the papers: a stamp, a certificate.
    """
    if case.issued_pages:
        return None
    around = case.surroundings
    known = around.bound | {number for _, number in around.beside}
    sister = next((each for each in case.sisters if each.number.canonical not in known), None)
    return None if sister is None else Reason("sister_file", _rival_facts(case, sister))


def _every_cover_was_read(case: Case) -> Reason | None:
    """Rule 16: whose cover it is that could not be read, nobody knows."""
    return cover_unread(case.evidence)


def cover_unread(evidence: DossierEvidence) -> Reason | None:
    """A sheet that is a cover of ours by its looks, and whose code was not read."""
    page = next((page.ordinal for page in evidence.pages if page.own_print is OwnPrint.UNREAD), None)
    return None if page is None else Reason("cover_unread", {"page": page})


def _no_page_is_of_another(case: Case) -> Reason | None:
    """Rule 14: a page that gives two of title, applicant and filing date otherwise than the register is another file's."""
    entry = case.best.register_entry
    if entry is None:
        return None
    for page in case.evidence.pages:
        if page.ordinal not in case.paper_pages:
            continue
        stated = stated_on(page.believed)
        other_title = contradicts(stated.titles, entry.title)
        other_applicant = contradicts(stated.applicants, entry.applicant)
        # Printed patents that examiners cite give dates of their own.
        is_filed = is_filed_otherwise(entry, case.days[page.ordinal]) and not is_publication(page.believed)
        is_first = heads_a_file(fold_words(page.believed).splitlines()) and not is_publication(page.believed)
        # Where only the cover gives the number, a page that fits it by half does not fit.
        differs = other_title + other_applicant + (is_filed or is_first)
        if (differs >= 2 and (other_title or other_applicant)) or (
            case.is_cover_alone and (other_title or other_applicant)
        ):
            return Reason("page_of_another", {"number": case.best.canonical, "page": page.ordinal})
    return None


def _own_code_was_read(case: Case) -> Reason | None:
    """Rule 13: an unread (21) may be another number, unless the folder's cover says whose folder it is.

    Jackets are used again, and papers put into the wrong one: with a register the page has to show that it is of the
    cover's file, and to give no other filing date. A page that shows by title, and by applicant or filing date, that it
    is of the register's row needs no cover.
    """
    is_on_cover = case.has_cover or any(place.is_on_cover for place in case.proofs)
    read = case.sheets(case.coded_pages)
    for page in case.evidence.pages:
        if page.ordinal not in case.paper_pages - case.coded_pages:
            continue
        if is_on_cover and _fits_cover(case, page.ordinal) and not _is_filed_otherwise(case, page.ordinal):
            continue
        if not any(has_own_code(text, case.office.code) for text in page.readings):
            continue
        shows = page.ordinal in case.own_pages | case.stamped_pages or case.nearly_reads(page)
        if not shows and not case.sheets((page.ordinal,)) <= read:
            return Reason("own_number_unread", {"number": case.best.canonical, "page": page.ordinal})
    return None


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
    _stands_on_own_paper,
    _own_code_was_read,
    _no_page_is_of_another,
    _no_sister_fits,
    _every_cover_was_read,
)
