"""A second start: the first window comes forward and gets what is to be imported."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, Qt

from app.errors import OperatorError
from app.roles import BACKGROUND, Role, is_window_open, window_role
from app.windows.instance import MUTEX_NAME
from tests.helpers.real_program import PROJECT, environment
from ui.single_window import FirstWindow, _paths_of, become_first, call_first

CALL = "import sys; from pathlib import Path; from ui.single_window import call_first; sys.exit(not call_first(Path(sys.argv[1]), [Path(name) for name in sys.argv[2:]]))"


@pytest.fixture
def first(qapp, tmp_path):
    owner = QObject()
    first = become_first(tmp_path)
    assert first is not None
    first.setParent(owner)
    yield first
    first.close()


def second_start(home: Path, *paths: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", CALL, str(home), *paths], cwd=PROJECT, env=environment({}))


def test_second_start_calls_the_first_window(first, qtbot, tmp_path):
    with qtbot.waitSignal(first.called, timeout=30_000):
        second = second_start(tmp_path)
    qtbot.waitUntil(lambda: second.poll() is not None, timeout=10_000)
    assert second.returncode == 0


def test_without_a_window_nobody_is_called(qapp, first, tmp_path):
    assert not call_first(tmp_path / "another home")
    first.close()
    assert not call_first(tmp_path)


def test_paths_of_starts_at_one_moment_arrive_in_one_piece(first, qtbot, tmp_path):
    names = [str(tmp_path / f"ថត {number}" / "page 1.pdf") for number in range(4)]
    first._timer.setInterval(60_000)  # however slowly they start here
    first.gather([Path(names[0])])
    for name in names[1:]:
        with qtbot.waitSignal(first.called, timeout=30_000):
            second_start(tmp_path, name, names[0])
    with qtbot.waitSignal(first.paths_arrived, timeout=5_000) as arrived:
        first._timer.start(0)
    assert sorted(map(str, arrived.args[0])) == sorted(names)


def test_of_many_starts_at_once_one_becomes_the_window(qapp, tmp_path):
    barrier = threading.Barrier(8)

    def take(_number):
        barrier.wait()
        return Role.take(tmp_path, window_role())

    with ThreadPoolExecutor(8) as starts:
        roles = [role for role in starts.map(take, range(8)) if role is not None]
    assert len(roles) == 1
    assert is_window_open(tmp_path)
    roles[0].release()
    assert not is_window_open(tmp_path)


def test_a_window_that_hangs_does_not_keep_another_from_opening(qapp, tmp_path):
    hung = Role.take(tmp_path, window_role())
    beside = become_first(tmp_path, patience_s=0.3)
    assert beside is not None
    beside.close()
    assert is_window_open(tmp_path)
    hung.release()


def test_the_background_worker_is_no_window(tmp_path):
    role = Role.take(tmp_path, BACKGROUND)
    assert not is_window_open(tmp_path)
    assert Role.take(tmp_path, BACKGROUND) is None
    role.release()


@pytest.mark.parametrize("words", [b"come forward\n", b"{}\n", b'{"paths": 7}\n', b'[1, "x"]\n', b"\xff\n"])
def test_strange_words_are_no_paths(words):
    assert _paths_of(words) == []


def test_paths_travel_whatever_letters_they_hold():
    names = ["C:\\Users\\សុខា\\scan 1.pdf", "/mnt/caf\udce9.tif"]
    message = json.dumps({"paths": names}).encode("ascii") + b"\n"
    assert [str(path) for path in _paths_of(message)] == [str(Path(name)) for name in names]


@pytest.mark.qt_log_ignore("This plugin does not support raise")
def test_a_minimised_window_is_restored(context, open_window, qtbot):
    window = open_window(context)
    window.setWindowState(Qt.WindowState.WindowMaximized | Qt.WindowState.WindowMinimized)
    window.come_forward()
    assert not window.isMinimized()
    assert window.isMaximized()
    assert window.isVisible()


def test_paths_handed_over_are_imported_in_capture(context, open_window, qtbot, tmp_path):
    window = open_window(context)
    window.take_paths((tmp_path / "box 1",))
    assert window.current == "capture"
    qtbot.waitUntil(lambda: any(call[0] == "import_paths" for call in context.calls), timeout=5000)
    assert context.calls[-1][1] == (tmp_path / "box 1",)


@pytest.mark.skipif(sys.platform != "win32", reason="named mutexes exist on Windows only")
def test_the_setup_sees_an_open_window(first):
    import ctypes

    kernel32 = ctypes.WinDLL("kernel32")
    kernel32.OpenMutexW.restype = ctypes.c_void_p
    synchronize = 0x00100000
    handle = kernel32.OpenMutexW(synchronize, False, MUTEX_NAME)
    assert handle
    kernel32.CloseHandle(ctypes.c_void_p(handle))
    first.close()
    assert not kernel32.OpenMutexW(synchronize, False, MUTEX_NAME)


@pytest.mark.skipif(sys.platform == "win32", reason="a pipe of Windows vanishes with its program")
def test_first_window_takes_the_place_of_one_that_was_killed(qapp, qtbot, tmp_path):
    left = FirstWindow(tmp_path)  # its role died with it, its socket lies there still
    first = become_first(tmp_path)
    with qtbot.waitSignal(first.called, timeout=30_000):
        second_start(tmp_path)
    first.close()
    left.close()


def test_a_home_where_no_role_can_be_taken_is_said(tmp_path):
    (tmp_path / f".{window_role()}.role").mkdir()
    with pytest.raises(OperatorError, match="home_not_writable"):
        become_first(tmp_path)
