"""Why a person should look at a page again. Pure array functions, run in worker processes."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from ocr.steps.geometry import PixelImage, shrink
from ocr.steps.histogram import count_levels, percentiles
from ocr.steps.ink import Ink
from ocr.types import QualityReason

LEAST_DPI = 140.0
LEAST_LETTER_PX = 9.0
LEAST_CONTRAST = 60.0
LEAST_SHARPNESS = 0.06
LEAST_CONFIDENCE = 0.6
MOST_DARK = 0.35


@dataclass(frozen=True, slots=True)
class Reading:
    """What recognition made of the page: words found and their mean confidence."""

    word_count: int
    mean_confidence: float


def judge_quality(
    grey: PixelImage, ink: Ink, dpi: float, reading: Reading, *, is_blank: bool
) -> tuple[QualityReason, ...]:
    """List reasons to doubt a page, with the measured value of each.

    Codes: "low_resolution" (dpi), "small_letters" (height in pixels), "low_contrast" (grey levels),
    "dark_page" (share), "blurred" (edge steepness), "uncertain_text" (mean confidence), "no_text" (marks).
    """
    look = shrink(grey, 1600)
    reasons = []
    if dpi < LEAST_DPI:
        reasons.append(QualityReason("low_resolution", round(dpi, 1)))
    if is_blank:
        return tuple(reasons)
    if 0 < ink.height_px < LEAST_LETTER_PX:
        reasons.append(QualityReason("small_letters", round(ink.height_px, 1)))
    dark_share = float((look < 100).mean())
    if dark_share > MOST_DARK:
        reasons.append(QualityReason("dark_page", round(dark_share, 3)))
    contrast = _contrast(look)
    if contrast < LEAST_CONTRAST:
        reasons.append(QualityReason("low_contrast", round(contrast, 1)))
    sharpness = _sharpness(grey, contrast)
    if sharpness < LEAST_SHARPNESS:
        reasons.append(QualityReason("blurred", round(sharpness, 3)))
    if reading.word_count == 0:
        if len(ink.marks) > 20:
            reasons.append(QualityReason("no_text", float(len(ink.marks))))
    elif reading.mean_confidence < LEAST_CONFIDENCE:
        reasons.append(QualityReason("uncertain_text", round(reading.mean_confidence, 3)))
    return tuple(reasons)


def _contrast(look: PixelImage) -> float:
    """Grey levels between paper and the darkest half percent."""
    paper, ink = percentiles(count_levels(look), (75, 0.5))
    return paper - ink


def _sharpness(grey: PixelImage, contrast: float) -> float:
    """Steepest edges (99.5th percentile of the gradient) relative to the contrast; blur flattens them."""
    height, width = grey.shape
    middle = grey[height // 8 : height - height // 8, width // 8 : width - width // 8]
    if middle.size == 0 or contrast <= 0:
        return 1.0
    gradient = cv2.Sobel(middle[: 1 << 11, : 1 << 11], cv2.CV_16S, 1, 0, ksize=3)
    steepness = np.abs(gradient).astype(np.uint16)
    return percentiles(count_levels(steepness), (99.5,))[0] / (8.0 * contrast)
