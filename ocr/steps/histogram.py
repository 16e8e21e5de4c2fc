"""Percentiles of pictures by counting grey levels: what numpy sorts millions of pixels for.

Same values as numpy.percentile, a tenth of the time. Pure array functions, run in worker processes.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray


def count_levels(values: NDArray[np.uint8] | NDArray[np.uint16]) -> NDArray[np.float64]:
    """Count how often each level occurs in a two-dimensional picture; index is the level."""
    levels = 256 if values.dtype == np.uint8 else int(values.max(initial=0)) + 1
    counts = cv2.calcHist([values], [0], None, [levels], [0, levels])
    return np.asarray(counts, np.float64).ravel()


def percentiles(counts: NDArray[np.float64], wanted: Sequence[float]) -> tuple[float, ...]:
    """Interpolate percentiles (0..100) of counted levels as numpy.percentile does."""
    return weighted_percentiles(np.arange(counts.size, dtype=np.float64), counts, wanted)


def weighted_percentiles(
    values: NDArray[np.float64], counts: NDArray[np.float64], wanted: Sequence[float]
) -> tuple[float, ...]:
    """Interpolate percentiles of values that occur so many times each, in any order."""
    order = np.argsort(values, kind="stable")
    upto = np.cumsum(counts[order])
    if not upto.size or upto[-1] < 1:
        return tuple(0.0 for _ in wanted)
    found = []
    for share in wanted:
        rank = share / 100 * (upto[-1] - 1)
        low, high = np.floor(rank), np.ceil(rank)
        below, above = (
            float(values[order[int(np.searchsorted(upto, at, side="right"))]]) for at in (low, high)
        )
        found.append(below + (above - below) * float(rank - low))
    return tuple(found)
