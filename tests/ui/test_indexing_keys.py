from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from app.domain.states import DossierState
from app.errors import WrongTransition
from tests.ui.field_keys import wait_seen
from ui.screens.faces import WENT_ON_STATES
from ui.texts import t
from ui.widgets.labels import unbroken
from ui.widgets.number_field import repaired_positions
from ui.widgets.page_viewer import Shown

KEY = Qt.Key
CTRL = Qt.KeyboardModifier.ControlModifier
ALT = Qt.KeyboardModifier.AltModifier


@pytest.fixture
def indexing(context, open_window, qtbot):
    window = open_window(context)
    window.go("indexing", 1)
    view = window.screen_named("indexing")
    qtbot.waitUntil(lambda: view.field.text() == "KH/D/2017/00938", timeout=5000)
    qtbot.waitUntil(lambda: bool(view.message.text), timeout=5000)
    wait_seen(view, qtbot)
    return view


def focused() -> object:
    return QApplication.focusWidget()


def press(qtbot, key, modifiers=Qt.KeyboardModifier.NoModifier):
    qtbot.keyClick(focused(), key, modifiers)


def confirmed(context):
    return [call[1:] for call in context.calls if call[0] == "confirm"]


def test_focus_is_in_the_number_field(indexing):
    assert focused() is indexing.field


def test_enter_confirms_and_goes_to_the_next_folder(indexing, context, qtbot):
    press(qtbot, KEY.Key_Return)
    qtbot.waitUntil(lambda: indexing.field.text() == "KH/D/2017/00940", timeout=5000)
    assert confirmed(context) == [(1, "KH/D/2017/00938")]
    assert focused() is indexing.field


def test_what_is_being_typed_survives_a_change_of_the_folder(indexing, context, qtbot):
    indexing.field.selectAll()
    qtbot.keyClicks(indexing.field, "KH/D/2017/009")
    context.set_dossier(1, blank_pages=2, pages=9)
    qtbot.waitUntil(lambda: indexing.model.row_of(1).pages == 9, timeout=5000)
    assert indexing.field.text() == "KH/D/2017/009"
    assert focused() is indexing.field
    assert "9 pages" in indexing._folder_facts.text()


def test_new_reading_of_the_folder_replaces_the_proposal_nobody_touched(indexing, context, qtbot):
    detail = context.dossiers[1]
    first = replace(detail.candidates[0], application_number="KH/D/2017/00939")
    context.dossiers[1] = replace(detail, candidates=(first, *detail.candidates[1:]))
    context.set_dossier(1, best_guess="KH/D/2017/00939")
    qtbot.waitUntil(lambda: indexing.field.text() == "KH/D/2017/00939", timeout=5000)


def test_number_not_in_the_register_needs_a_second_enter(indexing, context, qtbot):
    indexing.field.selectAll()
    qtbot.keyClicks(indexing.field, "KH/D/2017/00999")
    press(qtbot, KEY.Key_Return)
    qtbot.waitUntil(lambda: t("index.enter_again") in indexing.message.text, timeout=5000)
    assert confirmed(context) == []
    press(qtbot, KEY.Key_Return)
    qtbot.waitUntil(lambda: confirmed(context) == [(1, "KH/D/2017/00999")], timeout=5000)


def test_editing_after_the_warning_asks_again(indexing, context, qtbot):
    indexing.field.selectAll()
    qtbot.keyClicks(indexing.field, "KH/D/2017/00999")
    press(qtbot, KEY.Key_Return)
    qtbot.waitUntil(lambda: t("index.enter_again") in indexing.message.text, timeout=5000)
    press(qtbot, KEY.Key_Backspace)
    qtbot.keyClicks(indexing.field, "8")
    press(qtbot, KEY.Key_Return)
    qtbot.waitUntil(lambda: t("index.enter_again") in indexing.message.text, timeout=5000)
    assert confirmed(context) == []


def test_text_that_is_no_number_is_never_confirmed(indexing, context, qtbot):
    indexing.field.selectAll()
    qtbot.keyClicks(indexing.field, "hello")
    for _ in range(3):
        press(qtbot, KEY.Key_Return)
        qtbot.wait(60)
    assert confirmed(context) == []
    assert indexing.field.property("verdict") == "bad"


def test_number_of_another_folder_is_said(indexing, context, qtbot):
    context.register["KH/M/2015/10400"] = replace(
        context.register["KH/D/2017/00938"], application_number="KH/M/2015/10400"
    )
    indexing.field.selectAll()
    qtbot.keyClicks(indexing.field, "KH/M/2015/10400")
    qtbot.waitUntil(lambda: "Folder 20" in indexing.message.text, timeout=5000)


def test_undo_brings_the_folder_back(indexing, context, qtbot):
    press(qtbot, KEY.Key_Return)
    qtbot.waitUntil(lambda: indexing.field.text() == "KH/D/2017/00940", timeout=5000)
    press(qtbot, KEY.Key_Z, CTRL)
    qtbot.waitUntil(lambda: indexing.field.text() == "KH/D/2017/00938", timeout=5000)
    assert ("withdraw", 1) in context.calls
    assert context.dossiers[1].summary.state is DossierState.TO_INDEX
    assert focused() is indexing.field


def test_alt_2_and_arrows_choose_among_the_numbers_read(indexing, qtbot):
    press(qtbot, KEY.Key_2, ALT)
    assert indexing.field.text() == "KH/P/2014/00031"
    press(qtbot, KEY.Key_Up)
    assert indexing.field.text() == "KH/D/2017/00938"
    press(qtbot, KEY.Key_Down)
    assert indexing.field.text() == "KH/P/2014/00031"
    assert focused() is indexing.field


def test_hold_goes_on_to_the_next_folder_and_back(indexing, context, qtbot):
    press(qtbot, KEY.Key_F6)
    qtbot.waitUntil(lambda: ("hold", 1, True) in context.calls, timeout=5000)
    qtbot.waitUntil(lambda: indexing.field.text() == "KH/D/2017/00940", timeout=5000)
    assert focused() is indexing.field


def test_problem_is_reported_by_keys_alone(indexing, context, qtbot):
    press(qtbot, KEY.Key_F7)
    assert indexing.picker.isVisible()
    press(qtbot, KEY.Key_2)
    press(qtbot, KEY.Key_Return)
    qtbot.waitUntil(lambda: ("report_problem", 1, "poor_scan") in context.calls, timeout=5000)
    qtbot.waitUntil(lambda: indexing.field.text() == "KH/D/2017/00940", timeout=5000)
    assert focused() is indexing.field


def test_escape_leaves_the_reasons_and_gives_the_focus_back(indexing, context, qtbot):
    press(qtbot, KEY.Key_F7)
    press(qtbot, KEY.Key_Escape)
    assert not indexing.picker.isVisible()
    assert focused() is indexing.field


def test_pages_and_folders_move_by_keys(indexing, qtbot):
    assert indexing.viewer.detail.summary.number == 2
    press(qtbot, KEY.Key_PageDown)
    assert indexing.viewer.detail.summary.number == 3
    press(qtbot, KEY.Key_Down, CTRL)
    assert indexing.field.text() == "KH/D/2017/00940"
    press(qtbot, KEY.Key_Up, CTRL)
    assert indexing.field.text() == "KH/D/2017/00938"


def test_viewer_keys_change_the_view_and_leave_the_focus(indexing, qtbot):
    qtbot.waitUntil(lambda: indexing.viewer.pixmap() is not None, timeout=5000)
    press(qtbot, KEY.Key_F4)
    assert indexing.viewer.shown is Shown.BOTH
    press(qtbot, KEY.Key_F4)
    assert indexing.viewer.is_original
    press(qtbot, KEY.Key_F4)
    press(qtbot, KEY.Key_F3)
    assert indexing.viewer.view.is_fitted
    press(qtbot, KEY.Key_F2)
    assert not indexing.viewer.view.is_fitted
    press(qtbot, KEY.Key_F5)
    assert indexing.viewer.view.keep_place
    assert focused() is indexing.field


def test_whole_queue_by_enter_ends_in_all_done(indexing, context, qtbot):
    for _ in range(40):
        if indexing.stack.currentIndex() == 1:
            break
        if not indexing.field.text():
            qtbot.keyClicks(indexing.field, "KH/D/2018/00012")
        before = len(confirmed(context))
        wait_seen(indexing, qtbot)
        press(qtbot, KEY.Key_Return)
        qtbot.wait(80)
        if len(confirmed(context)) > before:
            qtbot.wait(60)
    qtbot.waitUntil(lambda: indexing.stack.currentIndex() == 1, timeout=5000)
    assert indexing.empty.title == t("index.all_done")
    waiting = {DossierState.TO_INDEX, DossierState.RETURNED, DossierState.REFUSED_BY_OFFICE}
    assert not [each for each in context.dossiers.values() if each.summary.state in waiting]


def test_failed_write_is_told_and_nothing_moves(indexing, context, qtbot):
    context.fails_with = WrongTransition(
        "wrong_transition", kind="DossierState", current="queued", wanted="to_review"
    )
    press(qtbot, KEY.Key_Return)
    qtbot.waitUntil(lambda: "not possible any more" in indexing.message.text, timeout=5000)
    assert focused() is indexing.field


def test_change_elsewhere_does_not_overwrite_what_is_being_typed(indexing, context, qtbot):
    indexing.field.selectAll()
    qtbot.keyClicks(indexing.field, "KH/D/20")
    context.set_dossier(3, pages=4)
    qtbot.wait(200)
    assert indexing.field.text() == "KH/D/20"


def test_proven_folders_are_summed_up_and_shown_on_a_key(indexing, context, qtbot):
    before = indexing.model.rowCount()
    press(qtbot, KEY.Key_F9)
    qtbot.waitUntil(lambda: indexing.model.rowCount() > before)
    press(qtbot, KEY.Key_F9)
    qtbot.waitUntil(lambda: indexing.model.rowCount() == before)


def test_folder_a_person_confirmed_is_not_said_to_have_gone_on_by_itself(indexing, context, qtbot):
    released = [
        each.summary.id
        for each in context.dossiers.values()
        if each.summary.by_policy and each.summary.state in WENT_ON_STATES
    ]
    went_on = len(released)
    assert str(went_on) in indexing.left.proven_words.text()
    context.set_dossier(released[0], by_policy=False)
    qtbot.waitUntil(lambda: str(went_on - 1) in indexing.left.proven_words.text(), timeout=5000)


def test_number_in_a_note_is_not_broken_at_its_slashes_but_a_path_may_be():
    assert unbroken("KH/97480/18 in /srv/office share") == "KH/\u206097480/\u206018 in /srv/office share"


def test_repaired_characters_are_found():
    assert repaired_positions("KH/D/2017/00938", "KH/D/201T/00938") == {8}
    assert repaired_positions("KH/D/2017/00938", "KH/D/២០១៧/00938") == frozenset()


def test_number_that_is_only_cited_is_never_proposed(indexing, context, qtbot):
    detail = context.dossiers[1]
    cited = replace(detail.candidates[1], role="cited")
    context.dossiers[1] = replace(detail, candidates=(cited,), reasons=())
    press(qtbot, KEY.Key_Down, CTRL)
    press(qtbot, KEY.Key_Up, CTRL)
    assert indexing.field.text() == ""
    press(qtbot, KEY.Key_1, ALT)
    assert indexing.field.text() == "KH/P/2014/00031"
    wait_seen(indexing, qtbot)
    press(qtbot, KEY.Key_Return)
    qtbot.waitUntil(lambda: t("index.enter_again") in indexing.message.text, timeout=5000)
    assert confirmed(context) == []


def test_rival_numbers_need_a_second_enter(indexing, context, qtbot):
    press(qtbot, KEY.Key_Down, CTRL)
    qtbot.waitUntil(lambda: indexing.field.text() == "KH/D/2017/00940", timeout=5000)
    wait_seen(indexing, qtbot)
    press(qtbot, KEY.Key_Return)
    qtbot.waitUntil(lambda: t("index.enter_again") in indexing.message.text, timeout=5000)
    assert confirmed(context) == []
