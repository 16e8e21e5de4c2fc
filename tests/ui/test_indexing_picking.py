"""Values are taken from the page by keys and by mouse: words as they were read, a frame read again by a worker."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from ocr.types import Box, ZoneReading
from tests.ui.field_keys import KEY, SHIFT, F, in_field, open_indexing, press, said, to_title
from ui.texts import t


@pytest.fixture
def indexing(context, open_window, qtbot):
    return open_indexing(context, open_window, qtbot)


def test_word_of_the_page_is_picked_by_keys(indexing, context, qtbot):
    to_title(indexing, qtbot)
    press(qtbot, KEY.Key_F10)
    assert QApplication.focusWidget() is indexing.viewer.view
    assert indexing.viewer.note.text() == t("field.pick_word")
    qtbot.waitUntil(lambda: not indexing._desk.tasks.is_busy, timeout=5000)
    press(qtbot, KEY.Key_Right, SHIFT)
    press(qtbot, KEY.Key_Return)
    assert in_field(indexing) is F.TITLE
    assert indexing.fields.cards[F.TITLE].text == "Bamboo laminate"
    press(qtbot, KEY.Key_Return)
    qtbot.waitUntil(lambda: said(context, "field_put") == [(1, "title", "Bamboo laminate")], timeout=5000)
    place = context.fields.rows[1][F.TITLE].said.place
    assert (place.page_number, place.boxes) == (2, (Box(310, 538, 440, 60),))


def test_frame_is_drawn_by_keys_and_read_by_a_worker(indexing, context, qtbot):
    context.zone_says = ZoneReading("Bamboo\nfloor", (), (0.9,) * 6 + (1.0,) + (0.5,) * 5)
    to_title(indexing, qtbot)
    press(qtbot, KEY.Key_F10)
    qtbot.waitUntil(lambda: not indexing._desk.tasks.is_busy, timeout=5000)
    press(qtbot, KEY.Key_Space)
    press(qtbot, KEY.Key_Right)
    press(qtbot, KEY.Key_Tab)
    press(qtbot, KEY.Key_Up, SHIFT)
    press(qtbot, KEY.Key_Return)
    qtbot.waitUntil(lambda: indexing.fields.cards[F.TITLE].text == "Bamboo floor", timeout=5000)
    assert [call[2] for call in context.calls if call[0] == "zone"] == [Box(298, 522, 258, 88)]
    assert in_field(indexing) is F.TITLE


def test_word_is_picked_by_a_click_and_a_part_by_a_drag(indexing, context, qtbot):
    context.zone_says = ZoneReading("floor", (), (0.9,) * 5)
    to_title(indexing, qtbot)
    view = indexing.viewer.view
    press(qtbot, KEY.Key_F10)
    qtbot.waitUntil(lambda: not indexing._desk.tasks.is_busy, timeout=5000)
    spot = view.mapFromScene(QPointF(650, 560))
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=spot)
    assert indexing.fields.cards[F.TITLE].text == "laminate"
    press(qtbot, KEY.Key_F10)
    start, end = view.mapFromScene(QPointF(500, 500)), view.mapFromScene(QPointF(800, 620))
    QTest.mousePress(view.viewport(), Qt.MouseButton.LeftButton, pos=start)
    QTest.mouseMove(view.viewport(), end)
    QTest.mouseRelease(view.viewport(), Qt.MouseButton.LeftButton, pos=end)
    qtbot.waitUntil(lambda: indexing.fields.cards[F.TITLE].text == "floor", timeout=5000)


def test_escape_leaves_picking_and_gives_the_focus_back(indexing, context, qtbot):
    to_title(indexing, qtbot)
    press(qtbot, KEY.Key_F10)
    press(qtbot, KEY.Key_Escape)
    assert in_field(indexing) is F.TITLE
    assert not indexing.viewer.note.isVisible()


def test_frame_in_which_nothing_is_read_says_what_to_do(indexing, context, qtbot):
    to_title(indexing, qtbot)
    press(qtbot, KEY.Key_F10)
    press(qtbot, KEY.Key_Space)
    press(qtbot, KEY.Key_Return)
    qtbot.waitUntil(lambda: indexing.viewer.note.text() == t("field.picked_nothing"), timeout=5000)
    press(qtbot, KEY.Key_Escape)


def test_number_is_picked_from_the_page_too(indexing, context, qtbot):
    form = indexing.viewer.detail.summary.id
    context.fields.words[form] = tuple(
        replace(word, text="KH/D/2018/00012") for word in context.fields.words[form][:1]
    )
    press(qtbot, KEY.Key_F10)
    qtbot.waitUntil(lambda: not indexing._desk.tasks.is_busy, timeout=5000)
    press(qtbot, KEY.Key_Return)
    assert indexing.field.text() == "KH/D/2018/00012"
    assert QApplication.focusWidget() is indexing.field
