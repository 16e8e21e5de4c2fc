"""Faint carbon copies: how dark their ink is, and the page with its contrast restored. Pure array functions."""

from __future__ import annotations

import cv2
import numpy as np

from ocr.steps.geometry import PixelImage
from ocr.steps.ink import LEAST_DARKNESS, Ink, darkness

GRAIN_SHARE = 0.043
"""Softening before the contrast is raised, in heights of small letters: paper grain must not be raised with the ink
(wrong 0.28 to 0.30 without, 0.21 to 0.26 with it on two carbon copies)."""

FULL_INK_PERCENT = 90
"""Percentile of the ink's darkness that becomes black."""

LEAST_CONTRAST = 40.0


def ink_darkness(ink: Ink) -> float:
    """Tell by how many grey levels the letters of a page are darker than its paper, in the median; 0 without any."""
    marked = ink.mask > 0
    return float(np.median(darkness(ink.reduced)[marked])) if marked.any() else 0.0


def with_contrast(grey: PixelImage, letter_px: float) -> PixelImage:
    """Return a page with its paper made white and its ink black, grain smoothed first.

    letter_px: height of small letters.
    """
    soft = cv2.GaussianBlur(grey, (0, 0), max(0.5, GRAIN_SHARE * letter_px))
    dark = darkness(np.asarray(soft, np.uint8))
    inked = dark[dark > LEAST_DARKNESS]
    full = max(LEAST_CONTRAST, float(np.percentile(inked, FULL_INK_PERCENT)) if inked.size else 0.0)
    return np.asarray(255 - cv2.convertScaleAbs(dark, alpha=255 / full), np.uint8)
