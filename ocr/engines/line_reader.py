"""The second recogniser, for single lines of Latin letters: PP-OCRv6's small one, run by OpenCV.

It reads faint and blurred print better than Tesseract, knows no other script, finds no lines by itself and takes some
40 ms for a line. Kept per worker process by ocr.engines.registry. The model is made by installer/prepare_line_model.py.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.engines.models import LINE_LETTERS, LINE_MODEL, shipped_file
from ocr.errors import EngineUnavailable
from ocr.steps.geometry import PixelImage

HEIGHT_PX = 48
"""Height of the strips the model was trained on."""

LEAST_READ_PX = 160
"""Width up to which strips are lengthened by their last column. After one under some 128 pixels a wider one ended the process
with OpenCV's binaries for Windows, as seen under Wine."""

WIDEST_PX, NARROWEST_PX = 1600, 16
"""Bounds of a strip's width at that height, for memory; longer ones are squeezed."""


@dataclass(frozen=True, slots=True)
class LineReading:
    """What stands on a strip. confidences: one a letter, 0..1. places: its middle, as a share of the strip's width."""

    text: str
    confidences: tuple[float, ...]
    places: tuple[float, ...]

    @property
    def confidence(self) -> float:
        """Mean over the letters, 0 for none."""
        return sum(self.confidences) / len(self.confidences) if self.confidences else 0.0


class LineReader:
    """Reads strips of one line each. One instance serves one process and one thread."""

    def __init__(self, model: bytes, letters: str) -> None:
        """model: ONNX; letters: one for each class from 1 on, class 0 is no letter. Loaded at the first line."""
        self._model = model
        self._letters = " " + letters

    @cached_property
    def _net(self) -> cv2.dnn.Net:
        """The loaded model: 60 MB and a tenth of a second, which clear pages need not spend."""
        try:
            return cv2.dnn.readNetFromONNX(np.frombuffer(self._model, np.uint8))
        except cv2.error as exc:
            raise EngineUnavailable("model_damaged", retryable=True, language="", file=LINE_MODEL) from exc

    def read(self, strip: PixelImage) -> LineReading:
        """Read a grey strip (height_px, width_px), dark on light; not modified.

        Raises EngineUnavailable("model_damaged").
        """
        if not strip.size:
            return LineReading("", (), ())
        height, width = strip.shape
        wanted = min(max(round(width * HEIGHT_PX / height), NARROWEST_PX), WIDEST_PX)
        scaled = cv2.resize(strip, (wanted, HEIGHT_PX)).astype(np.float32) / 127.5 - 1.0
        paper_px = max(0, LEAST_READ_PX - wanted)
        scaled = np.pad(scaled, ((0, 0), (0, paper_px)), mode="edge")
        likely = self._likely(np.repeat(scaled[np.newaxis, np.newaxis], 3, axis=1))
        # Connectionist temporal classification: a letter said twice in a row is one, class 0 parts them.
        best, sure = likely.argmax(axis=1), likely.max(axis=1)
        is_new = (best > 0) & (best != np.concatenate(([0], best[:-1])))
        at = np.flatnonzero(is_new)
        return LineReading(
            "".join(self._letters[best[step]] for step in at),
            tuple(float(sure[step]) for step in at),
            tuple(min(1.0, float(step + 0.5) / len(best) * (1 + paper_px / wanted)) for step in at),
        )

    def _likely(self, strip: NDArray[np.float32]) -> NDArray[np.float32]:
        """How likely each letter is at each step along a strip: (steps, letters)."""
        net = self._net
        try:
            net.setInput(strip)
            return np.asarray(net.forward()[0], np.float32)
        except cv2.error as exc:
            if exc.code == cv2.Error.STS_NO_MEM:
                raise MemoryError from exc
            raise EngineUnavailable("model_damaged", retryable=True, language="", file=LINE_MODEL) from exc


def load_line_reader(directory: Path) -> LineReader | None:
    """Load the model of a directory; None where it has none. Raises EngineUnavailable("model_damaged")."""
    model, letters = shipped_file(directory, LINE_MODEL), shipped_file(directory, LINE_LETTERS)
    if model is None or letters is None:
        return None
    return LineReader(model, letters.decode("utf-8"))
