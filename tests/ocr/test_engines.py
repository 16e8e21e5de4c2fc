"""The contract every recognition engine keeps."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from ocr.engines.protocol import EngineTimeout, Layout, OcrEngine, RecognizeOptions
from ocr.engines.registry import open_engine
from ocr.engines.word_lines import TextReader, finished_words, text_of, without_trailing_spaces
from ocr.errors import EngineUnavailable, PageNeedsAttention
from ocr.types import Box, Word
from tests.helpers.drawn_pages import PROJECT, TESSDATA, text_page

ENGLISH = RecognizeOptions(("eng",), dpi=150)

REAL = [
    pytest.param("tesserocr", marks=pytest.mark.engine),
    pytest.param(
        "pytesseract",
        marks=[
            pytest.mark.engine,
            pytest.mark.skipif(shutil.which("tesseract") is None, reason="no tesseract program installed"),
        ],
    ),
]
ALL = ["fake", *REAL]


@pytest.fixture
def engine(request: pytest.FixtureRequest) -> OcrEngine:
    return open_engine(request.param, TESSDATA)


@pytest.mark.parametrize("engine", ALL, indirect=True)
def test_words_have_boxes_inside_the_picture_and_lines_in_order(engine: OcrEngine) -> None:
    page = text_page()
    before = page.copy()
    words = engine.recognize(page, ENGLISH)
    assert words
    assert np.array_equal(page, before)
    lines = [word.line for word in words]
    assert lines == sorted(lines)
    assert set(lines) == set(range(max(lines) + 1))
    for word in words:
        assert word.text == word.text.strip() != ""
        assert 0 <= word.confidence <= 1
        assert word.box.left_px >= 0
        assert word.box.top_px >= 0
        assert word.box.left_px + word.box.width_px <= page.shape[1]
        assert word.box.top_px + word.box.height_px <= page.shape[0]


@pytest.mark.parametrize("engine", ALL, indirect=True)
def test_last_word_of_a_line_has_no_space_after(engine: OcrEngine) -> None:
    words = engine.recognize(text_page(), ENGLISH)
    ends = [word for word, after in pairwise(words) if after.line != word.line]
    assert not any(word.space_after for word in [*ends, words[-1]])


@pytest.mark.parametrize("engine", ALL, indirect=True)
def test_missing_language_is_told(engine: OcrEngine) -> None:
    with pytest.raises(EngineUnavailable, match="language_missing"):
        engine.recognize(text_page(), RecognizeOptions(("tlh",)))
    assert "eng" in engine.languages()
    assert engine.version


@pytest.mark.parametrize("engine", REAL, indirect=True)
def test_english_is_read_exactly(engine: OcrEngine) -> None:
    lines = ("The applicant requests the grant", "of a patent, No. 2019/1432.")
    words = engine.recognize(text_page(lines, points_px=44), ENGLISH)
    assert text_of(words) == "\n".join(lines)


@pytest.mark.parametrize("engine", REAL, indirect=True)
def test_no_space_is_invented_in_khmer(engine: OcrEngine) -> None:
    lines = ("ពាក្យសុំចុះបញ្ជីម៉ាក", "ព្រះរាជាណាចក្រកម្ពុជា ជាតិ សាសនា")
    page = text_page(lines, font="NotoSansKhmer-Regular.ttf", points_px=48)
    found = text_of(
        engine.recognize(page, RecognizeOptions(("khm",), dpi=200, layout=Layout.BLOCK))
    ).splitlines()
    assert len(found) == 2
    assert " " not in found[0]


@pytest.mark.engine
def test_recognition_that_takes_too_long_is_stopped() -> None:
    options = RecognizeOptions(("eng",), dpi=150, timeout_s=0.001)
    with pytest.raises(EngineTimeout):
        open_engine("tesserocr", TESSDATA).recognize(text_page(), options)


def test_unknown_engine_is_told() -> None:
    with pytest.raises(EngineUnavailable, match="engine_missing"):
        open_engine("crystal-ball", TESSDATA)


def test_fake_reads_its_sidecar_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sidecar = tmp_path / "text.txt"
    sidecar.write_text("Application No.\nKH/T/2019/1\n", encoding="utf-8")
    monkeypatch.setenv("FOLIODESK_FAKE_TEXT", str(sidecar))
    words = open_engine("fake", TESSDATA).recognize(text_page(), ENGLISH)
    assert text_of(words) == "Application No.\nKH/T/2019/1"


def test_fake_troubles_only_the_dark_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FOLIODESK_FAKE_ENGINE", "timeout_dark")
    fake = open_engine("fake", TESSDATA)
    assert fake.recognize(text_page(), ENGLISH)
    with pytest.raises(EngineTimeout):
        fake.recognize(np.zeros((50, 50), np.uint8), ENGLISH)


@pytest.mark.skipif(os.name != "posix", reason="the signal's number is told by POSIX only")
def test_fake_crashes_like_a_real_engine(tmp_path: Path) -> None:
    Image.fromarray(text_page()).save(tmp_path / "page.png")
    program = (
        "import numpy as np; from pathlib import Path; from ocr.engines.registry import open_engine;"
        "from ocr.engines.protocol import RecognizeOptions;"
        "open_engine('fake', Path('.')).recognize(np.zeros((9, 9), np.uint8), RecognizeOptions(('eng',)))"
    )
    environment = {**os.environ, "FOLIODESK_FAKE_ENGINE": "crash"}
    done = subprocess.run([sys.executable, "-c", program], cwd=PROJECT, env=environment, check=False)
    assert done.returncode == -11


def test_spaces_come_from_the_line_alone() -> None:
    reader = TextReader("ភាសា ខ្មែរនេះ end\n\nnext line")
    words = ("ភាសា", "ខ្មែរ", "នេះ", "end", "next", "line")
    assert [reader.space_follows(word) for word in words] == [True, False, True, False, True, False]


def test_letters_of_thai_and_lone_signs_become_words() -> None:
    def piece(text: str, left: int, *, space: bool = False) -> Word:
        return Word(text, Box(left, 10, 8, 20), 0.8, 0, space)

    pieces = [piece("ท", 0), piece("ุ", 6), piece("ก", 10, space=True), piece("No", 30), piece("12", 40)]
    words = finished_words(pieces)
    assert [word.text for word in words] == ["ทุก", "No", "12"]
    assert words[0].box == Box(0, 10, 18, 20)
    assert words[0].space_after


def test_text_is_words_joined_by_their_flags() -> None:
    def word(text: str, line: int, *, space: bool) -> Word:
        return Word(text, Box(0, 0, 1, 1), 0.9, line, space)

    words = without_trailing_spaces(
        [
            word("a", 3, space=True),
            word("b", 3, space=True),
            word("c", 7, space=False),
            word("d", 7, space=True),
        ]
    )
    assert text_of(words) == "a b\ncd"
    assert [one.line for one in words] == [0, 0, 1, 1]


def test_layout_numbers_are_tesseracts() -> None:
    assert [int(layout) for layout in Layout] == [3, 6, 7]


@pytest.mark.parametrize("engine", REAL, indirect=True)
@pytest.mark.parametrize("shape", [(40, 34_000), (34_000, 40)])
def test_a_picture_too_long_for_an_engine_is_refused_not_fatal(
    engine: OcrEngine, shape: tuple[int, int]
) -> None:
    with pytest.raises(PageNeedsAttention) as told:
        engine.recognize(np.full(shape, 255, np.uint8), ENGLISH)
    assert told.value.code == "too_large"
