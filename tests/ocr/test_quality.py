from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import pytest

from ocr.intake.decode import decode_master
from ocr.quality_table import CHECKS, RANKS
from ocr.steps.fingerprint import fingerprint
from ocr.steps.geometry import apply_exif, shrink, to_grey
from ocr.steps.ink import find_ink
from ocr.steps.quality import Posture, Reading, judge_quality
from ocr.steps.streaks import find_streaks
from ocr.types import Limits, QualityReason
from tests.helpers.drawn_codes import Picture
from tests.helpers.drawn_pages import PROSE, SHARED_DATA, grained, text_page, tilted

GOOD = Reading(80, 0.93)


def judged(
    page: Picture, *, dpi: float = 150, reading: Reading = GOOD, posture: Posture | None = None
) -> tuple[QualityReason, ...]:
    return judge_quality(page, find_ink(page), dpi, reading, is_blank=False, posture=posture)


def codes(page: Picture, **more: float) -> list[str]:
    return [reason.code for reason in judged(page, **more)]  # type: ignore[arg-type]


def darkened(page: Picture) -> Picture:
    return (page * 0.38).astype(np.uint8)


def pale(page: Picture) -> Picture:
    return (240 - (240 - page.astype(np.float64)) * 0.2).clip(0, 255).astype(np.uint8)


def blurred(page: Picture) -> Picture:
    return np.asarray(cv2.GaussianBlur(page, (0, 0), 6), np.uint8)


def cut(page: Picture) -> Picture:
    return np.ascontiguousarray(page[:, 300:])


def cut_along_a_line(page: Picture) -> Picture:
    return np.ascontiguousarray(page[171:])


def folded_dark(page: Picture) -> Picture:
    return np.asarray(
        cv2.fillPoly(page.copy(), [np.array([[1100, 0], [1240, 0], [1240, 150]])], 12), np.uint8
    )


def folded_with_shadow(page: Picture) -> Picture:
    height = page.shape[0]
    folded = cv2.fillPoly(page.copy(), [np.array([[0, height - 150], [0, height], [130, height]])], 228)
    return np.asarray(cv2.line(folded, (0, height - 150), (130, height), 165, 2), np.uint8)


@pytest.mark.parametrize(
    ("code", "harm"),
    [
        ("too_dark", darkened),
        ("low_contrast", pale),
        ("blurred", blurred),
        ("cut_edge", cut),
        ("cut_edge", cut_along_a_line),
        ("folded_corner", folded_dark),
        ("folded_corner", folded_with_shadow),
    ],
)
def test_bad_scan_gets_its_reason(code: str, harm: Callable[[Picture], Picture]) -> None:
    page = text_page(noise=2)
    assert judged(page) == ()
    assert code in codes(harm(page))


def test_two_sheets_at_once_resolution_and_tilt_are_told() -> None:
    assert codes(text_page(size=(1240, 2300))) == ["double_feed"]
    assert codes(text_page(), dpi=96) == ["low_resolution"]
    assert "low_for_size" in codes(text_page(points_px=17), dpi=150)
    assert "low_for_size" not in codes(text_page(points_px=17), dpi=300)
    (tilt,) = judged(text_page(), posture=Posture(1.0, -6.5))
    assert (tilt.code, tilt.value) == ("strong_skew", 6.5)
    (turn,) = judged(text_page(), posture=Posture(0.1))
    assert (turn.code, turn.value) == ("turn_unsure", 0.1)


def test_reasons_come_worst_first_with_their_values() -> None:
    reasons = judged(darkened(blurred(text_page())), dpi=96, reading=Reading(80, 0.3))
    ranks = [RANKS[reason.code] for reason in reasons]
    assert len(reasons) >= 4
    assert ranks == sorted(ranks)
    assert all(CHECKS[reason.code].fails(reason.value) for reason in reasons)


def test_blank_page_is_only_judged_as_a_sheet() -> None:
    page = darkened(pale(cut(text_page())))
    reasons = judge_quality(page, find_ink(page), 96, Reading(0, 0), is_blank=True)
    assert [reason.code for reason in reasons] == ["too_dark", "low_resolution"]


def distance(first: str, second: str) -> int:
    return (int(first, 16) ^ int(second, 16)).bit_count()


def test_second_scan_of_a_sheet_has_a_near_fingerprint() -> None:
    page = text_page(noise=0)
    moved = np.full_like(page, 246)
    moved[25:, 18:] = page[:-25, :-18]
    moved = grained(tilted(moved, 0.15), 6)
    _, packed = cv2.imencode(".jpg", moved, [cv2.IMWRITE_JPEG_QUALITY, 40])
    again = np.asarray(cv2.imdecode(packed, cv2.IMREAD_GRAYSCALE), np.uint8)
    other = text_page(tuple(line[: 12 * (number % 4 + 1)] for number, line in enumerate(PROSE)))
    first = fingerprint(grained(page, 3))
    assert len(first) == 16
    assert CHECKS["looks_like"].fails(distance(first, fingerprint(again)))
    assert CHECKS["looks_like"].fails(distance(first, fingerprint(shrink(again, 900))))
    assert not CHECKS["looks_like"].fails(distance(first, fingerprint(other)))


def test_empty_sheet_has_no_fingerprint() -> None:
    assert fingerprint(grained(np.full((1754, 1240), 240, np.uint8), 4)) == ""


@pytest.mark.parametrize("step", [-35, 60])
def test_line_along_the_whole_feed_is_a_streak(step: int) -> None:
    page = text_page(tuple(PROSE * 2), ink=30)
    page[page > 190] = 190
    page[:, 700:702] = np.clip(page[:, 700:702].astype(int) + step, 0, 255).astype(np.uint8)
    (column,) = find_streaks(page)
    assert column == pytest.approx(700.5, abs=1.5)


def test_rules_frames_and_edges_of_a_form_are_no_streaks() -> None:
    page = text_page()
    cv2.rectangle(page, (100, 120), (1140, 1640), 20, 2)
    cv2.line(page, (600, 120), (600, 1640), 20, 2)
    page[:, :14] = 0  # beside the sheet
    assert find_streaks(page) == ()
    assert find_streaks(text_page()) == ()


@pytest.mark.skipif(
    not (SHARED_DATA / "ocr").is_dir(), reason="the shared test data are not beside the project"
)
@pytest.mark.parametrize(
    "name",
    [
        "ocr/en/8087_054.3B.tif",
        "ocr/fr_typed/12148-btv1b10583038c_03.jpg",
        "ocr/nonlatin_rendered/lao_p1_fax.tif",
    ],
)
def test_good_real_page_has_no_reason(name: str) -> None:
    decoded = decode_master(SHARED_DATA / name, 0, Limits())
    grey = to_grey(apply_exif(decoded.pixels, decoded.exif_orientation))
    assert judged(grey, dpi=decoded.dpi_x or 300) == ()
    assert find_streaks(grey) == ()


UNREAD = Reading(40, 0.2)


def grave(page: Picture, reading: Reading = GOOD) -> set[str]:
    return {reason.code for reason in judged(page, reading=reading) if reason.is_grave}


@pytest.mark.parametrize("sigma_px", [3, 4, 6, 10])
def test_a_page_out_of_focus_that_reads_badly_is_marked_for_both(sigma_px: int) -> None:
    page = np.asarray(cv2.GaussianBlur(text_page(PROSE), (0, 0), sigma_px), np.uint8)
    found = set(codes(page, reading=Reading(40, 0.5)))
    assert "uncertain_text" in found
    assert found & {"blurred", "soft"}
    assert len(found & {"blurred", "soft"}) == 1
    assert "soft" not in codes(page)  # it reads well: soft edges alone say nothing yet


def test_a_sharp_page_that_reads_badly_is_not_soft() -> None:
    assert not {"soft", "blurred"} & set(codes(text_page(PROSE), reading=Reading(40, 0.5)))


@pytest.mark.parametrize("sigma_px", [4, 8, 14])
def test_a_page_blurred_beyond_reading_is_grave_though_blur_leaves_few_letters(sigma_px: int) -> None:
    page = np.asarray(cv2.GaussianBlur(text_page(PROSE), (0, 0), sigma_px), np.uint8)
    assert grave(page, UNREAD)


@pytest.mark.parametrize(
    ("harm", "code"),
    [
        (lambda page: (page * 0.15).astype(np.uint8), "too_dark"),
        (
            lambda page: (240 - (240 - page.astype(np.float64)) * 0.08).clip(0, 255).astype(np.uint8),
            "low_contrast",
        ),
        (cut_along_a_line, "cut_edge"),
        (lambda page: np.concatenate((page, page[700:])), "double_feed"),
    ],
)
def test_harm_beyond_doubt_is_grave(harm: Callable[[Picture], Picture], code: str) -> None:
    assert code in grave(harm(text_page(PROSE)))


def test_a_black_page_that_seems_to_be_blank_is_grave() -> None:
    page = np.full((1754, 1240), 20, np.uint8)
    (reason,) = judge_quality(page, find_ink(page), 150, Reading(0, 0), is_blank=True)
    assert (reason.code, reason.is_grave) == ("too_dark", True)


def test_good_pages_and_small_harms_hold_nothing() -> None:
    page = text_page(PROSE)
    assert not grave(page)
    assert not grave(page, Reading(40, 0.5))
    assert not grave(darkened(page))
    assert not grave(pale(page))


def test_a_sharp_page_of_few_marks_holds_nothing_though_its_words_are_doubtful() -> None:
    assert not grave(text_page(PROSE[:1]), Reading(4, 0.2))


def test_a_sheet_with_one_line_is_not_faint() -> None:
    assert "low_contrast" not in codes(text_page(PROSE[:1]))
    assert "low_contrast" in codes(pale(text_page(PROSE[:1])))


def test_every_grave_value_lies_beyond_the_mark_itself() -> None:
    for check in CHECKS.values():
        if check.grave is not None:
            assert check.grave <= check.threshold if check.below else check.grave >= check.threshold
