"""The pool of worker processes: it outlives a lost worker, and does not outlive its runner."""

from __future__ import annotations

import queue
import sys
import time

import pytest

from app.errors import MachineError
from app.jobs.local_runner import LocalRunner
from app.windows.error_mode import FAIL_CRITICAL_ERRORS, NO_FAULT_BOX
from tests.helpers.jobs import double, error_mode, hold_the_thread


def test_a_worker_that_dies_without_a_task_does_not_end_the_pool():
    runner = LocalRunner(1)
    got = queue.SimpleQueue()
    try:
        runner.submit(double, 4, 30.0, got.put)
        assert got.get(timeout=60).result == 8
        runner._context.kill_all()
        deadline = time.monotonic() + 30
        while runner._pool.active and time.monotonic() < deadline:
            time.sleep(0.05)
        runner.submit(double, 5, 30.0, got.put)
        assert got.get(timeout=60).result == 10
    finally:
        runner.close(wait_s=1.0)


def test_busy_workers_end_at_once_when_the_runner_is_closed():
    runner = LocalRunner(2)
    got = queue.SimpleQueue()
    for _ in range(2):
        runner.submit(hold_the_thread, 1, 300.0, got.put)
    wait_for = time.monotonic() + 60
    while len([each for each in runner._limits._limits if each.future.running()]) < 2:
        assert time.monotonic() < wait_for
        time.sleep(0.05)
    began = time.monotonic()
    runner.close(wait_s=0.2)
    assert time.monotonic() - began < 3.0


def test_a_process_that_cannot_start_takes_no_slot_away(monkeypatch):
    def refuse(*_arguments, **_named):
        raise OSError(12, "Cannot allocate memory")

    runner = LocalRunner(1)
    monkeypatch.setattr(runner._pool, "schedule", refuse)
    with pytest.raises(MachineError, match="workers_lost"):
        runner.submit(double, 4, 30.0, lambda _: None)
    assert runner.capacity() == 1
    runner.close(wait_s=0.0)


@pytest.mark.skipif(sys.platform != "win32", reason="such messages exist on Windows only")
def test_a_worker_that_crashes_asks_nobody():
    runner = LocalRunner(1)
    got = queue.SimpleQueue()
    try:
        runner.submit(error_mode, None, 30.0, got.put)
        wanted = FAIL_CRITICAL_ERRORS | NO_FAULT_BOX
        assert got.get(timeout=60).result & wanted == wanted
    finally:
        runner.close(wait_s=1.0)
