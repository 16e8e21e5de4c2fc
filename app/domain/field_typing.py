"""What a person types into a field, read as its kind: dates in the office's calendars, classes, numbers, rights.

What was typed is kept as it is; beside it stands the value as data is exchanged. Pure functions.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from rapidfuzz import fuzz

from app.domain.dates import lacks_day, whole_date
from app.domain.field_kinds import KIND_OF, DossierField, FieldKind
from app.domain.office_profile import OfficeProfile
from app.domain.register_keys import name_key
from ocr.numbers import match, normalise
from ocr.types import NumberRole

NAMES_AGREE = 92.0
"""Folded names that differ by less (0..100) are one name read twice: a letter of a long one, a comma."""

_RUN = re.compile(r"[\w|!]+")
_LOOK_ALIKE = str.maketrans("OoQDUIl|!ZzSsbGBgq", "000001111225566899")
_NICE = re.compile(r"\d{1,2}")
_LOCARNO = re.compile(r"(\d{2})\s?-\s?(\d{2})")
_IPC = re.compile(r"([A-H])\s?(\d{2})\s?([A-Z])\s?(\d{1,4})\s?/\s?(\d{2,6})")


@dataclass(frozen=True, slots=True)
class TypedValue:
    """A text as data: an ISO date, classes joined by "; ", a canonical number, the id of a right, else the text.

    doubt: why a person should look twice. is_valid: of the field's kind. others: days an open date may also mean.
    """

    value: str
    doubt: str = ""
    is_valid: bool = True
    others: tuple[date, ...] = ()


def read_typed(field: DossierField, text: str, office: OfficeProfile) -> TypedValue:
    """Read a text as what a field holds; an empty one is valid and empty."""
    plain = " ".join(unicodedata.normalize("NFC", text).split())
    if not plain:
        return TypedValue("")
    return _READERS[KIND_OF[field]](plain, office)


def put_right(field: DossierField, text: str, office: OfficeProfile) -> str | None:
    """A text taken off a page with letters among its digits put right, each for one: "2O19" is "2019".

    Only in dates and numbers; None where it is not one of those even so.
    """
    if KIND_OF[field] not in (FieldKind.DATE, FieldKind.NUMBER) or read_typed(field, text, office).is_valid:
        return text
    better = _RUN.sub(_with_digits, text)
    return better if read_typed(field, better, office).is_valid else None


def _with_digits(run: re.Match[str]) -> str:
    better = run[0].translate(_LOOK_ALIKE)
    return better if any(map(str.isdigit, run[0])) and better.isdigit() else run[0]


def agrees(field: DossierField, value: str, other: str) -> bool:
    """Tell whether two values of a field say the same: dates and numbers to the letter, names nearly so."""
    if not value or not other:
        return False
    if KIND_OF[field] is not FieldKind.TEXT:
        return value == other
    one, two = name_key(value), name_key(other)
    return one == two or (min(len(one), len(two)) >= 5 and fuzz.ratio(one, two) >= NAMES_AGREE)


def holds(value: str, part: str) -> bool:
    """Tell whether a name stands within a longer value, as a title does that is printed in two languages."""
    one, two = name_key(value), name_key(part)
    return len(two) >= 5 and len(one) >= len(two) and fuzz.partial_ratio(two, one) >= NAMES_AGREE


def latin_digits(text: str) -> str:
    """The text with digits of any script as Latin ones: "២៤/០៨/២០១៧" is "24/08/2017"."""
    return "".join(_digit(char) for char in text)


def has_native_digits(text: str) -> bool:
    """Tell whether a text holds digits that are not Latin ones."""
    return latin_digits(text) != text


def _digit(char: str) -> str:
    value = unicodedata.decimal(char, None)
    return char if value is None else str(value)


def _text(text: str, _office: OfficeProfile) -> TypedValue:
    return TypedValue(text)


def _date(text: str, office: OfficeProfile) -> TypedValue:
    found = whole_date(text, date_order=office.date_order, calendars=office.calendars)
    if found is None:
        code = "field_date_without_day" if lacks_day(text) else "field_not_a_date"
        return TypedValue(text, code, is_valid=False)
    return TypedValue(found.iso, "field_date_open" if found.others else "", others=found.others)


def _number(text: str, office: OfficeProfile) -> TypedValue:
    formats = tuple(each for each in office.formats if each.own_role is NumberRole.REGISTRATION)
    found = match(text, formats, repair=False)
    if found:
        return TypedValue(found[0].text)
    plain = normalise(text).text
    if not any(char.isdigit() for char in plain):
        return TypedValue(text, "field_not_a_number", is_valid=False)
    # Not every office's certificates have a form somebody has told us.
    return TypedValue(plain, "field_number_form_unknown" if formats else "")


def _choice(text: str, office: OfficeProfile) -> TypedValue:
    wanted = text.casefold()
    for right in office.rights:
        if wanted in (right.right_id.casefold(), right.name.casefold()):
            return TypedValue(right.right_id)
    return TypedValue(text, "field_right_unknown", is_valid=False)


def _classes(text: str, _office: OfficeProfile) -> TypedValue:
    parts = [part.strip() for part in re.split(r"[;,]", normalise(text).text) if part.strip()]
    read = [_class(part) for part in parts]
    if not all(read):
        return TypedValue(text, "field_not_classes", is_valid=False)
    return TypedValue("; ".join(dict.fromkeys(read)))


def _class(part: str) -> str:
    """One class of Nice (1 to 45), Locarno (01-01 to 32-99) or the IPC; "" when it is none of them."""
    if _NICE.fullmatch(part):
        return str(int(part)) if 1 <= int(part) <= 45 else ""
    if hit := _LOCARNO.fullmatch(part):
        return f"{hit[1]}-{hit[2]}" if 1 <= int(hit[1]) <= 32 else ""
    if hit := _IPC.fullmatch(part):
        return f"{hit[1]}{hit[2]}{hit[3]} {hit[4]}/{hit[5]}"
    return ""


_READERS: Mapping[FieldKind, Callable[[str, OfficeProfile], TypedValue]] = {
    FieldKind.TEXT: _text,
    FieldKind.DATE: _date,
    FieldKind.NUMBER: _number,
    FieldKind.CHOICE: _choice,
    FieldKind.CLASSES: _classes,
}
