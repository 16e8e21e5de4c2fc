from __future__ import annotations

from ui.pacing import Pace


class Clock:
    def __init__(self):
        self.now_s = 100.0

    def __call__(self):
        return self.now_s


def test_first_read_is_due_at_once():
    assert Pace(Clock()).wait_ms == 0


def test_costly_read_rests_four_times_as_long_as_it_took():
    clock = Clock()
    pace = Pace(clock)
    pace.begin()
    clock.now_s += 0.5
    pace.end()
    assert pace.wait_ms == 2_000
    clock.now_s += 1.5
    assert pace.wait_ms == 500
    clock.now_s += 0.5
    assert pace.wait_ms == 0


def test_another_batch_is_read_at_once():
    clock = Clock()
    pace = Pace(clock)
    pace.begin()
    clock.now_s += 3
    pace.end()
    pace.reset()
    assert pace.wait_ms == 0
