"""The wall with the real service and database behind it: what is marked by keys is kept, and taken back, in the ledger."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import pytest
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication

from app.domain.field_kinds import DossierField
from app.domain.states import DossierState
from app.queries.characters import MISREAD, texts_to_check
from app.queries.dossiers import get_dossier
from app.queries.fields import fields_of
from tests.helpers.program import PROOF, finish, open_program, write_page
from tests.ui.desks import fake_desk
from tests.ui.fake_characters import FakeCharacters
from tests.ui.field_keys import CTRL, KEY, press
from ui.bridge import Bridge
from ui.main_window import MainWindow
from ui.reading import Reading
from ui.screens.characters import wall as wall_module
from ui.theme import ThemeChoice

READ, RIGHT = "KH/P/2018/00417", "KH/P/2018/00411"


@pytest.fixture
def program(tmp_path, monkeypatch):
    with open_program(
        tmp_path / "home", monkeypatch, release="none", text=PROOF + "\n(22) Filing date: 12.03.2018"
    ) as program:
        write_page(tmp_path / "folder" / "1.png", 1)
        program.capture.import_paths([tmp_path / "folder"])
        finish(program)
        monkeypatch.setattr(program, "characters", SimpleNamespace(cut=FakeCharacters().cut))  # no worker
        monkeypatch.setattr(wall_module, "SEEN_AFTER_S", 0.0)
        yield program


@pytest.fixture
def window(program, tmp_path, dressed, qtbot):
    owner = QObject()
    desk = fake_desk(dressed, program, tmp_path, ThemeChoice.LIGHT, owner)
    desk = replace(desk, reading=Reading(program), bridge=Bridge(program.bus, owner))
    window = MainWindow(desk)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(lambda: QApplication.focusWidget() is not None, timeout=5000)
    yield window
    window.close()
    window.deleteLater()
    desk.close()
    owner.deleteLater()


def candidates(program):
    return [(each.application_number, each.role) for each in get_dossier(program.database, 1).candidates]


def filed(program):
    rows = fields_of(program.database, 1, program.offices["KH"])
    return next(each.said.printed for each in rows if each.field is DossierField.FILING_DATE)


def seen(program):
    return {each.what: len(each.checked) for each in texts_to_check(program.database)}


def test_what_is_marked_by_keys_is_in_the_ledger_and_out_of_it_again(window, program, qtbot):
    before = get_dossier(program.database, 1).summary
    window.go("indexing", 1)
    screen = window.screen_named("indexing")
    qtbot.waitUntil(lambda: screen.field.text() == READ, timeout=5000)
    press(qtbot, KEY.Key_F10, CTRL)
    wall = screen.wall
    tasks = screen._desk.tasks

    def accept(char, *keys):
        for _ in range(20):
            if wall.groups._chosen == char:
                break
            press(qtbot, KEY.Key_Tab)
        for key in keys:
            press(qtbot, key)
        qtbot.waitUntil(lambda: not wall.wall.unshown(wall.model.ids), timeout=5000)
        press(qtbot, KEY.Key_Return)
        qtbot.waitUntil(lambda: not tasks.is_busy, timeout=5000)

    def take_back():
        press(qtbot, KEY.Key_Z, CTRL)
        qtbot.waitUntil(lambda: not tasks.is_busy, timeout=5000)

    qtbot.waitUntil(lambda: bool(wall.model.ids) and not tasks.is_busy, timeout=5000)
    accept("K")
    assert seen(program)[DossierField.APPLICATION_NUMBER] == 1
    accept("7", KEY.Key_1)
    assert candidates(program) == [(RIGHT, "application"), (READ, MISREAD)]
    accept("3", KEY.Key_Space)
    assert (filed(program), set(seen(program))) == ("12.03.2018", {DossierField.APPLICATION_NUMBER})
    assert wall.is_empty, "nothing is left to compare, and still it can be taken back"
    for _ in range(3):
        take_back()
    summary = get_dossier(program.database, 1).summary
    assert candidates(program) == [(READ, "application")]
    assert (summary.state, summary.link) == (DossierState.TO_INDEX, before.link)
    assert set(seen(program).values()) == {0}

    accept("3", KEY.Key_2)
    assert filed(program) == "12.02.2018"
    program.indexing.confirm(1, READ)
    take_back()
    assert filed(program) == "12.02.2018", "a person has confirmed the folder with it"
