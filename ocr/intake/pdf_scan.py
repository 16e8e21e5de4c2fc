"""The image of a scanned PDF page taken out with its own bytes.

Runs in worker processes. An extracted image is only believed when pdfium's own drawing of the page looks
like it: that one check covers masks, decode arrays, odd colour spaces, mirrored and clipped images.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import cv2
import numpy as np
import pikepdf
import pypdfium2
from PIL import Image

from ocr.errors import SourceRefused
from ocr.intake.decode import DecodedPage, decode_master, with_square_pixels
from ocr.intake.pdf import PlacedImage, png_bytes
from ocr.intake.picture_hash import picture_hash
from ocr.intake.recognise import FileKind, recognise_bytes
from ocr.patience import discard
from ocr.steps.geometry import PixelImage, apply_exif
from ocr.types import Limits

LOOK_PX = 200
"""Side of the small pictures compared; enough to see a missing mask, a mirroring or an inversion."""

LOOK_TOLERANCE = 12.0
"""Mean grey difference allowed: two resamplings of one scan differ by 1 to 4, another picture by 30."""

OWN_BYTES = (["/DCTDecode"], ["/JPXDecode"], ["/CCITTFaxDecode"])
"""Filters whose data are a picture file or become one by a header (JPEG, JPEG 2000, G4 in TIFF)."""

EXIF_OF_TURN = {90: 6, 180: 3, 270: 8}

EXIF_HEAD = b"Exif\x00\x00MM\x00*\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00"


@dataclass(frozen=True, slots=True, eq=False)
class ScannedImage:
    """A page's image as a file of its own and decoded, and the hash of its picture as it lay in the PDF."""

    content: bytes
    extension: str
    decoded: DecodedPage
    picture_hash: str


@dataclass(frozen=True, slots=True, eq=False)
class ScanPlace:
    """Where to look: one page as pikepdf and as pdfium see it, and the image that covers it."""

    structure: pikepdf.Pdf
    page: pypdfium2.PdfPage
    index: int
    image: PlacedImage


def extract_scan(place: ScanPlace, scratch: Path, limits: Limits) -> ScannedImage | None:
    """Take the image of a page that is one scan, None when it cannot stand for the page.

    scratch: a file name that may be written. /Rotate is kept: as an EXIF tag put into a JPEG (its picture
    data stay untouched), or by turning the pixels of the lossless kinds.
    """
    page, image = place.page, place.image
    if image.width_px * image.height_px > limits.max_pixels:
        return None
    try:
        found = _image_file(place.structure, place.index, image)
        if found is None:
            return None
        turn_deg = page.get_rotation()
        content, kind = _turned(*found, turn_deg=turn_deg, dpi=image.dpi)
        scratch.write_bytes(content)
        stored = decode_master(scratch, 0, limits)
        decoded = with_square_pixels(stored, limits, name=scratch.name)
    except (
        pikepdf.PdfError,
        SourceRefused,
        ValueError,
        TypeError,
        LookupError,
        AttributeError,
        RuntimeError,
    ):
        return None  # whatever is odd about it, rendering the page is always right
    except (NotImplementedError, OSError):
        return None
    finally:
        discard(scratch)
    if not _looks_like(page, decoded):
        return None
    # A turned JPEG has a tag and its samples as they were; the pixels of all other kinds were turned.
    turned_deg = 0 if kind is FileKind.JPEG else turn_deg
    seen = picture_hash(np.rot90(stored.pixels, turned_deg // 90))
    return ScannedImage(content, kind.value, decoded, seen)


def _image_file(document: pikepdf.Pdf, index: int, image: PlacedImage) -> tuple[bytes, FileKind] | None:
    candidates = [
        raw
        for raw in document.pages[index].get_images().values()
        if int(raw.get("/Width", 0)) == image.width_px and int(raw.get("/Height", 0)) == image.height_px
    ]
    if len(candidates) != 1 or "/SMask" in candidates[0] or "/Mask" in candidates[0]:
        return None
    picture = pikepdf.PdfImage(cast(pikepdf.Stream, candidates[0]))
    filters = picture.filters
    if filters[-1:] not in OWN_BYTES:
        return png_bytes(_bitmap_pixels(image), image.dpi), FileKind.PNG
    target = io.BytesIO()
    picture.extract_to(stream=target)
    content = target.getvalue()
    kind = recognise_bytes(content[:1024])
    if kind not in {FileKind.JPEG, FileKind.JP2, FileKind.J2K, FileKind.TIFF, FileKind.PNG}:
        return None
    return content, kind


def _bitmap_pixels(image: PlacedImage) -> PixelImage:
    """Take the samples pdfium decoded, unscaled: lossless kinds without a file format of their own."""
    samples = np.asarray(image.item.get_bitmap(render=False).to_numpy(), np.uint8)
    if samples.ndim == 2 or samples.shape[2] == 1:
        return np.ascontiguousarray(samples.reshape(samples.shape[:2]))
    return np.ascontiguousarray(samples[..., 2::-1])  # pdfium keeps blue first


def _turned(content: bytes, kind: FileKind, *, turn_deg: int, dpi: float) -> tuple[bytes, FileKind]:
    """Apply the page's /Rotate (clockwise when shown) and see that the resolution is stated."""
    if kind is FileKind.JPEG:
        return (_with_orientation(content, EXIF_OF_TURN[turn_deg]) if turn_deg else content), kind
    if turn_deg or kind is FileKind.PNG:
        with Image.open(io.BytesIO(content)) as picture:
            stated = picture.convert("L") if picture.mode == "1" else picture
            pixels = np.array(stated if stated.mode in {"L", "RGB"} else stated.convert("RGB"))
        turned: PixelImage = np.ascontiguousarray(np.rot90(pixels, -turn_deg // 90))
        return png_bytes(turned, dpi), FileKind.PNG
    return content, kind


def _with_orientation(jpeg: bytes, orientation: int) -> bytes:
    """Put an EXIF block with an orientation before everything else of a JPEG file."""
    payload = EXIF_HEAD + orientation.to_bytes(1, "big") + b"\x00" * 7
    return jpeg[:2] + b"\xff\xe1" + (len(payload) + 2).to_bytes(2, "big") + payload + jpeg[2:]


def _looks_like(page: pypdfium2.PdfPage, decoded: DecodedPage) -> bool:
    """Compare with pdfium's drawing, in the rows that could be read: viewers fill the others with grey or black."""
    pixels = apply_exif(decoded.pixels, decoded.exif_orientation)
    width_pt, height_pt = page.get_size()
    scale = LOOK_PX / max(width_pt, height_pt)
    drawn = page.render(scale=scale, grayscale=True).to_numpy()
    drawn = drawn[..., 0] if drawn.ndim == 3 else drawn
    height, width = drawn.shape
    grey = pixels if pixels.ndim == 2 else cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
    ours = cv2.resize(grey, (width, height), interpolation=cv2.INTER_AREA)
    if abs(width / height - grey.shape[1] / grey.shape[0]) > 0.03 * width / height:
        return False
    # Blurred: pdfium and OpenCV place their samples differently, and a fax is all edges.
    first, second = (cv2.blur(picture, (5, 5)).astype(np.int16) for picture in (ours, drawn))
    read = np.zeros(decoded.pixels.shape[:2], np.uint8)
    read[: round(decoded.read_share * len(read))] = 1
    seen = cv2.resize(apply_exif(read, decoded.exif_orientation), (width, height)) > 0
    return float(np.abs(first - second)[seen].mean()) <= LOOK_TOLERANCE
