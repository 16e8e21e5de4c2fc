"""What is ink on a page: letters told from paper, frames and dirt on a reduced picture.

Shared by orientation, levelling, blank detection and the choice of scale, so a page is binarised once.
Pure array functions, run in worker processes.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.steps.geometry import PixelImage, shrink

REDUCED_PX = 1200
"""Long side of the reduced picture: about 100 dpi on A4, letters 6 to 12 pixels high."""

LEAST_DARKNESS = 24.0
"""Grey levels below the paper that ink has at least; paper grain and show-through stay below."""

INK_SHARE_OF_PEAK = 0.45

LEVELS = np.maximum(LEAST_DARKNESS, INK_SHARE_OF_PEAK * np.arange(256)).astype(np.uint8)
"""Darkness that ink exceeds, by the darkest ink around it: whole levels, for darkness has no others."""


@dataclass(frozen=True, slots=True, eq=False)
class Ink:
    """Letter-sized marks of a reduced page.

    marks: float64 (n, 4): left, top, width, height of each mark in reduced pixels. areas, peaks: pixels and
    greatest darkness of each. mask: uint8, 255 where a mark is; spots: the places of these pixels in the
    flattened mask, ascending. scale: reduced pixels per original pixel. height_px: median height of a mark in
    original pixels (about the height of small letters), 0 without marks. reduced: the reduced page in grey.
    dark: how much darker than its paper each pixel of it is. binary: uint8, 255 where any ink is, letters or not.
    """

    mask: PixelImage
    spots: NDArray[np.int64]
    marks: NDArray[np.float64]
    areas: NDArray[np.int32]
    peaks: PixelImage
    scale: float
    height_px: float
    reduced: PixelImage
    dark: PixelImage
    binary: PixelImage


def find_ink(grey: PixelImage) -> Ink:
    """Find the letter-sized marks of a page.

    grey: uint8, dark on light. Frames, pictures and dark scanner edges are left out by their size, dirt
    by its smallness.
    """
    reduced = shrink(grey, REDUCED_PX)
    scale = reduced.shape[0] / grey.shape[0]
    dark = darkness(reduced)
    binary = _binarised(dark)
    _, found, stats, _ = cv2.connectedComponentsWithStats(binary, connectivity=8)
    labels = np.asarray(found, np.int32)
    widths, heights = stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT]
    areas = stats[:, cv2.CC_STAT_AREA]
    largest = max(24, REDUCED_PX // 25)
    wanted = (np.maximum(widths, heights) <= largest * 2.5) & (np.minimum(widths, heights) <= largest)
    wanted &= (areas >= 4) & (np.maximum(widths, heights) >= 3)
    wanted[0] = False
    mask = np.take(np.where(wanted, 255, 0).astype(np.uint8), labels)
    spots = np.flatnonzero(mask)
    peaks = np.zeros(len(stats), np.uint8)
    np.maximum.at(peaks, labels.ravel()[spots], dark.ravel()[spots])
    marks = stats[wanted][:, :4].astype(np.float64)
    tall = marks[:, 3][(marks[:, 3] >= 3)]
    height_px = float(np.median(tall)) / scale if tall.size else 0.0
    return Ink(
        mask=mask,
        spots=spots,
        marks=marks,
        areas=np.asarray(areas[wanted], np.int32),
        peaks=peaks[wanted],
        scale=scale,
        height_px=height_px,
        reduced=reduced,
        dark=dark,
        binary=binary,
    )


def _binarised(difference: PixelImage) -> PixelImage:
    """Tell ink from paper whatever the lighting: 255 where a pixel is clearly darker than its paper.

    A pixel must reach a share of the darkest ink around it: faint typing is found beside a black edge of
    the scan, which would outvote it in any threshold for the whole page.
    """
    height, width = difference.shape
    small = cv2.resize(difference, (max(1, width // 8), max(1, height // 8)), interpolation=cv2.INTER_AREA)
    peaks = cv2.resize(
        cv2.dilate(difference, np.ones((9, 9), np.uint8)), small.shape[::-1], interpolation=cv2.INTER_AREA
    )
    around = cv2.blur(cv2.dilate(peaks, np.ones((3, 3), np.uint8)), (5, 5))
    around = cv2.resize(around, (width, height), interpolation=cv2.INTER_LINEAR)
    level = cv2.LUT(around, LEVELS)
    return np.asarray(cv2.compare(difference, level, cv2.CMP_GT), np.uint8)


def darkness(grey: PixelImage) -> PixelImage:
    """Return how much darker each pixel is than the paper around it, 0..255."""
    height, width = grey.shape
    small = cv2.resize(grey, (max(1, width // 4), max(1, height // 4)), interpolation=cv2.INTER_AREA)
    size = max(3, min(15, min(small.shape) // 2 * 2 - 1))
    paper = cv2.medianBlur(cv2.dilate(small, np.ones((7, 7), np.uint8)), size)
    paper = cv2.resize(paper, (width, height), interpolation=cv2.INTER_LINEAR)
    return np.asarray(cv2.subtract(paper, grey), np.uint8)
