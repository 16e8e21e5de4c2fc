from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from app.domain.offices import formats_for, load_offices
from ocr.candidates import find_candidates
from ocr.engines.tesserocr_engine import TesserocrEngine
from ocr.native_digits import reread_numbers
from ocr.reading import ReadingPlan, Sheet, read_sheet, reread
from ocr.steps.ink import find_ink
from ocr.types import Box, Word
from tests.helpers.drawn_pages import PROJECT, TESSDATA

OFFICES = load_offices(PROJECT / "resources" / "offices")
KH = formats_for(OFFICES, "KH")
TH = formats_for(OFFICES, "TH")
LANGUAGES = ("khm", "eng")
FONTS = PROJECT / "resources" / "fonts"


def word(text: str, *, left_px: int = 0, line: int = 0, confidence: float = 0.4) -> Word:
    return Word(text, Box(left_px, 100 * line, 20 * len(text), 40), confidence, line, False)


def symbols(text: str, confidence: float = 0.99) -> tuple[Word, ...]:
    return tuple(word(char, left_px=20 * place, confidence=confidence) for place, char in enumerate(text))


class Readings:
    """Hands out prepared readings of any strip: two local ones, then the Latin one."""

    def __init__(self, first: str, second: str, latin: str, *, confidence: float = 0.99) -> None:
        self.local = [first, second]
        self.latin = latin
        self.confidence = confidence
        self.boxes: list[Box] = []

    def __call__(self, box: Box, languages: tuple[str, ...], letter_px: float) -> Sequence[Word]:
        self.boxes.append(box)
        text = self.latin if languages == ("eng",) else self.local.pop(0)
        return symbols(text, self.confidence)


def test_letters_and_digits_are_taken_from_the_reading_that_knows_them() -> None:
    read = Readings("យេ/0ឯ/២០១៨/០០៤១៧", "យ/៦/២០១៨/០០៤១៧", "KH/P/wo9g/ook9n")
    done = reread_numbers((word("KH/P/wo9g/ook9n"),), KH, LANGUAGES, read)
    assert [each.text for each in done.words] == ["KH/P/២០១៨/០០៤១៧"]
    assert [each.text for each in done.earlier] == ["KH/P/wo9g/ook9n"]
    found = find_candidates(done.words, barcodes=(), formats=KH, width_px=900, height_px=900)
    assert [(each.normalised, each.edits) for each in found] == [("KH/P/2018/00417", ())]


def test_digits_two_sizes_disagree_about_are_not_believed() -> None:
    read = Readings("យេ/0ឯ/២០១៨/០០៤១៧", "យេ/0ឯ/២០១៨/០០៤១៣", "KH/P/wo9g/ook9n")
    given = (word("KH/P/wo9g/ook9n"),)
    assert reread_numbers(given, KH, LANGUAGES, read).words == given


def test_an_unsure_character_is_not_believed() -> None:
    read = Readings("យេ/0ឯ/២០១៨/០០៤១៧", "យ/0/២០១៨/០០៤១៧", "KH/P/wo9g/ook9n", confidence=0.6)
    given = (word("KH/P/wo9g/ook9n"),)
    assert reread_numbers(given, KH, LANGUAGES, read).words == given


def test_a_lost_letter_does_not_make_another_kind_of_number() -> None:
    """KH/2018/00417 would be a registration: a part two of the three readings saw must not vanish."""
    read = Readings("យេ/0ឯ/២០១៨/០០៤១៧", "យេ/ឯ/២០១៨/០០៤១៧", "KH/?/wo9g/ook9n")
    given = (word("KH/P/wo9g/ook9n"),)
    assert reread_numbers(given, KH, LANGUAGES, read).words == given


@pytest.mark.parametrize(
    "text", ["KH/P/2018/00417", "14/06/2017", "abstract", "and/or", "KH/49703/13", "Filing/date"]
)
def test_words_that_need_no_second_reading_cost_none(text: str) -> None:
    read = Readings("", "", "")
    assert [each.text for each in reread_numbers((word(text),), KH, LANGUAGES, read).words] == [text]
    assert not read.boxes


def test_pages_in_other_scripts_come_back_unchanged() -> None:
    read = Readings("", "", "")
    given = (word("KH/P/wo9g/ook9n"),)
    assert reread_numbers(given, KH, ("eng",), read).words == given
    assert reread_numbers(given, (), LANGUAGES, read).words == given
    assert not read.boxes


def test_pieces_joined_at_a_slash_become_one_word_and_keep_the_rest_of_the_line() -> None:
    line = (
        word("KH/P/"),
        replace(word("wo9g/ook9n", left_px=104), space_after=True),
        word("ថ្ងៃទី២៧", left_px=600, confidence=0.9),
    )
    read = Readings("យេ/0ឯ/២០១៨/០០៤១៧", "យេ/ឯ/២០១៨/០០៤១៧", "KH/P/wo9g/ook9n")
    done = reread_numbers(line, KH, LANGUAGES, read).words
    assert [(each.text, each.space_after) for each in done] == [
        ("KH/P/២០១៨/០០៤១៧", True),
        ("ថ្ងៃទី២៧", False),
    ]
    assert done[0].box == Box(0, 0, 304, 40)


def test_thai_digits_never_prove_a_number() -> None:
    """The Thai model reads ๙ as ๕ and is sure of it."""
    words = (word("เลขที่คำขอ", confidence=0.95), word("๑๕๐๒๐๐๓๕๑๑", left_px=300, confidence=0.95))
    found = find_candidates(words, barcodes=(), formats=TH, width_px=900, height_px=900)
    assert found
    assert all(each.confidence < 0.3 for each in found)


@pytest.mark.engine
@pytest.mark.parametrize("number", ["KH/P/២០១៨/០០៤១៧", "KH/D/២០១៩/០០១២៥", "KH/D/2019/00125"])
def test_drawn_numbers_are_read_with_their_own_digits(number: str) -> None:
    page = drawn_number(number)
    plan = ReadingPlan(TesserocrEngine(TESSDATA), LANGUAGES, 60.0)
    sheet = Sheet(page, find_ink(page), 200.0)
    first = read_sheet(sheet, plan)
    assert number in [each.text for each in reread(first, sheet, plan, KH).words]


def drawn_number(number: str) -> np.ndarray:
    """A page with a caption, a number and some lines below it."""
    latin = ImageFont.truetype(str(FONTS / "Inter-Regular.otf"), 34)
    khmer = ImageFont.truetype(str(FONTS / "NotoSansKhmer-Regular.ttf"), 34)
    picture = Image.new("L", (1000, 700), 245)
    draw = ImageDraw.Draw(picture)
    draw.text((80, 60), "(21) Application No.", font=latin, fill=25)
    left = 80.0
    for char in number:
        font = khmer if char > "\u1000" else latin
        draw.text((left, 140 if font is latin else 128), char, font=font, fill=25)
        left += font.getlength(char)
    for row in range(6):
        draw.text((80, 260 + 60 * row), "The filter holds a candle of fired clay", font=latin, fill=25)
    return np.asarray(picture)
