from __future__ import annotations

import random
from dataclasses import dataclass

import pytest
from PySide6.QtCore import QObject, QPersistentModelIndex
from PySide6.QtTest import QAbstractItemModelTester

from app.events import Changes
from ui.models.row_model import ID_ROLE, ROW_ROLE, RowModel
from ui.models.row_pages import RowPages
from ui.tasks import Tasks


@dataclass(frozen=True)
class Line:
    id: int
    words: str = ""


@pytest.fixture
def model(qapp):
    model = RowModel(lambda row: row.id, lambda row: row.words)
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    yield model
    del tester


def test_replace_keeps_persistent_places(model):
    model.replace([Line(1), Line(2), Line(3)])
    kept = QPersistentModelIndex(model.index(1, 0))
    model.replace([Line(9), Line(3), Line(2)])
    assert kept.data(ROW_ROLE).id == 2
    assert model.ids == (9, 3, 2)


def test_replace_never_resets_and_tells_only_what_changed(model, qtbot):
    model.replace([Line(1, "a"), Line(2, "b")])
    told = []
    model.modelReset.connect(lambda: told.append("reset"))
    model.dataChanged.connect(lambda first, last: told.append((first.row(), last.row())))
    model.replace([Line(1, "a"), Line(2, "c")])
    assert told == [(1, 1)]


def test_any_replacement_ends_in_the_wanted_order(model):
    chance = random.Random(5)
    for _ in range(120):
        wanted = chance.sample(range(12), chance.randrange(12))
        model.replace([Line(number, str(chance.random())) for number in wanted])
        assert list(model.ids) == wanted


def test_update_passes_over_unknown_rows(model):
    model.replace([Line(1)])
    model.update([Line(7), Line(1, "new")])
    assert model.rows == (Line(1, "new"),)


def test_append_adds_each_row_once(model):
    model.append([Line(1), Line(2)])
    model.append([Line(2), Line(3)])
    assert model.ids == (1, 2, 3)


def test_an_order_without_rows_asks_for_those_that_are_looked_at(model):
    told = []
    model.missed.connect(lambda: told.append("missed"))
    model.show_ids(range(100_000))
    assert model.rowCount() == 100_000
    assert model.index(70_000, 0).data(ROW_ROLE) is None
    assert model.index(70_000, 0).data(ID_ROLE) == 70_000
    assert model.index(3, 0).data(ROW_ROLE) is None
    assert told == ["missed"]
    assert model.take_missed()[:2] == (3, 70_000)
    assert model.take_missed() == ()


def test_rows_fill_in_and_stay_when_the_order_changes(model):
    model.show_ids([5, 6, 7], [Line(6, "six")])
    model.update([Line(7, "seven"), Line(99, "unknown")])
    kept = QPersistentModelIndex(model.index_of(7))
    model.show_ids([9, 7, 6])
    assert (model.ids, model.rows) == ((9, 7, 6), (Line(7, "seven"), Line(6, "six")))
    assert kept.data(ROW_ROLE) == Line(7, "seven")
    model.show_ids([9])
    assert model.row_of(7) is None
    assert model.held == ()


def test_any_order_of_ids_ends_as_wanted_with_the_rows_that_are_known(model):
    chance = random.Random(6)
    for _ in range(120):
        wanted = chance.sample(range(12), chance.randrange(12))
        known = set(model.held) & set(wanted)
        fresh = chance.sample(wanted, len(wanted) // 3)
        model.show_ids(wanted, [Line(number, str(chance.random())) for number in fresh])
        assert list(model.ids) == wanted
        assert set(model.held) == known | set(fresh)


def test_a_long_list_reads_only_what_is_seen_and_what_was_touched(qtbot, qapp):
    asked = []

    def read(ids):
        asked.append(tuple(ids))
        return [Line(number, f"row {number}") for number in ids if number != 4]

    owner = QObject()
    tasks = Tasks(owner)
    model = RowModel(lambda row: row.id, lambda row: row.words, owner)
    pages = RowPages(tasks, model, read, kind="dossier", parent=owner)
    pages.show(range(50_000))
    model.index(20_000, 0).data(ROW_ROLE)
    model.index(4, 0).data(ROW_ROLE)  # deleted since
    qtbot.waitUntil(lambda: model.row_of(20_000) is not None and model.row_of(5) is not None)
    assert sum(map(len, asked)) < 200
    model.index(4, 0).data(ROW_ROLE)
    qtbot.wait(30)
    assert sum(4 in ids for ids in asked) == 1, "what is gone is not asked for again and again"
    pages.note(Changes({"dossier": frozenset({20_000, 40_000})}))
    assert pages.take_due([7]) == (7, 20_000)
    assert pages.take_due() == ()
    pages.note(Changes(origin="elsewhere"))
    assert set(pages.take_due()) == set(model.held)
    tasks.close()


def test_rows_scrolled_past_are_forgotten_when_all_may_have_changed(qtbot, qapp):
    owner = QObject()
    tasks = Tasks(owner)
    model = RowModel(lambda row: row.id, lambda row: row.words, owner)
    pages = RowPages(tasks, model, lambda _ids: (), kind="dossier", parent=owner)
    pages.show(range(2_000), [Line(number) for number in range(2_000)])
    pages.note_all()
    assert pages.take_due() == tuple(range(1_400, 2_000))
    assert len(model.held) == 600
    tasks.close()
