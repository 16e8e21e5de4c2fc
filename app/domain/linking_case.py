"""One folder's case before the rules: which places prove, which agree, and which numbers stand against it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from rapidfuzz.distance import OSA

from app.domain.dates import filing_dates
from app.domain.linking_belonging import are_told_apart, fits_row, kin_of, nearly_reads, shows_row
from app.domain.linking_model import (
    DossierEvidence,
    Occurrence,
    OwnPrint,
    PageEvidence,
    PageKind,
    RankedNumber,
    Surroundings,
)
from app.domain.linking_pages import fold_words, is_cover, is_doubted, stands_in
from app.domain.linking_papers import (
    is_certificate,
    is_cover_page,
    is_own_code,
    is_stamped,
    right_of,
    rights_headed,
)
from app.domain.linking_register import PageText, RowAgreement
from app.domain.offices import OfficeProfile
from app.domain.register import RegisterEntry, RegisterLookup
from ocr.types import NumberCandidate, NumberRole

MIN_PROOF_CONFIDENCE = 0.5
MAX_CONFIRMED_EDITS = 2
MISREAD_DISTANCE = 2
# Captions under which a letter names the file it is about.
SUBJECT_LABELS = frozenset(
    ("re", "ref", "reference", "subject", "our ref", "your ref", "objet", "perihal", "v v", "កម្មវត្ថុ", "เรื่อง", "ເລື່ອງ")
)  # fmt: skip


@dataclass(frozen=True)
class Case:
    """Everything the rules look at. best has at least one proving place; others are ranked after it.

    pages: as the first reading gives them, for what speaks for a number; again: with what was read again, for what
    speaks against one.
    """

    best: RankedNumber
    others: tuple[RankedNumber, ...]
    pages: Sequence[PageText]
    again: Sequence[PageText]
    rows: Mapping[str, RowAgreement]
    register: RegisterLookup | None
    office: OfficeProfile
    today: date
    evidence: DossierEvidence
    surroundings: Surroundings

    @cached_property
    def proofs(self) -> tuple[Occurrence, ...]:
        """Places that may prove the best number; doubted ones only where it has no others, and never read well."""
        places = tuple(place for place in self.best.occurrences if place.is_proof)
        return tuple(place for place in places if not place.is_doubted) or places

    @cached_property
    def agreeing_pages(self) -> frozenset[int]:
        """Pages that read the best number as their own or their subject; a sheet that was fed twice is one page."""
        found = {place.page for place in self.best.occurrences if _corroborates(place)}
        twins = {page.ordinal: page.twin_of for page in self.evidence.pages}
        return frozenset(page for page in found if twins.get(page) not in found)

    @cached_property
    def has_barcode(self) -> bool:
        """A barcode carries the best number, and not only one of a label."""
        return any(place.source == "barcode" and _counts(place) for place in self.best.occurrences)

    @cached_property
    def has_cover(self) -> bool:
        """The code of the cover sheet on top of the folder carries the best number."""
        return any(is_cover(place) for place in self.proofs)

    @cached_property
    def is_cover_alone(self) -> bool:
        """Only the cover sheet gives the best number: no page of the folder says the same."""
        return self.has_cover and all(
            is_cover(place) for place in self.best.occurrences if _corroborates(place)
        )

    @cached_property
    def paper_pages(self) -> frozenset[int]:
        """Pages that are papers in one reading at least, not letters, receipts or lists."""
        return frozenset(page.ordinal for page in (*self.pages, *self.again) if page.kind is PageKind.PAPER)

    def is_cover(self, sheet: int) -> bool:
        """Tell whether a page is the folder's cover: its own words do not say what lies in it."""
        page = next(page for page in self.evidence.pages if page.ordinal == sheet)
        return page.own_print is OwnPrint.COVER or is_cover_page(fold_words(page.believed).splitlines())

    def sheets(self, pages: Iterable[int]) -> frozenset[int]:
        """The sheets of some pages, a sheet that was fed twice as one."""
        twins = {page.ordinal: page.twin_of for page in self.evidence.pages}
        return frozenset(twins[page] or page for page in pages)

    @cached_property
    def days(self) -> Mapping[int, frozenset[date]]:
        """What each page gives, in any of its readings, as filing dates."""
        order, calendars = self.office.date_order, self.office.calendars
        return {
            page.ordinal: frozenset(
                day
                for text in page.readings
                for day in filing_dates(text, date_order=order, calendars=calendars)
            )
            for page in self.evidence.pages
        }

    @cached_property
    def paper_days(self) -> frozenset[date]:
        """Every day that stands on a paper, in one reading at least: filed, stamped, signed."""
        papers = (page.dates for page in (*self.pages, *self.again) if page.kind is PageKind.PAPER)
        return frozenset().union(*papers)

    @cached_property
    def content_days(self) -> frozenset[date]:
        """Those that stand on what lies in the jacket: the jacket itself may have been another file's."""
        papers = (
            page.dates
            for page in (*self.pages, *self.again)
            if page.kind is PageKind.PAPER and page.dates and not self.is_cover(page.ordinal)
        )
        return frozenset().union(*papers)

    @cached_property
    def kin(self) -> tuple[RegisterEntry, ...]:
        """Register rows that fit the papers as well as the best number's by title and applicant."""
        entry = self.best.register_entry
        if self.register is None or entry is None:
            return ()
        return kin_of(entry, self.register, self.pages)

    @cached_property
    def sisters(self) -> tuple[RegisterEntry, ...]:
        """Those of them that neither the papers' dates nor their headings tell apart."""
        entry = self.best.register_entry
        return tuple(
            each
            for each in self.kin
            if entry is None
            or not (are_told_apart(entry, each, self.content_days) or self._is_of_other_right(each))
        )

    def _is_of_other_right(self, other: RegisterEntry) -> bool:
        """Tell whether the papers that give the best number are headed by its right, and the other row's is another."""
        read = {place.page for place in self.proofs}
        pages = (page.believed for page in self.evidence.pages if page.ordinal in read)
        headed = frozenset().union(*(rights_headed(fold_words(text).splitlines()) for text in pages))
        return headed == {right_of(self.best.number.right)} and right_of(other.number.right) not in headed

    @cached_property
    def own_pages(self) -> frozenset[int]:
        """Pages that show by what they say that they are of the best number's row, and of none of its kin."""
        row, entry = self.row, self.best.register_entry
        if row is None or entry is None:
            return frozenset()
        return frozenset(
            page.ordinal
            for page in self.evidence.pages
            if shows_row(
                page, entry, row, self.days[page.ordinal], is_dated=entry.filing_date in self.paper_days
            )
            and all(are_told_apart(entry, each, self.days[page.ordinal]) for each in self.kin)
        )

    def nearly_reads(self, page: PageEvidence) -> bool:
        """Tell whether a page of the best number's title or applicant gives it but for one character, and no other row's."""
        row, entry, register = self.row, self.best.register_entry, self.register
        if row is None or entry is None or register is None:
            return False
        is_dated = entry.filing_date in self.paper_days
        near = nearest(register, self.best.canonical)
        return fits_row(page, entry, row, self.days[page.ordinal], is_dated=is_dated) and nearly_reads(
            page, entry, near, self.office.code
        )

    @cached_property
    def stamped_pages(self) -> frozenset[int]:
        """Papers on which the office itself stamped the best number when it received them."""
        texts = {page.ordinal: page.believed for page in self.evidence.pages}
        return frozenset(
            place.page
            for place in self.best.occurrences
            if place.is_clean and not place.is_doubted and place.source == "text"
            if place.kind is PageKind.PAPER and is_stamped(texts[place.page], place.raw)
        )

    @cached_property
    def issued_pages(self) -> frozenset[int]:
        """Papers that bear the best number by the office's own hand: stamped when received, or a certificate."""
        texts = {page.ordinal: page.believed for page in self.evidence.pages}
        read = {place.page for place in self.proofs if place.is_clean and place.source == "text"}
        certificates = (page for page in read if is_certificate(fold_words(texts[page]).splitlines()))
        return self.stamped_pages.union(certificates)

    @cached_property
    def is_read_elsewhere(self) -> bool:
        """A proof that was hardly read stands in a page's first reading, and the number well on another sheet."""
        texts = {page.ordinal: page.believed for page in self.evidence.pages}
        hardly = (
            place.page
            for place in self.proofs
            if place.source == "text" and stands_in(texts[place.page], place.raw)
        )
        return any(self.sheets(self.agreeing_pages) - self.sheets((page,)) for page in hardly)

    @cached_property
    def coded_pages(self) -> frozenset[int]:
        """Pages on which a number was read under its own INID code; bare digits of other offices do not count."""
        return frozenset(
            page.ordinal
            for page in self.evidence.pages
            for each in page.candidates
            if is_own_code(each.label, self.office.code)
            and self._is_whole(each)
            and not is_doubted(each, page.text)
        )

    def _is_whole(self, candidate: NumberCandidate) -> bool:
        own = {rule.format.format_id for rule in self.office.rules}
        return candidate.format_id in own or not (candidate.edits or candidate.normalised.isdigit())

    @property
    def row(self) -> RowAgreement | None:
        """How the register row of the best number agrees with the pages."""
        return self.rows.get(self.best.canonical)

    @property
    def is_twice(self) -> bool:
        """Two independent readings: on two pages, or as text and as barcode."""
        sources = {place.source for place in self.best.occurrences if _corroborates(place)}
        return len(self.agreeing_pages) >= 2 or len(sources) == 2


def rivals_of(case: Case) -> tuple[str, ...]:
    """Rule 4: numbers that also claim to be this folder's."""
    return tuple(other.canonical for other in case.others if _is_rival(other, case))


def _is_rival(other: RankedNumber, case: Case) -> bool:
    if _is_misread_on_own_pages(other, case):
        return False
    if case.is_cover_alone and any(map(_names_a_file, other.occurrences)):
        return True
    claims = [place for place in other.occurrences if place.is_claim]
    if not claims:
        return False
    return not _is_misreading(other, claims, case)


def _names_a_file(place: Occurrence) -> bool:
    """Tell whether a paper or letter may say of another file that it is its own; no citations and priorities."""
    if place.role is NumberRole.UNKNOWN:
        return place.kind is PageKind.PAPER
    return place.role is NumberRole.APPLICATION or place.label in SUBJECT_LABELS


def _is_misreading(other: RankedNumber, claims: Sequence[Occurrence], case: Case) -> bool:
    """Tell whether a rival is the best number badly read.

    It must lie a character or two away and be unknown to a register that knows the best number, with its
    title, from as many pages; without a register it must itself be a doubtful reading against two clean pages.
    """
    if OSA.distance(other.canonical, case.best.canonical) > MISREAD_DISTANCE or other.in_register:
        return False
    if any(is_cover(place) for place in claims):
        return False
    outnumbered = len({place.page for place in claims}) <= len(case.agreeing_pages)
    if case.register is not None:
        return outnumbered and case.row is not None and bool(case.row.pages("title"))
    doubtful = all(place.edits or place.confidence < MIN_PROOF_CONFIDENCE for place in claims)
    return doubtful and len(case.agreeing_pages) >= 2 and len({place.page for place in claims}) == 1


def _is_misread_on_own_pages(other: RankedNumber, case: Case) -> bool:
    """Tell whether a number stands only on pages that show by all else that they are of the best number's row.

    Hardly read, or a character or two away, and read so on no more sheets than the best number on others.
    """
    places = [place for place in other.occurrences if place.is_claim or _names_a_file(place)]
    pages = {place.page for place in places}
    if not places or not pages <= case.own_pages or any(is_cover(place) for place in places):
        return False
    theirs = case.rows.get(other.canonical)
    if theirs is not None and pages & theirs.pages("title"):
        return False
    proven = case.sheets(place.page for place in case.proofs if place.is_clean) - case.sheets(pages)
    if all(place.edits or place.confidence < MIN_PROOF_CONFIDENCE for place in places):
        return bool(proven)
    is_near = OSA.distance(other.canonical, case.best.canonical) <= MISREAD_DISTANCE
    return is_near and len(proven) >= len(case.sheets(pages))


def nearest(register: RegisterLookup, canonical: str) -> tuple[RegisterEntry, ...]:
    """Register rows one misread, lost, added or swapped character away."""
    return tuple(
        entry
        for entry in register.near(canonical)
        if OSA.distance(entry.number.canonical, canonical, score_cutoff=1) == 1
    )


def _corroborates(place: Occurrence) -> bool:
    """A second reading counts unless it is cited as another file.

    A look-alike or two may be repaired in it ("POO2022..." on a cover): all other digits agree by themselves.
    A misread digit turns a folder's number into its neighbour's, and just the neighbours get cited.
    """
    if not _counts(place):
        return False
    if place.is_doubted or (not place.is_clean and not 0 < len(place.edits) <= MAX_CONFIRMED_EDITS):
        return False
    return place.role is not NumberRole.CITED or place.label in SUBJECT_LABELS


def _counts(place: Occurrence) -> bool:
    """A label, or a cover that does not lie on top, is no second reading of what is printed beside its code."""
    return place.is_proof or not is_cover(place)
