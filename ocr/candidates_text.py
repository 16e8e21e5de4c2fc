"""Lines of recognised words as normalised text, and the number-like tokens in them.

A number may be one word, several words, or part of a word of a script without spaces; each token therefore
knows the words it came from. Runs in worker processes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import groupby

from ocr.numbers import (
    MIN_REAL_DIGITS,
    FormatMatch,
    FormatSet,
    Normalised,
    match_prepared,
    normalise,
    prepare_formats,
)
from ocr.numbers_heads import Heads, heads_of
from ocr.types import Box, Edit, NumberFormat, Word

MAX_ATOMS = 9
MAX_TOKEN_LENGTH = 30

_DIGIT = re.compile("[0-9]")
_LONGEST_PREFIX = 5
_EDGES = "._=~!|\\-/"


@dataclass(frozen=True, slots=True)
class LineText:
    """One text line. text: normalised; word_at[i]: index in words of the character text[i], -1 for a space."""

    words: tuple[Word, ...]
    raw: str
    normalised: Normalised
    word_at: tuple[int, ...]

    @property
    def text(self) -> str:
        """The normalised text of the whole line."""
        return self.normalised.text


@dataclass(frozen=True, slots=True)
class FoundNumber:
    """A token that fits at least one format.

    start, end: in the line's normalised text. continues: the next token could belong to it too, so the
    number may be cut short.
    """

    line: LineText
    start: int
    end: int
    raw: str
    matches: tuple[FormatMatch, ...]
    space_edits: int
    continues: bool = False

    @property
    def words(self) -> tuple[Word, ...]:
        """The words the token touches."""
        indices = sorted({index for index in self.line.word_at[self.start : self.end] if index >= 0})
        return tuple(self.line.words[index] for index in indices)

    @property
    def edit_count(self) -> int:
        """Characters repaired, bridged spaces included."""
        return len(self.matches[0].edits)


@dataclass(frozen=True, slots=True)
class _Atom:
    start: int
    end: int
    text: str


def lines_of(words: Sequence[Word]) -> tuple[tuple[Word, ...], ...]:
    """Group words into their lines, in reading order."""
    return tuple(tuple(group) for _, group in groupby(words, key=lambda word: word.line))


def has_digit(words: Sequence[Word]) -> bool:
    """Tell whether any script's digit stands in the line; lines without one hold no number."""
    return any(char.isdecimal() for word in words for char in word.text)


def line_text(words: tuple[Word, ...]) -> LineText:
    """Join and normalise a line, remembering which word each character came from."""
    parts: list[str] = []
    raw_word_at: list[int] = []
    for index, word in enumerate(words):
        parts.append(word.text)
        raw_word_at.extend([index] * len(word.text))
        if word.space_after and index + 1 < len(words):
            parts.append(" ")
            raw_word_at.append(-1)
    raw = "".join(parts)
    normalised = normalise(raw)
    return LineText(words, raw, normalised, tuple(raw_word_at[at] for at in normalised.positions))


def find_numbers(line: LineText, formats: PageFormats) -> tuple[FoundNumber, ...]:
    """Find the tokens of a line that fit a format; clean and long readings win where two overlap.

    Characters are repaired only towards the first format's office: repaired towards all, amounts and
    telephone numbers turn into some other country's number.
    """
    found: list[FoundNumber] = []
    atoms = [
        _Atom(hit.start(), hit.end(), hit.group())
        for hit in formats.heads.token.finditer(line.text)
        if not _is_inid_code(line.text, hit)
    ]
    for first, atom in enumerate(atoms):
        if len(atom.text) > _LONGEST_PREFIX and not _DIGIT.search(atom.text) and "/" not in atom.text:
            continue  # an ordinary word
        found.extend(_windows(line, atoms, first, formats))
    found.sort(key=lambda each: (each.edit_count, -(each.end - each.start)))
    kept: list[FoundNumber] = []
    for each in found:
        overlapping = [
            at for at, other in enumerate(kept) if each.start < other.end and other.start < each.end
        ]
        if not overlapping:
            kept.append(each)
        elif each.start == kept[overlapping[0]].start and each.end > kept[overlapping[0]].end:
            kept[overlapping[0]] = replace(kept[overlapping[0]], continues=True)
    return tuple(sorted(kept, key=lambda each: each.start))


@dataclass(frozen=True, slots=True)
class PageFormats:
    """What to look for on a page. own: the active office's formats, the only ones characters are repaired to.

    heads: what numbers of all offices begin with.
    """

    every: FormatSet
    own: FormatSet
    heads: Heads


@lru_cache(maxsize=64)
def page_formats(formats: tuple[NumberFormat, ...]) -> PageFormats:
    """Prepare formats; the active office is that of the first one."""
    own = tuple(each for each in formats if each.office == formats[0].office)
    return PageFormats(prepare_formats(formats), prepare_formats(own), heads_of(formats))


@dataclass(frozen=True, slots=True)
class PageLine:
    """A line with its box and its normalised text, made once per page."""

    words: tuple[Word, ...]
    box: Box


def page_lines_of(words: Sequence[Word]) -> tuple[PageLine, ...]:
    """Group words into lines with their boxes, in reading order."""
    return tuple(PageLine(line, union(line)) for line in lines_of(words))


def union(words: Sequence[Word]) -> Box:
    """The smallest box around some words."""
    left = min(word.box.left_px for word in words)
    top = min(word.box.top_px for word in words)
    right = max(word.box.left_px + word.box.width_px for word in words)
    bottom = max(word.box.top_px + word.box.height_px for word in words)
    return Box(left, top, right - left, bottom - top)


def _windows(line: LineText, atoms: list[_Atom], first: int, formats: PageFormats) -> Iterator[FoundNumber]:
    token = ""
    spaces: list[int] = []
    for last in range(first, min(len(atoms), first + MAX_ATOMS)):
        if last > first:
            joint = _joint(line.text, (atoms[last - 1], atoms[last]), token, formats.heads)
            if joint is None:
                return
            if joint == "digits":
                spaces.append(len(token))
            elif joint == "kept":
                token += " "
        token += atoms[last].text
        if len(token) > MAX_TOKEN_LENGTH:
            return
        found = _fit_token(line, atoms[first].start, atoms[last].end, token, spaces, formats)
        if found is not None:
            yield found


def _fit_token(
    line: LineText, start: int, end: int, token: str, spaces: list[int], formats: PageFormats
) -> FoundNumber | None:
    leading = len(token) - len(token.lstrip(_EDGES))
    trimmed = token.strip(_EDGES)
    if len(_DIGIT.findall(trimmed)) < MIN_REAL_DIGITS or _is_part_of_amount(line.text, start, end):
        return None
    trailing = len(token) - leading - len(trimmed)
    start, end = start + leading, end - trailing
    positions = _positions(line, start, end, trimmed)
    token_here = Normalised(line.raw, trimmed, positions)
    matches = match_prepared(token_here, formats.every, repair=False)
    if not matches and not trimmed.isdigit():
        matches = match_prepared(token_here, formats.own, repair=True)
    if not matches:
        return None
    bridged = tuple(Edit(at - leading, " ", "") for at in spaces if 0 < at - leading < len(trimmed))
    if bridged:
        matches = tuple(replace(each, edits=each.edits + bridged) for each in matches)
    raw_positions = line.normalised.positions
    raw_end = raw_positions[end] if end < len(raw_positions) else len(line.raw)
    return FoundNumber(
        line=line,
        start=start,
        end=end,
        raw=line.raw[raw_positions[start] : raw_end].strip(),
        matches=matches,
        space_edits=len(bridged),
        continues=trailing > 0 and token[-1] in "/-",
    )


def _positions(line: LineText, start: int, end: int, token: str) -> tuple[int, ...]:
    """Raw positions of the token's characters; spaces it skips are left out, one it adds stands at what follows."""
    places: list[int] = []
    at = start
    for char in token:
        here = line.text.find(char, at, end)
        if char == " " and here != at:
            here = at - 1
        if here < start:
            break
        places.append(line.normalised.positions[max(here, at) if char == " " else here])
        at = here + 1
    return tuple(places)


def _joint(text: str, pair: tuple[_Atom, _Atom], token: str, heads: Heads) -> str | None:
    """Say how two tokens may belong together: "free", "kept" (with a space), "digits" (an edit), or not."""
    left, right = pair
    gap = text[left.end : right.start]
    if gap.strip() or len(gap) > 3:
        return None
    if token in heads.spaced:
        return "kept"
    if left.text[-1] in "/-" or right.text[0] in "/-":
        return "free"
    if left.text in heads.loose and right.text[0].isdigit():
        return "free"
    if left.text[-1].isdigit() and right.text[0].isdigit() and len(token) > 4:
        return "digits"
    return None


def _is_inid_code(text: str, hit: re.Match[str]) -> bool:
    return hit.end() - hit.start() <= 3 and text[hit.start() - 1 : hit.start()] in ("(", "[", "{")


def _is_part_of_amount(text: str, start: int, end: int) -> bool:
    """Digits between thousands or decimal marks are an amount ("1,250,000.00")."""
    before, after = text[max(0, start - 2) : start], text[end : end + 2]
    return bool(re.fullmatch(r"\d[,.]", before) or re.fullmatch(r"[,.]\d", after))
