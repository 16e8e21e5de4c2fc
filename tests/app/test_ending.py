"""The system asks a program to end: the main thread is told at once, and nothing keeps it longer than some seconds."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time

import pytest

from app.ending import LEAVE_AFTER_S, STOPPED, Ending
from app.windows.closing import ClosingWatch, mark_beside_program
from tests.helpers.real_program import PROJECT, environment

PROGRAM = """
import sys, threading, time
from app.ending import Ending

def work(how):
    with Ending() as ending:
        ending.before_leaving(lambda: print("leaving", flush=True))
        try:
            print("working", flush=True)
            if how == "asked":  # as the system does, from a thread of its own
                threading.Timer(0.2, ending.request).start()
            while True:
                time.sleep(0.05)
        except KeyboardInterrupt:
            print("tidying", flush=True)
            if how == "slow":
                ending.request()
                time.sleep(60)
            raise

try:
    work(sys.argv[1])
except KeyboardInterrupt:
    sys.exit(7)
"""


def start(how):
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, how],
        cwd=PROJECT,
        env=environment({}),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stdout.readline().strip() == b"working"
    return process


def test_a_request_interrupts_the_work_and_lets_it_tidy_up():
    process = start("asked")
    output, _ = process.communicate(timeout=20)
    assert output.strip() == b"tidying"
    assert process.returncode == 7


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGTERM between processes")
def test_sigterm_works_where_ctrl_c_is_ignored():
    # A shell starts what runs behind its back with SIGINT ignored.
    process = subprocess.Popen(
        ["sh", "-c", f'trap "" INT; exec {sys.executable} -c "$0" idle', PROGRAM],
        cwd=PROJECT,
        env=environment({}),
        stdout=subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == b"working\n"
    process.send_signal(signal.SIGTERM)
    output, _ = process.communicate(timeout=20)
    assert output == b"tidying\n"
    assert process.returncode == 7


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGTERM between processes")
def test_a_program_that_tidies_too_long_leaves_all_the_same():
    process = start("slow")
    process.send_signal(signal.SIGTERM)
    began = time.monotonic()
    output, _ = process.communicate(timeout=20)
    assert output.split() == [b"tidying", b"leaving"]
    assert LEAVE_AFTER_S - 0.5 < time.monotonic() - began < LEAVE_AFTER_S + 2.0
    assert process.returncode == STOPPED


def test_a_request_is_told_once_and_never_after_the_end():
    told = []
    with Ending(lambda: told.append(threading.current_thread().name)) as ending:
        for _ in range(3):
            ending.request()
    ending.request()
    assert len(told) == 1


def test_signal_handlers_are_put_back():
    before = signal.getsignal(signal.SIGTERM)
    with Ending(lambda: None):
        assert signal.getsignal(signal.SIGTERM) != before
    assert signal.getsignal(signal.SIGTERM) == before


@pytest.mark.skipif(sys.platform != "win32", reason="Windows' session messages")
@pytest.mark.parametrize("console", [True, False])
def test_windows_waits_for_the_end_of_the_program(console):
    import ctypes
    from ctypes import wintypes

    from app.windows import session

    events = []
    is_over = threading.Event()

    def on_end():
        events.append("asked")
        is_over.set()

    watch = session.SessionWatch(on_end)
    answers = []

    def as_the_system():
        if console:
            answers.append(watch._on_console(6))  # CTRL_SHUTDOWN_EVENT
            return
        user32 = ctypes.WinDLL("user32")
        user32.SendMessageW.argtypes = (wintypes.HWND, wintypes.UINT, wintypes.WPARAM, wintypes.LPARAM)
        answers.append(user32.SendMessageW(watch._window, 0x0011, 0, 0))
        user32.SendMessageW(watch._window, 0x0016, 1, 0)

    system = threading.Thread(target=as_the_system)
    system.start()
    assert is_over.wait(10)
    system.join(1.0)
    assert system.is_alive()  # it waits while we save
    began = time.monotonic()
    watch.close()
    system.join(10)
    assert time.monotonic() - began < 3.0
    assert events == ["asked"]
    assert answers in ([True], [1])


@pytest.mark.skipif(sys.platform != "win32", reason="Windows' session messages")
def test_ctrl_c_is_left_to_python():
    from app.windows import session

    watch = session.SessionWatch(lambda: os._exit(1))
    try:
        assert watch._on_console(0) is False
        assert watch._on_console(1) is False
    finally:
        watch.close()


def test_setup_asks_to_end_by_a_file_beside_the_program(tmp_path):
    told, mark = threading.Event(), tmp_path / "closing"
    watch = ClosingWatch(told.set, mark, look_s=0.01)
    assert not told.wait(0.1)
    mark.touch()
    assert told.wait(10)
    watch.close()


def test_file_that_a_killed_setup_left_ends_nothing_until_it_is_written_again(tmp_path):
    told, mark = threading.Event(), tmp_path / "closing"
    mark.touch()
    os.utime(mark, (1_000_000_000, 1_000_000_000))
    watch = ClosingWatch(told.set, mark, look_s=0.01)
    assert not told.wait(0.1)
    mark.write_text("")
    assert told.wait(10)
    watch.close()


def test_closing_mark_lies_beside_an_installed_program_alone():
    assert mark_beside_program() is None
