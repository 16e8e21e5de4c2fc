"""Every variant a scanner or a converter writes gives the pixels that were drawn; truth is the drawn array."""

from __future__ import annotations

import io
import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from ocr.intake.decode import DecodedPage, decode_master
from ocr.types import Limits
from tests.helpers.raw_pictures import (
    RATIONAL,
    SHORT,
    TiffForm,
    bmp_from_the_top,
    bmp_run_lengths,
    tiff,
)

COLOUR = np.full((50, 70, 3), 245, np.uint8)
COLOUR[5:20, 5:40] = (200, 30, 40)
COLOUR[25:45, 20:60] = (20, 60, 180)
COLOUR[:, 66:] = np.linspace(0, 255, 50).astype(np.uint8)[:, None, None]
GREY = COLOUR[..., 1].copy()
INK = np.where(GREY < 128, 0, 255).astype(np.uint8)
DEEP = GREY.astype(np.uint16) * 257


def decoded(content: bytes, tmp_path: Path) -> DecodedPage:
    path = tmp_path / "offered"
    path.write_bytes(content)
    return decode_master(path, 0, Limits())


def saved(pixels: np.ndarray, kind: str, mode: str | None = None, **options: object) -> bytes:
    target = io.BytesIO()
    picture = Image.fromarray(pixels)
    picture = picture if mode is None else picture.convert(mode)
    picture.save(target, kind, **options)
    return target.getvalue()


def difference(found: DecodedPage, truth: np.ndarray) -> int:
    """The largest difference of any sample; grey is compared in all three channels."""
    first, second = (
        np.repeat(each[..., None], 3, axis=2) if each.ndim == 2 else each for each in (found.pixels, truth)
    )
    assert first.shape == second.shape
    return int(np.abs(first.astype(int) - second).max())


PACKED = ("raw", "packbits", "tiff_lzw", "tiff_adobe_deflate")
TIFFS: dict[str, tuple[Callable[[], bytes], np.ndarray]] = {
    **{
        f"{name} bilevel": (lambda name=name: saved(INK, "TIFF", "1", compression=name), INK)
        for name in (*PACKED, "group3", "group4")
    },
    **{f"{name} grey": (lambda name=name: saved(GREY, "TIFF", compression=name), GREY) for name in PACKED},
    **{
        f"{name} colour": (lambda name=name: saved(COLOUR, "TIFF", compression=name), COLOUR)
        for name in PACKED
    },
    "white is zero, fax": (
        lambda: saved(INK, "TIFF", "1", compression="group4", tiffinfo={262: 0}),
        INK,
    ),
    "white is zero, grey": (lambda: tiff(255 - GREY, TiffForm(photometric=0)), GREY),
    "white is zero, 16 bits": (lambda: tiff(65535 - DEEP, TiffForm(photometric=0)), GREY),
    "tiled grey": (lambda: tiff(GREY, TiffForm(tile_px=16)), GREY),
    "tiled colour": (lambda: tiff(COLOUR, TiffForm(tile_px=32, packed=True)), COLOUR),
    "planar colour": (lambda: tiff(COLOUR, TiffForm(planar=True)), COLOUR),
    "planar deflate": (lambda: tiff(COLOUR, TiffForm(planar=True, packed=True)), COLOUR),
    "planar tiles": (lambda: tiff(COLOUR, TiffForm(planar=True, tile_px=16)), COLOUR),
    "big-endian": (lambda: tiff(COLOUR, TiffForm(order=">")), COLOUR),
    "16 bits": (lambda: tiff(DEEP, TiffForm()), GREY),
    "16 bits big-endian": (lambda: tiff(DEEP, TiffForm(order=">")), GREY),
    "16 bits deflate": (lambda: tiff(DEEP, TiffForm(packed=True)), GREY),
    "16 bits big-endian deflate": (lambda: tiff(DEEP, TiffForm(order=">", packed=True)), GREY),
    "16 bits tiled": (lambda: tiff(DEEP, TiffForm(tile_px=16)), GREY),
    "16 bits colour": (lambda: tiff(COLOUR.astype(np.uint16) * 257, TiffForm()), COLOUR),
    "BigTIFF": (lambda: saved(COLOUR, "TIFF", big_tiff=True), COLOUR),
}


@pytest.mark.parametrize("variant", TIFFS)
def test_tiff_gives_exactly_what_was_drawn(tmp_path: Path, variant: str) -> None:
    make, truth = TIFFS[variant]
    found = decoded(make(), tmp_path)
    assert found.is_whole
    assert difference(found, truth) == 0


CMYK = np.dstack([255 - COLOUR, np.zeros_like(GREY)])
OTHERS: dict[str, tuple[Callable[[], bytes], np.ndarray, int]] = {
    "TIFF palette": (lambda: saved(COLOUR, "TIFF", "P"), COLOUR, 64),  # the web palette has steps of 51
    "TIFF inks": (lambda: saved(COLOUR, "TIFF", "CMYK"), COLOUR, 1),
    "TIFF inks, deflate": (lambda: tiff(CMYK, TiffForm(packed=True)), COLOUR, 1),
    "TIFF inks, planar": (lambda: tiff(CMYK, TiffForm(planar=True)), COLOUR, 1),
    "TIFF JPEG grey": (lambda: saved(GREY, "TIFF", compression="jpeg", quality=98), GREY, 20),
    "JPEG inks inverted by Adobe": (
        lambda: saved(COLOUR, "JPEG", "CMYK", quality=98, subsampling=0),
        COLOUR,
        24,
    ),
    "JPEG in steps": (lambda: saved(GREY, "JPEG", quality=98, progressive=True), GREY, 20),
    "PNG 16 bits": (lambda: saved(DEEP, "PNG"), GREY, 0),
    "PNG palette": (lambda: saved(INK, "PNG", "P"), INK, 0),
    "PNG bilevel": (lambda: saved(INK, "PNG", "1"), INK, 0),
    "PNG with gamma": (lambda: with_gamma(saved(COLOUR, "PNG")), COLOUR, 0),
    "BMP bilevel": (lambda: saved(INK, "BMP", "1"), INK, 0),
    "BMP grey": (lambda: saved(GREY, "BMP"), GREY, 0),
    "BMP colour": (lambda: saved(COLOUR, "BMP"), COLOUR, 0),
    "BMP run lengths": (lambda: bmp_run_lengths(GREY), GREY, 0),
    "BMP from the top": (lambda: bmp_from_the_top(COLOUR), COLOUR, 0),
    "WebP lossless": (lambda: saved(COLOUR, "WEBP", lossless=True), COLOUR, 0),
    "JPEG 2000": (lambda: saved(COLOUR, "JPEG2000", irreversible=False), COLOUR, 0),
    "JPEG 2000 codestream": (lambda: saved(GREY, "JPEG2000", no_jp2=True), GREY, 0),
    "JPEG 2000 16 bits": (lambda: saved(DEEP, "JPEG2000"), GREY, 0),
}


def with_gamma(png: bytes) -> bytes:
    """Put a gamma before the pixels: scanners state it, and the samples are meant as they are."""
    chunk = b"gAMA" + struct.pack(">I", 100_000)
    import zlib

    return png[:33] + struct.pack(">I", 4) + chunk + struct.pack(">I", zlib.crc32(chunk)) + png[33:]


@pytest.mark.parametrize("variant", OTHERS)
def test_other_pictures_look_as_drawn(tmp_path: Path, variant: str) -> None:
    make, truth, tolerance = OTHERS[variant]
    found = decoded(make(), tmp_path)
    assert found.is_whole
    assert difference(found, truth) <= tolerance


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "TIFF", "BMP"])
def test_what_is_transparent_is_paper(tmp_path: Path, kind: str) -> None:
    layers = np.dstack([COLOUR, np.full_like(GREY, 255)])
    layers[30:, :, 3] = 0
    options = {"lossless": True, "exact": True} if kind == "WEBP" else {}
    expected = COLOUR.copy()
    expected[30:] = 255
    found = decoded(saved(layers, kind, **options), tmp_path)
    if kind == "BMP":
        # Old programs leave the fourth byte of a 32-bit BMP empty: Pillow takes it for alpha only where a mask says so.
        assert found.pixels.shape[:2] == GREY.shape
        return
    assert difference(found, expected) == 0


def fraction(value: int, of: int = 1) -> bytes:
    return struct.pack("<II", value, of)


def resolution(unit: int | None, across: bytes | None, down: bytes | None) -> TiffForm:
    tags = [(282, RATIONAL, across), (283, RATIONAL, down)]
    tags += [] if unit is None else [(296, SHORT, struct.pack("<H", unit))]
    return TiffForm(extra=tuple((tag, kind, value) for tag, kind, value in tags if value is not None))


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        (resolution(2, fraction(300), fraction(300)), (300, 300)),
        (resolution(3, fraction(118), fraction(118)), (299.72, 299.72)),  # dots per centimetre
        (resolution(2, fraction(204), fraction(98)), (204, 98)),
        (resolution(None, fraction(300), fraction(300)), (300, 300)),  # inches where none is named
        (resolution(1, fraction(300), fraction(300)), (None, None)),  # a ratio, not a resolution
        (resolution(3, fraction(300), fraction(300)), (300, 300)),  # no scanner has 762: the unit is wrong
        (resolution(2, fraction(300, 0), fraction(300)), (None, None)),
        (resolution(2, fraction(0), fraction(0)), (None, None)),
        (resolution(2, fraction(300), None), (None, None)),
        (resolution(2, fraction(4_000_000_000), fraction(1)), (None, None)),
        (resolution(9, fraction(300), fraction(300)), (None, None)),
        (resolution(None, None, None), (None, None)),
    ],
)
def test_resolution_is_taken_where_it_can_be_meant(
    tmp_path: Path, form: TiffForm, expected: tuple[float | None, float | None]
) -> None:
    found = decoded(tiff(GREY, form), tmp_path)
    assert (found.dpi_x, found.dpi_y) == (
        pytest.approx(expected[0], abs=0.1),
        pytest.approx(expected[1], abs=0.1),
    )
