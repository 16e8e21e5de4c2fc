"""What a column of a register file holds by the looks of its first cells; only ever a proposal.

Runs in a worker process; pure.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from app.domain.application_number import ApplicationNumber, NotAnApplicationNumber
from app.domain.dates import whole_date
from app.domain.offices import OfficeProfile
from app.domain.register_lines import Cell

MOST_OTHERS = 0.1
"""Share of cells that may be something else: a register has its odd lines."""
FEWEST_CELLS = 2
FEWEST_DIGITS = 3  # a running number of rows is no number of an application, whatever form it fits


def columns_of_numbers(sample: Sequence[Sequence[Cell]], profile: OfficeProfile) -> tuple[int, ...]:
    """Places of the columns whose cells are application numbers of an office."""
    return _columns(sample, lambda cell: _is_number(cell, profile))


def columns_of_days(sample: Sequence[Sequence[Cell]], profile: OfficeProfile) -> tuple[int, ...]:
    """Places of the columns whose cells are dates."""
    return _columns(sample, lambda cell: _is_day(cell, profile))


def _columns(sample: Sequence[Sequence[Cell]], fits: Callable[[Cell], bool]) -> tuple[int, ...]:
    found = []
    for place in range(max((len(cells) for cells in sample), default=0)):
        filled = [cells[place] for cells in sample if place < len(cells) and cells[place]]
        others = sum(not fits(cell) for cell in filled)
        if len(filled) >= FEWEST_CELLS and others <= MOST_OTHERS * len(filled):
            found.append(place)
    return tuple(found)


def _is_number(cell: Cell, profile: OfficeProfile) -> bool:
    if isinstance(cell, date) or sum(char.isdigit() for char in cell) < FEWEST_DIGITS:
        return False
    try:
        ApplicationNumber.parse(cell, profile)
    except NotAnApplicationNumber:
        return False
    return True


def _is_day(cell: Cell, profile: OfficeProfile) -> bool:
    if isinstance(cell, date):
        return True
    return whole_date(cell, date_order=profile.date_order, calendars=profile.calendars) is not None
