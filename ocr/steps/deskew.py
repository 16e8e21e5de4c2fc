"""How far the text lines of a page are tilted. Pure array functions, run in worker processes.

Method: projection profile. Letter marks are projected along trial angles; where lines are level, the
profile has the sharpest edges. Coarse over the whole range, then fine around the best.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ocr.steps.ink import Ink
from ocr.types import Skew

LIMIT_DEG = 15.0
COARSE_STEP_DEG, FINE_STEP_DEG = 0.5, 0.05
MAX_POINTS = 60_000
MIN_MARKS = 12
"""Below this many marks an angle is chance."""

RIVAL_FROM_DEG, CLEAR_LEAD = 2.0, 0.3
"""An angle is believed in full when it leads any other further off than this by this share. Drawings have
several nearly as good (leads of 0.01 to 0.17 on 12 drawn ones), text has not (0.32 and more on 64 pages)."""

APPLY_ABOVE_CONFIDENCE = 0.35
APPLY_ABOVE_DEG = 0.1


@dataclass(frozen=True, slots=True)
class LineFit:
    """How well lines fit along one axis: the tilt, its sharpness and how much it stands out (0..1)."""

    skew_deg: float
    sharpness: float
    confidence: float


def estimate_skew(ink: Ink, *, limit_deg: float = LIMIT_DEG) -> Skew:
    """Find the angle content is tilted clockwise, within ±limit_deg; confidence 0 without lines."""
    fit = fit_lines(ink, vertical=False, limit_deg=limit_deg)
    return Skew(round(fit.skew_deg, 3), round(fit.confidence, 3))


def skew_to_apply(skew: Skew) -> float:
    """Return the tilt worth correcting: 0 for a doubtful or an imperceptible one."""
    if skew.confidence < APPLY_ABOVE_CONFIDENCE or abs(skew.skew_deg) < APPLY_ABOVE_DEG:
        return 0.0
    return skew.skew_deg


def fit_lines(ink: Ink, *, vertical: bool, limit_deg: float = LIMIT_DEG) -> LineFit:
    """Fit text lines along the page's rows, or its columns when vertical (lines running downwards)."""
    points = _points(ink, vertical=vertical)
    return LineFit(0.0, 0.0, 0.0) if points is None else _search(*points, limit_deg)


def line_sharpness(ink: Ink, *, vertical: bool, limit_deg: float = LIMIT_DEG) -> float:
    """Return LineFit.sharpness alone, at half the cost."""
    points = _points(ink, vertical=vertical)
    return 0.0 if points is None else float(_coarse(*points, limit_deg)[1].max())


def _points(ink: Ink, *, vertical: bool) -> tuple[NDArray[np.float64], NDArray[np.float64]] | None:
    """Places of ink across and along the lines, about their mean; None where an angle would be chance."""
    if len(ink.marks) < MIN_MARKS:
        return None
    rows, columns = np.divmod(np.flatnonzero(ink.mask), ink.mask.shape[1])
    if rows.size > MAX_POINTS:
        chosen = np.linspace(0, rows.size - 1, MAX_POINTS).astype(np.int64)
        rows, columns = rows[chosen], columns[chosen]
    across, along = rows.astype(np.float64), columns.astype(np.float64)
    if vertical:
        # Looking at the page turned a quarter: what ran down the page now runs to the right.
        across, along = -along, across
    # Pixels sit on a grid, and a grid is sharpest at exactly 0: spread each over its own square.
    spread = np.random.default_rng(0).random((2, across.size)) - 0.5
    across, along = across + spread[0], along + spread[1]
    return across - across.mean(), along - along.mean()


def _coarse(
    across: NDArray[np.float64], along: NDArray[np.float64], limit_deg: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Trial angles over the whole range and how sharp lines are at each."""
    thin = slice(None, None, max(1, across.size // 20_000))
    angles = np.arange(-limit_deg, limit_deg + 1e-9, COARSE_STEP_DEG)
    return angles, np.array([_sharpness(across[thin], along[thin], angle, 1.0) for angle in angles])


def _search(across: NDArray[np.float64], along: NDArray[np.float64], limit_deg: float) -> LineFit:
    coarse, scores = _coarse(across, along, limit_deg)
    best = float(coarse[int(scores.argmax())])
    typical = float(np.median(scores))
    peak = float(scores.max())
    rival = float(scores[np.abs(coarse - best) > RIVAL_FROM_DEG].max(initial=0.0))
    alone = 0.0 if peak <= 0 else min(1.0, (1.0 - rival / peak) / CLEAR_LEAD)
    confidence = 0.0 if peak <= 0 else max(0.0, min(1.0, 1.0 - typical / peak)) * alone
    for step, reach in ((0.1, 0.6), (0.02, 0.12)):
        fine = np.arange(best - reach, best + reach + 1e-9, step)
        fine_scores = np.array([_sharpness(across, along, angle, 2.0) for angle in fine])
        best = _peak_position(fine, fine_scores)
    return LineFit(float(np.clip(best, -limit_deg, limit_deg)), peak, confidence)


def _sharpness(
    across: NDArray[np.float64], along: NDArray[np.float64], angle_deg: float, bins: float
) -> float:
    """Sum of squared steps of the profile, per point: high where lines and gaps are clear."""
    angle = np.deg2rad(angle_deg)
    position = (across * np.cos(angle) - along * np.sin(angle)) * bins
    index = np.floor(position - position.min()).astype(np.int64)
    profile = np.bincount(index).astype(np.float64)
    if bins > 1:
        profile = np.convolve(profile, np.ones(3) / 3, mode="same")
    steps = np.diff(profile)
    return float((steps * steps).sum() / across.size)


def _peak_position(angles: NDArray[np.float64], scores: NDArray[np.float64]) -> float:
    """Refine the best of evenly spaced angles by a parabola through its neighbours."""
    top = int(scores.argmax())
    if 0 < top < len(scores) - 1:
        left, middle, right = scores[top - 1 : top + 2]
        bend = left - 2 * middle + right
        if bend < 0:
            return float(angles[top] + 0.5 * (left - right) / bend * (angles[1] - angles[0]))
    return float(angles[top])
