"""One number for what a scanner saw, whatever file it comes in.

Runs in worker processes at intake, where the pixels are decoded anyhow. Two scans of one sheet never agree
in every sample, so pages of one hash are one scan.
"""

from __future__ import annotations

import hashlib

import numpy as np

from ocr.steps.geometry import PixelImage

BAND_ROWS = 256
"""Rows looked at together: a large sheet must not be copied to be compared."""


def picture_hash(pixels: PixelImage) -> str:
    """Return the BLAKE2b-256 of a picture's size and samples in hex.

    pixels: as the scanner stored them, before a tag or a viewer turned or stretched them; uint8, grey or RGB.
    Colour that is grey throughout counts as grey, for files differ in how they keep it.
    BLAKE2b: 37 ms for a colour page of 26 MB where SHA-256 takes 18 with the processor's help and
    several times that without.
    """
    samples = pixels[..., 0] if _is_grey_in_colour(pixels) else pixels
    digest = hashlib.blake2b(repr(samples.shape).encode(), digest_size=32)
    for start in range(0, len(samples), BAND_ROWS):
        digest.update(np.ascontiguousarray(samples[start : start + BAND_ROWS]).data)
    return digest.hexdigest()


def _is_grey_in_colour(pixels: PixelImage) -> bool:
    """Tell whether three channels say the same; the first band ends it for nearly every colour page."""
    if pixels.ndim == 2:
        return False
    bands = (pixels[start : start + BAND_ROWS] for start in range(0, len(pixels), BAND_ROWS))
    return all(
        np.array_equal(band[..., 0], band[..., 1]) and np.array_equal(band[..., 1], band[..., 2])
        for band in bands
    )
