"""A line of print the engine passed over is read alone; what only looks like one is not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ocr.engines.protocol import Layout, RecognizeOptions
from ocr.engines.tesserocr_engine import TesserocrEngine
from ocr.engines.word_lines import text_of
from ocr.lost_lines import read_lost_lines
from ocr.reading import ReadingPlan, Sheet, read_sheet
from ocr.script import PageReading
from ocr.steps.ink import find_ink
from ocr.types import Box, Word
from tests.helpers.drawn_pages import PROSE, TESSDATA, text_page


class Prepared:
    """An engine that reads every line alone as it is told, and counts how often it is asked."""

    version = "prepared"

    def __init__(self, text: str = "months from the date of filing", confidence: float = 0.9) -> None:
        self.words = tuple(
            Word(each, Box(10 + 90 * at, 5, 80, 20), confidence, 0, True)
            for at, each in enumerate(text.split())
        )
        self.asked: list[Layout] = []

    def languages(self) -> tuple[str, ...]:
        return ("eng",)

    def recognize(self, image: np.ndarray, options: RecognizeOptions) -> tuple[Word, ...]:
        self.asked.append(options.layout)
        return self.words


PAGE = text_page()
SHEET = Sheet(PAGE, find_ink(PAGE), 150.0)
LINES = tuple(Word(line, Box(110, 150 + 68 * at, 860, 42), 0.95, at, False) for at, line in enumerate(PROSE))


def without(*numbers: int) -> tuple[Word, ...]:
    return tuple(replace(word, line=at) for at, word in enumerate(w for w in LINES if w.line not in numbers))


def plan(engine: Prepared | TesserocrEngine) -> ReadingPlan:
    return ReadingPlan(engine, ("eng",), 60.0)


def test_a_line_between_others_is_read_alone_and_stands_where_it_belongs() -> None:
    engine = Prepared()
    read = read_lost_lines(PageReading(without(4), ("eng",)), SHEET, plan(engine))
    texts = text_of(read.words).split("\n")
    assert texts == [*PROSE[:4], "months from the date of filing", *PROSE[5:]]
    assert engine.asked == [Layout.LINE]


@pytest.mark.parametrize("gone", [0, 9])
def test_what_stands_at_the_edge_of_the_text_is_left(gone: int) -> None:
    engine = Prepared()
    given = PageReading(without(gone), ("eng",))
    assert read_lost_lines(given, SHEET, plan(engine)) is given
    assert not engine.asked


@pytest.mark.parametrize(("text", "confidence"), [("months from the date", 0.5), ("a be", 0.99), ("", 0.0)])
def test_doubtful_and_short_readings_add_nothing(text: str, confidence: float) -> None:
    given = PageReading(without(4), ("eng",))
    assert read_lost_lines(given, SHEET, plan(Prepared(text, confidence))) is given


def test_a_page_read_whole_costs_no_reading() -> None:
    engine = Prepared()
    for given in (PageReading(LINES, ("eng",)), PageReading((), ("eng",))):
        assert read_lost_lines(given, SHEET, plan(engine)) is given
    assert not engine.asked


@pytest.mark.engine
def test_a_lost_line_comes_back_as_it_was_read_with_the_page() -> None:
    engine = TesserocrEngine(TESSDATA)
    words = read_sheet(SHEET, plan(engine))
    kept = tuple(word for word in words if word.line != 4)
    read = read_lost_lines(PageReading(kept, ("eng",)), SHEET, plan(engine))
    assert text_of(read.words) == text_of(words)
