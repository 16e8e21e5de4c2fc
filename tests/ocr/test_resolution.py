"""A resolution whose unit is wrong is understood by the sheet; a right one is never touched."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, TiffImagePlugin

from ocr.intake.decode import decode_master
from ocr.intake.resolution import PAPER_INCHES, meant_dpi
from ocr.types import Limits

INCH, CENTIMETRE = 2, 3


def saved(path: Path, size: tuple[int, int], value: float, unit: int) -> Path:
    tags = TiffImagePlugin.ImageFileDirectory_v2()
    tags[282] = tags[283] = TiffImagePlugin.IFDRational(round(value * 100), 100)
    tags[296] = unit
    Image.new("1", size, 1).save(path, tiffinfo=tags, compression="group4")
    return path


@pytest.mark.parametrize(
    ("size", "value", "unit", "meant"),
    [
        ((2480, 3508), 300, INCH, 300),
        ((2480, 3508), 118.11, CENTIMETRE, 300),
        ((2480, 3508), 300, CENTIMETRE, 300),  # would be 762 dpi
        ((2000, 1300), 300, CENTIMETRE, 300),  # a cut sheet: 762 dpi is no scanner's
        ((2480, 3508), 118, INCH, 299.7),  # dots per centimetre said to be per inch
        ((3508, 2480), 118.11, INCH, 300),
        ((1654, 2339), 200, CENTIMETRE, 200),  # would be a card of 8 by 12 cm
        ((1654, 2339), 200, INCH, 200),
        ((4961, 7016), 600, CENTIMETRE, 600),
    ],
)
def test_tiff_is_read_at_the_resolution_it_means(tmp_path, size, value, unit, meant) -> None:
    decoded = decode_master(saved(tmp_path / "page.tif", size, value, unit), 0, Limits())
    assert decoded.dpi_x == pytest.approx(meant, rel=0.002)
    assert decoded.dpi_y == pytest.approx(meant, rel=0.002)


@pytest.mark.parametrize("density", [300, 118])
def test_jpeg_is_too(tmp_path, density) -> None:
    path = tmp_path / "page.jpg"
    Image.new("L", (2480, 3508), 255).save(path, dpi=(density, density))
    content = bytearray(path.read_bytes())
    unit = content.index(b"JFIF\0") + 7
    content[unit] = 2 if density == 300 else 1
    path.write_bytes(content)
    assert decode_master(path, 0, Limits()).dpi_x == pytest.approx(300, abs=0.5)


@pytest.mark.parametrize(
    ("dpi", "size"),
    [
        ((254.0, 254.0), (2100, 2970)),  # pixels of 0.1 mm, on A4
        ((508.0, 508.0), (1654, 1654)),  # pixels of 50 micrometres, on nothing that is paper
        ((204.0, 98.0), (1728, 1145)),  # a fax
        ((203.2, 195.6), (1728, 2287)),
        ((118.0, 118.0), (1400, 1000)),  # a small picture that is no paper in either unit
        ((72.0, 72.0), (3000, 4000)),
        ((1200.0, 1200.0), (9921, 14032)),
        ((240.0, 240.0), (1984, 2806)),
    ],
)
def test_what_can_be_true_is_believed(dpi, size) -> None:
    assert meant_dpi(dpi, size) == dpi


@given(st.sampled_from(PAPER_INCHES), st.sampled_from([100, 150, 200, 240, 300, 400, 600]), st.booleans())
def test_paper_at_a_usual_resolution_is_always_read_at_that(paper, dpi, is_wide) -> None:
    size = tuple(round(side * dpi) for side in (paper[::-1] if is_wide else paper))
    for stated in (float(dpi), dpi * 2.54, dpi / 2.54):
        assert meant_dpi((stated, stated), size)[0] == pytest.approx(dpi)
