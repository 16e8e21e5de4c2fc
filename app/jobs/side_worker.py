"""One worker process for what a person waits for, beside those of the jobs, which may all be at long pages.

Made when first needed, given back when nobody asked for long. Called from threads of the window that may wait; never
from the GUI thread. Nothing durable: what it says is shown to the person, who decides.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from app.errors import MachineError, OperatorError
from app.jobs.protocol import Outcome, Runner
from ocr.errors import WorkstationError

IDLE_RELEASE_S = 120.0
"""It holds 200 to 400 MB with a language loaded: given back when nobody asked for so long."""


class SideWorker:
    """Does one task at a time; more wait their turn."""

    def __init__(self, runner: Callable[[], Runner]) -> None:
        self._make_runner = runner
        self._runner: Runner | None = None
        self._lock = threading.Lock()
        self._timer: threading.Timer | None = None
        self._is_closed = False

    def run(self, call: Callable[[Any], Any], task: object, limit_s: float) -> Any:
        """Run call(task) in the worker and return its answer, which is still to be believed.

        Raises OperatorError("zone_not_read") where it crashed, took too long or the program ends, else what call raised.
        """
        with self._lock:
            if self._is_closed:
                raise OperatorError("zone_not_read")
            self._rest(stop_only=True)
            try:
                return self._run(call, task, limit_s)
            finally:
                self._rest()

    def close(self) -> None:
        """End the worker; what is under way is dropped."""
        self._is_closed = True
        runner = self._runner
        if runner is not None:
            runner.close(
                wait_s=0.0
            )  # without the lock: whoever waits for it holds it until the worker has ended
        with self._lock:
            self._rest(stop_only=True)
            self._runner = None

    def _run(self, call: Callable[[Any], Any], task: object, limit_s: float) -> Any:
        if self._runner is None:
            self._runner = self._make_runner()
        ended = threading.Event()
        outcomes: list[Outcome] = []

        def done(outcome: Outcome) -> None:
            outcomes.append(outcome)
            ended.set()

        self._runner.submit(call, task, limit_s, done)
        ended.wait()
        outcome = outcomes[0]
        if outcome.crashed or outcome.timed_out:
            raise OperatorError("zone_not_read")
        if outcome.error is not None:
            if isinstance(outcome.error, WorkstationError):
                raise outcome.error
            raise MachineError("unexpected_error", detail=str(outcome.error)) from outcome.error
        return outcome.result

    def _rest(self, *, stop_only: bool = False) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if not stop_only and self._runner is not None:
            self._timer = threading.Timer(IDLE_RELEASE_S, self._on_idle)
            self._timer.daemon = True
            self._timer.start()

    def _on_idle(self) -> None:
        with self._lock:
            self._release()

    def _release(self) -> None:
        runner, self._runner = self._runner, None
        if runner is not None:
            runner.close(wait_s=0.0)
