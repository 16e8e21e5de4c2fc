"""Which way up a page is, read by the real engine."""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence

import cv2
import numpy as np
import pytest

from ocr.engines.protocol import Layout, RecognizeOptions
from ocr.engines.registry import open_engine
from ocr.intake.decode import decode_master
from ocr.steps.geometry import PixelImage, rotate_clockwise, to_grey
from ocr.steps.ink import find_ink
from ocr.steps.orient import find_turn, turn_to_apply
from ocr.types import Limits, Turn, Word
from tests.helpers.drawn_pages import SHARED_DATA, TESSDATA, grained, text_page, tilted

pytestmark = pytest.mark.engine

Reader = Callable[[PixelImage], Sequence[Word]]


def reader(*languages: str) -> Reader:
    engine = open_engine("tesserocr", TESSDATA)
    options = RecognizeOptions(languages, dpi=300, timeout_s=60, layout=Layout.BLOCK)
    return lambda block: engine.recognize(block, options)


def turn_of(page: PixelImage, turn_deg: int, *languages: str) -> Turn:
    turned = rotate_clockwise(page, turn_deg)
    return find_turn(turned, find_ink(turned), reader(*languages))


def carbon_copy() -> np.ndarray:
    """Soft grey typing on a grey sheet, on the black of the scanner, holes punched."""
    page = text_page(ink=40, noise=0).astype(np.float64) * 160 / 240
    page = cv2.GaussianBlur(page, (0, 0), 1.1)
    for centre in (630, 1120):
        cv2.circle(page, (70, centre), 17, 20, -1)
    page[:, :30] = page[:25] = page[:, -40:] = 15
    return grained(page.astype(np.uint8), 9)


@pytest.mark.parametrize("turn_deg", [0, 180, 270])
def test_carbon_copy_on_grey_paper_is_found_and_turned(turn_deg: int) -> None:
    turn = turn_of(tilted(carbon_copy(), 1.5), turn_deg, "eng")
    assert turn_to_apply(turn) == turn_deg
    assert turn.turn_deg == turn_deg


def test_upright_page_in_a_script_without_its_model_is_never_turned() -> None:
    assert turn_to_apply(turn_of(text_page(), 0, "khm")) == 0


def one_page_a_language() -> dict[str, str]:
    listed = SHARED_DATA / "manifest.csv"
    if not listed.is_file():
        return {}
    with listed.open(encoding="utf-8", newline="") as source:
        rows = [row for row in csv.DictReader(source) if row["task"] == "ocr" and "+" not in row["lang"]]
    # fra is the language of a carbon copy on grey paper, whose strips had edges and nothing to read.
    return {row["lang"]: row["file"] for row in rows} | {
        row["lang"]: row["file"] for row in rows if row["file"].endswith("bljd-DSN390-DSN355-DSN11_05.jpg")
    }


@pytest.mark.skipif(not one_page_a_language(), reason="the shared test data are not beside the project")
@pytest.mark.parametrize(("language", "name"), one_page_a_language().items())
def test_page_of_every_language_upside_down_is_turned(language: str, name: str) -> None:
    page = to_grey(decode_master(SHARED_DATA / name, 0, Limits()).pixels)
    assert turn_to_apply(turn_of(page, 180, language)) == 180
