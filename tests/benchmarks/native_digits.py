"""How many numbers in Lao and Thai digits are read on drawn papers, before and after their second look.

Usage: python -m tests.benchmarks.native_digits [--pages 6] [--fonts DIRECTORY] [--latin]. Per typeface: application numbers,
years and house numbers that stand in the page's text, words made by the second look, and those of them that stand nowhere
on the page. --fonts: typefaces besides those that ship, files with "Thai", "Lao" and the like in their names.
--latin: the same papers with the digits of this line, of which none may be made. Exit code 1 when a word was made wrongly.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from ocr.engines.digit_reader import ZEROS, DigitReader
from ocr.engines.registry import open_digit_reader
from ocr.engines.tesserocr_engine import TesserocrEngine
from ocr.engines.word_lines import text_of
from ocr.local_digits import read_local_digits
from ocr.reading import ReadingPlan, Sheet
from ocr.script import read_page
from ocr.steps.ink import find_ink
from ocr.types import Word
from tests.helpers.drawn_pages import FONTS, TESSDATA

LINES = {
    "tha": (
        "เลขที่คำขอ {number}",
        "วันที่ {day} มีนาคม {year}",
        "กรมทรัพย์สินทางปัญญา กระทรวงพาณิชย์",
        "ผู้ขอรับสิทธิบัตร บริษัท ไทยน้ำทิพย์ จำกัด",
        "ที่อยู่ {house} ถนนนนทบุรี อำเภอเมือง จังหวัดนนทบุรี",
        "คำขอรับสิทธิบัตรการออกแบบผลิตภัณฑ์",
    ),
    "lao": (
        "ເລກທີຄໍາຮ້ອງ {number}",
        "ວັນທີ {day} ມີນາ {year}",
        "ກົມຊັບສິນທາງປັນຍາ ກະຊວງອຸດສາຫະກໍາ ແລະ ການຄ້າ",
        "ຜູ້ຮ້ອງຂໍ ບໍລິສັດ ເບຍລາວ ຈໍາກັດ",
        "ທີ່ຢູ່ ບ້ານ {house} ເມືອງຈັນທະບູລີ ນະຄອນຫຼວງວຽງຈັນ",
        "ຄໍາຮ້ອງຂໍຈົດທະບຽນເຄື່ອງໝາຍການຄ້າ",
    ),
}
COUNTED = ("number", "year", "house")
NAMES = {"tha": ("thai", "tlwg", "arundina"), "lao": ("lao", "phetsarath")}
SIZES_PX = (26, 34, 44)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--pages", type=int, default=6)
    parser.add_argument("--fonts", type=Path)
    parser.add_argument("--latin", action="store_true")
    chosen = parser.parse_args()
    engine, reader = TesserocrEngine(TESSDATA), open_digit_reader("tesserocr", TESSDATA)
    assert reader is not None
    wrong = 0
    for script in LINES:
        for face in faces(script, chosen.fonts):
            told: Counter[str] = Counter()
            for seed in range(chosen.pages):
                told += measured(script, face, seed, (engine, reader), is_native=not chosen.latin)
            shown = ", ".join(f"{name} {told[f'{name} before']} to {told[name]}" for name in COUNTED)
            print(
                f"{script} {face.name:32} {chosen.pages} pages: {shown}; made {told['made']}, wrong {told['wrong']}, "
                f"{told['ms'] / chosen.pages:.0f} CPU ms a page",
                flush=True,
            )
            wrong += told["wrong"]
    return 1 if wrong else 0


def faces(script: str, others: Path | None) -> list[Path]:
    found = [path for path in sorted(FONTS.glob("*.ttf")) if NAMES[script][0] in path.name.lower()]
    if others is not None:
        found += [
            path
            for path in sorted(others.rglob("*.ttf"))
            if any(part in path.as_posix().lower() for part in NAMES[script])
        ]
    return found


def measured(
    script: str, face: Path, seed: int, readers: tuple[TesserocrEngine, DigitReader], *, is_native: bool
) -> Counter[str]:
    """Read one drawn paper; what was right before and after, and what was made."""
    rng = np.random.default_rng(seed)
    printed = values(script, rng, ZEROS[script] if is_native else "0")
    grey = paper([line.format(**printed) for line in LINES[script]], face, SIZES_PX[seed % 3], rng)
    sheet = Sheet(grey, find_ink(grey), 200.0)
    read = read_page(sheet, ReadingPlan(readers[0], (script, "eng"), 60.0))
    begun = time.process_time()
    again = read_local_digits(read.words, sheet, readers[1], read.languages)
    told: Counter[str] = Counter({"ms": round((time.process_time() - begun) * 1000)})
    for name in COUNTED:
        told[f"{name} before"] += holds(read.words, printed[name])
        told[name] += holds(again.words, printed[name])
    known = {(word.text, word.box) for word in read.words}
    for word in again.words:
        if (word.text, word.box) not in known:
            told["made"] += 1
            told["wrong"] += not any(word.text.strip("/.,-") in value for value in printed.values())
    return told


def holds(words: tuple[Word, ...], value: str) -> bool:
    return value in text_of(words).replace(" ", "").replace("\n", " ")


def values(script: str, rng: np.random.Generator, zero: str) -> dict[str, str]:
    """Invent an application number, a day, a year and a house, in digits beginning at zero."""
    number = f"{rng.integers(10, 24):02d}0{rng.integers(1, 4)}{rng.integers(1, 9000):06d}"
    plain = {
        "number": number if script == "tha" else str(rng.integers(10_000, 99_999)),
        "day": str(rng.integers(1, 31)),
        "year": str(rng.integers(2540, 2567) if script == "tha" else rng.integers(1999, 2023)),
        "house": f"{rng.integers(1, 400)}/{rng.integers(1, 99)}",
    }
    return {
        name: "".join(chr(ord(zero) + int(char)) if char.isdigit() else char for char in value)
        for name, value in plain.items()
    }


def paper(lines: list[str], face: Path, size_px: int, rng: np.random.Generator) -> NDArray[np.uint8]:
    """Draw the lines twice under each other, blurred and with the grain of a scanner."""
    font = ImageFont.truetype(str(face), size_px, layout_engine=ImageFont.Layout.RAQM)
    picture = Image.new("L", (1300, 90 + 2 * len(lines) * 2 * size_px), 245)
    pen = ImageDraw.Draw(picture)
    for row, line in enumerate((*lines, *lines[2:])):
        pen.text((80, 60 + row * 2 * size_px), line, font=font, fill=30)
    soft = cv2.GaussianBlur(np.asarray(picture, np.float32), (0, 0), float(rng.choice([0.5, 0.8, 1.1])))
    return np.clip(soft + rng.normal(0, float(rng.choice([2, 6])), soft.shape), 0, 255).astype(np.uint8)


if __name__ == "__main__":
    sys.exit(main())
