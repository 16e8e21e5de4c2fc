"""Which column of a register file is what: proposed from the words of its header, settled by a person.

The words are those that offices print before the same fields. Pure.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from app.domain.register_types import RegisterUnreadable
from ocr.numbers import normalise

READING_RULES = "1"
"""Raised when the same file would be read to other rows."""


class Field(StrEnum):
    """What a column may hold. Only the number must be there."""

    NUMBER = "application_number"
    TITLE = "title"
    APPLICANT = "applicant"
    FILING_DATE = "filing_date"


class DateOrder(StrEnum):
    """How dates in digits are written. MIXED: only what can be read in one way is taken."""

    AUTO = "auto"
    DMY = "dmy"
    MDY = "mdy"
    YMD = "ymd"
    MIXED = "mixed"


@dataclass(frozen=True, slots=True)
class ColumnMapping:
    """Places of the columns, 0-based, and how dates are written.

    Raises ValueError when the number has no place or two fields share one.
    """

    columns: Mapping[Field, int]
    dates: DateOrder = DateOrder.AUTO

    def __post_init__(self) -> None:
        places = list(self.columns.values())
        if Field.NUMBER not in self.columns or len(set(places)) < len(places) or min(places) < 0:
            raise ValueError("mapping")


# Captions that offices are known to print, no translations of ours: for titles and applicants Thai, Lao and Khmer
# ones are not known, their columns are told by INID code or by a person. Folded by fold_header.
_WORDS: Mapping[Field, tuple[str, ...]] = {
    Field.NUMBER: (
        *(
            "application_number",
            "application number",
            "application no",
            "app no",
            "appl no",
            "number",
            "no",
            "nr",
        ),
        *("numéro de dépôt", "numéro de la demande", "numéro", "n° de dépôt"),
        *("số đơn", "nomor", "no permohonan", "no permohonan paten", "nomor permohonan"),
        *("เลขที่คำขอ", "เลขคำขอ", "เลขที่", "ເລກທີຄໍາຮ້ອງ", "ເລກທີ", "លេខពាក្យសុំ", "លេខ"),
        *("(21)", "(210)", "21", "210", "(20)", "(200)"),
    ),
    Field.TITLE: (
        *("title", "title of invention", "mark", "trademark", "mark name", "name of mark", "design"),
        *("titre", "marque", "nhãn hiệu"),
        *("(54)", "(540)", "(541)", "54", "540", "541"),
    ),
    Field.APPLICANT: (
        *("applicant", "applicants", "name of applicant", "owner", "holder", "proprietor"),
        *("déposant", "demandeur", "titulaire", "chủ đơn", "chủ đơn/chủ bằng"),
        *(
            "nama dan alamat yang mengajukan permohonan paten",
            "(71/73)",
            "(71)",
            "(73)",
            "(730)",
            "(731)",
            "(732)",
            "71",
            "73",
            "730",
            "731",
            "732",
        ),
    ),
    Field.FILING_DATE: (
        *("filing_date", "filing date", "date of filing", "date filed", "application date", "filed", "date"),
        *("date lodged", "lodging date", "date of lodging", "date of lodgement", "lodged"),
        *("date de dépôt", "ngày nộp đơn", "tanggal penerimaan", "tanggal penerimaan permohonan"),
        *("วันยื่น", "วันรับคำขอ", "วันที่ยื่น", "ວັນຍື່ນ", "ວັນທີຍື່ນ", "ថ្ងៃដាក់", "កាលបរិច្ឆេទដាក់"),
        *("(22)", "(220)", "22", "220"),
    ),
}
# These say nothing of what is numbered or dated ("Registration number", "Expiry date"): only alone they count.
_BARE = ("number", "no", "nr", "date", "mark", "marque", "numéro", "nomor", "เลขที่", "ເລກທີ", "លេខ")
# Words of other numbers and dates of a file; in other scripts only those we are sure of. They withhold, no more.
_OTHERS = re.compile(
    r"(?<!\w)(?:reg|regn|registration|registered|registry|publication|published|expiry|expiration|expires|expired|grant"
    r"|granted|priority|renewal|certificate|enregistrement|expiration|delivrance|priorite|dang ky|cong bo|het han|uu tien"
    r"|pendaftaran|publikasi|pengumuman|prioritas)(?!\w)|ทะเบียน|ประกาศ|หมดอายุ|ທະບຽນ|ចុះបញ្ជី"
)
_NOT_A_LETTER = re.compile(r"[^\w\u0e00-\u0eff\u1780-\u17ff]+|_")


def fold_header(text: str) -> str:
    """Header words without case, accents, marks of punctuation and spaces at their ends."""
    plain = normalise(text).text.casefold().replace("đ", "d")
    bare = "".join(
        char
        for char in unicodedata.normalize("NFD", plain)
        if not (unicodedata.combining(char) and char < "\u0400")
    )
    return " ".join(_NOT_A_LETTER.sub(" ", bare).split())


_FOLDED = {field: {fold_header(word) for word in words} for field, words in _WORDS.items()}
_FOLDED_BARE = {fold_header(word) for word in _BARE}


def header_signature(header: Sequence[str]) -> str:
    """Name a layout of columns: equal for equal header words in equal order."""
    names = [fold_header(name) for name in header]
    while names and not names[-1]:
        names.pop()  # whether a sheet counts empty columns as its own says nothing
    told = "\x1f".join(names)
    return hashlib.sha256(told.encode("utf-8")).hexdigest()[:32]


def named_columns(header: Sequence[str]) -> dict[Field, int] | None:
    """Return the places when our own names leave nothing open, else None.

    So it is when all four are there, or the number and nothing but them: what the file lacks it has nowhere else.
    """
    names = [name.strip().casefold() for name in header]
    found = {field: names.index(field.value) for field in Field if field.value in names}
    is_all_ours = Field.NUMBER in found and len(found) == sum(bool(name) for name in names)
    return found if is_all_ours or len(found) == len(Field) else None


def propose(header: Sequence[str], numbers: Sequence[int] = (), days: Sequence[int] = ()) -> dict[Field, int]:
    """Say which columns the header words speak of; each column for one field, each field once.

    numbers and days: columns whose values are numbers of the office, or dates. They speak where the words do not,
    and only when one column alone can be meant.

    A header that is a known word counts more than one that contains it; a column that nobody can tell is left out,
    and so is one that speaks of a registration, publication, grant, expiry or priority.
    """
    folded = [fold_header(name) for name in header]
    scored = sorted(
        (-score, at, place)
        for at, field in enumerate(Field)
        for place, name in enumerate(folded)
        if (score := _score(name, _FOLDED[field]))
    )
    fields = tuple(Field)
    found: dict[Field, int] = {}
    for _, at, place in scored:
        if fields[at] not in found and place not in found.values():
            found[fields[at]] = place
    for field, places in ((Field.NUMBER, numbers), (Field.FILING_DATE, days)):
        free = [
            place
            for place in places
            if place not in found.values() and not (place < len(folded) and _OTHERS.search(folded[place]))
        ]
        if field not in found and len(free) == 1:
            found[field] = free[0]
    return found


def mapping_by_names(header: Sequence[str]) -> ColumnMapping:
    """Return the mapping of a file with our own column names.

    Raises RegisterUnreadable("register_column_missing", columns=..., found=...).
    """
    columns = named_columns(header)
    if columns is None:
        names = [name.strip().casefold() for name in header]
        missing = [field.value for field in Field if field.value not in names]
        raise RegisterUnreadable("register_column_missing", columns=missing, found=names)
    return ColumnMapping(columns)


def reading_of(mapping: ColumnMapping, read_by: str) -> str:
    """Name how a file is read: equal only for equal columns, date order, number forms and rules of reading."""
    places = [f"{each.value}={mapping.columns[each]}" for each in Field if each in mapping.columns]
    told = "\x1f".join((READING_RULES, read_by, mapping.dates.value, *places))
    return hashlib.sha256(told.encode("utf-8")).hexdigest()


def written_mapping(columns: Mapping[Field, int]) -> str:
    """Write places as read_mapping takes them: "number=1,title=3"."""
    short = {Field.NUMBER: "number", Field.FILING_DATE: "date"}
    return ",".join(f"{short.get(each, each.value)}={columns[each] + 1}" for each in Field if each in columns)


def read_mapping(text: str, header: Sequence[str], dates: DateOrder = DateOrder.AUTO) -> ColumnMapping:
    """Read "number=A,title=3,date=Filed on": a field and its column by header words, number from 1, or letter.

    Raises RegisterUnreadable("register_columns_unknown", part=..., header=...).
    """
    short = {"number": Field.NUMBER, "date": Field.FILING_DATE, **{field.value: field for field in Field}}
    columns: dict[Field, int] = {}
    for part in filter(None, (each.strip() for each in text.split(","))):
        name, _, column = part.partition("=")
        field = short.get(name.strip().casefold())
        place = _place(column.strip(), header)
        if field is None or place is None:
            raise RegisterUnreadable("register_columns_unknown", part=part, header=listed(header))
        columns[field] = place
    try:
        return ColumnMapping(columns, dates)
    except ValueError as exc:
        raise RegisterUnreadable("register_columns_unknown", part=text, header=listed(header)) from exc


def listed(header: Sequence[str]) -> str:
    """The columns of a file as a person may name them."""
    return ", ".join(f"{at}: {name or '(no name)'}" for at, name in enumerate(header, 1))


def _place(column: str, header: Sequence[str]) -> int | None:
    folded = [fold_header(name) for name in header]
    if column and fold_header(column) in folded:
        return folded.index(fold_header(column))
    if column.isdecimal():
        place = int(column) - 1
    elif len(column) == 1 and column.isascii() and column.isalpha():
        place = ord(column.upper()) - ord("A")
    else:
        return None
    return place if 0 <= place < len(header) else None


def _score(name: str, words: set[str]) -> int:
    if not name:
        return 0
    if name in words:
        return 1000 + len(name)
    if _OTHERS.search(name):
        return 0
    words = words - _FOLDED_BARE
    held = [word for word in words if len(word) >= 4 and re.search(rf"(?<!\w){re.escape(word)}(?!\w)", name)]
    held += [word for word in words if len(word) >= 4 and not word.isascii() and word in name]
    code = name.split(" ")[0]
    if code.isdigit() and code in words:
        return 900
    return max((len(word) for word in held), default=0)
