"""Reads lines again, alone and at full resolution, where a number was read badly or small print was not read at all.

A page is scaled to its usual letters: beside large print, small numbers come out too small for the engine, or are lost
without a trace. Two kinds of lines are read again: those with a number that fits no format or is doubtful, and, on pages
that show no number for sure, those with marks like letters but no word. A reading counts only when it holds a number of
the office, whole and without repairs, and a second reading at another size holds the same; otherwise the page stays as
it was.
Runs in worker processes.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np

from ocr.candidates_text import (
    FoundNumber,
    PageFormats,
    find_numbers,
    line_text,
    lines_of,
    page_formats,
    union,
)
from ocr.engines.word_lines import without_trailing_spaces
from ocr.native_digits import Rereading
from ocr.numbers import normalise
from ocr.reading import ReadingPlan, Sheet, read_line
from ocr.steps.geometry import level
from ocr.types import Box, NumberFormat, Word

LETTER_PX = (22.0, 30.0)
"""Heights of small letters the two readings are made at: of 21 pairs from 13 to 30 the best, 27 of 150 drawn numbers
that were lost came back, none wrong. Letting the engine read digits and capitals only changed no number to the better:
it makes letters of digits unseen, which a repair would tell of."""

DOUBTFUL, SURE = 0.7, 0.8
"""Confidence of a word below which it is doubted, and which both new readings must have: no reading that was wrong (16
of 300) had over 0.56."""

FEWEST_DIGITS = 5
"""Digits of a word that may be a piece of a number; with 4, numbered paragraphs were read again."""

LOWEST_LINE_PX = 12
"""Height of the lowest line without words that is tried; lower ones are rules and dots, or cannot be read."""

MOST_LINES = 6
"""Lines read again on a page at most: two strips each, 20 to 40 ms a strip."""

FEWEST_UNREAD, LONGEST_GAP = 8.0, 2.5
"""Width of a line without words, and gaps between the pieces of a line, in heights of its letters."""


_DATE = re.compile(r"\W*\d{1,2}[./-]\d{1,2}[./-]\d{2,4}\W*|\W*\d{4}[./-]\d{1,2}[./-]\d{1,2}\W*")


def read_number_lines(
    words: tuple[Word, ...], sheet: Sheet, plan: ReadingPlan, formats: Sequence[NumberFormat]
) -> Rereading:
    """Put better readings in place of lines whose number was read badly, and add those of lines not read."""
    if not formats or not words:
        return Rereading(words)
    prepared = page_formats(tuple(formats))
    rows = lines_of(words)
    lines = dict.fromkeys(_row_of(line, rows) for line in rows if _is_doubtful(line, prepared))
    places = [(union(line), line) for line in lines]
    if not any(_sure_numbers(line, prepared) for line in rows):  # else the page has said its number
        places += [_with_row(box, rows) for box in unread_lines(words, sheet)]
    earlier: tuple[Word, ...] = ()
    for box, line in places[:MOST_LINES]:
        if any(word in earlier for word in line):
            continue
        found = _read_twice(box, sheet, plan, prepared)
        if found and _sure_numbers(line, prepared) <= _sure_numbers(found, prepared):
            words = _put_in(words, line, found)
            earlier += line
    return Rereading(words, earlier)


def unread_lines(words: Sequence[Word], sheet: Sheet) -> list[Box]:
    """Find rows of letter-sized marks that no word covers, from top to bottom, in pixels of the sheet."""
    ink = sheet.ink
    mask = level(ink.mask, sheet.tilt_deg, paper=0).copy()
    for word in words:
        top, left = round(word.box.top_px * ink.scale) - 2, round(word.box.left_px * ink.scale) - 2
        bottom = round((word.box.top_px + word.box.height_px) * ink.scale) + 2
        right = round((word.box.left_px + word.box.width_px) * ink.scale) + 2
        mask[max(0, top) : bottom, max(0, left) : right] = 0
    if not mask.any():
        return []
    joined = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((1, 15), np.uint8))
    _, _, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    rows = [row for row in stats[1:] if 5 <= row[3] <= 40 and row[2] >= FEWEST_UNREAD * row[3]]
    boxes = [Box(*(round(float(edge) / ink.scale) for edge in row[:4])) for row in rows]
    lines = [box for box in boxes if box.height_px >= LOWEST_LINE_PX]
    return sorted(lines, key=lambda box: (box.top_px, box.left_px))


def is_like_a_number(text: str) -> bool:
    """Whether a word may be a piece of a number: digits of any script, and not a date."""
    folded = normalise(text).text
    return sum(char.isdigit() for char in folded) >= FEWEST_DIGITS and _DATE.fullmatch(folded) is None


def _row_of(line: tuple[Word, ...], lines: Sequence[tuple[Word, ...]]) -> tuple[Word, ...]:
    """Join a line with those beside it: small print is often cut into pieces."""
    row, box = list(line), union(line)
    for other in lines:
        if other is not line and _is_beside(union(other), box):
            row.extend(other)
    return tuple(sorted(row, key=lambda word: word.box.left_px))


def _with_row(box: Box, lines: Sequence[tuple[Word, ...]]) -> tuple[Box, tuple[Word, ...]]:
    """Join a stretch without words with the lines beside it."""
    row = [word for line in lines if _is_beside(union(line), box) for word in line]
    ordered = tuple(sorted(row, key=lambda word: word.box.left_px))
    if not ordered:
        return box, ()
    around = union(ordered)
    left, top = min(box.left_px, around.left_px), min(box.top_px, around.top_px)
    right = max(box.left_px + box.width_px, around.left_px + around.width_px)
    bottom = max(box.top_px + box.height_px, around.top_px + around.height_px)
    return Box(left, top, right - left, bottom - top), ordered


def _is_beside(other: Box, box: Box) -> bool:
    lower = min(other.height_px, box.height_px)
    shared = min(other.top_px + other.height_px, box.top_px + box.height_px) - max(other.top_px, box.top_px)
    gap = max(other.left_px - box.left_px - box.width_px, box.left_px - other.left_px - other.width_px)
    return 2 * shared >= lower and gap <= LONGEST_GAP * lower


def _is_doubtful(line: tuple[Word, ...], formats: PageFormats) -> bool:
    """Whether a line holds digits that may be a number of the office, and no such number was read for sure."""
    pieces = [word for word in line if word.confidence < DOUBTFUL and is_like_a_number(word.text)]
    numbers = find_numbers(line_text(line), formats)
    repaired = any(each.edit_count for each in numbers)
    if not pieces and not repaired:
        return False
    sure = {
        id(word)
        for each in numbers
        if not each.edit_count
        for word in each.words
        if word.confidence >= DOUBTFUL
    }
    return repaired or any(id(word) not in sure for word in pieces)


def _read_twice(box: Box, sheet: Sheet, plan: ReadingPlan, formats: PageFormats) -> tuple[Word, ...]:
    """Read a line at two sizes; its words where both hold the same numbers of the office, else nothing."""
    first = read_line(sheet, plan, box, LETTER_PX[0])
    numbers = _own_numbers(first, formats)
    if not numbers:
        return ()
    again = _own_numbers(read_line(sheet, plan, box, LETTER_PX[1]), formats)
    if [each.matches[0].text for each in numbers] != [each.matches[0].text for each in again]:
        return ()
    if any(word.confidence < SURE for each in (*numbers, *again) for word in each.words):
        return ()
    return first


def _own_numbers(words: Sequence[Word], formats: PageFormats) -> list[FoundNumber]:
    own = set(formats.own.formats)
    found = [each for line in lines_of(words) for each in find_numbers(line_text(line), formats)]
    return [each for each in found if not each.edit_count and each.matches[0].format in own]


def _sure_numbers(words: Sequence[Word], formats: PageFormats) -> set[str]:
    numbers = _own_numbers(words, formats)
    return {
        each.matches[0].text for each in numbers if all(word.confidence >= DOUBTFUL for word in each.words)
    }


def _put_in(words: tuple[Word, ...], line: tuple[Word, ...], found: tuple[Word, ...]) -> tuple[Word, ...]:
    """Put a line in place of another, or where it stands on the page when it replaces none."""
    first_free = 1 + max(word.line for word in words)
    new = [replace(word, line=first_free + word.line) for word in found]
    gone = {id(word) for word in line}
    if line:
        start = next(place for place, word in enumerate(words) if id(word) in gone)
    else:
        top_px = found[0].box.top_px
        below = (place for place, word in enumerate(words) if word.box.top_px > top_px)
        start = next((place for place in below if _begins_line(words, place)), len(words))
    kept = [word for word in words[:start] if id(word) not in gone]
    rest = [word for word in words[start:] if id(word) not in gone]
    return without_trailing_spaces([*kept, *new, *rest])


def _begins_line(words: Sequence[Word], place: int) -> bool:
    return place == 0 or words[place - 1].line != words[place].line
