"""Contact sheets of hard pages for the guide: each scan as it came, and the copy a person reads.

Usage: python -m tests.benchmarks.before_after [--data DIR] [--to DIR] [--place DIR]
Reads the pages in PAGES with the real engine (some minutes) and writes before-after-1.jpg to -5.jpg. With --place the
readings are kept there, and a next run only puts the sheets together. Look at every sheet before it is kept: the
guide's page "before-after" says what is right and wrong on each. All pages' licences allow copying; see NOTICE.
"""

from __future__ import annotations

import argparse
import csv
import json
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont, ImageOps

from ocr.intake.intake import take_in
from ocr.intake.masters import master_path
from ocr.pipeline import process_page
from ocr.types import IntakeTask, PageResult, PageTask
from ui import texts

PROJECT = Path(__file__).resolve().parents[2]
DATA = PROJECT.parent / "shared" / "data"
FONT = PROJECT / "resources" / "fonts" / "Inter-Regular.otf"

PAGES = (
    ("skew/rot_00_AN-96AP_1-dossier_1-pi_c_06.jpg", "Tilted by 14 degrees"),
    ("skew/rot_01_bljd-DSN390-DSN355-DSN11_04.jpg", "Carbon copy, tilted, on black"),
    ("skew/rot_15_AN-96AP_1-dossier_1-pi_c_08.jpg", "Tilted by 11 degrees"),
    ("skew/rot_14_AN-96AP_1-dossier_1-pi_c_03.jpg", "Tilted, on a bright ground"),
    ("skew/rot_03_20130043_87-1962-catalog_02.jpg", "List in columns, tilted"),
    ("skew/sbrunner_3.png", "Journal page, tilted, black edge"),
    ("skew/sbrunner_4.png", "Torn edge, tilted, on black"),
    ("orientation/bljd-DSN390-DSN355-DSN11_04_180.jpg", "Carbon copy upside down"),
    ("orientation/rend_khm_p1_270.jpg", "Khmer on its side (drawn)"),
    ("orientation/rend_lao_p1_90.jpg", "Lao on its side (drawn)"),
    ("orientation/unlv_8087_054_180.jpg", "Magazine upside down"),
    ("orientation/devatest-rotated-270.png", "Hindi, for which there is no model"),
    ("ocr/en/keystone.png", "Book page, distorted"),
    ("ocr/en/8071_093.3B.tif", "Magazine, columns round a picture"),
    ("ocr/fr_typed/bljd-DSN390-DSN355-DSN11_05.jpg", "Faint carbon copy, punched"),
    ("ocr/fr_typed/12148-btv1b10583038c_05.jpg", "Typescript in two columns"),
    ("ocr/fr_typed/eur_2020601_https_04.png", "Typescript up to the edge"),
    ("blank/sparse_AN-96AP_1-dossier_1-pi_c_FRAN_0150_0001.jpg", "Cover in handwriting"),
    ("blank/crop_07_bljd-DSN390-DSN355-DSN11.jpg", "Nothing but what shows through"),
    ("ocr/nonlatin_rendered/khm_p1_fax.tif", "Khmer by fax (drawn)"),
)
PER_SHEET = 4
COLUMNS = 2
PICTURE_PX = (370, 470)
CAPTION_PX = 88
GAP_PX = 20
QUALITY = 68


@dataclass(frozen=True, slots=True)
class Read:
    """A page as read: its two pictures and two lines of words."""

    title: str
    before: Image.Image
    after: Image.Image
    done: str
    marks: str


def main() -> None:
    """Read the pages and write the sheets."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--to", type=Path, default=PROJECT / "resources" / "guide" / "images")
    parser.add_argument("--place", type=Path)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        place = asked.place or Path(scratch)
        pages = list(read_pages(asked.data, place))
    for number, start in enumerate(range(0, len(pages), PER_SHEET), start=1):
        path = asked.to / f"before-after-{number}.jpg"
        sheet(pages[start : start + PER_SHEET]).save(path, quality=QUALITY, optimize=True)
        print(f"{path.name}: {path.stat().st_size / 1000:.0f} KB")


def read_pages(data: Path, place: Path) -> Iterator[Read]:
    """Read each page once; what was read is kept in place."""
    with (data / "manifest.csv").open(encoding="utf-8", newline="") as source:
        languages = {row["file"]: row["lang"] for row in csv.DictReader(source)}
    for number, (name, words) in enumerate(PAGES, start=1):
        kept = place / f"{number:02}"
        if not (kept / "told.json").exists():
            kept.mkdir(parents=True, exist_ok=True)
            result = read_page(data / name, languages[name], kept)
            told = {"view": result.viewing_path.name, "done": done_words(result), "marks": mark_words(result)}
            (kept / "told.json").write_text(json.dumps(told), encoding="utf-8")
        told = json.loads((kept / "told.json").read_text(encoding="utf-8"))
        before = ImageOps.exif_transpose(Image.open(data / name)).convert("RGB")
        after = Image.open(kept / told["view"]).convert("RGB")
        yield Read(f"{number}. {words}", before, after, told["done"], told["marks"])


def read_page(path: Path, language: str, place: Path) -> PageResult:
    """Take a file in and read its first page as the program does."""
    tessdata = PROJECT / "resources" / "tessdata"
    known = {model.stem for model in tessdata.glob("*.traineddata")}
    chosen = tuple(name for name in language.split("+") if name in known) or ("eng", "fra")
    taken = take_in(IntakeTask(path, place, place))
    page, extension = taken.pages[0], taken.masters[0].extension
    master = master_path(place, page.master_sha256, extension)
    task = PageTask(master, page.frame, place, "page", chosen, (), tessdata, stated_dpi=page.dpi)
    return process_page(task)


def done_words(result: PageResult) -> str:
    """How a page was turned and levelled, and how well it reads."""
    turned = texts.turned(result.applied_turn_deg).capitalize() or texts.t("facts.upright")
    parts = [f"{turned} ({percent(result.turn.confidence)} sure)"]
    if result.applied_skew_deg:
        parts.append(
            f"tilt of {result.applied_skew_deg:+.2f}° levelled ({percent(result.skew.confidence)} sure)"
        )
    else:
        parts.append("left level")
    if result.page_box:
        parts.append(f"sheet seen ({percent(result.page_box.confidence)} sure)")
    parts.append("blank" if result.is_blank else f"read {percent(result.mean_confidence)} sure")
    return " · ".join(parts)


def percent(share: float) -> str:
    """0.97 as people read it in Review."""
    return f"{share * 100:.0f} %"


def mark_words(result: PageResult) -> str:
    """The marks the page gets in Review."""
    told = [texts.quality(reason.code, reason.value) for reason in result.quality]
    return "Marks: " + (" · ".join(told) if told else "none")


def sheet(pages: Sequence[Read]) -> Image.Image:
    """Put pages side by side, each before and after with its words."""
    width, height = 2 * PICTURE_PX[0] + GAP_PX, PICTURE_PX[1] + CAPTION_PX
    rows = -(-len(pages) // COLUMNS)
    size = (COLUMNS * (width + 2 * GAP_PX), rows * (height + 2 * GAP_PX))
    whole = Image.new("RGB", size, (226, 229, 233))
    for place, page in enumerate(pages):
        left = place % COLUMNS * (width + 2 * GAP_PX) + GAP_PX
        top = place // COLUMNS * (height + 2 * GAP_PX) + GAP_PX
        put(whole, page, left, top)
    return whole


def put(whole: Image.Image, page: Read, left: int, top: int) -> None:
    """Draw one page's two pictures and its words."""
    pen = ImageDraw.Draw(whole)
    large, small = (ImageFont.truetype(str(FONT), size) for size in (20, 14))
    pen.text((left, top), page.title, font=large, fill=(20, 24, 30))
    for number, picture in enumerate((page.before, page.after)):
        shown = picture.copy()
        shown.thumbnail(PICTURE_PX, Image.Resampling.LANCZOS)
        x = left + number * (PICTURE_PX[0] + GAP_PX)
        whole.paste(shown, (x, top + 30))
        pen.rectangle((x - 1, top + 29, x + shown.width, top + 30 + shown.height), outline=(120, 126, 134))
    width = 2 * PICTURE_PX[0] + GAP_PX
    lines = [*wrapped(page.done, small, width), *wrapped(page.marks, small, width)]
    for number, line in enumerate(lines[:3]):
        pen.text((left, top + PICTURE_PX[1] + 36 + 18 * number), line, font=small, fill=(50, 56, 64))


def wrapped(words: str, font: ImageFont.FreeTypeFont, width_px: int) -> list[str]:
    """Break words into lines no wider than width_px."""
    lines = [""]
    for word in words.split():
        longer = f"{lines[-1]} {word}".strip()
        if font.getlength(longer) <= width_px:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


if __name__ == "__main__":
    main()
