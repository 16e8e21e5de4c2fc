"""Turning pages in Review: the page turned stays the page shown, and nothing is said to be done that was not."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from app.domain.states import DossierState
from app.services.pages import EditChange
from ocr.types import QualityReason
from ui.screens.review.page_words import page_facts
from ui.texts import t
from ui.widgets.page_viewer import where_words

ONLY = 7


@pytest.fixture
def review(context, open_window, qtbot):
    """One folder alone waits for review and nothing is on its way; worst pages first."""
    context.uploads_by_id.clear()
    for dossier_id in list(context.dossiers):
        if dossier_id != ONLY:
            context.set_dossier(dossier_id, state=DossierState.UPLOADED)
    window = open_window(context)
    window.go("review")
    view = window.screen_named("review")
    qtbot.waitUntil(lambda: view.pages.rowCount() == 9, timeout=5000)
    return view


def turn_right(context, qtbot, times):
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_F9)
    qtbot.waitUntil(lambda: len(turned(context)) == times, timeout=5000)


def turned(context):
    return [call[1:] for call in context.calls if call[0] == "edit"]


def read_again(context, review, qtbot, page_id):
    """The folder is read again, and the page turned comes back as the best of all."""
    context.set_dossier(ONLY, state=DossierState.PROCESSING)
    qtbot.waitUntil(lambda: review.model.row_of(ONLY).state is DossierState.PROCESSING, timeout=5000)
    page = context.pages_by_id[page_id]
    context.pages_by_id[page_id] = replace(page, summary=replace(page.summary, mean_confidence=0.999))
    context.tell(page=[page_id])
    context.set_dossier(ONLY, state=DossierState.TO_REVIEW)
    qtbot.waitUntil(lambda: review.model.row_of(ONLY).state is DossierState.TO_REVIEW, timeout=5000)


def test_f9_twice_turns_the_same_page_twice_though_its_place_changed_meanwhile(review, context, qtbot):
    worst = review.pages.rows[1]
    review.tiles.choose(worst.id)
    turn_right(context, qtbot, 1)
    read_again(context, review, qtbot, worst.id)
    assert review.pages.rows[1].id != worst.id
    assert review.tiles.currentIndex() == review.pages.index_of(worst.id)
    turn_right(context, qtbot, 2)
    assert turned(context) == [((worst.id,), EditChange(turn_by_deg=270))] * 2


def test_worst_page_that_is_turned_stays_the_one_shown(review, context, qtbot):
    first = review.pages.rows[0]
    fine = context.pages_by_id[review.pages.rows[5].id]
    turn_right(context, qtbot, 1)
    worse = replace(fine.summary, quality=(QualityReason("low_contrast", 0.1),), mean_confidence=0.1)
    context.pages_by_id[fine.summary.id] = replace(fine, summary=worse)
    read_again(context, review, qtbot, first.id)
    assert review.viewer.detail.summary.id == first.id
    turn_right(context, qtbot, 2)
    assert [page_ids for page_ids, _change in turned(context)] == [(first.id,)] * 2


def test_folder_that_is_read_again_is_not_said_to_be_reviewed(review, context, qtbot):
    turn_right(context, qtbot, 1)
    context.set_dossier(ONLY, state=DossierState.PROCESSING)
    qtbot.waitUntil(lambda: review.model.row_of(ONLY).state is DossierState.PROCESSING, timeout=5000)
    assert review.stack.currentIndex() == 0
    context.set_dossier(ONLY, state=DossierState.TO_INDEX)  # its number is no longer found
    qtbot.waitUntil(lambda: review.stack.currentIndex() == 1, timeout=5000)
    assert review.empty.title == t("review.empty")


@pytest.mark.parametrize(
    ("applied_turn_deg", "seen"),
    [(270, "Turned right once"), (180, "Turned half round"), (90, "Turned left once"), (0, "Upright")],
)
def test_words_say_how_the_page_was_turned_as_it_is_seen(review, context, applied_turn_deg, seen):
    page = context.pages_by_id[review.pages.rows[0].id]
    page = replace(
        page, applied_turn_deg=applied_turn_deg, edits=replace(page.edits, turn_deg=applied_turn_deg)
    )
    assert page_facts(page).startswith(f"{seen} (by hand)")
    assert (seen.lower() in where_words(page, 9)) is (applied_turn_deg != 0)
