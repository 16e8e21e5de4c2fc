"""A second opinion on every PDF we write: an independent validator, page-validation.

Runs in the packaging worker. The validator reads a file whole and needs three times its size in memory, and
twelve times the size of its unpacked page texts, so a large PDF is shown to it in pieces: once with all pages
emptied, which holds all that concerns the document as a whole; then run after run of pages as they are. What
this leaves out, the cross-reference table of the whole file, the writer's own validator checks.
"""

from __future__ import annotations

import importlib.metadata
from pathlib import Path

import pikepdf

from app.errors import MachineError
from app.packaging.content import Validation
from app.packaging.pictures import copy_pages, image_of
from app.packaging.streams import compressed_stream
from ocr.patience import discard

_NAME = "page-validation"
# Files up to this weight are validated whole; a run of pages has at most this weight, or is a single heavier
# page. The validator's memory is about three times the weight.
WHOLE_WEIGHT = 32_000_000
# Measured, 300 pages of 360 words: 11 MB of unpacked text took 125 MB, pictures of 166 MB took 520 MB.
TEXT_WEIGHT = 4


def validate_independently(path: Path, work_dir: Path, *, whole_weight: int = WHOLE_WEIGHT) -> Validation:
    """Ask page-validation whether a file is PDF/A-2b, in pieces where it weighs more than whole_weight.

    work_dir: existing directory for passing files. The verdict is "pass", "pass_in_parts" or, since it is
    young software that may be missing, "not_available": then the writer's own gate stands alone.
    Raises MachineError("pdf_not_archival") when it objects.
    """
    try:
        import page as _  # noqa: F401
    except ImportError:
        return Validation(_NAME, "", "not_available")
    version = importlib.metadata.version(_NAME)
    runs = page_runs(path, whole_weight)
    if len(runs) == 1:
        _validate(path, "whole file")
        return Validation(_NAME, version, "pass")
    piece = work_dir / "piece.pdf"
    _write_frame(path, piece)
    _validate(piece, "document without its pages' content")
    for first_page, last_page in runs:
        copy_pages(path, first_page, last_page, piece)
        _validate(piece, f"pages {first_page}-{last_page}")
    discard(piece)
    return Validation(_NAME, version, "pass_in_parts")


def page_runs(path: Path, most_weight: int) -> list[tuple[int, int]]:
    """Cut a PDF into runs of pages (1-based, inclusive) that weigh no more than most_weight.

    A page's weight: bytes of its picture as stored and TEXT_WEIGHT times those of its content, unpacked. A page
    that is heavier by itself is a run of its own.
    """
    runs: list[tuple[int, int]] = []
    first, run_weight = 1, 0
    with pikepdf.open(path) as pdf:
        for number, page in enumerate(pdf.pages, start=1):
            picture_bytes = int(image_of(page).stream_dict.Length)
            weight = picture_bytes + TEXT_WEIGHT * len(page.obj.Contents.read_bytes())
            if run_weight and run_weight + weight > most_weight:
                runs.append((first, number - 1))
                first, run_weight = number, 0
            run_weight += weight
        return [*runs, (first, len(pdf.pages))]


def _write_frame(path: Path, target: Path) -> None:
    """Write the PDF again with every page reduced to one pixel."""
    with pikepdf.open(path) as pdf:
        pixel = compressed_stream(pdf, b"\xff")
        pixel.Type, pixel.Subtype = pikepdf.Name.XObject, pikepdf.Name.Image
        pixel.Width, pixel.Height, pixel.BitsPerComponent = 1, 1, 8
        pixel.ColorSpace = pikepdf.Name.DeviceGray
        for page in pdf.pages:
            (key,) = page.obj.Resources.XObject.keys()
            page.obj.Resources.XObject[key] = pixel
            page.obj.Contents = compressed_stream(pdf, f"q {key} Do Q".encode("ascii"))
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
