"""Numbers are folded, matched and repaired as the offices print them."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.offices import formats_for, load_offices
from ocr.numbers import MAX_EDITS, damm_letter, is_plain, match, normalise
from ocr.numbers_labels import labels_in, role_of_caption
from ocr.numbers_shapes import expand
from ocr.types import NumberRole

OFFICES = load_offices(Path(__file__).parents[2] / "resources" / "offices")


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("KH ／ D ／ ២០១៩ ／ ០០១២៥", "KH / D / 2019 / 00125"),
        ("KH⁄D∕២០១៩", "KH/D/2019"),
        ("4‑2019–11818", "4-2019-11818"),
        ("4−2019﹘11818", "4-2019-11818"),
        ("๑๔๐๑๐๐๑๒๓๔", "1401001234"),
        ("໓໗໙໗໘", "37978"),
        ("၄၃၂၁၀", "43210"),
        ("0\u200b0\u200d1\u2060\ufeff2\u00ad5", "00125"),
        ("២០\u17b4១៩", "2019"),
        ("4\u00a02019\u202f11818", "4 2019 11818"),
        ("kh/d/2019/00125", "KH/D/2019/00125"),
        ("ＫＨ／Ｄ／２０１９", "KH/D/2019"),
        ("លេខ៖ 2019", "លេខ: 2019"),
        ("4៖2019", "4-2019"),
    ],
)
def test_scripts_fold_into_one_plain_form(raw: str, text: str) -> None:
    assert normalise(raw).text == text


def test_lek_attak_is_not_a_digit() -> None:
    assert normalise("\u17f0").text == "\u17f0"


def test_thai_and_lao_vowels_are_not_split() -> None:
    assert normalise("ค\u0e33ขอ").text == "ค\u0e33ขอ"
    assert normalise("ຄ\u0eb3ຮ້ອງ").text == "ຄ\u0eb3ຮ້ອງ"


@given(st.text(max_size=40))
def test_every_normalised_character_knows_where_it_stood(raw: str) -> None:
    folded = normalise(raw)
    assert len(folded.positions) == len(folded.text)
    assert all(0 <= position < len(raw) for position in folded.positions)
    assert list(folded.positions) == sorted(folded.positions)


@pytest.mark.parametrize(
    ("digits", "letter"),
    [
        ("202001720", "R"),
        ("202003062", "Q"),
        ("202008698", "Q"),
        ("202012744", "U"),
        ("202013220", "S"),
        ("202002445", "S"),
        ("202011669", "P"),
        ("202110025", "U"),
        ("201918273", "Y"),
        ("201906231", "S"),
        ("201607419", "Y"),
    ],
)
def test_singapore_check_letters_of_known_numbers(digits: str, letter: str) -> None:
    assert damm_letter(digits) == letter


@given(st.integers(0, 10**9 - 1), st.integers(0, 8), st.integers(1, 9))
def test_check_letter_catches_every_single_wrong_digit(number: int, at: int, shift: int) -> None:
    digits = f"{number:09d}"
    wrong = digits[:at] + str((int(digits[at]) + shift) % 10) + digits[at + 1 :]
    assert damm_letter(wrong) != damm_letter(digits)


@given(st.integers(0, 10**9 - 1), st.integers(0, 7))
def test_check_letter_catches_every_swap_of_neighbours(number: int, at: int) -> None:
    digits = f"{number:09d}"
    swapped = digits[:at] + digits[at + 1] + digits[at] + digits[at + 2 :]
    assert swapped == digits or damm_letter(swapped) != damm_letter(digits)


def test_every_office_example_matches_only_in_its_own_way_within_the_office() -> None:
    assert sum(len(profile.rules) for profile in OFFICES.values()) == 63
    for profile in OFFICES.values():
        for rule in profile.rules:
            for example in rule.format.examples:
                ids = {each.format.format_id for each in match(example, profile.formats)}
                assert rule.format.format_id in ids


@pytest.mark.parametrize(
    ("office", "read", "repaired", "edits"),
    [
        ("VN", "4‑2O19‑1l818", "4-2019-11818", [("O", "0"), ("l", "1")]),
        ("KH", "KH/D/2O19/OO125", "KH/D/2019/00125", [("O", "0")] * 3),
        ("KH", "KH/D/2019100125", "KH/D/2019/00125", [("1", "/")]),
        ("KH", "KH|D/2019/0012S", "KH/D/2019/00125", [("|", "/"), ("S", "5")]),
        ("KH", "KH/0/2019/00125", "KH/D/2019/00125", [("0", "D")]),
        ("ID", "P002O1902086", "P00201902086", [("O", "0")]),
        ("SG", "11202003062O", "11202003062Q", [("O", "Q")]),
        ("SG", "1I202003062Q", "11202003062Q", [("I", "1")]),
    ],
)
def test_look_alikes_are_repaired_in_their_slots(
    office: str, read: str, repaired: str, edits: list[tuple[str, str]]
) -> None:
    found = match(read, OFFICES[office].formats)
    assert found[0].text == repaired
    assert [(edit.read, edit.put) for edit in found[0].edits] == edits


def test_clean_token_is_never_repaired() -> None:
    assert match("KH/D/2019/00125", OFFICES["KH"].formats)[0].edits == ()


def test_too_many_wrong_characters_are_no_number() -> None:
    assert match("KH/D/2O1g/OOI2S", OFFICES["KH"].formats) == ()
    assert MAX_EDITS == 3


def test_swapped_digits_fail_the_check_letter() -> None:
    found = match("11202003026Q", OFFICES["SG"].formats)
    assert [(each.check_passes, each.edits) for each in found] == [(False, ())]


def test_copyright_number_is_matched_but_is_no_application() -> None:
    found = match("EC00202024759", OFFICES["ID"].formats)
    assert [each.format.format_id for each in found] == ["ID-copyright"]
    assert found[0].format.own_role is NumberRole.UNKNOWN


def test_profile_decides_what_bare_digits_mean() -> None:
    assert match("2012051842", OFFICES["MY"].formats)[0].format.format_id == "MY-tm-10"
    assert match("2012051842", OFFICES["SG"].formats)[0].format.format_id == "SG-pat-old"


def test_foreign_bare_digits_are_not_looked_for() -> None:
    formats = formats_for(OFFICES, "KH")
    assert formats[0].office == "KH"
    assert not any(is_plain(each) for each in formats if each.office != "KH")


def test_shapes_cover_every_bounded_example() -> None:
    for profile in OFFICES.values():
        for rule in profile.rules:
            shapes = expand(rule.format.pattern)
            for example in rule.format.examples if shapes else ():
                text = normalise(example).text
                assert any(
                    len(shape) == len(text) and all(c in slot for c, slot in zip(text, shape, strict=True))
                    for shape in shapes
                ), (rule.format.format_id, example)


@pytest.mark.parametrize(
    ("caption", "office", "role"),
    [
        ("(21)", "KH", NumberRole.APPLICATION),
        ("(2I) Application", "KH", NumberRole.APPLICATION),
        ("(210)", "LA", NumberRole.APPLICATION),
        ("(11)", "KH", NumberRole.REGISTRATION),
        ("(111)", "KH", NumberRole.REGISTRATION),
        ("(30) Priority", "KH", NumberRole.PRIORITY),
        ("(86) PCT", "KH", NumberRole.INTERNATIONAL),
        ("(20) Số đơn và Ngày nộp đơn", "VN", NumberRole.APPLICATION),
        ("(10) Số bằng và ngày cấp", "VN", NumberRole.REGISTRATION),
        ("Nomor Permohonan", "ID", NumberRole.APPLICATION),
        ("លេខពាក្យសុំ៖", "KH", NumberRole.APPLICATION),
        ("ເລກທີຄໍາຮ້ອງ", "LA", NumberRole.APPLICATION),
        ("เลขที่คำขอ", "TH", NumberRole.APPLICATION),
        ("Receipt No.", "KH", NumberRole.PAYMENT),
        ("Tel:", "KH", NumberRole.CONTACT),
        ("ផ្ទះលេខ", "KH", NumberRole.CONTACT),
    ],
)
def test_captions_say_what_follows(caption: str, office: str, role: NumberRole) -> None:
    assert role_of_caption(caption, office=office) is role


def test_longer_caption_wins_over_the_shorter_inside_it() -> None:
    labels = labels_in("OUR EARLIER APPLICATION NO. ", office="KH")
    assert [label.role for label in labels] == [NumberRole.CITED, NumberRole.APPLICATION]
