"""Pages per minute, CPU time, memory and errors of `foliodesk digitize` against OCRmyPDF and the bare engine.

    python -m tests.benchmarks.digitize_against_ocrmypdf --ocrmypdf PATH [SET...] [--rounds 5]

A SET is a directory drawn by tests.fixtures.draw_folders (resources/sample without one). Rounds alternate
between the programs, so that a change in the machine's load meets all. The bare engine (tests.benchmarks.bare_engine)
is the bound: recognition at full resolution and nothing else. README.md says how to install
OCRmyPDF beside the project and what the figures do not say.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sqlite3
import statistics
import sys
import tempfile
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from app.paths import tessdata_dir
from tests.benchmarks.bare_engine import write_grey_pages
from tests.benchmarks.measured_run import FOLIODESK, PROJECT, Measured, cores, machine, megabytes, run
from tests.benchmarks.page_truth import LineErrors, PageSet, line_errors, read_set, write_one_pdf

SYSTEM_TESSDATA = ("/usr/share/tesseract-ocr/5/tessdata", "/usr/share/tessdata")


@dataclass(slots=True)
class Rounds:
    """All runs of the programs on one set."""

    ours: list[Measured] = field(default_factory=list)
    theirs: list[Measured] = field(default_factory=list)
    bare: list[Measured] = field(default_factory=list)
    our_errors: dict[str, LineErrors] = field(default_factory=dict)
    their_errors: dict[str, LineErrors] = field(default_factory=dict)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("sets", nargs="*", type=Path, default=[PROJECT / "resources" / "sample"])
    parser.add_argument(
        "--ocrmypdf", type=Path, required=True, help="its command, in an environment of its own"
    )
    parser.add_argument("--languages", default="eng+khm")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--workers", type=int, default=cores())
    parser.add_argument("--work-dir", type=Path, help="where runs leave their files (default: temporary)")
    options = parser.parse_args()
    print(machine())
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as temporary:
        work_dir = options.work_dir or Path(temporary)
        tessdata = shared_tessdata(work_dir / "tessdata")
        for root in options.sets:
            compare(read_set(root), options, work_dir / root.name, tessdata)


def shared_tessdata(to: Path) -> Path:
    """Our language data with the output configurations Tesseract's own command wants beside them."""
    shutil.rmtree(to, ignore_errors=True)
    shutil.copytree(tessdata_dir(), to)
    for place in map(Path, SYSTEM_TESSDATA):
        for name in ("configs", "tessconfigs"):
            if (place / name).is_dir():
                shutil.copytree(place / name, to / name, dirs_exist_ok=True)
    if not (to / "configs" / "hocr").exists():
        sys.exit(
            "Tesseract's configs are missing: install tesseract-ocr, or add its place to SYSTEM_TESSDATA."
        )
    return to


def compare(pages: PageSet, options: argparse.Namespace, work_dir: Path, tessdata: Path) -> None:
    work_dir.mkdir(parents=True, exist_ok=True)
    joined = work_dir / "pages.pdf"
    write_one_pdf(pages.pages, joined)
    write_grey_pages(pages.pages, joined, work_dir / "grey")
    print(f"\n== {pages.root.name}: {len(pages.folders)} folders, {len(pages.pages)} pages", flush=True)
    rounds = Rounds()
    for number in range(options.rounds):
        theirs, text = run_ocrmypdf(joined, work_dir, options, tessdata)
        ours, home = run_digitize(pages, work_dir, options)
        rounds.theirs.append(theirs)
        rounds.ours.append(ours)
        rounds.bare.append(run_bare_engine(work_dir, options))
        if number == 0:
            rounds.our_errors = errors_by_kind(pages, our_texts(home, pages))
            rounds.their_errors = errors_by_kind(pages, text.split("\f"))
        print(
            f"round {number + 1}: {theirs.wall_s / ours.wall_s:.2f} times as fast, CPU {theirs.cpu_s / ours.cpu_s:.2f} "
            f"times less (Foliodesk {ours.wall_s:.1f} s, {ours.cpu_s:.1f} CPU s; "
            f"OCRmyPDF {theirs.wall_s:.1f} s, {theirs.cpu_s:.1f} CPU s; "
            f"bare engine {rounds.bare[-1].wall_s:.1f} s, {rounds.bare[-1].cpu_s:.1f} CPU s)",
            flush=True,
        )
    print_results(len(pages.pages), rounds)


def run_ocrmypdf(
    joined: Path, work_dir: Path, options: argparse.Namespace, tessdata: Path
) -> tuple[Measured, str]:
    out, sidecar = work_dir / "ocrmypdf.pdf", work_dir / "ocrmypdf.txt"
    out.unlink(missing_ok=True)
    program: Path = options.ocrmypdf
    asked = ("--deskew", "--rotate-pages", "--jobs", str(options.workers), "--language", options.languages)
    measured = run(
        [program, *asked, "--sidecar", sidecar, "--quiet", joined, out],
        variables={"TESSDATA_PREFIX": str(tessdata)},
        lower_priority=True,
    )
    if not out.exists():
        sys.exit(f"OCRmyPDF failed ({measured.exit_code}):\n{measured.errors}")
    return measured, sidecar.read_text(encoding="utf-8")


def run_digitize(pages: PageSet, work_dir: Path, options: argparse.Namespace) -> tuple[Measured, Path]:
    home, to = work_dir / "home", work_dir / "delivered"
    for left in (home, to):
        shutil.rmtree(left, ignore_errors=True)
    measured = run(
        [
            *FOLIODESK,
            "digitize",
            *pages.folders,
            *("--home", str(home), "--to", str(to), "--office", pages.office),
            *("--register", str(pages.register), "--languages", options.languages),
            *("--workers", str(options.workers), "--json"),
        ],
        variables={"TESSDATA_PREFIX": str(tessdata_dir())},
    )
    if measured.exit_code not in {0, 1}:
        sys.exit(f"foliodesk failed ({measured.exit_code}):\n{measured.errors}")
    done = sum(dossier["page_count"] for dossier in json.loads(measured.output)["dossiers"])
    if done != len(pages.pages):
        sys.exit(f"foliodesk took {done} pages of {len(pages.pages)}")
    return measured, home


def run_bare_engine(work_dir: Path, options: argparse.Namespace) -> Measured:
    asked = ("--languages", options.languages, "--jobs", str(options.workers))
    measured = run(
        [sys.executable, "-m", "tests.benchmarks.bare_engine", work_dir / "grey", *asked],
        variables={"TESSDATA_PREFIX": str(tessdata_dir())},
        lower_priority=True,
    )
    if measured.exit_code != 0:
        sys.exit(f"the bare engine failed ({measured.exit_code}):\n{measured.errors}")
    return measured


def our_texts(home: Path, pages: PageSet) -> list[str]:
    """The text of each page as stored, in the set's order."""
    statement = """select i.source_path, p.source_page, r.text from page p
        join import_item i on i.id = p.import_item_id join page_result r on r.page_id = p.id"""
    with closing(sqlite3.connect(home / "foliodesk.sqlite3")) as database:
        texts = {(Path(file), frame): text for file, frame, text in database.execute(statement)}
    return [texts.get((page.file.absolute(), page.frame), "") for page in pages.pages]


def errors_by_kind(pages: PageSet, texts: Sequence[str]) -> dict[str, LineErrors]:
    found: dict[str, LineErrors] = {}
    for page, text in zip(pages.pages, texts, strict=False):
        if page.lines:
            errors = line_errors(page.lines, text)
            for name in (page.kind, "all"):
                found[name] = found.get(name, LineErrors()) + errors
    return dict(sorted(found.items(), key=lambda each: (each[0] == "all", each[0])))


def print_results(pages: int, rounds: Rounds) -> None:
    pairs = list(zip(rounds.theirs, rounds.ours, strict=True))
    speed = [theirs.wall_s / ours.wall_s for theirs, ours in pairs]
    cpu = [theirs.cpu_s / ours.cpu_s for theirs, ours in pairs]
    of_bare = [
        (bare.wall_s / ours.wall_s, bare.cpu_s / ours.cpu_s)
        for bare, ours in zip(rounds.bare, rounds.ours, strict=True)
    ]
    memory = [ours.peak_bytes / theirs.peak_bytes for theirs, ours in pairs]
    print(
        f"\nspeed ratio, median of {len(pairs)}: {statistics.median(speed):.2f} ({min(speed):.2f} to {max(speed):.2f})"
    )
    print(f"CPU ratio, median: {statistics.median(cpu):.2f} ({min(cpu):.2f} to {max(cpu):.2f})")
    wall, used = (statistics.median(ratio) for ratio in zip(*of_bare, strict=True))
    print(f"pace in paces of the bare engine, median: {wall:.2f}; CPU ratio {used:.2f}")
    print(f"memory of Foliodesk against OCRmyPDF, median: {statistics.median(memory):.2f}")
    print(
        f"\n{'program':12} {'pages/min':>10} {'CPU s/page':>11} {'peak':>9} {'main':>9} {'child':>9} {'main CPU':>9}"
    )
    contenders = (("Foliodesk", rounds.ours), ("OCRmyPDF", rounds.theirs), ("bare engine", rounds.bare))
    for name, runs in contenders:
        pace = statistics.median(60 * pages / each.wall_s for each in runs)
        used = statistics.median(each.cpu_s / pages for each in runs)
        peaks = (
            megabytes(statistics.median(getattr(each, what) for each in runs))
            for what in ("peak_bytes", "main_bytes", "child_bytes")
        )
        share = statistics.median(each.main_cpu_s / each.cpu_s for each in runs)
        sizes = " ".join(f"{peak:>9}" for peak in peaks)
        print(f"{name:12} {pace:10.1f} {used:11.2f} {sizes} {share:9.1%}")
    print(f"\n{'errors in printed lines':28} {'characters':>10} {'Foliodesk':>10} {'OCRmyPDF':>10}")
    for kind, ours in rounds.our_errors.items():
        theirs = rounds.their_errors[kind]
        print(f"{kind:28} {ours.characters:10} {ours.share:10.4f} {theirs.share:10.4f}")


if __name__ == "__main__":
    main()
