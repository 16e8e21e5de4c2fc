"""A modest sample of the shared data; the whole is measured by tests/benchmarks/page_engine.py."""

from __future__ import annotations

import csv
from functools import lru_cache
from pathlib import Path

import numpy as np
import pytest

from ocr.errors import SourceRefused
from ocr.inspect import InspectOptions, inspect_file
from ocr.intake.decode import decode_master
from ocr.intake.intake import take_in
from ocr.pipeline import process_page
from ocr.steps.barcode import find_barcodes
from ocr.steps.blank import judge_blank
from ocr.steps.deskew import estimate_skew
from ocr.steps.geometry import PixelImage, apply_exif, to_grey
from ocr.steps.ink import find_ink
from ocr.types import IntakeTask, Limits, PageTask
from tests.helpers.drawn_pages import SHARED_DATA, TESSDATA

pytestmark = pytest.mark.skipif(
    not (SHARED_DATA / "manifest.csv").is_file(), reason="the shared test data are not beside the project"
)


@lru_cache(maxsize=1)
def manifest() -> dict[str, dict[str, str]]:
    if not (SHARED_DATA / "manifest.csv").is_file():
        return {}
    with (SHARED_DATA / "manifest.csv").open(encoding="utf-8", newline="") as source:
        return {f"{row['task']} {row['file']}": row for row in csv.DictReader(source)}


def files(task: str, every: int) -> list[str]:
    return [row["file"] for row in manifest().values() if row["task"] == task][::every]


def grey_of(name: str) -> PixelImage:
    decoded = decode_master(SHARED_DATA / name, 0, Limits())
    return to_grey(apply_exif(decoded.pixels, decoded.exif_orientation))


@pytest.mark.parametrize("name", files("skew", 7))
def test_natural_skew_is_within_a_quarter_degree(name: str) -> None:
    skew = estimate_skew(find_ink(grey_of(name)))
    assert skew.skew_deg == pytest.approx(float(manifest()[f"skew {name}"]["gt"]), abs=0.25)


@pytest.mark.parametrize("name", [name for name in files("blank", 1) if not name.endswith(".pdf")])
def test_blank_pages_are_told_from_sparse_ones(name: str) -> None:
    assert judge_blank(grey_of(name)).is_blank == (manifest()[f"blank {name}"]["gt"] == "blank")


@pytest.mark.parametrize("name", [name for name in files("barcode", 6) if not name.endswith(".pdf")])
def test_codes_are_read_and_none_is_invented(name: str) -> None:
    expected = manifest()[f"barcode {name}"]["gt"].replace("\\n", "\n").strip()
    found = [code.text.replace("\r\n", "\n").strip() for code in find_barcodes(grey_of(name))]
    assert found == ([] if not expected else [expected]) or f"0{expected}" in found


def test_all_eight_orientation_tags_look_alike() -> None:
    names = files("orientation-tag", 1)
    if not names:
        pytest.skip("the shared data have no orientation tags")
    pages = [grey_of(name).astype(np.int16) for name in names]
    assert {page.shape for page in pages} == {pages[0].shape}
    assert max(float(np.abs(page - pages[0]).mean()) for page in pages) < 1


@pytest.mark.parametrize("name", files("robust", 5))
def test_odd_file_is_taken_or_refused_with_a_reason(name: str, tmp_path: Path) -> None:
    try:
        outcome = len(take_in(IntakeTask(SHARED_DATA / name, tmp_path / "masters", tmp_path)).pages)
    except SourceRefused as refused:
        outcome = refused.code in {"damaged", "encrypted", "not_an_image", "too_large", "empty_file"}
    assert outcome


@pytest.mark.engine
@pytest.mark.parametrize(
    ("name", "language", "turn_deg", "expected"),
    [
        ("orientation/phototest-rotated-180.png", "eng", 180, "This is a lot of 12 point text"),
        ("orientation/rend_tha_p1_90.jpg", "tha", 90, ""),
        ("orientation/rend_khm_p1_270.jpg", "khm", 270, "បុព្វកថា"),
    ],
)
def test_turned_page_is_found_and_read(name: str, language: str, turn_deg: int, expected: str) -> None:
    page = next(inspect_file(SHARED_DATA / name, InspectOptions((language,), TESSDATA)))
    assert page.turn_deg == turn_deg
    assert expected in page.text


@pytest.mark.engine
@pytest.mark.parametrize(
    "name", ["bljd-DSN390-DSN355-DSN11_03.jpg", "AN-96AP_1-dossier_1-pi_c_01.jpg", "eur_2020601_https_04.png"]
)
def test_faint_french_in_a_khmer_folder_is_read_as_french(name: str, tmp_path: Path) -> None:
    page = SHARED_DATA / "ocr" / "fr_typed" / name
    result = process_page(PageTask(page, 0, tmp_path, "page", ("khm", "eng"), (), TESSDATA))
    assert result.languages == ("fra",)
