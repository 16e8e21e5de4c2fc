"""What the codes of cover sheets, labels and document sheets say, and the sum by which a broken one is known.

    IPF|KH|KH/D/2019/00125|vol 1/2|n=24|sheet|*3FA9      a folder: office, number, volume
    IPD|POA|2019-03-05|sheet|*77C1                       a document: the office's type code, its date

After the fields every code has stand, in any order: ``n=`` how many sheets lie in the folder; ``sheet`` where the
code stands on a sheet that carries nothing else (left out: it is a label on a paper). Unknown fields are passed
over. The last field is the sum of all before it: CRC-16 (CCITT), for it shows every single wrong character and
every two that changed places. Codes of other programs end with the volume or the date and have no sum; they are read
as they are. Pure functions of strings.
"""

from __future__ import annotations

import binascii
import re
from dataclasses import dataclass, replace
from enum import StrEnum

FOLDER, DOCUMENT = "IPF", "IPD"
SUM_MARK, SHEET, SHEETS = "*", "sheet", "n="
MOST_SHEETS = 9999
_SUM = re.compile(r"\*[0-9A-F]{4}")


class Checksum(StrEnum):
    """Whether a code is as it was printed; MISSING: it was printed without a sum."""

    RIGHT = "right"
    MISSING = "missing"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class SheetCode:
    """A folder's or a document's code, taken apart.

    kind: FOLDER (office, number and volume are set) or DOCUMENT (document_type, dated). expected_sheets: None where
    it does not say. is_sheet: it stands on a sheet of ours and not on a label. Of a broken code nothing may be used.
    """

    kind: str
    checksum: Checksum
    office: str = ""
    number: str = ""
    volume: str = ""
    document_type: str = ""
    dated: str = ""
    expected_sheets: int | None = None
    is_sheet: bool = False


def read_sheet_code(text: str) -> SheetCode | None:
    """Take the text of a code apart; None where it is none of ours. A code cut short is broken."""
    told = text.strip()
    fields = [field.strip() for field in told.split("|")]
    kind, least = fields[0], {FOLDER: 3, DOCUMENT: 2}
    if kind not in least:
        return None
    checksum = _checksum(told, len(fields) > least[kind] + 1)
    said = [field for field in fields if not field.startswith(SUM_MARK)]
    if len(said) < least[kind] or not all(said[: least[kind]]):
        return SheetCode(kind, Checksum.BROKEN)
    extra = said[least[kind] + 1 :]
    third = said[least[kind]] if len(said) > least[kind] else ""
    code = SheetCode(kind, checksum, expected_sheets=_expected(extra), is_sheet=SHEET in extra)
    if kind == FOLDER:
        return replace(code, office=said[1], number=said[2], volume=third)
    return replace(code, document_type=said[1], dated=third)


def folder_code(
    office: str, number: str, *, volume: str = "", expected_sheets: int | None = None, is_sheet: bool = True
) -> str:
    """Write a folder's code. Raises ValueError for a field with a bar or an asterisk, which would end it."""
    return _written([FOLDER, office, number, volume], expected_sheets, is_sheet)


def document_code(document_type: str, *, dated: str = "", is_sheet: bool = True) -> str:
    """Write a document's code. dated: ISO, or empty. Raises ValueError as folder_code does."""
    return _written([DOCUMENT, document_type, dated], None, is_sheet)


def sum_of(told: str) -> str:
    """Four hexadecimal digits over the UTF-8 bytes of all before the sum's mark, the last bar included."""
    return f"{binascii.crc_hqx(told.encode('utf-8'), 0xFFFF):04X}"


def _written(fields: list[str], expected_sheets: int | None, is_sheet: bool) -> str:
    if any("|" in field or SUM_MARK in field for field in fields):
        raise ValueError(f"a field of a code may hold neither a bar nor an asterisk: {fields}")
    if expected_sheets is not None:
        fields.append(f"{SHEETS}{expected_sheets}")
    if is_sheet:
        fields.append(SHEET)
    told = "|".join(fields) + "|"
    return f"{told}{SUM_MARK}{sum_of(told)}"


def _checksum(told: str, has_more_fields: bool) -> Checksum:
    """Check the sum. Codes of other programs end with the volume or date: a longer one has lost its sum."""
    if SUM_MARK not in told:
        return Checksum.BROKEN if has_more_fields else Checksum.MISSING
    before, _, last = told.rpartition("|")
    is_right = _SUM.fullmatch(last) is not None and last == SUM_MARK + sum_of(f"{before}|")
    return Checksum.RIGHT if is_right else Checksum.BROKEN


def _expected(extra: list[str]) -> int | None:
    for field in extra:
        count = field.removeprefix(SHEETS)
        if field.startswith(SHEETS) and count.isascii() and count.isdigit() and 0 < int(count) <= MOST_SHEETS:
            return int(count)
    return None
