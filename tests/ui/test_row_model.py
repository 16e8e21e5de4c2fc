from __future__ import annotations

import random
from dataclasses import dataclass

import pytest
from PySide6.QtCore import QPersistentModelIndex
from PySide6.QtTest import QAbstractItemModelTester

from ui.models.row_model import ROW_ROLE, RowModel


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
