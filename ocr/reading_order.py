"""Puts the words of tables and forms in the order a person reads them: row by row, the entry beside its caption.

The engine finds blocks and reads one after the other: right for columns of prose (0.98 to 1.00 of neighbouring words kept
beside each other, cutting the page ourselves gave no more), wrong where captions stand far from their entries. It reads
all captions first, then all entries, and the codes of a bibliographic page before their texts. So only such rows are
looked for: the page is cut as by the XY-cut (Nagy and Seth, 1984) into bands and, where white runs down between lines
that stand beside each other, into strips. Strips whose lines stand on one height are the cells of rows, other strips
are columns. Rows the engine read in columns are read row by row instead; all else keeps its order. Words are only put
in another order: none is joined, and a line of the engine is parted only where something else is read between its
parts. Measured by tests/benchmarks/reading_order.py. Runs in worker processes.
"""

from __future__ import annotations

import math
import re
import statistics
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, pairwise

from ocr.engines.word_lines import without_trailing_spaces
from ocr.types import Word

# Lengths are in heights of the page's usual word (em).
PART_EM = 1.5
"""White between two words of a line from which they may belong to two columns; a typewriter's space is 1.2."""

GUTTER_EM = 1.0
"""Narrowest white between two strips."""

LEVEL_EM = 0.4
"""How far apart the middles of two pieces on one height may lie."""

BACK_EM = 1.0
"""How far up the page the engine must have gone back within rows; less is a line that is not quite level."""

BESIDE_SHARE = 0.5
"""Share of the shorter strip's height that must lie beside the other one."""

TIED_SHARE = 0.6
"""Share of the lines of the strip with fewer of them that must be level with a line beside them in a row."""

FEWEST_TIED = 0.25
"""Lines of the sparser strip to those of the other from which they can be captions; fewer are notes in a margin."""

PROSE_LINES, PROSE_LETTERS, PROSE_EM = 4, 16, 25.0
"""Running text: so many lines, and half of them with so many letters, or the longest so wide."""

SECTION_EM = 4.0
"""White across the whole region that ends columns and rows alike."""

ROW_SHARE, ROW_PITCH = 0.6, 0.8
"""A row starts at a height where so many of the strips have a line; or two have one, and the line above lies as far off
as lines of the region usually do: the second lines of two entries lie closer."""

SURE, FEWEST_LETTERS = 0.3, 3
"""A piece read with less confidence and of fewer letters is no evidence of where columns are."""

MOST_PIECES = 3000
"""A page with more is noise, or a list so dense that any order serves; the densest typescript has a tenth."""

_INID_CODE = re.compile(r"\(?\d{2,3}\)")


@dataclass(frozen=True, slots=True, eq=False)
class _Piece:
    """Neighbouring words of one line of the engine. place: in the engine's order; middle, half: of its height."""

    words: tuple[Word, ...]
    place: int
    left: float
    right: float
    middle: float
    half: float


_Pieces = list[_Piece]


@dataclass(frozen=True, slots=True, order=True)
class _Span:
    """A stretch across the page without a gutter, and how far its pieces reach down it."""

    left: float
    right: float
    top: float
    bottom: float


@dataclass(slots=True)
class _Group:
    """Bands that share white. spans, gutters: of all of its pieces, kept because every band below asks for them."""

    pieces: _Pieces
    spans: list[_Span]
    gutters: list[float]


def in_reading_order(words: Sequence[Word]) -> tuple[Word, ...]:
    """Order the words of a levelled page; boxes, texts and confidences stay what they are."""
    letters = [word.box.height_px for word in words if any(map(str.isalnum, word.text))]
    if len(letters) < 2:
        return tuple(words)
    em = float(statistics.median(letters))
    pieces = _pieces(words, em)
    if len(pieces) > MOST_PIECES:
        return tuple(words)
    evident = [piece for piece in pieces if _is_evident(piece)]
    ordered = _with_rows(evident, em)
    followers: dict[int, _Pieces] = {}
    known = {piece.place for piece in evident}
    before = -1
    for piece in pieces:  # what is no evidence stays behind what the engine read before it
        if piece.place in known:
            before = piece.place
        else:
            followers.setdefault(before, []).append(piece)
    whole = list(followers.get(-1, []))
    for piece in ordered:
        whole += [piece, *followers.get(piece.place, [])]
    return _numbered(whole)


def _pieces(words: Sequence[Word], em: float) -> _Pieces:
    parts: list[list[Word]] = []
    for word in words:
        last = parts[-1][-1] if parts else None
        if last is None or word.line != last.line or _gap(last, word) > PART_EM * em:
            parts.append([])
        parts[-1].append(word)
    return [_piece(tuple(part), place, em) for place, part in enumerate(parts)]


def _gap(first: Word, second: Word) -> int:
    return second.box.left_px - first.box.left_px - first.box.width_px


def _piece(words: tuple[Word, ...], place: int, em: float) -> _Piece:
    height = statistics.median(word.box.height_px for word in words)
    return _Piece(
        words,
        place,
        min(word.box.left_px for word in words),
        max(word.box.left_px + word.box.width_px for word in words),
        statistics.median(word.box.top_px + word.box.height_px / 2 for word in words),
        # The core of a line: descenders and the next line's ascenders must not make one of two lines.
        0.3 * min(height, 2 * em),
    )


def _is_evident(piece: _Piece) -> bool:
    letters = sum(char.isalnum() for word in piece.words for char in word.text)
    return letters >= FEWEST_LETTERS or max(word.confidence for word in piece.words) >= SURE


def _with_rows(pieces: _Pieces, em: float) -> _Pieces:
    """Keep the engine's order but for rows, which stand where it read the first piece of them."""
    blocks = [block for block in _rows_within(pieces, em) if _goes_up(block, em)]
    inside = {piece.place for block in blocks for piece in block}
    blocks += [[piece] for piece in pieces if piece.place not in inside]
    blocks.sort(key=lambda block: min(piece.place for piece in block))
    return [piece for block in blocks for piece in block]


def _goes_up(block: _Pieces, em: float) -> bool:
    """Tell whether the engine went back up the page within rows: read line by line, they need no help."""
    read = sorted(block, key=lambda piece: piece.place)
    return any(after.middle < before.middle - BACK_EM * em for before, after in pairwise(read))


def _rows_within(pieces: _Pieces, em: float) -> Iterator[_Pieces]:
    """Find the parts of a region that are rows, each in reading order: its bands, those that share white as one."""
    groups: list[_Group] = []
    for band in _bands(pieces):
        here = _group(band, em)
        joined = _joined(groups[-1], here, em) if groups else None
        if joined is None:
            groups.append(here)
        else:
            groups[-1] = joined
    for group in groups:
        if group.gutters:
            yield from _rows_across(_strips(group.pieces, group.gutters), em)


def _group(pieces: _Pieces, em: float) -> _Group:
    spans = _spans((_Span(piece.left, piece.right, *_height(piece)) for piece in pieces), em)
    return _Group(pieces, spans, _gutters(spans, em))


def _joined(group: _Group, band: _Group, em: float) -> _Group | None:
    """Add a band that has the same strips as those above it, or neither has any; None where it has others."""
    if min(span.top for span in band.spans) - max(span.bottom for span in group.spans) > SECTION_EM * em:
        return None
    spans = _spans((*group.spans, *band.spans), em)
    gutters = _gutters(spans, em)
    above, here = len(group.gutters), len(band.gutters)
    # A wide space in a line looks like white between strips; that it ends below it says nothing.
    if (above or here) and len(gutters) < (min(above, here) or max(above, here)):
        return None
    group.pieces.extend(band.pieces)
    return _Group(group.pieces, spans, gutters)


def _bands(pieces: _Pieces) -> list[_Pieces]:
    """Cut at every height no piece reaches."""
    bands: list[_Pieces] = []
    bottom = -math.inf
    for piece in sorted(pieces, key=lambda each: each.middle - each.half):
        if piece.middle - piece.half > bottom:
            bands.append([])
        bands[-1].append(piece)
        bottom = max(bottom, piece.middle + piece.half)
    return bands


def _spans(spans: Iterable[_Span], em: float) -> list[_Span]:
    """Join what is not parted by a gutter's white, from the left."""
    joined: list[_Span] = []
    for span in sorted(spans):
        if joined and span.left - joined[-1].right < GUTTER_EM * em:
            last = joined[-1]
            top, bottom = _both((last.top, last.bottom), (span.top, span.bottom))
            joined[-1] = _Span(last.left, max(last.right, span.right), top, bottom)
        else:
            joined.append(span)
    return joined


def _gutters(spans: Sequence[_Span], em: float) -> list[float]:
    """Find white that runs down the whole region between pieces that stand beside each other."""
    reaches = [(span.top, span.bottom) for span in spans]
    before = list(accumulate(reaches, _both))
    after = list(accumulate(reversed(reaches), _both))[::-1]
    return [
        (left.right + right.left) / 2
        for number, (left, right) in enumerate(pairwise(spans))
        if _beside(before[number], after[number + 1], em)
    ]


def _beside(first: tuple[float, float], second: tuple[float, float], em: float) -> bool:
    (top, bottom), (other_top, other_bottom) = first, second
    shared = min(bottom, other_bottom) - max(top, other_top) + em
    return shared >= BESIDE_SHARE * (min(bottom - top, other_bottom - other_top) + em)


def _height(piece: _Piece) -> tuple[float, float]:
    return piece.middle - piece.half, piece.middle + piece.half


def _both(first: tuple[float, float], second: tuple[float, float]) -> tuple[float, float]:
    return min(first[0], second[0]), max(first[1], second[1])


def _strips(pieces: _Pieces, gutters: Sequence[float]) -> list[_Pieces]:
    bounds = [-math.inf, *gutters, math.inf]
    return [[piece for piece in pieces if low < piece.left < high] for low, high in pairwise(bounds)]


def _rows_across(strips: list[_Pieces], em: float) -> Iterator[_Pieces]:
    """Take strips tied by rows together; the others are columns, which may hold rows again."""
    columns = [[strips[0]]]
    for strip in strips[1:]:
        if _is_tied(columns[-1], strip, em):
            columns[-1].append(strip)
        else:
            columns.append([strip])
    for column in columns:
        if len(column) == 1:
            yield from _rows_within(column[0], em)
        elif not _is_two_tables(column, em):
            yield _by_rows(column, em)


def _is_two_tables(strips: list[_Pieces], em: float) -> bool:
    """Tell whether the engine read two tables beside each other, such as those of two facing pages, one after the other."""
    for cut in range(2, len(strips) - 1):
        left, right = ([piece for strip in part for piece in strip] for part in (strips[:cut], strips[cut:]))
        is_apart = max(piece.place for piece in left) < min(piece.place for piece in right)
        if is_apart and not _goes_up(left, em) and not _goes_up(right, em):
            return True
    return False


def _is_tied(before: list[_Pieces], strip: _Pieces, em: float) -> bool:
    """Tell whether a strip continues the rows of those before it.

    An INID code begins an entry and never ends one, so a second strip of codes is a second column.
    """
    if _has_codes(strip) and any(map(_has_codes, before)):
        return False
    first, second = _heights(before[-1], em), _heights(strip, em)
    few, many = sorted((first, second), key=len)
    is_prose = _is_prose(before[-1], em), _is_prose(strip, em)
    if all(is_prose) or (any(is_prose) and len(few) < FEWEST_TIED * len(many)):
        return False
    level = sum(_has_line(many, height, em) for height in few)
    return level >= TIED_SHARE * len(few)


def _has_codes(strip: _Pieces) -> bool:
    codes = sum(bool(_INID_CODE.match(piece.words[0].text)) for piece in strip)
    return codes >= 2 and codes >= len(strip) / 4


def _heights(pieces: Iterable[_Piece], em: float) -> list[float]:
    """Heights at which lines stand."""
    heights: list[float] = []
    for middle in sorted(piece.middle for piece in pieces):
        if not heights or middle - heights[-1] > LEVEL_EM * em:
            heights.append(middle)
    return heights


def _has_line(heights: Sequence[float], height: float, em: float) -> bool:
    at = bisect_left(heights, height - LEVEL_EM * em)
    return at < len(heights) and heights[at] <= height + LEVEL_EM * em


def _is_prose(strip: _Pieces, em: float) -> bool:
    letters = statistics.median(sum(len(word.text) for word in piece.words) for piece in strip)
    is_broad = max(piece.right for piece in strip) - min(piece.left for piece in strip) >= PROSE_EM * em
    return len(strip) >= PROSE_LINES and (letters >= PROSE_LETTERS or is_broad)


def _by_rows(strips: list[_Pieces], em: float) -> _Pieces:
    """Read cell by cell: a row starts at a height where most strips have a line, further lines belong to its cells."""
    starts = list(_row_starts(strips, em))
    cells: dict[tuple[int, int], _Pieces] = defaultdict(list)
    for column, strip in enumerate(strips):
        for piece in strip:
            cells[bisect_right(starts, piece.middle), column].append(piece)
    return [piece for place in sorted(cells) for piece in _by_lines(cells[place], em)]


def _by_lines(cell: _Pieces, em: float) -> _Pieces:
    heights = _heights(cell, em)

    return sorted(cell, key=lambda piece: (bisect_right(heights, piece.middle), piece.left))


def _row_starts(strips: list[_Pieces], em: float) -> Iterator[float]:
    """Find where rows start: most strips have a line there, or two have one at some distance below the last."""
    every = [_heights(strip, em) for strip in strips]
    heights = _heights((piece for strip in strips for piece in strip), em)
    usual = statistics.median([below - above for above, below in pairwise(heights)] or [0.0])
    for above, height in pairwise([-math.inf, *heights]):
        here = sum(_has_line(lines, height, em) for lines in every)
        if here >= 2 and (here >= ROW_SHARE * len(strips) or height - above >= ROW_PITCH * usual):
            yield height - LEVEL_EM * em


def _numbered(pieces: _Pieces) -> tuple[Word, ...]:
    """Number lines anew: pieces of one line of the engine stay one where nothing came between them."""
    words: list[Word] = []
    line, last = -1, None
    for piece in pieces:
        if last is None or piece.words[0].line != last.words[0].line or piece.place != last.place + 1:
            line += 1
        words += [replace(word, line=line) for word in piece.words]
        last = piece
    return without_trailing_spaces(words)
