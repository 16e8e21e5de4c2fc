"""The recognised words of a page as a file: gzip JSON, the same bytes for the same words."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Sequence
from pathlib import Path

from ocr.errors import OperatorError
from ocr.intake.masters import write_atomically
from ocr.patience import read_bytes
from ocr.types import Box, Word

VERSION = 1
MOST_BYTES = 64_000_000
"""Unpacked. The fullest page tried has 1 MB; a file that grows beyond this was not written for a page."""


def write_words(path: Path, words: Sequence[Word], text: str) -> None:
    """Write words and text so that the file is whole or absent. Raises MachineError("disk_full")."""
    rows = [
        [
            word.text,
            [word.box.left_px, word.box.top_px, word.box.width_px, word.box.height_px],
            round(word.confidence, 4),
            word.line,
            word.space_after,
            word.language,
        ]
        for word in words
    ]
    document = {"version": VERSION, "text": text, "words": rows}
    content = json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
    write_atomically(path, gzip.compress(content, compresslevel=6, mtime=0))


def read_words(path: Path) -> tuple[tuple[Word, ...], str]:
    """Read what write_words wrote. Raises OperatorError("words_file_damaged")."""
    try:
        document = json.loads(_unpacked(read_bytes(path)))
        if document["version"] != VERSION:
            raise ValueError("version")
        words = tuple(
            Word(text, Box(*box), confidence, line, space_after, language)
            for text, box, confidence, line, space_after, language in document["words"]
        )
        return words, str(document["text"])
    except (OSError, EOFError, ValueError, KeyError, TypeError, zlib.error) as exc:
        raise OperatorError("words_file_damaged", path=str(path)) from exc


def _unpacked(content: bytes) -> bytes:
    """Unpack to a limit: a worker wrote the file, and the program itself reads it too."""
    unpacking = zlib.decompressobj(wbits=31)
    unpacked = unpacking.decompress(content, MOST_BYTES)
    if not unpacking.eof:
        raise ValueError("cut off, or too long")
    return unpacked
