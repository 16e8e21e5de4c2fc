"""Forms and tables are read row by row whatever the engine made of them; columns of prose stay columns."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr.engines.word_lines import text_of
from ocr.pipeline import process_page
from ocr.reading_order import in_reading_order
from ocr.types import Box, PageTask, Word
from tests.fixtures.page_layouts import draw_layout
from tests.helpers.drawn_pages import TESSDATA
from tests.helpers.word_order import neighbours_kept

LETTER_PX, HEIGHT_PX = 12, 20


def line(text: str, left: int, top: int, number: int) -> list[Word]:
    words, at = [], left
    pieces = text.split(" ")
    for index, piece in enumerate(pieces):
        if piece:
            width = LETTER_PX * len(piece)
            box = Box(at, top, width, HEIGHT_PX)
            words.append(Word(piece, box, 0.9, number, index + 1 < len(pieces)))
        at += LETTER_PX * (len(piece) + 1)
    return words


def page(lines: Iterable[tuple[str, int, int]]) -> tuple[Word, ...]:
    """Words as an engine gives them that reads these lines (text, left, top) in this order."""
    return tuple(word for number, each in enumerate(lines) for word in line(*each, number))


def read(words: tuple[Word, ...]) -> list[str]:
    return text_of(in_reading_order(words)).split("\n")


CAPTIONS = ("Application number", "Filing date", "Applicant", "Address", "Agent")
ENTRIES = ("KH/P/2019/00123", "14 March 2019", "Golden Ox Works", "Street 271, Phnom Penh", "Chan Dara")
PROSE = (
    "the shuttle opens below the frame",
    "so that the load is treated evenly and",
    "is made and repaired without any",
    "special tools by those who use it",
    "every day in villages of the north",
    "where no workshop is to be found",
)


def test_an_entry_is_read_beside_its_caption() -> None:
    captions = [(text, 100, 100 + 60 * row) for row, text in enumerate(CAPTIONS)]
    entries = [(text, 600, 102 + 60 * row) for row, text in enumerate(ENTRIES)]
    expected = [text for pair in zip(CAPTIONS, ENTRIES, strict=True) for text in pair]
    assert read(page(captions + entries)) == expected


def test_the_second_line_of_an_entry_stays_with_it() -> None:
    lines = [("Address", 100, 100), ("Agent", 100, 190), ("Date", 100, 250)]
    entries = [
        ("Street 271, Sangkat", 600, 100),
        ("Boeung Salang", 600, 135),
        ("Chan Dara", 600, 190),
        ("1.4.2019", 600, 250),
    ]
    assert read(page(lines + entries)) == [
        "Address", "Street 271, Sangkat", "Boeung Salang", "Agent", "Chan Dara", "Date", "1.4.2019",
    ]  # fmt: skip


def test_a_second_column_of_inid_codes_is_a_column_of_its_own() -> None:
    left = [("(54)", "DRYER FOR RICE"), ("(75)", "Inventor: Chan Dara"), ("(21)", "Appl. No.: 10/123,481")]
    right = [("(51)", "Int. Cl. F26B 3/28"), ("(52)", "U.S. Cl. 34/102"), ("(74)", "Agent: Tep and Sons")]
    engine = [(code, 100, 100 + 60 * row) for row, (code, _) in enumerate(left)]
    engine += [(text, 200, 100 + 60 * row) for row, (_, text) in enumerate(left)]
    engine += [(code, 800, 100 + 60 * row) for row, (code, _) in enumerate(right)]
    engine += [(text, 900, 100 + 60 * row) for row, (_, text) in enumerate(right)]
    assert read(page(engine)) == [text for entry in left + right for text in entry]


def test_columns_of_prose_with_level_lines_stay_columns() -> None:
    left = [(text, 100, 100 + 34 * row) for row, text in enumerate(PROSE)]
    right = [(text, 700, 100 + 34 * row) for row, text in enumerate(reversed(PROSE))]
    words = page(left + right)
    assert in_reading_order(words) == words


def test_numbers_in_a_margin_do_not_cut_the_text() -> None:
    words = page([(text, 200, 100 + 34 * row) for row, text in enumerate(PROSE * 3)] + [("5", 100, 236)])
    assert in_reading_order(words) == words


def test_a_table_read_line_by_line_is_left_as_it_is() -> None:
    rows = [f"{row}.      12.0{row}.2019        Drawings        {row}" for row in range(1, 7)]
    words = page((text, 100, 100 + 50 * row) for row, text in enumerate(rows))
    assert in_reading_order(words) == words


def test_tables_of_two_facing_pages_are_not_mixed() -> None:
    rows = [f"{row}.      Drawings        {row}" for row in range(1, 7)]
    words = page((text, left, 100 + 50 * row) for left in (100, 1100) for row, text in enumerate(rows))
    assert in_reading_order(words) == words


def test_a_line_read_across_two_columns_is_parted() -> None:
    engine = [
        ("(54)", 100, 100), ("(73)", 100, 160), ("(75)", 100, 220), ("DRYER FOR RICE", 200, 100),
        ("Golden Ox Works        (58)", 200, 160), ("Chan Dara", 200, 220),
        ("(52)", 524, 100), ("(74)", 524, 220), ("U.S. Cl. 34/102", 640, 100),
        ("Field of Search", 640, 160), ("Tep and Sons", 640, 220),
    ]  # fmt: skip
    assert read(page(engine)) == [
        "(54)", "DRYER FOR RICE", "(73)", "Golden Ox Works", "(75)", "Chan Dara",
        "(52)", "U.S. Cl. 34/102", "(58)", "Field of Search", "(74)", "Tep and Sons",
    ]  # fmt: skip


@pytest.mark.parametrize("words", [(), page([("alone", 5, 5)]), page([(".", 5, 5), ("-", 5, 50)])])
def test_a_page_of_hardly_anything_is_left_as_it_is(words: tuple[Word, ...]) -> None:
    assert in_reading_order(words) == words


boxes = st.builds(Box, st.integers(0, 900), st.integers(0, 900), st.integers(1, 300), st.integers(1, 60))


@given(st.lists(st.tuples(boxes, st.integers(0, 8), st.floats(0, 1), st.booleans()), max_size=40))
def test_no_word_is_lost_doubled_or_changed(drawn: list[tuple[Box, int, float, bool]]) -> None:
    words = [
        Word(f"w{index}", box, confidence, number, space)
        for index, (box, number, confidence, space) in enumerate(sorted(drawn, key=lambda each: each[1]))
    ]
    ordered = in_reading_order(words)
    kept = Counter((word.text, word.box, word.confidence) for word in words)
    assert Counter((word.text, word.box, word.confidence) for word in ordered) == kept
    lines = [word.line for word in ordered]
    assert lines == sorted(lines)
    assert all(not word.space_after or after.line == word.line for word, after in pairwise(ordered))


def test_thousands_of_scattered_words_take_no_time() -> None:
    rng = random.Random(3)
    words = tuple(
        Word("noise", Box(rng.randrange(3000), rng.randrange(4000), 40, 20), 0.5, number, False)
        for number in range(6000)
    )
    assert len(in_reading_order(words)) == 6000


def two_columns(rows: int) -> tuple[Word, ...]:
    """Rows of one line each, read column by column, with white between all of them."""
    return page(
        (text, left, 30 * row) for text, left in (("caption", 10), ("entry", 400)) for row in range(rows)
    )


def test_a_list_of_many_rows_takes_no_time() -> None:
    words = two_columns(1400)
    start = time.process_time()
    ordered = in_reading_order(words)
    # A twentieth of a second where it was written.
    assert time.process_time() - start < 1.0
    assert text_of(ordered).split("\n")[:4] == ["caption", "entry", "caption", "entry"]


def test_a_page_beyond_all_bounds_stays_as_it_was_read() -> None:
    words = two_columns(6000)
    start = time.process_time()
    assert in_reading_order(words) == words
    assert time.process_time() - start < 1.0


@pytest.mark.engine
@pytest.mark.parametrize("name", ["table", "form", "bibliographic page", "two columns"])
def test_drawn_pages_come_out_in_order(name: str, tmp_path: Path) -> None:
    laid_out = draw_layout(name)
    picture = tmp_path / "page.png"
    laid_out.sheet.image.convert("L").save(picture, dpi=(200, 200))
    result = process_page(PageTask(picture, 0, tmp_path, "page", ("eng",), (), TESSDATA))
    assert neighbours_kept(result.text, laid_out.text) >= 0.97
