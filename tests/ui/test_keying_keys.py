"""Keying twice and judging through the real window on a real database, by keys alone."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit

from app.domain.field_kinds import DossierField as F
from app.domain.states import DossierState, KeyingState
from tests.ui.keying_room import FOLDERS, build_room, real_desk
from ui.main_window import MainWindow
from ui.theme import ThemeChoice

CTRL, SHIFT, ALT = (
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.AltModifier,
)
pytestmark = pytest.mark.qt_log_ignore("does not support propagateSizeHints")
NUMBERS = [number for _name, number, _title in FOLDERS]
OTHER = "KH/P/2018/00471"


@pytest.fixture
def make_room(dressed, tmp_path, page_files, drawn):
    rooms = []

    def make(**settings):
        rooms.append(build_room(tmp_path, drawn, page_files, **settings))
        return rooms[-1]

    yield make
    for room in rooms:
        room.context.close()


@pytest.fixture
def open_on(qtbot, dressed):
    owner, opened = QObject(), []

    def make(room, screen="indexing"):
        desk = real_desk(dressed, room.context, ThemeChoice.LIGHT, owner)
        window = MainWindow(desk)
        opened.append((desk, window))
        window.show()
        qtbot.waitExposed(window)
        window.activateWindow()
        window.go(screen)
        return window

    yield make
    for desk, window in opened:
        window.close()
        window.deleteLater()
        desk.close()
    owner.deleteLater()


def view_of(window):
    return window.screen_named(window.current)


def press(qtbot, key, modifiers=Qt.KeyboardModifier.NoModifier):
    qtbot.keyClick(QApplication.focusWidget(), key, modifiers)


def write(qtbot, text):
    if text.isascii():
        qtbot.keyClicks(QApplication.focusWidget(), text)
    else:  # as input methods do
        event = QInputMethodEvent()
        event.setCommitString(text)
        QApplication.sendEvent(QApplication.focusWidget(), event)
    press(qtbot, Qt.Key.Key_Return)


def in_field(window, field=F.APPLICATION_NUMBER):
    card = view_of(window).cards.cards.get(field)
    return card is not None and card.edit.hasFocus() and not card.edit.text()


def front(qtbot, window, name):
    qtbot.waitUntil(lambda: view_of(window).crumb() == name and in_field(window), timeout=5000)


def test_the_queue_offers_them_as_kinds_of_their_own_and_one_key_leads_there(qtbot, make_room, open_on):
    room = make_room()
    room.confirm(0)
    room.confirm(1)
    window = open_on(room)
    kinds = view_of(window).left.kinds
    qtbot.waitUntil(lambda: kinds.words == ("Numbers · 1", "Second keying · 2", "To judge · 0"), timeout=5000)
    press(qtbot, Qt.Key.Key_F9, SHIFT)
    assert window.current == "keying"
    front(qtbot, window, FOLDERS[0][0])
    assert window._rail._entries["indexing"].isChecked()


def test_offices_that_key_once_see_no_kinds(qtbot, make_room, open_on):
    room = make_room(second_keying="none")
    room.confirm(0)
    window = open_on(room)
    qtbot.waitUntil(lambda: bool(view_of(window).model.ids), timeout=5000)
    assert view_of(window).left.kinds.words == ()


def test_a_second_person_keys_folder_after_folder_to_a_friendly_end(qtbot, make_room, open_on):
    room = make_room()
    for place in range(3):
        room.confirm(place)
    window = open_on(room, "keying")
    for place, typed in enumerate(("KH/P/2018/417", "kh/p/2018/00426", "KH/P/២០១៨/០០៤៤០")):
        front(qtbot, window, FOLDERS[place][0])
        write(qtbot, typed)
    qtbot.waitUntil(lambda: view_of(window).empty.title == "All done", timeout=5000)
    assert [room.state(place).keying for place in range(3)] == [None] * 3
    assert [room.state(place).application_number for place in range(3)] == NUMBERS


def test_nothing_that_was_said_or_read_is_shown_to_the_second_person(qtbot, make_room, open_on):
    room = make_room(second_keying_fields=("application_number", "title"))
    room.confirm(0)
    window = open_on(room, "keying")
    front(qtbot, window, FOLDERS[0][0])
    view = view_of(window)
    qtbot.waitUntil(lambda: view.viewer.is_settled, timeout=5000)
    shown = [each.text() for kind in (QLabel, QLineEdit) for each in window.findChildren(kind)]
    rows = [view.list.itemDelegate()._face(view.model.row_of(room.folders[0]))]
    told = f"{shown} {rows}"
    assert "00417" not in told
    assert "Clay" not in told
    assert view.viewer.detail.summary.number == 1
    assert view.viewer._target is None


def test_fields_follow_the_number_and_an_empty_one_asks_twice(qtbot, make_room, open_on):
    room = make_room(second_keying_fields=("title", "filing_date"))
    room.confirm(0)
    window = open_on(room, "keying")
    front(qtbot, window, FOLDERS[0][0])
    write(qtbot, NUMBERS[0])
    assert in_field(window, F.TITLE)
    write(qtbot, "CLAY water filter, with rice husk")
    assert in_field(window, F.FILING_DATE)
    write(qtbot, "")
    assert "Empty means" in view_of(window).message.text
    assert room.state(0).keying is KeyingState.AWAITED
    press(qtbot, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: room.state(0).keying is None, timeout=5000)


def test_a_number_of_no_form_is_told_and_nothing_is_written(qtbot, make_room, open_on):
    room = make_room()
    room.confirm(0)
    window = open_on(room, "keying")
    front(qtbot, window, FOLDERS[0][0])
    write(qtbot, "417")
    assert view_of(window).message.text
    assert room.state(0).keying is KeyingState.AWAITED
    write(qtbot, NUMBERS[0])  # what stood there was chosen whole
    qtbot.waitUntil(lambda: room.state(0).keying is None, timeout=5000)


def test_whoever_confirmed_it_is_offered_nothing_until_another_says_who_works(qtbot, make_room, open_on):
    room = make_room(operator="sokha.kim")
    room.confirm(0)
    window = open_on(room, "keying")
    qtbot.waitUntil(lambda: view_of(window).empty.title == "Nothing here for you", timeout=5000)
    press(qtbot, Qt.Key.Key_U, CTRL)
    qtbot.waitUntil(lambda: QApplication.activeModalWidget() is not None, timeout=5000)
    qtbot.waitUntil(lambda: isinstance(QApplication.focusWidget(), QLineEdit), timeout=5000)
    write(qtbot, "Dara Chan")
    front(qtbot, window, FOLDERS[0][0])
    assert room.context.operator == "Dara Chan"
    assert window._top._person.accessibleName() == "Dara Chan"


def test_what_differs_goes_to_a_judge_who_takes_one_value(qtbot, make_room, open_on):
    room = make_room()
    room.confirm(0)
    room.context.keying.key(room.folders[0], {F.APPLICATION_NUMBER: OTHER})
    room.context.change_operator("Vanna Ros")
    window = open_on(room, "judging")
    front(qtbot, window, FOLDERS[0][0])
    view = view_of(window)
    versions = view.cards.versions[F.APPLICATION_NUMBER].versions
    assert [(each.whose, each.value) for each in versions] == [
        ("First: Sokha Kim", NUMBERS[0]),
        ("Second: Dara Chan", OTHER),
        ("Read by the program", NUMBERS[0]),
    ]
    qtbot.waitUntil(lambda: view.viewer.detail is not None and view.viewer.detail.summary.number == 2)
    press(qtbot, Qt.Key.Key_2, ALT)
    press(qtbot, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: room.state(0).keying is None, timeout=5000)
    assert (room.state(0).application_number, room.state(0).state) == (OTHER, DossierState.TO_REVIEW)
    qtbot.waitUntil(lambda: view.empty.title == "All done", timeout=5000)
    view.undo_asked.emit()
    front(qtbot, window, FOLDERS[0][0])
    assert (room.state(0).application_number, room.state(0).keying) == (NUMBERS[0], KeyingState.DIFFERS)


def test_a_judge_hears_that_a_number_is_taken_before_it_is_bound(qtbot, make_room, open_on):
    room = make_room()
    room.confirm(0)
    room.confirm(1)
    room.context.keying.key(room.folders[0], {F.APPLICATION_NUMBER: NUMBERS[1]})
    room.context.change_operator("Vanna Ros")
    window = open_on(room, "judging")
    front(qtbot, window, FOLDERS[0][0])
    press(qtbot, Qt.Key.Key_Down)
    press(qtbot, Qt.Key.Key_Down)
    press(qtbot, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: FOLDERS[1][0] in view_of(window).message.text, timeout=5000)
    assert room.state(0).keying is KeyingState.DIFFERS
    press(qtbot, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: room.state(0).application_number == NUMBERS[1], timeout=5000)


def test_the_last_keying_is_taken_back_by_its_key(qtbot, make_room, open_on):
    room = make_room()
    room.confirm(0)
    room.confirm(1)
    window = open_on(room, "keying")
    front(qtbot, window, FOLDERS[0][0])
    write(qtbot, OTHER)
    front(qtbot, window, FOLDERS[1][0])
    assert room.state(0).keying is KeyingState.DIFFERS
    press(qtbot, Qt.Key.Key_Z, CTRL)
    front(qtbot, window, FOLDERS[0][0])
    assert room.state(0).keying is KeyingState.AWAITED


def test_a_folder_is_left_for_later_or_sent_back_with_a_reason(qtbot, make_room, open_on):
    room = make_room()
    room.confirm(0)
    room.confirm(1)
    window = open_on(room, "keying")
    front(qtbot, window, FOLDERS[0][0])
    press(qtbot, Qt.Key.Key_F6)
    front(qtbot, window, FOLDERS[1][0])
    press(qtbot, Qt.Key.Key_F7)
    press(qtbot, Qt.Key.Key_2)
    press(qtbot, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: room.state(1).state is DossierState.RETURNED, timeout=5000)
    assert room.state(1).return_reason == "poor_scan"
    front(qtbot, window, FOLDERS[0][0])


def test_the_end_of_the_numbers_leads_on_to_what_waits_to_be_keyed_again(qtbot, make_room, open_on):
    room = make_room()
    for place in range(3):
        room.confirm(place)
    window = open_on(room)
    empty = view_of(window).empty
    qtbot.waitUntil(lambda: empty.button.text() == "Go to second keying", timeout=5000)
    empty.acted.emit()
    assert window.current == "keying"
