"""No key waits for the disk: lists are read in threads; the GUI thread reads one folder or one page by its key.

How long those take with 100,000 dossiers is measured by tests/benchmarks/large_home.py.
"""

from __future__ import annotations

import inspect
import threading
from functools import wraps

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from tests.ui.fake_context import FakeReading
from ui.reading import Reading
from ui.shell_rail import SCREENS

KEY = Qt.Key
CTRL = Qt.KeyboardModifier.ControlModifier
LISTS_AND_COUNTS = {
    *("batch", "batch_heads", "batches_by_id", "unfinished_batch", "ledger"),
    *("dossiers", "dossiers_by_id", "queue", "released", "count_released"),
    *("upload_ids", "uploads_by_id", "uploads_in_trouble", "destinations", "count_answered_by"),
    *("work", "waiting", "register_info"),
}


@pytest.fixture
def asked_here(monkeypatch):
    """What the GUI thread asked of the reading side, with the names of its arguments."""
    asked = []
    gui = threading.get_ident()

    def watched(name, method):
        @wraps(method)
        def call(self, *given, **named):
            if threading.get_ident() == gui:
                asked.append((name, tuple(named)))
            return method(self, *given, **named)

        return call

    for name, method in inspect.getmembers(FakeReading, inspect.isfunction):
        if not name.startswith("_"):
            monkeypatch.setattr(FakeReading, name, watched(name, method))
    return asked


def press(qtbot, key, modifiers=Qt.KeyboardModifier.NoModifier):
    qtbot.keyClick(QApplication.focusWidget(), key, modifiers)
    qtbot.wait(40)


def test_no_key_and_no_commit_makes_the_gui_thread_read_a_list(asked_here, context, open_window, qtbot):
    window = open_window(context)
    for name in SCREENS:
        window.go(name)
        qtbot.wait(200)
        for key in (KEY.Key_Down, KEY.Key_Up, KEY.Key_PageDown, KEY.Key_F8, KEY.Key_Escape, KEY.Key_F10):
            press(qtbot, key)
        press(qtbot, KEY.Key_Down, CTRL)
        press(qtbot, KEY.Key_Up, CTRL)
        context.tell(dossier=list(context.dossiers), page=list(context.pages_by_id)[:20], outbox=[1, 2])
        qtbot.wait(120)
    assert asked_here, "nothing was watched"
    assert {name for name, _ in asked_here} & LISTS_AND_COUNTS == set()
    of_batches = [named for name, named in asked_here if name == "pages" and "batch_id" in named]
    assert of_batches == []


def test_the_reading_side_of_the_tests_answers_what_the_real_one_does():
    def public(kind):
        members = inspect.getmembers(kind, inspect.isfunction)
        return {name: list(inspect.signature(it).parameters) for name, it in members if name[0] != "_"}

    real, fake = public(Reading), public(FakeReading)
    both = real.keys() & fake.keys()
    assert both >= LISTS_AND_COUNTS
    assert {name: fake[name] for name in both} == {name: real[name] for name in both}
