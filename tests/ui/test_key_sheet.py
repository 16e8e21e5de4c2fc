"""The list of keys on a small screen: whole lines, all of them, in every screen."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtWidgets import QLabel, QWidget

from ui.widgets.key_caps import KeyCaps


def open_sheet(window, qtbot, name, size):
    window.setWindowState(Qt.WindowState.WindowNoState)
    window.resize(*size)
    window.go(name)
    window._on_keys()
    qtbot.waitUntil(window._keys.isVisible, timeout=5000)
    return window._keys


@pytest.mark.parametrize("name", ["batches", "capture", "indexing", "review", "uploads"])
def test_no_key_is_sliced_or_cut_at_1366_by_768(name, context, open_window, qtbot):
    sheet = open_sheet(open_window(context), qtbot, name, (1366, 768))
    qtbot.waitUntil(lambda: sheet._body.width() > 300, timeout=5000)
    seen = QRect(QPoint(0, 0), sheet._area.viewport().size())
    parts = [part for kind in (QLabel, KeyCaps) for part in sheet._body.findChildren(kind)]
    assert len(parts) > 10
    for part in parts:
        place = QRect(part.mapTo(sheet._area.viewport(), QPoint(0, 0)), part.size())
        assert seen.contains(place), part.accessibleName() or part.text()
        if isinstance(part, QLabel):
            needed = part.heightForWidth(part.width()) if part.wordWrap() else part.sizeHint().height()
            assert part.height() >= needed, part.text()


def test_arrows_scroll_the_list_in_a_low_window(context, open_window, qtbot):
    sheet = open_sheet(open_window(context), qtbot, "review", (1366, 768))
    low = QWidget()  # lower than the window may be on this screen
    qtbot.addWidget(low)
    low.resize(1100, 400)
    sheet.place(low)
    bar = sheet._area.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 0, timeout=5000)
    qtbot.keyClick(sheet._close, Qt.Key.Key_Down)
    assert bar.value() > 0
    qtbot.keyClick(sheet._close, Qt.Key.Key_Up)
    assert bar.value() == 0
