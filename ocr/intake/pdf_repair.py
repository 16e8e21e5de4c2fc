"""Damaged PDFs: noticed where readers pass over it in silence, and repaired where qpdf can.

Runs in worker processes. The source itself is never changed: a repaired copy only serves to read its pages.
"""

from __future__ import annotations

import zlib
from pathlib import Path

import pikepdf

from ocr.patience import open_to_read

REBUILT = "file is damaged"
"""qpdf's warning when a file's index is wrong and was made anew from what lies in it; small faults do not say so."""

STRUCTURE_ERRORS = (
    pikepdf.PdfError,
    OSError,
    ValueError,
    TypeError,
    LookupError,
    RuntimeError,
    AttributeError,
)
"""What pikepdf raises over damaged files, measured over mutated ones."""

JPEG_END, LOOKED_AT_BYTES = b"\xff\xd9", 1024


def is_damaged(structure: pikepdf.Pdf, pages: int) -> bool:
    """Tell whether a file that could be read was damaged, so that pages may be missing.

    pages: how many pdfium found; qpdf must agree. To be asked once per opening: the warnings go with it.
    """
    try:
        if len(structure.pages) != pages:
            return True
    except STRUCTURE_ERRORS:
        return True
    return any(REBUILT in str(warning) for warning in structure.get_warnings())


def write_repaired(source: Path, target: Path) -> bool:
    """Write a copy that readers understand, False when nothing of the file can be saved.

    Streams are copied as they are. A file locked with a password, or without a list of its pages, is beyond it.
    """
    try:
        with open_to_read(source) as stream, pikepdf.open(stream, suppress_warnings=True) as document:
            if not len(document.pages):
                return False
            with target.open("wb") as written:
                document.save(written)
    except STRUCTURE_ERRORS:
        return False
    return True


def image_ends_early(document: pikepdf.Pdf, index: int, size: tuple[int, int]) -> bool:
    """Tell whether the data of a page's image of this size stop before their end.

    Viewers fill what is missing with grey or black and say nothing. JPEG and deflate mark their end; of the
    other kinds it cannot be told without decoding them.
    """
    try:
        for image in document.pages[index].get_images().values():
            if (int(image.get("/Width", 0)), int(image.get("/Height", 0))) == size and _is_cut(image):
                return True
    except STRUCTURE_ERRORS:
        return False
    return False


def _is_cut(image: pikepdf.Object) -> bool:
    filters = image.get("/Filter")
    first = filters[0] if isinstance(filters, pikepdf.Array) and len(filters) else filters
    if first == pikepdf.Name.DCTDecode:
        return JPEG_END not in image.read_raw_bytes()[-LOOKED_AT_BYTES:]
    if first == pikepdf.Name.FlateDecode:
        return not _deflate_is_whole(image.read_raw_bytes())
    return False


def _deflate_is_whole(data: bytes) -> bool:
    """Look for the end mark in pieces of bounded size: a bomb unpacks to nothing that is kept."""
    packed = zlib.decompressobj()
    try:
        packed.decompress(data, 1 << 20)
        while not packed.eof and packed.unconsumed_tail:
            packed.decompress(packed.unconsumed_tail, 1 << 20)
    except zlib.error:
        return False
    return packed.eof
