"""Which dossiers are keyed twice, who is another person, and when two values say the same."""

from __future__ import annotations

import pytest

from app.domain.field_kinds import DossierField as F
from app.domain.keyed_values import says_the_same
from app.domain.second_keying import SecondKeying, drawn, is_among, is_same_person


@pytest.mark.parametrize(
    ("whose", "of_people", "of_machine"),
    [("none", False, False), ("confirmed", True, False), ("all", True, True)],
)
def test_whose_dossiers_are_keyed_again(whose, of_people, of_machine):
    wanted = SecondKeying(whose)
    assert wanted.wants(by_machine=False, lot="1") is of_people
    assert wanted.wants(by_machine=True, lot="1") is of_machine


def test_a_share_is_drawn_by_chance_and_always_alike():
    wanted = SecondKeying("confirmed", percent=10)
    lots = [f"2026-11-28/{each}" for each in range(4_000)]
    chosen = [lot for lot in lots if wanted.wants(by_machine=False, lot=lot)]
    assert 320 < len(chosen) < 480
    assert chosen == [lot for lot in lots if wanted.wants(by_machine=False, lot=lot)]
    assert {drawn(lot) for lot in lots} == set(range(100))


def test_the_number_is_always_keyed_and_first():
    wanted = SecondKeying("all", fields=(F.CLASSES, F.TITLE))
    asked = (F.APPLICATION_NUMBER, F.TITLE, F.APPLICANT, F.CLASSES)
    assert wanted.fields_among(asked) == (F.APPLICATION_NUMBER, F.TITLE, F.CLASSES)


@pytest.mark.parametrize(
    "other", ["SOKHA  KIM", "Kim, Sokha", "OFFICE\\sokha.kim", "sokha.kim@office.kh", "Sokha"]
)
def test_one_person_by_many_spellings(other):
    assert is_same_person("Sokha Kim", other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Kim Sokha", "KimSokha"),
        ("Kim Sokha", "sokhakim"),
        ("Nguyễn Văn An", "nguyen van an"),
        ("Đặng Thị Hoà", "DANG THI HOA"),
        ("Nguyễn Văn An", "nguyenvanan"),
        ("สมชาย ใจดี", "สมชายใจดี"),
        ("ສົມພອນ ແກ້ວ", "ສົມພອນແກ້ວ"),
    ],
)
def test_one_person_without_accents_or_spaces(one, other):
    assert is_same_person(one, other)
    assert is_same_person(other, one)


@pytest.mark.parametrize("other", ["Sokha Chan", "Dara", "សុខា គឹម", "Sokh Kim"])
def test_another_person(other):
    assert not is_same_person("Sokha Kim", other)


def test_names_that_differ_by_one_vowel_of_khmer_are_two_people():
    assert not is_same_person("សុខា", "សូខា")
    assert is_among("សុខា", ["Dara", "សុខា គឹម"])


@pytest.mark.parametrize(
    ("field", "one", "other"),
    [
        (F.TITLE, "Water-Filter", "water  filter"),
        (F.TITLE, "Nước mắm", "nuoc mam"),
        (F.TITLE, "ตู้ น\u0e4d\u0e32", "ตู้ น\u0e33"),
        (F.PRIORITY, "KR ២០១៨", "kr 2018"),
        (F.CLASSES, "9; 35", "35; 9"),
        (F.AGENT, "", ""),
    ],
)
def test_the_same_by_meaning(field, one, other):
    assert says_the_same(field, one, other)
    assert says_the_same(field, other, one)


@pytest.mark.parametrize(
    ("field", "one", "other"),
    [
        (F.TITLE, "Water filter", "Water fitter"),
        (F.TITLE, "Nước mắm", "Nước mâm"),
        (F.TITLE, "Water filter", ""),
        (F.APPLICANT, "Mekong Works Co., Ltd", "Mekong Works"),
        (F.FILING_DATE, "2017-08-24", "2017-08-25"),
        (F.CLASSES, "9; 35", "9"),
        (F.APPLICATION_NUMBER, "KH/P/2018/00417", "KH/P/2018/00471"),
    ],
)
def test_not_the_same(field, one, other):
    assert not says_the_same(field, one, other)
