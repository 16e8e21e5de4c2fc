"""Engines by name, opened once per worker process and kept: loading models is the dear part."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from ocr.engines.digit_reader import DigitReader, load_digit_reader
from ocr.engines.line_reader import LineReader, load_line_reader
from ocr.engines.protocol import OcrEngine
from ocr.errors import EngineUnavailable


@lru_cache(maxsize=4)
def open_engine(name: str, tessdata_dir: Path) -> OcrEngine:
    """Open an engine or return the one this process already has.

    Raises EngineUnavailable("engine_missing").
    """
    match name:
        case "tesserocr":
            from ocr.engines.tesserocr_engine import TesserocrEngine

            return TesserocrEngine(tessdata_dir)
        case "pytesseract":
            from ocr.engines.pytesseract_engine import PytesseractEngine

            return PytesseractEngine(tessdata_dir)
        case "fake":
            from ocr.engines.fake_engine import FakeEngine

            return FakeEngine()
        case _:
            raise EngineUnavailable("engine_missing", engine=name)


@lru_cache(maxsize=4)
def open_line_reader(name: str, tessdata_dir: Path) -> LineReader | None:
    """Open the second recogniser that goes with an engine; None for the fake one and where there is no model.

    Raises EngineUnavailable("model_damaged").
    """
    return None if name == "fake" else load_line_reader(tessdata_dir)


@lru_cache(maxsize=4)
def open_digit_reader(name: str, tessdata_dir: Path) -> DigitReader | None:
    """Open the reader of digits that goes with an engine; None for the fake one and where there is no model.

    Raises EngineUnavailable("model_damaged").
    """
    return None if name == "fake" else load_digit_reader(tessdata_dir)
