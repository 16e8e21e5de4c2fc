"""Lines that bend are straightened for the recogniser, and only where they surely bend."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from ocr.curled_pages import flat_sheet
from ocr.engines.tesserocr_engine import TesserocrEngine
from ocr.engines.word_lines import text_of
from ocr.reading import ReadingPlan, Sheet, read_sheet
from ocr.steps.curl import find_curl
from ocr.steps.ink import find_ink
from tests.helpers.drawn_pages import PROSE, TESSDATA, text_page, tilted

FLAT = text_page((*PROSE, *PROSE), points_px=30)


def arched(page: np.ndarray, rise_px: float) -> np.ndarray:
    """Bend the lines of a page so that their middle lies lower than their ends."""
    height, width = page.shape
    x, y = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    down = (rise_px * (1 - (2 * x / width - 1) ** 2)).astype(np.float32)
    bent = cv2.remap(page, x, y - down, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(bent, np.uint8)


def sheet_of(page: np.ndarray) -> Sheet:
    return Sheet(page, find_ink(page), 150.0)


@pytest.mark.parametrize("tilt_deg", [0.0, 0.4, -0.8])
def test_straight_lines_are_left_alone(tilt_deg: float) -> None:
    sheet = sheet_of(tilted(FLAT, tilt_deg) if tilt_deg else FLAT)
    flat = flat_sheet(sheet)
    assert flat.sheet is sheet
    assert flat.curl is None


@pytest.mark.parametrize("page", [text_page(()), text_page(PROSE[:2])], ids=["blank", "two lines"])
def test_pages_with_too_few_lines_are_left_alone(page: np.ndarray) -> None:
    sheet = sheet_of(page)
    assert flat_sheet(sheet).sheet is sheet


@pytest.mark.parametrize("rise_px", [40, 80, -60])
def test_a_bend_is_measured_and_its_lines_come_out_straight(rise_px: float) -> None:
    sheet = sheet_of(arched(FLAT, rise_px))
    flat = flat_sheet(sheet)
    assert flat.curl is not None
    assert flat.curl.pays
    left = find_curl(flat.sheet.ink, 0.0)
    assert left is None or left.bend < flat.curl.bend / 3


@pytest.mark.engine
def test_a_bent_page_reads_as_the_flat_one_and_its_words_lie_where_they_stand() -> None:
    sheet = sheet_of(arched(FLAT, 70))
    plan = ReadingPlan(TesserocrEngine(TESSDATA), ("eng",), 60.0)
    flat = flat_sheet(sheet)
    words = flat.on_page(read_sheet(flat.sheet, plan))
    text = text_of(words)
    assert sum(line in text for line in PROSE) >= len(PROSE) - 1
    long = [word for word in words if len(word.text) >= 5]
    for word in long:
        box = word.box
        ink = (
            sheet.grey[box.top_px : box.top_px + box.height_px, box.left_px : box.left_px + box.width_px]
            < 120
        )
        assert ink.any(axis=0).mean() > 0.5, word
