"""The picture's matrix agrees with the page engine's own turning and levelling, point by point."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import MachineError
from app.packaging.geometry import page_frame, picture_matrix
from ocr.steps.geometry import apply_exif, rotate_clockwise

ORIENTATIONS = st.integers(1, 8)
TURNS = st.sampled_from([0, 90, 180, 270])


def seen_at(stored: tuple[int, int], exif: int, turn_deg: int) -> tuple[np.ndarray, np.ndarray]:
    """Number the pixels of a small picture, turn it as the engine does, and say where each number went."""
    width, height = stored
    numbered = np.arange(width * height, dtype=np.uint8).reshape(height, width)
    return numbered, rotate_clockwise(apply_exif(numbered, exif), -turn_deg)


@given(exif=ORIENTATIONS, turn_deg=TURNS)
def test_every_pixel_goes_where_the_page_engine_puts_it(exif: int, turn_deg: int) -> None:
    numbered, turned = seen_at((7, 5), exif, turn_deg)
    height, width = turned.shape
    frame = page_frame(width, height, 72.0)
    matrix = picture_matrix((7, 5), frame, exif_orientation=exif, turn_deg=turn_deg, skew_deg=0.0)
    for (row, column), number in np.ndenumerate(numbered):
        x_pt, y_pt = matrix.apply((column + 0.5) / 7, 1 - (row + 0.5) / 5)
        assert turned[int(height - y_pt), int(x_pt)] == number


@given(skew_deg=st.floats(-15, 15), turn_deg=TURNS, u=st.floats(0, 1), v=st.floats(0, 1))
def test_skew_is_undone_about_the_centre_as_opencv_does_it(
    skew_deg: float, turn_deg: int, u: float, v: float
) -> None:
    size = (2480, 3508) if turn_deg % 180 == 0 else (3508, 2480)
    frame = page_frame(*size, 300.0)
    facts = {"exif_orientation": 1, "turn_deg": turn_deg}
    straight = picture_matrix((2480, 3508), frame, **facts, skew_deg=0.0)
    levelled = picture_matrix((2480, 3508), frame, **facts, skew_deg=skew_deg)
    scale = 72 / 300
    x_pt, y_pt = straight.apply(u, v)
    rotation = cv2.getRotationMatrix2D(((size[0] - 1) / 2, (size[1] - 1) / 2), skew_deg, 1.0)
    # OpenCV counts from pixel centres, PDF from edges.
    x_px, y_px = rotation @ (x_pt / scale - 0.5, size[1] - y_pt / scale - 0.5, 1.0)
    expected = ((x_px + 0.5) * scale, (size[1] - y_px - 0.5) * scale)
    assert levelled.apply(u, v) == pytest.approx(expected, abs=1e-6)


def test_page_measures_what_its_resolution_says() -> None:
    frame = page_frame(2480, 3508, 300.0)
    assert (frame.width_pt, frame.height_pt) == pytest.approx((595.2, 841.92))


@pytest.mark.parametrize("dpi", [0.0, -1.0, float("nan"), float("inf")])
def test_unusable_resolution_counts_as_300(dpi: float) -> None:
    assert page_frame(300, 600, dpi).width_pt == pytest.approx(72.0)


def test_endless_sheet_is_scaled_into_what_pdf_allows() -> None:
    frame = page_frame(1000, 60_000, 72.0)
    assert frame.height_pt == pytest.approx(14_400)
    assert frame.width_pt == pytest.approx(240)


def test_picture_of_another_size_is_refused() -> None:
    with pytest.raises(MachineError) as caught:
        picture_matrix((7, 5), page_frame(5, 7, 72.0), exif_orientation=1, turn_deg=0, skew_deg=0.0)
    assert caught.value.facts == {"picture": "7x5", "page_space": "5x7"}
