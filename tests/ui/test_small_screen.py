"""At 1366 by 768: buttons keep their keys, notices keep off the pages, the story of a delivery scrolls."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QApplication

from ui.widgets.buttons import KeyButton


@pytest.fixture
def room(context, open_window, qtbot):
    def make(name, subject=0):
        window = open_window(context)
        window.setWindowState(Qt.WindowState.WindowNoState)
        window.resize(1366, 768)
        window.go(name, subject)
        view = window.screen_named(name)
        qtbot.waitUntil(lambda: view.stack.currentIndex() == 0 and view.model.rowCount() > 0, timeout=5000)
        return window, view

    return make


def rect_in(window, widget):
    return QRect(widget.mapTo(window, QPoint(0, 0)), widget.size())


@pytest.mark.parametrize(
    ("name", "subject", "key"),
    [
        ("indexing", 1, None),
        ("indexing", 6, None),  # on hold
        ("indexing", 1, Qt.Key.Key_F7),
        ("review", 0, None),
        ("review", 0, Qt.Key.Key_F7),
        ("uploads", 0, None),
    ],
)
def test_every_button_has_room_for_its_words_and_its_key(name, subject, key, room, qtbot):
    window, view = room(name, subject)
    if key is not None:
        qtbot.keyClick(QApplication.focusWidget(), key)
        qtbot.waitUntil(view.picker.isVisible, timeout=5000)
    qtbot.wait(20)
    buttons = [each for each in view.findChildren(KeyButton) if each.isVisible()]
    assert len(buttons) > 1
    for button in buttons:
        assert button.width() >= button.minimumSizeHint().width(), button.text()
        assert rect_in(window, button.parentWidget()).contains(rect_in(window, button)), button.text()


def test_notices_do_not_cover_the_page_strip(room, qtbot):
    window, view = room("indexing", 1)
    window._desk.notices.say("Folder 12 is on hold.")
    qtbot.waitUntil(window._toasts.isVisible, timeout=5000)
    assert not rect_in(window, window._toasts).intersects(rect_in(window, view.viewer.strip))
    window.go("review")
    review = window.screen_named("review")
    qtbot.waitUntil(lambda: review.pages.rowCount() > 0, timeout=5000)
    window._desk.notices.say("Folder 20 approved.")
    for part in (review.page_facts, review.scope):
        assert not rect_in(window, window._toasts).intersects(rect_in(window, part))


def test_the_whole_story_scrolls_by_keys_while_the_list_has_the_focus(room, qtbot):
    _window, view = room("uploads")
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return)
    bar = view._area.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 0, timeout=5000)
    chosen = view.list.currentIndex().row()
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_PageDown)
    assert (bar.value(), view.list.currentIndex().row()) == (bar.maximum(), chosen)
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_PageUp)
    assert bar.value() == 0


def test_directory_that_cannot_be_opened_is_named(room, qtbot, monkeypatch):
    window, view = room("uploads")
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda _url: False)
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_F9)
    directory = str(view.model.rows[view.list.currentIndex().row()].package_path.parent)
    assert any(directory in text for text in window._toasts.texts)
