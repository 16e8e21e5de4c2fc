"""Keys of Indexing can be changed, kept, and never in a way that hides another key or types into a field."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QApplication

from tests.ui.sample_fields import give_fields
from ui.dialogs.keys_dialog import KeysDialog
from ui.key_map import ACTIONS, KeyMap, caps
from ui.preferences import Preferences
from ui.texts import t

KEY = Qt.Key
CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def keys(qapp, tmp_path):
    owner = QObject()
    yield KeyMap(Preferences(tmp_path, owner), owner)
    owner.deleteLater()


def test_usual_keys_have_no_conflict(keys):
    assert [action.name for action in ACTIONS if keys.conflict(action.name, action.usual)] == []


def test_changed_key_is_kept_for_the_next_window(keys, tmp_path):
    assert keys.change("field_pick", "Ctrl+F7") is None
    again = KeyMap(Preferences(tmp_path, keys), keys)
    assert (again.key("field_pick"), again.key("hold")) == ("Ctrl+F7", "F6")
    again.reset()
    assert again.key("field_pick") == "F10"


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("F6", "keys.taken"),
        ("F2", "keys.taken"),
        ("Ctrl+PgUp", "keys.taken"),
        ("Ctrl+C", "keys.taken"),
        ("A", "keys.types"),
        ("?", "keys.types"),
        ("Shift+7", "keys.types"),
        ("Ctrl+ក", "keys.of_layout"),
        ("Ctrl+K, Ctrl+L", "keys.no_key"),
        ("", "keys.no_key"),
    ],
)
def test_key_that_would_hide_another_or_type_is_refused_with_words(keys, key, words):
    found = keys.change("field_pick", key)
    assert found is not None
    assert found.words == words
    assert "?" not in found.text
    assert keys.key("field_pick") == "F10"


def test_two_actions_may_change_places_one_after_the_other(keys):
    assert keys.change("hold", "Ctrl+F9") is None
    assert keys.change("problem", "F6") is None
    assert keys.change("hold", "F7") is None
    assert (keys.key("hold"), keys.key("problem")) == ("F7", "F6")


def test_stored_key_that_can_be_none_any_more_gives_way_to_the_usual_one(keys, tmp_path):
    Preferences(tmp_path, keys).keep("keys_indexing/hold", "x")
    assert KeyMap(Preferences(tmp_path, keys), keys).key("hold") == "F6"


def test_keys_are_drawn_as_caps():
    assert [caps(key) for key in ("Ctrl+Return", "Shift+F8", "F6")] == ["Ctrl Enter", "Shift F8", "F6"]


@pytest.mark.qt_log_ignore("This plugin does not support")
def test_keys_are_changed_by_keys_and_work_at_once(context, open_window, qtbot):
    give_fields(context, 1)
    window = open_window(context)
    window.go("indexing", 1)
    view = window.screen_named("indexing")
    qtbot.waitUntil(lambda: bool(view.message.text) and bool(view.fields.cards), timeout=5000)
    qtbot.keyClick(QApplication.focusWidget(), KEY.Key_F1, CTRL)
    qtbot.waitUntil(lambda: window.findChild(KeysDialog) is not None, timeout=5000)
    dialog = window.findChild(KeysDialog)
    place = dialog.places["field_next"]
    qtbot.keyClick(place, KEY.Key_Return)
    assert place.is_waiting
    qtbot.keyClick(place, KEY.Key_F6)
    assert t("keys.hold") in dialog.message.text
    qtbot.keyClick(place, KEY.Key_Return)
    qtbot.keyClick(place, KEY.Key_F9, CTRL)
    assert view.keys.key("field_next") == "Ctrl+F9"
    qtbot.keyClick(place, KEY.Key_Escape)
    qtbot.waitUntil(lambda: window.findChild(KeysDialog) is None, timeout=5000)
    window.activateWindow()
    view.field.setFocus()
    qtbot.waitUntil(lambda: QApplication.focusWidget() is view.field, timeout=5000)
    qtbot.keyClick(view.field, KEY.Key_F9, CTRL)
    qtbot.waitUntil(lambda: view.fields.focused() is not None, timeout=5000)
    assert any(hint.keys == "Ctrl F9" for hint in view.key_hints())
