"""What is drawn on a separator sheet beside its code is measured; codes, words, bars, holes and dust are nothing."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from app.domain.separator_marks import MOST_INK_BY_PATCH
from ocr.steps.other_ink import may_separate, other_ink
from ocr.types import Barcode, Box, Word
from tests.helpers.drawn_codes import Picture, as_scanned, patch_sheet
from tests.helpers.drawn_pages import tilted

PATCH = Barcode("PatchCode", "3", Box(323, 40, 200, 80), 90)


def drawing(page: Picture) -> Picture:
    drawn = page.copy()
    cv2.circle(drawn, (413, 700), 90, 40, 1, cv2.LINE_AA)
    cv2.line(drawn, (300, 600), (520, 820), 40, 1, cv2.LINE_AA)
    return drawn


def handwriting(page: Picture) -> Picture:
    drawn, along = page.copy(), np.arange(0, 150)
    for line in (0, 1):
        down = 700 + 40 * line + 9 * np.sin(along / 5 + line) * np.cos(along / 17)
        cv2.polylines(drawn, [np.stack([200 + along, down], 1).astype(np.int32)], False, 70, 1, cv2.LINE_AA)
    return drawn


@pytest.mark.parametrize("carry", [drawing, handwriting])
def test_a_drawing_or_a_note_on_a_patch_sheet_is_seen(carry: object) -> None:
    page = carry(patch_sheet("3", 100, "four"))  # type: ignore[operator]  # one of both above
    assert other_ink(as_scanned(page), [PATCH], []) > MOST_INK_BY_PATCH


@pytest.mark.parametrize("change", [as_scanned, lambda page: as_scanned(tilted(page, 4.0), noise=12)])
def test_bars_holes_staples_and_dust_are_nothing(change: object) -> None:
    page = patch_sheet("3", 100, "four")
    cv2.circle(page, (30, 400), 12, 20, cv2.FILLED)
    cv2.circle(page, (500, 300), 2, 20, cv2.FILLED)
    # Only the copy at the top was read: the others are told by their shape.
    assert other_ink(change(page), [PATCH], []) <= MOST_INK_BY_PATCH  # type: ignore[operator]  # as above


def test_what_was_read_as_words_is_covered_unless_it_is_doubtful_or_no_word() -> None:
    page = handwriting(patch_sheet("3", 100, "top"))
    box = Box(190, 680, 170, 70)
    for confidence, is_seen in ((0.9, False), (0.2, True)):
        words = [Word("note", box, confidence, 0, space_after=False)]
        assert (other_ink(page, [PATCH], words) > MOST_INK_BY_PATCH) is is_seen
    tall = [Word("I", Box(100, 400, 600, 600), 0.9, 0, space_after=False)]
    assert other_ink(page, [PATCH], tall) > MOST_INK_BY_PATCH


def test_only_the_sheet_itself_is_looked_at() -> None:
    page = drawing(patch_sheet("3", 100, "top"))
    assert other_ink(page, [PATCH], [], Box(0, 0, 827, 500)) == 0.0


def test_only_separators_are_measured() -> None:
    def code(text: str) -> Barcode:
        return Barcode("QRCode", text, Box(0, 0, 9, 9), 0)

    assert may_separate([PATCH])
    assert may_separate([code("IPF|KH|KH/P/2018/00001")])
    assert not may_separate([code("https://example.org")])
