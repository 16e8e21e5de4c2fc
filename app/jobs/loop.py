"""The job loop: one thread that claims work for free slots, hands it to the runner and applies outcomes.

Runs in the program's process. Nothing is held only in memory: whatever happens here, the rows say what is
to be done. A full disk is no failure of a job: its outcome waits here, or it goes back to the queue, until
there is room.
"""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from typing import Any

from app.domain.ids import JobId
from app.domain.states import JobState
from app.errors import MachineError, OperatorError, WorkstationError
from app.jobs import store
from app.jobs.fast_lane import FastLane, OpenLane
from app.jobs.protocol import JobKind, Outcome, Runner
from app.jobs.store import MAX_ATTEMPTS, MAX_CRASHES, Job
from app.storage.database import Database, Transaction
from app.windows.awake import KeepAwake

log = logging.getLogger(__name__)

WHO = "machine"
IDLE_WAIT_S = 0.5
FULL_WAIT_S = 3.0
BACKOFF_S = (1.0, 5.0, 20.0, 60.0)
# Workers hold some 200 MB each: a program that has nothing to do for so long gives them back.
IDLE_RELEASE_S = 300.0
FAST_END_S = 0.5

# Troubles that say nothing of the job: it waits as long as they last.
WILL_PASS = frozenset({"disk_full", "pages_in_work", "workers_lost"})
# While these last nothing else is started either.
HOLDS_ALL = frozenset({"disk_full", "workers_lost"})
# What the installation lacks: jobs of that kind wait until it is repaired, all others go on.
LACKING = {
    "engine_missing": "engine_incomplete",
    "language_missing": "engine_incomplete",
    "model_damaged": "engine_incomplete",
    "office_unknown": "office_profile_missing",
}
LACK_LOOK_S = 3.0
LACK_WAIT_S = 15.0
# Time limits inside a task, which look at a clock that may go on while the PC sleeps.
TIME_LIMITS = frozenset({"ocr_timeout"})
# Troubles of the database itself: nothing can be written about any job now.
DATABASE_TROUBLE = frozenset({"disk_full", "database_busy", "database_io_error"})


@dataclass(frozen=True, slots=True)
class _Ended:
    job: Job
    outcome: Outcome
    is_of_lane: bool = False


class JobLoop:
    """Works through the job table until stopped."""

    def __init__(
        self,
        database: Database,
        runner: Callable[[], Runner],
        kinds: Sequence[JobKind],
        owner: str,
        gate: Callable[[], str | None],
        *,
        fast_lane: FastLane | None = None,
    ) -> None:
        """Take a maker of the runner, called when first needed, and a gate: why nothing may start, or None."""
        self.held: str | None = None
        self._lane = None if fast_lane is None else OpenLane(fast_lane)
        self._fast_among_all: set[JobId] = set()  # jobs of the fast lane's kinds that the other workers do
        self._database = database
        self._make_runner = runner
        self._runner: Runner | None = None
        self._kinds: Mapping[str, JobKind] = {kind.name: kind for kind in kinds}
        self._in_worker = [kind.name for kind in kinds if kind.in_worker]
        self._inline = [kind.name for kind in kinds if not kind.in_worker]
        self._owner = owner
        self._gate = gate
        self._ended: queue.SimpleQueue[_Ended] = queue.SimpleQueue()
        self._unapplied: list[_Ended] = []
        self._out = 0  # tasks handed out whose outcome was not picked up yet
        self._busy_at = time.monotonic()
        self._awake = KeepAwake()
        self._pause = ("", database.clock())
        self._lacking: dict[str, tuple[str, float]] = {}  # kind: what it lacks, not tried until (monotonic)
        self._wake = threading.Event()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="job-loop", daemon=True)

    def start(self) -> None:
        """Begin to work."""
        self._thread.start()

    def wake(self) -> None:
        """Look for work now; callable from any thread."""
        self._wake.set()

    def stop(self, *, wait_s: float = 5.0) -> None:
        """Stop claiming and end the workers; unfinished jobs go back to the queue."""
        self._stop.set()
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join()
        self._close_runners(wait_s)
        self._collect()
        with self._database.write(WHO) as tx:
            store.requeue_of_owners(tx, {self._owner})

    def run_until_idle(self) -> None:
        """Work in the calling thread until nothing is left that can be done now (tests)."""
        while self._step() or self._is_busy():
            self._wake.wait(0.01)
            self._wake.clear()

    def _is_busy(self) -> bool:
        return bool(self._unapplied) or not self._ended.empty()

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                worked = self._step()
            except WorkstationError as exc:
                log.warning("job loop waits: %s", exc)
                worked = False
                self.held = exc.code
                self._stop.wait(FULL_WAIT_S)
            except Exception:  # the root of this thread: a bug must not end all work
                log.exception("job loop")
                self.held = "unexpected_error"
                worked = False
                self._stop.wait(FULL_WAIT_S)
            if not worked:
                self._wake.wait(IDLE_WAIT_S)
            self._wake.clear()
        self._awake.release()  # in the thread that asked: it is bound to it

    def _step(self) -> bool:
        worked = self._collect()
        self.held = self._gate() or self._paused()
        if self.held or self._stop.is_set():
            self._rest()
            return False
        while not self._stop.is_set() and self._start(self._can_run(self._inline)):
            worked = True
        if self._runner is None and self._is_due(self._can_run(self._in_worker)):
            self._runner = self._make_runner()
        while self._runner is not None and self._runner.capacity() > 0:
            if not self._start(self._can_run(self._in_worker)):
                break
            worked = True
        worked = self._use_fast_lane() or worked
        self._rest()
        for code, until in self._lacking.values():
            if time.monotonic() - until < 2 * LACK_WAIT_S:  # else no job is left that could be tried again
                self.held = LACKING[code]
        return worked

    def _use_fast_lane(self) -> bool:
        """Let a file that arrives while all workers recognise pages be read at once.

        Where one of them reads a file itself it will soon be free: no further process is worth its memory then.
        """
        lane, workers = self._lane, self._runner
        if lane is None or workers is None or workers.capacity() > 0 or self._fast_among_all:
            return False
        kinds = self._can_run(lane.kinds)
        if not lane.is_open and not self._is_due(kinds):
            lane.get_ready(self.wake)
            return False
        runner = lane.runner()
        return runner is not None and runner.capacity() > 0 and self._start(kinds, lane=runner)

    def _close_runners(self, wait_s: float) -> None:
        runner, self._runner = self._runner, None
        try:
            if self._lane is not None:
                # A file is read in a moment, or long: a second wait must not double the time until the program is gone.
                self._lane.close(min(wait_s, FAST_END_S))
        finally:
            if runner is not None:
                runner.close(wait_s=wait_s)

    def _can_run(self, kinds: Sequence[str]) -> list[str]:
        """Those of some kinds that lack nothing, or whose turn it is to be tried again."""
        now = time.monotonic()
        return [name for name in kinds if name not in self._lacking or self._lacking[name][1] <= now]

    def _rest(self) -> None:
        """Let the PC sleep when nothing runs, and give the workers back when nothing ran for long."""
        if self._lane is not None:
            self._lane.rest(is_wanted=self._runner is not None and self._runner.capacity() == 0)
        if self._out:
            self._busy_at = time.monotonic()
            self._awake.hold()
            return
        self._awake.release()
        if self._runner is not None and time.monotonic() - self._busy_at > IDLE_RELEASE_S:
            self._close_runners(0.0)

    def _paused(self) -> str | None:
        """Why nothing is started for a moment although the gate is open: a job has just met this."""
        code, until = self._pause
        # No longer than that, also when somebody sets the clock back meanwhile.
        return (
            code if timedelta() < until - self._database.clock() <= timedelta(seconds=FULL_WAIT_S) else None
        )

    def _is_due(self, kinds: Sequence[str]) -> bool:
        # A look without the write lock: an idle program keeps nobody from writing.
        with self._database.read() as session:
            return store.is_due(session, kinds, self._database.clock())

    def _start(self, kinds: Sequence[str], *, lane: Runner | None = None) -> bool:
        """Claim a job and hand it out, to the workers or to the fast lane's; False when none is due."""
        if not self._is_due(kinds):
            return False
        job: Job | None = None
        try:
            with self._database.write(WHO) as tx:
                job = store.claim(tx, self._owner, kinds)
                if job is None:
                    return False
                kind = self._kinds[job.kind]
                task = kind.prepare(tx, job)
                if task is None:
                    store.finish_claimed(tx, job)
                    return True
        except Exception as exc:
            if job is None or (isinstance(exc, MachineError) and exc.code in DATABASE_TROUBLE):
                raise
            self._close_unprepared(job, exc)
            return True
        if not kind.in_worker:
            self._out += 1
            self._on_ended(job, _run_here(kind, task))
            return self._collect()
        self._hand_out(job, kind, task, lane)
        return True

    def _hand_out(self, job: Job, kind: JobKind, task: Any, lane: Runner | None) -> None:
        workers = lane or self._runner
        assert workers is not None
        if self._lane is not None:
            if lane is not None:
                self._lane.began(job.id)
            elif job.kind in self._lane.kinds:
                self._fast_among_all.add(job.id)
        self._out += 1
        try:
            workers.submit(kind.run, task, kind.timeout_s, partial(self._on_ended, job))
        except Exception as exc:  # noqa: BLE001  # the job is ours already: it must come back
            # A lane that does not start says nothing of the job: the other workers will do it.
            lost = MachineError("workers_lost", retryable=True, detail=f"{type(exc).__name__}: {exc}")
            self._on_ended(job, Outcome(error=exc if lane is None else lost))

    def _close_unprepared(self, job: Job, error: Exception) -> None:
        # The claim was rolled back with the transaction: take the row again, only to close or delay it.
        with self._database.write(WHO) as tx:
            claimed = store.claim_one(tx, self._owner, job.id)
            if claimed is not None:
                self._close_failed(tx, claimed, Outcome(error=error))

    def _on_ended(self, job: Job, outcome: Outcome) -> None:
        self._ended.put(_Ended(job, outcome))
        self._wake.set()

    def _collect(self) -> bool:
        ended = self._unapplied
        while not self._ended.empty():
            ended.append(self._told_of_lane(self._ended.get()))
            self._out -= 1
            self._fast_among_all.discard(ended[-1].job.id)
        self._unapplied = []
        for position, each in enumerate(ended):
            try:
                self._close(each)
            except MachineError as exc:
                if not exc.retryable:
                    raise
                # The work is done but cannot be written now: keep it, nothing is redone or lost.
                self._unapplied = ended[position:]
                self.held = exc.code
                raise
        return bool(ended)

    def _told_of_lane(self, ended: _Ended) -> _Ended:
        if self._lane is None or not self._lane.ended(ended.job.id):
            return ended
        if getattr(ended.outcome.error, "code", "") == "workers_lost":
            log.warning("no fast lane for a while: %s", ended.outcome.error)
            self._lane.pause()
        return replace(ended, is_of_lane=True)

    def _close(self, ended: _Ended) -> None:
        outcome = ended.outcome
        if outcome.error is None:
            try:
                with self._database.write(WHO) as tx:
                    row = store.running(tx, ended.job)
                    self._lacking.pop(ended.job.kind, None)
                    if row is not None:  # else superseded while it ran
                        self._kinds[ended.job.kind].apply(tx, ended.job, outcome.result)
                        store.finish(tx, row)
                return
            except Exception as exc:
                if isinstance(exc, MachineError) and exc.retryable:
                    raise
                outcome = Outcome(error=exc)
        with self._database.write(WHO) as tx:
            if store.running(tx, ended.job) is not None:
                self._close_failed(tx, ended.job, outcome, is_of_lane=ended.is_of_lane)

    def _close_failed(self, tx: Transaction, job: Job, outcome: Outcome, *, is_of_lane: bool = False) -> None:
        row = store.running(tx, job)
        assert row is not None
        kind, error = self._kinds[job.kind], outcome.error
        if outcome.slept and (outcome.timed_out or getattr(error, "code", "") in TIME_LIMITS):
            store.put_back(tx, row, "slept", 0.0)
            return
        if outcome.crashed or outcome.timed_out:
            row.crashes += 1
            code = "worker_crashed" if outcome.crashed else "timed_out"
            if row.crashes < MAX_CRASHES:
                store.put_back(tx, row, code, BACKOFF_S[0] * row.crashes, crashes=row.crashes)
                return
            facts: dict[str, Any] = {"crashes": row.crashes}
            store.close(tx, row, JobState.POISONED, code, **facts)
            kind.give_up(tx, job, code, facts)
            return
        code, facts = _told(error)
        if code in LACKING:
            self._lacking[job.kind] = (code, time.monotonic() + LACK_LOOK_S)
            store.put_back(tx, row, code, LACK_WAIT_S, **facts)
            return
        if isinstance(error, MachineError) and error.retryable:
            will_pass = error.code in WILL_PASS
            if will_pass or job.attempts < MAX_ATTEMPTS:
                delay_s = FULL_WAIT_S if will_pass else BACKOFF_S[min(job.attempts, len(BACKOFF_S)) - 1]
                store.put_back(tx, row, code, delay_s, **facts)
                if code in HOLDS_ALL and not (is_of_lane and code == "workers_lost"):
                    self._pause = (code, tx.now + timedelta(seconds=FULL_WAIT_S))
                return
        if not isinstance(error, OperatorError):
            log.error("job %s of %s failed", job.kind, job.subject_id, exc_info=error)
        store.close(tx, row, JobState.FAILED, code, **facts)
        kind.give_up(tx, job, code, facts)


def _run_here(kind: JobKind, task: Any) -> Outcome:
    try:
        return Outcome(result=kind.run(task))
    except Exception as exc:  # noqa: BLE001  # the root of an inline task: every error becomes an outcome
        return Outcome(error=exc)


def _told(error: BaseException | None) -> tuple[str, dict[str, Any]]:
    if isinstance(error, WorkstationError):
        return error.code, _plain(error.facts)
    return "unexpected_error", {"detail": f"{type(error).__name__}: {error}"[:500]}


def _plain(facts: Mapping[str, object]) -> dict[str, Any]:
    """Facts as JSON can hold them."""
    return {
        name: value if isinstance(value, str | int | float | bool | type(None)) else str(value)
        for name, value in facts.items()
    }
