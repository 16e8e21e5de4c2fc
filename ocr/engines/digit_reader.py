"""The reader of Lao and Thai digits, for single words: the engine's Lao model knows none of them, its Thai model five of ten.

A small network over the shapes of marks (ocr.steps.glyphs), made by installer/prepare_digit_model.py. Kept per worker
process by ocr.engines.registry.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ocr.engines.models import DIGIT_MODEL, shipped_file
from ocr.errors import EngineUnavailable
from ocr.steps.geometry import PixelImage
from ocr.steps.glyphs import FEATURES, STROKES, Glyph, cut_glyphs, describe

__all__ = ["DIGIT_MODEL", "OTHER", "SLASH", "ZEROS", "DigitReader", "load_digit_reader", "packed"]

ZEROS = {"lao": "\u0ed0", "tha": "\u0e50"}
"""The digit 0 of each script that can be read, by its model's name."""

SLASH, OTHER = 10, 11
"""Classes beyond the ten digits: a stroke between them, and all that is neither."""

MOST_MARKS = 24
"""Marks of a word at most; longer ones are no numbers."""

FIRST_MARKS = 3
"""Where so many first marks are surely no digits, the rest of a word is not looked at."""

SURE, FEWEST_SURE = 0.6, 0.5
"""From which on a mark is surely what it is likest, and the share of a word's marks that must be: among sure digits a doubtful
mark is the digit it is likest."""

LIKEST, LEAST_DIGIT = 0.8, 0.02
"""What the likest digit of a doubtful mark must have of all digits together, and how likely it must be a digit at all."""

FEWEST_ALIKE = 2
"""Looks, at usual strokes and at thin and bold ones, that must show the same number of marks."""

SEPARATOR, LOW, FLAT = 0.5, 0.7, 1.4
"""Height of a mark, in small letters, under which it parts digits; where on the line full stops and commas stand; how much
wider than high a dash is."""

_PARTS = ("hidden", "hidden_bias", "last", "last_bias")

Weights = tuple[NDArray[np.float32], ...]


@dataclass(frozen=True, slots=True)
class DigitReading:
    """What stands in a word. digits: in the digits of the script. confidence: of its least sure digit, 0..1."""

    text: str
    confidence: float


class DigitReader:
    """Reads words of digits of one script each. One instance serves one process."""

    def __init__(self, content: bytes) -> None:
        """content: what packed() made. Raises ValueError and the like where it is not whole."""
        with np.load(io.BytesIO(content), allow_pickle=False) as stored:
            self._weights = {
                script: tuple(np.asarray(stored[f"{script}_{part}"], np.float32) for part in _PARTS)
                for script in ZEROS
            }
        for hidden, hidden_bias, last, last_bias in self._weights.values():
            shapes = (FEATURES, *hidden_bias.shape), (*hidden_bias.shape, OTHER + 1), (OTHER + 1,)
            if (hidden.shape, last.shape, last_bias.shape) != shapes:
                raise ValueError("weights of another shape")

    def read(
        self, strip: PixelImage, letter_px: float, inside: tuple[int, int, int, int], script: str
    ) -> DigitReading | None:
        """Read a strip of one word; None where anything but digits of the script and what parts them stands there.

        strip: grey, dark on light, with some paper and what else stands around. letter_px: height of the page's small
        letters. inside: left, top, right and bottom of the word on the strip.
        """
        usual = self._cut(strip, letter_px, inside, STROKES[0])
        if not usual or self._is_hopeless(usual, script):
            return None
        looks = [usual, *(self._cut(strip, letter_px, inside, stroke) for stroke in STROKES[1:])]
        alike = [glyphs for glyphs in looks if len(glyphs) == len(usual)]
        if len(alike) < FEWEST_ALIKE or any(_signs(glyphs) != _signs(usual) for glyphs in alike):
            return None
        likely = np.mean([self._likely(glyphs, script) for glyphs in alike], axis=0)
        return _told(usual, likely, ZEROS[script])

    def _cut(
        self, strip: PixelImage, letter_px: float, inside: tuple[int, int, int, int], stroke: float
    ) -> list[Glyph]:
        glyphs = cut_glyphs(strip, letter_px, inside, stroke)
        return glyphs if len(glyphs) <= MOST_MARKS and _stand_apart(glyphs) else []

    def _is_hopeless(self, glyphs: Sequence[Glyph], script: str) -> bool:
        """Look at the first marks only: most words are no digits."""
        tall = [glyph for glyph in glyphs if glyph.height >= SEPARATOR][:FIRST_MARKS]
        return not tall or all(self._classes(describe(glyph), script)[OTHER] > SURE for glyph in tall)

    def _likely(self, glyphs: Sequence[Glyph], script: str) -> NDArray[np.float32]:
        """How likely each tall mark is each class: (marks, classes)."""
        rows = [self._classes(describe(glyph), script) for glyph in glyphs if glyph.height >= SEPARATOR]
        return np.array(rows, np.float32)

    def _classes(self, mark: NDArray[np.float32], script: str) -> NDArray[np.float32]:
        hidden, hidden_bias, last, last_bias = self._weights[script]
        scores = np.maximum(mark @ hidden + hidden_bias, 0) @ last + last_bias
        likely = np.exp(scores - scores.max())
        return np.asarray(likely / likely.sum(), np.float32)


def load_digit_reader(directory: Path) -> DigitReader | None:
    """Load the model of a directory; None where it has none. Raises EngineUnavailable("model_damaged")."""
    content = shipped_file(directory, DIGIT_MODEL)
    if content is None:
        return None
    try:
        return DigitReader(content)
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as exc:
        raise EngineUnavailable("model_damaged", retryable=True, language="", file=DIGIT_MODEL) from exc


def packed(models: Mapping[str, Weights]) -> bytes:
    """Write the weights of all scripts as one file, the same bytes for the same weights."""
    arrays: dict[str, Any] = {
        f"{script}_{part}": weights.astype(np.float16)
        for script, parts in models.items()
        for part, weights in zip(_PARTS, parts, strict=True)
    }
    stream = io.BytesIO()
    np.savez_compressed(stream, **arrays)
    return stream.getvalue()


def _stand_apart(glyphs: Sequence[Glyph]) -> bool:
    """Whether no mark stands above another, as signs of letters do."""
    for at, glyph in enumerate(glyphs[1:]):
        before = glyphs[at]
        shared = min(before.left + before.width, glyph.left + glyph.width) - glyph.left
        is_stroke = (
            max(before.height, glyph.height) >= SEPARATOR and min(before.height, glyph.height) >= SEPARATOR
        )
        if shared > (0.6 if is_stroke else 0.3) * min(before.width, glyph.width):
            return False
    return True


def _signs(glyphs: Sequence[Glyph]) -> list[str | None]:
    """What parts the digits: None for each mark as high as a digit, "" for one that is nothing."""
    bottom = max(
        (glyph.middle + glyph.height / 2 for glyph in glyphs if glyph.height >= SEPARATOR), default=0.0
    )
    return [None if glyph.height >= SEPARATOR else _separator(glyph, bottom) for glyph in glyphs]


def _told(glyphs: Sequence[Glyph], likely: NDArray[np.float32], zero: str) -> DigitReading | None:
    """Say what stands there; None where not all of it can be digits."""
    digits = likely[:, :OTHER]
    together = digits.sum(axis=1, keepdims=True)
    signs = _signs(glyphs)
    if (together < LEAST_DIGIT).any() or "" in signs:
        return None
    share = digits / together
    if (digits.max(axis=1) >= SURE).mean() < FEWEST_SURE or (share.max(axis=1) < LIKEST).any():
        return None
    tall = iter(share.argmax(axis=1))
    text = ""
    for sign in signs:
        best = SLASH if sign else int(next(tall))
        text += sign or ("/" if best == SLASH else chr(ord(zero) + best))
    if not text.strip("/.,-" + zero):
        return None
    return DigitReading(text, float(digits.max(axis=1).min()))


def _separator(glyph: Glyph, bottom: float) -> str:
    if glyph.width >= FLAT * glyph.height:
        return "-" if glyph.middle < bottom - 0.2 else ""
    if bottom - glyph.middle > LOW - SEPARATOR + 0.2:
        return ""
    return "," if glyph.height > 1.5 * glyph.width else "."
