"""PDF files become page pictures: rendered by pdfium, or the scanned image itself where a page is one.

Runs in worker processes. Nothing in the file is ever executed: scripts, launch actions, attachments and
forms are counted and told, not followed.
"""

from __future__ import annotations

import io
import math
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pypdfium2
import pypdfium2.raw as pdfium
from PIL import Image

from ocr.errors import SourceRefused
from ocr.patience import open_to_read
from ocr.steps.geometry import PixelImage
from ocr.types import Limits

MIN_DPI, MAX_DPI, PLAIN_DPI = 150.0, 600.0, 300.0

MAX_RENDERED_PIXELS = 80_000_000
"""A rendered page is 3 to 4 bytes a pixel; larger sheets are rendered more coarsely (A0 at 180 dpi)."""

MOSTLY_PICTURE = 0.5
"""Share of a page from which its largest image is what the page is about, and no logo on it."""

MAX_OBJECTS = 3_000
"""Objects looked at per page when searching for images: enough for any scan, bounded for drawings."""


@dataclass(frozen=True, slots=True)
class PlacedImage:
    """An image on a PDF page: its pixels' size, its resolution there and how much of the page it is.

    covered: share of the page's area. is_whole_page: nothing else is visible. item: pdfium's object,
    valid while the page is open.
    """

    width_px: int
    height_px: int
    dpi: float
    covered: float
    is_whole_page: bool
    item: Any


@contextmanager
def open_pdf(path: Path, limits: Limits, name: str) -> Iterator[pypdfium2.PdfDocument]:
    """Open a PDF with pdfium; an empty password is tried, others are not guessed.

    name: what people call the file. Every page is known to be there before the first is read.
    Raises SourceRefused: "encrypted", "damaged", "too_many_pages", "source_missing", "not_readable".
    """
    with translated(name):
        # Not pdfium's own way to a file: it gives up on one that is held a moment.
        stream = open_to_read(path)
    with stream:
        with translated(name):
            document = pypdfium2.PdfDocument(stream)
        with closing(document):
            pages = len(document)
            if pages < 1:
                raise SourceRefused("damaged", name=name)
            if pages > limits.max_pages:
                raise SourceRefused("too_many_pages", name=name, pages=pages, limit=limits.max_pages)
            for index in range(pages):
                with translated(name, index + 1):
                    document.get_page_size(index)
            if document.get_formtype() == pdfium.FORMTYPE_ACRO_FORM:
                document.init_forms()  # so that filled-in fields are drawn; our pdfium has no JavaScript
            yield document


def pdf_notes(document: pypdfium2.PdfDocument) -> tuple[str, ...]:
    """Tell what a PDF carries beside its pages, by codes for people."""
    notes = []
    if pdfium.FPDF_GetSignatureCount(document) > 0:
        notes.append("pdf_has_signature")
    if pdfium.FPDFDoc_GetJavaScriptActionCount(document) > 0:
        notes.append("pdf_has_javascript")
    if pdfium.FPDFDoc_GetAttachmentCount(document) > 0:
        notes.append("pdf_has_attachments")
    if document.get_formtype() != pdfium.FORMTYPE_NONE:
        notes.append("pdf_has_form")
    return tuple(notes)


def placed_image(page: pypdfium2.PdfPage) -> PlacedImage | None:
    """Find the image of the page with the most pixels, None for a page without images."""
    largest: Any = None
    largest_size, only_images, images = (0, 0), True, 0
    for count, item in enumerate(page.get_objects(max_depth=4)):
        if count >= MAX_OBJECTS:
            only_images = False
            break
        if item.type == pdfium.FPDF_PAGEOBJ_IMAGE:
            images += 1
            size = item.get_px_size()
            if size[0] * size[1] > largest_size[0] * largest_size[1]:
                largest, largest_size = item, size
        elif not _is_invisible(item):
            only_images = False
    if largest is None:
        return None
    alone = only_images and images == 1 and pdfium.FPDFPage_GetAnnotCount(page) == 0
    dpi = _resolution_on_page(largest, largest_size)
    is_whole_page = alone and _covers_page(largest, page)
    return PlacedImage(*largest_size, dpi, _share_of_page(largest, page), is_whole_page, largest)


def render_page(page: pypdfium2.PdfPage, dpi: float, limits: Limits) -> tuple[PixelImage, float]:
    """Draw a page at a resolution, coarser if the sheet is huge; returns pixels and the dpi used."""
    width_pt, height_pt = page.get_size()
    if not (0 < width_pt < math.inf and 0 < height_pt < math.inf):
        raise SourceRefused("damaged")
    scale = _scale_within(width_pt, height_pt, dpi / 72, limits)
    # pypdfium2 rounds sides up: without the nudge 11 inches at 300 dpi become 3301 pixels.
    bitmap = page.render(scale=scale * (1 - 1e-6), rev_byteorder=True)
    with closing(bitmap):
        pixels: PixelImage = np.array(bitmap.to_numpy()[..., :3])
    red, green, blue = pixels[..., 0], pixels[..., 1], pixels[..., 2]
    if np.array_equal(red, green) and np.array_equal(green, blue):
        pixels = np.ascontiguousarray(red)
    return pixels, scale * 72


def _scale_within(width_pt: float, height_pt: float, scale: float, limits: Limits) -> float:
    """Lower a scale until the page keeps the limits; sides are rounded up, which a thin page feels."""
    most = min(MAX_RENDERED_PIXELS, limits.max_pixels)
    scale = min(scale, limits.max_side_px / max(width_pt, height_pt))
    scale = min(scale, (most / (width_pt * height_pt)) ** 0.5)
    while math.ceil(width_pt * scale) * math.ceil(height_pt * scale) > most:
        scale *= 0.99
    return scale


def rendering_dpi(image: PlacedImage | None) -> float:
    """Choose the resolution to draw a page at: that of its largest image within sane bounds.

    A logo of 72 dpi must not make the text around it illegible: an image below half of the page only
    counts when it is finer than the usual 300 dpi.
    """
    if image is None:
        return PLAIN_DPI
    least = MIN_DPI if image.covered >= MOSTLY_PICTURE else PLAIN_DPI
    return min(MAX_DPI, max(least, image.dpi))


def png_bytes(pixels: PixelImage, dpi: float) -> bytes:
    """Encode pixels as PNG, one bit per pixel where nothing but black and white occurs."""
    picture = Image.fromarray(pixels)
    if pixels.ndim == 2 and bool(((pixels == 0) | (pixels == 255)).all()):
        picture = picture.convert("1", dither=Image.Dither.NONE)
    target = io.BytesIO()
    # Level 3: within 8 % of the size of level 6 on scanned pages at half the time.
    picture.save(target, "PNG", compress_level=3, dpi=(dpi, dpi))
    return target.getvalue()


@contextmanager
def translated(name: str, page: int | None = None) -> Iterator[None]:
    """Translate pdfium's errors into refusals, naming the 1-based page where one is at fault."""
    where: dict[str, object] = {"name": name} | ({} if page is None else {"page": page})
    try:
        yield
    except pypdfium2.PdfiumError as exc:
        encrypted = exc.err_code in {pdfium.FPDF_ERR_PASSWORD, pdfium.FPDF_ERR_SECURITY}
        raise SourceRefused("encrypted" if encrypted else "damaged", **where) from exc
    except FileNotFoundError as exc:
        raise SourceRefused("source_missing", **where) from exc
    except PermissionError as exc:
        raise SourceRefused("not_readable", **where) from exc


def _is_invisible(item: Any) -> bool:
    """Say whether an object is text of a hidden recognition layer."""
    if item.type == pdfium.FPDF_PAGEOBJ_FORM:
        return True  # its contents are visited themselves
    if item.type != pdfium.FPDF_PAGEOBJ_TEXT:
        return False
    return bool(pdfium.FPDFTextObj_GetTextRenderMode(item) == pdfium.FPDF_TEXTRENDERMODE_INVISIBLE)


def _resolution_on_page(item: Any, size: tuple[int, int]) -> float:
    left, bottom, right, top = _bounds(item)
    width_pt, height_pt = max(right - left, 1e-3), max(top - bottom, 1e-3)
    # A quarter turn swaps the sides; the product does not mind.
    return float(72 * ((size[0] * size[1]) / (width_pt * height_pt)) ** 0.5)


def _share_of_page(item: Any, page: pypdfium2.PdfPage) -> float:
    left, bottom, right, top = _bounds(item)
    page_left, page_bottom, page_right, page_top = page.get_cropbox()
    width = max(0.0, min(right, page_right) - max(left, page_left))
    height = max(0.0, min(top, page_top) - max(bottom, page_bottom))
    area = (page_right - page_left) * (page_top - page_bottom)
    return width * height / area if area > 0 else 0.0


def _covers_page(item: Any, page: pypdfium2.PdfPage) -> bool:
    """Say whether an image fills the visible page, to within one percent of its sides."""
    if item.level:
        return False  # inside a form: the container's matrix would have to be applied
    left, bottom, right, top = _bounds(item)
    page_left, page_bottom, page_right, page_top = page.get_cropbox()
    width, height = page_right - page_left, page_top - page_bottom
    if width <= 0 or height <= 0:
        return False
    across = max(abs(left - page_left), abs(right - page_right)) / width
    down = max(abs(bottom - page_bottom), abs(top - page_top)) / height
    return bool(max(across, down) <= 0.01)


def _bounds(item: Any) -> tuple[float, float, float, float]:
    left, bottom, right, top = item.get_bounds()
    return float(left), float(bottom), float(right), float(top)
