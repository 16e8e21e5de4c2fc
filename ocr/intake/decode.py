"""Masters become pixels: the one place that decodes image files.

Runs in worker processes. Sizes are checked before any pixel is decoded, so a header that lies costs
nothing. Everything comes out as uint8: grey (height, width) or RGB (height, width, 3), 255 = white.
"""

from __future__ import annotations

import math
import struct
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, BinaryIO, cast

import numpy as np
from numpy.typing import NDArray
from PIL import (
    BmpImagePlugin,
    Image,
    ImageFile,
    Jpeg2KImagePlugin,
    JpegImagePlugin,
    PngImagePlugin,
    TiffImagePlugin,
    UnidentifiedImageError,
    WebPImagePlugin,
)

from ocr.errors import SourceRefused
from ocr.intake.quick_jpeg import decode_whole_jpeg
from ocr.intake.resolution import meant_dpi
from ocr.patience import open_to_read
from ocr.steps.geometry import PixelImage, apply_exif, resample
from ocr.types import Limits

FORMATS = ("JPEG", "PNG", "TIFF", "JPEG2000", "BMP", "WEBP")

PLUGINS = (
    BmpImagePlugin,
    Jpeg2KImagePlugin,
    JpegImagePlugin,
    PngImagePlugin,
    TiffImagePlugin,
    WebPImagePlugin,
)
"""What reads these formats, loaded here: else Pillow looks for them among its plug-ins for some forty formats."""

MIN_DECODED_SHARE = 0.1
"""A file cut short is worth reading from this share of its rows on."""

UNEQUAL_DPI = (1.2, 2.5)
"""Ratios of two resolutions taken as meant. A fine fax has 204 by 196 dots, a normal one 204 by 98; below,
resampling would blur letters for nothing, above, the file misstates them."""

EXIF_ORIENTATION, PHOTOMETRIC = 0x0112, 262

INVERSE_ORIENTATION = {6: 8, 8: 6}
"""Tags whose opposite is another one; all others undo themselves."""

# What Pillow and its plug-ins raise for broken files; measured over the damaged sample files.
BROKEN = (OSError, SyntaxError, ValueError, EOFError, struct.error, KeyError, TypeError, IndexError)
BROKEN_TOO = (ZeroDivisionError, OverflowError, AttributeError, RuntimeError, AssertionError)


@dataclass(frozen=True, slots=True, eq=False)
class DecodedPage:
    """One page as stored: pixels before any orientation is applied.

    pixels: uint8, grey or RGB. exif_orientation: 1..8. dpi_x, dpi_y: as stated, None when absent or
    absurd. is_whole: false when the file is damaged or ends early; read_share: the share of its rows, from
    the top, that could be read. What could not be read is white.
    """

    pixels: PixelImage
    exif_orientation: int
    dpi_x: float | None
    dpi_y: float | None
    is_whole: bool = True
    read_share: float = 1.0


def decode_master(path: Path, frame: int, limits: Limits) -> DecodedPage:
    """Decode one frame of an image file.

    Raises SourceRefused: "too_large", "damaged", "not_an_image", "source_missing", "not_readable".
    """
    with open_image(path, limits) as image:
        return decode_frame(image, frame, limits, name=path.name, size_bytes=path.stat().st_size)


def square_size(size: tuple[int, int], dpi_x: float | None, dpi_y: float | None) -> tuple[int, int]:
    """Return width and height a picture has in square pixels, the finer of two unequal resolutions kept."""
    if dpi_x is None or dpi_y is None:
        return size
    least, most = UNEQUAL_DPI
    if not least <= max(dpi_x, dpi_y) / min(dpi_x, dpi_y) <= most:
        return size
    finer = max(dpi_x, dpi_y)
    return round(size[0] * finer / dpi_x), round(size[1] * finer / dpi_y)


def with_square_pixels(decoded: DecodedPage, limits: Limits, *, name: str) -> DecodedPage:
    """Stretch a page of unequal resolutions, such as a fax; every other page is returned as it is.

    Raises SourceRefused("too_large") when it would not keep the limits.
    """
    height_px, width_px = decoded.pixels.shape[:2]
    size = square_size((width_px, height_px), decoded.dpi_x, decoded.dpi_y)
    if size == (width_px, height_px) or decoded.dpi_x is None or decoded.dpi_y is None:
        return decoded
    check_size(size, limits, name)
    pixels = resample(decoded.pixels, size[0] / width_px, size[1] / height_px)
    dpi = max(decoded.dpi_x, decoded.dpi_y)
    return replace(decoded, pixels=pixels, dpi_x=dpi, dpi_y=dpi)


@contextmanager
def open_image(path: Path, limits: Limits) -> Iterator[Image.Image]:
    """Open an image file by content and read its header only; sizes are bounded by decode_frame."""
    with _translated(path.name), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        # Our own limit is checked before decoding; Pillow's guess must not refuse large sheets first.
        Image.MAX_IMAGE_PIXELS = None
        # From a handle, not a path: given a path Pillow 13 maps plain TIFFs into memory and garbles those
        # with an orientation tag of 5 to 8.
        with open_to_read(path) as source, Image.open(source, formats=FORMATS) as image:
            check_size(image.size, limits, path.name)
            yield image


def count_frames(image: Image.Image, limits: Limits, name: str) -> int:
    """Count the pages of an open file: frames of a TIFF, one for everything else.

    Stops at the limit, so a chain of directories without end costs no more than max_pages steps.
    Raises SourceRefused("too_many_pages").
    """
    if image.format != "TIFF":
        return 1
    count = 1
    while True:
        try:
            image.seek(count)
        except EOFError:
            break
        count += 1
        if count > limits.max_pages:
            raise SourceRefused("too_many_pages", name=name, pages=count, limit=limits.max_pages)
    return count


def decode_frame(
    image: Image.Image, frame: int, limits: Limits, *, name: str, size_bytes: int
) -> DecodedPage:
    """Decode one frame of an open file; see decode_master."""
    with _translated(name, frame), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if frame or image.tell():
            image.seek(frame)
        check_size(image.size, limits, name)
        _check_plausible(image, size_bytes, name, frame)
        orientation, (dpi_x, dpi_y) = _orientation(image), stated_dpi(image)
        quick = decode_whole_jpeg(image)
        share = _load(image, frame) if quick is None else None
        pixels = to_pixels(image) if quick is None else quick
        if image.format == "TIFF":
            if image.mode.startswith("I;16") and _white_is_zero(image):
                pixels = 255 - pixels  # Pillow inverts all such pictures but those of 16 bits
            # Pillow turns TIFF pixels on loading (and nothing else); we want them as stored.
            pixels = np.ascontiguousarray(
                apply_exif(pixels, INVERSE_ORIENTATION.get(orientation, orientation))
            )
    if share is not None and share < 1.0:
        # What was not read must not look like ink.
        pixels = pixels.copy()
        pixels[max(1, round(share * pixels.shape[0])) :] = 255
    return DecodedPage(pixels, orientation, dpi_x, dpi_y, share is None, 1.0 if share is None else share)


def check_size(size: tuple[int, int], limits: Limits, name: str) -> None:
    """Refuse sizes nobody scans before a single pixel is decoded."""
    width_px, height_px = size
    if width_px < 1 or height_px < 1:
        raise SourceRefused("damaged", name=name)
    if width_px * height_px > limits.max_pixels or max(size) > limits.max_side_px:
        raise SourceRefused(
            "too_large", name=name, width_px=width_px, height_px=height_px, limit_px=limits.max_pixels
        )


def stated_dpi(image: Image.Image) -> tuple[float | None, float | None]:
    """Read the resolution a file means, None where it states none or not a scanner's."""
    try:
        horizontal, vertical = image.info.get("dpi", (None, None))
        found = [float(value) for value in (horizontal, vertical)]
    except (TypeError, ValueError, ZeroDivisionError):
        return None, None
    if not all(math.isfinite(value) and value > 0 for value in found):
        return None, None
    across, down = meant_dpi((found[0], found[1]), image.size)
    return (across, down) if min(across, down) >= 50 and max(across, down) <= 2400 else (None, None)


def to_pixels(image: Image.Image) -> PixelImage:
    """Convert any Pillow mode to grey or RGB bytes; transparency becomes white paper.

    What is returned may be read-only: a writable copy of a colour page costs 6 ms of 25.
    """
    if image.mode in {"1", "L"} and "transparency" not in image.info:
        return np.asarray(image.convert("L"))
    if image.mode.startswith("I") or image.mode == "F":
        return _scaled_to_bytes(np.asarray(image))
    if image.mode in {"RGBA", "LA", "PA", "RGBa", "La"} or "transparency" in image.info:
        layered = image.convert("RGBA")
        paper = Image.new("RGBA", layered.size, "white")
        return _grey_if_grey(np.asarray(Image.alpha_composite(paper, layered).convert("RGB")))
    rgb = image if image.mode == "RGB" else image.convert("RGB")
    pixels = np.asarray(rgb)
    return _grey_if_grey(pixels) if image.mode == "P" else pixels


def _scaled_to_bytes(values: NDArray[np.number[Any]]) -> PixelImage:
    """Bring 16-bit, 32-bit and floating point samples to 0..255."""
    if values.dtype == np.uint16:
        return (values.astype(np.uint16) >> 8).astype(np.uint8)
    numbers = np.nan_to_num(values.astype(np.float32), posinf=0.0, neginf=0.0)
    top = float(numbers.max(initial=0.0))
    # Integers of 16 bits arrive as 32-bit ones too; real 32-bit scans do not exist, so scale by content.
    full = 255.0 if top <= 255 and top > 1 else 65535.0 if 255 < top <= 65535 else max(top, 1e-6)
    scaled: PixelImage = np.clip(numbers * (255.0 / full), 0, 255).astype(np.uint8)
    return scaled


def _grey_if_grey(pixels: PixelImage) -> PixelImage:
    red, green, blue = pixels[..., 0], pixels[..., 1], pixels[..., 2]
    same = np.array_equal(red, green) and np.array_equal(green, blue)
    return np.ascontiguousarray(red) if same else pixels


def _white_is_zero(image: Image.Image) -> bool:
    return bool(cast(TiffImagePlugin.TiffImageFile, image).tag_v2.get(PHOTOMETRIC) == 0)


def _orientation(image: Image.Image) -> int:
    try:
        value = image.getexif().get(EXIF_ORIENTATION, 1)
        orientation = int(value)
    except (*BROKEN, *BROKEN_TOO):  # unreadable EXIF is as good as none: the picture itself is sound
        return 1
    return orientation if 1 <= orientation <= 8 else 1


def _check_plausible(image: Image.Image, size_bytes: int, name: str, frame: int) -> None:
    """Refuse a header that promises far more pixels than its bytes can hold.

    A JPEG spends at least a bit per 8x8 block and deflate packs at most 1032:1, so fewer bytes than a
    tenth of that cannot give the share of rows we ask for.
    """
    pixel_count = image.width * image.height
    if image.format in {"JPEG", "MPO"}:
        least_bytes = pixel_count / 64 / 8
    elif image.format == "PNG":
        least_bytes = pixel_count * (1 if image.mode == "1" else 8) / 8 / 1032
    else:
        return
    if size_bytes < least_bytes * MIN_DECODED_SHARE:
        raise SourceRefused("damaged", name=name, page=frame + 1)


def _load(image: Image.Image, frame: int) -> float | None:
    """Decode the pixels; None when all went well, else the share of rows that could be read."""
    try:
        image.load()
    except (*BROKEN, *BROKEN_TOO) as exc:
        if "out of memory" in str(exc):  # Pillow's codecs say so by an OSError
            raise MemoryError from exc
        return _load_what_is_there(image, frame)
    return None


def _load_what_is_there(image: Image.Image, frame: int) -> float:
    source = cast(BinaryIO, cast(ImageFile.ImageFile, image).fp)
    source.seek(0)
    before = ImageFile.LOAD_TRUNCATED_IMAGES
    ImageFile.LOAD_TRUNCATED_IMAGES = True
    try:
        with Image.open(source, formats=FORMATS) as again:
            if frame:
                again.seek(frame)
            again.load()
            share = _share_of_rows(again)
            if share < MIN_DECODED_SHARE:
                raise OSError("too little of the picture is there")
            image.im, image._mode = again.im, again.mode
            image.readonly = 0
            image.tile = []  # type: ignore[attr-defined]  # loaded already
    finally:
        ImageFile.LOAD_TRUNCATED_IMAGES = before
    return share


def _share_of_rows(image: Image.Image) -> float:
    """Share of rows down to the last one that was decoded.

    What libjpeg cannot read comes out as exactly mid-grey, what other decoders never reached as zero.
    """
    unread = 128 if image.format == "JPEG" else 0
    filled = np.flatnonzero((np.asarray(image.convert("RGB")) != unread).any(axis=(1, 2)))
    return float(filled[-1] + 1) / image.height if filled.size else 0.0


@contextmanager
def _translated(name: str, frame: int = 0) -> Iterator[None]:
    try:
        yield
    except (SourceRefused, MemoryError):
        raise
    except FileNotFoundError as exc:
        raise SourceRefused("source_missing", name=name) from exc
    except PermissionError as exc:
        raise SourceRefused("not_readable", name=name) from exc
    except UnidentifiedImageError as exc:
        raise SourceRefused("damaged", name=name, page=frame + 1) from exc
    except Image.DecompressionBombError as exc:
        raise SourceRefused("too_large", name=name) from exc
    except (*BROKEN, *BROKEN_TOO) as exc:
        raise SourceRefused("damaged", name=name, page=frame + 1, reason=type(exc).__name__) from exc
