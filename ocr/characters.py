"""Cuts the characters of a text out of a page's straightened picture, for people who compare look-alikes.

Runs in a worker process. The boxes of the words are split by their columns of ink: gaps first, then, where characters
touch, at the thinnest columns; parts of one character that stand apart are put together at the narrowest gap. A text
that cannot be found among the words of its page and whose ink does not count out is not cut at all: a piece that
shows another character than it is said to show would be worse than none.
"""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from ocr.character_types import CharactersTask, CutText, TextPlace
from ocr.errors import OperatorError
from ocr.patience import read_bytes
from ocr.types import Box, Word
from ocr.words_file import read_words

Grey = npt.NDArray[np.uint8]
Columns = npt.NDArray[np.int64]

STRIP_PX = 44
"""Height of a strip: a person compares shapes at that size, and a thousand strips take 20 MB."""
LARGEST_PX = 1_200
MARGIN = 0.18
"""Paper above and below, in heights of the text: ascenders and commas are no part of some boxes."""
LEAST_LINE = 0.3
"""Of the height of a strip: rows of ink that are fewer are a rule below the text, or a part of it."""
NARROWEST = 0.12
"""Of a character's usual width: ink that is narrower is a speck, or a part of its neighbour."""


def cut_characters(task: CharactersTask) -> tuple[CutText | None, ...]:
    """Cut the texts of one page; None for each that cannot be cut surely, or whose picture cannot be read."""
    content = _bytes_of(task)
    picture = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_GRAYSCALE) if content else None
    if picture is None:
        return (None,) * len(task.places)
    try:
        words, _ = read_words(task.words_path)
    except OperatorError:
        words = ()
    scale = picture.shape[1] / max(1, task.width_px)
    return tuple(_cut(np.asarray(picture, np.uint8), scale, words, place) for place in task.places)


def _bytes_of(task: CharactersTask) -> bytes:
    try:
        return read_bytes(task.viewing_path)
    except OSError:
        return b""


def _cut(picture: Grey, scale: float, words: tuple[Word, ...], place: TextPlace) -> CutText | None:
    letters = [char for char in place.text if not char.isspace()]
    found = _words_of(words, place.box, "".join(letters))
    strip_box = _around([word.box for word in found] or [place.box])
    grey, left_px = _strip(picture, strip_box, scale)
    if grey is None or not letters:
        return None
    grey = _line_of(grey)
    zoom = STRIP_PX / grey.shape[0]
    ink = _ink_columns(grey)
    spans: list[tuple[int, int]] = []
    sureness: list[float] = []
    parts = [(word.box, len(_letters(word.text)), word.confidence) for word in found]
    for box, count, sure in parts or [(place.box, len(letters), 0.0)]:
        start = max(0, round(box.left_px * scale) - left_px - 1)
        end = min(len(ink), round((box.left_px + box.width_px) * scale) - left_px + 2)
        cut = split_columns(ink[start:end], count, may_touch=bool(parts))
        if cut is None:
            return None
        spans += [(start + one, start + other) for one, other in cut]
        sureness += [sure] * count
    width = min(LARGEST_PX, max(1, round(grey.shape[1] * zoom)))
    across = width / grey.shape[1]
    small = cv2.resize(grey, (width, STRIP_PX), interpolation=cv2.INTER_AREA if zoom < 1 else cv2.INTER_CUBIC)
    placed = tuple((round(one * across), max(1, round(other * across))) for one, other in spans)
    return CutText(width, STRIP_PX, np.ascontiguousarray(small).tobytes(), placed, tuple(sureness))


def split_columns(ink: Columns, count: int, *, may_touch: bool) -> list[tuple[int, int]] | None:
    """Split columns of ink into so many characters, from left to right; None where that would be a guess.

    ink: dark pixels of each column. may_touch: it is known that so many characters stand here, so that touching ones may
    be cut apart and broken ones put together.
    """
    runs = _runs(ink > 0)
    if count <= 0 or not runs:
        return None
    usual = (runs[-1][1] - runs[0][0]) / count
    runs = _without_specks(runs, ink, usual) if len(runs) > count else runs
    if not may_touch and len(runs) != count:
        return None
    while len(runs) > count:
        gaps = [runs[at + 1][1] - runs[at][0] for at in range(len(runs) - 1)]  # as wide as both would be
        at = int(np.argmin(gaps))
        runs[at : at + 2] = [(runs[at][0], runs[at + 1][1])]
    while len(runs) < count:
        at = max(range(len(runs)), key=lambda place: runs[place][1] - runs[place][0])
        cut = _thinnest(ink, runs[at], usual)
        if cut is None:
            return None
        runs[at : at + 1] = [(runs[at][0], cut), (cut, runs[at][1])]
    return runs


def _runs(is_ink: npt.NDArray[np.bool_]) -> list[tuple[int, int]]:
    edges = np.flatnonzero(np.diff(np.concatenate(([0], is_ink.astype(np.int8), [0]))))
    return [(int(start), int(end)) for start, end in zip(edges[::2], edges[1::2], strict=True)]


def _without_specks(runs: list[tuple[int, int]], ink: Columns, usual: float) -> list[tuple[int, int]]:
    """Ink too narrow and too thin to be a character, such as dust."""
    heaviest = max(int(ink[start:end].sum()) for start, end in runs)
    kept = [
        (start, end)
        for start, end in runs
        if end - start > NARROWEST * usual or int(ink[start:end].sum()) > 0.05 * heaviest
    ]
    return kept or runs


def _thinnest(ink: Columns, run: tuple[int, int], usual: float) -> int | None:
    """Where two touching characters are best cut: the column with the least ink, not at an end."""
    start, end = run
    margin = max(2, round(0.3 * usual))
    if end - start < 2 * margin + 1:
        return None
    middle = ink[start + margin : end - margin]
    return start + margin + int(np.argmin(middle))


def _words_of(words: tuple[Word, ...], box: Box, wanted: str) -> list[Word]:
    """The words in a box that together are the text; none where they are not."""
    inside = [word for word in words if _is_inside(word.box, box)]
    lines = {word.line for word in inside}
    for line in sorted(lines):
        row = sorted((word for word in inside if word.line == line), key=lambda word: word.box.left_px)
        for start in range(len(row)):
            text = ""
            for end in range(start, len(row)):
                text += _letters(row[end].text)
                if text == wanted:
                    return row[start : end + 1]
    return []


def _is_inside(inner: Box, outer: Box) -> bool:
    across = inner.left_px + inner.width_px / 2
    down = inner.top_px + inner.height_px / 2
    return (
        outer.left_px - 2 <= across <= outer.left_px + outer.width_px + 2
        and outer.top_px - 2 <= down <= outer.top_px + outer.height_px + 2
    )


def _letters(text: str) -> str:
    return "".join(char for char in text if not char.isspace())


def _around(boxes: list[Box]) -> Box:
    left, top = min(box.left_px for box in boxes), min(box.top_px for box in boxes)
    right = max(box.left_px + box.width_px for box in boxes)
    bottom = max(box.top_px + box.height_px for box in boxes)
    return Box(left, top, right - left, bottom - top)


def _strip(picture: Grey, box: Box, scale: float) -> tuple[Grey | None, int]:
    """The piece of the picture around a text, and the column its left edge stands at."""
    margin = MARGIN * box.height_px
    top, bottom = round((box.top_px - margin) * scale), round((box.top_px + box.height_px + margin) * scale)
    left = round((box.left_px - margin) * scale)
    right = round((box.left_px + box.width_px + margin) * scale)
    top, left = max(0, top), max(0, left)
    piece = picture[top : min(picture.shape[0], bottom), left : min(picture.shape[1], right)]
    if piece.shape[0] < 6 or piece.shape[1] < 4:
        return None, left
    return np.ascontiguousarray(piece), left


def _line_of(grey: Grey) -> Grey:
    """The rows of a strip its text stands in: boxes of words are often higher, and shapes are compared at one size."""
    _, ink = cv2.threshold(grey, 0, 1, cv2.THRESH_BINARY_INV | cv2.THRESH_OTSU)
    rows = np.asarray(ink.sum(axis=1), np.int64)
    runs = _runs(rows > max(1, 0.02 * grey.shape[1]))
    if not runs:
        return grey
    start, end = max(runs, key=lambda run: int(rows[run[0] : run[1]].sum()))
    if end - start < LEAST_LINE * len(grey):
        return grey
    margin = round(MARGIN * (end - start)) + 1
    return np.ascontiguousarray(grey[max(0, start - margin) : end + margin])


def _ink_columns(grey: Grey) -> Columns:
    """Dark pixels of each column of a strip, without what is left and right of the line's own height."""
    _, ink = cv2.threshold(grey, 0, 1, cv2.THRESH_BINARY_INV | cv2.THRESH_OTSU)
    inner = ink[round(0.1 * len(ink)) : max(1, round(0.9 * len(ink)))]
    return np.asarray(inner.sum(axis=0), np.int64)
