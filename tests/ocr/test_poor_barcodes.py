from __future__ import annotations

import numpy as np
import pytest
import zxingcpp

from ocr.steps.barcode import find_barcodes
from ocr.steps.bars import find_bar_fields, find_dark_fields
from tests.helpers.drawn_codes import as_scanned, linear_code
from tests.helpers.drawn_pages import text_page, tilted

NUMBER = "KH/T/2019/12345"


@pytest.mark.parametrize("kind", ["Code128", "Code39"])
@pytest.mark.parametrize(
    ("module_px", "tilt_deg", "contrast", "noise"),
    [
        (2.5, 12, 0.8, 3),
        (2.5, 27, 0.8, 3),
        (2.5, 45, 0.8, 3),
        (1.5, 1, 0.8, 3),
        (2.5, 2, 0.25, 5),
        (2.5, 2, 0.6, 25),
    ],
    ids=["skewed", "more skewed", "diagonal", "small", "faint", "noisy"],
)
def test_poor_code_is_read_and_placed(
    kind: str, module_px: float, tilt_deg: float, contrast: float, noise: float
) -> None:
    drawn = linear_code(kind, NUMBER, module_px=module_px, height_px=70, tilt_deg=tilt_deg)
    (found,) = find_barcodes(as_scanned(drawn, contrast=contrast, noise=noise))
    assert (found.symbology.startswith(kind), found.text) == (True, NUMBER)
    assert abs((found.turn_deg - tilt_deg + 180) % 360 - 180) <= 3
    assert found.box.left_px + found.box.width_px / 2 == pytest.approx(500, abs=12)
    assert found.box.top_px + found.box.height_px / 2 == pytest.approx(500, abs=40)


@pytest.mark.parametrize("turns", [0, 1, 2, 3])
@pytest.mark.parametrize("kind", ["Code128", "DataMatrix", "QRCode", "PDF417"])
def test_code_on_a_large_page_is_read_in_every_turn(kind: str, turns: int) -> None:
    code = zxingcpp.create_barcode(NUMBER, getattr(zxingcpp.BarcodeFormat, kind))
    drawn = np.asarray(code.to_image(scale=5))
    page = np.full((2400, 1700), 235, np.uint8)
    page[400 : 400 + drawn.shape[0], 300 : 300 + drawn.shape[1]] = np.minimum(drawn, 235)
    (found,) = find_barcodes(as_scanned(np.ascontiguousarray(np.rot90(page, turns)), contrast=1))
    assert found.text == NUMBER


def test_negative_code_on_a_large_page_is_read() -> None:
    code = zxingcpp.create_barcode(NUMBER, zxingcpp.BarcodeFormat.QRCode)
    drawn = 255 - np.asarray(code.to_image(scale=6))
    page = np.full((2400, 1700), 255, np.uint8)
    page[400 : 400 + drawn.shape[0], 300 : 300 + drawn.shape[1]] = drawn
    assert [found.text for found in find_barcodes(as_scanned(page))] == [NUMBER]


def test_only_the_dark_around_a_negative_is_searched_for_it() -> None:
    page = np.full((2400, 1700), 240, np.uint8)
    page[600:900, 400:800] = 20
    ((left, top, width, height),) = find_dark_fields(page)
    assert left <= 400 <= 800 <= left + width
    assert top <= 600 <= 900 <= top + height
    assert width * height < 0.1 * page.size
    assert find_dark_fields(text_page()) == ()


def test_a_fourth_code_beside_three_fields_of_bars_is_read() -> None:
    page = np.full((3400, 2400), 235, np.uint8)
    for number in range(5):
        code = np.asarray(
            zxingcpp.create_barcode(f"CODE{number}", zxingcpp.BarcodeFormat.Code128).to_image(scale=4)
        )
        drawn = np.rot90(code)
        top, left = 200 + 1000 * (number // 2), 300 + 900 * (number % 2)
        page[top : top + drawn.shape[0], left : left + drawn.shape[1]] = drawn
    assert {code.text for code in find_barcodes(page)} == {f"CODE{number}" for number in range(5)}


@pytest.mark.parametrize("tilt_deg", [5, 10, 25])
def test_pieces_of_a_tilted_code_are_not_told_beside_it(tilt_deg: float) -> None:
    drawn = linear_code("ITF", "20191234567890", module_px=2.5, height_px=70, tilt_deg=tilt_deg)
    assert [code.text for code in find_barcodes(as_scanned(drawn))] == ["20191234567890"]


def test_text_rules_and_hatching_are_no_bars() -> None:
    for page in (text_page(), tilted(text_page(), 20)):
        assert find_barcodes(page) == ()
    assert find_bar_fields(np.full((800, 600), 200, np.uint8)) == ()
    hatched = np.full((1000, 1000), 240, np.uint8)
    hatched[300:600, 300:700:9] = 30
    assert find_barcodes(hatched) == ()
