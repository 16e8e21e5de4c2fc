"""Where the field behind an INID code lies on a page: the words beside and below it, up to the next code.

Geometry only, in page space (level, upright). Engines part a page into lines as they like, so a cell is cut by
where words stand, not by which line they were put in.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from statistics import median

from ocr.numbers import normalise
from ocr.types import Box, Word

MAX_ROWS = 8
INDENT_SHARE = 0.35
"""A value begins at most so far right of its code, as a share of the width that is written on."""

_CODE = re.compile(r"[(\[{]([0-9LI|!OS]{2,3}(?:/[0-9]{2,3})?)[)\]}]")
_HALF_CODE = re.compile(r"[(\[{](\d{2,3})|(\d{2,3})[)\]}]")
# What recognition puts for a digit between brackets.
_AS_DIGITS = str.maketrans("LI|!OS", "111105")
_FIRST_GAP, _ROW_GAP, _PART_GAP = 6.0, 1.8, 3.0  # in heights of a usual word


@dataclass(frozen=True, slots=True)
class InidCode:
    """A code as it stands on the page. index: of its word. at_start: it begins a line or stands apart."""

    code: str
    index: int
    box: Box
    at_start: bool


@dataclass(frozen=True, slots=True)
class Cell:
    """The words of one field, row by row: first what stands behind the code, then what stands below."""

    code: InidCode
    rows: tuple[tuple[int, ...], ...]


def find_cells(words: Sequence[Word], wanted: Collection[str]) -> tuple[Cell, ...]:
    """List the cells of the wanted codes of a page in reading order; the other codes end them all the same."""
    height = usual_height(words)
    codes = _codes(words, height, wanted)
    return tuple(_cell(code, codes, words, height) for code in codes if code.code in wanted)


def usual_height(words: Sequence[Word]) -> float:
    """Height of the page's usual word, px; 1 for an empty page."""
    return max(1.0, float(median(word.box.height_px for word in words))) if words else 1.0


def _codes(words: Sequence[Word], height: float, wanted: Collection[str]) -> tuple[InidCode, ...]:
    found = []
    for index, word in enumerate(words):
        previous = words[index - 1] if index else None
        at_start = (
            previous is None
            or previous.line != word.line
            or word.box.left_px - _right(previous.box) > 2 * height
        )
        text = normalise(word.text).text
        hit = _CODE.match(text)
        if hit is not None:
            found.append(InidCode(hit[1].translate(_AS_DIGITS), index, word.box, at_start))
        elif at_start and (half := _HALF_CODE.fullmatch(text)) and (half[1] or half[2]) in wanted:
            found.append(InidCode(half[1] or half[2], index, word.box, at_start))
    return tuple(found)


def _cell(code: InidCode, codes: Sequence[InidCode], words: Sequence[Word], height: float) -> Cell:
    bounds = [each for each in codes if each.at_start and each is not code]
    left = code.box.left_px - 2 * height
    right = min(
        (each.box.left_px for each in bounds if _beside(each.box, code.box)),
        default=max(_right(word.box) for word in words) + 1,
    )
    bottom = min(
        (
            each.box.top_px
            for each in bounds
            if each.box.top_px > code.box.top_px + 0.6 * height
            and each.box.left_px < right
            and (each.box.left_px >= left or _reach(each, words, height) > code.box.left_px)
            and not _on_one_row(each.box, code.box)
        ),
        default=None,
    )
    width = max(_right(word.box) for word in words) - min(word.box.left_px for word in words)
    indent = code.box.left_px + INDENT_SHARE * width
    own = _behind(code, words, right, indent)
    rows = [own]
    last = _bottom(code.box)
    for row in _below(code, words, left, right, bottom, indent, height):
        top = min(words[index].box.top_px for index in row)
        allowed = _FIRST_GAP if len(rows) == 1 else _ROW_GAP
        if len(rows) > MAX_ROWS or top - last > allowed * height:
            break
        rows.append(row)
        last = max(_bottom(words[index].box) for index in row)
    return Cell(code, tuple(rows))


def _behind(code: InidCode, words: Sequence[Word], right: float, indent: float) -> tuple[int, ...]:
    """Words right of the code on its own row: of its line, and of others that begin close to it."""
    line = words[code.index].line
    same = [
        index
        for index, word in enumerate(words)
        if index > code.index and word.line == line and _middle(word.box) < right
    ]
    others = [
        index
        for index, word in enumerate(words)
        if word.line != line and _beside(word.box, code.box) and _middle(word.box) < right
    ]
    by_line: dict[int, list[int]] = {}
    for index in others:
        by_line.setdefault(words[index].line, []).append(index)
    near = [group for group in by_line.values() if words[group[0]].box.left_px <= indent]
    return tuple(
        sorted((*same, *(index for group in near for index in group)), key=lambda i: words[i].box.left_px)
    )


def _below(
    code: InidCode,
    words: Sequence[Word],
    left: float,
    right: float,
    bottom: int | None,
    indent: float,
    height: float,
) -> list[tuple[int, ...]]:
    """Parts of lines below the code that begin near its left edge, from the top."""
    by_line: dict[int, list[int]] = {}
    for index, word in enumerate(words):
        is_below = word.box.top_px >= _bottom(code.box) - 0.4 * height and not _on_one_row(word.box, code.box)
        is_above_next = bottom is None or _bottom(word.box) <= bottom + 0.6 * height
        if is_below and is_above_next and left <= _middle(word.box) < right:
            by_line.setdefault(word.line, []).append(index)
    rows = []
    for group in by_line.values():
        if words[group[0]].box.left_px > indent:
            continue
        rows.append(_first_part(group, words, height))
    rows.sort(key=lambda row: min(words[index].box.top_px for index in row))
    return rows


def _first_part(group: list[int], words: Sequence[Word], height: float) -> tuple[int, ...]:
    """A line up to its first wide gap, behind which another column begins."""
    part = group[:1]
    for index in group[1:]:
        if words[index].box.left_px - _right(words[part[-1]].box) > _PART_GAP * height:
            break
        part.append(index)
    return tuple(part)


def _reach(code: InidCode, words: Sequence[Word], height: float) -> int:
    """Right end, px, of what stands behind a code up to the first wide gap."""
    line = [index for index in range(code.index, len(words)) if words[index].line == words[code.index].line]
    return _right(words[_first_part(line, words, height)[-1]].box)


def _on_one_row(one: Box, other: Box) -> bool:
    shared = min(_bottom(one), _bottom(other)) - max(one.top_px, other.top_px)
    return shared > 0.5 * min(one.height_px, other.height_px)


def _beside(one: Box, other: Box) -> bool:
    return _on_one_row(one, other) and one.left_px >= _right(other)


def _right(box: Box) -> int:
    return box.left_px + box.width_px


def _bottom(box: Box) -> int:
    return box.top_px + box.height_px


def _middle(box: Box) -> float:
    return box.left_px + box.width_px / 2
