"""The lines of a register file, CSV or XLSX, as cells with their line numbers.

The file is foreign: it is read as a stream within limits, no formula is computed, no document type is
accepted in its XML. Runs in a worker process; small CSV files also where they are asked for.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, BinaryIO

from app.domain.offices import OfficeProfile
from app.domain.register_strings import SharedStrings
from app.domain.register_text import encoding_of
from app.domain.register_types import RegisterUnreadable

MOST_COLUMNS = 64
MOST_PARTS = 2_000
MOST_TABLE_BYTES = 2_000_000_000
"""A sheet of 1,000,000 rows and 8 columns unpacks to 500 MB."""
MOST_STRING_BYTES = 600_000_000  # these are held in memory
MOST_OTHER_BYTES = 50_000_000
PROLOGUE_BYTES = 65_536

NOTICE_NO_END = "register_no_line_end"

ZIP_MARK = b"PK\x03\x04"
OLE_MARK = b"\xd0\xcf\x11\xe0"  # an .xls of old, or a workbook with a password

_LITERAL = re.compile(r'="([^"]*)"')
_FORMULA = re.compile(r"=\s*(?:[+-]?\s*\$?[A-Z]{1,3}\$?\d+|[A-Z][A-Z.]+\s*\(|[\d(])", re.IGNORECASE)


class Formula(str):
    """A cell that holds a formula, as written; its value is not known."""

    __slots__ = ()


class NumberCell(str):
    """Digits of a cell that a workbook keeps as a number without leading zeros, and does not show with any."""

    __slots__ = ()


Cell = str | date
"""str (also Formula and NumberCell), or a date where a workbook says that it is one."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line that is not empty. number: 1-based, of its first physical line or of its row."""

    number: int
    cells: tuple[Cell, ...]


@dataclass(slots=True)
class Lines:
    """All lines, the header first, and how far the reading is.

    is_text: of a text file. notices: codes. share: 0..1 of the file, as far as one can tell; 0 when not.
    """

    lines: Iterator[Line]
    is_text: bool
    notices: tuple[str, ...] = ()
    share: Callable[[], float] = lambda: 0.0


def read_lines(stream: BinaryIO, profile: OfficeProfile) -> Lines:
    """Look at the first bytes and read what it is.

    Raises RegisterUnreadable, also while lines are taken.
    """
    begin = stream.read(4)
    stream.seek(0)
    if begin == ZIP_MARK:
        return _workbook_lines(stream)
    if begin == OLE_MARK:
        raise RegisterUnreadable("register_old_workbook")
    return _csv_lines(stream, profile)


def _csv_lines(stream: BinaryIO, profile: OfficeProfile) -> Lines:
    encoding = encoding_of(stream, profile)
    size = max(1, stream.seek(0, io.SEEK_END))
    stream.seek(size - 1)
    is_cut = stream.read(1) not in (b"\n", b"\r", b"")
    notices = (*encoding.notices, NOTICE_NO_END) if is_cut else encoding.notices
    stream.seek(0)
    text = io.TextIOWrapper(stream, encoding.codec, newline="")
    return Lines(_csv_rows(text), True, notices, lambda: 0.0 if stream.closed else stream.tell() / size)


def _csv_rows(text: io.TextIOWrapper) -> Iterator[Line]:
    begin = ""
    while not begin.strip():
        begin = text.readline()
        if not begin:
            raise RegisterUnreadable("register_empty")
    text.seek(0)
    delimiter = max(",;\t", key=begin.count)
    reader = csv.reader(text, delimiter=delimiter, strict=True)
    last_line = 0
    try:
        for fields in reader:
            line, last_line = last_line + 1, reader.line_num
            if any(field.strip() for field in fields):
                yield Line(line, tuple(_csv_cell(field) for field in fields))
    except csv.Error as exc:
        # A quote that is never closed swallows the lines after it, up to the next quote or the end of the file:
        # the facts of one file would stand at the number of another.
        raise RegisterUnreadable("register_quote_open", line=last_line + 1) from exc
    finally:
        with suppress(ValueError):  # closed by whoever opened it
            text.detach()


def _csv_cell(field: str) -> Cell:
    text = field.strip()
    if not text.startswith("="):
        return text
    literal = _LITERAL.fullmatch(text)
    if literal:
        return literal[1].strip()  # how spreadsheets are told to leave a number as it is
    return Formula(text) if _FORMULA.match(text) else text


def _workbook_lines(stream: BinaryIO) -> Lines:
    _check_parts(stream)
    stream.seek(0)
    try:
        book = _open_book(stream)
        sheet = next(each for each in book.worksheets if each.sheet_state == "visible")
        expected = max(1, sheet.max_row or 1)
        sheet.reset_dimensions()  # what a file says of its size need not be so
    except MemoryError as exc:
        raise RegisterUnreadable("register_too_large", detail=_told(exc)) from exc
    except Exception as exc:  # the reader of a foreign file may fail in any way
        raise RegisterUnreadable("register_damaged", detail=_told(exc)) from exc
    place = [0]

    def rows() -> Iterator[Line]:
        try:
            for number, row in enumerate(sheet.iter_rows(max_col=MOST_COLUMNS), 1):
                place[0] = number
                cells = _filled([_book_cell(each) for each in row])
                if cells:
                    yield Line(number, cells)
        except RegisterUnreadable:
            raise
        except MemoryError as exc:
            raise RegisterUnreadable("register_too_large", detail=_told(exc)) from exc
        except Exception as exc:  # the reader of a foreign file may fail in any way
            raise RegisterUnreadable("register_damaged", detail=_told(exc)) from exc
        finally:
            book.close()

    return Lines(rows(), False, (), lambda: min(1.0, place[0] / expected) if expected > 1 else 0.0)


def _filled(cells: list[Cell]) -> tuple[Cell, ...]:
    """A row up to its last cell with something in it: a sheet may count empty columns as its own."""
    while cells and not cells[-1]:
        cells.pop()
    return tuple(cells)


def _open_book(stream: BinaryIO) -> Any:
    """Do as openpyxl's load_workbook does (3.1.5, pinned), with texts that are read when they are asked for."""
    from openpyxl.reader.excel import ExcelReader
    from openpyxl.xml.constants import SHARED_STRINGS

    class Reader(ExcelReader):  # type: ignore[misc]  # openpyxl has no types
        def read_strings(self) -> None:
            part = self.package.find(SHARED_STRINGS)
            if part is not None:
                self.shared_strings = SharedStrings(self.archive.open(part.PartName[1:]))

    reader = Reader(stream, read_only=True, data_only=False, keep_links=False)
    reader.read()
    return reader.wb


def _check_parts(stream: BinaryIO) -> None:
    """Refuse what unpacks to too much, and XML that declares a document type, before anything parses it."""
    try:
        with zipfile.ZipFile(stream) as archive:
            parts = archive.infolist()
            if len(parts) > MOST_PARTS:
                raise RegisterUnreadable("register_too_large", parts=len(parts))
            for part in parts:
                limit = _limit_of(part.filename)
                if part.file_size > limit:
                    raise RegisterUnreadable("register_too_large", part=part.filename, bytes=part.file_size)
                if part.filename.endswith((".xml", ".rels")):
                    with archive.open(part) as opened:
                        begin = opened.read(PROLOGUE_BYTES)
                    if (
                        b"<!DOCTYPE" in begin
                        or b"<!ENTITY" in begin
                        or begin[:2] in (b"\xff\xfe", b"\xfe\xff")
                    ):
                        raise RegisterUnreadable(
                            "register_damaged", detail=f"document type in {part.filename}"
                        )
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError, ValueError) as exc:
        raise RegisterUnreadable("register_damaged", detail=_told(exc)) from exc


def _limit_of(name: str) -> int:
    lowered = name.casefold()
    if "/worksheets/" in lowered:
        return MOST_TABLE_BYTES
    return MOST_STRING_BYTES if lowered.endswith("sharedstrings.xml") else MOST_OTHER_BYTES


def _book_cell(cell: Any) -> Cell:
    match value := cell.value:
        case None:
            return ""
        case str():
            text = value.strip()
            return Formula(text) if text.startswith("=") and len(text) > 1 else text
        case datetime():
            return value.date()
        case date():
            return value
        case bool() | time():
            return str(value)
        case int() if value >= 0:
            return _digits(value, cell.number_format)
        case float() if value.is_integer() and 0 <= value < 1e15:
            return _digits(int(value), cell.number_format)
        case _:
            text = str(value)
            return Formula(text) if type(value).__name__ in ("ArrayFormula", "DataTableFormula") else text


def _digits(value: int, number_format: str) -> Cell:
    """Write a number as the sheet shows it, where its format is a row of zeros."""
    shown = number_format.partition(";")[0]
    if len(shown) > 1 and set(shown) == {"0"}:
        return str(value).zfill(len(shown))
    return NumberCell(value)


def _told(exc: BaseException) -> str:
    return f"{type(exc).__name__}: {exc}"[:200]
