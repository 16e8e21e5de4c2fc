"""The invisible text of a page: where each recognised word goes, and what the page's text is.

The rule of a page's text: words joined by a space where `space_after` says so and by nothing otherwise, lines
by a line feed. The layer is laid out so that readers, which rebuild text from positions, find exactly that:
all words of a line share one baseline and size, run strictly left to right, each at least a point wide; a
word without a space after it is stretched to the next one, because readers turn gaps into spaces; a narrow
space ends every line, because readers join lines that stand side by side.
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
# Of the line's height. A rule read as one dash may be as wide as the page; readers judge by the width of a
# character which lines belong together, so no character may be much wider than high.
WIDEST_CLUSTER = 1.5
# pdfium asks for 0.8 of the breadth.
SURELY_HORIZONTAL = 0.85
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
    lines: list[TextLine] = []
    for words_of_line in _by_line(words):
        line = _place(words_of_line, frame)
        if line is not None:
            lines.append(_kept_apart(line, lines[-1]) if lines else line)
    return tuple(lines)


def stack(words: Sequence[Word], frame: PageFrame) -> tuple[TextLine, ...]:
    """Place the lines of a page one under the other from the top, whatever their boxes say.

    For pages whose boxes lie so wildly over each other that no reader finds the lines again: the text stays
    exact and can be searched, its place on the page is only approximate.
    """
    texts = [text for text in map(_line_text, _by_line(words)) if text]
    pitch_pt = frame.height_pt / (len(texts) + 1)
    height_pt = min(12.0, pitch_pt * 0.8)
    widest = max((len(clusters(text)) for text in texts), default=1)
    cluster_pt = min(height_pt / 2, frame.width_pt * 0.9 / (widest + 1))
    left_pt = frame.width_pt * 0.05
    return tuple(
        TextLine(
            text,
            (
                Run(text, left_pt, cluster_pt * len(clusters(text))),
                Run(" ", left_pt + cluster_pt * len(clusters(text)), cluster_pt),
            ),
            frame.height_pt - pitch_pt * (index + 1),
            height_pt,
        )
        for index, text in enumerate(texts)
    )


def draw(lines: Sequence[TextLine], font: GlyphlessFont, width_pt: float) -> bytes:
    """Return the content stream operators that put the lines on a page of that width, invisibly."""
    if not lines:
        return b""
    parts = ["BT\n3 Tr\n"]
    for line in [*lines, *_horizon(lines, width_pt)]:
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


def _horizon(lines: Sequence[TextLine], width_pt: float) -> tuple[TextLine, ...]:
    """Return a row of tiny spaces along the page's foot where readers might take the text for vertical.

    pdfium (cpdf_textpage, FindTextlineFlowOrientation) reads top to bottom when the text covers little of
    its own breadth: narrow columns, a page of single digits.
    """
    runs = sorted((run.left_pt, run.left_pt + run.width_pt) for line in lines for run in line.runs)
    covered_pt, reached_pt = 0.0, runs[0][0]
    for left_pt, right_pt in runs:
        covered_pt += max(0.0, right_pt - max(left_pt, reached_pt))
        reached_pt = max(reached_pt, right_pt)
    extent_pt = reached_pt - runs[0][0]
    tallest_pt = max(line.height_pt for line in lines)
    if covered_pt > SURELY_HORIZONTAL * extent_pt and extent_pt > 4 * tallest_pt:
        return ()
    spaces = Run(" " * max(1, round(width_pt / 2)), 0.0, width_pt)
    return (TextLine("", (spaces,), 0.0, MIN_HEIGHT_PT),)


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
    return TextLine(text, _place_runs(line, scale, height_pt), bottom_pt, height_pt)


def _place_runs(line: Sequence[Word], scale: float, height_pt: float) -> tuple[Run, ...]:
    """Set words and spaces from left to right without gaps or overlaps."""
    runs: list[Run] = []
    # Never left of what is already placed: readers would break the line or swap the words.
    edge_pt = line[0].box.left_px * scale
    for index, word in enumerate(line):
        text = _word_text(word)
        left_pt = max(edge_pt, word.box.left_px * scale)
        right_pt = (word.box.left_px + word.box.width_px) * scale
        has_next = index + 1 < len(line)
        next_pt = line[index + 1].box.left_px * scale if has_next else right_pt
        if has_next and not word.space_after:
            right_pt = next_pt
        elif has_next:
            right_pt = min(right_pt, next_pt - MIN_WIDTH_PT)
        widest_pt = max(MIN_WIDTH_PT, WIDEST_CLUSTER * height_pt * len(clusters(text)))
        edge_pt = left_pt + min(widest_pt, max(MIN_WIDTH_PT, right_pt - left_pt))
        if runs and not line[index - 1].space_after:
            left_pt = runs[-1].left_pt + runs[-1].width_pt
            edge_pt = max(edge_pt, left_pt + MIN_WIDTH_PT)
        runs.append(Run(text, left_pt, edge_pt - left_pt))
        if has_next and word.space_after:
            left_pt, edge_pt = edge_pt, max(next_pt, edge_pt + MIN_WIDTH_PT)
            runs.append(Run(" ", left_pt, edge_pt - left_pt))
    runs.append(Run(" ", edge_pt, MIN_WIDTH_PT))
    return tuple(runs)


def _kept_apart(line: TextLine, before: TextLine) -> TextLine:
    """Move a line so far up or down that readers take it for a new line, not for a part of the one before.

    pdfium (cpdf_textpage, ProcessTextObject) takes two runs for one line, and sorts them from left to right,
    when their baselines differ by half the "width" of the wider of the touching characters or less, where
    width is the mean of the character's width and height.
    """
    distance_pt = max(_reach(before.runs[-1], before), _reach(line.runs[0], line)) + MIN_WIDTH_PT / 4
    shift_pt = line.bottom_pt - before.bottom_pt
    if abs(shift_pt) > distance_pt:
        return line
    wanted_pt = before.bottom_pt + (distance_pt if shift_pt > 0 else -distance_pt)
    return TextLine(line.text, line.runs, wanted_pt, line.height_pt)


def _reach(run: Run, line: TextLine) -> float:
    return (run.width_pt / len(clusters(run.text)) + line.height_pt) / 4


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
