"""The pictures of a dossier in one passing PDF, a page each, gathered from disk to disk.

Runs in the packaging worker. Every way pikepdf has of copying a page from one open file to another holds the
copied streams in memory until both are closed: as much as the dossier is large. Here qpdf merges files by
their names and copies streams in blocks, so the memory needed does not depend on the number of pages.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pikepdf

from app.errors import StoreDamaged
from app.packaging.content import PackagePage, PackageTask
from app.packaging.streams import settle_end
from ocr.embeddable import Picture, write_picture
from ocr.errors import SourceRefused
from ocr.patience import discard

# qpdf opens all files of a merge, and the one-page files shall not pile up on disk.
PICTURES_PER_FILE = 64


@dataclass(frozen=True, slots=True)
class GatheredPictures:
    """A PDF whose page n carries the picture of the dossier's page n, and what is known of each picture."""

    path: Path
    pictures: tuple[Picture, ...]


def gather_pictures(task: PackageTask, work_dir: Path) -> GatheredPictures:
    """Write the pictures of all pages into one PDF in work_dir, an existing directory the caller removes.

    Raises StoreDamaged("master_damaged") when a master cannot be shown.
    """
    pictures: list[Picture] = []
    parts: list[Path] = []
    for start in range(0, len(task.pages), PICTURES_PER_FILE):
        pages = task.pages[start : start + PICTURES_PER_FILE]
        group = [_picture(page, work_dir, task.max_pixels) for page in pages]
        parts.append(_merge([picture.pdf_path for picture in group], work_dir / f"part-{start:06d}.pdf"))
        pictures += group
    return GatheredPictures(_merge(parts, work_dir / "pictures.pdf"), tuple(pictures))


def copy_pages(source: Path, first_page: int, last_page: int, target: Path) -> None:
    """Write a PDF with some pages of another (1-based, inclusive) and all that belongs to the document."""
    asked = {"file": str(source.absolute()), "range": f"{first_page}-{last_page}"}
    _run_qpdf({"inputFile": str(source.absolute()), "pages": [asked]}, target)


def image_of(page: pikepdf.Page) -> pikepdf.Object:
    """Return the only image of a page."""
    (image,) = page.obj.Resources.XObject.as_dict().values()
    return image


def _picture(page: PackagePage, work_dir: Path, max_pixels: int) -> Picture:
    target = work_dir / f"{page.ordinal:06d}.pdf"
    try:
        picture = write_picture(page.master_path, page.frame, target, max_pixels=max_pixels)
    except SourceRefused as exc:
        raise StoreDamaged(
            "master_damaged", page=page.ordinal, sha256=page.master_sha256, why=exc.code
        ) from exc
    _settle_end(target)
    return picture


def _settle_end(path: Path) -> None:
    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        if settle_end(image_of(pdf.pages[0])):
            pdf.save(path, compress_streams=False, stream_decode_level=pikepdf.StreamDecodeLevel.none)


def _merge(parts: Sequence[Path], target: Path) -> Path:
    """Put all pages of some PDFs into a new one and remove those."""
    pages = [{"file": str(part.absolute()), "range": "1-z"} for part in parts]
    _run_qpdf({"empty": "", "pages": pages}, target)
    for part in parts:
        discard(part)
    return target


def _run_qpdf(job: dict[str, object], target: Path) -> None:
    # Streams as they are, and nothing in the result that depends on the time or the directory.
    settings = {
        "outputFile": str(target.absolute()),
        "streamData": "preserve",
        "objectStreams": "disable",
        # PDF/A wants it, and pages are copied to be shown to a validator.
        "newlineBeforeEndstream": "",
        "removeUnreferencedResources": "no",
        "deterministicId": "",
        "noWarn": "",
        "warningExit0": "",
    }
    pikepdf.Job({**job, **settings}).run()
