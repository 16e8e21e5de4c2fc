"""Which lines may head a number by their place on the paper, and which stand at the top of a page.

The order in which lines are read says little of that: of two columns read row by row, or one after the other, a form's
heading in one column comes before the numbers of the other. A heading speaks for a number when it stands above it
and shares width with the number, its caption, or stands in the middle of the page. Runs in worker processes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from ocr.candidates_text import FoundNumber, PageLine, page_lines_of, union
from ocr.numbers_labels import labels_in
from ocr.other_files import HEADING_LETTERS
from ocr.types import Box, Word

TOP_ROWS = 12
"""Rows of print at the top of a page, or above a number in its column, among which headings are looked for."""

CELL_HEIGHTS = 2.5
"""White between words of one line, in heights, from which on they stand in two columns or cells."""

OFF_MIDDLE = 0.15
"""How far the middle of a heading may lie off that of the print, of its width, to be one of the whole page."""


def headings_above(
    found: FoundNumber, label: str | None, caption: Box | None, page_lines: Sequence[PageLine]
) -> tuple[str, ...]:
    """List the short lines that may head a number, from the top down to its own.

    label: the caption that told what the number is; caption: its box where it stands on another line.
    """
    number = union(found.words)
    bottom = number.top_px + number.height_px / 2
    places = [number, *([] if caption is None else [caption]), *_labelled(found, label)]
    places += [union(cell) for cell in _cells(found.line.words) if any(word in found.words for word in cell)]
    left = min((line.box.left_px for line in page_lines), default=0)
    right = max((line.box.left_px + line.box.width_px for line in page_lines), default=0)
    cells = [
        (box, cell)
        for line in page_lines
        for cell in _cells(line.words)
        if (box := union(cell)).top_px <= bottom
        and (_is_in_middle(box, left, right) or any(_shares_width(box, place) for place in places))
    ]
    texts = (_text_of(cell) for cell in _rows(cells, TOP_ROWS))
    return tuple(text for text in texts if 0 < sum(map(str.isalpha, text)) <= HEADING_LETTERS)


def head_of(*readings: Sequence[Word]) -> str:
    """The lines in the first rows of a page, wherever in the order of reading they stand, of all its readings."""
    lines = dict.fromkeys(
        _text_of(words)
        for read in readings
        for words in _rows([(line.box, line.words) for line in page_lines_of(read)], TOP_ROWS)
    )
    return "\n".join(lines)


def _labelled(found: FoundNumber, label: str | None) -> Iterator[Box]:
    """Where the number's caption stands on its own line, however far to the left."""
    if label is None:
        return
    before = found.line.text[: found.start]
    at = [each for each in labels_in(before, office=found.matches[0].format.office) if each.text == label]
    if at:
        touched = {index for index in found.line.word_at[at[-1].start : at[-1].end] if index >= 0}
        if touched:
            yield union([found.line.words[index] for index in sorted(touched)])


def _cells(words: Sequence[Word]) -> Iterator[tuple[Word, ...]]:
    start = 0
    for at, (one, two) in enumerate(pairwise(words), 1):
        white = two.box.left_px - one.box.left_px - one.box.width_px
        if white > CELL_HEIGHTS * max(one.box.height_px, two.box.height_px):
            yield tuple(words[start:at])
            start = at
    yield tuple(words[start:])


def _rows(cells: Sequence[tuple[Box, Sequence[Word]]], most: int) -> Iterator[Sequence[Word]]:
    """The cells of the first rows, from the top; those level with one another are one row."""
    rows, bottom = 0, -1.0
    for box, words in sorted(cells, key=lambda cell: (cell[0].top_px, cell[0].left_px)):
        if not any(char.isalnum() for word in words for char in word.text):
            continue
        if box.top_px > bottom:
            rows, bottom = rows + 1, box.top_px + box.height_px / 2
        if rows > most:
            return
        yield words


def _is_in_middle(box: Box, left: int, right: int) -> bool:
    middle = box.left_px + box.width_px / 2
    return abs(middle - (left + right) / 2) <= OFF_MIDDLE * (right - left)


def _shares_width(one: Box, other: Box) -> bool:
    return one.left_px < other.left_px + other.width_px and other.left_px < one.left_px + one.width_px


def _text_of(words: Sequence[Word]) -> str:
    return "".join(word.text + " " * word.space_after for word in words).strip()
