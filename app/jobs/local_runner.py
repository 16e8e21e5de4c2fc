"""Worker processes on this PC (pebble, spawn): a crash or a time limit costs one task, never the pool."""

from __future__ import annotations

import multiprocessing
import threading
from collections.abc import Callable
from concurrent.futures import CancelledError, Future
from typing import Any

from pebble import ProcessExpired, ProcessPool

from app.jobs.protocol import Outcome
from app.jobs.worker_process import begin

# A worker is replaced after so many tasks: bounds what leaks in codecs and engines may cost.
TASKS_PER_WORKER = 500


class LocalRunner:
    """Runs tasks in at most `workers` processes. Safe to call from any thread."""

    def __init__(self, workers: int) -> None:
        self.workers = workers
        self._pool = ProcessPool(
            max_workers=workers,
            max_tasks=TASKS_PER_WORKER,
            context=multiprocessing.get_context("spawn"),
            initializer=begin,
        )
        self._busy = 0
        self._lock = threading.Lock()

    def submit(
        self, run: Callable[[Any], Any], task: Any, timeout_s: float, done: Callable[[Outcome], None]
    ) -> object:
        """Start a task; done is called once, in a thread of the pool."""
        with self._lock:
            self._busy += 1
        future = self._pool.schedule(run, args=[task], timeout=timeout_s)

        def on_done(finished: Future[Any]) -> None:
            with self._lock:
                self._busy -= 1
            done(_outcome(finished))

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
        self._pool.close()  # type: ignore[no-untyped-call]  # pebble has no annotation here
        try:
            self._pool.join(timeout=wait_s)
        except TimeoutError:
            self._pool.stop()  # type: ignore[no-untyped-call]  # same
            self._pool.join()


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


def _outcome(future: Future[Any]) -> Outcome:
    try:
        return Outcome(result=future.result())
    except ProcessExpired as exc:
        return Outcome(error=exc, crashed=True)
    except TimeoutError as exc:
        return Outcome(error=exc, timed_out=True)
    except CancelledError as exc:
        return Outcome(error=exc)
    except Exception as exc:  # noqa: BLE001  # the root of a worker's task: every error becomes an outcome
        return Outcome(error=exc)
