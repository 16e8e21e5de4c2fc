"""Whether a picture holds two pages side by side. Pure array functions, run in worker processes.

An opened booklet, or two sheets on one glass. Only offered for splitting: a wide table and a leaflet of two
columns can look alike, so a person decides.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.steps.geometry import PixelImage, level
from ocr.steps.ink import Ink, darkness
from ocr.types import PageBox, Spread

ASPECTS = (1.15, 1.9)
"""Width by height of two pages side by side; A4 and A5 give 1.41."""

MIDDLE = (0.42, 0.58)
"""Where the gutter is sought, as shares of the width of the sheets."""

LEAST_GUTTER_SHARE = 0.04
"""Width of the empty strip between two texts: two margins of 8 mm on A4 pairs; columns stand closer."""

LEAST_GUTTER_OF_ROWS, ROWS_ALIKE = 0.08, 0.45
"""Width of the strip where left and right have their lines at the same heights, as a typed list has its
columns; and the correlation from which they have (typed lists of the shared data: 0.56 to 0.72)."""

MOST_CROSSING_SHARE = 0.004
"""Share of a column's rows that may be ink for it still to be empty: dirt."""

LEAST_LINES = 4
"""Lines of text on each side: with fewer nothing says that both are pages."""

FOLD_ROWS_SHARE, FOLD_GREY = 0.7, 12
"""A fold or gap is darker than its surroundings by this, along this share of the height."""


def find_spread(ink: Ink, size: tuple[int, ...], skew_deg: float, page_box: PageBox | None) -> Spread | None:
    """Find the gutter between two pages.

    ink: of the picture turned upright, not yet levelled. size: height and width in pixels of page space.
    """
    scale = ink.reduced.shape[1] / size[1]
    left, top, right, bottom = 0, 0, ink.reduced.shape[1], ink.reduced.shape[0]
    if page_box is not None:
        box = page_box.box
        left, top = round(box.left_px * scale), round(box.top_px * scale)
        right, bottom = left + round(box.width_px * scale), top + round(box.height_px * scale)
    if not ASPECTS[0] <= (right - left) / max(1, bottom - top) <= ASPECTS[1]:
        return None
    grey = level(ink.reduced, skew_deg)[top:bottom, left:right]
    marks = level(ink.mask, skew_deg, paper=0)[top:bottom, left:right] > 127
    fold = _fold(grey)
    gutter = _gutter(grey, marks, fold)
    if gutter is None:
        return None
    column, share = gutter
    if min(_lines(marks[:, :column]), _lines(marks[:, column:])) < LEAST_LINES:
        return None
    if fold is None and share < LEAST_GUTTER_OF_ROWS and _rows_run_through(marks, column):
        return None
    confidence = 0.9 if fold is not None else min(0.75, 0.5 + 2.5 * (share - LEAST_GUTTER_SHARE))
    return Spread(round((left + column) / scale), round(confidence, 3))


def _gutter(grey: PixelImage, marks: NDArray[np.bool_], fold: int | None) -> tuple[int, float] | None:
    """Return the column of the gutter and the share of the width around it that is empty."""
    width = grey.shape[1]
    inked = marks | (_rules(grey) > 0)
    if fold is not None:
        near = max(2, width // 60)
        inked[:, max(0, fold - near) : fold + near + 1] = False
    # A hole, a staple or a seal may lie on the gutter; lines of text may not.
    crossing = inked.mean(axis=0)
    empty = crossing <= MOST_CROSSING_SHARE
    first, last = round(MIDDLE[0] * width), round(MIDDLE[1] * width)
    edges = np.flatnonzero(np.diff(np.concatenate(([0], empty.astype(np.int8), [0]))))
    runs = [
        (int(start), int(end))
        for start, end in zip(edges[::2], edges[1::2], strict=True)
        if end > first and start < last and start > 0 and end < width
    ]
    runs = [run for run in runs if fold is None or run[0] <= fold < run[1]]
    if not runs:
        return None
    start, end = max(runs, key=lambda run: run[1] - run[0])
    column = fold if fold is not None else (start + end) // 2
    share = (end - start) / width
    is_wide = share >= (LEAST_GUTTER_SHARE / 2 if fold is not None else LEAST_GUTTER_SHARE)
    return (column, share) if is_wide and first <= column <= last else None


def _rules(grey: PixelImage) -> PixelImage:
    """Mark what is clearly darker than the paper, ruled lines and pictures with it."""
    return np.where(darkness(grey) > 60, 255, 0).astype(np.uint8)


def _fold(grey: PixelImage) -> int | None:
    """Find a dark line or band down the middle, from top to bottom: a fold's shadow or a gap's black."""
    width = grey.shape[1]
    first, last = round(MIDDLE[0] * width), round(MIDDLE[1] * width)
    wide = max(3, width // 25) | 1
    strip = cv2.blur(grey, (3, 9))
    # Lighter ground to both sides of a column: a shadow that only begins there is the edge of a picture.
    ground = cv2.blur(cv2.dilate(strip, np.ones((1, wide), np.uint8)), (wide, 1))
    darker = (ground.astype(np.int16) - strip)[:, first:last] >= FOLD_GREY
    rows = darker.mean(axis=0)
    best = int(rows.argmax()) if rows.size else 0
    if not rows.size or rows[best] < FOLD_ROWS_SHARE:
        return None
    joined = np.flatnonzero(rows >= FOLD_ROWS_SHARE)
    return int(first + np.median(joined))


def _rows_run_through(marks: NDArray[np.bool_], column: int) -> bool:
    """Tell whether both sides have their lines at the same heights: rows of one list, not two pages."""
    sides = [marks[:, :column].sum(axis=1), marks[:, column:].sum(axis=1)]
    smooth = [np.convolve(side, np.ones(3), mode="same") for side in sides]
    return float(np.corrcoef(smooth[0], smooth[1])[0, 1]) >= ROWS_ALIKE


def _lines(marks: NDArray[np.bool_]) -> int:
    """Count the lines of text of one side."""
    profile = marks.sum(axis=1)
    if not profile.any():
        return 0
    full = (profile > max(2.0, 0.2 * float(np.percentile(profile[profile > 0], 80)))).astype(np.int8)
    return int((np.diff(np.concatenate(([0], full))) == 1).sum())
