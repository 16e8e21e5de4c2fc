"""Reads doubtful Latin print again, with a recogniser of another make.

Where Tesseract is unsure of letters (carbon copies, blurred or broken print), the second one is right more often: with
every doubtful piece read again the error fell on all pages tried, see tests/benchmarks/README.md. It is believed only where
it is surer and reads every word with a digit exactly as the first engine did: what is a number stays the first engine's
word, with its box and confidence. Words taken over keep the first engine's doubt: what pages are marked for is measured
with it, and the second one is sure of itself also where both are wrong (a page with half its characters wrong: 0.60
sure by the first, 0.92 by the second). Runs in worker processes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise

from ocr.candidates_text import union
from ocr.engines.line_reader import LineReader, LineReading
from ocr.reading import Sheet, read_latin
from ocr.types import Box, Word

LATIN = frozenset({"eng", "fra", "ind"})
"""Models whose letters the second recogniser has; of Vietnamese it lacks most."""

DOUBTFUL = 0.85
"""Mean confidence of a piece from which it is left as it is."""

FEWEST_LETTERS = 2
MOST_PIECES = 80
"""Pieces of a page read again at most, the most doubtful letters first."""

PART_HEIGHTS, LONGEST_HEIGHTS = 1.5, 24.0
"""White that parts pieces and a piece's length, in heights of its words: longer ones cost memory, not time."""


@dataclass(frozen=True, slots=True)
class _Piece:
    """Neighbouring words of one line: words[first:end]."""

    first: int
    end: int


def read_again(
    words: Sequence[Word], sheet: Sheet, reader: LineReader, languages: Sequence[str]
) -> tuple[Word, ...]:
    """Replace the doubtful words of a page read with Latin models alone where the second reading is surer.

    Lines, their order and the box of each piece stay as they are.
    """
    if not LATIN.issuperset(languages):
        return tuple(words)
    pieces = sorted(_doubtful(words), key=lambda piece: _doubt(words[piece.first : piece.end]), reverse=True)
    kept = list(words)
    # From the last to the first, so that places before a replaced piece stay valid.
    for piece in sorted(pieces[:MOST_PIECES], key=lambda each: each.first, reverse=True):
        old = words[piece.first : piece.end]
        kept[piece.first : piece.end] = _read_piece(old, sheet, reader)
    return tuple(kept)


def _read_piece(old: Sequence[Word], sheet: Sheet, reader: LineReader) -> Sequence[Word]:
    """Read a piece as a whole; where that gives other numbers, what stands between them."""
    read = _surer(old, read_latin(sheet.grey, reader, union(old)))
    if read is not old or not _has_digit(old):
        return read
    words: list[Word] = []
    for is_number, part in groupby(old, key=lambda word: _has_digit((word,))):
        between = list(part)
        if not is_number and _is_doubtful(between):
            words += _surer(between, read_latin(sheet.grey, reader, union(between)))
        else:
            words += between
    return words


def _doubtful(words: Sequence[Word]) -> Iterator[_Piece]:
    first = 0
    for at in range(1, len(words) + 1):
        if at < len(words) and _continues(words[first:at], words[at]):
            continue
        piece = words[first:at]
        if _is_doubtful(piece):
            yield _Piece(first, at)
        first = at


def _is_doubtful(piece: Sequence[Word]) -> bool:
    others = [word for word in piece if not _has_digit((word,))]
    return _letters(others) >= FEWEST_LETTERS and _confidence(others) < DOUBTFUL


def _continues(piece: Sequence[Word], word: Word) -> bool:
    last = piece[-1]
    if word.line != last.line:
        return False
    height = max(last.box.height_px, word.box.height_px)
    white = word.box.left_px - last.box.left_px - last.box.width_px
    length = word.box.left_px + word.box.width_px - piece[0].box.left_px
    return -height < white <= PART_HEIGHTS * height and length <= LONGEST_HEIGHTS * height


def _surer(old: Sequence[Word], read: LineReading) -> Sequence[Word]:
    texts = read.text.split()
    letters = sum(map(str.isalnum, read.text))
    if read.confidence <= _confidence(old) or not 2 * letters > _letters(old) > letters / 2:
        return old
    numbers = [word for word in old if _has_digit((word,))]
    if [word.text for word in numbers] != [text for text in texts if any(map(str.isdigit, text))]:
        return old
    boxes = [word.box for word in old] if len(texts) == len(old) else _boxes(union(old), read)
    confidence = _confidence(old)
    words = [
        Word(text, box, confidence, old[0].line, True, old[0].language)
        for text, box in zip(texts, boxes, strict=True)
    ]
    of_numbers = iter(numbers)
    words = [replace(next(of_numbers), space_after=True) if _has_digit((word,)) else word for word in words]
    return [*words[:-1], replace(words[-1], space_after=old[-1].space_after)]


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


def _doubt(piece: Sequence[Word]) -> float:
    return (1 - _confidence(piece)) * _letters(piece)


def _confidence(piece: Sequence[Word]) -> float:
    """Mean over characters: a long word counts more than a comma."""
    length = sum(len(word.text) for word in piece)
    return sum(word.confidence * len(word.text) for word in piece) / max(1, length)


def _letters(piece: Sequence[Word]) -> int:
    return sum(char.isalnum() for word in piece for char in word.text)


def _has_digit(words: Sequence[Word]) -> bool:
    return any(char.isdigit() for word in words for char in word.text)
