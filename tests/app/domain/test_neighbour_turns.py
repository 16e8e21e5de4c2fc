from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.neighbour_turns import REACH, PageTurn, turns_of_neighbours


def stack(*told, **of_all):
    """Pages from turns in degrees; None: a page that does not say how it lies."""
    return [
        PageTurn(number, 0 if turn is None else turn, 0.1 if turn is None else 0.9, **of_all)
        for number, turn in enumerate(told)
    ]


def proposed(pages):
    return {page_id: reason.value for page_id, reason in turns_of_neighbours(pages).items()}


@pytest.mark.parametrize(
    ("told", "found"),
    [
        ((180, None, 180), {1: 180.0}),
        ((None, 270, 270), {0: 270.0}),
        ((90, 90, None, None, 90), {2: 90.0, 3: 90.0}),
        ((180, 0, None, 0, 180), {2: 180.0}),  # fronts and backs turned over like those of a calendar
        ((0, None, 0), {}),  # upright is what it is taken to be anyhow
        ((180, None), {}),  # one page proves nothing
        ((180, None, 90), {}),
        ((180, 180, None, 0, 180), {}),
        ((0, 180, 0, None, 0, 180), {3: 180.0}),
        ((180, 0, 180, None, 180, 0), {}),
        ((0, 90, 0, None, 0, 90), {}),  # no way to turn a sheet over
        ((None, None, None), {}),
    ],
)
def test_what_the_pages_around_propose(told, found):
    assert proposed(stack(*told)) == found


def test_fronts_between_turned_backs_are_left_alone():
    assert proposed(stack(0, 180, None, 180, 0, 180)) == {}


def test_blank_pages_and_those_of_another_shape_do_not_speak():
    around = stack(180, None, 180)
    assert proposed([around[0], around[1], PageTurn(2, 180, 0.9, is_blank=True)]) == {}
    assert proposed([around[0], around[1], PageTurn(2, 180, 0.9, is_wide=True)]) == {}
    assert proposed([around[0], PageTurn(1, 0, 0.1, is_blank=True), around[2]]) == {}


def test_a_person_speaks_for_the_neighbours_and_is_never_contradicted():
    said = PageTurn(0, 180, 0.0, is_decided=True)
    assert proposed([said, PageTurn(1, 0, 0.1), PageTurn(2, 180, 0.9)]) == {1: 180.0}
    assert proposed([said, PageTurn(1, 0, 0.1, is_decided=True), PageTurn(2, 180, 0.9)]) == {}


def test_pages_that_are_half_sure_neither_speak_nor_are_doubted():
    half_sure = PageTurn(1, 0, 0.45)
    assert proposed([PageTurn(0, 180, 0.9), half_sure, PageTurn(2, 180, 0.9)]) == {}
    assert proposed([PageTurn(0, 180, 0.9), PageTurn(1, 0, 0.1), PageTurn(2, 180, 0.45)]) == {}


def test_pages_far_off_do_not_speak():
    assert proposed(stack(180, *[None] * (2 * REACH), 180)) == {}


pages_drawn = st.lists(
    st.builds(
        PageTurn,
        st.integers(0, 10**6),
        st.sampled_from([0, 90, 180, 270]),
        st.floats(0, 1),
        st.booleans(),
        st.booleans(),
        st.booleans(),
    ),
    unique_by=lambda page: page.page_id,
    max_size=14,
)


@given(pages_drawn)
def test_only_doubtful_pages_get_a_turn_and_one_that_a_sure_page_near_has(pages):
    by_id = {page.page_id: (place, page) for place, page in enumerate(pages)}
    for page_id, reason in turns_of_neighbours(pages).items():
        place, page = by_id[page_id]
        near = pages[max(0, place - REACH) : place + REACH + 1]
        assert page.is_doubtful
        assert reason.value in (90.0, 180.0, 270.0)
        assert sum(each.is_sure and each.turn_deg == reason.value for each in near) >= 2


@given(st.lists(st.sampled_from([None, 0]), max_size=14))
def test_in_an_upright_stack_nothing_is_ever_proposed(told):
    assert proposed(stack(*told)) == {}
