"""A person's box: what lies outside is neither read nor judged, and stays to be seen in the viewing copy."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import zxingcpp
from PIL import Image

from ocr.pipeline import process_page
from ocr.types import Box, PageBox, PageEdits, PageResult, PageTask
from ocr.words_file import read_words
from tests.helpers.drawn_pages import PROSE, TESSDATA, grained, save, text_page, tilted

UPPER = Box(90, 140, 1100, 300)  # four lines of text_page(); its lower edge cuts the letters of the fifth
WHOLE = (1240, 1754)


def processed(picture: np.ndarray, directory: Path, box: Box | None, engine: str = "fake") -> PageResult:
    path = save(picture, directory / "p.png")
    edits = PageEdits(box=box)
    return process_page(PageTask(path, 0, directory, "k", ("eng",), (), TESSDATA, edits, engine))


@pytest.mark.engine
@pytest.mark.parametrize(("turn_deg", "angle"), [(0, 0.0), (180, 2.0)])
def test_only_what_is_in_the_box_is_read(tmp_path: Path, turn_deg: int, angle: float) -> None:
    scan = np.rot90(tilted(text_page(), angle), -turn_deg // 90)
    result = processed(scan, tmp_path, UPPER, "tesserocr")
    assert result.text.splitlines() == list(PROSE[:4])
    assert (result.applied_turn_deg, result.width_px, result.height_px) == (turn_deg, *WHOLE)
    assert result.page_box == PageBox(UPPER, 1.0)
    assert result.spread is None
    words, _ = read_words(result.words_path)
    assert words[0].box.left_px == pytest.approx(110, abs=8)  # page space stays that of the whole page
    assert words[0].box.top_px == pytest.approx(158, abs=12)
    assert {word.line for word in words} == set(range(4))


def test_viewing_copy_is_whole_and_the_small_picture_is_cut(tmp_path: Path) -> None:
    result = processed(text_page(), tmp_path, Box(620, 0, 620, 1754))
    assert Image.open(result.viewing_path).size == WHOLE
    assert Image.open(result.thumbnail_path).size == (113, 320)


def test_blankness_and_quality_are_those_of_the_box(tmp_path: Path) -> None:
    page = text_page()
    page[1000:, :] = 60
    assert not processed(page, tmp_path, None).is_blank
    assert processed(grained(page), tmp_path, Box(100, 860, 1000, 130)).is_blank
    codes = {reason.code for reason in processed(page, tmp_path, Box(0, 0, 1240, 990)).quality}
    assert "dark_page" not in codes


def test_codes_outside_the_box_belong_to_another_page(tmp_path: Path) -> None:
    page = text_page()
    code = np.asarray(zxingcpp.create_barcode("KH/T/2019/1", zxingcpp.BarcodeFormat.QRCode).to_image(scale=4))
    page[1300 : 1300 + code.shape[0], 200 : 200 + code.shape[1]] = code
    assert [each.text for each in processed(page, tmp_path, None).barcodes] == ["KH/T/2019/1"]
    assert processed(page, tmp_path, UPPER).barcodes == ()
    assert len(processed(page, tmp_path, Box(150, 1250, 500, 400)).barcodes) == 1


def test_box_beside_the_page_is_passed_over_and_one_across_its_edge_clipped(tmp_path: Path) -> None:
    assert processed(text_page(), tmp_path, Box(5000, 5000, 10, 10)).page_box is None
    assert processed(text_page(), tmp_path, Box(-50, 900, 5000, 5000)).page_box == PageBox(
        Box(0, 900, 1240, 854), 1.0
    )
