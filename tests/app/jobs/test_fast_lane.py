"""The fast lane of the job loop: what takes moments does not wait for workers at longer work."""

from __future__ import annotations

import time
from dataclasses import replace

import psutil
import pytest
from sqlalchemy import select

from app.domain.states import JobState
from app.events import ChangeBus
from app.jobs import store
from app.jobs.fast_lane import FastLane
from app.jobs.local_runner import LocalRunner
from app.jobs.loop import JobLoop
from app.jobs.protocol import Outcome
from app.storage.database import Database
from app.storage.migrations.runner import migrate
from app.storage.tables import JobRow
from tests.helpers.jobs import NumberKind, in_small_steps


@pytest.fixture
def database(tmp_path):
    path = tmp_path / "foliodesk.sqlite3"
    migrate(path)
    database = Database(path, ChangeBus())
    yield database
    database.close()


def ask(database, *subjects, kind):
    with database.write("test") as tx:
        for subject in subjects:
            store.enqueue(tx, kind, subject)


class HeldRunner:
    """One worker that ends its task only when told."""

    def __init__(self):
        self.held = []
        self.closed = False

    def submit(self, run, task, timeout_s, done):
        self.held.append((run, task, done))

    def capacity(self):
        return 1 - len(self.held)

    def finish(self):
        run, task, done = self.held.pop()
        done(Outcome(result=run(task)))

    def close(self, *, wait_s):
        self.closed = True


def loop_with_fast_lane(database, long, short, *, lane=None, **about_lane):
    workers, lane = HeldRunner(), lane or HeldRunner()
    made = []

    def make_lane():
        made.append(lane)
        if isinstance(lane, Exception):
            raise lane
        return lane

    loop = JobLoop(
        database,
        lambda: workers,
        [long, short],
        "owner-1",
        lambda: None,
        fast_lane=replace(FastLane(make_lane, (short.name,)), **about_lane),
    )
    return loop, workers, lane, made


def named(name):
    kind = NumberKind()
    kind.name = name
    return kind


def test_a_file_that_arrives_while_all_workers_recognise_is_read_at_once(database):
    long, short = named("long"), named("short")
    loop, workers, lane, _ = loop_with_fast_lane(database, long, short)
    ask(database, 1, 2, kind="long")
    loop._step()
    ask(database, 7, kind="short")
    loop._step()
    lane.finish()
    loop._step()
    assert short.applied == [(7, 14)]
    assert (long.applied, len(workers.held)) == ([], 1)
    loop.stop()
    assert lane.closed


def test_no_process_more_is_started_while_a_worker_reads_a_file_itself(database):
    long, short = named("long"), named("short")
    loop, workers, _lane, made = loop_with_fast_lane(database, long, short)
    ask(database, 1, 2, kind="short")
    loop._step()
    assert (len(workers.held), made) == (1, [])
    workers.finish()
    ask(database, 3, kind="long")
    loop._step()
    assert made == []


def test_long_work_is_never_done_in_the_fast_lane(database):
    long, short = named("long"), named("short")
    loop, _, lane, _ = loop_with_fast_lane(database, long, short)
    ask(database, 1, 2, kind="long")
    ask(database, 7, 8, kind="short")
    for _ in range(4):
        loop._step()
    assert all(task in {7, 8} for _, task, _ in lane.held)


def states(database):
    with database.read() as session:
        return dict(session.execute(select(JobRow.subject_id, JobRow.state)).all())


def step_until(loop, is_so, *, at_most_s=60.0):
    until = time.monotonic() + at_most_s
    while not is_so():
        assert time.monotonic() < until
        loop._step()
        loop._wake.wait(0.05)
        loop._wake.clear()


def test_no_lane_where_memory_has_no_room_for_one_worker_more(database):
    long, short = named("long"), named("short")
    room = [False]
    loop, workers, lane, made = loop_with_fast_lane(database, long, short, has_room=lambda: room[0])
    ask(database, 1, kind="long")
    loop._step()
    ask(database, 7, kind="short")
    loop._step()
    assert (made, states(database)[7]) == ([], JobState.QUEUED)
    room[0] = True
    loop._step()
    assert (len(lane.held), len(workers.held)) == (1, 1)


def test_an_idle_lane_goes_back_while_the_others_still_work(database, monkeypatch):
    long, short = named("long"), named("short")
    loop, workers, lane, made = loop_with_fast_lane(database, long, short)
    ask(database, 1, kind="long")
    loop._step()
    ask(database, 7, kind="short")
    loop._step()
    monkeypatch.setattr("app.jobs.fast_lane.LANE_RELEASE_S", -1.0)
    loop._step()
    assert not lane.closed  # it reads
    lane.finish()
    loop._step()
    assert (lane.closed, workers.closed, len(workers.held)) == (True, False, 1)
    ask(database, 8, kind="short")
    loop._step()
    assert len(made) == 2


def load(_):
    return None


def test_a_lane_that_is_kept_ready_is_there_before_the_first_file(database):
    long, short = named("long"), named("short")
    loop, workers, lane, made = loop_with_fast_lane(database, long, short, get_ready=load)
    loop._step()
    assert made == []  # nobody is at work: the workers will read what comes
    ask(database, 1, kind="long")
    loop._step()
    assert [task for _, task, _ in lane.held] == [None]
    lane.finish()
    ask(database, 7, kind="short")
    loop._step()
    lane.finish()
    loop._step()
    assert (short.applied, len(made), len(workers.held)) == ([(7, 14)], 1, 1)


def test_a_lane_that_is_kept_ready_stays_while_the_others_work_and_memory_has_room(database, monkeypatch):
    monkeypatch.setattr("app.jobs.fast_lane.LANE_RELEASE_S", -1.0)
    room = [True]
    long, short = named("long"), named("short")
    loop, workers, lane, _ = loop_with_fast_lane(
        database, long, short, get_ready=load, has_room=lambda: room[0]
    )
    ask(database, 1, kind="long")
    loop._step()
    lane.finish()
    loop._step()
    assert not lane.closed
    room[0] = False
    loop._step()
    assert (lane.closed, workers.closed) == (True, False)


def test_a_lane_that_is_kept_ready_goes_back_when_the_others_are_done(database, monkeypatch):
    monkeypatch.setattr("app.jobs.fast_lane.LANE_RELEASE_S", -1.0)
    long, short = named("long"), named("short")
    loop, workers, lane, _ = loop_with_fast_lane(database, long, short, get_ready=load)
    ask(database, 1, kind="long")
    loop._step()
    lane.finish()
    workers.finish()
    loop._step()
    assert lane.closed


def test_a_lane_that_cannot_get_ready_holds_nothing_up(database):
    class Broken(HeldRunner):
        def submit(self, run, task, timeout_s, done):
            raise OSError(12, "Cannot allocate memory")

    long, short = named("long"), named("short")
    loop, workers, lane, made = loop_with_fast_lane(database, long, short, lane=Broken(), get_ready=load)
    ask(database, 1, kind="long")
    for _ in range(3):
        loop._step()
    assert (lane.closed, len(made), loop.held) == (True, 1, None)
    workers.finish()
    loop._step()
    assert long.applied


def test_a_lane_that_cannot_be_made_holds_nothing_up(database, monkeypatch):
    long, short = named("long"), named("short")
    loop, workers, _, made = loop_with_fast_lane(database, long, short, lane=OSError("no memory"))
    ask(database, 1, kind="long")
    loop._step()
    ask(database, 7, kind="short")
    for _ in range(3):
        loop._step()
    assert (loop.held, len(made), states(database)[7]) == (None, 1, JobState.QUEUED)
    workers.finish()
    loop._step()
    assert [task for _, task, _ in workers.held] == [7]


def test_a_lane_whose_process_does_not_start_gives_its_file_to_the_others(database, monkeypatch):
    class Broken(HeldRunner):
        def submit(self, run, task, timeout_s, done):
            raise OSError(12, "Cannot allocate memory")

    monkeypatch.setattr("app.jobs.loop.FULL_WAIT_S", 0.0)
    long, short = named("long"), named("short")
    loop, workers, lane, made = loop_with_fast_lane(database, long, short, lane=Broken())
    ask(database, 1, kind="long")
    loop._step()
    ask(database, 7, kind="short")
    for _ in range(3):
        loop._step()
    assert (short.given_up, loop.held, lane.closed, len(made)) == ([], None, True, 1)
    workers.finish()
    loop._step()
    assert [task for _, task, _ in workers.held] == [7]


def test_a_lane_that_does_not_close_leaves_no_worker_behind(database):
    class Stuck(HeldRunner):
        def close(self, *, wait_s):
            raise RuntimeError("pool")

    long, short = named("long"), named("short")
    loop, workers, lane, _ = loop_with_fast_lane(database, long, short, lane=Stuck())
    ask(database, 1, kind="long")
    loop._step()
    ask(database, 7, kind="short")
    loop._step()
    assert lane.held
    loop.stop()
    assert workers.closed
    assert set(states(database).values()) == {JobState.QUEUED}


@pytest.fixture
def real_lane():
    runner = LocalRunner(1)
    yield runner
    runner.close(wait_s=0.0)


def reading_children():
    return [child for child in psutil.Process().children() if "spawn_main" in " ".join(child.cmdline())]


def test_a_file_whose_reader_is_killed_in_its_midst_is_read_again(database, real_lane):
    long, short = named("long"), named("short")
    short.run = in_small_steps
    loop, workers, lane, _ = loop_with_fast_lane(database, long, short, lane=real_lane)
    ask(database, 1, kind="long")
    loop._step()
    ask(database, 2, kind="short")
    step_until(loop, lambda: any(each.future.running() for each in lane._limits._limits))
    for child in reading_children():
        child.kill()
    step_until(loop, lambda: short.applied)
    assert (short.applied, short.given_up) == ([(2, 2)], [])
    assert (len(workers.held), long.given_up) == (1, [])
    loop.stop()


def test_what_the_lane_reads_when_the_program_ends_waits_for_the_next(database, real_lane):
    long, short = named("long"), named("short")
    short.run = in_small_steps
    loop, _, lane, _ = loop_with_fast_lane(database, long, short, lane=real_lane)
    ask(database, 1, kind="long")
    loop._step()
    ask(database, 60, kind="short")
    step_until(loop, lambda: any(each.future.running() for each in lane._limits._limits))
    began = time.monotonic()
    loop.stop(wait_s=1.0)
    assert time.monotonic() - began < 10.0
    assert short.given_up == []
    assert states(database) == {1: JobState.QUEUED, 60: JobState.QUEUED}
    assert reading_children() == []
