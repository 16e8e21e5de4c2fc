"""Turning, levelling and shrinking pictures. Pure array functions, run in worker processes."""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

PixelImage = NDArray[np.uint8]

QUARTER_TURNS = {90: cv2.ROTATE_90_CLOCKWISE, 180: cv2.ROTATE_180, 270: cv2.ROTATE_90_COUNTERCLOCKWISE}


def apply_exif(pixels: PixelImage, orientation: int) -> PixelImage:
    """Show stored pixels as their EXIF or TIFF orientation tag (1..8) asks for."""
    if orientation in {2, 4, 5, 7}:
        pixels = np.asarray(cv2.flip(pixels, 0 if orientation == 4 else 1), np.uint8)
    match orientation:
        case 3:
            return rotate_clockwise(pixels, 180)
        case 6 | 7:
            return rotate_clockwise(pixels, 90)
        case 5 | 8:
            return rotate_clockwise(pixels, 270)
        case _:
            return pixels


def rotate_clockwise(pixels: PixelImage, degrees: int) -> PixelImage:
    """Rotate by a multiple of 90 degrees, clockwise."""
    turn = degrees % 360
    return np.asarray(cv2.rotate(pixels, QUARTER_TURNS[turn]), np.uint8) if turn else pixels


def level(
    pixels: PixelImage, skew_deg: float, *, paper: int | tuple[int, int, int] | None = None
) -> PixelImage:
    """Turn a picture counter-clockwise by skew_deg about its centre, on a canvas of the same size.

    skew_deg: how far the content is tilted clockwise. paper: fill of the corners, by default the
    picture's own bright grey.
    """
    if not skew_deg:
        return pixels
    height, width = pixels.shape[:2]
    # OpenCV's positive angle is counter-clockwise as seen on the page.
    matrix = cv2.getRotationMatrix2D(((width - 1) / 2, (height - 1) / 2), skew_deg, 1.0)
    fill = paper if paper is not None else paper_colour(pixels)
    return np.asarray(
        cv2.warpAffine(
            pixels,
            matrix,
            (width, height),
            flags=cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_CONSTANT,
            borderValue=fill,
        ),
        np.uint8,
    )


def level_part(pixels: PixelImage, skew_deg: float, part: tuple[slice, slice]) -> PixelImage:
    """Cut a part out of a picture as level makes it, without levelling the rest.

    part: rows and columns of the levelled picture, within it.
    """
    if not skew_deg:
        return pixels[part]
    height, width = pixels.shape[:2]
    matrix = cv2.getRotationMatrix2D(((width - 1) / 2, (height - 1) / 2), skew_deg, 1.0)
    rows, columns = part
    matrix[:, 2] -= (columns.start, rows.start)
    size = (columns.stop - columns.start, rows.stop - rows.start)
    fill = paper_colour(pixels)
    flags = cv2.INTER_LINEAR
    cut = cv2.warpAffine(pixels, matrix, size, flags=flags, borderMode=cv2.BORDER_CONSTANT, borderValue=fill)
    return np.asarray(cut, np.uint8)


def paper_colour(pixels: PixelImage) -> int | tuple[int, int, int]:
    """Guess the colour of the sheet: the bright quarter's median of a sparse sample."""
    step = max(1, min(pixels.shape[:2]) // 128)
    sample = pixels[::step, ::step]
    if sample.ndim == 2:
        return int(np.percentile(sample, 75))
    red, green, blue = (int(np.percentile(sample[..., channel], 75)) for channel in range(3))
    return red, green, blue


def to_grey(pixels: PixelImage) -> PixelImage:
    """Return the grey picture of a grey or RGB one."""
    return pixels if pixels.ndim == 2 else np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), np.uint8)


def shrink(pixels: PixelImage, long_side_px: int) -> PixelImage:
    """Scale a picture down so that its long side is at most long_side_px; never up."""
    height, width = pixels.shape[:2]
    scale = long_side_px / max(height, width)
    if scale >= 1:
        return pixels
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)


def shrink_evenly(pixels: PixelImage, least_px: int) -> PixelImage:
    """Average blocks of 2 by 2, 3 by 3... pixels, so that the long side stays at least_px or more.

    A seventh of the time of shrink on a page of 300 dpi, for looks that need no certain size. A rest of less than
    a block at the right and bottom is left out.
    """
    height, width = pixels.shape[:2]
    block = min(max(height, width) // least_px, height, width)
    if block < 2:
        return pixels
    size = (width // block, height // block)
    whole = pixels[: size[1] * block, : size[0] * block]
    return np.asarray(cv2.resize(whole, size, interpolation=cv2.INTER_AREA), np.uint8)


def resample(pixels: PixelImage, scale_x: float, scale_y: float) -> PixelImage:
    """Scale a picture by two factors; shrinking averages, growing interpolates."""
    if math.isclose(scale_x, 1.0) and math.isclose(scale_y, 1.0):
        return pixels
    height, width = pixels.shape[:2]
    size = (max(1, round(width * scale_x)), max(1, round(height * scale_y)))
    method = cv2.INTER_AREA if scale_x * scale_y < 1 else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(pixels, size, interpolation=method), np.uint8)
