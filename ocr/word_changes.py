"""Putting words of a second reading among those of the first: what may be taken over, and where it stands then.

Every change of a page is made at once: words are known by their place on the page as it was, for putting one in makes new
words of all others. Runs in worker processes.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ocr.candidates_text import FoundNumber, PageFormats, find_numbers, line_text, lines_of
from ocr.engines.word_lines import without_trailing_spaces
from ocr.numbers import normalise
from ocr.types import Box, Word

FEWEST_DIGITS = 5
"""Digits of a word that may be a piece of a number; with 4, numbered paragraphs were read again."""

_DATE = re.compile(r"\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|\d{4}[./-]\d{1,2}[./-]\d{1,2}")
_CODE = re.compile(r"[(\[{]\d{2,3}[)\]}]\W?")


@dataclass(frozen=True, slots=True)
class Change:
    """Words that go, by their places on the page, and those that stand instead before the word at place `at`.

    line: the line of the page they stand on, None for lines of their own, as they were read.
    """

    gone: frozenset[int]
    at: int
    new: tuple[Word, ...]
    line: int | None = None


def with_changes(words: Sequence[Word], changes: Sequence[Change]) -> tuple[Word, ...]:
    """Make all changes of a page at once."""
    gone = frozenset[int]().union(*(change.gone for change in changes))
    free = 1 + max((word.line for word in words), default=-1)
    done: list[Word] = []
    for at in range(len(words) + 1):
        for change in changes:
            if change.at != at or not change.new:
                continue
            if change.line is None:
                done += [replace(word, line=free + word.line) for word in change.new]
                free += 1 + max(word.line for word in change.new)
                continue
            if not change.gone and done and done[-1].line == change.line:
                done[-1] = replace(done[-1], space_after=True)
            done += [replace(word, line=change.line) for word in change.new]
        if at < len(words) and at not in gone:
            done.append(words[at])
    return without_trailing_spaces(done)


def own_numbers(words: Sequence[Word], formats: PageFormats) -> list[FoundNumber]:
    """Find the numbers of the active office that need no repair."""
    own = set(formats.own.formats)
    found = [each for line in lines_of(words) for each in find_numbers(line_text(line), formats)]
    return [each for each in found if not each.edit_count and each.matches[0].format in own]


def taken_over(
    found: Sequence[Word], formats: PageFormats, known: frozenset[str] = frozenset()
) -> tuple[Word, ...]:
    """Keep what a second reading may add to a page: numbers, their captions, and words without digits.

    Other digits are left out unless they are known to stand there: a date is found by its text alone, and a wrong one
    would speak for or against an application.
    """
    numbers = {
        id(word)
        for line in lines_of(found)
        for each in find_numbers(line_text(line), formats)
        for word in each.words
        if not holds_date(each.raw)
    }
    return tuple(
        word
        for word in found
        if not has_digit(word.text)
        or word.text in known
        or is_code(word.text)
        or (id(word) in numbers and not holds_date(word.text))
    )


def is_like_a_number(text: str) -> bool:
    """Whether a word may be a piece of a number: digits of any script, and not a date."""
    folded = normalise(text).text
    digits = sum(char.isdigit() for char in folded)
    return digits >= FEWEST_DIGITS and _DATE.fullmatch(re.sub(r"^\W+|\W+$", "", folded)) is None


def holds_date(text: str) -> bool:
    """Whether digits parted like a date's stand in a word."""
    return _DATE.search(normalise(text).text) is not None


def is_code(text: str) -> bool:
    """Whether a word is a number in brackets, as INID codes are."""
    return _CODE.fullmatch(text) is not None


def has_digit(text: str) -> bool:
    """Whether digits of any script stand in a word."""
    return any(char.isdigit() for char in text)


def overlap(one: Box, two: Box) -> bool:
    """Whether two boxes share any pixel."""
    return shared_width(one, two) > 0 and _shared(one.top_px, one.height_px, two.top_px, two.height_px) > 0


def shared_width(one: Box, two: Box) -> int:
    """Columns two boxes share; negative for the gap between them."""
    return _shared(one.left_px, one.width_px, two.left_px, two.width_px)


def mean_confidence(words: Sequence[Word]) -> float:
    """Mean over characters, 0 for none: a long word counts more than a comma."""
    letters = sum(len(word.text) for word in words)
    return sum(word.confidence * len(word.text) for word in words) / letters if letters else 0.0


def _shared(start: int, length: int, other_start: int, other_length: int) -> int:
    return min(start + length, other_start + other_length) - max(start, other_start)
