"""Drawn page sets as benchmarks see them: pages in order with their printed lines, and how well a text has them."""

from __future__ import annotations

import io
import json
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import img2pdf
import pikepdf
from PIL import Image
from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein

from ocr.khmer import in_written_order

IGNORED = re.compile(r"[\s\u200b-\u200d\u2060\ufeff]+")
SHORTEST_LINE = 4


@dataclass(frozen=True, slots=True)
class TruePage:
    """A page of a set: its file, its place in it, and what is printed on it (empty when not known).

    turn_deg: how far its content is turned clockwise.
    """

    file: Path
    frame: int
    dpi: float
    kind: str
    lines: tuple[str, ...]
    turn_deg: int = 0


@dataclass(frozen=True, slots=True)
class PageSet:
    """A directory drawn by tests.fixtures.draw_folders."""

    root: Path
    office: str
    folders: tuple[Path, ...]
    register: Path
    pages: tuple[TruePage, ...]


def read_set(root: Path) -> PageSet:
    """Read truth.json of a drawn set."""
    truth = json.loads((root / "truth.json").read_text(encoding="utf-8"))
    pages = [
        TruePage(
            file=root / folder["folder"] / page["file"],
            frame=page["frame"],
            dpi=page["dpi"] or 300.0,
            kind=page["kind"],
            lines=tuple(page["lines"] or ()),
            turn_deg=page["turn_deg"],
        )
        for folder in truth["folders"]
        for page in folder["pages"]
    ]
    return PageSet(
        root=root,
        office=truth["folders"][0]["office"],
        folders=tuple(root / folder["folder"] for folder in truth["folders"]),
        register=root / truth["register"],
        pages=tuple(pages),
    )


def write_one_pdf(pages: Sequence[TruePage], to: Path) -> None:
    """All pages in one PDF, pictures untouched: the kindest way to hand them to OCRmyPDF."""
    opened: dict[Path, pikepdf.Pdf] = {}
    with pikepdf.new() as joined:
        for page in pages:
            if page.file not in opened:
                opened[page.file] = pikepdf.open(io.BytesIO(_as_pdf(page)))
            joined.pages.append(opened[page.file].pages[page.frame])
        joined.save(to)


def _as_pdf(page: TruePage) -> bytes:
    if page.file.suffix.lower() == ".pdf":
        return page.file.read_bytes()
    content = page.file.read_bytes()
    if page.file.suffix.lower() in {".bmp", ".webp"}:  # what img2pdf does not embed as it is
        kept = io.BytesIO()
        with Image.open(page.file) as picture:
            picture.save(kept, "PNG")
        content = kept.getvalue()
    layout = img2pdf.get_fixed_dpi_layout_fun((page.dpi, page.dpi))
    made: bytes = img2pdf.convert(content, layout_fun=layout)
    return made


@dataclass(frozen=True, slots=True)
class LineErrors:
    """Wrong characters and all characters of the printed lines that could be judged."""

    wrong: int = 0
    characters: int = 0

    def __add__(self, other: LineErrors) -> LineErrors:
        return LineErrors(self.wrong + other.wrong, self.characters + other.characters)

    @property
    def share(self) -> float:
        """Character error rate over printed lines."""
        return self.wrong / self.characters if self.characters else 0.0


def line_errors(lines: Sequence[str], text: str) -> LineErrors:
    """Edit distance of each printed line to the best-matching piece of the text, wherever it stands.

    Spaces and invisible characters do not count and Khmer is put in one written order, for both programs
    alike. Text beyond the printed lines (stamps, handwriting, noise) is not punished.
    """
    heap = _plain(text)
    total = LineErrors()
    for line in map(_plain, lines):
        if len(line) >= SHORTEST_LINE:
            total += LineErrors(min(_distance(line, heap), len(line)), len(line))
    return total


def _distance(line: str, heap: str) -> int:
    if line in heap:
        return 0
    if len(heap) <= len(line):
        return Levenshtein.distance(line, heap)
    found = fuzz.partial_ratio_alignment(line, heap)
    if found is None:
        return len(line)
    # The window has the line's length; a missed or doubled character asks for one a little other.
    return min(
        Levenshtein.distance(line, heap[max(0, found.dest_start - before) : found.dest_end + after])
        for before in (-1, 0, 1)
        for after in (-2, -1, 0, 1, 2)
    )


def _plain(text: str) -> str:
    return IGNORED.sub("", in_written_order(unicodedata.normalize("NFC", text)))
