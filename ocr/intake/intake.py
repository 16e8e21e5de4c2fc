"""Taking a source file apart into immutable masters and pages.

`take_in` is a pure function of its task and runs in a worker process. What it accepts was decoded page
by page, so an accepted page can be processed; everything else is refused with a reason.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import pikepdf
import pypdfium2

from ocr.errors import SourceRefused
from ocr.intake.decode import DecodedPage, count_frames, decode_frame, open_image, with_square_pixels
from ocr.intake.masters import store_bytes, store_file, write_atomically
from ocr.intake.pdf import (
    MOSTLY_PICTURE,
    PlacedImage,
    open_pdf,
    pdf_notes,
    placed_image,
    png_bytes,
    render_page,
    rendering_dpi,
    translated,
)
from ocr.intake.pdf_actions import has_launch_action
from ocr.intake.pdf_repair import image_ends_early, is_damaged, write_repaired
from ocr.intake.pdf_scan import ScanPlace, extract_scan
from ocr.intake.picture_hash import picture_hash
from ocr.intake.recognise import FileKind, recognise_file
from ocr.patience import discard
from ocr.steps.geometry import apply_exif
from ocr.steps.thumbnail import thumbnail_jpeg
from ocr.types import IntakeResult, IntakeTask, TakenMaster, TakenPage


@dataclass(frozen=True, slots=True)
class _Look:
    """What is kept of a decoded frame: a long TIFF must not be held in memory whole."""

    frame: int
    width_px: int
    height_px: int
    dpi: float | None
    ends_early: bool
    thumbnail: bytes
    picture_hash: str | None


@dataclass(slots=True)
class _Found:
    """What was read of a PDF so far; masters by hash, for pages may share one."""

    masters: dict[str, TakenMaster] = field(default_factory=dict)
    pages: list[TakenPage] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def take_in(task: IntakeTask) -> IntakeResult:
    """Store a source file's masters and list its pages.

    Raises SourceRefused (empty_file, not_an_image, encrypted, damaged, too_large, too_many_pages,
    source_missing, not_readable) and MachineError (disk_full, store_failed).
    """
    kind = recognise_file(task.source_path)
    size_bytes = task.source_path.stat().st_size
    if size_bytes > task.limits.max_file_bytes:
        raise SourceRefused(
            "too_large",
            name=task.source_path.name,
            size_bytes=size_bytes,
            limit_bytes=task.limits.max_file_bytes,
        )
    if kind is FileKind.PDF:
        return _take_pdf(task)
    return _take_image(task, kind)


def first_look_path(derived_dir: Path, master_sha256: str, frame: int) -> Path:
    """Say where the small picture made at intake lies."""
    return derived_dir / f"{master_sha256}-{frame}.thumb.jpg"


def _take_image(task: IntakeTask, kind: FileKind) -> IntakeResult:
    """Decode every frame first, then store: nothing refused leaves a master behind."""
    name, size_bytes = task.source_path.name, task.source_path.stat().st_size
    looks: list[_Look] = []
    with open_image(task.source_path, task.limits) as image:
        for frame in range(count_frames(image, task.limits, name)):
            stored = decode_frame(image, frame, task.limits, name=name, size_bytes=size_bytes)
            decoded = with_square_pixels(stored, task.limits, name=name)
            looks.append(_look(decoded, frame, decoded.dpi_x, picture_hash(stored.pixels)))
    master = store_file(task.source_path, task.masters_dir, kind.value)
    pages = tuple(_taken_page(task, master, look, frame) for frame, look in enumerate(looks))
    notes = ("file_ends_early",) if any(look.ends_early for look in looks) else ()
    return IntakeResult(master.sha256, master.size_bytes, (master,), pages, notes=notes)


def _take_pdf(task: IntakeTask) -> IntakeResult:
    """Read a PDF's pages, from a repaired copy where the file itself cannot be read."""
    try:
        found = _read_pdf(task, task.source_path)
    except SourceRefused as exc:
        if exc.code != "damaged":
            raise
        copy = task.derived_dir / f".{secrets.token_hex(8)}.repaired"
        try:
            if not write_repaired(task.source_path, copy):
                raise
            found = _read_pdf(task, copy)
        finally:
            discard(copy)
        found.notes.append("pdf_repaired")
    original = store_file(task.source_path, task.masters_dir, FileKind.PDF.value)
    notes = tuple(dict.fromkeys(found.notes))
    masters = tuple(found.masters.values())
    return IntakeResult(original.sha256, original.size_bytes, masters, tuple(found.pages), original, notes)


def _read_pdf(task: IntakeTask, path: Path) -> _Found:
    """Store the pages of a PDF; path: the source or its repaired copy."""
    name, found = task.source_path.name, _Found()
    with open_pdf(path, task.limits, name) as document, _structure(path) as structure:
        found.notes += pdf_notes(document)
        if structure is not None and has_launch_action(structure):
            found.notes.append("pdf_has_launch_action")
        for index in range(len(document)):
            with translated(name, index + 1):
                content, extension, look = _page_master(task, document, structure, index)
            master = store_bytes(content, task.masters_dir, extension)
            found.masters[master.sha256] = master
            found.pages.append(_taken_page(task, master, look, index))
            if look.ends_early:
                found.notes.append("file_ends_early")
        if structure is None or is_damaged(structure, len(document)):
            found.notes.append("pdf_repaired")
    return found


def _page_master(
    task: IntakeTask, document: pypdfium2.PdfDocument, structure: pikepdf.Pdf | None, index: int
) -> tuple[bytes, str, _Look]:
    page = document[index]
    try:
        image = placed_image(page)
        is_cut = _is_cut(structure, index, image)
        if image is not None and image.is_whole_page and structure is not None:
            scratch = task.derived_dir / f".{secrets.token_hex(8)}.scan"
            scan = extract_scan(ScanPlace(structure, page, index, image), scratch, task.limits)
            if scan is not None:
                decoded = replace(scan.decoded, is_whole=scan.decoded.is_whole and not is_cut)
                return scan.content, scan.extension, _look(decoded, 0, image.dpi, scan.picture_hash)
        pixels, dpi = render_page(page, rendering_dpi(image), task.limits)
        content = png_bytes(pixels, dpi)
        # Drawn alike is scanned alike only where a picture fills the page: forms and letters repeat.
        is_scan = image is not None and image.covered >= MOSTLY_PICTURE
        seen = picture_hash(pixels) if is_scan else None
        drawn = DecodedPage(pixels, 1, dpi, dpi, is_whole=not is_cut)
        return content, FileKind.PNG.value, _look(drawn, 0, dpi, seen)
    finally:
        page.close()


def _is_cut(structure: pikepdf.Pdf | None, index: int, image: PlacedImage | None) -> bool:
    if structure is None or image is None:
        return False
    return image_ends_early(structure, index, (image.width_px, image.height_px))


@contextmanager
def _structure(path: Path) -> Iterator[pikepdf.Pdf | None]:
    """Open the PDF's structure for taking images out; None when only pdfium can read the file."""
    try:
        document = pikepdf.open(path, suppress_warnings=True)
    except (pikepdf.PdfError, OSError, ValueError, RuntimeError):
        yield None
        return
    with document:
        yield document


def _look(decoded: DecodedPage, frame: int, dpi: float | None, seen: str | None) -> _Look:
    height_px, width_px = decoded.pixels.shape[:2]
    thumbnail = thumbnail_jpeg(apply_exif(decoded.pixels, decoded.exif_orientation))
    return _Look(frame, width_px, height_px, dpi, not decoded.is_whole, thumbnail, seen)


def _taken_page(task: IntakeTask, master: TakenMaster, look: _Look, source_page: int) -> TakenPage:
    """Write the first look and list the page; the size is the stored one, in square pixels."""
    thumbnail_path = first_look_path(task.derived_dir, master.sha256, look.frame)
    write_atomically(thumbnail_path, look.thumbnail)
    return TakenPage(
        master.sha256,
        look.frame,
        look.width_px,
        look.height_px,
        look.dpi,
        source_page,
        thumbnail_path,
        look.picture_hash,
    )
