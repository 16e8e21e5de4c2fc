"""A further reading that fails leaves the page as its first reading gave it."""

from __future__ import annotations

import time
from pathlib import Path

import cv2
import numpy as np
import pytest

import ocr.number_readings
import ocr.pipeline
from app.domain.offices import formats_for, load_offices
from ocr.engines.protocol import EngineTimeout
from ocr.engines.word_lines import text_of
from ocr.number_readings import read_numbers_again
from ocr.pipeline import process_page
from ocr.reading import ReadingPlan, Sheet, read_line
from ocr.script import PageReading
from ocr.spare_time import SHARE, SpareTime
from ocr.stamped_zones import ColouredPage
from ocr.steps.ink import find_ink
from ocr.types import Box, PageTask
from tests.helpers.drawn_pages import PROJECT, TESSDATA, save, text_page
from tests.helpers.sealed_pages import PreparedEngine, words_of

GREY = np.full((300, 900), 245, np.uint8)


def fails(error: BaseException) -> object:
    def fail(*_: object) -> object:
        raise error

    return fail


TROUBLES = [EngineTimeout("ocr_timeout", after_s=1.0), MemoryError()]


@pytest.mark.parametrize("trouble", TROUBLES, ids=["time", "memory"])
def test_a_page_keeps_its_words_when_a_copy_cannot_be_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, trouble: BaseException
) -> None:
    page = save(text_page(), tmp_path / "p.png")
    task = PageTask(page, 0, tmp_path, "page", ("eng",), (), TESSDATA, engine="fake")
    expected = process_page(task).text
    monkeypatch.setattr(ocr.pipeline, "read_faint_again", fails(trouble))
    assert process_page(task).text == expected


@pytest.mark.parametrize("trouble", TROUBLES, ids=["time", "memory"])
@pytest.mark.parametrize("step", ["read_under_stamps", "reread", "read_number_lines"])
def test_words_stay_when_numbers_cannot_be_read_again(
    monkeypatch: pytest.MonkeyPatch, trouble: BaseException, step: str
) -> None:
    monkeypatch.setattr(ocr.number_readings, step, fails(trouble))
    words = words_of("Title", left_px=50, top_px=50, confidence=0.9)
    sheet, plan = Sheet(GREY, find_ink(GREY), 200.0), ReadingPlan(PreparedEngine(), ("eng",), 60.0)
    formats = formats_for(load_offices(PROJECT / "resources" / "offices"), "KH")
    page = ColouredPage(GREY, lambda _: GREY)
    read = read_numbers_again(PageReading(words, ("eng",)), sheet, page, plan, formats, words)
    assert text_of(read.words) == "Title"


def test_all_further_readings_share_one_time() -> None:
    spare = SpareTime(0.4)
    assert spare.bounded(60.0) == 60.0  # the first reading is not bounded
    assert spare.reading(lambda: spare.bounded(60.0), 0.0) == pytest.approx(0.4 * SHARE, abs=0.02)
    assert spare.reading(lambda: time.sleep(0.5 * SHARE), None) is None
    assert spare.reading(lambda: "read", "kept") == "kept"


def test_no_further_reading_begins_late_in_a_pages_time() -> None:
    spare = SpareTime(0.05)
    time.sleep(0.05)  # of the first reading
    assert spare.reading(lambda: "read", "kept") == "kept"


def test_without_a_limit_nothing_is_bounded() -> None:
    spare = SpareTime()
    assert spare.reading(lambda: spare.bounded(0.0), None) == 0.0
    assert spare.reading(lambda: spare.bounded(15.0), None) == 15.0


def test_a_further_reading_without_time_left_does_not_start_the_engine() -> None:
    engine, spare = PreparedEngine(lines=[()]), SpareTime(0.04)
    plan = ReadingPlan(engine, ("eng",), 60.0, spare=spare)
    sheet = Sheet(GREY, find_ink(GREY), 200.0)

    def slow() -> str:
        time.sleep(0.05)
        read_line(sheet, plan, Box(10, 10, 200, 30), 22.0)
        return "read"

    assert spare.reading(slow, "kept") == "kept"
    assert engine.asked == []


def test_other_faults_are_not_hidden() -> None:
    with pytest.raises(cv2.error):
        SpareTime().reading(lambda: cv2.resize(np.zeros((0, 0), np.uint8), (1, 1)), None)
