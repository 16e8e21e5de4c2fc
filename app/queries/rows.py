"""Frozen rows that screens and the command line read; no database object ever leaves a query."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from app.domain.ids import BatchId, DossierId, ImportItemId, OutboxId, PageId
from app.domain.states import DossierState, ImportState, KeyingState, LinkState, PageState, UploadState
from ocr.types import Barcode, Box, PageBox, PageEdits, QualityReason, Spread


@dataclass(frozen=True, slots=True)
class BatchSummary:
    """One batch with its counts; dossiers_by_state leaves out states without dossiers.

    keyed_again: how many up for review wait for a second keying or its judge before.
    """

    id: BatchId
    name: str
    office: str
    languages: tuple[str, ...]
    created_at: datetime
    created_by: str
    release: str
    files_offered: int
    files_accepted: int
    files_refused: int
    pages: int
    pages_done: int
    pages_attention: int
    dossiers: int
    dossiers_by_state: dict[DossierState, int]
    keyed_again: int = 0


@dataclass(frozen=True, slots=True)
class BatchHead:
    """A batch without its counts: what a search among all of them looks at."""

    id: BatchId
    name: str
    office: str
    created_by: str


@dataclass(frozen=True, slots=True)
class TwinPage:
    """A page of a file and the earlier page of the same scan; both 1-based in their files."""

    page: int
    same_as: Path
    same_as_page: int


@dataclass(frozen=True, slots=True)
class LedgerItem:
    """One offered file and what became of it. reason is a code; notes are codes.

    duplicate_of: the earlier file with the same bytes. twin_pages: where only pages came before.
    """

    id: ImportItemId
    dossier_id: DossierId | None
    source_path: Path
    state: ImportState
    pages: int
    size_bytes: int | None
    reason: str | None
    facts: dict[str, Any]
    notes: tuple[str, ...]
    duplicate_of: Path | None
    twin_pages: tuple[TwinPage, ...] = ()


@dataclass(frozen=True, slots=True)
class Ledger:
    """The import ledger: offered = accepted + refused + waiting; waiting is 0 at the end."""

    offered: int
    accepted: int
    refused: int
    waiting: int
    items: tuple[LedgerItem, ...]


@dataclass(frozen=True, slots=True)
class Reason:
    """A code for ui/texts.py with the values its sentence needs."""

    code: str
    facts: dict[str, Any]


@dataclass(frozen=True, slots=True)
class CandidateSighting:
    """Where a number stands: page in the dossier (1-based ordinal in reading order), box in page space."""

    page_id: PageId
    page_number: int
    box: Box
    raw: str
    role: str
    label: str | None
    confidence: float
    edits: tuple[tuple[int, str, str], ...]


@dataclass(frozen=True, slots=True)
class CandidateSignal:
    """One thing that speaks for a number (weight above 0, in log-odds) or against it. value: how strongly it is there."""

    code: str
    value: float
    weight: float


@dataclass(frozen=True, slots=True)
class RankedCandidate:
    """A number the dossier may have, best first.

    confidence: how probable it is of all signals, 0..1 (of dossiers decided by older versions: how well it was read).
    signals: what that rests on, the weightiest first.
    """

    application_number: str
    confidence: float
    format_id: str
    right: str
    role: str
    in_register: bool | None
    sightings: tuple[CandidateSighting, ...]
    signals: tuple[CandidateSignal, ...] = ()


@dataclass(frozen=True, slots=True)
class RegisterEntryRow:
    """What the register says of a number."""

    application_number: str
    title: str
    applicant: str
    filing_date: date | None


@dataclass(frozen=True, slots=True)
class OfficeRegister:
    """Size and age of one office's part of the mirror."""

    office: str
    count: int
    imported_at: datetime


@dataclass(frozen=True, slots=True)
class RegisterInfo:
    """Size and age of the offline register mirror, in all and by office."""

    count: int
    imported_at: datetime | None
    offices: tuple[OfficeRegister, ...] = ()

    def of(self, office: str) -> OfficeRegister | None:
        """The part of one office."""
        return next((each for each in self.offices if each.office == office), None)


@dataclass(frozen=True, slots=True)
class RegisterExtract:
    """One import in force. sha256 None: imported before hashes were kept. entries: numbers it was the first to bring."""

    office: str
    file_name: str
    sha256: str | None
    is_delta: bool
    entries: int
    imported_by: str
    imported_at: datetime


@dataclass(frozen=True, slots=True)
class DossierSummary:
    """One dossier as a line in a list. by_policy: its number was released by rule, no person confirmed it.

    keying: it waits for a second keying, or for a judge.
    """

    id: DossierId
    batch_id: BatchId
    batch_name: str
    office: str
    name: str
    source: str
    state: DossierState
    link: LinkState
    application_number: str | None
    best_guess: str | None
    pages: int
    pages_done: int
    pages_attention: int
    blank_pages: int
    on_hold: bool
    return_reason: str | None
    first_reason: Reason | None
    updated_at: datetime
    by_policy: bool = False
    keying: KeyingState | None = None


@dataclass(frozen=True, slots=True)
class QueueEntry:
    """The place of a dossier in a list: what is read of all of them, when its row is read only where it is seen."""

    id: DossierId
    on_hold: bool
    state: DossierState


@dataclass(frozen=True, slots=True)
class DossierDetail:
    """All an indexer or reviewer needs of one dossier."""

    summary: DossierSummary
    reasons: tuple[Reason, ...]
    candidates: tuple[RankedCandidate, ...]
    register: RegisterEntryRow | None  # entry of application_number or of the best candidate
    linked_by: str | None
    linked_at: datetime | None
    package_path: Path | None
    register_as_of: datetime | None = None  # when the office's register was last brought up to date


@dataclass(frozen=True, slots=True)
class PageSummary:
    """One page as a thumbnail. number: 1-based position in the dossier."""

    id: PageId
    dossier_id: DossierId
    number: int
    state: PageState
    thumbnail_path: Path | None
    is_blank: bool
    attention: Reason | None
    quality: tuple[QualityReason, ...]
    mean_confidence: float | None
    source_name: str
    part: int = 0  # 1: the right half of a spread that was split
    may_be_two: bool = False  # seems to hold two pages side by side, and nobody has decided


@dataclass(frozen=True, slots=True)
class PageDetail:
    """One page in full. Boxes are in page space of width_px by height_px."""

    summary: PageSummary
    master_path: Path
    frame: int
    viewing_path: Path | None
    width_px: int
    height_px: int
    dpi: float | None
    applied_turn_deg: int
    applied_skew_deg: float
    skew_confidence: float
    text: str
    languages: tuple[str, ...]
    barcodes: tuple[Barcode, ...]
    edits: PageEdits
    turn_confidence: float = 0.0
    page_box: PageBox | None = None
    spread: Spread | None = None
    is_half: bool = False  # of a spread that was split


@dataclass(frozen=True, slots=True)
class UploadSummary:
    """One package on its way. waits: code why it is not moving, with facts."""

    id: OutboxId
    dossier_id: DossierId
    dossier_name: str
    application_number: str | None
    package_name: str
    package_path: Path
    size_bytes: int
    destination: str
    state: UploadState
    attempts: int
    not_before: datetime
    error: Reason | None
    queued_at: datetime
    sent_at: datetime | None
    closed_at: datetime | None
    receipt_verdict: str | None
    receipt_reference: str | None
    receipt_office: str | None
    receipt_reason: str | None


@dataclass(frozen=True, slots=True)
class Destination:
    """A place packages go to. answered_by: the office in the receipt of its newest answered package."""

    place: str
    total: int
    unanswered: int
    answered_by: str | None


@dataclass(frozen=True, slots=True)
class AuditLine:
    """One act: who, what, when."""

    at: datetime
    who: str
    subject: str
    subject_id: int
    action: str
    from_state: str | None
    to_state: str | None
    facts: dict[str, Any]


@dataclass(frozen=True, slots=True)
class WaitingCounts:
    """How much waits where: the numbers on the rail."""

    processing: int
    to_index: int
    to_review: int
    uploads_open: int
    uploads_refused: int


@dataclass(frozen=True, slots=True)
class WorkStatus:
    """What runs in the background. held: code why nothing is claimed ("disk_full"), else None.

    pages_done of pages_total: in the batches being recognised now (0 of 0 when idle). pages_safe: all pages
    whose masters are on disk.
    """

    files_waiting: int
    pages_waiting: int
    pages_running: int
    pages_done: int
    pages_total: int
    packages_waiting: int
    uploads_waiting: int
    failed: int
    pages_per_minute: float | None
    free_bytes: int
    held: str | None
    pages_safe: int = 0

    @property
    def is_idle(self) -> bool:
        """True when nothing waits for the machine."""
        return not (
            self.files_waiting
            or self.pages_waiting
            or self.pages_running
            or self.packages_waiting
            or self.uploads_waiting
        )
