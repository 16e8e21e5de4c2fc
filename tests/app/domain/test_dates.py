"""Dates of all the offices' papers are read, impossible ones are not."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.calendars import (
    common_to_thai,
    full_buddhist_year,
    full_year,
    khmer_to_common,
    thai_to_common,
)
from app.domain.date_words import MONTHS, script_of
from app.domain.dates import filing_dates, find_dates, parse_date
from ocr.numbers import normalise

FIFTH_OF_MARCH = date(2019, 3, 5)


@pytest.mark.parametrize(
    "text",
    [
        "05/03/2019", "05-03-19", "5.3.2019", "2019-03-05", "ngày 05 tháng 03 năm 2019", "5 Maret 2019", "5 Mac 2019",
        "ថ្ងៃទី០៥ ខែមីនា ឆ្នាំ២០១៩", "ວັນທີ 05 ມີນາ 2019", "๕ มีนาคม พ.ศ. ๒๕๖๒", "5 มี.ค. 62", "March 5, 2019",
        "5th of March 2019", "5 mars 2019", "๐๕/๐๓/๒๕๖๒", "this 5th day of March, 2019", "ngày 5 tháng Ba năm 2019",
        "Hà Nội, ngay 05 thang 3 nam 2019", "ວັນທີ ໐໕ ເດືອນ ມີນາ ປີ ໒໐໑໙", "5 ມີນາ ພ.ສ. 2562", "5 ມີນາ ຄ.ສ. 2019", "le 5 mars 2019",
        "วันที่ 5 เดือนมีนาคม ค.ศ. 2019", "5 มี.ค. ค.ศ. 19", "៥ មីនា ព.ស. ២៥៦២", "ថ្ងៃ ទី ៥ ខែ មីនា ឆ្នាំ ២០១៩",
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


def test_a_year_that_was_half_misread_is_no_year_of_two_digits() -> None:
    assert find_dates("๕ เมษายน พ.ศ. ๒๕ว๑ 05/04/20l8 5 April 20I8") == ()
    assert find_dates("៥ មេសា ឆ្នាំ២០១៨របស់")[0].day == date(2018, 4, 5)  # no spaces between words


def test_a_visarga_read_as_a_colon_hides_no_month() -> None:
    assert find_dates("ថ្ងៃទី២៧ ខែកុម្ភ: ឆ្នាំ២០២២")[0].day == date(2022, 2, 27)


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


def on(text: str, **how: object):
    (found,) = find_dates(text, **how)  # type: ignore[arg-type]
    return found


@pytest.mark.parametrize(
    ("text", "month"),
    [
        ("5 janv. 1968", 1), ("1er févr. 1968", 2), ("5 avr. 1968", 4), ("5 juil. 1968", 7), ("5 août 1968", 8), ("5 déc. 1968", 12),
        ("ngày 5 tháng Giêng năm 1968", 1), ("ngày 5 tháng Mười năm 1968", 10), ("ngày 5 tháng mười một năm 1968", 11),
        ("ngày 5 tháng Chạp năm 1968", 12), ("5 ມັງກອນ 1968", 1), ("5 ກໍາລະກົດ 1968", 7), ("5 ທັນວາ 1968", 12),
    ],
)  # fmt: skip
def test_month_words_of_french_vietnamese_and_lao_letters(text: str, month: int) -> None:
    assert (on(text).day.year, on(text).day.month) == (1968, month)


def test_a_date_is_kept_as_printed_and_as_iso() -> None:
    text = "យោងលិខិត ថ្ងៃទី០៥ ខែមី\u200bនា ឆ្នាំ២០១៩ របស់"
    found = on(text)
    assert found.printed == "០៥ ខែមី\u200bនា ឆ្នាំ២០១៩"
    assert found.iso == "2019-03-05"
    assert on("Ngày 05 tháng 03 năm 2019.").printed == "Ngày 05 tháng 03 năm 2019"


def test_day_and_month_that_could_be_changed_round_are_told() -> None:
    assert on("05/03/2019").others == (date(2019, 5, 3),)
    assert on("05/03/2019", date_order="mdy").day == date(2019, 5, 3)
    assert on("05/03/2019", date_order="mdy").others == (FIFTH_OF_MARCH,)
    assert not on("25/03/2019").is_doubtful
    assert not on("05/05/2019").is_doubtful
    assert not on("5 March 2019").is_doubtful
    assert not on("2019-03-05").is_doubtful


def test_two_digits_may_be_of_either_era_where_the_office_has_both() -> None:
    thai = ("gregorian", "buddhist", "thai-april")
    assert date(2019, 3, 25) in on("25/03/62", calendars=thai).others
    assert not on("25/03/62", calendars=("gregorian",)).is_doubtful
    assert on("25 มี.ค. 62").day == date(2019, 3, 25)
    assert on("25 ມີນາ 62").others == (date(2019, 3, 25),)


def test_thai_years_before_1941_began_in_april_and_2483_had_nine_months() -> None:
    assert on("31 มีนาคม 2482").day == date(1940, 3, 31)
    assert on("31 มีนาคม 2482").calendar == "thai-april"
    assert on("1 เมษายน 2483").day == date(1940, 4, 1)
    assert not on("31 ธันวาคม 2483").is_doubtful
    assert on("1 มกราคม 2484").day == date(1941, 1, 1)
    assert on("1 มกราคม 2483").others == (date(1941, 1, 1),)
    # The rule is Thailand's: neither Lao letters nor digits of an office that never had it.
    assert on("1 ມັງກອນ 2480").day == date(1937, 1, 1)
    assert on("13/01/2480", calendars=("gregorian", "buddhist")).day == date(1937, 1, 13)
    assert on("13/01/2480", calendars=("gregorian", "buddhist", "thai-april")).day == date(1938, 1, 13)


LETTER_HEAD = "ថ្ងៃអង្គារ ៥រោច ខែផល្គុន ឆ្នាំច សំរឹទ្ធិស័ក ព.ស.{year}\nរាជធានីភ្នំពេញ ថ្ងៃទី២៦ ខែមីនា ឆ្នាំ២០១៩"


def test_khmer_letters_carry_a_lunar_date_beside_the_common_one_which_wins() -> None:
    found = on(LETTER_HEAD.format(year="២៥៦២"))
    assert (found.iso, found.calendar, found.others) == ("2019-03-26", "khmer-dual", ())
    assert found.lunar == "៥រោច ខែផល្គុន ឆ្នាំច សំរឹទ្ធិស័ក ព.ស.២៥៦២"
    assert found.printed == "២៦ ខែមីនា ឆ្នាំ២០១៩"


def test_a_lunar_year_that_disagrees_is_told_and_the_common_date_stays() -> None:
    found = on(LETTER_HEAD.format(year="២៥៥២"))
    assert (found.iso, found.others) == ("2019-03-26", (date(2009, 3, 26),))


def test_a_lunar_date_alone_is_no_date_and_takes_none_from_far_away() -> None:
    lunar = LETTER_HEAD.partition("\n")[0].format(year="២៥៦២")
    assert find_dates(lunar) == ()
    assert on(f"{lunar} {'ក' * 300} ២៦ មីនា ២០១៩").lunar == ""


def test_khmer_buddhist_years_turn_at_visakha_bochea() -> None:
    assert on("៥ មីនា ព.ស. ២៥៦២").day == FIFTH_OF_MARCH
    assert on("៥ មិថុនា ព.ស. ២៥៦៣").day == date(2019, 6, 5)
    assert on("៥ ឧសភា ព.ស. ២៥៦៣").day == date(2019, 5, 5)
    assert on("៥ ឧសភា ព.ស. ២៥៦៣").others == (date(2020, 5, 5),)


THAI_MONTHS = (
    "มกราคม", "กุมภาพันธ์", "มีนาคม", "เมษายน", "พฤษภาคม", "มิถุนายน", "กรกฎาคม", "สิงหาคม", "กันยายน", "ตุลาคม", "พฤศจิกายน", "ธันวาคม",
)  # fmt: skip
DIGITS = {"khmer": 0x17E0, "lao": 0x0ED0, "thai": 0x0E50, "latin": 0x30}


def native(text: str, script: str) -> str:
    return "".join(
        chr(DIGITS[script] + int(char)) if char.isascii() and char.isdigit() else char for char in text
    )


WORDS = sorted(MONTHS)


@given(
    st.dates(date(1900, 1, 1), date(2075, 12, 31)),
    st.data(),
    st.sampled_from(["", " ", "\u200b", "  "]),
)
def test_every_day_reads_back_in_every_script_with_its_own_digits(
    day: date, data: st.DataObject, gap: str
) -> None:
    word = data.draw(st.sampled_from([each for each in WORDS if MONTHS[each] == day.month]))
    script = script_of(word)
    text = native(f"{day.day}{gap}{word} {day.year}", script)
    found = on(f"x {text} y")
    assert (found.day, found.printed, found.others) == (day, text, ())


@given(st.dates(date(1900, 1, 1), date(2070, 12, 31)))
def test_thai_days_read_back_from_the_year_they_were_written_in(day: date) -> None:
    assert day.year in thai_to_common(common_to_thai(day), day.month)
    found = on(native(f"{day.day} {THAI_MONTHS[day.month - 1]} พ.ศ. {common_to_thai(day)}", "thai"))
    assert found.day == day


@given(st.dates(date(1900, 1, 1), date(2070, 12, 31)), st.integers(1, 28), st.sampled_from([4, 5]))
def test_khmer_buddhist_years_never_lose_the_common_one(day: date, feast_day: int, feast_month: int) -> None:
    # Whenever Visakha Bochea was in that year, the year written then means this day's.
    written = day.year + (544 if day >= date(day.year, feast_month, feast_day) else 543)
    assert day.year in khmer_to_common(written, day.month)


@given(st.dates(date(1950, 1, 1), date(2049, 12, 31)))
def test_two_digits_mean_the_same_hundred_years_in_both_eras(day: date) -> None:
    assert full_year(day.year % 100) == day.year
    assert full_buddhist_year((day.year + 543) % 100) == day.year + 543


@given(
    st.dates(date(1950, 1, 1), date(2049, 12, 31)), st.sampled_from("/-."), st.sampled_from(["dmy", "mdy"])
)
def test_of_two_orders_the_offices_one_is_taken_and_the_other_told(day: date, mark: str, order: str) -> None:
    first, second = (day.day, day.month) if order == "dmy" else (day.month, day.day)
    found = on(f"{first:02d}{mark}{second:02d}{mark}{day.year}", date_order=order)
    assert found.day == day
    is_open = first <= 12 and second <= 12 and first != second
    assert found.others == ((date(day.year, day.day, day.month),) if is_open else ())


PIECES = st.lists(
    st.one_of(
        st.sampled_from(
            [*WORDS, "ព.ស.", "พ.ศ.", "NGÀY", "THÁNG", "NĂM", "៥រោច", "/", "-", " ", ".", "\u200b", "ឆ្នាំ"]
        ),
        st.integers(0, 3000).map(str),
        st.text(max_size=4),
    ),
    max_size=14,
).map("".join)


@given(PIECES, st.sampled_from(["dmy", "mdy"]))
def test_whatever_stands_there_dates_lie_in_the_text_one_behind_the_other(text: str, order: str) -> None:
    last = 0
    plain = normalise(text).text
    for found in find_dates(text, date_order=order):
        assert last <= found.start < found.end <= len(plain)
        assert found.printed
        assert found.printed in text
        assert found.day not in found.others
        last = found.end
