"""The second engine: an installed Tesseract program, driven through pytesseract.

For machines whose own Tesseract is newer or has models we do not ship. A process per picture, so slower.
"""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ocr.engines.models import require_models
from ocr.engines.protocol import EngineTimeout, RecognizeOptions, require_readable, threshold_method
from ocr.engines.word_lines import TextReader, finished_words
from ocr.errors import EngineUnavailable
from ocr.types import Box, Word

WORD_LEVEL = "5"


class PytesseractEngine:
    """The tesseract program on the path, with our models or, where we have none, its own."""

    def __init__(self, tessdata_dir: Path) -> None:
        import pytesseract

        self._pytesseract = pytesseract
        self._tessdata_dir = tessdata_dir
        try:
            self._version = str(pytesseract.get_tesseract_version())
        except (pytesseract.TesseractNotFoundError, SystemExit) as exc:
            raise EngineUnavailable("engine_missing", retryable=True, engine="pytesseract") from exc

    @property
    def version(self) -> str:
        """The installed program's version behind the binding's name."""
        return f"pytesseract tesseract {self._version}"

    def languages(self) -> tuple[str, ...]:
        """List the models of the directory."""
        return tuple(sorted(path.stem for path in self._tessdata_dir.glob("*.traineddata")))

    def recognize(self, image: NDArray[np.uint8], options: RecognizeOptions) -> tuple[Word, ...]:
        """Read a picture; see OcrEngine."""
        require_readable(image)
        if not options.languages:
            raise EngineUnavailable("language_missing", language="", file=str(self._tessdata_dir))
        require_models(self._tessdata_dir, options.languages)
        config = (
            f'--psm {int(options.layout)} --oem 1 --dpi {options.dpi} --tessdata-dir "{self._tessdata_dir}"'
            " -c preserve_interword_spaces=1 -c tessedit_do_invert=0"
            f" -c thresholding_method={threshold_method(options)}"
            " -c tessedit_create_tsv=1 -c tessedit_create_txt=1"
        )
        try:
            table, text = self._run(image, "+".join(options.languages), config, options.timeout_s)
        except RuntimeError as exc:
            if isinstance(exc, self._pytesseract.TesseractError):
                raise EngineUnavailable("engine_failed", engine="pytesseract", reason=str(exc)) from exc
            raise EngineTimeout("ocr_timeout", after_s=options.timeout_s) from exc
        return finished_words(_words(table, TextReader(text)))

    def _run(
        self, image: NDArray[np.uint8], languages: str, config: str, timeout_s: float
    ) -> tuple[str, str]:
        """Run the program once for both outputs; pytesseract's own call for that takes no settings."""
        with tempfile.TemporaryDirectory(prefix="foliodesk-", ignore_cleanup_errors=True) as scratch:
            picture, base = Path(scratch) / "page.png", Path(scratch) / "page"
            Image.fromarray(image).save(picture, compress_level=1)
            self._pytesseract.pytesseract.run_tesseract(
                str(picture), str(base), "", languages, config, timeout=timeout_s
            )
            outputs = [base.with_suffix(ending).read_text(encoding="utf-8") for ending in (".tsv", ".txt")]
        return outputs[0], outputs[1]


def _words(table: str, reader: TextReader) -> Iterator[Word]:
    """Join the table of words with the text, which alone knows the spaces."""
    current, number = None, -1
    for row in csv.DictReader(io.StringIO(table), delimiter="\t", quoting=csv.QUOTE_NONE):
        if row["level"] != WORD_LEVEL or not row["text"].strip():
            continue
        place = (row["block_num"], row["par_num"], row["line_num"])
        if place != current:
            current, number = place, number + 1
        left, top, width, height = (int(row[name]) for name in ("left", "top", "width", "height"))
        yield Word(
            text=row["text"],
            box=Box(left, top, max(1, width), max(1, height)),
            confidence=min(1.0, max(0.0, float(row["conf"]) / 100)),
            line=number,
            space_after=reader.space_follows(row["text"]),
        )
