"""Reading again, putting together and turning like the neighbours, by keys alone, and taken back by Ctrl+Z."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from ocr.types import QualityReason
from ui.screens.review.page_words import has_proposed_turn
from ui.texts import t

KEY = Qt.Key
CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def in_order(context, open_window, qtbot):
    """Review of nine pages in reading order, the third shown; and their ids."""
    window = open_window(context)
    window.go("review")
    review = window.screen_named("review")
    qtbot.waitUntil(lambda: review.pages.rowCount() == 9, timeout=5000)
    press(qtbot, KEY.Key_F10)
    ids = [row.id for row in review.pages.rows]
    review.tiles.choose(ids[2])
    return review, ids


def press(qtbot, key, modifiers=Qt.KeyboardModifier.NoModifier, times=1):
    for _ in range(times):
        qtbot.keyClick(QApplication.focusWidget(), key, modifiers)


def said(review):
    return " ".join(notice.text for notice in review._desk.notices.kept)


def calls(context, name):
    return [call for call in context.calls if call[0] == name]


def test_reading_again_is_taken_back(in_order, context, qtbot):
    review, ids = in_order
    press(qtbot, KEY.Key_R, CTRL)
    qtbot.waitUntil(lambda: t("acts.undo_hint") in said(review), timeout=5000)
    assert calls(context, "reprocess") == [("reprocess", (ids[2],))]
    press(qtbot, KEY.Key_Z, CTRL)
    qtbot.waitUntil(lambda: bool(calls(context, "restore_readings")), timeout=5000)
    ((_, before),) = calls(context, "restore_readings")
    assert [each.page_id for each in before] == [ids[2]]


def test_no_more_readings_are_kept_than_memory_has_room_for(in_order, context, qtbot, monkeypatch):
    monkeypatch.setattr("ui.screens.review.page_acts.KEPT_READINGS", 3)
    review, _ids = in_order
    for _ in range(5):
        before = len(review._desk.notices.kept)
        press(qtbot, KEY.Key_R, CTRL)
        qtbot.waitUntil(lambda before=before: len(review._desk.notices.kept) > before, timeout=5000)
    for taken_back in (1, 2, 3):
        press(qtbot, KEY.Key_Z, CTRL)
        qtbot.waitUntil(
            lambda taken_back=taken_back: len(calls(context, "restore_readings")) == taken_back, timeout=5000
        )
    press(qtbot, KEY.Key_Z, CTRL)
    qtbot.waitUntil(lambda: t("acts.nothing_to_undo") in said(review), timeout=5000)
    assert len(calls(context, "restore_readings")) == 3


def test_reading_in_another_language_is_taken_back(in_order, context, qtbot):
    review, ids = in_order
    before = context.pages_by_id[ids[2]].edits
    press(qtbot, KEY.Key_R, CTRL | SHIFT)
    qtbot.keyClicks(review.languages.words, "lao")
    press(qtbot, KEY.Key_Return)
    qtbot.waitUntil(lambda: t("acts.undo_hint") in said(review), timeout=5000)
    assert context.pages_by_id[ids[2]].edits.languages == ("lao",)
    press(qtbot, KEY.Key_Z, CTRL)
    qtbot.waitUntil(lambda: context.pages_by_id[ids[2]].edits == before, timeout=5000)


def test_putting_two_halves_together_is_taken_back(in_order, context, qtbot):
    review, ids = in_order
    context.pages_by_id[ids[2]] = replace(context.pages_by_id[ids[2]], is_half=True)
    review.viewer.refresh()
    press(qtbot, KEY.Key_D, CTRL)
    qtbot.waitUntil(lambda: t("acts.merged") in said(review), timeout=5000)
    press(qtbot, KEY.Key_Z, CTRL)
    qtbot.waitUntil(lambda: bool(calls(context, "unmerge")), timeout=5000)
    qtbot.waitUntil(lambda: context.pages_by_id[ids[2]].is_half, timeout=5000)


def propose_turn(context, review, page_ids):
    for page_id in page_ids:
        page = context.pages_by_id[page_id]
        reasons = (QualityReason("turn_unsure", 0.04), QualityReason("turn_of_neighbours", 180.0))
        context.pages_by_id[page_id] = replace(page, summary=replace(page.summary, quality=reasons))
    context.tell(page=page_ids)


def test_a_doubtful_page_is_turned_as_its_neighbours_lie_by_one_key_and_back(in_order, context, qtbot):
    review, ids = in_order
    propose_turn(context, review, [ids[2]])
    qtbot.waitUntil(lambda: "Ctrl+F9" in review.page_facts.reasons.text(), timeout=5000)
    told = review.page_facts.reasons.text()
    assert "May lie upside down or on its side (4 % sure, good from 45 %)" in told
    assert "Its neighbours lie turned by 180° (Ctrl+F9 turns it too)" in told
    press(qtbot, KEY.Key_F9, CTRL)
    qtbot.waitUntil(lambda: t("acts.turned_like_neighbours", n=1) in said(review), timeout=5000)
    assert calls(context, "turn_like_neighbours") == [("turn_like_neighbours", (ids[2],))]
    press(qtbot, KEY.Key_Z, CTRL)
    qtbot.waitUntil(lambda: bool(calls(context, "restore")), timeout=5000)


def test_of_all_pages_only_the_doubtful_ones_are_turned(in_order, context, qtbot):
    review, ids = in_order
    propose_turn(context, review, [ids[4], ids[6]])
    qtbot.waitUntil(lambda: sum(map(has_proposed_turn, review.pages.rows)) == 2, timeout=5000)
    press(qtbot, KEY.Key_F9, CTRL)
    assert t("acts.no_neighbours") in said(review)
    press(qtbot, KEY.Key_F6, times=3)
    press(qtbot, KEY.Key_F9, CTRL)
    qtbot.waitUntil(lambda: bool(calls(context, "turn_like_neighbours")), timeout=5000)
    assert calls(context, "turn_like_neighbours") == [("turn_like_neighbours", (ids[4], ids[6]))]


def test_an_act_that_changes_nothing_says_so_and_leaves_nothing_to_take_back(
    in_order, context, qtbot, monkeypatch
):
    review, ids = in_order
    propose_turn(context, review, [ids[2]])
    monkeypatch.setattr(context.pages, "edit", lambda _ids, _change: ())
    monkeypatch.setattr(context.pages, "turn_like_neighbours", lambda _ids: ())
    press(qtbot, KEY.Key_R, CTRL | SHIFT)
    qtbot.keyClicks(review.languages.words, "lao")
    press(qtbot, KEY.Key_Return)
    qtbot.waitUntil(lambda: t("acts.no_change") in said(review), timeout=5000)
    press(qtbot, KEY.Key_F9, CTRL)
    qtbot.waitUntil(lambda: t("acts.no_neighbours") in said(review), timeout=5000)
    press(qtbot, KEY.Key_Z, CTRL)
    assert t("acts.nothing_to_undo") in said(review)
