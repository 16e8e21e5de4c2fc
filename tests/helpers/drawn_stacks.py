"""Stacks for tests: small cover, document and Patch sheets between pages, as files or as one PDF or TIFF."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import zxingcpp
from PIL import Image, ImageDraw

from ocr.sheet_codes import document_code, folder_code
from tests.helpers.drawn_codes import patch_sheet
from tests.helpers.program import write_blank, write_page

SIZE = (620, 877)  # A4 at 75 dpi
DPI = 75
NO_NUMBER = "A letter without any number\nWritten to the office with kind regards"


def cover(number: int | str, *, office: str = "KH", **more: object) -> str:
    """The code of a cover of the patent application of 2018 with this serial, or of any number."""
    told = f"KH/P/2018/{number:05d}" if isinstance(number, int) else number
    return folder_code(office, told, **more)  # type: ignore[arg-type]  # what the caller gives


def document(kind: str = "POA", dated: str = "2019-03-05") -> str:
    """The code of a document sheet."""
    return document_code(kind, dated=dated)


def draw_sheet(path: Path, text: str, *, turn_deg: int = 0) -> Path:
    """A sheet with a QR code in its middle and nothing else."""
    code = np.asarray(zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode).to_image(scale=4))
    page = Image.new("L", SIZE, 250)
    page.paste(Image.fromarray(code), ((SIZE[0] - code.shape[1]) // 2, 90))
    path.parent.mkdir(parents=True, exist_ok=True)
    page.rotate(-turn_deg, expand=True, fillcolor=250).save(path, dpi=(DPI, DPI))
    return path


def draw_on(path: Path) -> Path:
    """Something drawn by hand below the code of a sheet that is there."""
    with Image.open(path) as picture:
        page, dpi = picture.convert("L"), picture.info["dpi"]
    pen, (width, height) = ImageDraw.Draw(page), page.size
    pen.ellipse((width * 0.3, height * 0.6, width * 0.6, height * 0.8), outline=40, width=2)
    pen.line((width * 0.25, height * 0.58, width * 0.7, height * 0.83), fill=40, width=2)
    page.save(path, dpi=dpi)
    return path


def draw_patch(path: Path, patch: str) -> Path:
    """A Patch sheet, its bars along all edges."""
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(patch_sheet(patch, 100, "four")).save(path, dpi=(100, 100))
    return path


def draw_stack(directory: Path, plan: Sequence[str], *, first: int = 1, step: int = 10) -> list[Path]:
    """A directory of pages by a plan: "page", "blank", "T", "2", "3", or the text of a code."""
    paths = []
    for place, what in enumerate(plan):
        path = directory / f"{first + place * step:04d}.png"
        match what:
            case "page":
                write_page(path, hash((str(directory.name), first + place * step)) % 2**31)
            case "blank":
                write_blank(path)
            case "T" | "2" | "3":
                draw_patch(path, what)
            case _:
                draw_sheet(path, what)
        paths.append(path)
    return paths


def as_tiff(paths: Sequence[Path], target: Path) -> Path:
    """The pages as one TIFF of many frames."""
    pictures = [Image.open(path).convert("L") for path in paths]
    pictures[0].save(
        target, save_all=True, append_images=pictures[1:], dpi=(100, 100), compression="tiff_lzw"
    )
    return target
