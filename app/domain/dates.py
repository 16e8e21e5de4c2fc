"""Dates as offices print them, in their scripts and calendars.

Needed to compare a page with the register and to check the year a number carries. Pure functions.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from ocr.numbers import normalise

BUDDHIST_YEARS = range(2400, 2621)
FIRST_YEAR = 1880
LAST_YEAR = 2100
PIVOT_YEAR = 1950  # two digits mean the first such year from here on

_MONTH_WORDS: tuple[tuple[str, ...], ...] = (
    ("january", "jan", "janvier", "januari", "មករា", "ມັງກອນ", "มกราคม", "ม.ค."),
    (
        "february",
        "feb",
        "février",
        "fevrier",
        "februari",
        "pebruari",
        "កុម្ភៈ",
        "កុម្ភះ",
        "ກຸມພາ",
        "กุมภาพันธ์",
        "ก.พ.",
    ),
    ("march", "mar", "mars", "maret", "mac", "មីនា", "ມີນາ", "มีนาคม", "มี.ค."),
    ("april", "apr", "avril", "មេសា", "ເມສາ", "เมษายน", "เม.ย."),
    ("may", "mai", "mei", "ឧសភា", "ພຶດສະພາ", "พฤษภาคม", "พ.ค."),
    ("june", "jun", "juin", "juni", "មិថុនា", "ມິຖຸນາ", "มิถุนายน", "มิ.ย."),
    ("july", "jul", "juillet", "juli", "julai", "កក្កដា", "ກໍລະກົດ", "ກຳລະກົດ", "กรกฎาคม", "ก.ค."),
    ("august", "aug", "août", "aout", "agustus", "ogos", "សីហា", "ສິງຫາ", "สิงหาคม", "ส.ค."),
    ("september", "sept", "sep", "septembre", "កញ្ញា", "ກັນຍາ", "กันยายน", "ก.ย."),
    ("october", "oct", "octobre", "oktober", "okt", "តុលា", "ຕຸລາ", "ตุลาคม", "ต.ค."),
    ("november", "nov", "novembre", "nopember", "វិច្ឆិកា", "ພະຈິກ", "พฤศจิกายน", "พ.ย."),
    (
        "december",
        "dec",
        "décembre",
        "decembre",
        "desember",
        "disember",
        "des",
        "ធ្នូ",
        "ທັນວາ",
        "ธันวาคม",
        "ธ.ค.",
    ),
)
_MONTHS = {word.upper(): number for number, words in enumerate(_MONTH_WORDS, 1) for word in words}
_MONTH = "|".join(re.escape(word) for word in sorted(_MONTHS, key=len, reverse=True))
_YEAR_WORD = r"(?:ឆ្នាំ|ປີ|NĂM|พ\.?ศ\.?|ค\.?ศ\.?|ພ\.?ສ\.?|B\.?E\.?)?"
_DAY_MONTH_YEAR = re.compile(
    rf"(?<!\d)(\d{{1,2}})(?:ST|ND|RD|TH|ER)?\s*(?:OF|ខែ|ເດືອນ|เดือน|DE|[-/])?\s*({_MONTH})(?![A-Z])"
    rf"[\s.,/-]*({_YEAR_WORD})\s*(\d{{4}}|\d{{2}})(?!\d)"
)
_MONTH_DAY_YEAR = re.compile(rf"(?<![A-Z])({_MONTH})\s*(\d{{1,2}})(?:ST|ND|RD|TH)?\s*,?\s+(\d{{4}})(?!\d)")
_VIETNAMESE = re.compile(r"NGÀY\s*(\d{1,2})\s*THÁNG\s*(\d{1,2})\s*NĂM\s*(\d{4})(?!\d)")
_ISO = re.compile(r"(?<![\d/-])(\d{4})\s?[-/.]\s?(\d{1,2})\s?[-/.]\s?(\d{1,2})(?![\d/-])")
_NUMERIC = re.compile(r"(?<![\d/.-])(\d{1,2})\s?([-/.])\s?(\d{1,2})\s?\2\s?(\d{4}|\d{2})(?![\d/-])")

_FILING_CAPTION = re.compile(
    r"[(\[]\s?220?\s?[)\]]|FILING DATE|DATE OF FILING|DATE FILED|APPLICATION DATE|NGÀY NỘP ĐƠN|TANGGAL PENERIMAAN"
    r"|DATE DE DÉPÔT|ថ្ងៃដាក់|កាលបរិច្ឆេទដាក់|วันยื่น|วันรับคําขอ|วันรับคำขอ|วันที่ยื่น|ວັນຍື່ນ|ວັນທີຍື່ນ"
)
_CAPTION_REACH = 80


@dataclass(frozen=True, slots=True)
class FoundDate:
    """A date in a text. start: where it stands in the normalised text; calendar: "gregorian" or "buddhist"."""

    raw: str
    day: date
    calendar: str
    start: int


def find_dates(text: str, *, date_order: str = "dmy") -> tuple[FoundDate, ...]:
    """List the dates of a text in order; impossible ones (31 February) are left out.

    date_order: "dmy" or "mdy" for all-digit dates; a part above 12 settles it by itself.
    """
    plain = normalise(text).text
    found = [*_worded(plain), *_vietnamese(plain), *_iso(plain), *_numeric(plain, date_order)]
    found.sort(key=lambda each: (each.start, -len(each.raw)))
    kept: list[FoundDate] = []
    for each in found:
        if not kept or each.start >= kept[-1].start + len(kept[-1].raw):
            kept.append(each)
    return tuple(kept)


def filing_dates(text: str, *, date_order: str = "dmy") -> tuple[date, ...]:
    """List the dates that stand right after a filing-date caption or its INID code."""
    plain = normalise(text).text
    found: list[date] = []
    for caption in _FILING_CAPTION.finditer(plain):
        reach = plain[caption.end() : caption.end() + _CAPTION_REACH]
        found.extend(each.day for each in find_dates(reach, date_order=date_order)[:1])
    return tuple(found)


def parse_date(text: str, *, date_order: str = "dmy") -> date | None:
    """Read a text that is one date and nothing else."""
    found = find_dates(text.strip(), date_order=date_order)
    if len(found) == 1 and len(found[0].raw) == len(normalise(text.strip()).text):
        return found[0].day
    return None


def _worded(plain: str) -> Iterator[FoundDate]:
    for hit in _DAY_MONTH_YEAR.finditer(plain):
        thai = "\u0e00" <= hit[2][0] <= "\u0e7f" or hit[3].startswith(("พ", "ພ", "B"))
        yield from _dated(hit, hit[4], _MONTHS[hit[2]], int(hit[1]), short_is_buddhist=thai)
    for hit in _MONTH_DAY_YEAR.finditer(plain):
        yield from _dated(hit, hit[3], _MONTHS[hit[1]], int(hit[2]))


def _vietnamese(plain: str) -> Iterator[FoundDate]:
    for hit in _VIETNAMESE.finditer(plain):
        yield from _dated(hit, hit[3], int(hit[2]), int(hit[1]))


def _iso(plain: str) -> Iterator[FoundDate]:
    for hit in _ISO.finditer(plain):
        yield from _dated(hit, hit[1], int(hit[2]), int(hit[3]))


def _numeric(plain: str, date_order: str) -> Iterator[FoundDate]:
    for hit in _NUMERIC.finditer(plain):
        first, second = int(hit[1]), int(hit[3])
        month_first = (date_order == "mdy" and first <= 12) or second > 12
        day, month = (second, first) if month_first else (first, second)
        yield from _dated(hit, hit[4], month, day)


def _dated(
    hit: re.Match[str], year_text: str, month: int, day: int, *, short_is_buddhist: bool = False
) -> Iterator[FoundDate]:
    year, calendar = _settle_year(year_text, month, short_is_buddhist)
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return
    try:
        yield FoundDate(hit.group(), date(year, month, day), calendar, hit.start())
    except ValueError:
        return


def _settle_year(text: str, month: int, short_is_buddhist: bool) -> tuple[int, str]:
    year = int(text)
    if len(text) == 2:
        if short_is_buddhist:
            return 2500 + year - 543, "buddhist"
        return PIVOT_YEAR + (year - PIVOT_YEAR) % 100, "gregorian"
    if year in BUDDHIST_YEARS:
        # Until 2482 the Thai year began in April, so its first months fall a year later in our count.
        return year - (542 if year <= 2482 and month <= 3 else 543), "buddhist"
    return year, "gregorian"
