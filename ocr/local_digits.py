"""Reads Lao and Thai digits, which the engine's models do not know: "໓໑໓໑໒" came out as "59596", "๒๕๖๑" as "๒๕๒๑", both sure.

Words with digits, and doubtful ones that are no letters of the script, are cut into marks, and each mark is told by its
shape (ocr.engines.digit_reader). A word is replaced only where all its marks are digits of the script, strokes or what
parts digits, in three looks at thin, usual and bold strokes alike. Numbers read so prove nothing (ocr.candidates).
Runs in worker processes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from ocr.candidates_text import union
from ocr.engines.digit_reader import ZEROS, DigitReader, DigitReading
from ocr.native_digits import Rereading
from ocr.reading import Sheet
from ocr.types import Box, Word

DOUBTFUL_LETTERS, DOUBTFUL_LATIN = 0.6, 0.8
"""Confidence from which words without digits are believed, in letters of the script and in others."""

LONGEST = 24
"""Characters of a word at most."""

SIDE_LETTERS, AROUND_LETTERS = 0.35, 0.6
"""Paper cut beside and above a word, in heights of small letters: boxes of misread words are often too small."""

JOINED_LETTERS = 0.4
"""White between the pieces of one word, in the same."""

SURE_ALONE = 0.95
"""Confidence a single digit needs, and then only where a digit was read before."""

SIGNS = "/.,-"

LEAST_SURE = 0.1
"""Confidence the least sure digit of a word needs."""


def read_local_digits(
    words: Sequence[Word], sheet: Sheet, reader: DigitReader | None, languages: Sequence[str]
) -> Rereading:
    """Put the digits of the page's own script in place of what was read for them; languages: the page was read with."""
    script = next((name for name in languages if name in ZEROS), None)
    if reader is None or script is None:
        return Rereading(tuple(words))
    kept: list[Word] = []
    earlier: list[Word] = []
    for run in _runs(words, script, sheet.ink.height_px):
        new = _read_again(run, sheet, reader, script) if _may_be_digits(run[0], script) else run
        if new is not run:
            earlier += run
        kept += new
    return Rereading(tuple(kept), tuple(earlier))


def _runs(words: Sequence[Word], script: str, letter_px: float) -> Iterator[tuple[Word, ...]]:
    """Join neighbours that no real white parts and that may all be digits; all other words stand alone."""
    run: list[Word] = []
    for word in words:
        if run and not (_touches(run[-1], word, letter_px) and _may_be_digits(word, script)):
            yield tuple(run)
            run = []
        run.append(word)
        if not _may_be_digits(word, script):
            yield tuple(run)
            run = []
    if run:
        yield tuple(run)


def _touches(left: Word, right: Word, letter_px: float) -> bool:
    gap = right.box.left_px - left.box.left_px - left.box.width_px
    return left.line == right.line and gap <= JOINED_LETTERS * letter_px


def _read_again(run: tuple[Word, ...], sheet: Sheet, reader: DigitReader, script: str) -> tuple[Word, ...]:
    """Read a run as one word; where that gives nothing, its words one by one."""
    before = "".join(word.text for word in run)
    found = _read(union(run), sheet, reader, script)
    if found is not None and _is_believed(found, before):
        text = _without_neighbours(found.text, before)
        if text == before:
            return run
        confidence = min(*(word.confidence for word in run), round(found.confidence, 4))
        last = run[-1].space_after
        return (
            replace(
                run[0], text=text, box=union(run), confidence=confidence, language=script, space_after=last
            ),
        )
    if len(run) == 1:
        return run
    parts = [_read_again((word,), sheet, reader, script) for word in run]
    return (
        tuple(part[0] for part in parts)
        if any(part[0] is not word for part, word in zip(parts, run, strict=True))
        else run
    )


def _may_be_digits(word: Word, script: str) -> bool:
    if len(word.text) > LONGEST:
        return False
    digits = sum(char.isdigit() for char in word.text)
    local = sum(_is_of(char, script) for char in word.text if not char.isdigit())
    if digits and digits >= local:
        return True
    return word.confidence < (DOUBTFUL_LETTERS if local else DOUBTFUL_LATIN)


def _is_of(char: str, script: str) -> bool:
    block = ord(ZEROS[script]) & ~0x7F
    return block <= ord(char) < block + 0x80


def _read(box: Box, sheet: Sheet, reader: DigitReader, script: str) -> DigitReading | None:
    letter_px = max(sheet.ink.height_px, 1.0)
    side, around = round(SIDE_LETTERS * letter_px), round(AROUND_LETTERS * letter_px)
    left, top = max(0, box.left_px - 2 * side), max(0, box.top_px - 2 * around)
    bottom = box.top_px + box.height_px + 2 * around
    right = box.left_px + box.width_px + 2 * side
    strip = sheet.grey[top:bottom, left:right]
    inside = (
        box.left_px - side - left,
        box.top_px - around - top,
        box.left_px + box.width_px + side - left,
        box.top_px + box.height_px + around - top,
    )
    return reader.read(strip, letter_px, inside, script)


def _without_neighbours(text: str, before: str) -> str:
    """Leave out strokes of the words beside it, which the paper around a word may hold."""
    if before[:1] not in SIGNS:
        text = text.lstrip(SIGNS)
    return text if before[-1:] in SIGNS else text.rstrip(SIGNS)


def _is_believed(found: DigitReading, before: str) -> bool:
    digits = sum(char.isdigit() for char in found.text)
    if digits > 1:
        return found.confidence >= LEAST_SURE
    return found.confidence >= SURE_ALONE and any(char.isdigit() for char in before)
