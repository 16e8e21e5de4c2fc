"""Read drawn folders with the real engine, and keep what it read of each, so that they can be decided again and again.

`python -m tests.benchmarks.linking_simulator.read_drawn DRAWN/KH ... --keep DIR`: one page after another in this process.
DIR/<set>/<office>/<folder>.json then holds the pages as the linker gets them; folders that are there already are not read
again. drawn.py decides them.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from app.domain.offices import OfficeProfile, formats_for
from app.sources.natural_order import natural_key
from app.storage import values
from ocr.intake.intake import take_in
from ocr.intake.masters import master_path
from ocr.pipeline import process_page
from ocr.types import IntakeTask, PageResult, PageTask
from tests.helpers.paper_folders import OFFICES

TESSDATA = Path(__file__).parents[3] / "resources" / "tessdata"


def read_folder(folder: Path, office: OfficeProfile) -> list[dict[str, Any]]:
    """What the engine says of every page of a folder, in the order of its files."""
    return [
        _kept(page)
        for file in sorted(folder.iterdir(), key=lambda each: natural_key(each.name))
        for page in _pages(file, office)
    ]


def _pages(file: Path, office: OfficeProfile) -> Iterator[PageResult]:
    with tempfile.TemporaryDirectory() as scratch:
        masters, derived = Path(scratch) / "masters", Path(scratch) / "derived"
        masters.mkdir()
        derived.mkdir()
        taken = take_in(IntakeTask(file, masters, derived))
        extensions = {master.sha256: master.extension for master in taken.masters}
        for page in taken.pages:
            yield process_page(
                PageTask(
                    master_path=master_path(masters, page.master_sha256, extensions[page.master_sha256]),
                    frame=page.frame,
                    derived_dir=derived,
                    derived_key=f"page-{page.source_page}",
                    languages=office.languages,
                    formats=formats_for(OFFICES, office.code),
                    tessdata_dir=TESSDATA,
                    stated_dpi=page.dpi,
                )
            )


def _kept(page: PageResult) -> dict[str, Any]:
    return {
        "is_blank": page.is_blank,
        "text": page.text,
        "first_text": page.first_text,
        "head": page.head,
        "mean_confidence": page.mean_confidence,
        "candidates": values.dump(page.candidates),
        "codes": [code.text for code in page.barcodes],
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sets", nargs="+", type=Path, help="directories with truth.json, as DRAWN/<office>")
    parser.add_argument("--keep", type=Path, required=True)
    options = parser.parse_args()
    for drawn in options.sets:
        kept = options.keep / drawn.parent.name / drawn.name
        kept.mkdir(parents=True, exist_ok=True)
        for folder in json.loads((drawn / "truth.json").read_text("utf-8"))["folders"]:
            name = folder["folder"]
            to = kept / f"{name}.json"
            if to.exists():
                continue
            pages = read_folder(drawn / name, OFFICES[folder["office"]])
            to.write_text(json.dumps(pages, ensure_ascii=False), "utf-8")
            print(f"read: {name} ({len(pages)} pages)", flush=True)


if __name__ == "__main__":
    main()
