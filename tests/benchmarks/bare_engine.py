"""The bound of every program around Tesseract: recognition alone, of grey pages that already lie upright.

    python -m tests.benchmarks.bare_engine DIRECTORY --languages eng+khm --jobs 2

Reads each PNG of the directory at full resolution through tesserocr: one process a core, one thread and one
engine each, nothing else done. Its time counts from the start of the command, as that of other programs does.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

os.environ["OMP_THREAD_LIMIT"] = "1"

import pypdfium2
from PIL import Image

from tests.benchmarks.page_truth import TruePage

_engine: Any = None


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("directory", type=Path)
    parser.add_argument("--languages", default="eng")
    parser.add_argument("--jobs", type=int, default=1)
    options = parser.parse_args()
    pictures = sorted(options.directory.glob("*.png"))
    load = (os.environ["TESSDATA_PREFIX"], options.languages)
    with multiprocessing.get_context("spawn").Pool(options.jobs, _load, load) as pool:
        letters = sum(pool.imap_unordered(_read, pictures, chunksize=1))
    print(len(pictures), letters)


def write_grey_pages(pages: Sequence[TruePage], joined: Path, to: Path) -> None:
    """Draw the pages of one PDF in grey at their own resolution and turn them upright."""
    to.mkdir(parents=True, exist_ok=True)
    document = pypdfium2.PdfDocument(joined)
    for number, page in enumerate(pages):
        drawn = document[number].render(scale=page.dpi / 72, grayscale=True).to_pil().convert("L")
        drawn.rotate(page.turn_deg, expand=True).save(to / f"{number:04}.png")
    document.close()


def _load(tessdata: str, languages: str) -> None:
    global _engine
    import tesserocr

    _engine = tesserocr.PyTessBaseAPI(
        path=tessdata, lang=languages, oem=tesserocr.OEM.LSTM_ONLY, psm=tesserocr.PSM.AUTO
    )


def _read(picture: Path) -> int:
    with Image.open(picture) as page:
        width, height = page.size
        _engine.SetImageBytes(page.tobytes(), width, height, 1, width)
    return len(_engine.GetUTF8Text())


if __name__ == "__main__":
    main()
