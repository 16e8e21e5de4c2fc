"""Machine-readable codes on a page. Pure array functions, run in worker processes."""

from __future__ import annotations

import zxingcpp

from ocr.steps.geometry import PixelImage
from ocr.types import Barcode, Box


def find_barcodes(grey: PixelImage) -> tuple[Barcode, ...]:
    """Find and decode every code, in any direction; boxes in pixels of the picture given.

    Codes whose checksum fails are not reported. Text longer than a page's worth is cut nowhere.
    """
    found = []
    for code in zxingcpp.read_barcodes(grey, try_rotate=True, try_downscale=True, try_invert=True):
        if not code.valid:
            continue
        found.append(Barcode(code.format.name, code.text, _box(code.position), round(code.orientation) % 360))
    return tuple(sorted(found, key=lambda code: (code.box.top_px, code.box.left_px, code.text)))


def _box(position: zxingcpp.Position) -> Box:
    corners = (position.top_left, position.top_right, position.bottom_right, position.bottom_left)
    left, right = min(point.x for point in corners), max(point.x for point in corners)
    top, bottom = min(point.y for point in corners), max(point.y for point in corners)
    return Box(left, top, max(1, right - left), max(1, bottom - top))
