"""Keys into the fields of Indexing, for tests."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from app.domain.field_kinds import DossierField
from tests.ui.sample_fields import give_fields

KEY = Qt.Key
CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
F = DossierField


def open_indexing(context, open_window, qtbot):
    """Folder 12 with its fields, ready for keys."""
    give_fields(context, 1)
    window = open_window(context)
    window.go("indexing", 1)
    view = window.screen_named("indexing")
    qtbot.waitUntil(lambda: view.field.text() == "KH/D/2017/00938", timeout=5000)
    qtbot.waitUntil(lambda: bool(view.message.text), timeout=5000)
    qtbot.waitUntil(lambda: bool(view.fields.cards), timeout=5000)
    return view


def press(qtbot, key, modifiers=Qt.KeyboardModifier.NoModifier):
    qtbot.keyClick(QApplication.focusWidget(), key, modifiers)


def in_field(view):
    card = view.fields.focused()
    return None if card is None else card.field


def said(context, *names):
    return [call[1:] for call in context.calls if call[0] in names]


def to_title(view, qtbot):
    press(qtbot, KEY.Key_Return)
    qtbot.waitUntil(lambda: in_field(view) is F.TITLE, timeout=5000)
