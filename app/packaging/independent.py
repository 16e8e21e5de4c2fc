"""A second opinion on every PDF we write: an independent validator, page-validation.

Runs in the packaging worker. The validator reads a file whole and takes three times its size in memory
(measured: 520 MB for 166 MB), so a large PDF is shown to it in pieces: once all pages, with one-pixel pictures
in place of the real ones, which holds all that concerns the whole document; then run after run of pages as
they are. What this leaves out, the cross-reference table of the whole file, the writer's own validator checks.
"""

from __future__ import annotations

import importlib.metadata
from collections.abc import Iterator
from pathlib import Path

import pikepdf

from app.errors import MachineError
from app.packaging.content import Validation
from app.packaging.pictures import copy_pages, image_of
from app.packaging.streams import compressed_stream

_NAME = "page-validation"
# Files up to this size are validated whole; a run of pages has about this size, or is a single larger page.
WHOLE_BYTES = 48_000_000


def validate_independently(path: Path, work_dir: Path, *, whole_bytes: int = WHOLE_BYTES) -> Validation:
    """Ask page-validation whether a file is PDF/A-2b, in pieces where it is larger than whole_bytes.

    work_dir: existing directory for passing files. The verdict is "pass", "pass_in_parts" or, since it is
    young software that may be missing, "not_available": then the writer's own gate stands alone.
    Raises MachineError("pdf_not_archival") when it objects.
    """
    try:
        import page as _  # noqa: F401
    except ImportError:
        return Validation(_NAME, "", "not_available")
    version = importlib.metadata.version(_NAME)
    if path.stat().st_size <= whole_bytes:
        _validate(path, "whole file")
        return Validation(_NAME, version, "pass")
    piece = work_dir / "piece.pdf"
    _write_skeleton(path, piece)
    _validate(piece, "all pages without pictures")
    for first_page, last_page in page_runs(path, whole_bytes):
        copy_pages(path, first_page, last_page, piece)
        _validate(piece, f"pages {first_page}-{last_page}")
    piece.unlink()
    return Validation(_NAME, version, "pass_in_parts")


def page_runs(path: Path, most_bytes: int) -> Iterator[tuple[int, int]]:
    """Cut a PDF into runs of pages (1-based, inclusive) whose pictures and texts stay within most_bytes.

    A page that is larger by itself is a run of its own.
    """
    with pikepdf.open(path) as pdf:
        sizes = [_stream_bytes(image_of(page)) + _stream_bytes(page.obj.Contents) for page in pdf.pages]
    first, run_bytes = 1, 0
    for number, size_bytes in enumerate(sizes, start=1):
        if run_bytes and run_bytes + size_bytes > most_bytes:
            yield first, number - 1
            first, run_bytes = number, 0
        run_bytes += size_bytes
    yield first, len(sizes)


def _stream_bytes(stream: pikepdf.Object) -> int:
    return int(stream.stream_dict.Length)


def _write_skeleton(path: Path, target: Path) -> None:
    """Write the PDF again with every picture reduced to one pixel."""
    with pikepdf.open(path) as pdf:
        pixel = compressed_stream(pdf, b"\xff")
        pixel.Type, pixel.Subtype = pikepdf.Name.XObject, pikepdf.Name.Image
        pixel.Width, pixel.Height, pixel.BitsPerComponent = 1, 1, 8
        pixel.ColorSpace = pikepdf.Name.DeviceGray
        for page in pdf.pages:
            (key,) = page.obj.Resources.XObject.keys()
            page.obj.Resources.XObject[key] = pixel
        pdf.save(
            target,
            compress_streams=False,
            stream_decode_level=pikepdf.StreamDecodeLevel.none,
            object_stream_mode=pikepdf.ObjectStreamMode.disable,
            deterministic_id=True,
        )


def _validate(path: Path, piece: str) -> None:
    import page as page_validation

    report = page_validation.validate_pdf(
        str(path), profile="2b", limits=page_validation.SafetyLimits.unlimited()
    )
    if not report.is_compliant:
        findings = "; ".join(f"{failure.rule_id} {failure.message}" for failure in report.failures[:5])
        raise MachineError("pdf_not_archival", validator=_NAME, findings=findings, piece=piece)
