"""Dates as offices print them, in their scripts and calendars, kept as printed and as ISO.

Needed to compare a page with the register and to check the year a number carries. Where a date can be read in
more than one way, all ways are told: nothing is guessed in silence. Pure functions.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache

from app.domain.calendars import (
    BUDDHIST_AHEAD,
    BUDDHIST_YEARS,
    FIRST_YEAR,
    LAST_YEAR,
    full_buddhist_year,
    full_year,
    khmer_to_common,
    thai_to_common,
)
from app.domain.date_words import (
    BUDDHIST_ERA,
    COMMON_ERA,
    DAY_WORD,
    MONTH,
    MONTHS,
    VIETNAMESE_MONTH,
    YEAR_WORD,
    script_of,
    vietnamese_month,
)
from app.domain.office_terms import Calendar
from ocr.numbers import Normalised, normalise

# Two digits with a letter right behind them are the rest of a year that was misread.
_YEAR = rf"(?:{YEAR_WORD})?\s*(?:(?P<be>{BUDDHIST_ERA})|(?P<ce>{COMMON_ERA}))?\s*(?P<year>\d{{4}}(?!\d)|\d{{2}}(?!\w))"
_DAY_MONTH_YEAR = re.compile(
    r"(?<!\d)(?P<day>\d{1,2})(?:ST|ND|RD|TH|ER)?\s*(?:DAY\s+OF|OF|ខែ|ເດືອນ|เดือน|DE|[-/])?\s*"
    rf"(?P<month>{MONTH})(?![A-Z])[\s.,:/-]*{_YEAR}"
)
_MONTH_DAY_YEAR = re.compile(
    rf"(?<![A-Z])(?P<month>{MONTH})\.?\s*(?P<day>\d{{1,2}})(?:ST|ND|RD|TH)?\s*,?\s+(?P<year>\d{{4}})(?!\d)"
)
_VIETNAMESE = re.compile(
    rf"(?<!\d)(?P<day>\d{{1,2}})\s*TH[ÁA]NG\s*(?P<month>\d{{1,2}}|{VIETNAMESE_MONTH})\s*,?\s*N[ĂA]M\s*(?P<year>\d{{4}})(?!\d)"
)
_MONTH_YEAR = re.compile(rf"(?:ខែ|ເດືອນ|เดือน)?\s*(?P<month>{MONTH})(?![A-Z])[\s.,:/-]*{_YEAR}")
_DAY_WORD = re.compile(DAY_WORD)
_VIETNAMESE_DAY = re.compile(r"NG[ÀA]Y\s*$")
_ISO = re.compile(r"(?<![\d/-])(\d{4})\s?[-/.]\s?(\d{1,2})\s?[-/.]\s?(\d{1,2})(?![\d/-])")
_NUMERIC = re.compile(r"(?<![\d/.-])(\d{1,2})\s?([-/.])\s?(\d{1,2})\s?\2\s?(\d{4}|\d{2}(?!\w))(?![\d/-])")
# The lunar date of a Khmer letter: day, waxing or waning moon, month and year by name, Buddhist year.
_KHMER_LUNAR = re.compile(r"\d{1,2}\s*(?:កើត|រោច)[^\d]{0,90}(?:ព\.?\s?ស\.?|ពុទ្ធសករាជ)\s*(\d{4})(?!\d)")
_DUAL_REACH = 100

_FILING_CAPTION = re.compile(
    r"[(\[]\s?220?\s?[)\]]|FILING DATE|DATE OF FILING|DATE FILED|APPLICATION DATE|NGÀY NỘP ĐƠN|TANGGAL PENERIMAAN"
    r"|DATE DE DÉPÔT|ថ្ងៃដាក់|កាលបរិច្ឆេទដាក់|วันยื่น|วันรับคําขอ|วันรับคำขอ|วันที่ยื่น|ວັນຍື່ນ|ວັນທີຍື່ນ"
)
_CAPTION_REACH = 80
_DATE_LENGTH = 40  # no date is longer
_INVISIBLE = " \t\r\n\u200b\u200c\u200d\u2060\ufeff\u00ad"


@dataclass(frozen=True, slots=True)
class FoundDate:
    """A date in a text.

    printed: the characters as they stand there. day: how it is most likely meant. calendar: a Calendar it was
    printed in. start, end: where it stands in the normalised text. others: the days it may also mean, because
    day and month could be changed round, two digits could be of another era, or what stands beside it says
    otherwise. lunar: the Khmer lunar date printed beside it, "" without one.
    """

    printed: str
    day: date
    calendar: str
    start: int
    end: int
    others: tuple[date, ...] = ()
    lunar: str = ""

    @property
    def iso(self) -> str:
        """The day as data is exchanged: "2019-03-05"."""
        return self.day.isoformat()

    @property
    def is_doubtful(self) -> bool:
        """True when it can be read in more than one way."""
        return bool(self.others)


@dataclass(frozen=True, slots=True)
class _Reading:
    """Days a place in the text may mean, the likely one first."""

    days: tuple[date, ...]
    calendar: str
    start: int
    end: int
    script: str


def find_dates(
    text: str, *, date_order: str = "dmy", calendars: Collection[str] | None = None
) -> tuple[FoundDate, ...]:
    """List the dates of a text in order; impossible ones (31 February) are left out.

    date_order: "dmy" or "mdy" for all-digit dates; a part above 12 settles it by itself. calendars: those of
    the office; they decide what digits alone leave open. Papers of other countries are read in any case.
    """
    plain = normalise(text)
    readings = [
        *_worded(plain.text, calendars),
        *_vietnamese(plain.text),
        *_iso(plain.text, calendars),
        *_numeric(plain.text, date_order, calendars),
    ]
    readings.sort(key=lambda each: (each.start, -each.end))
    kept: list[_Reading] = []
    for each in readings:
        if not kept or each.start >= kept[-1].end:
            kept.append(each)
    found = [
        FoundDate(
            _printed(plain, each.start, each.end),
            each.days[0],
            each.calendar,
            each.start,
            each.end,
            each.days[1:],
        )
        for each in kept
    ]
    return tuple(_with_lunar(plain, found, kept))


def filing_dates(
    text: str, *, date_order: str = "dmy", calendars: Collection[str] | None = None
) -> tuple[date, ...]:
    """List the dates that stand right after a filing-date caption or its INID code."""
    return _filing_dates(text, date_order, None if calendars is None else tuple(calendars))


@lru_cache(maxsize=1024)
def _filing_dates(text: str, date_order: str, calendars: tuple[str, ...] | None) -> tuple[date, ...]:
    plain = normalise(text).text
    found: list[date] = []
    for caption in _FILING_CAPTION.finditer(plain):
        # A cut through a date would leave another one: "05/03/19" of 05/03/1998.
        around = plain[caption.end() : caption.end() + _CAPTION_REACH + _DATE_LENGTH]
        dates = find_dates(around, date_order=date_order, calendars=calendars)[:1]
        found.extend(each.day for each in dates if each.start < _CAPTION_REACH)
    return tuple(found)


def parse_date(
    text: str, *, date_order: str = "dmy", calendars: Collection[str] | None = None
) -> date | None:
    """Read a text that is one date and nothing else, as it is most likely meant."""
    found = whole_date(text, date_order=date_order, calendars=calendars)
    return None if found is None else found.day


def whole_date(
    text: str, *, date_order: str = "dmy", calendars: Collection[str] | None = None
) -> FoundDate | None:
    """Read a text that is one date and nothing else, with the days it may mean as well.

    Words that only announce a day ("ថ្ងៃទី", "ວັນທີ", "ngày") may stand before it.
    """
    found = find_dates(text.strip(), date_order=date_order, calendars=calendars)
    if len(found) != 1:
        return None
    plain = normalise(text.strip()).text
    before = plain[: found[0].start]
    is_announced = not before or _DAY_WORD.fullmatch(before) is not None
    return found[0] if is_announced and found[0].end == len(plain) else None


def lacks_day(text: str) -> bool:
    """Tell whether a text is a month and its year and nothing else ("มี.ค. 62"): no day is made up for it."""
    hit = _MONTH_YEAR.fullmatch(normalise(text.strip()).text)
    # Latin "March 19" lacks its year as likely as its day.
    return hit is not None and (len(hit["year"]) == 4 or script_of(hit["month"]) != "latin")


def days_of(year: str, month: str, day: str, calendars: Collection[str] | None = None) -> tuple[date, ...]:
    """List the days that a year, month and day in digits may mean, the likely one first; none when impossible."""
    years, _ = _years(year, int(month), "", "", calendars)
    days = (_day(each, int(month), int(day)) for each in years)
    return tuple(dict.fromkeys(each for each in days if each is not None))


def _worded(plain: str, calendars: Collection[str] | None) -> Iterator[_Reading]:
    for hit in _DAY_MONTH_YEAR.finditer(plain):
        era = "be" if hit["be"] else "ce" if hit["ce"] else ""
        yield from _dated(hit, hit["year"], [_month_and_day(hit)], era, script_of(hit["month"]), calendars)
    for hit in _MONTH_DAY_YEAR.finditer(plain):
        yield from _dated(hit, hit["year"], [_month_and_day(hit)], "", script_of(hit["month"]), calendars)


def _month_and_day(hit: re.Match[str]) -> tuple[int, int]:
    return MONTHS[hit["month"]], int(hit["day"])


def _vietnamese(plain: str) -> Iterator[_Reading]:
    for hit in _VIETNAMESE.finditer(plain):
        month_day = (vietnamese_month(hit["month"]), int(hit["day"]))
        for reading in _dated(hit, hit["year"], [month_day], "ce", "latin", None):
            before = _VIETNAMESE_DAY.search(plain, 0, reading.start)
            yield replace(reading, start=before.start()) if before else reading


def _iso(plain: str, calendars: Collection[str] | None) -> Iterator[_Reading]:
    for hit in _ISO.finditer(plain):
        yield from _dated(hit, hit[1], [(int(hit[2]), int(hit[3]))], "", "", calendars)


def _numeric(plain: str, date_order: str, calendars: Collection[str] | None) -> Iterator[_Reading]:
    for hit in _NUMERIC.finditer(plain):
        first, second = int(hit[1]), int(hit[3])
        orders = [(second, first), (first, second)]  # month, day
        if (date_order == "mdy" and first <= 12) or second > 12:
            orders.reverse()
        is_open = first <= 12 and second <= 12 and first != second
        yield from _dated(hit, hit[4], orders if is_open else orders[:1], "", "", calendars)


def _dated(
    hit: re.Match[str],
    year_text: str,
    orders: list[tuple[int, int]],
    era: str,
    script: str,
    calendars: Collection[str] | None,
) -> Iterator[_Reading]:
    days: list[date] = []
    calendar = Calendar.GREGORIAN.value
    for month, day in orders:
        years, used = _years(year_text, month, era, script, calendars)
        calendar = used if not days else calendar
        days += [each for year in years if (each := _day(year, month, day)) is not None]
    if days:
        yield _Reading(tuple(dict.fromkeys(days)), calendar, hit.start(), hit.end(), script)


def _day(year: int, month: int, day: int) -> date | None:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _years(
    text: str, month: int, era: str, script: str, calendars: Collection[str] | None
) -> tuple[tuple[int, ...], str]:
    """Common years a printed year may mean, the likely one first, and the calendar of that one."""
    year = int(text)
    if len(text) == 2:
        if era == "be" or (script == "thai" and not era):
            return _buddhist(full_buddhist_year(year), month, script, calendars)
        common: tuple[int, ...] = (full_year(year),)
        is_open = script == "lao" or (not script and calendars and Calendar.BUDDHIST in calendars)
        if is_open and not era:
            common += (full_buddhist_year(year) - BUDDHIST_AHEAD,)
        return common, Calendar.GREGORIAN.value
    if year in BUDDHIST_YEARS and era != "ce":
        return _buddhist(year, month, script, calendars)
    return (year,), Calendar.GREGORIAN.value


def _buddhist(
    year: int, month: int, script: str, calendars: Collection[str] | None
) -> tuple[tuple[int, ...], str]:
    if script == "khmer":
        return khmer_to_common(year, month), Calendar.BUDDHIST.value
    may_be_thai = script in ("", "latin") and (calendars is None or Calendar.THAI_APRIL in calendars)
    if script == "thai" or may_be_thai:
        years = thai_to_common(year, month)
        is_old_count = years[0] != year - BUDDHIST_AHEAD
        return years, (Calendar.THAI_APRIL if is_old_count else Calendar.BUDDHIST).value
    return (year - BUDDHIST_AHEAD,), Calendar.BUDDHIST.value


def _with_lunar(plain: Normalised, found: list[FoundDate], readings: list[_Reading]) -> list[FoundDate]:
    """Bind each Khmer lunar date to the common date beside it, which wins; another year is told as doubt."""
    for lunar in _KHMER_LUNAR.finditer(plain.text):
        beside = _beside(lunar, readings)
        if beside is None:
            continue
        each = found[beside]
        meant = khmer_to_common(int(lunar[1]), each.day.month)
        others = each.others
        if each.day.year not in meant:
            others += tuple(
                day for year in meant if (day := _day(year, each.day.month, each.day.day)) is not None
            )
        found[beside] = replace(
            each,
            calendar=Calendar.KHMER_DUAL.value,
            lunar=_printed(plain, lunar.start(), lunar.end()),
            others=others,
        )
    return found


def _beside(lunar: re.Match[str], readings: list[_Reading]) -> int | None:
    """The common date of the same letter head: the next one in Khmer, else the one before."""
    near = [
        (each.start < lunar.end(), abs(each.start - lunar.end()), number)
        for number, each in enumerate(readings)
        if each.script == "khmer"
        and each.end - lunar.start() >= -_DUAL_REACH
        and each.start - lunar.end() <= _DUAL_REACH
    ]
    return min(near)[2] if near else None


def _printed(plain: Normalised, start: int, end: int) -> str:
    """The characters of the text behind a part of its normalised form, marks and all."""
    until = plain.positions[end] if end < len(plain.positions) else len(plain.raw)
    return plain.raw[plain.positions[start] : until].strip(_INVISIBLE)
