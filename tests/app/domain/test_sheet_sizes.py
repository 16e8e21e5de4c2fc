from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.sheet_sizes import SheetSize, longer_sheets

A4 = (2480, 3508)
LETTER, FOLIO, LEGAL = (2550, 3300), (2550, 3900), (2550, 4200)


def folder(*sizes, dpi=300.0):
    return [SheetSize(number, *size, dpi) for number, size in enumerate(sizes)]


def suspected(*sizes, **more):
    return {page_id: reason.value for page_id, reason in longer_sheets(folder(*sizes, **more)).items()}


def test_two_sheets_that_overlap_are_told_by_their_length():
    assert suspected(A4, A4, (2475, 4100), A4, (2484, 3520)) == {2: pytest.approx(0.169, abs=0.001)}


def test_sheets_drawn_in_long_edge_first_are_told_too():
    across = (3508, 2480)
    assert suspected(across, across, (3510, 3100), across, across) == {2: pytest.approx(0.25, abs=0.001)}


def test_other_paper_in_a_folder_is_no_pair_of_sheets():
    assert suspected(LETTER, LETTER, FOLIO, LETTER, LEGAL, LETTER) == {}
    assert suspected(A4, A4, A4, A4, (3508, 4961), (1748, 2480)) == {}  # A3, A5
    assert suspected(A4, A4, A4, A4, A4[::-1]) == {}


def test_a_sheet_fed_askew_is_no_longer_than_it_may_be():
    assert suspected(A4, A4, A4, A4, (2500, 3690)) == {}  # 3 degrees


@pytest.mark.parametrize("sizes", [(A4, A4, A4, (2480, 4100)), (A4, (2480, 4100)), ()])
def test_few_pages_have_no_usual_size(sizes):
    assert suspected(*sizes) == {}


def test_a_folder_of_all_sizes_has_no_usual_one():
    assert suspected(A4, A4, A4, A4, *((900 + 100 * n, 700) for n in range(4)), (2480, 4100)) == {}


@given(st.sampled_from([A4, LETTER, FOLIO, LEGAL]), st.lists(st.sampled_from([A4, LETTER, FOLIO, LEGAL])))
def test_folders_of_office_paper_are_never_suspected(usual, others):
    assert suspected(*[usual] * (len(others) + 4), *others) == {}
