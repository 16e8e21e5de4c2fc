"""What a reviewer does to pages, by keys alone: how far it reaches, what is seen before, and taking it back."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.domain.states import DossierState
from app.errors import Conflict
from app.services.pages import EditChange
from ocr.types import Box, PageBox
from tests.ui.drawn_pages import SPACE
from ui.screens.review.scope import Scope, pages_in
from ui.texts import t
from ui.widgets.page_viewer import Shown

KEY = Qt.Key
CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
ALT = Qt.KeyboardModifier.AltModifier


def press(qtbot, key, modifiers=Qt.KeyboardModifier.NoModifier, times=1):
    for _ in range(times):
        qtbot.keyClick(QApplication.focusWidget(), key, modifiers)


def edits(context):
    return [call[1:] for call in context.calls if call[0] == "edit"]


def said(review):
    return " ".join(notice.text for notice in review._desk.notices.kept)


@pytest.fixture
def review(context, open_window, qtbot):
    window = open_window(context)
    window.go("review")
    view = window.screen_named("review")
    qtbot.waitUntil(lambda: view.pages.rowCount() == 9, timeout=5000)
    return view


@pytest.fixture
def in_order(review, qtbot):
    """Review of nine pages in reading order, the third shown; and their ids."""
    press(qtbot, KEY.Key_F10)
    ids = [row.id for row in review.pages.rows]
    assert [row.number for row in review.pages.rows] == list(range(1, 10))
    review.tiles.choose(ids[2])
    return review, ids


# --- reach -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("steps", "reached"),
    [(0, [2]), (1, [2, 3, 4, 5, 6, 7, 8]), (2, [2, 4, 6, 8]), (3, [0, 1, 2, 3, 4, 5, 6, 7, 8])],
)
def test_f6_says_how_far_an_act_reaches_and_then_it_reaches_one_page_again(
    in_order, context, qtbot, steps, reached
):
    review, ids = in_order
    press(qtbot, KEY.Key_F6, times=steps)  # "selected" is passed over while nothing is
    press(qtbot, KEY.Key_F9)
    wanted = [(tuple(ids[place] for place in reached), EditChange(turn_by_deg=270))]
    qtbot.waitUntil(lambda: edits(context) == wanted, timeout=5000)
    qtbot.waitUntil(lambda: review.scope.current == Scope.THIS, timeout=5000)


def test_space_and_shift_with_arrows_select_and_the_selection_stays_for_the_next_act(
    in_order, context, qtbot
):
    review, ids = in_order
    press(qtbot, KEY.Key_Space)
    press(qtbot, KEY.Key_Right, times=2)
    press(qtbot, KEY.Key_Right, SHIFT)
    assert review.tiles.picked == {ids[2], ids[4], ids[5]}
    assert review.scope.current == Scope.SELECTED
    press(qtbot, KEY.Key_F9, SHIFT)
    wanted = ((ids[2], ids[4], ids[5]), EditChange(turn_by_deg=90))
    qtbot.waitUntil(lambda: edits(context) == [wanted], timeout=5000)
    assert review.scope.current == Scope.SELECTED
    press(qtbot, KEY.Key_Escape)
    assert (review.tiles.picked, review.scope.current) == (frozenset(), Scope.THIS)


def test_reach_is_in_reading_order_whatever_order_is_shown(review):
    rows = review.pages.rows  # worst first
    shown = next(row.id for row in rows if row.number == 6)
    numbers = {row.id: row.number for row in rows}
    reached = {scope: [numbers[at] for at in pages_in(scope, rows, shown, {shown})] for scope in Scope}
    assert reached[Scope.FOLLOWING] == [6, 7, 8, 9]
    assert reached[Scope.EVERY_OTHER] == [6, 8]
    assert reached[Scope.SELECTED] == reached[Scope.THIS] == [6]
    assert pages_in(Scope.FOLLOWING, rows, None, ()) == ()


def test_another_folder_begins_with_nothing_selected(in_order, qtbot):
    review, _ids = in_order
    press(qtbot, KEY.Key_Space)
    press(qtbot, KEY.Key_Down, CTRL)
    assert (review.tiles.picked, review.scope.current) == (frozenset(), Scope.THIS)


# --- straighten and crop ---------------------------------------------------------------------------------


def test_straightening_is_seen_before_it_is_applied(in_order, context, qtbot):
    review, ids = in_order
    view = review.viewer.view
    before = view._sheet.transform()
    press(qtbot, KEY.Key_T, CTRL)
    assert QApplication.focusWidget() is review.adjust
    press(qtbot, KEY.Key_Left, SHIFT)
    press(qtbot, KEY.Key_Left, times=3)
    assert view._sheet.transform() != before
    assert edits(context) == []
    press(qtbot, KEY.Key_Return)
    qtbot.waitUntil(lambda: edits(context) == [((ids[2],), EditChange(skew_by_deg=1.3))], timeout=5000)
    assert not review.adjust.isVisible()
    assert not review.has_summary
    assert QApplication.focusWidget() is review.tiles


def test_the_preview_levels_as_the_engine_will(in_order, qtbot):
    review, _ids = in_order
    view = review.viewer.view
    press(qtbot, KEY.Key_T, CTRL)
    press(qtbot, KEY.Key_Left, SHIFT, times=2)
    sheet, pixmap = view._sheet, view._sheet.pixmap()
    left = sheet.mapToScene(0, pixmap.height() / 2)
    right = sheet.mapToScene(pixmap.width(), pixmap.height() / 2)
    # Content tilted clockwise falls to the right; undone, the right end comes up by tan 2 degrees.
    assert (left.y() - right.y()) / (right.x() - left.x()) == pytest.approx(0.0349, abs=0.0005)


def test_escape_leaves_the_page_as_it_was(in_order, context, qtbot):
    review, _ids = in_order
    before = review.viewer.view._sheet.transform()
    for key in (KEY.Key_T, KEY.Key_K):
        press(qtbot, key, CTRL)
        press(qtbot, KEY.Key_Right, times=4)
        press(qtbot, KEY.Key_Escape)
        assert not review.adjust.isVisible()
    assert review.viewer.view._sheet.transform() == before
    assert edits(context) == []


def test_a_page_is_cropped_by_its_corners(in_order, context, qtbot):
    _review, ids = in_order
    press(qtbot, KEY.Key_F6, times=3)
    press(qtbot, KEY.Key_K, CTRL)
    press(qtbot, KEY.Key_Right, SHIFT)
    press(qtbot, KEY.Key_Down)
    press(qtbot, KEY.Key_Tab)
    press(qtbot, KEY.Key_Up, SHIFT, times=2)
    press(qtbot, KEY.Key_Return)
    fine, coarse = round(SPACE[1] / 200), round(SPACE[1] / 40)
    box = Box(coarse, fine, SPACE[0] - coarse, SPACE[1] - fine - 2 * coarse)
    qtbot.waitUntil(lambda: edits(context) == [(tuple(ids), EditChange(box=box))], timeout=5000)


def test_cropping_begins_where_the_sheet_was_seen_or_a_person_drew(in_order, context, qtbot):
    review, ids = in_order
    seen, drawn = Box(50, 60, 2000, 3000), Box(400, 400, 900, 900)
    context.pages_by_id[ids[2]] = replace(context.pages_by_id[ids[2]], page_box=PageBox(seen, 0.9))
    review.viewer.refresh()
    press(qtbot, KEY.Key_K, CTRL)
    assert review.adjust._frame.box == seen
    press(qtbot, KEY.Key_Escape)
    page = context.pages_by_id[ids[2]]
    context.pages_by_id[ids[2]] = replace(page, edits=replace(page.edits, box=drawn))
    review.viewer.refresh()
    press(qtbot, KEY.Key_K, CTRL)
    assert review.adjust._frame.box == drawn
    press(qtbot, KEY.Key_Backspace)
    wanted = ((ids[2],), EditChange(given_back=frozenset({"box"})))
    qtbot.waitUntil(lambda: edits(context) == [wanted], timeout=5000)


def test_a_frame_is_drawn_with_the_mouse_too(in_order, context, qtbot):
    review, _ids = in_order
    press(qtbot, KEY.Key_K, CTRL)
    view = review.viewer.view
    start, end = view.mapFromScene(500, 600), view.mapFromScene(1500, 2000)
    QTest.mousePress(view.viewport(), Qt.MouseButton.LeftButton, pos=start)
    QTest.mouseMove(view.viewport(), start + QPoint(9, 9))
    QTest.mouseMove(view.viewport(), end)
    QTest.mouseRelease(view.viewport(), Qt.MouseButton.LeftButton, pos=end)
    press(qtbot, KEY.Key_Return)
    qtbot.waitUntil(lambda: bool(edits(context)), timeout=5000)
    box = edits(context)[0][1].box
    across = 2 / view.transform().m11()  # a screen pixel or two
    assert box.left_px == pytest.approx(500, abs=across)
    assert box.height_px == pytest.approx(1400, abs=2 * across)


def test_nothing_is_approved_while_a_page_is_being_adjusted(in_order, context, qtbot):
    review, _ids = in_order
    press(qtbot, KEY.Key_K, CTRL)
    press(qtbot, KEY.Key_F8)
    assert not review.has_summary
    press(qtbot, KEY.Key_F7)
    assert not review.adjust.is_active
    assert review.picker.isVisible()


# --- languages, brightness, sides, splitting -------------------------------------------------------------


def test_pages_are_read_in_a_language_that_is_typed(in_order, context, qtbot):
    review, ids = in_order
    press(qtbot, KEY.Key_R, CTRL | SHIFT)
    assert QApplication.focusWidget() is review.languages.words
    qtbot.keyClicks(review.languages.words, "x")
    press(qtbot, KEY.Key_Return)
    assert review.languages.isVisible()  # no such language: nothing happens
    review.languages.words.selectAll()
    qtbot.keyClicks(review.languages.words, "lao en")
    press(qtbot, KEY.Key_Return)
    wanted = ((ids[2],), EditChange(languages=("lao", "eng")))
    qtbot.waitUntil(lambda: edits(context) == [wanted], timeout=5000)
    assert QApplication.focusWidget() is review.tiles


def test_languages_are_left_by_escape(in_order, context, qtbot):
    review, _ids = in_order
    press(qtbot, KEY.Key_R, CTRL | SHIFT)
    press(qtbot, KEY.Key_Escape)
    assert not review.languages.isVisible()
    assert QApplication.focusWidget() is review.tiles
    assert edits(context) == []


def test_brightness_is_seen_at_once_and_written_once_it_rests(in_order, context, qtbot):
    review, ids = in_order
    press(qtbot, KEY.Key_Down, ALT, times=3)
    assert review.viewer.view._brightness == -30
    assert edits(context) == []
    qtbot.waitUntil(lambda: edits(context) == [((ids[2],), EditChange(brightness=-30))], timeout=5000)
    press(qtbot, KEY.Key_PageDown)
    assert review.viewer.view._brightness == 0
    press(qtbot, KEY.Key_PageUp)
    assert review.viewer.view._brightness == -30


def test_brightness_of_a_page_is_kept_when_the_next_one_is_shown_at_once(in_order, context, qtbot):
    _review, ids = in_order
    press(qtbot, KEY.Key_Up, ALT, times=2)
    press(qtbot, KEY.Key_PageDown)
    qtbot.waitUntil(lambda: edits(context) == [((ids[2],), EditChange(brightness=20))], timeout=5000)


def test_f4_goes_from_straightened_to_both_to_the_original(review, qtbot):
    seen = []
    for _ in range(3):
        press(qtbot, KEY.Key_F4)
        seen.append((review.viewer.shown, review.viewer.beside.isVisible()))
    assert seen == [(Shown.BOTH, True), (Shown.ORIGINAL, False), (Shown.STRAIGHTENED, False)]


def test_both_sides_show_the_page(review, qtbot):
    press(qtbot, KEY.Key_F4)
    viewer = review.viewer
    qtbot.waitUntil(lambda: not viewer.beside._sheet.pixmap().isNull(), timeout=5000)
    assert not viewer.view._sheet.pixmap().isNull()


def test_a_scan_of_two_pages_is_offered_and_split_and_put_together(context, open_window, qtbot):
    window = open_window(context)
    window.go("review", 8)
    review = window.screen_named("review")
    qtbot.waitUntil(lambda: any(row.may_be_two for row in review.pages.rows), timeout=5000)
    page = next(row for row in review.pages.rows if row.may_be_two)
    assert any(t("view.may_be_two") in badge.word for badge in review.chips.badges)
    review.tiles.choose(page.id)
    assert t("facts.spread") in review.page_facts.reasons.text()
    press(qtbot, KEY.Key_D, CTRL)
    qtbot.waitUntil(lambda: ("split", page.id) in context.calls, timeout=5000)
    qtbot.waitUntil(lambda: review.viewer.detail.is_half, timeout=5000)
    press(qtbot, KEY.Key_D, CTRL)
    qtbot.waitUntil(lambda: ("merge", page.id, None) in context.calls, timeout=5000)


def test_angle_and_certainty_are_told_in_words(in_order, context):
    review, ids = in_order
    page = context.pages_by_id[ids[2]]
    context.pages_by_id[ids[2]] = replace(
        page, applied_turn_deg=90, turn_confidence=0.81, applied_skew_deg=-1.25, skew_confidence=0.7
    )
    context.tell(page=[ids[2]])
    review.viewer.show_page(ids[2])
    told = review.page_facts.facts.text()
    assert "Turned left once (81 % sure)" in told
    assert "tilt of -1.2° levelled (70 % sure)" in told


# --- taking back -----------------------------------------------------------------------------------------


def test_changes_are_taken_back_last_first(in_order, context, qtbot):
    review, ids = in_order
    press(qtbot, KEY.Key_F9)
    qtbot.waitUntil(lambda: len(edits(context)) == 1, timeout=5000)
    press(qtbot, KEY.Key_F6, times=3)
    press(qtbot, KEY.Key_B, CTRL)
    qtbot.waitUntil(lambda: len(edits(context)) == 2, timeout=5000)
    qtbot.waitUntil(lambda: review.scope.current == Scope.THIS, timeout=5000)
    press(qtbot, KEY.Key_Z, CTRL)
    press(qtbot, KEY.Key_Z, CTRL)
    qtbot.waitUntil(lambda: len([call for call in context.calls if call[0] == "restore"]) == 2, timeout=5000)
    restored = [[each.page_id for each in call[1]] for call in context.calls if call[0] == "restore"]
    assert sorted(restored, key=len) == [[ids[2]], ids]
    press(qtbot, KEY.Key_Z, CTRL)
    assert t("acts.nothing_to_undo") in said(review)


def test_a_split_is_taken_back_with_the_edits_there_were(in_order, context, qtbot):
    review, ids = in_order
    before = context.pages_by_id[ids[2]].edits
    press(qtbot, KEY.Key_D, CTRL)
    qtbot.waitUntil(lambda: t("acts.split", page=3) in said(review), timeout=5000)
    press(qtbot, KEY.Key_Z, CTRL)
    qtbot.waitUntil(lambda: ("merge", ids[2], before) in context.calls, timeout=5000)


def test_a_change_that_fails_is_told_and_cannot_be_taken_back(in_order, context, qtbot):
    review, _ids = in_order
    context.fails_with = Conflict("dossier_closed", dossier="Folder 20", state="approved")
    press(qtbot, KEY.Key_F9)
    qtbot.waitUntil(lambda: "has been approved" in said(review), timeout=5000)
    press(qtbot, KEY.Key_Z, CTRL)
    assert t("acts.nothing_to_undo") in said(review)


def test_a_folder_stays_in_sight_while_it_is_read_again(in_order, context, qtbot):
    review, ids = in_order
    press(qtbot, KEY.Key_F9)
    qtbot.waitUntil(lambda: len(edits(context)) == 1, timeout=5000)
    context.set_dossier(7, state=DossierState.PROCESSING)
    qtbot.waitUntil(lambda: review.model.row_of(7).state is DossierState.PROCESSING, timeout=5000)
    assert review.viewer.detail.summary.id == ids[2]
    press(qtbot, KEY.Key_F8)
    assert not review.has_summary
    assert "still being read" in said(review)
    context.set_dossier(7, state=DossierState.TO_REVIEW)
    qtbot.waitUntil(lambda: review.model.row_of(7).state is DossierState.TO_REVIEW, timeout=5000)
    assert review.viewer.detail.summary.id == ids[2]
    press(qtbot, KEY.Key_F8)
    assert review.has_summary


def test_folders_others_work_on_do_not_come_into_the_list(in_order, context, qtbot):
    review, _ids = in_order
    press(qtbot, KEY.Key_F9)
    context.set_dossier(9, state=DossierState.PROCESSING)
    qtbot.waitUntil(lambda: 9 not in review.model.ids, timeout=5000)
