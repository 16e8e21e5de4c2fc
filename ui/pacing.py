"""A costly read may use a fifth of the time at most, however often something changes."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic

SHARE = 4.0
"""Rest after a read, in times of what it took: the list of 5,000 files takes 0.25 s of Python alone."""


class Pace:
    """Says when the next read is due. Lives in the GUI thread."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._begun_s = 0.0
        self._due_s = 0.0

    @property
    def wait_ms(self) -> int:
        """Time until the next read is due; 0 when it is."""
        return max(0, round((self._due_s - self._clock()) * 1_000))

    def begin(self) -> None:
        """A read begins."""
        self._begun_s = self._clock()

    def end(self) -> None:
        """Its answer is here."""
        now = self._clock()
        self._due_s = now + SHARE * (now - self._begun_s)

    def reset(self) -> None:
        """The next read is about something else and due at once."""
        self._due_s = 0.0
