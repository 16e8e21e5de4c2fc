"""Levelling as a property: what was tilted comes out level, and no page comes out worse than it was."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import pytest

from ocr.steps.deskew import estimate_skew, skew_to_apply
from ocr.steps.geometry import level
from ocr.steps.ink import find_ink
from tests.helpers.drawn_pages import PROSE, grained, text_page, tilted


def left_over(page: np.ndarray) -> float:
    """Tilt still seen after correction."""
    return estimate_skew(find_ink(level(page, skew_to_apply(estimate_skew(find_ink(page)))))).skew_deg


def stamped() -> np.ndarray:
    """Few lines of text under a large stamp set askew and a signature."""
    page = text_page(PROSE[:4], noise=0)
    stamp = np.full((500, 700), 240, np.uint8)
    for line in range(5):
        place = (40, 90 + line * 85)
        cv2.putText(stamp, "RECEIVED 1962", place, cv2.FONT_HERSHEY_DUPLEX, 2, 70, 4)
    cv2.rectangle(stamp, (6, 6), (693, 493), 70, 6)
    askew = tilted(np.pad(stamp, 100, constant_values=240), 14.0)
    page[900:1600, 250:1150] = askew
    across = np.arange(200, 1000)
    signature = np.stack([across, 850 + 40 * np.sin(across / 23) - (across - 200) * 0.2], axis=1)
    cv2.polylines(page, [signature.astype(np.int32)], False, 60, 4, cv2.LINE_AA)
    return grained(page)


def tabled() -> np.ndarray:
    """A ruled table with short words in its cells."""
    page = text_page(PROSE[:2], noise=0)
    for row in range(16):
        cv2.line(page, (110, 400 + row * 70), (1130, 400 + row * 70), 40, 3)
        for cell in range(4):
            place = (130 + cell * 255, 450 + row * 70)
            cv2.putText(page, f"{row}.{cell} abc", place, cv2.FONT_HERSHEY_DUPLEX, 0.9, 30, 2)
    for cell in range(5):
        cv2.line(page, (110 + cell * 255, 400), (110 + cell * 255, 1450), 40, 3)
    return grained(page)


def drawing(seed: int = 11) -> np.ndarray:
    """A patent drawing: slanted lines, circles, numbers here and there and one caption."""
    page = np.full((1754, 1240), 240, np.uint8)
    rng = np.random.default_rng(seed)
    for number in range(14):
        place = (int(rng.integers(150, 1050)), int(rng.integers(200, 1400)))
        cv2.line(page, place, (place[0] + 150, place[1] + 43), 40, 3, cv2.LINE_AA)
        cv2.circle(page, place, int(rng.integers(20, 90)), 40, 3, cv2.LINE_AA)
        cv2.putText(page, str(100 + number), (place[0] + 30, place[1]), cv2.FONT_HERSHEY_DUPLEX, 1, 30, 2)
    cv2.putText(page, "FIG. 3", (540, 1600), cv2.FONT_HERSHEY_DUPLEX, 1.5, 30, 3)
    return grained(page)


def handwritten() -> np.ndarray:
    """Lines of joined loops that wander and slope each a little otherwise, as by hand."""
    page, rng = np.full((1754, 1240), 240, np.uint8), np.random.default_rng(2)
    for line in range(14):
        turn = np.linspace(0, 2 * np.pi * 28, 1500)
        along = 150 + turn * 5 + 12 * np.sin(turn)
        drift = rng.uniform(-0.012, 0.012) * (along - 600) + 3 * np.sin(along / 90 + line)
        down = 250 + line * 95 + drift + 13 * np.cos(turn) * (1 + 0.6 * np.sin(turn * 0.43))
        cv2.polylines(page, [np.stack([along, down], 1).astype(np.int32)], False, 60, 3, cv2.LINE_AA)
    return grained(page)


@pytest.mark.parametrize("angle", [-14.5, -9.0, -3.3, -0.6, 0.05, 0.25, 1.1, 5.7, 12.4])
def test_tilted_page_comes_out_level(angle: float) -> None:
    assert abs(left_over(tilted(text_page(), angle))) <= 0.08


Draw = Callable[[], np.ndarray]


@pytest.mark.parametrize("draw", [stamped, tabled], ids=["stamp", "table"])
@pytest.mark.parametrize("angle", [-7.0, 0.0, 2.0])
def test_stamp_and_table_do_not_mislead(draw: Draw, angle: float) -> None:
    skew = estimate_skew(find_ink(tilted(draw(), angle)))
    assert skew.skew_deg == pytest.approx(angle, abs=0.12)


@pytest.mark.parametrize("draw", [stamped, tabled, handwritten, drawing])
@pytest.mark.parametrize("angle", [0.0, 4.0])
def test_no_page_comes_out_worse(draw: Draw, angle: float) -> None:
    page = tilted(draw(), angle)
    applied = skew_to_apply(estimate_skew(find_ink(page)))
    # What was level stays so; handwriting has no truth finer than half a degree.
    assert abs(angle - applied) <= max(abs(angle), 0.5 if draw is handwritten else 0.15)


@pytest.mark.parametrize("seed", range(6))
def test_level_drawing_is_left_alone(seed: int) -> None:
    assert skew_to_apply(estimate_skew(find_ink(drawing(seed)))) == 0.0


@pytest.mark.parametrize("angle", [0.05, -0.09])
def test_nearly_level_page_keeps_its_pixels(angle: float) -> None:
    page = tilted(text_page(), angle)
    assert level(page, skew_to_apply(estimate_skew(find_ink(page)))) is page
