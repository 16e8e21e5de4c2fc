"""How many drawn numbers are read before and after second readings: under coloured seals, in small print.

Usage: python -m tests.benchmarks.second_readings [--pages 60]. Prints, per kind, how many numbers were read right, wrongly
though clean, or not at all. Exit code 1 when a second reading made a wrong number that a proof could rest on.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from app.domain.offices import formats_for, load_offices
from ocr.candidates import find_candidates
from ocr.engines.tesserocr_engine import TesserocrEngine
from ocr.number_zones import read_number_lines
from ocr.reading import ReadingPlan, Sheet, read_sheet
from ocr.stamped_zones import ColouredPage, read_under_stamps
from ocr.steps.geometry import shrink, to_grey
from ocr.steps.ink import find_ink
from ocr.types import Box, NumberFormat, NumberRole, Word
from tests.helpers.drawn_pages import FONTS, PROJECT, PROSE, TESSDATA
from tests.helpers.sealed_pages import BLUE, RED, sealed_form

OFFICES = load_offices(PROJECT / "resources" / "offices")
COUNTS_FROM = 0.3
"""Confidence from which a clean number counts in linking."""

Formats = Sequence[NumberFormat]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=60)
    pages = parser.parse_args().pages
    plan = ReadingPlan(TesserocrEngine(TESSDATA), ("eng",), 60.0)
    harmed = 0
    for name, compare in (("under seals", compare_seals), ("small print", compare_small_print)):
        outcomes = Counter(compare(seed, plan) for seed in range(pages))
        for (before, after), count in sorted(outcomes.items()):
            print(f"{name:12} before: {before:6} after: {after:6} {count:4}")
            harmed += count if after == "wrong" and before != "wrong" else 0
    return 1 if harmed else 0


def compare_seals(seed: int, plan: ReadingPlan) -> tuple[str, str]:
    rng, formats, number = _case(seed)
    ink = np.clip(np.array(BLUE if rng.random() < 0.5 else RED) + rng.integers(-25, 60), 0, 255)
    page = sealed_form(
        number,
        ink=(int(ink[0]), int(ink[1]), int(ink[2])),
        paper=(int(rng.integers(205, 250)), int(rng.integers(205, 250)), int(rng.integers(205, 250))),
        noise=float(rng.choice([2, 6, 10])),
        middle=(int(rng.integers(250, 520)), int(rng.integers(310, 400))),
        radius=int(rng.integers(110, 170)),
    )
    page = _copied(page, rng, (0.5, 0.9, 1.3), (50, 80))
    sheet = _sheet(to_grey(page), 200.0)
    words = read_sheet(sheet, plan)

    def cut(box: Box) -> NDArray[np.uint8]:
        return page[box.top_px : box.top_px + box.height_px, box.left_px : box.left_px + box.width_px]

    again = read_under_stamps(words, sheet, ColouredPage(shrink(page, 2200), cut), plan, formats)
    return _outcome(words, sheet, formats, number), _outcome(again.words, sheet, formats, number)


def compare_small_print(seed: int, plan: ReadingPlan) -> tuple[str, str]:
    rng, formats, number = _case(seed)
    large_px, small_px = int(rng.integers(30, 64)), int(rng.integers(15, 40))
    picture = Image.new("L", (1500, 760), 245)
    pen = ImageDraw.Draw(picture)
    large, small = (ImageFont.truetype(str(FONTS / "Inter-Regular.otf"), px) for px in (large_px, small_px))
    for row, line in enumerate(PROSE[:5]):
        pen.text((60, 60 + row * int(large_px * 1.7)), line, font=large, fill=30)
    ink = int(rng.choice([30, 90, 140]))
    top_px = 80 + 5 * int(large_px * 1.7)
    pen.text((60, top_px), f"(21) Application No. {number}", font=small, fill=ink)
    grain = rng.normal(0, float(rng.choice([2, 8])), (760, 1500))
    page = np.clip(np.asarray(picture, np.float64) + grain, 0, 255).astype(np.uint8)
    sheet = _sheet(_copied(page, rng, (0.6, 1.0, 1.6), (35, 80)), 300.0)
    words = read_sheet(sheet, plan)
    again = read_number_lines(words, sheet, plan, formats)
    return _outcome(words, sheet, formats, number), _outcome(again.words, sheet, formats, number)


def _case(seed: int) -> tuple[np.random.Generator, Formats, str]:
    rng = np.random.default_rng(seed)
    office = ("KH", "VN", "PH", "ID")[seed % 4]
    year = int(rng.integers(2005, 2024))
    number = {
        "KH": f"KH/P/{year}/{rng.integers(1, 2000):05d}",
        "VN": f"{rng.integers(1, 5)}-{year}-{rng.integers(1, 40000):05d}",
        "PH": f"1-{year}-{rng.integers(1, 9999):06d}",
        "ID": f"P00{year}{rng.integers(1, 12000):05d}",
    }[office]
    return rng, formats_for(OFFICES, office), number


def _copied(
    page: NDArray[np.uint8], rng: np.random.Generator, blurs: Sequence[float], qualities: Sequence[int]
) -> NDArray[np.uint8]:
    soft = cv2.GaussianBlur(page, (0, 0), float(rng.choice(blurs)))
    coded = cv2.imencode(".jpg", soft, [cv2.IMWRITE_JPEG_QUALITY, int(rng.choice(qualities))])[1]
    return np.asarray(cv2.imdecode(coded, cv2.IMREAD_UNCHANGED), np.uint8)


def _sheet(grey: NDArray[np.uint8], dpi: float) -> Sheet:
    return Sheet(grey, find_ink(grey), dpi)


def _outcome(words: Sequence[Word], sheet: Sheet, formats: Formats, number: str) -> str:
    height_px, width_px = sheet.grey.shape
    found = find_candidates(words, barcodes=(), formats=formats, width_px=width_px, height_px=height_px)
    clean = [
        each for each in found if not each.edits and each.role in (NumberRole.APPLICATION, NumberRole.UNKNOWN)
    ]
    wrong = [each for each in clean if each.normalised.replace(" ", "") != number]
    if any(each.confidence >= COUNTS_FROM for each in wrong):
        return "wrong"
    if wrong:
        return "doubted"
    return "right" if clean else "none"


if __name__ == "__main__":
    sys.exit(main())
