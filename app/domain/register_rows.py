"""From the lines of a register file to its rows: good ones become entries, bad ones problems with their reason.

Runs in a worker process; pure of databases.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from app.domain.application_number import ApplicationNumber, NotAnApplicationNumber
from app.domain.calendars import BUDDHIST_YEARS, FIRST_YEAR, LAST_YEAR, full_year, thai_to_common
from app.domain.dates import parse_date
from app.domain.offices import OfficeProfile
from app.domain.register_lines import Cell, Formula, Line
from app.domain.register_mapping import ColumnMapping, DateOrder, Field
from app.domain.register_text import Tcvn3Watch
from app.domain.register_types import RegisterEntry, RegisterProblem, RegisterUnreadable
from ocr.numbers import normalise

MOST_FIELD_LETTERS = 4_000
SAMPLE_LINES = 5_000
"""So many lines settle the order of a column's dates; one that contradicts later refuses the file."""

_IN_DIGITS = re.compile(r"(\d{1,2})\s?([-/.])\s?(\d{1,2})\s?\2\s?(\d{4}|\d{2})")
_CLOCK = re.compile(r"[T ]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z| ?[AP]M)?$", re.IGNORECASE)
_ORDERS = (DateOrder.DMY, DateOrder.MDY, DateOrder.YMD)


@dataclass(frozen=True, slots=True)
class RowRead:
    """What one line came to: an entry, or None; and what was found wrong."""

    entry: RegisterEntry | None
    problems: tuple[RegisterProblem, ...] = ()


def settle_dates(sample: Iterable[Line], mapping: ColumnMapping, profile: OfficeProfile) -> DateOrder:
    """Say in which order a column writes its dates, from lines that can be read in one way only.

    Where none speaks, the office's own way counts; where they contradict each other, MIXED.
    """
    place = mapping.columns.get(Field.FILING_DATE)
    if mapping.dates is not DateOrder.AUTO or place is None:
        return DateOrder(profile.date_order) if mapping.dates is DateOrder.AUTO else mapping.dates
    left = set(_ORDERS)
    for line in sample:
        cell = line.cells[place] if place < len(line.cells) else ""
        readings = _readings(cell) if isinstance(cell, str) else {}
        if readings:
            left &= readings.keys()
    if not left:
        return DateOrder.MIXED
    usual = DateOrder(profile.date_order)
    return usual if usual in left else min(left, key=_ORDERS.index)


class RowReader:
    """Reads the lines of one file; remembers the numbers it has met.

    width: of the header; dates: settled, never AUTO.
    """

    def __init__(self, mapping: ColumnMapping, dates: DateOrder, width: int, profile: OfficeProfile) -> None:
        self._columns = mapping.columns
        self._dates = dates
        self._width = width
        self._profile = profile
        self._met: set[str] = set()
        self._watch = Tcvn3Watch()

    def read(self, lines: Iterable[Line]) -> Iterator[RowRead]:
        """Read line by line; raises RegisterUnreadable "register_tcvn3" or "register_dates_mixed"."""
        last = 0
        for line in lines:
            last = line.number
            yield self._read(line)
        self._watch.end(last)

    def _read(self, line: Line) -> RowRead:
        if any(line.cells[self._width :]):
            return _refused(line, "too_many_fields")
        cell = self._cell(line, Field.NUMBER)
        if isinstance(cell, Formula):
            return _refused(line, "formula_in_number", cell)
        if isinstance(cell, date):
            return _refused(line, "date_in_number", cell.isoformat())
        if not cell:
            return _refused(line, "number_absent")
        day, problems = self._filing_date(line)
        try:
            number = ApplicationNumber.parse(cell, self._profile, filing_year=day.year if day else None)
        except NotAnApplicationNumber as exc:
            return _refused(line, exc.code, cell)
        title, title_problems = self._text(line, Field.TITLE)
        applicant, applicant_problems = self._text(line, Field.APPLICANT)
        if number.canonical in self._met:
            return _refused(line, "number_twice", number.canonical)
        self._met.add(number.canonical)
        entry = RegisterEntry(number, title, applicant, day)
        return RowRead(entry, (*problems, *title_problems, *applicant_problems))

    def _cell(self, line: Line, field: Field) -> Cell:
        place = self._columns.get(field)
        return line.cells[place] if place is not None and place < len(line.cells) else ""

    def _text(self, line: Line, field: Field) -> tuple[str, tuple[RegisterProblem, ...]]:
        cell = self._cell(line, field)
        if isinstance(cell, Formula):
            return "", (_problem(line, "formula_in_field", cell),)
        text = str(cell)[:MOST_FIELD_LETTERS]
        self._watch.look(text, line.number)
        return text, ()

    def _filing_date(self, line: Line) -> tuple[date | None, tuple[RegisterProblem, ...]]:
        cell = self._cell(line, Field.FILING_DATE)
        if isinstance(cell, date):
            if FIRST_YEAR <= cell.year <= LAST_YEAR:
                return cell, ()
            return None, (_problem(line, "date_unreadable", cell.isoformat()),)
        if isinstance(cell, Formula):
            return None, (_problem(line, "formula_in_field", cell),)
        if not cell:
            return None, ()
        readings = _readings(cell)
        if not readings:
            day = parse_date(
                _CLOCK.sub("", cell),
                date_order=self._profile.date_order,
                calendars=self._profile.calendars,
            )
            return day, () if day else (_problem(line, "date_unreadable", cell),)
        if self._dates is DateOrder.MIXED:
            days = set(readings.values())
            return (days.pop(), ()) if len(days) == 1 else (None, (_problem(line, "date_ambiguous", cell),))
        if self._dates not in readings:
            raise RegisterUnreadable(
                "register_dates_mixed", line=line.number, value=cell, order=self._dates.value
            )
        return readings[self._dates], ()


def _readings(cell: str) -> dict[DateOrder, date]:
    """Every way to read a date of three numbers whose year does not come first in four digits."""
    plain = cell if cell.isascii() else normalise(cell).text.strip()
    hit = _IN_DIGITS.fullmatch(_CLOCK.sub("", plain))
    if hit is None:
        return {}
    first, second, last = hit[1], hit[3], hit[4]
    found = {}
    for order, (year, month, day) in {
        DateOrder.DMY: (last, second, first),
        DateOrder.MDY: (last, first, second),
        DateOrder.YMD: (first, second, last),
    }.items():
        if len(day) <= 2 and len(year) != 1:
            settled = _year(year, int(month))
            try:
                found[order] = date(settled, int(month), int(day))
            except ValueError:
                continue
            if not FIRST_YEAR <= settled <= LAST_YEAR:
                del found[order]
    return found


def _year(text: str, month: int) -> int:
    year = int(text)
    if len(text) == 2:
        return full_year(year)
    if year in BUDDHIST_YEARS:
        return thai_to_common(year, month)[0]
    return year


def _problem(line: Line, code: str, value: str = "") -> RegisterProblem:
    return RegisterProblem(line.number, code, value[:200])


def _refused(line: Line, code: str, value: str = "") -> RowRead:
    return RowRead(None, (_problem(line, code, value),))
