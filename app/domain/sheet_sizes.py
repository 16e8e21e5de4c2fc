"""Two sheets drawn in at once, told by a scan that is longer than those around it. Pure.

A feeder that measures its sheets gives such a pair one width and an odd length. What has the size of some office paper is
that paper; a scanner that gives all scans one size tells nothing, and nothing is said.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ocr.intake.resolution import is_paper
from ocr.quality_table import CHECKS
from ocr.types import QualityReason

SAME_SIDE = 0.015
"""Share by which sides of sheets of one size differ: margins of a feeder are within 3 mm."""

LEAST_ALIKE = 4
"""Pages of one size from which it is the folder's usual one, if they are half of all too."""

MOST_LONGER = 1.02
"""Two sheets end to end are no longer than twice one."""


@dataclass(frozen=True, slots=True)
class SheetSize:
    """The scan of one page. page_id: anything that names it; dpi: as believed."""

    page_id: int
    width_px: int
    height_px: int
    dpi: float


def longer_sheets(pages: Sequence[SheetSize]) -> dict[int, QualityReason]:
    """Pages as wide as the folder's usual sheet but longer: "longer_than_others" (share of its length) by page id."""
    usual = _usual(pages)
    if usual is None:
        return {}
    found = {}
    for page in pages:
        longer = max(_longer(page, *usual), _longer(page, *usual[::-1]))
        is_other = is_paper((page.dpi, page.dpi), (page.width_px, page.height_px), SAME_SIDE)
        if CHECKS["longer_than_others"].fails(longer) and longer <= MOST_LONGER and not is_other:
            found[page.page_id] = QualityReason("longer_than_others", round(longer, 3))
    return found


def _usual(pages: Sequence[SheetSize]) -> tuple[int, int] | None:
    """Width and height that most pages share, None where no size is usual."""
    best: tuple[int, int] | None = None
    most = max(LEAST_ALIKE, (len(pages) + 1) // 2) - 1
    for width, height in dict.fromkeys((page.width_px, page.height_px) for page in pages):
        alike = sum(_same(page.width_px, width) and _same(page.height_px, height) for page in pages)
        if alike > most:
            best, most = (width, height), alike
    return best


def _longer(page: SheetSize, across: int, along: int) -> float:
    """By which share of along a page is longer, 0 where its other side is not across; whichever way it lies."""
    shares = [
        length / along - 1
        for side, length in ((page.width_px, page.height_px), (page.height_px, page.width_px))
        if _same(side, across)
    ]
    return max(shares, default=0.0)


def _same(one_px: int, other_px: int) -> bool:
    return abs(one_px - other_px) <= SAME_SIDE * other_px
