"""Pages of black and white only: telling them, and softening their stairs for scripts that read better so."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from ocr.steps.geometry import PixelImage

BILEVEL_SHARE = 0.005
"""Share of mid-grey pixels below which a page is black and white and nothing between."""

SOFTENING = 0.05
"""Blur in heights of small letters; 0.035 made two of four Khmer pages worse, 0.08 two of six."""

GAINING = frozenset({"khm", "lao"})
"""Scripts whose one-bit pages read better softened. Wrong without and with it, at 200 dpi: Khmer in three typefaces
0.036 and 0.017 (12 pages), Lao in two 0.227 and 0.164 (8), the shared faxes 0.013 and 0.013, 0.130 and 0.068. Thai got
worse with it (0.030 to 0.035), Latin letters neither. Where the page is shrunk, that softens it enough."""


def is_bilevel(grey: PixelImage) -> bool:
    """Tell a fax or a one-bit scan, not levelled yet, from a grey page."""
    sample = grey[::4, ::4]
    return float(((sample > 60) & (sample < 200)).mean()) < BILEVEL_SHARE


def softened(grey: PixelImage, letter_px: float, languages: Sequence[str]) -> PixelImage:
    """Blur a page that was scanned in one bit, where a script on it is read better so; else return it as it is.

    grey: the page, levelled or not. letter_px: height of small letters.
    """
    if letter_px <= 0 or GAINING.isdisjoint(languages):
        return grey
    return np.asarray(cv2.GaussianBlur(grey, (0, 0), SOFTENING * letter_px), np.uint8)
