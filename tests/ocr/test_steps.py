from __future__ import annotations

import cv2
import numpy as np
import pytest
import zxingcpp
from PIL import Image, ImageDraw, ImageFont

from ocr.steps.barcode import PageSpace, find_barcodes
from ocr.steps.blank import judge_blank
from ocr.steps.deskew import estimate_skew, fit_lines, skew_to_apply
from ocr.steps.geometry import level, rotate_clockwise, shrink
from ocr.steps.ink import find_ink
from ocr.steps.orient import find_turn, turn_to_apply
from ocr.steps.quality import Reading, judge_quality
from ocr.steps.thumbnail import thumbnail_jpeg, viewing_copy
from ocr.types import Box, Skew, Turn, Word
from tests.helpers.drawn_pages import FONTS, grained, text_page, tilted

PAPER = np.full((1754, 1240), 240, np.uint8)


@pytest.mark.parametrize("angle", [-14.0, -5.3, -0.7, -0.2, 0.0, 0.4, 2.25, 9.1, 14.0])
def test_skew_is_found_with_clockwise_positive(angle: float) -> None:
    skew = estimate_skew(find_ink(tilted(text_page(), angle)))
    assert skew.skew_deg == pytest.approx(angle, abs=0.06)
    assert skew.confidence > 0.5


def test_levelled_page_has_no_skew_left() -> None:
    page = tilted(text_page(), 3.7)
    straight = level(page, estimate_skew(find_ink(page)).skew_deg)
    assert abs(estimate_skew(find_ink(straight)).skew_deg) < 0.06


def test_faint_typing_beside_a_black_scan_edge_is_levelled() -> None:
    page = text_page(ink=170, noise=4)
    page[:, :90] = 0
    page[1500:] = 0
    assert estimate_skew(find_ink(tilted(page, 4.0))).skew_deg == pytest.approx(4.0, abs=0.1)


def test_page_without_lines_is_left_alone() -> None:
    skew = estimate_skew(find_ink(grained(PAPER, 6)))
    assert skew.confidence == 0
    assert skew_to_apply(skew) == 0


def test_imperceptible_or_doubtful_skew_is_not_applied() -> None:
    assert skew_to_apply(Skew(0.05, 0.9)) == 0
    assert skew_to_apply(Skew(4.0, 0.1)) == 0
    assert skew_to_apply(Skew(4.0, 0.9)) == 4.0


def test_lines_running_down_are_told_from_lines_across() -> None:
    turned = find_ink(rotate_clockwise(text_page(), 90))
    across, down = fit_lines(turned, vertical=False), fit_lines(turned, vertical=True)
    assert down.sharpness > 2 * across.sharpness


def words_of_a_reading(page: np.ndarray, confidence: float) -> tuple[list[Word], list[int]]:
    """Believable words all over a page, as if it had been read, and the count of blocks asked for besides."""
    height, width = page.shape
    words = [
        Word("reading", Box(left, top, 40, 8), confidence, top, space_after=True, language="eng")
        for top in range(0, height, 8)
        for left in range(0, width, 60)
    ]
    return words, []


def test_lines_read_with_the_page_are_not_read_again() -> None:
    page = text_page()
    words, asked = words_of_a_reading(page, 0.9)

    def read(block: np.ndarray) -> list[Word]:
        asked.append(block.size)
        return []

    turn = find_turn(page, find_ink(page), read, words)
    assert (turn.turn_deg, turn_to_apply(turn), asked) == (0, 0, [])


def test_doubtful_words_of_the_page_do_not_keep_it_from_being_turned() -> None:
    page = text_page()
    words, _ = words_of_a_reading(page, 0.45)
    sure = [Word("upside", Box(0, 0, 9, 9), 0.95, 0, space_after=True, language="eng")] * 20
    answers = iter([[], sure])
    assert find_turn(page, find_ink(page), lambda _block: next(answers), words).turn_deg == 180


def test_page_nobody_can_read_is_never_turned() -> None:
    page = text_page()
    turn = find_turn(page, find_ink(page), lambda _block: [])
    assert turn_to_apply(turn) == 0
    assert turn_to_apply(Turn(180, 0.1)) == 0


@pytest.mark.parametrize(("size", "expected"), [((3508, 2480), (2200, 1555)), ((900, 700), (900, 700))])
def test_viewing_copy_is_bounded_and_never_enlarged(size: tuple[int, int], expected: tuple[int, int]) -> None:
    assert viewing_copy(np.full(size, 200, np.uint8)).shape == expected


def blank_cases() -> dict[str, np.ndarray]:
    holes, stain, edge, through = PAPER.copy(), PAPER.copy(), PAPER.copy(), PAPER.copy()
    for centre in (630, 1120):
        cv2.circle(holes, (70, centre), 17, 30, -1)
    cv2.circle(stain, (600, 700), 200, 218, -1)
    edge[:, :20] = 10
    other_side = 255 - text_page(noise=0)[:, ::-1]
    through = np.clip(PAPER - cv2.GaussianBlur(other_side, (0, 0), 2.5) * 0.12, 0, 255).astype(np.uint8)
    return {"paper": PAPER, "holes": holes, "stain": stain, "edge": edge, "show-through": through}


@pytest.mark.parametrize("name", ["paper", "holes", "stain", "edge", "show-through"])
def test_page_without_writing_is_blank(name: str) -> None:
    assert judge_blank(grained(blank_cases()[name], 4)).is_blank


def written(text: str, points: float, place: tuple[int, int], ink: int) -> np.ndarray:
    picture = Image.fromarray(PAPER.copy())
    face = ImageFont.truetype(str(FONTS / "Inter-Regular.otf"), round(points * 150 / 72))
    ImageDraw.Draw(picture).text(place, text, font=face, fill=ink)
    return grained(np.array(picture), 4)


@pytest.mark.parametrize(
    ("text", "points", "place", "ink"),
    [("7", 10, (620, 1620), 40), ("12", 11, (1120, 80), 110), ("see file 1432", 14, (300, 800), 178)],
)
def test_lone_number_or_pencil_note_is_not_blank(
    text: str, points: float, place: tuple[int, int], ink: int
) -> None:
    assert not judge_blank(written(text, points, place, ink)).is_blank


@pytest.mark.parametrize("turn_deg", [0, 90, 180, 270])
@pytest.mark.parametrize("kind", ["QRCode", "Code128"])
def test_code_is_read_and_placed_in_page_space(kind: str, turn_deg: int) -> None:
    page = PAPER.copy()
    code = zxingcpp.create_barcode("KH/T/2019/12345", getattr(zxingcpp.BarcodeFormat, kind))
    drawn = np.asarray(code.to_image(scale=3))
    page[300 : 300 + drawn.shape[0], 200 : 200 + drawn.shape[1]] = drawn
    scanned = rotate_clockwise(tilted(page, 2.0), turn_deg)
    space = PageSpace(scanned.shape[1], scanned.shape[0], turn_deg, 2.0)
    found = find_barcodes(scanned, space)
    assert [(one.symbology, one.text) for one in found] == [(kind, "KH/T/2019/12345")]
    box = found[0].box
    assert box.left_px == pytest.approx(200, abs=40)
    assert box.top_px == pytest.approx(300, abs=40)
    assert box.width_px == pytest.approx(drawn.shape[1], abs=80)
    assert min(found[0].turn_deg, 360 - found[0].turn_deg) <= 3


def test_text_is_not_taken_for_a_code() -> None:
    assert find_barcodes(text_page()) == ()


def test_sharp_legible_page_has_no_reasons() -> None:
    page = text_page()
    assert judge_quality(page, find_ink(page), 150, Reading(80, 0.93), is_blank=False) == ()


def test_poor_pages_give_their_reasons() -> None:
    def codes(page: np.ndarray, dpi: float, reading: Reading) -> set[str]:
        return {reason.code for reason in judge_quality(page, find_ink(page), dpi, reading, is_blank=False)}

    assert "low_resolution" in codes(text_page(), 96, Reading(80, 0.9))
    assert "uncertain_text" in codes(text_page(), 150, Reading(80, 0.4))
    assert "no_text" in codes(text_page(), 150, Reading(0, 0))
    assert "low_contrast" in codes(text_page(ink=205, noise=1), 150, Reading(80, 0.9))
    blurred = np.asarray(cv2.GaussianBlur(text_page(noise=0), (0, 0), 6), np.uint8)
    assert "blurred" in codes(blurred, 150, Reading(80, 0.9))


def test_thumbnail_is_small_and_never_enlarged() -> None:
    small = cv2.imdecode(np.frombuffer(thumbnail_jpeg(text_page()), np.uint8), cv2.IMREAD_GRAYSCALE)
    assert small is not None
    assert max(small.shape) == 320
    assert shrink(PAPER[:50, :40], 320).shape == (50, 40)
