"""Work orders on a register file: a look at its first rows, and reading all of it in portions.

A worker runs them, for the file is foreign: it reads a private copy and leaves portions of rows in a
directory, each whole or not there. The program that asked enters them while the reading goes on.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain, islice
from pathlib import Path
from typing import Any

from app.domain.offices import OfficeProfile
from app.domain.register_keys import name_key, number_keys
from app.domain.register_lines import Cell, Line, Lines, read_lines
from app.domain.register_mapping import ColumnMapping, DateOrder
from app.domain.register_rows import SAMPLE_LINES, RowRead, RowReader, settle_dates
from app.domain.register_samples import columns_of_days, columns_of_numbers
from app.domain.register_types import RegisterEntry, RegisterProblem, RegisterUnreadable
from ocr.patience import open_to_read, replace_file

ROWS_PER_PORTION = 4_000
MOST_PROBLEMS = 10_000
PORTIONS_AHEAD = 50
"""So far a worker may be ahead of who enters the rows: what lies on the disk stays small (some 60 MB)."""
AHEAD_PAUSE_S = 0.05
PREVIEW_LINES = 12
SAMPLED_LINES = 60
"""Enough to tell a column of numbers from one where a number stands by chance."""


@dataclass(frozen=True, slots=True)
class PreviewTask:
    """Look at a register file of an office."""

    path: Path
    profile: OfficeProfile


@dataclass(frozen=True, slots=True)
class Preview:
    """The header and first rows as text, and notices (codes).

    numbers and days: places of the columns whose cells are application numbers of the office, or dates.
    """

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    notices: tuple[str, ...]
    numbers: tuple[int, ...] = ()
    days: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class ReadTask:
    """Read a register file into portions below a directory that exists."""

    path: Path
    portions: Path
    profile: OfficeProfile
    mapping: ColumnMapping


@dataclass(frozen=True, slots=True)
class ReadResult:
    """How many portions were left, rows met and taken, problems (the first 10,000 in full) and how dates were read."""

    portions: int
    rows_read: int
    accepted: int
    problem_count: int
    left_out: int
    problems: tuple[RegisterProblem, ...]
    notices: tuple[str, ...]
    dates: DateOrder


@dataclass(slots=True)
class _Counts:
    rows_read: int = 0
    accepted: int = 0
    problem_count: int = 0
    left_out: int = 0
    problems: list[RegisterProblem] = field(default_factory=list)


def preview(task: PreviewTask) -> Preview:
    """Return the beginning of a file; raises RegisterUnreadable."""
    with _open(task.path) as source:
        lines = read_lines(source, task.profile)
        header = _header(lines)
        sample = [line.cells for line in islice(lines.lines, SAMPLED_LINES)]
    shown = sample[:PREVIEW_LINES]
    # A column without a name is a column where its rows say something.
    width = max(len(header.cells), *(len(cells) for cells in shown), 0) if not lines.is_text else 0
    names = tuple(_shown(cell) for cell in header.cells)
    return Preview(
        header=names + ("",) * (width - len(names)),
        rows=tuple(tuple(_shown(cell) for cell in cells) for cells in shown),
        notices=lines.notices,
        numbers=columns_of_numbers(sample, task.profile),
        days=columns_of_days(sample, task.profile),
    )


def read_in_portions(task: ReadTask) -> ReadResult:
    """Read all of a file; raises RegisterUnreadable, or OSError when the disk is full."""
    counts = _Counts()
    with _open(task.path) as source:
        lines = read_lines(source, task.profile)
        header = _header(lines)
        sample = list(islice(lines.lines, SAMPLE_LINES))
        dates = settle_dates(sample, task.mapping, task.profile)
        reader = RowReader(task.mapping, dates, len(header.cells), task.profile, is_text=lines.is_text)
        entries = _counted(reader.read(chain(sample, lines.lines)), counts)
        portions = 0
        while some := list(islice(entries, ROWS_PER_PORTION)):
            portions += 1
            _leave(task.portions, portions, some, lines.share())
    return ReadResult(
        portions=portions,
        rows_read=counts.rows_read,
        accepted=counts.accepted,
        problem_count=counts.problem_count,
        left_out=counts.left_out,
        problems=tuple(counts.problems),
        notices=(*lines.notices, *dates.notices),
        dates=dates.order,
    )


def portion_path(directory: Path, number: int) -> Path:
    """Name the file of a portion, counted from 1."""
    return directory / f"{number:06d}.json"


def _open(path: Path) -> Any:
    try:
        return open_to_read(path)
    except OSError as exc:
        raise RegisterUnreadable("register_not_readable", path=str(path), detail=str(exc)) from exc


def _header(lines: Lines) -> Line:
    header = next(lines.lines, None)
    if header is None:
        raise RegisterUnreadable("register_empty")
    return header


def _counted(rows: Iterable[RowRead], counts: _Counts) -> Iterator[RegisterEntry]:
    for row in rows:
        counts.rows_read += 1
        counts.problem_count += len(row.problems)
        if len(counts.problems) < MOST_PROBLEMS:
            counts.problems.extend(row.problems[: MOST_PROBLEMS - len(counts.problems)])
        if row.entry is None:
            counts.left_out += 1
        else:
            counts.accepted += 1
            yield row.entry


def _leave(directory: Path, number: int, entries: list[RegisterEntry], share: float) -> None:
    """Write a portion whole, not further ahead than the program that takes them can follow."""
    while number > PORTIONS_AHEAD and portion_path(directory, number - PORTIONS_AHEAD).exists():
        time.sleep(AHEAD_PAUSE_S)
    content = json.dumps({"share": share, "rows": [_row(entry) for entry in entries]}, ensure_ascii=False)
    target = portion_path(directory, number)
    temporary = target.with_suffix(".part")
    temporary.write_text(content, encoding="utf-8")
    replace_file(temporary, target)


def _row(entry: RegisterEntry) -> Mapping[str, str | None]:
    keys = number_keys(entry.number)
    return {
        "canonical": entry.number.canonical,
        "title": entry.title,
        "applicant": entry.applicant,
        "filing_date": None if entry.filing_date is None else entry.filing_date.isoformat(),
        "masked": keys.masked,
        "bare": keys.bare,
        "compact": keys.compact,
        "digits": keys.digits,
        "title_key": name_key(entry.title),
        "applicant_key": name_key(entry.applicant),
    }


def _shown(cell: Cell) -> str:
    return str(cell)[:200]
