"""What a recognition engine is: four members, frozen options, words with boxes.

Implementations: tesserocr (in this process), pytesseract (an installed Tesseract), fake (tests). One
contract test runs all of them. Engines are kept per worker process by ocr.engines.registry.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from ocr.errors import PageNeedsAttention
from ocr.types import Word


class Layout(IntEnum):
    """How the picture is laid out; the values are Tesseract's page segmentation modes."""

    PAGE = 3
    BLOCK = 6
    LINE = 7


@dataclass(frozen=True, slots=True)
class RecognizeOptions:
    """How to read one picture.

    languages: Tesseract's names, the main one first. dpi: of the picture given. timeout_s: 0 for none.
    is_uneven: paper or ink vary over the page, so the engine should tell them apart locally.
    by_symbol: each character as a word of its own, with its own box and confidence, from engines that
    know them; others give words as usual.
    """

    languages: tuple[str, ...]
    dpi: int = 300
    timeout_s: float = 0.0
    layout: Layout = Layout.PAGE
    is_uneven: bool = True
    by_symbol: bool = False


def threshold_method(options: RecognizeOptions) -> int:
    """Choose Tesseract's way to black and white: Sauvola (2) or Otsu (0).

    Sauvola halves the error on hard pages for a tenth more time; on an enlarged fax it makes letters of
    the steps between pixels (measured: 0.048 against 0.006 on a Vietnamese page).
    """
    return 2 if options.is_uneven else 0


LONGEST_SIDE_PX = 32_767
"""Side of a picture that Tesseract can count; it ends its process over a longer one."""


def require_readable(image: NDArray[np.uint8]) -> None:
    """Refuse a picture no engine can read. Raises PageNeedsAttention("too_large")."""
    height, width = image.shape
    if max(height, width) > LONGEST_SIDE_PX:
        raise PageNeedsAttention("too_large", width_px=width, height_px=height, limit_px=LONGEST_SIDE_PX)


class EngineTimeout(PageNeedsAttention):
    """Recognition took longer than allowed and was stopped; code "ocr_timeout"."""


class OcrEngine(Protocol):
    """Reads pictures. One instance serves one process and one thread."""

    @property
    def version(self) -> str:
        """Name and version, part of what makes a result reproducible."""

    def languages(self) -> tuple[str, ...]:
        """List the languages that can be read, sorted."""

    def recognize(self, image: NDArray[np.uint8], options: RecognizeOptions) -> tuple[Word, ...]:
        """Read a picture.

        image: grey uint8, (height_px, width_px), 0 = ink. Not modified.
        Returns words in reading order, boxes in pixels of the picture, lines counted from 0; the text of
        a line is exactly its words joined by a space where space_after says so.
        Raises EngineUnavailable ("engine_missing", "language_missing", "model_damaged"), EngineTimeout and
        PageNeedsAttention ("too_large") for sides of more than LONGEST_SIDE_PX.
        """
