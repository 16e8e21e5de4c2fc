"""The values the linker takes and gives: evidence in, a reasoned decision out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from app.domain.application_number import ApplicationNumber
from app.domain.register import RegisterEntry
from app.domain.states import LinkState
from ocr.types import Box, Edit, NumberCandidate, NumberRole

Fact = str | int | float


class PageKind(StrEnum):
    """What a page is, as far as it matters for trusting the numbers on it."""

    BLANK = "blank"
    PAPER = "paper"  # cover, form, description, certificate: speaks of its own file
    LETTER = "letter"  # speaks of any file
    RECEIPT = "receipt"
    LIST = "list"  # gazette or table: many numbers


class OwnPrint(StrEnum):
    """What of our own printing a page bears (linking_sheets)."""

    COVER = "cover"  # a cover sheet, its code read whole: nothing else on it is a reading
    UNREAD = "unread"  # a cover sheet whose code was not read: what stands on it proves nothing
    SEPARATOR = "separator"  # a sheet that only separates
    LABEL = "label"  # a paper with a label, or with a folder's code that has no right sum


@dataclass(frozen=True, slots=True)
class PageEvidence:
    """One page of a dossier, and the one place where it is settled which of its readings may do what.

    A page is read once, and what is doubtful in it again (restored contrast, a second recogniser, seals taken away).
    What speaks for a number (titles, applicants, dates, headings of the folder's own papers) counts only where the first
    reading has it: `believed`. What speaks against one counts from whichever reading has it: `readings`.

    ordinal: as the dossier counts; mean_confidence: of recognition, 0..1. text: with all that was read again.
    first_text: without it, None where that is the same. head: the lines at the top of the page by their place, of all
    readings; None where places are not known. twin_of: the ordinal of an earlier page that is the same sheet, fed twice.
    own_print: what our own printing on it is, where there is any.
    """

    ordinal: int
    is_blank: bool
    text: str
    candidates: tuple[NumberCandidate, ...]
    mean_confidence: float = 1.0
    first_text: str | None = None
    head: str | None = None
    twin_of: int | None = None
    own_print: OwnPrint | None = None

    @property
    def believed(self) -> str:
        """The text that may speak for a number."""
        return self.text if self.first_text is None else self.first_text

    @property
    def readings(self) -> tuple[str, ...]:
        """Every text that may speak against a number, the believed one first."""
        return (self.text,) if self.believed == self.text else (self.believed, self.text)


@dataclass(frozen=True, slots=True)
class DossierEvidence:
    """All pages of one paper folder."""

    pages: tuple[PageEvidence, ...]


@dataclass(frozen=True, slots=True)
class Occurrence:
    """A place where a number was read. page: the ordinal. is_proof: this place may prove the link.

    is_own_paper: it stands on the folder's own paper (cover, request form, certificate, or under its INID
    code); is_on_cover: on the folder's cover. is_doubted: only one of two readings of the page gives it, or hardly
    that: it stands against other numbers, but neither proves nor confirms its own. is_claim: this place stands against
    other numbers, in one of the page's readings at least.
    """

    page: int
    kind: PageKind
    box: Box
    raw: str
    edits: tuple[Edit, ...]
    role: NumberRole
    label: str | None
    source: str
    confidence: float
    is_proof: bool
    is_clean: bool
    is_own_paper: bool = False
    is_on_cover: bool = False
    is_doubted: bool = False
    is_claim: bool = False


@dataclass(frozen=True, slots=True)
class Agreement:
    """Something that speaks for a number.

    kind: "title", "applicant", "filing_date" (of the register row, found on page), "barcode", "page" (read
    there), "check_letter", "register". score: 0..1.
    """

    kind: str
    page: int | None = None
    score: float = 1.0


@dataclass(frozen=True, slots=True)
class Signal:
    """One thing that speaks for a number or against it.

    code: one of linking_signals.SIGNALS. value: how strongly it was found. weight: what it adds to the log-odds
    against all other answers, so below 0 where it speaks against.
    """

    code: str
    value: float
    weight: float


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What is known around a dossier.

    beside: (distance, canonical) of numbers that folders before (-1, -2, ...) and after it in its box are linked or
    seem to belong to. bound: numbers that other dossiers are linked to.
    """

    beside: tuple[tuple[int, str], ...] = ()
    bound: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class RankedNumber:
    """A number the dossier may belong to. in_register: None without a register.

    occurrences are empty for a suggestion that was not read but lies near a reading. probability: 0..1 that the
    dossier belongs to it, of all signals, calibrated on simulated dossiers; those of one dossier sum up to at most 1.
    """

    canonical: str
    number: ApplicationNumber
    confidence: float
    occurrences: tuple[Occurrence, ...]
    in_register: bool | None = None
    register_entry: RegisterEntry | None = None
    agreements: tuple[Agreement, ...] = ()
    rivals: tuple[str, ...] = ()
    probability: float = 0.0
    signals: tuple[Signal, ...] = ()

    @property
    def pages(self) -> frozenset[int]:
        """The pages it was read on."""
        return frozenset(each.page for each in self.occurrences)


@dataclass(frozen=True, slots=True)
class Reason:
    """A stable code and plain values for the words of ui/texts.py."""

    code: str
    facts: Mapping[str, Fact] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LinkDecision:
    """What the linker says. number: proven, or the best proposal when a person must look, or None.

    reasons: for a proof what it rests on; otherwise what stands in its way, the weightiest first.
    """

    link: LinkState
    number: ApplicationNumber | None
    reasons: tuple[Reason, ...]
    candidates: tuple[RankedNumber, ...]
    agreements: tuple[Agreement, ...] = ()
