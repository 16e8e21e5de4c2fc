"""What a worker returns is looked at before it is stored: every field that cannot be right is refused."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import pytest

from app.errors import MachineError
from app.jobs.kinds.believed import check_intake, check_page
from ocr.intake.masters import store_bytes
from ocr.types import (
    Barcode,
    Box,
    IntakeResult,
    Limits,
    NumberCandidate,
    NumberRole,
    PageBox,
    PageResult,
    QualityReason,
    Skew,
    Spread,
    TakenMaster,
    TakenPage,
    Turn,
)

DERIVED = Path("derived").absolute()
BOX = Box(10, 20, 300, 40)
NUMBER = NumberCandidate("KH/P/1", "KH/P/1", "kh", NumberRole.APPLICATION, BOX, (), 0.8)
GOOD_PAGE = PageResult(
    width_px=2480,
    height_px=3508,
    dpi=300.0,
    exif_orientation=1,
    turn=Turn(90, 0.9),
    skew=Skew(-0.4, 0.7),
    applied_turn_deg=90,
    applied_skew_deg=-0.4,
    is_blank=False,
    ink_share=0.05,
    quality=(QualityReason("black_border", 0.2),),
    barcodes=(Barcode("QRCode", "text", BOX, 0),),
    text="KH/P/1",
    mean_confidence=0.9,
    word_count=1,
    candidates=(NUMBER,),
    languages=("eng",),
    engine="fake",
    recipe="1",
    words_path=DERIVED / "abc.words.json.gz",
    viewing_path=DERIVED / "abc.view.jpg",
    thumbnail_path=DERIVED / "abc.thumb.jpg",
    page_box=PageBox(Box(0, 0, 2480, 3508), 1.0),
    spread=Spread(1240, 0.9),
    fingerprint="0123456789abcdef",
)
OUTSIDE = Box(2400, 20, 300, 40)

WRONG_PAGES = {
    "another type": {"page": 1},
    "no width": replace(GOOD_PAGE, width_px=0),
    "too many pixels": replace(GOOD_PAGE, width_px=100_000, height_px=100_000),
    "resolution without end": replace(GOOD_PAGE, dpi=math.inf),
    "resolution that is no number": replace(GOOD_PAGE, dpi=math.nan),
    "turned by 45": replace(GOOD_PAGE, applied_turn_deg=45),
    "tag 9": replace(GOOD_PAGE, exif_orientation=9),
    "certainty above one": replace(GOOD_PAGE, mean_confidence=1.5),
    "certainty that is no number": replace(GOOD_PAGE, skew=Skew(0.0, math.nan)),
    "number outside": replace(GOOD_PAGE, candidates=(replace(NUMBER, box=OUTSIDE),)),
    "code before the page": replace(GOOD_PAGE, barcodes=(Barcode("QRCode", "", Box(-400, 0, 9, 9), 0),)),
    "box of negative size": replace(GOOD_PAGE, page_box=PageBox(Box(0, 0, -5, 9), 1.0)),
    "gutter outside": replace(GOOD_PAGE, spread=Spread(9000, 0.9)),
    "fingerprint": replace(GOOD_PAGE, fingerprint="../../etc"),
    "book of text": replace(GOOD_PAGE, text="x" * 6_000_000),
    "words elsewhere": replace(GOOD_PAGE, words_path=DERIVED.parent / "abc.words.json.gz"),
    "words above": replace(GOOD_PAGE, words_path=DERIVED / ".." / "abc.words.json.gz"),
    "another key": replace(GOOD_PAGE, viewing_path=DERIVED / "abd.view.jpg"),
    "sentence as a code": replace(GOOD_PAGE, quality=(QualityReason("Call this number!", 0.0),)),
}


def test_a_good_page_is_believed():
    assert check_page(GOOD_PAGE, DERIVED, Limits()) is GOOD_PAGE


@pytest.mark.parametrize("wrong", WRONG_PAGES)
def test_a_page_that_cannot_be_is_not_believed(wrong):
    with pytest.raises(MachineError, match="result_implausible") as caught:
        check_page(WRONG_PAGES[wrong], DERIVED, Limits())
    assert not caught.value.retryable


def good_file(tmp_path: Path) -> IntakeResult:
    master = store_bytes(b"picture", tmp_path / "masters", ".png")
    original = store_bytes(b"document", tmp_path / "masters", ".pdf")
    page = TakenPage(master.sha256, 0, 2480, 3508, 300.0, 0, tmp_path / "derived" / "x.thumb.jpg", "ab" * 32)
    pages = (page, replace(page, source_page=1, dpi=None, thumbnail_path=None, picture_hash=None))
    return IntakeResult(original.sha256, original.size_bytes, (master,), pages, original, ("pdf_has_form",))


def believed(result: object, tmp_path: Path) -> object:
    return check_intake(result, tmp_path / "masters", tmp_path / "derived", Limits())


def test_a_good_file_is_believed(tmp_path):
    result = good_file(tmp_path)
    assert believed(result, tmp_path) is result


def test_a_file_that_cannot_be_is_not_believed(tmp_path):
    good = good_file(tmp_path)
    (master,), (page, second) = good.masters, good.pages
    elsewhere = TakenMaster("../" + "0" * 61, 7, "image/png", ".png")
    wrong = [
        None,
        replace(good, source_sha256="0" * 63 + "Z"),
        replace(good, source_size_bytes=0),
        replace(good, masters=(elsewhere,)),
        replace(good, masters=(replace(master, sha256="0" * 64),)),
        replace(good, masters=(replace(master, size_bytes=8),)),
        replace(good, masters=(replace(master, extension=".exe"),)),
        replace(good, original=master),
        replace(good, pages=()),
        replace(good, pages=(page, page)),
        replace(good, pages=(second, page)),
        replace(good, pages=(replace(page, master_sha256="1" * 64), second)),
        replace(good, pages=(replace(page, frame=-1), second)),
        replace(good, pages=(replace(page, height_px=0), second)),
        replace(good, pages=(replace(page, dpi=0.0), second)),
        replace(good, pages=(replace(page, picture_hash="x"), second)),
        replace(good, pages=(replace(page, thumbnail_path=tmp_path / "x.jpg"), second)),
        replace(good, notes=("Dear user, call us",)),
        replace(good, notes=("note",) * 50),
    ]
    for result in wrong:
        with pytest.raises(MachineError, match="result_implausible"):
            believed(result, tmp_path)
