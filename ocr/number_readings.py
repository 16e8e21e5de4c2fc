"""Which numbers of a page are read again, in which order, and what numbers it has then.

The first engine's own words alone may prove a number (its second look at digits of the office's script counts with
them), and not where they are found to be digits it does not know. Whatever else reads a page again (restored contrast,
the second recogniser, seals taken away, lines read alone, digits told by their shape) only says what may stand there: it agrees or disagrees, and a person sees it. Here, where a page's numbers are made, this
is enforced for all of them. Runs in worker processes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ocr.local_digits import read_local_digits
from ocr.native_digits import Rereading
from ocr.number_zones import read_number_lines
from ocr.reading import ReadingPlan, Sheet, reread
from ocr.script import PageReading
from ocr.stamped_zones import ColouredPage, read_under_stamps
from ocr.steps.page_box import middle_within
from ocr.types import Barcode, NumberCandidate, NumberFormat, Word
from ocr.word_changes import overlap

SUPPOSED = 0.2
"""Confidence that a number keeps at most which only a second reading gives: nothing is proven with it (0.3 and more), and
the linker takes it neither for a proof nor for a confirmation, but for a claim against other numbers."""


@dataclass(frozen=True, slots=True)
class NumberReading:
    """The words of a page, and those its first engine read by itself. earlier: words its own second look replaced."""

    words: tuple[Word, ...]
    first: tuple[Word, ...]
    earlier: tuple[Word, ...] = ()


def read_numbers_again(
    read: PageReading,
    sheet: Sheet,
    page: ColouredPage,
    plan: ReadingPlan,
    formats: Sequence[NumberFormat],
    first: tuple[Word, ...],
) -> NumberReading:
    """Read numbers under coloured stamps, in digits the engine lacks, in the office's own, and those still in doubt.

    read: the page's words and the models they were read with; first: those of the first engine alone; plan: with the
    office's models. A page whose numbers were read for sure costs no reading. What there is no time or memory for stays
    as it was read.
    """
    as_read = replace(plan, languages=read.languages)
    spare = plan.spare

    def look(words: tuple[Word, ...]) -> Rereading:
        return spare.reading(lambda: reread(words, sheet, plan, formats), Rereading(words))

    stamps = spare.reading(
        lambda: read_under_stamps(read.words, sheet, page, as_read, formats), Rereading(read.words)
    )
    local = spare.reading(
        lambda: read_local_digits(stamps.words, sheet, plan.digits, read.languages), Rereading(stamps.words)
    )
    digits = look(local.words)
    own = digits if local.words == first else look(first)
    lines = spare.reading(
        lambda: read_number_lines(digits.words, sheet, as_read, formats), Rereading(digits.words)
    )
    return NumberReading(lines.words, _doubted_at(own.words, local.earlier), own.earlier)


def numbers_of(
    given: Sequence[Word],
    reading: NumberReading,
    barcodes: Sequence[Barcode],
    formats: Sequence[NumberFormat],
    size: tuple[int, int],
) -> tuple[NumberCandidate, ...]:
    """Find the numbers of a page, none surer than its first reading, and those that only the first reading gives.

    given: the first engine's words before any number was read again. size: width and height of the page in pixels.
    """
    if not formats:
        return ()
    from ocr.candidates import find_candidates

    def found_in(words: Sequence[Word], codes: Sequence[Barcode] = ()) -> tuple[NumberCandidate, ...]:
        return find_candidates(words, barcodes=codes, formats=formats, width_px=size[0], height_px=size[1])

    found = found_in(reading.words, barcodes)
    if reading.words != reading.first:
        found = _held_to(found_in(reading.first), found)
    if not reading.earlier:
        return found
    known = {(each.normalised, each.role) for each in found}
    doubted = [
        each
        for each in found_in(given)
        if (each.normalised, each.role) not in known
        and any(middle_within(word.box, each.box) for word in reading.earlier)
    ]
    return (*found, *doubted)


def _doubted_at(words: tuple[Word, ...], misread: Sequence[Word]) -> tuple[Word, ...]:
    """Doubt the words that lie where digits were misread: sure of "59596", the engine saw "໓໑໓໑໒"."""
    boxes = [word.box for word in misread]
    return tuple(
        replace(word, confidence=min(word.confidence, SUPPOSED))
        if any(middle_within(word.box, box) for box in boxes)
        else word
        for word in words
    )


def _held_to(
    first: Sequence[NumberCandidate], found: Sequence[NumberCandidate]
) -> tuple[NumberCandidate, ...]:
    """Let numbers be no surer than in the first reading, and add those of it that are no more among them."""
    held: list[NumberCandidate] = []
    agreed: set[int] = set()
    for each in found:
        if each.source == "barcode":
            held.append(each)
            continue
        same = [at for at, other in enumerate(first) if _is_same(other, each)]
        # One place counts once: two lines that were one, or one line read twice, make no second witness.
        fresh = next((at for at in same if at not in agreed), None)
        if fresh is not None:
            agreed.add(fresh)
            held.append(_no_surer(each, first[fresh]))
        elif not same:
            held.append(replace(each, confidence=min(each.confidence, SUPPOSED), above=()))
    rivals = [other for at, other in enumerate(first) if at not in agreed]
    return tuple(sorted((*held, *rivals), key=lambda each: -each.confidence))


def _is_same(first: NumberCandidate, each: NumberCandidate) -> bool:
    return (first.normalised, first.role) == (each.normalised, each.role) and overlap(first.box, each.box)


def _no_surer(each: NumberCandidate, first: NumberCandidate) -> NumberCandidate:
    """Keep the first reading's caption and repairs: what a second reading made clean or captioned proves nothing."""
    raw = each.raw if len(each.edits) <= len(first.edits) else first.raw
    confidence = min(each.confidence, first.confidence)
    return replace(first, raw=raw, box=each.box, confidence=confidence)
