"""The invisible text of a page: where each recognised word goes, and what the page's text is.

The rule of a page's text: words joined by a space where `space_after` says so and by nothing otherwise, lines
by a line feed. The layer is laid out so that readers, which rebuild text from positions, find exactly that:
all words of a line share one baseline and size, run strictly left to right, each at least a point wide, and
a word without a space after it is stretched to the next one, because readers turn gaps into spaces.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from statistics import median

from app.packaging.geometry import PageFrame
from app.packaging.glyphless import GlyphlessFont, clusters, printable
from ocr.types import Word

MIN_WIDTH_PT = 1.0
MIN_HEIGHT_PT = 1.0
FONT_KEY = "/FoliodeskText"
_BREAKS = re.compile("[\t\n\v\f\r\x1c-\x1f\x85\u2028\u2029]+")


@dataclass(frozen=True, slots=True)
class Run:
    """One word or one space on the page, in points from the page's left edge."""

    text: str
    left_pt: float
    width_pt: float


@dataclass(frozen=True, slots=True)
class TextLine:
    """One line: its text by the rule, its runs, its lower edge and its height in points."""

    text: str
    runs: tuple[Run, ...]
    bottom_pt: float
    height_pt: float


def page_text(words: Sequence[Word]) -> str:
    """Return the text of a page by the rule, without what cannot be printed (see glyphless.printable)."""
    return "\n".join(text for text in map(_line_text, _by_line(words)) if text)


def lay_out(words: Sequence[Word], frame: PageFrame) -> tuple[TextLine, ...]:
    """Place the words of a page; boxes are in page space. Lines without printable text are left out."""
    placed = (_place(line, frame) for line in _by_line(words))
    return tuple(line for line in placed if line is not None)


def draw(lines: Sequence[TextLine], font: GlyphlessFont) -> bytes:
    """Return the content stream operators that put the lines on the page, invisibly."""
    if not lines:
        return b""
    parts = ["BT\n3 Tr\n"]
    for line in lines:
        parts.append(f"{FONT_KEY} {_number(line.height_pt)} Tf\n")
        for run in line.runs:
            # Each code is one em wide, so the horizontal scale alone makes the run fill its box.
            scale = 100.0 * run.width_pt / (len(clusters(run.text)) * line.height_pt)
            parts.append(
                f"{_number(scale)} Tz 1 0 0 1 {_number(run.left_pt)} {_number(line.bottom_pt)} Tm "
                f"<{font.encode(run.text).hex().upper()}> Tj\n"
            )
    parts.append("ET\n")
    return "".join(parts).encode("ascii")


def _by_line(words: Sequence[Word]) -> list[list[Word]]:
    kept = [word for word in words if _word_text(word)]
    # A stable sort: reading order within a line is the engine's word.
    return [
        list(group)
        for _, group in groupby(sorted(kept, key=lambda word: word.line), key=lambda word: word.line)
    ]


def _line_text(line: Sequence[Word]) -> str:
    last = len(line) - 1
    return "".join(
        _word_text(word) + (" " if word.space_after and index < last else "")
        for index, word in enumerate(line)
    )


def _word_text(word: Word) -> str:
    # Only breaks become spaces here; no-break and zero-width spaces are text and stay.
    return re.sub(" +", " ", printable(_BREAKS.sub(" ", word.text))).strip(" ")


def _place(line: Sequence[Word], frame: PageFrame) -> TextLine | None:
    text = _line_text(line)
    if not text:
        return None
    scale = frame.points_per_px
    top_px, bottom_px = _vertical_extent(line)
    height_pt = max(MIN_HEIGHT_PT, (bottom_px - top_px) * scale)
    bottom_pt = frame.height_px * scale - bottom_px * scale
    runs: list[Run] = []
    # Never left of what is already placed: readers would break the line or swap the words.
    edge_pt = line[0].box.left_px * scale
    for index, word in enumerate(line):
        left_pt = max(edge_pt, word.box.left_px * scale)
        right_pt = max(left_pt + MIN_WIDTH_PT, (word.box.left_px + word.box.width_px) * scale)
        following = line[index + 1] if index + 1 < len(line) else None
        if following is not None:
            next_pt = following.box.left_px * scale
            if word.space_after:
                right_pt = max(left_pt + MIN_WIDTH_PT, min(right_pt, next_pt - MIN_WIDTH_PT))
                edge_pt = max(next_pt, right_pt + MIN_WIDTH_PT)
                runs.append(Run(_word_text(word), left_pt, right_pt - left_pt))
                runs.append(Run(" ", right_pt, edge_pt - right_pt))
                continue
            right_pt = max(left_pt + MIN_WIDTH_PT, next_pt)
        runs.append(Run(_word_text(word), left_pt, right_pt - left_pt))
        edge_pt = right_pt
    return TextLine(text, tuple(runs), bottom_pt, height_pt)


def _vertical_extent(line: Sequence[Word]) -> tuple[float, float]:
    """Return upper and lower edge of a line in pixels, unmoved by a stray tall box."""
    tops = [word.box.top_px for word in line]
    bottoms = [word.box.top_px + word.box.height_px for word in line]
    usual = median(bottom - top for top, bottom in zip(tops, bottoms, strict=True))
    if max(bottoms) - min(tops) <= 2 * max(usual, 1):
        return min(tops), max(bottoms)
    return median(tops), max(median(bottoms), median(tops) + 1)


def _number(value: float) -> str:
    """Write a real as PDF wants it: no exponent, four decimals, no trailing zeros."""
    return f"{value:.4f}".rstrip("0").rstrip(".") or "0"
