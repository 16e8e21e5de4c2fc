"""Reads doubtful Latin print again, with a recogniser of another make.

Where Tesseract is unsure of letters (carbon copies, blurred or broken print), the second one is right more often: with
every doubtful piece read again the error fell on all pages tried, see tests/benchmarks/README.md. It is believed only where
it is surer and reads every word of a number exactly as the first engine did: those stay the first engine's words, with
their boxes and confidences, also where they have no digit (the letters before a number, strokes, what touches digits).
Words taken over keep the first engine's doubt: what pages are marked for is measured
with it, and the second one is sure of itself also where both are wrong (a page with half its characters wrong: 0.60
sure by the first, 0.92 by the second). Runs in worker processes.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise

from ocr.candidates_text import union
from ocr.engines.line_reader import LineReader, LineReading
from ocr.numbers import letters_of
from ocr.reading import Sheet, read_latin
from ocr.types import Box, NumberFormat, Word
from ocr.word_changes import has_digit, mean_confidence

LATIN = frozenset({"eng", "fra", "ind"})
"""Models whose letters the second recogniser has; of Vietnamese it lacks most."""

DOUBTFUL = 0.85
"""Mean confidence of a piece from which it is left as it is."""

FEWEST_LETTERS = 2
MOST_PIECES, LONGEST_S = 80, 20.0
"""Strips of a page read again at most, the most doubtful letters first, and seconds spent on them."""

TOUCHING, PREFIX_HEIGHTS, LONGEST_PREFIX, LONGEST_JOINT = 0.25, 1.5, 5, 2
"""White up to which a word belongs to the digits beside it, in heights, and up to which one of so few characters does: the
letters before a number and strokes within it stand apart as often as not. One of at most two joins others to the digits."""

CUT_WORD = re.compile(r"[^\W\d_]?[^\W\d_A-Z]{2,}-|-[^\W\d_A-Z]{3,}")
"""A word cut at the end of a line, or the rest of one: no number for all its hyphen."""


PART_HEIGHTS, LONGEST_HEIGHTS = 1.5, 24.0
"""White that parts pieces and a piece's length, in heights of its words: longer ones cost memory, not time."""


@dataclass(frozen=True, slots=True)
class _Piece:
    """Neighbouring words of one line. numbers: which of them are of a number, by their place."""

    first: int
    words: tuple[Word, ...]
    numbers: tuple[bool, ...]

    @property
    def others(self) -> tuple[Word, ...]:
        """The words that may be read again."""
        return tuple(word for word, is_number in zip(self.words, self.numbers, strict=True) if not is_number)

    def part(self, start: int, end: int) -> _Piece:
        """Some of its words, as a piece."""
        return _Piece(self.first + start, self.words[start:end], self.numbers[start:end])


@dataclass(slots=True)
class _Strips:
    """Reads strips while there is time and number left for them; None after that."""

    sheet: Sheet
    reader: LineReader
    ends_at: float
    letters: frozenset[str]
    left: int = MOST_PIECES

    def read(self, words: Sequence[Word]) -> LineReading | None:
        if self.left <= 0 or time.monotonic() >= self.ends_at:
            return None
        self.left -= 1
        return read_latin(self.sheet.grey, self.reader, union(words))


def read_again(
    words: Sequence[Word],
    sheet: Sheet,
    reader: LineReader,
    languages: Sequence[str],
    within_s: float = LONGEST_S,
    formats: Sequence[NumberFormat] = (),
) -> tuple[Word, ...]:
    """Replace the doubtful words of a page read with Latin models alone where the second reading is surer.

    Lines, their order and the box of each piece stay as they are. What is not read within_s stays too. formats: whose
    letters are of a number wherever they stand.
    """
    if not LATIN.issuperset(languages):
        return tuple(words)
    letters = letters_of(tuple(formats))
    strips = _Strips(sheet, reader, time.monotonic() + min(within_s, LONGEST_S), letters)
    read: list[tuple[_Piece, Sequence[Word]]] = []
    for piece in sorted(_doubtful(words, letters), key=lambda piece: _doubt(piece.words), reverse=True):
        read.append((piece, _read_piece(piece, strips)))
    kept = list(words)
    # From the last to the first, so that places before a replaced piece stay valid.
    for piece, new in sorted(read, key=lambda each: each[0].first, reverse=True):
        kept[piece.first : piece.first + len(piece.words)] = new
    return tuple(kept)


def _read_piece(piece: _Piece, strips: _Strips) -> Sequence[Word]:
    """Read a piece as a whole; where that gives other numbers, what stands between them."""
    read = _surer(piece, strips)
    if read is not piece.words or not any(piece.numbers):
        return read
    words: list[Word] = []
    start = 0
    for is_number, group in groupby(piece.numbers):
        part = piece.part(start, start + len(list(group)))
        start += len(part.words)
        words += part.words if is_number or not _is_doubtful(part) else _surer(part, strips)
    return words


def _doubtful(words: Sequence[Word], letters: frozenset[str]) -> Iterator[_Piece]:
    numbers = number_words(words, letters)
    first = 0
    for at in range(1, len(words) + 1):
        if at < len(words) and _continues(words[first:at], words[at]):
            continue
        piece = _Piece(first, tuple(words[first:at]), numbers[first:at])
        if _is_doubtful(piece):
            yield piece
        first = at


def _is_doubtful(piece: _Piece) -> bool:
    others = piece.others
    return _letters(others) >= FEWEST_LETTERS and mean_confidence(others) < DOUBTFUL


def number_words(words: Sequence[Word], letters: frozenset[str]) -> tuple[bool, ...]:
    """Tell which words are or may be of a number, and are never replaced. letters: those of letters_of."""
    told = [_is_of_number(word.text, letters) for word in words]
    # Forwards and backwards, for a stroke may stand between letters and digits.
    for order in (range(len(words)), range(len(words) - 1, -1, -1)):
        last: int | None = None
        for at in order:
            if last is not None and told[last] and not told[at]:
                told[at] = _belongs(words[at], words[last])
            last = at
    return tuple(told)


def _is_of_number(text: str, letters: frozenset[str]) -> bool:
    if has_digit(text) or not any(map(str.isalpha, text)):
        return True
    if CUT_WORD.fullmatch(text):
        return False
    return text[0] in "/-" or text[-1] in "/-" or re.sub(r"^\W+|\W+$", "", text) in letters


def _belongs(word: Word, number: Word) -> bool:
    if word.line != number.line or not (has_digit(number.text) or len(number.text) <= LONGEST_JOINT):
        return False
    one, two = word.box, number.box
    height = max(one.height_px, two.height_px)
    white = max(one.left_px - two.left_px - two.width_px, two.left_px - one.left_px - one.width_px)
    reach = PREFIX_HEIGHTS if len(word.text) <= LONGEST_PREFIX else TOUCHING
    return white <= reach * height


def _continues(piece: Sequence[Word], word: Word) -> bool:
    last = piece[-1]
    if word.line != last.line:
        return False
    height = max(last.box.height_px, word.box.height_px)
    white = word.box.left_px - last.box.left_px - last.box.width_px
    length = word.box.left_px + word.box.width_px - piece[0].box.left_px
    return -height < white <= PART_HEIGHTS * height and length <= LONGEST_HEIGHTS * height


def _surer(piece: _Piece, strips: _Strips) -> Sequence[Word]:
    old = piece.words
    read = strips.read(old)
    if read is None:
        return old
    length = sum(map(str.isalnum, read.text))
    if read.confidence <= mean_confidence(old) or not 2 * length > _letters(old) > length / 2:
        return old
    texts = read.text.split()
    if len(texts) == len(old):
        return _one_by_one(piece, texts, strips.letters)
    numbers = [word for word, is_number in zip(old, piece.numbers, strict=True) if is_number]
    told = [_is_of_number(text, strips.letters) for text in texts]
    if [text for text, is_number in zip(texts, told, strict=True) if is_number] != [
        word.text for word in numbers
    ]:
        return old  # also where something without digits belongs to a number: which of the words is it?
    doubt = min(word.confidence for word in piece.others)
    of_numbers = iter(numbers)
    words = [
        replace(next(of_numbers), space_after=True)
        if is_number
        else Word(text, box, doubt, old[0].line, True, old[0].language)
        for text, is_number, box in zip(texts, told, _boxes(union(old), read), strict=True)
    ]
    return [*words[:-1], replace(words[-1], space_after=old[-1].space_after)]


def _one_by_one(piece: _Piece, texts: Sequence[str], letters: frozenset[str]) -> Sequence[Word]:
    """Replace each word by the one read in its place, which is as doubtful as it was; none where a number differs."""
    words = []
    for word, is_number, text in zip(piece.words, piece.numbers, texts, strict=True):
        if (is_number and text != word.text) or (not is_number and _is_of_number(text, letters)):
            return piece.words
        words.append(word if is_number else replace(word, text=text, space_after=True))
    return [*words[:-1], replace(words[-1], space_after=piece.words[-1].space_after)]


def _boxes(whole: Box, read: LineReading) -> list[Box]:
    """Part a piece's box between its words, in the middle of the white between their nearest letters."""
    spans = list(_spans(read.text))
    edges = [0.0]
    for (_, end), (start, _) in pairwise(spans):
        edges.append((read.places[end - 1] + read.places[start]) / 2)
    edges.append(1.0)
    at = [whole.left_px + round(edge * whole.width_px) for edge in edges]
    # The white itself, about a fifth of a height, belongs to neither.
    white = whole.height_px // 10
    boxes = []
    for number in range(len(spans)):
        left = at[number] + (white if number else 0)
        right = at[number + 1] - (white if number + 1 < len(spans) else 0)
        boxes.append(Box(left, whole.top_px, max(1, right - left), whole.height_px))
    return boxes


def _spans(text: str) -> Iterator[tuple[int, int]]:
    """Start and end of each word."""
    start = 0
    for word in text.split():
        start = text.index(word, start)
        yield start, start + len(word)
        start += len(word)


def _doubt(words: Sequence[Word]) -> float:
    return (1 - mean_confidence(words)) * _letters(words)


def _letters(words: Sequence[Word]) -> int:
    return sum(char.isalnum() for word in words for char in word.text)
