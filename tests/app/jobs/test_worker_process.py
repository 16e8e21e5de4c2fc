"""Workers never outlive the program, and start from a plain Python wherever the program itself runs."""

from __future__ import annotations

import multiprocessing
import pickle
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from app.jobs.worker_process import (
    MOST_BYTES,
    WorkerContext,
    WorkerProcess,
    use_worker_executable,
    worker_executable,
)
from app.windows.awake import KeepAwake
from app.windows.job_object import JobObject
from tests.helpers.jobs import double
from tests.helpers.real_program import PROJECT, environment, wait_until

on_windows = pytest.mark.skipif(sys.platform != "win32", reason="Job Objects exist on Windows only")

# A child that looks after nobody: only the system can end it with its parent.
TIED = """
import subprocess, sys, time
from app.windows.job_object import JobObject

child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], stdin=subprocess.PIPE)
job = JobObject()
print(child.pid, job.tie(child.pid), flush=True)
time.sleep(600)
"""

SLEEP = "import time; time.sleep(600)"

BUSY_POOL = """
import queue, time
import psutil
from app.jobs.local_runner import LocalRunner
from tests.helpers.jobs import hold_the_thread

if __name__ == "__main__":
    runner = LocalRunner(2)
    handles = [runner.submit(hold_the_thread, 1, 600.0, print) for _ in range(2)]
    while not all(handle.running() for handle in handles):
        time.sleep(0.05)
    print(*[child.pid for child in psutil.Process().children()], flush=True)
    time.sleep(600)
"""


def start(script: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, script],
        cwd=PROJECT,
        env=environment({}),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )


def first_line(process: subprocess.Popen[bytes]) -> list[str]:
    assert process.stdout is not None
    return process.stdout.readline().decode().split()


def end(process: subprocess.Popen[bytes], *others: int) -> None:
    process.kill()
    process.communicate()
    for other in others:
        if psutil.pid_exists(other):
            psutil.Process(other).kill()


@on_windows
@pytest.mark.kill
def test_the_system_ends_a_tied_process_with_the_program(tmp_path):
    script = tmp_path / "tied.py"
    script.write_text(TIED, encoding="utf-8")
    process = start(script)
    child, tied = first_line(process)
    try:
        assert tied == "True"
        assert psutil.pid_exists(int(child))
        process.kill()
        wait_until(lambda: not psutil.pid_exists(int(child)), what="the tied process gone", timeout_s=10)
    finally:
        end(process, int(child))


@on_windows
def test_a_closed_job_ends_what_is_left_in_it_and_takes_nobody_more():
    left, late = (subprocess.Popen([sys.executable, "-c", SLEEP], stdin=subprocess.PIPE) for _ in range(2))
    job = JobObject()
    try:
        assert job.tie(left.pid)
        job.close()
        job.close()
        left.wait(10)
        assert not job.tie(late.pid)
        assert late.poll() is None
    finally:
        end(left)
        end(late)


@pytest.mark.kill
def test_workers_in_the_midst_of_a_task_end_with_a_killed_program(tmp_path):
    script = tmp_path / "busy_pool.py"
    script.write_text(BUSY_POOL, encoding="utf-8")
    process = start(script)
    workers = [int(word) for word in first_line(process)]
    try:
        assert len(workers) >= 2
        process.kill()
        process.wait()
        wait_until(
            lambda: not any(psutil.pid_exists(worker) for worker in workers),
            what="the workers gone",
            timeout_s=10,
        )
    finally:
        end(process, *workers)


def test_who_waits_for_a_worker_here_does_not_travel_to_it():
    process = WorkerContext(MOST_BYTES).Process(target=double, args=(2,))
    assert process.started is not None
    assert "started" not in process.__getstate__()
    assert isinstance(process, WorkerProcess)


def test_processes_of_a_context_can_be_ended_at_once():
    context = WorkerContext(MOST_BYTES)
    process = context.Process(target=_sleep, daemon=True)
    process.start()
    context.kill_all()
    process.join(10)
    assert process.exitcode not in (None, 0)
    context.kill_all()  # harmless when they are gone


def _sleep() -> None:
    import time

    time.sleep(600)


def test_locks_of_a_context_travel_as_usual():
    with pytest.raises(RuntimeError, match="inheritance"):
        pickle.dumps(WorkerContext(MOST_BYTES).RLock())


@pytest.mark.skipif(sys.platform == "win32", reason="tells what happens elsewhere than on Windows")
def test_elsewhere_nothing_is_asked_of_the_system():
    assert not JobObject().tie(1)
    awake = KeepAwake()
    awake.hold()
    awake.hold()
    assert awake.is_held
    awake.release()
    assert not awake.is_held


@pytest.mark.parametrize("launcher", ["Foliodesk.exe", "foliodesk.com", "FOLIODESK.EXE"])
def test_workers_of_the_installed_program_start_from_the_python_beside_it(tmp_path, launcher):
    beside = tmp_path / "python" / "pythonw.exe"
    beside.parent.mkdir()
    beside.touch()
    assert worker_executable(tmp_path / launcher) == beside


def test_workers_of_a_plain_python_start_from_itself(tmp_path):
    (tmp_path / "python").mkdir()
    (tmp_path / "python" / "pythonw.exe").touch()
    assert worker_executable(tmp_path / "python.exe") is None
    assert worker_executable(Path(sys.executable)) is None


def test_a_launcher_without_its_python_is_left_as_it_is(tmp_path):
    assert worker_executable(tmp_path / "Foliodesk.exe") is None


def test_the_python_of_workers_is_named_to_multiprocessing(tmp_path, monkeypatch):
    named: list[str] = []
    monkeypatch.setattr(multiprocessing, "set_executable", named.append)
    use_worker_executable()
    assert named == []
    beside = tmp_path / "python" / "pythonw.exe"
    beside.parent.mkdir()
    beside.touch()
    monkeypatch.setattr(sys, "executable", str(tmp_path / "Foliodesk.exe"))
    use_worker_executable()
    assert named == [str(beside)]
