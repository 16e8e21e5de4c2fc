"""Values that cross between the program and its worker processes.

Everything here is frozen, picklable and free of pixels: tasks carry paths, results carry numbers and
paths. No import of cv2, Pillow or an engine happens here, so any process may import it cheaply.

Coordinates. *Master*: the pixels as stored. *Page space*: the master after its EXIF/TIFF orientation is
applied, its turn undone and its skew levelled about the centre, on a canvas of the turned size (so
``width_px`` and ``height_px`` of a result are those of page space). All boxes are in page space at the
master's resolution, origin top left, x right, y down.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Box:
    """An upright rectangle in page space, in pixels."""

    left_px: int
    top_px: int
    width_px: int
    height_px: int


@dataclass(frozen=True, slots=True)
class Turn:
    """How far the content is turned clockwise: 0, 90, 180 or 270, with a confidence in 0..1."""

    turn_deg: int
    confidence: float


@dataclass(frozen=True, slots=True)
class Skew:
    """How far the content is tilted clockwise before correction, with a confidence in 0..1."""

    skew_deg: float
    confidence: float


@dataclass(frozen=True, slots=True)
class Word:
    """One recognised word.

    confidence: 0..1. line: number of its text line on the page, in reading order from 0.
    space_after: a space stands between this word and the next of the same line (scripts without spaces
    between words have none); never true for the last word of a line.
    """

    text: str
    box: Box
    confidence: float
    line: int
    space_after: bool
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Barcode:
    """A decoded code. symbology: zxing-cpp's name ("QRCode", "Code128"). turn_deg: clockwise, 0..359."""

    symbology: str
    text: str
    box: Box
    turn_deg: int


@dataclass(frozen=True, slots=True)
class PageBox:
    """The sheet within the picture, without scanner background: a box in page space, confidence in 0..1."""

    box: Box
    confidence: float


@dataclass(frozen=True, slots=True)
class Spread:
    """Two pages side by side on one picture: the column of the gutter in page space, confidence in 0..1."""

    gutter_px: int
    confidence: float


@dataclass(frozen=True, slots=True)
class QualityReason:
    """Why a person should look at a page: a code for ui/texts.py and the measured value.

    is_grave: so far beyond what is usual that the dossier leaves only after somebody has looked.
    """

    code: str
    value: float
    is_grave: bool = False


class NumberRole(StrEnum):
    """What a number on a page says of itself, by its label and surroundings."""

    APPLICATION = "application"  # (21), (210), "Application No."
    REGISTRATION = "registration"  # (11), (111), certificates
    CITED = "cited"  # "our application", "prior mark", a letter's reference to another file
    PRIORITY = "priority"  # (30) to (33), (300), Paris Convention
    INTERNATIONAL = "international"  # PCT, Madrid, Hague, WO
    PAYMENT = "payment"  # receipt, invoice, account
    CONTACT = "contact"  # telephone, fax, post code
    UNKNOWN = "unknown"  # matches a format, nothing says what it is


@dataclass(frozen=True, slots=True)
class Edit:
    """One repaired character: position in the normalised token, what was read, what was put."""

    position: int
    read: str
    put: str


@dataclass(frozen=True, slots=True)
class NumberFormat:
    """One printed form of a number; pattern is a regular expression for a full match after normalising."""

    format_id: str
    office: str  # ST.3 code; "WO" for international forms
    right: str
    pattern: str
    examples: tuple[str, ...] = ()
    st13_type: str = ""
    ipas_key: str = ""
    confidence: str = "G"  # V verified, M mask verified, G general knowledge, L low
    note: str = ""
    # What the form is by itself: a certificate's form stays a registration whatever label stands before it.
    own_role: NumberRole = NumberRole.APPLICATION
    check: str = ""  # "damm": the group "check" is a letter computed from year and serial


@dataclass(frozen=True, slots=True)
class NumberCandidate:
    """A number found on a page.

    raw: the characters as recognised. normalised: the token that fully matches format_id, repairs done.
    label: the caption that introduced it ("(21)"), if any. confidence: 0..1, for ranking on one page;
    it already counts recognition, label, position and edits. above: short lines that may head it by their place, from
    the top of the page down to its own; None where places were not looked at.
    """

    raw: str
    normalised: str
    format_id: str
    role: NumberRole
    box: Box
    edits: tuple[Edit, ...]
    confidence: float
    label: str | None = None
    source: str = "text"  # "text" or "barcode"
    above: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class PageEdits:
    """A person's word on a page; None leaves it to the engine. Never overwritten by a machine.

    box: the part that is this page, in page space; what lies outside is neither read nor shown, and kept in
    the master. brightness: -100..100, for viewing only.
    """

    turn_deg: int | None = None
    skew_deg: float | None = None
    is_blank: bool | None = None
    languages: tuple[str, ...] | None = None
    box: Box | None = None
    brightness: int | None = None


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds on what one task may cost."""

    max_pixels: int = 250_000_000
    max_side_px: int = 65_000  # JPEG ends at 65,535, and no scanner is so long
    max_file_bytes: int = 4_000_000_000
    max_pages: int = 5_000
    timeout_s: float = 300.0


@dataclass(frozen=True, slots=True)
class PageTask:
    """Work order for one page.

    master_path: immutable file. frame: 0-based picture inside it (multi-page TIFF). derived_dir: existing
    directory for viewing copy, thumbnail and text; names in it start with derived_key. engine: "tesserocr",
    "pytesseract" or "fake". tessdata_dir: directory of the recognition models. stated_dpi: resolution
    known from intake (TakenPage.dpi), for masters that do not state it themselves.
    """

    master_path: Path
    frame: int
    derived_dir: Path
    derived_key: str
    languages: tuple[str, ...]
    formats: tuple[NumberFormat, ...]
    tessdata_dir: Path
    edits: PageEdits = PageEdits()
    engine: str = "tesserocr"
    limits: Limits = Limits()
    stated_dpi: float | None = None


@dataclass(frozen=True, slots=True)
class PageResult:
    """What the engine found on one page.

    turn and skew are what was estimated; applied_turn_deg and applied_skew_deg what page space is built
    with (a low confidence leaves the page alone, a person's edit wins). words_path: gzip JSON written by
    ocr.words_file; viewing_path: JPEG of page space, long side bounded; thumbnail_path: small JPEG.
    dpi: resolution believed for the master. step_ms: milliseconds per step, in order.
    page_box: where the sheet lies, None where the whole picture is it or nothing could be told; a person's box
    wins with confidence 1. spread: set where the picture seems to hold two pages side by side.
    fingerprint: perceptual hash of the levelled page, 16 hex digits, "" for a blank one. streaks_px: columns of
    the master where a dirty scanner seems to have drawn a line.
    first_text: the text as the first engine read it, None where nothing was changed by reading again. head: the lines at
    the top of the page by their place, of both readings. other_ink: of a page with a separator's code, how long all
    strokes beside codes and words are, in long sides of the page; None without such a code.
    """

    width_px: int
    height_px: int
    dpi: float
    exif_orientation: int
    turn: Turn
    skew: Skew
    applied_turn_deg: int
    applied_skew_deg: float
    is_blank: bool
    ink_share: float
    quality: tuple[QualityReason, ...]
    barcodes: tuple[Barcode, ...]
    text: str
    mean_confidence: float
    word_count: int
    candidates: tuple[NumberCandidate, ...]
    languages: tuple[str, ...]
    engine: str
    recipe: str
    words_path: Path
    viewing_path: Path
    thumbnail_path: Path
    step_ms: tuple[tuple[str, float], ...] = ()
    page_box: PageBox | None = None
    spread: Spread | None = None
    fingerprint: str = ""
    streaks_px: tuple[int, ...] = ()
    first_text: str | None = None
    head: str = ""
    other_ink: float | None = None


@dataclass(frozen=True, slots=True)
class ZoneTask:
    """Work order to read one part of a page again.

    box: in page space, which turn_deg and skew_deg (as applied when the page was read) lead to. dpi: believed for
    the master. languages: Tesseract codes, the main one first.
    """

    master_path: Path
    frame: int
    box: Box
    turn_deg: int
    skew_deg: float
    dpi: float
    languages: tuple[str, ...]
    tessdata_dir: Path
    engine: str = "tesserocr"
    limits: Limits = Limits(timeout_s=15.0)


@dataclass(frozen=True, slots=True)
class ZoneReading:
    """What stands there. certainty: 0..1 for each character of text."""

    text: str
    words: tuple[Word, ...]
    certainty: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class IntakeTask:
    """Work order to take one source file apart.

    masters_dir: root of the content-addressed store; derived_dir: where first thumbnails go.
    """

    source_path: Path
    masters_dir: Path
    derived_dir: Path
    limits: Limits = Limits()


@dataclass(frozen=True, slots=True)
class TakenMaster:
    """A file now in the store: named by its SHA-256, already fsync'd and read back."""

    sha256: str
    size_bytes: int
    media_type: str
    extension: str


@dataclass(frozen=True, slots=True)
class TakenPage:
    """One page of a source: the master it lies in and its frame there. dpi is None when unstated.

    picture_hash: equal for pages that are one scan, in whatever file; None for a page that was drawn, for
    printed forms look alike.
    """

    master_sha256: str
    frame: int
    width_px: int
    height_px: int
    dpi: float | None
    source_page: int  # 0-based page of the source file
    thumbnail_path: Path | None = None
    picture_hash: str | None = None


@dataclass(frozen=True, slots=True)
class IntakeResult:
    """What a source file held. original: the source itself when pages are not simply frames of it.

    notes: codes worth telling a person ("pdf_has_signature", "pdf_has_javascript", "file_ends_early", "pdf_repaired").
    """

    source_sha256: str
    source_size_bytes: int
    masters: tuple[TakenMaster, ...]
    pages: tuple[TakenPage, ...]
    original: TakenMaster | None = None
    notes: tuple[str, ...] = field(default=())
