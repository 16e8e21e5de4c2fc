from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from ocr.engines.tesserocr_engine import TesserocrEngine
from ocr.engines.word_lines import text_of
from ocr.faint_copies import FAINT, read_faint_again
from ocr.reading import ReadingPlan, Sheet, read_sheet
from ocr.script import PageReading
from ocr.steps.faint_ink import ink_darkness, with_contrast
from ocr.steps.ink import find_ink
from tests.helpers.drawn_pages import PROSE, TESSDATA, text_page
from tests.helpers.sealed_pages import PreparedEngine, words_of


def carbon_copy(*, strength: float = 62.0, blur_px: float = 2.6, grain: float = 5.0) -> NDArray[np.uint8]:
    """A faint, soft copy on grey, grained paper, at 300 dpi."""
    page = text_page(size=(2200, 1500), points_px=60, noise=0.0, ink=0).astype(np.float32)
    share = cv2.GaussianBlur((240 - page) / 240, (0, 0), blur_px)
    random = np.random.default_rng(3)
    wear = cv2.resize(random.uniform(0.5, 1.0, (60, 90)).astype(np.float32), (2200, 1500))
    fibre = cv2.GaussianBlur(random.normal(0, 1, page.shape).astype(np.float32), (0, 0), 1.0)
    fibre *= grain / float(fibre.std())
    return np.clip(170 - strength * share * wear + fibre, 0, 255).astype(np.uint8)


def sheet_of(grey: NDArray[np.uint8]) -> Sheet:
    return Sheet(grey, find_ink(grey), 300.0)


def wrong_share(text: str) -> float:
    from rapidfuzz.distance import Levenshtein

    expected = " ".join(PROSE)
    return Levenshtein.distance(" ".join(text.split()), expected) / len(expected)


@pytest.mark.engine
def test_a_faint_copy_reads_better_with_its_contrast_restored() -> None:
    plan, sheet = ReadingPlan(TesserocrEngine(TESSDATA), ("eng",), 60.0), sheet_of(carbon_copy())
    first = PageReading(read_sheet(sheet, plan), ("eng",))
    again = read_faint_again(first, sheet, plan)
    assert wrong_share(text_of(again.words)) < 0.7 * wrong_share(text_of(first.words))


def test_a_clean_page_is_not_read_again() -> None:
    engine = PreparedEngine()
    sheet = sheet_of(text_page())
    badly = PageReading(words_of("The applioaut", left_px=100, top_px=150, confidence=0.3), ("eng",))
    assert read_faint_again(badly, sheet, ReadingPlan(engine, ("eng",), 60.0)) is badly
    assert engine.asked == []


def test_a_faint_page_that_reads_well_is_not_read_again() -> None:
    engine = PreparedEngine()
    well = PageReading(words_of("The applicant", left_px=100, top_px=150, confidence=0.8), ("eng",))
    assert read_faint_again(well, sheet_of(carbon_copy()), ReadingPlan(engine, ("eng",), 60.0)) is well
    assert engine.asked == []


def test_the_better_of_two_readings_is_kept() -> None:
    sheet = sheet_of(carbon_copy())
    first = PageReading(words_of("The applioaut reqnests", left_px=100, top_px=150, confidence=0.5), ("eng",))
    worse = words_of("Tne", left_px=100, top_px=150, confidence=0.5)
    better = words_of("The applicant requests", left_px=100, top_px=150, confidence=0.8)
    for second, expected in ((worse, first.words), (better, better)):
        plan = ReadingPlan(PreparedEngine(block=second), ("eng",), 60.0)
        found = read_faint_again(first, sheet, plan)
        assert text_of(found.words) == text_of(expected)


def test_specks_on_a_bare_sheet_are_not_made_black() -> None:
    bare = np.full((1500, 2200), 170, np.uint8)
    bare[300:306, 400:406] = 120
    engine = PreparedEngine()
    nothing = PageReading((), ("eng",))
    assert read_faint_again(nothing, sheet_of(bare), ReadingPlan(engine, ("eng",), 60.0)) is nothing
    assert engine.asked == []


def test_darkness_tells_faint_from_black_ink() -> None:
    assert ink_darkness(find_ink(carbon_copy())) < FAINT < 150 < ink_darkness(find_ink(text_page()))
    assert ink_darkness(find_ink(np.full((900, 700), 240, np.uint8))) == 0.0


def test_restored_contrast_has_white_paper_and_black_ink_and_leaves_the_page_alone() -> None:
    page = carbon_copy()
    kept = page.copy()
    restored = with_contrast(page, 30.0)
    assert np.array_equal(page, kept)
    assert np.median(restored) > 205
    assert np.percentile(restored, 0.5) < 20
    assert replace(sheet_of(page), grey=restored).grey.shape == page.shape
