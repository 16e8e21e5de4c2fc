"""Frames, typed languages and brightness, without a window."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QColor, QPixmap

from ocr.types import Box
from tests.ui.drawn_pages import SPACE
from ui.brightness import brightened
from ui.widgets.language_picker import languages_meant
from ui.widgets.page_overlay import Corner, Frame
from ui.words_en import LANGUAGES

WHOLE = Box(0, 0, *SPACE)


def test_a_frame_never_leaves_the_page_nor_turns_inside_out():
    frame = Frame(WHOLE)
    assert frame.moved(-50, -50, SPACE).box == WHOLE
    small = frame.moved(99_999, 99_999, SPACE)
    assert (small.box.width_px, small.box.height_px) == (40, 40)
    assert small.other_corner().corner is Corner.BOTTOM_RIGHT
    assert small.other_corner().moved(99_999, 99_999, SPACE).box == small.box


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("khmer english", ("khm", "eng")),
        ("kh+en", ("khm", "eng")),
        ("VIE, viet", ("vie",)),
        ("", None),
        ("klingon", None),
        ("lao klingon", None),
    ],
)
def test_words_mean_languages(text, codes):
    assert languages_meant(text, {code: LANGUAGES[code] for code in ("eng", "khm", "lao", "vie")}) == codes


@pytest.mark.parametrize(("brightness", "grey"), [(-100, range(0, 110)), (0, [200]), (100, range(240, 256))])
def test_middle_tones_change_and_black_and_white_stay(dressed, brightness, grey):
    pixmap = QPixmap(3, 1)
    image = pixmap.toImage()
    for x, value in enumerate((0, 200, 255)):
        image.setPixelColor(x, 0, QColor(value, value, value))
    shown = brightened(QPixmap.fromImage(image), brightness).toImage()
    values = [shown.pixelColor(x, 0).red() for x in range(3)]
    assert (values[0], values[2]) == (0, 255)
    assert values[1] in grey
