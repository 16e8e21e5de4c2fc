"""Lines that dirt on a scanner's glass draws along the feed. Pure array functions, run in worker processes.

One page alone proves nothing, for a form may have such a rule. The same column on several pages does, see
app/domain/page_findings.py.
"""

from __future__ import annotations

import cv2
import numpy as np

from ocr.steps.geometry import PixelImage

BANDS, PARTS = 40, 6
"""A band shows a line where two of its parts do: beside letters it does not stand out, between lines it does."""

LEAST_BANDS_SHARE = 0.85
"""Of the height, in which the line must show; rules of forms end at the margins."""

END_BANDS = 2
"""Bands at either end in one of which it must show: a streak runs off the sheet."""

LEAST_STEP = 7.0
"""Grey levels that it differs from both sides; the grain of parts of 14 rows is under 2."""

WIDEST_SHARE = 1 / 400
"""Of the width: half a millimetre on A4."""

LEAST_ROWS_HALVED = 3000
"""Height from which a part keeps six rows of its twelve and more."""

EDGE_SHARE = 0.03
MOST_STREAKS = 16


def find_streaks(grey: PixelImage) -> tuple[int, ...]:
    """Find columns where a thin line, darker or lighter, runs over most of the height.

    grey: the master as stored, for that is how the scanner's sensor lies; nothing turned or levelled.
    Returns the middle columns, ascending, at most MOST_STREAKS; () where there are more, which is a pattern.
    """
    height, width = grey.shape
    if height < BANDS * PARTS * 2 or width < 100:
        return ()
    # Every other row is enough to calm the grain, at half the cost.
    seen = grey[::2] if height >= LEAST_ROWS_HALVED else grey
    bands = cv2.resize(seen, (width, BANDS * PARTS), interpolation=cv2.INTER_AREA).astype(np.int16)
    reach = max(3, round(width * WIDEST_SHARE))
    padded = np.pad(bands, ((0, 0), (reach, reach)), mode="edge")
    before, after = padded[:, : -2 * reach], padded[:, 2 * reach :]
    darker = np.minimum(before, after) - bands
    lighter = bands - np.maximum(before, after)
    columns: list[int] = []
    for step in (darker, lighter):
        parts = (step >= LEAST_STEP).reshape(BANDS, PARTS, width)
        shows = parts.sum(axis=1) >= 2
        runs = shows.mean(axis=0) >= LEAST_BANDS_SHARE
        runs &= shows[:END_BANDS].any(axis=0) & shows[-END_BANDS:].any(axis=0)
        edge = max(1, round(width * EDGE_SHARE))
        runs[:edge] = runs[width - edge :] = False
        columns += _middles(np.flatnonzero(runs), reach)
    return tuple(sorted(columns)) if len(columns) <= MOST_STREAKS else ()


def _middles(columns: np.ndarray, reach: int) -> list[int]:
    if not columns.size:
        return []
    groups = np.split(columns, np.flatnonzero(np.diff(columns) > 2) + 1)
    return [int(group[group.size // 2]) for group in groups if group.size <= reach]
