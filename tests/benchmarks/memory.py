"""Peak memory of the program and its workers for growing imports: it must not grow with their size.

    python -m tests.benchmarks.memory [--pages 10 100] [--source DIR] [--engine tesserocr|fake] [--workers 2]

Pages are those of a drawn set, each copy with a comment of its own, so that every one is a new scan and is
recognised anew. `--engine fake` leaves out recognition: what the program itself keeps shows up sooner.
Exits with 1 when the largest import took more than GROWTH_ALLOWED times the memory of the smallest.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.measured_run import FOLIODESK, PROJECT, Measured, cores, machine, megabytes, run

GROWTH_ALLOWED = 1.25
PAGES_PER_FOLDER = 10
START_OF_IMAGE = b"\xff\xd8"
COMMENT = b"\xff\xfe"


@dataclass(frozen=True, slots=True)
class Run:
    """One import."""

    pages: int
    measured: Measured


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--pages", nargs="+", type=int, default=[10, 100])
    parser.add_argument("--source", type=Path, default=PROJECT / "resources" / "sample")
    parser.add_argument("--engine", choices=("tesserocr", "fake"), default="tesserocr")
    parser.add_argument("--workers", type=int, default=cores())
    options = parser.parse_args()
    print(machine())
    originals = sorted(options.source.rglob("*.jpg"))
    if not originals:
        sys.exit(f"no JPEG pages under {options.source}")
    print(f"{'pages':>6} {'all':>9} {'main':>9} {'worker':>9} {'CPU s/page':>11}")
    runs = []
    for pages in sorted(options.pages):
        measured = measure(originals, pages, options.engine, options.workers)
        runs.append(Run(pages, measured))
        shown = (measured.peak_bytes, measured.main_bytes, measured.child_bytes)
        sizes = " ".join(f"{megabytes(size):>9}" for size in shown)
        print(f"{pages:6} {sizes} {measured.cpu_s / pages:11.2f}", flush=True)
    growth = runs[-1].measured.peak_bytes / runs[0].measured.peak_bytes
    main_growth = runs[-1].measured.main_bytes / runs[0].measured.main_bytes
    print(f"growth from {runs[0].pages} to {runs[-1].pages} pages: all {growth:.2f}, main {main_growth:.2f}")
    return int(growth > GROWTH_ALLOWED)


def measure(originals: Sequence[Path], pages: int, engine: str, workers: int) -> Measured:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as directory:
        root = Path(directory)
        write_pages(originals, pages, root / "paper")
        measured = run(
            [
                *(*FOLIODESK, "digitize", str(root / "paper"), "--home", str(root / "home")),
                *("--to", str(root / "out"), "--workers", str(workers), "--json"),
            ],
            variables={"FOLIODESK_ENGINE": engine},
        )
    if measured.exit_code not in {0, 1}:
        sys.exit(f"foliodesk failed ({measured.exit_code}):\n{measured.errors}")
    done = sum(dossier["page_count"] for dossier in json.loads(measured.output)["dossiers"])
    if done != pages:
        sys.exit(f"foliodesk took {done} pages of {pages}")
    return measured


def write_pages(originals: Sequence[Path], pages: int, to: Path) -> None:
    """Write so many JPEG pages in folders of ten; no two files have the same bytes."""
    for number in range(pages):
        folder = to / f"folder {number // PAGES_PER_FOLDER:04}"
        folder.mkdir(parents=True, exist_ok=True)
        content = originals[number % len(originals)].read_bytes()
        assert content.startswith(START_OF_IMAGE), "JPEG only"
        note = f"copy {number}".encode()
        marked = COMMENT + (len(note) + 2).to_bytes(2, "big") + note
        (folder / f"page {number:05}.jpg").write_bytes(START_OF_IMAGE + marked + content[2:])


if __name__ == "__main__":
    sys.exit(main())
