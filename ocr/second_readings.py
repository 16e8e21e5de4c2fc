"""Which numbers of a page are read again, and in which order. Runs in worker processes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ocr.native_digits import Rereading
from ocr.number_zones import read_number_lines
from ocr.reading import ReadingPlan, Sheet, reread
from ocr.script import PageReading
from ocr.stamped_zones import ColouredPage, read_under_stamps
from ocr.types import NumberFormat


def read_numbers_again(
    read: PageReading,
    sheet: Sheet,
    page: ColouredPage,
    plan: ReadingPlan,
    formats: Sequence[NumberFormat],
) -> Rereading:
    """Read numbers under coloured stamps, in the office's own digits, and those still in doubt.

    read: the page's words and the models they were read with; plan: with the office's models. A page whose numbers
    were read for sure costs no reading.
    """
    as_read = replace(plan, languages=read.languages)
    stamps = read_under_stamps(read.words, sheet, page, as_read, formats)
    digits = reread(stamps.words, sheet, plan, formats)
    lines = read_number_lines(digits.words, sheet, as_read, formats)
    return Rereading(lines.words, (*stamps.earlier, *digits.earlier, *lines.earlier))
