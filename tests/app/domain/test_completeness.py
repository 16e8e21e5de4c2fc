"""Completeness by a checklist, order by date, and the count of pages against the cover."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.completeness import CheckedDocument, check_documents, check_pages, checklist_for
from app.domain.office_terms import Checklist, Confidence
from app.domain.offices import OfficeDataInvalid, load_offices, prove_content
from app.paths import offices_dir

LIST = Checklist("Marks", ("trademark",), ("APP", "CLM"), ("FEE",), ("APP",), True, False, Confidence.LOW)


def doc(kind: str | None, day: int = 0, pages: int = 1) -> CheckedDocument:
    return CheckedDocument(kind, date(2018, 3, day) if day else None, pages)


def codes(*documents: CheckedDocument, checklist: Checklist | None = LIST) -> list[tuple[str, str | None]]:
    return [(each.code, each.kind) for each in check_documents(documents, checklist)]


def test_what_is_missing_doubled_and_unknown_is_told() -> None:
    assert codes(doc("APP"), doc("APP"), doc(None)) == [
        ("document_missing", "CLM"), ("document_not_seen", "FEE"), ("document_doubled", "APP"),
        ("documents_unknown", None),
    ]  # fmt: skip
    assert codes(doc("APP"), doc("CLM"), doc("FEE")) == []


def test_a_document_whose_pages_do_not_count_is_not_there() -> None:
    assert ("document_missing", "CLM") in codes(doc("APP"), doc("CLM", pages=0), doc("FEE"))


def test_without_a_list_only_that_is_told_and_what_is_unknown() -> None:
    assert codes(doc(None), checklist=None) == [("no_checklist", None), ("documents_unknown", None)]


@pytest.mark.parametrize(
    ("days", "odd", "way"),
    [
        ((1, 2, 3, 4), (), ""),
        ((4, 3, 2, 1), (), ""),
        ((1, 9, 3, 4), (1,), "oldest_first"),
        ((9, 8, 1, 7, 6), (2,), "newest_first"),
        ((3, 3, 3), (), ""),
        ((2, 1), (), ""),
    ],
)
def test_papers_out_of_the_order_of_dates(days, odd, way) -> None:
    bare = replace(LIST, required=(), usual=(), once=())
    found = check_documents([doc("COR", day) for day in days], bare)
    assert [each.documents for each in found] == ([odd] if odd else [])
    assert [each.facts["way"] for each in found] == ([way] if odd else [])


@given(st.lists(st.integers(1, 28), max_size=12))
def test_what_is_left_is_always_in_order(days) -> None:
    bare = replace(LIST, required=(), usual=(), once=())
    found = check_documents([doc("COR", day) for day in days], bare)
    odd = set(found[0].documents) if found else set()
    left = [day for place, day in enumerate(days) if place not in odd]
    assert left == sorted(left) or left == sorted(left, reverse=True) or len(days) < 3


@pytest.mark.parametrize(
    ("expected", "pages", "blank", "code"),
    [
        (None, 9, 1, None),
        (9, 9, 1, None),
        (8, 9, 1, None),
        (10, 9, 1, "pages_fewer"),
        (10, 18, 9, "pages_fewer"),  # a lost page does not hide behind blank backs
        (10, 20, 10, None),
        (7, 9, 1, "pages_more"),
    ],
)
def test_pages_against_the_cover(expected, pages, blank, code) -> None:
    assert [each.code for each in check_pages(expected, pages, blank)] == ([code] if code else [])


def test_every_right_of_every_office_with_papers_of_its_own_has_a_list() -> None:
    offices = load_offices(offices_dir())
    for code, profile in offices.items():
        for rule in profile.rules:
            if rule.format.right.startswith(("trademark", "patent", "design", "utility", "simple")):
                found = checklist_for(offices, code, rule.format.right)
                if rule.format.right != "trademark-madrid":
                    assert found is not None, (code, rule.format.right)
                    known = {each.code for each in profile.documents}
                    assert code == "WO" or {*found.required, *found.usual, *found.once} <= known


def test_an_offices_own_list_goes_before_the_shared_one() -> None:
    offices = dict(load_offices(offices_dir()))
    offices["KH"] = replace(offices["KH"], checklists=(replace(LIST, name="own"),))
    found = checklist_for(offices, "KH", "trademark")
    assert found is not None
    assert found.name == "own"
    assert checklist_for(offices, "KH", "design").name == "Designs"
    assert checklist_for(offices, "KH", None) is None


@pytest.mark.parametrize(
    ("lines", "key"),
    [
        ('rights = ["no-such"]\nrequired = ["APP"]', "rights"),
        ('rights = ["patent"]\nrequired = ["ZZZ"]', "required"),
        ('rights = ["patent"]\nonce = ["ZZZ"]', "once"),
    ],
)
def test_a_list_that_names_what_is_not_there_is_refused_with_its_key(lines, key) -> None:
    text = (offices_dir() / "kh.toml").read_text(encoding="utf-8")
    text += f'\n[[checklists]]\nname = "Own"\nconfidence = "L"\n{lines}\n'
    with pytest.raises(OfficeDataInvalid, match="office_reference_unknown") as refusal:
        prove_content(text.encode(), offices_dir() / "kh.toml", is_own=True)
    assert refusal.value.facts["key"] == f"checklists[Own].{key}"
