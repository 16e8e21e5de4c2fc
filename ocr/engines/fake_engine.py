"""An engine for tests that reads nothing: predictable words, or trouble on demand.

Environment, because it must reach worker processes:
FOLIODESK_FAKE_ENGINE: "words" (default), "crash", "hang", "timeout", "missing"; with the ending "_dark"
the trouble only strikes pictures darker than mid-grey, so one page of many can be the bad one.
FOLIODESK_FAKE_TEXT: a UTF-8 text file whose lines are "read" from every picture.
"""

from __future__ import annotations

import faulthandler
import os
import time
import zlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ocr.engines.protocol import EngineTimeout, RecognizeOptions
from ocr.engines.word_lines import without_trailing_spaces
from ocr.errors import EngineUnavailable
from ocr.types import Box, Word

MODE_VARIABLE = "FOLIODESK_FAKE_ENGINE"
TEXT_VARIABLE = "FOLIODESK_FAKE_TEXT"


class FakeEngine:
    """Returns words made from the picture's size and content, without looking for letters."""

    @property
    def version(self) -> str:
        """Constant: results of the fake never change."""
        return "fake 1"

    def languages(self) -> tuple[str, ...]:
        """List every language that ships, as if readable."""
        return ("eng", "fra", "ind", "khm", "lao", "tha", "vie")

    def recognize(self, image: NDArray[np.uint8], options: RecognizeOptions) -> tuple[Word, ...]:
        """Return the sidecar text's words, or four words naming the picture; see OcrEngine."""
        unknown = [name for name in options.languages if name not in self.languages()]
        if unknown or not options.languages:
            raise EngineUnavailable("language_missing", language="+".join(unknown), file="")
        self._trouble(image, options)
        lines = _lines(image)
        height, width = image.shape
        step = max(1, height // (len(lines) + 1))
        words = []
        for number, line in enumerate(lines):
            pieces = line.split()
            pitch = max(1, width // (len(pieces) + 1))
            for position, piece in enumerate(pieces):
                box = Box(position * pitch, number * step, max(1, pitch * 4 // 5), max(1, step * 4 // 5))
                words.append(Word(piece, box, 0.95, number, space_after=True, language=options.languages[0]))
        return without_trailing_spaces(words)

    def _trouble(self, image: NDArray[np.uint8], options: RecognizeOptions) -> None:
        mode, _, only_dark = os.environ.get(MODE_VARIABLE, "words").partition("_")
        if only_dark and float(image.mean()) >= 128:
            return
        match mode:
            case "crash":
                faulthandler._sigsegv()  # type: ignore[attr-defined]  # a real segmentation fault, for tests
            case "hang":
                while True:
                    time.sleep(0.1)
            case "timeout":
                raise EngineTimeout("ocr_timeout", after_s=options.timeout_s)
            case "missing":
                raise EngineUnavailable("engine_missing", retryable=True, engine="fake")
            case _:
                return


def _lines(image: NDArray[np.uint8]) -> list[str]:
    sidecar = os.environ.get(TEXT_VARIABLE)
    if sidecar:
        return [line for line in Path(sidecar).read_text(encoding="utf-8").splitlines() if line.strip()]
    height, width = image.shape
    return ["fake page", f"{width}x{height} {zlib.crc32(image.tobytes()):08x}"]
