"""Time limits count the time a task ran while the PC was awake, whatever the clocks do."""

from __future__ import annotations

from concurrent.futures import Future

import pytest

from app.jobs.time_limits import LOOK_S, TimeLimits
from tests.helpers.real_program import wait_until


class Clock:
    def __init__(self):
        self.now_s = 1000.0

    def __call__(self):
        return self.now_s


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def limits(clock):
    limits = TimeLimits(clock)
    limits._stop.set()  # the test looks, no thread does
    return limits


def pass_time(limits, clock, seconds):
    for _ in range(int(seconds / LOOK_S)):
        clock.now_s += LOOK_S
        limits.look()


class Task(Future):
    """A task that can be stopped while it runs, as pebble's."""

    was_stopped = False

    def running(self):
        return not self.was_stopped

    def cancel(self):
        self.was_stopped = True
        return True


def test_a_task_over_its_limit_is_stopped(limits, clock):
    task = Task()
    limit = limits.begin(task, 10.0)
    pass_time(limits, clock, 9.5)
    assert not task.was_stopped
    pass_time(limits, clock, 1.0)
    assert task.was_stopped
    assert limit.is_over
    assert not limit.slept


def test_hours_asleep_do_not_count(limits, clock):
    task = Task()
    limit = limits.begin(task, 10.0)
    pass_time(limits, clock, 4.0)
    clock.now_s += 9 * 3600
    limits.look()
    pass_time(limits, clock, 5.0)
    assert not task.was_stopped
    assert limit.slept
    pass_time(limits, clock, 2.0)
    assert task.was_stopped


def test_waiting_for_a_worker_does_not_count(limits, clock):
    waiting = Future()
    limit = limits.begin(waiting, 1.0)
    pass_time(limits, clock, 60.0)
    assert limit.used_s == 0.0
    assert not waiting.cancelled()


def test_a_task_that_ended_is_forgotten(limits, clock):
    task = Task()
    limits.end(limits.begin(task, 1.0))
    pass_time(limits, clock, 5.0)
    assert not task.was_stopped


def test_the_thread_looks_by_itself_and_ends():
    limits = TimeLimits()
    task = Task()
    limits.begin(task, 0.1)
    wait_until(lambda: task.was_stopped, timeout_s=10)
    limits.close()
    assert not limits._thread.is_alive()
