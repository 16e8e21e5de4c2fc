"""Seals and stamps: where coloured ink lies on a page, and the page without it. Pure array functions.

Black print under a blue or red seal stays black in every channel, the seal is bright in its own. What is coloured is
told against the colour of the paper, so that yellowed or tinted sheets are not all ink.
"""

from __future__ import annotations

import cv2
import numpy as np

from ocr.steps.geometry import PixelImage, paper_colour
from ocr.types import Box

LEAST_COLOUR = 22
"""Grey levels between the strongest and the weakest channel from which ink is coloured, averaged over 3 by 3 pixels:
paper stays under 11, worn seals have 25 to 60."""

BRIDGED_MM = 3.0
"""Gaps within one stamp: between its letters and its rings."""

SMALLEST_MM, LARGEST_MM = 8.0, 80.0
"""Sides of a seal or stamp: notaries' and offices' seals have 25 to 45 mm, reception stamps up to 70."""

MOST_STAMPED = 0.2
"""Share of a page that is coloured ink above which it is a picture or a coloured form."""

REMOVAL = 2.0
"""How far coloured ink is brightened, in steps of its own colour: with 0.5 a number under a seal was read right at one
of four sizes and layouts, with 1 at two, with 2 at all."""


def find_stamps(pixels: PixelImage, dpi: float) -> tuple[Box, ...]:
    """Find areas of coloured ink of the size of a stamp, from top to bottom.

    pixels: RGB or grey (then none), reduced to 70 to 200 dpi. Boxes are in its pixels.
    """
    if pixels.ndim == 2 or min(pixels.shape[:2]) < 16:
        return ()
    coloured = np.asarray(cv2.blur(_colour_of(pixels), (3, 3)) >= LEAST_COLOUR, np.uint8)
    if not coloured.any() or coloured.mean() > MOST_STAMPED:
        return ()
    bridge = max(3, round(BRIDGED_MM * dpi / 25.4))
    joined = cv2.morphologyEx(coloured, cv2.MORPH_CLOSE, np.ones((bridge, bridge), np.uint8))
    _, _, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    smallest, largest = SMALLEST_MM * dpi / 25.4, LARGEST_MM * dpi / 25.4
    boxes = [Box(*(int(edge) for edge in row[:4])) for row in stats[1:]]
    stamps = [
        box for box in boxes if all(smallest <= side <= largest for side in (box.width_px, box.height_px))
    ]
    stamps = [box for box in stamps if not any(_holds(other, box) for other in stamps)]
    return tuple(sorted(stamps, key=lambda box: (box.top_px, box.left_px)))


def without_coloured_ink(pixels: PixelImage, paper: tuple[int, int, int]) -> PixelImage:
    """Return RGB pixels as grey in which coloured ink is as bright as paper and black ink stays."""
    balanced = _balanced(pixels, paper)
    brightest, darkest = _extremes(balanced)
    colour = cv2.subtract(brightest, darkest)
    return np.asarray(cv2.addWeighted(brightest, 1.0, colour, REMOVAL, 0), np.uint8)


def sheet_colour(pixels: PixelImage) -> tuple[int, int, int]:
    """Guess the colour of the paper of an RGB page."""
    colour = paper_colour(pixels)
    return (colour, colour, colour) if isinstance(colour, int) else colour


def _holds(outer: Box, box: Box) -> bool:
    """Whether a box lies within another: the star within the ring of a seal."""
    right, bottom = outer.left_px + outer.width_px, outer.top_px + outer.height_px
    return (
        outer != box
        and outer.left_px <= box.left_px
        and outer.top_px <= box.top_px
        and box.left_px + box.width_px <= right
        and box.top_px + box.height_px <= bottom
    )


def _colour_of(pixels: PixelImage) -> PixelImage:
    brightest, darkest = _extremes(_balanced(pixels, sheet_colour(pixels)))
    return np.asarray(cv2.subtract(brightest, darkest), np.uint8)


def _balanced(pixels: PixelImage, paper: tuple[int, int, int]) -> PixelImage:
    """Scale the channels so that paper is white."""
    levels = np.arange(256, dtype=np.float32)
    tables = [np.clip(levels * 255 / max(1, channel), 0, 255) for channel in paper]
    return np.asarray(cv2.LUT(pixels, np.stack(tables, axis=-1).astype(np.uint8)[None]), np.uint8)


def _extremes(pixels: PixelImage) -> tuple[PixelImage, PixelImage]:
    red, green, blue = cv2.split(pixels)
    brightest, darkest = cv2.max(cv2.max(red, green), blue), cv2.min(cv2.min(red, green), blue)
    return np.asarray(brightest, np.uint8), np.asarray(darkest, np.uint8)
