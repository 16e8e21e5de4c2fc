"""How the lines of a page bend: photographs of books, sheets that were rolled or bound. Pure array functions, run in worker processes.

The page is cut into narrow columns, and how far the lines of one stand below those of the column before is told by laying
their rows of ink over each other. The sum of these steps is the bend; its model is smooth, so a stamp or a table moves it
little. A person sees the page as it is: only the recogniser is given the flattened one.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.steps.geometry import PixelImage, level
from ocr.steps.ink import Ink
from ocr.types import Box

COLUMNS, BANDS = 40, 5
"""Narrow columns a page is cut into, and bands from top to bottom, overlapping by half, in which each is compared."""

DEGREES = (4, 2)
"""Degrees of the model of the slope, across and down the page."""

REACH = 1.0
"""Steps between neighbouring columns that are looked for, in heights of small letters: half of what parts lines."""

LEAST_ALIKE, FEWEST_STEPS = 0.5, 24
"""Correlation from which two columns show the same lines, and such pairs a page must have."""

LEAST_BEND, LEAST_EXPLAINED = 0.5, 0.6
"""Bend of the lines, in heights of small letters, from which flattening pays, and what share of the steps' spread the bend must explain:
see tests/benchmarks/README.md."""

LEAST_LOOK, SMALL_TILT_DEG = 0.3, 1.0
"""Bend from which a first look at half the rows is followed by a second; tilt up to which that look does without levelling."""

ROUNDS = 4

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Curl:
    """A bend. down_px: by how many pixels of the page lines lie lower at each place of a coarse grid (rows, columns).

    bend: greatest difference to straight lines, in heights of small letters; explained: share of the measured steps' spread.
    """

    down_px: NDArray[np.float32]
    bend: float
    explained: float

    @property
    def pays(self) -> bool:
        """Whether the page reads better flat."""
        return self.bend >= LEAST_BEND and self.explained >= LEAST_EXPLAINED


def find_curl(ink: Ink, tilt_deg: float) -> Curl | None:
    """Measure how the lines of a levelled page bend; ink is from before it was levelled by tilt_deg.

    None where too few lines are there to tell, or where a first look shows that they are straight.
    """
    look = ink.mask if abs(tilt_deg) < SMALL_TILT_DEG else level(ink.mask, tilt_deg, paper=0)
    letter = max(3.0, ink.height_px * ink.scale)
    height, width = look.shape
    coarse = cv2.resize(look, (COLUMNS, max(1, height // 2)), interpolation=cv2.INTER_AREA)
    first = _measured(coarse, letter / 2, (height, width), ink.scale)
    if first is None or first.bend < LEAST_LOOK:
        return None
    mask = level(ink.mask, tilt_deg, paper=0)
    columns = cv2.resize(mask, (COLUMNS, height), interpolation=cv2.INTER_AREA)
    return _measured(columns, letter, (height, width), ink.scale)


def _measured(
    columns: PixelImage | cv2.typing.MatLike, letter: float, size: tuple[int, int], scale: float
) -> Curl | None:
    """Measure the bend of a page squeezed into columns; letter: in rows of it, size and scale: of the reduced page."""
    steps = _steps(np.asarray(columns, np.float32), letter)
    if len(steps) < FEWEST_STEPS:
        return None
    across, down, step, weight = steps.T
    terms = _terms(across, down)
    chosen = weight.copy()
    flat = float(np.average(step, weights=weight))
    found = np.zeros(terms.shape[1])
    for _ in range(ROUNDS):
        scaled = terms * chosen[:, None]
        found = np.linalg.solve(scaled.T @ terms + 0.05 * np.eye(terms.shape[1]), scaled.T @ step)
        rest = np.abs(step - terms @ found)
        chosen = weight / (1 + (rest / (2 * float(np.median(rest)) + 0.02 * letter)) ** 2)
    spread = float(np.average((step - flat) ** 2, weights=chosen))
    left = float(np.average((step - terms @ found) ** 2, weights=chosen))
    bent = _summed(found, across) * size[0] / columns.shape[0]
    explained = 1 - left / spread if spread > 0 else 0.0
    used = slice(*(round(edge) for edge in np.percentile((across + 1) / 2 * bent.shape[1], (0, 100))))
    rows = np.unique(np.clip(((down + 1) / 2 * bent.shape[0]).astype(int), 0, bent.shape[0] - 1))
    unsloped = _unsloped(bent[rows, used]) * columns.shape[0] / size[0]
    bend = float(np.median(np.ptp(unsloped, axis=1))) / letter
    return Curl((bent / scale).astype(np.float32), bend, explained)


def flattened(grey: PixelImage, curl: Curl) -> PixelImage:
    """Straighten the lines of a page; what is moved in from beyond its edges repeats them."""
    height, width = grey.shape
    down = cv2.resize(curl.down_px, (width, height), interpolation=cv2.INTER_LINEAR)
    across = np.broadcast_to(np.arange(width, dtype=np.float32), (height, width))
    rows = np.asarray(down, np.float32) + np.arange(height, dtype=np.float32)[:, None]
    flat = cv2.remap(
        grey, np.ascontiguousarray(across), rows, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(flat, np.uint8)


def bent_back(box: Box, curl: Curl, shape: tuple[int, int]) -> Box:
    """Say where a box of the flattened page lies on the page itself; shape: height and width of both."""
    rows, columns = curl.down_px.shape
    height, width = shape
    row = min(rows - 1, max(0, round((box.top_px + box.height_px / 2) / height * rows - 0.5)))
    left = min(columns - 1, max(0, int(box.left_px / width * columns)))
    right = min(columns - 1, max(left, int((box.left_px + box.width_px) / width * columns)))
    moved = curl.down_px[row, left : right + 1]
    top = min(max(0, round(box.top_px + float(moved.min()))), height - 1)
    bottom = min(max(top + 1, round(box.top_px + box.height_px + float(moved.max()))), height)
    return Box(box.left_px, top, box.width_px, bottom - top)


def _steps(columns: NDArray[np.float32], letter: float) -> Array:
    """Measure steps between neighbouring columns: place across and down (-1..1), rows per column, weight; (n, 4)."""
    height = columns.shape[0]
    rows = np.asarray(cv2.GaussianBlur(columns / 255, (1, _odd(letter)), 0), np.float32)
    reach = max(2, round(REACH * letter))
    band = 2 * height // (BANDS + 1)
    found = []
    for number in range(BANDS):
        top = number * height // (BANDS + 1)
        part = rows[top : top + band]
        middle = (top + band / 2) / height * 2 - 1
        alike, at = _laid_over(part, reach)
        ink = part.sum(axis=0)
        enough = np.minimum(ink[1:], ink[:-1]) > 0.02 * band
        found += [
            ((column + 1) / COLUMNS * 2 - 1, middle, at[column], alike[column])
            for column in np.flatnonzero(enough & (alike >= LEAST_ALIKE))
        ]
    return np.array(found, np.float64).reshape(-1, 4)


def _laid_over(part: NDArray[np.float32], reach: int) -> tuple[Array, Array]:
    """Correlate each column with the next at all steps; the best correlation and its step, finer than a row."""
    left, right = part[reach:-reach, :-1].astype(np.float64), part[:, 1:].astype(np.float64)
    left -= left.mean(axis=0)
    size = np.sqrt((left**2).sum(axis=0)) + 1e-6
    scores = []
    for step in range(-reach, reach + 1):
        moved = right[reach + step : right.shape[0] - reach + step]
        moved = moved - moved.mean(axis=0)
        scores.append((left * moved).sum(axis=0) / (size * (np.sqrt((moved**2).sum(axis=0)) + 1e-6)))
    table = np.array(scores)
    best = np.clip(table.argmax(axis=0), 1, 2 * reach - 1)
    each = np.arange(table.shape[1])
    low, mid, high = table[best - 1, each], table[best, each], table[best + 1, each]
    bow = low - 2 * mid + high
    finer = np.where(np.abs(bow) > 1e-9, 0.5 * (low - high) / np.where(bow == 0, 1, bow), 0.0)
    return mid, np.asarray(best - reach + np.clip(finer, -0.5, 0.5), np.float64)


def _terms(across: Array, down: Array) -> Array:
    return np.stack(
        [across**power * down**other for power in range(DEGREES[0] + 1) for other in range(DEGREES[1] + 1)],
        axis=1,
    )


def _summed(found: Array, across: Array) -> Array:
    """Sum the modelled steps from left to right on a grid of the whole page, without what the page is tilted; (rows, columns)."""
    grid_rows, grid_columns = 4 * BANDS, 4 * COLUMNS
    # Beyond the print the slope goes on as at its edge: a polynomial runs away there.
    x = np.clip((np.arange(grid_columns) + 0.5) / grid_columns * 2 - 1, across.min(), across.max())
    y = np.clip((np.arange(grid_rows) + 0.5) / grid_rows * 2 - 1, -0.8, 0.8)
    columns, rows = np.meshgrid(x, y)
    slope = (_terms(columns.ravel(), rows.ravel()) @ found).reshape(grid_rows, grid_columns)
    bent = np.cumsum(slope, axis=1) * COLUMNS / grid_columns
    return np.asarray(bent - np.median(bent, axis=1, keepdims=True), np.float64)


def _unsloped(bent: Array) -> Array:
    """Take the straight line out of each row."""
    x = np.arange(bent.shape[1], dtype=np.float64)
    x -= x.mean()
    slope = (bent * x).sum(axis=1) / max(1e-9, float((x**2).sum()))
    return np.asarray(bent - bent.mean(axis=1, keepdims=True) - slope[:, None] * x, np.float64)


def _odd(letter: float) -> int:
    return max(3, round(letter / 2) | 1)
