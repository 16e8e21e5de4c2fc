"""Measure the page engine class by class and write the guide's page of figures.

Usage, from the project's directory:
    python -m tests.benchmarks.report [TASK...] --results FILE [--ocrmypdf PATH] [--to FILE]

Tasks: text order skew orientation blank codes damaged (all without names). Every item is kept in the results as soon as it
is done, and items found there are not measured again: a long run can be stopped and gone on with, and an engine that
changed wants a new file. OCRmyPDF, an environment of its own (see README.md), reads the sample named in `in_sample`.
With --to, the sections of that page are written anew for which there are results.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from unittest.mock import patch

from PIL import Image

from ocr.inspect import InspectOptions, inspect_file
from tests.benchmarks import page_engine
from tests.benchmarks.digitize_against_ocrmypdf import shared_tessdata
from tests.benchmarks.measured_run import run
from tests.benchmarks.page_engine import DATA, PROJECT, WITHOUT_SPACES, Row
from tests.benchmarks.page_truth import TruePage, write_one_pdf
from tests.benchmarks.report_page import page_of_figures
from tests.fixtures.page_layouts import LAYOUTS, draw_layout
from tests.helpers.word_order import neighbours_kept

TASKS = ("text", "order", "skew", "orientation", "blank", "codes", "damaged")
MANIFEST_TASKS = {"text": "ocr", "codes": "barcode", "damaged": "robust"}

EVERY_FRENCH = 4
"""Of the French typescripts, every fourth is read by OCRmyPDF too; of each drawn language one scan and one fax."""

Figures = dict[str, float | str]
Results = dict[str, Figures]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("tasks", nargs="*", default=TASKS)
    parser.add_argument("--results", type=Path, required=True)
    parser.add_argument("--ocrmypdf", type=Path)
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--to", type=Path)
    chosen = parser.parse_args()
    results: Results = json.loads(chosen.results.read_text("utf-8")) if chosen.results.exists() else {}
    for task in chosen.tasks:
        for name, measure in items(task, chosen.data, chosen.ocrmypdf):
            if name not in results:
                results[name] = measure()
                print(name, results[name], flush=True)
                chosen.results.write_text(json.dumps(results, ensure_ascii=False, indent=1), "utf-8")
    if chosen.to:
        page = page_of_figures(results, chosen.to.read_text("utf-8"))
        chosen.to.write_text(page, "utf-8", newline="\n")


def items(task: str, data: Path, ocrmypdf: Path | None) -> Iterator[tuple[str, Callable[[], Figures]]]:
    """The items of a task: a name and what measures it."""
    if task == "order":
        for layout in LAYOUTS:
            yield f"order:{layout}", partial(measure_order, layout)
        return
    rows = [row for row in page_engine.read_manifest(data) if row["task"] == MANIFEST_TASKS.get(task, task)]
    for number, row in enumerate(rows):
        if task == "text" and ocrmypdf and in_sample(row, number):
            yield f"ocrmypdf:{row['file']}", partial(measure_ocrmypdf, row, data, ocrmypdf)
        if Path(row["file"]).suffix and row["gt_kind"] != "see note":
            yield f"{task}:{row['file']}", partial(measured, task, row, data)


def measured(task: str, row: Row, data: Path) -> Figures:
    """Measure an item and say by what the page of figures groups it."""
    group = {"lang": row["lang"], "provenance": row["provenance"], "kind": row["gt_kind"].split(" (")[0]}
    measure: Callable[[Row, Path], Figures] = globals()[f"measure_{task}"]
    return group | measure(row, data)


def in_sample(row: Row, number: int) -> bool:
    """Tell whether OCRmyPDF reads a page too: all English ones, every fourth French, two of each drawn language."""
    if "fr_typed" in row["file"]:
        return number % EVERY_FRENCH == 0
    return "nonlatin" not in row["file"] or "p1_scan" in row["file"] or "p2_fax" in row["file"]


def measure_text(row: Row, data: Path) -> Figures:
    expected = (data / row["gt"]).read_text(encoding="utf-8-sig")
    start = time.process_time()
    page = page_engine.pages_of(row, data)[0]
    cpu_s = time.process_time() - start
    told = row["baseline"].split("CER")[-1].split("=")[1].split()[0]
    return {**errors(page.text, expected, row), "cpu_s": round(cpu_s, 2), "baseline": float(told)}


def errors(text: str, expected: str, row: Row) -> Figures:
    spaceless = row["lang"] in WITHOUT_SPACES
    return {
        "cer": round(page_engine.character_error(text, expected, spaceless=spaceless), 4),
        "f1": round(page_engine.word_f1(text, expected), 4),
    }


def measure_ocrmypdf(row: Row, data: Path, program: Path) -> Figures:
    with tempfile.TemporaryDirectory() as scratch:
        work_dir = Path(scratch)
        given, sidecar = work_dir / "page.pdf", work_dir / "page.txt"
        write_one_pdf([TruePage(data / row["file"], 0, resolution(data / row["file"]), "", ())], given)
        asked = ["--deskew", "--rotate-pages", "--jobs", "1", "--sidecar", sidecar, "--quiet"]
        languages = "+".join(page_engine.options_for(row).languages)
        measured = run(
            [program, *asked, "--language", languages, given, work_dir / "out.pdf"],
            variables={"TESSDATA_PREFIX": str(shared_tessdata(work_dir / "tessdata"))},
        )
        if not sidecar.exists():
            sys.exit(f"OCRmyPDF failed ({measured.exit_code}):\n{measured.errors}")
        expected = (data / row["gt"]).read_text(encoding="utf-8-sig")
        found = errors(sidecar.read_text(encoding="utf-8"), expected, row)
        return {**found, "cpu_s": round(measured.cpu_s, 2)}


def resolution(picture: Path) -> float:
    """The stated resolution where it can be true, else that of A4."""
    with Image.open(picture) as opened:
        stated = float(opened.info.get("dpi", (0, 0))[0])
        return stated if stated > 100 else max(opened.size) / 11.69


def measure_order(layout: str) -> Figures:
    """Neighbouring words kept in order, with the engine's own order beside."""
    language = {"form, Khmer captions": "khm", "form, Thai captions": "tha"}.get(layout)
    options = InspectOptions(("eng", *([language] if language else [])), PROJECT / "resources" / "tessdata")
    drawn = draw_layout(layout)
    with tempfile.TemporaryDirectory() as scratch:
        picture = Path(scratch) / "page.png"
        drawn.sheet.image.convert("L").save(picture, dpi=(200, 200))
        ours = next(iter(inspect_file(picture, options))).text
        with patch("ocr.reading.in_reading_order", tuple):
            engine = next(iter(inspect_file(picture, options))).text
    return {"kept": neighbours_kept(ours, drawn.text), "engine": neighbours_kept(engine, drawn.text)}


def measure_skew(row: Row, data: Path) -> Figures:
    page = page_engine.pages_of(row, data)[0]
    return {"error": round(abs(page.skew_deg - float(row["gt"])), 3), "group": page_engine.family(row)}


def measure_orientation(row: Row, data: Path) -> Figures:
    if not row["gt"].isdigit():
        return {}
    found = page_engine.pages_of(row, data)[0].turn_deg
    told = row["baseline"].split()
    baseline = told[2] if len(told) > 2 and told[1] == "OSD" else ""
    return {
        "right": found == int(row["gt"]),
        "wrong": found not in {0, int(row["gt"])},
        "baseline": baseline == row["gt"],
    }


def measure_blank(row: Row, data: Path) -> Figures:
    return {"right": page_engine.pages_of(row, data)[0].is_blank == (row["gt"] == "blank")}


def measure_codes(row: Row, data: Path) -> Figures:
    found = [code.text for page in page_engine.pages_of(row, data)[:1] for code in page.barcodes]
    right = not found if row["gt"] == "" else any(page_engine.same_code(text, row["gt"]) for text in found)
    return {"right": right}


def measure_damaged(row: Row, data: Path) -> Figures:
    return {"outcome": page_engine.inspect_apart(data / row["file"]).split(" ")[0]}


if __name__ == "__main__":
    main()
