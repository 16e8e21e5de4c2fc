"""JPEG files come out the same, byte for byte, whichever way they are decoded."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import ocr.intake.decode
from ocr.intake.decode import DecodedPage, decode_master
from ocr.intake.quick_jpeg import decode_whole_jpeg
from ocr.types import Limits
from tests.helpers.drawn_pages import PROJECT, text_page

GREY = text_page(size=(803, 517))
COLOUR = np.dstack([GREY, np.roll(GREY, 7, axis=1), 255 - GREY // 2])


def jpeg(pixels: np.ndarray, mode: str | None = None, **options: object) -> bytes:
    stream = io.BytesIO()
    picture = Image.fromarray(pixels)
    (picture.convert(mode) if mode else picture).save(stream, "JPEG", **options)
    return stream.getvalue()


def both_ways(path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[DecodedPage, DecodedPage]:
    quick = decode_master(path, 0, Limits())
    monkeypatch.setattr(ocr.intake.decode, "decode_whole_jpeg", lambda image: None)
    return quick, decode_master(path, 0, Limits())


def is_quick(path: Path) -> bool:
    with Image.open(path) as image:
        return decode_whole_jpeg(image) is not None


@pytest.mark.parametrize("pixels", [GREY, COLOUR], ids=["grey", "colour"])
@pytest.mark.parametrize(
    "options",
    [
        {},
        {"quality": 15},
        {"quality": 98, "subsampling": "4:4:4"},
        {"subsampling": "4:2:2"},
        {"progressive": True},
        {"optimize": True, "dpi": (300, 300)},
        {"restart_marker_rows": 2},
    ],
    ids=str,
)
def test_samples_are_those_of_pillow(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pixels: np.ndarray, options: dict[str, object]
) -> None:
    path = tmp_path / "page.jpg"
    path.write_bytes(jpeg(pixels, **options))
    assert is_quick(path)
    quick, slow = both_ways(path, monkeypatch)
    assert np.array_equal(quick.pixels, slow.pixels)
    assert (quick.dpi_x, quick.is_whole, quick.read_share) == (slow.dpi_x, True, 1.0)


def test_a_turned_picture_comes_out_as_stored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, exif = tmp_path / "page.jpg", Image.Exif()
    exif[0x0112] = 6
    path.write_bytes(jpeg(COLOUR, exif=exif))
    quick, slow = both_ways(path, monkeypatch)
    assert quick.exif_orientation == slow.exif_orientation == 6
    assert np.array_equal(quick.pixels, slow.pixels)


def test_scans_of_the_samples_are_those_of_pillow(monkeypatch: pytest.MonkeyPatch) -> None:
    path = next(iter(sorted((PROJECT / "resources" / "sample").rglob("*.jpg"))))
    assert is_quick(path)
    quick, slow = both_ways(path, monkeypatch)
    assert np.array_equal(quick.pixels, slow.pixels)


@pytest.mark.parametrize(
    "content",
    [
        jpeg(COLOUR, "CMYK"),
        jpeg(GREY)[:-400],
        jpeg(GREY)[: len(jpeg(GREY)) // 2],
        jpeg(GREY)[:-2] + b"trailer",
    ],
    ids=["four inks", "cut at the end", "half", "no end"],
)
def test_what_is_not_surely_whole_or_usual_is_left_to_pillow(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes
) -> None:
    path = tmp_path / "page.jpg"
    path.write_bytes(content)
    assert not is_quick(path)
    quick, slow = both_ways(path, monkeypatch)
    assert np.array_equal(quick.pixels, slow.pixels)
    assert quick.read_share == slow.read_share


def test_other_formats_are_left_to_pillow(tmp_path: Path) -> None:
    path = tmp_path / "page.png"
    Image.fromarray(GREY).save(path)
    assert not is_quick(path)


def test_bytes_after_the_end_do_not_matter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "page.jpg"
    path.write_bytes(jpeg(GREY) + b"\0" * 40)
    assert is_quick(path)
    quick, slow = both_ways(path, monkeypatch)
    assert np.array_equal(quick.pixels, slow.pixels)
