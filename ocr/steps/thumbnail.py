"""Small pictures for screens. Pure array functions, run in worker processes."""

from __future__ import annotations

import cv2
import numpy as np

from ocr.steps.geometry import PixelImage, shrink, shrink_evenly

THUMBNAIL_PX = 320
VIEWING_PX = 2200


QUICK_SCALE = 0.6
"""Least scale at which a copy is made by interpolation, a seventh of the time of averaging: its two by two pixels
still see nearly every pixel of the page."""


def viewing_copy(pixels: PixelImage) -> PixelImage:
    """Shrink a picture to what a person reads on screen."""
    height, width = pixels.shape[:2]
    scale = VIEWING_PX / max(height, width)
    if not QUICK_SCALE <= scale < 1:
        return shrink(pixels, VIEWING_PX)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_LINEAR), np.uint8)


def thumbnail_jpeg(pixels: PixelImage) -> bytes:
    """Make the small picture of a page for lists: about 10 KB."""
    # Whole blocks first: a third of the time of averaging uneven ones.
    return jpeg_of(shrink(shrink_evenly(pixels, THUMBNAIL_PX), THUMBNAIL_PX), 75)


def jpeg_of(pixels: PixelImage, quality: int = 80) -> bytes:
    """Encode a picture as JPEG; grey stays grey."""
    if pixels.ndim == 3:
        pixels = np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR), np.uint8)
    done, content = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, quality])
    if not done:
        raise ValueError("picture could not be encoded")
    return bytes(content.tobytes())
