"""How often a harm done to a good real page gets its mark and holds its folder, and how often the page as it was does.

Usage: python -m tests.benchmarks.quality_harms [--data DIR] [--every N]
Each of the real typed pages is harmed by code in every way below; nothing is read, so marks of the reading are left
out. A table of shares; no threshold is tuned on it but those that ocr/quality_table.py names.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np

from ocr.errors import SourceRefused
from ocr.intake.decode import decode_master
from ocr.quality_table import CHECKS
from ocr.steps.geometry import PixelImage, apply_exif, to_grey
from ocr.steps.ink import find_ink
from ocr.steps.quality import Reading, judge_quality
from ocr.steps.streaks import find_streaks
from ocr.types import Limits

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"


def main() -> None:
    """Print one line for each harm."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--every", type=int, default=2)
    asked = parser.parse_args()
    seen: dict[tuple[str, str], list[bool]] = defaultdict(list)
    for path in sorted((asked.data / "ocr" / "fr_typed").glob("*.[jp][pn]g"))[:: asked.every]:
        try:
            decoded = decode_master(path, 0, Limits())
        except SourceRefused:
            continue
        grey = to_grey(apply_exif(decoded.pixels, decoded.exif_orientation))
        as_it_was, is_held = marks(grey)
        seen["", "held"].append(is_held)
        for name, (code, harm) in HARMS.items():
            found, is_held = marks(harm(grey))
            seen[name, "harmed"].append(code in found)
            seen[name, "as it was"].append(code in as_it_was)
            seen[name, "held"].append(is_held)
    print(f"as they were: {sum(seen['', 'held'])} of {len(seen['', 'held'])} held")
    for name, (code, _) in HARMS.items():
        harmed, before, held = (seen[name, column] for column in ("harmed", "as it was", "held"))
        print(
            f"{name:34} {code:15} {sum(harmed):3} of {len(harmed)}, as it was {sum(before)}, held {sum(held)}"
        )


def marks(grey: PixelImage) -> tuple[set[str], bool]:
    """Codes of the marks a page gets without being read, and whether one holds its folder.

    "streak" for columns that would count on three pages.
    """
    dpi = dpi_of(grey)
    ink = find_ink(grey)
    found = judge_quality(grey, ink, dpi, Reading(100, 0.95), is_blank=False)
    codes = {each.code for each in found} | ({"streak"} if find_streaks(grey) else set())
    return codes, any(each.is_grave for each in found)


def dpi_of(grey: PixelImage) -> float:
    """As for a sheet as wide as A4: these files state none that was measured."""
    return grey.shape[1] / 8.27


def blurred(grey: PixelImage) -> PixelImage:
    """A third of a small letter."""
    return np.asarray(cv2.GaussianBlur(grey, (0, 0), 0.33 * find_ink(grey).height_px), np.uint8)


def blurred_away(grey: PixelImage) -> PixelImage:
    """Four fifths of a small letter: nobody reads that."""
    return np.asarray(cv2.GaussianBlur(grey, (0, 0), 0.8 * find_ink(grey).height_px), np.uint8)


def nearly_black(grey: PixelImage) -> PixelImage:
    return (grey * 0.15).astype(np.uint8)


def dark(grey: PixelImage) -> PixelImage:
    return (grey * 0.4).astype(np.uint8)


def pale(grey: PixelImage) -> PixelImage:
    return (235 - (235 - grey.astype(np.float32)).clip(0) * 0.2).astype(np.uint8)


def cut_along(grey: PixelImage) -> PixelImage:
    """Through the first letters of the lines, wherever on the page these begin."""
    ink = find_ink(grey)
    columns = (ink.mask > 0).sum(axis=0)
    margin = len(columns) // 20
    first = int(np.argmax(columns[margin:] >= 0.35 * columns.max())) + margin
    letters = int(0.6 * np.median(ink.marks[:, 3])) if len(ink.marks) else 0
    return np.ascontiguousarray(grey[:, (first + letters) * grey.shape[1] // len(columns) :])


def cut_across(grey: PixelImage) -> PixelImage:
    """Through the middle of the fullest line of the upper half."""
    ink = find_ink(grey)
    rows = (ink.mask > 0).sum(axis=1)
    middle = int(np.argmax(rows[len(rows) // 5 : len(rows) // 2])) + len(rows) // 5
    return np.ascontiguousarray(grey[middle * grey.shape[0] // len(rows) :])


def folded_dark(grey: PixelImage) -> PixelImage:
    """20 mm of the top right corner, the scanner's background in its place."""
    width, fold = grey.shape[1], round(0.8 * dpi_of(grey))
    triangle = np.array([[width - fold, 0], [width, 0], [width, fold]])
    return np.asarray(cv2.fillPoly(grey.copy(), [triangle], 12), np.uint8)


def folded_white(grey: PixelImage) -> PixelImage:
    """20 mm of the bottom left corner, seen as the sheet's white back with a shadow along the fold."""
    height, fold = grey.shape[0], round(0.8 * dpi_of(grey))
    triangle = np.array([[0, height - fold], [0, height], [fold, height]])
    paper = int(np.percentile(grey, 75))
    folded = cv2.fillPoly(grey.copy(), [triangle], max(0, paper - 12))
    width = max(2, round(dpi_of(grey) / 90))
    return np.asarray(cv2.line(folded, (0, height - fold), (fold, height), paper * 2 // 3, width), np.uint8)


def two_sheets(grey: PixelImage) -> PixelImage:
    """A second sheet that comes out 40 % behind the first."""
    behind = grey[round(grey.shape[0] * 0.6) :]
    return np.concatenate((grey, behind))


def coarse(grey: PixelImage) -> PixelImage:
    """As scanned at 100 dpi."""
    scale = 100 / dpi_of(grey)
    return np.asarray(cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8)


def streaked(grey: PixelImage) -> PixelImage:
    """A dark line of 0.2 mm from top to bottom."""
    harmed = grey.copy()
    column, width = grey.shape[1] // 3, max(1, round(dpi_of(grey) / 127))
    harmed[:, column : column + width] = harmed[:, column : column + width] // 4 * 3
    return harmed


HARMS: dict[str, tuple[str, Callable[[PixelImage], PixelImage]]] = {
    "blurred by a third of a letter": ("blurred", blurred),
    "blurred by four fifths of a letter": ("blurred", blurred_away),
    "darkened to 15 %": ("too_dark", nearly_black),
    "darkened to 40 %": ("too_dark", dark),
    "contrast of a fifth": ("low_contrast", pale),
    "cut through the lines' beginnings": ("cut_edge", cut_along),
    "cut along a line": ("cut_edge", cut_across),
    "corner folded, dark behind": ("folded_corner", folded_dark),
    "corner folded, white back": ("folded_corner", folded_white),
    "second sheet behind": ("double_feed", two_sheets),
    "100 dpi": ("low_resolution", coarse),
    "line of a dirty scanner": ("streak", streaked),
}
assert all(code in CHECKS for code, _ in HARMS.values())


if __name__ == "__main__":
    main()
