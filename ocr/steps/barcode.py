"""Machine-readable codes on a page. Pure array functions, run in worker processes."""

from __future__ import annotations

import math
from dataclasses import dataclass

from ocr.cpp_runtime import find_cpp_runtime

find_cpp_runtime()

import zxingcpp  # noqa: E402 - needs the runtime

from ocr.steps.geometry import PixelImage  # noqa: E402
from ocr.types import Barcode, Box  # noqa: E402


@dataclass(frozen=True, slots=True)
class PageSpace:
    """How pixels of the picture given become page space: a quarter turn undone, then a tilt levelled.

    width_px, height_px: of the picture given. turn_deg and skew_deg: clockwise, as applied.
    """

    width_px: int
    height_px: int
    turn_deg: int = 0
    skew_deg: float = 0.0

    def place(self, x: float, y: float) -> tuple[float, float]:
        """Return where a point of the picture lies in page space."""
        width, height = self.width_px, self.height_px
        match self.turn_deg % 360:
            case 90:
                x, y, width, height = y, width - 1 - x, height, width
            case 180:
                x, y = width - 1 - x, height - 1 - y
            case 270:
                x, y, width, height = height - 1 - y, x, height, width
        centre_x, centre_y = (width - 1) / 2, (height - 1) / 2
        angle = math.radians(self.skew_deg)
        right, down = x - centre_x, y - centre_y
        across = right * math.cos(angle) + down * math.sin(angle)
        along = -right * math.sin(angle) + down * math.cos(angle)
        return centre_x + across, centre_y + along


def find_barcodes(grey: PixelImage, space: PageSpace | None = None) -> tuple[Barcode, ...]:
    """Find and decode every code, in any direction.

    grey: the picture as decoded, because levelling it would soften narrow bars. space: what page space
    boxes are wanted in, by default the picture itself. Codes whose checksum fails are not reported.
    """
    where = space or PageSpace(grey.shape[1], grey.shape[0])
    found = []
    for code in zxingcpp.read_barcodes(grey, text_mode=zxingcpp.TextMode.Plain):
        if code.valid:
            turn_deg = round(code.orientation - where.turn_deg - where.skew_deg) % 360
            found.append(Barcode(code.format.name, code.text, _box(code.position, where), turn_deg))
    return tuple(sorted(found, key=lambda code: (code.box.top_px, code.box.left_px, code.text)))


def _box(position: zxingcpp.Position, space: PageSpace) -> Box:
    corners = (position.top_left, position.top_right, position.bottom_right, position.bottom_left)
    places = [space.place(corner.x, corner.y) for corner in corners]
    left, right = min(x for x, _ in places), max(x for x, _ in places)
    top, bottom = min(y for _, y in places), max(y for _, y in places)
    return Box(
        max(0, round(left)), max(0, round(top)), max(1, round(right - left)), max(1, round(bottom - top))
    )
