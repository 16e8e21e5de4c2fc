"""Reads the places again where a coloured seal or stamp lies over a number or its caption.

Offices and notaries press their seals just there. The whole lines under the seal are read as one block with the
coloured ink taken away, and take the place of the first reading when more of them can be believed. A number that
appears by this is read a second time, alone and larger. It always keeps so low a confidence that it can prove nothing
by itself: it fills the place a form leaves for its number, and agrees or disagrees with the other pages. Pages without coloured ink, and seals beside the numbers, cost no reading.
Runs in worker processes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from ocr.candidates_text import (
    FoundNumber,
    PageFormats,
    line_text,
    lines_of,
    page_formats,
    union,
)
from ocr.native_digits import Rereading
from ocr.numbers_labels import labels_in
from ocr.reading import ReadingPlan, Sheet, read_block, read_strip
from ocr.steps.coloured_ink import find_stamps, sheet_colour, without_coloured_ink
from ocr.steps.geometry import PixelImage, shrink_evenly
from ocr.steps.orient import believable_letters
from ocr.steps.page_box import middle_within
from ocr.types import Box, NumberFormat, NumberRole, Word
from ocr.word_changes import (
    Change,
    has_digit,
    holds_date,
    is_like_a_number,
    overlap,
    own_numbers,
    taken_over,
    with_changes,
)

DOUBTFUL = 0.6
"""Confidence of a word under a seal below which its lines are read again."""

MOST_PIXELS = 80_000_000
"""Pixels of a page from which its seals are left alone: a page of 600 dpi has 35 millions."""

MOST_ZONES = 3
"""Zones read again on a page at most; each costs a tenth of a page."""

CONFIRMING_LETTER_PX = 28.0
"""Height of small letters in the second reading of a number: more than the page is read with."""

SURE = 0.7
"""Confidence both readings of a number must have: two that agreed on a wrong digit had 0.3."""

UNCONFIRMED = 0.2
"""Confidence a number from under a seal keeps at most, half of it where two readings differ. Taking colour away can
take a stroke of a digit, and both readings then agree surely on the wrong one (3 of 120 drawn forms): below what a proof, or a claim against one, needs (0.3)."""

LOOK_PX = 1000
"""Long side, at least, of the picture stamps are looked for on: 90 dpi on A4."""

BLACK, LEAST_PRINT = 150, 0.006
"""Grey level below which a pixel is print, and the share of a stamp that is, where it hides print: a line of large type
has 0.02 to 0.04, specks and a cut letter under 0.004."""

ALMOST = 0.9
"""Share of the letters believed before that must be believed still where a new number was read."""

RIM = 0.12
"""Share of a stamp's height, above and below, that is rim."""

MARGIN_LETTERS = 0.4
"""Paper kept above and below a zone, in heights of small letters."""


@dataclass(frozen=True, slots=True, eq=False)
class ColouredPage:
    """A page in colour. small: levelled and reduced, for a look; cut: makes a part of it, levelled, by its box.

    within: the part of the page that is read, None for all.
    """

    small: PixelImage
    cut: Callable[[Box], PixelImage]
    within: Box | None = None


def read_under_stamps(
    words: tuple[Word, ...],
    sheet: Sheet,
    page: ColouredPage,
    plan: ReadingPlan,
    formats: Sequence[NumberFormat],
) -> Rereading:
    """Put better readings in place of lines a coloured stamp was pressed on, where a number is or should be.

    page: grey pages and very large ones come back unchanged, as does everything when formats is empty.
    """
    if not formats or page.small.ndim == 2 or sheet.grey.size > MOST_PIXELS:
        return Rereading(words)
    prepared = page_formats(tuple(formats))
    if all(word.confidence >= DOUBTFUL for word in words) and any(_sure_numbers(lines_of(words), prepared)):
        return Rereading(words)
    earlier: tuple[Word, ...] = ()
    read = 0
    for stamp in _stamps(sheet, page):
        zone = _number_zone(words, stamp, sheet, page, prepared)
        if zone is None or read == MOST_ZONES:
            continue
        read += 1
        words, replaced = _read_zone(words, sheet, zone, page, plan, prepared)
        earlier += replaced
    return Rereading(words, earlier)


def _stamps(sheet: Sheet, page: ColouredPage) -> Iterator[Box]:
    small = shrink_evenly(page.small, LOOK_PX)
    scale = small.shape[1] / sheet.grey.shape[1]
    for box in find_stamps(small, sheet.dpi * scale):
        edges = (box.left_px, box.top_px, box.width_px, box.height_px)
        yield Box(*(round(edge / scale) for edge in edges))


def _number_zone(
    words: Sequence[Word], stamp: Box, sheet: Sheet, page: ColouredPage, formats: PageFormats
) -> Box | None:
    """Find the lines under a stamp, as one box, where a number is wanted and was not read for sure."""
    touched = [word for word in words if overlap(word.box, stamp)]
    if any(word.confidence < DOUBTFUL for word in touched):
        zone = _lines_under(words, stamp)
        lines = lines_of([word for word in words if middle_within(word.box, zone)])
        is_captioned = _is_captioned(lines, formats)
        if is_captioned and any(_sure_numbers(lines, formats)):
            return None
        if is_captioned or any(is_like_a_number(word.text) for word in touched):
            return zone
    # Layout analysis takes a seal over print for a picture, and what is under it is lost without a word.
    if any(_sure_numbers(lines_of(words), formats)) or not _hides_print(stamp, touched, sheet, page):
        return None
    return _rows_of(words, stamp)


def _lines_under(words: Sequence[Word], stamp: Box) -> Box:
    """The smallest box of whole lines around a stamp, so that no line is cut."""
    numbers = {word.line for word in words if overlap(word.box, stamp)}
    box = stamp
    for _ in range(4):
        box = _around([_inner(stamp), *(word.box for word in words if word.line in numbers)])
        grown = numbers | {word.line for word in words if middle_within(word.box, box)}
        if grown == numbers:
            break
        numbers = grown
    return box


def _rows_of(words: Sequence[Word], stamp: Box) -> Box | None:
    """The rows a stamp covers, as wide as what is written on the page."""
    if not words:
        return None
    every = union(words)
    inner = _inner(stamp)
    row = Box(every.left_px, inner.top_px, every.width_px, inner.height_px)
    return _around([_lines_under(words, row), row, inner])


def _hides_print(stamp: Box, touched: Sequence[Word], sheet: Sheet, page: ColouredPage) -> bool:
    """Whether black ink that no word covers is left where the coloured ink of a stamp is taken away."""
    scale = page.small.shape[1] / sheet.grey.shape[1]
    inner = _inner(stamp)
    piece = np.ascontiguousarray(page.small[_place(inner, scale)])
    if not piece.size:
        return False
    cleaned = without_coloured_ink(piece, sheet_colour(page.small))
    top, left = round(inner.top_px * scale), round(inner.left_px * scale)
    for word in touched:
        rows, columns = _place(word.box, scale)
        cleaned[
            max(0, rows.start - top) : max(0, rows.stop - top),
            max(0, columns.start - left) : max(0, columns.stop - left),
        ] = 255
    return float((cleaned < BLACK).mean()) >= LEAST_PRINT


def _place(box: Box, scale: float) -> tuple[slice, slice]:
    top, left = round(box.top_px * scale), round(box.left_px * scale)
    bottom, right = round((box.top_px + box.height_px) * scale), round((box.left_px + box.width_px) * scale)
    return slice(top, bottom), slice(left, right)


def _inner(stamp: Box) -> Box:
    """The middle rows of a stamp: its round rim reaches over lines it hardly touches."""
    rim_px = round(RIM * stamp.height_px)
    return Box(stamp.left_px, stamp.top_px + rim_px, stamp.width_px, stamp.height_px - 2 * rim_px)


def _around(boxes: Sequence[Box]) -> Box:
    left, top = min(box.left_px for box in boxes), min(box.top_px for box in boxes)
    right = max(box.left_px + box.width_px for box in boxes)
    bottom = max(box.top_px + box.height_px for box in boxes)
    return Box(left, top, right - left, bottom - top)


def _is_captioned(lines: Sequence[tuple[Word, ...]], formats: PageFormats) -> bool:
    office = formats.own.formats[0].office
    wanted = (NumberRole.APPLICATION, NumberRole.REGISTRATION)
    return any(
        label.role in wanted for line in lines for label in labels_in(line_text(line).text, office=office)
    )


def _sure_numbers(lines: Sequence[tuple[Word, ...]], formats: PageFormats) -> Iterator[FoundNumber]:
    for each in own_numbers([word for line in lines for word in line], formats):
        if min(word.confidence for word in each.words) >= DOUBTFUL:
            yield each


def _read_zone(
    words: tuple[Word, ...],
    sheet: Sheet,
    zone: Box,
    page: ColouredPage,
    plan: ReadingPlan,
    formats: PageFormats,
) -> tuple[tuple[Word, ...], tuple[Word, ...]]:
    """Read one zone; returns the words of the page and those that were replaced, none when it reads no better."""
    zone = _widened(zone, words, sheet)
    replaced = [word for word in words if middle_within(word.box, zone)]
    margin_px = round(MARGIN_LETTERS * sheet.ink.height_px)
    place = _clipped(zone, margin_px, page.within, sheet)
    cleaned = _cleaned(sheet, place, page)
    for word in words:  # of lines above and below that reach into the margin
        if not middle_within(word.box, zone):
            _cover(cleaned.grey, word.box, zone)
    found = read_block(cleaned, plan, place)
    found = tuple(word for word in found if middle_within(word.box, zone))
    before = own_numbers(replaced, formats)
    known = {each.matches[0].text: min(word.confidence for word in each.words) for each in before}
    numbers = own_numbers(found, formats)
    read = {each.matches[0].text for each in numbers}
    # Beside a new number, a word that is read a little less surely does not count.
    needed = believable_letters(replaced) * (ALMOST if read > known.keys() else 1.0)
    if not known.keys() <= read or believable_letters(found) <= needed:
        return words, ()
    # Other offices' forms count too: whatever has digits and was not read so before.
    texts = {word.text for word in replaced}
    most = {id(word): UNCONFIRMED for word in found if has_digit(word.text) and word.text not in texts}
    for each in numbers:
        is_doubted = _is_cut(each, place, sheet) or not _is_confirmed(each, cleaned, plan, formats)
        limit = UNCONFIRMED / 2 if is_doubted else UNCONFIRMED
        most |= {id(word): known.get(each.matches[0].text, limit) for word in each.words}
    new = tuple(replace(word, confidence=min(word.confidence, most.get(id(word), 1.0))) for word in found)
    kept = _kept(replaced, found, formats)
    new = _among(_taken(found, new, kept, replaced, formats), kept)
    gone = {id(word) for word in replaced}
    at = [place for place, word in enumerate(words) if id(word) in gone]
    start = at[0] if at else _place_below(words, new)
    staying = {id(word) for word in kept}
    earlier = tuple(word for word in replaced if id(word) not in staying)
    return with_changes(words, [Change(frozenset(at), start, new)]), earlier


def _kept(replaced: Sequence[Word], found: Sequence[Word], formats: PageFormats) -> tuple[Word, ...]:
    """Words of the first reading that stay: dates, digits that can be believed, and those nothing may stand for."""
    own = {id(word): each.raw for each in own_numbers(found, formats) for word in each.words}
    taken = {id(word) for word in taken_over(found, formats, frozenset(word.text for word in replaced))}
    stay = []
    for word in replaced:
        if not has_digit(word.text):
            continue
        over = [each for each in found if overlap(each.box, word.box)]
        is_held = any(word.text in (each.text, *own.get(id(each), "").split()) for each in over)
        is_part = any(word.text in own.get(id(each), "") for each in over)
        is_believed = word.confidence >= DOUBTFUL and not is_part
        if not is_held and (
            holds_date(word.text) or is_believed or any(id(each) not in taken for each in over)
        ):
            stay.append(word)
    return tuple(stay)


def _taken(
    found: Sequence[Word],
    new: Sequence[Word],
    kept: Sequence[Word],
    replaced: Sequence[Word],
    formats: PageFormats,
) -> tuple[Word, ...]:
    """Of the words found, as they are to stand on the page, those that may be taken over and lie over none kept."""
    taken = {id(word) for word in taken_over(found, formats, frozenset(word.text for word in replaced))}
    return tuple(
        word
        for each, word in zip(found, new, strict=True)
        if id(each) in taken and not any(overlap(each.box, other.box) for other in kept)
    )


def _among(new: Sequence[Word], kept: Sequence[Word]) -> tuple[Word, ...]:
    """Put words kept into the lines found, so that a caption and its date stay on one line."""
    lines = [list(line) for line in lines_of(new)]
    for word in kept:
        middle = word.box.top_px + word.box.height_px / 2
        same = (
            line
            for line in lines
            if union(line).top_px <= middle <= union(line).top_px + union(line).height_px
        )
        line = next(same, None)
        if line is None:
            line = []
            below = (at for at, other in enumerate(lines) if union(other).top_px > middle)
            lines.insert(next(below, len(lines)), line)
        line.append(word)
        line.sort(key=lambda each: each.box.left_px)
        at = next(at for at, each in enumerate(line) if each is word)
        line[at] = replace(word, space_after=True)
        if at:
            line[at - 1] = replace(line[at - 1], space_after=True)
    return tuple(replace(word, line=number) for number, line in enumerate(lines) for word in line)


def _place_below(words: Sequence[Word], new: Sequence[Word]) -> int:
    top_px = min((word.box.top_px for word in new), default=0)
    return next((at for at, word in enumerate(words) if word.box.top_px > top_px), len(words))


def _widened(zone: Box, words: Sequence[Word], sheet: Sheet) -> Box:
    """Reach from the word left of a zone to the word right of it, so that no number is cut at a stamp's edge."""
    rows = Box(0, zone.top_px, sheet.grey.shape[1], zone.height_px)
    beside = [word.box for word in words if overlap(word.box, rows) and not overlap(word.box, zone)]
    right_px = zone.left_px + zone.width_px
    left = max((box.left_px + box.width_px for box in beside if box.left_px < zone.left_px), default=0)
    right = min((box.left_px for box in beside if box.left_px >= right_px), default=rows.width_px)
    left, right = min(left, zone.left_px), max(right, right_px)
    return Box(left, zone.top_px, right - left, zone.height_px)


def _is_cut(number: FoundNumber, place: Box, sheet: Sheet) -> bool:
    """Whether a number comes so near to the end of what was read that more of it may stand beyond."""
    box, room_px = union(number.words), sheet.ink.height_px
    right_px = place.left_px + place.width_px
    return box.left_px - place.left_px < room_px or right_px - box.left_px - box.width_px < room_px


def _is_confirmed(number: FoundNumber, cleaned: Sheet, plan: ReadingPlan, formats: PageFormats) -> bool:
    """Read a number once more, character by character and larger."""
    symbols = read_strip(cleaned, plan, union(number.words), CONFIRMING_LETTER_PX)
    again = own_numbers(symbols, formats)
    if {each.matches[0].text for each in again} != {number.matches[0].text}:
        return False
    return all(word.confidence >= SURE for each in (number, *again) for word in each.words)


def _cleaned(sheet: Sheet, zone: Box, page: ColouredPage) -> Sheet:
    grey = sheet.grey.copy()
    place = np.s_[zone.top_px : zone.top_px + zone.height_px, zone.left_px : zone.left_px + zone.width_px]
    grey[place] = without_coloured_ink(np.ascontiguousarray(page.cut(zone)), sheet_colour(page.small))
    return replace(sheet, grey=grey)


def _cover(grey: PixelImage, box: Box, zone: Box) -> None:
    """Paint a word's place white, as the paper of a cleaned zone is, but nothing of the zone itself."""
    top, bottom = box.top_px, box.top_px + box.height_px
    if top < zone.top_px:
        bottom = min(bottom, zone.top_px)
    elif bottom > zone.top_px + zone.height_px:
        top = max(top, zone.top_px + zone.height_px)
    grey[top : max(top, bottom), box.left_px : box.left_px + box.width_px] = 255


def _clipped(zone: Box, margin_px: int, within: Box | None, sheet: Sheet) -> Box:
    height_px, width_px = sheet.grey.shape
    edges = within or Box(0, 0, width_px, height_px)
    left, top = max(edges.left_px, zone.left_px - margin_px), max(edges.top_px, zone.top_px - margin_px)
    right = min(edges.left_px + edges.width_px, width_px, zone.left_px + zone.width_px + margin_px)
    bottom = min(edges.top_px + edges.height_px, height_px, zone.top_px + zone.height_px + margin_px)
    return Box(left, top, max(1, right - left), max(1, bottom - top))
