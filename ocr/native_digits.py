"""Reads numbers again whose digits are of the office's own script behind a Latin beginning.

A model of two languages decides word by word which script a word is, so "KH/P/២០១៨/០០៤១៧" loses either
its letters or its digits. Such a word is cut out and read by each model alone; the letters are taken from
the Latin reading, the digits from two local readings at different sizes that must agree.
Runs in worker processes.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from ocr.candidates_text import PageFormats, find_numbers, line_text, lines_of, page_formats, union
from ocr.numbers import match_prepared, normalise
from ocr.types import Box, NumberFormat, Word

READABLE_ZEROS = {"khm": "\u17e0"}
"""Models that know all ten digits of their script, by its zero (59 of 60 drawn numbers read, none wrong).

The Lao model knows none of its digits, the Thai one only five: numbers in them cannot be read again.
"""

LATIN = "eng"

LETTER_PX = (20.0, 28.0)
"""Heights of small letters the two local readings are made at."""

LATIN_LETTER_PX = 22.0

MIN_CONFIDENCE = 0.7
"""Weakest character of a reading that is believed; true digits are read with 0.97 and more."""

MIN_LENGTH, MIN_SLASHES = 8, 2

MOST_WORDS = 12
"""Words read again on a page at most: three short strips each."""

StripReader = Callable[[Box, tuple[str, ...], float], Sequence[Word]]
"""Reads one strip of the page by characters: box in page space, languages, height of small letters."""


@dataclass(frozen=True, slots=True)
class Rereading:
    """The page's words with those read again in place; earlier: the words that were replaced."""

    words: tuple[Word, ...]
    earlier: tuple[Word, ...] = ()


@dataclass(frozen=True, slots=True)
class _Part:
    """What stands between two slashes, with its weakest character."""

    text: str
    confidence: float


def reread_numbers(
    words: Sequence[Word],
    formats: Sequence[NumberFormat],
    languages: Sequence[str],
    read: StripReader,
) -> Rereading:
    """Put better readings in place of words that look like a number of the office but fit no format.

    A reading counts only when it fits a format of the active office whole, without repairs. Pages in
    other scripts come back unchanged.
    """
    local = next((name for name in languages if name in READABLE_ZEROS), None)
    if local is None or not formats:
        return Rereading(tuple(words))
    prepared = page_formats(tuple(formats))
    better: dict[int, Word] = {}
    places = {id(word): place for place, word in enumerate(words)}
    for run in list(_unreadable_runs(words, prepared))[:MOST_WORDS]:
        found = _read_again(run, local, prepared, read)
        if found is not None:
            better[places[id(run[0])]] = found
            for word in run[1:]:
                better[places[id(word)]] = replace(word, text="")
    kept = tuple(better.get(place, word) for place, word in enumerate(words))
    earlier = tuple(word for place, word in enumerate(words) if place in better)
    return Rereading(tuple(word for word in kept if word.text), earlier)


def _unreadable_runs(words: Sequence[Word], formats: PageFormats) -> Iterator[tuple[Word, ...]]:
    """Find words, or pieces joined at a slash, that are shaped like a number but fit no format cleanly."""
    for line in lines_of(words):
        numbers = find_numbers(line_text(line), formats)
        settled = {id(word) for each in numbers if not each.edit_count for word in each.words}
        for run in _runs(line):
            text = normalise("".join(word.text for word in run)).text
            is_shaped = len(text) >= MIN_LENGTH and text.count("/") >= MIN_SLASHES
            is_shaped &= not all(char.isdigit() or char == "/" for char in text)  # a date
            if is_shaped and not any(id(word) in settled for word in run):
                yield run


def _runs(line: tuple[Word, ...]) -> Iterator[tuple[Word, ...]]:
    """Join neighbours at a slash that no real gap parts."""
    run: list[Word] = []
    for word in line:
        if run and not _touches(run[-1], word):
            yield tuple(run)
            run = []
        run.append(word)
    if run:
        yield tuple(run)


def _touches(left: Word, right: Word) -> bool:
    gap = right.box.left_px - left.box.left_px - left.box.width_px
    at_slash = normalise(left.text[-1]).text == "/" or normalise(right.text[0]).text == "/"
    return at_slash and gap <= 0.6 * min(left.box.height_px, right.box.height_px)


def _read_again(run: tuple[Word, ...], local: str, formats: PageFormats, read: StripReader) -> Word | None:
    box = union(run)
    first, second = (_parts(read(box, (local,), height_px)) for height_px in LETTER_PX)
    digits = _agreed_digits(first, second, READABLE_ZEROS[local])
    if not digits:
        return None
    latin = _parts(read(box, (LATIN,), LATIN_LETTER_PX))
    lengths = [len(first), len(second), len(latin)]
    for count in range(len(latin) - 1, 0, -1):
        head = latin[:count]
        # A letter may look like a digit ("P" like "៦"), so the digits may begin later than they seem to.
        for tail in (digits[start:] for start in range(len(digits))):
            if lengths.count(count + len(tail)) < 2 or not _are_letters(head):
                continue
            parts = (*head, *tail)
            text = "/".join(part.text for part in parts)
            confidence = min(part.confidence for part in parts)
            if confidence >= MIN_CONFIDENCE and match_prepared(normalise(text), formats.own, repair=False):
                return _as_word(run, box, text, confidence, local)
    return None


def _as_word(run: tuple[Word, ...], box: Box, text: str, confidence: float, language: str) -> Word:
    return replace(
        run[0],
        text=text,
        box=box,
        confidence=round(confidence, 4),
        space_after=run[-1].space_after,
        language=language,
    )


def _agreed_digits(first: tuple[_Part, ...], second: tuple[_Part, ...], zero: str) -> tuple[_Part, ...]:
    """The parts of native digits both readings end with."""
    pairs = zip(reversed(_native_tail(first, zero)), reversed(_native_tail(second, zero)), strict=False)
    agreed: list[_Part] = []
    for one, two in pairs:
        if one.text != two.text:
            break
        agreed.insert(0, _Part(one.text, min(one.confidence, two.confidence)))
    return tuple(agreed)


def _native_tail(parts: tuple[_Part, ...], zero: str) -> tuple[_Part, ...]:
    tail: list[_Part] = []
    for part in reversed(parts):
        if not part.text or not all(0 <= ord(char) - ord(zero) <= 9 for char in part.text):
            break
        tail.insert(0, part)
    return tuple(tail)


def _are_letters(parts: tuple[_Part, ...]) -> bool:
    return all(part.text.isascii() and part.text.isalpha() and len(part.text) <= 4 for part in parts)


def _parts(symbols: Sequence[Word]) -> tuple[_Part, ...]:
    """Split a reading at its slashes; characters share the confidence of what they were read with."""
    parts = [_Part("", 1.0)]
    for symbol in symbols:
        for char in symbol.text:
            if normalise(char).text == "/":
                parts.append(_Part("", 1.0))
            elif unicodedata.category(char) != "Cf":
                last = parts[-1]
                parts[-1] = _Part(last.text + char, min(last.confidence, symbol.confidence))
    return tuple(parts)
