"""Keys of a screen: they work while it is visible, wherever the focus is inside the window."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QEvent, Qt, SignalInstance
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

Target = Callable[[], Any] | SignalInstance


def add_keys(widget: QWidget, keys: Sequence[tuple[str, Target]]) -> None:
    """Let each key call a method of a QObject or emit a signal."""
    for sequence, target in keys:
        shortcut = QShortcut(QKeySequence(sequence), widget)
        shortcut.setAutoRepeat(sequence not in ("F6", "F7", "F8", "F9"))
        shortcut.activated.connect(target)


def named_key(widget: QWidget, target: Target) -> QShortcut:
    """A key that a person may change: its owner gives it its sequence."""
    shortcut = QShortcut(widget)
    shortcut.setAutoRepeat(False)
    shortcut.activated.connect(target)
    return shortcut


def passes_question(event: QEvent) -> bool:
    """Leave a "?" to the window, which shows its keys, where no value can have one; True when it was one."""
    is_key = event.type() in (QEvent.Type.ShortcutOverride, QEvent.Type.KeyPress)
    if not is_key or not isinstance(event, QKeyEvent) or event.text() != "?":
        return False
    event.ignore()
    return True


def claims_escape(event: QEvent) -> bool:
    """Accept an Esc that a shortcut of the screen behind would otherwise take; True when it was one."""
    if event.type() != QEvent.Type.ShortcutOverride or not isinstance(event, QKeyEvent):
        return False
    if event.key() != Qt.Key.Key_Escape:
        return False
    event.accept()
    return True
