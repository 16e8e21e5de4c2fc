"""Reads lines again, alone and at full resolution, where a number was read badly or small print was not read at all.

A page is scaled to its usual letters: beside large print, small numbers come out too small for the engine, or are lost
without a trace. Two kinds of lines are read again: those with a number that fits no format or is doubtful, and, on pages
that show no number for sure, those with marks like letters but no word. A reading counts only when it holds a number of
the office, whole and without repairs, and a second reading at another size holds the same; otherwise the page stays as
it was. Only the words a number lies over are replaced: names and dates of its line stay as they were read.
Runs in worker processes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np

from ocr.candidates_text import (
    PageFormats,
    find_numbers,
    line_text,
    lines_of,
    page_formats,
    union,
)
from ocr.native_digits import Rereading
from ocr.numbers import has_half_known_digits
from ocr.reading import ReadingPlan, Sheet, read_line
from ocr.steps.geometry import level
from ocr.types import Box, NumberFormat, Word
from ocr.word_changes import (
    Change,
    has_digit,
    holds_date,
    is_code,
    is_like_a_number,
    own_numbers,
    shared_width,
    taken_over,
    with_changes,
)

LETTER_PX = (22.0, 30.0)
"""Heights of small letters the two readings are made at: of 21 pairs from 13 to 30 the best, 27 of 150 drawn numbers
that were lost came back, none wrong. Letting the engine read digits and capitals only changed no number to the better:
it makes letters of digits unseen, which a repair would tell of."""

DOUBTFUL, SURE = 0.7, 0.8
"""Confidence of a word below which it is doubted, and which both new readings must have: no reading that was wrong (16
of 300) had over 0.56."""

LOWEST_LINE_PX = 12
"""Height of the lowest line without words that is tried; lower ones are rules and dots, or cannot be read."""

MOST_LINES = 6
"""Lines read again on a page at most: two strips each, 20 to 40 ms a strip."""

LEAST_MARK_PX = 5
"""Height of marks on the reduced page that are looked at as letters."""

FEWEST_UNREAD, LONGEST_GAP = 8.0, 2.5
"""Width of a line without words, and gaps between the pieces of a line, in heights of its letters."""

COVERED = 0.2
"""Share of the narrower of two words, one read before and one after, from which they are the same print."""


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
    at_of = {id(word): at for at, word in enumerate(words)}
    changes: list[Change] = []
    touched: set[int] = set()
    for box, line in places[:MOST_LINES]:
        row = [at_of[id(word)] for word in line]
        if not touched.isdisjoint(row):
            continue
        found = _read_twice(box, sheet, plan, prepared)
        if found and _sure_numbers(line, prepared) <= _sure_numbers(found, prepared):
            made = _changes(words, row, found, prepared)
            changes += made
            touched.update(row if made else ())
    if not changes:
        return Rereading(words)
    gone = sorted(frozenset[int]().union(*(change.gone for change in changes)))
    return Rereading(with_changes(words, changes), tuple(words[at] for at in gone))


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
    if (
        int(cv2.reduce(joined, 1, cv2.REDUCE_SUM, dtype=cv2.CV_32S).max())
        < 255 * FEWEST_UNREAD * LEAST_MARK_PX
    ):
        return []  # no row of marks is long enough, which is cheap to tell
    _, _, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    rows = [row for row in stats[1:] if LEAST_MARK_PX <= row[3] <= 40 and row[2] >= FEWEST_UNREAD * row[3]]
    boxes = [Box(*(round(float(edge) / ink.scale) for edge in row[:4])) for row in rows]
    lines = [box for box in boxes if box.height_px >= LOWEST_LINE_PX]
    return sorted(lines, key=lambda box: (box.top_px, box.left_px))


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
    numbers = own_numbers(first, formats)
    if not numbers:
        return ()
    again = own_numbers(read_line(sheet, plan, box, LETTER_PX[1]), formats)
    if [each.matches[0].text for each in numbers] != [each.matches[0].text for each in again]:
        return ()
    if any(word.confidence < SURE for each in (*numbers, *again) for word in each.words):
        return ()
    return first


def _sure_numbers(words: Sequence[Word], formats: PageFormats) -> set[str]:
    numbers = own_numbers(words, formats)
    return {
        each.matches[0].text for each in numbers if all(word.confidence >= DOUBTFUL for word in each.words)
    }


def _changes(
    words: tuple[Word, ...], row: Sequence[int], found: tuple[Word, ...], formats: PageFormats
) -> list[Change]:
    """Put each number found in place of the words it lies over, or where nothing was read.

    row: places of the line's words on the page, from left to right; none for a line that was not read at all.
    """
    if not row:
        return [Change(frozenset(), _place_of_line(words, found[0].box), taken_over(found, formats))]
    known = _sure_numbers([words[at] for at in row], formats)
    changes: list[Change] = []
    for number in own_numbers(found, formats):
        box = union(number.words)
        gone = frozenset(at for at in row if _is_over(box, words[at].box))
        is_used = any(not gone.isdisjoint(change.gone) for change in changes)
        if number.matches[0].text in known or is_used or any(_stays(words[at], number.raw) for at in gone):
            continue
        new = _with_letters(number.words, found, [words[at].box for at in row if at not in gone], formats)
        changes.append(_replacing(words, gone, new) if gone else _beside(words, row, new))
    return [*changes, *_codes(words, row, found, changes)] if changes else []


def _stays(word: Word, number: str) -> bool:
    """Whether a word is none that a number can replace: a date, digits the engine lacks, letters that are none of it."""
    if holds_date(word.text) or has_half_known_digits(word.text):
        return True
    letters = "".join(filter(str.isalpha, word.text))
    return not has_digit(word.text) and word.confidence >= DOUBTFUL and letters.lower() not in number.lower()


def _codes(
    words: Sequence[Word], row: Sequence[int], found: Sequence[Word], changes: Sequence[Change]
) -> list[Change]:
    """Put codes before numbers, "(21)", in place of what was read of them without being sure."""
    gone = frozenset[int]().union(*(change.gone for change in changes))
    codes = [word for word in found if is_code(word.text) and word.confidence >= SURE]
    made = []
    for at in row:
        old = words[at]
        over = [code for code in codes if _is_over(code.box, old.box)]
        if at not in gone and old.confidence < DOUBTFUL and len(over) == 1 and not is_code(old.text):
            made.append(
                Change(frozenset({at}), at, (replace(over[0], space_after=old.space_after),), old.line)
            )
    return made


def _is_over(box: Box, other: Box) -> bool:
    return shared_width(box, other) > COVERED * min(box.width_px, other.width_px)


def _with_letters(
    number: Sequence[Word], found: Sequence[Word], kept: Sequence[Box], formats: PageFormats
) -> tuple[Word, ...]:
    """A number's words with what was read beside them and nothing that stays on the page lies over: captions."""
    own = {id(word) for word in number}
    numbers = {id(word) for each in own_numbers(found, formats) for word in each.words}
    new = []
    for word in taken_over(found, formats):
        is_free = id(word) not in numbers and word.confidence >= SURE
        is_free = is_free and not any(_is_over(word.box, box) for box in kept)
        if id(word) in own or is_free:
            new.append(word)
    return tuple(new)


def _replacing(words: Sequence[Word], gone: frozenset[int], new: tuple[Word, ...]) -> Change:
    first, last = words[min(gone)], words[max(gone)]
    new = (*new[:-1], replace(new[-1], space_after=last.space_after or last.line != first.line))
    return Change(gone, min(gone), new, first.line)


def _beside(words: Sequence[Word], row: Sequence[int], new: tuple[Word, ...]) -> Change:
    """Stand after the word of a row that is nearest to the left; before the row on a line of its own if none is."""
    new = (*new[:-1], replace(new[-1], space_after=True))
    left = [at for at in row if words[at].box.left_px < new[0].box.left_px]
    if left:
        return Change(frozenset(), left[-1] + 1, new, words[left[-1]].line)
    at = row[0]
    while not _begins_line(words, at):
        at -= 1
    return Change(frozenset(), at, new)


def _place_of_line(words: Sequence[Word], box: Box) -> int:
    """Where a line that was not read belongs: before the first line that begins below it."""
    below = (at for at, word in enumerate(words) if word.box.top_px > box.top_px)
    return next((at for at in below if _begins_line(words, at)), len(words))


def _begins_line(words: Sequence[Word], place: int) -> bool:
    return place == 0 or words[place - 1].line != words[place].line
