"""Words of dates in the offices' languages: months, eras, what stands between day, month and year.

All are written as ocr.numbers.normalise leaves a text: upper case, native digits folded, no invisible characters.
"""

from __future__ import annotations

import re

_MONTH_WORDS: tuple[tuple[str, ...], ...] = (
    ("january", "jan", "janvier", "janv", "januari", "មករា", "ມັງກອນ", "มกราคม", "ม.ค."),
    (
        "february", "feb", "février", "fevrier", "févr", "fevr", "februari", "pebruari", "កុម្ភៈ", "កុម្ភះ", "កុម្ភ", "ກຸມພາ",
        "กุมภาพันธ์", "ก.พ.",
    ),
    ("march", "mar", "mars", "maret", "mac", "មីនា", "ມີນາ", "มีนาคม", "มี.ค."),
    ("april", "apr", "avril", "avr", "មេសា", "ເມສາ", "เมษายน", "เม.ย."),
    ("may", "mai", "mei", "ឧសភា", "ພຶດສະພາ", "พฤษภาคม", "พ.ค."),
    ("june", "jun", "juin", "juni", "មិថុនា", "ມິຖຸນາ", "มิถุนายน", "มิ.ย."),
    (
        "july", "jul", "juillet", "juil", "juli", "julai", "កក្កដា", "ກໍລະກົດ", "ກຳລະກົດ", "ກໍາລະກົດ", "กรกฎาคม", "ก.ค.",
    ),
    ("august", "aug", "août", "aout", "agustus", "ogos", "សីហា", "ສິງຫາ", "สิงหาคม", "ส.ค."),
    ("september", "sept", "sep", "septembre", "កញ្ញា", "ກັນຍາ", "กันยายน", "ก.ย."),
    ("october", "oct", "octobre", "oktober", "okt", "តុលា", "ຕຸລາ", "ตุลาคม", "ต.ค."),
    ("november", "nov", "novembre", "nopember", "វិច្ឆិកា", "ພະຈິກ", "พฤศจิกายน", "พ.ย."),
    (
        "december", "dec", "décembre", "decembre", "déc", "desember", "disember", "des", "dis", "ធ្នូ", "ທັນວາ", "ธันวาคม",
        "ธ.ค.",
    ),
)  # fmt: skip
MONTHS = {word.upper(): number for number, words in enumerate(_MONTH_WORDS, 1) for word in words}
MONTH = "|".join(re.escape(word) for word in sorted(MONTHS, key=len, reverse=True))

# Months by count, as Viet Nam says them behind "tháng"; the longer first.
_VIETNAMESE = {
    "GIÊNG": 1, "MỘT": 1, "HAI": 2, "BA": 3, "TƯ": 4, "NĂM": 5, "SÁU": 6, "BẢY": 7, "BẨY": 7, "TÁM": 8, "CHÍN": 9,
    "MƯỜI": 10, "MƯỜI MỘT": 11, "MƯỜI HAI": 12, "CHẠP": 12,
}  # fmt: skip
VIETNAMESE_MONTH = "|".join(sorted(_VIETNAMESE, key=len, reverse=True))

BUDDHIST_ERA = r"พ\.?\s?ศ\.?|ພ\.?\s?ສ\.?|ព\.?\s?ស\.?|ពុទ្ធសករាជ|B\.?E\.?"
COMMON_ERA = r"ค\.?\s?ศ\.?|ຄ\.?\s?ສ\.?|គ\.?\s?ស\.?|A\.?D\.?|C\.?E\.?"
DAY_WORD = r"(?:THIS\s+)?(?:ថ្ងៃ\s?(?:ទី)?|ທີ|ວັນ\s?ທີ|วัน\s?ที่|ที่|NG[ÀA]Y|LE|TANGGAL|TARIKH|DATED?|THE)[\s:]*"
"""What stands before the day and says no more than that one follows."""
YEAR_WORD = r"ឆ្នាំ|ປີ|NĂM|ปี"


def vietnamese_month(text: str) -> int:
    """The month behind "tháng", in digits or as a word."""
    return int(text) if text.isdigit() else _VIETNAMESE[re.sub(r"\s+", " ", text)]


def script_of(word: str) -> str:
    """The script of a month's word: "thai", "lao", "khmer" or "latin"."""
    first = word[0]
    if "\u0e00" <= first <= "\u0e7f":
        return "thai"
    if "\u0e80" <= first <= "\u0eff":
        return "lao"
    return "khmer" if "\u1780" <= first <= "\u17ff" else "latin"
