"""Where folders and documents of a stack begin: pure, page by page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.separation import (
    Mode,
    Said,
    Segment,
    Separation,
    StackPage,
    divide,
    parse_mode,
)
from app.domain.separator_marks import SheetKind, Starts
from app.errors import OperatorError
from ocr.sheet_codes import document_code, folder_code
from ocr.types import Barcode, Box

COVERS = Separation(Mode.COVERS)
A, B = folder_code("KH", "KH/P/2018/00001"), folder_code("KH", "KH/P/2018/00002")
POA = document_code("POA", dated="2019-03-05")


def code(text: str, symbology: str = "QRCode") -> Barcode:
    return Barcode(symbology, text, Box(0, 0, 9, 9), 0)


def stack(*plan: str, both_sides: bool = False) -> list[StackPage]:
    """Pages of a plan: "p" paper, "b" blank, "T", "2", "3" Patch sheets, else the text of a code."""
    pages = []
    for place, what in enumerate(plan):
        codes: tuple[Barcode, ...] = ()
        if what in ("T", "2", "3"):
            codes = (code(what, "PatchCode"),)
        elif what not in ("p", "b"):
            codes = (code(what),)
        is_back = both_sides and place % 2 == 1
        pages.append(StackPage(place, codes, is_blank=what == "b", is_back=is_back))
    return pages


def firsts(pages: Sequence[StackPage], separation: Separation = COVERS) -> list[int]:
    """Page ids with which folders begin; every page is in one folder, in order."""
    segments = divide(pages, separation)
    placed = [each.page_id for segment in segments for each in segment.pages]
    assert placed == [page.page_id for page in pages]
    return [segment.pages[0].page_id for segment in segments]


def sheets(segments: Sequence[Segment]) -> dict[int, SheetKind]:
    return {each.page_id: each.sheet for segment in segments for each in segment.pages if each.sheet}


def test_folders_begin_at_their_covers_and_pages_before_the_first_are_a_folder_too() -> None:
    pages = stack("p", A, "p", "p", B, "p")
    assert firsts(pages) == [0, 1, 4]
    segments = divide(pages, COVERS)
    assert sheets(segments) == {1: SheetKind.COVER, 4: SheetKind.COVER}
    assert [each.is_paper for segment in segments for each in segment.pages] == [
        True,
        False,
        True,
        True,
        False,
        True,
    ]


def test_a_cover_scanned_twice_or_a_label_of_the_same_folder_begins_no_other() -> None:
    label = folder_code("KH", "KH/P/2018/00001", is_sheet=False)
    pages = stack(A, A, "p", label, "p")
    assert firsts(pages) == [0]
    assert [each.is_paper for each in divide(pages, COVERS)[0].pages] == [False, False, True, True, True]


def test_volumes_of_one_number_are_folders_each() -> None:
    volumes = [folder_code("KH", "KH/P/2018/00001", volume=f"vol {number}/2") for number in (1, 2)]
    assert firsts(stack(volumes[0], "p", volumes[1], "p")) == [0, 2]


def test_a_broken_cover_and_one_of_another_office_begin_folders_that_a_person_sees() -> None:
    broken = A[:-1] + ("0" if A[-1] != "0" else "1")
    pages = stack(A, "p", broken, "p", folder_code("LA", "123"), "p")
    assert firsts(pages) == [0, 2, 4]
    assert divide(pages, COVERS)[1].pages[0].is_paper  # of a broken code nothing is believed


def test_document_sheets_and_patches_begin_documents_in_the_folder() -> None:
    pages = stack(A, "p", POA, "p", "T", "p", "2", "p")
    (segment,) = divide(pages, COVERS)
    begins = {each.page_id: each.starts for each in segment.pages if each.starts}
    assert begins == {0: Starts.FOLDER, 2: Starts.DOCUMENT, 4: Starts.DOCUMENT, 6: Starts.DOCUMENT}
    assert segment.pages[2].facts == {"type": "POA", "dated": "2019-03-05"}
    papers = {each.page_id for each in segment.pages if each.is_paper}
    assert papers == {1, 3, 5, 6, 7}  # Patch 2 keeps its page, Patch T drops it


def test_patch_three_begins_a_folder_whatever_was_chosen_and_all_do_where_patch_was() -> None:
    pages = stack("p", "3", "p", "T", "p", "2", "p")
    assert firsts(pages) == [0, 1]
    assert firsts(pages, Separation(Mode.PATCH)) == [0, 1, 3, 5]


def test_a_separator_with_print_of_its_own_is_kept_as_paper() -> None:
    pages = stack(A, "p", "T", "p")
    pages[2] = replace(pages[2], has_content=True)
    (segment,) = divide(pages, COVERS)
    assert segment.pages[2].is_paper
    assert segment.pages[2].sheet is SheetKind.PATCH_T


def test_blank_sheets_separate_only_where_chosen_and_several_are_one_border() -> None:
    pages = stack("p", "b", "b", "p", "p", "b", "p")
    assert firsts(pages) == [0]
    assert firsts(pages, Separation(Mode.BLANK)) == [0, 3, 6]
    segments = divide(pages, Separation(Mode.BLANK))
    assert sheets(segments) == {1: SheetKind.BLANK_SHEET, 2: SheetKind.BLANK_SHEET, 5: SheetKind.BLANK_SHEET}
    assert all(each.is_paper for segment in segments for each in segment.pages)


def test_of_sheets_scanned_on_both_sides_only_one_blank_on_both_separates() -> None:
    duplex = Separation(Mode.BLANK, both_sides=True)
    assert firsts(stack("p", "b", "p", "b", "b", "b", "p", "b", both_sides=True), duplex) == [0, 6]
    assert firsts(stack("p", "p", "b", "p", "p", "p", both_sides=True), duplex) == [0]


def test_a_code_on_the_back_begins_with_the_front_of_its_sheet() -> None:
    duplex = Separation(Mode.COVERS, both_sides=True)
    pages = stack(A, "b", "p", "p", "b", B, "p", "b", "b", "3", "p", "p", both_sides=True)
    assert firsts(pages, duplex) == [0, 4, 8]
    segments = divide(pages, duplex)
    assert sheets(segments) == {0: SheetKind.COVER, 5: SheetKind.COVER, 9: SheetKind.PATCH_3}


def test_a_separators_printed_other_side_stays_paper_and_is_told() -> None:
    duplex = Separation(Mode.COVERS, both_sides=True)
    pages = stack(A, "p", "p", "p", "p", B, "p", "p", both_sides=True)
    first, second = divide(pages, duplex)
    assert [each.is_paper for each in first.pages] == [
        False,
        True,
        True,
        True,
    ]  # print on the back of a cover
    assert second.pages[0].is_paper
    assert second.pages[0].facts == {"print_on_separator": "front"}


def test_a_fixed_count_counts_sheets_of_paper() -> None:
    two = Separation(Mode.COUNT, sheets_each=2)
    assert firsts(stack("p", "p", "p", "p", "p"), two) == [0, 2, 4]
    assert firsts(stack(A, "p", "p", "p", "p"), two) == [0, 3]  # the cover itself is no paper
    duplex = Separation(Mode.COUNT, sheets_each=2, both_sides=True)
    assert firsts(stack(*"pppppppp", both_sides=True), duplex) == [0, 4]


def headed(page: StackPage, number: str | None = None) -> StackPage:
    return replace(page, heads_file=True, number=number)


def test_forms_begin_a_folder_unless_they_have_the_number_of_the_one_before() -> None:
    forms = Separation(Mode.FORMS)
    pages = stack(*"pppppppp")
    pages[0] = headed(pages[0])  # a cover without a readable number
    pages[1] = headed(pages[1], "KH/P/2018/00001")  # the request behind it
    pages[3] = headed(pages[3], "KH/P/2018/00001")  # its second copy
    pages[5] = headed(pages[5], "KH/P/2018/00002")
    assert firsts(pages, forms) == [0, 5]
    pages[7] = headed(pages[7])  # a head whose number nobody could read, after other papers
    assert firsts(pages, forms) == [0, 5, 7]


def test_a_persons_word_goes_before_what_is_seen() -> None:
    pages = stack(A, "p", "p", B, "p")
    pages[2] = replace(pages[2], said=Said.CUT)
    pages[3] = replace(pages[3], said=Said.JOIN)
    assert firsts(pages) == [0, 2]


def test_late_pages_go_with_the_page_before_and_late_covers_begin() -> None:
    pages = [
        replace(page, holder=7 if page.page_id < 4 else 8) for page in stack(A, "p", "p", "p", B, "p", "p")
    ]
    pages[2] = replace(pages[2], holder=None)
    assert firsts(pages) == [0, 4]
    late_cover = [replace(page, holder=7) for page in stack("p", "p", B, "p")]
    late_cover[2] = replace(late_cover[2], holder=None)
    assert firsts(late_cover) == [0, 2]


def test_a_cover_that_comes_late_joins_its_folder_and_a_late_folder_stays_whole() -> None:
    held = [replace(page, holder=7 if page.page_id < 2 else 8) for page in stack("p", "p", B, "p", "p")]
    held[2] = replace(held[2], holder=None)
    assert firsts(held) == [0, 2]
    folder = [
        replace(page, holder=7 if page.page_id < 2 else 8) for page in stack("p", "p", B, "p", "p", "p")
    ]
    folder[2], folder[3] = replace(folder[2], holder=None), replace(folder[3], holder=None)
    assert firsts(folder) == [0, 2, 4]


@pytest.mark.parametrize("separator", ["3", A])
def test_a_late_folder_in_front_of_the_first_is_not_put_into_it(separator: str) -> None:
    held = [
        replace(page, holder=7 if page.page_id > 2 else None)
        for page in stack(separator, "p", "p", "p", "p", "p")
    ]
    assert firsts(held) == [0, 3]
    assert firsts([replace(held[0], page_id=0), *held[3:]]) == [0]  # a sheet alone goes with what it opens
    marked = stack(separator, "p", "3", "p")
    assert firsts([*marked[:2], *(replace(page, holder=7) for page in marked[2:])]) == [0, 2]
    bare = stack("p", B, "p")
    assert firsts([bare[0], *(replace(page, holder=7) for page in bare[1:])]) == [0, 1]
    plain = stack("p", "p", "p")
    assert firsts([plain[0], *(replace(page, holder=7) for page in plain[1:])]) == [0]


def test_two_late_patch_sheets_in_two_imports_are_two_folders() -> None:
    held = [replace(page, holder=7 if page.page_id > 0 else None) for page in stack("3", "3", "p")]
    assert firsts(held) == [0, 1]


def test_no_border_lies_between_the_halves_of_a_spread() -> None:
    late = stack(A, "p", "p", "p", B, "p")
    pages = [replace(page, holder=8 if page.page_id >= 4 else 7) for page in late]
    pages[2], pages[3] = replace(pages[2], holder=None), replace(pages[3], holder=8, is_half=True)
    assert firsts(pages) == [0, 4]
    on_half = stack("p", "p", "b", B, "p")
    on_half[3] = replace(on_half[3], is_half=True)
    assert firsts(on_half) == [0, 2]
    counted = [replace(page, is_half=page.page_id % 2 == 1) for page in stack("p", "p", "p", "p")]
    assert firsts(counted, Separation(Mode.COUNT, sheets_each=1)) == [0, 2]


def test_borders_people_have_seen_stand_when_pages_come_late() -> None:
    two = Separation(Mode.COUNT, sheets_each=2)
    pages = [replace(page, holder=page.page_id // 2) for page in stack("p", "p", "p", "p")]
    pages.insert(1, StackPage(99))
    assert firsts(pages, two) == [0, 2]


@pytest.mark.parametrize(
    ("text", "expected"),
    [("covers", (Mode.COVERS, None)), ("Patch", (Mode.PATCH, None)), ("count:12", (Mode.COUNT, 12))],
)
def test_modes_are_read(text: str, expected: tuple[Mode, int | None]) -> None:
    assert parse_mode(text) == expected


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("cover", "separation_unknown"),
        ("blank:3", "separation_unknown"),
        ("count", "separation_count_wrong"),
        ("count:0", "separation_count_wrong"),
        ("count:x", "separation_count_wrong"),
    ],
)
def test_other_modes_are_refused(text: str, error: str) -> None:
    with pytest.raises(OperatorError, match=error):
        parse_mode(text)


@given(
    plan=st.lists(st.sampled_from(["p", "b", "T", "2", "3", A, B, POA]), min_size=1, max_size=30),
    mode=st.sampled_from(list(Mode)),
    both_sides=st.booleans(),
)
def test_no_page_is_ever_lost_or_doubled_and_paper_is_never_left_out(
    plan: list[str], mode: Mode, both_sides: bool
) -> None:
    separation = Separation(mode, sheets_each=3, both_sides=both_sides)
    pages = stack(*plan, both_sides=both_sides)
    segments = divide(pages, separation)
    placed = [each for segment in segments for each in segment.pages]
    assert [each.page_id for each in placed] == [page.page_id for page in pages]
    assert all(each.is_paper for each, what in zip(placed, plan, strict=True) if what in ("p", "b", "2"))


@given(st.lists(st.sampled_from(["p", "b", "3", A, B]), min_size=1, max_size=30))
def test_dividing_what_is_divided_changes_nothing(plan: list[str]) -> None:
    pages = stack(*plan)
    segments = divide(pages, COVERS)
    holders = {each.page_id: number for number, segment in enumerate(segments) for each in segment.pages}
    again = divide([replace(page, holder=holders[page.page_id]) for page in pages], COVERS)
    assert [[each.page_id for each in segment.pages] for segment in again] == [
        [each.page_id for each in segment.pages] for segment in segments
    ]
