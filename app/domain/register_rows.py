"""From the lines of a register file to its rows: good ones become entries, bad ones problems with their reason.

Runs in a worker process; pure of databases.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from app.domain.application_number import ApplicationNumber, NotAnApplicationNumber
from app.domain.calendars import FIRST_YEAR, LAST_YEAR
from app.domain.dates import days_of, lacks_day, whole_date
from app.domain.offices import OfficeProfile
from app.domain.register_lines import Cell, Formula, Line, NumberCell
from app.domain.register_mapping import ColumnMapping, DateOrder, Field
from app.domain.register_text import Tcvn3Watch
from app.domain.register_types import RegisterEntry, RegisterProblem, RegisterUnreadable
from ocr.numbers import normalise

MOST_FIELD_LETTERS = 4_000
SAMPLE_LINES = 5_000
"""So many lines settle the order of a column's dates; one that contradicts later refuses the file."""

MOST_DIGITS = 16
"""No office's number has more digits."""
MONTHS_IN_YEAR = 12

_IN_DIGITS = re.compile(r"(\d{1,2})\s?([-/.])\s?(\d{1,2})\s?\2\s?(\d{4}|\d{2})")
_CLOCK = re.compile(r"[T ]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z| ?[AP]M)?$", re.IGNORECASE)
NOTICE_ASSUMED = "register_dates_assumed"
_ORDERS = (DateOrder.DMY, DateOrder.MDY, DateOrder.YMD)


@dataclass(frozen=True, slots=True)
class RowRead:
    """What one line came to: an entry, or None; and what was found wrong."""

    entry: RegisterEntry | None
    problems: tuple[RegisterProblem, ...] = ()


@dataclass(frozen=True, slots=True)
class DateWay:
    """How a column writes its dates. order: never AUTO.

    are_cells_doubtful: its date cells may have day and month changed round, for a spreadsheet that expects the
    other order makes dates of those texts it can and leaves the others as they are.
    notices: NOTICE_ASSUMED where texts may be read in either order and none of them says which.
    """

    order: DateOrder
    are_cells_doubtful: bool = False
    notices: tuple[str, ...] = ()


def settle_dates(sample: Iterable[Line], mapping: ColumnMapping, profile: OfficeProfile) -> DateWay:
    """Say in which order a column writes its dates, from lines that can be read in one way only.

    Where none speaks, the office's own way counts; where they contradict each other, MIXED.
    """
    place = mapping.columns.get(Field.FILING_DATE)
    usual = DateOrder(profile.date_order)
    if place is None:
        return DateWay(usual if mapping.dates is DateOrder.AUTO else mapping.dates)
    left = set(_ORDERS)
    has_texts, is_open, days = False, False, set()
    for line in sample:
        cell = line.cells[place] if place < len(line.cells) else ""
        if isinstance(cell, date):
            days.add(cell.day)
        elif readings := _readings(cell, profile.calendars):
            has_texts = True
            is_open = is_open or readings.get(DateOrder.DMY) != readings.get(DateOrder.MDY)
            left &= readings.keys()
    are_doubtful = has_texts and bool(days) and max(days) <= MONTHS_IN_YEAR
    if mapping.dates is not DateOrder.AUTO:
        return DateWay(mapping.dates, are_doubtful)
    if not left:
        return DateWay(DateOrder.MIXED, are_doubtful)
    is_assumed = has_texts and is_open and {DateOrder.DMY, DateOrder.MDY} <= left
    order = usual if usual in left else min(left, key=_ORDERS.index)
    return DateWay(order, are_doubtful, (NOTICE_ASSUMED,) if is_assumed else ())


class RowReader:
    """Reads the lines of one file; remembers the numbers it has met.

    width: of the header. is_text: lines are written with all their cells, so one with fewer was cut, and one with
    more holds a delimiter without quotes; the cells of a workbook stand where they stand.
    """

    def __init__(
        self, mapping: ColumnMapping, dates: DateWay, width: int, profile: OfficeProfile, *, is_text: bool
    ) -> None:
        self._columns = mapping.columns
        self._dates = dates
        self._width = width if is_text else None
        self._least = max(mapping.columns.values()) + 1 if is_text else 0
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
        if self._width is not None and any(line.cells[self._width :]):
            return _refused(line, "too_many_fields")
        if len(line.cells) < self._least:
            return _refused(line, "too_few_fields", str(self._cell(line, Field.NUMBER)))
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
        if isinstance(cell, NumberCell) and self._may_lack_zeros(cell, number, day):
            return _refused(line, "zeros_lost", cell)
        title, title_problems = self._text(line, Field.TITLE)
        applicant, applicant_problems = self._text(line, Field.APPLICANT)
        if number.canonical in self._met:
            return _refused(line, "number_twice", number.canonical)
        self._met.add(number.canonical)
        entry = RegisterEntry(number, title, applicant, day)
        return RowRead(entry, (*problems, *title_problems, *applicant_problems))

    def _may_lack_zeros(self, cell: str, number: ApplicationNumber, day: date | None) -> bool:
        """Say whether the cell with zeros before it is another number: a spreadsheet drops them from its numbers.

        The same serial of the same right and year is the same number however many zeros are written; and a number
        of a year far from the filing date in the row is not meant.
        """
        for length in range(len(cell) + 1, MOST_DIGITS + 1):
            try:
                padded = ApplicationNumber.parse(cell.zfill(length), self._profile)
            except NotAnApplicationNumber:
                continue
            is_far = day is not None and padded.year is not None and abs(padded.year - day.year) > 1
            if _meaning(padded) != _meaning(number) and not is_far:
                return True
        return False

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
            if self._dates.are_cells_doubtful and cell.day != cell.month:
                return None, (_problem(line, "date_ambiguous", cell.isoformat()),)
            if FIRST_YEAR <= cell.year <= LAST_YEAR:
                return cell, ()
            return None, (_problem(line, "date_unreadable", cell.isoformat()),)
        if isinstance(cell, Formula):
            return None, (_problem(line, "formula_in_field", cell),)
        if not cell:
            return None, ()
        days = self._days(cell, line)
        if len(days) == 1:
            return days.pop(), ()
        unread = "date_without_day" if lacks_day(cell) else "date_unreadable"
        return None, (_problem(line, "date_ambiguous" if days else unread, cell),)

    def _days(self, cell: str, line: Line) -> set[date]:
        """All days a text may mean, by how the column writes its dates."""
        readings = _readings(cell, self._profile.calendars)
        if not readings:
            found = whole_date(
                _CLOCK.sub("", cell),
                date_order=self._profile.date_order,
                calendars=self._profile.calendars,
            )
            return set() if found is None else {found.day, *found.others}
        if self._dates.order is DateOrder.MIXED:
            return {day for days in readings.values() for day in days}
        if self._dates.order not in readings:
            raise RegisterUnreadable(
                "register_dates_mixed", line=line.number, value=cell, order=self._dates.order.value
            )
        return set(readings[self._dates.order])


def _meaning(number: ApplicationNumber) -> tuple[str, int | None, str]:
    return number.right, number.year, number.serial


def _readings(cell: str, calendars: Collection[str]) -> dict[DateOrder, tuple[date, ...]]:
    """Every way to read a date of three numbers whose year does not come first in four digits.

    Days of one order: more than one where the year may be of two eras.
    """
    plain = cell if cell.isascii() else normalise(cell).text.strip()
    hit = _IN_DIGITS.fullmatch(_CLOCK.sub("", plain))
    if hit is None:
        return {}
    first, second, last = hit[1], hit[3], hit[4]
    orders = {
        DateOrder.DMY: (last, second, first),
        DateOrder.MDY: (last, first, second),
        DateOrder.YMD: (first, second, last),
    }
    found = {
        order: days_of(*parts, calendars)
        for order, parts in orders.items()
        if len(parts[2]) <= 2 and len(parts[0]) != 1
    }
    return {order: days for order, days in found.items() if days}


def _problem(line: Line, code: str, value: str = "") -> RegisterProblem:
    return RegisterProblem(line.number, code, value[:200])


def _refused(line: Line, code: str, value: str = "") -> RowRead:
    return RowRead(None, (_problem(line, code, value),))
