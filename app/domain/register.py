"""The office's register as the linker sees it: rows parsed from CSV, looked up by canonical number.

Parsing never drops a row silently: every bad line is reported with its number and a code.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Protocol

from rapidfuzz import process
from rapidfuzz.distance import OSA

from app.domain.application_number import ApplicationNumber, NotAnApplicationNumber
from app.domain.dates import parse_date
from app.domain.offices import OfficeProfile
from app.errors import OperatorError

COLUMNS = ("application_number", "title", "applicant", "filing_date")
NEAR_DISTANCE = 2


class RegisterUnreadable(OperatorError):
    """The file as a whole is no register.

    Codes: "register_not_readable", "register_not_utf8", "register_empty", "register_column_missing".
    """


@dataclass(frozen=True, slots=True)
class RegisterEntry:
    """What the office knows about a number. filing_date: None when the row has none."""

    number: ApplicationNumber
    title: str
    applicant: str
    filing_date: date | None


@dataclass(frozen=True, slots=True)
class RegisterProblem:
    """A line that needs a look.

    code: "number_absent", "number_unreadable" and the other codes of NotAnApplicationNumber, "number_twice"
    (the first row stands), "date_unreadable" (the row stands without date), "too_many_fields" (an unquoted
    delimiter: the row is left out). line: as an editor counts.
    """

    line: int
    code: str
    value: str

    @property
    def is_left_out(self) -> bool:
        """True when nothing of the line was taken."""
        return self.code != "date_unreadable"


@dataclass(frozen=True, slots=True)
class ParsedRegister:
    """Rows and problems of one file; rows_read counts both good and bad data rows."""

    entries: tuple[RegisterEntry, ...]
    problems: tuple[RegisterProblem, ...]
    rows_read: int


class RegisterLookup(Protocol):
    """What the linker asks of a register. The key is ApplicationNumber.canonical."""

    def find(self, canonical: str) -> RegisterEntry | None:
        """The row of a number."""
        ...

    def near(self, canonical: str) -> tuple[RegisterEntry, ...]:
        """Rows whose number is at least every single misread, lost, added or swapped digit away."""
        ...


class MemoryRegister:
    """A register held in memory."""

    def __init__(self, entries: Iterable[RegisterEntry]) -> None:
        self._entries: Mapping[str, RegisterEntry] = {entry.number.canonical: entry for entry in entries}

    def find(self, canonical: str) -> RegisterEntry | None:
        """The row of a number."""
        return self._entries.get(canonical)

    def near(self, canonical: str) -> tuple[RegisterEntry, ...]:
        """Rows one or two characters away, nearest first."""
        hits = process.extract(
            canonical, list(self._entries), scorer=OSA.distance, score_cutoff=NEAR_DISTANCE, limit=None
        )
        ordered = sorted((distance, key) for key, distance, _ in hits if distance)
        return tuple(self._entries[key] for _, key in ordered)


def read_register(path: Path, profile: OfficeProfile) -> ParsedRegister:
    """Read a register file; see parse_register. What is wrong with it names its path too."""
    try:
        content = path.read_bytes()
    except OSError as exc:
        raise RegisterUnreadable("register_not_readable", path=str(path), detail=str(exc)) from exc
    try:
        return parse_register(content, profile)
    except RegisterUnreadable as exc:
        raise RegisterUnreadable(exc.code, **{**exc.facts, "path": str(path)}) from exc


def parse_register(content: bytes, profile: OfficeProfile) -> ParsedRegister:
    """Read a CSV register: UTF-8 with or without byte-order mark, comma, semicolon or tab.

    Columns are found by name in any order; others are ignored. Dates: ISO or as the office writes them.
    Raises RegisterUnreadable.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as exc:
        raise RegisterUnreadable("register_not_utf8", byte=exc.start) from exc
    entries: dict[str, RegisterEntry] = {}
    problems: list[RegisterProblem] = []
    rows_read = 0
    for line, row in _rows(text):
        rows_read += 1
        entry, found = _entry(line, row, profile)
        problems.extend(found)
        if entry is None:
            continue
        if entry.number.canonical in entries:
            problems.append(RegisterProblem(line, "number_twice", entry.number.canonical))
            continue
        entries[entry.number.canonical] = entry
    return ParsedRegister(tuple(entries.values()), tuple(problems), rows_read)


def near_keys(canonical: str) -> frozenset[str]:
    """List the spellings one misread, lost, added or swapped digit away, for stores that look up exact keys."""
    keys: set[str] = set()
    for at, char in enumerate(canonical):
        if not char.isdigit():
            continue
        for digit in "0123456789":
            keys.add(canonical[:at] + digit + canonical[at + 1 :])
            keys.update(
                (canonical[:at] + digit + canonical[at:], canonical[: at + 1] + digit + canonical[at + 1 :])
            )
        keys.add(canonical[:at] + canonical[at + 1 :])
        if at + 1 < len(canonical) and canonical[at + 1].isdigit():
            keys.add(canonical[:at] + canonical[at + 1] + char + canonical[at + 2 :])
    return frozenset(keys - {canonical})


def _rows(text: str) -> Iterator[tuple[int, dict[str, str] | None]]:
    header, _, _ = text.lstrip("\r\n").partition("\n")
    if not header.strip():
        raise RegisterUnreadable("register_empty")
    delimiter = max(",;\t", key=header.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    names: list[str] | None = None
    last_line = 0
    for fields in reader:
        line, last_line = last_line + 1, reader.line_num
        if not any(field.strip() for field in fields):
            continue
        if names is None:
            names = [field.strip().casefold() for field in fields]
            missing = [column for column in COLUMNS if column not in names]
            if missing:
                raise RegisterUnreadable("register_column_missing", columns=missing, found=names)
            continue
        if len(fields) > len(names) and any(field.strip() for field in fields[len(names) :]):
            yield line, None
            continue
        padded = fields + [""] * (len(names) - len(fields))
        yield line, {name: field.strip() for name, field in zip(names, padded, strict=False)}


def _entry(
    line: int, row: dict[str, str] | None, profile: OfficeProfile
) -> tuple[RegisterEntry | None, list[RegisterProblem]]:
    if row is None:
        return None, [RegisterProblem(line, "too_many_fields", "")]
    text = row["application_number"]
    if not text:
        return None, [RegisterProblem(line, "number_absent", "")]
    problems = []
    filed = row["filing_date"]
    day = parse_date(filed, date_order=profile.date_order, calendars=profile.calendars) if filed else None
    try:
        number = ApplicationNumber.parse(text, profile, filing_year=day.year if day else None)
    except NotAnApplicationNumber as exc:
        return None, [RegisterProblem(line, exc.code, text)]
    if filed and day is None:
        problems.append(RegisterProblem(line, "date_unreadable", filed))
    return RegisterEntry(number, row["title"], row["applicant"], day), problems
