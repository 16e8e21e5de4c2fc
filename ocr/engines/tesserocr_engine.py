"""The default engine: Tesseract inside the worker process through tesserocr.

One API object is kept per set of languages, because loading models costs more than reading a line.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ocr.engines.models import model_path, readable_directory, require_models
from ocr.engines.protocol import EngineTimeout, RecognizeOptions, require_readable, threshold_method
from ocr.engines.word_lines import TextReader, finished_words, without_trailing_spaces
from ocr.errors import EngineUnavailable
from ocr.types import Box, Word

MAX_LOADED = 4
"""Language sets kept loaded; each is 20 to 60 MB."""

VARIABLES = {
    # Spaces exactly as recognised, none invented between words of Khmer, Lao or Thai.
    "preserve_interword_spaces": "1",
    "tessedit_do_invert": "0",
}


class TesserocrEngine:
    """Tesseract's C++ interface, one engine per language set, kept loaded."""

    def __init__(self, tessdata_dir: Path) -> None:
        try:
            import tesserocr
        except ImportError as exc:
            raise EngineUnavailable(
                "engine_missing", retryable=True, engine="tesserocr", reason=str(exc)
            ) from exc
        self._tesserocr = tesserocr
        self._tessdata_dir = tessdata_dir
        self._apis: dict[tuple[str, ...], Any] = {}

    @property
    def version(self) -> str:
        """Tesseract's own version behind the binding's name."""
        return "tesserocr " + str(self._tesserocr.tesseract_version()).split("\n", 1)[0].strip()

    def languages(self) -> tuple[str, ...]:
        """List the models of the directory."""
        return tuple(sorted(path.stem for path in self._tessdata_dir.glob("*.traineddata")))

    def recognize(self, image: NDArray[np.uint8], options: RecognizeOptions) -> tuple[Word, ...]:
        """Read a picture; see OcrEngine."""
        require_readable(image)
        api = self._api(options.languages)
        height, width = image.shape
        api.SetPageSegMode(int(options.layout))
        api.SetVariable("thresholding_method", str(threshold_method(options)))
        api.SetImageBytes(np.ascontiguousarray(image).tobytes(), width, height, 1, width)
        api.SetSourceResolution(options.dpi)
        try:
            if not api.Recognize(int(options.timeout_s * 1000)):
                raise EngineTimeout("ocr_timeout", after_s=options.timeout_s)
            if options.by_symbol:
                return without_trailing_spaces(self._words(api.GetIterator(), None))
            return finished_words(self._words(api.GetIterator(), TextReader(api.GetUTF8Text())))
        finally:
            api.Clear()

    def _api(self, languages: tuple[str, ...]) -> Any:
        if languages in self._apis:
            return self._apis[languages]
        if not languages:
            raise EngineUnavailable("language_missing", language="", file=str(self._tessdata_dir))
        require_models(self._tessdata_dir, languages)
        if len(self._apis) >= MAX_LOADED:
            self._apis.pop(next(iter(self._apis))).End()
        try:
            with readable_directory(self._tessdata_dir) as place:
                api = self._tesserocr.PyTessBaseAPI(
                    path=place, lang="+".join(languages), oem=self._tesserocr.OEM.LSTM_ONLY
                )
        except (RuntimeError, OSError) as exc:
            file = str(model_path(self._tessdata_dir, languages[0]))
            raise EngineUnavailable(
                "model_damaged", retryable=True, language="+".join(languages), file=file, reason=str(exc)
            ) from exc
        for name, value in VARIABLES.items():
            api.SetVariable(name, value)
        self._apis[languages] = api
        return api

    def _words(self, iterator: Any, reader: TextReader | None) -> Iterator[Word]:
        """Walk the words, or without a reader the characters; the page's text has the last word on spaces.

        The binding's text of a single line ignores preserve_interword_spaces, that of the page does not.
        """
        if iterator is None:
            return
        names = self._tesserocr.RIL
        level = names.SYMBOL if reader is None else names.WORD
        line = -1
        for item in self._tesserocr.iterate_level(iterator, level):
            if item.Empty(level):
                continue
            if line < 0 or item.IsAtBeginningOf(names.TEXTLINE):
                line += 1
            text, box = item.GetUTF8Text(level), item.BoundingBox(level)
            if not text.strip() or box is None:
                continue
            left, top, right, bottom = box
            ends_word = item.IsAtFinalElement(names.WORD, level) if reader is None else False
            yield Word(
                text=text,
                box=Box(left, top, max(1, right - left), max(1, bottom - top)),
                confidence=min(1.0, max(0.0, item.Confidence(level) / 100)),
                line=line,
                space_after=ends_word if reader is None else reader.space_follows(text),
                language=item.WordRecognitionLanguage() or None,
            )
