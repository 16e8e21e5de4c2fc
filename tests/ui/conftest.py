"""Screen tests run offscreen over a fake context; a Qt warning or a thread left behind fails them."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import pytest
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication

from tests.ui.desks import dress, fake_desk
from tests.ui.drawn_pages import DrawnPage
from tests.ui.fake_context import FakeContext
from tests.ui.sample_room import fill
from ui.desk import Desk
from ui.main_window import MainWindow
from ui.theme import ThemeChoice


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here):
            item.add_marker(pytest.mark.qt_log_level_fail("WARNING"))


@pytest.fixture(autouse=True)
def no_thread_is_left() -> Iterator[None]:
    before = set(threading.enumerate())
    yield
    left = [each for each in threading.enumerate() if each not in before and not each.daemon]
    assert left == []


@pytest.fixture
def dressed(qapp: QApplication) -> QApplication:
    dress(qapp)
    return qapp


@pytest.fixture(scope="session")
def page_files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("pages")


@pytest.fixture(scope="session")
def drawn() -> dict[str, DrawnPage]:
    return {}


@pytest.fixture
def context(
    dressed: QApplication, tmp_path: Path, page_files: Path, drawn: dict[str, DrawnPage]
) -> FakeContext:
    context = FakeContext(tmp_path)
    fill(context, page_files, drawn)
    return context


@pytest.fixture
def empty_context(dressed: QApplication, tmp_path: Path) -> FakeContext:
    return FakeContext(tmp_path)


@pytest.fixture
def make_desk(dressed: QApplication, tmp_path: Path) -> Iterator[object]:
    owner = QObject()
    desks: list[Desk] = []

    def make(context: FakeContext, look: ThemeChoice = ThemeChoice.LIGHT) -> Desk:
        desk = fake_desk(dressed, context, tmp_path, look, owner)
        desks.append(desk)
        return desk

    yield make
    for desk in desks:
        desk.close()
        assert not desk.tasks.is_busy
    owner.deleteLater()


@pytest.fixture
def open_window(qtbot, make_desk) -> Iterator[object]:
    windows: list[MainWindow] = []

    def make(context: FakeContext, look: ThemeChoice = ThemeChoice.LIGHT) -> MainWindow:
        window = MainWindow(make_desk(context, look))
        windows.append(window)
        window.show()
        qtbot.waitExposed(window)
        window.activateWindow()
        qtbot.waitUntil(lambda: QApplication.focusWidget() is not None, timeout=5000)
        return window

    yield make
    for window in windows:
        window.close()
        window.deleteLater()
