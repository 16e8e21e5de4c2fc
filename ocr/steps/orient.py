"""Which way up a page is. Pure functions over arrays; reading is a function handed in.

Most pages are upright, so a page whose lines run along its rows is first read as it is; where that reads
well nothing more is asked (a third of a page's time, otherwise spent on reading lines both ways).
Else first the axis: text lines of an upright page run along its rows. Then the direction: a few lines are
read both ways round, and the way that gives more believable words wins. An upright page must never be
turned, so a turn has to win clearly.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from ocr.steps.deskew import LineFit, LineTrial, fit_lines, try_lines
from ocr.steps.geometry import PixelImage, level, rotate_clockwise
from ocr.steps.ink import Ink
from ocr.steps.lines import Band, fullest_bands, stacked_lines
from ocr.types import Box, Turn, Word

Reader = Callable[[PixelImage], Sequence[Word]]
"""Reads a block of lines: grey picture in, words out."""

CLEAR_AXIS = 1.6
"""Ratio of line sharpness along rows and columns from which the other axis is not tried at all."""

LINES_READ = (4, 8, 12)
"""Lines per reading; most pages are settled by the first four."""

LETTER_PX = 22.0
"""Height small letters are scaled to before reading."""

LONGEST_LINE = 48.0
"""Length of what is read of a line, in heights of small letters: some fifty letters tell as much as a hundred."""

ENOUGH_LETTERS = 12.0
"""Letters, weighed by confidence, below which a reading proves nothing."""

CLEARLY_READ = 0.6
"""Share of letters believed from which a reading is settled; text upside down stays below 0.2."""

PLAINLY_READ = 0.4
"""The same for a whole page of text: upside down 0.00 to 0.16 (Thai) on 15 pages of five languages, upright
0.54 to 0.89, Lao alone 0.25."""

DOUBTFUL = 0.15
"""Confidence below which a page that may be upright is taken to be."""

TURN_ABOVE_CONFIDENCE = 0.45
"""Of 219 readings of pages with a model of their language none lay between 0.1 and 0.63, and a Hindi page, for which there
is none, at 0.27 to 0.3."""


def find_turn(grey: PixelImage, ink: Ink, read: Reader, as_it_lies: Sequence[Word] = ()) -> Turn:
    """Tell how far a page's content is turned clockwise.

    grey: uint8 at full resolution. ink: of the same picture. as_it_lies: what was read of the page as it lies,
    if it was; boxes in pixels of grey. Confidence 0 where nothing can be told.
    """
    rows, columns = fit_lines(ink, vertical=False), fit_lines(ink, vertical=True)
    if rows.sharpness <= 0 and columns.sharpness <= 0:
        return Turn(0, 0.0)
    ratio = rows.sharpness / max(columns.sharpness, 1e-9)
    evidence: dict[int, float] = {}
    if ratio > 1 / CLEAR_AXIS:
        blocks = _line_blocks(grey, ink, rows, 0)
        evidence |= _directions(blocks, 0, read, as_it_lies)
    if ratio < CLEAR_AXIS:
        evidence |= _directions(_line_blocks(grey, ink, columns, 90), 90, read)
    return _decide(evidence)


def lines_run_across(ink: Ink, rows: LineTrial | None) -> bool:
    """Tell whether text lines run along the rows rather than the columns: the page is worth reading as it is.

    rows: lines tried along the rows of the same ink.
    """
    if rows is None or rows.sharpness <= 0:
        return False
    columns = try_lines(ink, vertical=True)
    return columns is None or rows.sharpness >= columns.sharpness


def reads_upright(words: Sequence[Word]) -> bool:
    """Tell whether a page was read so well that it cannot lie any other way."""
    letters = believable_letters(words)
    if letters >= 4 * ENOUGH_LETTERS:
        return _clearly_read(words, PLAINLY_READ)
    return letters >= 2 * ENOUGH_LETTERS and _clearly_read(words, CLEARLY_READ)


def turn_to_apply(turn: Turn) -> int:
    """Return the turn worth undoing: none when it is doubtful."""
    return turn.turn_deg if turn.confidence >= TURN_ABOVE_CONFIDENCE else 0


def believable_letters(words: Sequence[Word]) -> float:
    """Weigh what was read: letters and digits of words the engine is sure of, doubtful ones not at all.

    Squared, because some scripts (Thai) read half believably upside down: 0.6 against 0.9 upright.
    """
    total = 0.0
    for word in words:
        letters = sum(character.isalnum() for character in word.text)
        if letters >= 2:
            total += letters * (max(0.0, word.confidence - 0.4) / 0.6) ** 2
    return total


def _directions(
    blocks: Iterator[_Block], turn_deg: int, read: Reader, as_it_lies: Sequence[Word] = ()
) -> dict[int, float]:
    """Read lines along one axis both ways: keys are how far the content would be turned clockwise.

    Lines are read a few at a time, fullest first, until one way has shown enough or they run out. What was read
    of them with the whole page stands for reading them again, as long as it proves that they lie upright.
    """
    upright = flipped = known = 0.0
    other = (turn_deg + 180) % 360
    for block in blocks:
        words: Sequence[Word] = _within(block.bands, as_it_lies)
        known += believable_letters(words)
        if known >= 2 * ENOUGH_LETTERS:
            if _clearly_read(words, CLEARLY_READ):
                return {turn_deg: known, other: flipped}
            flipped += believable_letters(read(rotate_clockwise(block.picture, 180)))
            if known > flipped and _is_settled(known, flipped):
                return {turn_deg: known, other: flipped}
            upright += believable_letters(read(block.picture))
        else:
            words = read(block.picture)
            upright += believable_letters(words)
            if upright >= 2 * ENOUGH_LETTERS and _clearly_read(words, CLEARLY_READ):
                break  # upside down nothing reads as well as this: the other way need not be tried
            flipped += believable_letters(read(rotate_clockwise(block.picture, 180)))
        if _is_settled(upright, flipped):
            break
    return {turn_deg: upright, other: flipped}


def _is_settled(upright: float, flipped: float) -> bool:
    shown, lead = upright + flipped, abs(upright - flipped)
    return max(upright, flipped) >= 2 * ENOUGH_LETTERS and lead >= 0.6 * shown


def _within(bands: Sequence[Band], words: Sequence[Word]) -> list[Word]:
    """Choose the words whose middle lies in one of some lines."""
    return [word for word in words if any(_holds(band, word.box) for band in bands)]


def _holds(band: Band, box: Box) -> bool:
    top, bottom, left, right = band
    across, down = box.left_px + box.width_px / 2, box.top_px + box.height_px / 2
    return left <= across < right and top <= down < bottom


def _clearly_read(words: Sequence[Word], share: float) -> bool:
    letters = sum(character.isalnum() for word in words for character in word.text)
    return believable_letters(words) >= share * max(1, letters)


def _decide(evidence: dict[int, float]) -> Turn:
    if not evidence:
        return Turn(0, 0.0)
    ranked = sorted(evidence.items(), key=lambda item: item[1], reverse=True)
    best_turn, best = ranked[0]
    rival = ranked[1][1] if len(ranked) > 1 else 0.0
    if best <= 0:
        return Turn(0, 0.0)
    clear = (best - rival) / (best + rival)
    confidence = clear * min(1.0, best / (2 * ENOUGH_LETTERS))
    if 0 in evidence and confidence < DOUBTFUL:
        best_turn = 0  # most pages are upright
    return Turn(best_turn, round(confidence, 3))


@dataclass(frozen=True, slots=True, eq=False)
class _Block:
    """Lines cut out of a page and stacked. bands: where they lie on it once it is levelled."""

    bands: tuple[Band, ...]
    picture: PixelImage


def _line_blocks(grey: PixelImage, ink: Ink, fit: LineFit, turn_deg: int) -> Iterator[_Block]:
    """Cut the fullest text lines out and stack them as blocks of a readable size."""
    upright_mask = level(rotate_clockwise(ink.mask, -turn_deg), fit.skew_deg, paper=0)
    reach_px = round(LONGEST_LINE * max(ink.height_px, 1.0))
    bands = [
        (top, bottom, left, min(right, left + reach_px))
        for top, bottom, left, right in fullest_bands(upright_mask, ink.scale)
    ]
    upright = level(rotate_clockwise(grey, -turn_deg), fit.skew_deg)
    zoom = LETTER_PX / max(ink.height_px, 1.0)
    start = 0
    for lines in LINES_READ:
        chosen = tuple(sorted(bands[start : start + lines]))
        block = stacked_lines(upright, chosen, zoom)
        start += lines
        if block is not None:
            yield _Block(chosen, block)
