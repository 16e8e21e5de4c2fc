"""The fast lane of the job loop: one worker more for kinds that take moments, while all others are at longer work.

Used in the thread of the loop only. A lane is a comfort: without room, or when it cannot be made, work goes on
without it. Where somebody waits to see what arrives its worker is made beforehand; elsewhere it is made for the first
file and given back a minute after the last.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass

from app.domain.ids import JobId
from app.jobs.protocol import Runner

log = logging.getLogger(__name__)

# So long its worker waits for the next file.
LANE_RELEASE_S = 60.0
READY_WITHIN_S = 60.0
# After trouble with it (no memory for a process, no rights) the loop does without for so long.
LANE_PAUSE_S = 60.0


@dataclass(frozen=True, slots=True)
class FastLane:
    """What the lane is.

    runner: makes its worker, called when first needed. kinds: the jobs it may do. has_room: whether the PC can carry
    one worker more now. get_ready: what the worker does first, as soon as all others are at longer work; None leaves it
    unmade until a job comes.
    """

    runner: Callable[[], Runner]
    kinds: tuple[str, ...]
    has_room: Callable[[], bool] = lambda: True
    get_ready: Callable[[None], object] | None = None


class OpenLane:
    """The lane's worker: made when needed, given back when idle, done without after trouble."""

    def __init__(self, lane: FastLane) -> None:
        self.kinds = lane.kinds
        self._lane = lane
        self._runner: Runner | None = None
        self._at_work: set[JobId] = set()
        self._used_at = 0.0
        self._not_before = float("-inf")

    @property
    def is_open(self) -> bool:
        """Whether its worker is there."""
        return self._runner is not None

    def runner(self) -> Runner | None:
        """The worker, made now when there is none; None when there is no room or was trouble a moment ago."""
        if self._runner is None and time.monotonic() >= self._not_before and self._lane.has_room():
            try:
                self._runner = self._lane.runner()
            except Exception:  # whatever it is: files are read by the other workers then
                log.exception("no fast lane for a while")
                self._not_before = time.monotonic() + LANE_PAUSE_S
            self._used_at = time.monotonic()
        return self._runner

    def get_ready(self, ready: Callable[[], None]) -> None:
        """Make the worker before a job comes, where that is wanted; ready is called in any thread when it can read.

        A process and its modules take half a second of a core, more where others are at work: a page that arrives would
        wait for them.
        """
        task = self._lane.get_ready
        if task is None or self._runner is not None:
            return
        runner = self.runner()
        if runner is None:
            return
        try:
            runner.submit(task, None, READY_WITHIN_S, lambda _: ready())
        except Exception:  # as above: a comfort
            log.exception("the fast lane did not start")
            self.pause()

    def began(self, job: JobId) -> None:
        """A job was given to the worker."""
        self._at_work.add(job)

    def ended(self, job: JobId) -> bool:
        """A job came back; tells whether it was the lane's."""
        if job not in self._at_work:
            return False
        self._at_work.discard(job)
        self._used_at = time.monotonic()
        return True

    def pause(self) -> None:
        """Do without the lane for a while: its worker could not be started, or was lost before it began."""
        self._not_before = time.monotonic() + LANE_PAUSE_S
        self.close(0.0)

    def rest(self, *, is_wanted: bool = False) -> None:
        """Give the worker back when no file came for a while.

        is_wanted: the others are still at longer work; a lane that is kept ready stays then, as long as memory has room.
        """
        if self._runner is None or self._at_work or time.monotonic() - self._used_at <= LANE_RELEASE_S:
            return
        if is_wanted and self._lane.get_ready is not None and self._lane.has_room():
            self._used_at = time.monotonic()
            return
        self.close(0.0)

    def close(self, wait_s: float) -> None:
        """End the worker; what it still does comes back as every task that is cut short. Trouble is only logged."""
        runner, self._runner = self._runner, None
        if runner is None:
            return
        try:
            runner.close(wait_s=wait_s)
        except Exception:  # its worker ends with the program at the latest; the others must be ended too
            log.exception("the fast lane did not close")
