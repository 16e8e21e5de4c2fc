"""What is blank and what is not, on drawn sheets; pages with black borders go through the whole engine."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from ocr.pipeline import process_page
from ocr.steps.blank import judge_blank
from ocr.steps.ink import find_ink
from ocr.types import PageResult, PageTask
from tests.helpers import drawn_sheets as sheets
from tests.helpers.drawn_pages import TESSDATA, save, text_page


@pytest.mark.parametrize(
    "draw",
    [
        sheets.yellowed,
        sheets.bleed_through,
        lambda: sheets.bleed_through(0.16, 1.8),
        sheets.form_through,
        sheets.punched,
        sheets.black_borders,
        sheets.staple_shadow,
        lambda: sheets.finished(sheets.paper(), 10),
    ],
    ids=["yellowed", "bleed", "strong bleed", "form", "holes", "borders", "staple", "coarse"],
)
def test_sheet_with_nothing_written_is_blank(draw: Callable[[], np.ndarray]) -> None:
    sheet = draw()
    assert judge_blank(sheet).is_blank
    assert judge_blank(sheet, find_ink(sheet)).is_blank


def test_page_full_of_print_is_not_blank_by_its_ink_alone() -> None:
    page = text_page()
    closely, by_ink = judge_blank(page), judge_blank(page, find_ink(page))
    assert not closely.is_blank
    assert not by_ink.is_blank
    assert by_ink.ink_share == pytest.approx(closely.ink_share, rel=0.3)


@pytest.mark.parametrize("depth", [25, 60, 90])
def test_pencil_is_no_print_that_needs_no_closer_look(depth: float) -> None:
    sheet = sheets.pencil(depth, 2, letters=12, level=240)
    assert judge_blank(sheet, find_ink(sheet)) == judge_blank(sheet)


@pytest.mark.parametrize(
    ("depth", "width_px", "letters", "level"),
    [
        (90, 1, 12, 240),
        (60, 1, 12, 240),
        (30, 2, 12, 240),
        (30, 2, 12, 190),
        (25, 2, 5, 240),
        (40, 3, 12, 240),
    ],
)
def test_faint_pencil_is_not_blank(depth: float, width_px: int, letters: int, level: int) -> None:
    assert not judge_blank(sheets.pencil(depth, width_px, letters=letters, level=level)).is_blank


def test_pencil_on_a_sheet_with_holes_staple_and_borders_is_not_blank() -> None:
    page = np.minimum(np.minimum(sheets.punched(), sheets.staple_shadow()), sheets.black_borders())
    assert judge_blank(page).is_blank
    assert not judge_blank(np.minimum(page, sheets.pencil(30))).is_blank


def test_blank_sheet_on_a_black_lid_is_flagged_and_reported_with_its_box(tmp_path: Path) -> None:
    picture = np.pad(sheets.yellowed(), ((150, 90), (200, 40)), constant_values=12)
    result = processed(picture, tmp_path)
    assert (result.is_blank, result.quality) == (True, ())
    assert result.page_box is not None
    assert result.page_box.box.left_px == pytest.approx(200, abs=8)


def test_black_lid_around_a_written_sheet_makes_no_dark_page(tmp_path: Path) -> None:
    result = processed(np.pad(text_page(), ((300, 300), (400, 500)), constant_values=12), tmp_path)
    assert not result.is_blank
    assert "dark_page" not in {reason.code for reason in result.quality}


def processed(picture: np.ndarray, directory: Path) -> PageResult:
    path = save(picture, directory / "p.png")
    return process_page(PageTask(path, 0, directory, "k", ("eng",), (), TESSDATA, engine="fake"))
