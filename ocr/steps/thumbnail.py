"""Small pictures for screens. Pure array functions, run in worker processes."""

from __future__ import annotations

import cv2
import numpy as np

from ocr.steps.geometry import PixelImage, shrink

THUMBNAIL_PX = 320
VIEWING_PX = 2200


def jpeg_of(pixels: PixelImage, long_side_px: int, quality: int) -> bytes:
    """Encode a picture as JPEG with its long side bounded; grey stays grey."""
    small = shrink(pixels, long_side_px)
    if small.ndim == 3:
        small = np.asarray(cv2.cvtColor(small, cv2.COLOR_RGB2BGR), np.uint8)
    done, content = cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, quality])
    if not done:
        raise ValueError("picture could not be encoded")
    return bytes(content.tobytes())


def thumbnail_jpeg(pixels: PixelImage) -> bytes:
    """Make the small picture of a page for lists: about 10 KB."""
    return jpeg_of(pixels, THUMBNAIL_PX, 75)


def viewing_jpeg(pixels: PixelImage) -> bytes:
    """Make the copy a person reads on screen."""
    return jpeg_of(pixels, VIEWING_PX, 80)
