"""Where a page's CPU time goes: intake and every step of the page engine, recognition apart.

    python -m tests.benchmarks.page_steps [SET | DIRECTORY] [--languages eng+khm] [--office KH]

CPU milliseconds of one process, which other programs on the machine disturb less than time on the clock; compare
shares. The time of both recognisers is told apart from the step they were asked in. Numbers are looked for as the office
prints them, as in the program.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.domain.offices import formats_for, load_offices
from app.paths import offices_dir, tessdata_dir
from ocr import pipeline, step_clock
from ocr.engines.line_reader import LineReader, LineReading
from ocr.engines.protocol import RecognizeOptions
from ocr.engines.tesserocr_engine import TesserocrEngine
from ocr.intake.intake import take_in
from ocr.intake.masters import master_path
from ocr.step_clock import StepClock
from ocr.types import IntakeTask, NumberFormat, PageTask, Word
from ocr.worker import initialise
from tests.benchmarks.measured_run import PROJECT, machine

GOAL_SHARE = 0.15
READING = ("recognise", "second_reading", "numbers")
SCANS = {".bmp", ".jp2", ".jpeg", ".jpg", ".pdf", ".png", ".tif", ".tiff", ".webp"}

LineRead = Callable[[LineReader, NDArray[np.uint8]], LineReading]


class TimedEngine(TesserocrEngine):
    """The engine, with its CPU time added up."""

    used_s = 0.0

    def recognize(self, image: NDArray[np.uint8], options: RecognizeOptions) -> tuple[Word, ...]:
        begun = time.process_time()
        try:
            return super().recognize(image, options)
        finally:
            self.used_s += time.process_time() - begun

    def read_line(self, read: LineRead, reader: LineReader, strip: NDArray[np.uint8]) -> LineReading:
        """Let the second recogniser read; its time counts as the engine's."""
        begun = time.process_time()
        try:
            return read(reader, strip)
        finally:
            self.used_s += time.process_time() - begun


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("directory", nargs="?", type=Path, default=PROJECT / "resources" / "sample")
    parser.add_argument("--languages", default="eng+khm")
    parser.add_argument("--office", default="KH")
    options = parser.parse_args()
    formats = formats_for(load_offices(offices_dir()), options.office)
    print(machine())
    initialise()
    engine = TimedEngine(tessdata_dir())
    steps: Counter[str] = Counter()
    pages = 0
    files = sorted(path for path in options.directory.rglob("*") if path.suffix.lower() in SCANS)
    with timed_by_cpu(engine, steps):
        for path in files:
            pages += measure(path, tuple(options.languages.split("+")), formats, steps)
    print_table(steps, pages)


@contextmanager
def timed_by_cpu(engine: TimedEngine, steps: Counter[str]) -> Iterator[None]:
    """Let the pipeline's clock show CPU time without the engine's, which is added to steps by itself."""
    kept = step_clock.time, pipeline.open_engine, StepClock.step, LineReader.read
    begin, read = kept[2:]

    @contextmanager
    def step(clock: Any, name: str) -> Iterator[None]:
        before = engine.used_s
        with begin(clock, name):
            yield
        steps[f"engine in {name}"] += (engine.used_s - before) * 1000

    step_clock.time = SimpleNamespace(perf_counter=lambda: time.process_time() - engine.used_s)  # type: ignore[attr-defined]
    pipeline.open_engine = lambda *_: engine  # type: ignore[attr-defined]
    StepClock.step = step  # type: ignore[assignment, method-assign]
    LineReader.read = lambda reader, strip: engine.read_line(read, reader, strip)  # type: ignore[method-assign]
    try:
        yield
    finally:
        step_clock.time, pipeline.open_engine, StepClock.step, LineReader.read = kept  # type: ignore[attr-defined, method-assign]


def measure(
    path: Path, languages: tuple[str, ...], formats: Sequence[NumberFormat], steps: Counter[str]
) -> int:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as directory:
        masters, derived = Path(directory) / "masters", Path(directory) / "derived"
        masters.mkdir()
        derived.mkdir()
        begun = time.process_time()
        taken = take_in(IntakeTask(path, masters, derived))
        steps["intake"] += (time.process_time() - begun) * 1000
        extensions = {master.sha256: master.extension for master in taken.masters}
        for page in taken.pages:
            task = PageTask(
                master_path=master_path(masters, page.master_sha256, extensions[page.master_sha256]),
                frame=page.frame,
                derived_dir=derived,
                derived_key=f"page-{page.source_page}",
                languages=languages,
                formats=tuple(formats),
                tessdata_dir=tessdata_dir(),
                stated_dpi=page.dpi,
            )
            steps.update(dict(pipeline.process_page(task).step_ms))
    return len(taken.pages)


def print_table(steps: Counter[str], pages: int) -> None:
    steps = +steps
    total = sum(steps.values())
    reading = sum(steps[name] + steps[f"engine in {name}"] for name in READING)
    print(f"{pages} pages\n\n{'step':24} {'CPU ms a page':>14} {'share':>7}")
    for name, used_ms in steps.most_common():
        print(f"{name:24} {used_ms / pages:14.1f} {used_ms / total:7.1%}")
    late = "  beyond the goal" if 1 - reading / total > GOAL_SHARE else ""
    print(f"{'all':24} {total / pages:14.1f}\neverything but recognition {1 - reading / total:.1%}{late}")


if __name__ == "__main__":
    main()
