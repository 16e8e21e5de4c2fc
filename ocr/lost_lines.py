"""Reads whole lines of print that the engine passed over: marks like letters in a row, and no word on them.

On two of 38 real pages a line of text was lost so, in the midst of others; read alone both came out right (0.84 and 0.93
sure), while rules, edges and pictures that look like lines came out with 0.35 at most. Runs in worker processes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ocr.candidates_text import page_lines_of
from ocr.number_zones import unread_lines
from ocr.reading import ReadingPlan, Sheet, read_line
from ocr.script import PageReading
from ocr.types import Box, Word
from ocr.word_changes import Change, mean_confidence, shared_width, with_changes

LETTER_PX = 22.0
"""Height small letters of such a line are scaled to."""

SURE, FEWEST_LETTERS = 0.75, 8
"""Mean confidence of a line that is believed, and letters and digits it must have."""

LOWEST, TALLEST = 0.8, 4.0
"""Height of such a line in small letters: rules are lower, pictures taller."""

IN_COLUMN = 0.3
"""Share of the narrower of two lines that both cover, from which one stands above the other."""

MOST_LINES = 6
"""Lines of a page read so at most, 20 to 40 ms each."""


def read_lost_lines(read: PageReading, sheet: Sheet, plan: ReadingPlan) -> PageReading:
    """Add the lines that were passed over between others, each below the line it stands under."""
    if not read.words:
        return read
    letter_px = max(sheet.ink.height_px, 1.0)
    boxes = unread_lines(read.words, sheet)
    likely = [box for box in boxes if LOWEST <= box.height_px / letter_px <= TALLEST]
    as_read = replace(plan, languages=read.languages)
    changes = []
    placed = ((box, _place_among(box, read.words)) for box in likely)
    for box, place in [(box, place) for box, place in placed if place is not None][:MOST_LINES]:
        found = read_line(sheet, as_read, box, LETTER_PX)
        if mean_confidence(found) >= SURE and _letters(found) >= FEWEST_LETTERS:
            changes.append(Change(frozenset(), place, tuple(replace(word, line=0) for word in found)))
    return replace(read, words=with_changes(read.words, changes)) if changes else read


def _place_among(box: Box, words: Sequence[Word]) -> int | None:
    """Where a line belongs among the words: behind the nearest above it in its column; None where it stands not between two.

    What stands alone at an edge is a mark of a library or a scanner as often as text.
    """
    place, nearest, has_below, at = None, -1, False, 0
    for line in page_lines_of(words):
        at += len(line.words)
        if shared_width(line.box, box) <= IN_COLUMN * min(line.box.width_px, box.width_px):
            continue
        if line.box.top_px >= box.top_px:
            has_below = True
        elif line.box.top_px > nearest:
            place, nearest = at, line.box.top_px
    return place if has_below else None


def _letters(words: Sequence[Word]) -> int:
    return sum(char.isalnum() for word in words for char in word.text)
