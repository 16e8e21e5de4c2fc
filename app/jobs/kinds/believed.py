"""What a worker says is looked at before anything is stored: it has parsed foreign bytes.

Runs in the job loop's thread, in the transaction that applies a result; looks at files, never into them.
"""

from __future__ import annotations

import math
import re
from pathlib import Path

from app.errors import MachineError
from ocr.intake.masters import MEDIA_TYPES, master_path
from ocr.types import Box, IntakeResult, Limits, PageResult, TakenMaster, TakenPage

HASH = re.compile(r"[0-9a-f]{64}")
FINGERPRINT = re.compile(r"([0-9a-f]{16})?")
CODE = re.compile(r"[a-z][a-z0-9_]{0,60}")
KEY = re.compile(r"[0-9a-zA-Z-]{1,100}")

MOST_NOTES, MOST_FOUND, MOST_LETTERS = 20, 20_000, 5_000_000
"""A page of small print has 20,000 letters and 4,000 words: what is far beyond was never on paper."""

MARGIN = 0.05
"""Share of a page's longer side by which a box may stand over: a code at the edge of a levelled page does."""


def check_intake(result: object, masters_dir: Path, derived_dir: Path, limits: Limits) -> IntakeResult:
    """Return what a worker says of a source file, if that can be right.

    Raises MachineError("result_implausible", what=...).
    """
    if not isinstance(result, IntakeResult):
        raise _not_believed("kind of result")
    _demand(HASH.fullmatch(result.source_sha256), "source hash")
    _demand(0 < result.source_size_bytes <= limits.max_file_bytes, "source size")
    for master in result.masters:
        _check_master(master, masters_dir)
    if result.original is not None:
        _check_master(result.original, masters_dir)
        _demand(result.original.sha256 == result.source_sha256, "original")
    _demand(1 <= len(result.pages) <= limits.max_pages, "number of pages")
    _demand([page.source_page for page in result.pages] == list(range(len(result.pages))), "order of pages")
    known = {master.sha256 for master in result.masters}
    for page in result.pages:
        _check_taken_page(page, known, derived_dir, limits)
    _demand(len(result.notes) <= MOST_NOTES, "notes")
    _demand(all(CODE.fullmatch(note) for note in result.notes), "notes")
    return result


def check_page(result: object, derived_dir: Path, limits: Limits) -> PageResult:
    """Return what a worker says of a page, if that can be right.

    Raises MachineError("result_implausible", what=...).
    """
    if not isinstance(result, PageResult):
        raise _not_believed("kind of result")
    _check_size(result.width_px, result.height_px, limits)
    _check_numbers(result)
    _demand(len(result.text) <= MOST_LETTERS, "text")
    _demand(len(result.first_text or "") <= MOST_LETTERS and len(result.head) <= MOST_LETTERS, "text")
    counts = (result.barcodes, result.candidates, result.quality, result.streaks_px)
    _demand(max(map(len, counts)) <= MOST_FOUND, "number of finds")
    _demand(all(CODE.fullmatch(reason.code) for reason in result.quality), "quality")
    boxes = [code.box for code in result.barcodes] + [number.box for number in result.candidates]
    boxes += [] if result.page_box is None else [result.page_box.box]
    for box in boxes:
        _check_box(box, result.width_px, result.height_px)
    if result.spread is not None:
        _demand(0 <= result.spread.gutter_px <= result.width_px, "gutter")
    _demand(FINGERPRINT.fullmatch(result.fingerprint), "fingerprint")
    _check_derived(result, derived_dir)
    return result


def _check_master(master: TakenMaster, masters_dir: Path) -> None:
    _demand(HASH.fullmatch(master.sha256), "master hash")
    _demand(MEDIA_TYPES.get(master.extension) == master.media_type, "media type")
    path = master_path(masters_dir, master.sha256, master.extension)
    try:
        size_bytes = path.stat().st_size
    except OSError as exc:
        raise _not_believed("master missing") from exc
    _demand(size_bytes == master.size_bytes > 0, "master size")


def _check_taken_page(page: TakenPage, known: set[str], derived_dir: Path, limits: Limits) -> None:
    _demand(page.master_sha256 in known, "master of a page")
    _demand(0 <= page.frame < limits.max_pages, "frame")
    _check_size(page.width_px, page.height_px, limits)
    _demand(page.dpi is None or 0 < page.dpi < math.inf, "resolution")
    _demand(page.picture_hash is None or HASH.fullmatch(page.picture_hash), "picture hash")
    _demand(page.thumbnail_path is None or page.thumbnail_path.parent == derived_dir, "place of a thumbnail")


def _check_numbers(result: PageResult) -> None:
    _demand(0 < result.dpi < math.inf, "resolution")
    _demand(1 <= result.exif_orientation <= 8, "orientation tag")
    _demand({result.turn.turn_deg, result.applied_turn_deg} <= {0, 90, 180, 270}, "turn")
    _demand(abs(result.skew.skew_deg) <= 90 and abs(result.applied_skew_deg) <= 90, "skew")
    certain = [result.turn.confidence, result.skew.confidence, result.mean_confidence, result.ink_share]
    certain += [candidate.confidence for candidate in result.candidates]
    certain += [found.confidence for found in (result.page_box, result.spread) if found is not None]
    _demand(all(0 <= share <= 1 for share in certain), "confidence")
    _demand(result.other_ink is None or 0 <= result.other_ink < math.inf, "ink beside a code")
    _demand(0 <= result.word_count <= MOST_LETTERS, "number of words")
    _demand(all(math.isfinite(value) for _, value in result.step_ms), "time")
    _demand(all(math.isfinite(reason.value) for reason in result.quality), "quality")


def _check_derived(result: PageResult, derived_dir: Path) -> None:
    """All three files lie in their directory under one key, which becomes a name in the data."""
    key = result.words_path.name.split(".", 1)[0]
    _demand(KEY.fullmatch(key), "name of a derived file")
    expected = [derived_dir / f"{key}{ending}" for ending in (".words.json.gz", ".view.jpg", ".thumb.jpg")]
    _demand([result.words_path, result.viewing_path, result.thumbnail_path] == expected, "derived files")


def _check_size(width_px: int, height_px: int, limits: Limits) -> None:
    _demand(width_px >= 1 and height_px >= 1, "page size")
    _demand(width_px * height_px <= limits.max_pixels, "page size")


def _check_box(box: Box, width_px: int, height_px: int) -> None:
    over = MARGIN * max(width_px, height_px)
    inside = -over <= box.left_px and -over <= box.top_px and box.width_px >= 0 and box.height_px >= 0
    inside = inside and box.left_px + box.width_px <= width_px + over
    _demand(inside and box.top_px + box.height_px <= height_px + over, "box outside the page")


def _demand(holds: object, what: str) -> None:
    if not holds:
        raise _not_believed(what)


def _not_believed(what: str) -> MachineError:
    return MachineError("result_implausible", what=what)
