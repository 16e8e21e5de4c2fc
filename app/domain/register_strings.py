"""The shared texts of a workbook, read as far as they are asked for.

Spreadsheet programs number texts in the order in which cells use them first. Reading them all before the first
row (openpyxl's way, some 20 µs for each) took minutes for a million rows, for a look at twelve of them.
Runs in a worker process.
"""

from __future__ import annotations

from typing import IO
from xml.parsers import expat

CHUNK_BYTES = 1 << 16


class SharedStrings:
    """Texts by number, as a list would give them; reads the part in pieces.

    Raises IndexError for a number the part does not have, ValueError for XML that declares a document type,
    and expat's own error for broken XML.
    """

    def __init__(self, part: IO[bytes]) -> None:
        self._part = part
        self._texts: list[str] = []
        self._pieces: list[str] = []
        self._is_text = False  # within <t> of a text, not of its reading aid
        self._aids = 0
        self._is_over = False
        self._parser = expat.ParserCreate(namespace_separator="\n")
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._on_start
        self._parser.EndElementHandler = self._on_end
        self._parser.CharacterDataHandler = self._on_text
        self._parser.StartDoctypeDeclHandler = self._on_doctype

    def __getitem__(self, at: int) -> str:
        while at >= len(self._texts) and not self._is_over:
            chunk = self._part.read(CHUNK_BYTES)
            self._is_over = not chunk
            self._parser.Parse(chunk, self._is_over)
        return self._texts[at]

    def _on_start(self, name: str, _attributes: object) -> None:
        kind = name.rpartition("\n")[2]
        if kind == "si":
            self._pieces = []
        elif kind == "rPh":
            self._aids += 1
        elif kind == "t":
            self._is_text = not self._aids

    def _on_end(self, name: str) -> None:
        kind = name.rpartition("\n")[2]
        if kind == "t":
            self._is_text = False
        elif kind == "rPh":
            self._aids -= 1
        elif kind == "si":
            # How the format spells characters that XML cannot hold; the only usual one is a line's end.
            self._texts.append("".join(self._pieces).replace("_x000D_", "").replace("_x005F_", "_"))

    def _on_text(self, text: str) -> None:
        if self._is_text:
            self._pieces.append(text)

    def _on_doctype(self, *_: object) -> None:
        raise ValueError("document type")
