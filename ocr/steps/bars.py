"""Where a page seems to have bars that nothing read, and a better picture of them. Pure array functions.

Linear codes that are skewed, small, faint or noisy read once their bars stand upright, are averaged along
their length, stretched to full contrast and enlarged. That is done only where stripes are: neither text, tables
nor pictures have one direction of edges and so many of them. Run in worker processes.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np

from ocr.steps.geometry import PixelImage, shrink

LOOK_PX = 1200
"""Long side of the picture looked at: 103 dpi on A4, where bars of 0.2 mm still differ from their spaces."""

LEAST_COHERENCE = 0.72
LEAST_ENERGY = 14.0
"""Grey levels per pixel across the bars, averaged over a window; the grain of scanned paper stays under 6."""

STEP = 4
"""Looked at every fourth pixel, over windows of 12."""

DARK, BLOCK_PX = 110, 9
"""A negative code has a dark quiet zone around it: at least 2.3 mm of one."""

LEAST_DARK_PX = 16
"""Sides of the dark around a negative code: 4 mm."""

LEAST_SIDES_PX = (10.0, 45.0)
"""Of a field of bars: 2.5 mm high and 11 mm wide; words like "filling" look striped, and are shorter."""

MOST_FIELDS = 3
ENLARGED_PX = 2_400
"""Longest side that a field is enlarged to."""


@dataclass(frozen=True, slots=True)
class BarField:
    """A field of parallel bars in pixels of the picture given.

    across_deg: direction across the bars, clockwise from the right. width_px is along it, height_px along the
    bars.
    """

    centre: tuple[float, float]
    width_px: float
    height_px: float
    across_deg: float


@dataclass(frozen=True, slots=True, eq=False)
class BarPicture:
    """A field made upright: its pixels, and the matrix (2, 3) from them back to the picture given."""

    pixels: PixelImage
    back: tuple[tuple[float, float, float], tuple[float, float, float]]

    def place(self, x: float, y: float) -> tuple[float, float]:
        """Return where a point of it lies in the picture given."""
        (a, b, c), (d, e, f) = self.back
        return a * x + b * y + c, d * x + e * y + f


def find_bar_fields(grey: PixelImage, scale: float = 1.0) -> tuple[BarField, ...]:
    """Find fields where all edges run one way, the largest first, at most MOST_FIELDS.

    scale: pixels given per pixel that the fields are wanted in. Method: coherence of the structure tensor (Bigun and Granlund 1987: its two eigenvalues' difference by their
    sum), the usual way to find bar codes of any direction.
    """
    look = shrink(grey, LOOK_PX)
    scale *= look.shape[0] / grey.shape[0]
    right, down = cv2.spatialGradient(cv2.GaussianBlur(look, (3, 3), 0))

    def around(one: np.ndarray, other: np.ndarray) -> np.ndarray:
        product = cv2.multiply(one, other, scale=1 / 16, dtype=cv2.CV_32F)
        return cv2.blur(
            cv2.resize(product, None, fx=1 / STEP, fy=1 / STEP, interpolation=cv2.INTER_AREA), (3, 3)
        )

    across, along, mixed = around(right, right), around(down, down), around(right, down)
    energy = across + along
    difference = cv2.magnitude(across - along, 2 * mixed)
    striped = (energy > LEAST_ENERGY**2) & (difference > LEAST_COHERENCE * energy)
    field = cv2.morphologyEx(striped.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(field, connectivity=8)
    order = np.argsort(-stats[1:, cv2.CC_STAT_AREA])[:8] + 1
    least = LEAST_SIDES_PX[0] * LEAST_SIDES_PX[1] / STEP**2
    fields: list[BarField] = []
    for label in order[: count - 1]:
        if stats[label, cv2.CC_STAT_AREA] < least or len(fields) == MOST_FIELDS:
            break
        inside = labels == label
        angle = 0.5 * math.atan2(2 * mixed[inside].mean(), (across[inside] - along[inside]).mean())
        found = _field(np.argwhere(inside)[:, ::-1] * float(STEP), angle, scale)
        if found is not None:
            fields.append(found)
    return tuple(fields)


def find_dark_fields(grey: PixelImage, scale: float = 1.0) -> tuple[tuple[int, int, int, int], ...]:
    """Find where negative codes may stand: left, top, width and height of all around a dark block.

    scale: pixels given per pixel that the places are wanted in. A negative code lies within the dark that
    surrounds it, so its place is searched instead of the whole page.
    """
    look = shrink(grey, LOOK_PX)
    scale *= look.shape[0] / grey.shape[0]
    dark = np.asarray(cv2.threshold(look, DARK - 1, 1, cv2.THRESH_BINARY_INV)[1], np.uint8)
    blocks = cv2.erode(dark, np.ones((BLOCK_PX, BLOCK_PX), np.uint8), borderValue=0)
    if not blocks.any():
        return ()
    # Joined over light bars and modules, so that the dark between and around them is one.
    joined = cv2.dilate(dark, np.ones((BLOCK_PX, BLOCK_PX), np.uint8))
    _, labels, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    fields = []
    for label in np.unique(labels[blocks > 0]).tolist():
        left, top, width, height = stats[label, :4].tolist()
        if min(width, height) - BLOCK_PX >= LEAST_DARK_PX:
            left, top = max(0, left - BLOCK_PX), max(0, top - BLOCK_PX)
            place = (left, top, width + 2 * BLOCK_PX, height + 2 * BLOCK_PX)
            fields.append(_scaled(place, 1 / scale))
    return tuple(fields)


def _scaled(place: tuple[int, int, int, int], by: float) -> tuple[int, int, int, int]:
    left, top, width, height = (round(each * by) for each in place)
    return left, top, width, height


def upright(grey: PixelImage, field: BarField) -> BarPicture:
    """Show a field with its bars upright, averaged along them, enlarged, from black to white."""
    zoom = max(1.0, min(3.0, ENLARGED_PX / (field.width_px * 1.3)))
    width, height = round(field.width_px * 1.3 * zoom), max(12, round(field.height_px * 0.8))
    angle = math.radians(field.across_deg)
    cos, sin = math.cos(angle), math.sin(angle)
    # From a pixel of the new picture to the old one: only across the bars is it enlarged.
    back = np.array([[cos / zoom, -sin, 0.0], [sin / zoom, cos, 0.0]])
    back[:, 2] = np.array(field.centre) - back[:, :2] @ np.array([width / 2, height / 2])
    picture = cv2.warpAffine(
        grey,
        back,
        (width, height),
        flags=cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    )
    calm = cv2.blur(picture, (1, max(3, min(31, height // 3))))
    dark, light = np.percentile(calm, (1, 95))
    stretched = (calm.astype(np.float32) - dark) * (255 / max(1.0, float(light - dark)))
    pixels = np.clip(stretched, 0, 255).astype(np.uint8)
    (a, b, c), (d, e, f) = back.tolist()
    return BarPicture(pixels, ((a, b, c), (d, e, f)))


def _field(points: np.ndarray, angle: float, scale: float) -> BarField | None:
    """Measure a cloud of points (n, 2) of the reduced picture along and across the bars."""
    axis, bars = np.array([math.cos(angle), math.sin(angle)]), np.array([-math.sin(angle), math.cos(angle)])
    low, high = np.percentile(points @ axis, (1, 99))
    near, far = np.percentile(points @ bars, (3, 97))
    width, height = float(high - low), float(far - near)
    if (
        height < LEAST_SIDES_PX[0]
        or width < LEAST_SIDES_PX[1]
        or len(points) * STEP**2 < 0.5 * width * height
    ):
        return None
    centre = axis * (low + high) / 2 + bars * (near + far) / 2
    return BarField(
        (float(centre[0]) / scale, float(centre[1]) / scale),
        width / scale,
        height / scale,
        math.degrees(angle),
    )
