"""What a register file leaves open is told and left out, not settled in silence."""

from __future__ import annotations

from datetime import date, datetime
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import Workbook

from app.domain.dates import filing_dates
from app.domain.field_kinds import DossierField
from app.domain.field_typing import put_right, read_typed
from app.domain.offices import load_offices
from app.domain.register import ParsedRegister, parse_register
from tests.helpers.register_files import HEAD, csv_bytes, xlsx_bytes
from ui.texts import has_words

OFFICES = load_offices(Path(__file__).parents[3] / "resources" / "offices")


def codes(parsed: ParsedRegister) -> list[tuple[int, str]]:
    assert all(has_words("error", each.code) for each in parsed.problems)
    return [(each.line, each.code) for each in parsed.problems]


def book_of(number: float, number_format: str) -> bytes:
    book, target = Workbook(), BytesIO()
    sheet = book.active
    for row in (HEAD, (number, "Pump", "A", date(2004, 3, 5))):
        sheet.append(row)
    sheet["A2"].number_format = number_format
    book.save(target)
    return target.getvalue()


@pytest.mark.parametrize("number", [401001234, 401001234.0])
def test_a_number_is_read_with_the_zeros_the_sheet_shows(number: float) -> None:
    parsed = parse_register(book_of(number, "0000000000"), OFFICES["TH"])
    assert [each.number.canonical for each in parsed.entries] == ["0401001234"]
    assert codes(parsed) == []


@pytest.mark.parametrize("number_format", ["General", "0", "@", "#,##0"])
def test_a_number_that_may_have_lost_zeros_is_left_out(number_format: str) -> None:
    parsed = parse_register(book_of(401001234, number_format), OFFICES["TH"])
    assert parsed.entries == ()
    assert codes(parsed) == [(2, "zeros_lost")]


def test_a_number_that_no_zero_changes_is_taken() -> None:
    parsed = parse_register(book_of(1401001234, "General"), OFFICES["TH"])
    assert [each.number.canonical for each in parsed.entries] == ["1401001234"]
    assert [each.number.canonical for each in parse_register(book_of(37978, "0"), OFFICES["LA"]).entries] == [
        "37978"
    ]


def test_a_text_that_is_a_number_keeps_its_zeros() -> None:
    parsed = parse_register(xlsx_bytes([("0401001234", "T", "A", None)]), OFFICES["TH"])
    assert [each.number.canonical for each in parsed.entries] == ["0401001234"]


def test_the_last_line_of_a_file_that_was_cut_is_left_out_and_told() -> None:
    rows = [("37978", "Pump", "A", "2004-03-05"), ("37979", "Pump", "A", "2004-03-05")]
    whole = csv_bytes(rows)
    cut = whole[: whole.index(b"37979") + 4]
    parsed = parse_register(cut, OFFICES["LA"])
    assert [each.number.canonical for each in parsed.entries] == ["37978"]
    assert codes(parsed) == [(3, "too_few_fields")]
    assert parsed.notices == ("register_no_line_end",)
    assert has_words("note", parsed.notices[0])
    assert parse_register(whole, OFFICES["LA"]).notices == ()


def test_lines_need_no_columns_beyond_those_that_are_mapped() -> None:
    content = csv_bytes([("37978", "T", "A", "")], head=(*HEAD, "remarks"))
    assert codes(parse_register(content, OFFICES["LA"])) == []


@pytest.mark.parametrize(
    ("office", "text", "day"),
    [
        ("TH", "05/03/62", None),
        ("LA", "05/03/62", None),
        ("LA", "5 ມີນາ 62", None),
        ("TH", "05/03/2483", None),
        ("TH", "05/03/2562", date(2019, 3, 5)),
        ("TH", "5 มี.ค. 62", date(2019, 3, 5)),
        ("LA", "05/03/2562", date(2019, 3, 5)),
        ("VN", "05/03/62", date(1962, 3, 5)),
    ],
)
def test_a_year_of_two_eras_is_ambiguous(office: str, text: str, day: date | None) -> None:
    number = {"TH": "1401001234", "LA": "37978", "VN": "4-2019-11818"}[office]
    parsed = parse_register(csv_bytes([(number, "T", "A", text)]), OFFICES[office])
    assert [each.filing_date for each in parsed.entries] == [day]
    assert codes(parsed) == ([] if day else [(2, "date_ambiguous")])


@pytest.mark.parametrize(
    "text",
    [
        "05/03/2019", "05-03-19", "ngày 05 tháng 03 năm 2019", "5 Maret 2019", "5 Mac 2019", "ថ្ងៃទី០៥ ខែមីនា ឆ្នាំ២០១៩",
        "ວັນທີ 05 ມີນາ 2019", "๕ มีนาคม พ.ศ. ๒๕๖๒", "วันที่ ๕ มีนาคม ๒๕๖๒", "ថ្ងៃ ទី ៥ ខែ មីនា ឆ្នាំ ២០១៩", "วันที่ 5 มี.ค. 62",
    ],
)  # fmt: skip
def test_every_spelling_of_a_day_is_read_in_a_column_and_in_a_field(text: str) -> None:
    parsed = parse_register(csv_bytes([("KH/P/2018/00001", "T", "A", text)]), OFFICES["KH"])
    assert [each.filing_date for each in parsed.entries] == [date(2019, 3, 5)]
    assert read_typed(DossierField.FILING_DATE, text, OFFICES["KH"]).value == "2019-03-05"


@pytest.mark.parametrize("text", ["มี.ค. 62", "มีนาคม ๒๕๖๒", "ມີນາ 2562", "ខែមីនា ឆ្នាំ២០១៩", "March 2019"])
def test_a_month_without_a_day_is_said_and_no_day_is_made_up(text: str) -> None:
    parsed = parse_register(csv_bytes([("1401001234", "T", "A", text)]), OFFICES["TH"])
    assert [each.filing_date for each in parsed.entries] == [None]
    assert codes(parsed) == [(2, "date_without_day")]
    said = read_typed(DossierField.FILING_DATE, text, OFFICES["TH"])
    assert (said.doubt, said.is_valid) == ("field_date_without_day", False)


def test_a_column_that_never_says_its_order_is_told_once() -> None:
    def notices(*days: str) -> tuple[str, ...]:
        rows = [(f"KH/P/2018/{at:05d}", "T", "A", day) for at, day in enumerate(days, 1)]
        return parse_register(csv_bytes(rows), OFFICES["KH"]).notices

    assert notices("05/03/2019", "06/04/2019") == ("register_dates_assumed",)
    assert notices("05/03/2019", "25/03/2019") == ()
    assert notices("05/05/2019", "2019-03-05") == ()


def test_date_cells_beside_texts_may_have_day_and_month_changed_round() -> None:
    days = [datetime(2013, 5, 3), "25/03/2013", "13/03/2013", datetime(2013, 4, 4)]
    rows = [(f"KH/P/2018/{at:05d}", "T", "A", day) for at, day in enumerate(days, 1)]
    parsed = parse_register(xlsx_bytes(rows), OFFICES["KH"])
    assert [each.filing_date for each in parsed.entries] == [
        None, date(2013, 3, 25), date(2013, 3, 13), date(2013, 4, 4),
    ]  # fmt: skip
    assert codes(parsed) == [(2, "date_ambiguous")]


def test_a_date_cell_after_the_twelfth_shows_that_cells_are_right() -> None:
    days = [datetime(2013, 5, 3), "25/03/2013", datetime(2013, 5, 23)]
    rows = [(f"KH/P/2018/{at:05d}", "T", "A", day) for at, day in enumerate(days, 1)]
    parsed = parse_register(xlsx_bytes(rows), OFFICES["KH"])
    assert [each.filing_date for each in parsed.entries] == [
        date(2013, 5, 3),
        date(2013, 3, 25),
        date(2013, 5, 23),
    ]


@pytest.mark.parametrize("gap", range(60, 90))
def test_a_date_after_its_caption_is_never_cut(gap: int) -> None:
    assert filing_dates("Filing date:" + " " * gap + "05/03/1998") in ((), (date(1998, 3, 5),))


@pytest.mark.parametrize(
    ("cell", "day", "is_taken"),
    [
        (765432, None, True),  # zeros before it would be the same serial
        (210112345, None, True),
        (1901000123, None, True),
        (901000123, None, False),  # a mark, or the patent 0901000123 of 2009 without its zero
        (901000123, date(2009, 5, 4), False),
        (901000123, date(2021, 5, 4), True),
    ],
)
def test_thai_numbers_kept_as_numbers_are_left_out_only_where_a_zero_makes_another_of_them(
    cell: int, day: date | None, is_taken: bool
) -> None:
    parsed = parse_register(xlsx_bytes([(cell, "T", "A", day)]), OFFICES["TH"])
    assert [each.number.canonical for each in parsed.entries] == ([str(cell)] if is_taken else [])
    assert [each.code for each in parsed.problems] == ([] if is_taken else ["zeros_lost"])


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("O5/O3/2Ol9", "05/03/2019"),
        ("24 AUG 2O17", "24 AUG 2017"),
        ("24/08/2017", "24/08/2017"),
        ("JU2/2U19", None),
    ],
)
def test_letters_among_the_digits_of_a_date_off_a_page_are_put_right_or_it_is_refused(
    text: str, right: str | None
) -> None:
    assert put_right(DossierField.FILING_DATE, text, OFFICES["KH"]) == right
    assert put_right(DossierField.TITLE, text, OFFICES["KH"]) == text
