from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from app.domain.offices import formats_for, load_offices
from ocr.candidates import find_candidates
from ocr.engines.tesserocr_engine import TesserocrEngine
from ocr.engines.word_lines import text_of
from ocr.number_zones import LETTER_PX, read_number_lines, unread_lines
from ocr.reading import (
    LINE_LETTERS,
    STRIP_EDGE_PX,
    STRIP_MARGIN_SHARE,
    ReadingPlan,
    Sheet,
    read_sheet,
)
from ocr.steps.ink import find_ink
from ocr.types import Box, NumberCandidate, Word
from tests.helpers.drawn_pages import FONTS, PROJECT, PROSE, TESSDATA, grained, tilted
from tests.helpers.sealed_pages import PreparedEngine, words_of

KH = formats_for(load_offices(PROJECT / "resources" / "offices"), "KH")
NUMBER = "KH/P/2014/00969"


def page_with_small_print(number: str = NUMBER, *, small_px: int = 24) -> NDArray[np.uint8]:
    """Large print with a small number below, at (60, 640); scaled to the large print it is lost."""
    picture = Image.new("L", (1600, 760), 245)
    pen = ImageDraw.Draw(picture)
    large, small = (ImageFont.truetype(str(FONTS / "Inter-Regular.otf"), px) for px in (62, small_px))
    for row, line in enumerate(PROSE[:5]):
        pen.text((60, 50 + 108 * row), line, font=large, fill=30)
    pen.text((60, 640), f"(21) Application No. {number}", font=small, fill=30)
    return grained(np.array(picture))


def sheet_of(grey: NDArray[np.uint8], tilt_deg: float = 0.0) -> Sheet:
    return Sheet(grey, find_ink(grey), 300.0, tilt_deg)


def numbers_of(words: Sequence[Word]) -> list[NumberCandidate]:
    return list(find_candidates(words, barcodes=(), formats=KH, width_px=1600, height_px=760))


def plan_of(engine: PreparedEngine) -> ReadingPlan:
    return ReadingPlan(engine, ("eng",), 60.0)


def line_at(text: str, confidence: float) -> tuple[Word, ...]:
    return words_of(text, left_px=60, top_px=640, confidence=confidence)


PAPER = np.full((760, 1600), 245, np.uint8)


def as_read(
    text: str, confidence: float = 0.9, *, left_px: int = 60, height_px: int = 26
) -> tuple[Word, ...]:
    """Words as the engine gives them of a strip that holds the whole line at left_px, enlarged for the first reading."""
    zoom = LETTER_PX[0] * LINE_LETTERS / height_px
    margin_px = round(height_px * STRIP_MARGIN_SHARE)

    def on_strip(word: Word) -> Box:
        left = round((word.box.left_px - left_px + 2 * margin_px) * zoom) + STRIP_EDGE_PX
        return Box(left, 20, round(word.box.width_px * zoom), round(height_px * zoom))

    words = words_of(text, left_px=left_px, top_px=0, confidence=confidence)
    return tuple(replace(word, box=on_strip(word)) for word in words)


@pytest.mark.engine
def test_small_numbers_beside_large_print_are_read() -> None:
    plan = ReadingPlan(TesserocrEngine(TESSDATA), ("eng",), 60.0)
    gained = 0
    for small_px in (16, 20, 22, 24):
        sheet = sheet_of(page_with_small_print(small_px=small_px))
        before = read_sheet(sheet, plan)
        found = read_number_lines(before, sheet, plan, KH)
        had = [each for each in numbers_of(before) if each.normalised == NUMBER and not each.edits]
        (number,) = numbers_of(found.words)
        assert (number.normalised, number.edits, number.label) == (NUMBER, (), "(21)")
        assert abs(number.box.top_px - 640) < 12
        assert text_of(found.words).startswith(text_of(before).split("\n")[0])
        gained += not had
    assert gained >= 2


@pytest.mark.engine
def test_a_page_whose_number_was_read_stays_as_it_was() -> None:
    plan = ReadingPlan(TesserocrEngine(TESSDATA), ("eng",), 60.0)
    sheet = sheet_of(page_with_small_print(small_px=60))
    words = read_sheet(sheet, plan)
    untouchable = plan_of(PreparedEngine())
    assert read_number_lines(words, sheet, untouchable, KH).words == words
    assert numbers_of(words)[0].normalised == NUMBER


@pytest.mark.parametrize(
    "text",
    [
        f"(21) No. {NUMBER}",  # sure
        "Filed 06/09/2016",
        "Paid on 2016-09-06 by Sok",
    ],
)
def test_lines_that_need_no_second_reading_cost_none(text: str) -> None:
    engine = PreparedEngine()
    given = line_at(text, 0.9 if NUMBER in text else 0.4)
    assert read_number_lines(given, sheet_of(PAPER), plan_of(engine), KH).words == given
    assert engine.asked == []


def test_pages_without_an_office_cost_no_reading() -> None:
    engine = PreparedEngine()
    given = line_at("No. KH/P/2O14/00969", 0.3)
    assert read_number_lines(given, sheet_of(PAPER), plan_of(engine), ()).words == given
    assert engine.asked == []


def test_a_number_two_readings_agree_on_takes_the_place_of_a_doubtful_one() -> None:
    better = as_read(f"(21) No. {NUMBER}")
    engine = PreparedEngine(lines=[better, better])
    doubtful = line_at("(21) No. KH/P/2O14/0O969", 0.5)
    other = tuple(replace(word, line=1) for word in words_of("Title", left_px=60, top_px=700, confidence=0.9))
    done = read_number_lines((*doubtful, *other), sheet_of(PAPER), plan_of(engine), KH)
    assert text_of(done.words) == f"(21) No. {NUMBER}\nTitle"
    assert done.earlier == doubtful[-1:]
    assert done.words[:2] == doubtful[:2]


@pytest.mark.parametrize(
    ("first", "second", "confidence"),
    [
        (NUMBER, "KH/P/2014/00989", 0.9),
        (NUMBER, "KH/P/2014/0096", 0.9),
        (NUMBER, NUMBER, 0.7),
        ("KH/P/2O14/00969", "KH/P/2O14/00969", 0.9),  # a repair stays one
        ("14/06/2017", "14/06/2017", 0.9),
    ],
)
def test_anything_less_leaves_the_page_as_it_was(first: str, second: str, confidence: float) -> None:
    readings = [words_of(text, left_px=20, top_px=15, confidence=confidence) for text in (first, second)]
    engine = PreparedEngine(lines=readings)
    given = line_at("No. KH/P/2O14/0O969", 0.5)
    done = read_number_lines(given, sheet_of(PAPER), plan_of(engine), KH)
    assert (done.words, done.earlier) == (given, ())


def test_a_number_read_for_sure_is_never_lost() -> None:
    other = words_of("No. KH/P/2014/00989", left_px=20, top_px=15, confidence=0.9)
    engine = PreparedEngine(lines=[other, other])
    sure = words_of(f"No. {NUMBER}", left_px=60, top_px=640, confidence=0.9)
    doubtful = words_of("12O45", left_px=430, top_px=640, confidence=0.3, line=1)
    given = (*sure, *doubtful)
    assert read_number_lines(given, sheet_of(PAPER), plan_of(engine), KH).words == given


def test_pieces_of_one_line_are_read_as_one() -> None:
    whole = as_read(f"(21) No. {NUMBER}", height_px=28)  # of both pieces
    engine = PreparedEngine(lines=[whole, whole])
    left = words_of("(21) No. KH/P/2C", left_px=60, top_px=640, confidence=0.9)
    right = words_of("1400969", left_px=352, top_px=642, confidence=0.5, line=1)
    done = read_number_lines((*left, *right), sheet_of(PAPER), plan_of(engine), KH)
    assert text_of(done.words) == f"(21) No. {NUMBER}"
    assert done.earlier == (left[-1], *right)


def test_two_bad_lines_are_both_mended() -> None:
    other = "KH/P/2014/00985"
    readings = [as_read(f"No. {number}") for number in (NUMBER, NUMBER, other, other)]
    first, second = line_at("No. KH/P/2014/0O969", 0.5), line_at("No. KH/P/2014/0O985", 0.5)
    second = tuple(
        replace(word, line=2, box=replace(word.box, top_px=word.box.top_px - 200)) for word in second
    )
    between = words_of("Title", left_px=60, top_px=540, confidence=0.9, line=1)
    given = (*first, *between, *second)
    done = read_number_lines(given, sheet_of(PAPER), plan_of(PreparedEngine(lines=readings)), KH)
    assert text_of(done.words) == f"No. {NUMBER}\nTitle\nNo. {other}"
    assert done.earlier == (first[-1], second[-1])


def test_a_bad_line_and_one_not_read_are_both_mended(monkeypatch: pytest.MonkeyPatch) -> None:
    other = "KH/P/2014/00985"
    unread = Box(60, 340, 400, 26)
    monkeypatch.setattr("ocr.number_zones.unread_lines", lambda *_: [unread])
    readings = [as_read(f"No. {number}") for number in (NUMBER, NUMBER, other, other)]
    bad = line_at("No. KH/P/2014/0O969", 0.5)
    done = read_number_lines(bad, sheet_of(PAPER), plan_of(PreparedEngine(lines=readings)), KH)
    assert text_of(done.words) == f"No. {other}\nNo. {NUMBER}"
    assert done.earlier == bad[-1:]


def test_the_rest_of_a_row_stays_as_it_was_read() -> None:
    given = line_at("Applicant Sok Dara KH/P/2014/0O969 filed 12.03.2014", 0.9)
    doubted = tuple(replace(word, confidence=0.5) if "/" in word.text else word for word in given)
    for said in (f"Applicant Sek Dora {NUMBER} fled 12.08.2014", f"wwwwwwwww www wwww {NUMBER}"):
        engine = PreparedEngine(lines=[as_read(said), as_read(said)])
        done = read_number_lines(doubted, sheet_of(PAPER), plan_of(engine), KH)
        assert text_of(done.words) == f"Applicant Sok Dara {NUMBER} filed 12.03.2014"
        assert done.earlier == (doubted[3],)
    # A reading whose number lies over a name or a date is of something else.
    for said in (f"{NUMBER} Sok", f"Applicant Sok Dara xxxxxxxxxxxxxxx filed {NUMBER}"):
        engine = PreparedEngine(lines=[as_read(said), as_read(said)])
        assert read_number_lines(doubted, sheet_of(PAPER), plan_of(engine), KH).words == doubted


def test_a_line_not_read_brings_no_date(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ocr.number_zones.unread_lines", lambda *_: [Box(60, 340, 400, 26)])
    said = as_read(f"(21) No. {NUMBER} (22) 12.03.2014")
    title = line_at("Title", 0.9)
    done = read_number_lines(title, sheet_of(PAPER), plan_of(PreparedEngine(lines=[said, said])), KH)
    assert text_of(done.words) == f"(21) No. {NUMBER} (22)\nTitle"


@pytest.mark.parametrize("tilt_deg", [0.0, 1.5])
def test_a_line_without_words_is_found_where_it_lies(tilt_deg: float) -> None:
    level_page = page_with_small_print()
    skewed = tilted(level_page, tilt_deg)
    sheet = Sheet(level_page, find_ink(skewed), 300.0, tilt_deg)
    large = [
        word
        for row, line in enumerate(PROSE[:5])
        for word in words_of(line, left_px=60, top_px=50 + 108 * row, confidence=0.9, line=row)
    ]
    covering = [
        replace(word, box=replace(word.box, left_px=40, width_px=1540, height_px=90)) for word in large
    ]
    (box,) = unread_lines(covering, sheet)
    assert box.left_px == pytest.approx(60, abs=12)
    assert box.top_px == pytest.approx(644, abs=12)
    assert box.width_px > 300


def test_a_page_read_whole_has_no_unread_lines() -> None:
    page = page_with_small_print()
    everything = replace(line_at("all", 0.9)[0], box=replace(line_at("all", 0.9)[0].box, left_px=0, top_px=0))
    everything = replace(everything, box=replace(everything.box, width_px=1600, height_px=760))
    assert unread_lines([everything], sheet_of(page)) == []
