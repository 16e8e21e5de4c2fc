from __future__ import annotations

import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from ocr.errors import SourceRefused
from ocr.intake.decode import DecodedPage, decode_master, square_size, with_square_pixels
from ocr.steps.geometry import apply_exif, to_grey
from ocr.types import Limits
from tests.helpers.drawn_pages import save, text_page

LIMITS = Limits()

HALVES = np.zeros((40, 60), np.uint8)
HALVES[:, 30:] = 255  # ink on the left, paper on the right


def left_and_right(path: Path, frame: int = 0) -> tuple[float, float]:
    grey = to_grey(decode_master(path, frame, LIMITS).pixels)
    return float(grey[:, :25].mean()), float(grey[:, 35:].mean())


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "RGBA", "LA", "CMYK", "I;16"])
def test_every_pixel_mode_shows_ink_dark_and_paper_light(tmp_path: Path, mode: str) -> None:
    path = tmp_path / "page.tif"
    if mode == "I;16":
        picture = Image.fromarray(HALVES.astype(np.uint16) * 257)
    else:
        picture = Image.fromarray(HALVES).convert("RGB").convert(mode)
    picture.save(path)
    left, right = left_and_right(path)
    assert left < 20
    assert right > 235


def test_white_is_zero_fax_is_not_inverted(tmp_path: Path) -> None:
    path = tmp_path / "fax.tif"
    Image.fromarray(HALVES).convert("1").save(path, compression="group4", tiffinfo={262: 0})
    left, right = left_and_right(path)
    assert left < 20
    assert right > 235


def test_transparent_paper_is_white(tmp_path: Path) -> None:
    path = tmp_path / "clear.png"
    layers = np.zeros((40, 60, 4), np.uint8)
    layers[:, :30, 3] = 255  # opaque black on the left, nothing at all on the right
    Image.fromarray(layers).save(path)
    assert left_and_right(path) == (0, 255)


@pytest.mark.parametrize("name", ["page.jpg", "page.tif"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_stored_orientation_is_undone_once(tmp_path: Path, orientation: int, name: str) -> None:
    corner = np.full((60, 80), 255, np.uint8)
    corner[:20, :30] = 0
    stored = {  # how a picture has to be stored so that the tag shows it upright
        1: corner,
        2: corner[:, ::-1],
        3: corner[::-1, ::-1],
        4: corner[::-1],
        5: corner.T,
        6: np.rot90(corner),
        7: corner[::-1, ::-1].T,
        8: np.rot90(corner, -1),
    }[orientation]
    exif = Image.Exif()
    exif[0x0112] = orientation
    path = tmp_path / name
    Image.fromarray(np.ascontiguousarray(stored)).save(path, quality=95, exif=exif)
    decoded = decode_master(path, 0, LIMITS)
    assert decoded.exif_orientation == orientation
    assert decoded.pixels.shape == stored.shape
    upright = apply_exif(decoded.pixels, decoded.exif_orientation)
    assert upright.shape == corner.shape
    assert float(np.abs(upright.astype(int) - corner).mean()) < 3


def test_file_cut_short_keeps_what_is_there(tmp_path: Path) -> None:
    path = save(text_page(), tmp_path / "page.jpg")
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    decoded = decode_master(path, 0, LIMITS)
    assert not decoded.is_whole
    assert int(decoded.pixels[-200:].min()) > 200  # the missing rows are paper, not ink
    assert int(decoded.pixels[:300].min()) < 80


def test_file_with_next_to_nothing_is_damaged(tmp_path: Path) -> None:
    path = save(text_page(), tmp_path / "page.jpg")
    path.write_bytes(path.read_bytes()[:2500])
    with pytest.raises(SourceRefused, match="damaged"):
        decode_master(path, 0, LIMITS)


def test_giant_picture_is_refused_before_decoding(tmp_path: Path) -> None:
    path = tmp_path / "giant.png"
    Image.new("1", (8, 8)).save(path)
    content = bytearray(path.read_bytes())
    content[16:24] = (60_000).to_bytes(4, "big") * 2
    content[29:33] = zlib.crc32(content[12:29]).to_bytes(4, "big")
    path.write_bytes(bytes(content))
    with pytest.raises(SourceRefused, match="too_large"):
        decode_master(path, 0, LIMITS)


def test_header_that_promises_more_than_its_bytes_is_damaged(tmp_path: Path) -> None:
    path = tmp_path / "liar.jpg"
    Image.new("L", (64, 64), 255).save(path)
    content = bytearray(path.read_bytes())
    start = content.index(b"\xff\xc0") + 5
    content[start : start + 4] = (15_000).to_bytes(2, "big") * 2
    path.write_bytes(bytes(content))
    with pytest.raises(SourceRefused, match="damaged"):
        decode_master(path, 0, LIMITS)


def test_missing_frame_is_damaged(tmp_path: Path) -> None:
    path = tmp_path / "one.tif"
    Image.fromarray(HALVES).save(path)
    with pytest.raises(SourceRefused, match="damaged"):
        decode_master(path, 3, LIMITS)


@pytest.mark.parametrize(
    ("dpi_x", "dpi_y", "expected"),
    [
        (204, 98, (1728, 2290)),
        (98, 204, (3597, 1100)),
        (204, 196, (1728, 1100)),  # a fine fax: stretching would only blur it
        (300, 72, (1728, 1100)),  # nobody scans so: a slip
        (300, 300, (1728, 1100)),
        (None, None, (1728, 1100)),
    ],
)
def test_only_unequal_resolutions_change_the_size(
    dpi_x: float | None, dpi_y: float | None, expected: tuple[int, int]
) -> None:
    assert square_size((1728, 1100), dpi_x, dpi_y) == expected


def test_fax_gets_square_pixels_and_one_resolution(tmp_path: Path) -> None:
    path = tmp_path / "fax.tif"
    Image.fromarray(HALVES).convert("1").save(path, compression="group4", dpi=(204, 102))
    stored = decode_master(path, 0, LIMITS)
    assert stored.pixels.shape == (40, 60)
    square = with_square_pixels(stored, LIMITS, name=path.name)
    assert square.pixels.shape == (80, 60)
    assert (square.dpi_x, square.dpi_y) == (204, 204)
    assert (float(square.pixels[:, :25].mean()), float(square.pixels[:, 35:].mean())) == (0, 255)


def test_stretching_beyond_the_limit_is_refused() -> None:
    stored = DecodedPage(np.zeros((40, 60), np.uint8), 1, 204, 102)
    with pytest.raises(SourceRefused) as caught:
        with_square_pixels(stored, Limits(max_pixels=4000), name="fax.tif")
    assert caught.value.code == "too_large"
