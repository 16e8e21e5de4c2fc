"""Each rule of the linker, and the traps it must not fall into."""

from __future__ import annotations

import pickle

import pytest

from app.domain.register import MemoryRegister
from app.domain.states import LinkState
from ocr.sheet_codes import folder_code
from tests.helpers.one_folder import (
    COVER,
    DESCRIPTION,
    FORM,
    LETTER,
    NEIGHBOUR,
    NUMBER,
    OTHER,
    PROSE,
    RECEIPT,
    REGISTER,
    ROW,
    assert_proven,
    assert_review,
    codes_of,
    decide,
)
from tests.helpers.paper_folders import register_of


@pytest.mark.parametrize("register", [None, REGISTER])
def test_clean_folder_is_proven_and_says_why(register: MemoryRegister | None) -> None:
    decision = decide([COVER, FORM, DESCRIPTION, LETTER, RECEIPT, ""], register)
    assert_proven(decision)
    assert codes_of(decision)[0] == "read_on_pages"
    assert ("title_agrees" in codes_of(decision)) is (register is not None)


def test_folder_without_number_has_no_link() -> None:
    decision = decide([DESCRIPTION, RECEIPT, ""], REGISTER)
    assert (decision.link, decision.number, codes_of(decision)) == (LinkState.NONE, None, ["no_number"])


@pytest.mark.parametrize("register", [None, REGISTER])
def test_cited_numbers_alone_prove_nothing(register: MemoryRegister | None) -> None:
    decision = decide([LETTER, DESCRIPTION], register)
    assert_review(decision, "only_cited")
    assert decision.number is None
    assert {each.canonical for each in decision.candidates} >= {"KH/D/2018/00044"}


@pytest.mark.parametrize(
    "page",
    [
        "OFFICIAL RECEIPT\nApplication No. KH/D/2018/00044\nAmount 120",
        "Dear Sir,\nApplication No.: KH/D/2018/00044\nYours faithfully,",
        "TEL 023 456 789\n(30) KH/D/2018/00044",
        "(86) PCT/SG2020/123456\nWO 2015/012345",
        "Opposition against application No. KH/D/2018/00044",
    ],
)
@pytest.mark.parametrize("register", [None, REGISTER])
def test_papers_about_other_files_prove_nothing(page: str, register: MemoryRegister | None) -> None:
    decision = decide([page, page, DESCRIPTION], register)
    assert decision.link is not LinkState.PROVEN


@pytest.mark.parametrize("register", [None, REGISTER])
def test_two_claims_are_left_to_a_person(register: MemoryRegister | None) -> None:
    other = FORM.replace(NUMBER, "KH/D/2018/00044")
    decision = decide([COVER, FORM, DESCRIPTION, other], register)
    assert_review(decision, "rival_number")
    assert decision.candidates[0].rivals == ("KH/D/2018/00044",)


def test_lone_foreign_number_in_a_page_head_is_a_rival() -> None:
    stray = f"KH/D/2018/00777\n{PROSE}"
    assert_review(decide([COVER, FORM, stray]), "rival_number")


def test_numbers_in_letters_and_receipts_do_not_stand_against_a_proof() -> None:
    letter = "Dear Sir,\nApplication No.: KH/D/2018/00044\nYours faithfully,"
    assert_proven(decide([COVER, FORM, DESCRIPTION, letter], REGISTER))


def test_misreading_unknown_to_the_register_is_no_rival() -> None:
    bad = COVER.replace("00125", "00725")
    assert_proven(decide([bad, FORM, DESCRIPTION], REGISTER))


def test_misreading_known_to_the_register_is_a_rival() -> None:
    bad = COVER.replace("00125", "00126")
    assert_review(decide([bad, FORM, DESCRIPTION], REGISTER), "rival_number")


def test_year_after_today_is_impossible() -> None:
    pages = [each.replace("2019", "2039") for each in (COVER, FORM)]
    assert_review(decide(pages), "year_impossible")


def test_year_must_fit_the_filing_date_on_the_form() -> None:
    pages = [each.replace("/2019/", "/2010/") for each in (COVER, FORM)]
    assert_review(decide(pages), "year_differs")


def test_repaired_characters_need_confirmation() -> None:
    pages = [each.replace("00125", "OO125") for each in (COVER, FORM)]
    assert_review(decide(pages), "repaired_characters")
    assert_proven(decide([*pages, DESCRIPTION], register_of(ROW, OTHER)))


def test_repaired_cover_agrees_with_a_clean_form() -> None:
    assert_proven(decide([COVER.replace("00125", "0O125"), FORM]))


def test_check_letter_confirms_a_repair_it_was_not_part_of() -> None:
    assert_proven(decide(["(21) Application No: 1120200306ZQ"], office="SG"), "11202003062Q")
    assert_review(decide(["(21) Application No: 11202003062O"], office="SG"), "repaired_characters")


def test_wrong_check_letter_is_left_to_a_person() -> None:
    pages = ["(21) Application No: 11202003026Q"] * 2
    decision = decide(pages, office="SG")
    assert_review(decision, "check_letter_differs")
    assert "11202003062Q" in [each.canonical for each in decision.candidates if not each.occurrences]


def test_number_must_be_in_the_register() -> None:
    decision = decide([COVER, FORM, DESCRIPTION], register_of(NEIGHBOUR, OTHER))
    assert_review(decision, "not_in_register")
    suggested = [each for each in decision.candidates if not each.occurrences]
    assert [each.canonical for each in suggested] == ["KH/D/2019/00126"]


def test_nearby_row_whose_title_is_on_the_pages_is_suggested_first() -> None:
    register = register_of(
        "KH/D/2019/00126;Floating house for rivers;X;2019-03-05", "KH/D/2019/00124;Boat;Y;"
    )
    decision = decide([COVER, FORM, DESCRIPTION], register)
    suggested = next(each for each in decision.candidates if not each.occurrences)
    assert suggested.canonical == "KH/D/2019/00126"


def test_register_year_must_fit_the_number() -> None:
    register = register_of(ROW.replace("2019-03-05", "2009-03-05"))
    assert_review(decide([COVER, FORM, DESCRIPTION], register), "filing_date_differs")


def test_clean_misreading_of_another_real_number_is_stopped_by_the_title() -> None:
    pages = [each.replace("00125", "00126") for each in (COVER, FORM)]
    assert_review(decide([*pages, DESCRIPTION], REGISTER), "title_differs")


def test_title_quoted_in_a_letter_is_no_agreement() -> None:
    pages = [each.replace("00125", "00126") for each in (COVER, FORM)]
    assert_review(decide([*pages, DESCRIPTION, LETTER], REGISTER), "title_differs")


def test_register_of_other_things_proves_nothing() -> None:
    register = register_of(f"{NUMBER};Tea pot with two spouts;Someone Else;2019-03-05")
    assert_review(decide([COVER, FORM, DESCRIPTION], register), "title_differs")


def test_row_without_title_needs_applicant_or_date_and_two_readings() -> None:
    register = register_of(f"{NUMBER};;Mekong Houses Co., Ltd.;2019-03-05")
    assert_proven(decide([COVER, FORM], register))
    assert_review(decide([FORM], register), "register_unconfirmed")
    assert_review(decide([COVER, FORM], register_of(f"{NUMBER};;;")), "register_unconfirmed")


def test_one_page_of_many_is_not_enough_even_with_the_register() -> None:
    form = FORM.replace("Mekong Houses Co., Ltd.", "")
    assert_review(decide([form, PROSE, PROSE], REGISTER), "one_page_only")
    assert_proven(decide([FORM], REGISTER))


def test_neighbour_with_the_same_title_asks_for_two_readings() -> None:
    twin = NEIGHBOUR.replace("Solar dryer", "Floating house for rivers").replace(
        "Mekong Houses", "Tonle Boats"
    )
    undated = [FORM.replace(" (22) 05/03/2019", ""), DESCRIPTION]
    assert_review(decide(undated, register_of(ROW, twin)), "near_neighbour")
    assert_proven(decide([COVER, *undated], register_of(ROW, twin)))


def test_same_misreading_on_every_page_is_stopped_by_the_true_row() -> None:
    pages = [
        each.replace("00125", "00126") for each in (COVER, COVER, "Floating house for rivers\nMekong Houses")
    ]
    decision = decide(pages, register_of(ROW, NEIGHBOUR.replace("Solar dryer", "ទូកសាឡាង")))
    assert_review(decision, "near_neighbour")


def test_neighbour_with_the_fuller_title_is_rather_meant() -> None:
    longer = NEIGHBOUR.replace("Solar dryer", "Floating house for rivers and lakes")
    pages = [each.replace("for rivers", "for rivers and lakes") for each in (COVER, FORM, DESCRIPTION)]
    assert decide(pages, register_of(ROW, longer)).link is LinkState.NEEDS_REVIEW


@pytest.mark.parametrize(
    ("title", "near"), [("Lid of type I", "Lid of type II"), ("Cosmetic jar 12", "Cosmetic jar 13")]
)
def test_title_of_a_series_must_agree_word_by_word(title: str, near: str) -> None:
    pages = [each.replace("Floating house for rivers", title) for each in (COVER, FORM, DESCRIPTION)]
    pages = [each.replace("00125", "00126") for each in pages]
    lone = register_of(NEIGHBOUR.replace("Solar dryer", near))
    both = register_of(
        NEIGHBOUR.replace("Solar dryer", near), ROW.replace("Floating house for rivers", title)
    )
    assert decide(pages, lone).link is LinkState.NEEDS_REVIEW
    assert decide(pages, both).link is LinkState.NEEDS_REVIEW


def test_short_title_inside_a_sentence_is_not_found() -> None:
    row = f"{NUMBER};Deck;Somebody Else;2001-01-01".replace("2001", "2019")
    form = FORM.replace("Floating house for rivers", "Anchor").replace("Mekong Houses", "Other")
    assert decide([form, PROSE], register_of(row)).link is LinkState.NEEDS_REVIEW


def test_single_reading_without_a_register_is_not_enough() -> None:
    assert_review(decide([FORM, DESCRIPTION]), "single_reading")


def test_cited_neighbour_does_not_second_a_misread_form() -> None:
    misread = FORM.replace("00125", "00126")
    letter = "Dear Sir,\nThe Examiner has cited the prior application KH/D/2019/00126 against it.\nYours faithfully,"
    assert_review(decide([misread, letter]), "single_reading")


def test_folder_code_proves_when_nothing_contradicts() -> None:
    codes = {1: [folder_code("KH", NUMBER)]}
    assert_proven(decide(["", DESCRIPTION], codes=codes))
    assert_proven(decide(["", DESCRIPTION], REGISTER, codes=codes))
    assert_review(decide(["", FORM.replace("00125", "00999")], codes=codes), "rival_number")
    assert_review(decide(["", "Tea pot\n" + PROSE * 2], REGISTER, codes=codes), "title_differs")


def test_two_folder_codes_are_rivals() -> None:
    codes = {1: [folder_code("KH", NUMBER)], 2: [folder_code("KH", "KH/D/2019/00126")]}
    assert_review(decide(["", "", DESCRIPTION], codes=codes), "rival_number")
    labels = {1: [folder_code("KH", NUMBER)], 2: [folder_code("KH", "KH/D/2019/00126", is_sheet=False)]}
    assert_review(decide(["", "", DESCRIPTION], codes=labels), "rival_number")


def test_text_and_code_on_one_page_are_two_readings() -> None:
    assert_proven(decide([FORM, DESCRIPTION], codes={1: [NUMBER]}))


def test_bare_digits_need_a_second_captioned_reading() -> None:
    form = "(210) 37978 (220) 12/03/2016\n(540) GOLDEN LOTUS\n(730) Vientiane Tea Sole Co."
    assert_review(decide([form, "37978"], office="LA"), "plain_digits")
    assert_proven(decide([form, "TRADEMARK\nApplication No. 37978"], office="LA"), "37978")
    register = register_of("37978;GOLDEN LOTUS;Vientiane Tea Sole Co.;2016-03-12", office="LA")
    assert_proven(decide([form], register, "LA"), "37978")


def test_unlabelled_bare_digits_prove_nothing() -> None:
    register = register_of("445566;GOLDEN LOTUS;Vientiane Tea Sole Co.;2016-03-12", office="LA")
    assert decide(["445566\nGOLDEN LOTUS", "Receipt 445566"], register, "LA").link is not LinkState.PROVEN


def test_number_cut_short_is_not_proven_alone() -> None:
    pages = [each.replace("00125", "0012") for each in (COVER, FORM)]
    assert_review(decide(pages), "padding_irregular")


def test_faint_reading_is_left_to_a_person() -> None:
    assert_review(decide([COVER, FORM], confidence=0.4), "low_confidence")


def test_pages_of_a_gazette_are_no_claims() -> None:
    gazette = "OFFICIAL GAZETTE\n" + "\n".join(f"(21) KH/D/2019/0020{n}" for n in range(6))
    assert_proven(decide([COVER, FORM, gazette]))
    assert decide([gazette]).link is not LinkState.PROVEN


def test_registration_number_is_never_taken_for_the_application() -> None:
    decision = decide(["(111) KH/2013/49703", "(111) KH/2013/49703"])
    assert decision.link is LinkState.NONE


def test_decision_travels_between_processes() -> None:
    decision = decide([COVER, FORM, DESCRIPTION], REGISTER)
    assert pickle.loads(pickle.dumps(decision)) == decision


DIVIDED = "KH/D/2021/00377;Floating house for rivers;Mekong Houses Co., Ltd.;2021-06-11"
UNREAD_FORM = (
    "REQUEST FOR REGISTRATION\n(21) Application No. ......{filed}\n(54) Title: Floating house for rivers\n"
    f"(71) Applicant: Mekong Houses Co., Ltd.\n{PROSE}"
)


@pytest.mark.parametrize("filed", ["", " (22) 11/06/2021"])
@pytest.mark.parametrize("register", [None, register_of(ROW, NEIGHBOUR, DIVIDED)])
@pytest.mark.parametrize("first", [COVER, FORM + "\nSecond copy"])
def test_title_and_applicant_do_not_say_whose_an_unread_number_is(
    filed: str, register: MemoryRegister | None, first: str
) -> None:
    pages = [first, FORM, DESCRIPTION, UNREAD_FORM.format(filed=filed)]
    assert_review(decide(pages, register), "own_number_unread")


def test_a_cover_does_not_speak_for_a_form_with_another_filing_date() -> None:
    register = register_of(ROW, NEIGHBOUR, DIVIDED)
    cover = COVER.replace("APPLICATION", "APPLICATION FILE")
    same, other = (UNREAD_FORM.format(filed=f" (22) {day}") for day in ("05/03/2019", "11/06/2021"))
    assert_proven(decide([cover, FORM, DESCRIPTION, same], register))
    assert_review(decide([cover, FORM, DESCRIPTION, other], register), "own_number_unread")
