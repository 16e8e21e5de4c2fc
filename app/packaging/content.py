"""What goes into a package: frozen, picklable inputs and the result.

The job's `prepare` fills a PackageTask from the database; a worker process turns it into a package with
app.packaging.build and needs nothing else. Everything that could differ between two runs (times, ids,
versions) is fixed here by the caller, so redoing a task gives the same bytes.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from ocr.types import Box, QualityReason


@dataclass(frozen=True, slots=True)
class PackagePage:
    """One page as it shall leave.

    ordinal: 1-based place in the dossier. frame: 0-based picture inside the master. exif_orientation: 1..8,
    as stored in the master. applied_turn_deg (clockwise, 0/90/180/270) and applied_skew_deg (clockwise) are
    undone to reach page space, whose size is width_px by height_px at dpi. words_path: gzip JSON of
    ocr.words_file, boxes in page space; None for a page without recognised text. languages: Tesseract codes.
    title: bookmark; empty means "Page N". kind: what the page is ("cover", "request_form"), if known. box: the part
    of page space a person said is the page; the picture stays whole and the PDF shows that part. is_shared_master: it
    holds pages of other dossiers too, so that only this frame of it may leave. quality: why it was marked to be looked at.
    """

    ordinal: int
    master_path: Path
    master_sha256: str
    media_type: str
    extension: str
    frame: int
    width_px: int
    height_px: int
    dpi: float
    exif_orientation: int = 1
    applied_turn_deg: int = 0
    applied_skew_deg: float = 0.0
    words_path: Path | None = None
    is_blank: bool = False
    languages: tuple[str, ...] = ()
    mean_confidence: float | None = None
    original_name: str = ""
    source_page: int | None = None
    title: str = ""
    kind: str = ""
    box: Box | None = None
    is_shared_master: bool = False
    quality: tuple[QualityReason, ...] = ()


@dataclass(frozen=True, slots=True)
class PackageDocument:
    """A typed run of pages, bookmarked as one. first_page and last_page are ordinals, inclusive.

    kind: code of the office's pack, "" while unknown. dated: ISO; dated_role: "document" or "reception".
    direction, language, access: as the program's codes, "" where unknown. said_by: who said the kind, "" for the
    machine, whose confidence stands then. numbers: further applications the paper concerns.
    """

    title: str
    kind: str
    first_page: int
    last_page: int
    dated: str = ""
    dated_role: str = ""
    dated_printed: str = ""
    direction: str = ""
    language: str = ""
    access: str = ""
    edms_code: str = ""
    said_by: str = ""
    confidence: float | None = None
    numbers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ExcludedPage:
    """A page that is kept in the workstation and is no page of the paper file; it is named and does not travel.

    reason: a code. replaced_by: ordinal of the page that was scanned in its place, None for other reasons.
    """

    reason: str
    master_sha256: str
    size_bytes: int
    media_type: str
    frame: int
    original_name: str = ""
    source_page: int | None = None
    replaced_by: int | None = None


@dataclass(frozen=True, slots=True)
class PackageField:
    """A field of the dossier by value.

    name: of app.domain.field_kinds. printed: as on paper or typed; value: as data (an ISO date, classes joined by
    "; "). state: "accepted", "to_check" or "invalid". by: the person who said so, "machine" where nobody did. page:
    ordinal of the page it stands on.
    """

    name: str
    printed: str
    value: str
    state: str
    by: str
    at: datetime
    page: int | None = None


@dataclass(frozen=True, slots=True)
class PackageOriginal:
    """A source file that travels beside the masters, such as the PDF the pages were taken from."""

    path: Path
    sha256: str
    media_type: str
    name: str


@dataclass(frozen=True, slots=True)
class NumberFacts:
    """The application number in all its forms. ipas_key: the four parts, or empty where there is none."""

    canonical: str
    office: str
    right: str
    raw: str = ""
    format_id: str = ""
    year: int | None = None
    serial: str = ""
    ipas_key: tuple[str, ...] = ()
    st13: str = ""


@dataclass(frozen=True, slots=True)
class LinkReason:
    """Why the number is believed: a code and plain facts."""

    code: str
    facts: tuple[tuple[str, str | int | float | bool], ...] = ()


@dataclass(frozen=True, slots=True)
class LinkFacts:
    """How dossier and number came together. state: "proven" | "needs_review" | "none"."""

    state: str
    reasons: tuple[LinkReason, ...] = ()
    confidence: float | None = None
    linked_by: str = ""
    linked_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ReleaseFacts:
    """Who let the dossier go. kind: "person" or "policy"."""

    kind: str
    released_by: str
    released_at: datetime


@dataclass(frozen=True, slots=True)
class RegisterFacts:
    """The register row the number was compared with."""

    application_number: str
    title: str = ""
    applicant: str = ""
    filing_date: str = ""


@dataclass(frozen=True, slots=True)
class PackageTask:
    """Work order for one package.

    package_name: directory name, from app.packaging.bag.safe_name. created_at: aware; every date inside the
    package comes from it. target_dir: existing directory that receives `package_name`. schema_path:
    resources/schemas/dossier.schema.json.
    """

    package_name: str
    dossier_id: int
    source_name: str
    batch_name: str
    office: str
    release: ReleaseFacts
    link: LinkFacts
    pages: tuple[PackagePage, ...]
    created_at: datetime
    software: str
    target_dir: Path
    schema_path: Path
    number: NumberFacts | None = None
    register: RegisterFacts | None = None
    documents: tuple[PackageDocument, ...] = ()
    fields: tuple[PackageField, ...] = ()
    excluded: tuple[ExcludedPage, ...] = ()
    originals: tuple[PackageOriginal, ...] = ()
    source_organization: str = ""
    title: str = ""
    max_pixels: int = 250_000_000


@dataclass(frozen=True, slots=True)
class Validation:
    """One validator's word on the PDF. verdict: "pass", "pass_in_parts" (see independent) or "not_available"."""

    name: str
    version: str
    verdict: str


@dataclass(frozen=True, slots=True)
class PackageResult:
    """A complete package on disk.

    path: the bag's directory. package_sha256: SHA-256 of its manifest-sha256.txt, the key under which it is
    delivered and acknowledged. payload_bytes and payload_files: as in Payload-Oxum. already_there: an
    identical package stood there before, nothing was replaced. stacked_pages: ordinals whose text is exact but
    only approximately in place (see text_layer.stack).
    """

    path: Path
    package_name: str
    package_sha256: str
    payload_bytes: int
    payload_files: int
    page_count: int
    pdf_sha256: str
    validators: tuple[Validation, ...]
    stacked_pages: tuple[int, ...] = ()
    already_there: bool = False
