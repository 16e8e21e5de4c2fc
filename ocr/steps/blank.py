"""Whether anything is written on a page. Pure array functions, run in worker processes.

Blank pages are only flagged, never removed. Faint pencil or a lone page number is not blank; paper
texture, show-through, punch holes, dirt, creases and the dark edges of a scan are.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.steps.geometry import PixelImage, shrink
from ocr.steps.histogram import count_levels, percentiles, weighted_percentiles
from ocr.steps.ink import darkness

LOOK_PX = 1600
"""Long side judged at: 5.4 pixels a millimetre on A4."""

MARGIN_SHARE = 0.03
"""Marks centred this near an edge (9 mm on A4) are edges of the scan or of the sheet, not writing."""

LEAST_DARKNESS, NOISES = 26.0, 5.0
"""A mark is this many grey levels darker than the paper, and this many times the grain."""

FAINT_DARKNESS, PLAIN_DARKNESS = 34.0, 58.0
"""Peak darkness of pencil and of print; what shows through from the other side stays below pencil."""

DIGIT_SHARE = 1 / 150
"""Height of a 9 point digit as a share of the long side of A4: 2 mm."""

STROKE_SHARE = 1 / 200
"""Length from which a mark can be a stroke and is no dirt: 1.5 mm."""

FAINT_STROKES_SHARE = 1 / 35
"""Faint strokes count together from this total length: 8 mm, a pencilled number."""


@dataclass(frozen=True, slots=True)
class Blankness:
    """is_blank: nothing is written. ink_share: share of the page's area that is ink, dirt left out."""

    is_blank: bool
    ink_share: float


def judge_blank(grey: PixelImage) -> Blankness:
    """Judge a page in grey, any resolution; see the module."""
    look = shrink(grey, LOOK_PX)
    if look.shape[0] > 0.8 * grey.shape[0]:
        look = np.asarray(cv2.GaussianBlur(look, (3, 3), 0), np.uint8)  # shrinking has not calmed the grain
    dark = darkness(look)
    middle, noise = _grain(dark)
    binary = np.where(dark > max(LEAST_DARKNESS, middle + NOISES * noise), 255, 0).astype(np.uint8)
    stats, centres, peaks = _marks(binary, dark)
    height, width = look.shape
    usable = _away_from_edges(centres, width, height) & ~_is_punch_hole(stats, centres, width, height)
    usable[0] = False
    sides = np.maximum(stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT])
    areas, long_side, grain = stats[:, cv2.CC_STAT_AREA], max(height, width), middle + NOISES * noise
    plain = usable & (peaks >= max(PLAIN_DARKNESS, 1.6 * grain))
    digits = plain & (sides >= long_side * DIGIT_SHARE) & (areas >= 2.2 * sides)
    faint = usable & (peaks >= max(FAINT_DARKNESS, 1.3 * grain)) & (sides >= long_side * STROKE_SHARE)
    faint &= (peaks >= PLAIN_DARKNESS) | ~_is_hairline(stats)
    is_blank = not digits.any() and int(sides[faint].sum()) < long_side * FAINT_STROKES_SHARE
    share = float(areas[digits | faint].sum()) / (height * width)
    return Blankness(is_blank, round(share, 7))


def _grain(dark: PixelImage) -> tuple[float, float]:
    """Middle and spread of the paper's darkness: the median, and the scaled median distance from it."""
    counts = count_levels(dark)
    (middle,) = percentiles(counts, (50,))
    (spread,) = weighted_percentiles(np.abs(np.arange(counts.size) - middle), counts, (50,))
    return middle, 1.4826 * spread


def _marks(
    binary: PixelImage, dark: PixelImage
) -> tuple[NDArray[np.int32], NDArray[np.float64], NDArray[np.uint8]]:
    """List connected marks: OpenCV's statistics, centres and the darkest value; the first is paper."""
    count, labels, stats, centres = cv2.connectedComponentsWithStats(binary, connectivity=8)
    peaks = np.zeros(count, np.uint8)
    inked = np.flatnonzero(binary)
    np.maximum.at(peaks, np.asarray(labels, np.int64).ravel()[inked], dark.ravel()[inked])
    return np.asarray(stats, np.int32), np.asarray(centres, np.float64), peaks


def _is_hairline(stats: NDArray[np.int32]) -> NDArray[np.bool_]:
    """Tell creases and scanner streaks: thin and exactly along the picture's rows or columns."""
    widths, heights = stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT]
    return np.asarray(np.maximum(widths, heights) >= 3 * np.minimum(widths, heights), np.bool_)


def _away_from_edges(centres: NDArray[np.float64], width: int, height: int) -> NDArray[np.bool_]:
    across, down = centres[:, 0] / width, centres[:, 1] / height
    inside = (across > MARGIN_SHARE) & (across < 1 - MARGIN_SHARE)
    return np.asarray(inside & (down > MARGIN_SHARE) & (down < 1 - MARGIN_SHARE), np.bool_)


def _is_punch_hole(
    stats: NDArray[np.int32], centres: NDArray[np.float64], width: int, height: int
) -> NDArray[np.bool_]:
    """Tell round, filled spots of 4 to 9 mm within 8 % of an edge."""
    long_side = max(width, height)
    widths, heights = stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT]
    filled = stats[:, cv2.CC_STAT_AREA] / np.maximum(1, widths * heights)
    shape = (np.abs(widths - heights) <= 0.25 * np.maximum(widths, heights)) & (filled > 0.6)
    size = (widths > long_side * 4 / 297) & (widths < long_side * 9 / 297)
    across, down = centres[:, 0] / width, centres[:, 1] / height
    near = np.minimum(np.minimum(across, 1 - across), np.minimum(down, 1 - down)) < 0.08
    return np.asarray(shape & size & near, np.bool_)
