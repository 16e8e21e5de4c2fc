"""Rows read while a commit changes them are read once more."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from app.events import Changes
from ui.models.row_model import ROW_ROLE, RowModel
from ui.models.row_pages import RowPages


@dataclass(frozen=True)
class Line:
    id: int
    words: str


class HandTasks(QObject):
    """Reads when asked, answers when told."""

    failed = Signal(object)

    def __init__(self):
        super().__init__()
        self.calls = []

    def run(self, call, done=None, failed=None):
        self.calls.append((call(), done))

    def answer(self):
        answer, done = self.calls.pop(0)
        done(answer)


def pages_of(base):
    tasks = HandTasks()
    model = RowModel(lambda row: row.id, lambda row: row.words)
    pages = RowPages(tasks, model, lambda ids: [Line(each, base[each]) for each in ids], kind="dossier")
    pages.show(range(1000))
    model.index(500, 0).data(ROW_ROLE)
    return tasks, model, pages


def test_row_changed_while_it_is_read_is_read_again(qtbot):
    base = dict.fromkeys(range(1000), "old")
    tasks, model, pages = pages_of(base)
    qtbot.waitUntil(lambda: len(tasks.calls) == 1)
    base[500] = "new"
    pages.note(Changes({"dossier": frozenset({500})}))
    due = pages.take_due()
    pages.show(range(1000), [Line(each, base[each]) for each in due])
    tasks.answer()
    qtbot.waitUntil(lambda: len(tasks.calls) == 1)
    tasks.answer()
    assert model.row_of(500).words == "new"
    qtbot.wait(30)
    assert tasks.calls == []


def test_older_answer_does_not_replace_a_row_that_came_with_an_order(qtbot):
    base = dict.fromkeys(range(1000), "old")
    tasks, model, pages = pages_of(base)
    qtbot.waitUntil(lambda: len(tasks.calls) == 1)
    base[501] = "new"
    pages.show(range(1000), [Line(501, "new")])
    tasks.answer()
    assert model.row_of(501).words == "new"
    assert model.row_of(500).words == "old"


def test_everything_touched_while_it_is_read_is_read_again(qtbot):
    base = dict.fromkeys(range(1000), "old")
    tasks, model, pages = pages_of(base)
    qtbot.waitUntil(lambda: len(tasks.calls) == 1)
    base[500] = "new"
    pages.note(Changes({}, origin="elsewhere"))
    tasks.answer()
    qtbot.waitUntil(lambda: len(tasks.calls) == 1)
    tasks.answer()
    assert model.row_of(500).words == "new"
