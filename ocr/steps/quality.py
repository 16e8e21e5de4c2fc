"""Why a person should look at a page again. Pure array functions, run in worker processes.

Thresholds and their reasons are in ocr/quality_table.py, for all checks together.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.quality_table import CHECKS, MANY_MARKS, RANKS
from ocr.steps.corners import folded_corner
from ocr.steps.geometry import PixelImage, shrink_evenly
from ocr.steps.histogram import count_levels, percentiles
from ocr.steps.ink import Ink
from ocr.types import QualityReason

LOOK_PX = 1600
FEW_MARKS = 20
SMALL_LETTER_PX = 11.0
NARROW_INCHES = 9.0
"""A sheet this narrow is A4, letter or legal; A3 and drawings may be long."""

BLUR_OF_STEEPNESS = 0.4
"""A step blurred by a Gaussian of s pixels rises by 1 / (2.5 s) of its height per pixel."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What recognition made of the page: words found and their mean confidence."""

    word_count: int
    mean_confidence: float


@dataclass(frozen=True, slots=True)
class Posture:
    """How the page lay. turn_confidence: 0..1, 1 where a person or the reading itself settled it."""

    turn_confidence: float = 1.0
    skew_deg: float = 0.0


def judge_quality(
    grey: PixelImage,
    ink: Ink,
    dpi: float,
    reading: Reading,
    *,
    is_blank: bool,
    posture: Posture | None = None,
) -> tuple[QualityReason, ...]:
    """List reasons to doubt a page, worst first, with the measured value of each.

    grey: the page as it is read. ink: of the same page before it was levelled, where the edges of the picture
    are still its edges. The codes are those of ocr/quality_table.py but the ones that compare pages.
    """
    look = shrink_evenly(grey, LOOK_PX)
    counts = count_levels(look)
    values = _of_the_sheet(grey, counts, dpi)
    if not is_blank:
        values |= _of_the_writing(grey, (look, counts), ink, dpi) | _of_the_reading(
            ink, reading, posture or Posture()
        )
    marks = len(ink.marks)
    if not is_blank and _is_soft_and_unsure(values):
        marks = max(marks, MANY_MARKS)  # blur takes marks the size of letters away
        if not CHECKS["blurred"].fails(values["blurred"]):
            values["soft"] = values["blurred"]
    reasons = [
        QualityReason(code, round(value, 3), CHECKS[code].is_grave(value, marks))
        for code, value in values.items()
        if CHECKS[code].fails(value)
    ]
    return tuple(sorted(reasons, key=lambda reason: RANKS[reason.code]))


def _is_soft_and_unsure(values: dict[str, float]) -> bool:
    is_unsure = "no_text" in values or CHECKS["uncertain_text"].fails(values["uncertain_text"])
    return is_unsure and CHECKS["soft"].fails(values.get("blurred", 0.0))


def _of_the_sheet(grey: PixelImage, counts: NDArray[np.float64], dpi: float) -> dict[str, float]:
    height, width = grey.shape
    # Also of a page that seems to be blank: on a black one nobody can tell.
    values = {"low_resolution": dpi, "too_dark": percentiles(counts, (75,))[0]}
    if min(height, width) / dpi <= NARROW_INCHES:
        values["double_feed"] = max(height, width) / dpi
    return values


def _of_the_writing(
    grey: PixelImage, reduced: tuple[PixelImage, NDArray[np.float64]], ink: Ink, dpi: float
) -> dict[str, float]:
    look, counts = reduced
    written = float((ink.mask > 0).mean())
    # On a sheet with one line half a percent is more than its ink: paper compared with paper would be faint.
    of_ink = min(0.5, max(0.03, 30 * written))
    paper, darkest, inkiest = percentiles(counts, (75, 0.5, of_ink))
    values = {
        "dark_page": float(counts[:100].sum() / max(1.0, counts.sum())),
        "low_contrast": paper - inkiest,
        "folded_corner": folded_corner(look),
        "cut_edge": float(_most_at_one_edge(ink)),
    }
    if ink.height_px > 0:
        values["small_letters"] = ink.height_px
        values["blurred"] = _softness_px(grey, ink, paper - darkest) / ink.height_px
        if ink.height_px < SMALL_LETTER_PX and dpi >= CHECKS["low_resolution"].threshold:
            values["low_for_size"] = dpi
    return values


def _of_the_reading(ink: Ink, reading: Reading, posture: Posture) -> dict[str, float]:
    values = {"strong_skew": abs(posture.skew_deg)}
    if reading.word_count == 0:
        values["no_text"] = float(len(ink.marks))
    else:
        values["uncertain_text"] = reading.mean_confidence
    if len(ink.marks) > FEW_MARKS:
        values["turn_unsure"] = posture.turn_confidence
    return values


def _softness_px(grey: PixelImage, ink: Ink, contrast: float) -> float:
    """How many pixels wide the steepest edges are blurred, as the s of a Gaussian.

    The steepest are the more the more writing there is: a fixed percentile called sparse pages soft.
    """
    height, width = grey.shape
    middle = grey[height // 8 : height - height // 8, width // 8 : width - width // 8]
    if middle.size == 0 or contrast <= 0:
        return 0.0
    part = middle[: 1 << 11, : 1 << 11]
    gradient = cv2.Sobel(part, cv2.CV_16S, 1, 0, ksize=3)
    steepness = cv2.convertScaleAbs(gradient, alpha=0.25)
    written = float((ink.mask > 0).mean())
    percent = 100 - min(0.5, max(0.03, 10 * written))
    steepest = percentiles(count_levels(np.asarray(steepness, np.uint8)), (percent,))[0] * 4 / 8
    return BLUR_OF_STEEPNESS * contrast / max(1.0, steepest)


def _most_at_one_edge(ink: Ink) -> int:
    """Marks of the size of letters that touch an edge of the picture, at the edge that has most."""
    if len(ink.marks) < FEW_MARKS:
        return 0
    height, width = ink.mask.shape
    left, top, wide, tall = ink.marks.T
    usual = float(np.median(tall))
    # A letter cut in half is still half a letter high; longer ones are shadows of the edge.
    across = (wide >= 0.3 * usual) & (wide <= 2.5 * usual) & (tall >= 0.5 * usual) & (tall <= 2 * usual)
    along = (tall >= 0.3 * usual) & (tall <= 2 * usual) & (wide >= 0.3 * usual) & (wide <= 2.5 * usual)
    edges = (
        across & (left <= 1),
        across & (left + wide >= width - 1),
        along & (top <= 1),
        along & (top + tall >= height - 1),
    )
    return max(int(edge.sum()) for edge in edges)
