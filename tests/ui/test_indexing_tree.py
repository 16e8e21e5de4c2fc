"""The left pane of Indexing: documents of the folder in front, the place of each field, and the selection that follows."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication

from tests.ui.field_keys import CTRL, KEY, SHIFT, open_indexing, press, to_title
from ui.screens.indexing.field_work import FieldWork
from ui.texts import t


@pytest.fixture
def indexing(context, open_window, qtbot):
    view = open_indexing(context, open_window, qtbot)
    qtbot.waitUntil(lambda: view.left.tree.model.rowCount() > 0, timeout=5000)
    return view


def test_documents_stand_with_type_state_and_the_place_of_each_field(indexing):
    tree = indexing.left.tree
    told = [tree._words(row) for row in tree.model.rows]
    assert "Application form" in told[0]
    assert t("tree.word_read") in told[0]
    assert any(t("tree.word_unsure") in each for each in told), "its type is to be compared"
    page = indexing.viewer.model.ids[1]
    assert {"Title or mark", "Applicant", "Filing date"} <= set(tree.list.delegate.places[page].split(", "))


def test_the_page_shown_is_chosen_in_the_tree_and_the_other_way_round(indexing, qtbot):
    tree = indexing.left.tree
    assert tree.current().id == indexing.viewer.detail.summary.id
    press(qtbot, KEY.Key_PageUp)
    assert indexing.viewer.detail.summary.number == 1
    assert tree.current().id == indexing.viewer.detail.summary.id
    to_title(indexing, qtbot)
    assert tree.current().page.page.number == 2, "the page its focused field stands on"
    press(qtbot, KEY.Key_F10, SHIFT)
    assert QApplication.focusWidget() is tree.list
    press(qtbot, KEY.Key_Up)
    assert indexing.viewer.detail.summary.number == 1
    press(qtbot, KEY.Key_Escape)
    assert QApplication.focusWidget() is indexing.field


def test_another_folder_has_its_own_documents_and_filling_them_moves_no_page(indexing, qtbot):
    tree = indexing.left.tree
    press(qtbot, KEY.Key_Down, CTRL)
    shown = indexing.viewer.detail.summary
    qtbot.waitUntil(lambda: tree.tree is not None and tree.tree.dossier_id == shown.dossier_id, timeout=5000)
    assert indexing.viewer.detail.summary.id == shown.id
    assert tree.current().id == shown.id


def test_acts_in_the_tree_are_those_of_review(indexing, qtbot):
    work = indexing.findChild(FieldWork)._tree
    assert type(work._acts).__module__ == "ui.document_acts"
    press(qtbot, KEY.Key_F10, SHIFT)
    press(qtbot, KEY.Key_F2)
    assert indexing.left.tree.is_asking
