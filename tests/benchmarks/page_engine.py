"""Measure the page engine on the shared data and print one table per task.

Usage: python tests/benchmarks/page_engine.py [TASK...] [--pick TEXT] [--data DIR]
Tasks: skew orientation blank barcode separation quality ocr robust (all without names). Not a timed test: figures are
shares, errors and CPU milliseconds; seconds of another machine mean nothing.
"""

from __future__ import annotations

import argparse
import csv
import json
import statistics
import subprocess
import sys
import time
import unicodedata
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(PROJECT))

from rapidfuzz.distance import Levenshtein  # noqa: E402

from ocr.errors import WorkstationError  # noqa: E402
from ocr.inspect import InspectOptions, PageInspection, inspect_file  # noqa: E402

DATA = PROJECT.parent / "shared" / "data"
TASKS = ("skew", "orientation", "blank", "barcode", "separation", "quality", "ocr", "robust")
WITHOUT_SPACES = {"khm", "lao", "tha"}
MEMORY_BYTES, SECONDS = 3_000_000_000, 120

Row = dict[str, str]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("tasks", nargs="*", default=TASKS)
    parser.add_argument("--pick", default="")
    parser.add_argument("--data", type=Path, default=DATA)
    chosen = parser.parse_args()
    rows = [row for row in read_manifest(chosen.data) if chosen.pick in row["file"]]
    for task in chosen.tasks:
        print(f"\n== {task}", flush=True)
        picked = [row for row in rows if row["task"] == task]
        globals()[f"measure_{task}"](picked, chosen.data)


def read_manifest(data: Path) -> list[Row]:
    with (data / "manifest.csv").open(encoding="utf-8", newline="") as source:
        return list(csv.DictReader(source))


def options_for(row: Row) -> InspectOptions:
    known = {path.stem for path in (PROJECT / "resources" / "tessdata").glob("*.traineddata")}
    languages = tuple(name for name in row["lang"].split("+") if name in known) or ("eng", "fra")
    return InspectOptions(languages, PROJECT / "resources" / "tessdata")


def pages_of(row: Row, data: Path) -> list[PageInspection]:
    return list(inspect_file(data / row["file"], options_for(row)))


def family(row: Row) -> str:
    parts = Path(row["file"]).parts
    return "/".join(parts[:-1])


def measure_skew(rows: Sequence[Row], data: Path) -> None:
    errors: dict[str, list[float]] = defaultdict(list)
    for row in rows:
        page = pages_of(row, data)[0]
        error = page.skew_deg - float(row["gt"])
        errors[f"{family(row)}, {row['provenance']}"].append(abs(error))
        if abs(error) > 0.25:
            print(f"  {row['file']}: expected {row['gt']}, found {page.skew_deg} ({page.skew_confidence})")
    errors["all"] = [error for group in list(errors.values()) for error in group]
    for name, group in errors.items():
        within = sum(error <= 0.25 for error in group) / len(group)
        print(
            f"{name:44} n={len(group):3} mean={statistics.mean(group):.3f} "
            f"within 0.25={within:.0%} max={max(group):.2f}"
        )


def measure_orientation(rows: Sequence[Row], data: Path) -> None:
    right = turned_wrongly = total = 0
    shares: dict[str, list[bool]] = defaultdict(list)
    for row in rows:
        expected = [int(row["gt"])] if row["gt"].isdigit() else []
        found = pages_of(row, data)
        if not expected:
            print(f"  {row['file']}: {[(page.turn_deg, page.turn_confidence) for page in found]}")
            continue
        page = found[0]
        total += 1
        right += page.turn_deg == expected[0]
        shares[f"{row['lang']}, {row['provenance']}"].append(page.turn_deg == expected[0])
        turned_wrongly += page.turn_deg not in {0, expected[0]}
        if page.turn_deg != expected[0]:
            print(f"  {row['file']}: expected {row['gt']}, found {page.turn_deg} ({page.turn_confidence})")
    for name, group in shares.items():
        print(f"{name:44} {sum(group)} of {len(group)}")
    print(f"right {right} of {total}, wrong turns {turned_wrongly}")


def measure_blank(rows: Sequence[Row], data: Path) -> None:
    right = 0
    for row in rows:
        page = pages_of(row, data)[0]
        good = page.is_blank == (row["gt"] == "blank")
        right += good
        if not good:
            print(f"  {row['file']}: expected {row['gt']}, ink {page.ink_share} text {page.text[:40]!r}")
    print(f"right {right} of {len(rows)}")


def measure_barcode(rows: Sequence[Row], data: Path) -> None:
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for row in rows:
        if row["gt_kind"] == "see note" or not Path(row["file"]).suffix:
            continue
        found = [code.text for page in pages_of(row, data)[:1] for code in page.barcodes]
        good = not found if row["gt"] == "" else any(same_code(text, row["gt"]) for text in found)
        counts[row["gt_kind"].split(" (")[0]][0] += good
        counts[row["gt_kind"].split(" (")[0]][1] += 1
        if not good:
            print(f"  {row['file']}: expected {row['gt'][:60]!r}, found {[text[:60] for text in found]}")
    for name, (good, total) in counts.items():
        print(f"{name:28} {good} of {total}")
    print("all", sum(good for good, _ in counts.values()), "of", sum(total for _, total in counts.values()))


def measure_separation(rows: Sequence[Row], data: Path) -> None:
    """Separator sheets by their Patch codes; sheets with other codes are listed only."""
    right = total = 0
    for row in rows:
        if not Path(row["file"]).suffix or row["file"].endswith(".csv"):
            continue
        pages = pages_of(row, data)
        patches = [[code.text for code in page.barcodes if code.symbology == "PatchCode"] for page in pages]
        found = [number for number, texts in enumerate(patches) if texts]
        if not row["gt"].isdigit():
            print(f"  {row['file']}: {[[code.text for code in page.barcodes] for page in pages]}")
            continue
        good = found == [int(row["gt"])] and all(set(texts) <= {"T"} for texts in patches)
        total, right = total + 1, right + good
        print(f"  {row['file']}: expected page {row['gt']}, found {found} {patches}")
    print(f"right {right} of {total}")


def measure_quality(_rows: Sequence[Row], data: Path) -> None:
    """How often the good pages of the ocr set get each reason, without reading them."""
    counts: dict[str, int] = defaultdict(int)
    rows = [row for row in read_manifest(data) if row["task"] == "ocr"]
    for row in rows:
        options = replace(options_for(row), engine="fake")
        page = next(iter(inspect_file(data / row["file"], options)))
        for reason in page.quality:
            counts[reason.code] += 1
            print(f"  {row['file']}: {reason.code} {reason.value}")
    for code, number in sorted(counts.items()):
        print(f"{code:20} {number} of {len(rows)} {number / len(rows):.1%}")


def same_code(found: str, expected: str) -> bool:
    # The manifest writes line ends as \\n and the sample's own text files CRLF.
    first, second = (text.replace("\r\n", "\n").strip() for text in (found, expected.replace("\\n", "\n")))
    return first in {second, f"0{second}"}


def measure_ocr(rows: Sequence[Row], data: Path) -> None:
    results: dict[str, list[tuple[float, float, float]]] = defaultdict(list)
    for row in rows:
        expected = (data / row["gt"]).read_text(encoding="utf-8-sig")
        start = time.process_time()
        page = pages_of(row, data)[0]
        seconds = time.process_time() - start
        spaceless = row["lang"] in WITHOUT_SPACES
        error, bag = character_error(page.text, expected, spaceless=spaceless), word_f1(page.text, expected)
        results[f"{family(row)} {row['lang'][:3]}"].append((error, bag, seconds))
        print(
            f"  {row['file']}: CER {error:.3f} F1 {bag:.3f} conf {page.mean_confidence:.2f} "
            f"turn {page.turn_deg} [{row['baseline'][-30:]}] {seconds:.1f} s",
            flush=True,
        )
    for name, group in results.items():
        errors, bags, seconds_each = zip(*group, strict=True)
        print(
            f"{name:28} n={len(group):3} CER median={statistics.median(errors):.3f} "
            f"mean={statistics.mean(errors):.3f} word F1={statistics.mean(bags):.3f} "
            f"CPU s={statistics.mean(seconds_each):.1f}"
        )


def tidy(text: str, *, spaceless: bool) -> str:
    text = unicodedata.normalize("NFC", text).replace("\u200b", "")
    return "".join(text.split()) if spaceless else " ".join(text.split())


def character_error(found: str, expected: str, *, spaceless: bool) -> float:
    first, second = tidy(found, spaceless=spaceless), tidy(expected, spaceless=spaceless)
    return Levenshtein.distance(first, second) / max(1, len(second))


def word_f1(found: str, expected: str) -> float:
    def bag(text: str) -> dict[str, int]:
        counted: dict[str, int] = defaultdict(int)
        for word in tidy(text, spaceless=False).split():
            counted[word] += 1
        return counted

    first, second = bag(found), bag(expected)
    shared = sum(min(number, second.get(word, 0)) for word, number in first.items())
    return 2 * shared / max(1, sum(first.values()) + sum(second.values()))


def measure_robust(rows: Sequence[Row], data: Path) -> None:
    outcomes: dict[str, int] = defaultdict(int)
    for row in rows:
        outcome = inspect_apart(data / row["file"])
        outcomes[outcome.split(" ")[0]] += 1
        if not outcome.startswith(("read", "refused")):
            print(f"  {row['file']}: {outcome}")
    print(", ".join(f"{name}: {number}" for name, number in sorted(outcomes.items())))


def inspect_apart(path: Path) -> str:
    """Inspect one file in a process of its own, with bounded memory where the system can bound it."""
    try:
        done = subprocess.run(
            [sys.executable, __file__, "--apart", str(path)],
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return f"hang after {SECONDS} s"
    if done.returncode:
        return f"crash {done.returncode} {done.stderr[-300:]}"
    return done.stdout.strip().splitlines()[-1]


def apart(path: Path) -> None:
    try:
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    except ImportError:
        pass  # Windows: no such limit, the time limit still holds
    row = {"lang": "eng"}
    try:
        pages = list(inspect_file(path, options_for(row)))
        print("read", json.dumps([len(page.text) for page in pages]))
    except WorkstationError as exc:
        print("refused", exc)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--apart"]:
        apart(Path(sys.argv[2]))
    else:
        main()
