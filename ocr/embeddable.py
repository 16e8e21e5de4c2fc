"""Masters as PDF pictures: their own bytes wherever PDF/A-2b permits, else a lossless conversion.

JPEG (grey, RGB) and plain PNG go in unchanged, a Group 4 TIFF frame gives its payload unchanged. All else
(BMP, WebP, JPEG 2000, CMYK, alpha, other TIFF compressions) is decoded and stored without further loss; the
master itself travels in the package anyway. Orientation is never applied here except where the decoder
insists (Picture.orientation_applied). Runs in a worker process.
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

if TYPE_CHECKING:
    from PIL.Image import Image as PilImage
    from PIL.TiffImagePlugin import TiffImageFile

# PDF/A needs no more, and colour managed masters travel beside the PDF.
_PLAIN_MODES = ("1", "L", "RGB", "P")
_G4 = 4
_TAG_WIDTH, _TAG_LENGTH, _TAG_COMPRESSION, _TAG_PHOTOMETRIC = 256, 257, 259, 262
_TAG_FILL_ORDER, _TAG_STRIP_OFFSETS, _TAG_STRIP_SIZES = 266, 273, 279


@dataclass(frozen=True, slots=True)
class Picture:
    """A one-page PDF at pdf_path whose only image is the master's frame.

    width_px, height_px: of the image as embedded. orientation_applied: the stored orientation is already
    undone in its pixels. kept: "own_bytes" | "payload" | "lossless".
    """

    pdf_path: Path
    width_px: int
    height_px: int
    orientation_applied: bool
    kept: str


def write_picture(master: Path, frame: int, target: Path, *, max_pixels: int = 250_000_000) -> Picture:
    """Write the frame of a master as the image of a one-page PDF at target.

    Raises SourceRefused("damaged" | "too_large") when the master cannot be decoded as a picture.
    """
    import img2pdf
    from PIL import Image

    with _pixels_up_to(max_pixels):
        try:
            data, kept, applied = _embeddable_bytes(master, frame, max_pixels)
            content = img2pdf.convert(
                data,
                rotation=img2pdf.Rotation.none,
                nodate=True,
                first_frame_only=True,
                layout_fun=_one_to_one,
            )
            with Image.open(io.BytesIO(data)) as image:
                width_px, height_px = image.size
        except Image.DecompressionBombError as exc:
            raise SourceRefused("too_large", name=master.name) from exc
        except (SourceRefused, MemoryError):
            raise
        except OSError as exc:
            # Pillow reports broken pictures as OSError too; a real errno means the disk.
            if exc.errno is not None:
                raise
            raise SourceRefused("damaged", name=master.name, frame=frame) from exc
        except (ValueError, SyntaxError, struct.error, EOFError, KeyError, IndexError, TypeError) as exc:
            raise SourceRefused("damaged", name=master.name, frame=frame) from exc
        except Exception as exc:  # img2pdf's own errors derive from Exception directly
            raise MachineError(
                "picture_not_embeddable", name=master.name, frame=frame, why=type(exc).__name__
            ) from exc
    target.write_bytes(content)
    return Picture(target, width_px, height_px, applied, kept)


def _embeddable_bytes(master: Path, frame: int, max_pixels: int) -> tuple[bytes, str, bool]:
    """Return a single picture file img2pdf embeds as it is, how it was kept, and the orientation flag."""
    from PIL import Image, TiffImagePlugin

    with Image.open(master) as image:
        kind = image.format or ""
        if kind == "TIFF":
            image.seek(frame)
        if image.size[0] * image.size[1] > max_pixels:
            raise SourceRefused("too_large", name=master.name)
        if kind in ("JPEG", "MPO") and image.mode in ("L", "RGB"):
            return master.read_bytes(), "own_bytes", False
        if kind == "PNG" and _is_plain_png(image, master):
            return master.read_bytes(), "own_bytes", False
        if isinstance(image, TiffImagePlugin.TiffImageFile):
            payload = _group4_payload(image, master)
            if payload is not None:
                return payload, "payload", False
        return _lossless(image), "lossless", kind == "TIFF"


def _is_plain_png(image: PilImage, master: Path) -> bool:
    """Tell whether the PNG's data may go into a PDF unchanged: 8 bits or less, no alpha, not interlaced."""
    with master.open("rb") as stream:
        header = stream.read(33)
    depth, colour_type, interlaced = header[24], header[25], header[28]
    has_profile = "icc_profile" in image.info and colour_type == 3
    return (
        depth <= 8
        and colour_type in (0, 2, 3)
        and not interlaced
        and "transparency" not in image.info
        and not has_profile
    )


def _group4_payload(image: TiffImageFile, master: Path) -> bytes | None:
    """Return a one-frame TIFF around the frame's untouched Group 4 data, or None when it has another form."""
    tags = image.tag_v2
    offsets, sizes = tags.get(_TAG_STRIP_OFFSETS, ()), tags.get(_TAG_STRIP_SIZES, ())
    photometric = tags.get(_TAG_PHOTOMETRIC)
    if tags.get(_TAG_COMPRESSION) != _G4 or len(offsets) != 1 or len(sizes) != 1 or photometric not in (0, 1):
        return None
    with master.open("rb") as stream:
        stream.seek(int(offsets[0]))
        payload = stream.read(int(sizes[0]))
    if len(payload) != int(sizes[0]):
        raise SourceRefused("damaged", name=master.name)
    return _tiff_around(
        payload, int(tags[_TAG_WIDTH]), int(tags[_TAG_LENGTH]), photometric, tags.get(_TAG_FILL_ORDER, 1)
    )


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


def _lossless(image: PilImage) -> bytes:
    """Decode a picture and return it as PNG, exact from here on."""
    image.load()
    buffer = io.BytesIO()
    _flattened(image).save(buffer, format="PNG", compress_level=6)
    return buffer.getvalue()


def _flattened(image: PilImage) -> PilImage:
    """Return the picture in a mode a PDF/A page can show: 1, L, RGB or P, on white where it was see-through."""
    from PIL import Image

    if image.mode in ("I;16", "I;16B", "I;16L", "I", "F"):
        return _eight_bit(image)
    if image.mode in _PLAIN_MODES and "transparency" not in image.info:
        clean = image.copy()
        clean.info = {}
        return clean
    if image.has_transparency_data:
        layer = image.convert("RGBA")
        flat = Image.new("RGBA", layer.size, (255, 255, 255, 255))
        flat.alpha_composite(layer)
        return flat.convert("L" if image.mode in ("LA", "La") else "RGB")
    flat = image.convert("RGB")
    flat.info = {}
    return flat


def _eight_bit(image: PilImage) -> PilImage:
    """Keep the upper eight bits of a 16-bit grey picture; float pictures are stretched to their range."""
    import numpy as np
    from PIL import Image

    values = np.asarray(image)
    if values.dtype.kind == "f":
        low, high = float(values.min()), float(values.max())
        scaled = (values - low) * (255.0 / (high - low)) if high > low else values * 0
    elif int(values.max(initial=0)) > 255:
        scaled = values.clip(0, 65535) / 257.0
    else:
        scaled = values.clip(0, 255)
    return Image.fromarray(np.rint(scaled).astype(np.uint8))


def _one_to_one(width_px: int, height_px: int, dpi: tuple[float, float]) -> tuple[float, float, float, float]:
    """Lay the picture out at one point a pixel, within what img2pdf accepts; only its image is used later."""
    scale = min(1.0, 14_400 / max(width_px, height_px))
    width_pt, height_pt = max(3.0, width_px * scale), max(3.0, height_px * scale)
    return width_pt, height_pt, width_pt, height_pt


@contextmanager
def _pixels_up_to(max_pixels: int) -> Iterator[None]:
    """Let Pillow open pictures of max_pixels (its own limit is lower) and not warn below that."""
    from PIL import Image

    before = Image.MAX_IMAGE_PIXELS
    # Pillow warns above its limit and refuses above twice the limit.
    Image.MAX_IMAGE_PIXELS = max_pixels
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            yield
    finally:
        Image.MAX_IMAGE_PIXELS = before
