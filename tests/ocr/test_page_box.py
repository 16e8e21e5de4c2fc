"""The sheet within the picture, and two pages on one picture."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from ocr.steps.deskew import estimate_skew, skew_to_apply
from ocr.steps.ink import find_ink
from ocr.steps.page_box import USE_ABOVE_CONFIDENCE, clipped, find_page_box, words_within
from ocr.steps.spread import find_spread
from ocr.types import Box, PageBox, Spread, Word
from tests.helpers.drawn_pages import PROSE, grained, text_page, tilted

Picture = np.ndarray


def on_lid(page: Picture, left: int, top: int, right: int, bottom: int, lid: int = 14) -> Picture:
    return np.pad(page, ((top, bottom), (left, right)), constant_values=lid)


def found(picture: Picture) -> tuple[PageBox | None, Spread | None]:
    ink = find_ink(picture)
    skew_deg = skew_to_apply(estimate_skew(ink))
    page_box = find_page_box(ink.reduced, picture.shape, skew_deg)
    return page_box, find_spread(ink, picture.shape, skew_deg, page_box)


def assert_around(page_box: PageBox | None, left: int, top: int, width: int, height: int, by: int) -> None:
    assert page_box is not None
    assert page_box.confidence >= USE_ABOVE_CONFIDENCE
    box = page_box.box
    edges = (box.left_px, box.top_px, box.left_px + box.width_px, box.top_px + box.height_px)
    assert edges == pytest.approx((left, top, left + width, top + height), abs=by)


@pytest.mark.parametrize("edges", [(90, 0, 0, 120), (40, 60, 80, 30), (0, 0, 0, 200)])
def test_sheet_on_a_black_lid_is_found(edges: tuple[int, int, int, int]) -> None:
    picture = on_lid(text_page(), *edges)
    assert_around(found(grained(picture))[0], edges[0], edges[1], 1240, 1754, by=6)


@pytest.mark.parametrize("angle", [-6.0, 1.5, 11.0])
def test_sheet_lying_askew_is_found_level(angle: float) -> None:
    picture = on_lid(text_page(), 300, 250, 300, 250)
    height, width = picture.shape
    matrix = cv2.getRotationMatrix2D(((width - 1) / 2, (height - 1) / 2), -angle, 1)
    askew = np.asarray(cv2.warpAffine(picture, matrix, (width, height), borderValue=14), np.uint8)
    assert_around(found(grained(askew))[0], 300, 250, 1240, 1754, by=14)


def test_sliver_of_the_next_sheet_is_no_part_of_the_page() -> None:
    picture = on_lid(text_page(), 60, 0, 160, 0)
    picture[:, -70:] = text_page()[:, 100:170]
    assert_around(found(picture)[0], 60, 0, 1240, 1754, by=6)


def test_grey_sheet_on_black_is_found() -> None:
    picture = on_lid((text_page(noise=0) * 0.62).astype(np.uint8), 50, 40, 50, 40)
    assert_around(found(grained(picture, 6))[0], 50, 40, 1240, 1754, by=6)


def test_whole_picture_needs_no_box() -> None:
    assert found(text_page()) == (None, None)
    assert found(tilted(text_page(), 4.0))[0] is None
    holes = text_page()
    cv2.circle(holes, (60, 800), 18, 15, -1)
    assert found(holes)[0] is None


def test_dark_banner_with_white_letters_is_doubted() -> None:
    page = text_page(noise=0)
    page[:160] = 255 - text_page(("REPUBLIC OF THE EAST",), ink=10, noise=0)[110:270]
    page_box, _ = found(grained(page))
    assert page_box is None or page_box.confidence < USE_ABOVE_CONFIDENCE


def test_photograph_reaching_the_edge_is_doubted() -> None:
    page = text_page()
    photograph = np.random.default_rng(1).normal(70, 60, (70, 50))
    page[1200:, 600:] = cv2.resize(np.clip(photograph, 0, 255).astype(np.uint8), (640, 554))
    page_box, _ = found(page)
    assert page_box is None or page_box.confidence < USE_ABOVE_CONFIDENCE


def pair(gap_px: int = 0, shadow: float = 0.0) -> Picture:
    left, right = text_page(), text_page(tuple(reversed(PROSE)), points_px=30)
    both = np.hstack([left, np.full((1754, gap_px), 12, np.uint8), right])
    across = np.arange(both.shape[1]) - both.shape[1] / 2
    return np.clip(both - shadow * np.exp(-((across / 14) ** 2)), 0, 255).astype(np.uint8)


@pytest.mark.parametrize("angle", [0.0, -1.2])
@pytest.mark.parametrize(("gap_px", "shadow"), [(0, 60.0), (60, 0.0)])
def test_two_pages_are_parted_at_the_fold_or_gap(gap_px: int, shadow: float, angle: float) -> None:
    picture = pair(gap_px, shadow)
    spread = found(tilted(picture, angle))[1]
    assert spread is not None
    assert spread.confidence >= 0.8
    assert spread.gutter_px == pytest.approx(picture.shape[1] / 2, abs=25)


def test_two_pages_without_a_fold_are_offered_between_their_texts() -> None:
    spread = found(pair())[1]
    assert spread is not None
    assert 0.5 <= spread.confidence < 0.8
    assert 1040 < spread.gutter_px < 1345  # where the left text ends and the right one begins


def ruled_table() -> Picture:
    table = np.full((1240, 1754), 240, np.uint8)
    for line in range(14):
        cv2.line(table, (100, 100 + line * 75), (1650, 100 + line * 75), 40, 2)
        cv2.putText(table, "one two", (150, 80 + line * 75), cv2.FONT_HERSHEY_DUPLEX, 1, 30, 2)
        cv2.putText(table, "three four", (1100, 80 + line * 75), cv2.FONT_HERSHEY_DUPLEX, 1, 30, 2)
    return grained(table)


def test_wide_table_wide_text_and_half_a_spread_are_one_page() -> None:
    wide = text_page(tuple(f"{line} {line}" for line in PROSE), size=(1754, 1240), points_px=30)
    half = pair()
    half[:, 1240:] = 240
    assert [found(picture)[1] for picture in (ruled_table(), wide, half)] == [None, None, None]


def test_words_beyond_the_box_are_left_out_and_lines_counted_anew() -> None:
    words = (
        Word("outside", Box(0, 0, 20, 10), 0.9, 0, True),
        Word("edge", Box(30, 0, 20, 10), 0.9, 0, False),
        Word("far", Box(0, 40, 20, 10), 0.9, 1, False),
        Word("in", Box(60, 80, 20, 10), 0.9, 2, True),
        Word("out", Box(200, 80, 20, 10), 0.9, 2, False),
    )
    kept = words_within(words, Box(35, 0, 100, 100))
    assert [(word.text, word.line, word.space_after) for word in kept] == [
        ("edge", 0, False),
        ("in", 1, False),
    ]
    assert words_within(words, Box(35, 0, 100, 100), margin_px=500) == words


def test_box_is_clipped_to_its_page() -> None:
    assert clipped(Box(-5, 10, 50, 500), (100, 40)) == Box(0, 10, 40, 90)
    assert clipped(Box(40, 10, 5, 5), (100, 40)) is None
