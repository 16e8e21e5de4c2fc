"""Where the spaces of a line are: words are matched against the line's own text, none is invented."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from ocr.types import Word


class LineReader:
    """Walks through the text of one line, word by word."""

    def __init__(self, line_text: str) -> None:
        self._rest = line_text.rstrip()

    def space_follows(self, word: str) -> bool:
        """Step over a word and say whether a space stands behind it in the line."""
        position = self._rest.find(word)
        if position < 0:
            return bool(self._rest)  # the engine contradicts itself; a space is the lesser harm
        self._rest = self._rest[position + len(word) :]
        spaced = self._rest[:1].isspace()
        self._rest = self._rest.lstrip()
        return spaced


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
