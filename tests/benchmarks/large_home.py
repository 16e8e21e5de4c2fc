"""How the program answers with 100,000 dossiers and 1,000,000 pages in its database.

    python -m tests.benchmarks.large_home --make ../large     # some minutes and 7 GB, once
    python -m tests.benchmarks.large_home ../large

Every figure is of the program's own code on the real database: its queries as a thread of the window runs them, and
the presenters of Indexing and Review without a screen. CPU and wall milliseconds, median and the worst of the rounds.
Ends with 1 when the next dossier took 100 ms or more, or a key press was not free for the next one in time.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import sys
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from app.domain.states import DossierState
from app.events import ChangeBus
from app.paths import HomePaths
from app.queries import audit, batches, documents, dossiers, imports, pages, progress, register, timings, work
from app.queries import uploads as upload_rows
from app.storage.database import Database
from app.storage.migrations.runner import migrate
from tests.benchmarks.large_home_rows import fill
from tests.benchmarks.measured_run import machine

GOAL_MS = 100.0
INDEX_STATES = (DossierState.TO_INDEX, DossierState.RETURNED, DossierState.REFUSED_BY_OFFICE)
WENT_ON = (DossierState.TO_REVIEW, DossierState.APPROVED, DossierState.QUEUED, DossierState.UPLOADED)
SCREENFUL = 60


@dataclass(slots=True)
class Table:
    """Figures as they come."""

    rounds: int
    lines: list[tuple[str, float, float, float]] = field(default_factory=list)

    def measure(self, name: str, call: Callable[[int], Any], *, rounds: int = 0) -> float:
        """Run call(round) and print what it took; returns the worst wall milliseconds."""
        walls, cpus = [], []
        for number in range(rounds or self.rounds):
            wall, cpu = time.perf_counter(), time.process_time()
            call(number)
            walls.append((time.perf_counter() - wall) * 1_000)
            cpus.append((time.process_time() - cpu) * 1_000)
        print(
            f"| {name} | {statistics.median(cpus):.1f} | {statistics.median(walls):.1f} | {max(walls):.1f} |",
            flush=True,
        )
        return max(walls)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("home", type=Path, nargs="?")
    parser.add_argument("--make", type=Path, metavar="HOME", help="make the database there and end")
    parser.add_argument("--dossiers", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=15)
    given = parser.parse_args()
    if given.make is not None:
        return make(given.make, given.dossiers)
    if given.home is None:
        parser.error("name a home, or make one")
    print(machine())
    migrate(HomePaths(given.home).database)
    table = Table(given.rounds)
    print("| what | CPU ms | wall ms, median | wall ms, worst |\n|---|---|---|---|")
    database = Database(HomePaths(given.home).database, ChangeBus())
    try:
        queries(table, database, HomePaths(given.home))
    finally:
        database.close()
    return 0 if screens(table, given.home) < GOAL_MS else 1


def make(home: Path, count: int) -> int:
    """Make the home anew."""
    if home.exists():
        shutil.rmtree(home)
    paths = HomePaths(home).make()
    migrate(paths.database)
    began = time.perf_counter()
    fill(paths.database, count)
    took = time.perf_counter() - began
    print(f"{count:,} dossiers, {paths.database.stat().st_size / 1e9:.1f} GB, {took:.0f} s")
    return 0


@dataclass(frozen=True, slots=True)
class Looking:
    """What work.status asks of the program."""

    database: Database
    paths: HomePaths
    held: str | None = None


def queries(table: Table, reader: Database, paths: HomePaths) -> None:
    """The reads that threads of the window and the command line make."""
    waiting = [place.id for place in dossiers.list_queue(reader, INDEX_STATES)]
    long_one = next(each for each in range(7, 10**9, 1_000) if each > 0)
    heads = [head.id for head in batches.batch_heads(reader)]
    outbox = upload_rows.upload_ids(reader)
    table.measure("Indexing: places of all that wait", lambda _: dossiers.list_queue(reader, INDEX_STATES))
    table.measure(
        "Indexing: how many went on by themselves", lambda _: dossiers.count_released(reader, WENT_ON)
    )
    table.measure(
        "Indexing: all of these, when asked for", lambda _: dossiers.list_released(reader, WENT_ON), rounds=3
    )
    table.measure(
        "a screenful of dossiers",
        lambda at: dossiers.list_dossiers(reader, ids=waiting[at * SCREENFUL : (at + 1) * SCREENFUL]),
    )
    table.measure(
        "Review: places of all that wait", lambda _: dossiers.list_queue(reader, (DossierState.TO_REVIEW,))
    )
    table.measure("Batches: all names", lambda _: batches.batch_heads(reader))
    table.measure(
        "Batches: a screenful with counts",
        lambda at: batches.get_batches(reader, heads[at * 10 : at * 10 + 20]),
    )
    table.measure(
        "Batches: one batch whole",
        lambda at: (
            dossiers.list_dossiers(reader, batch_id=heads[at]),
            imports.ledger(reader, heads[at]),
            batches.get_batch(reader, heads[at]),
        ),
    )
    table.measure("Capture: is a batch unfinished", lambda _: batches.newest_unfinished(reader))
    table.measure("Uploads: places of all", lambda _: upload_rows.upload_ids(reader))
    table.measure("Uploads: where they go", lambda _: upload_rows.destinations(reader))
    table.measure(
        "Uploads: a screenful",
        lambda at: upload_rows.list_uploads(reader, ids=outbox[at * 60 : at * 60 + 60]),
    )
    table.measure(
        "Uploads: search by a number", lambda at: upload_rows.upload_ids(reader, [f"{41_000 + at}"])
    )
    table.measure("Uploads: search by two words", lambda _: upload_rows.upload_ids(reader, ["kh-p", "សំណុំ"]))
    table.measure("rail: how much waits where", lambda _: work.waiting(reader))
    table.measure("strip: what runs", lambda _: work.status(Looking(reader, paths)))
    table.measure("register: size and age", lambda _: register.info(reader))
    table.measure("one dossier in full", lambda at: dossiers.get_dossier(reader, waiting[at]))
    table.measure("its pages (10)", lambda at: pages.list_pages(reader, dossier_id=waiting[at]))
    table.measure("pages of a dossier of 100", lambda _: pages.list_pages(reader, dossier_id=long_one))
    table.measure("tree of a dossier of 100", lambda _: documents.dossier_tree(reader, long_one))
    table.measure("one page in full", lambda at: pages.get_page(reader, waiting[at] * 200))
    table.measure("story of a dossier of 100", lambda _: audit.story(reader, long_one))
    thousand = list(range(2_001, 3_001))
    items = [number * 200 + place for number in thousand for place in range(10)]
    table.measure(
        "digitize: progress of 1,000 dossiers", lambda _: progress.of_import(reader, thousand, items)
    )
    table.measure(
        "digitize: report of 1,000 dossiers",
        lambda _: (
            dossiers.get_dossiers(reader, thousand),
            pages.pages_of(reader, thousand),
            upload_rows.list_uploads(reader, dossier_ids=thousand),
            imports.ledger(reader, item_ids=items),
            timings.of_import(reader, thousand, items, 1.0),
        ),
        rounds=3,
    )


def screens(table: Table, home: Path) -> float:
    """Indexing and Review over the real database: the next dossier by a key. Returns the worst milliseconds."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from tests.benchmarks.large_home_screens import Driven

    with closing(Driven(home)) as window:
        window.go("indexing")
        first = table.measure("Indexing: next dossier by its key, until shown", window.next_dossier)
        table.measure("Indexing: the key itself, until the next can come", window.key_alone)
        table.measure("Indexing: after a commit, until the list is as it is now", window.change)
        window.go("review")
        second = table.measure("Review: next dossier by its key, until shown", window.next_dossier)
        table.measure("Review: the key itself, until the next can come", window.key_alone)
        for name in ("batches", "uploads"):
            table.measure(
                f"{name.capitalize()}: from another screen, until its rows are here", window.visit(name)
            )
    return max(first, second)


if __name__ == "__main__":
    sys.exit(main())
