"""Whether anything is written on a page. Pure array functions, run in worker processes.

Blank pages are only flagged, never removed. Faint pencil or a lone page number is not blank; paper
texture, show-through, punch holes, dirt and the dark edges of a scan are.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from ocr.steps.geometry import PixelImage, shrink
from ocr.steps.ink import darkness

LOOK_PX = 1600


@dataclass(frozen=True, slots=True)
class Blankness:
    """is_blank: nothing is written. ink_share: share of the page's area that is ink, dirt left out."""

    is_blank: bool
    ink_share: float


def judge_blank(grey: PixelImage) -> Blankness:
    """Judge a page in grey, any resolution; see the module."""
    look = cv2.GaussianBlur(shrink(grey, LOOK_PX), (3, 3), 0)
    height, width = look.shape
    dark = darkness(look)
    noise = float(np.median(dark)) + 1.4826 * float(
        np.median(np.abs(dark.astype(np.int16) - np.median(dark)))
    )
    threshold = max(28.0, 5.0 * noise)
    binary = np.where(dark > threshold, 255, 0).astype(np.uint8)
    margin_y, margin_x = max(2, height // 50), max(2, width // 50)
    binary[:margin_y], binary[-margin_y:], binary[:, :margin_x], binary[:, -margin_x:] = 0, 0, 0, 0
    count, _, stats, _ = cv2.connectedComponentsWithStats(binary, connectivity=8)
    side = max(height, width)
    sides = np.maximum(stats[1:, cv2.CC_STAT_WIDTH], stats[1:, cv2.CC_STAT_HEIGHT])
    areas = stats[1:, cv2.CC_STAT_AREA]
    # A digit is 2 mm high on a sheet of 300 mm.
    written = sides >= side / 150
    ink_share = float(areas[written].sum()) / (height * width)
    return Blankness(int(written.sum()) < 1, round(ink_share, 7))
