"""One key per application, however it was printed."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.application_number import ApplicationNumber, NotAnApplicationNumber, parse_in_any
from app.domain.offices import load_offices
from app.domain.typed_numbers import parse_typed
from ocr.types import NumberRole

OFFICES = load_offices(Path(__file__).parents[3] / "resources" / "offices")


def parse(text: str, office: str, filing_year: int | None = None) -> ApplicationNumber:
    return ApplicationNumber.parse(text, OFFICES[office], filing_year=filing_year)


@pytest.mark.parametrize(
    ("office", "printed", "canonical"),
    [
        ("KH", ["KH/D/2019/00125", "KH/D/2019/125", "KH-D-2019-125", "KH ／ D ／ ២០១៩ ／ ០០១២៥"], "KH/D/2019/00125"),
        ("KH", ["KH/49703/13", "KH/49703/2013", "KH-T-2013-49703"], "KH/49703/13"),
        ("KH", ["KH/1368334/M", "KHM01368334"], "KH/1368334/M"),
        (
            "PH",
            ["PH/4/1981/115", "4-1981-00000115", "PH/4198100000115", "PH/4/1981/00000115", "4-1981-000115"],
            "PH/4/1981/00000115",
        ),
        ("PH", ["1/2010/000340", "1-2010-000340", "PH12010000340"], "1/2010/000340"),
        ("VN", ["1-2025-06438", "VN1202506438", "1‑2025‑06438"], "1-2025-06438"),
        ("ID", ["P00201902086", "(21) No. Permohonan Paten : P00201902086"], "P00201902086"),
        ("TH", ["1401001234", "เลขที่คำขอ ๑๔๐๑๐๐๑๒๓๔"], "1401001234"),
        ("BN", ["TM/43210", "43210"], "43210"),
        ("MY", ["PI 2019001234", "PI2019001234"], "PI2019001234"),
    ],
)  # fmt: skip
def test_presentations_of_one_number_share_its_key(office: str, printed: list[str], canonical: str) -> None:
    assert {parse(text, office).canonical for text in printed} == {canonical}


@pytest.mark.parametrize(
    ("office", "typed", "canonical"),
    [
        ("KH", ["KH P 2018 417", "KHP2018417", "kh-p-2018-417", "KHP 2018 00417", "KH P ២០១៨ ៤១៧"], "KH/P/2018/00417"),
        ("KH", ["KH 49703 2013", "KH497032013"], "KH/49703/13"),
        ("VN", ["4 2019 118", "4-2019-118", "4201900118"], "4-2019-00118"),
        ("ID", ["P00 2019 2086", "P0020192086"], "P00201902086"),
        ("PH", ["PH 4 1981 115", "PH4.1981.115"], "PH/4/1981/00000115"),
    ],
)  # fmt: skip
def test_what_is_typed_may_lack_separators_and_zeros(office: str, typed: list[str], canonical: str) -> None:
    assert {parse_typed(text, OFFICES[office]).canonical for text in typed} == {canonical}


@pytest.mark.parametrize(
    ("office", "typed", "code"),
    [
        ("KH", "KHP20180417", "number_unreadable"),  # some of its zeros: a digit was lost
        ("KH", "KH P 18 417", "number_unreadable"),
        ("KH", "KH 2013 2016", "number_ambiguous"),  # a mark of 2016, or a registration of 2013
        ("VN", "42019118", "number_unreadable"),
        ("KH", "2018 417", "number_unreadable"),
    ],
)
def test_what_can_be_meant_in_two_ways_is_not_taken(office: str, typed: str, code: str) -> None:
    with pytest.raises(NotAnApplicationNumber) as caught:
        parse_typed(typed, OFFICES[office])
    assert caught.value.code == code


def test_what_is_read_off_a_page_must_be_whole() -> None:
    with pytest.raises(NotAnApplicationNumber):
        parse("KHP2018417", "KH")


def test_every_canonical_spelling_reads_back_as_itself() -> None:
    for profile in OFFICES.values():
        for rule in profile.rules:
            if rule.format.own_role is not NumberRole.APPLICATION:
                continue
            for example in rule.format.examples:
                number = ApplicationNumber.parse(example, profile)
                assert ApplicationNumber.parse(number.canonical, profile).canonical == number.canonical


@pytest.mark.parametrize(
    ("office", "printed", "year", "gbd_id"),
    [
        ("KH", "KH/49703/13", None, "KH502013004970313"),
        ("KH", "KH/1071853A/M", 2015, "KH5020151071853AM"),
        ("KH", "KH/G/2018/5", None, "KH5220180000000G5"),
        ("KH", "KH/D/2019/00125", None, "KH702019000000125"),
        ("LA", "37978", 2016, "LA502016000037978"),
        ("LA", "M/1421805", 2018, "LA5020180M1421805"),
        ("MY", "TM2019011877", None, "MY502019000011877"),
        ("MY", "08021824", None, "MY502008000021824"),
        ("BN", "BN/2014/0012", None, "BN702014000000012"),
        ("VN", "4-2019-11818", None, "VN502019000011818"),
        ("VN", "3-2019-01234", None, "VN702019000001234"),
        ("PH", "PH/4/1998/00004477", None, "PH501998000004477"),
        ("PH", "PH/3/2011/000001", None, "PH7020112011000001"),
        ("ID", "DID2017000184", None, "ID502017DID000184"),
        ("ID", "M0020191466446", None, "ID502019001466446"),
        ("ID", "D002009034362", None, "ID502009D00034362"),
        ("SG", "T0812097B", None, "SG50200800812097B"),
        ("SG", "30202110025U", None, "SG70202100010025U"),
        ("SG", "40201918273Y", None, "SG50201900018273Y"),
    ],
)
def test_database_ids_follow_the_offices_masks(
    office: str, printed: str, year: int | None, gbd_id: str
) -> None:
    assert parse(printed, office, year).gbd_id == gbd_id


@pytest.mark.parametrize(
    ("office", "printed", "st13"),
    [
        ("KH", "KH/P/2015/00045", "KH102015000000045"),
        ("PH", "1/2013/500907", "PH102013000500907"),
        ("VN", "2-2019-00123", "VN202019000000123"),
        ("VN", "4-2019-11818", "VN502019000011818"),
        ("KH", "KH/D/2019/00125", "KH702019000000125"),
        ("TH", "1402001234", "TH702014000001234"),
        ("KH", "KH/G/2018/5", None),
        ("SG", "40201918273Y", None),
        ("ID", "DID2017000184", None),
        ("LA", "37978", None),
        ("KH", "KH/1071853A/M", None),
    ],
)
def test_st13_only_where_digits_can_carry_the_number(office: str, printed: str, st13: str | None) -> None:
    assert parse(printed, office).st13 == st13


@pytest.mark.parametrize(
    ("office", "printed", "key"),
    [
        ("KH", "KH/D/2019/00125", ("KH", "D", 2019, 125)),
        ("KH", "KH/G/2018/5", ("KH", "G", 2018, 5)),
        ("KH", "KH/49703/13", ("KH", "T", 2013, 49703)),
        ("PH", "4-1981-00000115", ("PH", "4", 1981, 115)),
        ("PH", "PH/M/0001/01573483", ("PH", "M", 1, 1573483)),
        ("VN", "4-2019-11818", None),
    ],
)
def test_ipas_key_is_structured(office: str, printed: str, key: tuple[str, str, int, int] | None) -> None:
    assert parse(printed, office).ipas_key == key


def test_madrid_suffix_comes_from_the_sequence() -> None:
    assert parse("A/M/0001/01421820", "PH").madrid_number == "1421820A"
    assert parse("PH/M/0001/01573483", "PH").madrid_number == "1573483"


@pytest.mark.parametrize(
    ("office", "text", "code"),
    [
        ("KH", "KH/2013/49703", "number_is_registration"),
        ("VN", "4-0256183-000", "number_is_registration"),
        ("ID", "IDP000089818", "number_is_registration"),
        ("ID", "EC00202024759", "number_of_other_kind"),
        ("WO", "PCT/SG2020/123456", "number_is_international"),
        ("KH", "hello", "number_unreadable"),
        ("KH", "KH/D/2O19/00125", "number_unreadable"),
        ("KH", "KH/2013/1998", "number_ambiguous"),
    ],
)
def test_other_numbers_are_refused_with_a_code(office: str, text: str, code: str) -> None:
    with pytest.raises(NotAnApplicationNumber) as caught:
        parse(text, office)
    assert caught.value.code == code


def test_application_and_registration_are_never_swapped() -> None:
    assert parse("KH/49703/13", "KH").canonical == "KH/49703/13"
    with pytest.raises(NotAnApplicationNumber):
        parse("KH/2013/49703", "KH")


@pytest.mark.parametrize(
    ("office", "printed", "year"),
    [("KH", "KH/10318/73", 1973), ("MY", "08021824", 2008), ("MY", "99001877", 1999), ("SG", "T9511877G", 1995),
     ("TH", "1401001234", 2014), ("TH", "สช 50100001", 2007), ("LA", "37978", None)],
)  # fmt: skip
def test_short_years_find_their_century(office: str, printed: str, year: int | None) -> None:
    assert parse(printed, office).year == year


def test_number_that_lost_a_digit_is_irregular() -> None:
    assert not parse("KH/D/2019/0012", "KH").is_regular
    assert parse("KH/D/2019/12", "KH").is_regular
    assert parse("KH/D/2019/00125", "KH").is_regular


def test_check_letter_is_reported_not_enforced() -> None:
    assert parse("11202003062Q", "SG").check_passes is True
    assert parse("11202003026Q", "SG").check_passes is False
    assert parse("KH/D/2019/00125", "KH").check_passes is None


def test_same_digits_are_read_by_each_office_in_its_own_way() -> None:
    found = parse_in_any("2012051842", [OFFICES["MY"], OFFICES["SG"]])
    assert [(each.office, each.canonical) for each in found] == [("MY", "2012051842"), ("SG", "201205184-2")]


@given(st.integers(1950, 2049), st.integers(1, 99999))
def test_padding_and_separators_never_change_the_key(year: int, serial: int) -> None:
    forms = [f"KH/D/{year}/{serial}", f"KH/D/{year}/{serial:05d}", f"KH-D-{year}-{serial}"]
    assert len({parse(form, "KH").canonical for form in forms}) == 1


@given(st.text(max_size=25))
def test_any_text_is_a_number_or_a_refusal(text: str) -> None:
    for office in ("KH", "PH", "SG", "TH"):
        try:
            number = parse(text, office)
        except NotAnApplicationNumber:
            continue
        assert number.raw == text
        assert parse(number.canonical, office).canonical == number.canonical
