"""Characters cut from pages, by what they were read as. No widgets here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from PySide6.QtGui import QImage

from app.domain.field_typing import latin_digits
from app.queries.characters import ReadText
from ocr.character_types import CutText


@dataclass(frozen=True, slots=True, eq=False)
class Glyph:
    """One character on a page. strip: grey picture of its whole text; span: where in it; place: in text.read.

    char: what it was read as.
    """

    id: int
    text: ReadText
    place: int
    char: str
    strip: QImage
    span: tuple[int, int]
    sureness: float


@dataclass(frozen=True, slots=True)
class GroupCount:
    """A group of look-alikes and how many of it are to be compared."""

    char: str
    count: int


def group_of(char: str) -> str:
    """Characters that ought to look alike: digits of one script, large and small letters."""
    return char.upper()


def name_of(group: str) -> str:
    """A group as it is named: a digit of another script with its Latin value beside it."""
    value = latin_digits(group)
    return group if value == group else f"{group} = {value}"


def glyphs_of(text: ReadText, cut: CutText, first_id: int) -> list[Glyph]:
    """Letters and digits of a text that nobody has compared yet."""
    strip = QImage(
        cut.pixels, cut.width_px, cut.height_px, cut.width_px, QImage.Format.Format_Grayscale8
    ).copy()
    return [
        Glyph(
            first_id + place,
            text,
            place,
            group_of(char),
            strip,
            cut.spans[place],
            text.sureness[place] if text.sureness[place] >= 0 else cut.sureness[place],
        )
        for place, char in enumerate(text.read)
        if char.isalnum() and place not in text.checked
    ]


def least_sure_first(glyphs: Iterable[Glyph]) -> list[Glyph]:
    """The order in which a group is shown."""
    return sorted(glyphs, key=lambda each: (each.sureness, each.id))


def groups_of(glyphs: Iterable[Glyph]) -> tuple[GroupCount, ...]:
    """Groups with their counts, digits first, Latin ones before those of other scripts."""
    counts: dict[str, int] = {}
    for each in glyphs:
        counts[each.char] = counts.get(each.char, 0) + 1
    ordered = sorted(counts, key=_place_of)
    return tuple(GroupCount(char, counts[char]) for char in ordered)


def _place_of(char: str) -> tuple[bool, bool, str]:
    return not char.isdecimal(), not char.isascii(), char


def beside(groups: Sequence[GroupCount], char: str, by: int) -> str:
    """The group before or behind one, round the row; "" where there is none."""
    chars = [each.char for each in groups]
    if not chars or not char:
        return chars[0] if chars else ""
    if char not in chars:
        later = [each for each in chars if _place_of(each) > _place_of(char)]
        return later[0] if later else chars[0]
    return chars[(chars.index(char) + by) % len(chars)]
