"""Codes of cover and document sheets: written and read back, and known when broken."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr.sheet_codes import (
    DOCUMENT,
    FOLDER,
    Checksum,
    SheetCode,
    document_code,
    folder_code,
    read_sheet_code,
)
from tests.helpers.paper_folders import candidates_of

COVER = folder_code("KH", "KH/D/2019/00125", volume="vol 1/2", expected_sheets=24)
FIELDS = st.text(
    st.characters(blacklist_characters="|*", blacklist_categories=("Cs", "Cc", "Zs", "Zl", "Zp")), min_size=1
)


def test_what_is_written_is_read_back() -> None:
    told = SheetCode(
        FOLDER, Checksum.RIGHT, "KH", "KH/D/2019/00125", "vol 1/2", expected_sheets=24, is_sheet=True
    )
    assert read_sheet_code(COVER) == told
    paper = document_code("POA", dated="2019-03-05", is_sheet=False)
    assert read_sheet_code(paper) == SheetCode(
        DOCUMENT, Checksum.RIGHT, document_type="POA", dated="2019-03-05"
    )


def test_codes_of_other_programs_have_no_sum() -> None:
    read = read_sheet_code("IPF|KH|KH-D-2019-125|vol 1/2")
    assert read == SheetCode(FOLDER, Checksum.MISSING, "KH", "KH-D-2019-125", "vol 1/2")
    assert read_sheet_code("KH/D/2019/00125") is None
    assert read_sheet_code("http://example.org|a|b") is None


@pytest.mark.parametrize(
    "text", ["IPF", "IPF|KH", "IPF|KH|", "IPD|", COVER[:-2], COVER + "0", COVER.replace("*", "*|")]
)
def test_codes_cut_short_or_lengthened_are_broken(text: str) -> None:
    read = read_sheet_code(text)
    assert read is not None
    assert read.checksum is Checksum.BROKEN


@given(st.integers(0, len(COVER) - 6), st.sampled_from("0123456789ABCDEFKHZ/"))
def test_every_single_wrong_character_is_noticed(place: int, put: str) -> None:
    wrong = COVER[:place] + put + COVER[place + 1 :]
    read = read_sheet_code(wrong)
    assert wrong == COVER or read is None or read.checksum is Checksum.BROKEN


@given(st.integers(4, len(COVER) - 8))
def test_two_characters_that_changed_places_are_noticed(place: int) -> None:
    wrong = COVER[:place] + COVER[place + 1] + COVER[place] + COVER[place + 2 :]
    read = read_sheet_code(wrong)
    assert wrong == COVER or read is None or read.checksum is Checksum.BROKEN


@given(FIELDS, FIELDS, FIELDS, st.none() | st.integers(1, 9999), st.booleans())
def test_any_fields_come_back(
    office: str, number: str, volume: str, sheets: int | None, is_sheet: bool
) -> None:
    text = folder_code(office, number, volume=volume, expected_sheets=sheets, is_sheet=is_sheet)
    told = SheetCode(
        FOLDER, Checksum.RIGHT, office, number, volume, expected_sheets=sheets, is_sheet=is_sheet
    )
    assert read_sheet_code(text) == told


def test_a_bar_in_a_field_is_refused() -> None:
    with pytest.raises(ValueError, match="bar"):
        folder_code("KH", "KH|1")


def test_a_cover_with_a_right_sum_is_a_reading_and_a_broken_one_is_none() -> None:
    (found,) = candidates_of("", "KH", codes=[COVER])
    assert (found.normalised, found.label, found.source) == ("KH/D/2019/00125", "IPF", "barcode")
    assert candidates_of("", "KH", codes=[COVER.replace("00125", "00126")]) == ()
    assert candidates_of("", "KH", codes=[document_code("KH/D/2019/00125")]) == ()
