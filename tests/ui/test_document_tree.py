"""The document tree on a real home: seen, rearranged by keys and by dragging, taken back; nothing is lost on the way."""

from __future__ import annotations

from datetime import date

import pytest
from PySide6.QtCore import QMimeData, QObject, QPoint, QPointF, Qt
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QApplication, QWidget

from app.context import AppContext
from app.jobs.local_runner import InlineRunner
from app.services.documents import DocumentChange
from app.settings import Settings
from tests.helpers.tree_room import tree_desk
from tests.ui.desks import fake_desk
from ui.document_acts import DocumentActs
from ui.models.tree_model import PAGES_MIME
from ui.reading import Reading
from ui.theme import ThemeChoice
from ui.widgets.document_tree import DocumentTree
from ui.widgets.kind_picker import KindChoice, matching
from ui.widgets.paint import Look
from ui.widgets.tree_delegate import row_words

SHAPE = [
    ("APP", [1, 2]), ("POA", [3]), (None, [4]), ("DES", [5, 6]), ("CLM", [7]), ("FEE", [8]), ("COR", [9]), ("APP", [10])
]  # fmt: skip


@pytest.fixture
def room(dressed, tmp_path, qtbot):
    """The tree alone, over a real context of a real home."""
    papers = tree_desk(tmp_path / "home")
    papers.database.close()
    settings = Settings(operator="sokha", engine="fake", min_free_bytes=0)
    context = AppContext.open(tmp_path / "home", background=False, settings=settings, runner=InlineRunner)
    papers.database = context.database
    owner = QObject()
    desk = fake_desk(dressed, context, tmp_path, ThemeChoice.LIGHT, owner)
    object.__setattr__(desk, "reading", Reading(context))
    host = QWidget()
    tree = DocumentTree(Look(desk.theme, desk.icons), desk.images, host)
    acts = DocumentActs(desk, tree, owner)
    qtbot.addWidget(host)
    host.resize(330, 700)
    tree.resize(330, 700)
    host.show()
    qtbot.waitExposed(host)
    acts.show(papers.dossier_id)
    qtbot.waitUntil(lambda: tree.model.rowCount() == 18, timeout=5000)
    tree.list.setFocus()
    tree.acts = acts
    yield tree, papers, qtbot
    desk.close()
    context.close()
    owner.deleteLater()


def press(room, key, modifiers=Qt.KeyboardModifier.NoModifier):
    tree, _, qtbot = room
    qtbot.keyClick(tree.list, key, modifiers)


def go_to(room, number):
    tree, papers, _ = room
    tree.choose_page(papers.page_ids[number - 1])


def becomes(room, shape):
    """The database has this shape, and the tree shows it."""
    tree, papers, qtbot = room
    qtbot.waitUntil(lambda: papers.shape() == shape, timeout=5000)
    rows = sum(1 + len(pages) for _, pages in shape)
    qtbot.waitUntil(lambda: tree.model.rowCount() == rows, timeout=5000)


CARRY = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
STEP = Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.ShiftModifier


def test_it_says_what_is_known_in_words(room):
    tree, papers, _ = room
    assert papers.shape() == SHAPE
    words = [tree.model.data(tree.model.index(place, 0)) for place in range(tree.model.rowCount())]
    assert words[0] == "Request form, read, 12 Mar 2018 · 2 pages · incoming" or words[0].startswith(
        "Request form, read"
    )
    assert words[5].startswith("Type unknown, unknown")
    assert any(word.endswith("of another file") for word in words)
    assert any("by hand, 12 Mar 2018" in word for word in words)
    assert any("also KH/P/2018/00418" in word for word in words)
    told = [badge.word for badge in tree.findings.badges]
    assert told == ["The cover says 12 pages, here are 9: look for what is missing"]
    assert "Not seen: Abstract" in tree.remarks


def test_pages_are_carried_to_another_document_and_back(room):
    go_to(room, 4)
    press(room, Qt.Key.Key_Up, CARRY)
    becomes(room, [*SHAPE[:1], ("POA", [3, 4]), *SHAPE[3:]])
    press(room, Qt.Key.Key_Backspace, Qt.KeyboardModifier.AltModifier)
    becomes(room, SHAPE)
    press(room, Qt.Key.Key_Backspace, STEP)
    becomes(room, [*SHAPE[:1], ("POA", [3, 4]), *SHAPE[3:]])


def test_several_pages_go_together_and_one_goes_by_a_place(room):
    go_to(room, 5)
    press(room, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    tree, papers, _ = room
    assert tree.chosen_pages() == papers.page_ids[4:6]
    press(room, Qt.Key.Key_Down, CARRY)
    becomes(room, [*SHAPE[:3], ("DES", [5, 6, 7]), *SHAPE[5:]])
    go_to(room, 7)
    press(room, Qt.Key.Key_Up, STEP)
    becomes(room, [*SHAPE[:3], ("DES", [5, 7, 6]), *SHAPE[5:]])


def test_a_document_is_begun_and_put_together_again(room):
    go_to(room, 6)
    press(room, Qt.Key.Key_Insert)
    becomes(room, [*SHAPE[:3], ("DES", [5]), (None, [6]), *SHAPE[4:]])
    go_to(room, 6)
    press(room, Qt.Key.Key_Backspace)
    becomes(room, SHAPE)


def test_a_type_is_said_by_typing_it(room):
    tree, papers, qtbot = room
    go_to(room, 4)
    press(room, Qt.Key.Key_Left)
    qtbot.keyClicks(tree.list, "a")
    assert tree.is_asking
    qtbot.keyClicks(tree.picker.field, "ssign")
    qtbot.keyClick(tree.picker.field, Qt.Key.Key_Return)
    becomes(room, [*SHAPE[:2], ("ASG", [4]), *SHAPE[3:]])
    assert papers.tree().documents[2].said == {"pages": "sokha", "kind": "sokha"}
    assert tree.list.hasFocus()
    press(room, Qt.Key.Key_F2)
    qtbot.keyClick(tree.picker.field, Qt.Key.Key_Escape)
    assert not tree.is_asking


def test_a_page_is_counted_or_not(room):
    tree, papers, qtbot = room
    go_to(room, 9)
    press(room, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: papers.tree().documents[6].pages[0].exclusion == "person", timeout=5000)
    qtbot.waitUntil(
        lambda: "not counted" in tree.model.data(tree.model.index_of(papers.page_ids[8])), timeout=5000
    )
    press(room, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: papers.tree().documents[6].pages[0].exclusion is None, timeout=5000)


def test_a_page_is_another_files(room):
    tree, papers, qtbot = room
    go_to(room, 9)
    qtbot.keyClick(tree.list, Qt.Key.Key_Delete, Qt.KeyboardModifier.ShiftModifier)
    qtbot.waitUntil(lambda: papers.tree().documents[6].pages[0].exclusion == "not_of_file", timeout=5000)
    qtbot.waitUntil(
        lambda: "of another file" in tree.model.data(tree.model.index_of(papers.page_ids[8])), timeout=5000
    )


def test_pages_are_dropped_before_the_page_they_fall_on(room):
    tree, papers, _ = room
    told = QMimeData()
    told.setData(PAGES_MIME, str(papers.page_ids[8]).encode())
    place = tree.list.visualRect(tree.model.index_of(papers.page_ids[1])).center()
    event = QDropEvent(
        QPointF(QPoint(place)), Qt.DropAction.MoveAction, told, Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )  # fmt: skip
    tree.list.dropEvent(event)
    becomes(room, [("APP", [1, 9, 2]), *SHAPE[1:6], SHAPE[7]])


def test_folding_hides_pages_and_keeps_the_place(room):
    tree, papers, _ = room
    go_to(room, 6)
    press(room, Qt.Key.Key_Left)
    press(room, Qt.Key.Key_Left)
    assert tree.model.index_of(papers.page_ids[5]).isValid() is False
    assert tree.current().document.kind == "DES"
    tree.choose_page(papers.page_ids[5])
    assert tree.current().id == papers.page_ids[5]


def test_what_cannot_be_done_is_said(room):
    tree, papers, qtbot = room
    go_to(room, 1)
    press(room, Qt.Key.Key_Up, CARRY)
    qtbot.wait(200)
    assert papers.shape() == SHAPE
    assert tree.model.rowCount() == 18


def test_typed_words_of_any_language_find_a_type():
    choices = [
        KindChoice("APP", "Request form", ("ពាក្យសុំ", "demande")),
        KindChoice("POA", "Power of attorney", ("pouvoir",)),
        KindChoice("FEE", "Receipt of a fee", ("បង្កាន់ដៃ",)),
    ]
    assert [each.code for each in matching(choices, "ពាក្យ")] == ["APP"]
    assert [each.code for each in matching(choices, "att")] == ["POA"]
    assert [each.code for each in matching(choices, "poa")] == ["POA"]
    assert next(each.code for each in matching(choices, "re")) == "APP"
    assert matching(choices, "xyz") == []


def test_focus_is_seen(room):
    tree, _, _ = room
    assert QApplication.focusWidget() is tree.list


def test_a_date_is_typed_and_what_is_open_wants_enter_twice(room):
    tree, papers, qtbot = room
    go_to(room, 3)
    press(room, Qt.Key.Key_F2, Qt.KeyboardModifier.ControlModifier)
    field = tree.asker.field
    assert field.text() == "14 Mar 2018"
    field.setText("31 February 2018")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert tree.asker.isVisible()
    field.setText("05/04/2018")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert tree.asker.isVisible()
    assert "5 Apr 2018" in tree.asker.answer.text, "by the office's order, as the filing date has it"
    qtbot.keyClick(field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: papers.tree().documents[1].said.get("dated") == "sokha", timeout=5000)
    assert papers.tree().documents[1].dated == date(2018, 4, 5)
    press(room, Qt.Key.Key_Backspace, Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(lambda: papers.tree().documents[1].dated == date(2018, 3, 14), timeout=5000)


def test_a_further_number_is_linked_and_taken_back(room):
    tree, papers, qtbot = room
    go_to(room, 3)
    for wanted in (["KH/P/2019/00077"], []):
        press(room, Qt.Key.Key_F2, Qt.KeyboardModifier.ShiftModifier)
        tree.asker.field.setText("KH/P/2019/77")
        qtbot.waitUntil(lambda: "KH/P/2019/00077" in tree.asker.answer.text, timeout=5000)
        qtbot.keyClick(tree.asker.field, Qt.Key.Key_Return)
        qtbot.waitUntil(
            lambda: [each.application_number for each in papers.tree().documents[1].links] == wanted,  # noqa: B023
            timeout=5000,
        )
        qtbot.waitUntil(
            lambda: len(tree.model.row_of(-papers.document(1)).document.links) == len(wanted),  # noqa: B023
            timeout=5000,
        )


def test_a_number_that_is_none_says_why_and_is_not_taken(room):
    tree, papers, qtbot = room
    go_to(room, 3)
    press(room, Qt.Key.Key_F2, Qt.KeyboardModifier.ShiftModifier)
    tree.asker.field.setText("no number")
    qtbot.waitUntil(lambda: tree.asker.answer.text != "", timeout=5000)
    qtbot.keyClick(tree.asker.field, Qt.Key.Key_Return)
    assert tree.asker.isVisible()
    qtbot.keyClick(tree.asker.field, Qt.Key.Key_Escape)
    assert papers.tree().documents[1].links == ()


def test_files_are_asked_for_behind_the_page(room, tmp_path):
    tree, papers, qtbot = room
    asked = []
    tree.insert_asked.disconnect()
    tree.replace_asked.disconnect()
    tree.insert_asked.connect(asked.append)
    tree.replace_asked.connect(asked.append)
    go_to(room, 3)
    press(room, Qt.Key.Key_Insert, Qt.KeyboardModifier.ShiftModifier)
    press(room, Qt.Key.Key_Insert, Qt.KeyboardModifier.ControlModifier)
    assert asked == [papers.page_ids[2]] * 2
    file = tmp_path / "new.png"
    file.write_bytes(b"read later")
    tree.acts.insert_files([file], papers.page_ids[2])
    qtbot.waitUntil(lambda: papers.tree().undo.code == "pages_inserted", timeout=5000)


def test_a_document_that_is_too_long_bears_the_mark_and_its_place_is_told(room):
    tree, papers, qtbot = room
    papers.documents.merge_with_previous(papers.document(4))  # description and claims: three pages
    papers.documents.describe(papers.document(3), DocumentChange(kind="FEE"))
    tree.acts.renew()
    becomes(room, [*SHAPE[:3], ("FEE", [5, 6, 7]), *SHAPE[5:]])
    row = -papers.document(3)
    qtbot.waitUntil(lambda: tree.model.row_of(row).document.kind == "FEE", timeout=5000)
    assert row_words(tree.model.row_of(row), tree.list.delegate.names) == (
        "Receipt of a fee, long, no date · 3 pages, usual at most 2 · incoming"
    )
    (told,) = [each for each in tree.findings.badges if each.word.startswith("Missed separator")]
    assert told.word.startswith("Missed separator before page 7? Receipt of a fee: 3 pages (5 to 7)")
