"""Corners of a sheet that were folded when it was scanned. Pure array functions, run in worker processes."""

from __future__ import annotations

import math

import cv2
import numpy as np

from ocr.steps.geometry import PixelImage, shrink

LOOK_PX = 800
CORNER_SHARE = 0.24
"""Of the width: the corner looked at."""

REACHES_SHARE = 0.025
"""Of the width: how near to both edges of the picture the slanting edge must come."""

SLANT_DEG = (20.0, 70.0)
LEAST_STEP = 18.0


def folded_corner(grey: PixelImage) -> float:
    """Length of the longest slanting edge that runs across a corner, as a share of the page's width; 0 without.

    A fold shows as a triangle of the scanner's background or of the sheet's other side, or as the shadow along
    its edge: each has one straight edge from side to side. Lines by a probabilistic Hough transform.
    """
    look = shrink(grey, LOOK_PX)
    height, width = look.shape
    size = round(min(height, width) * CORNER_SHARE)
    if size < 40:
        return 0.0
    longest: float = 0.0
    for down in (False, True):
        for right in (False, True):
            corner = look[height - size :, :] if down else look[:size, :]
            corner = corner[:, width - size :] if right else corner[:, :size]
            # Seen as the top left corner, whichever it is.
            seen = corner[:: -1 if down else 1, :: -1 if right else 1]
            longest = max(longest, _slant_px(np.ascontiguousarray(seen), width))
    return float(longest / min(height, width))


def _slant_px(corner: PixelImage, width: int) -> float:
    soft = cv2.GaussianBlur(corner, (0, 0), 1.2)
    edges = cv2.Canny(soft, LEAST_STEP * 2, LEAST_STEP * 4)
    reach = max(4.0, width * REACHES_SHARE)
    least = max(20, round(width * 0.04))
    lines = cv2.HoughLinesP(edges, 1, math.pi / 180, 20, minLineLength=least, maxLineGap=8)
    longest = 0.0
    for x1, y1, x2, y2 in np.asarray(lines).reshape(-1, 4).tolist() if lines is not None else ():
        # Across the top left corner a line rises to the right: from the left edge to the top edge.
        (left_x, left_y), (right_x, right_y) = sorted(((x1, y1), (x2, y2)))
        slant = math.degrees(math.atan2(left_y - right_y, right_x - left_x))
        if SLANT_DEG[0] <= slant <= SLANT_DEG[1] and left_x <= reach and right_y <= reach:
            longest = max(longest, math.hypot(right_x - left_x, left_y - right_y))
    return longest
