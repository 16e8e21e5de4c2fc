"""Lao and Thai digits are told by their shapes, and what is no such digit stays as it was read."""

from __future__ import annotations

import io
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from app.domain.offices import formats_for, load_offices
from ocr.engines.digit_reader import DigitReader
from ocr.engines.models import DIGIT_MODEL, require_small_models
from ocr.engines.registry import open_digit_reader
from ocr.errors import EngineUnavailable
from ocr.local_digits import read_local_digits
from ocr.number_readings import SUPPOSED, numbers_of, read_numbers_again
from ocr.reading import ReadingPlan, Sheet
from ocr.script import PageReading
from ocr.stamped_zones import ColouredPage
from ocr.steps.ink import find_ink
from ocr.types import Box, Word
from tests.helpers.drawn_pages import PROJECT, TESSDATA

FONTS = PROJECT / "resources" / "fonts"
OFFICES = load_offices(PROJECT / "resources" / "offices")
FACES = {
    "lao": FONTS / "NotoSansLao-Regular.ttf",
    "tha": FONTS / "NotoSansThai-Regular.ttf",
    "latin": FONTS / "Inter-Regular.otf",
}
TOP, LEFT, SIZE_PX = 120, 80, 34


@pytest.fixture(scope="module")
def reader() -> DigitReader:
    found = open_digit_reader("tesserocr", TESSDATA)
    assert found is not None
    return found


def page_with(*pieces: tuple[str, str]) -> tuple[Sheet, list[Box]]:
    """A page with pieces of print beside each other, each a face and its text, over some letters of the first face."""
    picture = Image.new("L", (1200, 400), 245)
    pen = ImageDraw.Draw(picture)
    left, boxes = LEFT, []
    for face, text in pieces:
        font = ImageFont.truetype(str(FACES[face]), SIZE_PX)
        pen.text((left, TOP), text, font=font, fill=30, anchor="ls")
        edges = pen.textbbox((left, TOP), text, font=font, anchor="ls")
        boxes.append(Box(int(edges[0]), int(edges[1]), int(edges[2] - edges[0]), int(edges[3] - edges[1])))
        left = int(edges[2]) + 40
    letters = {"lao": "ກຂຄງຈສຊຍດຕຖທນບ", "tha": "กขคงจฉชซญดตถทนบ", "latin": "the filter of clay"}[pieces[0][0]]
    for row in range(3):
        pen.text(
            (LEFT, 220 + 70 * row),
            letters,
            font=ImageFont.truetype(str(FACES[pieces[0][0]]), SIZE_PX),
            fill=30,
        )
    grey = np.asarray(picture)
    return Sheet(grey, find_ink(grey), 200.0), boxes


def word(text: str, box: Box, *, confidence: float = 0.95, language: str = "eng") -> Word:
    return Word(text, box, confidence, 0, True, language)


@pytest.mark.parametrize(
    ("script", "misread", "printed"),
    [
        ("lao", "59596", "໓໑໓໑໒"),
        ("lao", "Goog", "໒໐໑໘"),
        ("lao", "14/05/2016", "໑໔/໐໕/໒໐໑໖"),
        ("tha", "๒๑๐๑๐๐๑๒๑๕", "๒๑๐๑๐๐๑๖๑๕"),
        ("tha", "๒๕๒๑", "๒๕๖๑"),
        ("tha", "๓๕๓", "๓๔๗"),
    ],
)
def test_digits_the_engine_does_not_know_are_read(
    reader: DigitReader, script: str, misread: str, printed: str
) -> None:
    sheet, boxes = page_with((script, printed))
    confidence = 0.6 if misread == "Goog" else 0.95
    given = (word(misread, boxes[0], confidence=confidence),)
    read = read_local_digits(given, sheet, reader, (script, "eng"))
    assert [each.text for each in read.words] == [printed]
    assert read.words[0].confidence <= confidence
    assert read.earlier == given


@pytest.mark.parametrize("script", ["lao", "tha"])
@pytest.mark.parametrize(
    "text", ["59596", "12/03/2016", "1401001234", "Goog", "Fig.3", "M/1421805", "00", "(21)"]
)
def test_latin_digits_and_letters_stay(reader: DigitReader, script: str, text: str) -> None:
    sheet, boxes = page_with(("latin", text))
    given = (word(text, boxes[0], confidence=0.5),)
    assert read_local_digits(given, sheet, reader, (script, "eng")).words == given


@pytest.mark.parametrize(
    ("script", "text"), [("lao", "ບໍລິສັດ"), ("lao", "ນາງສາວ"), ("tha", "อำเภอ"), ("tha", "ขนาดบรรจุ")]
)
def test_letters_of_the_script_stay_however_doubtful(reader: DigitReader, script: str, text: str) -> None:
    sheet, boxes = page_with((script, text))
    given = (word(text, boxes[0], confidence=0.2, language=script),)
    assert read_local_digits(given, sheet, reader, (script, "eng")).words == given


def test_pages_read_without_such_a_model_are_left_alone(reader: DigitReader) -> None:
    sheet, boxes = page_with(("lao", "໓໑໓໑໒"))
    given = (word("59596", boxes[0]),)
    assert read_local_digits(given, sheet, reader, ("khm", "eng")).words == given
    assert read_local_digits(given, sheet, None, ("lao", "eng")).words == given


def test_a_single_digit_is_replaced_only_where_a_digit_was_read(reader: DigitReader) -> None:
    sheet, boxes = page_with(("tha", "๖"))
    digit, letter = word("๒", boxes[0], language="tha"), word("b", boxes[0], confidence=0.3)
    assert [each.text for each in read_local_digits((digit,), sheet, reader, ("tha",)).words] == ["๖"]
    assert read_local_digits((letter,), sheet, reader, ("tha",)).words == (letter,)


class NoEngine:
    """An engine that must not be asked."""

    version = "none"

    def languages(self) -> tuple[str, ...]:
        return ("lao", "eng")


def test_a_number_in_such_digits_is_offered_and_proves_nothing_nor_does_what_was_read_for_it(
    reader: DigitReader,
) -> None:
    """A surely read "59596" behind the caption of an application would prove another office's file."""
    sheet, boxes = page_with(("lao", "ເລກທີຄໍາຮ້ອງ"), ("lao", "໓໑໓໑໒"))
    first = (word("ເລກທີຄໍາຮ້ອງ", boxes[0], language="lao"), replace(word("59596", boxes[1]), space_after=False))
    plan = ReadingPlan(NoEngine(), ("lao", "eng"), 60.0, digits=reader)  # type: ignore[arg-type]
    page = ColouredPage(sheet.grey, lambda box: sheet.grey, None)
    formats = formats_for(OFFICES, "LA")
    reading = read_numbers_again(PageReading(first, ("lao", "eng")), sheet, page, plan, formats, first)
    assert [each.text for each in reading.words] == ["ເລກທີຄໍາຮ້ອງ", "໓໑໓໑໒"]
    assert [each.text for each in reading.first] == ["ເລກທີຄໍາຮ້ອງ", "59596"]
    found = {each.normalised: each for each in numbers_of(first, reading, (), formats, (1200, 400))}
    assert found["31312"].raw == "໓໑໓໑໒"
    assert max(each.confidence for each in found.values()) <= SUPPOSED


@pytest.mark.parametrize("harm", [b"", b"PK", b"not a model" * 100])
def test_a_damaged_model_is_told_before_a_page_is_read(tmp_path: Path, harm: bytes) -> None:
    for name in (DIGIT_MODEL, "latin_lines.onnx", "latin_lines.txt", "SHA256SUMS"):
        shutil.copy(TESSDATA / name, tmp_path)
    require_small_models(tmp_path)
    (tmp_path / DIGIT_MODEL).write_bytes(harm)
    for use in (require_small_models, lambda directory: open_digit_reader("tesserocr", directory)):
        with pytest.raises(EngineUnavailable) as told:
            use(tmp_path)
        assert (told.value.code, told.value.retryable) == ("model_damaged", True)


def test_weights_of_another_shape_are_no_model() -> None:
    stream = io.BytesIO()
    np.savez(
        stream,
        **{
            f"{s}_{p}": np.zeros((3, 3))
            for s in ("lao", "tha")
            for p in ("hidden", "hidden_bias", "last", "last_bias")
        },
    )
    with pytest.raises(ValueError, match="shape"):
        DigitReader(stream.getvalue())


def test_there_is_no_reader_without_its_model(tmp_path: Path) -> None:
    assert open_digit_reader("fake", TESSDATA) is None
    assert open_digit_reader("tesserocr", tmp_path) is None
