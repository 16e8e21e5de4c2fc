"""The time a page has for readings that are not its first one.

They may all fail without harm: what runs out of time or memory leaves the page as it was read first. Runs in worker
processes.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import TypeVar

import cv2

from ocr.engines.protocol import EngineTimeout

T = TypeVar("T")

SHARE = 0.25
"""Share of a page's time limit that all its further readings may take together."""

LATEST = 0.8
"""Share of that limit after which none may run: a page that takes longer loses its worker, and with it what was read."""


class SpareTime:
    """Counts down while a further reading runs; outside of one it bounds nothing."""

    def __init__(self, limit_s: float = 0.0) -> None:
        """limit_s: what the page may take from now on, 0 for no limit."""
        self._left_s = SHARE * limit_s if limit_s else math.inf
        self._latest = time.monotonic() + LATEST * limit_s if limit_s else math.inf
        self._ends_at = math.inf
        self._is_running = False

    @property
    def left_s(self) -> float:
        """Seconds that are left, at least 0."""
        now = time.monotonic()
        return max(0.0, min(self._left_s, self._latest - now, self._ends_at - now))

    def bounded(self, timeout_s: float) -> float:
        """Shorten a time limit (0 for none) to what is left. Raises EngineTimeout where nothing is left."""
        if not self._is_running:
            return timeout_s
        left_s = self.left_s
        if left_s == math.inf:
            return timeout_s
        if left_s < 0.001:  # engines count milliseconds, and take 0 for no limit
            raise EngineTimeout("ocr_timeout", after_s=timeout_s)
        return min(timeout_s, left_s) if timeout_s else left_s

    def reading(self, read: Callable[[], T], otherwise: T) -> T:
        """Read once more; otherwise, unchanged, where time or memory do not suffice."""
        start, left_s = time.monotonic(), self.left_s
        if left_s <= 0:
            return otherwise
        self._ends_at, self._is_running = start + left_s, True
        try:
            return read()
        except (EngineTimeout, MemoryError):
            return otherwise
        except cv2.error as exc:
            if exc.code != cv2.Error.STS_NO_MEM:
                raise
            return otherwise
        finally:
            self._ends_at, self._is_running = math.inf, False
            self._left_s -= time.monotonic() - start
