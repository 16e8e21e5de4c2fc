"""Boxes on pages: how they turn with a page, stay within it and are halved at a gutter. Pure."""

from __future__ import annotations

from ocr.types import Box

# A box smaller than this on either side is a slip of the hand, not a page.
SMALLEST_SIDE_PX = 16


def turned_size(size: tuple[int, int], by_deg: int) -> tuple[int, int]:
    """Width and height of a page space after its applied turn changed by a multiple of 90 degrees."""
    return size if by_deg % 180 == 0 else (size[1], size[0])


def turned_box(box: Box, size: tuple[int, int], by_deg: int) -> Box:
    """Return where a box lies once the applied turn of its page grew by by_deg (a multiple of 90).

    size: width and height of the page space the box lies in now. A turn that grows by 90 turns the picture a
    quarter counter-clockwise, because it is undone.
    """
    width_px, height_px = size
    right_px = width_px - box.left_px - box.width_px
    below_px = height_px - box.top_px - box.height_px
    match by_deg % 360:
        case 90:
            return Box(box.top_px, right_px, box.height_px, box.width_px)
        case 180:
            return Box(right_px, below_px, box.width_px, box.height_px)
        case 270:
            return Box(below_px, box.left_px, box.height_px, box.width_px)
        case _:
            return box


def within(box: Box, size: tuple[int, int]) -> Box | None:
    """Return what of a box lies on a page, None when it is too little to be a page."""
    left, top = max(0, box.left_px), max(0, box.top_px)
    right = min(size[0], box.left_px + box.width_px)
    bottom = min(size[1], box.top_px + box.height_px)
    if min(right - left, bottom - top) < SMALLEST_SIDE_PX:
        return None
    return Box(left, top, right - left, bottom - top)


def halves(sheet: Box, gutter_px: int) -> tuple[Box, Box] | None:
    """Cut a box at a column into its left and right half; None when a half would be too little to be a page."""
    left_px = gutter_px - sheet.left_px
    right_px = sheet.width_px - left_px
    if min(left_px, right_px) < SMALLEST_SIDE_PX:
        return None
    return (
        Box(sheet.left_px, sheet.top_px, left_px, sheet.height_px),
        Box(gutter_px, sheet.top_px, right_px, sheet.height_px),
    )
