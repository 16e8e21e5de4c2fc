"""The fields of a dossier are chosen from all its pages; what is doubtful says so, another file's paper is passed over."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.domain.dossier_fields import (
    DossierFacts,
    FieldPage,
    FieldReading,
    may_have_fields,
    read_dossier_fields,
    state_of,
)
from app.domain.field_kinds import DossierField, FieldRule, FieldState
from app.domain.field_typing import agrees, holds
from app.domain.office_terms import OfficeDataInvalid
from app.domain.offices import load_offices, read_pack
from ocr.types import Box, Word

RESOURCES = Path(__file__).parents[3] / "resources" / "offices"
OFFICES = load_offices(RESOURCES)
CHAR_PX, HEIGHT_PX = 20, 40
F = DossierField
FORM = (
    "(21) Application No.: KH/D/2019/00125",
    "(22) Filing date: 23/11/2019",
    "(54) Title: Folding rice basket",
    "(71) Applicant: Lotus Quay Ltd.",
    "27 Canal Road, Phnom Penh",
    "(74) Agent: Kampot Street IP Agency",
    "Tel. +855 23 2702 945",
    "A basket that folds flat when it is empty and is carried on the back.",
)


def page(*lines: str, number: int = 1, sure: float = 0.95) -> FieldPage:
    words = []
    for row, text in enumerate(lines):
        at = 0
        for part in text.split(" "):
            box = Box(100 + at * CHAR_PX, 100 + row * 60, len(part) * CHAR_PX, HEIGHT_PX)
            words.append(Word(part, box, sure, row, space_after=at + len(part) < len(text)))
            at += len(part) + 1
    return FieldPage(number * 10, number, tuple(words))


def read(*pages: FieldPage, number: str = "", right: str = "", register=None) -> dict[F, FieldReading]:
    facts = DossierFacts(number, right, 0.97, register or {})
    return dict(read_dossier_fields(pages, OFFICES, "KH", facts))


def test_form_gives_its_fields_with_their_page_and_place():
    found = read(page(*FORM))
    assert {field.value: each.value for field, each in found.items()} == {
        "filing_date": "2019-11-23",
        "title": "Folding rice basket",
        "applicant": "Lotus Quay Ltd.",
        "agent": "Kampot Street IP Agency",
    }
    title = found[F.TITLE]
    assert (title.page_id, title.code) == (10, "54")
    assert title.boxes == (Box(100 + 12 * CHAR_PX, 220, 19 * CHAR_PX, HEIGHT_PX),)
    assert len(title.certainty) == len(title.printed)


def test_long_name_goes_on_in_the_next_row_and_an_address_is_no_part_of_it():
    long = "(71) Applicant: The Very Long Name of a Firm That Fills Its Whole"
    found = read(page(*FORM[:3], long, "Rowlands and Goes On Ltd.", "27 Canal Road", FORM[-1]))
    assert found[F.APPLICANT].value == long.removeprefix("(71) Applicant: ") + " Rowlands and Goes On Ltd."


def test_type_follows_the_number():
    assert read(page(*FORM), number="KH/D/2019/00125", right="design")[F.TYPE].value == "design"


def test_paper_of_another_file_says_nothing_of_this_one():
    other = page("(21) Application No.: KH/D/2011/00007", "(54) Title: Bottle with woven grip", number=2)
    found = read(other, page(*FORM), number="KH/D/2019/00125")
    assert found[F.TITLE].value == "Folding rice basket"
    assert found[F.TITLE].agreeing == 1


def test_pages_that_contradict_each_other_ask_for_a_look():
    other = page("(54) Title: Bottle with woven grip", "(71) Applicant: Lotus Quay Ltd.", number=2)
    found = read(page(*FORM), other)
    assert "pages_differ" in found[F.TITLE].doubts
    assert "pages_differ" not in found[F.APPLICANT].doubts
    assert found[F.APPLICANT].agreeing == 2


def test_register_settles_an_open_date_and_disputes_a_title():
    open_date = page("(22) Filing date: 05/03/2019", "(54) Title: Folding rice basket")
    alone = read(open_date)[F.FILING_DATE]
    assert "date_open" in alone.doubts
    found = read(open_date, register={F.FILING_DATE: "2019-03-05", F.TITLE: "Bamboo board"})
    assert found[F.FILING_DATE].doubts == ()
    assert "register_differs" in found[F.TITLE].doubts


def test_title_in_two_languages_is_not_disputed_by_a_register_that_has_one():
    both = page("(54) Title: កន្ត្រក Folding rice basket", "(71) Applicant: Lotus Quay Ltd.")
    assert "register_differs" not in read(both, register={F.TITLE: "Folding rice basket"})[F.TITLE].doubts


def test_date_of_receipt_is_read_behind_its_words():
    found = read(page("RECEIVED ON 24 AUG 2017 at the counter"))[F.DOCUMENT_DATE]
    assert (found.printed, found.value) == ("24 AUG 2017", "2017-08-24")
    assert found.boxes == (Box(100 + 12 * CHAR_PX, 100, 11 * CHAR_PX, HEIGHT_PX),)
    assert F.DOCUMENT_DATE not in read(page("Phnom Penh, 24 August 2017"))


def test_date_of_a_reception_stamp_stands_in_a_row_below_its_word():
    found = read(page("DEPARTMENT OF INDUSTRIAL PROPERTY", "RECEIVED", "19 FEB 2019"))[F.DOCUMENT_DATE]
    assert (found.value, found.boxes) == ("2019-02-19", (Box(100, 220, 11 * CHAR_PX, HEIGHT_PX),))
    assert F.DOCUMENT_DATE not in read(page("Received from: Mekong Water Works", "19 FEB 2019"))
    assert F.DOCUMENT_DATE not in read(page("RECEIVED", "Our letter to you of 19 FEB 2019 refers"))


@pytest.mark.parametrize(
    ("text", "may"),
    [
        ("(54) Title", True),
        ("(2l) Application", True),
        ("Date of receipt 3.4.2011", True),
        ("the screw (12) of", True),
        ("plain prose of a description", False),
    ],
)
def test_pages_without_codes_are_not_opened(text, may):
    assert may_have_fields(text) is may


def reading(**how: object) -> FieldReading:
    usual = {"printed": "Lotus", "value": "Lotus", "certainty": (0.95,) * 5, "doubts": ()}
    told = usual | how
    return FieldReading(F.APPLICANT, told["printed"], told["value"], 1, (), told["certainty"], told["doubts"])


@pytest.mark.parametrize(
    ("how", "rule", "register", "state"),
    [
        ({}, FieldRule(F.APPLICANT), "", FieldState.ACCEPTED),
        ({}, FieldRule(F.APPLICANT, is_always=True), "Lotus", FieldState.TO_CHECK),
        ({"certainty": (0.95, 0.95, 0.4, 0.95, 0.95)}, FieldRule(F.APPLICANT), "", FieldState.TO_CHECK),
        ({"certainty": (0.95, 0.95, 0.4, 0.95, 0.95)}, FieldRule(F.APPLICANT), "Lotus", FieldState.ACCEPTED),
        ({"doubts": ("pages_differ",)}, FieldRule(F.APPLICANT), "", FieldState.TO_CHECK),
        ({"doubts": ("register_differs",)}, FieldRule(F.APPLICANT), "Other", FieldState.TO_CHECK),
        ({"doubts": ("value_unread",)}, FieldRule(F.APPLICANT), "", FieldState.INVALID),
        ({"certainty": ()}, FieldRule(F.APPLICANT), "", FieldState.TO_CHECK),
    ],
)
def test_what_a_machine_is_sure_of_depends_on_the_office_and_the_register(how, rule, register, state):
    assert state_of(reading(**how), rule, register) is state


@pytest.mark.parametrize(
    ("field", "one", "other", "same"),
    [
        (F.TITLE, "Folding rice basket", "FOLDING RICE BASKET", True),
        (F.TITLE, "Folding rice basket", "Folding rice baskets", True),
        (F.TITLE, "Type I pump", "Type II pump", True),
        (F.TITLE, "Rice", "Ricé", True),
        (F.TITLE, "Bamboo board", "Rice basket", False),
        (F.APPLICANT, "Lotus Quay Ltd.", "Lotus Quay Limited", True),
        (F.FILING_DATE, "2019-03-05", "2019-05-03", False),
        (F.TITLE, "", "", False),
    ],
)
def test_values_agree_as_names_do_and_dates_to_the_letter(field, one, other, same):
    assert agrees(field, one, other) is same


def test_a_short_name_is_not_found_within_a_longer_one_by_chance():
    assert holds("កន្ត្រក Folding rice basket", "Folding rice basket")
    assert not holds("A pump", "pum")


def pack(tmp_path: Path, more: str) -> Path:
    path = tmp_path / "kh.toml"
    path.write_text((RESOURCES / "kh.toml").read_text(encoding="utf-8") + "\n" + more, encoding="utf-8")
    return path


def test_office_says_which_fields_it_wants_and_how(tmp_path):
    more = "[[fields]]\nname = 'filing_date'\nrequired = true\n\n[[fields]]\nname = 'title'\nalways = true\nlanguages = ['khm']\n"
    profile = read_pack(pack(tmp_path, more), is_own=True).profile
    assert profile.field_rules == (
        FieldRule(F.APPLICATION_NUMBER, is_always=True, is_required=True),
        FieldRule(F.FILING_DATE, is_required=True),
        FieldRule(F.TITLE, is_always=True, languages=("khm",)),
    )


def test_office_that_says_nothing_gets_all_fields():
    assert [rule.field for rule in OFFICES["KH"].field_rules] == list(DossierField)
    assert [rule.field for rule in OFFICES["KH"].field_rules if rule.is_always] == [F.APPLICATION_NUMBER]


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ("[[fields]]\nname = 'colour'\n", "office_value_wrong"),
        ("[[fields]]\nname = 'title'\n[[fields]]\nname = 'title'\n", "office_name_twice"),
        ("[[fields]]\nname = 'title'\nallways = true\n", "office_key_unknown"),
        ("[[fields]]\nname = 'title'\nalways = 'yes'\n", "office_value_wrong"),
    ],
)
def test_wrong_fields_of_a_pack_are_refused_with_their_key(tmp_path, more, code):
    with pytest.raises(OfficeDataInvalid) as caught:
        read_pack(pack(tmp_path, more), is_own=True)
    assert caught.value.code == code
    assert "fields[" in caught.value.facts["key"]
