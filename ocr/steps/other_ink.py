"""What a separator sheet carries besides its codes and its print: drawings, handwriting, stamps.

Pure array functions, run in worker processes. Codes and words that were read are covered; of what is left, edges,
holes, staples, ruled lines and bars (a code that could not be read has them) are no content.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.sheet_codes import read_sheet_code
from ocr.steps.blank import marks_on_the_sheet
from ocr.steps.geometry import PixelImage, shrink
from ocr.types import Barcode, Box, Word

LOOK_PX = 1200
"""Long side looked at: 4 pixels a millimetre on A4."""

SURE_WORD, TALL_WORD = 0.5, 0.1
"""A word read with less confidence may be a scribble; one taller than this share of the page is none."""

CODE_QUIET = 0.05
"""Around a code so much of its longer side is its own: its box is known to a module."""

BAR_FILL, BAR_LONG = 0.8, 2.5
"""A bar fills its box along its own direction to this share, and is so many times longer than wide."""

STROKE_SHARE, STROKE_ON_OWN = 1 / 60, 1 / 25
"""Length from which a mark counts: 5 mm; on a sheet of ours 12 mm, for its number is large and its title may be of
a script that was not read."""

PATCHES = frozenset({"PatchCode"})
PATCH_TEXTS = ("PATCHT", "PATCH T", "PATCH2", "PATCH3")


def may_separate(codes: Iterable[Barcode]) -> bool:
    """Whether a page bears a code that separates folders or documents."""
    return any(
        code.symbology in PATCHES or code.text in PATCH_TEXTS or read_sheet_code(code.text) is not None
        for code in codes
    )


def other_ink(
    grey: PixelImage, codes: Sequence[Barcode], words: Sequence[Word], within: Box | None = None
) -> float:
    """Length of all strokes that are neither code nor word, in long sides of the page.

    grey: the page in page space, as codes and words are. within: the part of it that is the sheet.
    """
    height, width = grey.shape
    covered = [_wider(code.box, CODE_QUIET) for code in codes]
    covered += [word.box for word in words if _is_sure(word, height)]
    left, top, right, bottom = 0, 0, width, height
    if within is not None:
        left, top = max(0, within.left_px), max(0, within.top_px)
        right, bottom = left + within.width_px, top + within.height_px
    look = shrink(np.ascontiguousarray(grey[top:bottom, left:right]), LOOK_PX)
    scale = look.shape[0] / max(1, min(bottom, height) - top)
    hidden = np.zeros(look.shape, np.uint8)
    for box in covered:
        first = (round((box.left_px - left) * scale) - 1, round((box.top_px - top) * scale) - 1)
        last = (
            round((box.left_px + box.width_px - left) * scale) + 1,
            round((box.top_px + box.height_px - top) * scale) + 1,
        )
        cv2.rectangle(hidden, first, last, 255, cv2.FILLED)
    labels, stats = marks_on_the_sheet(look, hidden)
    long_side = max(look.shape)
    least = long_side * (STROKE_ON_OWN if _is_own_sheet(codes) else STROKE_SHARE)
    return round(float(_strokes(labels, stats, least) / long_side), 4)


def _is_sure(word: Word, page_height: int) -> bool:
    return word.confidence >= SURE_WORD and word.box.height_px <= TALL_WORD * page_height


def _wider(box: Box, share: float) -> Box:
    more = round(share * max(box.width_px, box.height_px))
    return Box(box.left_px - more, box.top_px - more, box.width_px + 2 * more, box.height_px + 2 * more)


def _is_own_sheet(codes: Iterable[Barcode]) -> bool:
    read = (read_sheet_code(code.text) for code in codes)
    return any(code is not None and code.is_sheet for code in read)


def _strokes(labels: NDArray[np.int32], stats: NDArray[np.int32], least: float) -> int:
    """Lengths of the marks that are large enough, without bars and ruled lines."""
    total = 0
    for number, (left, top, width, height, area) in enumerate(stats.tolist()):
        longer = max(width, height)
        if longer < least or not area:
            continue
        own = labels[top : top + height, left : left + width] == number
        if not _is_bar(own):
            total += longer
    return total


def _is_bar(mark: NDArray[np.bool_]) -> bool:
    """Tell a straight filled stroke, such as a bar of a code or a ruled line, at any angle."""
    places = np.argwhere(mark).astype(np.float32)
    (_, sides, _) = cv2.minAreaRect(places)
    across, along = sorted(side + 1 for side in sides)
    return along >= BAR_LONG * across and len(places) >= BAR_FILL * across * along
