"""Reads a levelled page: the size it is handed to the engine at, and the boxes back in page space.

Runs in worker processes.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from ocr.engines.digit_reader import DigitReader
from ocr.engines.line_reader import LineReader, LineReading
from ocr.engines.protocol import Layout, OcrEngine, RecognizeOptions
from ocr.engines.word_lines import without_trailing_spaces
from ocr.khmer import in_written_order
from ocr.native_digits import Rereading, reread_numbers
from ocr.reading_order import in_reading_order
from ocr.spare_time import SpareTime
from ocr.steps.geometry import PixelImage, resample
from ocr.steps.ink import Ink
from ocr.steps.one_bit import is_bilevel, softened
from ocr.types import Box, NumberFormat, Word

OTHER_SCRIPTS = frozenset({"ben", "khm", "lao", "mya", "tha"})
"""Models of scripts that are not Latin; all others that offices name read Latin letters."""

LETTER_PX = 20.0
"""Height of small letters the picture is scaled to for recognition, where it is scaled at all."""

LEGIBLE_PX = (12.0, 26.0)
"""Heights left as they are. Enlarging 15 pixels to 20 cost accuracy (0.026 to 0.028, a fax 0.003 to
0.048), shrinking 32 to 20 gained (Khmer 0.020 to 0.012) and saves a third of the time."""

LATIN_LETTER_PX, LATIN_LEGIBLE_PX = 15.0, 17.25
"""The same for Latin letters alone, which need fewer pixels: of 14 pages with taller letters nine read better and four
worse (mean 0.053 to 0.050, a book page 0.046 to 0.033) in three quarters of the time. Lao and Thai gained nothing steady."""

MOST_PIXELS_READ = 40_000_000
"""Pixels handed to the engine at most: it holds several copies."""

LONGEST_READ_PX = 32_000
"""Long side of what is handed to the engine, without a strip's edge: engines take little more."""

STRIP_MARGIN_SHARE, STRIP_EDGE_PX = 0.3, 12
"""Paper left around a strip: a share of its height from the page, and a plain edge."""

LATIN_MARGIN_SHARE = 0.15
"""The same for the second recogniser, which was trained on closely cut lines."""

LINE_LETTERS, LARGEST_ZOOM = 1.7, 4.0
"""Height of a line's box in heights of its small letters; how far a line read alone is enlarged at most."""

TALLEST_STRIP = 3.0
"""Height of a strip in heights of small letters; taller ones are set in larger type than the page."""


@dataclass(frozen=True, slots=True, eq=False)
class Sheet:
    """A levelled page to be read. ink: its marks before it was levelled by tilt_deg. dpi: of the pixels.

    is_one_bit: the scan knew only black and white, before it was levelled.
    """

    grey: PixelImage
    ink: Ink
    dpi: float
    tilt_deg: float = 0.0
    is_one_bit: bool = False


@dataclass(frozen=True, slots=True)
class ReadingPlan:
    """With what a page is read; the fields are those of PageTask.

    is_chosen: a person named the languages. second: the recogniser of Latin lines, None where there is none. spare: the
    time for readings beyond the first. digits: the reader of digits the engine's models lack, None where there is none.
    """

    engine: OcrEngine
    languages: tuple[str, ...]
    timeout_s: float
    is_chosen: bool = False
    second: LineReader | None = None
    spare: SpareTime = field(default_factory=SpareTime)
    digits: DigitReader | None = None

    @property
    def whole_s(self) -> float:
        """Time for reading a whole page. Raises EngineTimeout within a further reading that has none left."""
        return self.spare.bounded(self.timeout_s)

    @property
    def piece_s(self) -> float:
        """Time for reading a piece of a page; raises as whole_s."""
        return self.spare.bounded(self.timeout_s / 4)


def read_sheet(sheet: Sheet, plan: ReadingPlan) -> tuple[Word, ...]:
    """Read the whole page at a size the engine likes; boxes in pixels of the sheet."""
    zoom = _zoom(sheet, is_latin=OTHER_SCRIPTS.isdisjoint(plan.languages))
    options = RecognizeOptions(
        plan.languages,
        dpi=max(70, min(600, round(sheet.dpi * zoom))),
        timeout_s=plan.whole_s,
        is_uneven=zoom <= 1 or not is_bilevel(sheet.grey),
    )
    grey = sheet.grey
    if sheet.is_one_bit and zoom >= 1:
        grey = softened(grey, sheet.ink.height_px, plan.languages)
    words = plan.engine.recognize(resample(grey, zoom, zoom), options)
    height_px, width_px = sheet.grey.shape
    kept = [
        replace(word, text=in_written_order(word.text), box=_scaled(word.box, zoom, width_px, height_px))
        for word in words
        if word.text.strip()
    ]
    return in_reading_order(without_trailing_spaces(kept))


def reread(
    words: tuple[Word, ...], sheet: Sheet, plan: ReadingPlan, formats: Sequence[NumberFormat]
) -> Rereading:
    """Read numbers with digits of the office's own script again; see ocr.native_digits."""

    def read(box: Box, languages: tuple[str, ...], letter_px: float) -> tuple[Word, ...]:
        return read_strip(sheet, replace(plan, languages=languages), box, letter_px)

    return reread_numbers(words, formats, plan.languages, read)


def read_latin(grey: PixelImage, reader: LineReader, box: Box) -> LineReading:
    """Read a piece of one line with the second recogniser."""
    margin = round(LATIN_MARGIN_SHARE * box.height_px)
    top, left = max(0, box.top_px - margin), max(0, box.left_px - margin)
    bottom, right = box.top_px + box.height_px + margin, box.left_px + box.width_px + margin
    return reader.read(grey[top:bottom, left:right])


def read_strip(sheet: Sheet, plan: ReadingPlan, box: Box, letter_px: float) -> tuple[Word, ...]:
    """Read a piece of one line character by character, small letters scaled to letter_px; boxes are the strip's."""
    zoom = letter_px / max(sheet.ink.height_px, box.height_px / TALLEST_STRIP, 1.0)
    margin = round(box.height_px * STRIP_MARGIN_SHARE)
    top, left = max(0, box.top_px - margin), max(0, box.left_px - margin)
    bottom, right = box.top_px + box.height_px + margin, box.left_px + box.width_px + margin
    piece = sheet.grey[top:bottom, left:right]
    zoom = min(zoom, 3.0, LONGEST_READ_PX / max(*piece.shape, 1))
    strip = resample(piece, zoom, zoom)
    options = RecognizeOptions(
        plan.languages, dpi=300, timeout_s=plan.piece_s, layout=Layout.LINE, by_symbol=True
    )
    return plan.engine.recognize(np.pad(strip, STRIP_EDGE_PX, mode="edge"), options)


def read_line(sheet: Sheet, plan: ReadingPlan, box: Box, letter_px: float) -> tuple[Word, ...]:
    """Read one line by itself, its own small letters scaled to about letter_px; boxes in page space."""
    zoom = min(LARGEST_ZOOM, letter_px * LINE_LETTERS / max(box.height_px, 1))
    height_px, width_px = sheet.grey.shape
    margin_px = round(box.height_px * STRIP_MARGIN_SHARE)
    left, top = max(0, box.left_px - 2 * margin_px), max(0, box.top_px - margin_px)
    right = min(width_px, box.left_px + box.width_px + 2 * margin_px)
    bottom = min(height_px, box.top_px + box.height_px + margin_px)
    place = Box(left, top, right - left, bottom - top)
    zoom = min(zoom, LONGEST_READ_PX / max(place.width_px, place.height_px, 1))
    strip = np.pad(resample(sheet.grey[top:bottom, left:right], zoom, zoom), STRIP_EDGE_PX, mode="edge")
    options = RecognizeOptions(plan.languages, dpi=300, timeout_s=plan.piece_s, layout=Layout.LINE)
    words = plan.engine.recognize(strip, options)
    return tuple(_moved(_within_edge(word), place, zoom) for word in words if word.text.strip())


def _within_edge(word: Word) -> Word:
    left, top = word.box.left_px - STRIP_EDGE_PX, word.box.top_px - STRIP_EDGE_PX
    return replace(word, box=replace(word.box, left_px=left, top_px=top))


def read_block(sheet: Sheet, plan: ReadingPlan, box: Box) -> tuple[Word, ...]:
    """Read a part of the page as one block of whole lines, at the page's own size or larger; boxes in page space."""
    zoom = min(max(1.0, _zoom(sheet, is_latin=False)), LONGEST_READ_PX / max(box.width_px, box.height_px))
    piece = sheet.grey[box.top_px : box.top_px + box.height_px, box.left_px : box.left_px + box.width_px]
    dpi = max(70, min(600, round(sheet.dpi * zoom)))
    options = RecognizeOptions(plan.languages, dpi=dpi, timeout_s=plan.piece_s, layout=Layout.BLOCK)
    words = plan.engine.recognize(resample(piece, zoom, zoom), options)
    return tuple(_moved(word, box, zoom) for word in words if word.text.strip())


def _moved(word: Word, box: Box, zoom: float) -> Word:
    within = _scaled(word.box, zoom, box.width_px, box.height_px)
    placed = replace(within, left_px=within.left_px + box.left_px, top_px=within.top_px + box.top_px)
    return replace(word, text=in_written_order(word.text), box=placed)


def _zoom(sheet: Sheet, *, is_latin: bool) -> float:
    """Scale so that small letters come to the height Tesseract reads best, within bounds."""
    longest: float = LONGEST_READ_PX / max(sheet.grey.shape)
    return min(_best_zoom(sheet, is_latin=is_latin), longest)


def _best_zoom(sheet: Sheet, *, is_latin: bool) -> float:
    ink = sheet.ink
    if ink.height_px <= 0 or len(ink.marks) < 20:
        return 1.0
    tallest_px = LATIN_LEGIBLE_PX if is_latin else LEGIBLE_PX[1]
    if LEGIBLE_PX[0] <= ink.height_px <= tallest_px:
        return 1.0
    is_shrunk = ink.height_px > tallest_px
    wanted = (LATIN_LETTER_PX if is_latin and is_shrunk else LETTER_PX) / ink.height_px
    bounded = math.sqrt(MOST_PIXELS_READ / sheet.grey.size)
    return max(0.4, min(wanted, 3.0, bounded))


def _scaled(box: Box, zoom: float, width_px: int, height_px: int) -> Box:
    left = min(max(0, round(box.left_px / zoom)), width_px - 1)
    top = min(max(0, round(box.top_px / zoom)), height_px - 1)
    width = min(max(1, round(box.width_px / zoom)), width_px - left)
    height = min(max(1, round(box.height_px / zoom)), height_px - top)
    return Box(left, top, width, height)
