"""A perceptual hash of a page: near for two scans of one sheet. Pure array functions, run in worker processes.

It says that two pages look alike, not that they are one: forms look alike, too (see app/domain/page_findings.py).
"""

from __future__ import annotations

import cv2
import numpy as np

from ocr.steps.geometry import PixelImage, shrink, shrink_evenly
from ocr.steps.ink import LEAST_DARKNESS, darkness

LOOK_PX = 512
GRID = 32
MARGIN_SHARE = 0.025
"""Left out along each edge: scanner shadows and the edge of the sheet differ from scan to scan."""

OUTLIERS_PERCENT = 0.5
"""Of the ink at each side, which does not count for where the content lies: dirt and stray strokes."""


def fingerprint(grey: PixelImage) -> str:
    """Hash the writing of a levelled page into 64 bits, as 16 hexadecimal digits; "" without writing.

    Method: pHash (Zauner, "Implementation and Benchmarking of Perceptual Image Hash Functions", 2010): signs of
    the 64 lowest waves of a cosine transform against their median. Of the ink's darkness rather than of the
    picture, and of the part that has writing, so that paper, lighting and a shift on the glass do not count.
    """
    look = shrink(shrink_evenly(grey, 2 * LOOK_PX), LOOK_PX)
    dark = darkness(look).astype(np.float32)
    dark[dark < LEAST_DARKNESS] = 0
    height, width = dark.shape
    top, left = max(1, round(height * MARGIN_SHARE)), max(1, round(width * MARGIN_SHARE))
    dark = dark[top : height - top, left : width - left]
    if dark.size == 0 or dark.sum() < 255 * 4:
        return ""
    (first_row, last_row), (first_column, last_column) = (_extent(dark.sum(axis=axis)) for axis in (1, 0))
    content = dark[first_row : last_row + 1, first_column : last_column + 1]
    # Softened first: a line's darkness must not hang on how it falls into the cells of the grid.
    even = cv2.resize(cv2.GaussianBlur(content, (0, 0), 3), (GRID, GRID), interpolation=cv2.INTER_AREA)
    waves = cv2.dct(even)[:9, :9].ravel()[1:65]
    bits = waves > np.median(waves)
    return f"{int.from_bytes(np.packbits(bits).tobytes(), 'big'):016x}"


def _extent(profile: np.ndarray) -> tuple[int, int]:
    """First and last place of the ink along one side, without its outliers."""
    upto = np.cumsum(profile)
    share = OUTLIERS_PERCENT / 100 * upto[-1]
    first, last = np.searchsorted(upto, (share, upto[-1] - share))
    return int(first), max(int(first), int(min(last, profile.size - 1)))
