"""Which numbers of a page are read again, in which order, and what numbers it has then. Runs in worker processes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ocr.native_digits import Rereading
from ocr.number_zones import read_number_lines
from ocr.reading import ReadingPlan, Sheet, reread
from ocr.script import PageReading
from ocr.stamped_zones import ColouredPage, read_under_stamps
from ocr.steps.page_box import middle_within
from ocr.types import Barcode, NumberCandidate, NumberFormat, Word


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


def numbers_of(
    first: Sequence[Word],
    rereading: Rereading,
    barcodes: Sequence[Barcode],
    formats: Sequence[NumberFormat],
    size: tuple[int, int],
) -> tuple[NumberCandidate, ...]:
    """Find the numbers of the words kept, and those the replaced words would have given.

    first: the words before any number was read again. size: width and height of the page in pixels.
    """
    if not formats:
        return ()
    from ocr.candidates import find_candidates

    def found_in(words: Sequence[Word]) -> tuple[NumberCandidate, ...]:
        return find_candidates(words, barcodes=barcodes, formats=formats, width_px=size[0], height_px=size[1])

    found = found_in(rereading.words)
    if not rereading.earlier:
        return found
    known = {(each.normalised, each.role) for each in found}
    doubted = [
        each
        for each in found_in(first)
        if (each.normalised, each.role) not in known
        and any(middle_within(word.box, each.box) for word in rereading.earlier)
    ]
    return (*found, *doubted)
