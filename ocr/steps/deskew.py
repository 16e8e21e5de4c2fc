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
MAX_POINTS, COARSE_POINTS = 60_000, 20_000
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


@dataclass(frozen=True, slots=True, eq=False)
class LineTrial:
    """Lines tried along one axis, coarsely: shared between the questions which way they run and how tilted.

    across, along: places of ink across and along the lines, about their mean. angles, scores: how sharp lines
    are at trial angles over the whole range.
    """

    across: NDArray[np.float64]
    along: NDArray[np.float64]
    angles: NDArray[np.float64]
    scores: NDArray[np.float64]

    @property
    def sharpness(self) -> float:
        """Sharpness of the best angle."""
        return float(self.scores.max())


def estimate_skew(ink: Ink, trial: LineTrial | None = None) -> Skew:
    """Find the angle content is tilted clockwise, within ±LIMIT_DEG; confidence 0 without lines.

    trial: that of the same ink's rows, where it is known already.
    """
    fit = _fit(trial or try_lines(ink, vertical=False))
    return Skew(round(fit.skew_deg, 3), round(fit.confidence, 3))


def skew_to_apply(skew: Skew) -> float:
    """Return the tilt worth correcting: 0 for a doubtful or an imperceptible one."""
    if skew.confidence < APPLY_ABOVE_CONFIDENCE or abs(skew.skew_deg) < APPLY_ABOVE_DEG:
        return 0.0
    return skew.skew_deg


def fit_lines(ink: Ink, *, vertical: bool) -> LineFit:
    """Fit text lines along the page's rows, or its columns when vertical (lines running downwards)."""
    return _fit(try_lines(ink, vertical=vertical))


def try_lines(ink: Ink, *, vertical: bool) -> LineTrial | None:
    """Try lines along the rows or the columns at all angles within ±LIMIT_DEG; None where an angle would be chance."""
    points = _points(ink, vertical=vertical)
    return None if points is None else LineTrial(*points, *_coarse(*points))


def _points(ink: Ink, *, vertical: bool) -> tuple[NDArray[np.float64], NDArray[np.float64]] | None:
    """Places of ink across and along the lines, about their mean; None where an angle would be chance."""
    if len(ink.marks) < MIN_MARKS:
        return None
    spots = ink.spots
    if spots.size > MAX_POINTS:
        spots = spots[np.linspace(0, spots.size - 1, MAX_POINTS).astype(np.int64)]
    rows, columns = np.divmod(spots, ink.mask.shape[1])
    across, along = rows.astype(np.float64), columns.astype(np.float64)
    if vertical:
        # Looking at the page turned a quarter: what ran down the page now runs to the right.
        across, along = -along, across
    # Pixels sit on a grid, and a grid is sharpest at exactly 0: spread each over its own square.
    spread = np.random.default_rng(0).random((2, across.size)) - 0.5
    across, along = across + spread[0], along + spread[1]
    return across - across.mean(), along - along.mean()


def _coarse(
    across: NDArray[np.float64], along: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Trial angles over the whole range and how sharp lines are at each."""
    step = max(1, across.size // COARSE_POINTS)
    across, along = np.ascontiguousarray(across[::step]), np.ascontiguousarray(along[::step])
    angles = np.arange(-LIMIT_DEG, LIMIT_DEG + 1e-9, COARSE_STEP_DEG)
    return angles, np.array([_sharpness(across, along, angle, 1.0) for angle in angles])


def _fit(trial: LineTrial | None) -> LineFit:
    if trial is None:
        return LineFit(0.0, 0.0, 0.0)
    best = float(trial.angles[int(trial.scores.argmax())])
    typical, peak = float(np.median(trial.scores)), trial.sharpness
    rival = float(trial.scores[np.abs(trial.angles - best) > RIVAL_FROM_DEG].max(initial=0.0))
    alone = 0.0 if peak <= 0 else min(1.0, (1.0 - rival / peak) / CLEAR_LEAD)
    confidence = 0.0 if peak <= 0 else max(0.0, min(1.0, 1.0 - typical / peak)) * alone
    for step, reach in ((0.1, 0.6), (0.02, 0.12)):
        fine = np.arange(best - reach, best + reach + 1e-9, step)
        fine_scores = np.array([_sharpness(trial.across, trial.along, angle, 2.0) for angle in fine])
        best = _peak_position(fine, fine_scores)
    return LineFit(float(np.clip(best, -LIMIT_DEG, LIMIT_DEG)), peak, confidence)


def _sharpness(
    across: NDArray[np.float64], along: NDArray[np.float64], angle_deg: float, bins: float
) -> float:
    """Sum of squared steps of the profile, per point: high where lines and gaps are clear."""
    angle = np.deg2rad(angle_deg)
    position = across * (bins * np.cos(angle)) - along * (bins * np.sin(angle))
    position -= position.min()
    profile = np.bincount(position.astype(np.int64)).astype(np.float64)
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
