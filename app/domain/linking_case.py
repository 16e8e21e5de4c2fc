"""One folder's case before the rules: which places prove, which agree, and which numbers stand against it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from rapidfuzz.distance import OSA

from app.domain.linking_model import DossierEvidence, Occurrence, PageKind, RankedNumber
from app.domain.linking_pages import is_cover, is_doubted
from app.domain.linking_papers import is_own_code
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
