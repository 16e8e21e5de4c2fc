"""Dates of all the offices' papers are read, impossible ones are not."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.dates import filing_dates, find_dates, parse_date

FIFTH_OF_MARCH = date(2019, 3, 5)


@pytest.mark.parametrize(
    "text",
    [
        "05/03/2019", "05-03-19", "5.3.2019", "2019-03-05", "ngày 05 tháng 03 năm 2019", "5 Maret 2019", "5 Mac 2019",
        "ថ្ងៃទី០៥ ខែមីនា ឆ្នាំ២០១៩", "ວັນທີ 05 ມີນາ 2019", "๕ มีนาคม พ.ศ. ๒๕๖๒", "5 มี.ค. 62", "March 5, 2019",
        "5th of March 2019", "5 mars 2019", "๐๕/๐๓/๒๕๖๒",
    ],
)  # fmt: skip
def test_one_day_in_many_scripts(text: str) -> None:
    assert [each.day for each in find_dates(text)] == [FIFTH_OF_MARCH]


def test_month_first_offices_are_read_their_way_unless_the_digits_settle_it() -> None:
    assert parse_date("03/05/2019", date_order="mdy") == FIFTH_OF_MARCH
    assert parse_date("25/03/2019", date_order="mdy") == date(2019, 3, 25)
    assert parse_date("03/25/2019") == date(2019, 3, 25)


def test_old_thai_years_began_in_april() -> None:
    assert parse_date("1 มกราคม 2480") == date(1938, 1, 1)
    assert parse_date("1 พฤษภาคม 2480") == date(1937, 5, 1)


def test_numbers_and_impossible_days_are_no_dates() -> None:
    assert find_dates("31/02/2019 4-2019-11818 KH/D/2019/00125") == ()


def test_date_inside_other_words_is_found_but_is_not_the_whole() -> None:
    assert parse_date("on 05/03/2019") is None
    assert find_dates("4-2019-11818 05/03/2019")[0].day == FIFTH_OF_MARCH


def test_filing_date_stands_after_its_caption() -> None:
    assert filing_dates("(21) KH/D/2019/00125 (22) 05/03/2019 (30) 01/01/2017") == (FIFTH_OF_MARCH,)
    assert filing_dates("Filing date: 5 March 2019") == (FIFTH_OF_MARCH,)
    assert filing_dates("Printed on 5 March 2019") == ()


@given(st.dates(date(1950, 1, 1), date(2049, 12, 31)))
def test_every_day_reads_back_from_its_usual_spellings(day: date) -> None:
    for text in (day.isoformat(), f"{day:%d/%m/%Y}", f"{day:%d-%m-%y}", f"{day.day} {day:%B} {day.year}"):
        assert parse_date(text) == day
