"""What was done a moment before the window closes is written; a change told while a list failed is read after it."""

from __future__ import annotations

import threading
from functools import partial

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from app.errors import DiskFull
from ui.tasks import Tasks

KEY = Qt.Key
NONE, CTRL, ALT = (
    Qt.KeyboardModifier.NoModifier,
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.AltModifier,
)


def calls(context, *names):
    return [call for call in context.calls if call[0] in names]


@pytest.fixture
def review(context, open_window, qtbot):
    window = open_window(context)
    window.go("review")
    view = window.screen_named("review")
    qtbot.waitUntil(lambda: view.pages.rowCount() == 9, timeout=5000)
    return view


@pytest.mark.parametrize(
    ("keys", "name"),
    [
        ([(KEY.Key_F9, NONE)], "edit"),
        ([(KEY.Key_Up, ALT)], "edit"),  # its half second of rest is not over yet
        ([(KEY.Key_R, CTRL)], "reprocess"),
        ([(KEY.Key_D, CTRL)], "split"),
        ([(KEY.Key_F6, CTRL)], "cut"),
        ([(KEY.Key_F8, NONE), (KEY.Key_F8, NONE)], "approve"),
        ([(KEY.Key_F7, NONE), (KEY.Key_Return, NONE)], "return"),
    ],
)
def test_an_act_of_review_is_written_though_the_window_closes_at_once(review, context, qtbot, keys, name):
    qtbot.waitUntil(lambda: not review._desk.tasks.is_busy, timeout=5000)
    gate = threading.Event()
    review._desk.tasks.write(partial(gate.wait, 5))  # something is being written already
    for key, modifiers in keys:
        qtbot.keyClick(QApplication.focusWidget(), key, modifiers)
    assert not calls(context, name)
    review.window().close()
    threading.Timer(0.05, gate.set).start()
    review._desk.close()
    assert len(calls(context, name)) == 1


def test_acts_on_documents_are_writes(room_of_tree, qtbot, monkeypatch):
    tree = room_of_tree
    written = []
    monkeypatch.setattr(Tasks, "write", lambda self, call, *receivers: written.append(call))
    tree.split_asked.emit(3)
    tree.undo_asked.emit()
    tree.redo_asked.emit()
    assert len(written) == 3


@pytest.fixture
def room_of_tree(context, review):
    tree = review.tree
    presenter = review.window()._presenters["review"]
    presenter._documents._dossier_id = 1
    context.documents = context.undoing = _Anything()
    return tree


class _Anything:
    """Acts that are only handed over here."""

    def __getattr__(self, _name):
        return lambda *_arguments, **_options: None


@pytest.mark.parametrize(
    ("screen", "question", "touched"),
    [
        ("uploads", "upload_ids", "outbox"),
        ("batches", "batch_heads", "batch"),
        ("review", "queue", "dossier"),
    ],
)
def test_a_change_told_while_a_list_could_not_be_read_is_read_after_it(
    context, open_window, qtbot, monkeypatch, screen, question, touched
):
    window = open_window(context)
    window.go(screen)
    desk = window._desk
    qtbot.waitUntil(lambda: not desk.tasks.is_busy, timeout=5000)
    gate, usual, asked = threading.Event(), getattr(desk.reading, question), []

    def fails_once(*arguments, **options):
        asked.append(arguments)
        if len(asked) == 1:
            gate.wait(5)
            raise DiskFull("disk_full", retryable=True, where="database")
        return usual(*arguments, **options)

    monkeypatch.setattr(desk.reading, question, fails_once)
    window._presenters[screen]._load()
    window._presenters[screen]._load()  # what a change told meanwhile leads to
    gate.set()
    qtbot.waitUntil(lambda: len(asked) == 2 and not desk.tasks.is_busy, timeout=5000)
