"""The text of every PDF we write, as a reader finds it.

Runs in a worker process right after writing. The rule of comparison: lines must come out in order, each
exactly as stored; only the whitespace between lines may differ (a reader says CR LF, or a space where two
lines stand side by side).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_raw

from app.errors import MachineError
from ocr.patience import open_to_read

# pdfium keeps the data of every picture it met until the document is closed. 100 pages of 1.6 MB: 184 MB in
# one opening, 24 MB reopened at each page, and reopening every fourth page costs no measurable time.
PAGES_PER_OPENING = 4
_BREAKS = " \r\n"
_JOINING_HYPHEN = "\ufffe"


def check_content(path: Path, texts: Sequence[str]) -> dict[int, MachineError]:
    """Reopen a written PDF and compare it, page by page, with the texts it must carry.

    texts: per page, from text_layer.page_text. Returns what differs by 0-based page, each a MachineError
    ("pdf_text_differs") with facts page, line, found, expected; empty when all is well. Raises MachineError
    ("pdf_page_count_differs" | "pdf_picture_missing" | "pdf_unreadable").
    """
    with _opened(path) as document:
        if len(document) != len(texts):
            raise MachineError("pdf_page_count_differs", found=len(document), expected=len(texts))
    differing = {}
    for start in range(0, len(texts), PAGES_PER_OPENING):
        with _opened(path) as document:
            for index in range(start, min(start + PAGES_PER_OPENING, len(texts))):
                error = _check_page(document, index, texts[index])
                if error is not None:
                    differing[index] = error
    return differing


def _check_page(document: pdfium.PdfDocument, index: int, expected: str) -> MachineError | None:
    pdf_page = document[index]
    try:
        if not any(True for _ in pdf_page.get_objects(filter=[pdfium_raw.FPDF_PAGEOBJ_IMAGE])):
            raise MachineError("pdf_picture_missing", page=index + 1)
        compare_text(_extract(pdf_page), expected, page=index + 1)
    except MachineError as exc:
        if exc.code != "pdf_text_differs":
            raise
        return exc
    finally:
        pdf_page.close()
    return None


@contextmanager
def _opened(path: Path) -> Iterator[pdfium.PdfDocument]:
    # A stream: from a path pypdfium2 takes away the form in which Windows opens long ones.
    with open_to_read(path) as stream:
        try:
            document = pdfium.PdfDocument(stream)
        except pdfium.PdfiumError as exc:
            raise MachineError("pdf_unreadable", why=str(exc)) from exc
        try:
            yield document
        finally:
            document.close()


def compare_text(found: str, expected: str, *, page: int) -> None:
    """Raise MachineError("pdf_text_differs") unless found holds the expected lines and nothing else.

    Known ways of pdfium are undone, not ignored: a hyphen that ends a line comes out as U+FFFE and swallows
    the line break; Latin ligatures and Arabic and Hebrew presentation forms come out decomposed.
    """
    position, was_joined = 0, True
    for number, line in enumerate(expected.split("\n") if expected else ()):
        start = _skip_breaks(found, position)
        end = _match_line(found, start, line)
        if end is None or (start == position and not was_joined):
            shown = found[start : start + len(line) + 8]
            raise MachineError("pdf_text_differs", page=page, line=number + 1, found=shown, expected=line)
        position, was_joined = end, found[end - 1] == _JOINING_HYPHEN
    rest = found[_skip_breaks(found, position) :]
    if rest:
        raise MachineError("pdf_text_differs", page=page, line=0, found=rest[:80], expected="")


def _match_line(found: str, start: int, line: str) -> int | None:
    """Return where the line ends in found, or None when it does not stand at start."""
    position = start
    for index, char in enumerate(line):
        ends_in_hyphen = index == len(line) - 1 and char in "-\u00ad"
        if found.startswith((char, _JOINING_HYPHEN) if ends_in_hyphen else char, position):
            position += 1
        else:
            parts = _decomposed(char)
            if not parts or not found.startswith(parts, position):
                return None
            position += len(parts)
    return position


def _decomposed(char: str) -> str:
    """Return what pdfium makes of a presentation form, empty for all other characters."""
    if not ("\u0600" <= char <= "\u06ff" or "\ufb00" <= char <= "\ufdff" or "\ufe70" <= char <= "\ufeff"):
        return ""
    parts = unicodedata.decomposition(char).split()
    return "".join(chr(int(part, 16)) for part in parts if not part.startswith("<"))


def _extract(pdf_page: pdfium.PdfPage) -> str:
    text_page = pdf_page.get_textpage()
    try:
        return str(text_page.get_text_range())
    finally:
        text_page.close()


def _skip_breaks(text: str, position: int) -> int:
    while position < len(text) and text[position] in _BREAKS:
        position += 1
    return position
