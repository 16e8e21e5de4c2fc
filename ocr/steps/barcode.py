"""Machine-readable codes on a page. Pure array functions, run in worker processes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ocr.cpp_runtime import find_cpp_runtime

find_cpp_runtime()

import numpy as np  # noqa: E402
import zxingcpp  # noqa: E402 - needs the runtime

from ocr.steps.bars import (  # noqa: E402
    LOOK_PX,
    MOST_FIELDS,
    BarField,
    BarPicture,
    find_bar_fields,
    find_dark_fields,
    upright,
)
from ocr.steps.geometry import PixelImage, shrink, shrink_evenly  # noqa: E402
from ocr.types import Barcode, Box  # noqa: E402

SMALL_PIXELS = 2_500_000
"""Up to this a picture is searched every way: it costs 50 ms, and is rather a photograph of a code than a page."""

REDUCED_PX = 1600
"""Least long side at which Data Matrix is searched in every direction: A4 of 300 dpi is halved, 0.4 mm are 2.4 pixels."""

FIELD_REACH = 0.75
"""Half sides of what is looked at around a field of bars, in sides of the field: half as much again."""

MOST_DARK_SHARE = 0.15
"""Of the page: more of it, such as all within the black edges of a scan, is searched for negatives as a whole."""

UNCHECKED = frozenset(
    getattr(zxingcpp.BarcodeFormat, name)
    for name in ("ITF", "ITF14", "Codabar", "Code39", "Code39Std", "Code39Ext", "Code32")
)
"""Formats without an obligatory check digit: read twice before a doubtful picture of them is believed."""


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


def find_barcodes(
    grey: PixelImage, space: PageSpace | None = None, look: PixelImage | None = None
) -> tuple[Barcode, ...]:
    """Find and decode every code, in any direction.

    grey: the picture as decoded, because levelling it would soften narrow bars. space: what page space
    boxes are wanted in, by default the picture itself. look: the picture shrunk to bars.LOOK_PX, where that was
    done already. Codes whose checksum fails are not reported.
    """
    where = space or PageSpace(grey.shape[1], grey.shape[0])
    look = shrink(grey, LOOK_PX) if look is None else look
    fields = find_bar_fields(look, look.shape[0] / grey.shape[0])
    found = _look_over(grey, look, where, fields)
    for field in fields:
        centre = where.place(*field.centre)
        if not any(_holds(code.box, centre) and _spans(code.box, field) for code in found):
            found += _unknown(_read_field(grey, field, where), found)
    # Of a tilted interleaved code zxing-cpp reads pieces, too: 4 of 14 digits.
    found = [code for code in found if not any(_is_piece(code, whole) for whole in found)]
    return tuple(sorted(found, key=lambda code: (code.box.top_px, code.box.left_px, code.text)))


def _look_over(
    grey: PixelImage, look: PixelImage, space: PageSpace, fields: Sequence[BarField]
) -> list[Barcode]:
    """Read the picture as a whole, every way that its look gives reason for.

    zxing-cpp's search in the other direction and in the negative took 160 of 212 ms a page. Bars that stand
    otherwise are seen beforehand and looked at where they are, and a negative is searched where the page is
    dark; of the others only Data Matrix cannot be read turned without, and is large enough to be found on a
    smaller picture.
    """
    if grey.size <= SMALL_PIXELS:
        return [_barcode(code, _Place(), space) for code in _read(grey)]
    dark = find_dark_fields(look, look.shape[0] / grey.shape[0])
    everywhere = sum(width * height for _, _, width, height in dark) > MOST_DARK_SHARE * grey.size
    is_full = len(fields) >= MOST_FIELDS  # of bars: there may be more of them than are told
    codes = _read(grey, try_rotate=is_full, try_invert=everywhere)
    found = [_barcode(code, _Place(), space) for code in codes]
    if not is_full:
        reduced = shrink_evenly(grey, REDUCED_PX)
        place = _Place(scale=reduced.shape[0] / grey.shape[0])
        codes = _read(reduced, formats=zxingcpp.BarcodeFormat.DataMatrix, try_invert=everywhere)
        found += _unknown([_barcode(code, place, space) for code in codes], found)
        for left, top, width, height in map(_around, fields):
            codes = _read(grey[top : top + height, left : left + width], try_invert=everywhere)
            found += _unknown([_barcode(code, _Place(left, top), space) for code in codes], found)
    for left, top, width, height in () if everywhere else dark:
        codes = _read(grey[top : top + height, left : left + width])
        found += _unknown([_barcode(code, _Place(left, top), space) for code in codes], found)
    return found


def _around(field: BarField) -> tuple[int, int, int, int]:
    """Left, top, width and height of a field of bars with the quiet zones beside it."""
    angle = math.radians(field.across_deg)
    across, along = abs(math.cos(angle)), abs(math.sin(angle))
    reach_x = (field.width_px * across + field.height_px * along) * FIELD_REACH
    reach_y = (field.width_px * along + field.height_px * across) * FIELD_REACH
    left, top = max(0, round(field.centre[0] - reach_x)), max(0, round(field.centre[1] - reach_y))
    return left, top, round(2 * reach_x), round(2 * reach_y)


def _unknown(codes: list[Barcode], found: list[Barcode]) -> list[Barcode]:
    return [code for code in codes if not _is_known(code, found)]


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a picture that codes are read on lies in the page's: its corner, its pixels per pixel of the page's."""

    left_px: int = 0
    top_px: int = 0
    scale: float = 1.0


def _barcode(code: zxingcpp.Barcode, place: _Place, space: PageSpace) -> Barcode:
    """Put a code into page space."""
    turn_deg = round(code.orientation - space.turn_deg - space.skew_deg) % 360
    corners = [(place.left_px + x / place.scale, place.top_px + y / place.scale) for x, y in _corners(code)]
    return Barcode(code.format.name, code.text, _box(corners, space), turn_deg)


def _read_field(grey: PixelImage, field: BarField, space: PageSpace) -> list[Barcode]:
    """Read a field of bars once more, upright, calmed and enlarged.

    On the drawn set of poor codes (tilted by 10 to 45 degrees, of 1.2 to 2 pixels, faint, noisy) this took
    readings from 18 to 52 of 66.
    """
    picture = upright(grey, field)
    half = picture.pixels.shape[0] // 2
    halves = (picture.pixels[:half], picture.pixels[half:])
    found = []
    for code in _read_lines(picture.pixels):
        if code.format in UNCHECKED and not all(_reads(part, code.text) for part in halves):
            continue
        backwards = 180 if 90 < code.orientation % 360 < 270 else 0
        turn_deg = round(field.across_deg + backwards - space.turn_deg - space.skew_deg) % 360
        corners = [picture.place(x, y) for x, y in _corners(code)]
        box = _box(_full_height(corners, picture), space)
        found.append(Barcode(code.format.name, code.text, box, turn_deg))
    return found


def _reads(pixels: PixelImage, text: str) -> bool:
    return any(code.text == text for code in _read_lines(pixels))


def _read(pixels: PixelImage, **options: Any) -> list[zxingcpp.Barcode]:
    codes = zxingcpp.read_barcodes(np.ascontiguousarray(pixels), text_mode=zxingcpp.TextMode.Plain, **options)
    return [code for code in codes if code.valid]


def _read_lines(pixels: PixelImage) -> list[zxingcpp.Barcode]:
    return _read(pixels, try_rotate=False, try_invert=False)


def _corners(code: zxingcpp.Barcode) -> list[tuple[float, float]]:
    at = code.position
    return [(each.x, each.y) for each in (at.top_left, at.top_right, at.bottom_right, at.bottom_left)]


def _full_height(corners: list[tuple[float, float]], picture: BarPicture) -> list[tuple[float, float]]:
    """zxing-cpp's corners of a linear code span only the lines it looked at: let them span the field."""
    height = picture.pixels.shape[0]
    (down_x, down_y), (x0, y0) = picture.place(0, height), picture.place(0, 0)
    half = ((down_x - x0) / 2, (down_y - y0) / 2)
    middle = [sum(corner[axis] for corner in corners) / 4 for axis in (0, 1)]
    along = (corners[1][0] - corners[0][0]) / 2, (corners[1][1] - corners[0][1]) / 2
    return [
        (middle[0] + right * along[0] + down * half[0], middle[1] + right * along[1] + down * half[1])
        for right, down in ((-1, -1), (1, -1), (1, 1), (-1, 1))
    ]


def _holds(box: Box, point: tuple[float, float]) -> bool:
    """Whether a point lies in a box or within half its size around: boxes of linear codes may be flat."""
    reach = max(box.width_px, box.height_px) / 2
    right, down = point[0] - box.left_px - box.width_px / 2, point[1] - box.top_px - box.height_px / 2
    return abs(right) <= max(reach, box.width_px / 2) and abs(down) <= max(reach, box.height_px / 2)


def _is_piece(code: Barcode, whole: Barcode) -> bool:
    middle = (code.box.left_px + code.box.width_px / 2, code.box.top_px + code.box.height_px / 2)
    same_kind = code.symbology == whole.symbology and len(code.text) < len(whole.text)
    return same_kind and code.text in whole.text and _holds(whole.box, middle)


def _is_known(code: Barcode, found: list[Barcode]) -> bool:
    middle = (code.box.left_px + code.box.width_px / 2, code.box.top_px + code.box.height_px / 2)
    return any(code.text == each.text and _holds(each.box, middle) for each in found)


def _spans(box: Box, field: BarField) -> bool:
    """Whether a code is as wide as the field of bars it lies in: else it may be a piece of another one."""
    return math.hypot(box.width_px, box.height_px) >= 0.6 * field.width_px


def _box(corners: list[tuple[float, float]], space: PageSpace) -> Box:
    places = [space.place(x, y) for x, y in corners]
    left, right = min(x for x, _ in places), max(x for x, _ in places)
    top, bottom = min(y for _, y in places), max(y for _, y in places)
    return Box(
        max(0, round(left)), max(0, round(top)), max(1, round(right - left)), max(1, round(bottom - top))
    )
