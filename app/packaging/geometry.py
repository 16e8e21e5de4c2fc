"""From the pixels of a master to points on a PDF page, as one matrix and without touching a pixel.

Page space (ocr.types) is the master after its stored orientation is applied, its turn undone and its skew
levelled about the centre. A picture drawn through `picture_matrix` lands exactly there.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from app.errors import MachineError
from ocr.types import Box

POINTS_PER_INCH = 72.0
FALLBACK_DPI = 300.0
# ISO 32000-1 annex C: page sides are 3 to 14,400 units.
MAX_SIDE_PT, MIN_SIDE_PT = 14_400.0, 3.0


@dataclass(frozen=True, slots=True)
class Affine:
    """x' = a x + c y + e, y' = b x + d y + f (the order of PDF's cm operator)."""

    a: float
    b: float
    c: float
    d: float
    e: float
    f: float

    def then(self, after: Affine) -> Affine:
        """Return the map that applies self first and after second."""
        return Affine(
            after.a * self.a + after.c * self.b,
            after.b * self.a + after.d * self.b,
            after.a * self.c + after.c * self.d,
            after.b * self.c + after.d * self.d,
            after.a * self.e + after.c * self.f + after.e,
            after.b * self.e + after.d * self.f + after.f,
        )

    def apply(self, x: float, y: float) -> tuple[float, float]:
        """Map one point."""
        return self.a * x + self.c * y + self.e, self.b * x + self.d * y + self.f


@dataclass(frozen=True, slots=True)
class PageFrame:
    """A page of the PDF: its size and how many points one pixel of page space measures."""

    width_px: int
    height_px: int
    points_per_px: float

    @property
    def width_pt(self) -> float:
        """Width of the page in points."""
        return max(MIN_SIDE_PT, self.width_px * self.points_per_px)

    @property
    def height_pt(self) -> float:
        """Height of the page in points."""
        return max(MIN_SIDE_PT, self.height_px * self.points_per_px)


def crop_box(box: Box, frame: PageFrame) -> tuple[float, float, float, float]:
    """Return a box of page space as a PDF rectangle (left, bottom, right, top in points), within the page."""
    scale = frame.points_per_px
    left, right = box.left_px * scale, (box.left_px + box.width_px) * scale
    top, bottom = box.top_px * scale, (box.top_px + box.height_px) * scale
    height, width = frame.height_pt, frame.width_pt
    return max(0.0, left), max(0.0, height - bottom), min(width, right), min(height, height - top)


def page_frame(width_px: int, height_px: int, dpi: float) -> PageFrame:
    """Return the page for a page space; an unusable dpi counts as 300, a page too long for PDF is scaled."""
    believed = dpi if math.isfinite(dpi) and dpi > 0 else FALLBACK_DPI
    scale = POINTS_PER_INCH / believed
    return PageFrame(width_px, height_px, min(scale, MAX_SIDE_PT / max(width_px, height_px, 1)))


def oriented(width_px: float, height_px: float, exif_orientation: int) -> Affine:
    """Return the map from stored pixels to upright pixels for a TIFF/EXIF orientation (x right, y down)."""
    w, h = width_px, height_px
    match exif_orientation:
        case 2:
            return Affine(-1, 0, 0, 1, w, 0)
        case 3:
            return Affine(-1, 0, 0, -1, w, h)
        case 4:
            return Affine(1, 0, 0, -1, 0, h)
        case 5:
            return Affine(0, 1, 1, 0, 0, 0)
        case 6:
            return Affine(0, 1, -1, 0, h, 0)
        case 7:
            return Affine(0, -1, -1, 0, h, w)
        case 8:
            return Affine(0, -1, 1, 0, 0, w)
        case _:
            return Affine(1, 0, 0, 1, 0, 0)


def turned_back(width_px: float, height_px: float, turn_deg: int) -> Affine:
    """Return the map that undoes a clockwise turn of 0, 90, 180 or 270 degrees."""
    # Undoing a clockwise turn is what stored orientation 8 (90), 3 (180) or 6 (270) asks for.
    return oriented(width_px, height_px, {90: 8, 180: 3, 270: 6}.get(turn_deg % 360, 1))


def levelled(width_px: float, height_px: float, skew_deg: float) -> Affine:
    """Return the map that turns content tilted clockwise by skew_deg back about the centre of the canvas."""
    angle = math.radians(skew_deg)
    cos, sin = math.cos(angle), math.sin(angle)
    x, y = width_px / 2, height_px / 2
    # y points down, so a counter-clockwise turn by the angle is (x cos + y sin, -x sin + y cos).
    return Affine(cos, -sin, sin, cos, x - cos * x - sin * y, y + sin * x - cos * y)


def picture_matrix(
    stored: tuple[int, int], frame: PageFrame, *, exif_orientation: int, turn_deg: int, skew_deg: float
) -> Affine:
    """Return the cm matrix that draws a picture of stored (width, height) pixels onto the page.

    Raises MachineError("page_geometry_differs") when turning does not lead to the page space's size.
    """
    width, height = stored
    upright = oriented(width, height, exif_orientation)
    if exif_orientation in (5, 6, 7, 8):
        width, height = height, width
    chain = upright.then(turned_back(width, height, turn_deg))
    if turn_deg % 180 == 90:
        width, height = height, width
    if (width, height) != (frame.width_px, frame.height_px):
        raise MachineError(
            "page_geometry_differs",
            picture=f"{width}x{height}",
            page_space=f"{frame.width_px}x{frame.height_px}",
        )
    unit_to_stored = Affine(stored[0], 0, 0, -stored[1], 0, stored[1])
    to_points = Affine(frame.points_per_px, 0, 0, -frame.points_per_px, 0, height * frame.points_per_px)
    return unit_to_stored.then(chain).then(levelled(width, height, skew_deg)).then(to_points)
