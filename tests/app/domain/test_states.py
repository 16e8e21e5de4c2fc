"""The transition tables: what is listed is allowed, everything else raises."""

from __future__ import annotations

import pytest

from app.domain import states
from app.domain.states import (
    DOSSIER_MOVES,
    IMPORT_MOVES,
    JOB_MOVES,
    KEYING_MOVES,
    PAGE_MOVES,
    UPLOAD_MOVES,
    DossierState,
    PageState,
    UploadState,
    move,
)
from app.errors import WrongTransition

TABLES = [PAGE_MOVES, DOSSIER_MOVES, JOB_MOVES, UPLOAD_MOVES, IMPORT_MOVES, KEYING_MOVES]


@pytest.mark.parametrize("table", TABLES, ids=lambda table: type(next(iter(table))).__name__)
def test_exactly_the_listed_moves_are_allowed(table):
    kind = type(next(iter(table)))
    assert set(table) == set(kind)
    for current in kind:
        for wanted in kind:
            if wanted in table[current]:
                assert move(current, wanted) is wanted
            else:
                with pytest.raises(WrongTransition):
                    move(current, wanted)


def test_states_of_different_things_never_mix():
    with pytest.raises(WrongTransition):
        move(PageState.PROCESSING, DossierState.TO_INDEX)


def test_only_a_receipt_can_end_an_upload():
    leads_to_end = {
        current
        for current, wanted in UPLOAD_MOVES.items()
        if wanted & {UploadState.ACCEPTED, UploadState.REFUSED}
    }
    assert leads_to_end == {UploadState.SENT}


def test_every_dossier_state_is_reached_from_open():
    reached, frontier = set(), {DossierState.OPEN}
    while frontier:
        reached |= frontier
        frontier = {wanted for state in frontier for wanted in DOSSIER_MOVES[state]} - reached
    assert reached == set(states.DossierState)
