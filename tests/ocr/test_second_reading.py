"""Doubtful Latin print is read again by another recogniser, which never touches a number."""

from __future__ import annotations

import shutil
from dataclasses import replace
from functools import cache
from pathlib import Path

import cv2
import numpy as np
import pytest

from app.domain.offices import formats_for, load_offices
from ocr.engines.line_reader import LineReader, LineReading
from ocr.engines.models import DIGIT_MODEL, LINE_LETTERS, LINE_MODEL, require_small_models
from ocr.engines.registry import open_line_reader
from ocr.engines.word_lines import text_of
from ocr.errors import EngineUnavailable
from ocr.numbers import letters_of
from ocr.reading import Sheet
from ocr.second_reading import MOST_PIECES, read_again
from ocr.steps.geometry import PixelImage
from ocr.steps.ink import find_ink
from ocr.types import Box, NumberFormat, Word
from tests.helpers.drawn_pages import PROJECT, PROSE, TESSDATA, text_page

GREY = np.full((200, 2000), 240, np.uint8)
PAPER = Sheet(GREY, find_ink(GREY), 200.0)


class SaysAlways(LineReader):
    """Reads the same on every strip, as sure as told, letters evenly spread."""

    def __init__(self, text: str, confidence: float = 0.95) -> None:
        count = len(text)
        self.said = LineReading(text, (confidence,) * count, tuple((at + 0.5) / count for at in range(count)))
        self.strips: list[tuple[int, ...]] = []

    def read(self, strip: PixelImage) -> LineReading:
        self.strips.append(strip.shape)
        return self.said


@cache
def shipped_reader() -> LineReader:
    reader = open_line_reader("tesserocr", TESSDATA)
    assert reader is not None
    return reader


def line(*texts: str, confidence: float = 0.5, number: int = 0) -> tuple[Word, ...]:
    words, left = [], 40
    for place, text in enumerate(texts):
        box = Box(left, 60 + 50 * number, 14 * len(text), 24)
        words.append(Word(text, box, confidence, number, place + 1 < len(texts), "fra"))
        left += 14 * (len(text) + 1)
    return tuple(words)


def test_a_surer_second_reading_replaces_doubtful_words_in_their_places() -> None:
    words = line("dcmande", "dc", "brcvet")
    read = read_again(words, PAPER, SaysAlways("demande de brevet"), ("fra",))
    assert text_of(read) == "demande de brevet"
    assert [word.box for word in read] == [word.box for word in words]
    assert [word.language for word in read] == ["fra"] * 3
    # The page stays as doubtful as it was: marks for people are measured with the first engine's certainty.
    assert [word.confidence for word in read] == pytest.approx([0.5] * 3)


def test_words_run_together_get_boxes_of_their_own_within_the_piece() -> None:
    words = line("dcmandedc", "brcvet")
    read = read_again(words, PAPER, SaysAlways("demande de brevet"), ("fra",))
    assert text_of(read) == "demande de brevet"
    edges = [edge for word in read for edge in (word.box.left_px, word.box.left_px + word.box.width_px)]
    assert edges == sorted(edges)
    last = words[-1].box
    assert edges[0] == words[0].box.left_px
    assert edges[-1] == last.left_px + last.width_px


@pytest.mark.parametrize(
    ("words", "said", "confidence"),
    [
        (line("demande", confidence=0.95), "autre", 0.99),  # not doubtful
        (line("dcmande"), "demande", 0.4),  # less sure
        (line("dcmande"), "d", 0.99),  # most letters gone
        (line("dcm"), "demande de brevet", 0.99),  # letters nobody saw
        (line("dcmande"), "demande 1962", 0.99),  # a digit nobody saw
        (line("N/2O19/OO123"), "N/2019/00123", 0.99),  # a number
        (line("."), "a", 0.99),
        (line("dcmande"), "", 0.99),
    ],
)
def test_what_is_sure_a_number_or_read_worse_is_left(
    words: tuple[Word, ...], said: str, confidence: float
) -> None:
    assert read_again(words, PAPER, SaysAlways(said, confidence), ("fra",)) == words


def test_where_it_reads_another_number_only_the_words_around_it_are_believed() -> None:
    reader = SaysAlways("demande")
    words = line("dcmande", "2O19", "dcmande")
    read = read_again(words, PAPER, reader, ("eng",))
    assert [word.text for word in read] == ["demande", "2O19", "demande"]
    assert [word.space_after for word in read] == [True, True, False]
    assert read[1] == words[1]
    assert len(reader.strips) == 3  # the whole piece, then what stands around the number


def test_a_number_read_alike_keeps_its_box_and_doubt() -> None:
    words = line("dcmandedc", "KH/P/2019/00123", "dcposce")
    read = read_again(words, PAPER, SaysAlways("demande de KH/P/2019/00123 deposee"), ("eng",))
    assert text_of(read) == "demande de KH/P/2019/00123 deposee"
    assert read[2] == words[1]


@pytest.mark.parametrize(
    ("first", "said"),
    [
        ("Appiication No. KH/P/ 2018/00417", "Application No. KH/D/ 2018/00417"),
        ("Appiication No. PI 2018001234", "Application No. UI 2018001234"),
        ("Appiication No. Pl 2018001234", "Application No. PI 2018001234"),
        ("Appiication KH/P/2018 I 00417", "Application KH/P/2018 / 00417"),
        ("Appiication KH/P/2018/ - 00417", "Application KH/P/2018/ 00417"),
        ("Appiication KH/P/2018 00417", "Application KH/P/2018 / 00417"),
        ("Appiication filed 2018", "Application / 2018"),
    ],
)
def test_letters_and_strokes_of_a_number_stay_the_first_engines(first: str, said: str) -> None:
    words = line(*first.split())
    read = read_again(words, PAPER, SaysAlways(said), ("eng",))
    assert [word.text for word in read] == first.split()
    assert read[1:] == words[1:]


def test_the_letters_of_a_number_are_those_of_the_offices_packs() -> None:
    words = line("dcmande", "QX")
    of_pack = NumberFormat("x", "KH", "patent", r"^QX/(?P<year>\d{4})/(?P<serial>\d{5})$")
    reader = SaysAlways("demande OX")
    assert text_of(read_again(words, PAPER, reader, ("fra",))) == "demande OX"
    assert read_again(words, PAPER, reader, ("fra",), formats=(of_pack,))[-1] == words[1]


def test_every_offices_letters_are_found_in_its_patterns() -> None:
    found = letters_of(formats_for(load_offices(PROJECT / "resources" / "offices"), "KH"))
    assert {"KH", "VN", "PH", "BN", "PP", "PI", "UI", "TM", "WO", "DM", "PCT", "UK"} <= found
    assert not {"YEAR", "SERIAL", "AZ"} & found


def test_words_that_only_look_cut_are_read_again() -> None:
    words = line("dcmandeur", "rési-")
    read = read_again(words, PAPER, SaysAlways("demandeur rési-"), ("fra",))
    assert text_of(read) == "demandeur rési-"


def test_each_word_keeps_its_own_doubt_and_the_least_sure_stands_for_words_run_together() -> None:
    first, second = line("dcmande", "brcvet")
    words = (replace(first, confidence=0.1), replace(second, confidence=0.8))
    alike = read_again(words, PAPER, SaysAlways("demande brevet"), ("fra",))
    assert [word.confidence for word in alike] == [0.1, 0.8]
    parted = read_again(words, PAPER, SaysAlways("demande de brevet"), ("fra",))
    assert [word.confidence for word in parted] == [0.1] * 3


def test_strips_read_in_parts_count_too() -> None:
    words = tuple(word for number in range(60) for word in line("dcmande", "2O19", "dcmande", number=number))
    reader = SaysAlways("demande")
    read_again(words, PAPER, reader, ("fra",))
    assert len(reader.strips) == MOST_PIECES


def test_what_there_is_no_time_for_stays() -> None:
    reader = SaysAlways("demande")
    words = line("dcmande")
    assert read_again(words, PAPER, reader, ("fra",), within_s=0.0) == words
    assert reader.strips == []


@pytest.mark.parametrize("languages", [("khm",), ("eng", "khm"), ("vie",)])
def test_pages_in_letters_it_does_not_know_are_left_alone(languages: tuple[str, ...]) -> None:
    words = line("dcmande")
    assert read_again(words, PAPER, SaysAlways("demande"), languages) == words


@pytest.mark.engine
def test_the_shipped_model_reads_print() -> None:
    page = text_page(PROSE[:1])
    read = shipped_reader().read(page[140:200, 100:1100])
    assert read.text == PROSE[0]
    assert read.confidence > 0.9
    assert list(read.places) == sorted(read.places)


@pytest.mark.parametrize("shape", [(0, 5), (5, 0)])
def test_a_strip_without_pixels_says_nothing(shape: tuple[int, int]) -> None:
    assert LineReader(b"", "abc").read(np.zeros(shape, np.uint8)).text == ""


def test_a_model_that_fails_while_reading_is_damage() -> None:
    class Fails:
        def setInput(self, _: object) -> None:
            pass

        def forward(self) -> None:
            raise cv2.error("no such layer")

    reader = LineReader(b"", "abc")
    vars(reader)["_net"] = Fails()
    with pytest.raises(EngineUnavailable) as told:
        reader.read(GREY)
    assert told.value.code == "model_damaged"


@pytest.mark.engine
@pytest.mark.parametrize("shape", [(1, 1), (60, 1), (1, 4000), (48, 5000)])
def test_strips_of_any_shape_can_be_read(shape: tuple[int, int]) -> None:
    assert isinstance(shipped_reader().read(np.zeros(shape, np.uint8)).text, str)


def test_the_fake_engine_and_a_directory_without_the_model_have_no_second_reading(tmp_path: Path) -> None:
    assert open_line_reader("fake", TESSDATA) is None
    assert open_line_reader("tesserocr", tmp_path) is None


@pytest.mark.parametrize("harm", [b"", b"rubbish"])
def test_a_damaged_model_waits_for_repair(tmp_path: Path, harm: bytes) -> None:
    for name in (LINE_MODEL, LINE_LETTERS, DIGIT_MODEL, "SHA256SUMS"):
        shutil.copy(TESSDATA / name, tmp_path)
    require_small_models(tmp_path)
    (tmp_path / LINE_MODEL).write_bytes(harm)
    for use in (require_small_models, lambda directory: open_line_reader("tesserocr", directory)):
        with pytest.raises(EngineUnavailable) as told:
            use(tmp_path)
        assert (told.value.code, told.value.retryable) == ("model_damaged", True)
        assert told.value.facts["file"] == str(tmp_path / LINE_MODEL)


def test_a_model_opencv_cannot_load_is_damage() -> None:
    with pytest.raises(EngineUnavailable):
        LineReader(b"not a model", "abc").read(GREY)


def test_a_wide_strip_after_a_narrow_one_is_read() -> None:
    # With binaries for Windows the network ended the process when its picture grew from under 128 pixels.
    reader = open_line_reader("tesserocr", TESSDATA)
    assert reader is not None
    for size in ((81, 81), (24, 69), (48, 700)):
        reading = reader.read(np.full(size, 255, np.uint8))
        assert all(0.0 <= place <= 1.0 for place in reading.places)
