"""Gives the recogniser a page with straight lines where they bend on paper; boxes come back to the page as it is.

Runs in worker processes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ocr.reading import Sheet
from ocr.steps.curl import Curl, bent_back, find_curl, flattened
from ocr.steps.ink import find_ink
from ocr.types import Word


@dataclass(frozen=True, slots=True, eq=False)
class FlatSheet:
    """What is handed to the recogniser. curl: how the page itself bends, None for a flat one."""

    sheet: Sheet
    curl: Curl | None = None

    def on_page(self, words: Sequence[Word]) -> tuple[Word, ...]:
        """Put the words read where they stand on the page itself."""
        curl, shape = self.curl, self.sheet.grey.shape
        if curl is None:
            return tuple(words)
        return tuple(replace(word, box=bent_back(word.box, curl, (shape[0], shape[1]))) for word in words)


def flat_sheet(sheet: Sheet) -> FlatSheet:
    """Flatten a page whose lines bend for sure; every other is read as it is."""
    curl = find_curl(sheet.ink, sheet.tilt_deg)
    if curl is None or not curl.pays:
        return FlatSheet(sheet)
    grey = flattened(sheet.grey, curl)
    return FlatSheet(Sheet(grey, find_ink(grey), sheet.dpi, is_one_bit=sheet.is_one_bit), curl)
