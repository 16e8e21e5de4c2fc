"""What crashes leave behind: a report, once; a clean end leaves nothing."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from app.crash_log import MESSAGE_CHARACTERS, REPORTS_KEPT, STACKS_BYTES, CrashLog, LeftBehind, collect
from app.errors import OperatorError
from tests.helpers.real_program import PROJECT, environment

PROGRAM = """
import faulthandler, os, sys
from pathlib import Path
from app.crash_log import CrashLog
from app.logs import start_logging
import logging

logs = Path(sys.argv[1])
crash = CrashLog.begin(logs, program=sys.argv[3], software="Foliodesk 1.2.3")
log = start_logging(logs)
logging.getLogger("x").warning("the last thing it did")
match sys.argv[2]:
    case "segfault":
        faulthandler._sigsegv()
    case "killed":
        os._exit(9)
    case "bug":
        with crash.recording():
            raise ValueError("page text " * 100)
    case _:
        pass
crash.close()
"""


def run(logs, how, program="window"):
    subprocess.run(
        [sys.executable, "-c", PROGRAM, str(logs), how, program],
        cwd=PROJECT,
        env=environment({}),
        stdin=subprocess.PIPE,
        capture_output=True,
        check=False,
        timeout=60,
    )


def test_a_clean_end_leaves_nothing(tmp_path):
    run(tmp_path, "clean")
    assert list(tmp_path.glob("crash-*")) == []
    assert collect(tmp_path) == LeftBehind()


def test_a_crash_in_a_library_is_reported_once(tmp_path):
    run(tmp_path, "segfault")
    left = collect(tmp_path)
    assert len(left.reports) == 1
    assert not left.was_cut_off
    report = left.reports[0].read_text(encoding="utf-8")
    assert report.startswith("Foliodesk 1.2.3\nwindow\n")
    assert "atal" in report  # "Fatal Python error" or "Windows fatal exception"
    assert 'File "<string>"' in report
    assert "the last thing it did" in report
    assert sys.version.split()[0] in report
    assert collect(tmp_path) == LeftBehind()
    assert left.reports[0].exists()


def test_a_bug_is_reported_with_its_traceback_and_a_short_message(tmp_path):
    run(tmp_path, "bug")
    (report,) = collect(tmp_path).reports
    text = report.read_text(encoding="utf-8")
    assert "Traceback" in text
    assert "ValueError: page text" in text
    told = text.partition("Last lines of the log")[0]
    assert max(len(line) for line in told.splitlines()) <= MESSAGE_CHARACTERS + len("...")


def test_a_window_ended_by_force_is_noticed_and_not_called_a_crash(tmp_path):
    run(tmp_path, "killed")
    assert collect(tmp_path) == LeftBehind(was_cut_off=True)
    assert collect(tmp_path) == LeftBehind()


def test_a_worker_in_the_background_ended_by_force_is_nobodys_concern(tmp_path):
    run(tmp_path, "killed", "background")
    assert collect(tmp_path) == LeftBehind()


def test_a_program_that_lives_is_left_alone(tmp_path):
    with CrashLog.begin(tmp_path, program="window", software="Foliodesk") as crash:
        assert collect(tmp_path) == LeftBehind()
        crash.record(ValueError("seen"))
        assert collect(tmp_path) == LeftBehind()
    assert len(collect(tmp_path).reports) == 1


def test_trouble_that_is_told_in_words_is_no_crash(tmp_path):
    crash = CrashLog.begin(tmp_path, program="window", software="Foliodesk")
    with pytest.raises(OperatorError), crash, crash.recording():
        raise OperatorError("home_not_writable")
    assert collect(tmp_path) == LeftBehind()


HANDLED = """Windows fatal exception: code 0x8001010d

Current thread 0x00000a10 (most recent call first):
  File "main.py", line 140 in _run
"""
FATAL = HANDLED.replace("code 0x8001010d", "access violation").replace("140", "150")


def left_with(directory, body):
    path = directory / f"crash-20260101T000000Z-{os.getpid()}.txt"
    path.write_text(f"Foliodesk 1.2.3\nwindow\n\n{body}", encoding="utf-8")
    return collect(directory)


def test_what_windows_handled_itself_is_no_crash(tmp_path):
    assert left_with(tmp_path, HANDLED + HANDLED) == LeftBehind(was_cut_off=True)


@pytest.mark.parametrize(
    "crash",
    [
        FATAL,
        FATAL.replace("access violation", "code 0xc0000374"),
        "Traceback (most recent call last):\n150\n",
    ],
)
def test_a_crash_between_what_windows_handled_is_told(tmp_path, crash):
    (report,) = left_with(tmp_path, HANDLED + crash + HANDLED).reports
    text = report.read_text(encoding="utf-8")
    assert crash.strip() in text
    assert "140" not in text.partition("Last lines")[0]


def test_the_end_of_a_long_file_is_told(tmp_path):
    long = HANDLED.replace("code 0x8001010d", "page error") * (STACKS_BYTES // len(HANDLED) + 10)
    (report,) = left_with(tmp_path, long + FATAL).reports
    text = report.read_text(encoding="utf-8")
    assert text.startswith("Foliodesk 1.2.3\nwindow\n")
    assert "access violation" in text


def test_what_windows_handled_does_not_fill_the_disk(tmp_path):
    with CrashLog.begin(tmp_path, program="window", software="Foliodesk") as crash:
        (path,) = tmp_path.glob("crash-*")
        crash.record(ValueError("seen"))
        for _ in range(3):
            with path.open("a", encoding="utf-8") as dump:  # as faulthandler does
                dump.write(HANDLED * (STACKS_BYTES // len(HANDLED) + 10))
            crash.shorten()
            assert path.stat().st_size < STACKS_BYTES
    (report,) = collect(tmp_path).reports
    assert "ValueError: seen" in report.read_text(encoding="utf-8")


def test_many_bugs_do_not_fill_the_disk(tmp_path):
    with CrashLog.begin(tmp_path, program="window", software="Foliodesk") as crash:
        for number in range(1000):
            crash.record(ValueError(f"bug {number}"))
    (report,) = collect(tmp_path).reports
    assert report.stat().st_size < 5_000


def test_old_reports_are_pruned(tmp_path):
    for number in range(REPORTS_KEPT + 3):
        (tmp_path / f"report-2020-{number}.txt").touch()
    collect(tmp_path)
    assert len(list(tmp_path.glob("report-*"))) == REPORTS_KEPT


def test_where_nothing_can_be_written_the_program_works_all_the_same(tmp_path):
    (tmp_path / "logs").touch()
    with CrashLog.begin(tmp_path / "logs", program="window", software="Foliodesk") as crash:
        crash.record(ValueError())
    assert collect(tmp_path / "logs") == LeftBehind()


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00", b"no lines at all"])
def test_a_file_that_a_power_cut_left_half_written_is_passed_over(tmp_path, content):
    path = tmp_path / f"crash-20260101T000000Z-{os.getpid()}.txt"
    path.write_bytes(content)
    assert collect(tmp_path) == LeftBehind()
    assert not path.exists()
