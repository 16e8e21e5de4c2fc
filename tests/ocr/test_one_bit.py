from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from ocr.engines.protocol import RecognizeOptions
from ocr.engines.tesserocr_engine import TesserocrEngine
from ocr.engines.word_lines import text_of
from ocr.khmer import in_written_order
from ocr.pipeline import process_page
from ocr.reading import ReadingPlan, Sheet, read_sheet
from ocr.steps.ink import find_ink
from ocr.steps.one_bit import is_bilevel, softened
from ocr.types import PageTask, Word
from tests.helpers.drawn_pages import FONTS, TESSDATA, text_page
from tests.helpers.sealed_pages import PreparedEngine

KHMER = (
    "មនុស្សទាំងអស់កើតមកមានសេរីភាពនិងសមភាព",
    "ក្នុងផ្នែកសេចក្តីថ្លៃថ្នូរនិងសិទ្ធិ",
    "មនុស្សមានវិចារណញ្ញាណនិងសតិសម្បជញ្ញៈជាប់ពីកំណើត",
    "ហើយគប្បីប្រព្រឹត្តចំពោះគ្នាទៅវិញទៅមក",
    "ក្នុងស្មារតីភាតរភាពជាបងប្អូន",
    "បុគ្គលម្នាក់ៗអាចប្រើប្រាស់សិទ្ធិនិងសេរីភាពទាំងអស់",
    "ដោយគ្មានការប្រកាន់បែងចែកបែបណាមួយ",
    "មានជាអាទិ៍ពូជសាសន៍ពណ៌សម្បុរភេទភាសាសាសនា",
)


def one_bit_page(lines: tuple[str, ...], font: str, px: int, *, threshold: int = 150) -> NDArray[np.uint8]:
    """A page of 200 dpi in one bit, as a fax machine sees it."""
    picture = Image.new("L", (1500, 150 + 2 * px * len(lines)), 255)
    pen, face = ImageDraw.Draw(picture), ImageFont.truetype(str(FONTS / font), px)
    for row, line in enumerate(lines):
        pen.text((100, 80 + 2 * px * row), line, font=face, fill=0)
    grey = np.array(picture)
    return np.where(grey > threshold, 255, 0).astype(np.uint8)


def khmer_page(px: int) -> NDArray[np.uint8]:
    return one_bit_page(KHMER, "NotoSansKhmer-Regular.ttf", px)


def wrong_share(text: str) -> float:
    from rapidfuzz.distance import Levenshtein

    expected = "".join(in_written_order(line) for line in KHMER)
    return Levenshtein.distance("".join(text.replace("\u200b", "").split()), expected) / len(expected)


@pytest.mark.engine
def test_khmer_in_one_bit_reads_better_softened() -> None:
    plan = ReadingPlan(TesserocrEngine(TESSDATA), ("khm",), 60.0)
    plain, soft = 0.0, 0.0
    for px in (32, 36, 40):
        page = khmer_page(px)
        ink = find_ink(page)
        plain += wrong_share(text_of(read_sheet(Sheet(page, ink, 200.0), plan)))
        soft += wrong_share(text_of(read_sheet(Sheet(page, ink, 200.0, is_one_bit=True), plan)))
    assert soft < plain


def test_only_scripts_that_gain_are_softened() -> None:
    page = khmer_page(34)
    height_px = find_ink(page).height_px
    for languages in (("eng",), ("tha",), ("vie", "eng"), ("fra",)):
        assert softened(page, height_px, languages) is page
    soft = softened(page, height_px, ("khm", "eng"))
    assert len(np.unique(soft)) > 20
    assert set(np.unique(page)) == {0, 255}


def test_a_page_that_is_shrunk_is_soft_enough() -> None:
    plan, page = ReadingPlan(PreparedEngine(), ("khm",), 60.0), khmer_page(60)
    seen: list[NDArray[np.uint8]] = []

    class Watching(PreparedEngine):
        def recognize(self, image: NDArray[np.uint8], options: RecognizeOptions) -> tuple[Word, ...]:
            seen.append(image)
            return ()

    watched = replace(plan, engine=Watching())
    for is_one_bit in (False, True):
        read_sheet(Sheet(page, find_ink(page), 300.0, is_one_bit=is_one_bit), watched)
    assert seen[0].shape[0] < page.shape[0]
    assert np.array_equal(*seen)


def test_one_bit_pages_are_told_from_grey_ones() -> None:
    assert is_bilevel(khmer_page(34))
    assert not is_bilevel(text_page())


@pytest.mark.parametrize("is_grey", [False, True])
def test_a_grey_page_reaches_the_engine_untouched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_grey: bool
) -> None:
    import ocr.reading

    asked: list[float] = []

    def spied(grey: NDArray[np.uint8], letter_px: float, languages: tuple[str, ...]) -> NDArray[np.uint8]:
        asked.append(letter_px)
        return grey

    monkeypatch.setattr(ocr.reading, "softened", spied)
    page = khmer_page(34)
    if is_grey:
        page = np.clip(page.astype(np.int16), 60, 235).astype(np.uint8)
        page[::2] = np.minimum(page[::2], 150)
    path = tmp_path / "page.png"
    Image.fromarray(page).save(path, dpi=(200, 200))
    process_page(
        PageTask(
            master_path=path,
            frame=0,
            derived_dir=tmp_path,
            derived_key="k",
            languages=("khm",),
            formats=(),
            tessdata_dir=TESSDATA,
            engine="fake",
        )
    )
    assert bool(asked) is not is_grey
