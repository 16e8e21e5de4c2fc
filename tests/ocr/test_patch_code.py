from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from ocr.inspect import InspectOptions, inspect_file
from ocr.intake.decode import decode_master
from ocr.steps.barcode import PageSpace, find_barcodes
from ocr.steps.geometry import apply_exif, rotate_clockwise, to_grey
from ocr.steps.ink import find_ink
from ocr.steps.patch_code import CODES, find_patch_codes
from ocr.types import Barcode, Limits
from tests.helpers.drawn_codes import PAPER, Picture, linear_code, patch_sheet
from tests.helpers.drawn_pages import SHARED_DATA, TESSDATA, grained, save, text_page, tilted


def read(page: Picture, dpi: float, turn_deg: int = 0, skew_deg: float = 0.0) -> tuple[Barcode, ...]:
    space = PageSpace(page.shape[1], page.shape[0], turn_deg, skew_deg)
    return find_patch_codes(find_ink(page).binary, space, dpi)


@pytest.mark.parametrize("turn_deg", [0, 90, 180, 270])
@pytest.mark.parametrize("code", sorted(CODES.values()))
def test_each_patch_code_is_read_in_every_turn(code: str, turn_deg: int) -> None:
    sheet = rotate_clockwise(grained(tilted(patch_sheet(code, 100), 3.0), 15), turn_deg)
    (found,) = read(sheet, 100, turn_deg, 3.0)
    assert (found.symbology, found.text) == ("PatchCode", code)
    assert abs(found.turn_deg - 90) <= 1  # met from the top of the page downwards
    assert found.box.left_px == pytest.approx((827 - 200) / 2, abs=8)
    assert found.box.top_px == pytest.approx(40, abs=8)
    assert found.box.height_px == pytest.approx(80, abs=18)


@pytest.mark.parametrize("turn_deg", [0, 90, 180, 270])
@pytest.mark.parametrize("code", ["1", "T"])
def test_sheet_with_a_copy_along_each_edge_says_one_thing(code: str, turn_deg: int) -> None:
    sheet = rotate_clockwise(patch_sheet(code, 100, "four"), turn_deg)
    # The turn of a sheet with so little text is often not found: it must not be needed.
    found = read(sheet, 100)
    assert [each.text for each in found] == [code] * 4
    assert sorted(each.turn_deg for each in found) == [0, 90, 180, 270]


@pytest.mark.parametrize("dpi", [100, 200, 300, 400])
def test_resolution_and_size_of_print_do_not_matter(dpi: int) -> None:
    sheet = patch_sheet("3", dpi, scale=0.7 if dpi < 300 else 1.3, length=1.0)
    assert [each.text for each in read(sheet, dpi)] == ["3"]


@pytest.mark.parametrize("turn_deg", [0, 90, 180, 270])
def test_upright_bars_away_from_the_sides_are_read_from_the_left(turn_deg: int) -> None:
    sheet = rotate_clockwise(patch_sheet("6", 150, "label"), turn_deg)
    (found,) = read(sheet, 150, turn_deg)
    assert (found.text, found.turn_deg) == ("6", 0)


def test_hole_in_the_bars_and_faint_print_are_borne() -> None:
    sheet = patch_sheet("T", 150)
    cv2.circle(sheet, (620, 120), 20, PAPER, -1)
    faint = (PAPER - (PAPER - sheet.astype(np.float64)) * 0.3).astype(np.uint8)
    assert [each.text for each in read(grained(faint, 4), 150)] == ["T"]


def test_nothing_else_is_a_patch_code() -> None:
    ruled = np.full((1754, 1240), PAPER, np.uint8)
    for top in (200, 240, 250, 290, 420, 500, 530, 560):
        ruled[top : top + (30 if top % 40 else 12), 100:1100] = 20
    code = np.full((1754, 1240), 255, np.uint8)
    code[:1000, :1000] = linear_code("Code39", "KH/T/2019/12345", module_px=3, height_px=200)
    assert read(ruled, 150) == read(code, 150) == read(text_page(), 150) == ()
    three = patch_sheet("2", 150)
    three[90:110] = PAPER
    assert read(three, 150) == ()


SHEETS = ("separation/naps2_patcht.jpg", "separation/patch-code-t-middle-alpha.tiff")


@pytest.mark.skipif(
    not (SHARED_DATA / SHEETS[0]).is_file(), reason="the shared test data are not beside the project"
)
@pytest.mark.parametrize(("name", "frame"), [(SHEETS[0], 0), (SHEETS[1], 1)])
def test_real_separator_sheets_have_four_copies(name: str, frame: int) -> None:
    decoded = decode_master(SHARED_DATA / name, frame, Limits())
    grey = to_grey(apply_exif(decoded.pixels, decoded.exif_orientation))
    found = read(grey, decoded.dpi_x or 300)
    assert [each.text for each in found] == ["T"] * 4
    assert sorted(round(each.turn_deg / 90) % 4 for each in found) == [0, 1, 2, 3]


@pytest.mark.skipif(
    not (SHARED_DATA / SHEETS[0]).is_file(), reason="the shared test data are not beside the project"
)
def test_linear_code_on_a_separator_sheet_is_read_beside_the_bars() -> None:
    decoded = decode_master(SHARED_DATA / SHEETS[0], 0, Limits())
    assert [each.text for each in find_barcodes(to_grey(decoded.pixels))] == ["PATCHT"]


def test_separator_sheet_goes_through_the_engine_and_is_not_blank(tmp_path: Path) -> None:
    path = save(patch_sheet("T", 150, "four"), tmp_path / "sheet.png")
    (page,) = inspect_file(path, InspectOptions(("eng",), TESSDATA, engine="fake"))
    assert [(code.symbology, code.text) for code in page.barcodes] == [("PatchCode", "T")] * 4
    assert not page.is_blank
    assert {reason.code for reason in page.quality} <= {"turn_unsure"}
