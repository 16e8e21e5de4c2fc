"""One page from master to words: the work order of a worker process.

`process_page` is a pure function of its task: it reads the master, writes three derived files (each whole
or absent) and returns numbers. It knows no database, and doing it again is harmless.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

import ocr.worker  # first: it sets OMP_THREAD_LIMIT before Tesseract is loaded
from ocr.engines.protocol import Layout, RecognizeOptions
from ocr.engines.registry import open_engine
from ocr.engines.word_lines import text_of, without_trailing_spaces
from ocr.errors import PageNeedsAttention, SourceRefused
from ocr.intake.decode import DecodedPage, decode_master, with_square_pixels
from ocr.intake.masters import write_atomically
from ocr.khmer import in_written_order
from ocr.recipe import RECIPE
from ocr.steps.barcode import PageSpace, find_barcodes
from ocr.steps.blank import Blankness, judge_blank
from ocr.steps.deskew import estimate_skew, skew_to_apply
from ocr.steps.geometry import PixelImage, apply_exif, level, resample, rotate_clockwise, to_grey
from ocr.steps.ink import Ink, find_ink
from ocr.steps.orient import believable_letters, find_turn, turn_to_apply
from ocr.steps.quality import Reading, judge_quality
from ocr.steps.thumbnail import thumbnail_jpeg, viewing_jpeg
from ocr.types import Barcode, Box, NumberCandidate, PageResult, PageTask, Skew, Turn, Word
from ocr.words_file import write_words

USUAL_PAGE_INCHES = 11.69
"""Long side assumed for a picture that does not state its resolution: A4."""

LETTER_PX = 20.0
"""Height of small letters the picture is scaled to for recognition, where it is scaled at all."""

LEGIBLE_PX = (12.0, 26.0)
"""Heights left as they are. Enlarging 15 pixels to 20 cost accuracy (0.026 to 0.028, a fax 0.003 to
0.048), shrinking 32 to 20 gained (Khmer 0.020 to 0.012) and saves a third of the time."""

BILEVEL_SHARE = 0.005
"""Share of mid-grey pixels below which a page is a fax: black and white and nothing between."""

MOST_PIXELS_READ = 40_000_000
"""Pixels handed to the engine at most: it holds several copies."""


@dataclass(slots=True)
class _Clock:
    """Milliseconds per step, in order."""

    steps: list[tuple[str, float]] = field(default_factory=list)

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Time the body of a with statement."""
        start = time.perf_counter()
        yield
        self.steps.append((name, round((time.perf_counter() - start) * 1000, 1)))


@dataclass(frozen=True, slots=True, eq=False)
class _Upright:
    """A page in page space and how it got there."""

    pixels: PixelImage
    grey: PixelImage
    ink: Ink
    turn: Turn
    skew: Skew
    applied_turn_deg: int
    applied_skew_deg: float
    barcodes: tuple[Barcode, ...]


def process_page(task: PageTask) -> PageResult:
    """Turn, level, judge and read one page.

    Raises PageNeedsAttention ("ocr_timeout", "damaged", "too_large"...), EngineUnavailable
    ("engine_missing", "language_missing") and MachineError ("disk_full").
    """
    ocr.worker.initialise()
    clock = _Clock()
    languages = task.edits.languages or task.languages
    with clock.step("decode"):
        decoded = _decode(task)
    upright = _make_upright(task, decoded, languages, clock)
    with clock.step("blank"):
        blank = judge_blank(upright.grey)
    dpi = _believed_dpi(task, decoded)
    with clock.step("recognise"):
        words, engine_version = _recognise(task, upright, blank, languages, dpi)
    height_px, width_px = upright.grey.shape
    with clock.step("candidates"):
        candidates = _candidates(task, words, upright.barcodes, width_px, height_px)
    reading = Reading(len(words), _mean_confidence(words))
    is_blank = _is_blank(task, blank, words, has_code=bool(upright.barcodes))
    with clock.step("quality"):
        quality = judge_quality(upright.grey, upright.ink, dpi, reading, is_blank=is_blank)
    text = text_of(words)
    with clock.step("write"):
        words_path = task.derived_dir / f"{task.derived_key}.words.json.gz"
        viewing_path = task.derived_dir / f"{task.derived_key}.view.jpg"
        thumbnail_path = task.derived_dir / f"{task.derived_key}.thumb.jpg"
        write_words(words_path, words, text)
        write_atomically(viewing_path, viewing_jpeg(upright.pixels))
        write_atomically(thumbnail_path, thumbnail_jpeg(upright.pixels))
    return PageResult(
        width_px=width_px,
        height_px=height_px,
        dpi=dpi,
        exif_orientation=decoded.exif_orientation,
        turn=upright.turn,
        skew=upright.skew,
        applied_turn_deg=upright.applied_turn_deg,
        applied_skew_deg=upright.applied_skew_deg,
        is_blank=is_blank,
        ink_share=blank.ink_share,
        quality=quality,
        barcodes=upright.barcodes,
        text=text,
        mean_confidence=reading.mean_confidence,
        word_count=reading.word_count,
        candidates=candidates,
        languages=languages,
        engine=engine_version,
        recipe=RECIPE,
        words_path=words_path,
        viewing_path=viewing_path,
        thumbnail_path=thumbnail_path,
        step_ms=tuple(clock.steps),
    )


def _decode(task: PageTask) -> DecodedPage:
    try:
        decoded = decode_master(task.master_path, task.frame, task.limits)
        return with_square_pixels(decoded, task.limits, name=task.master_path.name)
    except SourceRefused as exc:
        raise PageNeedsAttention(exc.code, **exc.facts) from exc


def _make_upright(
    task: PageTask, decoded: DecodedPage, languages: tuple[str, ...], clock: _Clock
) -> _Upright:
    with clock.step("ink"):
        pixels = apply_exif(decoded.pixels, decoded.exif_orientation)
        grey = as_decoded = to_grey(pixels)
        ink = find_ink(grey)
    with clock.step("orientation"):
        turn = _turn(task, grey, ink, languages)
        applied_turn = task.edits.turn_deg if task.edits.turn_deg is not None else turn_to_apply(turn)
        if applied_turn:
            pixels, grey = rotate_clockwise(pixels, -applied_turn), rotate_clockwise(grey, -applied_turn)
            ink = find_ink(grey)
    with clock.step("skew"):
        skew = estimate_skew(ink)
        applied_skew = task.edits.skew_deg if task.edits.skew_deg is not None else skew_to_apply(skew)
        if applied_skew:
            pixels = level(pixels, applied_skew)
            grey = to_grey(pixels)
    with clock.step("barcodes"):
        height_px, width_px = as_decoded.shape
        barcodes = find_barcodes(as_decoded, PageSpace(width_px, height_px, applied_turn, applied_skew))
    return _Upright(pixels, grey, ink, turn, skew, applied_turn, applied_skew, barcodes)


def _turn(task: PageTask, grey: PixelImage, ink: Ink, languages: tuple[str, ...]) -> Turn:
    if task.edits.turn_deg is not None:
        return Turn(task.edits.turn_deg, 1.0)
    engine = open_engine(task.engine, task.tessdata_dir)
    options = RecognizeOptions(languages, dpi=300, timeout_s=task.limits.timeout_s / 4, layout=Layout.BLOCK)
    return find_turn(grey, ink, lambda block: engine.recognize(block, options))


def _believed_dpi(task: PageTask, decoded: DecodedPage) -> float:
    """Take the stated resolution unless it makes the sheet absurd; else assume A4."""
    long_side: int = max(decoded.pixels.shape[:2])
    for dpi in (decoded.dpi_x, task.stated_dpi):
        if dpi and 3.0 <= long_side / dpi <= 50.0:
            whole = round(dpi)
            # Files count dots per metre or centimetre: 300 dpi comes back as 299.72.
            return float(whole) if abs(dpi - whole) < 0.3 else round(dpi, 2)
    return round(long_side / USUAL_PAGE_INCHES, 1)


def _recognise(
    task: PageTask, upright: _Upright, blank: Blankness, languages: tuple[str, ...], dpi: float
) -> tuple[tuple[Word, ...], str]:
    """Read the page at a size the engine likes and bring the boxes back to page space."""
    engine = open_engine(task.engine, task.tessdata_dir)
    if blank.is_blank and blank.ink_share == 0.0:
        return (), engine.version
    zoom = _zoom(upright)
    options = RecognizeOptions(
        languages,
        dpi=max(70, min(600, round(dpi * zoom))),
        timeout_s=task.limits.timeout_s,
        is_uneven=zoom <= 1 or not _is_bilevel(upright.grey),
    )
    words = engine.recognize(resample(upright.grey, zoom, zoom), options)
    height_px, width_px = upright.grey.shape
    kept = [
        replace(word, text=in_written_order(word.text), box=_scaled(word.box, zoom, width_px, height_px))
        for word in words
        if word.text.strip()
    ]
    return without_trailing_spaces(kept), engine.version


def _zoom(upright: _Upright) -> float:
    """Scale so that small letters come to the height Tesseract reads best, within bounds."""
    if upright.ink.height_px <= 0 or len(upright.ink.marks) < 20:
        return 1.0
    if LEGIBLE_PX[0] <= upright.ink.height_px <= LEGIBLE_PX[1]:
        return 1.0
    wanted = LETTER_PX / upright.ink.height_px
    pixels = upright.grey.size
    bounded = math.sqrt(MOST_PIXELS_READ / pixels)
    return max(0.4, min(wanted, 3.0, bounded))


def _is_bilevel(grey: PixelImage) -> bool:
    sample = grey[::4, ::4]
    return float(((sample > 60) & (sample < 200)).mean()) < BILEVEL_SHARE


def _scaled(box: Box, zoom: float, width_px: int, height_px: int) -> Box:
    left = min(max(0, round(box.left_px / zoom)), width_px - 1)
    top = min(max(0, round(box.top_px / zoom)), height_px - 1)
    width = min(max(1, round(box.width_px / zoom)), width_px - left)
    height = min(max(1, round(box.height_px / zoom)), height_px - top)
    return Box(left, top, width, height)


def _candidates(
    task: PageTask, words: Sequence[Word], barcodes: Sequence[Barcode], width_px: int, height_px: int
) -> tuple[NumberCandidate, ...]:
    if not task.formats:
        return ()
    from ocr.candidates import find_candidates

    return find_candidates(
        words, barcodes=barcodes, formats=task.formats, width_px=width_px, height_px=height_px
    )


def _mean_confidence(words: Sequence[Word]) -> float:
    """Mean over characters: a long word counts more than a comma."""
    letters = sum(len(word.text) for word in words)
    return round(sum(word.confidence * len(word.text) for word in words) / letters, 4) if letters else 0.0


def _is_blank(task: PageTask, blank: Blankness, words: Sequence[Word], *, has_code: bool) -> bool:
    """Combine the look of the page with what was read; a person's word wins."""
    if task.edits.is_blank is not None:
        return task.edits.is_blank
    return blank.is_blank and not has_code and believable_letters(words) < 3
