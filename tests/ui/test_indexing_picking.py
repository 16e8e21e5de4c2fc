"""Values are taken from the page by keys and by mouse: words as they were read, a frame read again by a worker."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.domain.field_kinds import FieldSource
from ocr.types import Box, ZoneReading
from tests.ui.field_keys import KEY, SHIFT, F, in_field, open_indexing, press, said, to_title
from ui.texts import t
from ui.widgets.page_viewer import Shown


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


def test_original_ends_picking_and_what_is_chosen_stays_marked_beside_it(indexing, context, qtbot):
    """F4: nothing stands on the untouched scan where it was read, but it does on the page beside it."""
    to_title(indexing, qtbot)
    press(qtbot, KEY.Key_F10)
    qtbot.waitUntil(lambda: not indexing._desk.tasks.is_busy, timeout=5000)
    press(qtbot, KEY.Key_Right)
    press(qtbot, KEY.Key_F4)
    assert indexing.viewer.shown is Shown.BOTH
    box = indexing.viewer.view._marks[0].rect()
    assert [each.rect() for each in indexing.viewer.view._marks] == [box]
    assert box.contains(QPointF(545, 545)), "the second word"
    press(qtbot, KEY.Key_F4)
    assert indexing.viewer.is_original
    assert in_field(indexing) is F.TITLE
    press(qtbot, KEY.Key_F10)
    assert indexing.viewer.shown is Shown.STRAIGHTENED
    qtbot.waitUntil(lambda: not indexing._desk.tasks.is_busy, timeout=5000)
    press(qtbot, KEY.Key_Return)
    assert indexing.fields.cards[F.TITLE].text == "Bamboo"


def test_putting_on_hold_ends_picking(indexing, context, qtbot):
    to_title(indexing, qtbot)
    press(qtbot, KEY.Key_F10)
    qtbot.waitUntil(lambda: not indexing._desk.tasks.is_busy, timeout=5000)
    press(qtbot, KEY.Key_F6)
    qtbot.waitUntil(lambda: said(context, "hold") == [(1, True)], timeout=5000)
    assert not indexing.viewer.note.isVisible()
    assert indexing.fields.cards[F.TITLE].text != "Bamboo"


def test_another_persons_word_is_not_written_over_by_one_who_has_not_seen_it(indexing, context, qtbot):
    to_title(indexing, qtbot)
    held = context.fields.rows[1][F.TITLE]
    theirs = replace(
        held, said=replace(held.said, printed="Rice basket"), who="Dara", source=FieldSource.PERSON
    )
    context.fields.rows[1][F.TITLE] = theirs  # from another window, and not told here
    qtbot.keyClicks(QApplication.focusWidget(), "s")
    press(qtbot, KEY.Key_Return)
    told = indexing._desk.notices
    qtbot.waitUntil(lambda: any("Rice basket" in each.text for each in told.kept), timeout=5000)
    assert context.fields.rows[1][F.TITLE].said.printed == "Rice basket"
    assert not said(context, "field_put")
