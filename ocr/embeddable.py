"""Masters as PDF pictures: their own bytes wherever PDF/A-2b permits, else a lossless conversion.

JPEG (grey, RGB) and plain PNG go in unchanged, a Group 4 TIFF frame gives its payload unchanged. All else
(BMP, WebP, JPEG 2000, CMYK, alpha, 16 bits, other TIFF compressions, damaged files) is decoded exactly as for
recognition and stored without further loss; the master itself travels in the package anyway. The stored
orientation is never applied here. Runs in a worker process.
"""

from __future__ import annotations

import io
import struct
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ocr.errors import MachineError, SourceRefused
from ocr.patience import open_to_read, read_bytes
from ocr.types import Limits

if TYPE_CHECKING:
    from PIL.Image import Image as PilImage
    from PIL.TiffImagePlugin import TiffImageFile

_G4 = 4
_TAG_WIDTH, _TAG_LENGTH, _TAG_COMPRESSION, _TAG_PHOTOMETRIC = 256, 257, 259, 262
_TAG_FILL_ORDER, _TAG_STRIP_OFFSETS, _TAG_STRIP_SIZES = 266, 273, 279


@dataclass(frozen=True, slots=True)
class Picture:
    """A one-page PDF at pdf_path whose only image is the master's frame, as stored.

    width_px, height_px: of that image in square pixels, as ocr.intake.decode.square_size says: larger than the
    image itself where its resolutions differ (a fax). kept: "own_bytes" | "payload" | "lossless".
    """

    pdf_path: Path
    width_px: int
    height_px: int
    kept: str


def write_picture(master: Path, frame: int, target: Path, *, max_pixels: int = 250_000_000) -> Picture:
    """Write the frame of a master as the image of a one-page PDF at target.

    Raises SourceRefused when the master cannot be decoded as a picture, MachineError
    ("picture_not_embeddable") when the PDF library refuses what it should take.
    """
    with _pixels_up_to(max_pixels):
        for kept, make in (("unchanged", _unchanged), ("lossless", _lossless)):
            data = make(master, frame, max_pixels)
            content = None if data is None else _one_page_pdf(data[0])
            if data is not None and content is not None:
                target.write_bytes(content)
                width_px, height_px = _square_size(master, frame, data[0])
                return Picture(target, width_px, height_px, data[1] if kept == "unchanged" else kept)
    raise MachineError("picture_not_embeddable", name=master.name, frame=frame)


def _unchanged(master: Path, frame: int, max_pixels: int) -> tuple[bytes, str] | None:
    """Return a picture file whose data is the master's own and how much of it, None where that cannot be."""
    from PIL import Image, TiffImagePlugin

    try:
        with open_to_read(master) as stream, Image.open(stream) as image:
            if image.size[0] * image.size[1] > max_pixels:
                raise SourceRefused("too_large", name=master.name)
            if image.format in ("JPEG", "MPO") and image.mode in ("L", "RGB"):
                return read_bytes(master), "own_bytes"
            if image.format == "PNG" and _is_plain_png(image, master):
                return read_bytes(master), "own_bytes"
            if isinstance(image, TiffImagePlugin.TiffImageFile):
                image.seek(frame)
                payload = _group4_payload(image, master)
                return None if payload is None else (payload, "payload")
    except FileNotFoundError:
        raise
    except (OSError, ValueError, SyntaxError, EOFError, struct.error, KeyError, TypeError, IndexError):
        # Damaged in a way the tolerant decoder may still get over.
        return None
    return None


def lossless_picture(master: Path, frame: int, max_pixels: int) -> bytes:
    """A frame as PNG, decoded as recognition does. Raises SourceRefused."""
    return _lossless(master, frame, max_pixels)[0]


def _lossless(master: Path, frame: int, max_pixels: int) -> tuple[bytes, str]:
    """Decode a frame as recognition does and return it as PNG, one bit a pixel where it has no greys."""
    import numpy as np
    from PIL import Image

    from ocr.intake.decode import decode_master

    pixels = decode_master(master, frame, Limits(max_pixels=max_pixels)).pixels
    picture = Image.fromarray(pixels)
    if pixels.ndim == 2 and not np.any((pixels > 0) & (pixels < 255)):
        # img2pdf turns one-bit pictures into Group 4: a tenth of the size and as exact.
        picture = picture.point(lambda value: value, mode="1")
    buffer = io.BytesIO()
    picture.save(buffer, format="PNG", compress_level=6)
    return buffer.getvalue(), "lossless"


def _is_plain_png(image: PilImage, master: Path) -> bool:
    """Tell whether the PNG's data may go into a PDF unchanged: whole, no alpha, 8 bits or less, not interlaced."""
    with open_to_read(master) as stream:
        header = stream.read(33)
    depth, colour_type, interlaced = header[24], header[25], header[28]
    # PDF knows no colour profile on a palette.
    has_profiled_palette = "icc_profile" in image.info and colour_type == 3
    if depth > 8 or colour_type not in (0, 2, 3) or interlaced or has_profiled_palette:
        return False
    if "transparency" in image.info:
        return False
    image.verify()
    return True


def _group4_payload(image: TiffImageFile, master: Path) -> bytes | None:
    """Return a one-frame TIFF around the frame's untouched Group 4 data, or None when it has another form."""
    tags = image.tag_v2
    offsets, sizes = tags.get(_TAG_STRIP_OFFSETS, ()), tags.get(_TAG_STRIP_SIZES, ())
    photometric, fill_order = tags.get(_TAG_PHOTOMETRIC), tags.get(_TAG_FILL_ORDER, 1)
    if tags.get(_TAG_COMPRESSION) != _G4 or len(offsets) != 1 or len(sizes) != 1:
        return None
    if photometric not in (0, 1) or fill_order not in (1, 2):
        return None
    with open_to_read(master) as stream:
        stream.seek(int(offsets[0]))
        payload = stream.read(int(sizes[0]))
    if len(payload) != int(sizes[0]):
        return None
    return _tiff_around(payload, int(tags[_TAG_WIDTH]), int(tags[_TAG_LENGTH]), photometric, fill_order)


def _tiff_around(payload: bytes, width_px: int, height_px: int, photometric: int, fill_order: int) -> bytes:
    """Build the smallest little-endian TIFF that holds one strip of Group 4 data."""
    entries = [
        (_TAG_WIDTH, width_px),
        (_TAG_LENGTH, height_px),
        (258, 1),  # BitsPerSample
        (_TAG_COMPRESSION, _G4),
        (_TAG_PHOTOMETRIC, photometric),
        (_TAG_FILL_ORDER, fill_order),
        (_TAG_STRIP_OFFSETS, 8),
        (277, 1),  # SamplesPerPixel
        (278, height_px),  # RowsPerStrip
        (_TAG_STRIP_SIZES, len(payload)),
    ]
    padding = b"\0" * (len(payload) % 2)
    directory = struct.pack("<H", len(entries))
    directory += b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in entries) + b"\0\0\0\0"
    return struct.pack("<2sHI", b"II", 42, 8 + len(payload) + len(padding)) + payload + padding + directory


def _one_page_pdf(data: bytes) -> bytes | None:
    """Let img2pdf wrap a picture file without touching its data; None when it will not have it."""
    import img2pdf

    try:
        content = img2pdf.convert(
            data, rotation=img2pdf.Rotation.none, nodate=True, first_frame_only=True, layout_fun=_one_to_one
        )
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001  # img2pdf and what it calls raise all kinds for odd files
        return None
    return bytes(content) if content else None


def _square_size(master: Path, frame: int, data: bytes) -> tuple[int, int]:
    """Measure a picture, with the resolution its master states; both lie in the same direction."""
    from PIL import Image

    from ocr.intake.decode import open_image, square_size, stated_dpi

    with Image.open(io.BytesIO(data)) as picture:
        size = picture.size
    with open_image(master, Limits(max_pixels=max(Limits().max_pixels, size[0] * size[1]))) as image:
        if frame:
            image.seek(frame)
        return square_size(size, *stated_dpi(image))


def _one_to_one(width_px: int, height_px: int, _dpi: object) -> tuple[float, float, float, float]:
    """Lay the picture out at one point a pixel, within what img2pdf accepts; only its image is used later."""
    scale = min(1.0, 14_400 / max(width_px, height_px))
    width_pt, height_pt = max(3.0, width_px * scale), max(3.0, height_px * scale)
    return width_pt, height_pt, width_pt, height_pt


@contextmanager
def _pixels_up_to(max_pixels: int) -> Iterator[None]:
    """Let Pillow open pictures of max_pixels (its own limit is lower) and not warn below that."""
    from PIL import Image

    before = Image.MAX_IMAGE_PIXELS
    Image.MAX_IMAGE_PIXELS = max_pixels
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        Image.MAX_IMAGE_PIXELS = before
