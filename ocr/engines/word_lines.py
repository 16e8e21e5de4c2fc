"""Where the spaces of a page are, and what is one word in scripts that write without them.

Words are matched against the engine's own text of the page; no space is invented.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import replace

from ocr.types import Box, Word

SEARCH_AHEAD = 200
"""Characters searched when a word does not stand where it should."""

COENG = "\u17d2"


class TextReader:
    """Walks through the text of a page, word by word."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._position = 0

    def space_follows(self, word: str) -> bool:
        """Step over a word and say whether a space stands behind it (the end of a line is none)."""
        text, position = self._text, self._position
        while position < len(text) and text[position].isspace():
            position += 1
        if not text.startswith(word, position):
            position = text.find(word, position, position + SEARCH_AHEAD)
            if position < 0:
                return True  # the engine contradicts itself; a space is the lesser harm
        self._position = position + len(word)
        return text[self._position : self._position + 1] not in {"", "\n"} and text[self._position].isspace()


def finished_words(words: Iterable[Word]) -> tuple[Word, ...]:
    """Bring an engine's words into the form promised by OcrEngine.

    Pieces that cannot stand alone are joined (Tesseract gives Thai letter by letter, and signs without
    their base), lines are numbered from 0 without gaps, no space follows the last word of a line.
    """
    joined: list[Word] = []
    for word in words:
        if joined and _belong_together(joined[-1], word):
            joined[-1] = _joined(joined[-1], word)
        else:
            joined.append(word)
    return without_trailing_spaces(joined)


def without_trailing_spaces(words: Iterable[Word]) -> tuple[Word, ...]:
    """Number lines from 0 without gaps and clear space_after at the end of every line."""
    given = list(words)
    numbers: dict[int, int] = {}
    done = []
    for position, word in enumerate(given):
        last = position + 1 == len(given) or given[position + 1].line != word.line
        line = numbers.setdefault(word.line, len(numbers))
        done.append(replace(word, line=line, space_after=word.space_after and not last))
    return tuple(done)


def text_of(words: Iterable[Word]) -> str:
    """Join words to text: a space where space_after says so, a new line per line."""
    pieces: list[str] = []
    line: int | None = None
    for word in words:
        if line is not None and word.line != line:
            pieces.append("\n")
        line = word.line
        pieces.append(word.text + (" " if word.space_after else ""))
    return "".join(pieces)


def _belong_together(first: Word, second: Word) -> bool:
    if first.line != second.line or first.space_after:
        return False
    before, after = first.text[-1], second.text[0]
    if before == COENG or unicodedata.category(after) in {"Mn", "Mc"}:
        return True
    return (_is_thai(before) and _is_thai(after)) or (_is_lao(before) and _is_lao(after))


def _is_thai(character: str) -> bool:
    return "\u0e00" <= character <= "\u0e7f"


def _is_lao(character: str) -> bool:
    return "\u0e80" <= character <= "\u0eff"


def _joined(first: Word, second: Word) -> Word:
    one, two = first.box, second.box
    left, top = min(one.left_px, two.left_px), min(one.top_px, two.top_px)
    right = max(one.left_px + one.width_px, two.left_px + two.width_px)
    bottom = max(one.top_px + one.height_px, two.top_px + two.height_px)
    lengths = len(first.text), len(second.text)
    confidence = (first.confidence * lengths[0] + second.confidence * lengths[1]) / sum(lengths)
    return replace(
        first,
        text=first.text + second.text,
        box=Box(left, top, right - left, bottom - top),
        confidence=confidence,
        space_after=second.space_after,
    )
