"""The office's register: read whole from a small file, and what the linker asks of it.

Parsing never drops a row silently: every bad line is reported with its number and a code. Files of a million
rows are read in portions by app.domain.register_work.
"""

from __future__ import annotations

import io
from itertools import chain, islice
from pathlib import Path
from typing import BinaryIO

from app.domain.offices import OfficeProfile
from app.domain.register_lines import read_lines
from app.domain.register_mapping import ColumnMapping, Field, mapping_by_names
from app.domain.register_rows import SAMPLE_LINES, RowReader, settle_dates
from app.domain.register_types import (
    NEAR_DISTANCE,
    MemoryRegister,
    ParsedRegister,
    RegisterEntry,
    RegisterLookup,
    RegisterProblem,
    RegisterUnreadable,
    near_keys,
)

__all__ = [
    "COLUMNS",
    "NEAR_DISTANCE",
    "MemoryRegister",
    "ParsedRegister",
    "RegisterEntry",
    "RegisterLookup",
    "RegisterProblem",
    "RegisterUnreadable",
    "near_keys",
    "parse_register",
    "read_register",
]

COLUMNS = tuple(field.value for field in Field)


def read_register(path: Path, profile: OfficeProfile) -> ParsedRegister:
    """Read a register file; see parse_register. What is wrong with it names its path too."""
    try:
        with path.open("rb") as source:
            return _parse(source, profile, None)
    except OSError as exc:
        raise RegisterUnreadable("register_not_readable", path=str(path), detail=str(exc)) from exc
    except RegisterUnreadable as exc:
        raise RegisterUnreadable(exc.code, **{**exc.facts, "path": str(path)}) from exc


def parse_register(
    content: bytes, profile: OfficeProfile, mapping: ColumnMapping | None = None
) -> ParsedRegister:
    """Read a register: CSV in UTF-8 with or without byte-order mark, or XLSX.

    Without a mapping, columns are found by our own names in any order; others are ignored. Dates: ISO, as the
    office writes them, or in the one order that the column itself shows. Raises RegisterUnreadable.
    """
    return _parse(io.BytesIO(content), profile, mapping)


def _parse(source: BinaryIO, profile: OfficeProfile, mapping: ColumnMapping | None) -> ParsedRegister:
    found = read_lines(source, profile)
    header = next(found.lines, None)
    if header is None:
        raise RegisterUnreadable("register_empty")
    mapping = mapping or mapping_by_names([str(cell) for cell in header.cells])
    sample = list(islice(found.lines, SAMPLE_LINES))
    dates = settle_dates(sample, mapping, profile)
    reader = RowReader(mapping, dates, len(header.cells), profile, is_text=found.is_text)
    rows = list(reader.read(chain(sample, found.lines)))
    return ParsedRegister(
        entries=tuple(row.entry for row in rows if row.entry is not None),
        problems=tuple(problem for row in rows for problem in row.problems),
        rows_read=len(rows),
        notices=(*found.notices, *dates.notices),
    )
