"""Reads one part of a page again, from the master and at full resolution: what a person framed for a field.

Runs in a worker process. Page space is built as it was when the page was read, so the frame lies where it was drawn.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

import ocr.worker  # first: it sets OMP_THREAD_LIMIT before Tesseract is loaded
from ocr.engines.protocol import LONGEST_SIDE_PX, Layout, RecognizeOptions
from ocr.engines.registry import open_digit_reader, open_engine
from ocr.engines.word_lines import text_of
from ocr.errors import PageNeedsAttention, SourceRefused
from ocr.intake.decode import decode_master, with_square_pixels
from ocr.local_digits import read_local_digits
from ocr.reading import Sheet
from ocr.steps.geometry import PixelImage, apply_exif, level_part, resample, rotate_clockwise, to_grey
from ocr.steps.ink import find_ink
from ocr.types import Box, Word, ZoneReading, ZoneTask

LEAST_PX = 8
MARGIN_PX = 24
"""Paper added on all sides: the engine misreads letters at the very edge of a picture."""

GOOD_DPI = 300
LARGEST_ZOOM = 4.0


def read_zone(task: ZoneTask) -> ZoneReading:
    """Read what stands in a box of page space; no words where nothing could be read.

    Raises PageNeedsAttention ("zone_too_small", "ocr_timeout", "damaged"...) and EngineUnavailable.
    """
    ocr.worker.initialise()
    piece, box = _piece(task)
    zoom = min(LARGEST_ZOOM, max(1.0, GOOD_DPI / task.dpi), LONGEST_SIDE_PX / 2 / max(piece.shape))
    picture = np.pad(resample(piece, zoom, zoom), MARGIN_PX, mode="edge")
    is_line = box.height_px < 0.4 * task.dpi
    options = RecognizeOptions(
        task.languages,
        dpi=max(70, min(600, round(task.dpi * zoom))),
        timeout_s=task.limits.timeout_s,
        layout=Layout.LINE if is_line else Layout.BLOCK,
    )
    engine = open_engine(task.engine, task.tessdata_dir)
    words = tuple(word for word in engine.recognize(picture, options) if word.text.strip())
    symbols = engine.recognize(picture, replace(options, by_symbol=True)) if words else ()
    digits = open_digit_reader(task.engine, task.tessdata_dir)
    read = read_local_digits(
        words, Sheet(picture, find_ink(picture), task.dpi * zoom), digits, task.languages
    )
    words = read.words
    certainty = _of_symbols(words, () if read.earlier else symbols)
    placed = tuple(replace(word, box=_placed(word.box, box, zoom)) for word in words)
    return ZoneReading(text_of(placed), placed, certainty)


def _piece(task: ZoneTask) -> tuple[PixelImage, Box]:
    """Cut the box out of the page, grey and level; and where it lies within the page."""
    try:
        decoded = with_square_pixels(
            decode_master(task.master_path, task.frame, task.limits), task.limits, name=task.master_path.name
        )
    except SourceRefused as exc:
        raise PageNeedsAttention(exc.code, **exc.facts) from exc
    pixels = to_grey(apply_exif(decoded.pixels, decoded.exif_orientation))
    if task.turn_deg:
        pixels = rotate_clockwise(pixels, -task.turn_deg)
    height, width = pixels.shape
    left, top = max(0, task.box.left_px), max(0, task.box.top_px)
    right = min(width, task.box.left_px + task.box.width_px)
    bottom = min(height, task.box.top_px + task.box.height_px)
    if right - left < LEAST_PX or bottom - top < LEAST_PX:
        raise PageNeedsAttention("zone_too_small")
    piece = level_part(pixels, task.skew_deg, (slice(top, bottom), slice(left, right)))
    return np.ascontiguousarray(piece), Box(left, top, right - left, bottom - top)


def _placed(found: Box, box: Box, zoom: float) -> Box:
    return Box(
        box.left_px + max(0, round((found.left_px - MARGIN_PX) / zoom)),
        box.top_px + max(0, round((found.top_px - MARGIN_PX) / zoom)),
        max(1, round(found.width_px / zoom)),
        max(1, round(found.height_px / zoom)),
    )


def _of_symbols(words: tuple[Word, ...], symbols: tuple[Word, ...]) -> tuple[float, ...]:
    """Sureness of each character of the text: of its own symbol, or its word's where an engine tells no symbols."""
    sure = [(char, symbol.confidence) for symbol in symbols for char in symbol.text if not char.isspace()]
    letters = [char for word in words for char in word.text if not char.isspace()]
    is_told = [char for char, _ in sure] == letters
    found: list[float] = []
    at = 0
    for number, word in enumerate(words):
        if number and words[number - 1].line != word.line:
            found.append(1.0)
        for char in word.text:
            if char.isspace():
                found.append(1.0)
                continue
            found.append(round(sure[at][1] if is_told else word.confidence, 3))
            at += 1
        if word.space_after:
            found.append(1.0)
    return tuple(found)
