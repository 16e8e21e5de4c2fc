"""The wall of look-alike characters, by keys alone: groups, least sure first, wrong and corrected ones, taking back."""

from __future__ import annotations

from time import perf_counter

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent, QPixmap
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.domain.ids import DossierId
from ocr.character_types import TextPlace
from tests.ui.fake_characters import FakeCharacters, read_text
from tests.ui.field_keys import CTRL, KEY, open_indexing, press
from ui.screens.characters import wall as wall_module
from ui.screens.characters.glyphs import GroupCount, beside, glyphs_of, groups_of, name_of
from ui.screens.characters.presenter import WallPresenter
from ui.texts import t

TEXTS = (
    read_text(1, "KH/D/2017/00938"),
    read_text(2, "KH/D/2O17/00940", "KH/D/2017/00940", sureness=(-1.0,) * 6 + (0.2,) + (-1.0,) * 8),
    read_text(3, "KH/D/2017/00171", checked=frozenset({0})),
    read_text(4, "?not to be cut"),
)


@pytest.fixture(autouse=True)
def quick_eyes(monkeypatch):
    monkeypatch.setattr(wall_module, "SEEN_AFTER_S", 0.0)


@pytest.fixture
def characters(context):
    fake = FakeCharacters()
    context.characters = context.character_checks = fake
    context.texts_to_check = TEXTS
    fake.sureness[TEXTS[2].viewing_path, 14] = 0.4  # its last 1
    return fake


@pytest.fixture
def wall(context, characters, open_window, qtbot):
    screen = open_indexing(context, open_window, qtbot)
    press(qtbot, KEY.Key_F10, CTRL)
    qtbot.waitUntil(lambda: not screen._desk.tasks.is_busy, timeout=5000)
    assert QApplication.focusWidget() is screen.wall.wall
    return screen.wall


def shown(wall):
    return [(each.text.dossier_id, each.place) for each in wall.model.rows]


def chars(wall):
    return {group.char: group.count for group in wall.groups._groups}


def accept(wall, qtbot):
    """Enter on the last part of a group, all of it seen."""
    qtbot.waitUntil(lambda: wall.is_empty or not wall.wall.unshown(wall.model.ids), timeout=5000)
    press(qtbot, KEY.Key_Return)


def to_group(wall, qtbot, char):
    for _ in range(20):
        if wall.groups._chosen == char:
            return
        press(qtbot, KEY.Key_Tab)
    raise AssertionError(char)


def test_characters_stand_by_what_they_were_read_as_least_sure_first(wall, qtbot):
    assert chars(wall)["0"] == 10
    assert wall.groups._chosen == "0"
    first = wall.model.rows[0]
    assert (first.text.dossier_id, first.place, first.sureness) == (2, 6, 0.2), "an O that was read as 0"
    to_group(wall, qtbot, "1")
    assert shown(wall)[0] == (3, 14)
    assert "K" in chars(wall)
    assert chars(wall)["K"] == 2, "one was compared before"
    assert t("wall.uncut", n=1) in wall.told


def test_arrows_move_space_marks_and_enter_keeps_the_group(wall, characters, qtbot):
    to_group(wall, qtbot, "1")
    press(qtbot, KEY.Key_Space)
    press(qtbot, KEY.Key_Right)
    assert wall.wall.current().text.dossier_id == shown(wall)[1][0]
    count = len(shown(wall))
    accept(wall, qtbot)
    qtbot.waitUntil(lambda: len(characters.said) == 1, timeout=5000)
    said = characters.said[0]
    assert len(said) == count
    assert [(each.dossier_id, each.place, each.put) for each in said if each.put is not None] == [(3, 14, "")]
    assert "1" not in chars(wall)
    assert all(each.text.dossier_id != 3 for each in wall.model.rows), (
        "the rest of a doubted text goes with it"
    )


def test_a_typed_character_corrects_and_the_frame_goes_on(wall, characters, qtbot):
    to_group(wall, qtbot, "1")
    press(qtbot, KEY.Key_7)
    assert wall.wall.delegate.marks == {wall.model.ids[0]: "7"}
    assert wall.wall.currentIndex().row() == 1
    press(qtbot, KEY.Key_1)
    assert len(wall.wall.delegate.marks) == 1, "the same as it was read is no correction"
    accept(wall, qtbot)
    qtbot.waitUntil(lambda: bool(characters.said), timeout=5000)
    assert [each.put for each in characters.said[0] if each.put] == ["7"]


def test_native_digits_are_taken_as_latin_ones(wall, qtbot):
    typed = QKeyEvent(QEvent.Type.KeyPress, 0, Qt.KeyboardModifier.NoModifier, "៧")
    QApplication.sendEvent(wall.wall, typed)
    assert list(wall.wall.delegate.marks.values()) == ["7"]
    press(qtbot, KEY.Key_Left)
    press(qtbot, KEY.Key_Backspace)
    assert wall.wall.delegate.marks == {}


def test_the_last_group_is_taken_back_whole(wall, characters, qtbot):
    before = chars(wall)
    accept(wall, qtbot)
    qtbot.waitUntil(lambda: len(characters.said) == 1, timeout=5000)
    press(qtbot, KEY.Key_Z, CTRL)
    qtbot.waitUntil(lambda: len(characters.taken_back) == 1 and chars(wall) == before, timeout=5000)
    assert wall.groups._chosen == "0"


@pytest.mark.parametrize(("code", "taken"), [("busy", 1), ("check_overtaken", 0)])
def test_an_undo_that_failed_is_tried_again_unless_it_never_can(wall, characters, qtbot, code, taken):
    accept(wall, qtbot)
    qtbot.waitUntil(lambda: len(characters.said) == 1, timeout=5000)
    characters.undo_fails = code
    press(qtbot, KEY.Key_Z, CTRL)
    press(qtbot, KEY.Key_Z, CTRL)  # while the first is being written
    tasks = wall.parent()._desk.tasks
    qtbot.waitUntil(lambda: not characters.undo_fails and not tasks.is_busy, timeout=5000)
    assert characters.taken_back == []
    press(qtbot, KEY.Key_Z, CTRL)
    qtbot.waitUntil(lambda: not tasks.is_busy, timeout=5000)
    assert len(characters.taken_back) == taken
    assert ("0" in chars(wall)) is bool(taken)


def test_of_a_text_that_was_changed_since_nothing_comes_back(wall, characters, qtbot):
    accept(wall, qtbot)
    characters.left = (DossierId(2),)
    press(qtbot, KEY.Key_Z, CTRL)
    qtbot.waitUntil(lambda: "0" in chars(wall), timeout=5000)
    assert {dossier_id for dossier_id, _ in shown(wall)} == {1, 3}


def test_enter_goes_on_to_what_nobody_has_seen_and_accepts_on_the_last_part(wall, characters, qtbot):
    presenter = wall.parent().findChild(WallPresenter)
    more = [read_text(number, "KH/D/2017/00938") for number in range(100, 180)]
    fake = FakeCharacters()
    strips = [(each, fake.strip(each)) for each in more]
    glyphs = [
        one for at, (text, strip) in enumerate(strips) for one in glyphs_of(text, strip, (at + 9) * 10_000)
    ]
    wall.wall.go_to(1)  # a person has begun: what comes now stands behind
    presenter._on_came(glyphs)
    everything = set(wall.model.ids)
    assert len(everything) > 200
    press(qtbot, KEY.Key_Return)
    assert wall.model.ids, "none of it was on the screen"
    steps = 0
    while wall.wall.unshown(wall.model.ids):
        assert (
            t("wall.next_part", n=len(wall.wall.unshown(wall.model.ids))) == wall.accept.text() or steps == 0
        )
        left = len(wall.wall.unshown(wall.model.ids))
        press(qtbot, KEY.Key_Return)
        qtbot.waitUntil(lambda left=left: len(wall.wall.unshown(wall.model.ids)) < left, timeout=5000)
        qtbot.waitUntil(lambda: not wall.wall._tells.isActive(), timeout=5000)
        steps += 1
        assert not characters.said
    assert steps > 1
    assert wall.accept.text() == t("wall.accept")
    press(qtbot, KEY.Key_Return)
    qtbot.waitUntil(lambda: len(characters.said) == 1, timeout=5000)
    assert len(characters.said[0]) == len(everything)


def test_an_enter_right_after_something_appeared_accepts_nothing(wall, characters, qtbot, monkeypatch):
    monkeypatch.setattr(wall_module, "SEEN_AFTER_S", 60.0)
    accept(wall, qtbot)
    assert wall.groups._chosen == "0"
    monkeypatch.setattr(wall_module, "SEEN_AFTER_S", 0.0)
    accept(wall, qtbot)
    assert wall.groups._chosen != "0"


def test_what_could_not_be_written_comes_back(wall, characters, qtbot):
    before = chars(wall)
    characters.fails = True
    accept(wall, qtbot)
    qtbot.waitUntil(lambda: chars(wall) == before, timeout=5000)


def test_keys_of_the_folder_behind_do_nothing_and_escape_goes_back(wall, context, qtbot):
    screen = wall.parent()
    for key in (KEY.Key_F6, KEY.Key_F7, KEY.Key_F8, KEY.Key_F9):
        press(qtbot, key)
    assert not [call for call in context.calls if call[0] in ("hold", "report_problem", "confirm")]
    assert not screen.picker.isVisible()
    press(qtbot, KEY.Key_Escape)
    assert QApplication.focusWidget() is screen.field
    assert screen.stack.isVisible()


def test_f2_opens_the_folder_of_the_character(wall, qtbot):
    screen = wall.parent()
    to_group(wall, qtbot, "1")
    wall.wall.go_to(0)
    press(qtbot, KEY.Key_F2)
    qtbot.waitUntil(lambda: screen.viewer.detail.summary.dossier_id == 3, timeout=5000)
    assert wall.isHidden()


def test_all_compared_is_said_and_what_was_cut_is_not_cut_again(wall, characters, qtbot):
    for _ in range(20):
        if wall.is_empty:
            break
        accept(wall, qtbot)
    assert wall.empty.title == t("wall.done")
    cut = len(characters.cut_pages)
    press(qtbot, KEY.Key_Escape)
    screen = wall.parent()
    qtbot.waitUntil(lambda: not screen._desk.tasks.is_busy, timeout=5000)
    press(qtbot, KEY.Key_F10, CTRL)
    qtbot.waitUntil(lambda: not wall.is_empty and not screen._desk.tasks.is_busy, timeout=5000)
    assert len(characters.cut_pages) == cut


def test_nothing_to_compare_is_a_friendly_word(context, open_window, qtbot):
    context.characters = context.character_checks = FakeCharacters()
    screen = open_indexing(context, open_window, qtbot)
    press(qtbot, KEY.Key_F10, CTRL)
    qtbot.waitUntil(lambda: screen.wall.empty.title == t("wall.none"), timeout=5000)
    press(qtbot, KEY.Key_Return)
    qtbot.waitUntil(screen.stack.isVisible, timeout=5000)


def test_the_key_list_tells_of_the_wall_while_it_is_in_front(wall):
    screen = wall.parent()
    assert t("keys.wall_accept") in [hint.text for hint in screen.key_hints()]
    screen.wall.left.emit()
    assert t("wall.title") in [hint.text for hint in screen.key_hints()]


def test_ten_thousand_characters_are_scrolled_without_a_stutter(wall, qtbot):
    """A frame has 16 ms; what is measured is painting a page of the wall somewhere in the middle."""
    cut = FakeCharacters().cut
    from ocr.character_types import CharactersTask, TextPlace

    text = TEXTS[0]
    (strip,) = cut(
        CharactersTask(text.viewing_path, text.words_path, 1, 1, (TextPlace(text.printed, text.box),))
    )
    wall.model.replace(
        [glyph for number in range(1_000) for glyph in glyphs_of(text, strip, 1_000_000 + number * 100)]
    )
    assert wall.model.rowCount() > 10_000
    qtbot.waitUntil(lambda: wall.wall.verticalScrollBar().maximum() > 10_000, timeout=5000)
    bar, picture = wall.wall.verticalScrollBar(), QPixmap(wall.wall.viewport().size())
    took = []
    for step in range(12):
        bar.setValue(4_000 + step * 90)
        began = perf_counter()
        wall.wall.viewport().render(picture)
        took.append(perf_counter() - began)
    assert sorted(took)[6] < 0.1, "a tenth of a second on a machine that does other work too"


def test_groups_go_round_and_a_group_that_is_gone_is_followed_by_the_next():
    groups = (GroupCount("0", 3), GroupCount("7", 1), GroupCount("K", 2))
    assert [beside(groups, "0", by) for by in (1, -1)] == ["7", "K"]
    assert beside(groups, "1", 1) == "7"
    assert beside(groups, "Z", 1) == "0"
    assert beside((), "0", 1) == ""


def test_digits_of_another_script_are_a_group_of_their_own_named_with_their_value():
    text = read_text(5, "៤១4")
    cut = FakeCharacters()._cut(text.viewing_path, TextPlace(text.printed, text.box))
    assert cut is not None
    groups = groups_of(glyphs_of(text, cut, 1))
    assert [each.char for each in groups] == ["4", "១", "៤"]
    assert [name_of(each.char) for each in groups] == ["4", "១ = 1", "៤ = 4"]


def test_keys_before_the_first_character_is_there_stay_with_the_wall(context, characters, open_window, qtbot):
    screen = open_indexing(context, open_window, qtbot)
    press(qtbot, KEY.Key_F10, CTRL)
    button = screen.wall.empty.button
    assert QApplication.focusWidget() is button, "nothing has come yet"
    for key in (KEY.Key_Right, KEY.Key_Right, KEY.Key_Down, KEY.Key_Space, KEY.Key_Tab, KEY.Key_Return):
        QTest.keyClick(button, key)
        assert QApplication.focusWidget() is button
    assert screen.wall.isVisible()
    QTest.keyClick(button, KEY.Key_Escape)
    assert not screen.wall.isVisible()
    qtbot.waitUntil(lambda: not screen._desk.tasks.is_busy, timeout=5000)
