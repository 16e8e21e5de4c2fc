"""What stands before the first digit of offices' numbers, by their printed forms: "KH/", "PI", "UK(E) ", "ค.".

Such a beginning may stand apart from its digits, and may hold characters that other numbers never have. Pure functions of
the forms; they run in worker processes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby, product
from math import prod

from ocr.numbers_shapes import Shape, expand
from ocr.types import NumberFormat

PLAIN = r"0-9A-Z/\\|!._=~-"
"""Characters of numbers everywhere: digits, Latin letters, separators and what is read for them."""

MOST_SPELLINGS = 200
"""Spellings of one beginning at most; a form with more says nothing of its letters."""

_PLAIN_ONLY = re.compile(rf"[{PLAIN}]*")
_DIGITS = frozenset("0123456789")
_BLOCK = 0x80
"""Scripts lie in blocks of so many characters; letters and signs of one script share its block."""


@dataclass(frozen=True, slots=True)
class Heads:
    """Beginnings of numbers. loose: may stand apart from the digits. spaced: are printed with a space behind them.

    token: finds what a number may consist of in a normalised line.
    """

    loose: frozenset[str]
    spaced: frozenset[str]
    token: re.Pattern[str]


@lru_cache(maxsize=64)
def heads_of(formats: tuple[NumberFormat, ...]) -> Heads:
    """Collect the beginnings of all forms."""
    spellings = {head for each in formats for head in _spellings(each.pattern)}
    closed = {head for head in spellings if head and not head.endswith(" ")}
    spaced = {head.rstrip() for head in spellings} - closed - {""}
    foreign = {head for head in spellings if head and not head[0].isascii()}
    odd = {head for head in spaced if not _PLAIN_ONLY.fullmatch(head)} - {head.rstrip() for head in foreign}
    parts = [
        *(_with_digits(list(of_script)) for _, of_script in groupby(sorted(foreign), key=_block_of)),
        *(re.escape(head) for head in _longest_first(odd)),
        f"[{PLAIN}]+",
    ]
    return Heads(frozenset(closed), frozenset(spaced), re.compile("|".join(parts)))


def _spellings(pattern: str) -> Iterator[str]:
    # How far a form goes on says nothing of its beginning.
    for shape in expand(re.sub(r"(?<=[\w)\]])[+*]", "", pattern)):
        head = _head(shape)
        if prod(len(slot) for slot in head) <= MOST_SPELLINGS:
            yield from ("".join(letters) for letters in product(*head))


def _head(shape: Shape) -> Shape:
    first = next((place for place, slot in enumerate(shape) if slot & _DIGITS), 0)
    return shape[:first]


def _block_of(head: str) -> int:
    return ord(head[0]) // _BLOCK


def _with_digits(heads: Sequence[str]) -> str:
    """Write beginnings in the letters of one script with the digits behind them, not within a word of that script."""
    first = _block_of(heads[0]) * _BLOCK
    spellings = "|".join(map(re.escape, _longest_first(heads)))
    return rf"(?<![{chr(first)}-{chr(first + _BLOCK - 1)}])(?:{spellings})[0-9]+(?![0-9A-Z/-])"


def _longest_first(heads: Iterable[str]) -> list[str]:
    return sorted(heads, key=lambda head: (-len(head), head))
