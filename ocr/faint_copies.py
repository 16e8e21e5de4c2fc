"""Reads faint carbon copies a second time with their contrast restored, and keeps the better reading.

Only pages that were read badly and whose ink is faint are read twice. On copies that read well enough the restored
picture was worse (0.23 to 0.46 wrong on one), so the doubt of the first reading decides, not the look alone.
Runs in worker processes.
"""

from __future__ import annotations

from dataclasses import replace

from ocr.reading import ReadingPlan, Sheet, read_sheet
from ocr.script import PageReading
from ocr.steps.faint_ink import ink_darkness, with_contrast
from ocr.steps.orient import believable_letters
from ocr.word_changes import mean_confidence

DOUBTFUL_PAGE = 0.65
"""Mean confidence below which a reading is doubted; typed pages have 0.75 and more, two faint carbons 0.57 and 0.60."""

FAINT = 70.0
"""Grey levels between paper and ink up to which ink is faint: those carbons have 57 and 61, better ones 74."""

LIKE_TEXT = 0.2
"""Share of letters believed that a second reading must have: those carbons have 0.3, grain made black has 0.15."""

FEWEST_MARKS = 40
"""Marks of letter size a page must have, so that specks on a bare sheet are not made black."""


def read_faint_again(read: PageReading, sheet: Sheet, plan: ReadingPlan) -> PageReading:
    """Return the reading, or a better one of the page with its contrast restored."""
    if len(sheet.ink.marks) < FEWEST_MARKS or mean_confidence(read.words) >= DOUBTFUL_PAGE:
        return read
    if ink_darkness(sheet.ink) > FAINT:
        return read
    restored = replace(sheet, grey=with_contrast(sheet.grey, sheet.ink.height_px))
    words = read_sheet(restored, replace(plan, languages=read.languages))
    believed, letters = believable_letters(words), sum(len(word.text) for word in words)
    if believed < LIKE_TEXT * letters or believed <= believable_letters(read.words):
        return read
    return replace(read, words=words)
