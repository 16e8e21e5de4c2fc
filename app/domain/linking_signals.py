"""What speaks for each number of a dossier and against it, as values a model can weigh.

Nothing is decided here: the rules (linking_rules) say what may be linked without a person, the weights
(linking_weights) how probable each number is. A few hundredths of a millisecond per candidate and page.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from rapidfuzz.distance import OSA

from app.domain.application_number import ApplicationNumber, NotAnApplicationNumber
from app.domain.dates import filing_dates
from app.domain.linking_case import MISREAD_DISTANCE, SUBJECT_LABELS, nearest
from app.domain.linking_model import DossierEvidence, Occurrence, PageKind, RankedNumber, Surroundings
from app.domain.linking_pages import is_cover
from app.domain.linking_papers import is_own_code, is_stamped
from app.domain.linking_register import TITLE_FOUND, PageText, RowAgreement, best_title, compare
from app.domain.linking_stated import Values, contradicts, stated_on
from app.domain.offices import OfficeProfile
from app.domain.register import RegisterEntry, RegisterLookup
from ocr.types import NumberRole

# Where a number stands; the value is how many pages give it there, in steps.
PLACES = (
    "cover_code", "other_code", "on_cover", "under_code", "on_form", "stamped", "captioned", "in_header",
    "as_subject", "on_receipt", "in_list", "cited", "priority", "of_others",
)  # fmt: skip
OWN_PLACES = frozenset(
    ("cover_code", "on_cover", "under_code", "on_form", "stamped", "captioned", "in_header", "as_subject")
)
SIGNALS = (
    *PLACES,
    "basis", "suggested", "faint", "doubted", "edits", "padding", "check_passes", "check_fails", "share", "near_reading",
    "no_register", "not_in_register", "title_here", "title_elsewhere", "title_absent", "no_title", "applicant",
    "filing_date", "other_title", "other_applicant", "date_differs", "year_differs", "neighbour_fits", "run", "off_run", "bound",
)  # fmt: skip
# What the register says of a number: always one of these. "basis" is their middle, so that each speaks for or against.
REGISTER_SAYS = (
    "no_register",
    "not_in_register",
    "title_here",
    "title_elsewhere",
    "title_absent",
    "no_title",
)
# What can only speak for a number, and what only against it; places of other files do neither.
FOR = frozenset(
    (*OWN_PLACES, "other_code", "on_receipt", "check_passes", "share", "title_elsewhere", "applicant", "filing_date", "run")
)  # fmt: skip
AGAINST = frozenset(
    (
        "cited", "priority", "of_others", "in_list", "suggested", "faint", "doubted", "edits", "padding", "check_fails", "near_reading",
        "not_in_register", "title_absent", "other_title", "other_applicant", "date_differs", "year_differs", "neighbour_fits", "off_run", "bound",
    )
)  # fmt: skip
_STEPS = (0.0, 1.0, 1.5, 1.8, 2.0)
READ_WELL = 0.85
RUN_REACH = 12  # files that stand side by side in a box are rarely further apart in their numbers
YEARS_BEFORE, YEARS_AFTER = 3, 1


@dataclass(frozen=True)
class Scene:
    """Everything the signals are taken from. rows: register rows compared so far, by canonical; it grows."""

    evidence: DossierEvidence
    pages: Sequence[PageText]
    office: OfficeProfile
    register: RegisterLookup | None
    surroundings: Surroundings
    rows: dict[str, RowAgreement]

    def row(self, entry: RegisterEntry) -> RowAgreement:
        """How a register row agrees with the pages."""
        found = self.rows.get(entry.number.canonical)
        if found is None:
            found = self.rows[entry.number.canonical] = compare(entry, self.pages)
        return found

    @cached_property
    def texts(self) -> Mapping[int, str]:
        """What the pages say, by ordinal, as far as it may speak for a number."""
        return {page.ordinal: page.believed for page in self.evidence.pages}

    @cached_property
    def beside(self) -> tuple[ApplicationNumber, ...]:
        """The numbers of the folders beside."""
        return tuple(
            number
            for _, canonical in self.surroundings.beside
            if (number := _parsed(canonical, self.office)) is not None
        )

    def filed(self, page: int) -> frozenset[date]:
        """The days a page prints under a filing date's caption."""
        if page not in self._filed:
            text = self.texts[page]
            self._filed[page] = frozenset(
                filing_dates(text, date_order=self.office.date_order, calendars=self.office.calendars)
            )
        return self._filed[page]

    def count_other(self, what: str, register: str) -> int:
        """How many papers state another title, or other applicants, than a register row has."""
        counted = self._stated[what]
        return sum(count for stated, count in counted.items() if contradicts(stated, register))

    @cached_property
    def _stated(self) -> Mapping[str, Counter[Values]]:
        """What papers state, and how many state the same."""
        papers = {page.ordinal for page in self.pages if page.kind is PageKind.PAPER}
        stated = [stated_on(text) for ordinal, text in self.texts.items() if ordinal in papers]
        return {
            "titles": Counter(each.titles for each in stated if each.titles),
            "applicants": Counter(each.applicants for each in stated if each.applicants),
        }

    @cached_property
    def _filed(self) -> dict[int, frozenset[date]]:
        return {}


def signals_of(candidates: Sequence[RankedNumber], scene: Scene) -> tuple[dict[str, float], ...]:
    """The signals of each candidate, in order; a signal that is not there is left out."""
    places = [_places(each, scene) for each in candidates]
    own = [
        len({page for place, pages in found.items() if place in OWN_PLACES for page in pages})
        for found in places
    ]
    total = max(1, sum(own))
    return tuple(
        {
            name: value
            for name, value in (
                *_of_places(places[at]),
                ("share", own[at] / total),
                *_of_reading(each),
                ("near_reading", _near_reading(at, candidates, own)),
                *_of_register(each, places[at], scene),
                *_of_surroundings(each, scene),
            )
            if value
        }
        for at, each in enumerate(candidates)
    )


def _places(each: RankedNumber, scene: Scene) -> Mapping[str, set[int]]:
    found: dict[str, set[int]] = defaultdict(set)
    for occurrence in each.occurrences:
        found[place_of(occurrence, scene)].add(occurrence.page)
    return found


def place_of(place: Occurrence, scene: Scene) -> str:
    """Name the kind of place a number stands in."""
    if place.source == "barcode":
        return "cover_code" if is_cover(place) and place.is_proof else "other_code"
    if place.role is NumberRole.PRIORITY:
        return "priority"
    if place.kind is PageKind.LIST:
        return "in_list"
    if place.kind is PageKind.RECEIPT:
        return "on_receipt"
    if place.role is NumberRole.CITED and place.label not in SUBJECT_LABELS:
        return "cited"
    if place.kind is PageKind.LETTER:
        return "as_subject" if place.label is not None else "cited"
    return _place_on_paper(place, scene)


def _place_on_paper(place: Occurrence, scene: Scene) -> str:
    if place.is_proof:
        if place.is_on_cover:
            return "on_cover"
        if is_own_code(place.label, scene.office.code):
            return "under_code"
        return "on_form" if place.is_own_paper else "captioned"
    if is_stamped(scene.texts[place.page], place.raw):
        return "stamped"
    return "in_header" if place.label is None else "of_others"


def _of_places(found: Mapping[str, set[int]]) -> tuple[tuple[str, float], ...]:
    return tuple((place, _STEPS[min(len(pages), len(_STEPS) - 1)]) for place, pages in found.items())


def _of_reading(each: RankedNumber) -> tuple[tuple[str, float], ...]:
    if not each.occurrences:
        return (("basis", 1.0), ("suggested", 1.0), ("check_passes", float(each.number.check_passes is True)))
    edits = min(len(place.edits) for place in each.occurrences)
    is_irregular = not edits and not any(place.is_clean for place in each.occurrences)
    return (
        ("basis", 1.0),
        ("faint", max(0.0, 1.0 - max(place.confidence for place in each.occurrences) / READ_WELL)),
        ("doubted", float(all(place.is_doubted for place in each.occurrences))),
        ("edits", float(min(edits, 3))),
        ("padding", float(is_irregular and each.number.check_passes is not False)),
        ("check_passes", float(each.number.check_passes is True)),
        ("check_fails", float(each.number.check_passes is False)),
    )


def _near_reading(at: int, candidates: Sequence[RankedNumber], own: Sequence[int]) -> float:
    """A number a character or two away was read as the folder's own on as many pages: one is the other misread."""
    here = candidates[at]
    return float(
        any(
            own[other]
            and own[other] >= own[at]
            and OSA.distance(each.canonical, here.canonical) <= MISREAD_DISTANCE
            for other, each in enumerate(candidates)
            if other != at
        )
    )


def _of_register(
    each: RankedNumber, places: Mapping[str, set[int]], scene: Scene
) -> tuple[tuple[str, float], ...]:
    own = {page for place, pages in places.items() if place in OWN_PLACES for page in pages}
    filed = frozenset(day for page in own for day in scene.filed(page))
    year = each.number.year
    years_differ = (
        year is not None
        and bool(filed)
        and not any(-YEARS_BEFORE <= day.year - year <= YEARS_AFTER for day in filed)
    )
    if scene.register is None:
        return ("no_register", 1.0), ("year_differs", float(years_differ))
    entry = each.register_entry
    if entry is None:
        return ("not_in_register", 1.0), ("year_differs", float(years_differ))
    row = scene.row(entry)
    titles = row.pages("title")
    differs = entry.filing_date is not None and bool(filed) and entry.filing_date not in filed
    row_year = entry.filing_date.year if entry.filing_date is not None and year is not None else None
    if row_year is not None and year is not None:
        years_differ = years_differ or not -YEARS_BEFORE <= row_year - year <= YEARS_AFTER
    says = "title_absent" if row.title_absent else "no_title"
    if titles:
        says = "title_elsewhere" if titles - own else "title_here"
    return (
        (says, 1.0),
        ("applicant", float(bool(row.pages("applicant")))),
        ("filing_date", float(bool(row.pages("filing_date")))),
        ("other_title", _STEPS[min(4, scene.count_other("titles", entry.title))]),
        ("other_applicant", _STEPS[min(4, scene.count_other("applicants", entry.applicant))]),
        ("date_differs", float(differs)),
        ("year_differs", float(years_differ)),
        # Only of numbers that some place may make the folder's own: a thick file cites hundreds of others.
        ("neighbour_fits", float(_fitting_neighbours(each, row, scene) if own else 0)),
    )


def _fitting_neighbours(each: RankedNumber, row: RowAgreement, scene: Scene) -> int:
    """How many register rows one character away have a title that the pages show as well as this one's; at most 2."""
    assert scene.register is not None
    near = nearest(scene.register, each.canonical)
    least = max(row.title_score, TITLE_FOUND)
    return min(2, sum(best_title(entry, scene.pages) >= least for entry in near))


def _of_surroundings(each: RankedNumber, scene: Scene) -> tuple[tuple[str, float], ...]:
    fits = [_is_in_run(each.number, other) for other in scene.beside]
    return (
        ("run", float(any(fits))),
        ("off_run", float(len(fits) >= 2 and not any(fits) and _is_a_run(scene.beside))),
        ("bound", float(each.canonical in scene.surroundings.bound)),
    )


def _is_a_run(numbers: Sequence[ApplicationNumber]) -> bool:
    return any(_is_in_run(one, other) for at, one in enumerate(numbers) for other in numbers[at + 1 :])


def _is_in_run(one: ApplicationNumber, other: ApplicationNumber) -> bool:
    if (one.right, one.year) != (other.right, other.year) or one.canonical == other.canonical:
        return False
    if not (one.serial.isdigit() and other.serial.isdigit()):
        return False
    return abs(int(one.serial) - int(other.serial)) <= RUN_REACH


def _parsed(canonical: str, office: OfficeProfile) -> ApplicationNumber | None:
    try:
        return ApplicationNumber.parse(canonical, office)
    except NotAnApplicationNumber:
        return None
