"""The job table and its loop: nothing is done twice, nothing is lost, one bad task costs only itself."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from app.domain.states import JobState
from app.errors import MachineError
from app.events import ChangeBus
from app.jobs import store
from app.jobs.local_runner import InlineRunner, LocalRunner
from app.jobs.loop import JobLoop
from app.jobs.protocol import Outcome
from app.storage.database import Database
from app.storage.migrations.runner import migrate
from app.storage.tables import AuditRow, JobRow
from ocr.engines.protocol import EngineTimeout
from tests.helpers.jobs import (
    NumberKind,
    bug,
    crash,
    crash_on_three,
    no_room,
    refuse,
    sleep_long,
)


class Clock:
    def __init__(self):
        self.now = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)

    def __call__(self):
        return self.now

    def pass_time(self, seconds):
        self.now += timedelta(seconds=seconds)


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def database(tmp_path, clock):
    path = tmp_path / "foliodesk.sqlite3"
    migrate(path)
    database = Database(path, ChangeBus(), clock)
    yield database
    database.close()


def ask(database, *subjects, kind="number"):
    with database.write("test") as tx:
        for subject in subjects:
            store.enqueue(tx, kind, subject)


def state_of(database, subject):
    with database.read() as session:
        return session.scalar(select(JobRow).filter_by(subject_id=subject)).state


def loop_of(database, kind, runner=InlineRunner, gate=lambda: None):
    return JobLoop(database, runner, [kind], "owner-1", gate)


def test_a_job_is_done_once_and_its_result_applied(database):
    kind = NumberKind()
    ask(database, 7)
    loop_of(database, kind).run_until_idle()
    assert kind.applied == [(7, 14)]
    assert state_of(database, 7) is JobState.DONE


def test_asking_twice_for_waiting_work_is_one_job(database):
    kind = NumberKind()
    ask(database, 7, 7, 7)
    loop_of(database, kind).run_until_idle()
    assert kind.applied == [(7, 14)]


def test_two_loops_never_do_the_same_job(database):
    first, second = NumberKind(), NumberKind()
    ask(database, *range(1, 30))
    one = loop_of(database, first)
    two = JobLoop(database, InlineRunner, [second], "owner-2", lambda: None)
    for _ in range(40):
        one._step()
        two._step()
    done = [subject for subject, _ in first.applied + second.applied]
    assert sorted(done) == list(range(1, 30))


def test_urgent_work_goes_first(database):
    kind = NumberKind()
    ask(database, 1, 2)
    with database.write("test") as tx:
        store.enqueue(tx, "number", 3, priority=store.INTERACTIVE)
    loop_of(database, kind).run_until_idle()
    assert [subject for subject, _ in kind.applied] == [3, 1, 2]


def test_a_refusal_by_the_task_ends_the_job_with_its_reason(database):
    kind = NumberKind(refuse)
    ask(database, 5)
    loop_of(database, kind).run_until_idle()
    assert kind.given_up == [(5, "damaged")]
    assert state_of(database, 5) is JobState.FAILED


def test_a_bug_in_the_task_ends_the_job_and_not_the_loop(database):
    kind = NumberKind(bug)
    ask(database, 5, 6)
    loop_of(database, kind).run_until_idle()
    assert kind.given_up == [(5, "unexpected_error"), (6, "unexpected_error")]


def test_a_bug_in_applying_ends_the_job_and_not_the_loop(database):
    def fail(_tx, job, _result):
        if job.subject_id == 1:
            raise ValueError("cannot be written")

    kind = NumberKind(on_apply=fail)
    ask(database, 1, 2)
    loop_of(database, kind).run_until_idle()
    assert kind.given_up == [(1, "unexpected_error")]
    assert kind.applied == [(2, 4)]


def test_a_full_disk_is_no_failure_and_is_tried_again_when_there_is_room(database, clock):
    kind = NumberKind(no_room)
    ask(database, 5)
    loop = loop_of(database, kind)
    for _ in range(12):
        loop._step()
        clock.pass_time(10)
    assert state_of(database, 5) is JobState.QUEUED
    kind.run = lambda task: task
    loop.run_until_idle()
    assert kind.applied == [(5, 5)]


def test_a_result_that_cannot_be_written_now_is_kept_until_it_can(database):
    troubles = [MachineError("disk_full", retryable=True)]

    def fail_once(_tx, _job, _result):
        if troubles:
            raise troubles.pop()

    kind = NumberKind(on_apply=fail_once)
    ask(database, 5)
    loop = loop_of(database, kind)
    loop._step()
    with pytest.raises(MachineError):
        loop._step()
    assert loop.held == "disk_full"
    loop._step()
    assert kind.applied == [(5, 10)]


def test_nothing_is_started_while_the_gate_is_closed(database):
    kind = NumberKind()
    ask(database, 5)
    loop = loop_of(database, kind, gate=lambda: "disk_full")
    assert loop._step() is False
    assert loop.held == "disk_full"
    assert state_of(database, 5) is JobState.QUEUED


def test_a_late_result_of_an_older_claim_is_refused(database):
    kind = NumberKind()
    ask(database, 5)
    with database.write("test") as tx:
        job = store.claim(tx, "owner-1", ["number"])
    ask(database, 5)  # asked again while it runs: an edit came
    loop = loop_of(database, kind)
    loop._on_ended(job, Outcome(result=999))
    loop.run_until_idle()
    assert kind.applied == [(5, 10)]


def test_every_move_of_a_job_is_audited(database):
    ask(database, 5)
    loop_of(database, NumberKind()).run_until_idle()
    with database.read() as session:
        moves = session.execute(
            select(AuditRow.from_state, AuditRow.to_state).where(AuditRow.subject == "job")
        ).all()
    assert [tuple(move) for move in moves] == [
        (None, "queued"),
        ("queued", "running"),
        ("running", "done"),
    ]


def work_with_real_processes(loop, until):
    for _ in range(600):
        loop._step()
        if until():
            break
        loop._wake.wait(0.1)
        loop._wake.clear()
    loop._runner.close(wait_s=1.0)


def test_a_crashing_worker_loses_only_its_own_task_and_is_set_aside_after_three(database, clock):
    kind = NumberKind(crash_on_three)
    ask(database, 1, 2, 3, 4, 5)
    loop = loop_of(database, kind, runner=lambda: LocalRunner(2))

    def until():
        clock.pass_time(5)  # waiting times after a crash
        return state_of(database, 3) is JobState.POISONED and len(kind.applied) == 4

    work_with_real_processes(loop, until)
    assert sorted(kind.applied) == [(1, 1), (2, 2), (4, 4), (5, 5)]
    assert kind.given_up == [(3, "worker_crashed")]


def test_a_segfault_is_a_crash(database, clock):
    kind = NumberKind(crash)
    ask(database, 1)
    loop = loop_of(database, kind, runner=lambda: LocalRunner(1))

    def until():
        clock.pass_time(5)
        return state_of(database, 1) is JobState.POISONED

    work_with_real_processes(loop, until)
    assert kind.given_up == [(1, "worker_crashed")]


def test_a_task_over_its_time_is_stopped(database, clock):
    kind = NumberKind(sleep_long, timeout_s=0.5)
    ask(database, 1)
    loop = loop_of(database, kind, runner=lambda: LocalRunner(1))

    def until():
        clock.pass_time(5)
        return state_of(database, 1) is JobState.POISONED

    work_with_real_processes(loop, until)
    assert kind.given_up == [(1, "timed_out")]


def test_work_of_a_dead_program_goes_back_to_the_queue(database):
    ask(database, 1)
    with database.write("test") as tx:
        store.claim(tx, "gone", ["number"])
    with database.write("test") as tx:
        assert store.running_owners(tx) == {"gone"}
        assert store.requeue_of_owners(tx, {"gone"}) == 1
    kind = NumberKind()
    loop_of(database, kind).run_until_idle()
    assert kind.applied == [(1, 2)]


class AnsweringRunner:
    """Answers each task with the next of the outcomes it was given."""

    def __init__(self, *outcomes):
        self.outcomes = list(outcomes)
        self.closed = False

    def submit(self, _run, _task, _timeout_s, done):
        done(self.outcomes.pop(0))

    def capacity(self):
        return 1

    def close(self, *, wait_s):
        self.closed = True


@pytest.mark.parametrize(
    "outcome",
    [
        Outcome(error=EngineTimeout("ocr_timeout", after_s=300), slept=True),
        Outcome(error=TimeoutError(), timed_out=True, slept=True),
    ],
)
def test_a_time_limit_that_passed_while_the_pc_slept_does_not_count(database, outcome):
    kind = NumberKind()
    ask(database, 5)
    loop_of(database, kind, runner=lambda: AnsweringRunner(outcome, Outcome(result=10))).run_until_idle()
    assert kind.given_up == []
    assert kind.applied == [(5, 10)]
    with database.read() as session:
        assert session.scalar(select(JobRow.crashes)) == 0


def test_a_time_limit_that_passed_while_awake_counts(database):
    kind = NumberKind()
    ask(database, 5)
    outcome = Outcome(error=EngineTimeout("ocr_timeout", after_s=300))
    loop_of(database, kind, runner=lambda: AnsweringRunner(outcome)).run_until_idle()
    assert kind.given_up == [(5, "ocr_timeout")]


def test_waiting_time_does_not_outlast_a_clock_set_back(database, clock):
    kind = NumberKind()
    ask(database, 5)
    crashed = Outcome(error=TimeoutError(), crashed=True)
    loop = loop_of(database, kind, runner=lambda: AnsweringRunner(crashed, Outcome(result=10)))
    loop.run_until_idle()
    assert kind.applied == []  # it waits a second after the crash
    clock.pass_time(-7 * 365 * 24 * 3600)  # an empty battery on the main board
    loop.run_until_idle()
    assert kind.applied == [(5, 10)]


def test_a_full_disk_does_not_hold_for_years_when_the_clock_is_set_back(database, clock):
    kind = NumberKind(no_room)
    ask(database, 5)
    loop = loop_of(database, kind)
    loop._step()
    loop._step()
    assert loop.held == "disk_full" or loop._paused()
    clock.pass_time(-7 * 365 * 24 * 3600)
    assert loop._paused() is None


def test_workers_that_do_not_start_hold_the_work_and_fail_no_job(database, clock):
    kind = NumberKind()
    ask(database, 5)
    lost = Outcome(error=MachineError("workers_lost", retryable=True))
    loop = loop_of(database, kind, runner=lambda: AnsweringRunner(*[lost] * 9, Outcome(result=10)))
    for _ in range(40):
        loop._step()
        clock.pass_time(2)
    assert kind.given_up == []
    assert kind.applied == [(5, 10)]


def test_a_task_that_cannot_be_handed_out_comes_back(database):
    class Broken(AnsweringRunner):
        def submit(self, _run, _task, _timeout_s, _done):
            raise RuntimeError("the pool is not active")

    kind = NumberKind()
    ask(database, 5)
    loop_of(database, kind, runner=Broken).run_until_idle()
    assert state_of(database, 5) is JobState.FAILED
    assert kind.given_up == [(5, "unexpected_error")]


def test_idle_workers_are_given_back_and_come_again(database, monkeypatch):
    monkeypatch.setattr("app.jobs.loop.IDLE_RELEASE_S", -1.0)
    runners = []

    def make():
        runners.append(AnsweringRunner(Outcome(result=10)))
        return runners[-1]

    kind = NumberKind()
    loop = loop_of(database, kind, runner=make)
    for subject in (5, 6):
        ask(database, subject)
        loop.run_until_idle()
    assert [subject for subject, _ in kind.applied] == [5, 6]
    assert [runner.closed for runner in runners] == [True, True]


def test_the_pc_is_kept_awake_only_while_a_task_is_out(database):
    kind = NumberKind()
    ask(database, 5)
    loop = loop_of(database, kind, runner=lambda: AnsweringRunner(Outcome(result=10)))
    loop._step()
    assert loop._awake.is_held
    loop._step()
    assert not loop._awake.is_held
