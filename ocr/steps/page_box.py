"""Where the sheet lies within the picture. Pure array functions, run in worker processes.

Scanners and cameras show what lies behind the sheet: the black of a lid or table, and beyond it sometimes a
sliver of the next sheet. The background is what is dark, even and joined to the picture's edge; the sheet is
the largest part it leaves. Found to be judged by and reported, never cut off.

A sheet on a bright ground is not looked for: the shadow along its edge is no stronger than a rule or a fold, and a box
drawn there in error would take the words beyond it from the page, while a bright ground does no harm to reading.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.steps.geometry import PixelImage, level, paper_colour, shrink
from ocr.steps.histogram import count_levels, percentiles
from ocr.types import Box, PageBox, Word

LOOK_PX = 500
"""Long side looked at: an edge is found to 0.6 mm on A4."""

DARK_SHARE, DARKEST_PAPER = 0.5, 130
"""Background is darker than this share of the paper, and than this grey whatever the paper."""

THICK_PX = 3
"""What is narrower than this (2 mm on A4) and joined to the edge is writing or a rule, not background."""

UNEVEN_GREY = 24.0
"""Spread of grey from which the background is a picture rather than a lid or table."""

PART_SHARE = 0.25
"""Parts this large beside the largest are sheets too: the box holds them all."""

SHEET_SHARE = 0.3
"""Share of a row or column that is sheet from which the box holds it; corners may be folded or torn."""

LEAST_CUT_SHARE = 0.004
"""A background narrower than this on every side (1 mm on A4) is no news."""

LEAST_KEPT_SHARE = 0.25
"""Sheets smaller than this share of the picture are doubted by size alone."""

LEAST_SPECK_PX, MOST_SPECKS = 4, 5
"""More bright specks than these within the background: it may be a dark banner with white letters."""

USE_ABOVE_CONFIDENCE = 0.8


def find_page_box(turned: PixelImage, size: tuple[int, ...], skew_deg: float) -> PageBox | None:
    """Find the sheet on a picture in grey, turned upright and not yet levelled, at any resolution.

    size: height and width in pixels of page space. skew_deg: the tilt about to be levelled. Returns a box in page space; None where the whole picture is
    the sheet or the background is not dark enough to be told from it.
    """
    small = shrink(turned, LOOK_PX)
    (paper,) = percentiles(count_levels(small), (80,))
    background, unevenness = _background(small, min(DARKEST_PAPER, DARK_SHARE * paper))
    if not background.any():
        return None
    # Levelling leaves wedges without picture at the corners: they are no part of the sheet.
    lit = level(np.where(background > 0, 0, 255).astype(np.uint8), skew_deg, paper=0) > 127
    sheet, specks = _main_parts(lit)
    if not sheet.any():
        return None
    top, bottom = _extent(sheet.sum(axis=1), sheet)
    left, right = _extent(sheet.sum(axis=0), sheet.T)
    height, width = sheet.shape
    cut = max(top / height, left / width, 1 - bottom / height, 1 - right / width)
    if cut < LEAST_CUT_SHARE:
        return None
    confidence = _confidence(sheet[top:bottom, left:right], sheet, unevenness)
    if specks > MOST_SPECKS:
        confidence *= 0.5
    return PageBox(_scaled((left, top, right, bottom), sheet.shape, size), round(confidence, 3))


def clipped(box: Box, size: tuple[int, ...]) -> Box | None:
    """Return the part of a box that lies on a page of a height and width, None where none does."""
    left, top = max(0, box.left_px), max(0, box.top_px)
    right, bottom = min(size[1], box.left_px + box.width_px), min(size[0], box.top_px + box.height_px)
    return Box(left, top, right - left, bottom - top) if right > left and bottom > top else None


def cut_out(pixels: PixelImage, box: Box | None) -> PixelImage:
    """Return the part of a picture in a box that lies on it; a view, not a copy."""
    if box is None:
        return pixels
    return pixels[box.top_px : box.top_px + box.height_px, box.left_px : box.left_px + box.width_px]


def cover_outside(pixels: PixelImage, box: Box, margin_px: int) -> PixelImage:
    """Paint everything outside a box with its paper, for reading.

    margin_px: what is left around it, so that a line the box cuts stays whole: halves of letters read as
    nonsense, while whole words are kept or left out by where their middle lies.
    """
    left = clipped(grown(box, margin_px), pixels.shape)
    covered = np.full_like(pixels, paper_colour(cut_out(pixels, box)))
    cut_out(covered, left)[:] = cut_out(pixels, left)
    return covered


def grown(box: Box, by_px: int) -> Box:
    """Return a box larger by so much on every side."""
    return Box(box.left_px - by_px, box.top_px - by_px, box.width_px + 2 * by_px, box.height_px + 2 * by_px)


def middle_within(box: Box, outer: Box) -> bool:
    """Tell whether the middle of a box lies in another."""
    across = box.left_px + box.width_px / 2 - outer.left_px
    down = box.top_px + box.height_px / 2 - outer.top_px
    return 0 <= across < outer.width_px and 0 <= down < outer.height_px


def words_within(words: Sequence[Word], box: Box, margin_px: int = 0) -> tuple[Word, ...]:
    """Keep the words whose middle lies in a box grown by a margin; lines are numbered anew."""
    outer = grown(box, margin_px)
    kept = [word for word in words if middle_within(word.box, outer)]
    if not kept or len(kept) == len(words):
        return tuple(kept)
    lines = {line: number for number, line in enumerate(dict.fromkeys(word.line for word in kept))}
    numbered = [replace(word, line=lines[word.line]) for word in kept]
    followers = [*(word.line for word in numbered[1:]), -1]
    return tuple(
        replace(word, space_after=word.space_after and word.line == follower)
        for word, follower in zip(numbered, followers, strict=True)
    )


def _background(small: PixelImage, darkest: float) -> tuple[PixelImage, float]:
    """Mark what is dark, thick and joined to the picture's edge, and tell how uneven its grey is."""
    rim = np.concatenate((small[0], small[-1], small[:, 0], small[:, -1]))
    if not (rim < darkest).any():
        return np.zeros_like(small), 0.0
    dark = np.where(small < darkest, 255, 0).astype(np.uint8)
    # The frame counts as background, so that a thin dark rim survives the opening.
    framed = np.asarray(
        cv2.copyMakeBorder(dark, THICK_PX, THICK_PX, THICK_PX, THICK_PX, cv2.BORDER_REPLICATE), np.uint8
    )
    kernel = np.ones((THICK_PX, THICK_PX), np.uint8)
    thick = np.asarray(cv2.morphologyEx(framed, cv2.MORPH_OPEN, kernel), np.uint8)
    thick = thick[THICK_PX:-THICK_PX, THICK_PX:-THICK_PX]
    _, labels = cv2.connectedComponents(thick, connectivity=8)
    edges = np.concatenate((labels[0], labels[-1], labels[:, 0], labels[:, -1]))
    joined = np.isin(labels, np.unique(edges[edges > 0]))
    if not joined.any():
        return np.zeros_like(small), 0.0
    # Fifths: along a thin rim every other pixel is half sheet.
    low, high = np.percentile(small[joined], (20, 80))
    return np.where(joined, 255, 0).astype(np.uint8), float(high - low)


def _main_parts(lit: NDArray[np.bool_]) -> tuple[NDArray[np.bool_], int]:
    """Keep the largest part the background leaves and others of its size; count specks within the background."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(lit.astype(np.uint8), connectivity=4)
    if count < 2:
        return np.zeros_like(lit), 0
    areas = stats[:, cv2.CC_STAT_AREA].copy()
    areas[0] = 0
    left, top = stats[:, cv2.CC_STAT_LEFT], stats[:, cv2.CC_STAT_TOP]
    right, bottom = left + stats[:, cv2.CC_STAT_WIDTH], top + stats[:, cv2.CC_STAT_HEIGHT]
    inner = (left > 0) & (top > 0) & (right < lit.shape[1]) & (bottom < lit.shape[0])
    is_sheet = areas >= PART_SHARE * areas.max()
    specks = int((inner & ~is_sheet & (areas >= LEAST_SPECK_PX)).sum())
    return np.asarray(is_sheet[labels], np.bool_), specks


def _extent(profile: NDArray[np.int64], sheet: NDArray[np.bool_]) -> tuple[int, int]:
    """First and past-the-last row that is sheet over a fair share of the sheet's usual width."""
    usual = float(np.percentile(profile[profile > 0], 80)) if sheet.any() else 0.0
    rows = np.flatnonzero(profile >= SHEET_SHARE * usual)
    return int(rows[0]), int(rows[-1]) + 1


def _confidence(inner: NDArray[np.bool_], sheet: NDArray[np.bool_], unevenness: float) -> float:
    """How far the sheet is a rectangle, of a sheet's size, on an even background."""
    filled = float(inner.mean())
    outside = 1.0 - float(inner.sum()) / max(1, int(sheet.sum()))
    shape = float(np.clip((filled - 0.8) / 0.15, 0, 1)) * float(np.clip(1 - 10 * outside, 0, 1))
    size = min(1.0, inner.size / (LEAST_KEPT_SHARE * sheet.size))
    even = float(np.clip(2.0 - unevenness / UNEVEN_GREY, 0.2, 1))
    return shape * size * even


def _scaled(edges: tuple[int, int, int, int], small: tuple[int, ...], full: tuple[int, ...]) -> Box:
    across, down = full[1] / small[1], full[0] / small[0]
    left, top, right, bottom = edges
    left_px, top_px = round(left * across), round(top * down)
    return Box(left_px, top_px, round(right * across) - left_px, round(bottom * down) - top_px)
