"""Engines by name, opened once per worker process and kept: loading models is the dear part."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from ocr.engines.protocol import OcrEngine
from ocr.errors import EngineUnavailable

ENGINES = ("tesserocr", "pytesseract", "fake")


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
