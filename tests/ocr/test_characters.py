"""Characters are cut from real readings of drawn pages: each piece shows the character it is said to show, or none is cut."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from ocr.character_types import CharactersTask, TextPlace
from ocr.characters import STRIP_PX, cut_characters, split_columns
from ocr.types import Box, Word
from ocr.words_file import write_words

NUMBER = "KH/P/2018/00417"
FACE = cv2.FONT_HERSHEY_SIMPLEX


def columns(*runs):
    """Columns of ink: (ink, how many), ..."""
    return np.concatenate([np.full(count, ink) for ink, count in runs]).astype(np.int64)


def test_gaps_part_characters():
    ink = columns((0, 3), (9, 6), (0, 2), (4, 3), (0, 2), (9, 6), (0, 1))
    assert split_columns(ink, 3, may_touch=True) == [(3, 9), (11, 14), (16, 22)]


def test_touching_characters_are_cut_where_the_ink_is_thinnest():
    ink = columns((0, 2), (9, 7), (1, 1), (9, 7), (0, 2))
    assert split_columns(ink, 2, may_touch=True) == [(2, 9), (9, 17)]


def test_parts_of_one_character_are_put_together_at_the_narrowest_gap():
    ink = columns((9, 5), (0, 1), (9, 4), (0, 5), (9, 10))
    assert split_columns(ink, 2, may_touch=True) == [(0, 10), (15, 25)]


def test_where_it_is_not_known_what_stands_there_only_what_counts_out_is_cut():
    ink = columns((9, 5), (0, 2), (9, 5))
    assert split_columns(ink, 3, may_touch=False) is None
    assert split_columns(ink, 2, may_touch=False) == [(0, 5), (7, 12)]
    assert split_columns(columns((0, 9)), 2, may_touch=True) is None
    assert split_columns(ink, 9, may_touch=True) is None, "there is no room for nine"


@pytest.fixture
def page(tmp_path):
    """A page at half its page space with a number in two words; and where each of its characters was drawn."""
    picture = np.full((400, 900), 235, np.uint8)
    left, places = 60, []
    for char in NUMBER:
        (width, _), _ = cv2.getTextSize(char, FACE, 1.2, 2)
        if char != " ":
            cv2.putText(picture, char, (left, 120), FACE, 1.2, 20, 2, cv2.LINE_AA)
            places.append((left, left + width))
        left += width + 3
    view, words = tmp_path / "key.view.jpg", tmp_path / "key.words.json.gz"
    cv2.imwrite(str(view), picture)
    cut = places[9][0]  # the second word begins at "/00417"
    boxes = (
        Box(2 * 58, 2 * 88, 2 * (cut - 60), 2 * 40),
        Box(2 * (cut - 1), 2 * 88, 2 * (left - cut), 2 * 40),
    )
    write_words(
        words,
        [Word("KH/P/2018", boxes[0], 0.93, 0, False, "eng"), Word("/00417", boxes[1], 0.71, 0, True, "eng")],
        NUMBER,
    )
    return view, words, places


def task(page, text, box=None, *, words=True):
    view, words_path, _ = page
    path = words_path if words else words_path.with_name("none.gz")
    return CharactersTask(view, path, 1800, 800, (TextPlace(text, box or Box(110, 170, 1400, 90)),))


def test_each_piece_shows_its_own_character(page):
    (cut,) = cut_characters(task(page, "KH/P/2018 /00417"))
    assert cut is not None
    assert (cut.height_px, len(cut.pixels)) == (STRIP_PX, cut.width_px * STRIP_PX)
    assert len(cut.spans) == len(NUMBER)
    assert cut.sureness == (0.93,) * 9 + (0.71,) * 6
    strip = np.frombuffer(cut.pixels, np.uint8).reshape(cut.height_px, cut.width_px)
    first, last = cut.spans[0][0], cut.spans[-1][1]
    scale = (last - first) / (page[2][-1][1] - page[2][0][0])
    left = page[2][0][0] - first / scale
    assert all(one[1] <= other[0] + 1 for one, other in zip(cut.spans, cut.spans[1:], strict=False))
    for (start, end), drawn, char in zip(cut.spans, page[2], NUMBER, strict=True):
        assert (strip[:, start:end] < 128).any(), char
        middle = (start + end) / 2 / scale + left
        assert drawn[0] - 3 <= middle <= drawn[1] + 3, char


def test_a_text_that_does_not_stand_there_is_not_cut(page):
    assert cut_characters(task(page, "KH/P/2018/00417999")) == (None,)
    assert cut_characters(task(page, NUMBER, Box(0, 700, 300, 60))) == (None,)


def test_without_words_only_what_counts_out_is_cut(page):
    (cut,) = cut_characters(task(page, NUMBER, words=False))
    assert cut is None or len(cut.spans) == len(NUMBER)


def test_a_picture_that_is_gone_or_damaged_cuts_nothing(page, tmp_path):
    view = page[0]
    view.write_bytes(b"not a picture")
    assert cut_characters(task(page, NUMBER)) == (None,)
    view.unlink()
    assert cut_characters(task(page, NUMBER)) == (None,)
