"""Worker processes on this PC (pebble, spawn): a crash or a time limit costs one task, never the pool."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from concurrent.futures import CancelledError, Future
from concurrent.futures.process import BrokenProcessPool
from typing import Any

from pebble import ProcessExpired, ProcessPool

from app.errors import MachineError
from app.jobs.protocol import Outcome
from app.jobs.time_limits import TimeLimit, TimeLimits
from app.jobs.worker_process import WorkerContext, begin, most_bytes

log = logging.getLogger(__name__)

# A worker is replaced after so many tasks: bounds what leaks in codecs and engines may cost.
TASKS_PER_WORKER = 500


class LocalRunner:
    """Runs tasks in at most `workers` processes. Safe to call from any thread.

    process_bytes: memory each of them may have, by default what suits this PC.
    """

    def __init__(self, workers: int, process_bytes: int | None = None) -> None:
        self.workers = workers
        self._process_bytes = process_bytes or most_bytes()
        self._context = WorkerContext(self._process_bytes)
        self._pool = self._make_pool()
        self._limits = TimeLimits()
        self._busy = 0
        self._lock = threading.Lock()
        self._pool_lock = threading.Lock()  # never taken by callbacks: a pool waits for them when it ends

    def submit(
        self, run: Callable[[Any], Any], task: Any, timeout_s: float, done: Callable[[Outcome], None]
    ) -> object:
        """Start a task; done is called once, in a thread of the pool.

        timeout_s counts while the task runs and the PC is awake. pebble's own limit compares the clock on the
        wall, which jumps when the lid was closed or somebody sets it. Raises MachineError("workers_lost").
        """
        with self._lock:
            self._busy += 1
        try:
            with self._pool_lock:
                future = self._schedule(run, task)
        except BaseException as exc:
            with self._lock:
                self._busy -= 1  # no task, no slot: else each failed start would take one away for good
            if isinstance(
                exc, OSError | RuntimeError
            ):  # no process could be started: nothing is said of the task
                raise MachineError("workers_lost", retryable=True, detail=str(exc)) from exc
            raise
        limit = self._limits.begin(future, timeout_s)

        def on_done(finished: Future[Any]) -> None:
            self._limits.end(limit)
            with self._lock:
                self._busy -= 1
            done(_outcome(finished, limit))

        future.add_done_callback(on_done)
        return future

    def cancel(self, handle: object) -> None:
        """Stop a task; its worker is killed and replaced when it was running."""
        assert isinstance(handle, Future)
        handle.cancel()

    def capacity(self) -> int:
        """Free slots."""
        with self._lock:
            return self.workers - self._busy

    def close(self, *, wait_s: float) -> None:
        """Let running tasks finish for wait_s seconds, then kill what is left."""
        self._limits.close()
        with self._pool_lock:
            self._pool.close()  # type: ignore[no-untyped-call]  # pebble has no annotation here
            try:
                self._pool.join(timeout=wait_s)
            except TimeoutError:
                self._pool.stop()  # type: ignore[no-untyped-call]  # same
                # pebble asks one worker after the other and waits three seconds for each that is busy.
                self._context.kill_all()
                self._pool.join()
            self._context.close()

    def _schedule(self, run: Callable[[Any], Any], task: Any) -> Future[Any]:
        try:
            return self._pool.schedule(run, args=[task])
        except RuntimeError as exc:
            # A pool gives up for good when a worker without a task dies (somebody ended it, no memory left).
            log.warning("workers are started anew: %s", exc)
            self._context.kill_all()
            self._pool.join()
            self._pool = self._make_pool()
            return self._pool.schedule(run, args=[task])

    def _make_pool(self) -> ProcessPool:
        return ProcessPool(
            max_workers=self.workers,
            max_tasks=TASKS_PER_WORKER,
            # pebble's protocol names the pipe of the system mypy looks at
            context=self._context,  # type: ignore[arg-type, unused-ignore]
            initializer=begin,
            initargs=[self._process_bytes],
        )


class InlineRunner:
    """The fake beside it: runs each task at once in the calling process."""

    def submit(
        self, run: Callable[[Any], Any], task: Any, timeout_s: float, done: Callable[[Outcome], None]
    ) -> object:
        """Run now, report, return."""
        try:
            outcome = Outcome(result=run(task))
        except Exception as exc:  # noqa: BLE001  # the root of a task: every error becomes an outcome
            outcome = Outcome(error=exc)
        done(outcome)
        return object()

    def cancel(self, handle: object) -> None:
        """Nothing is ever running when this can be called."""

    def capacity(self) -> int:
        """Always one."""
        return 1

    def close(self, *, wait_s: float) -> None:
        """Nothing to end."""


def _outcome(future: Future[Any], limit: TimeLimit) -> Outcome:
    try:
        return Outcome(result=future.result())
    except ProcessExpired as exc:
        return Outcome(error=exc, crashed=True, slept=limit.slept)
    except BrokenProcessPool as exc:
        # No worker had begun it: that says nothing of the task.
        return Outcome(error=MachineError("workers_lost", retryable=True, detail=str(exc)))
    except CancelledError as exc:
        return Outcome(error=exc, timed_out=limit.is_over, slept=limit.slept)
    except Exception as exc:  # noqa: BLE001  # the root of a worker's task: every error becomes an outcome
        return Outcome(error=exc, slept=limit.slept)
