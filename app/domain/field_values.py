"""Values behind INID codes read as their kind: numbers, dates, classes, text; each with the words it came from."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from app.domain.application_number import ApplicationNumber, NotAnApplicationNumber
from app.domain.dates import find_dates
from app.domain.field_cells import Cell
from app.domain.office_profile import OfficeProfile
from app.domain.office_terms import InidField
from ocr.numbers import match, normalise
from ocr.types import NumberRole, Word

_NUMBERS = frozenset(
    {InidField.APPLICATION_NUMBER, InidField.REGISTRATION_NUMBER, InidField.PUBLICATION_NUMBER}
)
_FEWEST_DIGITS = 3
_LONGEST_NUMBER = 5  # words; "PCT / SG 2020 / 123456" is parted by some engines
_DATES = frozenset(
    {
        InidField.FILING_DATE,
        InidField.REGISTRATION_DATE,
        InidField.PUBLICATION_DATE,
        InidField.GRANT_DATE,
        InidField.EXPIRY_DATE,
    }
)
_IPC = re.compile(
    r"(?<![A-Z0-9])(?P<section>[A-H])\s?(?P<class>[0-9OIL]{2})\s?(?P<subclass>[A-Z])\s?(?P<group>[0-9OIL]{1,4})\s?/\s?(?P<subgroup>[0-9OIL]{2,6})"
    r"(?![0-9A-Z])"
)
_AS_DIGITS = str.maketrans("OIL", "011")
_LOCARNO = re.compile(r"(?<![\d-])(\d{2})\s?-\s?(\d{2})(?![\d-])")
_VIENNA = re.compile(r"(?<![\d.])(\d{1,2})\.(\d{1,2})(?:\.(\d{1,2}))?(?![\d.])")
_NICE = re.compile(r"\D{0,14}?(?<!\d)(\d{1,2}(?:\s?[,;&]\s?\d{1,2})*)(?!\d)")
_NICE_CLASSES = range(1, 46)
_LOCARNO_CLASSES = range(1, 33)


@dataclass(frozen=True, slots=True)
class CellText:
    """A cell as text, rows parted by line ends. owners: the word behind each character, -1 between words."""

    text: str
    owners: tuple[int, ...]
    first_row_end: int

    def after(self, at: int) -> CellText:
        """What stands from a character on."""
        return CellText(self.text[at:], self.owners[at:], max(0, self.first_row_end - at))

    def words(self, start: int, end: int) -> tuple[int, ...]:
        """Words that have a character in a part of the text."""
        return tuple(dict.fromkeys(owner for owner in self.owners[start:end] if owner >= 0))


@dataclass(frozen=True, slots=True)
class FieldValue:
    """A value and where it came from. is_typed: read as its kind; is_typed_kind: its kind is more than text."""

    value: str
    printed: str
    words: tuple[int, ...]
    is_typed: bool
    is_typed_kind: bool
    others: tuple[date, ...] = ()
    is_repaired: bool = False


def cell_text(cell: Cell, words: Sequence[Word]) -> CellText:
    """Join the words of a cell; what is glued to the code itself counts as its first word."""
    text: list[str] = []
    owners: list[int] = []

    def add(part: str, owner: int) -> None:
        text.append(part)
        owners.extend([owner] * len(part))

    glued = re.sub(r"^[(\[{]?[^)\]}]{1,7}[)\]}]?", "", words[cell.code.index].text)
    if glued:
        add(glued, cell.code.index)
        add(" ", -1)
    first_row_end = 0
    for number, row in enumerate(cell.rows):
        for index in row:
            add(words[index].text, index)
            if words[index].space_after or index == row[-1]:
                add("\n" if index == row[-1] else " ", -1)
        if number == 0:
            first_row_end = sum(map(len, text))
    return CellText("".join(text), tuple(owners), first_row_end)


def read_value(field: InidField, body: CellText, profile: OfficeProfile) -> FieldValue | None:
    """Read what a field holds; the plain text where it is not of its kind, None where there is nothing."""
    reader = _READERS.get(field, _date if field in _DATES else None)
    read = reader(body, profile) if reader is not None else None
    if read is None and field in _NUMBERS:
        read = _unread_number(body)
    return read or _plain(body, is_typed_kind=reader is not None)


def _plain(body: CellText, *, is_typed_kind: bool) -> FieldValue | None:
    text = body.text.strip()
    indices = body.words(0, len(body.text))
    if not indices or not any(char.isalnum() for char in text):
        return None
    return FieldValue(" ".join(text.split()), text, indices, is_typed=False, is_typed_kind=is_typed_kind)


def _unread_number(body: CellText) -> FieldValue | None:
    """The word that most likely is the number, though of no form the office uses; else the first row, to look at."""
    for hit in re.finditer(r"\S+", body.text):
        printed = hit.group().strip(".,;:")
        if sum(char.isdigit() for char in printed) >= _FEWEST_DIGITS:
            words = body.words(hit.start(), hit.end())
            return FieldValue(printed, printed, words, is_typed=False, is_typed_kind=True)
    row = re.match(r"[^\n]*", body.text)
    end = row.end() if row else 0
    return _plain(CellText(body.text[:end], body.owners[:end], end), is_typed_kind=True)


def _typed(body: CellText, value: str, start: int, end: int, others: tuple[date, ...] = ()) -> FieldValue:
    return FieldValue(value, body.text[start:end].strip(), body.words(start, end), True, True, others)


def _application_number(body: CellText, profile: OfficeProfile) -> FieldValue | None:
    def parse(text: str) -> str | None:
        try:
            return ApplicationNumber.parse(text, profile).canonical
        except NotAnApplicationNumber:
            return None

    found = _number(body, parse)
    if found is not None:
        return found
    own = tuple(each for each in profile.formats if each.own_role is NumberRole.APPLICATION)

    def parse_repaired(text: str) -> str | None:
        repaired = match(text, own)
        return parse(repaired[0].text) if repaired else None

    found = _number(body, parse_repaired)
    return None if found is None else replace(found, is_repaired=True)


def _other_number(body: CellText, profile: OfficeProfile) -> FieldValue | None:
    formats = tuple(each for each in profile.formats if each.own_role is NumberRole.REGISTRATION)
    formats += tuple(each for each in profile.formats if each.own_role is not NumberRole.REGISTRATION)

    def parse(text: str) -> str | None:
        found = match(text, formats, repair=False)
        return found[0].text if found else None

    return _number(body, parse)


def _number(body: CellText, parse: Callable[[str], str | None]) -> FieldValue | None:
    """Find the first words that are a number, the longest run of them."""
    tokens = [(hit.start(), hit.end()) for hit in re.finditer(r"\S+", body.text)]
    for first, (start, _) in enumerate(tokens):
        for last in range(min(first + _LONGEST_NUMBER, len(tokens)), first, -1):
            end = tokens[last - 1][1]
            printed = body.text[start:end].strip(".,;:")
            if "\n" in printed or not any(char.isdigit() for char in printed):
                continue
            if canonical := parse(printed):
                return _typed(body, canonical, start, end)
    return None


def _date(body: CellText, profile: OfficeProfile) -> FieldValue | None:
    found = find_dates(body.text, date_order=profile.date_order, calendars=profile.calendars)
    if not found:
        return None
    positions = normalise(body.text).positions
    start, end = positions[found[0].start], positions[found[0].end - 1] + 1
    return _typed(body, found[0].iso, start, end, found[0].others)


def _classes(
    pattern: re.Pattern[str], shape: Callable[[re.Match[str]], str]
) -> Callable[[CellText, OfficeProfile], FieldValue | None]:
    def read(body: CellText, _profile: OfficeProfile) -> FieldValue | None:
        plain = normalise(body.text)
        hits = [hit for hit in pattern.finditer(plain.text) if shape(hit)]
        if not hits:
            return None
        start, end = plain.positions[hits[0].start()], plain.positions[hits[-1].end() - 1] + 1
        value = "; ".join(dict.fromkeys(map(shape, hits)))
        is_repaired = pattern is _IPC and any(_ipc_as_read(hit) != _ipc(hit) for hit in hits)
        return replace(_typed(body, value, start, end), is_repaired=is_repaired)

    return read


def _ipc(hit: re.Match[str]) -> str:
    """A symbol with digits where digits belong ("CO2F 1/00" is C02F 1/00)."""
    return _symbol(hit, lambda text: text.translate(_AS_DIGITS))


def _ipc_as_read(hit: re.Match[str]) -> str:
    return _symbol(hit, lambda text: text)


def _symbol(hit: re.Match[str], digits: Callable[[str], str]) -> str:
    head = f"{hit['section']}{digits(hit['class'])}{hit['subclass']}"
    return f"{head} {digits(hit['group'])}/{digits(hit['subgroup'])}"


def _locarno(hit: re.Match[str]) -> str:
    return f"{hit[1]}-{hit[2]}" if int(hit[1]) in _LOCARNO_CLASSES else ""


def _vienna(hit: re.Match[str]) -> str:
    return ".".join(f"{int(part):02d}" for part in hit.groups() if part)


def _nice(body: CellText, _profile: OfficeProfile) -> FieldValue | None:
    """Classes at the head of a row ("Class 9: ...", "9, 42"); numbers among the goods are no classes."""
    at = 0
    for row in body.text.splitlines(keepends=True):
        plain = normalise(row)
        hit = _NICE.match(plain.text)
        numbers = [int(each) for each in re.findall(r"\d+", hit[1])] if hit else []
        if hit is not None and all(number in _NICE_CLASSES for number in numbers):
            start, end = plain.positions[hit.start(1)], plain.positions[hit.end(1) - 1] + 1
            return _typed(body, "; ".join(map(str, numbers)), at + start, at + end)
        at += len(row)
    return None


_READERS: dict[InidField, Callable[[CellText, OfficeProfile], FieldValue | None]] = {
    InidField.APPLICATION_NUMBER: _application_number,
    InidField.REGISTRATION_NUMBER: _other_number,
    InidField.PUBLICATION_NUMBER: _other_number,
    InidField.IPC: _classes(_IPC, _ipc),
    InidField.LOCARNO: _classes(_LOCARNO, _locarno),
    InidField.VIENNA: _classes(_VIENNA, _vienna),
    InidField.NICE: _nice,
}
