"""A frame of a TIFF alone: the same pixels, the same bytes of picture data, nothing of its neighbours."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image, TiffImagePlugin

from ocr.errors import SourceRefused
from ocr.intake.decode import decode_master
from ocr.tiff_frame import frame_of_tiff
from ocr.types import Limits
from tests.helpers.drawn_pages import SHARED_DATA, text_page

COMPRESSIONS = ("raw", "tiff_lzw", "tiff_adobe_deflate", "packbits", "group4", "jpeg")


def frames(mode: str) -> list[Image.Image]:
    pages = [Image.fromarray(text_page((f"Page {number}",) * 4, noise=2.0)) for number in range(3)]
    return [page.convert(mode) for page in pages]


@pytest.mark.parametrize("is_big", [False, True])
@pytest.mark.parametrize("compression", COMPRESSIONS)
def test_each_frame_alone_has_the_pixels_it_had(tmp_path: Path, compression: str, is_big: bool) -> None:
    source = tmp_path / "stack.tif"
    pictures = frames("1" if compression == "group4" else "RGB" if compression == "jpeg" else "L")
    pictures[0].save(
        source,
        save_all=True,
        append_images=pictures[1:],
        compression=compression,
        dpi=(150, 150),
        big_tiff=is_big,
    )
    for frame in range(3):
        alone = tmp_path / f"{frame}.tif"
        content = frame_of_tiff(source, frame)
        assert content is not None
        alone.write_bytes(content)
        before, after = (decode_master(path, at, Limits()) for path, at in ((source, frame), (alone, 0)))
        assert np.array_equal(before.pixels, after.pixels)
        assert (before.dpi_x, before.exif_orientation) == (after.dpi_x, after.exif_orientation)
        with Image.open(alone) as picture:
            assert getattr(picture, "n_frames", 1) == 1
        assert len(content) < source.stat().st_size * 0.6


def test_the_picture_data_are_the_very_bytes(tmp_path: Path) -> None:
    source = tmp_path / "stack.tif"
    pictures = frames("1")
    pictures[0].save(source, save_all=True, append_images=pictures[1:], compression="group4")
    with Image.open(source) as opened:
        assert isinstance(opened, TiffImagePlugin.TiffImageFile)
        opened.seek(1)
        place, size = opened.tag_v2[273][0], opened.tag_v2[279][0]
    content = frame_of_tiff(source, 1)
    assert content is not None
    assert source.read_bytes()[place : place + size] in content


def test_neighbours_do_not_travel_along(tmp_path: Path) -> None:
    source = tmp_path / "stack.tif"
    pictures = [Image.new("L", (40, 40), shade) for shade in (17, 99)]
    pictures[0].save(source, save_all=True, append_images=pictures[1:], compression="raw")
    content = frame_of_tiff(source, 0)
    assert content is not None
    assert bytes([17]) * 40 in content
    assert bytes([99]) * 40 not in content


@pytest.mark.parametrize("cut_to", [3, 12, 200])
def test_damage_is_told(tmp_path: Path, cut_to: int) -> None:
    source = tmp_path / "stack.tif"
    pictures = frames("L")
    pictures[0].save(source, save_all=True, append_images=pictures[1:], compression="tiff_lzw")
    source.write_bytes(source.read_bytes()[:cut_to])
    with pytest.raises(SourceRefused, match="damaged"):
        frame_of_tiff(source, 2)


def test_a_frame_that_is_not_there_is_told(tmp_path: Path) -> None:
    source = tmp_path / "one.tif"
    frames("L")[0].save(source, compression="raw")
    with pytest.raises(SourceRefused, match="damaged"):
        frame_of_tiff(source, 1)


REAL = SHARED_DATA / "separation" / "patch-code-t-middle-alpha.tiff"


@pytest.mark.skipif(not REAL.is_file(), reason="the shared test data are not beside the project")
def test_frames_of_a_scanners_file_come_out_whole(tmp_path: Path) -> None:
    for frame in range(3):
        content = frame_of_tiff(REAL, frame)
        assert content is not None
        (tmp_path / "alone.tif").write_bytes(content)
        before = decode_master(REAL, frame, Limits()).pixels
        assert np.array_equal(before, decode_master(tmp_path / "alone.tif", 0, Limits()).pixels)
