"""Borders that are not certain: separators with print, labels, covers on covers, pages that come late."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from app.domain.separation import Mode, Said, Separation, StackPage, divide
from ocr.sheet_codes import folder_code
from tests.app.domain.test_separation import COVERS, A, B, firsts, stack

LABEL_A, LABEL_B, LABEL_C = (
    folder_code("KH", f"KH/P/2018/{serial:05d}", is_sheet=False) for serial in (1, 2, 3)
)


def doubts(pages: Sequence[StackPage], separation: Separation = COVERS) -> dict[int, str]:
    found = {each.page_id: each.facts for segment in divide(pages, separation) for each in segment.pages}
    return {page_id: facts["doubt"] for page_id, facts in found.items() if "doubt" in facts}


def filled(page: StackPage, **more: object) -> StackPage:
    return replace(page, has_content=True, **more)  # type: ignore[arg-type]  # what the caller gives


def placed(pages: Sequence[StackPage], holders: str) -> list[StackPage]:
    """Give pages the dossiers they are in, by letter; "-" came late."""
    given = zip(pages, holders, strict=True)
    return [replace(page, holder=None if who == "-" else ord(who)) for page, who in given]


@pytest.mark.parametrize("what", [A, "3", "T"])
def test_a_separator_with_content_stays_paper_and_is_doubted(what: str) -> None:
    pages = stack("p", "p", what, "p")
    assert doubts(pages) == {}
    pages[2] = filled(pages[2])
    assert doubts(pages) == {2: "print"}
    assert all(each.is_paper for segment in divide(pages, COVERS) for each in segment.pages)


def test_a_patch_two_keeps_its_page_without_a_doubt() -> None:
    pages = stack(A, "p", "2", "p")
    pages[2] = filled(pages[2])
    assert doubts(pages) == {}


def test_a_printed_back_of_a_separator_is_told() -> None:
    duplex = Separation(Mode.COVERS, both_sides=True)
    (segment,) = divide(stack(A, "p", "p", "p", both_sides=True), duplex)
    assert segment.pages[1].facts == {"print_on_separator": "back"}
    (segment,) = divide(stack(A, "b", "p", "p", both_sides=True), duplex)
    assert not any(each.facts for each in segment.pages)


def test_a_broken_cover_is_no_certain_border() -> None:
    broken = A[:-1] + ("0" if A[-1] != "0" else "1")
    assert doubts(stack(B, "p", broken, "p")) == {2: "broken"}


def test_a_label_amid_a_covered_folder_begins_nothing() -> None:
    assert firsts(stack(A, "p", LABEL_B, "p", B, "p")) == [0, 4]
    assert firsts(stack("3", "p", LABEL_B, "p")) == [0]
    assert firsts(stack("3", LABEL_A, "p", "3", LABEL_B, "p")) == [0, 3]
    assert firsts(stack("p", "p", LABEL_B, "p"), Separation(Mode.COUNT, sheets_each=2)) == [0, 2]
    assert firsts(stack("p", "p", "p", LABEL_B), Separation(Mode.COUNT, sheets_each=2)) == [0, 2]


def test_labels_begin_folders_where_no_sheet_does_on_bare_or_first_pages() -> None:
    pages = stack(LABEL_A, "p", LABEL_B, "p", LABEL_C, "p")
    assert firsts(pages) == [0, 2, 4]
    assert doubts(pages) == {}
    pages[2], pages[4] = filled(pages[2]), filled(pages[4], heads_file=True)
    assert firsts(pages) == [0, 4]  # one on a letter may have been copied with it


def test_a_label_that_pages_behind_it_speak_against_is_doubted() -> None:
    pages = stack(LABEL_A, "p", LABEL_B, "p")
    pages[3] = replace(pages[3], reads="KH/P/2018/00001")
    assert doubts(pages) == {2: "label"}


def test_a_cover_before_a_labelled_folder_of_its_number_is_one_folder_with_it() -> None:
    assert firsts(stack("p", A, LABEL_A, "p", B, LABEL_B, "p")) == [0, 1, 4]
    volume = folder_code("KH", "KH/P/2018/00001", volume="vol 1/2")
    assert firsts(stack(volume, LABEL_A, "p")) == [0]
    assert firsts(stack(A, folder_code("KH", "KH-P-2018-00001", is_sheet=False), "p")) == [0]
    assert firsts(stack(A, LABEL_B, "p", B, "p")) == [0, 3]  # of another number: held, not cut


def test_a_late_cover_joins_the_labelled_folder_of_its_number() -> None:
    pages = placed(stack("p", A, LABEL_A, "p"), "a-bb")
    assert firsts(pages) == [0, 1]


def test_a_cover_right_behind_one_of_another_number_is_doubted() -> None:
    assert doubts(stack(A, B, "p")) == {1: "empty_cover"}


def test_a_blank_sheet_behind_a_cover_separates_nothing() -> None:
    assert firsts(stack(A, "b", "p", "b", "p"), Separation(Mode.BLANK)) == [0, 4]


@pytest.mark.parametrize(
    ("plan", "holders", "mode", "expected"),
    [
        ((A, "p", "p", B, "p"), "aa-bb", Mode.COVERS, {}),  # before a cover it is the folder's before
        ((A, "p", "p", "p", B), "aa-ab", Mode.COVERS, {}),
        ((A, "p", "p", "p"), "aa-b", Mode.COVERS, {2: "late"}),  # at a border that people said
        ((A, "p", B, "p", "p"), "aabb-", Mode.COVERS, {4: "late"}),  # a second run without a cover
        ((A, "p", "3", "p"), "aa--", Mode.COVERS, {3: "late"}),
        (("p", "p", "p"), "-aa", Mode.FORMS, {0: "late"}),
        (("p", "b", "p", "p"), "aa-b", Mode.BLANK, {2: "late"}),  # behind the blank sheet
        (("p", "p", "b", "p"), "aa-a", Mode.BLANK, {2: "late"}),
        (("p", "p", "p", "p", "p"), "aa-bb", Mode.COUNT, {2: "late"}),
        (("p", "p", "p", "p", "p"), "a-abb", Mode.COUNT, {1: "late"}),
    ],
)
def test_a_late_page_is_doubted_where_its_folder_is_not_certain(
    plan: tuple[str, ...], holders: str, mode: Mode, expected: dict[int, str]
) -> None:
    separation = Separation(mode, sheets_each=2)
    assert doubts(placed(stack(*plan), holders), separation) == expected


def test_a_late_first_page_between_others_begins_nothing_and_is_doubted() -> None:
    pages = placed(stack("p", "p", "p", "p"), "aa-a")
    pages[2] = replace(pages[2], heads_file=True, number="KH/P/2018/00002")
    assert doubts(pages, Separation(Mode.FORMS)) == {2: "late"}


def test_a_word_of_a_person_settles_a_late_page() -> None:
    pages = placed(stack(A, "p", "p", "p"), "aa-b")
    pages[2] = replace(pages[2], said=Said.CUT)
    assert doubts(pages) == {}


@pytest.mark.parametrize(
    ("mode", "plan", "expected"),
    [
        (Mode.BLANK, ("p", "b", "p", "p", "b", "p"), [0, 2, 5]),
        (Mode.COUNT, ("p", "p", "p", "p", "p", "p"), [0, 2, 4]),
        (Mode.COVERS, (A, "p", B, "p", "3", "p"), [0, 2, 4]),
    ],
)
def test_the_second_part_of_a_stack_is_divided_as_the_first_was(
    mode: Mode, plan: tuple[str, ...], expected: list[int]
) -> None:
    pages = placed(stack(*plan), "aab---" if mode is Mode.COUNT else "aabb--")
    if mode is Mode.BLANK:
        pages = placed(stack(*plan), "aab---")
    separation = Separation(mode, sheets_each=2)
    assert firsts(pages, separation) == expected


@pytest.mark.parametrize(
    ("separation", "kinds", "holders"),
    [
        (Separation(Mode.COUNT, sheets_each=2), ("p", "T", "p", "p"), "A-AB"),
        (COVERS, ("p", "p", "T", "p"), "AA-B"),
    ],
    ids=["counted", "border of people"],
)
def test_a_late_separator_with_content_is_told_to_be_both(
    separation: Separation, kinds: tuple[str, ...], holders: str
) -> None:
    pages = placed(stack(*kinds), holders)
    at = holders.index("-")
    pages[at] = filled(pages[at])
    told = {each.page_id: each.facts for segment in divide(pages, separation) for each in segment.pages}
    assert told[pages[at].page_id] == {"doubt": "print", "late": "yes"}
