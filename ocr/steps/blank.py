"""Whether anything is written on a page. Pure array functions, run in worker processes.

Blank pages are only flagged, never removed. Faint pencil or a lone page number is not blank; paper
texture, show-through, punch holes, staples, dirt, creases and the dark edges of a scan are.

Two looks. The first takes what is dark. Where it finds nothing, the second takes what is fine: pencil is
thinner than print that shows through, whatever its depth, and less straight than a crease.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.steps.geometry import PixelImage, shrink
from ocr.steps.histogram import count_levels, percentiles, weighted_percentiles
from ocr.steps.ink import Ink, darkness

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

STAPLE_SHARES, CORNER_SHARE = (6 / 297, 16 / 297), 32 / 297
"""Length of a staple, and the side of the corner it sits in, as shares of the long side of A4."""

STAPLE_STRAIGHT = 0.2
"""Slenderness (spread across by spread along) of a staple with the shadow under it: 0.05 to 0.15."""

FINE_PX, FINEST_DEPTH, FINE_NOISES = 7, 5.0, 6.0
"""Fine look: wider than this (1.3 mm) is no stroke of a pen; depth in grey levels, and in grains."""

PENCIL_SHARE, JOINED_SHARE, PENCILS_SHARE = 1 / 100, 1 / 40, 1 / 20
"""Fine strokes count from this length each (3 mm), where one is so long (7 mm: letters joined by hand, for
print that shows through comes letter by letter) and all together are (15 mm, a short word)."""

PRINTED_LETTERS, LETTERS_TO_JOINED = 100, 10
"""So many fine marks of the size of letters, and so many times more than joined ones, are the print of the other
side: a form shows its 800 letters through, and its frame and signature look joined. A pencilled note has twenty."""

FULL_OF_PRINT = 60
"""Letters much darker than print must be, from which a page is not blank without a closer look: no sheet has so
many staples, holes and specks of dirt of the size of digits."""

BENT, LOOPED_PX = 0.18, 4.2
"""Slenderness from which a fine stroke is bent, for creases are straight and fibres curl; and the area by
length from which a long mark is a line of joined handwriting and no crease."""


@dataclass(frozen=True, slots=True)
class Blankness:
    """is_blank: nothing is written. ink_share: share of the page's area that is ink, dirt left out.

    Of a page full of print it is the share that is dark: dirt does not count there.
    """

    is_blank: bool
    ink_share: float


@dataclass(frozen=True, slots=True, eq=False)
class _Marks:
    """Connected marks of a mask; the first is paper.

    peaks: greatest value of each. slenderness: its spread across by its spread along, 0 for a line.
    """

    stats: NDArray[np.int32]
    centres: NDArray[np.float64]
    peaks: NDArray[np.uint8]
    slenderness: NDArray[np.float64]

    @property
    def sides(self) -> NDArray[np.int32]:
        """Longer side of each mark in pixels."""
        return np.maximum(self.stats[:, cv2.CC_STAT_WIDTH], self.stats[:, cv2.CC_STAT_HEIGHT])

    @property
    def areas(self) -> NDArray[np.int32]:
        """Pixels of each mark."""
        return self.stats[:, cv2.CC_STAT_AREA]


def judge_blank(grey: PixelImage, ink: Ink | None = None) -> Blankness:
    """Judge a page in grey, any resolution; see the module.

    ink: of the same picture, where it is known. A page full of print needs no closer look than that.
    """
    if ink is not None and _is_full_of_print(ink):
        return Blankness(is_blank=False, ink_share=_dark_share(ink.dark))
    look = shrink(grey, LOOK_PX)
    if look.shape[0] > 0.8 * grey.shape[0]:
        look = np.asarray(cv2.GaussianBlur(look, (3, 3), 0), np.uint8)  # shrinking has not calmed the grain
    written = _written_area(look)
    if not written:
        written = _pencilled_area(look)
    return Blankness(not written.is_written, round(written.area_px / look.size, 7))


def marks_on_the_sheet(look: PixelImage, hidden: PixelImage) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Label what is dark on a page and may be writing; 0 is all else. hidden: 255 where nothing is looked at.

    Returns labels and, by label, left, top, width, height and area; those that are no writing have an area of 0.
    """
    dark = darkness(look)
    middle, noise = _grain(dark)
    dark[hidden > 0] = 0
    marks = _marks(dark, max(LEAST_DARKNESS, middle + NOISES * noise))
    usable = _is_on_the_sheet(marks, look.shape) & (marks.peaks >= FAINT_DARKNESS)
    binary = np.asarray(dark > int(max(LEAST_DARKNESS, middle + NOISES * noise)), np.uint8)
    labels = np.asarray(cv2.connectedComponents(binary, connectivity=8)[1], np.int32)
    stats = marks.stats.copy()
    stats[~usable, cv2.CC_STAT_AREA] = 0
    return labels, stats


def _is_full_of_print(ink: Ink) -> bool:
    """Tell a page with so many plain letters that the look at what is dark cannot but find one of them."""
    middle, noise = _grain(ink.dark)
    height, width = ink.dark.shape
    left, top, wide, tall = ink.marks.T
    sides = np.maximum(wide, tall)
    plain = ink.peaks >= max(1.3 * PLAIN_DARKNESS, 2 * (middle + NOISES * noise))
    plain &= (sides >= max(height, width) * DIGIT_SHARE) & (ink.areas >= 2.2 * sides)
    plain &= _away_from_edges(np.stack((left + wide / 2, top + tall / 2), axis=1), width, height)
    return int(plain.sum()) >= FULL_OF_PRINT


def _dark_share(dark: PixelImage) -> float:
    """Share of the page that is darker than its paper, away from its edges."""
    middle, noise = _grain(dark)
    level = max(LEAST_DARKNESS, middle + NOISES * noise)
    height, width = dark.shape
    down, across = round(height * MARGIN_SHARE), round(width * MARGIN_SHARE)
    inner = np.ascontiguousarray(dark[down : height - down, across : width - across])
    return round(float(count_levels(inner)[int(level) + 1 :].sum()) / dark.size, 7)


@dataclass(frozen=True, slots=True)
class _Written:
    """Whether something is written, and the pixels that may be ink."""

    is_written: bool
    area_px: float

    def __bool__(self) -> bool:
        return self.is_written


def _written_area(look: PixelImage) -> _Written:
    """Find what is clearly darker than the paper: print of any size, and strokes of pen or soft pencil."""
    dark = darkness(look)
    middle, noise = _grain(dark)
    marks = _marks(dark, max(LEAST_DARKNESS, middle + NOISES * noise))
    usable = _is_on_the_sheet(marks, look.shape)
    long_side, grain, sides = max(look.shape), middle + NOISES * noise, marks.sides
    plain = usable & (marks.peaks >= max(PLAIN_DARKNESS, 1.6 * grain))
    digits = plain & (sides >= long_side * DIGIT_SHARE) & (marks.areas >= 2.2 * sides)
    faint = usable & (marks.peaks >= max(FAINT_DARKNESS, 1.3 * grain)) & (sides >= long_side * STROKE_SHARE)
    faint &= (marks.peaks >= PLAIN_DARKNESS) | ~_is_hairline(marks.stats)
    is_written = bool(digits.any()) or int(sides[faint].sum()) >= long_side * FAINT_STROKES_SHARE
    return _Written(is_written, float(marks.areas[digits | faint].sum()))


def _pencilled_area(look: PixelImage) -> _Written:
    """Find fine bent strokes however faint, as hard pencil leaves them.

    What is narrower than FINE_PX stands out when closing fills it. Measured: strokes 0.3 mm wide from a
    depth of 25 grey levels on; print showing through (14 % of its depth, soft) and paper leave nothing.
    """
    calm = cv2.GaussianBlur(look, (0, 0), 1.0)
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (FINE_PX, FINE_PX))
    fine = np.asarray(cv2.morphologyEx(calm, cv2.MORPH_BLACKHAT, kernel), np.uint8)
    middle, noise = _grain(fine)
    marks = _marks(fine, max(FINEST_DEPTH, middle + FINE_NOISES * max(noise, 0.7)))
    long_side, sides = max(look.shape), marks.sides
    strokes = _is_on_the_sheet(marks, look.shape) & (sides >= long_side * PENCIL_SHARE)
    strokes &= (marks.slenderness >= BENT) | (marks.areas >= LOOPED_PX * sides)
    joined = strokes & (sides >= long_side * JOINED_SHARE)
    is_written = bool(joined.any()) and int(sides[strokes].sum()) >= long_side * PENCILS_SHARE
    letters = int(((sides >= long_side * DIGIT_SHARE) & (sides < long_side * JOINED_SHARE)).sum())
    if letters > max(PRINTED_LETTERS, LETTERS_TO_JOINED * int(joined.sum())):
        is_written = False
    return _Written(is_written, float(marks.areas[strokes].sum()))


def _is_on_the_sheet(marks: _Marks, shape: tuple[int, ...]) -> NDArray[np.bool_]:
    """Tell marks that may be writing from edges, holes and staples."""
    height, width = shape[:2]
    usable = _away_from_edges(marks.centres, width, height) & ~_touches_the_rim(marks.stats, width, height)
    usable &= ~_is_punch_hole(marks.stats, marks.centres, width, height)
    usable &= ~_is_staple(marks, width, height)
    usable[0] = False
    return np.asarray(usable, np.bool_)


def _grain(dark: PixelImage) -> tuple[float, float]:
    """Middle and spread of the paper's darkness: the median, and the scaled median distance from it."""
    counts = count_levels(dark)
    (middle,) = percentiles(counts, (50,))
    (spread,) = weighted_percentiles(np.abs(np.arange(counts.size) - middle), counts, (50,))
    return middle, 1.4826 * spread


def _marks(depth: PixelImage, level: float) -> _Marks:
    """List the connected marks deeper than a level."""
    binary = np.asarray(cv2.threshold(depth, int(level), 255, cv2.THRESH_BINARY)[1], np.uint8)
    count, labels, stats, centres = cv2.connectedComponentsWithStats(binary, connectivity=8)
    inked = np.flatnonzero(binary)
    owners = np.asarray(labels, np.int64).ravel()[inked]
    peaks = np.zeros(count, np.uint8)
    np.maximum.at(peaks, owners, depth.ravel()[inked])
    down, across = np.divmod(inked, depth.shape[1])
    middles = np.asarray(centres, np.float64)
    right: NDArray[np.float64] = across - middles[owners, 0]
    below: NDArray[np.float64] = down - middles[owners, 1]
    moments = [
        np.asarray(np.bincount(owners, product, count), np.float64)
        for product in (right * right, below * below, right * below)
    ]
    return _Marks(np.asarray(stats, np.int32), middles, peaks, _slenderness(*moments))


def _slenderness(
    across: NDArray[np.float64], down: NDArray[np.float64], mixed: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Ratio of spread across a mark to spread along it: principal axes of its second moments."""
    middle, half = (across + down) / 2, np.hypot((across - down) / 2, mixed)
    return np.sqrt(np.maximum(0.0, middle - half) / np.maximum(1e-9, middle + half))


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


def _touches_the_rim(stats: NDArray[np.int32], width: int, height: int) -> NDArray[np.bool_]:
    """Tell marks that reach the picture's edge: black of the scanner, torn holes, folded corners."""
    left, top = stats[:, cv2.CC_STAT_LEFT], stats[:, cv2.CC_STAT_TOP]
    right, bottom = left + stats[:, cv2.CC_STAT_WIDTH], top + stats[:, cv2.CC_STAT_HEIGHT]
    return np.asarray((left <= 1) | (top <= 1) | (right >= width - 1) | (bottom >= height - 1), np.bool_)


def _is_staple(marks: _Marks, width: int, height: int) -> NDArray[np.bool_]:
    """Tell straight thin marks of a staple's length within a corner."""
    long_side, sides = max(width, height), marks.sides
    size = (sides >= STAPLE_SHARES[0] * long_side) & (sides <= STAPLE_SHARES[1] * long_side)
    across, down = marks.centres[:, 0], marks.centres[:, 1]
    corner = (np.minimum(across, width - across) < CORNER_SHARE * long_side) & (
        np.minimum(down, height - down) < CORNER_SHARE * long_side
    )
    return np.asarray(size & corner & (marks.slenderness < STAPLE_STRAIGHT), np.bool_)
