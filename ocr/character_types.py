"""Work order and answer for cutting the characters of texts out of a page, as they cross the process boundary."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ocr.types import Box


@dataclass(frozen=True, slots=True)
class TextPlace:
    """A text as it was read, and where it stands in page space. Spaces in it mean nothing."""

    text: str
    box: Box


@dataclass(frozen=True, slots=True)
class CharactersTask:
    """Texts of one page. viewing_path: its straightened picture; words_path: its words, for their boxes.

    width_px, height_px: size of page space.
    """

    viewing_path: Path
    words_path: Path
    width_px: int
    height_px: int
    places: tuple[TextPlace, ...]


@dataclass(frozen=True, slots=True)
class CutText:
    """One text cut into its characters. pixels: grey, row by row, width_px by height_px.

    spans: left and right of each character that is no space, in px of the strip. sureness: of the word each stands in.
    """

    width_px: int
    height_px: int
    pixels: bytes
    spans: tuple[tuple[int, int], ...]
    sureness: tuple[float, ...]
