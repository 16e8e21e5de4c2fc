"""What a kind of work is, and what runs it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from app.jobs.store import Job
from app.storage.database import Transaction


class JobKind(Protocol):
    """A kind of work in three functions, and what becomes of its subject when it cannot be done.

    in_worker False: run is short, pure of files, and runs in the job loop's own thread.
    """

    name: str
    in_worker: bool
    timeout_s: float

    @property
    def run(self) -> Callable[[Any], Any]:
        """The work itself: a plain function of the task, importable by name in a worker."""

    def prepare(self, tx: Transaction, job: Job) -> Any | None:
        """Turn the subject into a picklable task; None when there is nothing left to do."""

    def apply(self, tx: Transaction, job: Job, result: Any) -> None:
        """Write the result; commits together with the job's end."""

    def give_up(self, tx: Transaction, job: Job, code: str, facts: Mapping[str, Any]) -> None:
        """The job failed for good: show it to a person."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a run ended: a result, an error raised by the task, or the death of its worker.

    slept: the PC slept while it ran, so that a time limit inside the task may have counted that.
    """

    result: Any = None
    error: BaseException | None = None
    crashed: bool = False
    timed_out: bool = False
    slept: bool = False


class Runner(Protocol):
    """Runs tasks somewhere else; outcomes arrive by callback, in any thread."""

    def submit(
        self, run: Callable[[Any], Any], task: Any, timeout_s: float, done: Callable[[Outcome], None]
    ) -> object:
        """Start a task; returns a handle for cancel."""

    def cancel(self, handle: object) -> None:
        """Stop a task, running or not."""

    def capacity(self) -> int:
        """How many more tasks may be submitted now."""

    def close(self, *, wait_s: float) -> None:
        """End all workers; what still runs after wait_s seconds is killed."""
