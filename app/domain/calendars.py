"""Years of the calendars on offices' papers, as common years. Pure arithmetic.

The Buddhist year is 543 ahead of the common one. Thai years began on 1 April until 2482, so their first three
months lie a common year later; 2483 had nine months only, April to December 1940. Khmer letters count the
Buddhist year from Visakha Bochea, the full moon of April or May, so the year before it is 543 and after it 544.
"""

from __future__ import annotations

from datetime import date

BUDDHIST_YEARS = range(2400, 2621)
BUDDHIST_AHEAD = 543
LAST_YEAR_FROM_APRIL = 2482
FIRST_YEAR = 1880
LAST_YEAR = 2100
PIVOT_YEAR = 1950  # two digits mean the first such year from here on

_VISAKHA_MONTHS = (4, 5)


def thai_to_common(year: int, month: int) -> tuple[int, ...]:
    """Common years a Thai Buddhist year may mean in a month, the likely one first."""
    if month <= 3 and year <= LAST_YEAR_FROM_APRIL:
        return (year - BUDDHIST_AHEAD + 1,)
    if month <= 3 and year == LAST_YEAR_FROM_APRIL + 1:
        # No such month: written later by the new count, or by one who went on with the old.
        return (year - BUDDHIST_AHEAD, year - BUDDHIST_AHEAD + 1)
    return (year - BUDDHIST_AHEAD,)


def common_to_thai(day: date) -> int:
    """The Thai Buddhist year of a day as it was written then."""
    was_old_count = day < date(1940, 4, 1)
    return day.year + BUDDHIST_AHEAD - (1 if was_old_count and day.month <= 3 else 0)


def khmer_to_common(year: int, month: int) -> tuple[int, ...]:
    """Common years a Khmer Buddhist year may mean in a month of the common calendar, the likely one first."""
    before, after = year - BUDDHIST_AHEAD, year - BUDDHIST_AHEAD - 1
    if month in _VISAKHA_MONTHS:
        return (before, after) if month == _VISAKHA_MONTHS[0] else (after, before)
    return (before,) if month < _VISAKHA_MONTHS[0] else (after,)


def full_year(two_digits: int) -> int:
    """The common year two digits mean."""
    return PIVOT_YEAR + (two_digits - PIVOT_YEAR) % 100


def full_buddhist_year(two_digits: int) -> int:
    """The Buddhist year two digits mean, within the same hundred common years."""
    first = PIVOT_YEAR + BUDDHIST_AHEAD
    return first + (two_digits - first) % 100
