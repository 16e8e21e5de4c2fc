"""Time limits of tasks that count only the time this PC was awake.

A clock alone cannot tell: on Windows every usual one goes on while the lid is closed. So a thread looks several times a
second and adds up how long it was since its last look; a gap much longer than that was sleep (or a program stopped
as a whole), and does not count.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

LOOK_S = 0.25
# A thread that is due in 0.25 s waited up to 1.4 s for its turn with four busy programs on two cores.
SLEPT_S = 5.0


class TimeLimit:
    """The time one task may run, and what became of it."""

    def __init__(self, future: Future[Any], limit_s: float) -> None:
        self.future = future
        self.limit_s = limit_s
        self.used_s = 0.0
        self.is_over = False
        self.slept = False

    def pass_time(self, gap_s: float) -> None:
        """Count the time since the last look; a task that does not run yet has all its time."""
        if not self.future.running():
            return
        if gap_s > SLEPT_S:
            self.slept = True
            self.used_s += LOOK_S
        else:
            self.used_s += gap_s
        self.is_over = self.used_s > self.limit_s


class TimeLimits:
    """Cancels tasks that run too long. Safe to use from any thread."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._limits: set[TimeLimit] = set()
        self._seen = clock()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def begin(self, future: Future[Any], limit_s: float) -> TimeLimit:
        """Give a task its limit; end() takes it back."""
        limit = TimeLimit(future, limit_s)
        with self._lock:
            self._limits.add(limit)
            if self._thread is None and not self._stop.is_set():
                self._seen = self._clock()
                self._thread = threading.Thread(target=self._run, name="time-limits", daemon=True)
                self._thread.start()
        return limit

    def end(self, limit: TimeLimit) -> None:
        """The task has ended."""
        with self._lock:
            self._limits.discard(limit)

    def look(self) -> None:
        """Count the time since the last look, and cancel what is over its limit."""
        with self._lock:
            now = self._clock()
            gap_s, self._seen = now - self._seen, now
            for limit in self._limits:
                limit.pass_time(gap_s)
            over = [limit.future for limit in self._limits if limit.is_over]
        for future in over:  # outside the lock: its callbacks run here
            future.cancel()

    def close(self) -> None:
        """Look no more."""
        self._stop.set()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join()

    def _run(self) -> None:
        while not self._stop.wait(LOOK_S):
            self.look()
