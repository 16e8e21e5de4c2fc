"""The fast lane of the job loop: what takes moments does not wait for workers at longer work."""

from __future__ import annotations

import pytest

from app.events import ChangeBus
from app.jobs import store
from app.jobs.loop import FastLane, JobLoop
from app.jobs.protocol import Outcome
from app.storage.database import Database
from app.storage.migrations.runner import migrate
from tests.helpers.jobs import NumberKind


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


def loop_with_fast_lane(database, long, short):
    workers, lane = HeldRunner(), HeldRunner()
    made = []

    def make_lane():
        made.append(lane)
        return lane

    loop = JobLoop(
        database,
        lambda: workers,
        [long, short],
        "owner-1",
        lambda: None,
        fast_lane=FastLane(make_lane, (short.name,)),
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
