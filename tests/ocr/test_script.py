"""Which models a page is read with: the right one alone where it holds one script, never at the cost of another."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from ocr.engines.line_reader import LineReader, LineReading
from ocr.engines.protocol import Layout, RecognizeOptions
from ocr.engines.registry import open_line_reader
from ocr.engines.tesserocr_engine import TesserocrEngine
from ocr.engines.word_lines import text_of
from ocr.reading import ReadingPlan, Sheet
from ocr.script import _proves_other_script, doubtful_places, is_french, read_page
from ocr.steps.ink import find_ink
from ocr.types import Box, Word
from tests.helpers.drawn_pages import FONTS, PROSE, TESSDATA, grained

FRENCH = (
    "Le demandeur sollicite la délivrance d'un brevet pour",
    "l'invention décrite dans les pièces qui sont jointes et",
    "déclare que les indications de la présente sont exactes.",
    "Le pouvoir du mandataire est remis dans un délai de deux",
    "mois à compter de la date du dépôt de cette demande.",
    "La priorité est revendiquée pour une demande déposée",
    "dans un autre pays de la Convention de Paris en mars.",
    "Les taxes sont payées par le déposant au guichet.",
)
KHMER = (
    "សេចក្តីប្រកាសជាសកលស្តីពីសិទ្ធិមនុស្ស",
    "មនុស្សទាំងអស់កើតមកមានសេរីភាព",
    "និងភាពស្មើគ្នាក្នុងសិទ្ធិនិងសេចក្តីថ្លៃថ្នូរ",
)
ONE_LINE = "ឈ្មោះអ្នកដាក់ពាក្យ"
SET = ("eng", "khm")


def drawn(lines: tuple[str, ...]) -> Sheet:
    """A page whose lines are in the font of their script; small letters come out 18 pixels high."""
    latin = ImageFont.truetype(str(FONTS / "Inter-Regular.otf"), 34)
    khmer = ImageFont.truetype(str(FONTS / "NotoSansKhmer-Regular.ttf"), 34)
    picture = Image.new("L", (1240, 260 + 70 * len(lines)), 240)
    pen = ImageDraw.Draw(picture)
    for number, line in enumerate(lines):
        left = 110.0
        is_mixed = any(char > "\u1000" for char in line) and any("a" <= char <= "z" for char in line)
        for word in line.split(" ") if is_mixed else [line]:
            font = khmer if any(char > "\u1000" for char in word) else latin
            pen.text((left, 120 + 70 * number), word, font=font, fill=30)
            left += font.getlength(word + " ")
    page = grained(np.asarray(picture))
    return Sheet(page, find_ink(page), 200.0)


@cache
def engine() -> TesserocrEngine:
    return TesserocrEngine(TESSDATA)


def plan(languages: tuple[str, ...] = SET) -> ReadingPlan:
    return ReadingPlan(engine(), languages, 60.0)


def word(text: str, *, confidence: float = 0.9, line: int = 0) -> Word:
    return Word(text, Box(0, 0, 20, 20), confidence, line, True)


@pytest.mark.engine
def test_a_french_page_in_a_khmer_folder_is_read_as_french() -> None:
    read = read_page(drawn(FRENCH), plan())
    assert read.languages == ("fra",)
    assert "délivrance" in text_of(read.words)
    assert "dépôt" in text_of(read.words)


@pytest.mark.engine
def test_an_english_page_is_read_with_the_latin_model_alone() -> None:
    read = read_page(drawn(PROSE), plan(("khm", "eng")))
    assert read.languages == ("eng",)
    assert PROSE[0] in text_of(read.words)


@pytest.mark.engine
def test_a_khmer_page_keeps_the_whole_set() -> None:
    assert read_page(drawn(KHMER * 3), plan()).languages == SET


@pytest.mark.engine
@pytest.mark.parametrize("place", [0, 5, 10])
def test_one_khmer_line_on_an_english_page_is_not_lost(place: int) -> None:
    read = read_page(drawn((*PROSE[:place], ONE_LINE, *PROSE[place:])), plan())
    assert read.languages == SET
    assert "អ្នក" in text_of(read.words)
    assert "invention" in text_of(read.words)


@pytest.mark.engine
def test_one_khmer_line_on_a_french_page_is_read_beside_french() -> None:
    read = read_page(drawn((*FRENCH, ONE_LINE)), plan())
    assert read.languages == ("fra", "khm")
    assert "អ្នក" in text_of(read.words)
    assert "délivrance" in text_of(read.words)


@pytest.mark.engine
def test_languages_a_person_chose_are_used_as_they_are() -> None:
    assert read_page(drawn(FRENCH), replace(plan(), is_chosen=True)).languages == SET


@pytest.mark.engine
def test_a_set_of_latin_languages_is_used_as_it_is() -> None:
    assert read_page(drawn(PROSE[:3]), plan(("eng", "fra"))).languages == ("eng", "fra")


def test_a_few_french_words_do_not_make_a_page_french() -> None:
    names = [
        word(text) for text in ["Le", "Comité", "de", "la", "Croix", "du", "Sud", "et", "de", "la", "Paix"]
    ]
    english = [word(text) for text in ["of", "the", "agent", "and", "the", "owner"]]
    assert is_french(names)
    assert not is_french([*names, *english])
    assert not is_french(names[:4])


def test_doubtful_neighbours_on_a_line_are_one_place() -> None:
    words = [
        word("sure"),
        word("HAM", confidence=0.1),
        word("SgI", confidence=0.3),
        word("next", confidence=0.2, line=1),
        word("sure", line=1),
        word("|", confidence=0.0, line=1),
    ]
    found = [" ".join(each.text for each in place) for place in doubtful_places(words)]
    assert found == ["HAM SgI", "next"]


@pytest.mark.engine
@pytest.mark.parametrize("khmer", ["លេខ", "១៤"])
def test_a_lone_khmer_word_of_two_letters_on_an_english_page_is_not_lost(khmer: str) -> None:
    lines = (*PROSE[:5], f"The mark {khmer} is shown on the label of goods", *PROSE[6:])
    second = open_line_reader("tesserocr", TESSDATA)
    read = read_page(drawn(lines), replace(plan(("khm", "eng")), second=second))
    assert khmer in text_of(read.words)
    assert "is shown on the label of goods" in text_of(read.words)


@pytest.mark.engine
def test_what_the_second_recogniser_reads_clearly_is_latin() -> None:
    class SeesLatin(LineReader):
        def read(self, strip: np.ndarray) -> LineReading:
            return LineReading("word", (1.0,) * 4, (0.1, 0.4, 0.6, 0.9))

    sheet = drawn((*PROSE[:4], ONE_LINE, *PROSE[4:]))
    assert read_page(sheet, plan()).languages == SET
    assert read_page(sheet, replace(plan(), second=SeesLatin(b"", ""))).languages == ("eng",)


class Counting(TesserocrEngine):
    """The engine, with a note of how each picture was laid out."""

    def __init__(self) -> None:
        super().__init__(TESSDATA)
        self.layouts: list[Layout] = []

    def recognize(self, image: np.ndarray, options: RecognizeOptions) -> tuple[Word, ...]:
        self.layouts.append(options.layout)
        return super().recognize(image, options)


def upside_down(sheet: Sheet) -> Sheet:
    page = np.ascontiguousarray(np.rot90(sheet.grey, 2))
    return Sheet(page, find_ink(page), sheet.dpi)


@pytest.mark.engine
def test_a_page_that_lies_upside_down_is_not_read_as_it_lies() -> None:
    counting = Counting()
    turned = upside_down(drawn(PROSE))
    read = read_page(turned, replace(plan(), engine=counting), may_be_turned=True)
    assert (read.words, read.is_upside_down) == ((), True)
    assert Layout.PAGE not in counting.layouts


@pytest.mark.engine
@pytest.mark.parametrize("lines", [PROSE, KHMER * 3, (*PROSE[:5], *KHMER)], ids=["english", "khmer", "both"])
def test_an_upright_page_is_never_taken_to_lie_upside_down(lines: tuple[str, ...]) -> None:
    read = read_page(drawn(lines), plan(), may_be_turned=True)
    assert not read.is_upside_down
    assert read.words


@pytest.mark.engine
def test_a_page_somebody_turned_is_read_as_it_stands() -> None:
    assert read_page(upside_down(drawn(PROSE)), plan()).words


class Symbols:
    """An engine that reads every strip as the same characters."""

    version = "symbols"

    def __init__(self, text: str, confidence: float) -> None:
        self.symbols = tuple(word(char, confidence=confidence) for char in text)

    def languages(self) -> tuple[str, ...]:
        return SET

    def recognize(self, image: np.ndarray, options: RecognizeOptions) -> tuple[Word, ...]:
        return self.symbols


class Asked(LineReader):
    """A second recogniser that is as sure as it is told, and counts how often it is asked."""

    def __init__(self, confidence: float) -> None:
        super().__init__(b"", "")
        self.confidence = confidence
        self.times = 0

    def read(self, strip: np.ndarray) -> LineReading:
        self.times += 1
        return LineReading("word", (self.confidence,) * 4, (0.1, 0.4, 0.6, 0.9))


@pytest.mark.parametrize(
    ("text", "sure", "latin", "proves", "times"),
    [
        ("word", 0.9, 0.1, False, 0),
        ("កខ", 0.5, 0.1, False, 0),
        ("កខគ", 0.7, 0.1, True, 1),
        ("កខគ", 0.7, 0.95, False, 1),
        ("កខ", 0.98, 0.5, True, 1),
        ("កខ", 0.98, 0.88, False, 1),
        ("abcកខ", 0.98, 0.1, False, 0),
    ],
)
def test_the_slower_recogniser_is_asked_only_where_the_first_sees_another_script(
    text: str, sure: float, latin: float, proves: bool, times: int
) -> None:
    second = Asked(latin)
    asked = replace(plan(), engine=Symbols(text, sure), second=second)
    assert _proves_other_script(Box(110, 120, 300, 40), drawn(PROSE[:2]), asked) is proves
    assert second.times == times
