"""How fast files come in while pages are recognised, and how soon an arriving page shows.

    python -m tests.benchmarks.intake [--pages 60] [--arrivals 10] [--source DIR] [--workers 2] [--settle 10]

Imports pages until all workers are at recognition, and after some seconds offers single pages one after the other. Tells the CPU time of
reading one file (what it costs a core), how many files a minute came in, and the time from the offer to the row that
names the first thumbnail, with what of it is the program's own CPU time. Wall times are worth something only on a machine at rest.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from sqlalchemy import func, select

from app.context import AppContext
from app.domain.states import ImportState, JobState
from app.storage.tables import ImportItemRow, JobRow, PageRow
from ocr.intake.intake import take_in
from ocr.types import IntakeTask
from ocr.worker import initialise
from tests.benchmarks.measured_run import PROJECT, cores, machine
from tests.benchmarks.memory import write_pages

GOAL_PER_MINUTE, GOAL_S = 140, 0.3
LOOK_S = 0.005
LONGEST_S = 600.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--pages", type=int, default=60)
    parser.add_argument("--arrivals", type=int, default=10)
    parser.add_argument("--source", type=Path, default=PROJECT / "resources" / "sample")
    parser.add_argument("--workers", type=int, default=cores())
    parser.add_argument(
        "--settle", type=float, default=10.0, help="seconds of recognition before a page arrives"
    )
    options = parser.parse_args()
    print(machine())
    originals = sorted(options.source.rglob("*.jpg"))
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as directory:
        root = Path(directory)
        cost_s = cpu_of_reading(originals, root / "alone")
        print(f"reading one file: {cost_s * 1000:.0f} CPU ms, {60 / cost_s:.0f} a minute and core")
        write_pages(originals, options.pages + options.arrivals, root / "paper")
        files = sorted((root / "paper").rglob("*.jpg"))
        with_ocr_behind(root, (files[: options.pages], files[options.pages :]), options)


def cpu_of_reading(originals: Sequence[Path], place: Path) -> float:
    """CPU seconds a file of reading it, with its master stored and its thumbnail made; in this process."""
    initialise()
    masters, derived = place / "masters", place / "derived"
    masters.mkdir(parents=True)
    derived.mkdir()
    take_in(IntakeTask(originals[0], masters, derived))  # what the first one loads is not counted
    begun = time.process_time()
    for original in originals:
        take_in(IntakeTask(original, masters, derived))
    return (time.process_time() - begun) / len(originals)


def with_ocr_behind(
    root: Path, files: tuple[Sequence[Path], Sequence[Path]], options: argparse.Namespace
) -> None:
    (first, arriving), workers = files, options.workers
    program = AppContext.open(root / "home", workers=workers, is_watched=True)
    try:
        begun = time.perf_counter()
        program.capture.import_paths(sorted({path.parent for path in first}))
        wait_until(lambda: count_pages(program) >= len(first))
        pace = 60 * len(first) / (time.perf_counter() - begun)
        print(f"{len(first)} files from offer to page rows, workers started meanwhile: {pace:.0f} a minute")
        wait_until(lambda: recognising(program) >= workers)
        time.sleep(options.settle)
        waits = []
        used_s = time.process_time()
        for number, path in enumerate(arriving):
            folder = root / f"arriving {number}"
            folder.mkdir()
            path = path.rename(folder / path.name)
            known = count_pages(program)
            begun = time.perf_counter()
            program.capture.import_paths([folder])
            wait_until(lambda known=known: count_pages(program) > known)
            waits.append(time.perf_counter() - begun)
        used_ms = (time.process_time() - used_s) / len(arriving) * 1000
        print(
            f"page offered to first thumbnail, {recognising(program)} pages being recognised: "
            f"first {waits[0]:.2f} s, then median {statistics.median(waits[1:]):.2f} s, "
            f"slowest {max(waits[1:]):.2f} s; CPU of the program itself {used_ms:.0f} ms each, looking for the row included"
        )
    finally:
        program.close(wait_s=0)


def count_pages(program: AppContext) -> int:
    with program.database.read() as session:
        refused = session.scalar(
            select(func.count()).where(
                ImportItemRow.state == ImportState.REFUSED
            )  # counted, so as not to hang
        )
        pages = session.scalar(select(func.count()).where(PageRow.thumbnail.is_not(None)))
    return (pages or 0) + (refused or 0)


def recognising(program: AppContext) -> int:
    with program.database.read() as session:
        running = select(func.count()).where(JobRow.kind == "page", JobRow.state == JobState.RUNNING)
        return session.scalar(running) or 0


def wait_until(is_so: Callable[[], bool]) -> None:
    begun = time.perf_counter()
    while not is_so():
        if time.perf_counter() - begun > LONGEST_S:
            raise TimeoutError
        time.sleep(LOOK_S)


if __name__ == "__main__":
    main()
